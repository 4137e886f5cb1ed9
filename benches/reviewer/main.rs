//! A reviewer who knows the keys: 50 candidates x 5 questions with four criteria heard, rated, compared, sealed, decided and
//! exported through the keyboard alone, on a clock that runs ahead. Prints how many keys a rated answer took, and how long
//! listening took. `cargo bench --features clock --bench reviewer`; `-- 8` takes eight candidates, `-- 8 20` lets their clock run 20 times as fast:
//! the faster, the more answers are over before two seconds have passed on the wall.
#![allow(clippy::print_stdout)] // printing is what it is for

#[path = "../../tests/pty/mod.rs"]
#[allow(dead_code)]
mod pty;
#[path = "../../tests/reviewer/mod.rs"]
mod reviewer;

use std::process::ExitCode;
use std::time::Instant;

use pty::Home;
use pty::crowd::CRITERIA;
use reviewer::Job;

/// Keys that a rated answer may take, its digits among them.
const AIM: f64 = 8.0;

fn main() -> ExitCode {
    if !earmark::player::CLOCK_COUNTS {
        println!("what a clock plays counts as heard in builds for tests alone: cargo bench --features clock --bench reviewer");
        return ExitCode::FAILURE;
    }
    let mut numbers = std::env::args().filter_map(|arg| arg.parse::<u32>().ok());
    let candidates = numbers.next().unwrap_or(50) as usize;
    let job = Job { candidates, questions: 5, pace: numbers.next().unwrap_or(6) };
    let home = Home::new();
    let from = Instant::now();
    reviewer::take_in(&home, job);
    println!("{candidates} x {} answers taken in within {:.0} s", job.questions, from.elapsed().as_secs_f64());
    let (from, table) = (Instant::now(), home.path().join("table.csv"));
    let tally = reviewer::review(&home, job, &table);
    println!("reviewed within {:.0} s, on a clock that runs {} times as fast", from.elapsed().as_secs_f64(), job.pace);
    let rows = std::fs::read_to_string(&table).expect("the table was written").lines().count() - 1;
    println!("{rows} rows in the table");
    let each = tally.rating_keys as f64 / tally.answers as f64;
    println!("{} keys until all was rated: {each:.2} a rated answer (aim {AIM}), {CRITERIA} of them digits", tally.rating_keys);
    println!("{} keys in all: {:.2} a rated answer", tally.keys, tally.keys as f64 / tally.answers as f64);
    println!("{} of {} answers were over before they were rated, and took a key more", tally.over_before, tally.answers);
    println!(
        "{:.0} minutes of listening for {:.0} recorded minutes: {:.2}, at 2.0x without silences",
        tally.listening,
        tally.recorded,
        tally.listening / tally.recorded
    );
    println!("status: {}", home.run(&["status", "crowd"]));
    if each <= AIM { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
