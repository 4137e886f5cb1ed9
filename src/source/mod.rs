//! Where batches come from: a folder or a .zip with `batch.json` or `batch.csv`, or the program itself.
//!
//! Everything here is written by strangers. Files are opened through a handle of the batch's folder: regular files
//! only, over no link, within bounds; what is wrong is named, and the rest stays usable.
#![allow(clippy::result_large_err, reason = "a problem is made once a file, where reading that file outweighs it")]

mod attach;
mod clips;
pub mod fetch;
mod guess;
mod import;
mod join;
mod measure;
mod open;
mod packed;
mod past;
pub mod protocol;
mod shelf;
mod take;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use crate::interview::bundle::{NamedFile, Purpose};
use crate::interview::{Answer, AnswerId, Batch, CandidateId, Problem};

pub use attach::Attaching;
pub use clips::{Clip, ClipFault, clip, keep_clip};
pub use guess::{Guess, GuessedPerson, GuessedQuestion, LeftOut, guess};
pub use import::{ImportError, Imported, Incomplete, Progress, import};
pub use measure::{Check, Measure, PLAYABLE, PREPARED, Readers, keep_measured, keep_prepared, prepared, sketch};
pub use open::{inside, open};
pub use packed::Unpacking;
pub use shelf::{FileFault, Inside, LARGEST_DOCUMENT, LARGEST_RECORDING, LARGEST_TRANSCRIPT, Opened};
pub use take::{Flaw, Measured, Taken, Unplayable, take};

/// A batch that was found, with its files still where they lie.
pub struct Found {
    /// As far as it is usable; recordings are [`crate::interview::AnswerState::NotHere`].
    pub batch: Batch,
    /// The people whose data was deleted where it comes from.
    pub deleted: Vec<CandidateId>,
    /// What is wrong with the document, the gravest first.
    pub problems: Vec<Problem>,
    files: HashMap<Purpose, NamedFile>,
    shelf: shelf::Shelf,
}

impl Found {
    /// The file that the batch names for this purpose.
    pub fn named(&self, of: Purpose) -> Option<&NamedFile> {
        self.files.get(&of)
    }

    /// Opens the recording or file of an answer.
    ///
    /// # Errors
    /// A problem that names the file, the candidate by the source's id, the question, the reason and the remedy.
    pub fn open_media(&self, answer: AnswerId) -> Result<Opened, Problem> {
        self.open_named(Purpose::Recording(answer), LARGEST_RECORDING)
    }

    /// Reads a transcript or a document whole, with the name that the batch gives it.
    ///
    /// # Errors
    /// As [`Found::open_media`].
    pub fn read_small(&self, of: Purpose) -> Result<(&NamedFile, Vec<u8>), Problem> {
        let most = match of {
            Purpose::Transcript(_) => LARGEST_TRANSCRIPT,
            Purpose::Document(..) | Purpose::Recording(_) => LARGEST_DOCUMENT,
        };
        let named = self.named(of).ok_or_else(|| self.unnamed(of))?;
        let bytes = self.shelf.read(&named.path, most).map_err(|fault| self.problem(named, &fault.to_string(), &fault.remedy()))?;
        Ok((named, bytes))
    }

    fn open_named(&self, of: Purpose, most: u64) -> Result<Opened, Problem> {
        let named = self.named(of).ok_or_else(|| self.unnamed(of))?;
        self.shelf.open(&named.path, most).map_err(|fault| self.problem(named, &fault.to_string(), &fault.remedy()))
    }

    /// Something that is wrong with a named file.
    pub(crate) fn problem(&self, named: &NamedFile, reason: &str, remedy: &str) -> Problem {
        Problem::damage(&named.path, &self.place(named), reason, remedy)
    }

    /// Something to know about a named file.
    pub(crate) fn note(&self, named: &NamedFile, reason: &str, remedy: &str) -> Problem {
        Problem::warning(&named.path, &self.place(named), reason, remedy)
    }

    /// Whose it is and for what, without a name.
    fn place(&self, named: &NamedFile) -> String {
        let candidate = named.candidate.as_str();
        match named.of {
            Purpose::Recording(answer) | Purpose::Transcript(answer) => match self.batch.answer(answer) {
                Some((_, answer)) => format!("candidate {candidate}, question {}", answer.question),
                None => format!("candidate {candidate}"),
            },
            Purpose::Document(_, index) => format!("candidate {candidate}, document {}", index + 1),
        }
    }

    /// Every answer, in the batch's order.
    fn answers_mut(&mut self) -> impl Iterator<Item = &mut Answer> {
        self.batch.submissions.iter_mut().flat_map(|submission| &mut submission.answers)
    }

    fn unnamed(&self, of: Purpose) -> Problem {
        Problem::damage("", &format!("{of:?}"), "the batch names no file for it", "name the file in the batch and import again")
    }
}
