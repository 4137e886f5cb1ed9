//! What comes back: samples, checked as they come, that can be played while the rest is on its way.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::frame::{self, Frame, Opening};
use super::line::{Ended, Line};
use super::walls::Walls;
use crate::sound::{DecodeError, Downmix, Head, LONGEST_SECONDS, Loaded, Mono, Pcm, PcmWriter, RATE, Truncation, is_late, to_i16};

/// What comes next.
pub(super) enum Step {
    /// Mono samples at 48 kHz.
    Samples(Vec<i16>),
    /// There is no more.
    Done(Loaded),
}

/// A recording's samples, as they come from wherever it is decoded.
pub(super) struct Samples {
    from: From,
    opening: Option<Opening>,
    count: u64,
}

enum From {
    Here(Mono),
    Child { line: Line, waiting: Vec<u8> },
}

impl Samples {
    pub(super) fn here(mono: Mono) -> Samples {
        let opening = Opening { walls: Walls::default(), head: mono.head().clone() };
        Samples { from: From::Here(mono), opening: Some(opening), count: 0 }
    }

    pub(super) fn child(line: Line) -> Samples {
        Samples { from: From::Child { line, waiting: Vec::new() }, opening: None, count: 0 }
    }

    /// Waits for what comes next.
    pub(super) fn next(&mut self) -> Result<Step, DecodeError> {
        let step = match &mut self.from {
            From::Here(mono) => {
                let mut ready = Vec::new();
                match mono.step(&mut ready)? {
                    Some(loaded) if ready.is_empty() => return Ok(Step::Done(loaded)),
                    _ => Step::Samples(ready.into_iter().map(to_i16).collect()),
                }
            }
            From::Child { .. } => self.of_child()?,
        };
        if let Step::Samples(samples) = &step {
            self.count += samples.len() as u64;
            if self.count > LONGEST_SECONDS * u64::from(RATE) {
                return Err(DecodeError::TooLong);
            }
        }
        Ok(step)
    }

    fn of_child(&mut self) -> Result<Step, DecodeError> {
        let seconds = (self.count / u64::from(RATE)) as u32;
        let From::Child { line, waiting } = &mut self.from else { return Err(DecodeError::Fault) };
        loop {
            match frame::take(waiting).map_err(|forged| DecodeError::Workshop(forged.to_string()))? {
                Some(Frame::Opening(opening)) if self.opening.is_none() => self.opening = Some(opening),
                Some(Frame::Error(error)) => return Err(error),
                // Samples and their count belong to a recording that was opened.
                Some(Frame::Samples(samples)) if self.opening.is_some() => return Ok(Step::Samples(samples)),
                Some(Frame::End(loaded)) if self.opening.is_some() && loaded.samples == self.count => {
                    return Ok(Step::Done(loaded));
                }
                Some(_) => return Err(DecodeError::Workshop("what came back is in no order".to_owned())),
                None => match line.receive(waiting) {
                    Ok(None) => {}
                    Ok(Some(ended)) => return self.as_far_as_it_goes(broken_off(ended, seconds)),
                    Err(error) => return Err(DecodeError::Workshop(error.to_string())),
                },
            }
        }
    }
}

impl Samples {
    /// A child that died after it had sent enough to hear: what it sent is the recording, broken off. Which mix it chose it took with it.
    fn as_far_as_it_goes(&self, error: DecodeError) -> Result<Step, DecodeError> {
        if !is_late(&error, self.count) {
            return Err(error);
        }
        let (downmix, best) = (Downmix::even(1), Downmix::even(1));
        let truncated = Some(Truncation::Broken { at_ms: self.count * 1000 / u64::from(RATE) });
        Ok(Step::Done(Loaded { samples: self.count, downmix, best, truncated }))
    }
}

/// What a child died of, before it came to the end.
pub(super) fn broken_off(ended: Ended, seconds: u32) -> DecodeError {
    match ended {
        Ended::Time => DecodeError::Endless { seconds },
        Ended::Memory => DecodeError::Memory,
        Ended::Exit(0) | Ended::Fault => DecodeError::Fault,
        Ended::Exit(code) => DecodeError::Workshop(format!("it ended with code {code}")),
    }
}

/// A recording being decoded. Call [`Coming::step`] until it says that it is done; whoever holds [`Coming::pcm`] can play meanwhile.
///
/// Dropping it ends the child.
pub struct Coming {
    samples: Samples,
    writer: Option<PcmWriter>,
    pcm: Pcm,
    /// How it ended.
    done: Option<Result<Loaded, DecodeError>>,
}

impl Coming {
    pub(super) fn new(samples: Samples) -> Coming {
        let (writer, pcm) = PcmWriter::new();
        Coming { samples, writer: Some(writer), pcm, done: None }
    }

    /// Gives the recording up soon after `stop` is set, also while [`Coming::step`] waits for it.
    pub fn end_on(&mut self, stop: &Arc<AtomicBool>) {
        if let From::Child { line, .. } = &mut self.samples.from {
            line.end_on(stop.clone());
        }
    }

    /// The samples, growing.
    pub fn pcm(&self) -> Pcm {
        self.pcm.clone()
    }

    /// What the container says of the sound, once it was opened.
    pub fn head(&self) -> Option<&Head> {
        self.samples.opening.as_ref().map(|opening| &opening.head)
    }

    /// What stands around the child, once the recording was opened.
    pub fn walls(&self) -> Walls {
        self.samples.opening.as_ref().map(|opening| opening.walls).unwrap_or_default()
    }

    /// Waits for a little more; says what is known once there is no more.
    ///
    /// # Errors
    /// When the recording cannot be decoded, or not within the limits of time and memory.
    pub fn step(&mut self) -> Result<Option<Loaded>, DecodeError> {
        let Some(writer) = &mut self.writer else { return self.done.clone().transpose() };
        let step = match self.samples.next() {
            Ok(Step::Samples(samples)) if writer.push_i16(&samples) => return Ok(None),
            Ok(Step::Samples(_)) => Err(DecodeError::TooLong),
            Ok(Step::Done(loaded)) => Ok(loaded),
            Err(error) => Err(error),
        };
        // Nothing more comes: what came, also before a fault, can be heard to its last sample.
        if let Some(writer) = self.writer.take() {
            writer.finish();
        }
        self.done = Some(step);
        self.done.clone().transpose()
    }

    /// Waits for all that is left.
    ///
    /// # Errors
    /// As [`Coming::step`].
    pub fn run(mut self) -> Result<(Pcm, Loaded), DecodeError> {
        loop {
            if let Some(loaded) = self.step()? {
                return Ok((self.pcm, loaded));
            }
        }
    }
}
