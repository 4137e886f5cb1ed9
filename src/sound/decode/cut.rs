//! Whether a file was cut off: its pieces say how long they are, and the last one is shorter.
//!
//! An end of file is no proof: browsers that upload while they record write clusters of unknown length and simply stop.

use super::Truncation;
use super::holes::{is_whole_page, missing_of_last};

/// Whether the file ends early, as far as its container can tell. `seconds` is what was decoded.
pub(super) fn cut_short(bytes: &[u8], seconds: f64) -> Option<Truncation> {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska(bytes),
        _ if bytes.get(4..8) == Some(b"ftyp") => mp4(bytes),
        [b'R', b'I', b'F', b'F', ..] => wav(bytes),
        // An AIFF says how long it is, and does so last.
        [b'F', b'O', b'R', b'M', a, b, c, d, ..] => missing(8 + big_endian(&[*a, *b, *c, *d]), bytes.len()),
        [b'O', b'g', b'g', b'S', ..] => ogg(bytes),
        [b'f', b'L', b'a', b'C', ..] => flac(bytes, seconds),
        _ if mp3_says(bytes).is_some() => mp3(bytes),
        _ => missing_of_last(bytes).map(|missing| Truncation::CutOff { missing }),
    }
}

/// Whether a file that another program decodes ends early: what that gives back of it says nothing of that.
pub fn cut_off(bytes: &[u8]) -> Option<Truncation> {
    cut_short(bytes, f64::INFINITY)
}

fn missing(end: u64, have: usize) -> Option<Truncation> {
    let missing = end.saturating_sub(have as u64);
    (missing > 0).then_some(Truncation::CutOff { missing })
}

/// Walks elements; enters the segment and its clusters, whose length may be unknown.
fn matroska(bytes: &[u8]) -> Option<Truncation> {
    const SEGMENT: u64 = 0x1853_8067;
    const CLUSTER: u64 = 0x1F43_B675;
    let mut at = 0;
    while at < bytes.len() {
        let Some((id, size, data)) = element(bytes, at) else { return Some(Truncation::CutOff { missing: 1 }) };
        match (id, size) {
            (SEGMENT | CLUSTER, Some(size)) => {
                // A whole cluster is passed at once; one that is cut is not entered, it already tells.
                if let Some(cut) = missing((data as u64).saturating_add(size), bytes.len()) {
                    return Some(cut);
                }
                at = if id == SEGMENT { data } else { data + size as usize };
            }
            (SEGMENT | CLUSTER, None) => at = data,
            // Of unknown length, and nothing we know: no telling where it ends.
            (_, None) => return None,
            (_, Some(size)) => {
                if let Some(cut) = missing((data as u64).saturating_add(size), bytes.len()) {
                    return Some(cut);
                }
                at = data + size as usize;
            }
        }
    }
    None
}

/// Id, length (none: unknown) and where the data begins.
pub(super) fn element(bytes: &[u8], at: usize) -> Option<(u64, Option<u64>, usize)> {
    let (id, id_length) = number(bytes.get(at..)?, true)?;
    let (size, size_length) = number(bytes.get(at + id_length..)?, false)?;
    let unknown = (1u64 << (7 * size_length)) - 1;
    Some((id, (size != unknown).then_some(size), at + id_length + size_length))
}

/// A number of variable length; an id keeps the bit that marks its length.
fn number(bytes: &[u8], keep_marker: bool) -> Option<(u64, usize)> {
    let first = *bytes.first()?;
    let length = first.leading_zeros() as usize + 1;
    if length > 8 {
        return None;
    }
    let marker = if keep_marker { 0 } else { 0x80u8 >> (length - 1) };
    let rest = bytes.get(1..length)?;
    Some((rest.iter().fold(u64::from(first ^ marker), |number, byte| number << 8 | u64::from(*byte)), length))
}

fn mp4(bytes: &[u8]) -> Option<Truncation> {
    let mut at = 0usize;
    while at < bytes.len() {
        let Some(header) = bytes.get(at..at + 8) else { return Some(Truncation::CutOff { missing: 1 }) };
        let size = match big_endian(&header[..4]) {
            0 => return None,
            1 => big_endian(bytes.get(at + 8..at + 16)?),
            size => size,
        };
        if size < 8 {
            return None;
        }
        if let Some(cut) = missing((at as u64).saturating_add(size), bytes.len()) {
            return Some(cut);
        }
        at += size as usize;
    }
    None
}

fn wav(bytes: &[u8]) -> Option<Truncation> {
    let mut at = 12usize;
    while let Some(header) = bytes.get(at..at + 8) {
        let size = u64::from(u32::from_le_bytes([header[4], header[5], header[6], header[7]]));
        if &header[..4] == b"data" {
            // Written by a program that could not go back to fill it in.
            let unknown = size == 0 || size >= 0xFFFF_F000 || size == 0x7FFF_F000;
            return if unknown { None } else { missing((at + 8) as u64 + size, bytes.len()) };
        }
        at += 8 + size as usize + size as usize % 2;
    }
    None
}

fn ogg(bytes: &[u8]) -> Option<Truncation> {
    // Bytes of damaged pages that no whole one follows.
    let (mut at, mut damaged) = (0usize, 0);
    while at < bytes.len() {
        if bytes.get(at..at + 4) != Some(b"OggS") {
            // The start of a page that was cut, or something after the recording.
            return b"OggS".starts_with(&bytes[at..]).then_some(Truncation::CutOff { missing: 1 }).or(missing(damaged, 0));
        }
        let Some(segments) = bytes.get(at + 26).map(|count| usize::from(*count)) else {
            return Some(Truncation::CutOff { missing: 1 });
        };
        let Some(table) = bytes.get(at + 27..at + 27 + segments) else { return Some(Truncation::CutOff { missing: 1 }) };
        let end = at + 27 + segments + table.iter().map(|length| usize::from(*length)).sum::<usize>();
        if let Some(cut) = missing(end as u64, bytes.len()) {
            return Some(cut);
        }
        damaged = if is_whole_page(&bytes[at..end]) { 0 } else { damaged + (end - at) as u64 };
        at = end;
    }
    missing(damaged, 0)
}

/// A FLAC header's count is written when the recording is complete, so clearly less than it is a cut.
fn flac(bytes: &[u8], seconds: f64) -> Option<Truncation> {
    let info = bytes.get(8..8 + 18)?;
    let rate = u64::from(info[10]) << 12 | u64::from(info[11]) << 4 | u64::from(info[12]) >> 4;
    let samples = u64::from(info[13] & 0x0F) << 32 | big_endian(&info[14..18]);
    if rate == 0 || samples == 0 {
        return None;
    }
    // It is exact, so less than a frame of it is told.
    const LEAST: f64 = 0.02;
    let declared = samples as f64 / rate as f64;
    (seconds + LEAST < declared).then(|| less(declared, seconds))
}

fn mp3(bytes: &[u8]) -> Option<Truncation> {
    let (tag, end) = mp3_says(bytes)?;
    let says_frames = bytes.get(tag + 7).is_some_and(|flags| flags & 1 != 0);
    let frames = bytes.get(tag + 8..tag + 12).filter(|_| says_frames).map(big_endian).filter(|frames| *frames > 0);
    // Encoders differ by a frame in what they count; one frame may be longer than the others, and none is longer than that.
    let around = frames.map_or(1441, |frames| (2 * end / frames).min(1441));
    (end > bytes.len() as u64 + around).then(|| Truncation::CutOff { missing: end - bytes.len() as u64 })
}

/// What an MP3 says of itself in its first frame: where that tag (`Xing` or `Info`) stands, and where the recording ends.
pub(super) fn mp3_says(bytes: &[u8]) -> Option<(usize, u64)> {
    let start = match bytes {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            10 + [a, b, c, d].iter().fold(0usize, |size, byte| size << 7 | usize::from(**byte & 0x7F))
        }
        _ => 0,
    };
    let head = bytes.get(start..)?;
    let head = &head[..head.len().min(256)];
    if head.first() != Some(&0xFF) {
        return None;
    }
    let tag = head.windows(4).position(|window| window == b"Xing" || window == b"Info")?;
    let flags = big_endian(head.get(tag + 4..tag + 8)?);
    let bytes_at = tag + 8 + if flags & 1 == 0 { 0 } else { 4 };
    if flags & 2 == 0 {
        return None;
    }
    Some((start + tag, start as u64 + big_endian(head.get(bytes_at..bytes_at + 4)?)))
}

/// Whether clearly fewer packets came than are declared; as many as were `given` last so many `seconds`.
pub(super) fn fewer(declared: u64, given: u64, seconds: f64) -> Option<Truncation> {
    shorter(seconds * declared as f64 / given.max(1) as f64, seconds)
}

fn shorter(declared: f64, found: f64) -> Option<Truncation> {
    let clearly = found + 0.25 < declared;
    clearly.then(|| less(declared, found))
}

/// So many seconds are there of so many.
pub(super) fn less(declared: f64, found: f64) -> Truncation {
    Truncation::Shorter { declared_ms: (declared * 1000.0) as u64, found_ms: (found * 1000.0) as u64 }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
