//! What a machine says, and when this reviewer first saw it.

use std::collections::HashSet;

use super::Desk;
use crate::interview::{CandidateId, Digest};
use crate::journal::{Act, Statement, Subject};

impl Desk {
    /// The acts that say that this reviewer sees these statements of a machine for the first time, with whom each concerns; none for
    /// those that were seen before, in the same version and the same words.
    pub fn first_seen(&self, statements: impl IntoIterator<Item = (Subject, Statement)>) -> Vec<(Option<CandidateId>, Act)> {
        let mine = self.entries.iter().filter(|event| event.header.author == self.me);
        let mut seen: HashSet<(Subject, Digest)> = mine
            .filter_map(|event| match &event.act {
                Act::Shown { what, statement: Some(statement), .. } => Some((what.clone(), statement.digest)),
                _ => None,
            })
            .collect();
        let fresh = statements.into_iter().filter(|(what, statement)| seen.insert((what.clone(), statement.digest)));
        fresh
            .map(|(what, statement)| (self.concerned(&what), Act::Shown { what, through: None, statement: Some(statement) }))
            .collect()
    }

    fn concerned(&self, what: &Subject) -> Option<CandidateId> {
        match what {
            Subject::Answer(answer) => self.batch.answer(*answer).map(|(submission, _)| submission.candidate.id),
            Subject::Submission(id) => self.batch.submission(*id).map(|submission| submission.candidate.id),
            _ => None,
        }
    }
}
