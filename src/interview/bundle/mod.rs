//! `batch.json` and `batch.csv`: a batch as it travels, and every mistake in it at once.
//!
//! Nothing here opens a file. [`read`] and [`read_csv`] take bytes and say which files the batch names.

mod answers;
mod check;
mod document;
mod json;
mod path;
mod read;
mod report;
mod schema;
mod table;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use super::{AnswerId, Batch, CandidateId, Digest, Problem, SubmissionId};
use crate::text::SafeText;
use report::{Path, Report};

pub use answers::not_given;
pub use document::{
    AnswerDocument, CandidateDocument, DeletedDocument, Document, DocumentEntry, FORMAT, GivenState, InterviewDocument,
    QuestionDocument, SubmissionDocument,
};
pub use path::{PathFault, check_path};
pub use schema::schema;

/// The source of a batch whose document names none.
pub const UNNAMED_SOURCE: &str = "folder";

/// The largest document that is read, in bytes.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// What a document holds.
#[derive(Debug)]
pub struct Outcome {
    /// The batch, as far as it is usable; none where a problem is fatal. Recordings are [`super::AnswerState::NotHere`].
    /// Its title is empty where the document gives none, and it has no submissions where all of them were deleted.
    pub batch: Option<Batch>,
    /// The files that it names, in its order.
    pub files: Vec<NamedFile>,
    /// The people whose data the source says that it has deleted. None of them is among the submissions.
    pub deleted: Vec<CandidateId>,
    /// Everything that is wrong, the gravest first.
    pub problems: Vec<Problem>,
}

/// A file that a document names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NamedFile {
    /// From the document's folder; it stays inside it.
    pub path: String,
    /// What it is for.
    pub of: Purpose,
    /// What its content must hash to, where the document says so.
    pub sha256: Option<Digest>,
    /// How long it is in bytes, where the document says so.
    pub bytes: Option<u64>,
    /// The source's id of whose it is; never a name.
    pub candidate: SafeText,
    /// Where the document names it.
    pub place: SafeText,
}

/// What a named file is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Purpose {
    /// The recording or file of an answer.
    Recording(AnswerId),
    /// The transcript of an answer.
    Transcript(AnswerId),
    /// A document of a submission, by its place among them.
    Document(SubmissionId, usize),
}

/// Reads a `batch.json`; `file` is how problems name it.
pub fn read(file: &str, bytes: &[u8]) -> Outcome {
    let mut report = Report::new(file);
    let Some(bytes) = sized_utf8(&mut report, bytes) else { return Outcome::nothing(report) };
    let mut remarks = Vec::new();
    let parsed = json::parse(&bytes, &mut remarks);
    remarks.iter().for_each(|remark| report.remark(remark));
    match parsed {
        Ok(root) => read::document(report, &root),
        Err(stop) => {
            let reason = format!("this is not JSON: {}", stop.reason);
            report.give_up(&stop.place, &reason, stop.remedy);
            Outcome::nothing(report)
        }
    }
}

/// Reads a `batch.csv`, one row for each answer; `file` is how problems name it.
pub fn read_csv(file: &str, bytes: &[u8]) -> Outcome {
    let mut report = Report::new(file);
    let Some(bytes) = sized_utf8(&mut report, bytes) else { return Outcome::nothing(report) };
    match table::tree(&mut report, &bytes) {
        Some(root) => read::document(report, &root),
        None => Outcome::nothing(report),
    }
}

impl Outcome {
    fn nothing(report: Report<'_>) -> Self {
        Outcome { batch: None, files: Vec::new(), deleted: Vec::new(), problems: report.finish() }
    }
}

/// The bytes without a mark of their encoding; UTF-16, as spreadsheets write it, becomes UTF-8.
fn sized_utf8<'a>(report: &mut Report<'_>, bytes: &'a [u8]) -> Option<Cow<'a, [u8]>> {
    if bytes.len() > LARGEST {
        let reason = format!("the file has {} bytes; at most {LARGEST} are read", bytes.len());
        report.give_up("the whole file", &reason, "split the batch");
        return None;
    }
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) if encoding != encoding_rs::UTF_8 => {
            let (text, _, broken) = encoding.decode(bytes);
            if broken {
                report.warn(
                    &json::Node::new(1, json::Value::Null),
                    &Path::ROOT,
                    "some text is not valid UTF-16",
                    "save the file as UTF-8",
                );
            }
            Some(Cow::Owned(text.into_owned().into_bytes()))
        }
        Some((_, mark)) => Some(Cow::Borrowed(&bytes[mark..])),
        None => Some(Cow::Borrowed(bytes)),
    }
}
