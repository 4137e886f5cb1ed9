//! What was done and is not on disk yet, of whichever batch: it outlives the screen that it was done on.

use std::collections::BTreeSet;

use super::{App, Desk, Effect, Notice, Tone};
use crate::interview::EventId;
use crate::journal::Event;
use crate::text::SafeText;

/// Where what was done is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnDisk {
    /// All of it is there.
    All,
    /// Some is on its way.
    Soon,
    /// Some cannot be written for now: the disk is full, or another program holds the library.
    HeldUp,
}

/// What is on its way to the disk, in order.
#[derive(Default)]
pub(in crate::app) struct Unsaved {
    events: Vec<Event>,
    /// Why it does not get there for now.
    held_up: Option<SafeText>,
}

impl App {
    /// Whether everything that was done is on disk, in the open batch and in those that were left.
    pub fn on_disk(&self) -> OnDisk {
        match &self.unsaved {
            Unsaved { held_up: Some(_), .. } => OnDisk::HeldUp,
            Unsaved { events, .. } if events.is_empty() => OnDisk::All,
            _ => OnDisk::Soon,
        }
    }

    pub(in crate::app) fn on_its_way(&mut self, events: &[Event]) {
        self.unsaved.events.extend_from_slice(events);
    }

    /// Takes what was written, or never will be, off the list.
    pub(in crate::app) fn no_longer_on_its_way(&mut self, ids: &BTreeSet<EventId>) {
        self.unsaved.events.retain(|event| !ids.contains(&event.id()));
        if self.unsaved.events.is_empty() && self.unsaved.held_up.take().is_some() {
            self.notice = Some(Notice { tone: Tone::Done, text: "Everything is saved again.".into() });
        }
    }

    /// It cannot be written for now, and is tried again until it can.
    pub(in crate::app) fn is_held_up(&mut self, why: SafeText) -> Vec<Effect> {
        let said = format!("Not saved yet: {why}");
        self.unsaved.held_up = Some(why);
        self.tell(Tone::Trouble, said)
    }

    /// Lays what is still on its way on a desk that was just read from disk.
    pub(in crate::app) fn lay_unsaved(&self, desk: &mut Desk) {
        let known: BTreeSet<EventId> = desk.entries.iter().map(Event::id).collect();
        let of_it = |event: &&Event| event.header.batch == Some(desk.batch.id) && !known.contains(&event.id());
        let events: Vec<Event> = self.unsaved.events.iter().filter(of_it).cloned().collect();
        if !events.is_empty() {
            desk.pending.extend(events.iter().map(Event::id));
            desk.take_all(events);
        }
    }
}
