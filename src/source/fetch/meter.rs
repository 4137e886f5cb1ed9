//! How far a fetch is, told to whoever looks at the library: what came, how fast, and what is still to come.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::report::News;
use crate::interview::UnderWay;
use crate::library::FetchLock;
use crate::text::SafeText;

/// So often it is told at the most.
const APART: Duration = Duration::from_millis(500);

/// Counts what a fetch tells.
#[derive(Default)]
pub struct Meter(Mutex<Counted>);

#[derive(Default)]
struct Counted {
    lock: Option<FetchLock>,
    state: UnderWay,
    /// Since when bytes come, how many have, and when that was told.
    since: Option<Instant>,
    now: u64,
    told: Option<Instant>,
}

impl Meter {
    /// From here on nobody else fetches into the library.
    pub(super) fn begin(&self, source: &str, lock: FetchLock) {
        let mut counted = self.counted();
        counted.state = UnderWay { source: SafeText::line(source), ..UnderWay::default() };
        lock.tell(&counted.state);
        counted.lock = Some(lock);
    }

    /// Counts one thing that happened.
    pub(super) fn count(&self, news: &News) {
        let mut counted = self.counted();
        let at_once = matches!(news, News::Planned { .. });
        counted.take(news);
        if at_once || counted.told.is_none_or(|told| told.elapsed() >= APART) {
            counted.tell();
        }
    }

    /// Notes whether somebody lets it rest.
    pub(super) fn rests(&self, rests: bool) {
        let mut counted = self.counted();
        if std::mem::replace(&mut counted.state.rests, rests) != rests {
            counted.tell();
        }
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn take(&mut self, news: &News) {
        let state = &mut self.state;
        match news {
            News::Planned { files, bytes, .. } => (state.files, state.bytes) = (*files as u64, *bytes),
            News::Kept { bytes } => state.came += bytes,
            News::Came { bytes } => {
                state.came += bytes;
                self.now += bytes;
                self.since.get_or_insert_with(Instant::now);
            }
            News::Lost { bytes } => state.came = state.came.saturating_sub(*bytes),
            News::Arrived { .. } => state.arrived += 1,
            News::Failed { .. } => state.failed += 1,
            News::Listed { .. } | News::Batch(_) => {}
        }
    }

    fn tell(&mut self) {
        let seconds = self.since.map_or(0.0, |since| since.elapsed().as_secs_f64());
        self.state.rate = if seconds < 1.0 { 0 } else { (self.now as f64 / seconds) as u64 };
        if let Some(lock) = &self.lock {
            lock.tell(&self.state);
        }
        self.told = Some(Instant::now());
    }
}
