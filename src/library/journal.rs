//! Writing acts to the journal, and reading them back.

use jiff::Timestamp;

use super::{Library, Result};
use crate::interview::{BatchId, ReviewerId, WriterId};
use crate::journal::{Draft, Event};

/// A place in this library's journal: everything up to it has been seen.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Cursor(i64);

impl Library {
    /// Writes acts as the next events of the author's stream, all or none; returns when they are on disk.
    ///
    /// A draft whose id is written already is not written twice, so that a call whose answer was lost can be repeated.
    pub async fn append(&self, drafts: Vec<Draft>) -> Result<Vec<Event>> {
        let _ = drafts;
        todo!()
    }

    /// Writes acts as another author's, with the given writer and time; for the demo's panel.
    pub async fn append_as(&self, author: ReviewerId, writer: WriterId, at: Timestamp, drafts: Vec<Draft>) -> Result<Vec<Event>> {
        let _ = (author, writer, at, drafts);
        todo!()
    }

    /// All events of a batch in the order that every machine agrees on.
    ///
    /// What cannot be read any more, because the person's key was erased, is [`crate::journal::Act::Unknown`].
    pub async fn events(&self, batch: BatchId) -> Result<Vec<Event>> {
        let _ = batch;
        todo!()
    }

    /// What came into the journal after `seen`, of any batch and writer, and the place after it.
    pub async fn events_since(&self, seen: Cursor) -> Result<(Vec<Event>, Cursor)> {
        let _ = seen;
        todo!()
    }

    /// The place after everything that is in the journal now.
    pub async fn cursor(&self) -> Result<Cursor> {
        todo!()
    }
}
