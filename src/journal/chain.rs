//! Events as they are stored, and the chain that shows whether any was changed, lost or moved.

use crate::interview::{Digest, WriterId};

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
    let mut prev = Digest::default();
    let mut headers = Vec::with_capacity(stream.len());
    for (expected, stored) in (1..).zip(stream) {
        let header = stored.read_header()?;
        if header.writer != writer {
            return Err(ChainError::Stranger { writer, found: header.writer });
        }
        if header.seq != expected {
            return Err(ChainError::Gap { writer, expected, found: header.seq });
        }
        if header.prev != prev {
            return Err(ChainError::Broken { writer, seq: header.seq });
        }
        prev = stored.hash;
        headers.push(header);
    }
    Ok(headers)
}
