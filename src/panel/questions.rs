//! How the batch's questions were answered: how many answered, how long they took, how many ran into the limit.
//!
//! Duration says something of the question, never of the candidate.

use serde::Serialize;

use super::items::{Durations, completion, durations};
use super::statistic::{Reason, Statistic};
use crate::interview::{AnswerId, AnswerState, Batch, CandidateId, QuestionId, Status};

/// One question over all who were invited.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct QuestionPerformance {
    /// Which.
    pub question: QuestionId,
    /// How many of the invited answered it, 0 to 1, with Wilson's interval; who withdrew is left out.
    pub completion: Statistic,
    /// How long the recordings are.
    #[serde(flatten)]
    pub durations: Durations,
}

/// Each question, in the order of asking. Of whom `is_erased` nobody knows what was answered. `seconds` is the length of a recording, `limit` how long an answer may be.
pub fn questions(
    batch: &Batch,
    is_erased: impl Fn(CandidateId) -> bool,
    seconds: impl Fn(AnswerId) -> Option<f64>,
    limit: impl Fn(&QuestionId) -> Option<f64>,
) -> Vec<QuestionPerformance> {
    let known = batch.submissions.iter().filter(|submission| !is_erased(submission.candidate.id));
    let invited: Vec<_> = known.filter(|submission| submission.status != Status::Withdrawn).collect();
    let one = |question: &QuestionId| {
        let answers = || invited.iter().filter_map(|submission| submission.answer_to(question));
        let given = || answers().filter(|answer| answer.state != AnswerState::NotGiven);
        let recorded = given().filter(|answer| answer.kind.is_recording());
        let lengths: Vec<f64> = recorded.filter_map(|answer| seconds(answer.id)).collect();
        let longest = limit(question);
        let mut durations = durations(&lengths, longest.unwrap_or(f64::INFINITY));
        if longest.is_none() {
            durations.at_limit = Statistic::Undefined(Reason::PolicyMissing);
        }
        let completion = completion(given().count() as u64, invited.len() as u64);
        QuestionPerformance { question: question.clone(), completion, durations }
    };
    batch.interview.questions.iter().map(|question| one(&question.id)).collect()
}
