//! What the terminal UI costs: the first frame, a key, a pause, a spoken word; beside vim, in the same run, in turns.
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
use pty::{Home, Screen, Terminal};

fn main() -> ExitCode {
    let home = Home::with_demo();
    let mut limits = Limits::default();
    println!("load {}", figures::load_in_words());
    first_frame::run(&home, &mut limits);
    for size in [(120, 40), (160, 45)] {
        keys::run(&home, size, &mut limits);
    }
    idle::run(&home, &mut limits);
    limits.judge()
}

/// The demo's grid, with everything saved.
fn open_demo(home: &Home, audio: &str, size: (u16, u16)) -> Terminal {
    let terminal = home.sit_down(&["demo"], audio, size);
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
    let opened = |screen: &Screen| screen.shows("Enter goes on") || review(screen);
    if terminal.wait_until("the answer", opened).shows("Enter goes on") {
        terminal.press("enter");
    }
    terminal.wait_until("an answer that can be played", |screen| {
        review(screen) && screen.title().contains(" 0:") && is_saved(screen) && !screen.shows("goes on")
    });
}

/// vim without settings, on a file; none where there is no vim.
fn vim(home: &Home, file: &str, size: (u16, u16)) -> Option<Terminal> {
    let there = std::process::Command::new("vim").arg("--version").output().is_ok();
    let mut command = portable_pty::CommandBuilder::new("vim");
    command.args(["-u", "NONE", file]);
    there.then(|| home.start(command, &[], size))
}

/// Writes a file of so many lines and returns its name.
fn lines(home: &Home, count: usize) -> String {
    let text: String =
        (0..count).map(|nth| format!("c-{nth:06},q{},fault-finding,you,{},,2026-11-21\n", nth % 4, nth % 5)).collect();
    std::fs::write(home.path().join("lines.csv"), text).expect("a file can be written");
    "lines.csv".to_owned()
}
