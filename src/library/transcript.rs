//! Transcripts as they came: bytes and the file's name.

use zeroize::Zeroizing;

use super::{Library, Result};
use crate::interview::AnswerId;

/// A transcript's file.
#[derive(Clone, PartialEq, Eq)]
pub struct TranscriptFile {
    /// What the file was called; its ending tells the format.
    pub name: String,
    /// What was in it.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl Library {
    /// Keeps an answer's transcript under the candidate's key, in place of an earlier one. The batch must have been kept.
    pub async fn keep_transcript(&self, answer: AnswerId, file: TranscriptFile) -> Result<()> {
        let _ = (answer, file);
        todo!()
    }

    /// An answer's transcript, where there is one that can be read.
    pub async fn transcript(&self, answer: AnswerId) -> Result<Option<TranscriptFile>> {
        let _ = answer;
        todo!()
    }
}
