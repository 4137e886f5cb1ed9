//! Lets a fetch rest: nothing more is asked for and nothing more is read until it may go on.

use std::sync::Arc;

use tokio::sync::watch;

/// Whether a fetch rests; its copies are one.
#[derive(Clone)]
pub struct Pause(Arc<watch::Sender<bool>>);

impl Default for Pause {
    fn default() -> Self {
        Pause(Arc::new(watch::Sender::new(false)))
    }
}

impl Pause {
    /// Rests, or goes on; returns whether it rests now.
    pub fn toggle(&self) -> bool {
        let mut rests = false;
        self.0.send_modify(|paused| {
            *paused = !*paused;
            rests = *paused;
        });
        rests
    }

    /// Goes on, where it rests.
    pub fn end(&self) {
        self.0.send_replace(false);
    }

    /// Whether it rests.
    pub(super) fn rests(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits as long as it rests.
    pub(super) async fn over(&self) {
        // The sender is held by this very value.
        let _ = self.0.subscribe().wait_for(|paused| !paused).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn who_rests_goes_on_when_it_is_over_and_not_before() {
        let pause = Pause::default();
        pause.over().await;
        assert!(pause.toggle());
        let other = pause.clone();
        assert!(tokio::time::timeout(Duration::from_millis(30), pause.over()).await.is_err(), "it rests");
        assert!(!other.toggle());
        pause.over().await;
    }
}
