//! Where someone speaks, and which silences between may be skipped.

use std::sync::Arc;

use crate::interview::{Moment, Span, Spans};

use super::{moment_of, sample_at};

/// The detector hears 16 kHz in frames of 16 ms.
const FRAME: usize = 256;
const FRAME_MS: u32 = 16;
/// From this probability on a frame is speech.
const SPEECH: f32 = 0.5;
/// Speech fades in and out: so much around it belongs to it, in ms.
const BEFORE_MS: u32 = 100;
const AFTER_MS: u32 = 150;
/// Shorter speech is a click or a breath, in ms.
const SHORTEST_SPEECH_MS: u32 = 48;
/// A silence is worth the name from here, in ms.
const SHORTEST_SILENCE_MS: u32 = 200;
/// What is left of a silence that is skipped, in ms: a short natural pause.
const PAUSE_MS: u32 = 300;
/// Skipping less than this saves nothing and is heard as haste, in ms.
const SHORTEST_SKIP_MS: u32 = 150;

/// Finds speech in 48 kHz sound that comes in pieces.
pub struct Detector {
    vad: Box<earshot::Detector>,
    thirds: Thirds,
    frame: Vec<i16>,
    frames: u32,
    speaking_since: Option<u32>,
    speech: Spans,
}

impl Default for Detector {
    fn default() -> Self {
        Detector {
            vad: earshot::Detector::default_boxed(),
            thirds: Thirds::new(),
            frame: Vec::with_capacity(FRAME),
            frames: 0,
            speaking_since: None,
            speech: Spans::default(),
        }
    }
}

impl Detector {
    /// Hears more samples.
    pub fn push(&mut self, samples: &[i16]) {
        for sample in samples {
            let Some(sample) = self.thirds.push(*sample) else { continue };
            self.frame.push(sample);
            if self.frame.len() == FRAME {
                let speaks = self.vad.predict_i16(&self.frame) >= SPEECH;
                self.frame.clear();
                self.note(speaks);
                self.frames += 1;
            }
        }
    }

    /// Where speech was, in a recording of `length` samples.
    pub fn finish(mut self, length: u64) -> Spans {
        self.note(false);
        let end = moment_of(length);
        self.speech.iter().map(|span| Span { start: span.start.min(end), end: span.end.min(end) }).collect()
    }

    fn note(&mut self, speaks: bool) {
        match (self.speaking_since, speaks) {
            (None, true) => self.speaking_since = Some(self.frames),
            (Some(since), false) => {
                self.speaking_since = None;
                let (start, end) = (since * FRAME_MS, self.frames * FRAME_MS);
                if end - start >= SHORTEST_SPEECH_MS {
                    self.speech.add(Span { start: Moment(start.saturating_sub(BEFORE_MS)), end: Moment(end + AFTER_MS) });
                }
            }
            _ => {}
        }
    }
}

/// The silences of a recording of `length` samples: what is no speech for long enough.
pub fn silences(speech: &Spans, length: u64) -> Spans {
    let all = Span { start: Moment::START, end: moment_of(length) };
    speech.complement(all).iter().filter(|span| span.length() >= SHORTEST_SILENCE_MS).copied().collect()
}

/// A stretch of samples that is left out when silence is skipped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Jump {
    /// The first sample left out.
    pub from: u64,
    /// The sample that is heard next.
    pub to: u64,
}

/// What to leave out so that each silence becomes a short pause. Silence at the start and the end is shortened likewise.
pub fn jumps(silences: &Spans) -> Arc<[Jump]> {
    let kept = PAUSE_MS / 2;
    let inner = silences.iter().filter(|span| span.length() >= PAUSE_MS + SHORTEST_SKIP_MS);
    inner
        .map(|span| Jump { from: sample_at(span.start.shifted(kept.into())), to: sample_at(span.end.shifted(-i64::from(kept))) })
        .collect()
}

/// A third of the rate: a low-pass under the new limit, then every third sample.
struct Thirds {
    taps: [f32; Thirds::TAPS],
    history: [f32; Thirds::TAPS],
    at: usize,
    phase: usize,
}

impl Thirds {
    const TAPS: usize = 45;

    fn new() -> Thirds {
        let middle = (Self::TAPS / 2) as f32;
        let mut taps = std::array::from_fn(|i| {
            let x = (i as f32 - middle) * std::f32::consts::PI;
            // Cut at 7.2 kHz of 48: below the half of 16 kHz, above what speech needs.
            let sinc = if x == 0.0 { 0.3 } else { (0.3 * x).sin() / x };
            let window = 0.5 - 0.5 * (std::f32::consts::TAU * (i as f32 + 0.5) / Self::TAPS as f32).cos();
            sinc * window
        });
        let sum: f32 = taps.iter().sum();
        taps.iter_mut().for_each(|tap| *tap /= sum);
        Thirds { taps, history: [0.0; Self::TAPS], at: 0, phase: 0 }
    }

    fn push(&mut self, sample: i16) -> Option<i16> {
        self.history[self.at] = f32::from(sample);
        self.at = (self.at + 1) % Self::TAPS;
        self.phase = (self.phase + 1) % 3;
        if self.phase != 0 {
            return None;
        }
        let (newer, older) = self.history.split_at(self.at);
        let sum: f32 = older.iter().chain(newer).zip(&self.taps).map(|(sample, tap)| sample * tap).sum();
        Some(sum.round() as i16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(of: &[(u32, u32)]) -> Spans {
        of.iter().map(|&(a, b)| Span { start: Moment(a), end: Moment(b) }).collect()
    }

    #[test]
    fn a_skipped_silence_leaves_a_short_pause() {
        let jumps = jumps(&spans(&[(1000, 3000)]));
        assert_eq!(*jumps, [Jump { from: 1150 * 48, to: 2850 * 48 }]);
    }

    #[test]
    fn a_natural_pause_is_not_shortened() {
        assert_eq!(jumps(&spans(&[(1000, 1400)])).len(), 0);
    }

    #[test]
    fn silences_are_what_is_left_of_a_recording() {
        let speech = spans(&[(500, 1000), (1100, 2000)]);
        assert_eq!(silences(&speech, 48 * 2600), spans(&[(0, 500), (2000, 2600)]));
    }

    #[test]
    fn digital_silence_and_a_steady_hum_are_no_speech() {
        let mut detector = Detector::default();
        detector.push(&[0; 48_000]);
        let hum: Vec<i16> =
            (0..96_000).map(|i| ((i as f32 * 50.0 * std::f32::consts::TAU / 48_000.0).sin() * 3000.0) as i16).collect();
        detector.push(&hum);
        let speech = detector.finish(144_000);
        assert!(speech.length() < 300, "{speech:?}");
    }

    #[test]
    fn a_third_of_the_rate_keeps_speech_and_drops_what_would_fold() {
        let level = |hz: f32| {
            let mut thirds = Thirds::new();
            let tone = (0..4800).map(|i| ((i as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * 10_000.0) as i16);
            let out: Vec<f32> = tone.filter_map(|s| thirds.push(s)).map(f32::from).skip(100).collect();
            (out.iter().map(|s| s * s).sum::<f32>() / out.len() as f32).sqrt() / 7071.0
        };
        assert!((level(1000.0) - 1.0).abs() < 0.02, "{}", level(1000.0));
        assert!(level(10_000.0) < 0.01, "{}", level(10_000.0));
    }
}
