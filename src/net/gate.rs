//! How many requests are under way at one host, and how fast they follow each other.

use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct Gate {
    places: Semaphore,
    /// Between two requests.
    apart: Duration,
    /// When the next one may go.
    next: Mutex<Option<Instant>>,
}

impl Gate {
    pub(super) fn new(at_once: usize, per_second: f64) -> Self {
        let apart = Duration::from_secs_f64((1.0 / per_second.max(0.001)).min(1000.0));
        Gate { places: Semaphore::new(at_once.max(1)), apart, next: Mutex::new(None) }
    }

    /// Waits for a place and for one's turn.
    pub(super) async fn enter(&self) -> SemaphorePermit<'_> {
        let place = self.places.acquire().await.expect("nobody closes the gate");
        let turn = {
            let mut next = self.next.lock().expect("nobody panics here");
            let turn = next.map_or_else(Instant::now, |next| next.max(Instant::now()));
            *next = Some(turn + self.apart);
            turn
        };
        tokio::time::sleep_until(turn).await;
        place
    }

    /// Nobody goes before so long a time has passed.
    pub(super) fn hold(&self, wait: Duration) {
        let mut next = self.next.lock().expect("nobody panics here");
        let until = Instant::now() + wait;
        *next = Some(next.map_or(until, |next| next.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn requests_keep_apart_and_wait_while_they_are_held() {
        let gate = Gate::new(2, 200.0);
        let begun = Instant::now();
        for _ in 0..3 {
            drop(gate.enter().await);
        }
        assert!(begun.elapsed() >= Duration::from_millis(10));
        gate.hold(Duration::from_millis(40));
        drop(gate.enter().await);
        assert!(begun.elapsed() >= Duration::from_millis(50));
    }
}
