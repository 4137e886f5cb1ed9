//! The recording as a container's reader sees it: some may look back and forth in it, some are shown it from its start to its end only.

use std::borrow::Cow;
use std::io::{Cursor, Read, Result, Seek, SeekFrom};
use std::ops::Range;

use symphonia::core::io::MediaSource;

use super::cut::mp3_says;
use crate::sound::Recording;

/// A recording's bytes.
pub(super) struct Source {
    bytes: Cursor<Recording>,
    seekable: bool,
}

impl Source {
    /// Mended where that is needed, see [`mended`].
    pub(super) fn new(bytes: &Recording) -> Source {
        let bytes: Recording = match mended(bytes) {
            Cow::Borrowed(same) if same.len() == bytes.len() => bytes.clone(),
            Cow::Borrowed(shorter) => shorter.into(),
            Cow::Owned(mended) => mended.into(),
        };
        let seekable = match &bytes[..] {
            // A WebM's reader goes to the tables that its head names, and refuses the file when they were cut off. It needs none of them.
            [0x1A, 0x45, 0xDF, 0xA3, ..] => false,
            // An MP3's reader that can go to the end guesses a length where none is stated, and stops there.
            [0xFF, ..] | [b'I', b'D', b'3', ..] => mp3_says(&bytes).is_some(),
            _ => true,
        };
        Source { bytes: Cursor::new(bytes), seekable }
    }
}

impl Read for Source {
    fn read(&mut self, into: &mut [u8]) -> Result<usize> {
        self.bytes.read(into)
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.bytes.seek(to)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.seekable.then(|| self.bytes.get_ref().len() as u64)
    }
}

/// An MP4 or WAV as symphonia 0.6.1 can read it; anything else as it is.
fn mended(bytes: &[u8]) -> Cow<'_, [u8]> {
    match bytes {
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => ended(without_lists(in_order(bytes))),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => measured(bytes),
        _ => Cow::Borrowed(bytes),
    }
}

/// Covers lists of edits that claim to be longer than their box: the reader refuses the file for that, and needs none of them.
fn without_lists(mut bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let of =
        |range: Range<usize>, kind: &'static [u8; 4]| boxes(&bytes, range.start, range.end).filter(move |(own, _)| own == kind);
    let moov = of(0..bytes.len(), b"moov").next().map(|(_, moov)| moov);
    let traks = moov.into_iter().flat_map(|moov| of(moov, b"trak")).flat_map(|(_, trak)| of(trak, b"edts"));
    let is_misfit = |edts: &Range<usize>| of(edts.clone(), b"elst").next().is_some_and(|(_, list)| !fits(&bytes[list]));
    let misfits: Vec<usize> = traks.map(|(_, edts)| edts).filter(is_misfit).map(|edts| edts.start - 4).collect();
    for name in misfits {
        bytes.to_mut()[name..name + 4].copy_from_slice(b"free");
    }
    bytes
}

/// Whether a list of edits holds as many as it says.
fn fits(list: &[u8]) -> bool {
    let size = if list.first() == Some(&1) { 20 } else { 12 };
    let count = list.get(4..8).map(|count| count.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte)));
    count.is_some_and(|count| 8 + count * size <= list.len() as u64)
}

/// Writes into a WAV how long it is, where its recorder died before it could.
fn measured(bytes: &[u8]) -> Cow<'_, [u8]> {
    let size_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let mut at = 12usize;
    let data = loop {
        let (Some(id), Some(size)) = (bytes.get(at..at + 4), size_at(at + 4)) else { return Cow::Borrowed(bytes) };
        if id == b"data" {
            break at;
        }
        at = at.saturating_add(8).saturating_add(size as usize).saturating_add(size as usize % 2);
    };
    let rest = bytes.len() - data - 8;
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    let said = size_at(data + 4).unwrap_or_default() as usize;
    let is_unsaid = said > rest || (said == 0 && rest > 0);
    let whole = size_at(4).unwrap_or_default() as usize;
    if !is_unsaid && whole >= data + said {
        return Cow::Borrowed(bytes);
    }
    let mut mended = bytes.to_vec();
    mended[4..8].copy_from_slice(&length(bytes.len() - 8));
    if is_unsaid {
        mended[data + 4..data + 8].copy_from_slice(&length(rest));
    }
    Cow::Owned(mended)
}

/// Lets the last box of an MP4 that was cut off end with the file: its reader refuses all of a file in which a box reaches beyond it.
fn ended(mut bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let end = boxes(&bytes, 0, bytes.len()).last().map_or(0, |(_, range)| range.end);
    let Some(header) = bytes.get(end..end + 8).filter(|header| header[4..] == *b"mdat") else {
        // The rest is no more than the start of a box of which nothing can be read.
        return match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[..end]),
            Cow::Owned(mut bytes) => {
                bytes.truncate(end);
                Cow::Owned(bytes)
            }
        };
    };
    let left = (bytes.len() - end) as u64;
    match header[..4] {
        [0, 0, 0, 1] if left >= 16 => bytes.to_mut()[end + 8..end + 16].copy_from_slice(&left.to_be_bytes()),
        _ => bytes.to_mut()[end..end + 4].copy_from_slice(&u32::try_from(left).unwrap_or(0).to_be_bytes()),
    }
    bytes
}

/// Puts the defaults of an MP4's tracks (`trex`) into the order of the tracks (`trak`).
///
/// Chromium writes them in another order. They name their track, but symphonia 0.6.1 goes by their order and would read the picture's
/// bytes as sound.
fn in_order(bytes: &[u8]) -> Cow<'_, [u8]> {
    let order = || -> Option<Vec<(usize, usize)>> {
        let (_, moov) = boxes(bytes, 0, bytes.len()).find(|(kind, _)| kind == b"moov")?;
        let inside = |range: &Range<usize>| boxes(bytes, range.start, range.end);
        let id_at = |at: usize| bytes.get(at..at + 4);
        let track_id = |trak: Range<usize>| {
            let (_, head) = inside(&trak).find(|(kind, _)| kind == b"tkhd")?;
            // The times before it are 32 or 64 bits wide.
            id_at(head.start + if bytes.get(head.start)? == &1 { 20 } else { 12 })
        };
        let tracks: Vec<_> = inside(&moov).filter(|(kind, _)| kind == b"trak").filter_map(|(_, trak)| track_id(trak)).collect();
        let (_, mvex) = inside(&moov).find(|(kind, _)| kind == b"mvex")?;
        let defaults: Vec<_> =
            inside(&mvex).filter(|(kind, range)| kind == b"trex" && range.len() == 24).map(|(_, r)| r.start).collect();
        if tracks.len() != defaults.len() {
            return None;
        }
        let from = tracks.iter().map(|track| defaults.iter().copied().find(|at| id_at(at + 4) == Some(*track)));
        let moves: Vec<_> = from.zip(&defaults).map(|(from, to)| from.map(|from| (from, *to))).collect::<Option<_>>()?;
        moves.iter().any(|(from, to)| from != to).then_some(moves)
    };
    let Some(moves) = order() else { return Cow::Borrowed(bytes) };
    let mut mended = bytes.to_vec();
    for (from, to) in moves {
        mended[to..to + 24].copy_from_slice(&bytes[from..from + 24]);
    }
    Cow::Owned(mended)
}

/// The boxes of a range of an MP4, with where their content lies; ends at the first that does not fit.
pub(super) fn boxes(bytes: &[u8], from: usize, to: usize) -> impl Iterator<Item = ([u8; 4], Range<usize>)> {
    let mut at = from;
    std::iter::from_fn(move || {
        let header: [u8; 8] = bytes.get(at..at.checked_add(8)?).filter(|_| at + 8 <= to)?.try_into().ok()?;
        let short = u32::from_be_bytes([header[0], header[1], header[2], header[3]]) as u64;
        let (size, start) = match short {
            0 => ((to - at) as u64, at + 8),
            1 => (u64::from_be_bytes(bytes.get(at + 8..at + 16)?.try_into().ok()?), at + 16),
            size => (size, at + 8),
        };
        let end = at.checked_add(usize::try_from(size).ok()?).filter(|end| *end <= to && *end >= start)?;
        at = end;
        Some(([header[4], header[5], header[6], header[7]], start..end))
    })
}
