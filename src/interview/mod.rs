//! What is reviewed: batches of submissions, their answers, and the moments in them.
//!
//! Nouns only. Nothing here reads a file or knows the time of day.

mod batch;
pub mod bundle;
mod headway;
mod ids;
mod problem;
mod register;
mod statement;
mod time;
mod under_way;

pub use batch::{
    Accommodation, Answer, AnswerState, Application, Batch, Candidate, Consent, Document, Interview, Kind, Media, Question,
    Requisition, Revision, Status, Submission,
};
pub use headway::Headway;
pub use ids::{
    AnswerId, BatchId, CandidateId, CriterionId, Digest, EventId, QuestionId, ReviewerId, Slug, SlugError, SubmissionId, WriterId,
};
pub use problem::{Problem, Severity};
pub use register::Register;
pub use statement::PlatformStatement;
pub use time::{Moment, Span, Spans};
pub use under_way::UnderWay;
