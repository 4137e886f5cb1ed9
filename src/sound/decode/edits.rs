//! An MP4's list of edits: which part of a track is its recording, and from when on.
//!
//! What the list cuts is neither heard nor counted, at either end: an encoder's priming and padding, and what a person cut without encoding
//! it anew. It is not believed where it would leave nothing, or less than a tenth of what there is; several pieces, and other rates than 1,
//! are not followed. Then all of the medium is heard, and that is told. Lists of no duration, as pieces have them, only say where it begins.

use std::ops::Range;

use super::holes::pieces_last;
use super::source::boxes;

/// No more edits are looked at.
const MOST: u64 = 8;
/// What is left of a medium is at least one part in so many.
const LEAST_PART: u128 = 10;
/// A medium in pieces goes on behind the edit that its head knew of where that would cut more than one part in so many.
const LEAST_PART_IN_PIECES: u128 = 2;
/// Without knowing how long the medium is, no more frames are taken for priming.
const MOST_PRIMING: u64 = 1 << 14;
/// Seconds that good files are shorter than they say.
const TOLERANCE: f64 = 0.25;
/// Frames of priming and padding that a file may count or not.
const PADDING: f64 = 4096.0;

/// What a list of edits shows of a track, in frames.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shown {
    /// There is no list, or none that shows anything.
    Unsaid,
    /// So many are skipped, and so many heard, or all that follow; `sure` where the medium's own length bears that out.
    Part { skip: u64, keep: Option<u64>, sure: bool },
    /// All is heard, but for priming: the list is not followed.
    All { skip: u64 },
}

/// One edit: its length in the film's units, and where in the medium it begins, none for one that shows nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Edit {
    duration: u64,
    start: Option<u64>,
    /// It is heard as fast as it was recorded.
    is_plain: bool,
}

/// A track and its list.
struct Track {
    edits: Vec<Edit>,
    /// Whether all edits were read that there are.
    is_whole: bool,
    /// Units of the film, and of the medium, in a second.
    film: u64,
    medium: u64,
    /// Units of the medium by its head, and by its table of packets; the film's by the track's head. 0 where that is not said.
    lengths: [u64; 3],
    /// Whether it is written in pieces.
    in_pieces: bool,
}

/// What is heard of the track with this id, which is decoded at `rate`.
pub(super) fn shown(bytes: &[u8], track: u32, rate: u32) -> Shown {
    Track::of(bytes, track).map_or(Shown::Unsaid, |track| track.shown(u64::from(rate)))
}

/// Seconds that a track of an MP4 begins later than the film that it is of.
pub(super) fn lead(bytes: &[u8], track: u32) -> f64 {
    Track::of(bytes, track).map_or(0.0, |track| track.lead())
}

/// Seconds of it that are to be heard, where its heads and tables agree on that and clearly more than `seconds` are.
pub(super) fn clearly_more(bytes: &[u8], track: u32, rate: u32, seconds: f64) -> Option<f64> {
    let declared = Track::of(bytes, track)?.declared(u64::from(rate))?;
    (seconds + TOLERANCE + PADDING / f64::from(rate.max(1)) < declared).then_some(declared)
}

impl Track {
    fn of(bytes: &[u8], track: u32) -> Option<Track> {
        let is_mp4 = bytes.get(4..8) == Some(b"ftyp");
        let moov = inside(bytes, &(0..bytes.len()), &[b"moov"]).filter(|_| is_mp4)?;
        let mvhd = inside(bytes, &moov, &[b"mvhd"])?;
        let trak = boxes(bytes, moov.start, moov.end).filter(|(kind, _)| kind == b"trak").map(|(_, range)| range).find(|trak| {
            let id = inside(bytes, trak, &[b"tkhd"]).and_then(|tkhd| after_times(bytes, tkhd.start, 4));
            id == Some(u64::from(track))
        })?;
        let tkhd = inside(bytes, &trak, &[b"tkhd"])?;
        let mdhd = inside(bytes, &trak, &[b"mdia", b"mdhd"])?;
        let medium = after_times(bytes, mdhd.start, 4)?;
        let film = after_times(bytes, mvhd.start, 4)?;
        let in_pieces = inside(bytes, &moov, &[b"mvex"]).is_some();
        let told = inside(bytes, &trak, &[b"mdia", b"minf", b"stbl", b"stts"]).and_then(|stts| total(bytes, &stts)).unwrap_or(0);
        let counted = if told == 0 && in_pieces { pieces_last(bytes, track).unwrap_or(0) } else { told };
        // Behind its units, and behind the track's id and four bytes of nothing.
        let lengths = [length_at(bytes, mdhd.start, 4), counted, length_at(bytes, tkhd.start, 8)];
        let list = inside(bytes, &trak, &[b"edts", b"elst"]);
        let (edits, is_whole) = list.map_or((Vec::new(), true), |list| edits(bytes, &list));
        Some(Track { edits, is_whole, film, medium, lengths, in_pieces })
    }

    fn lead(&self) -> f64 {
        let empty = self.edits.iter().take_while(|edit| edit.start.is_none()).map(|edit| edit.duration as f64);
        if self.film > 0 { empty.sum::<f64>() / self.film as f64 } else { 0.0 }
    }

    fn shown(&self, rate: u64) -> Shown {
        let mut shown = self.edits.iter().filter_map(|edit| edit.start.map(|start| (edit, start)));
        let Some((edit, start)) = shown.next().filter(|_| self.medium > 0) else { return Shown::Unsaid };
        let in_frames = |units: u128| u64::try_from(units * u128::from(rate) / u128::from(self.medium)).unwrap_or(u64::MAX);
        let skip = in_frames(u128::from(start));
        let is_priming = skip <= MOST_PRIMING;
        if shown.next().is_some() || !edit.is_plain || !self.is_whole {
            return Shown::All { skip: if is_priming { skip } else { 0 } };
        }
        // Lengths are in the film's units, often milliseconds: one unit more is no loss, one less would be.
        let keep = (edit.duration > 0 && self.film > 0)
            .then(|| u64::try_from((u128::from(edit.duration) + 1) * u128::from(rate) / u128::from(self.film)).unwrap_or(u64::MAX));
        match in_frames(u128::from(self.lengths[1])) {
            0 if is_priming => Shown::Part { skip, keep, sure: false },
            all => {
                let behind = u128::from(all.saturating_sub(skip));
                let left = behind.min(keep.map_or(u128::MAX, u128::from));
                match u128::from(all) {
                    _ if self.in_pieces && left < behind && left * LEAST_PART_IN_PIECES < u128::from(all) => {
                        Shown::Part { skip, keep: None, sure: true }
                    }
                    all if left == 0 || left * LEAST_PART < all => Shown::All { skip: 0 },
                    _ => Shown::Part { skip, keep, sure: true },
                }
            }
        }
    }

    /// Seconds that two of its three lengths bear out: the middle one, so that a single wrong one tells nothing.
    fn declared(&self, rate: u64) -> Option<f64> {
        if self.in_pieces || self.medium == 0 || self.film == 0 {
            return None;
        }
        let shown = self.shown(rate);
        let heard = |units: u64| {
            let all = units as f64 / self.medium as f64;
            match shown {
                Shown::Part { skip, keep, .. } => {
                    let behind = all - skip as f64 / rate as f64;
                    keep.map_or(behind, |keep| behind.min(keep as f64 / rate as f64))
                }
                Shown::Unsaid | Shown::All { .. } => all,
            }
        };
        let [head, table, film] = self.lengths;
        let film = film as f64 / self.film as f64 - self.lead();
        let mut told: Vec<f64> = [heard(head), heard(table), film].into_iter().filter(|seconds| *seconds > 0.0).collect();
        told.sort_by(f64::total_cmp);
        let middle = *told.get((told.len().max(2) - 2).min(1))?;
        (told.len() > 1).then_some(middle + self.lead())
    }
}

/// The edits of a list, and whether those are all that there are.
fn edits(bytes: &[u8], list: &Range<usize>) -> (Vec<Edit>, bool) {
    let read = || {
        let wide = *bytes.get(list.start)? == 1;
        let count = number(bytes, list.start + 4, 4)?;
        let (length, size) = if wide { (8, 20) } else { (4, 12) };
        let edit = |entry: usize| {
            let at = list.start + 8 + entry * size;
            let (duration, start) = (number(bytes, at, length)?, number(bytes, at + length, length)?);
            let rate = number(bytes, at + 2 * length, 4).filter(|_| at + size <= list.end)?;
            // An empty edit, −1, only says that this track begins later than another.
            let start = (start >> (length * 8 - 1) == 0).then_some(start);
            Some(Edit { duration, start, is_plain: rate == 1 << 16 })
        };
        let all: Vec<Edit> = (0..count.min(MOST) as usize).map_while(edit).collect();
        let is_whole = all.len() as u64 == count;
        Some((all, is_whole))
    };
    read().unwrap_or((Vec::new(), false))
}

/// Units that all packets of a table last; none where it is cut off.
fn total(bytes: &[u8], stts: &Range<usize>) -> Option<u64> {
    let rows = usize::try_from(number(bytes, stts.start + 4, 4)?).ok()?.checked_mul(8)?;
    let table = bytes.get(stts.start + 8..(stts.start + 8).checked_add(rows)?).filter(|_| stts.start + 8 + rows <= stts.end)?;
    let lasts = |row: &[u8]| number(row, 0, 4)?.checked_mul(number(row, 4, 4)?);
    table.chunks_exact(8).try_fold(0u64, |sum, row| sum.checked_add(lasts(row)?))
}

/// The content of the box that lies in these, one in the other.
fn inside(bytes: &[u8], range: &Range<usize>, way: &[&[u8; 4]]) -> Option<Range<usize>> {
    way.iter().try_fold(range.clone(), |range, kind| {
        boxes(bytes, range.start, range.end).find(|(found, _)| found == *kind).map(|(_, range)| range)
    })
}

/// The number after a head's two times, which are 32 or 64 bits wide: a track's id, or units in a second.
fn after_times(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    number(bytes, at + if *bytes.get(at)? == 1 { 20 } else { 12 }, length)
}

/// The length in a head whose number after the times is followed by it, `by` bytes on; 0 where it is not known.
fn length_at(bytes: &[u8], at: usize, by: usize) -> u64 {
    let is_wide = bytes.get(at) == Some(&1);
    let (place, width) = if is_wide { (at + 20 + by, 8) } else { (at + 12 + by, 4) };
    let unknown = if is_wide { u64::MAX } else { u64::from(u32::MAX) };
    number(bytes, place, width).filter(|length| *length != unknown).unwrap_or(0)
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A track of ten seconds at 48 kHz, in a film of milliseconds, with these edits.
    fn track(edits: &[(u64, Option<u64>)]) -> Track {
        let edits = edits.iter().map(|(duration, start)| Edit { duration: *duration, start: *start, is_plain: true }).collect();
        Track { edits, is_whole: true, film: 1000, medium: 48_000, lengths: [480_000, 480_000, 10_000], in_pieces: false }
    }

    fn part(skip: u64, keep: Option<u64>) -> Shown {
        Shown::Part { skip, keep, sure: true }
    }

    #[test]
    fn what_the_list_cuts_is_cut_and_what_would_leave_next_to_nothing_is_not_believed() {
        for (edits, shown) in [
            (&[][..], Shown::Unsaid),
            (&[(500, None)], Shown::Unsaid),
            (&[(9_978, Some(1024))], part(1024, Some(9_979 * 48))),
            (&[(300, None), (6_999, Some(144_000))], part(144_000, Some(7_000 * 48))),
            (&[(0, Some(1024))], part(1024, None)),
            (&[(10_000, Some(480_000))], Shown::All { skip: 0 }),
            (&[(u64::MAX, Some(u64::MAX >> 1))], Shown::All { skip: 0 }),
            (&[(u64::MAX, Some(0))], part(0, Some(u64::MAX))),
            (&[(900, Some(0))], Shown::All { skip: 0 }),
            (&[(1_100, Some(0))], part(0, Some(1_101 * 48))),
            (&[(1_000, Some(1024)), (1_000, Some(96_000))], Shown::All { skip: 1024 }),
        ] {
            assert_eq!(track(edits).shown(48_000), shown, "{edits:?}");
        }
    }

    #[test]
    fn another_rate_and_a_list_that_is_not_whole_are_not_followed() {
        let mut fast = track(&[(5_000, Some(144_000))]);
        fast.edits[0].is_plain = false;
        assert_eq!(fast.shown(48_000), Shown::All { skip: 0 });
        let cut = Track { is_whole: false, ..track(&[(5_000, Some(144_000))]) };
        assert_eq!(cut.shown(48_000), Shown::All { skip: 0 });
    }

    #[test]
    fn pieces_go_on_behind_an_edit_that_their_head_knew_of() {
        let pieces = |edits| Track { in_pieces: true, ..track(edits) };
        assert_eq!(pieces(&[(2_000, Some(1024))]).shown(48_000), part(1024, None));
        assert_eq!(pieces(&[(6_000, Some(1024))]).shown(48_000), part(1024, Some(6_001 * 48)));
    }

    #[test]
    fn a_single_length_that_is_wrong_declares_nothing() {
        let with = |lengths| Track { lengths, ..track(&[]) }.declared(48_000);
        assert_eq!(with([480_000, 480_000, 10_000]), Some(10.0));
        assert_eq!(with([u64::MAX >> 8, 480_000, 10_000]), Some(10.0));
        assert_eq!(with([480_000, 4_800, 10_000]), Some(10.0));
        assert_eq!(with([480_000, 0, 5_000]), Some(5.0), "of two the lesser");
        assert_eq!(with([480_000, 0, 0]), None);
    }
}
