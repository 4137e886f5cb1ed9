//! What is measured of a recording once, so that it plays at once ever after: length, down-mix, gain, speech, silences, peaks.

use ebur128::{EbuR128, Mode};
use serde::{Deserialize, Serialize};

use super::decode::{DecodeError, Truncation};
use super::limited::Limited;
use super::load::Loading;
use super::mono::Loaded;
use super::pcm::Pcm;
use super::quality::{Clipping, Quality};
use super::speech::{self, Detector};
use super::thirds::Thirds;
use super::{Downmix, LONGEST_SECONDS, Mono, RATE, moment_of, to_i16};
use crate::interview::Spans;
use crate::sound::Recording;

/// The version of these measurements: a higher one makes stored ones stale.
pub const STEP: u16 = 9;
/// The loudness that every answer is brought to, in LUFS.
pub const LOUDNESS: f64 = -18.0;
/// Gain stays within this, in dB.
pub const MOST_GAIN: f32 = 12.0;
/// Milliseconds that one peak stands for.
pub const PEAK_MS: u32 = 10;
/// The samples of those.
const TEN: usize = (PEAK_MS * RATE / 1000) as usize;

/// What is known of a recording beforehand; stored with the answer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Prepared {
    /// The version of the measurements, [`STEP`].
    pub step: u16,
    /// Length in samples at 48 kHz, by counting them.
    pub samples: u64,
    /// The same in milliseconds.
    pub length_ms: u32,
    /// What brings it to [`LOUDNESS`], in dB, within ±12.
    pub gain_db: f32,
    /// The mix of its channels that is heard.
    pub downmix: Downmix,
    /// Where someone speaks.
    pub speech: Spans,
    /// Where no one does for a while.
    pub silences: Spans,
    /// The highest amplitude of each 10 ms, 0..=255, without gain.
    pub peaks: Vec<u8>,
    /// What is wrong with its file, where something is.
    pub truncated: Option<Truncation>,
    /// What it sounds like.
    #[serde(default)]
    pub quality: Quality,
}

impl Prepared {
    /// Whether it is of this version; a stale one is measured anew.
    pub fn is_current(&self) -> bool {
        self.step == STEP
    }

    /// Whether a recording can be so: who decoded it may be nobody to believe.
    pub fn is_possible(&self) -> bool {
        let within = |spans: &Spans| spans.iter().all(|span| span.start < span.end && span.end.0 <= self.length_ms);
        let Quality { clipped_ms, speech_db, noise_db, other_voice } = &self.quality;
        self.is_current()
            && self.samples <= LONGEST_SECONDS * u64::from(RATE)
            && self.length_ms == moment_of(self.samples).0
            && self.gain_db.abs() <= MOST_GAIN
            && Downmix::of_weights(self.downmix.weights().to_vec()).is_some()
            && [&self.speech, &self.silences, other_voice].into_iter().all(within)
            && self.peaks.len() as u64 == self.samples.div_ceil(TEN as u64)
            && *clipped_ms <= self.length_ms
            && [speech_db, noise_db].into_iter().flatten().all(|level| level.is_finite())
    }
}

/// What of [`Prepared`] is known of every answer of a batch as soon as that is open. Read from the same bytes; the peaks, which are
/// nearly all of them, are passed over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sketch {
    step: u16,
    /// Length in milliseconds.
    pub length_ms: u32,
    /// Where someone speaks.
    pub speech: Spans,
}

impl Sketch {
    /// Whether it is of this version; a stale one is measured anew.
    pub fn is_current(&self) -> bool {
        self.step == STEP
    }
}

/// Decodes a recording and measures it. `hint` is its file's extension.
///
/// When the mix that was chosen at the start turns out to be wrong in the end, it is decoded once more.
///
/// # Errors
/// When it cannot be decoded.
pub fn prepare(bytes: Recording, hint: Option<&str>) -> Result<(Pcm, Prepared), DecodeError> {
    let (pcm, loaded) = Loading::open(bytes.clone(), hint, None)?.run()?;
    if loaded.downmix.is_like(&loaded.best) {
        let prepared = measure(&pcm, &loaded);
        return Ok((pcm, prepared));
    }
    let best = loaded.best;
    let (pcm, loaded) = Loading::open(bytes, hint, Some(best))?.run()?;
    let prepared = measure(&pcm, &loaded);
    Ok((pcm, prepared))
}

/// Decodes a recording and measures it in one pass, in little memory however long it is. `going` is told now and then how many samples
/// there were so far; an error of its own ends it.
///
/// # Errors
/// When it cannot be decoded.
pub fn measure_while_decoding(
    bytes: Recording,
    hint: Option<&str>,
    going: &mut dyn FnMut(u64) -> Result<(), DecodeError>,
) -> Result<Prepared, DecodeError> {
    let (meter, loaded) = one_pass(bytes.clone(), hint, None, going)?;
    if loaded.downmix.is_like(&loaded.best) {
        return Ok(meter.finish(&loaded));
    }
    let (meter, loaded) = one_pass(bytes, hint, Some(loaded.best), going)?;
    Ok(meter.finish(&loaded))
}

fn one_pass(
    bytes: Recording,
    hint: Option<&str>,
    downmix: Option<Downmix>,
    going: &mut dyn FnMut(u64) -> Result<(), DecodeError>,
) -> Result<(Meter, Loaded), DecodeError> {
    let (mut mono, mut meter) = (Mono::open(bytes, hint, downmix)?, Meter::default());
    let (mut ready, mut samples, mut count, mut told) = (Vec::new(), Vec::new(), 0, 0);
    loop {
        ready.clear();
        let done = mono.step(&mut ready)?;
        samples.clear();
        samples.extend(ready.iter().map(|sample| to_i16(*sample)));
        meter.push(&samples);
        count += samples.len() as u64;
        if count > LONGEST_SECONDS * u64::from(RATE) {
            return Err(DecodeError::TooLong);
        }
        if let Some(loaded) = done {
            return Ok((meter, loaded));
        }
        if count - told >= u64::from(RATE) {
            told = count;
            going(count)?;
        }
    }
}

/// Measures a recording that is decoded, in one pass.
pub fn measure(pcm: &Pcm, loaded: &Loaded) -> Prepared {
    let mut meter = Meter::default();
    pcm.chunks().for_each(|chunk| meter.push(chunk));
    meter.finish(loaded)
}

/// Measures a recording while it is decoded; none of its samples is kept.
///
/// Loudness is that of the band up to 7.2 kHz, in which speech is: of speech it is the same to a tenth of a unit, and hiss above
/// it does not count.
pub struct Meter {
    thirds: Thirds,
    low: Vec<i16>,
    loudness: Option<EbuR128>,
    detector: Detector,
    /// The beginning of the next 10 ms.
    rest: Vec<i16>,
    tens: Tens,
}

/// What is known of each 10 ms.
#[derive(Default)]
struct Tens {
    clipping: Clipping,
    peaks: Vec<u8>,
    limited: Limited,
}

impl Default for Meter {
    fn default() -> Self {
        let loudness = EbuR128::new(1, RATE / 3, Mode::I).ok();
        let (low, detector, rest, tens) = Default::default();
        Meter { thirds: Thirds::new(), low, loudness, detector, rest, tens }
    }
}

impl Meter {
    /// Takes the next samples, mono at 48 kHz.
    pub fn push(&mut self, samples: &[i16]) {
        self.low.clear();
        self.thirds.push(samples, &mut self.low);
        if let Some(loudness) = &mut self.loudness {
            // It fails only for a wrong number of channels, and one is never wrong.
            let _ = loudness.add_frames_i16(&self.low);
        }
        self.detector.push(&self.low);
        let missing = if self.rest.is_empty() { 0 } else { TEN - self.rest.len() };
        let (first, samples) = samples.split_at(missing.min(samples.len()));
        self.rest.extend_from_slice(first);
        if self.rest.len() == TEN {
            self.tens.push(&self.rest);
            self.rest.clear();
        }
        let tens = samples.chunks_exact(TEN);
        self.rest.extend_from_slice(tens.remainder());
        tens.for_each(|ten| self.tens.push(ten));
    }

    /// What was measured of all of them.
    pub fn finish(mut self, loaded: &Loaded) -> Prepared {
        if !self.rest.is_empty() {
            self.tens.push(&self.rest);
        }
        let Tens { clipping, peaks, limited } = self.tens;
        self.detector.listen_closer();
        let quality = Quality { clipped_ms: clipping.milliseconds(), ..self.detector.quality(loaded.samples) };
        let speech = self.detector.finish(loaded.samples);
        Prepared {
            step: STEP,
            samples: loaded.samples,
            length_ms: moment_of(loaded.samples).0,
            gain_db: limited.made_up(self.loudness.and_then(|meter| meter.loudness_global().ok()).map_or(0.0, gain_for)),
            downmix: loaded.downmix.clone(),
            silences: speech::silences(&speech, loaded.samples),
            speech,
            peaks,
            truncated: loaded.truncated,
            quality,
        }
    }
}

/// The gain that brings `loudness` (LUFS) to ours, in dB; none for silence.
fn gain_for(loudness: f64) -> f32 {
    if loudness.is_finite() { ((LOUDNESS - loudness) as f32).clamp(-MOST_GAIN, MOST_GAIN) } else { 0.0 }
}

/// The gain to play an unprepared recording with, from the first of it that is decoded, in dB; none while nothing is heard.
///
/// A voice's loudness lies about 3 dB over the mean power of its first seconds, pauses among them.
pub fn provisional_gain(pcm: &Pcm) -> f32 {
    let start = pcm.chunks().take(8).flatten();
    let (count, power) = start.fold((0u64, 0f64), |(count, power), s| (count + 1, power + f64::from(*s) * f64::from(*s)));
    let power = power / count.max(1) as f64 / (32768.0 * 32768.0);
    if power < 1e-7 { 0.0 } else { gain_for(10.0 * power.log10() + 3.0).clamp(-MOST_GAIN, MOST_GAIN / 2.0) }
}

impl Tens {
    fn push(&mut self, ten: &[i16]) {
        let highest = highest(ten);
        self.clipping.push(ten, highest);
        self.peaks.push((highest >> 7).min(255) as u8);
        self.limited.push(ten, highest);
    }
}

/// The highest amplitude.
pub(super) fn highest(samples: &[i16]) -> u16 {
    // Both ends at once: these are computed several at a time, amplitudes are not.
    let (low, high) = samples.iter().fold((0i16, 0i16), |(low, high), sample| (low.min(*sample), high.max(*sample)));
    low.unsigned_abs().max(high.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, seconds: usize) -> Pcm {
        let sample = |i: usize| (i as f32 * 1000.0 * std::f32::consts::TAU / 48_000.0).sin() * amplitude;
        Pcm::from_samples(&(0..seconds * 48_000).map(sample).collect::<Vec<_>>())
    }

    fn measured(pcm: &Pcm) -> Prepared {
        let even = Downmix::even(1);
        measure(pcm, &Loaded { samples: pcm.available(), downmix: even.clone(), best: even, truncated: None })
    }

    #[test]
    fn gain_brings_a_recording_to_the_same_loudness() {
        // A 1 kHz sine at −20 dBFS has −23 LUFS by definition of the measure (EBU Tech 3341, mono as one channel).
        let prepared = measured(&tone(0.1, 5));
        assert!((prepared.gain_db - 5.0).abs() < 0.1, "{}", prepared.gain_db);
        assert_eq!((prepared.samples, prepared.length_ms), (240_000, 5_000));
    }

    #[test]
    fn gain_stays_within_its_limits_and_silence_gets_none() {
        assert_eq!(measured(&tone(0.001, 2)).gain_db, 12.0);
        assert_eq!(measured(&tone(0.0, 2)).gain_db, 0.0);
    }

    #[test]
    fn a_peak_stands_for_ten_milliseconds() {
        let prepared = measured(&tone(0.5, 1));
        assert_eq!(prepared.peaks.len(), 100);
        assert!(prepared.peaks.iter().all(|peak| (126..=128).contains(peak)), "{:?}", prepared.peaks);
    }

    #[test]
    fn a_provisional_gain_is_near_the_measured_one() {
        let pcm = tone(0.1, 5);
        assert!((provisional_gain(&pcm) - measured(&pcm).gain_db).abs() < 4.0, "{}", provisional_gain(&pcm));
    }

    #[test]
    fn what_is_prepared_reads_what_it_wrote() {
        let prepared = measured(&tone(0.1, 1));
        let text = serde_json::to_string(&prepared).expect("a value without odd keys");
        assert_eq!(serde_json::from_str::<Prepared>(&text).expect("what was written"), prepared);
    }
}
