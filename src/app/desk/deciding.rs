//! Decisions and tags: whether decisions are open, what stands, what goes against the ranking, and what a person writes; the
//! screen's key and the command write the same.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::Desk;
use crate::app::{Handed, decision_in_words};
use crate::interview::{AnswerId, CandidateId, Slug, SubmissionId};
use crate::journal::{Act, Decision, Tagging};
use crate::panel::{self, Against};
use crate::protocol::{self, Gate, Others, Waiting, Why};
use crate::scorecard::Decided;
use crate::text::SafeText;

/// From this share on an answer was heard by who only decides, as the standard rules ask of reviewers.
const HEARD: f64 = 0.9;

/// What somebody decides, and why.
#[derive(Clone, PartialEq, Debug)]
pub struct Verdict {
    /// Advance, hold or decline.
    pub decision: Decision,
    /// Which reason of the short list it is.
    pub because: Option<Slug>,
    /// Why, in words.
    pub reason: SafeText,
    /// Why before everyone was heard.
    pub overrides: Option<SafeText>,
}

impl Desk {
    /// Whether decisions are open, and what they wait for, in the order in which the reviewer sees the candidates.
    pub fn gate(&self) -> Gate {
        let mut gate = protocol::gate(&self.sight, &self.rules, &self.materials);
        let place: HashMap<SubmissionId, usize> = self.rows.iter().enumerate().map(|(at, row)| (*row, at)).collect();
        let in_order = |gate: &mut Gate| gate.waiting.sort_by_key(|waiting| place.get(&waiting.submission).copied());
        in_order(&mut gate);
        gate.late.iter_mut().for_each(|late| in_order(late));
        gate
    }

    /// Whether a submission can be decided on without a reason for not waiting.
    pub fn may_decide(&self, submission: SubmissionId) -> bool {
        self.gate().is_open_for(&self.sight, submission)
    }

    /// How far one is who was handed these to decide on, in words; none for everybody else.
    pub fn guest_in_words(&self) -> Option<String> {
        let handed = self.handed()?;
        let answers = self.plan.steps.len();
        let heard = self.plan.steps.iter().filter(|step| self.was_heard(step.answer)).count();
        let lapsed = handed.lapsed_in_words();
        Some(format!(
            "{} of {} decided{lapsed}  {heard} of {answers} answers heard by you  reviewers' scores: shown",
            handed.decided, handed.of
        ))
    }

    /// Whether one heard, or read, an answer who only decides: the rules say how much reviewers have to hear, which may be nothing at
    /// all, and nothing was heard by that.
    pub fn was_heard(&self, answer: AnswerId) -> bool {
        self.heard_share(answer).reaches(self.rules.protocol.heard_min.max(HEARD))
    }

    /// How far one is with what was handed to one to decide on; none for everybody else.
    pub fn handed(&self) -> Option<Handed> {
        let guest = self.sight.guests.get(&self.me).filter(|_| self.sight.only_decides())?;
        let here = || self.batch.submissions.iter().filter(|one| !self.sight.erased.contains_key(&one.candidate.id));
        let decided = here().filter(|one| self.sight.outcome(one).is_some()).count();
        // It is over when it is for the last of them.
        let untils: Vec<Option<Timestamp>> = here().map(|one| self.sight.until_of(self.me, one.id)).collect();
        let next = untils.iter().flatten().min().copied();
        let until = untils.into_iter().collect::<Option<Vec<Timestamp>>>().and_then(|all| all.into_iter().max().or(guest.until));
        Some(Handed { until, decided, of: here().count(), lapsed: self.lapsed(), next })
    }

    /// How many were handed to one to decide on whose day is over: nothing of them is shown any more.
    pub fn lapsed(&self) -> usize {
        let handed: BTreeSet<SubmissionId> = self.sight.handed_to(self.me).flat_map(|of| &of.submissions).copied().collect();
        handed.iter().filter(|id| self.batch.submission(**id).is_none()).count()
    }

    /// How many were handed to one to decide on whom one took off the shortlist.
    pub fn taken_off(&self) -> usize {
        let is_here = |id: SubmissionId| self.candidate_of(id).is_some_and(|who| !self.sight.erased.contains_key(&who));
        let is_off = |id: &&SubmissionId| !self.sight.shortlist.contains_key(id) && is_here(**id);
        if self.sight.only_decides() { self.rows.iter().filter(is_off).count() } else { 0 }
    }

    /// What a decision waits for, in words.
    pub fn waiting_in_words(&self, waiting: &Waiting) -> String {
        let name = self.called(waiting.submission);
        match &waiting.why {
            Why::Reviews { have, need: 1 } => format!("{name}: {have} of 1 review sealed"),
            Why::Reviews { have, need } => format!("{name}: {have} of {need} reviews sealed"),
            Why::Unheard { .. } => format!("{name}: sealed, but heard too little"),
            Why::Faulty => format!("{name}: answered, but no recording can be used; ask for them again"),
            Why::NotHandedOut => format!("{name}: handed in, but the source hands out no recording; `earmark attach` brings them"),
        }
    }

    /// The ATS's records that a submission belongs to.
    pub fn applications(&self, submission: SubmissionId) -> Vec<SafeText> {
        self.batch.submission(submission).map_or_else(Vec::new, |one| self.sight.applications(one))
    }

    /// The decisions that stand, as far as they may be seen, each with its application; without one where the same stands for all.
    pub fn standing(&self, submission: SubmissionId) -> Vec<(Option<SafeText>, &Decided)> {
        self.batch.submission(submission).map_or_else(Vec::new, |one| self.sight.standing(one))
    }

    /// What was decided, in a word; `per appl.` where applications differ. None where nothing was.
    pub fn decided_in_a_word(&self, submission: SubmissionId) -> Option<&'static str> {
        match self.standing(submission).as_slice() {
            [] => None,
            [(None, whole)] => Some(decision_in_words(whole.decision)),
            [(_, first), rest @ ..] => {
                let all = rest.len() + 1 >= self.applications(submission).len();
                let same = rest.iter().all(|(_, other)| other.decision == first.decision);
                Some(if all && same { decision_in_words(first.decision) } else { "per appl." })
            }
        }
    }

    /// What was decided with its reason, each application by itself where they differ; none where nothing was.
    pub fn decided_in_words(&self, submission: SubmissionId) -> Option<String> {
        let said = |(application, decided): &(Option<SafeText>, &Decided)| {
            let of = application.as_ref().map_or_else(String::new, |id| format!("{id} "));
            let reason = self.quoted_of(submission, &decided.reason);
            format!("{of}{}: {reason}", decision_in_words(decided.decision))
        };
        let all: Vec<String> = self.standing(submission).iter().map(said).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    /// Where two people decided differently on one application: who decided what, and that the latest stands; none where nobody did.
    pub fn differing_in_words(&self, submission: SubmissionId) -> Option<SafeText> {
        let names = self.sight.pseudonyms();
        let who =
            |by| if by == self.me { "you".into() } else { names.get(&by).cloned().unwrap_or_else(|| self.sight.pseudonym(by)) };
        let said = |(application, all): (Option<SafeText>, Vec<&Decided>)| {
            let of = application.map_or_else(String::new, |id| format!("{id} "));
            let last = all.len().saturating_sub(1);
            // The reason of what stands is told with it.
            let why = |nth: usize, one: &Decided| match self.quoted_of(submission, &one.reason) {
                reason if nth < last && !reason.is_empty() => format!(" ({})", reason.as_str().trim_end_matches('.')),
                _ => String::new(),
            };
            let said =
                |(nth, one): (usize, &&Decided)| format!("{} {}{}", who(one.by), decision_in_words(one.decision), why(nth, one));
            let each: Vec<String> = all.iter().enumerate().map(said).collect();
            format!("{of}{}", each.join(", "))
        };
        let all: Vec<String> = self.sight.differing(submission).into_iter().map(said).collect();
        let words = format!("{}: {}; the last stands", self.called(submission), all.join("; "));
        (!all.is_empty()).then(|| SafeText::line(&words))
    }

    /// How the decision on a submission goes against the ranking; none where it does not, or where the ranking is not seen whole.
    pub fn against(&self, submission: SubmissionId) -> Option<&Against> {
        self.against_ranking().get(&submission)
    }

    /// All decisions that go against the ranking; as many can be met as were advanced.
    pub fn against_ranking(&self) -> &BTreeMap<SubmissionId, Against> {
        self.against.get_or_init(|| {
            let Some((ranking, _)) = self.decided_ranking() else { return BTreeMap::new() };
            self.by_submission(panel::decided_against(&ranking, &self.sight, &self.batch, None))
        })
    }

    /// Whose decision goes against the ranking now, and did not before, or did so in another way: also a decision that stood before
    /// can come to do so by what is decided on somebody else.
    pub fn newly_against(&self, before: &BTreeMap<SubmissionId, Against>) -> Vec<SubmissionId> {
        let is_new = |(id, against): &(&SubmissionId, &Against)| before.get(id) != Some(against);
        self.against_ranking().iter().filter(is_new).map(|(id, _)| *id).collect()
    }

    /// How it would go against the ranking to decide so on a submission as a whole, in words, each decision with its own; nothing where
    /// none would.
    pub fn would_be_against(&self, submission: SubmissionId) -> Vec<(Decision, String)> {
        let Some(of) = self.batch.submission(submission).filter(|_| self.sight.others() == Others::Shown) else {
            return Vec::new();
        };
        let Some((ranking, _)) = self.analysis() else { return Vec::new() };
        let outcome = |one: &crate::interview::Submission| Some((one.candidate.source_id.clone(), self.sight.outcome(one)?));
        let mut decided: BTreeMap<SafeText, Decision> = self.batch.submissions.iter().filter_map(outcome).collect();
        let mut would = |decision| {
            decided.insert(of.candidate.source_id.clone(), decision);
            let found = panel::against(&ranking, &decided, None).remove(&of.candidate.source_id)?;
            Some((decision, found.words(|source| self.called_by_source(source))))
        };
        [Decision::Advance, Decision::Decline].into_iter().filter_map(&mut would).collect()
    }

    /// The same in words.
    pub fn against_in_words(&self, submission: SubmissionId) -> Option<String> {
        self.against(submission).map(|against| against.words(|source| self.called_by_source(source)))
    }

    /// The ranking that decisions are held against; none where nothing is decided.
    fn decided_ranking(&self) -> Option<(panel::Panel, panel::LeftOut)> {
        let is_any = self.batch.submissions.iter().any(|one| self.sight.outcome(one).is_some());
        if is_any && self.sight.others() == Others::Shown { self.analysis() } else { None }
    }

    fn by_submission(&self, mut found: BTreeMap<SafeText, Against>) -> BTreeMap<SubmissionId, Against> {
        let of = |one: &crate::interview::Submission| Some((one.id, found.remove(&one.candidate.source_id)?));
        self.batch.submissions.iter().filter_map(of).collect()
    }

    fn called_by_source(&self, source: &SafeText) -> SafeText {
        let found = self.batch.submissions.iter().find(|one| one.candidate.source_id == *source);
        found.map_or_else(|| source.clone(), |one| self.called(one.id))
    }

    /// The act that decides on a submission, with the candidate under whose key it is stored. Where its gate is open there is
    /// nothing to override, and that is left out.
    pub fn decide_act(
        &self,
        submission: SubmissionId,
        application: Option<SafeText>,
        verdict: Verdict,
    ) -> (Option<CandidateId>, Act) {
        let Verdict { decision, because, reason, overrides } = verdict;
        let overrides = overrides.filter(|_| !self.may_decide(submission));
        (self.candidate_of(submission), Act::Decided { submission, application, decision, because, reason, overrides })
    }

    /// The act that puts a tag on or takes it off, with the candidate under whose key it is stored; none where it is so already.
    pub fn tag_act(&self, submission: SubmissionId, tag: &SafeText, on: bool) -> Option<(Option<CandidateId>, Act)> {
        let is_on = self.sight.tags_of(submission).any(|known| known == tag);
        let act = if on { Tagging::Added } else { Tagging::Removed };
        (is_on != on).then(|| (self.candidate_of(submission), Act::Tagged { submission, tag: tag.clone(), act }))
    }
}
