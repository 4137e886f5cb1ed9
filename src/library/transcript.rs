//! Transcripts as they came: bytes and the file's name.

use std::fmt;

use zeroize::Zeroizing;

use super::catalogue::id_of;
use super::seal::About;
use super::{Library, LibraryError, Result};
use crate::interview::{AnswerId, CandidateId};

const TRANSCRIPT: &str = "earmark/transcript/1";

/// A transcript's file.
#[derive(Clone, PartialEq, Eq)]
pub struct TranscriptFile {
    /// What the file was called; its ending tells the format.
    pub name: String,
    /// What was in it.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// What was said stays out of logs.
impl fmt::Debug for TranscriptFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<transcript: {} bytes>", self.bytes.len())
    }
}

impl Library {
    /// Keeps an answer's transcript under the candidate's key, in place of an earlier one. The batch must have been kept.
    pub async fn keep_transcript(&self, answer: AnswerId, file: TranscriptFile) -> Result<()> {
        let (submission, _) = self.submission_of(answer).await?;
        let (inner, candidate, bytes) = (&*self.inner, submission.candidate.id, file.bytes.len() as u64);
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        let key = inner.person_or_new(&mut transaction, candidate).await?;
        sqlx::query(
            "insert into transcript (answer, candidate, sealed) values (?, ?, ?) \
             on conflict (answer) do update set sealed = excluded.sealed",
        )
        .bind(answer.0.as_bytes().as_slice())
        .bind(candidate.0.as_bytes().as_slice())
        .bind(key.seal(About(TRANSCRIPT, &[answer.0.as_bytes()]), &pack(&file))?)
        .execute(&mut *transaction)
        .await
        .map_err(|error| inner.failed(error, bytes))?;
        inner.commit(transaction, bytes).await
    }

    /// An answer's transcript, where there is one that can be read.
    pub async fn transcript(&self, answer: AnswerId) -> Result<Option<TranscriptFile>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select candidate, sealed from transcript where answer = ?")
            .bind(answer.0.as_bytes().as_slice())
            .fetch_optional(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let Some((candidate, sealed)) = row else { return Ok(None) };
        let Some(key) = inner.person(&mut reader, CandidateId(id_of(&candidate))).await? else { return Ok(None) };
        let plain = key.open(About(TRANSCRIPT, &[answer.0.as_bytes()]), &sealed);
        let damaged = || LibraryError::Damaged { what: format!("the transcript of answer {answer}"), path: inner.database() };
        plain.and_then(|plain| unpack(&plain)).map(Some).ok_or_else(damaged)
    }
}

/// The name's length, the name, the bytes.
fn pack(file: &TranscriptFile) -> Zeroizing<Vec<u8>> {
    let mut plain = Zeroizing::new(Vec::with_capacity(4 + file.name.len() + file.bytes.len()));
    plain.extend_from_slice(&(file.name.len() as u32).to_be_bytes());
    plain.extend_from_slice(file.name.as_bytes());
    plain.extend_from_slice(&file.bytes);
    plain
}

fn unpack(plain: &[u8]) -> Option<TranscriptFile> {
    let (length, rest) = plain.split_first_chunk::<4>()?;
    let (name, bytes) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some(TranscriptFile { name: std::str::from_utf8(name).ok()?.to_owned(), bytes: Zeroizing::new(bytes.to_vec()) })
}
