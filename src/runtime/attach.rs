//! Finding a rubric, and attaching it to a batch.

use std::path::Path;

use crate::interview::{Batch, BatchId, EventId, Problem, QuestionId};
use crate::journal::{Act, Draft};
use crate::library::{Library, LibraryError, RubricKept};
use crate::rubric::{self, Rubric};

/// A rubric's text, and what was read from it.
#[derive(Clone, Debug)]
pub struct Source {
    /// The TOML as its author wrote it.
    pub text: String,
    /// The rubric.
    pub rubric: Rubric,
    /// What is worth a second look in it.
    pub warnings: Vec<Problem>,
}

/// Reads a rubric: a shipped one by its name, else a file. Returns every mistake at once.
///
/// What is written as a path, or with `.toml`, and is there, is that file and not a shipped rubric of the same name.
pub fn find_rubric(named: &str) -> Result<Source, Vec<Problem>> {
    let path = Path::new(named);
    let is_path = path.extension().is_some() || path.components().count() > 1;
    let (file, text) = match rubric::shipped_as(named).filter(|_| !(is_path && path.is_file())) {
        Some(shipped) => (shipped.file.to_owned(), shipped.text.to_owned()),
        None => (named.to_owned(), read_file(named)?),
    };
    let reading = Rubric::read(&file, &text)?;
    Ok(Source { text, rubric: reading.rubric, warnings: reading.warnings })
}

fn read_file(named: &str) -> Result<String, Vec<Problem>> {
    let names = || rubric::shipped().iter().map(|shipped| shipped.name).collect::<Vec<_>>().join(", ");
    std::fs::read_to_string(named).map_err(|error| {
        let remedy = format!("name a file in TOML, or one of the shipped rubrics: {}", names());
        vec![Problem::fatal(named, "", &format!("it cannot be read: {error}"), &remedy)]
    })
}

/// Keeps the rubric and writes that it is attached; `map` ties the batch's questions to the rubric's.
pub async fn attach(
    library: &Library,
    batch: BatchId,
    source: &Source,
    map: Vec<(QuestionId, QuestionId)>,
) -> Result<(), LibraryError> {
    let rubric = &source.rubric;
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

/// An act of a command, with an id of its own.
pub fn draft(batch: Option<BatchId>, act: Act) -> Draft {
    Draft { id: EventId(uuid::Uuid::now_v7()), batch, subject: None, base: None, act }
}

/// Whether a batch has scores under another scoring hash, so that this rubric cannot take its place.
pub fn conflicts(batch: &Batch, entries: &[crate::journal::Event], rubric: &Rubric) -> Option<crate::interview::Digest> {
    let record = crate::scorecard::Record::fold(batch, entries);
    let attached = record.attachment.as_ref()?.rubric_hash;
    let scored = record.works.values().any(|work| !work.ratings.is_empty());
    (scored && attached != rubric.scoring_hash()).then_some(attached)
}
