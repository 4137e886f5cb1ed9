//! Bytes of a transcript as text.
//!
//! UTF-8 and UTF-16 (by mark or by its zeros) are read as such. What is neither is Chinese in GB 18030 if its bytes above 127
//! come in pairs as that encoding has them, and otherwise Windows-1252. That covers what captioning programs write without
//! saying so; every guess is said in a warning.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Faults;

/// The text, without a byte order mark and with `\n` at the end of its lines.
pub(super) fn decode(bytes: &[u8], faults: &mut Faults<'_>) -> String {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => strictly_or_said(encoding, &bytes[mark..], faults),
        None => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\0') => text.to_owned(),
            _ => guessed(bytes, faults),
        },
    };
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// In the encoding that the file states; what does not fit becomes U+FFFD and is said.
fn strictly_or_said(encoding: &'static Encoding, bytes: &[u8], faults: &mut Faults<'_>) -> String {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        let reason = format!("some bytes are not {}; they are shown as \u{fffd}", encoding.name());
        faults.warn("the file", &reason, "save the transcript as UTF-8");
    }
    text.into_owned()
}

fn guessed(bytes: &[u8], faults: &mut Faults<'_>) -> String {
    let encoding = guess(bytes);
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    let damage = if damaged { ", in which some bytes have no meaning" } else { "" };
    let reason = format!("the file is not UTF-8; it was read as {}{damage}", encoding.name());
    faults.warn("the file", &reason, "check accents and names; save the transcript as UTF-8");
    text.into_owned()
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let many = bytes.len() / 8;
    match (zeros(0), zeros(1)) {
        (even, odd) if odd > many && odd > even => UTF_16LE,
        (even, odd) if even > many && even > odd => UTF_16BE,
        _ if is_mostly_utf8(bytes) => UTF_8,
        _ if is_chinese(bytes) => GB18030,
        _ => WINDOWS_1252,
    }
}

/// A file of UTF-8 with a few damaged bytes stays one.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let damaged = text.matches('\u{fffd}').count();
    let whole = text.chars().filter(|c| !c.is_ascii() && *c != '\u{fffd}').count();
    damaged * 3 < whole
}

/// Whether nearly all bytes above 127 stand in pairs that mean a Chinese character or its punctuation.
///
/// Western text has most of them alone between ASCII letters.
fn is_chinese(bytes: &[u8]) -> bool {
    let high: usize = bytes.iter().filter(|byte| **byte > 0x7f).count();
    let mut paired = 0;
    let mut rest = bytes;
    while let [first, more @ ..] = rest {
        rest = match more {
            [second, more @ ..] if (0xa1..=0xf7).contains(first) && *second >= 0xa1 => {
                paired += 2;
                more
            }
            _ => more,
        };
    }
    let (_, damaged) = GB18030.decode_without_bom_handling(bytes);
    !damaged && high > 0 && paired * 10 >= high * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, warnings: usize) {
        let mut faults = Faults { file: "t.srt", warnings: Vec::new() };
        assert_eq!(decode(bytes, &mut faults), text);
        assert_eq!(faults.warnings.len(), warnings, "{text}");
    }

    #[test]
    fn encodings_are_told_apart() {
        check("già così".as_bytes(), "già così", 0);
        check(b"\xef\xbb\xbfplain", "plain", 0);
        check(b"gi\xe0 cos\xec", "già così", 1);
        check(b"St\xe9phane, cr\xe9\xe9e \x80", "Stéphane, créée €", 1);
        check(&GB18030.encode("你好，世界 abc").0, "你好，世界 abc", 1);
        check(b"\xff\xfea\0b\0", "ab", 0);
        check(b"a\0b\0c\0\xe9\0", "abcé", 1);
    }

    #[test]
    fn one_damaged_byte_leaves_the_rest_in_utf_8() {
        check(b"\xc3\xa9t\xc3\xa9 \xc3\xa0 la fin \xc3\xa9\xff.", "été à la fin é\u{fffd}.", 1);
    }

    #[test]
    fn lines_end_with_one_character() {
        check(b"a\r\nb\rc\n", "a\nb\nc\n", 0);
    }
}
