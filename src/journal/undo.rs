//! Which events stand, after merging and undoing.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Act, Event};
use crate::interview::{EventId, ReviewerId};

/// Brings two sets of events together: a union by id, in the one order that every machine agrees on.
pub fn merge(a: Vec<Event>, b: Vec<Event>) -> Vec<Event> {
    let mut all: BTreeMap<_, Event> = BTreeMap::new();
    for event in a.into_iter().chain(b) {
        all.entry((event.order(), event.id())).or_insert(event);
    }
    all.into_values().collect()
}

/// The events that count: without the undone ones and without the `Undone` themselves, in the order given.
///
/// An author can undo only their own events. Undoing an `Undone` brings back what it had undone.
pub fn standing(events: &[Event]) -> Vec<&Event> {
    let gone = undone(events);
    events.iter().filter(|event| !gone.contains(&event.id()) && !matches!(event.act, Act::Undone { .. })).collect()
}

fn undone(events: &[Event]) -> HashSet<EventId> {
    let authors: HashMap<EventId, ReviewerId> = events.iter().map(|event| (event.id(), event.header.author)).collect();
    let mut gone = HashSet::new();
    // From the last to the first: whether an `Undone` counts depends only on later ones.
    for event in events.iter().rev() {
        if let Act::Undone { event: target } = event.act
            && !gone.contains(&event.id())
            && authors.get(&target) == Some(&event.header.author)
        {
            gone.insert(target);
        }
    }
    gone
}

/// The author's last event that stands and that `may` be undone, for the undo key.
pub fn undoable(events: &[Event], author: ReviewerId, may: impl Fn(&Event) -> bool) -> Option<EventId> {
    standing(events).into_iter().rev().find(|event| event.header.author == author && may(event)).map(Event::id)
}
