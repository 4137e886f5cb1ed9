//! A stretch of a recording, played alone: brought to the common loudness by what is in it, not by the recording around it.

use ebur128::{EbuR128, Mode};

use super::limiter::CEILING;
use super::opus::TAKEN;
use super::prepare::{LOUDNESS, Prepared};
use super::{Pcm, RATE, Rendering, factor, render, sample_at};
use crate::interview::Span;

/// What is aimed at before Opus, in LUFS.
const AIM: f64 = LOUDNESS + TAKEN;
/// Gain stays within this, in dB, 30 of which are heard: below it lies what nobody would call speech.
const MOST_GAIN: f32 = 30.0 + TAKEN as f32;
/// An excerpt that is so far from the common loudness, in LU, is not at it.
const FAR: f64 = 0.6;
/// Nearer than so many LU it is not rendered once more.
const NEAR: f64 = 0.2;
/// How often what the limiter took is given back.
const TRIES: usize = 5;

/// What is heard of a stretch.
#[derive(Clone, Debug, PartialEq)]
pub struct Excerpt {
    /// Mono, 48 kHz.
    pub samples: Vec<f32>,
    /// Integrated loudness in LUFS, once it is decoded from Opus; none where it is too short (400 ms) or too faint to be measured.
    pub loudness: Option<f64>,
}

impl Excerpt {
    /// Whether it is as loud as every other; what could not be measured is not.
    pub fn is_level(&self) -> bool {
        self.loudness.is_some_and(|loudness| (loudness - LOUDNESS).abs() <= FAR)
    }
}

/// Renders a stretch at [`LOUDNESS`] once it is decoded from Opus again, measured of the stretch itself and of what the limiter left of
/// it; where it cannot be measured, as the whole recording is played.
pub fn excerpt(pcm: &Pcm, prepared: &Prepared, span: Span) -> Excerpt {
    let how = Rendering { from: span.start, to: Some(span.end), ..Rendering::default() };
    let at = |gain_db: f32| render(pcm, &Prepared { gain_db, ..prepared.clone() }, &how).samples;
    let plain = samples_of(pcm, span);
    let Some(own) = loudness(&plain) else {
        let samples = at(prepared.gain_db);
        return Excerpt { loudness: heard(&samples), samples };
    };
    let needed = (AIM - own) as f32;
    let gain = needed.clamp(-MOST_GAIN, MOST_GAIN);
    if highest(&plain) * factor(gain) <= CEILING {
        // The limiter leaves it as it is, or takes a wave between two samples of it: its loudness is known.
        return Excerpt { samples: at(gain), loudness: Some(own + f64::from(gain) - TAKEN) };
    }
    limited(needed, at)
}

/// Tries gains, in dB, until what the limiter took is given back.
fn limited(mut gain: f32, at: impl Fn(f32) -> Vec<f32>) -> Excerpt {
    let mut made = Excerpt { samples: Vec::new(), loudness: None };
    for _ in 0..TRIES {
        let samples = at(gain.clamp(-MOST_GAIN, MOST_GAIN));
        made = Excerpt { loudness: heard(&samples), samples };
        let Some(heard) = made.loudness.filter(|heard| (heard - LOUDNESS).abs() > NEAR && gain < MOST_GAIN) else { break };
        gain += (LOUDNESS - heard) as f32;
    }
    made
}

fn samples_of(pcm: &Pcm, span: Span) -> Vec<f32> {
    let (from, to) = (sample_at(span.start), sample_at(span.end).min(pcm.available()));
    let mut samples = vec![0.0; to.saturating_sub(from) as usize];
    pcm.read(from as i64, &mut samples);
    samples
}

fn highest(samples: &[f32]) -> f32 {
    samples.iter().fold(0.0, |highest, sample| highest.max(sample.abs()))
}

/// Integrated loudness in LUFS; none where there is none.
fn loudness(samples: &[f32]) -> Option<f64> {
    let mut meter = EbuR128::new(1, RATE, Mode::I).ok()?;
    meter.add_frames_f32(samples).ok()?;
    meter.loudness_global().ok().filter(|loudness| loudness.is_finite())
}

/// The same of what comes out of Opus again.
fn heard(samples: &[f32]) -> Option<f64> {
    loudness(samples).map(|loudness| loudness - TAKEN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::Moment;
    use crate::sound::testing::voice;
    use crate::sound::{Downmix, Loaded, measure};

    fn of(samples: &[f32], span: (u32, u32)) -> Excerpt {
        let pcm = Pcm::from_samples(samples);
        let even = Downmix::even(1);
        let prepared = measure(&pcm, &Loaded { samples: pcm.available(), downmix: even.clone(), best: even, truncated: None });
        excerpt(&pcm, &prepared, Span { start: Moment(span.0), end: Moment(span.1) })
    }

    #[test]
    fn a_voice_is_as_loud_in_an_excerpt_however_loud_it_was_recorded() {
        let voice = voice(8.0, 150.0);
        for quieter_db in [0.0, -10.0, -20.0, -30.0] {
            let factor = 10.0_f32.powf(quieter_db / 20.0);
            let samples: Vec<f32> = voice.iter().map(|sample| sample * factor).collect();
            let made = of(&samples, (1_000, 6_000));
            assert!(made.is_level(), "{quieter_db} dB: {:?}", made.loudness);
        }
    }

    #[test]
    fn a_quiet_stretch_of_a_loud_recording_is_as_loud_as_the_rest() {
        let mut samples = voice(10.0, 150.0);
        samples[5 * RATE as usize..].iter_mut().for_each(|sample| *sample *= 0.05);
        assert!(of(&samples, (500, 4_500)).is_level());
        let quiet = of(&samples, (5_500, 9_500));
        assert!(quiet.is_level(), "{:?}", quiet.loudness);
    }

    #[test]
    fn what_is_too_faint_is_brought_up_as_far_as_it_goes_and_says_so() {
        let samples: Vec<f32> = voice(6.0, 150.0).iter().map(|sample| sample * 0.002).collect();
        let made = of(&samples, (500, 5_500));
        assert!(!made.is_level() && made.samples.iter().any(|sample| *sample != 0.0), "{:?}", made.loudness);
    }
}
