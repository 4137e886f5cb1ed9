//! One event and its envelope.

use jiff::{SignedDuration, Timestamp};
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
    /// When, by the author's clock: what people are shown.
    pub at: Timestamp,
    /// What it stands behind, where something of the batch that its author had seen is dated later than `at`: clocks differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Timestamp>,
    /// Which batch, where it concerns one.
    pub batch: Option<BatchId>,
    /// Whose key the body is under, where it concerns a candidate.
    pub subject: Option<CandidateId>,
    /// The kind of act, also of kinds that this version does not know.
    pub kind: String,
}

impl Header {
    /// Its time in the order: never before what its author had seen, whatever the clocks said.
    pub fn stands(&self) -> Timestamp {
        self.after.map_or(self.at, |after| after.max(self.at))
    }

    /// A place in one order that every machine agrees on: by where it stands in time, then writer, then number.
    pub fn order(&self) -> Order {
        (self.stands(), self.writer, self.seq)
    }
}

/// Where an event stands: its time in the order, its writer, its number.
pub type Order = (Timestamp, WriterId, u64);

/// Whether what stands there was done after what stands at `other`: in one stream the numbers say it.
pub fn is_after(one: Order, other: Order) -> bool {
    if one.1 == other.1 { one.2 > other.2 } else { one > other }
}

/// What an event of `writer` at that time stands behind, by where each of what its author has seen stands; none where clocks agree.
///
/// The last of what was done on something stands, and it is not for clocks to say which that is: one that is a month ahead would
/// keep everybody else's next decision from counting until then.
pub fn behind(at: Timestamp, writer: WriterId, seen: impl Iterator<Item = (WriterId, Timestamp)>) -> Option<Timestamp> {
    let (mut own, mut others) = (Timestamp::MIN, Timestamp::MIN);
    for (of, stands) in seen {
        let latest = if of == writer { &mut own } else { &mut others };
        *latest = stands.max(*latest);
    }
    // One's own of the same moment, such as what one key wrote, stay in their order by their numbers.
    let latest = others.max(own);
    (own > at || others >= at).then(|| latest.saturating_add(STEP).unwrap_or(latest))
}

/// The least that two events in the order lie apart.
const STEP: SignedDuration = SignedDuration::from_nanos(1);

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

    /// A place in one order that every machine agrees on.
    pub fn order(&self) -> Order {
        self.header.order()
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
