//! What became of files that were awaited: kept for many of them in one transaction, after their names are on disk.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use sqlx::SqliteConnection;

use super::awaited::{Awaited, AwaitedFor};
use super::catalogue::with_place;
use super::coming::Place;
use super::object::blocking;
use super::open::Inner;
use super::seal::Key;
use super::stored_batch::{clear_json, same, seal_submission, state_name, status_name};
use super::vault::{Shelf, sync_folder};
use super::{Library, LibraryError, Result};
use crate::interview::{Answer, AnswerId, CandidateId, Digest, Submission, SubmissionId};
use crate::text::SafeText;

/// A file that was awaited, and what became of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Settling {
    /// The file.
    pub file: Awaited,
    /// What became of it.
    pub became: Became,
}

/// What became of a file that was awaited.
#[derive(Clone, PartialEq, Debug)]
pub enum Became {
    /// Its answer is this now; the transcript stays the one that is here.
    Answer(Box<Answer>),
    /// The transcript of its answer has this name.
    Transcript(SafeText),
    /// A document of this digest and of so many bytes.
    Document(Digest, u64),
}

impl Library {
    /// Keeps what became of files, and forgets how far they had come; all is on disk when it returns. Says of each whether a new
    /// recording took the place of another, which is kept as an earlier one.
    ///
    /// # Errors
    /// For all, where nothing can be kept; for one alone, where its person was erased or its answer is not here.
    pub async fn settle(&self, all: &[Arc<Settling>]) -> Result<Vec<Result<bool>>> {
        let inner = &*self.inner;
        let people: BTreeSet<CandidateId> = all.iter().map(|one| one.file.candidate).collect();
        let keys = inner.own_keys(&mut *inner.reader().await?, people.iter().copied()).await?;
        let shelves = keys.into_iter().map(|(candidate, key)| Shelf::new(&inner.folder, candidate, key));
        let shelves: Vec<Shelf> = shelves.collect();
        self.sync_names(&shelves).await?;
        let bytes = all.len() as u64 * 4096;
        let mut results = Vec::with_capacity(all.len());
        let mut changed = BTreeSet::new();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        // Once more, and for all at once: someone may have been erased since.
        let keys = inner.own_keys(&mut transaction, people).await?;
        for one in all {
            match inner.settle_one(&mut transaction, one, keys.get(&one.file.candidate)).await {
                Ok(settled) => {
                    changed.extend(settled.is_changed.then_some(one.file.batch));
                    results.push(Ok(settled.is_new_recording));
                }
                // Nothing was written of it.
                Err(error @ (LibraryError::Erased(_) | LibraryError::NotKept { .. })) => results.push(Err(error)),
                Err(error) => return Err(error),
            }
        }
        for batch in changed {
            inner.renew(&mut transaction, batch).await?;
        }
        inner.commit(transaction, bytes).await?;
        drop(db);
        let kept = all.iter().zip(&results).filter(|(_, result)| result.is_ok()).map(|(one, _)| &one.file);
        let place = |file: &Awaited| {
            let shelf = shelves.iter().find(|shelf| shelf.candidate == file.candidate)?;
            Some(Place::of(&inner.folder, shelf, &file.name()))
        };
        let places: Vec<Place> = kept.filter_map(place).collect();
        blocking(move || places.iter().try_for_each(Place::clear)).await?;
        Ok(results)
    }

    /// Makes the names of files that have arrived outlive a power cut, before anybody is told of them.
    async fn sync_names(&self, shelves: &[Shelf]) -> Result<()> {
        let vault = self.inner.folder.join("vault");
        let folders: Vec<PathBuf> = shelves.iter().map(|shelf| shelf.folder().to_owned()).chain([vault]).collect();
        blocking(move || {
            let mut there = folders.iter().filter(|folder| folder.exists());
            there.try_for_each(|folder| sync_folder(folder).map_err(|error| LibraryError::write(folder, 0, error)))
        })
        .await
    }
}

/// What keeping one of them changed.
struct Settled {
    is_changed: bool,
    is_new_recording: bool,
}

impl Inner {
    /// `key` is the person's, where there is one.
    async fn settle_one(&self, db: &mut SqliteConnection, one: &Settling, key: Option<&Key>) -> Result<Settled> {
        // Someone who was erased has no key, and gets none.
        let key = match key {
            Some(key) => key.clone(),
            None => self.person_or_new(db, one.file.candidate).await?,
        };
        let settled = match one.file.of {
            AwaitedFor::Document(submission, index) => {
                let is_changed = self.settle_document(db, (submission, index), &one.became, key).await?;
                Settled { is_changed, is_new_recording: false }
            }
            AwaitedFor::Recording(answer) | AwaitedFor::Transcript(answer) => self.settle_answer(db, answer, one, key).await?,
        };
        self.await_no_more(db, &one.file).await?;
        Ok(settled)
    }

    async fn settle_answer(&self, db: &mut SqliteConnection, id: AnswerId, one: &Settling, key: Key) -> Result<Settled> {
        // Read while nobody else writes: another answer of the same person may have come a moment ago.
        let row = self.row_of(db, id).await?;
        let (mut submission, place) = with_place(self.submission_under(Some(key.clone()), row)?, id)?;
        let old = submission.answers[place].clone();
        let answer = match &one.became {
            // Its transcript may have come while it was measured.
            Became::Answer(answer) => Answer { transcript: old.transcript.clone(), ..(**answer).clone() },
            Became::Transcript(name) => Answer { transcript: Some(name.clone()), ..old.clone() },
            Became::Document(..) => old.clone(),
        };
        let is_new_recording = old.revision.is_some() && answer.revision.is_some() && old.revision != answer.revision;
        let is_changed = !same(&old, &answer);
        if is_changed {
            if is_new_recording {
                self.keep_earlier(db, submission.candidate.id, &old, &key).await?;
            }
            submission.answers[place] = answer.clone();
            self.rewrite(db, &submission, &key).await?;
            self.write_state(db, &answer).await?;
        }
        self.note_fetched(db, &key, &one.file, &answer).await?;
        Ok(Settled { is_changed, is_new_recording })
    }

    /// Says whether something changed.
    async fn settle_document(
        &self,
        db: &mut SqliteConnection,
        of: (SubmissionId, usize),
        became: &Became,
        key: Key,
    ) -> Result<bool> {
        let Became::Document(digest, bytes) = became else { return Ok(false) };
        let row = sqlx::query_as("select id, candidate, clear, sealed from submission where id = ?")
            .bind(of.0.0.as_bytes().as_slice())
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.unread(error))?;
        let Some(row) = row else { return Ok(false) };
        let mut submission = self.submission_under(Some(key.clone()), row)?;
        let Some(media) = submission.documents.get_mut(of.1).and_then(|document| document.media.as_mut()) else {
            return Ok(false);
        };
        (media.digest, media.bytes) = (Some(*digest), Some(*bytes));
        self.rewrite(db, &submission, &key).await?;
        Ok(true)
    }

    pub(super) async fn write_state(&self, db: &mut SqliteConnection, answer: &Answer) -> Result<()> {
        let written = sqlx::query("update answer set state = ? where id = ?")
            .bind(state_name(&answer.state))
            .bind(answer.id.0.as_bytes().as_slice());
        written.execute(db).await.map(drop).map_err(|error| self.failed(error, 0))
    }

    /// Writes a submission that is here in the place of what it was.
    pub(super) async fn rewrite(&self, db: &mut SqliteConnection, submission: &Submission, key: &Key) -> Result<()> {
        sqlx::query("update submission set status = ?, clear = ?, sealed = ? where id = ?")
            .bind(status_name(submission.status))
            .bind(clear_json(submission))
            .bind(seal_submission(key, submission)?)
            .bind(submission.id.0.as_bytes().as_slice())
            .execute(db)
            .await
            .map(drop)
            .map_err(|error| self.failed(error, 0))
    }
}
