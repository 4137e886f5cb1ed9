//! The batches of this library as an exchange needs them: what was done in each, by which rules, and whom it concerns.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::letter::{Claim, PieceKey};
use crate::interview::{Batch, BatchId, CandidateId, EventId, ReviewerId, WriterId};
use crate::journal::{Act, Event, Scope};
use crate::library::{Library, Result};
use crate::protocol::{self, Rules};
use crate::rubric::{Policy, Preset, Protocol, Rubric};
use crate::scorecard::{Panelist, Record, Recusal, SealMark, Seals};

/// One batch.
pub(super) struct Shelf {
    pub(super) record: Record,
    pub(super) rules: Rules,
    /// The rubrics that are attached or were, as their authors wrote them.
    pub(super) rubrics: Vec<String>,
    /// Who attached, listed and assigned, the first first.
    pub(super) arranged_by: Vec<ReviewerId>,
    /// Who listed the reviewers.
    listed_by: BTreeSet<ReviewerId>,
    /// Who counts here as its creator, since that was seen first.
    pub(super) pinned: Option<ReviewerId>,
    /// Reviewers whose keys were handed on.
    pub(super) handed_over: Vec<HandedOn>,
    /// Which scopes of each reviewer somebody saw sealed: by whom, of whom.
    pub(super) witnessed: BTreeMap<(ReviewerId, ReviewerId), BTreeSet<Scope>>,
    /// Who handed something of it to a guest.
    pub(super) handed_by: BTreeSet<ReviewerId>,
    /// Everyone who was ever listed or assigned; none while nobody was.
    named: Option<BTreeSet<ReviewerId>>,
    pub(super) batch: Batch,
}

/// The keys of a reviewer who stayed away, handed on.
pub(super) struct HandedOn {
    pub(super) absent: ReviewerId,
    pub(super) by: ReviewerId,
    /// How far, by the number of each stream's last event.
    until: BTreeMap<WriterId, u64>,
}

impl HandedOn {
    /// Whether it goes for a piece: what the reviewer wrote after it does not come with it.
    pub(super) fn covers(&self, piece: &PieceKey) -> bool {
        self.until.get(&piece.writer).is_some_and(|until| piece.last <= *until)
    }
}

/// All of them.
pub(super) async fn shelves(library: &Library) -> Result<BTreeMap<BatchId, Shelf>> {
    let mut shelves = BTreeMap::new();
    for summary in library.summaries().await? {
        shelves.insert(summary.id, shelf(library, summary.id).await?);
    }
    Ok(shelves)
}

pub(super) async fn shelf(library: &Library, id: BatchId) -> Result<Shelf> {
    let (batch, events) = (library.batch(id).await?, library.events(id).await?);
    let mut record = Record::fold(&batch, &events);
    record.know(&library.people().await?);
    let (mut rubrics, mut rules) = (Vec::new(), None);
    for event in &events {
        let Act::Attached { rubric_hash, text_hash, .. } = event.act else { continue };
        let Some(kept) = library.rubric(rubric_hash, text_hash).await? else { continue };
        let is_attached = record.attachment.as_ref().is_some_and(|a| a.rubric_hash == rubric_hash && a.text_hash == text_hash);
        if is_attached && let Ok(reading) = Rubric::read("the rubric", &kept.source) {
            rules = Some(protocol::effective(&reading.rubric, &record));
        }
        if !rubrics.contains(&kept.source) {
            rubrics.push(kept.source);
        }
    }
    let usual = || Rules { protocol: Protocol::preset(Preset::Standard), policy: Policy::default() };
    let rules = rules.unwrap_or_else(|| protocol::overridden(usual(), &record));
    let arranged_by = distinct(events.iter().filter(|event| arranges(&event.act)).map(|event| event.header.author));
    let handed_over = events.iter().filter_map(|event| match &event.act {
        Act::HandedOver { reviewer, until, .. } => {
            Some(HandedOn { absent: *reviewer, by: event.header.author, until: until.clone() })
        }
        _ => None,
    });
    let (handed_over, named) = (handed_over.collect(), named(&events));
    let handed_by = events.iter().filter(|event| matches!(event.act, Act::HandedOff { .. }));
    let handed_by = handed_by.map(|event| event.header.author).collect();
    let listed_by = events.iter().filter(|event| matches!(event.act, Act::Panel { .. })).map(|event| event.header.author);
    let (listed_by, pinned) = (listed_by.collect(), library.creator(id).await?);
    let mut witnessed = BTreeMap::<_, BTreeSet<Scope>>::new();
    for event in &events {
        if let Act::Witnessed { reviewer, scopes, .. } = &event.act {
            witnessed.entry((event.header.author, *reviewer)).or_default().extend(scopes.iter().cloned());
        }
    }
    Ok(Shelf { listed_by, pinned, handed_over, handed_by, witnessed, record, rules, rubrics, arranged_by, named, batch })
}

fn named(events: &[Event]) -> Option<BTreeSet<ReviewerId>> {
    let mut named = None::<BTreeSet<ReviewerId>>;
    for event in events {
        match &event.act {
            Act::Panel { reviewers } => {
                let listed = reviewers.iter().filter_map(Panelist::read).map(|panelist| panelist.id);
                named.get_or_insert_default().extend(listed);
            }
            Act::Assigned { reviewer, .. } => named.get_or_insert_default().extend([*reviewer]),
            _ => {}
        }
    }
    named
}

fn arranges(act: &Act) -> bool {
    matches!(act, Act::Attached { .. } | Act::Panel { .. } | Act::Protocol { .. } | Act::Assigned { .. } | Act::Released { .. })
        || matches!(act, Act::HandedOff { .. })
}

fn distinct(all: impl Iterator<Item = ReviewerId>) -> Vec<ReviewerId> {
    let mut seen = BTreeSet::new();
    all.filter(|one| seen.insert(*one)).collect()
}

impl Shelf {
    /// Whether a person has to do with this batch: listed, assigned, or among those who arranged it. While there is no list, everyone
    /// whose keys were found right does, but for those who were released from all of it.
    pub(super) fn concerns(&self, person: ReviewerId) -> bool {
        let whole = self.record.assignments.get(&(person, None));
        let assigned = self.record.assignments.values().any(|one| one.reviewer == person && one.released.is_none());
        let released = whole.is_some_and(|assignment| assignment.released.is_some());
        let listed = match &self.record.panel {
            Some(panel) => panel.iter().any(|panelist| panelist.id == person),
            None => true,
        };
        assigned || self.arranged_by.contains(&person) || self.record.guests.contains_key(&person) || (listed && !released)
    }

    /// Whether a person has to do with this batch only because something of it was handed over: how it is reviewed, and what is erased,
    /// is for that person too; the scorecards came with what was handed over, and no others do.
    pub(super) fn is_guest(&self, person: ReviewerId) -> bool {
        self.record.guests.contains_key(&person) && !protocol::is_on_panel(&self.record, person)
    }

    /// Whether what a person writes about this batch is taken in: also of someone who has left, and of no one who was never named, so
    /// that nobody can put their own name on the list.
    pub(super) fn hears(&self, person: ReviewerId) -> bool {
        self.concerns(person) || self.named.as_ref().is_some_and(|named| named.contains(&person))
    }

    /// Who created it: whoever counts here as that, or else, as far as the journal tells, the first who arranged something.
    pub(super) fn creator(&self) -> Option<ReviewerId> {
        self.pinned.or(self.arranged_by.first().copied())
    }

    /// Whom to remember as its creator from now on: another who arranged it first, or oneself who listed the reviewers. Who attached
    /// a rubric to an own copy, before the creator's came, is not taken for the creator.
    pub(super) fn to_pin(&self, me: ReviewerId) -> Option<ReviewerId> {
        let first = self.arranged_by.first().copied().filter(|_| self.pinned.is_none())?;
        (first != me || self.listed_by.contains(&me)).then_some(first)
    }

    /// Takes a reviewer's word for what that reviewer has sealed; the ratings themselves come later.
    pub(super) fn believe(&mut self, reviewer: ReviewerId, claim: &Claim, at: Timestamp) {
        let places = self.record.places.clone();
        let work = self.record.works.entry(reviewer).or_default();
        let event = EventId(uuid::Uuid::nil());
        // An earlier release did not say which answers: then all that are in the scope here.
        let within = |scope: &Scope| places.iter().filter(|place| place.is_in(scope)).collect::<Vec<_>>();
        let locks = |scope: &Scope| match &claim.locks {
            Some(said) => within(scope).iter().filter_map(|place| Some((place.answer, *said.get(&place.answer)?))).collect(),
            None => within(scope).iter().map(|place| (place.answer, place.revision)).collect(),
        };
        let mark = |scope: &Scope| SealMark { at, event, unheard: Vec::new(), locks: locks(scope) };
        work.sealed = claim.sealed.iter().map(|scope| (scope.clone(), Seals { first: mark(scope), later: Vec::new() })).collect();
        work.recused = claim.recused.iter().map(|id| (*id, Recusal { at, reason: None })).collect();
    }

    /// Whether a candidate's removal is forbidden here at that time.
    pub(super) fn is_held(&self, candidate: CandidateId, now: Timestamp) -> bool {
        self.record.holds_on(&self.batch, candidate, now).next().is_some()
    }

    /// What people call it.
    pub(super) fn title(&self) -> &crate::text::SafeText {
        &self.batch.title
    }
}

/// Events by their ids.
pub(super) fn by_id<'e>(events: impl Iterator<Item = &'e Event>) -> BTreeMap<EventId, &'e Act> {
    events.map(|event| (event.id(), &event.act)).collect()
}
