//! Finding a rubric, and attaching it to a batch.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::interview::{Batch, BatchId, Digest, EventId, Problem, QuestionId};
use crate::journal::{Act, Draft};
use crate::library::{Library, LibraryError, RubricKept};
use crate::protocol::clip_answer;
use crate::rubric::{self, Checked, Rubric};
use crate::scorecard::{Attachment, Record};
use crate::source::{self, ClipFault, Readers};
use crate::text::not_utf8;

/// A rubric's text, and what was read from it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The TOML as its author wrote it.
    pub text: String,
    /// The rubric.
    pub rubric: Rubric,
    /// What is worth a second look in it.
    pub warnings: Vec<Problem>,
    /// Where its anchor clips lie: the folder of its file; none for a shipped one.
    pub folder: Option<PathBuf>,
}

/// Reads a rubric: a shipped one by its name, else a file. Returns every mistake at once.
///
/// What is written as a path, or with `.toml`, and is there, is that file and not a shipped rubric of the same name.
pub fn find_rubric(named: &str) -> Result<Source, Vec<Problem>> {
    let (file, text, folder) = find_text(named)?;
    let reading = Rubric::read(&file, &text)?;
    Ok(Source { text, rubric: reading.rubric, warnings: reading.warnings, folder })
}

/// Everything that there is to say about a rubric, found as [`find_rubric`] finds it.
pub fn check_rubric(named: &str) -> Checked {
    match find_text(named) {
        Ok((file, text, _)) => Rubric::check(&file, &text),
        Err(problems) => Checked { rubric: None, problems },
    }
}

/// What problems call the rubric, its text, and the folder that it lies in.
fn find_text(named: &str) -> Result<(String, String, Option<PathBuf>), Vec<Problem>> {
    let path = Path::new(named);
    let is_path = path.extension().is_some() || path.components().count() > 1;
    match rubric::shipped_as(named).filter(|_| !(is_path && path.is_file())) {
        Some(shipped) => Ok((shipped.file.to_owned(), shipped.text.to_owned(), None)),
        None => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            Ok((named.to_owned(), read_file(named)?, Some(folder.to_owned())))
        }
    }
}

/// The largest rubric file that is read.
const LARGEST: u64 = 1 << 20;

fn read_file(named: &str) -> Result<String, Vec<Problem>> {
    let names = || rubric::shipped().iter().map(|shipped| shipped.name).collect::<Vec<_>>().join(", ");
    let bytes = bounded(Path::new(named)).map_err(|error| {
        let remedy = format!("name a file in TOML, or one of the shipped rubrics: {}", names());
        vec![Problem::fatal(named, "", &format!("it cannot be read: {error}"), &remedy).coded("unreadable")]
    })?;
    if let Some((line, reason)) = not_utf8(&bytes) {
        return Err(vec![Problem::fatal(named, &format!("line {line}"), &reason, "save it as UTF-8").coded("encoding")]);
    }
    Ok(String::from_utf8(bytes).expect("it was just found to be UTF-8"))
}

/// Reads a regular file of at most [`LARGEST`] bytes: a pipe could wait for ever, a device never end.
fn bounded(path: &Path) -> io::Result<Vec<u8>> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    let mut file = std::fs::File::open(path)?.take(LARGEST + 1);
    file.read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

/// Why a rubric is not attached.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// There are scores that could not stand under it.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// Its anchor clips cannot be taken.
    #[error("{} of its anchor clips cannot be taken", .0.len())]
    Clips(Vec<Problem>),
    /// The library.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// Why a rubric cannot take the place of the one that is attached. Says nothing of who gave scores.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Conflict {
    /// Scores under two scoring hashes can never stand in one table.
    #[error("there are scores under the scoring hash {}, this rubric has {}", attached.short(), offered.short())]
    Rubric {
        /// The hash under which there are scores.
        attached: Digest,
        /// The rubric's.
        offered: Digest,
    },
    /// A score would come to stand for another question.
    #[error("there are scores, given with the questions tied in another way")]
    Questions,
}

/// Keeps the rubric and writes that it is attached; `map` ties the batch's questions to the rubric's.
///
/// # Errors
/// When there are scores that could not stand under it, or the library cannot write.
pub async fn attach(
    library: &Library,
    batch: BatchId,
    source: &Source,
    map: Vec<(QuestionId, QuestionId)>,
) -> Result<(), AttachError> {
    let rubric = &source.rubric;
    conflicts(&library.batch(batch).await?, &library.events(batch).await?, rubric, Some(&map))?;
    keep_clips(library, source, Readers::here()).await?;
    let (scoring_hash, text_hash) = (rubric.scoring_hash(), rubric.text_hash());
    let kept = RubricKept {
        id: rubric.id.clone(),
        version: rubric.version.raw().to_owned(),
        scoring_hash,
        text_hash,
        source: source.text.clone(),
    };
    library.keep_rubric(&kept).await?;
    let act = Act::Attached { rubric_hash: scoring_hash, text_hash, map };
    library.append(vec![draft(Some(batch), act)]).await?;
    Ok(())
}

/// Takes in the anchor clips of a rubric that calibrates by them; what is kept already is taken again, in case it changed.
///
/// # Errors
/// Names every clip that cannot be read or played; when the library cannot write.
pub async fn keep_clips(library: &Library, source: &Source, readers: Readers) -> Result<(), AttachError> {
    let rubric = &source.rubric;
    if rubric.protocol.calibration.is_none() {
        return Ok(());
    }
    let (mut problems, nowhere) = (Vec::new(), PathBuf::new());
    for clip in &rubric.anchor_clips {
        let folder = source.folder.as_ref().unwrap_or(&nowhere);
        let problem = |reason: &str, remedy: &str| {
            let place = format!("anchor clip \"{}\"", clip.id);
            Problem::fatal(clip.media.as_str(), &place, reason, remedy).coded("anchor-clip")
        };
        match source::keep_clip(library, clip_answer(rubric, clip), folder, clip.media.raw(), readers).await {
            Ok(()) => {}
            Err(ClipFault::Unusable(fault)) => problems.push(problem(&fault.reason, &fault.remedy)),
            Err(ClipFault::Library(error)) => return Err(error.into()),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(AttachError::Clips(problems)) }
}

/// An act of a command, with an id of its own.
pub fn draft(batch: Option<BatchId>, act: Act) -> Draft {
    Draft { id: EventId(uuid::Uuid::now_v7()), batch, subject: None, base: None, act }
}

/// Whether a batch has scores that cannot stand under this rubric, tied to its questions by `map` where that is known already.
///
/// # Errors
/// Says which of the two stands in the way.
pub fn conflicts(
    batch: &Batch,
    entries: &[crate::journal::Event],
    rubric: &Rubric,
    map: Option<&[(QuestionId, QuestionId)]>,
) -> Result<(), Conflict> {
    let record = Record::fold(batch, entries);
    let scored = record.works.values().any(|work| !work.ratings.is_empty());
    let Some(before) = record.attachment.filter(|_| scored) else { return Ok(()) };
    let offered = rubric.scoring_hash();
    if before.rubric_hash != offered {
        return Err(Conflict::Rubric { attached: before.rubric_hash, offered });
    }
    let Some(map) = map else { return Ok(()) };
    let after = Attachment { map: map.to_vec(), ..before.clone() };
    // A map may also be left out, or in another order: what counts is what each question is scored as.
    let tied = |to: &Attachment, question: &QuestionId| {
        to.rubric_question(question).filter(|id| rubric.questions.iter().any(|known| known.id == **id)).cloned()
    };
    let moved = batch.interview.questions.iter().any(|question| tied(&before, &question.id) != tied(&after, &question.id));
    if moved { Err(Conflict::Questions) } else { Ok(()) }
}

#[cfg(test)]
mod tests;
