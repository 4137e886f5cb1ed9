//! From an answer's being asked for to its first sound; beside mpv, which is started and plays the same.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use earmark::player::Report;
use earmark::sound::Recording;
use earmark::sound::mixer::Slot;

use crate::ear::Ear;
use crate::figures::{Limits, least, median, quantile};
use crate::{Stage, load, measured, recording};

const TIMES: usize = 12;

pub(crate) fn run(limits: &mut Limits) {
    println!("from an answer's being asked for to its first sample handed to the device");
    for (what, state) in
        [("device closed", Found::Closed), ("device held, paused just now", Found::Held), ("playing another", Found::Playing)]
    {
        let took: Vec<f64> = (0..TIMES).map(|nth| prefetched(nth, state)).collect();
        told(&format!("prefetched, {what}"), &took);
        limits.aims_at(format!("prefetched, {what}, median"), median(&took), 20.0);
    }
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/media/voice.webm");
    let bytes: Recording = std::fs::read(file).expect("a file of the repository").into();
    let took: Vec<f64> = (0..TIMES).map(|nth| unprepared(nth, &bytes)).collect();
    told("never seen before, device closed", &took);
    limits.at_most("never seen before, 95%", quantile(&took, 0.95), 150.0);
    by_ear(file, &bytes);
}

#[derive(Clone, Copy, PartialEq)]
enum Found {
    Closed,
    Held,
    Playing,
}

/// An answer that was prefetched, loaded and played.
fn prefetched(nth: usize, found: Found) -> f64 {
    let mut stage = Stage::new();
    let (other, bytes) = (recording(0, 10.0), recording(1, 10.0));
    let prepared = measured(&bytes);
    stage.player.load(load(Slot::A, 0, &other, Some(&measured(&other))));
    stage.until(|report| matches!(report, Report::Decoded { .. }));
    stage.player.prefetch(load(Slot::A, 1, &bytes, Some(&prepared)));
    std::thread::sleep(Duration::from_millis(300));
    if found != Found::Closed {
        stage.player.play();
        stage.until(|report| matches!(report, Report::Playing { .. }));
        std::thread::sleep(Duration::from_millis(400 + (nth * 7 % 43) as u64));
    }
    if found == Found::Held {
        stage.player.pause();
        stage.until(|report| matches!(report, Report::Paused { .. }));
        std::thread::sleep(Duration::from_millis(200));
    }
    let next = load(Slot::A, 1, &bytes, Some(&prepared));
    let answer = next.answer;
    let play = |player: &earmark::player::PlayerHandle| {
        player.load(next);
        player.play();
    };
    stage.takes(play, |now| now.answer == answer && now.playing && now.at.0 > 0)
}

fn unprepared(nth: usize, bytes: &Recording) -> f64 {
    let stage = Stage::new();
    let next = load(Slot::A, nth, bytes, None);
    let play = |player: &earmark::player::PlayerHandle| {
        player.load(next);
        player.play();
    };
    stage.takes(play, |now| now.playing && now.at.0 > 0)
}

/// The same by the sink's monitor, until the sound comes out; and mpv's.
fn by_ear(file: &str, bytes: &Recording) {
    if Command::new("mpv").arg("--version").output().is_err() {
        println!("  mpv is not installed");
        return;
    }
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for nth in 0..TIMES / 2 {
        let stage = Stage::new();
        ours.extend(heard_after(|| {
            stage.player.load(load(Slot::A, nth, bytes, None));
            stage.player.play();
        }));
        drop(stage);
        let mut mpv = None;
        theirs.extend(heard_after(|| {
            let play = Command::new("mpv")
                .args(["--no-config", "--no-video", "--really-quiet", "--ao=pulse", file])
                .stdin(Stdio::null())
                .spawn();
            mpv = play.ok();
        }));
        if let Some(mut mpv) = mpv {
            let _ = mpv.kill();
            let _ = mpv.wait();
        }
    }
    if ours.is_empty() || theirs.is_empty() {
        println!("  by ear: nothing was heard");
        return;
    }
    println!(
        "  by ear, never seen before: ours {:.0} ms, mpv from its start {:.0} ms, ratio {:.2}",
        median(&ours),
        median(&theirs),
        median(&ours) / median(&theirs)
    );
}

/// In ms, until a sound comes out of the sink; none within two seconds.
fn heard_after(play: impl FnOnce()) -> Option<f64> {
    let mut ear = Ear::listen();
    let asked = Instant::now();
    play();
    std::thread::sleep(Duration::from_secs(2));
    ear.glance();
    let from = ear.sample_at(asked);
    let (_, samples) = ear.take();
    let heard = (from.max(0) as usize..samples.len()).find(|at| samples[*at].abs() > 0.001)?;
    Some((heard as i64 - from) as f64 / 48.0)
}

fn told(what: &str, took: &[f64]) {
    println!("  {what:<46} least {:>6.1} ms  median {:>6.1} ms  most {:>6.1} ms", least(took), median(took), quantile(took, 1.0));
}
