//! Which sample of which answer is heard at which sample of the output: written by the mixer, readable from any thread without a lock.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::command::Slot;

/// Marks that are kept: one every 10 ms of sound, and some more where it goes elsewhere, so more than the ten seconds of the longest buffer
/// that a device may have.
const KEPT: u64 = 1_100;
/// A mark that is being written.
const UNWRITTEN: u64 = u64::MAX;

/// Where the sound was at some sample of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Which slot is heard.
    pub slot: Slot,
    /// Goes up whenever the sound goes somewhere else: between two of the same, it flows.
    pub epoch: u32,
    /// Whether it plays.
    pub playing: bool,
    /// Whether it waits for what is still being decoded.
    pub waiting: bool,
    /// Whether it is at its end.
    pub ended: bool,
    /// The sample of the answer.
    pub source: u64,
}

impl Mark {
    fn pack(self) -> u64 {
        // Four hours are 30 bits of samples.
        let source = self.source.min((1 << 30) - 1);
        source
            | (self.slot.index() as u64) << 30
            | u64::from(self.playing) << 32
            | u64::from(self.waiting) << 33
            | u64::from(self.ended) << 34
            | u64::from(self.epoch) << 35
    }

    fn unpack(word: u64) -> Mark {
        let bit = |at: u32| word >> at & 1 == 1;
        Mark {
            slot: Slot::ALL[(word >> 30 & 3) as usize],
            epoch: (word >> 35) as u32,
            playing: bit(32),
            waiting: bit(33),
            ended: bit(34),
            source: word & ((1 << 30) - 1),
        }
    }
}

/// The last marks, in the order of the output.
#[derive(Debug)]
pub struct Trail {
    marks: [(AtomicU64, AtomicU64); KEPT as usize],
    count: AtomicU64,
    speed: AtomicU32,
    sounding: AtomicBool,
    silent_from: AtomicU64,
}

impl Default for Trail {
    fn default() -> Self {
        Trail {
            marks: std::array::from_fn(|_| (AtomicU64::new(UNWRITTEN), AtomicU64::new(0))),
            count: AtomicU64::new(0),
            speed: AtomicU32::new(1f32.to_bits()),
            sounding: AtomicBool::new(false),
            silent_from: AtomicU64::new(0),
        }
    }
}

impl Trail {
    pub(super) fn leave(&self, output: u64, mark: Mark) {
        let count = self.count.load(Ordering::Relaxed);
        let (at, what) = &self.marks[(count % KEPT) as usize];
        at.store(UNWRITTEN, Ordering::SeqCst);
        what.store(mark.pack(), Ordering::SeqCst);
        at.store(output, Ordering::SeqCst);
        self.count.store(count + 1, Ordering::SeqCst);
    }

    pub(super) fn set_speed(&self, speed: f32) {
        self.speed.store(speed.to_bits(), Ordering::Relaxed);
    }

    pub(super) fn set_sounding(&self, sounding: bool, output: u64) {
        let was = self.sounding.load(Ordering::Relaxed);
        if was && !sounding {
            self.silent_from.store(output, Ordering::Relaxed);
        }
        self.sounding.store(sounding, Ordering::Release);
    }

    /// The speed that was asked for last; what was given to the device before is still heard at the one before.
    pub fn speed(&self) -> f32 {
        f32::from_bits(self.speed.load(Ordering::Relaxed))
    }

    /// The sample of the output from which on all is silence; none while something sounds.
    pub fn silent_from(&self) -> Option<u64> {
        (!self.sounding.load(Ordering::Acquire)).then(|| self.silent_from.load(Ordering::Relaxed))
    }

    /// How many marks were left so far.
    pub fn count(&self) -> u64 {
        self.count.load(Ordering::SeqCst)
    }

    /// The last mark, if there is any yet.
    pub fn latest(&self) -> Option<Mark> {
        let mut count = self.count();
        loop {
            if count == 0 {
                return None;
            }
            if let Some((_, mark)) = self.mark(count - 1) {
                return Some(mark);
            }
            count -= 1;
        }
    }

    /// Mark number `index` and its sample of the output, if it is still kept.
    pub fn mark(&self, index: u64) -> Option<(u64, Mark)> {
        let (at, what) = &self.marks[(index % KEPT) as usize];
        let before = at.load(Ordering::SeqCst);
        let mark = Mark::unpack(what.load(Ordering::SeqCst));
        let whole = before != UNWRITTEN && at.load(Ordering::SeqCst) == before;
        whole.then_some((before, mark))
    }

    /// What is heard at sample `output` of the output; between two marks that flow into each other, in proportion.
    pub fn at(&self, output: u64) -> Option<Mark> {
        let count = self.count();
        let mut next: Option<(u64, Mark)> = None;
        for index in (count.saturating_sub(KEPT - 1)..count).rev() {
            let (at, mark) = self.mark(index)?;
            if at <= output {
                return Some(between((at, mark), next, output));
            }
            next = Some((at, mark));
        }
        // Older than all that is kept: the oldest.
        next.map(|(_, mark)| mark)
    }
}

fn between((at, mark): (u64, Mark), next: Option<(u64, Mark)>, output: u64) -> Mark {
    let Some((until, then)) = next.filter(|(until, then)| then.epoch == mark.epoch && mark.playing && *until > at) else {
        return mark;
    };
    let way = then.source as i64 - mark.source as i64;
    let part = way * (output - at) as i64 / (until - at) as i64;
    Mark { source: (mark.source as i64 + part).max(0) as u64, ..mark }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(source: u64, epoch: u32) -> Mark {
        Mark { slot: Slot::C, epoch, playing: true, waiting: false, ended: false, source }
    }

    #[test]
    fn a_mark_is_read_as_it_was_left() {
        let odd = Mark { slot: Slot::D, epoch: 77, playing: false, waiting: true, ended: true, source: 691_200_000 };
        assert_eq!(Mark::unpack(odd.pack()), odd);
    }

    #[test]
    fn between_two_marks_the_sound_flows() {
        let trail = Trail::default();
        assert_eq!(trail.at(5), None);
        trail.leave(100, mark(1000, 1));
        trail.leave(200, mark(1200, 1));
        assert_eq!(trail.at(150).map(|mark| mark.source), Some(1100));
        assert_eq!(trail.at(900).map(|mark| mark.source), Some(1200));
        assert_eq!(trail.at(3).map(|mark| mark.source), Some(1000));
    }

    #[test]
    fn over_a_seek_it_does_not_flow() {
        let trail = Trail::default();
        trail.leave(100, mark(1000, 1));
        trail.leave(200, mark(90_000, 2));
        assert_eq!(trail.at(199).map(|mark| mark.source), Some(1000));
        assert_eq!(trail.at(200).map(|mark| mark.source), Some(90_000));
    }

    #[test]
    fn only_the_last_marks_are_kept() {
        let trail = Trail::default();
        (0..3000).for_each(|i| trail.leave(i * 480, mark(i, 1)));
        assert_eq!(trail.at(2_999 * 480).map(|mark| mark.source), Some(2_999));
        // Ten seconds before, as a device with the longest buffer is.
        assert_eq!(trail.at(1_999 * 480).map(|mark| mark.source), Some(1_999));
        assert!(trail.at(0).is_some_and(|mark| mark.source > 1_800));
    }
}
