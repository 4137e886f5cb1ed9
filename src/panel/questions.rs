//! How the batch's questions were answered: how many answered, how long they took, how many ran into the limit.
//!
//! Duration says something of the question, never of the candidate.

use serde::Serialize;

use super::items::{Durations, completion, durations_within};
use super::statistic::Statistic;
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

/// Each question, in the order of asking. Of whom `is_erased` nobody knows what was answered. `seconds` is the length of a
/// recording, `limit` how long that answer might be: the person's own limit, where there is one.
pub fn questions(
    batch: &Batch,
    is_erased: impl Fn(CandidateId) -> bool,
    seconds: impl Fn(AnswerId) -> Option<f64>,
    limit: impl Fn(AnswerId) -> Option<f64>,
) -> Vec<QuestionPerformance> {
    let known = batch.submissions.iter().filter(|submission| !is_erased(submission.candidate.id));
    let invited: Vec<_> = known.filter(|submission| submission.status != Status::Withdrawn).collect();
    let one = |question: &QuestionId| {
        let answers = || invited.iter().filter_map(|submission| submission.answer_to(question));
        let given = || answers().filter(|answer| answer.state != AnswerState::NotGiven);
        let recorded = given().filter(|answer| answer.kind.is_recording());
        let lengths = recorded.filter_map(|answer| Some((seconds(answer.id)?, limit(answer.id))));
        let durations = durations_within(&lengths.collect::<Vec<_>>());
        let completion = completion(given().count() as u64, invited.len() as u64);
        QuestionPerformance { question: question.clone(), completion, durations }
    };
    batch.interview.questions.iter().map(|question| one(&question.id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorecard::sample::Sample;

    #[test]
    fn each_answer_is_measured_by_its_own_limit() {
        let mut sample = Sample::new(3, 1);
        sample.batch.interview.questions[0].answer_seconds = Some(60);
        let own = sample.answer(1, 1);
        sample.batch.submissions[0].answers[0].answer_seconds = Some(90);
        let none = sample.answer(3, 1);
        let of = |seconds: f64| {
            let limit = |answer| sample.batch.limit(answer, None).filter(|_| answer != none).map(f64::from);
            questions(&sample.batch, |_| false, |_| Some(seconds), limit).remove(0).durations
        };
        let share = |seconds: f64| match of(seconds).at_limit {
            Statistic::Known(known) => (known.value, known.n),
            Statistic::Undefined(reason) => panic!("{reason:?}"),
        };
        assert_eq!(sample.batch.limit(own, None), Some(90));
        assert_eq!(share(60.0), (0.5, 2), "one of the two whose limit is known ended there");
        assert_eq!(share(89.0), (1.0, 2));
        assert_eq!(of(60.0).median.value(), Some(60.0), "the length of all three is known");
        let unlimited = questions(&sample.batch, |_| false, |_| Some(60.0), |_| None).remove(0).durations;
        assert!(matches!(unlimited.at_limit, Statistic::Undefined(_)));
    }
}
