//! A sound that tells where one is in it: its pitch rises with the time, in another band for each answer, at whatever speed it is played.

use crate::voice::RATE;

/// Milliseconds after which the pitch starts again.
pub(super) const ROUND_MS: f64 = 4_000.0;
/// Hz that it rises by meanwhile.
const RISE: f64 = 1_000.0;
/// Where the first answer's band starts, and how far the bands are apart, in Hz.
const LOWEST: f64 = 600.0;
const APART: f64 = 1_400.0;
/// Samples that are looked at to hear the pitch: 8 ms.
const WINDOW: usize = 384;
/// Samples between those that are compared.
const STEP: usize = 3;
/// What of a window's power may be something else than one tone: where two places fade into each other, none is heard.
const IMPURE: f64 = 0.002;

/// Answer number `nth`, 0..4.
pub(super) fn sweep(nth: usize, seconds: f64) -> Vec<f32> {
    let mut phase = 0.0f64;
    let sample = |i: usize| {
        let ms = i as f64 / f64::from(RATE) * 1000.0 % ROUND_MS;
        phase = (phase + (band(nth) + RISE * ms / ROUND_MS) / f64::from(RATE)).fract();
        (phase * std::f64::consts::TAU).sin() as f32 * 0.25
    };
    (0..(seconds * f64::from(RATE)) as usize).map(sample).collect()
}

fn band(nth: usize) -> f64 {
    LOWEST + APART * nth as f64
}

/// What is heard around sample `at` of a recording: which answer, and which ms of the round; none where that is not one clear tone.
pub(super) fn heard(recording: &[f32], at: usize) -> Option<(usize, f64)> {
    let window = recording.get(at.checked_sub(WINDOW / 2)?..at + WINDOW / 2)?;
    let (mut with, mut own, mut beside) = (0.0f64, 0.0f64, 0.0f64);
    for three in window.windows(2 * STEP + 1) {
        // Of a tone, what is a step before and a step after adds up to the middle times twice a cosine.
        let (sum, middle) = (f64::from(three[0] + three[2 * STEP]), f64::from(three[STEP]));
        (with, own, beside) = (with + sum * middle, own + middle * middle, beside + sum * sum);
    }
    if own < 1e-3 {
        return None;
    }
    let factor = with / own;
    let rest = (beside - factor * with) / own;
    let hz = (factor / 2.0).clamp(-1.0, 1.0).acos() / std::f64::consts::TAU / STEP as f64 * f64::from(RATE);
    let nth = ((hz - LOWEST + (APART - RISE) / 2.0) / APART).floor();
    let ms = (hz - LOWEST - nth * APART) / RISE * ROUND_MS;
    // Where the round ends, the pitch falls and is none.
    let clear = rest < IMPURE && (0.0..4.0).contains(&nth) && (20.0..ROUND_MS - 20.0).contains(&ms);
    clear.then_some((nth as usize, ms))
}

/// How far `a` is after `b`, in ms, where both are only known within the round.
pub(super) fn after(a: f64, b: f64) -> f64 {
    (a - b + ROUND_MS / 2.0).rem_euclid(ROUND_MS) - ROUND_MS / 2.0
}

#[test]
fn a_place_in_a_sweep_is_heard_to_the_millisecond() {
    for nth in 0..4 {
        let samples = sweep(nth, 9.0);
        for at in (3_000..samples.len() - 3_000).step_by(4_801) {
            let true_ms = at as f64 / 48.0 % ROUND_MS;
            match heard(&samples, at) {
                Some((which, ms)) => assert!(which == nth && after(ms, true_ms).abs() < 1.0, "{nth} {true_ms}: {which} {ms}"),
                None => assert!(!(25.0..ROUND_MS - 25.0).contains(&true_ms), "nothing heard at {true_ms}"),
            }
        }
    }
}
