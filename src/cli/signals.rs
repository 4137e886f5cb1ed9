//! How a long command learns that it is to end.

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
