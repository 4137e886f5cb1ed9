//! The mixer on a device: commands in, reports out. One thread owns the device; decoding runs beside it.
//!
//! Nothing is opened before the first [`PlayerHandle::play`], nothing runs while paused: after three seconds even the device is closed.
//! Where the sound is, [`PlayerHandle::position`] says at any time, computed and not reported; so nothing has to tick.
//!
//! Without a device nothing plays and nothing counts as heard; a [`Report::NoDevice`] says why.

mod clock;
mod device;
mod engine;
mod handle;
mod heard;
mod quiet;
mod report;
mod shelf;
mod worker;

pub use device::{CLOCK_COUNTS, Choice, ChoiceError, Trouble, Visit};
pub use handle::{Load, PlayerHandle, Position};
pub use quiet::give_back_stderr;
pub use report::Report;

use crate::text::SafeText;
use tokio::sync::mpsc::UnboundedReceiver;

/// A device that sound can come out of.
#[derive(Clone, PartialEq, Debug)]
pub struct Output {
    /// What [`Choice::Named`] and the setting `audio.device` call it.
    pub id: String,
    /// What people call it.
    pub name: SafeText,
}

/// The devices that are there now. It asks the sound server, or looks at the cards, which can take a while; nobody calls it at the start.
pub fn outputs() -> Vec<Output> {
    device::list().into_iter().map(|(id, name)| Output { id, name: SafeText::line(&name) }).collect()
}

/// How the sound server would be reached now, and what is in the way; nothing is opened on it.
///
/// It takes two seconds where a server stands still.
pub fn sound_server() -> Visit {
    device::visit()
}

/// Starts the player's thread. It ends when the last handle is gone.
///
/// # Errors
/// When the system has no thread left to give.
pub fn start(choice: Choice) -> std::io::Result<(PlayerHandle, UnboundedReceiver<Report>)> {
    engine::start(choice)
}
