//! Which events go into one piece, and for whom a piece is opened: the same rule as on every screen.

use std::collections::{BTreeMap, BTreeSet};

use super::shelf::Shelf;
use crate::interview::{AnswerId, BatchId, ReviewerId};
use crate::journal::Event;
use crate::protocol::Viewer;
use crate::rubric::Reveal;

pub(super) use crate::protocol::{Concern, concern};

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
    let viewer = Viewer::of(&shelf.record, &shelf.rules, viewer);
    viewer.sees_whole(author) || concerns.iter().all(|concern| viewer.sees_part(author, concern))
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
