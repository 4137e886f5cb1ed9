//! What an import asks of the library that it fills.

use std::future::Future;

use super::Opened;
use crate::interview::{AnswerId, Batch, CandidateId, Digest};

/// What a file is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum What {
    /// An answer's recording or file.
    Recording,
    /// A file about the person.
    Document,
}

/// What keeping a batch changed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Kept {
    /// Submissions that were not here.
    pub new: usize,
    /// Submissions of which something is different now.
    pub changed: usize,
    /// Submissions that were here, the same.
    pub unchanged: usize,
    /// People whose data was erased here: nothing of theirs was kept.
    pub erased: Vec<CandidateId>,
}

/// Keeps what is imported; what a function has returned is on disk.
pub trait Keep: Clone + Send + Sync + 'static {
    /// Why something could not be kept.
    type Error: std::error::Error + Send;

    /// Keeps a file under the candidate's key; none when the person's data was erased here.
    fn put(&self, whose: CandidateId, what: What, file: Opened)
    -> impl Future<Output = Result<Option<Digest>, Self::Error>> + Send;

    /// What was measured of a recording, where that was kept.
    fn prepared(&self, whose: CandidateId, of: Digest) -> impl Future<Output = Result<Option<Vec<u8>>, Self::Error>> + Send;

    /// Keeps what was measured of a recording.
    fn keep_prepared(&self, whose: CandidateId, of: Digest, value: &[u8]) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// Keeps the batch, all or nothing.
    fn keep_batch(&self, batch: &Batch) -> impl Future<Output = Result<Kept, Self::Error>> + Send;

    /// Keeps an answer's transcript as it came, under its file's name.
    fn keep_transcript(&self, of: AnswerId, name: &str, bytes: Vec<u8>) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
