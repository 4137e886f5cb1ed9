//! Events as they are stored, and the chain that shows whether any was changed, lost or moved.

use crate::interview::{Digest, ReviewerId, WriterId};

use super::Header;

/// An event's stored bytes; the chain covers them as they are, readable or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stored {
    /// The header as JSON.
    pub header: Vec<u8>,
    /// The body: JSON, or cipher text under the subject's key.
    pub body: Vec<u8>,
    /// SHA-256 over 0x00, the header's length, the header and the body.
    pub hash: Digest,
}

impl Stored {
    /// Seals header and body bytes with their hash.
    pub fn new(header: &Header, body: Vec<u8>) -> Self {
        let header = serde_json::to_vec(header).expect("a header has only string keys");
        let hash = hash(&header, &body);
        Stored { header, body, hash }
    }

    /// Reads the header, after checking that the hash is right.
    pub fn read_header(&self) -> Result<Header, ChainError> {
        if hash(&self.header, &self.body) != self.hash {
            return Err(ChainError::Changed { hash: self.hash });
        }
        serde_json::from_slice(&self.header).map_err(|e| ChainError::Unreadable { reason: e.to_string() })
    }
}

/// The header includes `prev`, so that each hash covers all that came before it.
fn hash(header: &[u8], body: &[u8]) -> Digest {
    Digest::of_all(&[&[0], &(header.len() as u64).to_be_bytes(), header, body])
}

/// What is wrong with a stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainError {
    /// The bytes do not give the hash that is stored with them.
    #[error("an event with hash {hash} was changed after it was written")]
    Changed {
        /// The hash that was stored.
        hash: Digest,
    },
    /// The header is no header.
    #[error("an event's header cannot be read: {reason}")]
    Unreadable {
        /// Why.
        reason: String,
    },
    /// A number is missing or doubled.
    #[error("writer {writer}: event {expected} is missing, {found} stands in its place")]
    Gap {
        /// Whose stream.
        writer: WriterId,
        /// The number that should come.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// An event follows another one than it says.
    #[error("writer {writer}: event {seq} does not follow the one before it")]
    Broken {
        /// Whose stream.
        writer: WriterId,
        /// Which event.
        seq: u64,
    },
    /// An event lies under other particulars than its own.
    #[error("an event lies under another id, person or batch than it says itself")]
    Misfiled,
    /// What an event says cannot be opened with the key under which it must lie.
    #[error("what an event says cannot be opened: it is not what was written")]
    Unopened,
    /// An event of one writer lies in another's stream.
    #[error("an event of writer {found} lies in the stream of {writer}")]
    Stranger {
        /// Whose stream.
        writer: WriterId,
        /// Whose event.
        found: WriterId,
    },
}

/// Checks one writer's stream from its first event; returns the headers in order.
pub fn verify(writer: WriterId, stream: &[Stored]) -> Result<Vec<Header>, ChainError> {
    check(writer, stream, false)
}

/// Checks what is known of another one's stream: events of which the keys have not come yet, or that stay with their author, are
/// not in it. Where a number follows the one before it, the chain holds there.
pub fn verify_known(writer: WriterId, stream: &[Stored]) -> Result<Vec<Header>, ChainError> {
    check(writer, stream, true)
}

fn check(writer: WriterId, stream: &[Stored], with_gaps: bool) -> Result<Vec<Header>, ChainError> {
    let (mut expected, mut prev) = (1, Digest::default());
    let mut headers = Vec::with_capacity(stream.len());
    for stored in stream {
        let header = stored.read_header()?;
        if header.writer != writer {
            return Err(ChainError::Stranger { writer, found: header.writer });
        }
        if header.seq < expected || (header.seq > expected && !with_gaps) {
            return Err(ChainError::Gap { writer, expected, found: header.seq });
        }
        if header.seq == expected && header.prev != prev {
            return Err(ChainError::Broken { writer, seq: header.seq });
        }
        (expected, prev) = (header.seq + 1, stored.hash);
        headers.push(header);
    }
    Ok(headers)
}

/// A piece of a writer's stream, as it travels: events that follow each other, and in place of some only their hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Run {
    /// Whose.
    pub author: ReviewerId,
    /// Of which stream.
    pub writer: WriterId,
    /// The first number.
    pub first: u64,
    /// The hash of the event before the first.
    pub prev: Digest,
    /// What follows.
    pub links: Vec<Link>,
}

/// An event, or what the chain needs of one that does not travel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Link {
    /// The event.
    Event(Stored),
    /// Its hash alone.
    Hash(Digest),
}

impl Link {
    /// The hash that the next event names.
    pub fn hash(&self) -> Digest {
        match self {
            Link::Event(stored) => stored.hash,
            Link::Hash(hash) => *hash,
        }
    }
}

impl Run {
    /// Checks that each event follows the one before it and is this author's; returns the events with their headers.
    pub fn verify(&self) -> Result<Vec<(Header, &Stored)>, ChainError> {
        let (writer, mut prev, mut events) = (self.writer, self.prev, Vec::new());
        for (expected, link) in (self.first..).zip(&self.links) {
            if let Link::Event(stored) = link {
                let header = stored.read_header()?;
                if header.writer != writer || header.author != self.author {
                    return Err(ChainError::Stranger { writer, found: header.writer });
                }
                if header.seq != expected {
                    return Err(ChainError::Gap { writer, expected, found: header.seq });
                }
                if header.prev != prev {
                    return Err(ChainError::Broken { writer, seq: header.seq });
                }
                events.push((header, stored));
            }
            prev = link.hash();
        }
        Ok(events)
    }

    /// The hash of its last event; of the one before the first where it is empty.
    pub fn last_hash(&self) -> Digest {
        self.links.last().map_or(self.prev, Link::hash)
    }

    /// The number of its last event.
    pub fn last(&self) -> u64 {
        self.first + self.links.len() as u64 - 1
    }
}
