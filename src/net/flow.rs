//! How fast all transfers together may come.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::Instant;

/// How fast everything together may come.
#[derive(Clone, Default)]
pub struct Flow(Option<Arc<Throttle>>);

struct Throttle {
    /// Bytes a second.
    rate: f64,
    /// When the bytes that have come may have come.
    until: Mutex<Instant>,
}

impl Flow {
    /// At most so many bytes a second.
    pub fn at_most(rate: u64) -> Self {
        Flow(Some(Arc::new(Throttle { rate: rate.max(1) as f64, until: Mutex::new(Instant::now()) })))
    }

    /// Waits until more may come.
    pub(super) async fn wait(&self) {
        if let Some(throttle) = &self.0 {
            let until = *throttle.until.lock().expect("nobody panics here");
            tokio::time::sleep_until(until).await;
        }
    }

    /// Says that so many bytes came.
    pub(super) fn took(&self, bytes: usize) {
        if let Some(throttle) = &self.0 {
            let mut until = throttle.until.lock().expect("nobody panics here");
            *until = (*until).max(Instant::now()) + Duration::from_secs_f64(bytes as f64 / throttle.rate);
        }
    }

    /// How long a transfer may take: who is told to be slow may take long.
    pub(super) fn longest(&self, time: Duration, bytes: Option<u64>) -> Duration {
        match (&self.0, bytes) {
            (Some(throttle), Some(bytes)) => time + Duration::from_secs_f64((bytes as f64 / throttle.rate * 8.0).min(1e6)),
            (Some(_), None) => time * 8,
            (None, _) => time,
        }
    }
}
