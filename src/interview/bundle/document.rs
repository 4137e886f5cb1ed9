//! The document `batch.json`: what a batch is when it travels.
//!
//! These types are the one table of its fields: the JSON Schema is made from them, and what comes in is checked
//! against that schema. The comments become the schema's descriptions.

use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::interview::{
    Accommodation, Application, BatchId, CandidateId, Consent, Digest, Kind, PlatformStatement, Requisition, Slug, Status,
};
use crate::text::{self, SafeText};

/// The version of the document that this program writes and reads.
pub const FORMAT: u32 = 1;

/// The submissions to one interview, with the recordings beside this file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "A batch of interview submissions")]
pub struct Document {
    /// Where the JSON Schema of this document lies; editors use it.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of this format: 1.
    pub format: u32,
    /// Where the batch comes from: a platform's name, as a short word. With `id` it makes the batch the same on every workstation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200))]
    pub source: Option<SafeText>,
    /// The source's id of the batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500))]
    pub id: Option<SafeText>,
    /// The id that earmark derived for a batch whose source gave it no `id`; so that it is the same batch everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "uuid"))]
    pub batch_id: Option<BatchId>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 500))]
    pub title: Option<SafeText>,
    /// The job opening in the applicant tracking system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisition: Option<Requisition>,
    /// Where the data may lie, such as `eu`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub region: Option<SafeText>,
    /// The day on which the recordings are to be removed, as 2027-05-31.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub retain_until: Option<Date>,
    /// What was asked.
    pub interview: InterviewDocument,
    /// One for each candidate.
    #[schemars(length(max = 20_000))]
    pub submissions: Vec<SubmissionDocument>,
    /// People whose data the source has deleted: it is erased wherever it was fetched. Who is only left out is not deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20_000))]
    pub deleted: Vec<DeletedDocument>,
}

/// Someone whose data the source has deleted; one of the two ids says who.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Deleted person")]
pub struct DeletedDocument {
    /// The source's id of the person, as `candidate.id` was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500))]
    pub id: Option<SafeText>,
    /// The id that earmark derived, where the source's own is gone with the rest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "uuid"))]
    pub candidate_id: Option<CandidateId>,
}

/// An ordered set of questions.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Interview")]
pub struct InterviewDocument {
    /// BCP 47 tag of the language it was asked in, such as `en` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub language: Option<SafeText>,
    /// Until when candidates could answer, with an offset or Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub deadline: Option<Timestamp>,
    /// In the order of asking.
    #[serde(default)]
    #[schemars(length(min = 1, max = 200))]
    pub questions: Vec<QuestionDocument>,
}

/// One question and the conditions it was asked under.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Question")]
pub struct QuestionDocument {
    /// A short id without spaces, such as `q1-outage`; answers and rubrics name it.
    #[schemars(extend("format" = "slug"))]
    pub id: Slug,
    /// What was asked, word for word.
    #[schemars(length(max = 20_000))]
    pub prompt: SafeText,
    /// Such as `past-behaviour`, `situational` or `work-sample`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub category: Option<SafeText>,
    /// Seconds to think before the recording starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 86_400))]
    pub think_seconds: Option<u32>,
    /// Seconds that an answer may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    pub answer_seconds: Option<u32>,
    /// How often a candidate could record again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000))]
    pub retakes: Option<u32>,
}

/// One candidate's entry to the interview.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Submission")]
pub struct SubmissionDocument {
    /// Whose it is.
    pub candidate: CandidateDocument,
    /// How far it came. Without it: completed when every question has an answer, else started or invited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// When the person was invited, with an offset or Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub invited_at: Option<Timestamp>,
    /// When the person began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub started_at: Option<Timestamp>,
    /// When the person handed it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub completed_at: Option<Timestamp>,
    /// This person's own deadline, where it differs from the interview's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub deadline: Option<Timestamp>,
    /// BCP 47 tag of the language of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub language: Option<SafeText>,
    /// Where this person's data may lie, where it differs from the batch's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub region: Option<SafeText>,
    /// The day on which this person's data is to be removed, where it differs from the batch's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    pub retain_until: Option<Date>,
    /// What the person agreed to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What was arranged for the person, such as more time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub accommodations: Vec<Accommodation>,
    /// Résumé and the like.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub documents: Vec<DocumentEntry>,
    /// The records in the applicant tracking system that this belongs to: none, one or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 50))]
    pub applications: Vec<Application>,
    /// What the platform says by itself of the person: kept word for word, and shown only after the reveal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1_000))]
    pub statements: Vec<PlatformStatement>,
    /// At most one for each question; a question without one counts as not answered.
    #[serde(default)]
    #[schemars(length(max = 1_000))]
    pub answers: Vec<AnswerDocument>,
}

/// A person.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Candidate")]
pub struct CandidateDocument {
    /// The source's id of the person; it must not tell who it is, because reviewers may see it.
    #[schemars(length(min = 1, max = 500))]
    pub id: SafeText,
    /// Hidden from reviewers until revealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2_000))]
    pub name: Option<SafeText>,
    /// Hidden likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 2_000))]
    pub email: Option<SafeText>,
    /// Hidden likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub phone: Option<SafeText>,
}

/// A file about the person, beside the answers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Document")]
pub struct DocumentEntry {
    /// Such as `resume`, `cover-letter` or `portfolio`.
    #[schemars(length(max = 200))]
    pub kind: SafeText,
    /// The file's name as people know it; the path's last part without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 1_000))]
    pub name: Option<SafeText>,
    /// Where the file lies, from the folder of this document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "bundle-path"))]
    pub file: Option<SafeText>,
    /// SHA-256 of the file, as 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "sha256"))]
    pub sha256: Option<Digest>,
}

/// One candidate's answer to one question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "Answer")]
pub struct AnswerDocument {
    /// The id of the question.
    #[schemars(extend("format" = "slug"))]
    pub question: Slug,
    /// Without it: by the media type and the file's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Says that there is none, or none here. A completed submission without any answers counts as not handed out. An answer with a file or text needs no state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<GivenState>,
    /// Where the recording lies, from the folder of this document, with `/` between folders.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "bundle-path"))]
    pub file: Option<SafeText>,
    /// Its media type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 200))]
    pub mime: Option<SafeText>,
    /// How long the recording says it is, in milliseconds. It is shown and never believed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 14_400_000))]
    pub duration_ms: Option<u64>,
    /// How long the file is, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_099_511_627_776_u64))]
    pub bytes: Option<u64>,
    /// SHA-256 of the recording, as 64 hexadecimal digits; verified when it is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "sha256"))]
    pub sha256: Option<Digest>,
    /// Where the transcript lies: WebVTT, SRT, SBV, a speech engine's JSON or JSON lines, or plain text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "bundle-path"))]
    pub transcript: Option<SafeText>,
    /// A written answer.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some_block")]
    #[schemars(length(max = 200_000))]
    pub text: Option<SafeText>,
    /// When it was recorded, with an offset or Z.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub recorded_at: Option<Timestamp>,
    /// How often the person recorded again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 1_000))]
    pub retakes_used: Option<u32>,
    /// Milliseconds of think time that the person used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0, max = 86_400_000))]
    pub think_used_ms: Option<u32>,
    /// What this person was asked, where the wording differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20_000))]
    pub asked: Option<SafeText>,
    /// Seconds that this person had for the answer, where they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400))]
    pub answer_seconds: Option<u32>,
    /// What the platform says by itself of the answer: kept word for word, and shown only after the reveal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 1_000))]
    pub statements: Vec<PlatformStatement>,
}

/// What can be said of an answer that is not here.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GivenState {
    /// The person gave none.
    NotGiven,
    /// The person handed in, and the recording is not handed out.
    NotHandedOut,
}

fn some_block<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<SafeText>, D::Error> {
    text::block(from).map(Some)
}
