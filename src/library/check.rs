//! Whether the library is whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sqlx::SqliteConnection;

use super::catalogue::id_of;
use super::object::blocking;
use super::open::Inner;
use super::vault::{self, Shelf};
use super::{Content, Library, LibraryError, Result};
use crate::interview::{Answer, CandidateId, Submission};

/// How long opening may look for damage; a large library is looked at in full by [`Library::check`].
const QUICKLY: Duration = Duration::from_millis(100);
/// SQLite's code for a statement that was stopped.
const INTERRUPTED: &str = "9";

/// What a full check found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Health {
    /// Events whose chain holds.
    pub events: usize,
    /// Files that lie in the vault.
    pub objects: usize,
    /// What is damaged, in words.
    pub complaints: Vec<String>,
}

impl Library {
    /// Checks the whole database and every stream of the journal, and counts the vault; for `earmark doctor`.
    pub async fn check(&self) -> Result<Health> {
        let mut health = Health { objects: vault::files(&self.inner.folder)?.len(), ..Health::default() };
        let mut reader = self.inner.readers.acquire().await.map_err(|error| self.inner.unread(error))?;
        let lines: Vec<String> =
            sqlx::query_scalar("pragma integrity_check").fetch_all(&mut *reader).await.map_err(|error| self.inner.unread(error))?;
        health.complaints.extend(lines.into_iter().filter(|line| line != "ok"));
        let whole = self.whole_streams().await?;
        for (writer, stream) in self.streams().await? {
            let verify = if whole.contains(&writer) { crate::journal::verify } else { crate::journal::verify_known };
            match verify(writer, &stream) {
                Ok(headers) => health.events += headers.len(),
                Err(error) => health.complaints.push(error.to_string()),
            }
        }
        Ok(health)
    }
}

impl Library {
    /// Looks for damage in the database for a tenth of a second at most, as opening it does.
    ///
    /// # Errors
    /// [`LibraryError::Damaged`], or that it cannot be read.
    pub async fn look_for_damage(&self) -> Result<()> {
        let mut reader = self.inner.reader().await?;
        quickly(&self.inner, &mut reader).await
    }

    /// Opens every file of the vault and every transcript; says what is damaged or missing, in ids. Nothing is held whole.
    pub async fn check_vault(&self) -> Result<Vec<String>> {
        let (mut complaints, mut known) = (Vec::new(), BTreeMap::new());
        for summary in self.summaries().await? {
            let batch = match self.batch(summary.id).await {
                Err(error @ LibraryError::Damaged { .. }) => {
                    complaints.push(error.to_string());
                    continue;
                }
                batch => batch?,
            };
            for submission in &batch.submissions {
                for answer in &submission.answers {
                    self.expect(submission, answer, &mut known, &mut complaints).await?;
                }
            }
        }
        let damaged = self.damaged_prepared().await?;
        if damaged > 0 {
            complaints.push(format!("what was measured of {damaged} recordings is damaged; importing again measures them anew"));
        }
        let mut shelves = BTreeMap::new();
        for candidate in self.inner.candidates().await? {
            if let Some(shelf) = self.shelf(candidate).await? {
                shelves.insert(shelf.folder().to_owned(), shelf);
            }
        }
        let library = self.inner.folder.clone();
        complaints.extend(blocking(move || look_through(&library, &shelves, known)).await?);
        Ok(complaints)
    }

    /// Notes where an answer's recording lies, and reads its transcript.
    async fn expect(
        &self,
        submission: &Submission,
        answer: &Answer,
        known: &mut BTreeMap<PathBuf, String>,
        complaints: &mut Vec<String>,
    ) -> Result<()> {
        let what = |part: &str| format!("the {part} of answer {} in submission {}", answer.question, submission.id);
        let digest = answer.media.as_ref().and_then(|media| media.digest).filter(|_| answer.state.is_reviewable());
        if let Some(digest) = digest
            && let Some(path) = self.object_path(submission.candidate.id, Content::Recording, digest).await?
        {
            known.insert(path, what("recording"));
        }
        match self.transcript(answer.id).await {
            Err(LibraryError::Damaged { .. }) => complaints.push(format!("{} is damaged", what("transcript"))),
            other => drop(other?),
        }
        Ok(())
    }
}

impl Inner {
    async fn candidates(&self) -> Result<Vec<CandidateId>> {
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("select candidate from person_key where own = 1")
            .fetch_all(&mut *self.reader().await?)
            .await
            .map_err(|error| self.unread(error))?;
        Ok(rows.iter().map(|bytes| CandidateId(id_of(bytes))).collect())
    }
}

fn look_through(library: &Path, shelves: &BTreeMap<PathBuf, Shelf>, mut known: BTreeMap<PathBuf, String>) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for file in vault::files(library)? {
        let path = library.join(&file);
        let what = known.remove(&path).map_or_else(|| file.display().to_string(), |what| format!("{what} ({})", file.display()));
        match path.parent().and_then(|folder| shelves.get(folder)).map(|shelf| shelf.is_whole(&path)) {
            Some(Ok(true)) => {}
            Some(Ok(false)) => complaints.push(format!("{what} is damaged")),
            Some(Err(error)) => complaints.push(format!("{what} cannot be read: {error}")),
            None => complaints.push(format!("{what} belongs to nobody who is known")),
        }
    }
    complaints.extend(known.into_values().map(|what| format!("{what} is missing")));
    Ok(complaints)
}

/// Looks for damage for a tenth of a second at most.
pub(super) async fn quickly(inner: &Inner, db: &mut SqliteConnection) -> Result<()> {
    let until = Instant::now() + QUICKLY;
    let failed = |error| inner.unread(error);
    db.lock_handle().await.map_err(failed)?.set_progress_handler(10_000, move || Instant::now() < until);
    let found = sqlx::query_scalar::<_, String>("pragma quick_check(1)").fetch_one(&mut *db).await;
    db.lock_handle().await.map_err(failed)?.remove_progress_handler();
    match found {
        Ok(line) if line == "ok" => Ok(()),
        Ok(_) => Err(LibraryError::Damaged { what: "the library's database".into(), path: inner.database() }),
        Err(error) if error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(INTERRUPTED)) => Ok(()),
        Err(error) => Err(inner.unread(error)),
    }
}
