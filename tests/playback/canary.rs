//! A thread that wants to run every 5 ms and notes when it was not let: what a busy machine did is no fault of the player.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

const STEP: Duration = Duration::from_millis(5);
/// A device asks again when half of its buffer, 42 ms, is left. Until the answer is there the player has to be woken and then the server: a
/// machine that keeps threads waiting for so long may well be late twice.
const LATE: Duration = Duration::from_millis(15);
/// What happens so long around that may come of it.
const AROUND: Duration = Duration::from_millis(500);

pub(super) struct Canary {
    stop: Arc<AtomicBool>,
    late: Arc<Mutex<Vec<(Instant, Duration)>>>,
}

impl Canary {
    pub(super) fn begin() -> Canary {
        let canary = Canary { stop: Arc::default(), late: Arc::default() };
        let (stop, late) = (canary.stop.clone(), canary.late.clone());
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                let before = Instant::now();
                std::thread::sleep(STEP);
                let waited = before.elapsed().saturating_sub(STEP);
                if waited > LATE {
                    late.lock().unwrap_or_else(PoisonError::into_inner).push((before, waited));
                }
            }
        });
        canary
    }

    /// Whether the machine let threads wait around this time.
    pub(super) fn was_starved(&self, from: Instant, to: Instant) -> bool {
        let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        late.iter().any(|(at, waited)| *at < to + AROUND && *at + *waited + AROUND > from)
    }

    /// How often threads waited, and for how long at most.
    pub(super) fn told(&self) -> String {
        let late = self.late.lock().unwrap_or_else(PoisonError::into_inner);
        let most = late.iter().map(|(_, waited)| waited.as_millis()).max().unwrap_or(0);
        format!(
            "a thread that wanted to run every 5 ms waited longer than {} ms {} times, {most} ms at most",
            LATE.as_millis(),
            late.len()
        )
    }
}

impl Drop for Canary {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
