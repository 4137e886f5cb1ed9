//! Keeping a batch, and saying what that changed.

use std::collections::{HashMap, HashSet};

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::catalogue::{SubmissionRow, id_of};
use super::open::Inner;
use super::person::MOST_AT_ONCE;
use super::seal::Key;
use super::stored_batch::{
    batch_json, clear_json, keeping_what_is_here, same, seal_answer, seal_batch, seal_submission, state_name, status_name,
};
use super::{Library, Result};
use crate::interview::{Answer, AnswerId, Batch, BatchId, CandidateId, Submission, SubmissionId};

/// What keeping a batch changed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Kept {
    /// Submissions that were not here.
    pub new_submissions: Vec<SubmissionId>,
    /// Submissions that were here, of which something is different now.
    pub changed_submissions: Vec<SubmissionId>,
    /// Answers that were not here.
    pub new_answers: Vec<AnswerId>,
    /// Answers of which something is different now; a new recording has a new revision, the old one is kept.
    pub changed_answers: Vec<AnswerId>,
    /// Whether title, questions or dates of the batch are new or different.
    pub batch_changed: bool,
    /// People whose data was erased here: nothing of theirs was kept.
    pub erased: Vec<CandidateId>,
}

impl Kept {
    /// Whether all of it was here already, the same.
    pub fn is_nothing(&self) -> bool {
        *self == Kept { erased: self.erased.clone(), ..Kept::default() }
    }
}

impl Library {
    /// Keeps a batch, all or nothing. Keeping the same batch again changes nothing.
    ///
    /// Submissions that are here and not in `batch` stay. An answer that is here stays where `batch` only names it
    /// ([`crate::interview::AnswerState::NotHere`]) or has a faulty file of it.
    pub async fn keep_batch(&self, batch: &Batch) -> Result<Kept> {
        let inner = &*self.inner;
        let bytes = batch_json(batch).len() as u64 + batch.submissions.len() as u64 * 4096;
        let mut kept = Kept::default();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        inner.keep_within(&mut transaction, batch, &mut kept).await?;
        if kept.is_nothing() {
            return Ok(kept);
        }
        inner.renew(&mut transaction, batch.id).await?;
        inner.commit(transaction, bytes).await?;
        Ok(kept)
    }
}

/// Where a submission stands.
struct Place<'b> {
    batch: &'b Batch,
    place: usize,
}

/// A submission as the database has it.
struct Row {
    id: SubmissionId,
    batch: BatchId,
    candidate: CandidateId,
    place: usize,
    status: &'static str,
    clear: String,
    sealed: Vec<u8>,
}

impl Inner {
    /// Keeps a batch within a transaction.
    pub(super) async fn keep_within(&self, db: &mut SqliteConnection, batch: &Batch, kept: &mut Kept) -> Result<()> {
        kept.batch_changed = self.keep_batch_alone(db, batch).await?;
        // Asked for many at once: a statement for each of ten thousand people takes longer than all else.
        let candidates = || batch.submissions.iter().map(|submission| submission.candidate.id);
        let mut keys = self.own_keys(db, candidates()).await?;
        let erased = self.erased_of(db, candidates()).await?;
        let here = self.submissions_here(db, batch).await?;
        let (mut new_keys, mut new) = (Vec::new(), Vec::new());
        for (place, submission) in batch.submissions.iter().enumerate() {
            let candidate = submission.candidate.id;
            let key = match keys.get(&candidate) {
                Some(key) => key.clone(),
                None if erased.contains(&candidate) => {
                    kept.erased.push(candidate);
                    continue;
                }
                None => {
                    let key = Key::generate()?;
                    new_keys.push((candidate, key.clone()));
                    keys.insert(candidate, key.clone());
                    key
                }
            };
            let at = Place { batch, place };
            if here.contains(&submission.id) {
                self.keep_changed(db, &at, submission, &key, kept).await?;
                continue;
            }
            kept.new_submissions.push(submission.id);
            kept.new_answers.extend(submission.answers.iter().map(|answer| answer.id));
            new.push((at, submission));
        }
        new_keys.sort_unstable_by_key(|(candidate, _)| *candidate);
        self.insert_keys(db, &new_keys, true).await?;
        self.write_new(db, new, &keys).await
    }

    /// Writes submissions and their answers in the order in which the database has them: otherwise most of its pages are written,
    /// and read back, once for each row that is on them.
    async fn write_new(
        &self,
        db: &mut SqliteConnection,
        mut new: Vec<(Place<'_>, &Submission)>,
        keys: &HashMap<CandidateId, Key>,
    ) -> Result<()> {
        new.sort_unstable_by_key(|(_, submission)| submission.id);
        for some in new.chunks(MOST_AT_ONCE) {
            let rows = some.iter().map(|(at, submission)| self.row(at, submission, &keys[&submission.candidate.id]));
            self.write_submissions(db, rows.collect::<Result<_>>()?).await?;
            let answers = some.iter().flat_map(|(_, one)| one.answers.iter().map(|answer| (one.id, answer)));
            let mut answers: Vec<(SubmissionId, &Answer)> = answers.collect();
            answers.sort_unstable_by_key(|(_, answer)| answer.id);
            self.write_answers(db, &answers).await?;
        }
        Ok(())
    }

    /// Which submissions of a batch are in this library.
    async fn submissions_here(&self, db: &mut SqliteConnection, batch: &Batch) -> Result<HashSet<SubmissionId>> {
        let mut here = HashSet::new();
        for some in batch.submissions.chunks(MOST_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new("select id from submission where id in (");
            let mut list = query.separated(", ");
            some.iter().for_each(|submission| _ = list.push_bind(submission.id.0.as_bytes().to_vec()));
            query.push(")");
            let rows: Vec<Vec<u8>> = query.build_query_scalar().fetch_all(&mut *db).await.map_err(|error| self.unread(error))?;
            here.extend(rows.iter().map(|id| SubmissionId(id_of(id))));
        }
        Ok(here)
    }

    async fn keep_batch_alone(&self, db: &mut SqliteConnection, batch: &Batch) -> Result<bool> {
        let id = batch.id.0.as_bytes().as_slice();
        let here: Option<Vec<u8>> = sqlx::query_scalar("select sealed from batch where id = ?")
            .bind(id)
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.unread(error))?;
        let here = here.map(|sealed| self.batch_alone(id, &sealed)).transpose()?;
        if here.is_some_and(|here| batch_json(&here) == batch_json(batch)) {
            return Ok(false);
        }
        sqlx::query(
            "insert into batch (id, imported_at, sealed) values (?, ?, ?) on conflict (id) do update set sealed = excluded.sealed",
        )
        .bind(id)
        .bind((self.clock)().to_string())
        .bind(seal_batch(&self.key, batch)?)
        .execute(db)
        .await
        .map_err(|error| self.failed(error, 0))?;
        Ok(true)
    }

    /// Keeps a submission that is in this library already.
    async fn keep_changed(
        &self,
        db: &mut SqliteConnection,
        at: &Place<'_>,
        incoming: &Submission,
        key: &Key,
        kept: &mut Kept,
    ) -> Result<()> {
        let row: SubmissionRow = sqlx::query_as("select id, candidate, clear, sealed from submission where id = ?")
            .bind(incoming.id.0.as_bytes().as_slice())
            .fetch_one(&mut *db)
            .await
            .map_err(|error| self.unread(error))?;
        let here = self.submission(db, row).await?;
        let submission = keeping_what_is_here(incoming, &here);
        if same(&submission, &here) {
            return Ok(());
        }
        kept.changed_submissions.push(incoming.id);
        self.write_submissions(db, vec![self.row(at, &submission, key)?]).await?;
        self.keep_answers(db, &submission, &here.answers, key, kept).await
    }

    fn row(&self, at: &Place<'_>, submission: &Submission, key: &Key) -> Result<Row> {
        Ok(Row {
            id: submission.id,
            batch: at.batch.id,
            candidate: submission.candidate.id,
            place: at.place,
            status: status_name(submission.status),
            clear: clear_json(submission),
            sealed: seal_submission(key, submission)?,
        })
    }

    /// At most [`MOST_AT_ONCE`].
    async fn write_submissions(&self, db: &mut SqliteConnection, rows: Vec<Row>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut query = QueryBuilder::<Sqlite>::new("insert into submission (id, batch, candidate, place, status, clear, sealed) ");
        query.push_values(rows, |mut row, one| {
            row.push_bind(one.id.0.as_bytes().to_vec())
                .push_bind(one.batch.0.as_bytes().to_vec())
                .push_bind(one.candidate.0.as_bytes().to_vec())
                .push_bind(one.place as i64)
                .push_bind(one.status)
                .push_bind(one.clear)
                .push_bind(one.sealed);
        });
        query.push(
            " on conflict (id) do update set place = excluded.place, status = excluded.status, clear = excluded.clear, \
             sealed = excluded.sealed",
        );
        query.build().execute(db).await.map(drop).map_err(|error| self.failed(error, 0))
    }

    async fn keep_answers(
        &self,
        db: &mut SqliteConnection,
        submission: &Submission,
        here: &[Answer],
        key: &Key,
        kept: &mut Kept,
    ) -> Result<()> {
        let mut written = Vec::new();
        for answer in &submission.answers {
            match here.iter().find(|old| old.id == answer.id) {
                Some(old) if same(old, answer) => continue,
                Some(old) => {
                    kept.changed_answers.push(answer.id);
                    if old.revision.is_some() && old.revision != answer.revision {
                        self.keep_earlier(db, submission.candidate.id, old, key).await?;
                    }
                }
                None => kept.new_answers.push(answer.id),
            }
            written.push((submission.id, answer));
        }
        self.write_answers(db, &written).await
    }

    async fn write_answers(&self, db: &mut SqliteConnection, answers: &[(SubmissionId, &Answer)]) -> Result<()> {
        for some in answers.chunks(MOST_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new("insert into answer (id, submission, question, state) ");
            query.push_values(some, |mut row, (submission, answer)| {
                row.push_bind(answer.id.0.as_bytes().to_vec())
                    .push_bind(submission.0.as_bytes().to_vec())
                    .push_bind(answer.question.as_str())
                    .push_bind(state_name(&answer.state));
            });
            query.push(" on conflict (id) do update set state = excluded.state");
            query.build().execute(&mut *db).await.map_err(|error| self.failed(error, 0))?;
        }
        Ok(())
    }

    /// Keeps what an answer was before its new recording, so that what was judged can still be heard.
    pub(super) async fn keep_earlier(
        &self,
        db: &mut SqliteConnection,
        candidate: CandidateId,
        old: &Answer,
        key: &Key,
    ) -> Result<()> {
        sqlx::query("insert into earlier_answer (answer, candidate, sealed) values (?, ?, ?)")
            .bind(old.id.0.as_bytes().as_slice())
            .bind(candidate.0.as_bytes().as_slice())
            .bind(seal_answer(key, old)?)
            .execute(db)
            .await
            .map(drop)
            .map_err(|error| self.failed(error, 0))
    }
}
