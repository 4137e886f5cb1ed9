//! A child that measures: what comes back is what it found, checked before it is believed.

use super::coming::broken_off;
use super::frame::{self, Frame};
use super::line::Line;
use crate::sound::{DecodeError, LONGEST_SECONDS, Prepared, RATE, is_late};

/// What was measured is never longer, in bytes: four hours of peaks and more pauses than anyone can make.
const MOST: usize = 32 << 20;

/// How measuring in a child ended.
pub(super) enum Measuring {
    /// It came to the end.
    Done(Box<Prepared>),
    /// The child died after there was enough to hear, and took what it found with it.
    DiedLate,
}

/// Waits until the child has measured the recording.
pub(super) fn wait_for(mut line: Line) -> Result<Measuring, DecodeError> {
    let (mut waiting, mut found, mut count) = (Vec::new(), Vec::new(), 0);
    let forged = |what: &str| DecodeError::Workshop(format!("what came back is not what measuring gives: {what}"));
    loop {
        match frame::take(&mut waiting).map_err(|error| DecodeError::Workshop(error.to_string()))? {
            Some(Frame::Going(samples)) if samples > LONGEST_SECONDS * u64::from(RATE) => return Err(DecodeError::TooLong),
            Some(Frame::Going(samples)) if found.is_empty() => count = samples,
            Some(Frame::Measured(piece)) if found.len() + piece.len() <= MOST => found.extend(piece),
            Some(Frame::Whole) => {
                let prepared: Option<Prepared> = serde_json::from_slice(&found).ok().filter(Prepared::is_possible);
                return prepared.map(|prepared| Measuring::Done(Box::new(prepared))).ok_or_else(|| forged("no recording is so"));
            }
            Some(Frame::Error(error)) => return Err(error),
            Some(_) => return Err(forged("it is in no order")),
            None => {
                if let Some(ended) = line.receive(&mut waiting).map_err(|error| DecodeError::Workshop(error.to_string()))? {
                    let error = broken_off(ended, (count / u64::from(RATE)) as u32);
                    return if is_late(&error, count) { Ok(Measuring::DiedLate) } else { Err(error) };
                }
            }
        }
    }
}
