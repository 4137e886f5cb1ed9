//! How a long command learns that it is to end, and what it says then.

use super::exit::Exit;
use super::failure::Failure;

/// Says how far a work over answers was that was stopped; what was done by then is kept.
pub(super) fn stopped(what: &str, done: usize, total: usize) -> Failure {
    Failure::new(format!("Could not {what} to its end: it was stopped"))
        .cause(format!("{done} of {total} answers are done, and what came of them is kept"))
        .hint("the same command goes on where it was")
        .exit(Exit::Interrupted)
}

/// Waits until the user presses Ctrl-C or the system sends SIGTERM or SIGHUP; false where that cannot be learned.
pub(super) async fn asked_to_end() -> bool {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else { return false };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        true
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.is_ok()
}
