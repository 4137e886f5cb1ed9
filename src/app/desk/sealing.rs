//! What a seal would lock, and what is missing before that.

use super::Desk;
use crate::interview::{AnswerId, CandidateId, CriterionId};
use crate::journal::{Act, Scope, Subject};
use crate::protocol::{self, Gap, Others};
use crate::scorecard::{Material, percent};
use crate::text::SafeText;

/// What stands in the way of a seal.
#[derive(Default)]
pub struct SealCheck {
    /// What must be done first, one line an answer.
    pub blocked: Vec<SafeText>,
    /// Answers heard less than the policy asks, and how much in words. They can be acknowledged.
    pub unheard: Vec<(AnswerId, SafeText)>,
}

impl SealCheck {
    /// The answers that the seal names as heard too little.
    pub fn unheard_answers(&self) -> Vec<AnswerId> {
        self.unheard.iter().map(|(answer, _)| *answer).collect()
    }

    /// What was heard too little, in words.
    pub fn unheard_lines(&self) -> Vec<SafeText> {
        self.unheard.iter().map(|(_, line)| line.clone()).collect()
    }

    /// All that is missing, also what can be acknowledged.
    pub fn missing(&self) -> Vec<SafeText> {
        self.blocked.iter().cloned().chain(self.unheard_lines()).collect()
    }
}

/// What a person writes by sealing and opening again; the screen's key and the command write the same.
impl Desk {
    /// The act that seals a scope, with the candidate under whose key it is stored; `unheard` is what was acknowledged.
    pub fn seal_act(&self, scope: &Scope, unheard: Vec<AnswerId>) -> (Option<CandidateId>, Act) {
        (self.subject_of(scope), Act::Sealed { scope: scope.clone(), unheard })
    }

    /// The act that says that others' work shows now; none where it showed already, `before` the seal, or is still hidden.
    pub fn reveal_act(&self, before: Others) -> Option<Act> {
        let opened = before != Others::Shown && self.sight.others() == Others::Shown;
        opened.then(|| Act::Revealed { what: Subject::Batch(self.batch.id), reason: None })
    }

    /// The act that opens a seal again, with the candidate under whose key it is stored.
    pub fn reopen_act(&self, scope: &Scope, reason: SafeText) -> (Option<CandidateId>, Act) {
        (self.subject_of(scope), Act::Reopened { scope: scope.clone(), reason })
    }

    /// The candidate that a seal concerns, where it is about one.
    pub(in crate::app) fn subject_of(&self, scope: &Scope) -> Option<CandidateId> {
        match scope {
            Scope::Submission(submission) => self.candidate_of(*submission),
            Scope::Question(_) => None,
        }
    }
}

impl Desk {
    /// What one seal key would lock for an answer.
    pub fn scope_of(&self, answer: AnswerId) -> Option<Scope> {
        let place = self.place(answer)?;
        Some(protocol::scope_of(&self.rules.protocol, &place.question, place.submission))
    }

    /// A scope as people say it.
    pub fn scope_in_words(&self, scope: &Scope) -> String {
        match scope {
            Scope::Question(question) => {
                let number = self.batch.question(question).map_or(0, |(index, _)| index + 1);
                format!("your ratings of question {number}, all candidates")
            }
            Scope::Submission(submission) => match self.batch.submission(*submission) {
                Some(submission) => format!("your scorecard of {}", self.called(submission.id)),
                None => "this scorecard".to_owned(),
            },
        }
    }

    /// What would be sealed and what is missing before that: one line an answer, in the order of hearing.
    pub fn seal_check(&self, scope: &Scope) -> SealCheck {
        let mut check = SealCheck::default();
        let Some(rubric) = &self.rubric else { return check };
        let mut gaps = protocol::gaps_before_seal(scope, self.mine(), &self.record, rubric, &self.rules.protocol, &self.materials);
        // Never the source's order, which nobody is to see; the sort keeps an answer's own gaps in the rubric's.
        gaps.sort_by_key(|gap| (self.plan.position(gap.answer()).unwrap_or(usize::MAX), gap.answer()));
        for of_answer in gaps.chunk_by(|a, b| a.answer() == b.answer()) {
            self.check_answer(of_answer, &mut check);
        }
        check
    }

    /// What is missing at one answer.
    fn check_answer(&self, gaps: &[Gap], check: &mut SealCheck) {
        let Some(answer) = gaps.first().map(Gap::answer) else { return };
        let whose = self.whose(answer);
        let named = |of_kind: fn(&Gap) -> Option<&CriterionId>| {
            let names: Vec<String> = gaps.iter().filter_map(of_kind).map(|id| self.criterion_name(answer, id)).collect();
            names.join(", ")
        };
        // An answer that cannot be heard is rated as a technical fault, not left open.
        let kinds = [
            ("not rated", named(|gap| if let Gap::Unrated { criterion, .. } = gap { Some(criterion) } else { None })),
            (
                "rated on an older recording",
                named(|gap| if let Gap::Stale { criterion, .. } = gap { Some(criterion) } else { None }),
            ),
            ("needs evidence", named(|gap| if let Gap::NoEvidence { criterion, .. } = gap { Some(criterion) } else { None })),
        ];
        let unrated = gaps.iter().filter(|gap| matches!(gap, Gap::Unrated { .. })).count();
        if unrated > 0 && unrated == self.criteria(answer).len() {
            check.blocked.push(SafeText::line(&format!("{whose}: nothing is rated")));
        }
        let missing: Vec<String> =
            kinds.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| format!("{what}: {names}")).collect();
        if !missing.is_empty() && unrated < self.criteria(answer).len() {
            check.blocked.push(SafeText::line(&format!("{whose}: {}", missing.join("; "))));
        }
        for gap in gaps {
            let Gap::Unheard { share, asked, .. } = gap else { continue };
            let (asked, written) = (percent(*asked), matches!(self.materials.get(&answer), Some(Material::Text { .. })));
            let line = match (share, written) {
                (Some(share), false) => format!("{whose}: {}% of the speech heard, {asked}% asked", percent(*share)),
                (Some(share), true) => format!("{whose}: {}% of the text read, {asked}% asked", percent(*share)),
                (None, _) => format!("{whose}: not heard"),
            };
            check.unheard.push((answer, SafeText::line(&line)));
        }
    }

    /// Whose answer to which question, as people say it.
    pub fn whose(&self, answer: AnswerId) -> String {
        self.batch.answer(answer).map_or_else(String::new, |(submission, found)| {
            let number = self.batch.question(&found.question).map_or(0, |(index, _)| index + 1);
            format!("{}, question {number}", self.called(submission.id))
        })
    }

    fn criterion_name(&self, answer: AnswerId, id: &CriterionId) -> String {
        let criterion = self.criteria(answer).iter().find(|criterion| criterion.id == *id);
        criterion.map_or_else(|| id.to_string(), |criterion| criterion.name.to_string())
    }
}
