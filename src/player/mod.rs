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

pub use device::Choice;
pub use handle::{Load, PlayerHandle, Position};
pub use quiet::give_back_stderr;
pub use report::Report;

use tokio::sync::mpsc::UnboundedReceiver;

/// Starts the player's thread. It ends when the last handle is gone.
///
/// # Errors
/// When the system has no thread left to give.
pub fn start(choice: Choice) -> std::io::Result<(PlayerHandle, UnboundedReceiver<Report>)> {
    engine::start(choice)
}
