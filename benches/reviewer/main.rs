//! A reviewer who knows the keys: 50 candidates x 5 questions with four criteria heard, rated, sealed, compared, decided and exported
//! through the keyboard alone, on a clock that runs ahead. Prints how many keys a rated answer took, and how long listening took.
//! `cargo bench --bench reviewer`; `-- 8` takes eight candidates.
#![allow(clippy::print_stdout)] // printing is what it is for

#[allow(dead_code, reason = "the other bench uses the rest")]
#[path = "../terminal/crowd.rs"]
mod crowd;
mod hand;
#[path = "../../tests/pty/mod.rs"]
#[allow(dead_code)]
mod pty;

use std::process::ExitCode;
use std::time::Instant;

use crowd::{CRITERIA, QUESTIONS};
use hand::Hand;
use pty::{Home, Screen};

/// How many times faster than a clock the sound's clock runs.
const PACE: u32 = 20;

fn main() -> ExitCode {
    let candidates = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(50);
    let home = Home::new();
    let from = Instant::now();
    crowd::take_in(&home, candidates, crowd::Answers::Spoken);
    println!("{candidates} x {QUESTIONS} answers taken in within {:.0} s", from.elapsed().as_secs_f64());
    let mut hand = Hand::new(home.sit_down(&["review", "crowd"], &format!("clock:{PACE}"), (160, 45)));
    let from = Instant::now();
    let heard = hears_and_rates(&mut hand, candidates);
    let rating = hand.keys;
    println!("heard and rated within {:.0} s", from.elapsed().as_secs_f64());
    seals(&mut hand, candidates);
    compares(&mut hand);
    decides(&mut hand, candidates);
    exports(&mut hand, &home);
    hand.leave();
    let answers = (candidates * QUESTIONS) as f64;
    let each = rating as f64 / answers;
    println!("{rating} keys until all was rated: {each:.2} a rated answer (aim 8, of which {CRITERIA} are digits)");
    println!("{} keys in all: {:.2} a rated answer", hand.keys, hand.keys as f64 / answers);
    let recorded = heard.recorded_s / 60.0;
    println!(
        "{:.0} minutes of listening for {recorded:.0} recorded minutes: {:.2}",
        heard.listening_s / 60.0,
        heard.listening_s / heard.recorded_s
    );
    let status = home.run(&["--json", "status", "crowd"]);
    println!("status: {}", status.chars().take(400).collect::<String>());
    if each <= 8.0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What there was to hear, and how long it took at the speed that was chosen, silences skipped: from when the answer was seen to
/// play to when the next one was, by the clock that runs ahead, so a little more than it was.
#[derive(Default)]
struct Heard {
    recorded_s: f64,
    listening_s: f64,
}

/// Hears every answer to its end at twice its speed with silences skipped; rates it while it plays, a piece of evidence with the
/// highest point.
fn hears_and_rates(hand: &mut Hand, candidates: usize) -> Heard {
    hand.wait("the grid", |screen| on(screen, "Batch") && screen.title().ends_with("● saved"));
    hand.press("enter");
    let screen = hand.wait("the rubric", |screen| screen.shows("Enter goes on") || on(screen, "Review"));
    if screen.shows("Enter goes on") {
        hand.press("enter");
    }
    hand.wait("the first answer", |screen| on(screen, "Review") && length(screen).is_some());
    hand.press("}");
    let mut heard = Heard::default();
    let mut last = String::new();
    for nth in 0..candidates * QUESTIONS {
        let screen = hand.wait("the next answer, two seconds of it heard", |screen| {
            on(screen, "Review") && who(screen) != last && at(screen).is_some_and(|at| at >= 5)
        });
        let began = Instant::now();
        last = who(&screen);
        heard.recorded_s += length(&screen).unwrap_or_default();
        for criterion in 0..CRITERIA {
            let point = [3, 4, 2, 5][(nth + criterion) % 4];
            if point == 5 {
                hand.press("e");
            }
            hand.press(&point.to_string());
        }
        if nth + 1 < candidates * QUESTIONS {
            hand.wait_long("the answer after it", |screen| on(screen, "Review") && length(screen).is_some() && who(screen) != last);
        } else {
            hand.wait_long("its end", |screen| !screen.title().contains('▶'));
        }
        heard.listening_s += began.elapsed().as_secs_f64() * f64::from(PACE);
    }
    heard
}

fn seals(hand: &mut Hand, candidates: usize) {
    hand.press("g");
    hand.wait("everything rated", |screen| {
        on(screen, "Batch")
            && screen.shows(&format!("{0} of {0} rated", candidates * QUESTIONS))
            && screen.title().ends_with("● saved")
    });
    hand.press("< left left left left left");
    for question in 1..=QUESTIONS {
        hand.press("S");
        let asked = hand.wait("the seal", |screen| screen.shows(&format!("Seal your ratings of question {question}")));
        if asked.shows("Seal all the same") {
            hand.press("down");
        }
        hand.press("enter");
        hand.wait("sealed", |screen| {
            screen.shows(&format!(" {} sealed", candidates * question)) && screen.title().ends_with("● saved")
        });
        hand.press("right");
    }
}

/// Four side by side.
fn compares(hand: &mut Hand) {
    hand.press("< left left left left left");
    (0..4).for_each(|_| hand.press("space j"));
    hand.press("v");
    hand.wait("side by side", |screen| on(screen, "Compare") && screen.shows(" D "));
    for column in ["b", "c", "d", "a"] {
        hand.press(column);
    }
    hand.press("g");
    hand.wait("the grid", |screen| on(screen, "Batch"));
}

/// The first six go on, the others do not.
fn decides(hand: &mut Hand, _candidates: usize) {
    hand.press("P");
    hand.wait("the ranking", |screen| on(screen, "Panel"));
    hand.press("g");
    hand.wait("the grid", |screen| on(screen, "Batch"));
}

fn exports(hand: &mut Hand, home: &Home) {
    hand.press("X");
    hand.wait("where to", |screen| screen.shows("Write the comparative CSV to"));
    hand.press("ctrl-u");
    let table = home.path().join("table.csv");
    hand.type_text(&table.display().to_string());
    hand.press("enter");
    hand.wait("the export told", |screen| screen.foot().contains("rows to"));
    assert!(table.exists(), "the table was written");
}

fn on(screen: &Screen, name: &str) -> bool {
    screen.title().trim_start().starts_with(name)
}

/// Who is on screen and with which question: the title up to its first gap.
fn who(screen: &Screen) -> String {
    screen.title().split("  ").next().unwrap_or_default().to_owned()
}

/// The moment and the length that the title shows, in seconds: `0:12/0:45`.
fn times(screen: &Screen) -> Option<(u32, f64)> {
    let title = screen.title();
    let (at, of) = title.split_whitespace().find_map(|word| word.split_once('/').filter(|(at, _)| at.contains(':')))?;
    let seconds = |text: &str| {
        let (minutes, seconds) = text.split_once(':')?;
        Some(minutes.parse::<u32>().ok()? * 60 + seconds.parse::<u32>().ok()?)
    };
    Some((seconds(at)?, f64::from(seconds(of)?)))
}

fn at(screen: &Screen) -> Option<u32> {
    times(screen).map(|(at, _)| at)
}

fn length(screen: &Screen) -> Option<f64> {
    times(screen).map(|(_, length)| length)
}
