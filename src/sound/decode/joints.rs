//! Where in a file another recording begins that was joined on: where its container's own pieces end and another head stands, or where a head
//! stands that nothing else looks like.

use super::cut::element;
use super::holes::{Frames, Met, next_page};
use super::source::boxes;

/// Bytes that a recording has at least.
const LEAST: usize = 64;
/// Bytes of frames that may lie behind an MP3's end without being another recording.
const FEW: usize = 4096;

/// What sound stands in, in Matroska.
const CLUSTER: [u8; 4] = [0x1F, 0x43, 0xB6, 0x75];

/// The parts of a file that are recordings of their own: where each begins.
pub(super) fn heads(bytes: &[u8]) -> Vec<usize> {
    let mut heads = vec![0];
    let mut from = 0;
    while let Some(next) = second(&bytes[from..]).filter(|next| *next > 0) {
        from += next;
        heads.push(from);
    }
    heads
}

/// Where the second recording begins.
fn second(bytes: &[u8]) -> Option<usize> {
    match bytes {
        // Before its sound it describes it, with the head of a FLAC for one.
        [0x1A, 0x45, 0xDF, 0xA3, ..] => next_head(bytes, bytes.windows(4).position(|id| id == CLUSTER)?, &HEADS),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => after_boxes(bytes),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => after_chunks(bytes),
        [b'f', b'L', b'a', b'C', ..] => next_head(bytes, 42, &HEADS),
        [b'O', b'g', b'g', b'S', ..] => after_pages(bytes),
        _ => after_frames(bytes),
    }
}

/// What tells a head apart wherever it stands.
const HEADS: [fn(&[u8]) -> bool; 6] = [is_flac, is_wav, is_ogg, is_matroska, is_mp4, is_mp3];

fn is_flac(bytes: &[u8]) -> bool {
    // Its first block describes the stream, in 34 bytes.
    bytes.starts_with(b"fLaC") && matches!(bytes.get(4..8), Some([0 | 0x80, 0, 0, 34]))
}

fn is_wav(bytes: &[u8]) -> bool {
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") && bytes.len() > LEAST
}

fn is_ogg(bytes: &[u8]) -> bool {
    bytes.starts_with(b"OggS\0\x02") && next_page(&bytes[..bytes.len().min(1 << 16)], 0).is_some_and(|page| page.range.start == 0)
}

fn is_matroska(bytes: &[u8]) -> bool {
    const HEAD: [u8; 4] = [0x1A, 0x45, 0xDF, 0xA3];
    const SEGMENT: u64 = 0x1853_8067;
    let behind = |(_, size, data): (u64, Option<u64>, usize)| data.checked_add(usize::try_from(size?).ok()?);
    let segment = || element(bytes, 0).and_then(behind).and_then(|end| element(bytes, end));
    bytes.starts_with(&HEAD) && segment().is_some_and(|(id, ..)| id == SEGMENT)
}

fn is_mp4(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0) && bytes.get(4..8) == Some(b"ftyp") && boxes(bytes, 0, bytes.len()).any(|(kind, _)| &kind == b"moov")
}

/// With a note before its first frame, or in it.
fn is_mp3(bytes: &[u8]) -> bool {
    let has_note = matches!(bytes, [b'I', b'D', b'3', 2..=4, ..]) || bytes.first() == Some(&0xFF) && is_note(bytes);
    has_note && Frames::begin_at(bytes, 0)
}

/// Whether a recording of any kind begins there.
fn begins(bytes: &[u8], at: usize) -> bool {
    let Some(rest) = bytes.get(at..).filter(|rest| rest.len() > LEAST) else { return false };
    HEADS.iter().any(|is_one| is_one(rest)) || Frames::begin_at(bytes, at)
}

fn next_head(bytes: &[u8], from: usize, heads: &[fn(&[u8]) -> bool]) -> Option<usize> {
    const FIRST: [u8; 7] = [b'f', b'R', b'O', 0x1A, 0, b'I', 0xFF];
    let starts = bytes.iter().enumerate().skip(from).filter(|(_, byte)| FIRST.contains(byte));
    starts.map(|(at, _)| at).find(|at| heads.iter().any(|is_one| is_one(&bytes[*at..])))
}

/// An MP4's boxes end where another head stands among them, or something else does.
fn after_boxes(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut has_index) = (0, false);
    for (kind, range) in boxes(bytes, 0, bytes.len()) {
        if &kind == b"ftyp" && has_index && is_mp4(&bytes[at..]) {
            return Some(at);
        }
        has_index |= &kind == b"moov";
        at = range.end;
    }
    (has_index && begins(bytes, at)).then_some(at)
}

/// A WAV's chunks say how long they are; where the sound does not, its end cannot be told but by the next head.
fn after_chunks(bytes: &[u8]) -> Option<usize> {
    let mut at = 12;
    while let Some(header) = bytes.get(at..at + 8) {
        let size = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let (is_sound, end) = (&header[..4] == b"data", at + 8 + size);
        if is_sound && (size == 0 || end > bytes.len()) {
            return next_head(bytes, at + 8, &[is_wav]);
        }
        // Not everyone pads what has an odd length.
        let ends = [end, end + size % 2];
        if let Some(joint) = ends.into_iter().find(|end| begins(bytes, *end)) {
            return Some(joint);
        }
        at = ends[1];
    }
    None
}

/// An Ogg begins anew where a page says so that follows pages of sound.
fn after_pages(bytes: &[u8]) -> Option<usize> {
    let (mut at, mut in_head) = (0, true);
    while let Some(page) = next_page(bytes, at) {
        if page.begins && !in_head {
            return Some(page.range.start);
        }
        in_head &= page.is_head;
        at = page.range.end;
    }
    (!in_head && begins(bytes, at)).then_some(at)
}

/// Frames say nothing of the recording that they are of; its first may, and so may notes before it.
fn after_frames(bytes: &[u8]) -> Option<usize> {
    let frames = Frames::of(bytes)?;
    let declared = frames.declared();
    let mut count = 0;
    for met in frames {
        match met {
            Met::Frame(frame) => {
                let content = &bytes[frame.clone()];
                let is_first = count > 0 && is_note(content);
                // Encoders differ by a frame in what they count, and a few of them are no recording.
                let is_more =
                    declared.is_some_and(|declared| declared > 0 && count > declared + 1) && bytes.len() > frame.start + FEW;
                if is_first || is_more && Frames::begin_at(bytes, frame.start) {
                    return Some(frame.start);
                }
                count += 1;
            }
            Met::Notes(at) if count > 0 && bytes[at..].starts_with(b"ID3") && Frames::begin_at(bytes, at) => return Some(at),
            Met::Other(at) if count > 0 && begins(bytes, at) => return Some(at),
            Met::Notes(_) | Met::Other(_) => {}
        }
    }
    None
}

/// Whether a frame is an MP3's first, which holds no sound but says how much follows: behind the side information, whose length has few values.
fn is_note(frame: &[u8]) -> bool {
    let names: [&[u8; 4]; 2] = [b"Xing", b"Info"];
    let is_there = |at: usize| frame.get(at..at + 4).is_some_and(|four| names.iter().any(|name| four == *name));
    frame.get(1).is_some_and(|byte| byte & 6 == 2) && [13, 21, 36].into_iter().any(is_there)
}
