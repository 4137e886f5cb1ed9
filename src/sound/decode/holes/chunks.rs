//! A WAV without its notes: their lengths are often wrong by one, and a reader refuses the whole file for that.

/// The file with nothing but what describes its sound and, from there to the end of the file, its sound; none where there is nothing else.
pub(super) fn without_notes(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bare = bytes.get(..12)?.to_vec();
    let mut at = 12;
    loop {
        let header: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
        let size = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let end = at.checked_add(8 + size)?.checked_add(size % 2)?;
        match &header[..4] {
            b"data" => break,
            b"fmt " => bare.extend_from_slice(bytes.get(at..end)?),
            _ => {}
        }
        at = end;
    }
    if bare.len() == at {
        return None;
    }
    bare.extend_from_slice(&bytes[at..]);
    let size = u32::try_from(bare.len() - 8).unwrap_or(u32::MAX);
    bare[4..8].copy_from_slice(&size.to_le_bytes());
    Some(bare)
}
