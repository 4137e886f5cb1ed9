//! Where the parts of a rubric stand in its file, so that a complaint about a value can say its line.

use std::collections::HashMap;

use crate::interview::{CriterionId, QuestionId};
use crate::rubric::lint::Subject;

/// Byte offsets by what stands there.
#[derive(Default)]
pub(super) struct Places {
    questions: HashMap<String, usize>,
    criteria: HashMap<(String, String), usize>,
}

impl Places {
    pub(super) fn question(&mut self, id: &QuestionId, at: usize) {
        self.questions.insert(id.to_string(), at);
    }

    pub(super) fn criterion(&mut self, question: &str, id: &CriterionId, at: usize) {
        self.criteria.insert((question.to_owned(), id.to_string()), at);
    }

    /// Where a subject stands; the start of the file where that is not known.
    pub(super) fn of(&self, subject: &Subject) -> usize {
        let at = match subject {
            Subject::Rubric => None,
            Subject::Question(id) => self.questions.get(id.as_str()),
            Subject::Criterion(question, id) => self.criteria.get(&(question.to_string(), id.to_string())),
        };
        at.copied().unwrap_or(0)
    }
}
