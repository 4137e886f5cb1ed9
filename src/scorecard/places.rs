//! Where each answer of a batch stands, so that an event that names an answer is known to concern its question and person.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::interview::{Answer, AnswerId, AnswerState, Batch, CandidateId, QuestionId, Revision, Status, Submission, SubmissionId};
use crate::journal::Scope;

/// One answer's place in the batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The answer.
    pub answer: AnswerId,
    /// The question it answers, as the batch calls it.
    pub question: QuestionId,
    /// The submission it is part of.
    pub submission: SubmissionId,
    /// Whose it is.
    pub candidate: CandidateId,
    /// The recording that there is now.
    pub revision: Option<Revision>,
    /// Whether a reviewer has to review it: it was given, it is usable or still to come, and the person is in the running.
    pub due: bool,
    /// Whether it can be reviewed here and now: what is due may still have to be fetched.
    pub here: bool,
    /// Whether it cannot be used, unplayable or missing, though the person is in the running.
    pub faulty: bool,
    /// Whether the person handed in, and the source does not hand the recording out; then it is faulty too.
    pub withheld: bool,
    /// When the person handed it in, or began; none where the source does not say.
    pub arrived: Option<Timestamp>,
}

impl Place {
    /// Whether it lies in what one seal is about.
    pub fn is_in(&self, scope: &Scope) -> bool {
        match scope {
            Scope::Question(question) => self.question == *question,
            Scope::Submission(submission) => self.submission == *submission,
        }
    }
}

/// All answers of a batch, in the source's order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Places {
    all: Vec<Place>,
    by_answer: HashMap<AnswerId, usize>,
    by_submission: HashMap<SubmissionId, Vec<usize>>,
}

impl Places {
    /// The places of a batch as it is now.
    pub fn of(batch: &Batch) -> Self {
        let mut places = Places::default();
        for submission in &batch.submissions {
            for answer in &submission.answers {
                places.add(place(submission, answer));
            }
        }
        places
    }

    fn add(&mut self, place: Place) {
        let at = self.all.len();
        self.by_answer.insert(place.answer, at);
        self.by_submission.entry(place.submission).or_default().push(at);
        self.all.push(place);
    }

    /// The place of an answer; none for an answer that this batch does not have.
    pub fn get(&self, answer: AnswerId) -> Option<&Place> {
        self.by_answer.get(&answer).map(|&at| &self.all[at])
    }

    /// All places in the source's order.
    pub fn iter(&self) -> std::slice::Iter<'_, Place> {
        self.all.iter()
    }

    /// The places of one submission, in the order of asking.
    pub fn of_submission(&self, id: SubmissionId) -> impl Iterator<Item = &Place> {
        self.by_submission.get(&id).into_iter().flatten().map(|&at| &self.all[at])
    }

    /// The places of one question, in the source's order.
    pub fn of_question<'a>(&'a self, id: &'a QuestionId) -> impl Iterator<Item = &'a Place> {
        self.all.iter().filter(move |place| place.question == *id)
    }
}

/// Whether a person is in the running: something came in, and neither side has stepped back.
pub(crate) fn is_in_the_running(submission: &Submission) -> bool {
    matches!(submission.status, Status::Started | Status::Completed)
}

fn place(submission: &Submission, answer: &Answer) -> Place {
    let there = answer.state.is_reviewable() || answer.state == AnswerState::NotHere;
    let withheld = answer.state == AnswerState::NotHandedOut;
    Place {
        answer: answer.id,
        question: answer.question.clone(),
        submission: submission.id,
        candidate: submission.candidate.id,
        revision: answer.revision,
        due: there && is_in_the_running(submission),
        here: answer.state.is_reviewable(),
        faulty: (withheld || matches!(answer.state, AnswerState::Faulty { .. })) && is_in_the_running(submission),
        withheld,
        arrived: submission.completed_at.or(submission.started_at),
    }
}
