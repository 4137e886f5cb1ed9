//! What an act is about, as far as that decides who may see it: one rule for every page, command and piece that is exchanged.

use std::collections::{BTreeMap, BTreeSet};

use super::settings::Rules;
use super::sight::Sight;
use super::{Part, is_on_panel, is_ready};
use crate::interview::{AnswerId, EventId, ReviewerId, SubmissionId};
use crate::journal::{Act, Scope};
use crate::scorecard::{Record, Work};

/// What an event is about, as far as it decides who may see it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Concern {
    /// How the batch is reviewed: everyone whom the batch concerns sees it at once.
    Everyone,
    /// Ratings, evidence and notes on answers; two where they were compared.
    Answers(AnswerId, Option<AnswerId>),
    /// A recommendation, a must-have.
    Submission(SubmissionId),
    /// What was decided, tagged or remarked on it; and that its author steps aside.
    Deciding(SubmissionId),
    /// A seal.
    Scope(Scope),
    /// What shows with everything else.
    Whole,
    /// What stays with its author.
    Nobody,
}

/// What an event is about; an undo is about what it undoes.
pub fn concern(act: &Act, acts: &BTreeMap<EventId, &Act>) -> Concern {
    use Act::*;
    match act {
        Attached { .. } | Panel { .. } | Protocol { .. } | Assigned { .. } | Released { .. } => Concern::Everyone,
        Matched { .. } | Held { .. } | Lifted { .. } | Erased { .. } | Removed { .. } | HandedOver { .. } => Concern::Everyone,
        HandedOff { .. } | Received { .. } | Witnessed { .. } => Concern::Everyone,
        Heard { answer, .. } | Read { answer, .. } | Rated { answer, .. } | Cleared { answer, .. } => {
            Concern::Answers(*answer, None)
        }
        Evidenced { answer, .. } | Noted { answer, .. } | Probed { answer, .. } | Reconciled { answer, .. } => {
            Concern::Answers(*answer, None)
        }
        Compared { a, b, .. } => Concern::Answers(*a, Some(*b)),
        MustHave { submission, .. } | Recommended { submission, .. } => Concern::Submission(*submission),
        Recused { submission, .. } | Shortlisted { submission, .. } | Tagged { submission, .. } => Concern::Deciding(*submission),
        Decided { submission, .. } | Commented { submission, .. } => Concern::Deciding(*submission),
        Sealed { scope, .. } | Reopened { scope, .. } => Concern::Scope(scope.clone()),
        Undone { .. } => undone(act, acts),
        Drafted { .. } | Calibrated { .. } | Unquoted { .. } | Unworded { .. } => Concern::Nobody,
        Acknowledged { .. } | Shuffled { .. } | Revealed { .. } | Shown { .. } | Exported { .. } | Unknown { .. } => Concern::Whole,
        Giving { .. } | Assisted { .. } => Concern::Whole,
    }
}

/// What an undo is about in the end.
fn undone(act: &Act, acts: &BTreeMap<EventId, &Act>) -> Concern {
    let mut act = act;
    for _ in 0..=acts.len() {
        let Act::Undone { event } = act else { return concern(act, acts) };
        let Some(target) = acts.get(event) else { return Concern::Whole };
        act = target;
    }
    Concern::Whole
}

/// One viewer, and what of others' acts the viewer may see; worked out once for many questions.
pub struct Viewer<'a> {
    record: &'a Record,
    me: ReviewerId,
    sight: Sight<'a>,
    sees_all: bool,
}

impl<'a> Viewer<'a> {
    /// A viewer of a record by these rules.
    pub fn of(record: &'a Record, rules: &Rules, me: ReviewerId) -> Self {
        Viewer { record, me, sight: Sight::of(record, rules, me), sees_all: sees_all(record, rules, me) }
    }

    /// Whether the viewer may see an act of `author` that is about this: one's own always, what concerns everyone always, and of
    /// the rest what is sealed and revealed.
    pub fn sees(&self, author: ReviewerId, concern: &Concern) -> bool {
        author == self.me
            || *concern == Concern::Everyone
            || (*concern != Concern::Nobody && self.sees_whole(author))
            || self.sees_part(author, concern)
    }

    /// Whether the author is done and the viewer may see all: then also what no seal covers, such as hearing who withdrew later.
    pub fn sees_whole(&self, author: ReviewerId) -> bool {
        self.sees_all && is_done(self.record, author)
    }

    /// Whether the viewer may see just this much of the author's.
    pub fn sees_part(&self, author: ReviewerId, concern: &Concern) -> bool {
        let part = |part| author == self.me || self.sight.sees(author, part);
        match concern {
            Concern::Everyone => true,
            Concern::Answers(a, b) => part(Part::Answer(*a)) && b.is_none_or(|b| part(Part::Answer(b))),
            Concern::Submission(id) => part(Part::Submission(*id)),
            Concern::Deciding(id) => self.sight.sees_deciding(*id),
            Concern::Scope(scope) => {
                let mut due = self.record.places.iter().filter(|place| place.is_in(scope) && self.record.is_due(place)).peekable();
                due.peek().is_some() && due.all(|place| part(Part::Answer(place.answer)))
            }
            Concern::Whole => self.sees_whole(author),
            Concern::Nobody => false,
        }
    }
}

/// Whether all of an author's own batch is sealed, or the author has judged nothing.
fn is_done(record: &Record, author: ReviewerId) -> bool {
    let has_judged = record.work(author).is_some_and(Work::has_judged);
    !has_judged || record.own_batch_is_sealed(author)
}

fn sees_all(record: &Record, rules: &Rules, viewer: ReviewerId) -> bool {
    if is_on_panel(record, viewer) && record.own(viewer).next().is_some() {
        return record.own_batch_is_sealed(viewer);
    }
    let due: BTreeSet<SubmissionId> = record.places.iter().filter(|place| record.is_due(place)).map(|p| p.submission).collect();
    due.into_iter().all(|submission| is_ready(record, rules, submission))
}
