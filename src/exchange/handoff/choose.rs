//! What of a batch's events goes along: what someone outside the panel may see, as far as the sender may see it too.

use std::collections::{BTreeSet, HashSet};

use super::super::shelf::{Shelf, by_id};
use super::super::sight::{Concern, concern};
use super::manifest::LeftOut;
use crate::interview::{EventId, ReviewerId, SubmissionId};
use crate::journal::{Act, Event, Scope, Subject, Tagging};
use crate::protocol::{self, Part};
use crate::scorecard::{Guest, Panelist, Work};

/// What goes, and what stays.
pub(super) struct Choice {
    pub(super) events: HashSet<EventId>,
    /// Scorecards that go.
    pub(super) scorecards: u32,
    pub(super) left_out: LeftOut,
}

/// Whose scorecards of which submissions go.
type Cards = BTreeSet<(ReviewerId, SubmissionId)>;

/// Chooses from all events of a batch for someone who is not on its panel.
pub(super) fn choose(shelf: &Shelf, events: &[Event], going: &BTreeSet<SubmissionId>, sender: ReviewerId) -> Choice {
    let cards = cards(shelf, going, sender);
    let acts = by_id(events.iter());
    let authors: BTreeSet<ReviewerId> = cards.iter().map(|(author, _)| *author).collect();
    let mut chosen: HashSet<EventId> = HashSet::new();
    for event in events {
        let author = event.header.author;
        let card = |id: SubmissionId| going.contains(&id) && cards.contains(&(author, id));
        let of = |answer| shelf.record.places.get(answer).map(|place| place.submission);
        let goes = match (&event.act, concern(&event.act, &acts)) {
            (Act::Undone { event: target }, _) => chosen.contains(target),
            // A receiver's shortlist is the receiver's own, and so is what that person took off of others'.
            (Act::Shortlisted { .. } | Act::Tagged { act: Tagging::Removed, .. }, _) if shelf.record.is_guest(author) => false,
            // Whether ratings were given with the name hidden shows by when it was shown.
            (Act::Revealed { what: Subject::Name(id), .. }, _) => card(*id),
            (act, Concern::Everyone) => arranges(act, going),
            (_, Concern::Answers(a, b)) => of(a).is_some_and(card) && b.is_none_or(|b| of(b).is_some_and(card)),
            (_, Concern::Submission(id)) => card(id),
            (_, Concern::Deciding(id)) => {
                let may = || protocol::may_see_deciding(&shelf.record, &shelf.rules, sender, id);
                going.contains(&id) && (author == sender || may())
            }
            (_, Concern::Scope(Scope::Question(_))) => authors.contains(&author),
            (_, Concern::Scope(Scope::Submission(id))) => card(id),
            (_, Concern::Whole | Concern::Nobody) => false,
        };
        if goes && !matches!(event.act, Act::Unknown { .. }) {
            chosen.insert(event.id());
        }
    }
    let without = going.iter().copied().filter(|id| !cards.iter().any(|(_, of)| of == id)).collect();
    let not_begun = not_begun(shelf, going, sender);
    let left_out = LeftOut { unsealed: unsealed(shelf, going, &cards, sender), not_begun, without, ..LeftOut::default() };
    Choice { events: chosen, scorecards: cards.len() as u32, left_out }
}

/// Scorecards of submissions that are ready, as far as the sender may see them.
fn cards(shelf: &Shelf, going: &BTreeSet<SubmissionId>, sender: ReviewerId) -> Cards {
    let mut record = shelf.record.clone();
    // Nobody in particular: a person outside the panel.
    let guest = ReviewerId::derive(&["earmark", "someone to whom a shortlist is handed"]);
    record.guests.insert(guest, Guest { received: true, ..Guest::default() });
    let sees = protocol::visible(&record, &shelf.rules, guest);
    let mine = protocol::visible(&shelf.record, &shelf.rules, sender);
    let whole = |id: SubmissionId, whose: ReviewerId| {
        let places: Vec<_> = record.places.of_submission(id).filter(|place| record.is_due(place)).collect();
        let shown = |work: &Work| places.iter().all(|place| work.ratings_of(place.answer).next().is_some());
        let has_any = record.work(whose).is_some_and(shown);
        whose == sender || !has_any || mine.work(whose).is_some_and(shown)
    };
    let ready = going
        .iter()
        .filter(|id| protocol::is_ready(&record, &shelf.rules, **id) && sees.places.of_submission(**id).next().is_some());
    let of =
        |id: &SubmissionId| record.sealed_by(*id).filter(|whose| whole(*id, *whose)).map(|whose| (whose, *id)).collect::<Vec<_>>();
    ready.flat_map(of).collect()
}

/// Begun scorecards that stay: the sender's own, and others' once the sender may see all.
fn unsealed(shelf: &Shelf, going: &BTreeSet<SubmissionId>, cards: &Cards, sender: ReviewerId) -> u32 {
    let known = |whose: ReviewerId| whose == sender || protocol::may_see(&shelf.record, &shelf.rules, sender, whose, Part::Batch);
    let begun = |whose: ReviewerId, id: SubmissionId| {
        let work = shelf.record.work(whose);
        work.is_some_and(|work| shelf.record.places.of_submission(id).any(|place| work.ratings_of(place.answer).next().is_some()))
    };
    let of = |whose: &ReviewerId| going.iter().filter(|id| begun(*whose, **id) && !cards.contains(&(*whose, **id))).count() as u32;
    shelf.record.works.keys().filter(|whose| known(**whose)).map(of).sum()
}

/// Scorecards of these that somebody is to give and of which there is nothing yet: the sender's own, and others' once the sender may
/// see all.
fn not_begun(shelf: &Shelf, going: &BTreeSet<SubmissionId>, sender: ReviewerId) -> u32 {
    let (record, sight) = (&shelf.record, protocol::visible(&shelf.record, &shelf.rules, sender));
    let is_due = |id: SubmissionId| record.places.of_submission(id).any(|place| record.is_due(place));
    let has_begun = |whose: ReviewerId, id: SubmissionId| {
        let rated = |work: &Work| record.places.of_submission(id).any(|place| work.ratings_of(place.answer).next().is_some());
        record.scorecard_is_sealed(whose, id) || record.work(whose).is_some_and(rated)
    };
    let open = |whose: &ReviewerId| {
        let due = going.iter().filter(|id| is_due(**id) && record.has_to_review(*whose, **id));
        due.filter(|id| !has_begun(*whose, **id)).count() as u32
    };
    sight.not_begun().keys().map(open).sum()
}

/// Whether an act on the batch as a whole is needed there.
fn arranges(act: &Act, going: &BTreeSet<SubmissionId>) -> bool {
    let one = |submission: &Option<SubmissionId>| submission.is_none_or(|id| going.contains(&id));
    match act {
        Act::Attached { .. } | Act::Panel { .. } | Act::Protocol { .. } => true,
        Act::Assigned { submission, .. } | Act::Released { submission, .. } => one(submission),
        Act::Matched { submission, .. } => going.contains(submission),
        Act::Held { subject: Subject::Submission(id), .. } => going.contains(id),
        Act::Held { subject: Subject::Batch(_), .. } => true,
        _ => false,
    }
}

/// What the sender and everyone whose work goes are called outside the house.
pub(super) fn called(shelf: &Shelf, me: ReviewerId, events: &[Event], going: &HashSet<EventId>) -> Vec<serde_json::Value> {
    let authors = events.iter().filter(|event| going.contains(&event.id())).map(|event| event.header.author);
    let everyone: BTreeSet<ReviewerId> = authors.chain([me]).collect();
    let called = |id: ReviewerId| (id, shelf.record.pseudonym(id));
    everyone.into_iter().map(called).map(|(id, name)| Panelist::write(id, &name, &name)).collect()
}
