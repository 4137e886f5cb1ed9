//! The order of hearing: shuffled per reviewer and question, from a seed that reproduces it.

use std::collections::BTreeSet;

use crate::interview::{AnswerId, Batch, BatchId, Digest, QuestionId, ReviewerId, SubmissionId};
use crate::rubric::{Order, Protocol, Rubric, Shuffle};
use crate::scorecard::{Place, Record, Work};

/// From what an order is drawn.
pub type Seed = Digest;

/// The version of the algorithm, journaled with the seed when the rubric was read.
///
/// Version 1: submissions are sorted by SHA-256 over the seed, the question's id (nothing when whole submissions are
/// ordered), a zero byte and the submission's id as 16 bytes. A late arrival finds its place without moving the others.
pub const ALGORITHM: u16 = 1;

/// The seed of a reviewer's orders in a batch: SHA-256 over `earmark order`, the batch's and the reviewer's id.
pub fn seed(batch: BatchId, reviewer: ReviewerId) -> Seed {
    Digest::of_all(&[b"earmark order", batch.0.as_bytes(), reviewer.0.as_bytes()])
}

/// The submissions in the order that a seed gives for a question; without a question, the order of whole submissions.
pub fn shuffled(seed: &Seed, question: Option<&QuestionId>, submissions: &[SubmissionId]) -> Vec<SubmissionId> {
    let question = question.map_or("", QuestionId::as_str).as_bytes();
    let mut all = submissions.to_vec();
    all.sort_by_cached_key(|id| (Digest::of_all(&[&seed.0, question, &[0], id.0.as_bytes()]), *id));
    all
}

/// One answer in the order of hearing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// The question, as the batch calls it.
    pub question: QuestionId,
    /// The submission.
    pub submission: SubmissionId,
    /// The answer.
    pub answer: AnswerId,
}

/// What a reviewer has to hear, in order.
///
/// Answers that were not given, that cannot be played, or that belong to someone who withdrew, expired or from whom the
/// reviewer stepped aside are in the grid, not here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Plan {
    /// In the order of hearing.
    pub steps: Vec<Step>,
    /// Question by question: the first step of each question; candidate by candidate: of each submission.
    pub chapters: Vec<usize>,
}

/// How far a plan, or a part of it, is done.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Answers with a value for every criterion.
    pub rated: usize,
    /// Answers that are sealed.
    pub sealed: usize,
    /// Answers in all.
    pub of: usize,
}

impl Plan {
    /// A reviewer's plan for a batch.
    pub fn of(batch: &Batch, record: &Record, protocol: &Protocol, seed: &Seed, reviewer: ReviewerId) -> Plan {
        let own: Vec<&Place> = record.own(reviewer).filter(|place| place.here).collect();
        let submissions = submissions_of(&own);
        let order = |question: Option<&QuestionId>| match protocol.shuffle {
            Shuffle::PerReviewerSeeded => shuffled(seed, question, &submissions),
            Shuffle::None => submissions.clone(),
        };
        let find = |submission: SubmissionId, question: &QuestionId| {
            let mut places = record.places.of_submission(submission);
            places.find(|place| place.question == *question && place.here && record.is_due(place))
        };
        let questions = &batch.interview.questions;
        let mut plan = Plan::default();
        match protocol.order {
            Order::QuestionFirst => {
                for question in questions {
                    plan.add_chapter(order(Some(&question.id)).into_iter().filter_map(|id| find(id, &question.id)));
                }
            }
            Order::CandidateFirst => {
                for submission in order(None) {
                    plan.add_chapter(questions.iter().filter_map(|question| find(submission, &question.id)));
                }
            }
        }
        plan
    }

    fn add_chapter<'a>(&mut self, places: impl Iterator<Item = &'a Place>) {
        let start = self.steps.len();
        self.steps.extend(places.map(|place| Step {
            question: place.question.clone(),
            submission: place.submission,
            answer: place.answer,
        }));
        if self.steps.len() > start {
            self.chapters.push(start);
        }
    }

    /// Where an answer stands.
    pub fn position(&self, answer: AnswerId) -> Option<usize> {
        self.steps.iter().position(|step| step.answer == answer)
    }

    /// The step after an answer; the first step when the answer is not in the plan.
    pub fn after(&self, answer: AnswerId) -> Option<&Step> {
        self.position(answer).map_or_else(|| self.steps.first(), |at| self.steps.get(at + 1))
    }

    /// The step before an answer.
    pub fn before(&self, answer: AnswerId) -> Option<&Step> {
        self.steps.get(self.position(answer)?.checked_sub(1)?)
    }

    /// The next step that `is_open`, from the one after `answer` on and round from the start; not `answer` itself.
    pub fn next_open(&self, answer: Option<AnswerId>, is_open: impl Fn(&Step) -> bool) -> Option<&Step> {
        let from = answer.and_then(|answer| self.position(answer)).map_or(0, |at| at + 1);
        let (before, after) = self.steps.split_at(from.min(self.steps.len()));
        after.iter().chain(before).find(|step| Some(step.answer) != answer && is_open(step))
    }

    /// How far the whole plan is done.
    pub fn progress(&self, record: &Record, rubric: &Rubric, work: &Work) -> Progress {
        self.progress_of(record, rubric, work, |_| true)
    }

    /// How far the steps that `counts` are done.
    pub fn progress_of(&self, record: &Record, rubric: &Rubric, work: &Work, counts: impl Fn(&Step) -> bool) -> Progress {
        let mut progress = Progress::default();
        for step in self.steps.iter().filter(|step| counts(step)) {
            progress.of += 1;
            progress.rated += usize::from(is_scored(record, rubric, work, step));
            progress.sealed += usize::from(record.places.get(step.answer).is_some_and(|place| work.is_sealed(place)));
        }
        progress
    }
}

/// Whether a step has a value for every criterion; never while no rubric is attached.
pub fn is_scored(record: &Record, rubric: &Rubric, work: &Work, step: &Step) -> bool {
    let criteria = record.criteria(rubric, &step.question);
    let is_rated = |place: &Place| work.missing(criteria, place).is_empty();
    !criteria.is_empty() && record.places.get(step.answer).is_some_and(is_rated)
}

/// In the source's order.
fn submissions_of(places: &[&Place]) -> Vec<SubmissionId> {
    let mut seen = BTreeSet::new();
    places.iter().map(|place| place.submission).filter(|id| seen.insert(*id)).collect()
}
