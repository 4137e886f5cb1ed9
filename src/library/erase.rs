//! Erasing a person by erasing the person's key.

use super::{Library, Result};
use crate::interview::CandidateId;

impl Library {
    /// Removes a candidate's keys, recordings and everything readable; the journal's chain stays whole.
    ///
    /// Whether that is allowed (a hold, a retention date) and the tombstone in the journal are the caller's.
    pub async fn erase_person(&self, candidate: CandidateId) -> Result<()> {
        let _ = candidate;
        todo!()
    }
}
