//! From the start to the first frame, and to the grid with its answers.

use super::figures::{Limits, Ratio, least, median};
use super::{Counts, Home, Library, Screen, Terminal, editor, is_at_rest, lines, process};

const ROUNDS: usize = 15;
const SIZE: (u16, u16) = (80, 24);

/// Processor time of a program until its screen is so, ms.
fn cpu_until(terminal: &Terminal, what: &str, is: impl Fn(&Screen) -> bool) -> f64 {
    terminal.wait_until(what, is);
    process::cpu_ms(terminal.process())
}

pub(crate) fn run(library: &Library, limits: &mut Limits) {
    let home = &library.home;
    let file = lines(home, 50_000);
    let (mut frame, mut grid, mut theirs, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let counts = Counts { used: process::cpu_ms, once: |screen| !screen.title().is_empty() };
        let terminal = home.start_counting(Home::program(library.command), &[("EARMARK_AUDIO", "null")], SIZE, counts);
        frame.push(terminal.counted());
        grid.push(cpu_until(&terminal, "the grid", is_at_rest));
        memory.push(process::memory_mib(terminal.process()));
        terminal.kill();
        if let Some(vim) = editor("vim", home, &file, SIZE) {
            theirs.push(vim.counted());
            vim.kill();
        }
    }
    let row = |what: &str, values: &[f64]| println!("  {what:<34} {:>6.1} least {:>6.1} median", least(values), median(values));
    println!("\n{}: first frame, ms of processor time, {ROUNDS} rounds", library.name);
    row("earmark, first frame", &frame);
    row("earmark, the grid", &grid);
    println!("  {:<34} {:>6.1} MiB", "earmark's memory at the grid", median(&memory));
    if theirs.is_empty() {
        return println!("  vim is not installed: nothing to compare with");
    }
    row("vim -u NONE, 50,000 lines", &theirs);
    for (what, ours) in [("the first frame", &frame), ("the grid", &grid)] {
        let ratio = Ratio::of(ours, &theirs);
        println!("  {what} by vim: {:.2} median of ratios, {:.2} least by least", ratio.median, ratio.least);
        let what = format!("{}: processor time until {what}, by vim's first frame", library.name);
        match what.contains("grid") {
            true => limits.aims_at(what, ratio.median, 1.0),
            false => limits.at_most(what, ratio.median, 1.0),
        }
    }
}
