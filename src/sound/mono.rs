//! A recording as one stream: mono, 48 kHz, from its start to its end, a little at a time.

use serde::{Deserialize, Serialize};

use super::decode::{DecodeError, Decoder, Head, Truncation};
use super::downmix::{Channels, Downmix};
use super::resample::Resampler;
use crate::sound::Recording;

/// Seconds that are listened to before a down-mix is chosen for a recording that was not prepared.
const LISTEN_SECONDS: usize = 2;
/// Where nothing is heard by then, it waits up to this.
const PATIENCE_SECONDS: usize = 20;

/// A recording being decoded, mixed and resampled; nothing of it is kept.
pub struct Mono {
    decoder: Decoder,
    resampler: Option<(u32, Resampler)>,
    channels: Option<Channels>,
    downmix: Option<Downmix>,
    waiting: Vec<f32>,
    mixed: Vec<f32>,
    samples: u64,
}

/// What is known when a recording is decoded.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Loaded {
    /// Samples at 48 kHz.
    pub samples: u64,
    /// The mix that was used.
    pub downmix: Downmix,
    /// The mix that all of it, heard to the end, asks for.
    pub best: Downmix,
    /// Whether it ends early.
    pub truncated: Option<Truncation>,
}

impl Mono {
    /// Opens a recording. `hint` is its file's extension, `downmix` the mix that an earlier measurement chose.
    ///
    /// # Errors
    /// Whatever [`Decoder::open`] says.
    pub fn open(bytes: Recording, hint: Option<&str>, downmix: Option<Downmix>) -> Result<Mono, DecodeError> {
        let decoder = Decoder::open(bytes, hint)?;
        Ok(Mono { decoder, resampler: None, channels: None, downmix, waiting: Vec::new(), mixed: Vec::new(), samples: 0 })
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
        let more = match self.decoder.next_chunk()? {
            Some(chunk) => {
                let (channels, rate) = (chunk.channels, chunk.rate);
                self.waiting.extend_from_slice(chunk.interleaved);
                let start = self.waiting.len() - chunk.interleaved.len();
                self.take(start, channels, rate, out);
                true
            }
            None => {
                self.settle(out);
                false
            }
        };
        self.samples += (out.len() - before) as u64;
        if more { Ok(None) } else { self.known().map(Some) }
    }

    fn take(&mut self, start: usize, channels: usize, rate: u32, out: &mut Vec<f32>) {
        let changed = self.resampler.as_ref().is_some_and(|(now, _)| *now != rate)
            || self.channels.as_ref().is_some_and(|known| known.count() != channels);
        if changed {
            self.change(start, out);
        }
        self.resampler.get_or_insert_with(|| (rate, Resampler::new(rate)));
        let fresh = &self.waiting[self.waiting.len().min(if changed { 0 } else { start })..];
        let known = self.channels.get_or_insert_with(|| Channels::new(channels));
        known.add(fresh);
        if self.downmix.as_ref().is_some_and(|downmix| downmix.channels() != channels) {
            self.downmix = None;
        }
        if self.downmix.is_none() {
            let listened = self.waiting.len() / channels / rate as usize;
            let decided = listened >= LISTEN_SECONDS && known.has_sound() || listened >= PATIENCE_SECONDS;
            if channels > 1 && !decided {
                return;
            }
            self.downmix = Some(known.choose());
        }
        self.give(out);
    }

    /// Another rate or number of channels from here on, as in recordings that were joined: what came before is finished as it was.
    fn change(&mut self, start: usize, out: &mut Vec<f32>) {
        let fresh = self.waiting.split_off(start);
        self.settle(out);
        self.waiting = fresh;
        self.channels = None;
    }

    fn give(&mut self, out: &mut Vec<f32>) {
        let (Some(downmix), Some((_, resampler))) = (&self.downmix, &mut self.resampler) else { return };
        downmix.apply(&self.waiting, &mut self.mixed);
        self.waiting.clear();
        resampler.push(&self.mixed, out);
    }

    fn settle(&mut self, out: &mut Vec<f32>) {
        if self.downmix.is_none() {
            self.downmix = self.channels.as_ref().map(Channels::choose);
        }
        self.give(out);
        if let Some((_, mut resampler)) = self.resampler.take() {
            resampler.finish(out);
        }
    }

    fn known(&self) -> Result<Loaded, DecodeError> {
        let (Some(channels), true) = (&self.channels, self.samples > 0) else { return Err(DecodeError::Nothing) };
        let best = channels.choose();
        let downmix = self.downmix.clone().unwrap_or_else(|| best.clone());
        Ok(Loaded { samples: self.samples, downmix, best, truncated: self.decoder.truncation() })
    }
}
