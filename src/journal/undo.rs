//! Which events stand, after merging and undoing.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use super::{Act, Event};
use crate::interview::{EventId, ReviewerId, WriterId};

/// Brings two sets of events together: a union by id, in the one order that every machine agrees on.
pub fn merge(a: Vec<Event>, b: Vec<Event>) -> Vec<Event> {
    let mut all: Vec<Event> = a.into_iter().chain(b).collect();
    let mut seen = HashSet::new();
    all.retain(|event| seen.insert(event.id()));
    let keys: HashMap<EventId, OrderKey> = keys(&all).collect();
    all.sort_by_key(|event| keys[&event.id()]);
    all
}

/// The events in the order that every machine agrees on, each once, whatever order they came in.
pub fn ordered(events: &[Event]) -> Vec<&Event> {
    let keys: HashMap<EventId, OrderKey> = keys(events).collect();
    let mut seen = HashSet::new();
    let mut all: Vec<&Event> = events.iter().filter(|event| seen.insert(event.id())).collect();
    all.sort_by_key(|event| keys[&event.id()]);
    all
}

/// Where an event stands: its time, its writer, its number. The id only settles what a broken writer doubled.
pub type OrderKey = (Timestamp, WriterId, u64, EventId);

/// A clock that was set back must not turn a writer's own acts round: an event counts as at least as late as the
/// writer's events before it.
fn keys(events: &[Event]) -> impl Iterator<Item = (EventId, OrderKey)> {
    let mut streams: BTreeMap<(WriterId, u64, EventId), Timestamp> = BTreeMap::new();
    for event in events {
        streams.insert((event.header.writer, event.header.seq, event.id()), event.header.stands());
    }
    let mut latest: Option<(WriterId, Timestamp)> = None;
    streams.into_iter().map(move |((writer, seq, id), at)| {
        let at = match latest {
            Some((before, then)) if before == writer => then.max(at),
            _ => at,
        };
        latest = Some((writer, at));
        (id, (at, writer, seq, id))
    })
}

/// The events that count: without the undone ones and without the `Undone` themselves, in the order given.
///
/// An author can undo only their own events, and only what [`Act::can_be_undone`]. Undoing an `Undone` brings back what
/// it had undone.
pub fn standing<'a>(events: impl IntoIterator<Item = &'a Event>) -> Vec<&'a Event> {
    let events: Vec<&Event> = events.into_iter().collect();
    let gone = undone(&events);
    events.into_iter().filter(|event| !gone.contains(&event.id()) && !matches!(event.act, Act::Undone { .. })).collect()
}

fn undone(events: &[&Event]) -> HashSet<EventId> {
    let targets: HashMap<EventId, &Event> = events.iter().map(|event| (event.id(), *event)).collect();
    let may = |undo: &Event, target: EventId| {
        targets.get(&target).is_some_and(|event| event.header.author == undo.header.author && event.act.can_be_undone())
    };
    let mut gone = HashSet::new();
    // From the last to the first: whether an `Undone` counts depends only on later ones.
    for event in events.iter().rev() {
        if let Act::Undone { event: target } = event.act
            && !gone.contains(&event.id())
            && may(event, target)
        {
            gone.insert(target);
        }
    }
    gone
}

/// The author's last event that stands and that `may` be undone, for the undo key.
pub fn undoable(events: &[Event], author: ReviewerId, may: impl Fn(&Event) -> bool) -> Option<EventId> {
    standing(events)
        .into_iter()
        .rev()
        .find(|event| event.header.author == author && event.act.can_be_undone() && may(event))
        .map(Event::id)
}
