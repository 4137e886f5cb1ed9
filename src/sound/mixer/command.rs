//! What a mixer is told, and what it tells.

use std::sync::Arc;

use crate::sound::pcm::Pcm;
use crate::sound::speech::Jump;

/// How many answers can be loaded.
pub const SLOTS: usize = 4;

/// One of the places for an answer: A, B, C, D.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Slot {
    /// The first; the only one when a single answer is reviewed.
    #[default]
    A,
    /// The second.
    B,
    /// The third.
    C,
    /// The fourth.
    D,
}

impl Slot {
    /// All of them, in order.
    pub const ALL: [Slot; SLOTS] = [Slot::A, Slot::B, Slot::C, Slot::D];

    /// Its place in [`Slot::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }
}

/// A stretch that is played over and over, in samples.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Loop {
    /// Where it starts.
    pub from: u64,
    /// Where it goes back to the start; after `from`.
    pub to: u64,
}

/// What a mixer shall do.
#[derive(Clone, Debug)]
pub enum Command {
    /// Puts a recording into a slot, standing at sample `at`. What was there fades out.
    Load {
        /// Where.
        slot: Slot,
        /// A number that reports name it by.
        load: u32,
        /// Its samples, which may still be growing.
        pcm: Pcm,
        /// A factor.
        gain: f32,
        /// Where it stands.
        at: u64,
    },
    /// Empties a slot.
    Unload(Slot),
    /// Lets the active slot sound. At its end, nothing happens.
    Play,
    /// Stops; the place is kept.
    Pause,
    /// Goes to a sample of a slot.
    Seek {
        /// Of which.
        slot: Slot,
        /// The sample.
        at: u64,
    },
    /// The speed of all slots, 0.5..=3.
    Speed(f32),
    /// Makes a slot the one that is heard.
    Switch(Slot),
    /// Another gain for a slot, reached within about 50 ms.
    Gain {
        /// Of which.
        slot: Slot,
        /// A factor.
        gain: f32,
    },
    /// Whether the jumps of the slots are taken.
    Skip(bool),
    /// What to leave out of a slot when skipping.
    Jumps {
        /// Of which.
        slot: Slot,
        /// In order, without overlap.
        jumps: Arc<[Jump]>,
    },
    /// What of a slot is played over and over.
    Loop {
        /// Of which.
        slot: Slot,
        /// None: it is played through.
        around: Option<Loop>,
    },
}

/// A stretch that was given to the device.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Played {
    /// From which slot.
    pub slot: Slot,
    /// Which load of it, so that a late report names the right answer.
    pub load: u32,
    /// Its first sample.
    pub from: u64,
    /// The one after its last.
    pub to: u64,
    /// At which speed.
    pub speed: f32,
    /// It is heard in full when the device has played this many samples in all.
    pub until: u64,
}

/// What a mixer no longer needs, to be dropped where dropping may take its time.
#[derive(Debug)]
pub enum Used {
    /// A recording.
    Pcm(Pcm),
    /// A list of jumps.
    Jumps(Arc<[Jump]>),
}
