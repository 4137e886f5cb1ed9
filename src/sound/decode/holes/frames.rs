//! Holes in what is nothing but frames, MP3 and ADTS: as many frames as were lost are put in, as far as their number can be told.
//!
//! Neither says when a frame is heard. An MP3 of variable rate says how many frames it has, which settles it for a single hole; else so
//! many are taken to be lost as the hole has room for.

use std::ops::Range;

use super::{FILLER, number};

/// So many frames in a row are no accident.
const IN_A_ROW: usize = 3;
/// No more frames are put in for all holes together: about five minutes.
const MOST: usize = 12_000;

/// How long a frame is, in bytes, and what the headers of one stream have in common.
struct Frame {
    length: usize,
    kind: u32,
}

/// The file with frames in its holes; none where it has none.
pub(super) fn closed(bytes: &[u8]) -> Option<Vec<u8>> {
    let first = after_notes(bytes, 0);
    let kind = row(bytes, first, None)?;
    let (mut at, mut count, mut length) = (first, 0usize, 0usize);
    let mut holes: Vec<(Range<usize>, usize)> = Vec::new();
    let mut header = first;
    while at < bytes.len() {
        if let Some(frame) = frame(bytes, at).filter(|frame| frame.kind == kind && at + frame.length <= bytes.len()) {
            header = at;
            count += 1;
            length += frame.length;
            at += frame.length;
        } else if after_notes(bytes, at) > at {
            at = after_notes(bytes, at);
        } else {
            let Some(next) = (at + 1..bytes.len()).find(|from| row(bytes, *from, Some(kind)).is_some()) else { break };
            holes.push((at..next, header));
            at = next;
        }
    }
    if holes.is_empty() || count == 0 {
        return None;
    }
    Some(filled(bytes, &holes, declared(bytes, first), count, length / count))
}

/// The frames of a file, as they follow each other.
pub(in crate::sound::decode) struct Frames<'a> {
    bytes: &'a [u8],
    kind: u32,
    at: usize,
}

/// What lies where a frame may end.
pub(in crate::sound::decode) enum Met {
    /// A frame.
    Frame(Range<usize>),
    /// Another program's notes, and behind them frames again.
    Notes(usize),
    /// Anything else.
    Other(usize),
}

impl<'a> Frames<'a> {
    /// Of a file that begins with frames, or with notes and frames.
    pub(in crate::sound::decode) fn of(bytes: &'a [u8]) -> Option<Frames<'a>> {
        let at = after_notes(bytes, 0);
        row(bytes, at, None).map(|kind| Frames { bytes, kind, at })
    }

    /// How many frames follow the first, as that says.
    pub(in crate::sound::decode) fn declared(&self) -> Option<usize> {
        declared(self.bytes, self.at)
    }

    /// Whether frames of any kind follow each other there, or behind notes that lie there.
    pub(in crate::sound::decode) fn begin_at(bytes: &[u8], at: usize) -> bool {
        row(bytes, after_notes(bytes, at), None).is_some()
    }
}

impl Iterator for Frames<'_> {
    type Item = Met;

    fn next(&mut self) -> Option<Met> {
        let (bytes, at) = (self.bytes, self.at);
        if at >= bytes.len() {
            return None;
        }
        if let Some(frame) = frame(bytes, at).filter(|frame| frame.kind == self.kind && at + frame.length <= bytes.len()) {
            self.at += frame.length;
            return Some(Met::Frame(at..self.at));
        }
        let behind = after_notes(bytes, at);
        if behind > at {
            self.at = behind;
            return Some(Met::Notes(at));
        }
        let next = (at + 1..bytes.len()).find(|from| row(bytes, *from, Some(self.kind)).is_some());
        self.at = next.unwrap_or(bytes.len());
        Some(Met::Other(at))
    }
}

/// How many bytes are missing of the last frame of a file, where it begins as one and does not end as one.
pub(in crate::sound::decode) fn missing_of_last(bytes: &[u8]) -> Option<u64> {
    let frames = Frames::of(bytes)?;
    let kind = frames.kind;
    let mut last = 0..0;
    for met in frames {
        if let Met::Frame(frame) = met {
            last = frame;
        }
    }
    let rest = bytes.get(last.end..).filter(|rest| rest.len() > 1 && !last.is_empty())?;
    match frame(bytes, last.end) {
        Some(frame) if frame.kind == kind => Some(frame.length.saturating_sub(rest.len()) as u64).filter(|missing| *missing > 0),
        Some(_) => None,
        // Too little for a header.
        None => (rest.len() < 7 && bytes[last.start..].starts_with(&rest[..2])).then_some(1),
    }
}

/// `count` frames are there, of `mean` bytes each; `declared` should be.
fn filled(bytes: &[u8], holes: &[(Range<usize>, usize)], declared: Option<usize>, count: usize, mean: usize) -> Vec<u8> {
    let (mut closed, mut from, mut left) = (Vec::with_capacity(bytes.len()), 0, MOST);
    let room = |length: usize| (length + mean / 2) / mean.max(1);
    let rooms: usize = holes.iter().map(|(hole, _)| room(hole.len())).sum();
    // The one frame that declares them is none of them, and encoders differ by one in what they count. Far more or fewer than there is room
    // for are of another recording that was joined on, or were cut off at the end.
    let told = declared.filter(|all| count <= all + 2).map(|all| (all + 1).saturating_sub(count));
    let missing = told.filter(|told| *told <= 4 * rooms + IN_A_ROW);
    let (mut passed, mut put) = (0, 0);
    for (hole, header) in holes {
        passed += room(hole.len());
        let lost = match missing {
            // Where none is missing, bytes were put in that are none of the recording.
            Some(missing) if rooms > 0 => (missing * passed + rooms / 2) / rooms - put,
            Some(missing) => missing - put,
            None => room(hole.len()),
        }
        .min(left);
        (put, left) = (put + lost, left - lost);
        closed.extend_from_slice(&bytes[from..hole.start]);
        (0..lost).for_each(|_| closed.extend(filler(bytes, *header)));
        from = hole.end;
    }
    closed.extend_from_slice(&bytes[from..]);
    closed
}

/// A frame with this header that holds nothing.
fn filler(bytes: &[u8], header: usize) -> Vec<u8> {
    let length = frame(bytes, header).map_or(0, |frame| frame.length);
    let mut filler = vec![0; length];
    let kept = if is_adts(&bytes[header..]) { 9 } else { 4 }.min(length);
    filler[..kept].copy_from_slice(&bytes[header..header + kept]);
    if let Some(end) = length.checked_sub(FILLER.len()).filter(|end| *end >= kept) {
        filler[end..].copy_from_slice(&FILLER);
    }
    filler
}

/// What the frames have in common that follow each other from there on; `kind` is what they must.
fn row(bytes: &[u8], from: usize, kind: Option<u32>) -> Option<u32> {
    let mut at = from;
    let first = frame(bytes, at).filter(|frame| kind.is_none_or(|kind| kind == frame.kind))?;
    for _ in 0..IN_A_ROW {
        let next = frame(bytes, at).filter(|frame| frame.kind == first.kind)?;
        at += next.length;
        if at == bytes.len() {
            break;
        }
    }
    Some(first.kind)
}

fn frame(bytes: &[u8], at: usize) -> Option<Frame> {
    let header = bytes.get(at..at + 4)?;
    if header[0] != 0xFF {
        return None;
    }
    if is_adts(header) { adts(bytes.get(at..at + 7)?) } else { layer_three(number(header) as u32) }
}

fn is_adts(header: &[u8]) -> bool {
    header.get(1).is_some_and(|byte| byte & 0xF6 == 0xF0)
}

fn adts(header: &[u8]) -> Option<Frame> {
    let length = usize::from(header[3] & 3) << 11 | usize::from(header[4]) << 3 | usize::from(header[5] >> 5);
    // Version, profile, rate and channels.
    let kind = u32::from(header[1]) << 16 | u32::from(header[2] & 0xFD) << 8 | u32::from(header[3] & 0xC0);
    (length > 9).then_some(Frame { length, kind })
}

fn layer_three(header: u32) -> Option<Frame> {
    const FIRST: [usize; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const SECOND: [usize; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    const RATES: [usize; 3] = [44_100, 48_000, 32_000];
    let (version, layer) = (header >> 19 & 3, header >> 17 & 3);
    if header >> 21 != 0x7FF || version == 1 || layer != 1 {
        return None;
    }
    let is_first = version == 3;
    let kilobits = *if is_first { &FIRST } else { &SECOND }.get((header >> 12 & 15) as usize).filter(|rate| **rate > 0)?;
    let rate = RATES.get((header >> 10 & 3) as usize)?
        >> match version {
            3 => 0,
            2 => 1,
            _ => 2,
        };
    let length = if is_first { 144_000 } else { 72_000 } * kilobits / rate + (header >> 9 & 1) as usize;
    Some(Frame { length, kind: header & 0xFFFE_0C00 })
}

/// How many frames an MP3 says it has, in a note in its first.
fn declared(bytes: &[u8], first: usize) -> Option<usize> {
    let head = bytes.get(first..)?;
    let head = &head[..head.len().min(256)];
    let note = head.windows(4).position(|window| window == b"Xing" || window == b"Info")?;
    let has_count = head.get(note + 7)? & 1 == 1;
    has_count.then(|| head.get(note + 8..note + 12).map(|count| number(count) as usize)).flatten()
}

/// Behind the notes of other programs (ID3, APE) that lie there.
fn after_notes(bytes: &[u8], at: usize) -> usize {
    let length = match bytes.get(at..).unwrap_or_default() {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            10 + [a, b, c, d].iter().fold(0usize, |size, byte| size << 7 | usize::from(**byte & 0x7F))
        }
        [b'T', b'A', b'G', ..] => 128,
        rest if rest.starts_with(b"APETAGEX") => {
            32 + rest.get(12..16).map_or(0, |size| u32::from_le_bytes([size[0], size[1], size[2], size[3]]) as usize)
        }
        _ => 0,
    };
    (at + length).min(bytes.len())
}
