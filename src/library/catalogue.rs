//! Batches: kept, listed, read back.

use jiff::Timestamp;

use super::{Library, Result};
use crate::interview::{Answer, AnswerId, Batch, BatchId, CandidateId, SubmissionId};
use crate::text::SafeText;

/// What keeping a batch changed.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Kept {
    /// Submissions that were not here.
    pub new_submissions: Vec<SubmissionId>,
    /// Submissions that were here, of which something is different now.
    pub changed_submissions: Vec<SubmissionId>,
    /// Answers of new submissions, and answers that were not here.
    pub new_answers: Vec<AnswerId>,
    /// Answers of which something is different now; a new recording has a new revision, the old one is kept.
    pub changed_answers: Vec<AnswerId>,
    /// Whether title, questions or dates of the batch are new or different.
    pub batch_changed: bool,
    /// People whose data was erased here: nothing of theirs was kept.
    pub erased: Vec<CandidateId>,
}

impl Kept {
    /// Whether the batch was here already, the same.
    pub fn is_nothing(&self) -> bool {
        *self == Kept { erased: self.erased.clone(), ..Kept::default() }
    }
}

/// What the list of batches shows, read without opening anything personal.
#[derive(Clone, PartialEq, Debug)]
pub struct BatchSummary {
    /// The batch.
    pub id: BatchId,
    /// What people call it.
    pub title: SafeText,
    /// The job opening: its title, else its id.
    pub requisition: Option<SafeText>,
    /// When it was first imported.
    pub imported_at: Timestamp,
    /// Until when candidates could answer.
    pub deadline: Option<Timestamp>,
    /// How many submissions it has.
    pub submissions: usize,
    /// Of them, those handed in.
    pub completed: usize,
    /// How many answers can be reviewed.
    pub answers: usize,
    /// How many were named and cannot be used, or end early.
    pub faulty: usize,
    /// Where its data may lie.
    pub region: Option<SafeText>,
}

impl Library {
    /// Keeps a batch, all or nothing. Importing the same batch again changes nothing.
    ///
    /// Submissions that are here and not in `batch` stay. An answer that is here stays where `batch` only names it
    /// ([`crate::interview::AnswerState::NotHere`]).
    pub async fn keep_batch(&self, batch: &Batch) -> Result<Kept> {
        let _ = batch;
        todo!()
    }

    /// All batches, the last imported first.
    pub async fn summaries(&self) -> Result<Vec<BatchSummary>> {
        todo!()
    }

    /// One batch, with names. Of people whose data was erased only ids and states are there.
    pub async fn batch(&self, id: BatchId) -> Result<Batch> {
        let _ = id;
        todo!()
    }

    /// Earlier versions of an answer, the oldest first; their recordings are still in the vault.
    pub async fn earlier_answers(&self, answer: AnswerId) -> Result<Vec<Answer>> {
        let _ = answer;
        todo!()
    }
}
