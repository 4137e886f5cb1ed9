//! What is loaded, playing, and where the ear is.

use jiff::Timestamp;

use crate::interview::{AnswerId, Moment, Span};
use crate::text::SafeText;

/// One of the player's four places, A to D; Review uses A.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Slot(pub u8);

impl Slot {
    /// How many there are.
    pub const COUNT: usize = 4;

    /// Its letter.
    pub fn letter(self) -> char {
        char::from(b'A' + self.0)
    }
}

/// What a slot holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Loaded {
    /// Nothing.
    #[default]
    Nothing,
    /// On its way.
    Coming(AnswerId),
    /// It can be played.
    Ready {
        /// Which answer.
        answer: AnswerId,
        /// Its length, once counted.
        length: Option<Moment>,
    },
    /// It cannot be played.
    Unplayable {
        /// Which answer.
        answer: AnswerId,
        /// Why.
        reason: SafeText,
    },
}

impl Loaded {
    /// The answer that the slot is for.
    pub fn answer(&self) -> Option<AnswerId> {
        match self {
            Loaded::Nothing => None,
            Loaded::Coming(answer) | Loaded::Ready { answer, .. } | Loaded::Unplayable { answer, .. } => Some(*answer),
        }
    }
}

/// What is heard again and again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Repeat {
    /// Nothing.
    #[default]
    Off,
    /// A stretch that begins here; where it ends is not said yet.
    From(Moment),
    /// This stretch.
    Over(Span),
}

impl Repeat {
    /// The stretch, once it has an end.
    pub fn span(self) -> Option<Span> {
        if let Repeat::Over(span) = self { Some(span) } else { None }
    }
}

/// Whether there is something to hear on.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum Device {
    /// Not tried yet: nothing was played.
    #[default]
    Untried,
    /// Sound comes out.
    Here,
    /// There is none, or it went away: transcripts can be read.
    Missing(SafeText),
}

/// The slowest speed, in hundredths.
pub const SLOWEST: u16 = 50;
/// The fastest speed, in hundredths.
pub const FASTEST: u16 = 300;

/// The state of playing, as far as reports have told.
#[derive(Clone, PartialEq, Debug)]
pub struct Deck {
    slots: [Loaded; Slot::COUNT],
    at: [Moment; Slot::COUNT],
    /// Which slot is heard.
    pub active: Slot,
    /// Whether it plays.
    pub playing: bool,
    /// How fast, in hundredths.
    pub speed: u16,
    /// Whether silences are skipped.
    pub skip_silence: bool,
    /// What the reviewer chose: it holds wherever the batch fixes nothing, from answer to answer and from batch to batch.
    pub chosen: Chosen,
    /// Where it stops: the end of a stretch that is heard alone.
    pub until: Option<Moment>,
    /// What is heard again and again.
    pub repeat: Repeat,
    /// When it was paused, as long as nobody has gone elsewhere since.
    pub(super) paused: Option<Timestamp>,
    /// Whether there is something to hear on.
    pub device: Device,
}

/// How a reviewer wants to hear.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Chosen {
    /// How fast, in hundredths.
    pub speed: u16,
    /// Words per minute to bring every answer to instead, where its words are known; kept while [`Chosen::paced`] is off.
    pub wpm: Option<u16>,
    /// Whether words per minute lead, not the speed.
    pub paced: bool,
    /// Whether silences are skipped.
    pub skip_silence: bool,
}

impl Deck {
    /// Nothing loaded.
    pub fn new(chosen: Chosen) -> Self {
        let speed = chosen.speed.clamp(SLOWEST, FASTEST);
        let chosen = Chosen { speed, ..chosen };
        Deck {
            slots: Default::default(),
            at: Default::default(),
            active: Slot(0),
            playing: false,
            speed,
            skip_silence: chosen.skip_silence,
            chosen,
            until: None,
            repeat: Repeat::Off,
            paused: None,
            device: Device::Untried,
        }
    }

    /// What a slot holds.
    pub fn loaded(&self, slot: Slot) -> &Loaded {
        &self.slots[usize::from(slot.0)]
    }

    /// The answer that is heard.
    pub fn answer(&self) -> Option<AnswerId> {
        self.loaded(self.active).answer()
    }

    /// Where the ear is in a slot.
    pub fn at(&self, slot: Slot) -> Moment {
        self.at[usize::from(slot.0)]
    }

    /// The slot that an answer lies in.
    pub fn slot_of(&self, answer: AnswerId) -> Option<Slot> {
        (0..Slot::COUNT as u8).map(Slot).find(|slot| self.loaded(*slot).answer() == Some(answer))
    }

    pub(super) fn put(&mut self, slot: Slot, loaded: Loaded) {
        self.slots[usize::from(slot.0)] = loaded;
    }

    pub(super) fn put_at(&mut self, slot: Slot, at: Moment) {
        self.at[usize::from(slot.0)] = at;
    }
}
