//! Batches: listed, and read back.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::SqliteConnection;
use uuid::Uuid;

use super::open::Inner;
use super::seal::Key;
use super::stored_batch::{open_answer, open_batch, open_submission, unreadable};
use super::{Library, LibraryError, Result};
use crate::interview::{Answer, AnswerId, AnswerState, Batch, BatchId, CandidateId, Submission, SubmissionId};
use crate::text::SafeText;

/// What the list of batches shows, read without opening anything of a person.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchSummary {
    /// The batch.
    pub id: BatchId,
    /// What people call it.
    pub title: SafeText,
    /// The job opening: its title, else its id.
    pub requisition: Option<SafeText>,
    /// When it was first imported.
    pub imported_at: Timestamp,
    /// Until when candidates could answer.
    pub deadline: Option<Timestamp>,
    /// How many submissions it has.
    pub submissions: usize,
    /// Of them, those handed in.
    pub completed: usize,
    /// How many answers can be reviewed.
    pub answers: usize,
    /// How many were named and cannot be used, or end early.
    pub faulty: usize,
    /// Where its data may lie.
    pub region: Option<SafeText>,
}

/// A batch by its name.
#[derive(Clone, PartialEq, Debug)]
pub struct Titled {
    /// The batch.
    pub id: BatchId,
    /// What people call it.
    pub title: SafeText,
}

/// Numbers of one batch: all and those handed in, or those to review and those with faults.
type Counts = HashMap<Vec<u8>, (i64, i64)>;

impl Library {
    /// The names of all batches, the last imported first. Nothing in them is counted.
    pub async fn titles(&self) -> Result<Vec<Titled>> {
        let inner = &*self.inner;
        let rows: Vec<(Vec<u8>, String, Vec<u8>)> = sqlx::query_as("select id, imported_at, sealed from batch")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        let mut titles = Vec::with_capacity(rows.len());
        for (id, imported_at, sealed) in rows {
            let batch = inner.batch_alone(&id, &sealed)?;
            let imported_at: Timestamp = imported_at.parse().unwrap_or_default();
            titles.push((imported_at, Titled { id: batch.id, title: batch.title }));
        }
        titles.sort_by(|(a_at, a), (b_at, b)| (b_at, a.id).cmp(&(a_at, b.id)));
        Ok(titles.into_iter().map(|(_, titled)| titled).collect())
    }

    /// All batches, the last imported first.
    pub async fn summaries(&self) -> Result<Vec<BatchSummary>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let rows: Vec<(Vec<u8>, String, Vec<u8>)> = sqlx::query_as("select id, imported_at, sealed from batch")
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let submissions = "select batch, count(*), sum(status = 'completed') from submission group by batch";
        let submissions = inner.counts(&mut reader, submissions).await?;
        let answers = "select batch, sum(state in ('ready', 'truncated')), sum(state in ('faulty', 'truncated')) \
                       from answer join submission on submission.id = answer.submission group by batch";
        let answers = inner.counts(&mut reader, answers).await?;
        let mut summaries = Vec::with_capacity(rows.len());
        for (id, imported_at, sealed) in rows {
            let batch = inner.batch_alone(&id, &sealed)?;
            let of = |counts: &Counts| counts.get(&id).copied().unwrap_or_default();
            let ((submissions, completed), (answers, faulty)) = (of(&submissions), of(&answers));
            summaries.push(BatchSummary {
                id: batch.id,
                title: batch.title,
                requisition: batch.requisition.map(|requisition| requisition.title.unwrap_or(requisition.id)),
                imported_at: imported_at.parse().unwrap_or_default(),
                deadline: batch.interview.deadline,
                submissions: submissions as usize,
                completed: completed as usize,
                answers: answers as usize,
                faulty: faulty as usize,
                region: batch.region,
            });
        }
        summaries.sort_by(|a, b| (b.imported_at, a.id).cmp(&(a.imported_at, b.id)));
        Ok(summaries)
    }

    /// Some batches without their submissions; those that are not here are left out.
    pub async fn headings(&self, ids: &[BatchId]) -> Result<Vec<Batch>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let mut found = Vec::new();
        for id in ids {
            let sealed: Option<Vec<u8>> = sqlx::query_scalar("select sealed from batch where id = ?")
                .bind(id.0.as_bytes().as_slice())
                .fetch_optional(&mut *reader)
                .await
                .map_err(|error| inner.unread(error))?;
            found.extend(sealed.map(|sealed| inner.batch_alone(id.0.as_bytes(), &sealed)).transpose()?);
        }
        Ok(found)
    }

    /// One batch, with names. Of people whose data was erased only ids, states and times are there.
    pub async fn batch(&self, id: BatchId) -> Result<Batch> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let sealed: Option<Vec<u8>> = sqlx::query_scalar("select sealed from batch where id = ?")
            .bind(id.0.as_bytes().as_slice())
            .fetch_optional(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let mut batch = inner.batch_alone(id.0.as_bytes(), &sealed.ok_or(LibraryError::UnknownBatch(id))?)?;
        // The keys come with what they open: to ask for each of thousands by itself takes longer than all the rest.
        type Row = (Vec<u8>, Vec<u8>, String, Option<Vec<u8>>, Option<Vec<u8>>, Option<Vec<u8>>);
        let rows: Vec<Row> = sqlx::query_as(
            "select submission.id, submission.candidate, clear, submission.sealed, person_key.id, wrapped from submission \
             left join person_key on person_key.candidate = submission.candidate and own = 1 \
             where batch = ? order by place, submission.id",
        )
        .bind(id.0.as_bytes().as_slice())
        .fetch_all(&mut *reader)
        .await
        .map_err(|error| inner.unread(error))?;
        for (id, candidate, clear, sealed, key, wrapped) in rows {
            let key = key.zip(wrapped).map(|(id, wrapped)| inner.unwrap(CandidateId(id_of(&candidate)), &id, &wrapped));
            batch.submissions.push(inner.submission_under(key.transpose()?, (id, candidate, clear, sealed))?);
        }
        Ok(batch)
    }

    /// Earlier recordings of an answer, the oldest first; they are still in the vault.
    pub async fn earlier_answers(&self, answer: AnswerId) -> Result<Vec<Answer>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("select candidate, sealed from earlier_answer where answer = ? order by place")
                .bind(answer.0.as_bytes().as_slice())
                .fetch_all(&mut *reader)
                .await
                .map_err(|error| inner.unread(error))?;
        let mut answers = Vec::with_capacity(rows.len());
        for (candidate, sealed) in rows {
            let key = inner.person(&mut reader, CandidateId(id_of(&candidate))).await?;
            let damaged = || unreadable(format!("an earlier version of answer {answer}"), inner.database());
            answers.push(key.and_then(|key| open_answer(&key, answer, &sealed)).ok_or_else(damaged)?);
        }
        Ok(answers)
    }

    /// The submission that an answer belongs to, and the answer's place in it.
    pub async fn submission_of(&self, answer: AnswerId) -> Result<(Submission, usize)> {
        self.inner.submission_of(&mut *self.inner.reader().await?, answer).await
    }
}

/// Id, candidate, what is in clear, and what is sealed unless the person was erased.
pub(super) type SubmissionRow = (Vec<u8>, Vec<u8>, String, Option<Vec<u8>>);

impl Inner {
    async fn counts(&self, db: &mut SqliteConnection, sql: &'static str) -> Result<Counts> {
        let rows: Vec<(Vec<u8>, i64, i64)> = sqlx::query_as(sql).fetch_all(db).await.map_err(|error| self.unread(error))?;
        Ok(rows.into_iter().map(|(batch, a, b)| (batch, (a, b))).collect())
    }

    /// The batch without its submissions.
    pub(super) fn batch_alone(&self, id: &[u8], sealed: &[u8]) -> Result<Batch> {
        let id = BatchId(id_of(id));
        open_batch(&self.key, id, sealed).ok_or_else(|| unreadable(format!("batch {id}"), self.database()))
    }

    /// As it lies in the database, of an answer that is there.
    pub(super) async fn row_of(&self, db: &mut SqliteConnection, answer: AnswerId) -> Result<SubmissionRow> {
        let row: Option<SubmissionRow> = sqlx::query_as(
            "select submission.id, candidate, clear, sealed from submission \
             join answer on answer.submission = submission.id where answer.id = ?",
        )
        .bind(answer.0.as_bytes().as_slice())
        .fetch_optional(&mut *db)
        .await
        .map_err(|error| self.unread(error))?;
        row.ok_or_else(|| unknown(answer))
    }

    /// The submission that an answer belongs to, and the answer's place in it; within a transaction as it has it.
    pub(super) async fn submission_of(&self, db: &mut SqliteConnection, answer: AnswerId) -> Result<(Submission, usize)> {
        let row = self.row_of(db, answer).await?;
        with_place(self.submission(db, row).await?, answer)
    }

    pub(super) async fn submission(&self, db: &mut SqliteConnection, row: SubmissionRow) -> Result<Submission> {
        let key = self.person(db, CandidateId(id_of(&row.1))).await?;
        self.submission_under(key, row)
    }

    pub(super) fn submission_under(&self, key: Option<Key>, (id, _, clear, sealed): SubmissionRow) -> Result<Submission> {
        let id = SubmissionId(id_of(&id));
        let damaged = || unreadable(format!("submission {id}"), self.database());
        match (sealed, key) {
            (Some(sealed), Some(key)) => open_submission(&key, id, &sealed).ok_or_else(damaged),
            _ => serde_json::from_str(&clear).map(without_answers).map_err(|_| damaged()),
        }
    }
}

fn unknown(answer: AnswerId) -> LibraryError {
    LibraryError::NotKept { what: format!("answer {answer}") }
}

/// A submission with the place of an answer in it.
pub(super) fn with_place(submission: Submission, answer: AnswerId) -> Result<(Submission, usize)> {
    let place = submission.answers.iter().position(|of| of.id == answer).ok_or_else(|| unknown(answer))?;
    Ok((submission, place))
}

/// Of a person whose data was erased nothing can be reviewed: the person leaves the running, and the batch is decided without.
fn without_answers(mut submission: Submission) -> Submission {
    submission.answers.iter_mut().for_each(|answer| answer.state = AnswerState::NotGiven);
    submission
}

/// The id in a column; the schema has nothing else in it.
pub(super) fn id_of(bytes: &[u8]) -> Uuid {
    Uuid::from_slice(bytes).unwrap_or_default()
}
