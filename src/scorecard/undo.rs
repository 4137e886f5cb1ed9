//! What may be undone: undo does not reach behind a seal.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::places::Places;
use super::record::Record;
use crate::interview::{AnswerId, EventId, ReviewerId, SubmissionId};
use crate::journal::{Act, Event, Locks, Scope, Undoing, is_after};

/// A seal's place in the order, and what it locks; without that, all of its scope.
type Seal<'e> = (usize, Option<&'e Locks>);

/// The undos that would change something that was sealed when they came.
pub(super) fn refused_undos(places: &Places, ordered: &[&Event]) -> BTreeSet<EventId> {
    let at: HashMap<EventId, usize> = ordered.iter().enumerate().map(|(at, event)| (event.id(), at)).collect();
    let mut sealed: HashMap<(ReviewerId, Scope), Vec<Seal>> = HashMap::new();
    let mut refused = BTreeSet::new();
    for (now, event) in ordered.iter().enumerate() {
        let author = event.header.author;
        match &event.act {
            Act::Sealed { scope, locks, .. } => {
                let of_scope = sealed.entry((author, scope.clone())).or_default();
                // Sealing twice changes nothing, but for what came in since.
                if locks.is_some() || of_scope.is_empty() {
                    of_scope.push((now, locks.as_ref()));
                }
            }
            Act::Reopened { scope, .. } => {
                sealed.remove(&(author, scope.clone()));
            }
            Act::Undone { event: target } => {
                let Some(target) = meant(*target, ordered, &at) else { continue };
                let act = &ordered[target].act;
                // What was written after the seal, such as a further note, can still be taken back.
                let is_behind = |(since, locks): &Seal| target < *since && falls_under(act, *locks);
                let mut seals = scopes_of(places, act).into_iter().filter_map(|scope| sealed.get(&(author, scope)));
                if seals.any(|of_scope| of_scope.iter().any(is_behind)) {
                    refused.insert(event.id());
                }
            }
            _ => {}
        }
    }
    refused
}

/// What an undo is about in the end, through undos of undos.
pub(super) fn meant(target: EventId, ordered: &[&Event], at: &HashMap<EventId, usize>) -> Option<usize> {
    let mut found = *at.get(&target)?;
    // A chain longer than the events there are would be a circle.
    for _ in 0..ordered.len() {
        let Act::Undone { event: further } = ordered[found].act else { return Some(found) };
        found = *at.get(&further)?;
    }
    None
}

/// What an act is about, as far as a seal may lock it.
enum Touched {
    Answer(AnswerId),
    /// Both of them.
    Answers([AnswerId; 2]),
    Submission(SubmissionId),
    Nothing,
}

fn touched(act: &Act) -> Touched {
    match act {
        Act::Rated { answer, .. } | Act::Cleared { answer, .. } | Act::Evidenced { answer, .. } => Touched::Answer(*answer),
        Act::Noted { answer, .. } | Act::Probed { answer, .. } => Touched::Answer(*answer),
        Act::Compared { a, b, .. } => Touched::Answers([*a, *b]),
        Act::MustHave { submission, .. } | Act::Recommended { submission, .. } => Touched::Submission(*submission),
        _ => Touched::Nothing,
    }
}

/// The seals that lock what an act changed.
pub(super) fn scopes_of(places: &Places, act: &Act) -> Vec<Scope> {
    let of_answer = |answer: AnswerId| {
        let place = places.get(answer);
        place.map(|place| vec![Scope::Question(place.question.clone()), Scope::Submission(place.submission)]).unwrap_or_default()
    };
    match touched(act) {
        Touched::Answer(answer) => of_answer(answer),
        Touched::Answers(both) => both.into_iter().flat_map(of_answer).collect(),
        Touched::Submission(submission) => vec![Scope::Submission(submission)],
        Touched::Nothing => Vec::new(),
    }
}

/// Whether an act in the scope of a seal is about something that it locks.
pub(super) fn falls_under(act: &Act, locks: Option<&Locks>) -> bool {
    let Some(locks) = locks else { return true };
    match touched(act) {
        Touched::Answer(answer) => locks.contains_key(&answer),
        Touched::Answers(both) => both.iter().any(|answer| locks.contains_key(answer)),
        Touched::Submission(_) | Touched::Nothing => true,
    }
}

impl Record {
    /// Whether the undo key may take an act back now: it is a judgement, what it changed is not sealed, and it did not leave.
    pub fn may_undo(&self, event: &Event) -> bool {
        self.is_open(event) && self.left(event).is_none()
    }

    /// When a decision left with a delivery, so that another decision and a delivery of that correct it, and no undo does; none
    /// while it is here alone.
    ///
    /// Whether it was done before is for their places in the journal to say, and no clock.
    ///
    /// A receipt of an earlier release does not say whose rows arrived, and counts as everyone's: it is in the journal for ever, and
    /// nothing else says whether this decision was among them. To take it for nobody's would let an undo leave the ATS with a
    /// decision that is not here any more; this way another decision is asked for, which a delivery brings there.
    pub fn left(&self, event: &Event) -> Option<Timestamp> {
        let (Act::Decided { .. }, Some(candidate)) = (&event.act, event.header.subject) else { return None };
        let decided = event.header.order();
        let after = self.exports.iter().filter(|export| is_after(export.order, decided) && export.delivered(candidate));
        after.map(|export| export.at).min()
    }

    /// Whether an act is a judgement that no seal locks.
    pub fn is_open(&self, event: &Event) -> bool {
        let author = event.header.author;
        let is_locked = match touched(&event.act) {
            Touched::Answer(answer) => self.locks(event, answer),
            Touched::Answers(both) => both.into_iter().any(|answer| self.is_locked(author, answer)),
            Touched::Submission(submission) => self.scorecard_is_sealed(author, submission),
            Touched::Nothing => false,
        };
        event.act.undoing() == Undoing::ByKey && !is_locked
    }
}
