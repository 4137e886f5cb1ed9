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
    /// Since when it rests; that time is no part of how fast it is.
    resting: Option<Instant>,
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
        if std::mem::replace(&mut counted.state.rests, rests) == rests {
            return;
        }
        match rests {
            true => {
                counted.rate();
                counted.resting = Some(Instant::now());
            }
            false => {
                let rested = counted.resting.take().map(|since| since.elapsed()).unwrap_or_default();
                counted.since = counted.since.map(|since| since + rested);
            }
        }
        counted.tell();
    }

    /// How far it is now.
    pub(super) fn state(&self) -> UnderWay {
        let mut counted = self.counted();
        counted.rate();
        counted.state.clone()
    }

    /// Bytes that came now.
    pub(super) fn came(&self) -> u64 {
        self.counted().now
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn take(&mut self, news: &News) {
        let state = &mut self.state;
        match news {
            News::Planned { files, bytes, unknown, .. } => {
                (state.files, state.bytes, state.unknown) = (*files as u64, *bytes, *unknown as u64);
            }
            News::Length { bytes } => (state.bytes, state.unknown) = (state.bytes + bytes, state.unknown.saturating_sub(1)),
            News::Kept { bytes } => state.came += bytes,
            News::Came { bytes } => {
                state.came += bytes;
                self.now += bytes;
                self.since.get_or_insert_with(Instant::now);
            }
            News::Lost { bytes } => state.came = state.came.saturating_sub(*bytes),
            News::Here => state.arrived += 1,
            News::Failed { .. } => state.failed += 1,
            News::Listed { .. } | News::Batch(_) | News::Progress(_) | News::Arrived { .. } | News::BroughtBack { .. } => {}
        }
    }

    /// Reckons how fast it comes; while it rests that stays as it was.
    fn rate(&mut self) {
        if self.resting.is_some() {
            return;
        }
        let seconds = self.since.map_or(0.0, |since| since.elapsed().as_secs_f64());
        self.state.rate = if seconds < 1.0 { 0 } else { (self.now as f64 / seconds) as u64 };
    }

    fn tell(&mut self) {
        self.rate();
        if let Some(lock) = &self.lock {
            lock.tell(&self.state);
        }
        self.told = Some(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_a_fetch_rests_is_no_part_of_how_fast_it_is() {
        let ago = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).expect("this machine runs for longer");
        let meter = Meter::default();
        meter.count(&News::Came { bytes: 2_000 });
        {
            let mut counted = meter.counted();
            (counted.since, counted.resting, counted.state.rests) = (Some(ago(12)), Some(ago(10)), true);
        }
        meter.rests(false);
        let rate = meter.state().rate;
        assert!((900..=1_000).contains(&rate), "2000 bytes in two seconds: {rate}");
    }

    #[test]
    fn how_much_comes_in_all_is_known_when_the_last_length_is() {
        let meter = Meter::default();
        meter.count(&News::Planned { files: 2, bytes: 5, unknown: 1, answers: 2 });
        assert_eq!(meter.state().in_all(), None);
        meter.count(&News::Length { bytes: 7 });
        assert_eq!(meter.state().in_all(), Some(12));
        meter.count(&News::Here);
        assert_eq!(meter.state().arrived, 1);
    }
}
