//! Where the parts of a rubric stand in its file, so that a complaint about a value can say its line.

use std::collections::HashMap;

use crate::form::Form;
use crate::interview::{CriterionId, QuestionId};
use crate::rubric::lint::{Part, Subject};

/// Byte offsets by what stands there.
#[derive(Default)]
pub(super) struct Places(HashMap<Subject, usize>);

impl Places {
    /// Keeps where the rubric's own settings stand.
    pub(super) fn root(&mut self, form: &Form<'_>) {
        self.keys(form, None, None, &["deadline_hours", "scale"]);
    }

    pub(super) fn question(&mut self, id: &QuestionId, form: &Form<'_>) {
        self.keys(form, Some(id), None, &["prompt", "type", "think_seconds", "answer_seconds", "retakes"]);
    }

    pub(super) fn criterion(&mut self, question: Option<&QuestionId>, id: &CriterionId, form: &Form<'_>) {
        self.keys(form, question, Some(id), &["name", "weight"]);
        for (key, _, value) in form.entries_of("anchors") {
            if let Ok(point) = key.parse() {
                self.put(question, Some(id), Part::Anchor(point), value.span().start);
            }
        }
    }

    fn keys(&mut self, form: &Form<'_>, question: Option<&QuestionId>, criterion: Option<&CriterionId>, keys: &[&'static str]) {
        self.put(question, criterion, Part::Whole, form.at);
        for key in keys {
            self.put(question, criterion, Part::Key(key), form.place(key));
        }
    }

    fn put(&mut self, question: Option<&QuestionId>, criterion: Option<&CriterionId>, part: Part, at: usize) {
        let subject = Subject { question: question.cloned(), criterion: criterion.cloned(), part };
        self.0.insert(subject, at);
    }

    /// Where a subject stands; the start of the file where that is not known.
    pub(super) fn of(&self, subject: &Subject) -> usize {
        self.0.get(subject).copied().unwrap_or(0)
    }
}
