//! What an encoder put before and after the sound of an MP4, and says so: 21 ms that are no part of the recording.

use super::edits::{self, Shown};

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
    /// `keep` is sure: whatever lies behind it is cut.
    sure: bool,
    given: u64,
    /// What lies behind `keep`: padding if it ends soon.
    behind: Vec<Vec<f32>>,
}

impl Trim {
    /// What an MP4 states of the track with this id, which is decoded at `rate` without the first `skipped` frames, and whether its list of
    /// edits is followed; nothing for other containers.
    pub(super) fn stated_in(bytes: &[u8], track: u32, rate: u32, skipped: u64) -> (Trim, bool) {
        let of = |skip: u64, keep, sure| Trim { skip: skip.saturating_sub(skipped), keep, sure, ..Trim::default() };
        match edits::shown(bytes, track, rate) {
            Shown::Part { skip, keep, sure } => (of(skip, keep, sure), true),
            Shown::All { skip } => (of(skip, None, false), false),
            Shown::Unsaid if bytes.get(4..8) == Some(b"ftyp") && skipped == 0 => {
                let noted = by_itunes(bytes).filter(|(skip, _)| *skip <= MOST_PRIMING);
                (noted.map_or_else(Trim::default, |(skip, keep)| of(skip, keep, false)), true)
            }
            Shown::Unsaid => (Trim::default(), true),
        }
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
        if self.sure {
            return planes.iter_mut().for_each(|plane| plane.truncate(room as usize));
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

/// Frames at 48 kHz that the head of an Opus has its decoder skip: the lowest byte first, as its decoder reads it.
pub(super) fn by_opus(head: Option<&[u8]>) -> u64 {
    head.and_then(|head| head.get(10..12)).map_or(0, |two| u64::from(two[0]) | u64::from(two[1]) << 8)
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
    fn what_is_surely_behind_the_end_is_cut_however_much_it_is() {
        let trim = Trim { keep: Some(1500), sure: true, ..Trim::default() };
        assert_eq!(through(trim, &[1024; 8]).iter().sum::<usize>(), 1500);
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
