//! What an encoder put before and after the sound of an MP4, and says so: 21 ms that are no part of the recording.

use super::source::boxes;

/// An encoder's padding at the end is at most so many frames; where far more is left over, the length that is stated is wrong.
const MOST_PADDING: u64 = 4096;
/// No encoder puts more than so many frames before the sound.
const MOST_PRIMING: u64 = 1 << 14;

/// What is taken off at the start and at the end, in frames.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Trim {
    skip: u64,
    /// How many frames are sound, where that is stated.
    keep: Option<u64>,
    given: u64,
    /// What lies behind `keep`: padding if it ends soon.
    behind: Vec<Vec<f32>>,
}

impl Trim {
    /// What an MP4 states of the track with this id, which is decoded at `rate`; nothing for other containers.
    pub(super) fn stated_in(bytes: &[u8], track: u32, rate: u32) -> Trim {
        let stated = || by_edit_list(bytes, track, u64::from(rate)).or_else(|| by_itunes(bytes));
        let (skip, keep) = (bytes.get(4..8) == Some(b"ftyp")).then(stated).flatten().unwrap_or_default();
        if skip > MOST_PRIMING { Trim::default() } else { Trim { skip, keep, ..Trim::default() } }
    }

    /// Takes it off the next frames, a plane for each channel.
    pub(super) fn apply(&mut self, planes: &mut [Vec<f32>]) {
        let frames = planes.first().map_or(0, Vec::len) as u64;
        let skipped = self.skip.min(frames);
        self.skip -= skipped;
        if skipped > 0 {
            planes.iter_mut().for_each(|plane| drop(plane.drain(..skipped as usize)));
        }
        let Some(keep) = self.keep else { return };
        let room = keep.saturating_sub(self.given);
        self.given += frames - skipped;
        if room >= frames - skipped {
            return;
        }
        self.behind.resize(planes.len(), Vec::new());
        for (behind, plane) in self.behind.iter_mut().zip(planes.iter_mut()) {
            behind.extend(plane.drain(room as usize..));
        }
        if self.behind[0].len() as u64 > MOST_PADDING {
            planes.iter_mut().zip(&mut self.behind).for_each(|(plane, behind)| plane.append(behind));
            self.keep = None;
        }
    }
}

/// The edits of one track of an MP4: each with its length in the film's units, and where in the medium it begins, none for one that shows
/// nothing.
struct Edits {
    all: Vec<(u64, Option<u64>)>,
    /// Units of the film in a second.
    film: u64,
    /// Units of the medium in a second.
    medium: u64,
}

/// Seconds that a track of an MP4 begins later than the film that it is of.
pub(super) fn lead(bytes: &[u8], track: u32) -> f64 {
    let Some(edits) = (bytes.get(4..8) == Some(b"ftyp")).then(|| edits(bytes, track)).flatten() else { return 0.0 };
    let empty = edits.all.iter().take_while(|(_, start)| start.is_none()).map(|(duration, _)| *duration as f64);
    if edits.film > 0 { empty.sum::<f64>() / edits.film as f64 } else { 0.0 }
}

/// From the first edit that shows something: where in the medium it begins, and how long the whole is.
fn by_edit_list(bytes: &[u8], track: u32, rate: u64) -> Option<(u64, Option<u64>)> {
    let edits = edits(bytes, track)?;
    let mut shown = edits.all.iter().filter_map(|(duration, start)| start.map(|start| (*duration, start)));
    let (duration, start) = shown.next()?;
    // Several pieces are a cut film, not a recording with priming.
    let whole = shown.next().is_none() && duration > 0 && edits.film > 0;
    // Lengths are in the film's units, often milliseconds: one unit more is no loss, one less would be.
    let keep = whole.then(|| (duration + 1).checked_mul(rate)).flatten().map(|units| units / edits.film);
    Some((start.checked_mul(rate)?.checked_div(edits.medium)?, keep))
}

fn edits(bytes: &[u8], track: u32) -> Option<Edits> {
    let inside = |range: &std::ops::Range<usize>, kind: &[u8; 4]| {
        boxes(bytes, range.start, range.end).find(|(found, _)| found == kind).map(|(_, range)| range)
    };
    let moov = inside(&(0..bytes.len()), b"moov")?;
    let mvhd = inside(&moov, b"mvhd")?;
    let trak = boxes(bytes, moov.start, moov.end).filter(|(kind, _)| kind == b"trak").map(|(_, range)| range).find(|trak| {
        let id = inside(trak, b"tkhd").and_then(|tkhd| after_times(bytes, tkhd.start));
        id == Some(u64::from(track))
    })?;
    let mdia = inside(&trak, b"mdia")?;
    let medium = after_times(bytes, inside(&mdia, b"mdhd")?.start)?;
    let film = after_times(bytes, mvhd.start)?;
    let list = inside(&inside(&trak, b"edts")?, b"elst")?.start;
    let wide = *bytes.get(list)? == 1;
    let count = number(bytes, list + 4, 4)?.min(8) as usize;
    let (length, size) = if wide { (8, 20) } else { (4, 12) };
    let edit = |entry: usize| {
        let at = list + 8 + entry * size;
        let (duration, start) = (number(bytes, at, length)?, number(bytes, at + length, length)?);
        // An empty edit, −1, only says that this track begins later than another.
        Some((duration, (start >> (length * 8 - 1) == 0).then_some(start)))
    };
    Some(Edits { all: (0..count).map_while(edit).collect(), film, medium })
}

/// The number after an entry's two times, which are 32 or 64 bits wide: a track's id, or units in a second.
fn after_times(bytes: &[u8], at: usize) -> Option<u64> {
    number(bytes, at + if *bytes.get(at)? == 1 { 20 } else { 12 }, 4)
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(length)?)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// From Apple's note: ` 00000000 00000840 000001CA 000000000003F31F …` is nothing, priming, padding, frames.
fn by_itunes(bytes: &[u8]) -> Option<(u64, Option<u64>)> {
    let name = b"iTunSMPB";
    let at = bytes.windows(name.len()).position(|window| window == name)? + name.len();
    let note = bytes.get(at..)?.get(..200.min(bytes.len() - at))?;
    let text = note.iter().position(|byte| *byte == b' ')?;
    let text: String =
        note[text..].iter().take_while(|byte| byte.is_ascii_hexdigit() || **byte == b' ').map(|b| char::from(*b)).collect();
    let mut fields = text.split_ascii_whitespace().map(|field| u64::from_str_radix(field, 16).ok());
    let (_, priming, _, frames) = (fields.next()??, fields.next()??, fields.next()??, fields.next()??);
    Some((priming, (frames > 0).then_some(frames)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(mut trim: Trim, chunks: &[usize]) -> Vec<usize> {
        let chunk = |frames: &usize| {
            let mut planes = vec![vec![0.5; *frames]; 2];
            trim.apply(&mut planes);
            assert_eq!(planes[0].len(), planes[1].len());
            planes[0].len()
        };
        chunks.iter().map(chunk).collect()
    }

    #[test]
    fn priming_and_padding_are_taken_off() {
        let trim = Trim { skip: 1024, keep: Some(2500), ..Trim::default() };
        assert_eq!(through(trim, &[1024, 1024, 1024, 1024]), [0, 1024, 1024, 452]);
    }

    #[test]
    fn a_length_that_is_wrong_takes_nothing_off() {
        let trim = Trim { keep: Some(1000), ..Trim::default() };
        assert_eq!(through(trim, &[1024; 8]).iter().sum::<usize>(), 8 * 1024);
    }

    #[test]
    fn apples_note_is_read() {
        let note = b"....iTunSMPB\0\0\0\x84data\0\0\0\x01\0\0\0\0 00000000 00000840 000001CA 000000000003F31F 00000000";
        assert_eq!(by_itunes(note), Some((2112, Some(258_847))));
        assert_eq!(by_itunes(b"iTunSMPB"), None);
    }
}
