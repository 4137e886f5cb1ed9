//! Where the submissions and answers of a batch lie: a batch of ten thousand answers is asked for single ones at every key.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use super::{Answer, AnswerId, Submission, SubmissionId};

/// Places by id, written down when they are first asked for.
///
/// It only says where to look first. What does not lie there any more is looked for everywhere, so that a register that is
/// older than its batch finds the same.
#[derive(Clone, Default)]
pub struct Register {
    submissions: OnceLock<HashMap<SubmissionId, u32>>,
    answers: OnceLock<HashMap<AnswerId, (u32, u32)>>,
}

/// Batches are the same whatever was looked for in them.
impl PartialEq for Register {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl fmt::Debug for Register {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<register>")
    }
}

impl Register {
    /// The submission with this id.
    pub(super) fn submission<'b>(&self, all: &'b [Submission], id: SubmissionId) -> Option<&'b Submission> {
        let places = self.submissions.get_or_init(|| (0..).zip(all).map(|(at, submission)| (submission.id, at)).collect());
        let there = places.get(&id).and_then(|at| all.get(*at as usize)).filter(|submission| submission.id == id);
        there.or_else(|| all.iter().find(|submission| submission.id == id))
    }

    /// The submission and the answer with this id.
    pub(super) fn answer<'b>(&self, all: &'b [Submission], id: AnswerId) -> Option<(&'b Submission, &'b Answer)> {
        let places = self.answers.get_or_init(|| places(all));
        let there = places.get(&id).and_then(|(at, nth)| {
            let submission = all.get(*at as usize)?;
            Some((submission, submission.answers.get(*nth as usize).filter(|answer| answer.id == id)?))
        });
        there.or_else(|| {
            all.iter().find_map(|submission| Some((submission, submission.answers.iter().find(|answer| answer.id == id)?)))
        })
    }
}

fn places(all: &[Submission]) -> HashMap<AnswerId, (u32, u32)> {
    let of = |(at, submission): (u32, &Submission)| {
        (0..).zip(&submission.answers).map(|(nth, answer)| (answer.id, (at, nth))).collect::<Vec<_>>()
    };
    (0..).zip(all).flat_map(of).collect()
}
