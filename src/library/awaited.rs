//! What sources have named and what is not here yet, and how far each source was read.

use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::catalogue::id_of;
use super::open::Inner;
use super::person::MOST_AT_ONCE;
use super::seal::About;
use super::{Library, LibraryError, Result};
use crate::interview::{Answer, AnswerId, AnswerState, BatchId, CandidateId, Digest, SubmissionId};
use crate::text::SafeText;

const AWAITED: &str = "earmark/awaited/1";
const SOURCE: &str = "earmark/source/1";

/// What a file is for that is not here yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AwaitedFor {
    /// The recording or file of an answer.
    Recording(AnswerId),
    /// The transcript of an answer.
    Transcript(AnswerId),
    /// A document of a submission, by its place among them.
    Document(SubmissionId, usize),
}

/// A file that a source has named and that is not here yet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Awaited {
    /// What it is for.
    pub of: AwaitedFor,
    /// The batch.
    pub batch: BatchId,
    /// Whose it is.
    pub candidate: CandidateId,
    /// The source's own id of the batch, by which it is asked for the file.
    pub at: String,
    /// The file as the source's document names it: a locator, never an address.
    pub file: String,
    /// What the source says of which version it is; another one is another file.
    pub version: String,
    /// What it must hash to, where the source says so.
    pub sha256: Option<Digest>,
    /// Whom and what it belongs to, in words that tell no name.
    pub place: String,
    /// How long it is in bytes, where the source says so.
    pub bytes: Option<u64>,
    /// The answer as the source describes it now, for its recording.
    pub answer: Option<Answer>,
}

impl Awaited {
    /// The name under which it comes, the same in every run.
    pub fn name(&self) -> String {
        match self.of {
            AwaitedFor::Recording(answer) => format!("recording {answer}"),
            AwaitedFor::Transcript(answer) => format!("transcript {answer}"),
            AwaitedFor::Document(submission, index) => format!("document {submission} {index}"),
        }
    }

    pub(super) fn key(&self) -> Vec<u8> {
        Digest::of(self.name().as_bytes()).0.to_vec()
    }
}

impl Library {
    /// Notes what is to come of a batch, in order, in the place of what was noted of it before.
    pub async fn await_files(&self, source: &str, batch: BatchId, files: &[Awaited]) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, files.len() as u64 * 512).await?;
        sqlx::query("delete from awaited where batch = ? and source = ?")
            .bind(batch.0.as_bytes().as_slice())
            .bind(source)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.await_all(&mut transaction, source, files).await?;
        inner.commit(transaction, files.len() as u64 * 512).await
    }

    /// Notes on an answer of which nothing is here why its file did not come; it stays awaited.
    pub async fn mark_faulty(&self, answer: AnswerId, batch: BatchId, reason: &str) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 4096).await?;
        let (mut submission, place) = inner.submission_of(&mut transaction, answer).await?;
        let state = AnswerState::Faulty { reason: SafeText::line(reason) };
        if submission.answers[place].state.is_reviewable() || submission.answers[place].state == state {
            return Ok(());
        }
        submission.answers[place].state = state;
        let key = inner.person_or_new(&mut transaction, submission.candidate.id).await?;
        inner.rewrite(&mut transaction, &submission, &key).await?;
        inner.write_state(&mut transaction, &submission.answers[place]).await?;
        inner.renew(&mut transaction, batch).await?;
        inner.commit(transaction, 4096).await
    }

    /// What a source has named and what is not here yet, in the order in which it is to come.
    pub async fn awaited(&self, source: &str) -> Result<Vec<Awaited>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("select name, sealed from awaited where source = ? order by batch, place, name")
                .bind(source)
                .fetch_all(&mut *reader)
                .await
                .map_err(|error| inner.unread(error))?;
        let open = |(name, sealed): (Vec<u8>, Vec<u8>)| {
            let plain = inner.key.open(About(AWAITED, &[&name]), &sealed);
            let damaged = || LibraryError::Damaged { what: "what a source has named".into(), path: inner.database() };
            plain.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(damaged)
        };
        rows.into_iter().map(open).collect()
    }

    /// Forgets that a file is awaited.
    pub async fn no_longer_awaited(&self, file: &Awaited) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        inner.await_no_more(&mut transaction, file).await?;
        inner.commit(transaction, 0).await
    }

    /// The configured source that a batch comes from; none where it was imported by hand, or is not here.
    pub async fn source_of(&self, batch: BatchId) -> Result<Option<String>> {
        let inner = &*self.inner;
        sqlx::query_scalar("select source from batch_source where batch = ?")
            .bind(batch.0.as_bytes().as_slice())
            .fetch_optional(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))
    }

    /// Notes that a batch comes from a configured source, in the place of another.
    pub async fn bind_to_source(&self, batch: BatchId, source: &str) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        sqlx::query("insert or replace into batch_source (batch, source) values (?, ?)")
            .bind(batch.0.as_bytes().as_slice())
            .bind(source)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, 0).await
    }

    /// The mark up to which a source was read.
    pub async fn source_mark(&self, source: &str) -> Result<Option<String>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let sealed: Option<Vec<u8>> = sqlx::query_scalar("select sealed from source where name = ?")
            .bind(source)
            .fetch_optional(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let plain = sealed.and_then(|sealed| inner.key.open(About(SOURCE, &[source.as_bytes()]), &sealed));
        Ok(plain.and_then(|plain| String::from_utf8(plain.to_vec()).ok()))
    }

    /// Keeps the mark up to which a source was read; everything before it must have been kept.
    pub async fn keep_source_mark(&self, source: &str, mark: &str) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, mark.len() as u64).await?;
        sqlx::query("insert into source (name, sealed) values (?, ?) on conflict (name) do update set sealed = excluded.sealed")
            .bind(source)
            .bind(inner.key.seal(About(SOURCE, &[source.as_bytes()]), mark.as_bytes())?)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        inner.commit(transaction, mark.len() as u64).await
    }

    /// The batches that changed after `since`, the one that changed first coming first, each with its number; at most about
    /// `most`. Numbers only grow, and belong to this library alone.
    pub async fn changed_since(&self, since: i64, most: u32) -> Result<Vec<(BatchId, i64)>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        // Batches that changed together have one number: a page never ends between them.
        let rows: Vec<(Vec<u8>, i64)> = sqlx::query_as(
            "select id, changed from batch where changed > ?1 and changed <= coalesce( \
             (select changed from batch where changed > ?1 order by changed limit 1 offset ?2), (select max(changed) from batch)) \
             order by changed, id",
        )
        .bind(since)
        .bind(i64::from(most.saturating_sub(1)))
        .fetch_all(&mut *reader)
        .await
        .map_err(|error| inner.unread(error))?;
        Ok(rows.into_iter().map(|(id, changed)| (BatchId(id_of(&id)), changed)).collect())
    }

    /// What tells this library from others, in hexadecimal digits.
    pub async fn library_id(&self) -> Result<String> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let id: Vec<u8> = sqlx::query_scalar("select value from meta where name = 'id'")
            .fetch_one(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        Ok(super::vault::hex(&id))
    }
}

impl Inner {
    /// Notes files of a source as awaited, in this order.
    pub(super) async fn await_all<'f>(
        &self,
        db: &mut SqliteConnection,
        source: &str,
        files: impl IntoIterator<Item = &'f Awaited>,
    ) -> Result<()> {
        let mut rows = Vec::new();
        for (place, file) in files.into_iter().enumerate() {
            let (name, plain) = (file.key(), serde_json::to_vec(file).expect("it has string keys"));
            let sealed = self.key.seal(About(AWAITED, &[&name]), &plain)?;
            rows.push((name, place as i64, file, sealed));
        }
        // As the database has them, so that a page is written once.
        rows.sort_unstable_by(|(a, ..), (b, ..)| a.cmp(b));
        for some in rows.chunks(MOST_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new("insert into awaited (name, source, batch, candidate, place, sealed) ");
            query.push_values(some, |mut row, (name, place, file, sealed)| {
                row.push_bind(name.as_slice())
                    .push_bind(source)
                    .push_bind(file.batch.0.as_bytes().to_vec())
                    .push_bind(file.candidate.0.as_bytes().to_vec())
                    .push_bind(place)
                    .push_bind(sealed.as_slice());
            });
            query.push(
                " on conflict (name) do update set source = excluded.source, place = excluded.place, sealed = excluded.sealed",
            );
            query.build().execute(&mut *db).await.map_err(|error| self.failed(error, 0))?;
        }
        Ok(())
    }

    pub(super) async fn await_no_more(&self, db: &mut SqliteConnection, file: &Awaited) -> Result<()> {
        let gone = sqlx::query("delete from awaited where name = ?").bind(file.key());
        gone.execute(db).await.map(drop).map_err(|error| self.failed(error, 0))
    }
}
