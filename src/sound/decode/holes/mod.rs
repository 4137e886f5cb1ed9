//! Bytes that were lost in the middle of a file are closed over, so that its reader finds what follows them, and finds it in its time.
//!
//! A container's reader stops at bytes it cannot read, or passes over them as if nothing had been there. What is put in their place has the
//! reader go on; how much sound is missing is told by the times that follow ([`super::timeline`]), or by packets that are known for filler.

mod chunks;
mod fragments;
mod frames;
mod matroska;
mod ogg;
mod order;

pub(super) use frames::{Frames, Met, missing_of_last};
pub(super) use matroska::{children, track_entries};
#[cfg(test)]
pub(in crate::sound) use ogg::checksum;
pub(super) use ogg::{is_whole_page, next_page};

use crate::sound::Recording;

/// What a packet ends with that stands for one that was lost.
const FILLER: [u8; 8] = *b"a hole.\n";

/// What was mended of a file before it is read.
pub(super) struct Mended {
    /// Whether holes in it were closed.
    pub(super) closed: bool,
    /// Where the first of its pieces belongs that lay out of order, in ms.
    pub(super) disorder: Option<u64>,
}

/// The file in order, and without holes.
pub(super) fn mended(bytes: Recording) -> (Recording, Mended) {
    let bytes = match matroska::end(&bytes) {
        Some(end) => bytes.part(0..end),
        None => bytes,
    };
    let (bytes, disorder) = match in_order(&bytes) {
        Some((ordered, at_ms)) => (ordered.into(), Some(at_ms)),
        None => (bytes, None),
    };
    match closed(&bytes) {
        Some(closed) => (closed.into(), Mended { closed: true, disorder }),
        None => (bytes, Mended { closed: false, disorder }),
    }
}

/// The file with its holes closed; none where it has no hole that can be.
fn closed(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska::closed(bytes),
        [b'O', b'g', b'g', b'S', ..] => ogg::closed(bytes),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => fragments::closed(bytes),
        [0xFF, ..] | [b'I', b'D', b'3', ..] => frames::closed(bytes),
        _ => None,
    }
}

/// The file with its pieces in the order in which they were recorded, each of them once, and where the first that lies elsewhere belongs, in
/// ms; none where they are in order.
fn in_order(bytes: &[u8]) -> Option<(Vec<u8>, u64)> {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => order::in_order(bytes),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => fragments::in_order(bytes),
        _ => None,
    }
}

/// How many packets of sound a file says that it has, where it is written in pieces that say so.
pub(super) fn declared(bytes: &[u8]) -> Option<u64> {
    (bytes.get(4..8) == Some(b"ftyp")).then(|| fragments::declared(bytes)).flatten()
}

/// Seconds that the last packet of this track is longer than what was recorded, where a Matroska says so.
pub(super) fn padding(bytes: &[u8], track: u32) -> Option<f64> {
    bytes.starts_with(&[0x1A, 0x45, 0xDF, 0xA3]).then(|| matroska::padding(bytes, track)).flatten()
}

/// Units of the track with this id that the sound in all pieces of an MP4 lasts.
pub(super) fn pieces_last(bytes: &[u8], track: u32) -> Option<u64> {
    fragments::last(bytes, track)
}

/// The file without what nobody needs who hears it (tags, tables, pictures): a reader may stumble over that. None where it has no such.
pub(super) fn without_notes(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska::without_notes(bytes),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => chunks::without_notes(bytes),
        _ => None,
    }
}

/// Whether a packet was put there in place of one that was lost.
pub(super) fn is_filler(packet: &[u8]) -> bool {
    packet.ends_with(&FILLER)
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
