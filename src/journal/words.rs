//! The words that acts are made of: what they are about, and what they say of it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::interview::{
    AnswerId, BatchId, CandidateId, CriterionId, Digest, EventId, QuestionId, ReviewerId, Revision, Span, SubmissionId,
};
use crate::text::SafeText;

/// Whether a must-have is met.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MustHaveAnswer {
    /// Said so.
    Yes,
    /// Said the contrary; a person looks.
    No,
    /// Cannot be told.
    Unclear,
}

/// An overall recommendation.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Recommendation {
    StrongNo,
    No,
    Undecided,
    Yes,
    StrongYes,
}

/// How two answers compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Outcome {
    A,
    B,
    Tie,
}

impl Outcome {
    /// The same with A and B called the other way round.
    pub fn turned(self) -> Self {
        match self {
            Outcome::A => Outcome::B,
            Outcome::B => Outcome::A,
            Outcome::Tie => Outcome::Tie,
        }
    }
}

/// What one seal locks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One's ratings of every answer to one question.
    Question(QuestionId),
    /// One's ratings of one submission.
    Submission(SubmissionId),
}

/// What something is about.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A candidate's name.
    Name(SubmissionId),
    /// A submission: others' scorecards, a machine's view of it.
    Submission(SubmissionId),
    /// One answer.
    Answer(AnswerId),
    /// All of a question.
    Question(QuestionId),
    /// The whole batch.
    Batch(BatchId),
    /// A person.
    Candidate(CandidateId),
    /// What a candidate handed in beside the answers: which, counted from 0.
    Document(SubmissionId, u32),
}

/// What a machine says of something, as a person saw it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Statement {
    /// Who says it: `second reader: embedded`, `coverage`, `likeness`.
    pub by: SafeText,
    /// The version of who says it.
    pub version: SafeText,
    /// Of what it says.
    pub digest: Digest,
}

/// How a recording left the program for a player or another engine.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// As memory that has no name.
    Memory,
    /// As a file in memory that only its owner may read, for as long as it was shown.
    File,
}

/// Evidence without its quote: who marked what, and where.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Unquoted {
    /// Who marked it.
    pub author: ReviewerId,
    /// By which event, which stayed where it was written.
    pub event: EventId,
    /// In which answer.
    pub answer: AnswerId,
    /// Of which recording.
    pub revision: Option<Revision>,
    /// For which criteria.
    pub criteria: Vec<CriterionId>,
    /// Where; characters in a written answer.
    pub span: Span,
    /// When.
    pub at: Timestamp,
}

/// Put on, or taken off.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Tagging {
    Added,
    Removed,
}

/// What becomes of a submission.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Decision {
    Advance,
    Hold,
    Decline,
}
