//! The rubrics that were attached to batches, as their authors wrote them.

use super::{Library, Result};
use crate::interview::{Digest, Slug};

/// A rubric that the library keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RubricKept {
    /// The rubric's id.
    pub id: Slug,
    /// Its version, as its author writes it.
    pub version: String,
    /// What the numbers depend on.
    pub scoring_hash: Digest,
    /// Everything that is said in it.
    pub text_hash: Digest,
    /// The TOML as its author wrote it.
    pub source: String,
}

impl Library {
    /// Keeps a rubric's text; the same one again changes nothing.
    pub async fn keep_rubric(&self, rubric: &RubricKept) -> Result<()> {
        let _ = rubric;
        todo!()
    }

    /// The rubric with these two hashes.
    pub async fn rubric(&self, scoring_hash: Digest, text_hash: Digest) -> Result<Option<RubricKept>> {
        let _ = (scoring_hash, text_hash);
        todo!()
    }

    /// All rubrics that were kept, the last first.
    pub async fn rubrics(&self) -> Result<Vec<RubricKept>> {
        todo!()
    }
}
