//! One entry's bytes as they come out of the archive: never more than the list says, and checked at their end.

use std::sync::Arc;

use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus};

use super::records::Record;
use super::{AGAIN, Bytes, local};
use crate::source::shelf::FileFault;

/// Bytes that are read from the archive at once.
const PIECE: usize = 64 * 1024;

/// An entry that is being read.
pub struct Unpacking {
    bytes: Arc<Bytes>,
    /// Where the next packed bytes are, and how many are left.
    at: u64,
    left: u64,
    /// Packed bytes that were read: from `next` on they are still to be inflated.
    piece: Vec<u8>,
    next: usize,
    /// None for an entry that is stored as it is.
    inflating: Option<Box<InflateState>>,
    has_ended: bool,
    /// Bytes in all, as the list says, and those that came.
    size: u64,
    came: u64,
    sum: crc32fast::Hasher,
    expected: u32,
}

impl std::fmt::Debug for Unpacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacking").field("size", &self.size).field("came", &self.came).finish_non_exhaustive()
    }
}

fn damaged(reason: &str) -> FileFault {
    FileFault::Packed { reason: format!("it is damaged in the .zip: {reason}"), remedy: AGAIN }
}

impl Unpacking {
    pub(super) fn new(bytes: &Arc<Bytes>, record: &Record) -> Result<Self, FileFault> {
        let refused = |reason: String, remedy| Err(FileFault::Packed { reason, remedy });
        if record.is_encrypted() {
            return refused("it is encrypted in the .zip".to_owned(), "unpack the .zip with its password and import the folder");
        }
        let inflating = match record.method {
            0 if record.size != record.packed => return Err(damaged("two lengths are said of it")),
            0 => None,
            8 => Some(InflateState::new_boxed(DataFormat::Raw)),
            other => {
                let remedy = "make the .zip with the methods stored or deflate, or unpack it and import its folder";
                return refused(format!("it is packed by method {other}, which earmark does not read"), remedy);
            }
        };
        // The archive may have changed since it was opened.
        let at = local::header(bytes, record).map_err(|reason| damaged(&reason))?;
        Ok(Unpacking {
            bytes: bytes.clone(),
            at,
            left: record.packed,
            piece: Vec::new(),
            next: 0,
            inflating,
            has_ended: false,
            size: record.size,
            came: 0,
            sum: crc32fast::Hasher::new(),
            expected: record.crc,
        })
    }

    /// Bytes of the entry, as the list says.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Fills all of `into`, which is as long as the entry, and checks that this was all and what the list says.
    ///
    /// # Errors
    /// Where the archive is damaged, or cannot be read.
    pub(in crate::source) fn fill(mut self, into: &mut [u8]) -> Result<(), FileFault> {
        let mut filled = 0;
        while filled < into.len() {
            match self.some(&mut into[filled..])? {
                0 => return Err(damaged("it is shorter than the list says")),
                count => filled += count,
            }
        }
        match self.some(&mut [0])? {
            0 => Ok(()),
            _ => Err(damaged("it is longer than the list says")),
        }
    }

    /// The next bytes; none at the end, once all are known to be right.
    fn some(&mut self, into: &mut [u8]) -> Result<usize, FileFault> {
        let count = match &self.inflating {
            None => self.stored(into)?,
            Some(_) => self.inflated(into)?,
        };
        self.sum.update(&into[..count]);
        self.came += count as u64;
        if count == 0 && self.came == self.size && self.sum.clone().finalize() != self.expected {
            return Err(damaged("its sum is another than the list says"));
        }
        Ok(count)
    }

    fn stored(&mut self, into: &mut [u8]) -> Result<usize, FileFault> {
        let count = self.left.min(into.len() as u64) as usize;
        self.bytes.read_at(self.at, &mut into[..count])?;
        (self.at, self.left) = (self.at + count as u64, self.left - count as u64);
        Ok(count)
    }

    fn inflated(&mut self, into: &mut [u8]) -> Result<usize, FileFault> {
        while !self.has_ended {
            if self.next == self.piece.len() && self.left > 0 {
                self.piece.resize(self.left.min(PIECE as u64) as usize, 0);
                self.stored_piece()?;
            }
            let state = self.inflating.as_mut().expect("only what is deflated comes here");
            let step = inflate(state, &self.piece[self.next..], into, MZFlush::None);
            self.next += step.bytes_consumed;
            let is_out = self.next == self.piece.len() && self.left == 0;
            let is_stuck = step.bytes_consumed + step.bytes_written == 0 && self.next < self.piece.len();
            match step.status {
                Ok(MZStatus::StreamEnd) => self.has_ended = true,
                Ok(_) | Err(MZError::Buf) if step.bytes_written > 0 || !is_out && !is_stuck => {}
                _ => return Err(damaged("its bytes are no deflated ones, or some are missing")),
            }
            if step.bytes_written > 0 {
                return Ok(step.bytes_written);
            }
        }
        match self.left > 0 || self.next < self.piece.len() {
            true => Err(damaged("more bytes lie there than belong to it")),
            false => Ok(0),
        }
    }

    fn stored_piece(&mut self) -> Result<(), FileFault> {
        self.bytes.read_at(self.at, &mut self.piece)?;
        let count = self.piece.len() as u64;
        (self.at, self.left, self.next) = (self.at + count, self.left - count, 0);
        Ok(())
    }
}
