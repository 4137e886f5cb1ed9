//! Whether a second voice speaks: two pitches far apart, each for a while.
//!
//! Pitch is the lag at which a frame is most like itself (normalised autocorrelation, as in Boersma 1993 without its window
//! correction), and only medians over a second and a half count. A person's own melody stays within about half an octave of that; a
//! sudden other register that stays is a hint that somebody else speaks, and no proof.

use super::thirds::product;
use crate::interview::{Moment, Span, Spans};

/// Samples of a frame at 8 kHz: 32 ms.
const FRAME: usize = 256;
/// Lags at 8 kHz: 400 to 70 Hz.
const SHORTEST: usize = 20;
const LONGEST: usize = 114;
/// A frame as like itself as this is voiced.
const VOICED: f32 = 0.6;
/// The shortest lag within this of the best is taken: twice the period is nearly as good, and wrong.
const AS_GOOD: f32 = 0.9;
/// Milliseconds of a stretch whose middle pitch counts.
const STRETCH_MS: u32 = 1_500;
/// Voiced frames that a stretch needs.
const ENOUGH: usize = 5;
/// Octaves between two voices at least.
const APART: f32 = 0.55;
/// Octaves around its middle in which a voice stays.
const WITHIN: f32 = 0.22;
/// Stretches in a row that make somebody speak and not only one word ring.
const IN_A_ROW: usize = 2;
/// Stretches of a voice in all.
const FEWEST: usize = 4;

/// Follows the pitch of speech that comes in frames of 16 ms at 16 kHz.
#[derive(Default)]
pub(super) struct Voices {
    half: Vec<f32>,
    frames: u32,
    pitches: Vec<(u32, f32)>,
}

impl Voices {
    /// Takes the next frame; only what is speech is looked at, and of that every fourth frame with the one before it.
    pub(super) fn push(&mut self, frame: &[i16], speaks: bool) {
        let halved = frame.chunks_exact(2).map(|pair| (f32::from(pair[0]) + f32::from(pair[1])) / 2.0);
        let kept = self.half.len().saturating_sub(FRAME - frame.len() / 2);
        self.half.drain(..kept);
        self.half.extend(halved);
        self.frames += 1;
        if speaks
            && self.frames.is_multiple_of(4)
            && self.half.len() == FRAME
            && let Some(lag) = lag(&self.half)
        {
            self.pitches.push(((self.frames - 1) * 16, (8_000.0 / lag as f32).log2()));
        }
    }

    /// Where the voice speaks that speaks less; nothing where there is one voice, or none that could be told.
    pub(super) fn other(&self, end: Moment) -> Spans {
        let stretches = self.stretches();
        let Some(between) = cut(&stretches) else { return Spans::default() };
        let high = stretches.iter().filter(|(_, pitch)| *pitch > between).count();
        let is_other = |pitch: f32| (pitch > between) == (2 * high < stretches.len());
        let runs = stretches.chunk_by(|a, b| is_other(a.1) == is_other(b.1));
        let span = |run: &[(u32, f32)]| {
            let (from, to) = (run[0].0 * STRETCH_MS, (run[run.len() - 1].0 + 1) * STRETCH_MS);
            Span { start: Moment(from).min(end), end: Moment(to).min(end) }
        };
        runs.filter(|run| is_other(run[0].1) && run.len() >= IN_A_ROW).map(span).collect()
    }

    /// The middle pitch of each stretch that has enough voice in it.
    fn stretches(&self) -> Vec<(u32, f32)> {
        let of = |frames: &[(u32, f32)]| {
            let mut pitches: Vec<f32> = frames.iter().map(|(_, pitch)| *pitch).collect();
            (pitches.len() >= ENOUGH).then(|| (frames[0].0 / STRETCH_MS, middle(&mut pitches)))
        };
        self.pitches.chunk_by(|a, b| a.0 / STRETCH_MS == b.0 / STRETCH_MS).filter_map(of).collect()
    }
}

/// The lag at which a frame is most like itself, where it is enough so.
fn lag(frame: &[f32]) -> Option<usize> {
    let width = FRAME - LONGEST;
    let power = |from: usize| product(&frame[from..from + width], &frame[from..from + width]);
    let start = power(0);
    let like = |lag: usize| product(&frame[..width], &frame[lag..lag + width]) / (start * power(lag)).sqrt().max(1.0);
    let likes: Vec<f32> = (SHORTEST..=LONGEST).map(like).collect();
    let best = likes.iter().copied().fold(0.0, f32::max);
    if best < VOICED {
        return None;
    }
    let is_peak = |nth: &usize| {
        let beside = |other: Option<&f32>| other.is_none_or(|other| likes[*nth] >= *other);
        likes[*nth] >= AS_GOOD * best
            && beside(nth.checked_sub(1).and_then(|before| likes.get(before)))
            && beside(likes.get(nth + 1))
    };
    (0..likes.len()).find(is_peak).map(|nth| nth + SHORTEST)
}

/// The pitch between two voices, where there are two: the cut that leaves the least spread on both sides.
fn cut(stretches: &[(u32, f32)]) -> Option<f32> {
    let mut pitches: Vec<f32> = stretches.iter().map(|(_, pitch)| *pitch).collect();
    pitches.sort_by(f32::total_cmp);
    let spread = |part: &[f32]| {
        let mean = part.iter().sum::<f32>() / part.len() as f32;
        part.iter().map(|pitch| (pitch - mean).powi(2)).sum::<f32>()
    };
    let places = FEWEST..pitches.len().saturating_sub(FEWEST - 1);
    let at = places.min_by(|a, b| {
        let both = |at: usize| spread(&pitches[..at]) + spread(&pitches[at..]);
        both(*a).total_cmp(&both(*b))
    })?;
    let (low, high) = pitches.split_at(at);
    let (lower, higher) = (middle(&mut low.to_vec()), middle(&mut high.to_vec()));
    let stays = |part: &[f32]| (spread(part) / part.len() as f32).sqrt() <= WITHIN;
    (higher - lower >= APART && stays(low) && stays(high)).then_some((low[low.len() - 1] + high[0]) / 2.0)
}

fn middle(values: &mut [f32]) -> f32 {
    let at = values.len() / 2;
    *values.select_nth_unstable_by(at, f32::total_cmp).1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A buzz with the harmonics of a voice, at 16 kHz, its melody going up and down by a tenth.
    fn voice(hz: f32, seconds: f32) -> Vec<i16> {
        let mut phase = 0.0f32;
        let sample = |at: usize| {
            let melody = 1.0 + 0.1 * (at as f32 / 16_000.0 * 2.0).sin();
            phase += hz * melody * std::f32::consts::TAU / 16_000.0;
            let sound: f32 = (1..8).map(|nth| (phase * nth as f32).sin() / nth as f32).sum();
            (sound * 4_000.0) as i16
        };
        (0..(seconds * 16_000.0) as usize).map(sample).collect()
    }

    fn heard(samples: &[i16]) -> Spans {
        let mut voices = Voices::default();
        samples.chunks_exact(256).for_each(|frame| voices.push(frame, true));
        voices.other(Moment((samples.len() / 16) as u32))
    }

    #[test]
    fn a_second_voice_is_found_where_it_speaks() {
        let spans = heard(&[voice(115.0, 20.0), voice(210.0, 9.0), voice(115.0, 10.0)].concat());
        let span = spans.iter().next().expect("the other voice");
        assert_eq!(spans.iter().count(), 1);
        assert!(span.start.0.abs_diff(20_000) <= 1_600 && span.end.0.abs_diff(29_000) <= 1_600, "{span:?}");
    }

    #[test]
    fn one_voice_is_one_however_high() {
        for hz in [80.0, 120.0, 210.0, 300.0] {
            assert!(heard(&voice(hz, 30.0)).is_empty(), "{hz} Hz");
        }
    }

    #[test]
    fn a_word_that_rings_and_noise_are_no_voice() {
        assert!(heard(&[voice(115.0, 20.0), voice(210.0, 1.5), voice(115.0, 10.0)].concat()).is_empty());
        let mut seed = 1u32;
        let noise: Vec<i16> = (0..480_000)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 16) as i16
            })
            .collect();
        assert!(heard(&noise).is_empty());
    }
}
