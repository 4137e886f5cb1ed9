//! What a reviewer's single acts leave behind: a rating, a note, a seal.

use jiff::Timestamp;

use super::places::Place;
use crate::interview::{AnswerId, CriterionId, EventId, Moment, QuestionId, ReviewerId, Revision, Slug, Span};
use crate::journal::{Locks, MustHaveAnswer, Outcome, Recommendation, Scope, Statement, Subject};
use crate::rubric::{Observed, Reveal};
use crate::text::SafeText;

/// What an act came after, where that matters for how freely it was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum After {
    /// Its own scope had been sealed before: it was opened again, or the answer came in later.
    Seal,
    /// All of one's own batch had been sealed before.
    OwnBatch,
    /// Others' scorecards of it had been shown.
    Reveal,
    /// Another library of the same person had sealed another value, neither knowing of the other: which came first, and what had been
    /// shown by then, nobody can tell.
    Apart,
}

/// One value, and how it came about.
#[derive(Clone, PartialEq, Debug)]
pub struct Rating {
    /// The value.
    pub observed: Observed,
    /// When it was given.
    pub at: Timestamp,
    /// Its time in the order of everything that was done.
    pub stands: Timestamp,
    /// The event that gave it.
    pub event: EventId,
    /// The recording that it was given for.
    pub revision: Option<Revision>,
    /// Why it was changed, where the protocol asks.
    pub reason: Option<SafeText>,
    /// The different value that stood before.
    pub revised_from: Option<Observed>,
    /// Whether it was given after a seal or a reveal.
    pub after: Option<After>,
    /// All that stood before, the earliest first.
    pub earlier: Vec<Earlier>,
    /// Whether the candidate's name had been shown to its author by then.
    pub named: bool,
    /// Whether the batch's own rules hid names then; none while the rubric's held.
    pub hid_names: Option<bool>,
}

impl Rating {
    /// Whether the candidate's name was hidden from its author when it was given. `rubric` says whether the rubric hides names.
    pub fn name_was_hidden(&self, rubric: bool) -> bool {
        self.hid_names.unwrap_or(rubric) && !self.named
    }

    /// Whether it was given for another recording than this one.
    pub fn is_stale(&self, current: Option<Revision>) -> bool {
        self.revision != current
    }

    /// Whether it was given after others' scores could be seen.
    pub fn is_after_reveal(&self, reveal: Reveal) -> bool {
        match self.after {
            None => false,
            Some(After::Seal) => reveal != Reveal::OwnBatchSealed,
            Some(After::OwnBatch | After::Reveal | After::Apart) => true,
        }
    }
}

/// A value that stood before.
#[derive(Clone, PartialEq, Debug)]
pub struct Earlier {
    /// The value.
    pub observed: Observed,
    /// When it was given.
    pub at: Timestamp,
    /// Its time in the order of everything that was done.
    pub stands: Timestamp,
    /// The event that gave it.
    pub event: EventId,
    /// The recording that it was given for.
    pub revision: Option<Revision>,
}

/// A stretch that ratings rest on.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// The event that marked it; undoing that event takes it away.
    pub event: EventId,
    /// In which answer.
    pub answer: AnswerId,
    /// Of which recording.
    pub revision: Option<Revision>,
    /// For which criteria.
    pub criteria: Vec<CriterionId>,
    /// Where; characters in a written answer.
    pub span: Span,
    /// What was said there.
    pub quote: SafeText,
    /// When it was marked.
    pub at: Timestamp,
}

/// A note on an answer, or a question to ask live.
#[derive(Clone, PartialEq, Debug)]
pub struct Note {
    /// The event that wrote it, or edited it last.
    pub event: EventId,
    /// On which answer.
    pub answer: AnswerId,
    /// At which moment of it.
    pub at: Option<Moment>,
    /// What it says.
    pub text: SafeText,
    /// When it was written or edited last.
    pub written: Timestamp,
    /// Whether it was written after a seal or a reveal.
    pub after: Option<After>,
    /// What it said before, the earliest first.
    pub earlier: Vec<(Timestamp, SafeText)>,
}

/// A fact ascertained.
#[derive(Clone, PartialEq, Debug)]
pub struct MustHaveMark {
    /// Whether it is so.
    pub met: MustHaveAnswer,
    /// Where it was said.
    pub span: Option<Span>,
    /// When it was marked.
    pub at: Timestamp,
    /// The event that marked it.
    pub event: EventId,
    /// Whether it was marked after a seal or a reveal.
    pub after: Option<After>,
}

/// An overall recommendation.
#[derive(Clone, PartialEq, Debug)]
pub struct Recommended {
    /// Which.
    pub recommendation: Recommendation,
    /// When.
    pub at: Timestamp,
    /// The event that made it.
    pub event: EventId,
    /// Whether it was made after a seal or a reveal.
    pub after: Option<After>,
}

/// Two answers compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// To which question.
    pub question: QuestionId,
    /// On which criterion.
    pub criterion: CriterionId,
    /// The answer called A.
    pub a: AnswerId,
    /// The answer called B.
    pub b: AnswerId,
    /// Which is better.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// The event that made it.
    pub event: EventId,
}

impl Comparison {
    /// Which is better when `a` is called A; a tie is one from both sides.
    pub fn seen_from(&self, a: AnswerId) -> Outcome {
        if self.a == a { self.outcome } else { self.outcome.turned() }
    }
}

/// A seal that holds.
#[derive(Clone, PartialEq, Debug)]
pub struct SealMark {
    /// Since when.
    pub at: Timestamp,
    /// The event that set it.
    pub event: EventId,
    /// The answers that were heard less than the policy asks, and acknowledged.
    pub unheard: Vec<AnswerId>,
    /// The answers that it locks, each with the recording that there was.
    pub locks: Locks,
}

impl SealMark {
    /// Whether it locks an answer as it is now: with a new recording it does not. A recording that is gone leaves it as it was.
    fn holds(&self, place: &Place) -> bool {
        self.locks.get(&place.answer).is_some_and(|locked| place.revision.is_none() || *locked == place.revision)
    }

    /// Without the answers that somebody may not see; none where nothing is left.
    pub(crate) fn only(&self, may_see: impl Fn(&AnswerId) -> bool) -> Option<SealMark> {
        let locks: Locks = self.locks.iter().filter(|(answer, _)| may_see(answer)).map(|(id, of)| (*id, *of)).collect();
        let unheard = self.unheard.iter().filter(|answer| may_see(answer)).copied().collect();
        (!locks.is_empty()).then_some(SealMark { at: self.at, event: self.event, unheard, locks })
    }
}

/// The seals of one scope that hold, the first of them before those over what came in later.
#[derive(Clone, PartialEq, Debug)]
pub struct Seals {
    /// What was set first.
    pub first: SealMark,
    /// What was set over what came in since, the earliest first.
    pub later: Vec<SealMark>,
}

impl Seals {
    /// All of them, the earliest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &SealMark> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// The seal that locks an answer as it is now; none where it, or its recording, came in later. What nobody has to review was
    /// not rated, and is as sealed as its scope.
    pub(super) fn of(&self, place: &Place) -> Option<&SealMark> {
        match self.last(place.answer) {
            Some(last) => Some(last).filter(|mark| mark.holds(place)),
            None => Some(&self.first).filter(|_| !place.due),
        }
    }

    fn last(&self, answer: AnswerId) -> Option<&SealMark> {
        self.iter().rev().find(|mark| mark.locks.contains_key(&answer))
    }

    /// Sealing twice changes nothing: what is locked stays as it was, and what came in since is locked now.
    pub(super) fn add(&mut self, mut mark: SealMark) {
        mark.locks.retain(|answer, revision| self.last(*answer).is_none_or(|last| last.locks[answer] != *revision));
        self.later.extend(Some(mark).filter(|mark| !mark.locks.is_empty()));
    }

    /// Whether this recording of an answer was locked, whatever there is now.
    pub(super) fn locked(&self, answer: AnswerId, revision: Option<Revision>) -> bool {
        self.iter().any(|mark| mark.locks.get(&answer) == Some(&revision))
    }
}

/// A seal that was opened again.
#[derive(Clone, PartialEq, Debug)]
pub struct Reopening {
    /// What was opened.
    pub scope: Scope,
    /// When.
    pub at: Timestamp,
    /// The event that opened it.
    pub event: EventId,
    /// Why.
    pub reason: SafeText,
    /// When it had been sealed.
    pub sealed_at: Timestamp,
}

/// Stepping aside.
#[derive(Clone, PartialEq, Debug)]
pub struct Recusal {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<SafeText>,
}

/// Something hidden that was shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Revealing {
    /// What.
    pub what: Subject,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<SafeText>,
}

/// What a machine said that was seen.
#[derive(Clone, PartialEq, Debug)]
pub struct MachineSeen {
    /// Which statement it is: whose, in which version, with its digest.
    pub statement: Statement,
    /// When it was seen first.
    pub at: Timestamp,
    /// Its time in the order of everything that was done.
    pub stands: Timestamp,
}

/// A third value that reviewers agreed on.
#[derive(Clone, PartialEq, Debug)]
pub struct Reconciliation {
    /// The value.
    pub observed: Observed,
    /// Who agreed.
    pub with: Vec<ReviewerId>,
    /// Why.
    pub reason: SafeText,
    /// When.
    pub at: Timestamp,
    /// Its place among what was done: a later one stands, whatever the clocks said.
    pub nth: u64,
}

/// An anchor clip that was rated.
#[derive(Clone, PartialEq, Debug)]
pub struct Calibrated {
    /// Which clip.
    pub clip: Slug,
    /// The values given.
    pub ratings: Vec<(CriterionId, Observed)>,
    /// When.
    pub at: Timestamp,
    /// Its time in the order of everything that was done.
    pub stands: Timestamp,
}

/// An act that does not count, because what it would change is sealed.
#[derive(Clone, PartialEq, Debug)]
pub struct Refused {
    /// The event.
    pub event: EventId,
    /// The kind of act.
    pub kind: String,
    /// The answer it would have changed, where it names one.
    pub answer: Option<AnswerId>,
    /// When.
    pub at: Timestamp,
    /// Whether it was done in another library, of which the seal did not know.
    pub apart: bool,
}

impl Rating {
    pub(super) fn into_earlier(self) -> Earlier {
        Earlier { observed: self.observed, at: self.at, stands: self.stands, event: self.event, revision: self.revision }
    }
}
