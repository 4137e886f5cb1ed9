//! Whole streams as stored bytes: to verify, to exchange, to back up.

use super::{Library, Result};
use crate::interview::{CandidateId, WriterId};
use crate::journal::{Header, Stored};

/// What became of events from elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Taken {
    /// Events that are new here.
    pub new: usize,
    /// Events that were here already.
    pub known: usize,
}

impl Library {
    /// Every writer's stream from its first event, as stored.
    pub async fn streams(&self) -> Result<Vec<(WriterId, Vec<Stored>)>> {
        todo!()
    }

    /// Checks every stream's chain; returns the headers, writer by writer.
    pub async fn verify_streams(&self) -> Result<Vec<(WriterId, Vec<Header>)>> {
        todo!()
    }

    /// Takes in events that another library wrote, all or none; they must follow what is here of their streams.
    pub async fn insert_foreign(&self, events: Vec<Stored>) -> Result<Taken> {
        let _ = events;
        todo!()
    }

    /// Takes in a key under which another library wrote about a candidate.
    pub async fn keep_foreign_key(&self, candidate: CandidateId, key: [u8; 32]) -> Result<()> {
        let _ = (candidate, key);
        todo!()
    }
}
