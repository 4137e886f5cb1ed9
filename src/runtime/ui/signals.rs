//! The signals that a program at a terminal gets.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals that a program at a terminal gets.
pub(in crate::runtime) struct Signals {
    /// Those that ask it to end.
    pub(in crate::runtime) end: [Signal; 3],
    /// The window has another size. The stream of inputs says so too, but not when a key came at the same instant.
    pub(super) resized: Signal,
}

impl Signals {
    pub(in crate::runtime) fn new() -> io::Result<Self> {
        let end = [signal(SignalKind::terminate())?, signal(SignalKind::hangup())?, signal(SignalKind::interrupt())?];
        Ok(Signals { end, resized: signal(SignalKind::window_change())? })
    }
}

/// Waits until the program is asked to end.
pub(in crate::runtime) async fn asked_to_end([terminate, hangup, interrupt]: &mut [Signal; 3]) {
    tokio::select! { _ = terminate.recv() => (), _ = hangup.recv() => (), _ = interrupt.recv() => () }
}
