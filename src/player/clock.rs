//! Which sample of the output is coming out of the loudspeaker now.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::sound::RATE;

/// No device plays faster than time passes but for this; one whose crystal is off by as much is broken.
const FASTER: f64 = 1.01;
/// What a device may be told to have played beyond that, in seconds: its word about its delay is a guess.
const UNSURE: f64 = 0.1;
/// No device's buffer is longer, in seconds.
const LONGEST_BUFFER: f64 = 10.0;

/// A device's word about its delay is followed at once when it is off by more than this, else slowly: it is a guess that jitters.
const JITTER: i64 = 40_000_000;

/// The device's time: written by its callback, read from any thread without a lock.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    /// Samples that come out per second of real time, by our rate: 1, or more on a timer that runs ahead.
    pace: f64,
    /// Odd while being written.
    version: AtomicU64,
    /// The first sample of the last block.
    block: AtomicU64,
    /// How many it has.
    length: AtomicU64,
    /// When its first is heard, in ns since the start; [`NOT_YET`] while nobody knows.
    heard_at: AtomicU64,
    /// When the device was last told to play, in ns since the start…
    since: AtomicU64,
    /// …and the first sample that was made after that.
    from: AtomicU64,
}

/// A device took its first samples before it began to play.
const NOT_YET: u64 = u64::MAX;

impl Clock {
    pub(super) fn new(pace: f64) -> Clock {
        Clock {
            start: Instant::now(),
            pace,
            version: AtomicU64::new(0),
            block: AtomicU64::new(0),
            length: AtomicU64::new(0),
            heard_at: AtomicU64::new(0),
            since: AtomicU64::new(0),
            from: AtomicU64::new(0),
        }
    }

    /// A device is told to play: from here on it plays as fast as time passes.
    pub(super) fn begin(&self, now: Instant) {
        self.from.store(self.made(), Ordering::SeqCst);
        self.since.store(self.nanoseconds(now), Ordering::SeqCst);
    }

    /// The first sample that was made after the device was told to play.
    pub(super) fn began_at(&self) -> u64 {
        self.from.load(Ordering::SeqCst)
    }

    /// Whether more was made than any device can play or keep: it throws the sound away.
    pub(super) fn runs_away(&self, now: Instant) -> bool {
        self.made() > self.most(now, LONGEST_BUFFER)
    }

    fn made(&self) -> u64 {
        self.block.load(Ordering::SeqCst) + self.length.load(Ordering::SeqCst)
    }

    /// The number of the sample that time allows to be heard at `now` at the latest, and so many seconds beyond.
    fn most(&self, now: Instant, beyond: f64) -> u64 {
        let seconds = self.nanoseconds(now).saturating_sub(self.since.load(Ordering::SeqCst)) as f64 * 1e-9;
        self.began_at() + ((seconds * FASTER + beyond) * f64::from(RATE) * self.pace) as u64
    }

    /// A block was made: `length` samples from number `block` on, of which the first is heard `delay` after `now`.
    pub(super) fn publish(&self, block: u64, length: u64, now: Instant, delay: Duration) {
        let told = self.nanoseconds(now + delay) as i64;
        let before = self.heard_at.load(Ordering::Relaxed);
        let follows = before.saturating_add(self.duration(self.length.load(Ordering::Relaxed))) as i64;
        // Blocks come out one after the other, whatever the device guesses.
        let is_near = before != NOT_YET && (told - follows).abs() < JITTER;
        let heard_at = if is_near { follows + (told - follows) / 8 } else { told };
        self.store(block, length, heard_at.max(0) as u64);
    }

    /// A block was made for a device that has not begun to play: none of it is heard before the next one is asked for.
    pub(super) fn fill_ahead(&self, block: u64, length: u64) {
        self.store(block, length, NOT_YET);
    }

    fn store(&self, block: u64, length: u64, heard_at: u64) {
        self.version.fetch_add(1, Ordering::SeqCst);
        self.block.store(block, Ordering::SeqCst);
        self.length.store(length, Ordering::SeqCst);
        self.heard_at.store(heard_at, Ordering::SeqCst);
        self.version.fetch_add(1, Ordering::SeqCst);
    }

    /// How many blocks were made so far: when this stands still, the device is gone.
    pub(super) fn blocks(&self) -> u64 {
        self.version.load(Ordering::Relaxed) / 2
    }

    /// The number of the sample that is heard at `now`; not past what was made, and not faster than time passes.
    pub(super) fn heard(&self, now: Instant) -> u64 {
        loop {
            let version = self.version.load(Ordering::SeqCst);
            let block = self.block.load(Ordering::SeqCst);
            let length = self.length.load(Ordering::SeqCst);
            let heard_at = self.heard_at.load(Ordering::SeqCst);
            if version % 2 == 1 || self.version.load(Ordering::SeqCst) != version {
                std::hint::spin_loop();
                continue;
            }
            if heard_at == NOT_YET {
                return block;
            }
            let since = self.nanoseconds(now) as f64 - heard_at as f64;
            let samples = (since * 1e-9 * f64::from(RATE) * self.pace) as i64;
            return ((block as i64 + samples.min(length as i64)).max(0) as u64).min(self.most(now, UNSURE));
        }
    }

    fn nanoseconds(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.start).as_nanos() as u64
    }

    fn duration(&self, samples: u64) -> u64 {
        (samples as f64 / (f64::from(RATE) * self.pace) * 1e9) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_lags_by_the_devices_delay_and_never_runs_past_what_was_made() {
        let clock = Clock::new(1.0);
        let now = clock.start + Duration::from_secs(1);
        clock.publish(48_000, 480, now, Duration::from_millis(60));
        assert_eq!(clock.heard(now), 48_000 - 2_880);
        assert_eq!(clock.heard(now + Duration::from_millis(65)), 48_240);
        assert_eq!(clock.heard(now + Duration::from_secs(9)), 48_480);
    }

    #[test]
    fn nothing_is_heard_of_what_a_device_took_before_it_began_to_play() {
        let clock = Clock::new(1.0);
        let now = clock.start + Duration::from_secs(1);
        clock.fill_ahead(9_600, 4_096);
        assert_eq!(clock.heard(now + Duration::from_millis(400)), 9_600);
        clock.publish(13_696, 2_048, now + Duration::from_millis(500), Duration::from_micros(42_667));
        assert_eq!(clock.heard(now + Duration::from_millis(500)), 13_696 - 2_048);
    }

    #[test]
    fn a_device_that_swallows_sound_is_believed_no_more_than_time_allows() {
        let clock = Clock::new(1.0);
        let start = clock.start + Duration::from_secs(1);
        clock.publish(0, 48_000, start, Duration::ZERO);
        clock.begin(start);
        for block in 0..100 {
            clock.publish(48_000 + block * 4_800, 4_800, start + Duration::from_millis(block), Duration::ZERO);
        }
        let now = start + Duration::from_millis(200);
        let heard = clock.heard(now);
        assert!(heard <= 48_000 + 9_600 + 4_900, "{heard} after 200 ms");
        assert!(!clock.runs_away(now), "ten seconds may lie in a buffer");
        clock.publish(48_000 + 480_000, 24_000, now, Duration::ZERO);
        assert!(clock.runs_away(now));
    }

    #[test]
    fn a_delay_that_jitters_does_not_make_the_position_jump() {
        let clock = Clock::new(1.0);
        let start = clock.start + Duration::from_secs(1);
        let mut last = 0;
        for block in 0..100u64 {
            let now = start + Duration::from_millis(block * 10);
            clock.publish(block * 480, 480, now, Duration::from_millis(60 + block % 3 * 6));
            let heard = clock.heard(now);
            if block > 10 {
                assert!((heard as i64 - last as i64 - 480).abs() < 120, "{block}: {last} {heard}");
            }
            last = heard;
        }
    }
}
