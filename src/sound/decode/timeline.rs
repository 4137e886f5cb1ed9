//! How much sound was lost between two packets: it becomes silence, so that what follows is heard where it was said.
//!
//! Packets that cannot be decoded last as long as their neighbours. Packets that are not there are told by the times of those that are,
//! in containers whose times can be believed from one packet to the next; an MP4's cannot.

use symphonia::core::formats::FormatReader;
use symphonia::core::packet::Packet;

/// No more silence is put in for all that was lost, in seconds: whoever claims to have lost more claims anything.
pub(super) const MOST_SECONDS: f64 = 300.0;
/// Times say no less than this, in seconds: recorders round and jitter.
const JITTER: f64 = 0.1;
/// The times of one stream that goes on behind a hole say this much, in seconds.
const EXACT: f64 = 0.001;

/// A track that begins so much later than the picture beside it, in seconds, is heard as much later.
const LEADS: f64 = 0.02;

/// Two packets in a row are no further apart, in seconds.
const NEAR: f64 = 1.0;

/// Recorders begin within this of the start, in seconds; what begins later lost what came before.
const BEGINS: f64 = 0.5;

/// Where the packets of a recording lie in time.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Timeline {
    /// Seconds in a unit of the container's time, where it can be believed.
    unit: Option<f64>,
    /// It has begun: a packet of its sound, or of what goes with that from its start, was there.
    begun: bool,
    /// A packet of its sound was there.
    met: bool,
    /// Its start is known to be its recorder's.
    from_start: bool,
    /// Its frames are numbered by their samples: whatever is between two of them was lost.
    counts: bool,
    /// An Ogg's packet says how long it is, its first also what is left out of it.
    knows_ends: bool,
    /// Where the next packet begins by the container's time.
    next: Option<f64>,
    last: Option<i64>,
    /// The stream began anew, and its time did not.
    goes_on: bool,
    /// Frames of the last packet that was decoded.
    frames: u64,
    /// Packets since then that could not be.
    bad: u64,
    /// Seconds that were lost so far.
    lost: f64,
    /// Where that begins.
    first: Option<f64>,
    /// Where a recording that was joined on begins: its time does so anew.
    again: Option<f64>,
    /// Where its time went back, and not to its start.
    back: Option<f64>,
}

impl Timeline {
    /// Of the track with this id. `closed`: there was a hole, which may have been at its start; `follows`: another recording came before it,
    /// and its time may go on from that one's.
    pub(super) fn of(reader: &dyn FormatReader, track: u32, closed: bool, follows: bool) -> Timeline {
        let name = reader.format_info().short_name;
        let (knows_ends, from_start, closed) = (name == "ogg", name == "matroska" && !follows, closed && !follows);
        let counts = name == "flac";
        Timeline { unit: unit(reader, track), counts, knows_ends, from_start, next: closed.then_some(0.0), ..Timeline::default() }
    }

    /// The stream begins anew; `goes_on`: behind a hole, where its time does not.
    pub(super) fn begin_anew(&mut self, reader: &dyn FormatReader, track: u32, goes_on: bool) {
        self.unit = unit(reader, track);
        self.goes_on = goes_on;
        self.begun = true;
        self.last = None;
        if !goes_on {
            self.next = None;
        }
    }

    /// A packet could not be decoded. Whether it is worth going on.
    pub(super) fn lose_one(&mut self, rate: u32, most: u64) -> bool {
        self.bad += 1;
        match self.frames {
            0 => self.bad <= most,
            frames => (self.bad * frames) as f64 <= MOST_SECONDS * f64::from(rate),
        }
    }

    /// A packet came by that is not heard: a picture that is there from the start shows that nothing was lost before the sound.
    pub(super) fn pass(&mut self, packet: &Packet) {
        self.begun |= self.unit.is_some_and(|unit| packet.pts.get() as f64 * unit < BEGINS);
    }

    /// By how many seconds the picture began before the sound, whose first packet this is; none where it did not, or is not.
    pub(super) fn lead(&mut self, packet: &Packet) -> Option<f64> {
        let is_first = !std::mem::replace(&mut self.met, true) && self.begun && self.from_start;
        let start = self.unit.map(|unit| packet.pts.get() as f64 * unit);
        start.filter(|start| is_first && (LEADS..=MOST_SECONDS).contains(start))
    }

    /// The sound begins there, and nothing of it was lost before.
    pub(super) fn begin_at(&mut self, seconds: f64) {
        self.next = Some(seconds);
    }

    /// Whether a packet's time is far from where the one before it ended.
    pub(super) fn doubts(&mut self, packet: &Packet) -> bool {
        let start = self.unit.map(|unit| packet.pts.get() as f64 * unit);
        let is_late = start.is_some_and(|start| (BEGINS..=MOST_SECONDS).contains(&start));
        if !std::mem::replace(&mut self.begun, true) && is_late && self.from_start {
            self.next.get_or_insert(0.0);
        }
        start.zip(self.next).is_some_and(|(start, next)| (start - next).abs() > JITTER) && !self.goes_on
    }

    /// Whether one packet's time may follow the other's.
    pub(super) fn is_near(&self, packet: &Packet, next: &Packet) -> bool {
        let apart = next.pts.get().saturating_sub(packet.pts.get()) as f64 * self.unit.unwrap_or_default();
        (0.0..=NEAR).contains(&apart)
    }

    /// A packet became so many frames at a rate, after `seconds` of the recording: how many are missing before it. Its time counts where it
    /// is `believed`.
    pub(super) fn follow(&mut self, packet: &Packet, believed: bool, (frames, rate): (usize, u32), seconds: f64) -> u64 {
        let length = frames as f64 / f64::from(rate);
        // A few at the start are what a codec begins with.
        let like = if self.frames == 0 && self.bad > 3 { frames as u64 } else { self.frames };
        let by_count = (self.bad * like) as f64 / f64::from(rate);
        let is_same = self.last.replace(packet.pts.get()) == Some(packet.pts.get());
        let start = self.unit.filter(|_| believed && !is_same).map(|unit| match self.knows_ends {
            true => packet.pts.get().saturating_add((packet.dur.get() + packet.trim_start.get()) as i64) as f64 * unit - length,
            false => packet.pts.get() as f64 * unit,
        });
        let jump = start.zip(self.next).map(|(start, next)| start - next);
        if start.is_some_and(|start| start < NEAR) && jump.is_some_and(|jump| jump < -NEAR) {
            self.again.get_or_insert(seconds);
        } else if jump.is_some_and(|jump| jump < -NEAR) {
            self.back.get_or_insert(seconds);
        }
        let is_exact = std::mem::take(&mut self.goes_on) || self.counts;
        let least = if is_exact { EXACT } else { JITTER };
        let by_time = jump.filter(|jump| *jump > least && self.lost + jump <= MOST_SECONDS);
        self.next = match (start, self.next) {
            // Small differences are jitter; they are followed slowly, since clocks drift.
            (Some(_), Some(next)) if jump.is_some_and(|jump| jump.abs() <= JITTER) => {
                Some(next + by_time.unwrap_or(jump.unwrap_or_default() / 16.0) + length)
            }
            (Some(start), _) => Some(start + length),
            (None, next) => next.map(|next| next + length),
        };
        let lost = by_time.unwrap_or(by_count);
        self.frames = frames as u64;
        self.bad = 0;
        if lost <= 0.0 || self.lost + lost > MOST_SECONDS {
            return 0;
        }
        self.lost += lost;
        self.first.get_or_insert(seconds);
        (lost * f64::from(rate)).round() as u64
    }

    /// Where sound was lost first, and how much in all, in ms; none where none was.
    pub(super) fn lost_ms(&self) -> Option<(u64, u64)> {
        self.first.map(|first| ((first * 1000.0) as u64, (self.lost * 1000.0).round() as u64))
    }

    /// Where the recording's own time begins anew, in ms.
    pub(super) fn again_ms(&self) -> Option<u64> {
        self.again.map(|again| (again * 1000.0) as u64)
    }

    /// Where its time went back, and not to its start, in ms.
    pub(super) fn back_ms(&self) -> Option<u64> {
        self.back.map(|back| (back * 1000.0) as u64)
    }

    /// Whether packets were lost that nothing follows, more than a cut leaves.
    pub(super) fn breaks_off(&self) -> bool {
        self.frames > 0 && self.bad > 3
    }
}

/// Seconds in a unit of a track's time, where its container's times can be believed.
fn unit(reader: &dyn FormatReader, track: u32) -> Option<f64> {
    let believed = matches!(reader.format_info().short_name, "matroska" | "ogg" | "flac");
    base(reader, track).filter(|_| believed)
}

/// Seconds in a unit of a track's time.
pub(super) fn base(reader: &dyn FormatReader, track: u32) -> Option<f64> {
    let base = reader.tracks().iter().find(|one| one.id == track).and_then(|track| track.time_base)?;
    Some(f64::from(base.numer.get()) / f64::from(base.denom.get()))
}
