//! Bytes that were lost in the middle of a file are closed over, so that its reader finds what follows them, and finds it in its time.
//!
//! A container's reader stops at bytes it cannot read, or passes over them as if nothing had been there. What is put in their place has the
//! reader go on; how much sound is missing is told by the times that follow ([`super::timeline`]), or by packets that are known for filler.

mod frames;
mod matroska;
mod ogg;

#[cfg(test)]
pub(in crate::sound) use ogg::checksum;
pub(super) use ogg::is_whole_page;

/// What a packet ends with that stands for one that was lost.
const FILLER: [u8; 8] = *b"a hole.\n";

/// The file with its holes closed; none where it has no hole that can be.
pub(super) fn closed(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska::closed(bytes),
        [b'O', b'g', b'g', b'S', ..] => ogg::closed(bytes),
        [0xFF, ..] | [b'I', b'D', b'3', ..] => frames::closed(bytes),
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
