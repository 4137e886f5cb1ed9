//! What the platform says by itself of a submission: shown as the platform's words, and only after the reveal.

use super::Desk;
use crate::interview::{AnswerId, Digest, Moment, PlatformStatement, QuestionId, SubmissionId};
use crate::journal::{Statement, Subject};
use crate::protocol::{self, Others};
use crate::text::SafeText;

/// One statement of a platform, as it may be shown now.
#[derive(Clone, PartialEq, Debug)]
pub struct Stated {
    /// The answer and the question it is about; none for one about the whole submission.
    pub answer: Option<(AnswerId, QuestionId)>,
    /// As the platform gave it, but what names the person while the name is hidden.
    pub statement: PlatformStatement,
}

impl Stated {
    /// Where in the recording or when, what, and who says it, in one line.
    pub fn in_words(&self) -> String {
        let PlatformStatement { kind, says, from_ms, to_ms, at, by } = &self.statement;
        let place = match (from_ms, to_ms) {
            (Some(from), Some(to)) => format!(" at {} to {}", Moment(*from), Moment(*to)),
            (Some(from), None) => format!(" at {}", Moment(*from)),
            (None, _) => at.map(|at| format!(" on {}", at.strftime("%Y-%m-%d %H:%M UTC"))).unwrap_or_default(),
        };
        let question = self.answer.as_ref().map(|(_, question)| format!("{question}, ")).unwrap_or_default();
        let says = says.as_ref().map(|says| format!(": {says}")).unwrap_or_default();
        let by = by.as_ref().map(|by| format!(" ({by})")).unwrap_or_default();
        format!("{question}{kind}{place}{says}{by}")
    }
}

impl Desk {
    /// What the batch's platform says by itself of a submission and of its answers, in the order of the questions.
    ///
    /// # Errors
    /// Why it is not shown yet, in words; then not even whether there is something is told.
    pub fn platform_says(&self, submission: SubmissionId) -> Result<Vec<Stated>, &'static str> {
        match self.sight.is_on_panel() {
            true if self.record.own(self.me).next().is_none() => {
                return Err(
                    "What a platform says is shown once your own ratings are sealed, and nothing of yours can be reviewed yet.",
                );
            }
            true if self.sight.others() != Others::Shown => {
                return Err("What a platform says is shown once your own ratings of this batch are sealed.");
            }
            // Who does not review waits until others' scorecards may be seen.
            false if !protocol::is_ready(&self.record, &self.rules, submission) => {
                return Err("What a platform says is shown once the scorecards are there.");
            }
            _ => {}
        }
        let Some(found) = self.batch.submission(submission) else { return Ok(Vec::new()) };
        let covered = |text: &Option<SafeText>| text.as_ref().map(|text| self.quoted_of(submission, text));
        let shown = |answer: Option<(AnswerId, QuestionId)>, one: &PlatformStatement| Stated {
            answer,
            statement: PlatformStatement {
                kind: self.quoted_of(submission, &one.kind),
                says: covered(&one.says),
                by: covered(&one.by),
                ..one.clone()
            },
        };
        let whole = found.statements.iter().map(|one| shown(None, one));
        let answers = found.answers.iter().flat_map(|answer| {
            answer.statements.iter().map(|one| shown(Some((answer.id, answer.question.clone())), one)).collect::<Vec<_>>()
        });
        Ok(whole.chain(answers).collect())
    }

    /// What is written down when a submission's statements are seen; nothing where there are none.
    pub fn platform_statement(&self, submission: SubmissionId) -> Option<(Subject, Statement)> {
        let found = self.batch.submission(submission)?;
        let all: Vec<&PlatformStatement> =
            found.statements.iter().chain(found.answers.iter().flat_map(|answer| &answer.statements)).collect();
        let digest = Digest::of(&serde_json::to_vec(&all).expect("it has string keys"));
        let by = SafeText::line(&format!("platform: {}", self.batch.source.raw()));
        (!all.is_empty()).then(|| (Subject::Submission(submission), Statement { by, version: SafeText::default(), digest }))
    }
}
