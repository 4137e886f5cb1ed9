//! The player, as everyone else sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::clock::Clock;
use super::device::Choice;
use super::engine::Message;
use crate::interview::{AnswerId, Moment, Span};
use crate::sound::mixer::{Mark, SLOTS, Slot, Trail};
use crate::sound::{Prepared, Recording, moment_of};

/// An answer to put into a slot.
#[derive(Clone, Debug)]
pub struct Load {
    /// Where to.
    pub slot: Slot,
    /// What it is; reports name it so.
    pub answer: AnswerId,
    /// The recording.
    pub bytes: Recording,
    /// Its file's extension, where there is one.
    pub hint: Option<String>,
    /// What was measured of it. Without, it plays with provisional gain and is measured on the way.
    pub prepared: Option<Prepared>,
    /// Where it stands.
    pub at: Moment,
}

/// Where the sound is, as the ear hears it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Position {
    /// In which slot.
    pub slot: Slot,
    /// Which answer that is.
    pub answer: AnswerId,
    /// Where in it.
    pub at: Moment,
    /// Whether it sounds.
    pub playing: bool,
    /// Whether it would sound, had decoding come so far.
    pub waiting: bool,
    /// Whether it is at its end.
    pub ended: bool,
    /// How fast it was last told to go, to know when the next word comes: it is heard so once the device has played what it was given before.
    pub speed: f32,
}

/// What the handles and the player's thread both see.
pub(super) struct Shared {
    pub(super) trail: Arc<Trail>,
    pub(super) clock: Arc<Clock>,
    /// Whether a device asks for sound: only then does time pass.
    pub(super) running: AtomicBool,
    /// What sounds in each slot, and from which epoch of the trail on: marks before that are of what lay there earlier.
    pub(super) answers: Mutex<[Option<(AnswerId, u32)>; SLOTS]>,
}

impl Shared {
    /// What is heard now.
    pub(super) fn heard(&self) -> Option<Mark> {
        if self.running.load(Ordering::Acquire) { self.trail.at(self.clock.heard(Instant::now())) } else { self.trail.latest() }
    }

    /// Whose sound a mark is of; none where that answer lies there no longer.
    pub(super) fn answer(&self, mark: Mark) -> Option<AnswerId> {
        let (answer, since) = self.answers.lock().unwrap_or_else(PoisonError::into_inner)[mark.slot.index()]?;
        (mark.epoch >= since).then_some(answer)
    }
}

/// Leads a player. Clones lead the same one; when the last is gone, it stops.
#[derive(Clone)]
pub struct PlayerHandle(Arc<Line>);

/// To the player's thread. Closing it is what ends the player.
pub(super) struct Line {
    pub(super) to: Sender<Message>,
    pub(super) shared: Arc<Shared>,
}

impl Drop for Line {
    fn drop(&mut self) {
        let _ = self.to.send(Message::Quit);
    }
}

impl PlayerHandle {
    pub(super) fn new(to: Sender<Message>, shared: Arc<Shared>) -> PlayerHandle {
        PlayerHandle(Arc::new(Line { to, shared }))
    }

    /// Puts an answer into a slot; what was there stops. It does not start to play, unless [`PlayerHandle::play`] waits for it.
    pub fn load(&self, load: Load) {
        self.send(Message::Load(Box::new(load)));
    }

    /// Decodes an answer that will be heard soon, when nothing else is being decoded, and keeps it for [`PlayerHandle::load`] to find. Its
    /// slot and moment are of no matter. Nothing is reported of it.
    pub fn prefetch(&self, load: Load) {
        self.send(Message::Prefetch(Box::new(load)));
    }

    /// Empties a slot.
    pub fn unload(&self, slot: Slot) {
        self.send(Message::Unload(slot));
    }

    /// Lets the active slot sound, at once or as soon as it is loaded. At its end it starts again.
    pub fn play(&self) {
        self.send(Message::Play);
    }

    /// Stops; the place is kept.
    pub fn pause(&self) {
        self.send(Message::Pause);
    }

    /// Goes to a moment of a slot.
    pub fn seek(&self, slot: Slot, at: Moment) {
        self.send(Message::Seek(slot, at));
    }

    /// The speed of everything, in hundredths, 50..=300.
    pub fn speed(&self, hundredths: u16) {
        self.send(Message::Speed(hundredths));
    }

    /// Makes another slot the one that is heard; it plays on if something played.
    pub fn switch(&self, slot: Slot) {
        self.send(Message::Switch(slot));
    }

    /// Whether silences become short pauses.
    pub fn skip_silence(&self, on: bool) {
        self.send(Message::Skip(on));
    }

    /// Plays a stretch of a slot over and over; none: on to the end.
    pub fn repeat(&self, slot: Slot, span: Option<Span>) {
        self.send(Message::Loop(slot, span));
    }

    /// Plays on this device from now on, from where it is heard.
    pub fn device(&self, choice: Choice) {
        self.send(Message::Device(choice));
    }

    /// Where the sound is now, the device's delay taken off; none while the active slot is empty.
    pub fn position(&self) -> Option<Position> {
        self.0.shared.heard().and_then(|mark| self.told(mark))
    }

    /// Where the sound is that was last given to the device: what is heard once the device has played the rest.
    pub fn handed(&self) -> Option<Position> {
        self.0.shared.trail.latest().and_then(|mark| self.told(mark))
    }

    fn told(&self, mark: Mark) -> Option<Position> {
        let shared = &self.0.shared;
        Some(Position {
            slot: mark.slot,
            answer: shared.answer(mark)?,
            at: moment_of(mark.source),
            playing: mark.playing,
            waiting: mark.waiting,
            ended: mark.ended,
            speed: shared.trail.speed(),
        })
    }

    fn send(&self, message: Message) {
        // Without a player, after a failure of its thread, there is nothing to lead.
        let _ = self.0.to.send(message);
    }
}
