//! Holes in an Ogg: what follows one becomes a stream of its own, chained on.
//!
//! A page says when it ends, not when it begins, so a reader takes it to begin where the page before it ended; after a hole that is wrong.
//! A stream that begins anew counts back from the end of its first page. So the head is written once more behind each hole.

use std::ops::Range;

use super::number;

/// A page whose checksum is right.
pub(in crate::sound::decode) struct Page {
    /// Where it lies.
    pub(in crate::sound::decode) range: Range<usize>,
    serial: [u8; 4],
    sequence: u32,
    /// It is the first of its stream.
    pub(in crate::sound::decode) begins: bool,
    /// Nothing but a stream's description.
    pub(in crate::sound::decode) is_head: bool,
}

/// The file with the head repeated behind each hole; none where it has none.
pub(super) fn closed(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut closed, mut head) = (Vec::new(), Vec::new());
    let (mut at, mut holes, mut in_head, mut follows_head) = (0, 0, true, true);
    let mut last: Vec<([u8; 4], u32)> = Vec::new();
    while let Some(page) = next_page(bytes, at) {
        let before = last.iter().find(|(serial, _)| *serial == page.serial).map(|(_, sequence)| *sequence);
        let is_torn = page.range.start > at || before.is_some_and(|before| page.sequence > before.wrapping_add(1));
        if page.begins && !in_head {
            head.clear();
            last.clear();
        }
        in_head = page.is_head && (in_head || page.begins);
        let whole = &bytes[page.range.clone()];
        if in_head {
            head.extend_from_slice(whole);
            follows_head = true;
        } else if is_torn && !head.is_empty() {
            // What follows its head anyway begins anew.
            if !follows_head {
                closed.extend_from_slice(&head);
            }
            holes += 1;
        }
        follows_head &= in_head;
        closed.extend_from_slice(whole);
        last.retain(|(serial, _)| *serial != page.serial);
        last.push((page.serial, page.sequence));
        at = page.range.end;
    }
    // What lies behind the last page tells whether the file was cut off.
    closed.extend_from_slice(&bytes[at.min(bytes.len())..]);
    (holes > 0).then_some(closed)
}

/// The first whole page at or after `from`.
pub(in crate::sound::decode) fn next_page(bytes: &[u8], from: usize) -> Option<Page> {
    let starts = bytes.get(from..)?.windows(4).enumerate().filter(|(_, window)| *window == b"OggS");
    starts.map(|(at, _)| from + at).find_map(|at| page(bytes, at))
}

fn page(bytes: &[u8], at: usize) -> Option<Page> {
    let header = bytes.get(at..at + 27)?;
    let segments = usize::from(header[26]);
    let table = bytes.get(at + 27..at + 27 + segments)?;
    let end = at + 27 + segments + table.iter().map(|length| usize::from(*length)).sum::<usize>();
    let whole = bytes.get(at..end)?;
    let little = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if !is_whole_page(whole) {
        return None;
    }
    let granule = number(&header[6..14]);
    let serial = [header[14], header[15], header[16], header[17]];
    let is_head = granule == 0 || granule == u64::MAX;
    Some(Page { range: at..end, serial, sequence: little(18), begins: header[5] & 2 != 0, is_head })
}

/// Whether a page, header and all, has the checksum that it says.
pub(in crate::sound::decode) fn is_whole_page(page: &[u8]) -> bool {
    page.get(22..26).is_some_and(|own| checksum(page).to_le_bytes() == *own)
}

/// The CRC of a page (RFC 3533): polynomial 0x04C11DB7, nothing reflected, from zero, its own four bytes taken for zeros.
pub(in crate::sound) fn checksum(page: &[u8]) -> u32 {
    let step = |sum: u32, byte: u8| sum << 8 ^ TABLE[usize::from((sum >> 24) as u8 ^ byte)];
    let own = 22..26;
    page.iter().enumerate().fold(0, |sum, (at, byte)| step(sum, if own.contains(&at) { 0 } else { *byte }))
}

static TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut sum = (byte as u32) << 24;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum >> 31 == 1 { sum << 1 ^ 0x04C1_1DB7 } else { sum << 1 };
            bit += 1;
        }
        table[byte] = sum;
        byte += 1;
    }
    table
};
