//! Transcripts as they came: bytes and the file's name.

use std::collections::HashMap;
use std::fmt;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use zeroize::Zeroizing;

use super::catalogue::id_of;
use super::open::Inner;
use super::person::MOST_AT_ONCE;
use super::seal::{About, Key};
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
        inner.write_transcript(&mut transaction, candidate, answer, &file).await?;
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
        let damaged = || LibraryError::Damaged { what: format!("the transcript of answer {answer}"), path: inner.database() };
        opened(&key, answer, &sealed).map(Some).ok_or_else(damaged)
    }

    /// The transcripts of some answers, read together; one that is not there or cannot be read is left out.
    pub async fn transcripts(&self, answers: &[AnswerId]) -> Result<HashMap<AnswerId, TranscriptFile>> {
        /// Answer, candidate, what is sealed, and the key with its id.
        type Row = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let mut files = HashMap::with_capacity(answers.len());
        for some in answers.chunks(MOST_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new(
                "select answer, transcript.candidate, sealed, person_key.id, wrapped from transcript \
                 join person_key on person_key.candidate = transcript.candidate and own = 1 where answer in (",
            );
            let mut list = query.separated(", ");
            some.iter().for_each(|answer| _ = list.push_bind(answer.0.as_bytes().to_vec()));
            query.push(")");
            let rows: Vec<Row> = query.build_query_as().fetch_all(&mut *reader).await.map_err(|error| inner.unread(error))?;
            for (answer, candidate, sealed, id, wrapped) in rows {
                let (answer, candidate) = (AnswerId(id_of(&answer)), CandidateId(id_of(&candidate)));
                let key = inner.unwrap(candidate, &id, &wrapped)?;
                match opened(&key, answer, &sealed) {
                    Some(file) => drop(files.insert(answer, file)),
                    None => tracing::warn!(%answer, "a transcript is damaged"),
                }
            }
        }
        Ok(files)
    }
}

impl Inner {
    /// Keeps a transcript within a transaction.
    pub(super) async fn write_transcript(
        &self,
        db: &mut SqliteConnection,
        candidate: CandidateId,
        answer: AnswerId,
        file: &TranscriptFile,
    ) -> Result<()> {
        let key = self.person_or_new(db, candidate).await?;
        sqlx::query(
            "insert into transcript (answer, candidate, sealed) values (?, ?, ?) \
             on conflict (answer) do update set sealed = excluded.sealed",
        )
        .bind(answer.0.as_bytes().as_slice())
        .bind(candidate.0.as_bytes().as_slice())
        .bind(key.seal(About(TRANSCRIPT, &[answer.0.as_bytes()]), &pack(file))?)
        .execute(db)
        .await
        .map(drop)
        .map_err(|error| self.failed(error, file.bytes.len() as u64))
    }
}

fn opened(key: &Key, answer: AnswerId, sealed: &[u8]) -> Option<TranscriptFile> {
    unpack(&key.open(About(TRANSCRIPT, &[answer.0.as_bytes()]), sealed)?)
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
