//! From a key to what it changes on screen.

use std::time::Instant;

use super::figures::{Limits, Ratio, least, median, quantile};
use super::{Home, Screen, Terminal, is_saved, lines, open_answer, open_demo, vim};

const ROUNDS: usize = 20;
const KEYS: usize = 10;
const RATINGS: usize = 100;

/// Milliseconds until the first byte that a key changes, and how many bytes until the screen is so.
fn pressed(terminal: &mut Terminal, key: &str, done: impl Fn(&Screen) -> bool) -> (f64, f64, usize) {
    let (before, _) = terminal.written();
    let from = Instant::now();
    terminal.press(key);
    let (_, first) = terminal.wait_for_more(before);
    terminal.wait_until(key, done);
    let (after, last) = terminal.written();
    let ms = |at: Instant| at.saturating_duration_since(from).as_secs_f64() * 1e3;
    (ms(first), ms(last), after - before)
}

pub(crate) fn run(home: &Home, size: (u16, u16), limits: &mut Limits) {
    println!("\nkeys at {}x{}, ms until the first byte", size.0, size.1);
    moves(home, size, limits);
    ratings(home, size, limits);
}

/// The cursor goes down and up in the grid; vim's does so in a file.
fn moves(home: &Home, size: (u16, u16), limits: &mut Limits) {
    let mut ours = open_demo(home, "null", size);
    let mut theirs = vim(home, &lines(home, 50_000), size);
    if let Some(vim) = &theirs {
        vim.wait_for("c-000000");
    }
    let (mut times, mut bytes, mut vims) = (Vec::new(), Vec::new(), Vec::new());
    let (mut rounds, mut vims_rounds) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let keys = ["j"; KEYS / 2].iter().chain(&["k"; KEYS / 2]);
        let mut round = Vec::new();
        for key in keys.clone() {
            let (first, _, written) = pressed(&mut ours, key, |_| true);
            round.push(first);
            bytes.push(written as f64);
        }
        rounds.push(median(&round));
        times.append(&mut round);
        if let Some(vim) = &mut theirs {
            let round: Vec<f64> = keys.map(|key| pressed(vim, key, |_| true).0).collect();
            vims_rounds.push(median(&round));
            vims.extend(round);
        }
    }
    row("a move in the grid", &times);
    println!("  {:<34} {:>6.0} median {:>6.0} most", "bytes of a move", median(&bytes), quantile(&bytes, 1.0));
    limits.aims_at(format!("bytes of a move at {}x{}", size.0, size.1), median(&bytes), 200.0);
    limits.at_most(format!("ms from a move to its frame at {}x{}", size.0, size.1), median(&times), 4.0);
    if !vims.is_empty() {
        row("the same in vim", &vims);
        let ratio = Ratio::of(&rounds, &vims_rounds);
        println!("  by vim: {:.2} median of ratios, {:.2} least by least", ratio.median, ratio.least);
    }
}

/// A rating appears at once as pending, then as saved.
fn ratings(home: &Home, size: (u16, u16), limits: &mut Limits) {
    let mut terminal = open_demo(home, "null", size);
    open_answer(&mut terminal);
    // In the first two seconds digits are refused; the answer plays meanwhile.
    terminal.wait_until("three seconds heard", |screen| screen.title().contains(" 0:03/"));
    terminal.press("space");
    terminal.wait_until("a pause", |screen| !screen.title().contains('▶') && is_saved(screen));
    let (mut pending, mut saved, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for nth in 0..RATINGS {
        let digit = if nth % 2 == 0 { "3" } else { "4" };
        let shown = |screen: &Screen| screen.rows().iter().any(|row| row.contains(&format!("x3 {digit} ●")) || given(row, digit));
        let (first, last, written) = pressed(&mut terminal, digit, |screen| shown(screen) && is_saved(screen));
        pending.push(first);
        saved.push(last);
        bytes.push(written as f64);
        terminal.press("k");
        terminal.wait_until("the first criterion", |screen| screen.rows().iter().any(|row| row.contains("▶ Narrowing")));
    }
    row("a rating, pending", &pending);
    row("a rating, saved", &saved);
    println!("  {:<34} {:>6.0} median", "bytes of a rating", median(&bytes));
    limits.at_most(format!("ms from a rating to pending at {}x{}", size.0, size.1), median(&pending), 4.0);
    limits.at_most(format!("ms from a rating to saved at {}x{}", size.0, size.1), median(&saved), 16.0);
}

/// Whether a row says that the first criterion has this point, saved.
fn given(row: &str, digit: &str) -> bool {
    row.contains("Narrowing down") && row.trim_end_matches('┃').trim_end().ends_with(&format!("{digit} ●"))
}

fn row(what: &str, ms: &[f64]) {
    println!("  {what:<34} {:>6.2} least {:>6.2} median {:>6.2} p99", least(ms), median(ms), quantile(ms, 0.99));
}
