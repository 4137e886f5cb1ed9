//! A recording as one stream: mono, 48 kHz, from its start to its end, a little at a time.

use serde::{Deserialize, Serialize};

use super::RATE;
use super::decode::{DecodeError, Decoder, Head, Truncation};
use super::downmix::{Channels, Downmix};
use super::resample::Resampler;
use crate::sound::Recording;

/// Seconds that are listened to before a down-mix is chosen for a recording that was not prepared.
const LISTEN_SECONDS: usize = 2;
/// Where nothing is heard by then, it waits up to this.
const PATIENCE_SECONDS: usize = 20;

/// Samples of which something can be understood: a second.
const ENOUGH: u64 = RATE as u64;

/// A recording being decoded, mixed and resampled; nothing of it is kept.
pub struct Mono {
    decoder: Decoder,
    mixing: Mixing,
    samples: u64,
}

/// From the channels of a recording to one at our rate.
#[derive(Default)]
struct Mixing {
    resampler: Option<(u32, Resampler)>,
    channels: Option<Channels>,
    downmix: Option<Downmix>,
    /// Of several recordings that were joined, the first one's mix and what all of it asks for: a mix that is given is that one's.
    first: Option<(Downmix, Downmix)>,
    /// What came before a mix was chosen, a plane for each channel.
    waiting: Vec<Vec<f32>>,
    mixed: Vec<f32>,
}

/// What is known when a recording is decoded.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Loaded {
    /// Samples at 48 kHz.
    pub samples: u64,
    /// The mix that was used; of recordings that were joined, for the first. Each of the others is listened to anew.
    pub downmix: Downmix,
    /// The mix that all of it, or of the first, heard to the end, asks for.
    pub best: Downmix,
    /// What is wrong with its file, where something is.
    pub truncated: Option<Truncation>,
}

impl Mono {
    /// Opens a recording. `hint` is its file's extension, `downmix` the mix that an earlier measurement chose.
    ///
    /// # Errors
    /// Whatever [`Decoder::open`] says.
    pub fn open(bytes: Recording, hint: Option<&str>, downmix: Option<Downmix>) -> Result<Mono, DecodeError> {
        let pair = Downmix::even(2);
        let decoder = if downmix == Some(pair) { Decoder::open_for_both(bytes, hint) } else { Decoder::open(bytes, hint) }?;
        // What the codec mixes is not mixed again.
        let mixing = Mixing { downmix: downmix.filter(|_| !decoder.halves()), ..Mixing::default() };
        Ok(Mono { decoder, mixing, samples: 0 })
    }

    /// What the container says of the sound.
    pub fn head(&self) -> &Head {
        self.decoder.head()
    }

    /// Decodes a little and appends to `out` what is ready, in −1..=1; says what is known once there is no more.
    ///
    /// # Errors
    /// When what is inside is beyond the limits, the decoder fails, or there is no sound at all.
    pub fn step(&mut self, out: &mut Vec<f32>) -> Result<Option<Loaded>, DecodeError> {
        let before = out.len();
        let over = match self.decoder.next_chunk() {
            Ok(Some(chunk)) => {
                self.mixing.take(chunk.planes, chunk.rate, out);
                None
            }
            Ok(None) => Some(Ok(())),
            Err(error) => Some(Err(error)),
        };
        if over.is_some() {
            self.mixing.settle(out);
        }
        self.samples += (out.len() - before) as u64;
        match over {
            None => Ok(None),
            Some(Ok(())) => self.known().map(Some),
            // It plays as far as it goes; the decoder tells that it broke off.
            Some(Err(error)) if is_late(&error, self.samples) => self.known().map(Some),
            Some(Err(error)) => Err(error),
        }
    }

    fn known(&self) -> Result<Loaded, DecodeError> {
        let (Some(channels), true) = (&self.mixing.channels, self.samples > 0) else { return Err(DecodeError::Nothing) };
        if self.decoder.halves() {
            let pair = Downmix::even(2);
            return Ok(Loaded { samples: self.samples, downmix: pair.clone(), best: pair, truncated: self.decoder.truncation() });
        }
        let (downmix, best) = self.mixing.first.clone().unwrap_or_else(|| {
            let best = channels.choose();
            (self.mixing.downmix.clone().unwrap_or_else(|| best.clone()), best)
        });
        Ok(Loaded { samples: self.samples, downmix, best, truncated: self.decoder.truncation() })
    }
}

/// Whether a failure after so many samples leaves enough to hear. What claims to be longer than anything is refused all the same.
pub fn is_late(error: &DecodeError, samples: u64) -> bool {
    let is_a_bomb = matches!(error, DecodeError::TooLong | DecodeError::Inflated { .. } | DecodeError::Endless { .. });
    let is_ours = matches!(error, DecodeError::Workshop(_));
    samples >= ENOUGH && !is_a_bomb && !is_ours
}

impl Mixing {
    fn take(&mut self, planes: &[Vec<f32>], rate: u32, out: &mut Vec<f32>) {
        let count = planes.len();
        let changed = self.resampler.as_ref().is_some_and(|(now, _)| *now != rate)
            || self.channels.as_ref().is_some_and(|known| known.count() != count);
        if changed {
            // As in recordings that were joined: what came before is finished as it was.
            self.settle(out);
            let ended = self.downmix.take().zip(self.channels.take());
            let ended = ended.map(|(downmix, channels)| (downmix, channels.choose()));
            self.first = self.first.take().or(ended);
        }
        self.resampler.get_or_insert_with(|| (rate, Resampler::new(rate)));
        let known = self.channels.get_or_insert_with(|| Channels::new(count));
        known.add(planes);
        if self.downmix.as_ref().is_some_and(|downmix| downmix.channels() != count) {
            self.downmix = None;
        }
        if self.downmix.is_some() {
            return self.give(planes, out);
        }
        self.waiting.resize(count, Vec::new());
        self.waiting.iter_mut().zip(planes).for_each(|(waiting, plane)| waiting.extend_from_slice(plane));
        let listened = self.waiting[0].len() / rate as usize;
        let decided = listened >= LISTEN_SECONDS && known.has_sound() || listened >= PATIENCE_SECONDS;
        if count == 1 || decided {
            self.choose(out);
        }
    }

    /// Chooses a mix by what was heard so far, and gives what waited for it.
    fn choose(&mut self, out: &mut Vec<f32>) {
        self.downmix = self.channels.as_ref().map(Channels::choose);
        let waited = std::mem::take(&mut self.waiting);
        self.give(&waited, out);
    }

    fn give(&mut self, planes: &[Vec<f32>], out: &mut Vec<f32>) {
        let (Some(downmix), Some((_, resampler))) = (&self.downmix, &mut self.resampler) else { return };
        match (downmix.weights(), planes) {
            ([1.0], [plane]) => resampler.push(plane, out),
            _ => {
                downmix.apply(planes, &mut self.mixed);
                resampler.push(&self.mixed, out);
            }
        }
    }

    /// Finishes what there is: nothing more follows that goes with it.
    fn settle(&mut self, out: &mut Vec<f32>) {
        if self.downmix.is_none() {
            self.choose(out);
        }
        if let Some((_, mut resampler)) = self.resampler.take() {
            resampler.finish(out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &Recording, downmix: Option<Downmix>) -> (Vec<f32>, Loaded) {
        let mut mono = Mono::open(bytes.clone(), None, downmix).expect("a recording");
        let mut samples = Vec::new();
        loop {
            if let Some(loaded) = mono.step(&mut samples).expect("whole") {
                return (samples, loaded);
            }
        }
    }

    #[test]
    fn what_fails_after_some_seconds_plays_as_far_as_it_goes_and_is_marked() {
        let media = |file| std::fs::read(format!("{}/tests/media/{file}", env!("CARGO_MANIFEST_DIR"))).expect("a file");
        // A second recording is joined on, at a rate that no sound has.
        let mut second = media("vorbis.ogg");
        let first_page = 28 + usize::from(second[27]);
        second[40..44].copy_from_slice(&250u32.to_le_bytes());
        let sum = crate::sound::decode::checksum(&second[..first_page]).to_le_bytes();
        second[22..26].copy_from_slice(&sum);
        assert_eq!(Mono::open(second.clone().into(), None, None).err(), Some(DecodeError::Rate { hz: 250 }));
        let (samples, loaded) = decoded(&[media("voice.ogg"), second].concat().into(), None);
        assert!((samples.len() as i64 - 6 * 48_000).abs() < 2_000, "{}", samples.len());
        let told = loaded.truncated;
        assert!(matches!(told, Some(Truncation::Joined { at_ms: 5_900..=6_100, heard: false })), "{told:?}");
    }

    #[test]
    fn each_of_two_recordings_that_were_joined_is_heard_in_its_own_mix() {
        let tone = |rate: usize| crate::sound::testing::tone(3.0, 200.0 * rate as f32 / 48_000.0, 0.5)[..rate * 3].to_vec();
        let mixed = |given: Option<Downmix>| {
            let (mut mixing, mut out) = (Mixing { downmix: given, ..Mixing::default() }, Vec::new());
            let left = tone(44_100);
            let right = tone(48_000);
            for chunk in left.chunks(4_410) {
                mixing.take(&[chunk.to_vec(), vec![0.0; chunk.len()]], 44_100, &mut out);
            }
            for chunk in right.chunks(4_800) {
                mixing.take(&[vec![0.0; chunk.len()], chunk.to_vec()], 48_000, &mut out);
            }
            mixing.settle(&mut out);
            (out, mixing.first.expect("two parts"))
        };
        let (first, (used, best)) = mixed(None);
        assert_eq!((used.weights(), best.weights()), (&[1.0, 0.0][..], &[1.0, 0.0][..]));
        // Once it is known, as when it is played after it was prepared.
        let (again, _) = mixed(Some(best));
        for samples in [first, again] {
            assert!((samples.len() as i64 - 6 * 48_000).abs() < 10, "{}", samples.len());
            for second in samples.chunks_exact(48_000) {
                let level = (second.iter().map(|s| s * s).sum::<f32>() / 48_000.0).sqrt();
                assert!(level > 0.3, "{level}");
            }
        }
    }

    #[test]
    fn what_the_codec_mixes_itself_sounds_as_what_is_mixed_here() {
        for file in ["chromium-whole.webm", "chromium-pieces.mp4"] {
            let bytes: Recording =
                std::fs::read(format!("{}/tests/media/{file}", env!("CARGO_MANIFEST_DIR"))).expect("a file").into();
            let (measured, known) = decoded(&bytes, None);
            assert_eq!(known.downmix, Downmix::even(2), "{file}");
            let (mixed, loaded) = decoded(&bytes, Some(known.downmix.clone()));
            assert_eq!((loaded.samples, loaded.downmix, loaded.best), (known.samples, known.downmix.clone(), known.downmix));
            let power = |samples: &mut dyn Iterator<Item = f32>| samples.map(|s| f64::from(s).powi(2)).sum::<f64>();
            let apart = power(&mut measured.iter().zip(&mixed).map(|(a, b)| a - b));
            let snr = 10.0 * (power(&mut measured.iter().copied()) / apart).log10();
            assert!(snr > 50.0, "{file}: {snr:.1} dB");
            let other = Downmix::of_weights(vec![1.0, 0.0]).expect("weights");
            assert_eq!(decoded(&bytes, Some(other.clone())).1.downmix, other, "one side alone is not the codec's to mix");
        }
    }
}
