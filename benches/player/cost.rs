//! What playing costs of a core, and whether anything wakes up while paused.

use std::time::{Duration, Instant};

use earmark::player::Report;
use earmark::sound::mixer::Slot;

use crate::figures::Limits;
use crate::{Stage, load, measured, recording};

/// Seconds that each is played for.
const SECONDS: u64 = 60;
const MOST_PERCENT: f64 = 1.5;
/// Linux counts a process's time in these.
const TICKS: f64 = 100.0;

pub(crate) fn run(limits: &mut Limits) {
    let mut stage = Stage::new();
    let bytes = recording(0, 150.0);
    stage.player.load(load(Slot::A, 0, &bytes, Some(&measured(&bytes))));
    stage.until(|report| matches!(report, Report::Decoded { .. }));
    for speed in [100, 200] {
        stage.player.seek(Slot::A, earmark::interview::Moment::START);
        stage.player.speed(speed);
        stage.player.play();
        std::thread::sleep(Duration::from_secs(1));
        let (busy, woken) = over(Duration::from_secs(SECONDS));
        println!("playing at {speed}%: {busy:.2}% of a core, {woken:.0} wake-ups a second");
        limits.at_most(format!("% of a core, playing at {speed}%"), busy, MOST_PERCENT);
    }
    stage.player.pause();
    // It holds the device for a few seconds, then closes it.
    std::thread::sleep(Duration::from_secs(5));
    let (busy, woken) = over(Duration::from_secs(20));
    println!("paused: {busy:.2}% of a core, {woken:.2} wake-ups a second");
    limits.at_most("wake-ups a second, paused", woken, 0.2);
}

/// How much of a core this process uses meanwhile, in %, and how often its other threads wake up in a second.
fn over(time: Duration) -> (f64, f64) {
    let (start, busy, woken) = (Instant::now(), ticks(), switches());
    std::thread::sleep(time);
    let seconds = start.elapsed().as_secs_f64();
    // This thread woke up once.
    ((ticks() - busy) / TICKS / seconds * 100.0, (switches() - woken - 1.0).max(0.0) / seconds)
}

fn ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum()
}

fn switches() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of = |status: String| {
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"))?.to_owned();
        line.split_whitespace().nth(1)?.parse::<f64>().ok()
    };
    tasks.filter_map(|task| of(std::fs::read_to_string(task.path().join("status")).ok()?)).sum()
}
