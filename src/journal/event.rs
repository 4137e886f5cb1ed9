//! One event and its envelope.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Act;
use crate::interview::{BatchId, CandidateId, Digest, EventId, ReviewerId, WriterId};

/// The version of the envelope that this program writes.
pub const SCHEMA: u16 = 1;

/// What is known of an event without opening its body; stored as canonical JSON and covered by the chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Header {
    /// Version of the envelope.
    pub schema: u16,
    /// Identity, never order.
    pub id: EventId,
    /// Who acted.
    pub author: ReviewerId,
    /// The author on one device: the stream.
    pub writer: WriterId,
    /// 1, 2, 3 … without gaps per writer.
    pub seq: u64,
    /// The hash of the writer's previous event; zeros for the first.
    pub prev: Digest,
    /// The last event of any writer that the author had seen.
    pub base: Option<EventId>,
    /// When, by the author's clock; shown, never used for order between writers that can be told apart otherwise.
    pub at: Timestamp,
    /// Which batch, where it concerns one.
    pub batch: Option<BatchId>,
    /// Whose key the body is under, where it concerns a candidate.
    pub subject: Option<CandidateId>,
    /// The kind of act, also of kinds that this version does not know.
    pub kind: String,
}

/// An event whose body has been read.
#[derive(Clone, PartialEq, Debug)]
pub struct Event {
    /// The envelope.
    pub header: Header,
    /// What was done; [`Act::Unknown`] for kinds of later versions, and for bodies whose key was erased.
    pub act: Act,
}

impl Event {
    /// Its identity.
    pub fn id(&self) -> EventId {
        self.header.id
    }

    /// A place in one order that every machine agrees on: by time, then writer, then sequence.
    pub fn order(&self) -> (Timestamp, WriterId, u64) {
        (self.header.at, self.header.writer, self.header.seq)
    }
}

/// An act about to be written; the library gives it its place in the writer's stream.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// Chosen by the author's program, so that the screen can tell when this very act is saved.
    pub id: EventId,
    /// Which batch it concerns.
    pub batch: Option<BatchId>,
    /// Which candidate it concerns: the body is encrypted under that person's key.
    pub subject: Option<CandidateId>,
    /// The last event its author had seen.
    pub base: Option<EventId>,
    /// What was done.
    pub act: Act,
}
