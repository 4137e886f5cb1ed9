//! Candidates who are added to a batch that is here: its questions and those that are new, in one order, and everything else as it is.

use std::collections::BTreeSet;

use super::Found;
use crate::interview::bundle::not_given;
use crate::interview::{Answer, Batch, CandidateId, Interview, Question, Register, Submission};
use crate::text::SafeText;

impl Found {
    /// Makes this a part of the batch that is here: what it does not say stays, also the title, where none is given. Questions that were not
    /// asked before stand behind those that were. `left` are people of whom nothing is here any more.
    pub fn join(&mut self, here: Batch, left: &BTreeSet<CandidateId>, title: Option<&str>) {
        let mut questions = here.interview.questions.clone();
        let new = std::mem::take(&mut self.batch.interview.questions);
        questions.extend(new.into_iter().filter(|new| here.question(&new.id).is_none()));
        let coming = std::mem::take(&mut self.batch.submissions);
        let stays = |one: &&Submission| !left.contains(&one.candidate.id) && coming.iter().all(|new| new.id != one.id);
        let mut submissions: Vec<Submission> = here.submissions.iter().filter(stays).cloned().collect();
        submissions.extend(coming);
        for submission in &mut submissions {
            let old = here.submission(submission.id);
            if let Some(old) = old.filter(|_| submission.documents.is_empty()) {
                submission.documents.clone_from(&old.documents);
            }
            submission.answers = questions.iter().map(|question| one_each(submission, old, question)).collect();
        }
        self.batch = Batch {
            title: title.map_or_else(|| here.title.clone(), SafeText::line),
            interview: Interview { questions, ..here.interview.clone() },
            submissions,
            register: Register::default(),
            ..here
        };
    }
}

/// The answer to a question: the one that comes, else the one that is here, else that none was given.
fn one_each(submission: &Submission, old: Option<&Submission>, question: &Question) -> Answer {
    let coming = submission.answer_to(&question.id);
    let old = old.and_then(|old| old.answer_to(&question.id));
    let answer = coming.filter(|answer| !answer.state.is_absent()).or(old).or(coming);
    answer.cloned().unwrap_or_else(|| not_given(submission.id, &question.id))
}
