//! What a seal would lock, and what is missing before that.

use super::Desk;
use crate::interview::{AnswerId, CandidateId, CriterionId, Moment};
use crate::journal::{Act, Scope, Subject};
use crate::protocol::{self, Gap, Others};
use crate::scorecard::{Material, percent};
use crate::text::SafeText;

/// What stands in the way of a seal.
#[derive(Default)]
pub struct SealCheck {
    /// Answers at which something must be done first, and what, in words.
    pub blocked: Vec<(AnswerId, SafeText)>,
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

    /// What must be done first, in words.
    pub fn blocked_lines(&self) -> Vec<SafeText> {
        self.blocked.iter().map(|(_, line)| line.clone()).collect()
    }

    /// All that is missing and where, also what can be acknowledged.
    pub fn missing(&self) -> impl Iterator<Item = &(AnswerId, SafeText)> {
        self.blocked.iter().chain(&self.unheard)
    }
}

/// Where a reviewer stands whose own is all sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ComesNext {
    /// Other reviewers whose sealed scorecards show.
    pub others: usize,
    /// Values on which reviewers differ and have not agreed yet.
    pub differ: usize,
}

impl ComesNext {
    /// What of others' work shows, as a sentence.
    pub fn shows(self) -> &'static str {
        match self.others {
            0 => "Nobody else has sealed a scorecard yet; what others seal shows from now on.",
            _ => "Others' scorecards show now.",
        }
    }

    /// How much there is to talk about.
    pub fn to_talk_about(self) -> String {
        match self.differ {
            1 => "Talk about the value on which you differ: 1, two points or more apart".to_owned(),
            n => format!("Talk about where you differ: {n} values, two points or more apart"),
        }
    }
}

impl Desk {
    /// What the last seal of one's own leads to.
    pub fn comes_next(&self) -> ComesNext {
        let others = self.sight.theirs().filter(|(_, work)| !work.ratings.is_empty()).count();
        let differ = self.disagreements().iter().filter(|one| one.cell.agreed.is_none()).count();
        ComesNext { others, differ }
    }
}

/// What a person writes by sealing and opening again; the screen's key and the command write the same.
impl Desk {
    /// The act that seals a scope, with the candidate under whose key it is stored; `unheard` is what was acknowledged.
    pub fn seal_act(&self, scope: &Scope, unheard: Vec<AnswerId>) -> (Option<CandidateId>, Act) {
        let knows = self.record.had(&self.entries, self.me, scope);
        let locks = Some(self.record.to_lock(self.me, scope));
        (self.subject_of(scope), Act::Sealed { scope: scope.clone(), unheard, knows, locks })
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

    /// Whether a scope is sealed, and nothing of one's own in it came in since.
    pub fn scope_is_sealed(&self, scope: &Scope) -> bool {
        let mut own = self.record.own(self.me).filter(|place| place.is_in(scope));
        self.mine().sealed.contains_key(scope) && own.all(|place| self.mine().is_sealed(place))
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
        let protocol = &self.rules.protocol;
        let mut gaps = protocol::gaps_before_seal(scope, self.me, self.mine(), &self.record, rubric, protocol, &self.materials);
        // Never the source's order, which nobody is to see; the sort keeps an answer's own gaps in the rubric's.
        gaps.sort_by_key(|gap| (self.plan.position(gap.answer()).unwrap_or(usize::MAX), gap.answer()));
        for of_answer in gaps.chunk_by(|a, b| a.answer() == b.answer()) {
            let answer = of_answer[0].answer();
            let line = |words: String| (answer, SafeText::line(&format!("{}: {words}", self.whose(answer))));
            let (unjudged, unheard) = self.gaps_in_words(answer, of_answer);
            check.blocked.extend(unjudged.map(line));
            check.unheard.extend(unheard.map(line));
        }
        check
    }

    /// What my own work at an answer lacks before the seal; nothing where it is sealed or need not be reviewed.
    pub(in crate::app) fn gaps_at(&self, answer: AnswerId) -> Vec<Gap> {
        let Some(rubric) = self.rubric.as_ref().filter(|_| !self.is_sealed(answer)) else { return Vec::new() };
        protocol::gaps_at(answer, self.me, self.mine(), &self.record, rubric, &self.rules.protocol, &self.materials)
    }

    /// The next answer of the order that lacks something before the seal, from the one after `answer` on.
    pub(in crate::app) fn lacking_after(&self, answer: Option<AnswerId>) -> Option<AnswerId> {
        self.plan.next_open(answer, |step| !self.gaps_at(step.answer).is_empty()).map(|step| step.answer)
    }

    /// The answer itself while it lacks something before the seal, else the next that does.
    pub(in crate::app) fn lacking_from(&self, answer: Option<AnswerId>) -> Option<AnswerId> {
        answer.filter(|answer| !self.gaps_at(*answer).is_empty()).or_else(|| self.lacking_after(answer))
    }

    /// What an answer lacks, in words: what is to be judged, and what is to be heard.
    pub(in crate::app) fn gaps_in_words(&self, answer: AnswerId, gaps: &[Gap]) -> (Option<String>, Option<String>) {
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
            return (Some("nothing is rated".to_owned()), self.unheard_in_words(answer, gaps));
        }
        let missing: Vec<String> =
            kinds.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| format!("{what}: {names}")).collect();
        ((!missing.is_empty()).then(|| missing.join("; ")), self.unheard_in_words(answer, gaps))
    }

    fn unheard_in_words(&self, answer: AnswerId, gaps: &[Gap]) -> Option<String> {
        let written = matches!(self.materials.get(&answer), Some(Material::Text { .. }));
        gaps.iter().find_map(|gap| match gap {
            Gap::Unheard { share: None, .. } => Some("not heard".to_owned()),
            Gap::Unheard { share: Some(share), asked, .. } => {
                let what = if written { "text read" } else { "speech heard" };
                Some(format!("{}% of the {what}, {}% asked", percent(*share), percent(*asked)))
            }
            _ => None,
        })
    }

    /// Where speech begins that I have not heard; none where nothing is known of the recording, or all was heard.
    pub(in crate::app) fn first_unheard(&self, answer: AnswerId) -> Option<Moment> {
        let speech = &self.outlines.get(&answer)?.speech;
        let heard = self.mine().heard.get(&answer).and_then(|heard| heard.of(self.revision(answer))).cloned().unwrap_or_default();
        let missed = speech.iter().flat_map(|span| heard.complement(*span).iter().copied().collect::<Vec<_>>());
        // A breath between two stretches that were heard is nothing to go back for.
        const WORTH_MS: u32 = 500;
        missed.filter(|span| span.end.0 - span.start.0 >= WORTH_MS).map(|span| span.start).next()
    }

    /// The names of the criteria whose value still lacks evidence.
    pub(in crate::app) fn unproven(&self, answer: AnswerId) -> Vec<SafeText> {
        let lacking = self.criteria(answer).iter().filter(|criterion| self.lacks_evidence(answer, &criterion.id));
        lacking.map(|criterion| criterion.name.clone()).collect()
    }

    fn criterion_name(&self, answer: AnswerId, id: &CriterionId) -> String {
        let criterion = self.criteria(answer).iter().find(|criterion| criterion.id == *id);
        criterion.map_or_else(|| id.to_string(), |criterion| criterion.name.to_string())
    }
}
