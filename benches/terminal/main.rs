//! What the terminal UI costs: the first frame, a key, a pause, a spoken word, memory; beside vim and nvim, in the same run, in
//! turns; on the demo and on a library of 2,000 candidates who answer 5 questions each.
//! `cargo bench --bench terminal`. A missed limit is an exit code of 1, unless the machine is too busy to judge by.
#![allow(clippy::print_stdout)] // printing is what it is for

mod figures;
mod first_frame;
mod idle;
mod keys;
mod process;
#[path = "../../tests/pty/mod.rs"]
#[allow(dead_code)]
mod pty;

use std::process::ExitCode;

use figures::Limits;
use pty::{Counts, Home, Screen, Terminal, crowd};

/// A library with one batch in it, and how it is opened.
struct Library {
    name: &'static str,
    home: Home,
    command: &'static [&'static str],
    /// What the name of its answers' first criterion begins with.
    criterion: &'static str,
}

fn main() -> ExitCode {
    let demo = Library { name: "the demo", home: Home::with_demo(), command: &["demo"], criterion: "Narrowing down" };
    let mut limits = Limits::default();
    println!("load {}", figures::load_in_words());
    idle::run(&demo, &mut limits);
    first_frame::run(&demo, &mut limits);
    for size in [(120, 40), (160, 45)] {
        keys::run(&demo, size, &mut limits);
    }
    let crowd = Library { name: "2,000 x 5", home: Home::new(), command: &["review", "crowd"], criterion: "Finding the cause" };
    let from = std::time::Instant::now();
    crowd::take_in(&crowd.home, 2_000, 5, crowd::Answers::Short);
    println!("\n2,000 x 5 answers taken in within {:.0} s", from.elapsed().as_secs_f64());
    first_frame::run(&crowd, &mut limits);
    keys::run(&crowd, (160, 45), &mut limits);
    limits.judge()
}

/// The library's grid, with everything saved.
fn open(library: &Library, audio: &str, size: (u16, u16)) -> Terminal {
    let terminal = library.home.sit_down(library.command, audio, size);
    terminal.wait_until("the grid", is_at_rest);
    terminal
}

fn is_at_rest(screen: &Screen) -> bool {
    screen.title().trim_start().starts_with("Batch") && is_saved(screen)
}

fn is_saved(screen: &Screen) -> bool {
    screen.title().ends_with("● saved")
}

/// From the grid to the answer under the cursor, the rubric read.
fn open_answer(terminal: &mut Terminal) {
    terminal.press("enter");
    let review = |screen: &Screen| screen.title().trim_start().starts_with("Review");
    terminal.wait_until("the answer", |screen| screen.is_read_first() || review(screen));
    terminal.reads_to_the_end();
    terminal.wait_until("an answer that can be played", |screen| {
        review(screen) && screen.title().contains(" 0:") && is_saved(screen) && !screen.is_read_first()
    });
}

/// An editor without settings, on a file; none where it is not installed.
fn editor(program: &str, home: &Home, file: &str, size: (u16, u16)) -> Option<Terminal> {
    let there = std::process::Command::new(program).arg("--version").output().is_ok();
    let mut command = portable_pty::CommandBuilder::new(program);
    command.args(["-u", "NONE", file]);
    let counts = Counts { used: process::cpu_ms, once: |screen| screen.shows("c-000000") };
    there.then(|| home.start_counting(command, &[], size, counts))
}

/// Writes a file of so many lines and returns its name.
fn lines(home: &Home, count: usize) -> String {
    let text: String =
        (0..count).map(|nth| format!("c-{nth:06},q{},fault-finding,you,{},,2026-11-21\n", nth % 4, nth % 5)).collect();
    std::fs::write(home.path().join("lines.csv"), text).expect("a file can be written");
    "lines.csv".to_owned()
}
