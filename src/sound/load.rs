//! From a recording's bytes to samples that can be played while the rest is still being decoded.

use super::Downmix;
use super::decode::{DecodeError, Head};
use super::mono::{Loaded, Mono};
use super::pcm::{Pcm, PcmWriter};
use crate::sound::Recording;

/// A recording being decoded. Call [`Loading::step`] until it says that it is done; whoever holds [`Loading::pcm`] can play meanwhile.
pub struct Loading {
    mono: Mono,
    writer: Option<PcmWriter>,
    pcm: Pcm,
    ready: Vec<f32>,
}

impl Loading {
    /// Opens a recording. `hint` is its file's extension, `downmix` the mix that an earlier measurement chose.
    ///
    /// # Errors
    /// Whatever [`super::Decoder::open`] says.
    pub fn open(bytes: Recording, hint: Option<&str>, downmix: Option<Downmix>) -> Result<Loading, DecodeError> {
        let mono = Mono::open(bytes, hint, downmix)?;
        let (writer, pcm) = PcmWriter::new();
        Ok(Loading { mono, writer: Some(writer), pcm, ready: Vec::new() })
    }

    /// What the container says of the sound.
    pub fn head(&self) -> &Head {
        self.mono.head()
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
        self.ready.clear();
        let done = self.mono.step(&mut self.ready)?;
        if !self.writer.as_mut().is_none_or(|writer| writer.push(&self.ready)) {
            return Err(DecodeError::TooLong);
        }
        if let Some(writer) = self.writer.take_if(|_| done.is_some()) {
            writer.finish();
        }
        Ok(done)
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
}
