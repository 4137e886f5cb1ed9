//! Which events go into one piece, and for whom a piece is opened: the same rule as on every screen.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::Shelf;
use crate::interview::{AnswerId, BatchId, EventId, ReviewerId, SubmissionId};
use crate::journal::{Act, Event, Scope};
use crate::protocol::{self, Part};
use crate::rubric::Reveal;
use crate::scorecard::Place;

/// What an event is about, as far as it decides who may see it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Concern {
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
pub(super) fn concern(act: &Act, acts: &BTreeMap<EventId, &Act>) -> Concern {
    use Act::*;
    match act {
        Attached { .. } | Panel { .. } | Protocol { .. } | Assigned { .. } | Released { .. } => Concern::Everyone,
        Matched { .. } | Held { .. } | Erased { .. } | HandedOver { .. } => Concern::Everyone,
        HandedOff { .. } | Received { .. } => Concern::Everyone,
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
        Drafted { .. } | Calibrated { .. } => Concern::Nobody,
        Acknowledged { .. } | Shuffled { .. } | Revealed { .. } | Shown { .. } | Exported { .. } | Unknown { .. } => Concern::Whole,
        Assisted { .. } => Concern::Whole,
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

/// What goes into one piece: events of one batch that open for others at one time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Group {
    pub(super) batch: BatchId,
    /// None: with everything else of the batch.
    concern: Option<Concern>,
}

/// The group of an event; none where it goes to nobody, and may lie in any piece as its hash.
pub(super) fn group(event: &Event, concern: Concern, shelves: &BTreeMap<BatchId, Shelf>) -> Option<Group> {
    let batch = event.header.batch?;
    let reveal = shelves.get(&batch).map_or(Reveal::OwnBatchSealed, |shelf| shelf.rules.protocol.reveal);
    match (concern, reveal) {
        (Concern::Nobody, _) => None,
        (Concern::Everyone, _) => Some(Group { batch, concern: Some(Concern::Everyone) }),
        // Where all shows at one time, short pieces would only tell how much was said about each answer.
        (_, Reveal::OwnBatchSealed) => Some(Group { batch, concern: None }),
        (concern, Reveal::Question | Reveal::Submission) => Some(Group { batch, concern: Some(concern) }),
    }
}

/// Whether all of these concerns of an author's may be seen by a viewer now.
pub(super) fn opens(shelf: &Shelf, viewer: ReviewerId, author: ReviewerId, concerns: &BTreeSet<Concern>) -> bool {
    if !shelf.concerns(viewer) {
        return false;
    }
    if concerns.iter().all(|concern| *concern == Concern::Everyone) {
        return true;
    }
    if shelf.is_guest(viewer) {
        return false;
    }
    // Who hands over a shortlist is told what became of it, and sees it by the rules as everywhere.
    if shelf.is_guest(author) && shelf.handed_by.contains(&viewer) {
        return !concerns.contains(&Concern::Nobody);
    }
    whole(shelf, viewer, author) || concerns.iter().all(|concern| sees(shelf, viewer, author, concern))
}

/// Whether the author is done and the viewer may see all: then also what no seal covers, such as hearing who withdrew later.
fn whole(shelf: &Shelf, viewer: ReviewerId, author: ReviewerId) -> bool {
    is_done(shelf, author) && may_see_all(shelf, viewer)
}

/// Whether all of an author's own batch is sealed, or the author has judged nothing.
fn is_done(shelf: &Shelf, author: ReviewerId) -> bool {
    let has_judged = shelf.record.work(author).is_some_and(crate::scorecard::Work::has_judged);
    !has_judged || shelf.record.own_batch_is_sealed(author)
}

fn may_see_all(shelf: &Shelf, viewer: ReviewerId) -> bool {
    let record = &shelf.record;
    if protocol::is_on_panel(record, viewer) && record.own(viewer).next().is_some() {
        return record.own_batch_is_sealed(viewer);
    }
    let due: BTreeSet<SubmissionId> = record.places.iter().filter(|place| record.is_due(place)).map(|p| p.submission).collect();
    due.into_iter().all(|submission| protocol::is_ready(record, &shelf.rules, submission))
}

fn sees(shelf: &Shelf, viewer: ReviewerId, author: ReviewerId, concern: &Concern) -> bool {
    let (record, rules) = (&shelf.record, &shelf.rules);
    let part = |part| protocol::may_see(record, rules, viewer, author, part);
    match concern {
        Concern::Everyone => true,
        Concern::Answers(a, b) => part(Part::Answer(*a)) && b.is_none_or(|b| part(Part::Answer(b))),
        Concern::Submission(id) => part(Part::Submission(*id)),
        Concern::Deciding(id) => protocol::may_see_deciding(record, rules, viewer, *id),
        Concern::Scope(scope) => {
            let mut due = record.places.iter().filter(|place| within(scope, place) && record.is_due(place)).peekable();
            due.peek().is_some() && due.all(|place| part(Part::Answer(place.answer)))
        }
        Concern::Whole => whole(shelf, viewer, author),
        Concern::Nobody => false,
    }
}

fn within(scope: &Scope, place: &Place) -> bool {
    match scope {
        Scope::Question(question) => place.question == *question,
        Scope::Submission(submission) => place.submission == *submission,
    }
}

/// Whether the author has sealed all that these concerns are about, so that they wait only for others.
pub(super) fn is_sealed(shelf: &Shelf, author: ReviewerId, concerns: &BTreeSet<Concern>) -> bool {
    let Some(work) = shelf.record.work(author) else { return false };
    let answer = |id: &AnswerId| shelf.record.places.get(*id).is_some_and(|place| work.is_sealed(place));
    let sealed = |concern: &Concern| match concern {
        Concern::Answers(a, b) => answer(a) && b.as_ref().is_none_or(answer),
        Concern::Submission(id) => shelf.record.scorecard_is_sealed(author, *id),
        Concern::Scope(scope) => work.sealed.contains_key(scope),
        Concern::Everyone | Concern::Deciding(_) => true,
        Concern::Whole | Concern::Nobody => false,
    };
    shelf.record.own_batch_is_sealed(author) || concerns.iter().all(sealed)
}
