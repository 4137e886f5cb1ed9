//! From a command to the first sample of what it asks for that the device was handed.

use earmark::interview::Moment;
use earmark::player::Report;
use earmark::sound::mixer::Slot;

use crate::ear::Ear;
use crate::figures::{Limits, least, median, quantile};
use crate::{BUFFER_MS, Stage, load, measured, recording};

const TIMES: usize = 60;
/// What a command may take beside the device's buffer, in ms.
const MOST_MS: f64 = 20.0;

pub(crate) fn run(limits: &mut Limits) {
    // A null sink that nobody hears makes silence for two seconds ahead when idle, and cannot take it back: whoever comes then, PulseAudio's
    // own pacat too, is asked for the second buffer when that is over.
    let _ear = Ear::listen();
    let mut stage = Stage::new();
    for slot in Slot::ALL {
        let bytes = recording(slot.index(), 60.0);
        stage.player.load(load(slot, slot.index(), &bytes, Some(&measured(&bytes))));
        stage.until(|report| matches!(report, Report::Decoded { .. }));
    }
    stage.player.play();
    stage.until(|report| matches!(report, Report::Playing { .. }));
    println!("from a command to the first sample handed to the device (its buffer: {BUFFER_MS:.0} ms)");
    // Asked at all times between two of the device's own questions.
    let apart = |nth: usize| std::thread::sleep(std::time::Duration::from_millis(60 + (nth * 7 % 43) as u64));
    let seek = |nth: usize| {
        apart(nth);
        let to = Moment(if nth.is_multiple_of(2) { 40_000 } else { 5_000 });
        stage.takes(|player| player.seek(Slot::A, to), |now| now.at >= to && now.at.0 < to.0 + 1_000)
    };
    told(limits, "seek", (0..TIMES).map(seek).collect());
    let switch = |nth: usize| {
        apart(nth);
        let slot = Slot::ALL[(nth + 1) % 4];
        stage.takes(|player| player.switch(slot), |now| now.slot == slot)
    };
    told(limits, "switch", (0..TIMES).map(switch).collect());
    let speed = |nth: usize| {
        apart(nth);
        let speed = if nth.is_multiple_of(2) { 200 } else { 100 };
        stage.takes(|player| player.speed(speed), |now| now.speed == f32::from(speed) / 100.0)
    };
    told(limits, "speed", (0..TIMES).map(speed).collect());
}

fn told(limits: &mut Limits, what: &str, took: Vec<f64>) {
    let (middle, high, most) = (median(&took), quantile(&took, 0.95), quantile(&took, 1.0));
    println!("  {what:<8} least {:>6.1} ms  median {middle:>6.1} ms  95% {high:>6.1} ms  most {most:>6.1} ms", least(&took));
    limits.at_most(format!("{what}, 95%"), high, MOST_MS + BUFFER_MS);
}
