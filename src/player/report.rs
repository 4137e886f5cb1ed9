//! What a player tells.

use crate::interview::{AnswerId, Moment, Spans};
use crate::sound::{DecodeError, Prepared, Truncation};

/// Something that happened to the sound.
#[derive(Clone, Debug, PartialEq)]
pub enum Report {
    /// An answer can be played, though perhaps not to its end yet.
    Loaded {
        /// Which.
        answer: AnswerId,
        /// Its length, where it was prepared.
        length: Option<Moment>,
    },
    /// All of it is decoded.
    Decoded {
        /// Which.
        answer: AnswerId,
        /// Its true length.
        length: Moment,
        /// What is wrong with its file, where something is.
        truncated: Option<Truncation>,
    },
    /// An answer that came unprepared is measured now: worth keeping.
    Measured {
        /// Which.
        answer: AnswerId,
        /// What was measured.
        prepared: Prepared,
    },
    /// It cannot be played.
    Failed {
        /// Which.
        answer: AnswerId,
        /// Why.
        error: DecodeError,
    },
    /// It sounds from now on.
    Playing {
        /// Which.
        answer: AnswerId,
    },
    /// It is silent from now on.
    Paused {
        /// Which.
        answer: AnswerId,
        /// Where it stands.
        at: Moment,
    },
    /// These stretches really came out of the device since the last such report.
    Heard {
        /// Of which answer.
        answer: AnswerId,
        /// What was heard.
        spans: Spans,
        /// At which speed, in hundredths.
        speed: u16,
    },
    /// It came to its end.
    Ended {
        /// Which.
        answer: AnswerId,
    },
    /// The device went away while it played; it is paused where it was last heard.
    DeviceLost {
        /// What the system said.
        reason: String,
    },
    /// The sound goes on, on another output: the system moved it there.
    Moved {
        /// What people call that output.
        name: String,
    },
    /// The device is there again. It stays paused.
    DeviceBack,
    /// There is none; answers can be read.
    NoDevice {
        /// What the system said.
        reason: String,
    },
}
