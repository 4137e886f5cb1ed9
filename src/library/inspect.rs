//! Everything that is kept opened and compared with what was put there: what is damaged or missing, and what that means.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::SqliteConnection;

use super::catalogue::{SubmissionRow, id_of};
use super::object::blocking;
use super::open::Inner;
use super::vault::{self, Shelf};
use super::{Content, Library, LibraryError, Result};
use crate::interview::{Answer, AnswerId, BatchId, CandidateId, Digest, Submission, SubmissionId};

/// What is wrong with something that is kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// It is not what was put there.
    Damaged,
    /// It should be there, and is not.
    Missing,
    /// It cannot be read, for the system's reason.
    Unread(String),
    /// Nobody who is known has a key for it.
    Stranger,
}

/// One thing that is not as it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// What is wrong with it.
    pub fault: Fault,
    /// What it is, in words and ids: no name is in it.
    pub what: String,
    /// The file, from the library's folder on; none for what lies in the database.
    pub path: Option<PathBuf>,
    /// The batch it belongs to.
    pub batch: Option<BatchId>,
    /// The submission.
    pub submission: Option<SubmissionId>,
    /// The answer.
    pub answer: Option<AnswerId>,
    /// What does not work because of it, and what still does.
    pub affects: &'static str,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        if let Some(path) = self.path.as_ref().filter(|path| !self.what.contains(&*path.to_string_lossy())) {
            write!(f, " ({})", path.display())?;
        }
        match &self.fault {
            Fault::Damaged => f.write_str(" is damaged"),
            Fault::Missing => f.write_str(" is missing"),
            Fault::Unread(why) => write!(f, " cannot be read: {why}"),
            Fault::Stranger => f.write_str(" belongs to nobody who is known"),
        }
    }
}

/// What was looked at, and what is wrong.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Inspection {
    /// Files of the vault.
    pub files: usize,
    /// Bytes in them, as they lie on disk.
    pub bytes: u64,
    /// Transcripts, descriptions of submissions and measurements in the database.
    pub records: usize,
    /// Recordings that were put away, to be fetched again or because their date had passed.
    pub put_away: usize,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
}

/// Told how many bytes of how many were looked at.
pub type Told = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// What a file of the vault is, so that it can be called by that.
#[derive(Clone)]
struct Known {
    what: String,
    batch: BatchId,
    submission: SubmissionId,
    answer: Option<AnswerId>,
    affects: &'static str,
}

const NO_RECORDING: &str = "the answer cannot be played; its ratings, notes and transcript are not touched";
const NO_EARLIER: &str = "a recording that was replaced cannot be heard any more; the newer one is not touched";
const NO_DOCUMENT: &str = "the document cannot be opened; answers and ratings are not touched";
const NO_TRANSCRIPT: &str = "the words beside the answer cannot be shown or searched; it can be heard";
const NO_RECORD: &str = "whose submission it is and what is in it cannot be read; the journal is not touched";
const NO_MEASURE: &str = "nothing is lost: it is measured again when the batch is imported or fetched again";
const NO_BATCH: &str = "nothing of this batch can be opened; the journal is not touched";
const NO_KEY: &str = "nothing of this person can be opened; other people are not touched";
const NOTHING: &str = "nothing that is known uses it";

impl Library {
    /// Opens every file of the vault and every transcript; says what is damaged or missing, in ids. Nothing is held whole.
    pub async fn check_vault(&self) -> Result<Vec<String>> {
        let inspection = self.inspect(Arc::new(|_, _| {})).await?;
        Ok(inspection.findings.iter().map(Finding::to_string).collect())
    }

    /// The same with what each finding means, and what was looked at; `told` hears how far it is.
    ///
    /// # Errors
    /// Where the database or the folder cannot be read at all.
    pub async fn inspect(&self, told: Told) -> Result<Inspection> {
        let inner = &*self.inner;
        let mut inspection = Inspection { put_away: self.put_away().await?.len(), ..Inspection::default() };
        let mut known = BTreeMap::new();
        let mut reader = inner.reader().await?;
        inner.inspect_batches(&mut reader, &mut inspection).await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select id, batch from submission")
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        for (id, batch) in rows {
            let (id, batch) = (SubmissionId(id_of(&id)), BatchId(id_of(&batch)));
            inspection.records += 1;
            match inner.submission_with(&mut reader, id).await {
                Ok(Some(submission)) => self.expect(batch, &submission, &mut known, &mut inspection).await?,
                Ok(None) => {}
                Err(error) => {
                    let what = format!("the description of submission {id}");
                    inspection.note(fault_of(error)?, what, Some((batch, id)), NO_RECORD);
                }
            }
        }
        drop(reader);
        let (looked_at, damaged) = self.damaged_prepared().await?;
        inspection.records += looked_at;
        if damaged > 0 {
            let what = format!("what was measured of {damaged} recordings");
            inspection.note(Fault::Damaged, what, None, NO_MEASURE);
        }
        let shelves = self.shelves(&mut inspection).await?;
        let (library, away) = (inner.folder.clone(), self.put_away().await?);
        known.retain(|path, _| !away.contains(path) || library.join(path).exists());
        let looked = blocking(move || look_through(&library, &shelves, known, &*told)).await?;
        inspection.files = looked.files;
        inspection.bytes = looked.bytes;
        inspection.findings.extend(looked.findings);
        Ok(inspection)
    }

    /// Notes where the files of a submission lie, and reads its transcripts.
    async fn expect(
        &self,
        batch: BatchId,
        submission: &Submission,
        known: &mut BTreeMap<PathBuf, Known>,
        inspection: &mut Inspection,
    ) -> Result<()> {
        // A person's key that cannot be read is named by itself.
        let Ok(Some(shelf)) = self.shelf(submission.candidate.id).await else { return Ok(()) };
        let mut file = |content, digest: Digest, what: String, answer, affects| {
            let path = shelf.path(content, digest);
            let path = path.strip_prefix(&self.inner.folder).map(Path::to_owned).unwrap_or(path);
            known.entry(path).or_insert(Known { what, batch, submission: submission.id, answer, affects });
        };
        for (nth, document) in submission.documents.iter().enumerate() {
            if let Some(digest) = document.media.as_ref().and_then(|media| media.digest) {
                let what = format!("document {} in submission {}", nth + 1, submission.id);
                file(Content::Document, digest, what, None, NO_DOCUMENT);
            }
        }
        for answer in &submission.answers {
            let of = |part: &str| format!("the {part} of answer {} in submission {}", answer.question, submission.id);
            let digest = |answer: &Answer| answer.media.as_ref().and_then(|media| media.digest);
            if let Some(digest) = digest(answer).filter(|_| answer.state.is_reviewable()) {
                file(Content::Recording, digest, of("recording"), Some(answer.id), NO_RECORDING);
            }
            let at = Some((batch, submission.id));
            match self.earlier_answers(answer.id).await {
                Ok(earlier) => earlier.iter().filter_map(digest).for_each(|digest| {
                    file(Content::Recording, digest, of("earlier recording"), Some(answer.id), NO_EARLIER);
                }),
                Err(error) => inspection.note(fault_of(error)?, of("earlier recording"), at, NO_EARLIER),
            }
            inspection.records += 1;
            if let Err(error) = self.transcript(answer.id).await {
                let mut finding = inspection.made(fault_of(error)?, of("transcript"), at, NO_TRANSCRIPT);
                finding.answer = Some(answer.id);
                inspection.findings.push(finding);
            }
        }
        Ok(())
    }

    /// Everyone's part of the vault, by its folder; a key that cannot be read is named.
    async fn shelves(&self, inspection: &mut Inspection) -> Result<BTreeMap<PathBuf, Shelf>> {
        let inner = &*self.inner;
        let rows: Vec<Vec<u8>> = sqlx::query_scalar("select candidate from person_key where own = 1")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        let mut shelves = BTreeMap::new();
        for candidate in rows.iter().map(|bytes| CandidateId(id_of(bytes))) {
            match self.shelf(candidate).await {
                Ok(shelf) => shelves.extend(shelf.map(|shelf| (shelf.folder().to_owned(), shelf))),
                Err(error) => inspection.note(fault_of(error)?, format!("the key of candidate {candidate}"), None, NO_KEY),
            }
        }
        Ok(shelves)
    }
}

impl Inspection {
    fn made(&self, fault: Fault, what: String, at: Option<(BatchId, SubmissionId)>, affects: &'static str) -> Finding {
        let (batch, submission) = at.unzip();
        Finding { fault, what, path: None, batch, submission, answer: None, affects }
    }

    fn note(&mut self, fault: Fault, what: String, at: Option<(BatchId, SubmissionId)>, affects: &'static str) {
        let finding = self.made(fault, what, at, affects);
        self.findings.push(finding);
    }
}

impl Inner {
    async fn inspect_batches(&self, db: &mut SqliteConnection, inspection: &mut Inspection) -> Result<()> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("select id, sealed from batch").fetch_all(db).await.map_err(|error| self.unread(error))?;
        for (id, sealed) in rows {
            inspection.records += 1;
            if let Err(error) = self.batch_alone(&id, &sealed) {
                let mut finding = inspection.made(fault_of(error)?, format!("batch {}", id_of(&id)), None, NO_BATCH);
                finding.batch = Some(BatchId(id_of(&id)));
                inspection.findings.push(finding);
            }
        }
        Ok(())
    }

    /// One submission by its id.
    pub(super) async fn submission_with(&self, db: &mut SqliteConnection, id: SubmissionId) -> Result<Option<Submission>> {
        let row: Option<SubmissionRow> = sqlx::query_as("select id, candidate, clear, sealed from submission where id = ?")
            .bind(id.0.as_bytes().as_slice())
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.unread(error))?;
        match row {
            Some(row) => self.submission(db, row).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Damage is a finding; anything else ends the work.
fn fault_of(error: LibraryError) -> Result<Fault> {
    match error {
        LibraryError::Damaged { .. } => Ok(Fault::Damaged),
        error => Err(error),
    }
}

fn look_through(
    library: &Path,
    shelves: &BTreeMap<PathBuf, Shelf>,
    mut known: BTreeMap<PathBuf, Known>,
    told: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<Inspection> {
    let files = vault::files(library)?;
    let size = |file: &PathBuf| std::fs::metadata(library.join(file)).map_or(0, |meta| meta.len());
    let total = files.iter().map(size).sum();
    let mut looked = Inspection { files: files.len(), bytes: total, ..Inspection::default() };
    let mut done = 0;
    for file in files {
        let path = library.join(&file);
        let fault = match path.parent().and_then(|folder| shelves.get(folder)).map(|shelf| shelf.is_whole(&path)) {
            Some(Ok(true)) => None,
            Some(Ok(false)) => Some(Fault::Damaged),
            Some(Err(error)) => Some(Fault::Unread(error.to_string())),
            None => Some(Fault::Stranger),
        };
        done += size(&file);
        told(done, total);
        let known = known.remove(&file);
        looked.findings.extend(fault.map(|fault| finding(fault, Some(file), known)));
    }
    looked.findings.extend(known.into_iter().map(|(file, known)| finding(Fault::Missing, Some(file), Some(known))));
    Ok(looked)
}

fn finding(fault: Fault, path: Option<PathBuf>, known: Option<Known>) -> Finding {
    let Some(Known { what, batch, submission, answer, affects }) = known else {
        let what = path.as_ref().map_or_else(String::new, |path| path.display().to_string());
        return Finding { fault, what, path, batch: None, submission: None, answer: None, affects: NOTHING };
    };
    Finding { fault, what, path, batch: Some(batch), submission: Some(submission), answer, affects }
}
