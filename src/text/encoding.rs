//! Which encoding a file is or seems to be in.

use encoding_rs::{Encoding, WINDOWS_1252};

/// The line of the first byte that is not UTF-8 (from 1), and what the file seems to be in; none for a file in UTF-8.
///
/// UTF-16 is known by its mark or by its zero bytes, which no text file in UTF-8 has.
pub fn not_utf8(bytes: &[u8]) -> Option<(usize, String)> {
    if let Some((line, reason)) = no_text(bytes) {
        return Some((line, reason.to_owned()));
    }
    let at = std::str::from_utf8(bytes).err()?.valid_up_to();
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    Some((line, "the text is not UTF-8; perhaps it is in Latin-1 or Windows-1252".to_owned()))
}

/// A file that people wrote as text: by its mark, else UTF-8, else Windows-1252, with `\n` at the end of its lines; none where it
/// is no text.
pub fn decoded(bytes: &[u8]) -> Option<String> {
    let text = match (Encoding::for_bom(bytes), std::str::from_utf8(bytes)) {
        (Some((encoding, mark)), _) => encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned(),
        _ if bytes.contains(&0) => return None,
        (None, Ok(text)) => text.to_owned(),
        (None, Err(_)) => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    };
    Some(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The line (from 1) on which bytes begin to be no text of single bytes, and why; none where they may be one. Only the first of them are looked
/// at, so that a stray one further down spoils its own cell alone.
pub fn no_text(bytes: &[u8]) -> Option<(usize, &'static str)> {
    let start = &bytes[..bytes.len().min(64)];
    let is_marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    match start.iter().position(|byte| *byte == 0) {
        _ if is_marked => Some((1, "the file is in UTF-16, or no text")),
        Some(0 | 1) => Some((1, "the file is in UTF-16, or no text")),
        Some(at) => {
            let line = start[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
            Some((line, "a zero byte stands here: the file is damaged, in UTF-16, or no text"))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{decoded, not_utf8};

    #[test]
    fn the_encoding_is_named_and_the_first_line_that_has_it() {
        assert_eq!(not_utf8("a,ü\nb,漢".as_bytes()), None);
        assert_eq!(not_utf8(b"a\nb,J\xfcrgen\n").map(|(line, _)| line), Some(2));
        let wide: Vec<u8> = "\u{feff}id = 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(not_utf8(&wide).is_some_and(|(line, reason)| line == 1 && reason.contains("UTF-16")));
        let unmarked: Vec<u8> = "id".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert!(not_utf8(&unmarked).is_some_and(|(_, reason)| reason.contains("UTF-16")));
        assert!(not_utf8(b"id,name\na\0b,c\n").is_some_and(|(line, reason)| line == 2 && reason.contains("zero byte")));
    }

    #[test]
    fn a_text_is_read_as_it_was_written_and_what_is_no_text_is_none() {
        let wide: Vec<u8> = "\u{feff}Résumé".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, text) in [(&b"a\r\nb"[..], "a\nb"), ("\u{feff}é".as_bytes(), "é"), (b"J\xfcrgen", "Jürgen"), (&wide, "Résumé")]
        {
            assert_eq!(decoded(bytes).as_deref(), Some(text));
        }
        assert_eq!(decoded(b"%PDF\0\x01"), None);
    }
}
