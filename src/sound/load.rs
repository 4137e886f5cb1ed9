//! From a recording's bytes to samples that can be played while the rest is still being decoded.

use super::decode::{DecodeError, Decoder, Truncation};
use super::downmix::{Channels, Downmix};
use super::pcm::{Pcm, PcmWriter};
use super::resample::Resampler;
use crate::sound::Recording;

/// Seconds that are listened to before a down-mix is chosen for a recording that was not prepared.
const LISTEN_SECONDS: usize = 2;
/// Where nothing is heard by then, it waits up to this.
const PATIENCE_SECONDS: usize = 20;

/// A recording being decoded. Call [`Loading::step`] until it says that it is done; whoever holds [`Loading::pcm`] can play meanwhile.
pub struct Loading {
    decoder: Decoder,
    writer: Option<PcmWriter>,
    pcm: Pcm,
    resampler: Option<(u32, Resampler)>,
    channels: Option<Channels>,
    downmix: Option<Downmix>,
    waiting: Vec<f32>,
    mono: Vec<f32>,
    ready: Vec<f32>,
}

/// What is known when a recording is decoded.
#[derive(Clone, PartialEq, Debug)]
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

impl Loading {
    /// Opens a recording. `hint` is its file's extension, `downmix` the mix that an earlier measurement chose.
    ///
    /// # Errors
    /// Whatever [`Decoder::open`] says.
    pub fn open(bytes: Recording, hint: Option<&str>, downmix: Option<Downmix>) -> Result<Loading, DecodeError> {
        let decoder = Decoder::open(bytes, hint)?;
        let (writer, pcm) = PcmWriter::new();
        Ok(Loading {
            decoder,
            writer: Some(writer),
            pcm,
            resampler: None,
            channels: None,
            downmix,
            waiting: Vec::new(),
            mono: Vec::new(),
            ready: Vec::new(),
        })
    }

    /// The samples, growing.
    pub fn pcm(&self) -> Pcm {
        self.pcm.clone()
    }

    /// Decodes a little; says what is known once there is no more.
    ///
    /// # Errors
    /// When what is inside is beyond the limits, the decoder fails, or there is no sound at all.
    pub fn step(&mut self) -> Result<Option<Loaded>, DecodeError> {
        match self.decoder.next_chunk()? {
            Some(chunk) => {
                let (channels, rate) = (chunk.channels, chunk.rate);
                self.waiting.extend_from_slice(chunk.interleaved);
                let start = self.waiting.len() - chunk.interleaved.len();
                self.take(start, channels, rate)?;
                Ok(None)
            }
            None => self.finish().map(Some),
        }
    }

    /// Decodes all that is left.
    ///
    /// # Errors
    /// As [`Loading::step`].
    pub fn run(mut self) -> Result<(Pcm, Loaded), DecodeError> {
        loop {
            if let Some(loaded) = self.step()? {
                return Ok((self.pcm, loaded));
            }
        }
    }

    fn take(&mut self, start: usize, channels: usize, rate: u32) -> Result<(), DecodeError> {
        let changed = self.resampler.as_ref().is_some_and(|(now, _)| *now != rate)
            || self.channels.as_ref().is_some_and(|known| known.count() != channels);
        if changed {
            self.change(start)?;
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
                return Ok(());
            }
            self.downmix = Some(known.choose());
        }
        self.give()
    }

    /// Another rate or number of channels from here on, as in recordings that were joined: what came before is finished as it was.
    fn change(&mut self, start: usize) -> Result<(), DecodeError> {
        let fresh = self.waiting.split_off(start);
        self.settle()?;
        self.waiting = fresh;
        self.channels = None;
        Ok(())
    }

    fn give(&mut self) -> Result<(), DecodeError> {
        let (Some(downmix), Some((_, resampler))) = (&self.downmix, &mut self.resampler) else { return Ok(()) };
        downmix.apply(&self.waiting, &mut self.mono);
        self.waiting.clear();
        self.ready.clear();
        resampler.push(&self.mono, &mut self.ready);
        self.write()
    }

    fn settle(&mut self) -> Result<(), DecodeError> {
        if self.downmix.is_none() {
            self.downmix = self.channels.as_ref().map(Channels::choose);
        }
        self.give()?;
        self.ready.clear();
        if let Some((_, mut resampler)) = self.resampler.take() {
            resampler.finish(&mut self.ready);
        }
        self.write()
    }

    fn write(&mut self) -> Result<(), DecodeError> {
        let room = self.writer.as_mut().is_none_or(|writer| writer.push(&self.ready));
        if room { Ok(()) } else { Err(DecodeError::TooLong) }
    }

    fn finish(&mut self) -> Result<Loaded, DecodeError> {
        self.settle()?;
        let samples = self.writer.as_ref().map_or(0, PcmWriter::length);
        if let Some(writer) = self.writer.take() {
            writer.finish();
        }
        let (Some(channels), true) = (&self.channels, samples > 0) else { return Err(DecodeError::Nothing) };
        let best = channels.choose();
        let downmix = self.downmix.clone().unwrap_or_else(|| best.clone());
        Ok(Loaded { samples, downmix, best, truncated: self.decoder.truncation() })
    }
}
