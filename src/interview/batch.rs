//! A batch: the submissions to one interview that are reviewed and decided together.

use indexmap::IndexMap;
use jiff::{Timestamp, civil::Date};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AnswerId, BatchId, CandidateId, Digest, PlatformStatement, QuestionId, Register, SubmissionId};
use crate::text::{self, SafeText};

/// The submissions to one interview.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Batch {
    /// Derived from `source` and `source_id`, else from the content.
    pub id: BatchId,
    /// Where it came from: a platform's name, a hub, or `folder`.
    pub source: SafeText,
    /// The source's own id of it.
    pub source_id: SafeText,
    /// What people call it.
    pub title: SafeText,
    /// The job opening.
    pub requisition: Option<Requisition>,
    /// What was asked.
    pub interview: Interview,
    /// In the source's order, which no reviewer sees.
    pub submissions: Vec<Submission>,
    /// Where its data may lie, as the source calls the region.
    pub region: Option<SafeText>,
    /// When its recordings are to be removed.
    pub retain_until: Option<Date>,
    /// Where its submissions and answers lie in it.
    #[serde(skip)]
    pub register: Register,
}

impl Batch {
    /// The submission with this id.
    pub fn submission(&self, id: SubmissionId) -> Option<&Submission> {
        self.register.submission(&self.submissions, id)
    }

    /// The submission and the answer with this id.
    pub fn answer(&self, id: AnswerId) -> Option<(&Submission, &Answer)> {
        self.register.answer(&self.submissions, id)
    }

    /// The question with this id, and its place in the order of asking.
    pub fn question(&self, id: &QuestionId) -> Option<(usize, &Question)> {
        self.interview.questions.iter().enumerate().find(|(_, question)| question.id == *id)
    }

    /// How long an answer might take, in seconds: the person's own limit, else the interview's, else `scored`, the rubric's; the latter two
    /// with the extra time that was arranged for the person.
    pub fn limit(&self, answer: AnswerId, scored: Option<u32>) -> Option<u32> {
        let (submission, given) = self.answer(answer)?;
        let asked = || self.question(&given.question)?.1.answer_seconds;
        let extra = submission.accommodations.iter().filter_map(|arranged| arranged.extra_time_percent).max().unwrap_or(0);
        let longer = |limit: u32| u32::try_from(u64::from(limit) * (100 + u64::from(extra)) / 100).unwrap_or(u32::MAX);
        given.answer_seconds.or_else(|| asked().or(scored).map(longer))
    }
}

/// The job opening in the ATS.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Requisition {
    /// The ATS's id, as text.
    pub id: SafeText,
    /// The job's title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<SafeText>,
}

/// An ordered set of questions.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Interview {
    /// In the order of asking.
    pub questions: Vec<Question>,
    /// Until when candidates could answer.
    pub deadline: Option<Timestamp>,
    /// BCP 47 tag of the language it was asked in.
    pub language: Option<SafeText>,
}

/// One question and the conditions it was asked under.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Question {
    /// The source's id of it.
    pub id: QuestionId,
    /// What was asked, word for word.
    pub prompt: SafeText,
    /// Such as past behaviour, situational, work sample; the source's word.
    pub category: Option<SafeText>,
    /// Seconds to think before recording.
    pub think_seconds: Option<u32>,
    /// Seconds an answer may take.
    pub answer_seconds: Option<u32>,
    /// How often a candidate could record again.
    pub retakes: Option<u32>,
}

/// A person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Candidate {
    /// Derived from the source and its id of the person.
    pub id: CandidateId,
    /// The source's id, as text; exports carry it, never the name.
    pub source_id: SafeText,
    /// The name, hidden from reviewers until revealed.
    #[serde(default, deserialize_with = "text::optional_name")]
    pub name: Option<SafeText>,
    /// Hidden likewise.
    pub email: Option<SafeText>,
    /// Hidden likewise.
    pub phone: Option<SafeText>,
}

/// A person's entry to the interview.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Submission {
    /// Derived from the batch and the candidate.
    pub id: SubmissionId,
    /// Whose it is.
    pub candidate: Candidate,
    /// How far it came.
    pub status: Status,
    /// When the person was invited.
    pub invited_at: Option<Timestamp>,
    /// When the person began.
    pub started_at: Option<Timestamp>,
    /// When the person handed it in.
    pub completed_at: Option<Timestamp>,
    /// This person's own deadline, where it differs.
    pub deadline: Option<Timestamp>,
    /// BCP 47 tag of the language of the answers.
    pub language: Option<SafeText>,
    /// What the person agreed to.
    pub consent: Option<Consent>,
    /// What was arranged for the person; reviewers see it when policy says so.
    pub accommodations: Vec<Accommodation>,
    /// Résumé and the like.
    pub documents: Vec<Document>,
    /// The ATS's records that it belongs to: none, one or several.
    pub applications: Vec<Application>,
    /// When this person's data is to be removed, where it differs from the batch's.
    pub retain_until: Option<Date>,
    /// Where this person's data may lie, where it differs from the batch's.
    pub region: Option<SafeText>,
    /// What the platform says by itself of the person: not a reviewer's, shown only after the reveal.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<PlatformStatement>,
    /// One for each question of the interview, in its order.
    pub answers: Vec<Answer>,
}

impl Submission {
    /// Why no machine may help with this person, in words; none where nothing says so.
    pub fn bars_machines(&self) -> Option<&'static str> {
        let consent = self.consent.as_ref()?;
        match (consent.given, consent.machine_assistance) {
            (false, _) => Some("the candidate did not give consent"),
            (true, Some(false)) => Some("the candidate did not agree to a machine's help"),
            (true, _) => None,
        }
    }

    /// The answer to a question.
    pub fn answer_to(&self, question: &QuestionId) -> Option<&Answer> {
        self.answers.iter().find(|answer| answer.question == *question)
    }
}

/// How far a submission came.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Asked to answer.
    Invited,
    /// Some answers are there.
    Started,
    /// Handed in.
    Completed,
    /// The deadline passed.
    Expired,
    /// The person stepped back.
    Withdrawn,
}

/// What a person agreed to, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Consent {
    /// Whether it was given.
    pub given: bool,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub at: Option<Timestamp>,
    /// Which wording or version of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<SafeText>,
    /// Whether a machine may assist in the review of this person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine_assistance: Option<bool>,
}

/// What was arranged for a person: more time, an answer in text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Accommodation {
    /// What it is, in the source's words.
    pub what: SafeText,
    /// How much longer than others, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra_time_percent: Option<u32>,
}

/// A file beside the answers, such as a résumé.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Document {
    /// Such as `resume`, `cover-letter`, `portfolio`.
    pub kind: SafeText,
    /// The file's name.
    pub name: SafeText,
    /// The file, when it came along.
    pub media: Option<Media>,
}

impl Document {
    /// The ending of its file's name, in small letters; of one whose name has none, that of where it lies.
    pub fn extension(&self) -> Option<String> {
        let locator = self.media.as_ref().map_or("", |media| media.locator.raw());
        let name = if self.name.raw().contains('.') { self.name.raw() } else { locator };
        name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase())
    }

    /// Whether it is plain text or Markdown, by its type, or by its ending where no type is stated.
    pub fn is_text(&self) -> bool {
        match self.media.as_ref().and_then(|media| media.mime.as_ref()) {
            Some(mime) => {
                let kind = mime.as_str().split(';').next().unwrap_or_default().trim().to_lowercase();
                matches!(kind.as_str(), "text/plain" | "text/markdown" | "text/x-markdown")
            }
            None => self.extension().is_some_and(|ending| matches!(ending.as_str(), "txt" | "text" | "md" | "markdown")),
        }
    }
}

/// The ATS's record that a submission belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Application {
    /// Which ATS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<SafeText>,
    /// Its id, as text.
    pub id: SafeText,
    /// The requisition it is for, where it differs from the batch's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisition: Option<SafeText>,
    /// Further ids that the ATS wants back, as text.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub ids: IndexMap<String, SafeText>,
}

/// One recording, text or file, given to one question; or that none was given.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Answer {
    /// Derived from the submission and the question.
    pub id: AnswerId,
    /// Which question it answers.
    pub question: QuestionId,
    /// What it is.
    pub kind: Kind,
    /// Whether it can be reviewed.
    pub state: AnswerState,
    /// Which recording of it: the first 16 digits of the content's SHA-256. None where none was given.
    pub revision: Option<Revision>,
    /// The recording or file.
    pub media: Option<Media>,
    /// The text of a text answer.
    #[serde(default, deserialize_with = "text::optional_block")]
    pub text: Option<SafeText>,
    /// The transcript's file, as the source names it.
    pub transcript: Option<SafeText>,
    /// When it was recorded.
    pub recorded_at: Option<Timestamp>,
    /// Retakes that the person used.
    pub retakes_used: Option<u32>,
    /// Milliseconds of think time that the person used.
    pub think_used_ms: Option<u32>,
    /// What this person was asked, where the wording differs from the interview's.
    pub asked: Option<SafeText>,
    /// The limit that this person had in seconds, where it differs from the interview's.
    pub answer_seconds: Option<u32>,
    /// What the platform says by itself of the answer: likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<PlatformStatement>,
}

/// What an answer is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Sound.
    #[default]
    Audio,
    /// Sound and picture.
    Video,
    /// Written.
    Text,
    /// Something to open.
    File,
}

impl Kind {
    /// Whether there is something to hear.
    pub fn is_recording(self) -> bool {
        matches!(self, Kind::Audio | Kind::Video)
    }
}

/// Whether an answer can be reviewed.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum AnswerState {
    /// There, whole.
    Ready,
    /// There, but a part is missing or damaged.
    Truncated,
    /// The person gave none.
    NotGiven,
    /// The person handed in, and the source does not hand out what was recorded: it is to be attached.
    NotHandedOut,
    /// It was named but cannot be used: missing, or unplayable.
    Faulty {
        /// Why.
        reason: SafeText,
    },
    /// Named by the source, and not fetched yet.
    NotHere,
}

impl AnswerState {
    /// Whether there is something to review.
    pub fn is_reviewable(&self) -> bool {
        matches!(self, AnswerState::Ready | AnswerState::Truncated)
    }

    /// Whether the source names nothing that could come from it.
    pub fn is_absent(&self) -> bool {
        matches!(self, AnswerState::NotGiven | AnswerState::NotHandedOut)
    }
}

/// A recording or a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Media {
    /// Where it lies in the bundle, or the source's locator of it; never a signed URL.
    pub locator: SafeText,
    /// SHA-256 of its content once it is here; the vault's key.
    pub digest: Option<Digest>,
    /// Bytes, once known.
    pub bytes: Option<u64>,
    /// The media type as the source states it.
    pub mime: Option<SafeText>,
    /// The duration as the source states it, in milliseconds; shown, never believed.
    pub declared_ms: Option<u64>,
}

/// Which recording of an answer: ratings of an older one are kept and marked stale.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Revision(u64);

impl Revision {
    /// The revision of a recording with this content.
    pub fn of(content: &Digest) -> Self {
        let mut first = [0; 8];
        first.copy_from_slice(&content.0[..8]);
        Revision(u64::from_be_bytes(first))
    }
}

impl From<Revision> for String {
    fn from(revision: Revision) -> String {
        format!("{:016x}", revision.0)
    }
}

impl TryFrom<String> for Revision {
    type Error = std::num::ParseIntError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        u64::from_str_radix(&text, 16).map(Revision)
    }
}

impl std::fmt::Debug for Revision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}
