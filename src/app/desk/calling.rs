//! What candidates are called on screen: where pseudonyms change from question to question, by that of the question in front.

use super::Desk;
use crate::interview::{AnswerId, QuestionId, SubmissionId};
use crate::protocol::Shown;
use crate::text::SafeText;

impl Desk {
    /// How a submission's candidate is shown beside an answer to a question; without one, over all questions.
    pub fn shown_name(&self, submission: SubmissionId, question: Option<&QuestionId>) -> Shown {
        self.names.show(submission, question)
    }

    /// Whether a submission's candidate was erased: there is no name any more.
    pub fn is_erased(&self, submission: SubmissionId) -> bool {
        self.batch.submission(submission).is_some_and(|one| self.sight.erased.contains_key(&one.candidate.id))
    }

    /// How a submission's candidate is shown on the screen that is in front.
    pub fn shown_here(&self, submission: SubmissionId) -> Shown {
        self.shown_name(submission, self.in_front.as_ref())
    }

    /// The same, as text.
    pub fn called(&self, submission: SubmissionId) -> SafeText {
        self.shown_here(submission).text().clone()
    }

    /// Names of submissions, as they are called here, with commas between them.
    pub fn named(&self, who: &[SubmissionId]) -> String {
        who.iter().map(|id| self.called(*id).to_string()).collect::<Vec<_>>().join(", ")
    }

    /// Whose answer to which question, as people say it.
    pub fn whose(&self, answer: AnswerId) -> String {
        self.batch.answer(answer).map_or_else(String::new, |(submission, found)| {
            let number = self.batch.question(&found.question).map_or(0, |(index, _)| index + 1);
            format!("{}, question {number}", self.shown_name(submission.id, Some(&found.question)).text())
        })
    }
}
