//! The letters of the first PCs (IBM code page 437), in which archives without another word write names.

/// The letters from 128 on.
const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// What a byte stands for.
pub(super) fn letter(byte: u8) -> char {
    match byte.checked_sub(128) {
        None => char::from(byte),
        Some(at) => HIGH.chars().nth(usize::from(at)).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_stands_for_one_letter() {
        assert_eq!(HIGH.chars().count(), 128);
        assert_eq!([0x41, 0x81, 0x84, 0x94, 0xe1, 0xff].map(letter), ['A', 'ü', 'ä', 'ö', 'ß', '\u{a0}']);
    }
}
