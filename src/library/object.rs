//! Recordings and documents in the vault, by whose they are and what is in them.

use std::path::Path;

use zeroize::Zeroizing;

use super::vault::Content;
use super::{Library, Result};
use crate::interview::{AnswerId, CandidateId, Digest};

impl Library {
    /// Puts bytes into the vault under the candidate's key; returns the SHA-256 of the plain bytes, by which they are found.
    ///
    /// What is there already is not written again.
    pub async fn put(&self, candidate: CandidateId, content: Content, bytes: Vec<u8>) -> Result<Digest> {
        let _ = (candidate, content, bytes);
        todo!()
    }

    /// Puts everything that `file` has from where it stands into the vault, 64 KiB at a time.
    pub async fn put_file(&self, candidate: CandidateId, content: Content, file: std::fs::File) -> Result<Digest> {
        let _ = (candidate, content, file);
        todo!()
    }

    /// The plain bytes of what was put there; fails when a single bit is different.
    pub async fn get(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<Zeroizing<Vec<u8>>> {
        let _ = (candidate, content, digest);
        todo!()
    }

    /// The recording of an answer as it was imported last; an error names the answer.
    pub async fn recording(&self, answer: AnswerId) -> Result<Zeroizing<Vec<u8>>> {
        let _ = answer;
        todo!()
    }

    /// Whether the vault has it.
    pub async fn has(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<bool> {
        let _ = (candidate, content, digest);
        todo!()
    }

    /// The file in the vault that holds it; for `earmark doctor`.
    pub async fn object_path(
        &self,
        candidate: CandidateId,
        content: Content,
        digest: Digest,
    ) -> Result<Option<std::path::PathBuf>> {
        let _ = (candidate, content, digest, Path::new(""));
        todo!()
    }
}
