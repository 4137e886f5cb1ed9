//! What was done and is not on disk yet, of whichever batch: it outlives the screen that it was done on.

use std::collections::BTreeSet;

use super::overlay::{Choice, Item, Picker, Purpose};
use super::{App, Desk, Effect, Notice, Overlay, Tone};
use crate::interview::EventId;
use crate::journal::{Act, Event};
use crate::text::{SafeText, many};

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
    /// Leaves the program; asks first where something that was done would be lost.
    pub(in crate::app) fn leave(&mut self) -> Vec<Effect> {
        let draft = self.keep_draft();
        if self.on_disk() != OnDisk::HeldUp {
            return draft.into_iter().chain(self.leave_now()).collect();
        }
        if self.asks_to_leave() {
            self.tell(Tone::Hint, "Enter on the second line leaves, and loses it; Esc stays.");
        } else {
            self.ask_to_leave();
        }
        draft
    }

    /// Leaves the program, whatever is saved: the terminal is gone, the input has ended, or the system ends it.
    pub(in crate::app) fn leave_now(&mut self) -> Vec<Effect> {
        let draft = self.keep_draft();
        draft.into_iter().chain(self.paused()).chain([Effect::Quit]).collect()
    }

    fn asks_to_leave(&self) -> bool {
        matches!(self.overlays.last(), Some(Overlay::Picker(picker)) if picker.purpose == Purpose::LeaveUnsaved)
    }

    fn ask_to_leave(&mut self) {
        let is_rating = |event: &&Event| matches!(event.act, Act::Rated { .. } | Act::Cleared { .. });
        let (all, ratings) = (self.unsaved.events.len(), self.unsaved.events.iter().filter(is_rating).count());
        let counted = [(ratings, "rating"), (all - ratings, "other act")].into_iter().filter(|(count, _)| *count > 0);
        let counted: Vec<String> = counted.map(|(count, what)| many(count, what)).collect();
        let why = self.unsaved.held_up.clone().unwrap_or_default();
        let lead = vec![
            SafeText::line(&format!("Not on disk: {}.", counted.join(" and "))),
            why,
            SafeText::line("It is tried again every few seconds, and this closes once all of it is there."),
        ];
        let items = vec![
            Item::new("Stay: make room, and it is written", "", Choice::No),
            Item::new("Leave, and lose what cannot be written in the next seconds", "", Choice::Yes),
        ];
        let picker = Picker::new("Leave although not everything is saved?", Purpose::LeaveUnsaved, items).led_by(lead);
        self.overlays.push(Overlay::Picker(picker));
    }

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
            if self.asks_to_leave() {
                self.overlays.pop();
            }
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
