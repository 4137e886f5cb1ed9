//! Where someone speaks, and which silences between may be skipped.

use std::sync::Arc;

use crate::interview::{Moment, Span, Spans};

use super::faint::Faint;
use super::quality::Quality;
use super::voices::Voices;
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
/// What is left of a silence that is skipped, in ms: with what belongs to the speech around it, a natural pause of 0.4 s.
const PAUSE_MS: u32 = 150;
/// A frame within this of the noise, in dB, is noise as far as anyone can tell.
const NOISE_DB: f32 = 1.0;
/// A pause is longer than this, in ms; shorter gaps between speech are scraps.
const PAUSE_FROM_MS: u32 = 450;
/// The level of a frame of the highest amplitude there is.
const FULL_SCALE_DB: f32 = 114.39;
/// Noise so much quieter than speech cannot be mistaken for it, in dB.
const QUIET_DB: f32 = 20.0;
/// Skipping less than this saves nothing and is heard as haste, in ms.
const SHORTEST_SKIP_MS: u32 = 150;

/// Finds speech in 16 kHz sound that comes in pieces.
pub struct Detector {
    vad: Box<earshot::Detector>,
    frame: Vec<i16>,
    heard: Vec<Frame>,
    voices: Voices,
    faint: Faint,
}

/// What was heard in 16 ms.
#[derive(Clone, Copy)]
struct Frame {
    speaks: bool,
    /// In dB, of no particular zero.
    level: f32,
}

impl Default for Detector {
    fn default() -> Self {
        Detector {
            vad: earshot::Detector::default_boxed(),
            frame: Vec::with_capacity(FRAME),
            heard: Vec::new(),
            voices: Voices::default(),
            faint: Faint::default(),
        }
    }
}

impl Detector {
    /// Hears more samples.
    pub fn push(&mut self, samples: &[i16]) {
        let mut samples = samples;
        if !self.frame.is_empty() {
            let (some, rest) = samples.split_at(samples.len().min(FRAME - self.frame.len()));
            self.frame.extend_from_slice(some);
            samples = rest;
            if self.frame.len() == FRAME {
                let frame = std::mem::take(&mut self.frame);
                self.hear(&frame);
            }
        }
        let frames = samples.chunks_exact(FRAME);
        self.frame.extend_from_slice(frames.remainder());
        frames.for_each(|frame| self.hear(frame));
    }

    fn hear(&mut self, frame: &[i16]) {
        let speaks = self.vad.predict_i16(frame) >= SPEECH;
        // Whole numbers, which add up the same in any order: 256 squares of 15 bits.
        let power: i64 = frame.iter().map(|s| i64::from(i32::from(*s) * i32::from(*s))).sum();
        self.heard.push(Frame { speaks, level: 10.0 * (power as f32 + 1.0).log10() });
        self.voices.push(frame, speaks);
        self.faint.push(frame);
    }

    /// Listens once more where all of it was too faint to tell, as it would sound if it were louder. Called after the last samples.
    pub fn listen_closer(&mut self) {
        let Some(louder) = std::mem::take(&mut self.faint).louder() else { return };
        let mut vad = earshot::Detector::default_boxed();
        self.voices = Voices::default();
        for (frame, heard) in louder.chunks_exact(FRAME).zip(&mut self.heard) {
            heard.speaks = vad.predict_i16(frame) >= SPEECH;
            self.voices.push(frame, heard.speaks);
        }
    }

    /// What a recording of `length` samples sounds like; what is cut off is not known here.
    pub fn quality(&self, length: u64) -> Quality {
        let full_scale = |level: f32| level - FULL_SCALE_DB;
        Quality {
            clipped_ms: 0,
            speech_db: self.level(true).map(full_scale),
            noise_db: self.level(false).map(full_scale),
            other_voice: self.voices.other(moment_of(length)),
        }
    }

    /// Where speech was, in a recording of `length` samples.
    pub fn finish(mut self, length: u64) -> Spans {
        let end = moment_of(length);
        if let (Some(speech), Some(noise)) = (self.level(true), self.level(false)) {
            if self.is_among_others(speech, noise) {
                return Spans::from(vec![Span { start: Moment::START, end }]);
            }
            self.trim(noise);
        }
        let around =
            |(start, end): (u32, u32)| Span { start: Moment(start.saturating_sub(BEFORE_MS)), end: Moment(end + AFTER_MS) };
        let spans = self.runs(true).filter(|(start, end)| end - start >= SHORTEST_SPEECH_MS).map(around);
        spans.map(|span| Span { start: span.start.min(end), end: span.end.min(end) }).collect()
    }

    /// The middle level of the frames that are speech, or of those that are not.
    fn level(&self, speaks: bool) -> Option<f32> {
        let mut levels: Vec<f32> = self.heard.iter().filter(|frame| frame.speaks == speaks).map(|frame| frame.level).collect();
        let middle = levels.len() / 2;
        (!levels.is_empty()).then(|| *levels.select_nth_unstable_by(middle, f32::total_cmp).1)
    }

    /// Whether others speak all the time too. Noise leaves a person's pauses whole; in babble what is not speech is in scraps, where
    /// the detector doubts and nobody pauses.
    fn is_among_others(&self, speech: f32, noise: f32) -> bool {
        let gaps = |least| self.runs(false).map(|(start, end)| end - start).filter(|gap| *gap >= least).sum::<u32>();
        speech - noise < QUIET_DB && gaps(PAUSE_FROM_MS) * 2 < gaps(0)
    }

    /// Takes from the edges of speech what is no louder than the noise: a steady hum passes for a voice for a while.
    fn trim(&mut self, noise: f32) {
        let is_noise = |frame: &Frame| (frame.level - noise).abs() <= NOISE_DB;
        for backwards in [false, true] {
            let mut before = false;
            for at in 0..self.heard.len() {
                let at = if backwards { self.heard.len() - 1 - at } else { at };
                let frame = &mut self.heard[at];
                frame.speaks &= before || !is_noise(frame);
                before = frame.speaks;
            }
        }
    }

    /// Stretches of speech, or of what is none, in ms.
    fn runs(&self, speaks: bool) -> impl Iterator<Item = (u32, u32)> {
        let runs = self.heard.chunk_by(|a, b| a.speaks == b.speaks).scan(0, |at, run| {
            let start = *at;
            *at += run.len() as u32 * FRAME_MS;
            Some((run[0].speaks, (start, *at)))
        });
        runs.filter(move |(is, _)| *is == speaks).map(|(_, run)| run)
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

/// A silence between what is said that is long enough to be shortened.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pause {
    /// From the last sound of speech to the next, as far as the detector can tell.
    pub span: Span,
    /// So much of it, in ms, is left out when silence is skipped.
    pub skipped_ms: u32,
}

/// The silences of a recording as long as they are: what was given to the speech around them, so that it fades in and out, was silence
/// all the same.
pub fn unpadded(silences: &Spans, length: Moment) -> Spans {
    silences.iter().map(|silence| widened(*silence, length)).collect()
}

fn widened(silence: Span, length: Moment) -> Span {
    let start = if silence.start == Moment::START { silence.start } else { silence.start.shifted(-i64::from(AFTER_MS)) };
    let end = if silence.end >= length { length } else { silence.end.shifted(BEFORE_MS.into()).min(length) };
    Span { start, end }
}

/// The pauses of a recording of which a part is left out when silence is skipped; where nobody has spoken yet, or does not any
/// more, counts likewise.
pub fn pauses(speech: &Spans, length: Moment) -> Vec<Pause> {
    let silences = silences(speech, sample_at(length));
    let pause = |jump: &Jump| {
        let silence = silences.iter().find(|span| sample_at(span.start) <= jump.from && jump.to <= sample_at(span.end))?;
        Some(Pause { span: widened(*silence, length), skipped_ms: moment_of(jump.to - jump.from).0 })
    };
    jumps(&silences).iter().filter_map(pause).collect()
}

/// What is left out of a recording when silence is skipped.
pub fn skipped(speech: &Spans, length: Moment) -> Spans {
    let jumps = jumps(&silences(speech, sample_at(length)));
    jumps.iter().map(|jump| Span { start: moment_of(jump.from), end: moment_of(jump.to) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::testing::voice;
    use crate::sound::thirds::Thirds;

    /// Hears samples at 48 kHz.
    fn hear(detector: &mut Detector, samples: &[i16]) {
        let mut low = Vec::new();
        Thirds::new().push(samples, &mut low);
        low.chunks(1_000).for_each(|some| detector.push(some));
    }

    fn spans(of: &[(u32, u32)]) -> Spans {
        of.iter().map(|&(a, b)| Span { start: Moment(a), end: Moment(b) }).collect()
    }

    #[test]
    fn a_skipped_silence_leaves_a_short_pause() {
        let jumps = jumps(&spans(&[(1000, 3000)]));
        assert_eq!(*jumps, [Jump { from: 1075 * 48, to: 2925 * 48 }]);
    }

    #[test]
    fn a_natural_pause_is_not_shortened() {
        assert_eq!(jumps(&spans(&[(1000, 1250)])).len(), 0);
    }

    #[test]
    fn silences_are_what_is_left_of_a_recording() {
        let speech = spans(&[(500, 1000), (1100, 2000)]);
        assert_eq!(silences(&speech, 48 * 2600), spans(&[(0, 500), (2000, 2600)]));
    }

    #[test]
    fn a_pause_is_as_long_as_nobody_speaks_and_says_how_much_of_it_is_skipped() {
        // Speech until 3.0 s and from 6.2 s on, as the detector gives it: with what belongs around it.
        let speech = spans(&[(900, 3_150), (6_100, 9_150), (9_400, 12_000)]);
        let pause = |start, end, skipped_ms| Pause { span: Span { start: Moment(start), end: Moment(end) }, skipped_ms };
        let found = pauses(&speech, Moment(12_000));
        assert_eq!(found, [pause(0, 1_000, 750), pause(3_000, 6_200, 2_800)], "a natural one is none");
        let skipped = skipped(&speech, Moment(12_000));
        assert_eq!(skipped.length(), found.iter().map(|pause| pause.skipped_ms).sum::<u32>());
    }

    fn detector(heard: impl IntoIterator<Item = (usize, bool, f32)>) -> Detector {
        let frames = heard.into_iter().flat_map(|(count, speaks, level)| vec![Frame { speaks, level }; count]);
        Detector { heard: frames.collect(), ..Detector::default() }
    }

    #[test]
    fn what_is_no_louder_than_the_noise_is_no_speech_at_its_edges_but_within_it_is() {
        let speech =
            detector([(50, false, 30.0), (10, true, 30.5), (20, true, 60.0), (5, true, 30.0), (20, true, 60.0), (50, false, 30.0)]);
        let found = speech.finish(155 * FRAME as u64 * 3);
        assert_eq!(found, spans(&[(60 * FRAME_MS - BEFORE_MS, 105 * FRAME_MS + AFTER_MS)]));
    }

    #[test]
    fn among_other_voices_nothing_is_silence() {
        let scraps = (0..40).flat_map(|_| [(30, true, 50.0), (4, false, 38.0)]);
        let found = detector(scraps.chain([(40, false, 38.0)])).finish(1400 * FRAME as u64 * 3);
        assert_eq!(silences(&found, 1400 * FRAME as u64 * 3), Spans::default());
    }

    #[test]
    fn in_a_quiet_room_a_pause_counts_however_many_scraps_there_are() {
        let scraps = (0..40).flat_map(|_| [(30, true, 60.0), (4, false, 20.0)]);
        let found = detector(scraps.chain([(80, false, 20.0), (30, true, 60.0)])).finish(1470 * FRAME as u64 * 3);
        assert_eq!(silences(&found, 1470 * FRAME as u64 * 3).iter().count(), 1);
    }

    #[test]
    fn a_faint_voice_is_heard_where_a_loud_one_is() {
        let silence = vec![0.0; 48_000];
        let voice: Vec<f32> = [silence.clone(), voice(3.0, 140.0), silence.clone(), voice(2.0, 140.0), silence].concat();
        let found = |gain: f32| {
            let mut detector = Detector::default();
            hear(&mut detector, &voice.iter().map(|sample| (sample * gain * 32_767.0).round() as i16).collect::<Vec<_>>());
            detector.listen_closer();
            detector.finish(voice.len() as u64)
        };
        let loud = found(1.0);
        assert!(loud.length() > 4_000, "{loud:?}");
        for gain in [0.01, 0.003] {
            let faint = found(gain);
            assert!(faint.length().abs_diff(loud.length()) < 300, "{gain}: {faint:?}, not {loud:?}");
        }
    }

    #[test]
    fn digital_silence_and_a_steady_hum_are_no_speech() {
        let mut detector = Detector::default();
        hear(&mut detector, &[0; 48_000]);
        let hum: Vec<i16> =
            (0..96_000).map(|i| ((i as f32 * 50.0 * std::f32::consts::TAU / 48_000.0).sin() * 3000.0) as i16).collect();
        hear(&mut detector, &hum);
        let speech = detector.finish(144_000);
        assert!(speech.length() < 300, "{speech:?}");
    }

    #[test]
    fn a_third_of_the_rate_keeps_speech_and_drops_what_would_fold() {
        let level = |hz: f32| {
            let tone: Vec<i16> =
                (0..4800).map(|i| ((i as f32 * hz * std::f32::consts::TAU / 48_000.0).sin() * 10_000.0) as i16).collect();
            let (mut thirds, mut out) = (Thirds::new(), Vec::new());
            // In pieces of odd lengths, as they may come.
            tone.chunks(7).for_each(|piece| thirds.push(piece, &mut out));
            let out: Vec<f32> = out.into_iter().map(f32::from).skip(100).collect();
            (out.iter().map(|s| s * s).sum::<f32>() / out.len() as f32).sqrt() / 7071.0
        };
        assert!((level(1000.0) - 1.0).abs() < 0.02, "{}", level(1000.0));
        assert!(level(10_000.0) < 0.01, "{}", level(10_000.0));
    }
}
