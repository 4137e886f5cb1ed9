//! What an answer of three minutes takes, held ready to be heard.

use std::time::{Duration, Instant};

use crate::figures::Limits;
use crate::{Stage, load, measured, recording};
use earmark::sound::mixer::Slot;

const HELD: usize = 16;
const MOST_MB: f64 = 20.0;

pub(crate) fn run(limits: &mut Limits) {
    let stage = Stage::new();
    // They are of one kind: what was measured of one does for all.
    let prepared = measured(&recording(0, 180.0));
    let before = resident_mb();
    for nth in 0..HELD {
        let bytes = recording(nth, 180.0);
        stage.player.prefetch(load(Slot::A, nth, &bytes, Some(&prepared)));
        drop(bytes);
        settle();
    }
    let held = (resident_mb() - before) / HELD as f64;
    println!("memory: {held:.1} MB for each of {HELD} answers of three minutes");
    limits.at_most("MB for an answer of three minutes", held, MOST_MB);
    // One more, and the first makes room.
    let bytes = recording(HELD, 180.0);
    stage.player.prefetch(load(Slot::A, HELD, &bytes, Some(&prepared)));
    drop(bytes);
    settle();
    let more = resident_mb() - before;
    println!("  with one more asked for: {more:.0} MB in all");
    limits.at_most("MB of all answers held", more, MOST_MB * HELD as f64 * 1.05);
}

/// Until memory stands still: decoding is over.
fn settle() {
    let start = Instant::now();
    let (mut last, mut still) = (0.0, 0);
    while still < 10 && start.elapsed() < Duration::from_secs(30) {
        std::thread::sleep(Duration::from_millis(50));
        let now = resident_mb();
        still = if f64::abs(now - last) < 0.2 { still + 1 } else { 0 };
        last = now;
    }
}

pub(crate) fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    let kb: f64 = line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(f64::NAN);
    kb * 1024.0 / 1e6
}
