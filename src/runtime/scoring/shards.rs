//! Results that travel: one JSON object a line, a job and what came out of it, so that processes which share nothing but the bundle can
//! divide a batch.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Scoring;
use crate::library::LibraryError;
use crate::scorer::reader::Outcome;
use crate::scorer::said::Said;
use crate::scorer::{Job, Step};
use crate::sound::Prepared;

/// One job with its result.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// What was done.
    pub job: Job,
    /// What came out.
    pub result: Value,
}

impl Line {
    /// Whether the result is of the kind that the step gives.
    fn is_sound(&self) -> bool {
        match self.job.step {
            Step::Recording => Prepared::deserialize(&self.result).is_ok_and(|prepared| prepared.is_current()),
            Step::Words => Said::deserialize(&self.result).is_ok(),
            Step::Reader => Outcome::deserialize(&self.result).is_ok(),
        }
    }

    pub(super) fn new(job: &Job, result: &impl Serialize) -> Self {
        Line { job: job.clone(), result: serde_json::to_value(result).expect("results have string keys") }
    }
}

/// A line that is no result.
#[derive(Debug, thiserror::Error)]
#[error("{path}, line {line}: {reason}")]
pub struct ShardFileError {
    /// The file.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub reason: String,
}

/// What was taken from shards.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TakenIn {
    /// Results that were kept.
    pub kept: usize,
    /// Results of answers that are not in this batch, or that were made of something else than what is here.
    pub foreign: usize,
}

/// Reads one line; empty ones say nothing.
///
/// # Errors
/// When it is no result.
pub fn read_line(path: &Path, number: usize, text: &str) -> Result<Option<Line>, ShardFileError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let wrong = |error: serde_json::Error| ShardFileError { path: path.to_owned(), line: number, reason: error.to_string() };
    serde_json::from_str(text).map(Some).map_err(wrong)
}

impl Scoring<'_> {
    /// Keeps results that fit to what is in this library: made of the same recording or transcript, by the same version of the step.
    ///
    /// # Errors
    /// When the library cannot be read or written.
    pub async fn take(&self, lines: &[Line]) -> Result<TakenIn, LibraryError> {
        let mut taken = TakenIn::default();
        let (recordings, others): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|line| line.job.step == Step::Recording);
        // A transcript's times are read by the recording's length, which comes first therefore.
        for line in recordings.into_iter().chain(others) {
            let place = self.batch.answer(line.job.answer);
            let fits = match place {
                Some((submission, answer)) => line.is_sound() && self.jobs(submission, answer).await?.contains(&line.job),
                None => false,
            };
            match place.filter(|_| fits) {
                Some((submission, _)) => {
                    self.keep(submission, line).await?;
                    taken.kept += 1;
                }
                None => taken.foreign += 1,
            }
        }
        Ok(taken)
    }
}
