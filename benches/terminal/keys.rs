//! From a key to what it changes on screen.

use std::time::Instant;

use super::figures::{Limits, Ratio, least, median, quantile};
use super::{Library, Screen, Terminal, editor, is_saved, lines, open, open_answer};

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

pub(crate) fn run(library: &Library, size: (u16, u16), limits: &mut Limits) {
    println!(
        "\n{}: keys at {}x{}, ms until the cursor is there, or until the first byte of a rating",
        library.name, size.0, size.1
    );
    moves(library, size, limits);
    ratings(library, size, limits);
}

/// The cursor goes down and up in the grid; in editors it does so in a file.
fn moves(library: &Library, size: (u16, u16), limits: &mut Limits) {
    let file = lines(&library.home, 50_000);
    let mut ours = Moves::new(open(library, "null", size));
    let mut editors: Vec<(&str, Moves)> = ["nvim", "vim"]
        .into_iter()
        .filter_map(|name| Some((name, Moves::new(editor(name, &library.home, &file, size)?))))
        .collect();
    editors.iter().for_each(|(_, editor)| drop(editor.terminal.wait_for("c-000000")));
    for _ in 0..ROUNDS {
        ours.round();
        editors.iter_mut().for_each(|(_, editor)| editor.round());
    }
    row("a move in the grid", &ours.times);
    println!("  {:<34} {:>6.0} median {:>6.0} most", "bytes of a move", median(&ours.bytes), quantile(&ours.bytes, 1.0));
    let at = format!("{}, {}x{}", library.name, size.0, size.1);
    limits.aims_at(format!("{at}: bytes of a move"), median(&ours.bytes), 200.0);
    limits.aims_at(format!("{at}: ms from a move to its frame, median"), median(&ours.times), 2.0);
    limits.aims_at(format!("{at}: ms from a move to its frame, p99"), quantile(&ours.times, 0.99), 8.0);
    limits.at_most(format!("{at}: ms from a move to its frame, twice the aim"), median(&ours.times), 4.0);
    for (name, editor) in &editors {
        row(&format!("the same in {name}"), &editor.times);
        let ratio = Ratio::of(&ours.rounds, &editor.rounds);
        println!("  by {name}: {:.2} median of ratios, {:.2} least by least", ratio.median, ratio.least);
        if *name == "nvim" {
            limits.aims_at(format!("{at}: a move by nvim's"), ratio.median, 2.0);
        }
    }
}

/// A program whose cursor goes down and up.
struct Moves {
    terminal: Terminal,
    times: Vec<f64>,
    bytes: Vec<f64>,
    /// The median of each round.
    rounds: Vec<f64>,
}

impl Moves {
    fn new(terminal: Terminal) -> Self {
        Moves { terminal, times: Vec::new(), bytes: Vec::new(), rounds: Vec::new() }
    }

    fn round(&mut self) {
        let mut round = Vec::new();
        for key in ["j"; KEYS / 2].iter().chain(&["k"; KEYS / 2]) {
            // A first byte may be the last of what the key before it wrote: the cursor in its new row cannot.
            let row = self.terminal.screen().cursor_row();
            let (_, there, written) = pressed(&mut self.terminal, key, |screen| screen.cursor_row() != row);
            round.push(there);
            self.bytes.push(written as f64);
        }
        self.rounds.push(median(&round));
        self.times.append(&mut round);
    }
}

/// A rating appears at once as pending, then as saved.
fn ratings(library: &Library, size: (u16, u16), limits: &mut Limits) {
    let mut terminal = open(library, "null", size);
    open_answer(&mut terminal);
    // In the first two seconds digits are refused; the answer plays meanwhile.
    terminal.wait_until("three seconds heard", |screen| screen.title().contains(" 0:03/"));
    terminal.press("space");
    terminal.wait_until("a pause", |screen| !screen.title().contains('▶') && is_saved(screen));
    let first = format!("▶ {}", library.criterion);
    // An answer that was rated before begins at what it lacks.
    terminal.press("k k k k");
    terminal.wait_until("the first criterion", |screen| screen.rows().iter().any(|row| row.contains(&first)));
    let (mut pending, mut saved, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
    for nth in 0..RATINGS {
        let digit = if nth % 2 == 0 { "3" } else { "4" };
        let shown = |screen: &Screen| screen.rows().iter().any(|row| given(row, library.criterion, digit));
        let (at_once, last, written) = pressed(&mut terminal, digit, |screen| shown(screen) && is_saved(screen));
        pending.push(at_once);
        saved.push(last);
        bytes.push(written as f64);
        terminal.press("k");
        terminal.wait_until("the first criterion", |screen| screen.rows().iter().any(|row| row.contains(&first)));
    }
    row("a rating, pending", &pending);
    row("a rating, saved", &saved);
    println!("  {:<34} {:>6.0} median", "bytes of a rating", median(&bytes));
    let at = format!("{}, {}x{}", library.name, size.0, size.1);
    limits.at_most(format!("{at}: ms from a rating to pending"), median(&pending), 4.0);
    limits.at_most(format!("{at}: ms from a rating to saved"), median(&saved), 16.0);
}

/// Whether a row says that this criterion has this point, saved.
fn given(row: &str, criterion: &str, digit: &str) -> bool {
    row.contains(criterion) && row.trim_end_matches('┃').trim_end().ends_with(&format!("{digit} ●"))
}

fn row(what: &str, ms: &[f64]) {
    println!("  {what:<34} {:>6.2} least {:>6.2} median {:>6.2} p99", least(ms), median(ms), quantile(ms, 0.99));
}
