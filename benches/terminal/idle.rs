//! What a pause costs, and what a spoken word costs.

use std::time::{Duration, Instant};

use super::figures::Limits;
use super::{Library, is_saved, open, open_answer, process};

const SIZE: (u16, u16) = (160, 45);
/// How long each is watched.
const WATCHED: Duration = Duration::from_secs(10);

pub(crate) fn run(library: &Library, limits: &mut Limits) {
    let mut terminal = open(library, "clock", SIZE);
    open_answer(&mut terminal);
    terminal.wait_until("three seconds heard", |screen| screen.title().contains(" 0:03/"));

    let (process, (bytes, _)) = (terminal.process(), terminal.written());
    let (before, cpu, from) = (process::wakes(process), process::cpu_ms(process), Instant::now());
    let (mut words, mut spoken, mut seen) = (0_u32, None, bytes);
    while from.elapsed() < WATCHED {
        seen = terminal.wait_for_more(seen).0;
        let now = terminal.screen().spoken();
        words += u32::from(now.is_some() && now != spoken);
        spoken = now;
    }
    let (after, used, lasted) = (process::wakes(process), process::cpu_ms(process) - cpu, from.elapsed());
    let wakes = process::since(&before, &after);
    let screen =
        wakes.iter().find(|(thread, _)| thread.ends_with(&format!(" {}", process.as_raw_nonzero()))).map_or(0, |(_, n)| *n);
    let words = f64::from(words.max(1));
    let (each, bytes_each) = (screen as f64 / words, (seen - bytes) as f64 / words);
    println!("\nplaying at {}x{}, {:.1} s, {words} words", SIZE.0, SIZE.1, lasted.as_secs_f64());
    println!("  processor time {:.2} % of a core, with the device for tests", used / lasted.as_secs_f64() / 10.0);
    println!("  {each:.2} wakes of the screen's thread and {bytes_each:.0} bytes a word");
    println!("  wakes by thread: {wakes:?}");
    limits.aims_at("wakes of the screen's thread a word", each, 1.2);
    limits.aims_at("bytes a word", bytes_each, 130.0);

    terminal.press("space");
    terminal.wait_until("a pause", |screen| !screen.title().contains('▶') && is_saved(screen));
    // A device that holds is closed after three seconds, and what was heard is reported: then all is quiet.
    std::thread::sleep(Duration::from_secs(6));
    let (bytes, _) = terminal.written();
    let before = process::wakes(process);
    std::thread::sleep(WATCHED);
    let wakes = process::since(&before, &process::wakes(process));
    let written = terminal.written().0 - bytes;
    println!("\npaused, {} s: {} wakes, {written} bytes {wakes:?}", WATCHED.as_secs(), wakes.values().sum::<u64>());
    limits.at_most("wakes in a pause", wakes.values().sum::<u64>() as f64, 0.0);
    limits.at_most("bytes in a pause", written as f64, 0.0);
}
