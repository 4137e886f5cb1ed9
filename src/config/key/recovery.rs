//! The key written for people: groups of letters and digits with a check, to be printed.
//!
//! 32 bytes of key and 3 bytes of check are 56 digits in base 32, in Crockford's alphabet, which has no I, L, O or U:
//! what is read as one of these is taken for 1, 1 and 0.

use zeroize::Zeroizing;

use super::LibraryKey;
use crate::interview::Digest;

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK: usize = 3;
const LENGTH: usize = (32 + CHECK) * 8 / 5;

/// Why a text is no recovery key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// A character that is none of the digits.
    #[error("a recovery key has letters and digits only, not {0:?}")]
    Character(char),
    /// Too much or too little of it.
    #[error("a recovery key has 56 letters and digits, this one has {0}")]
    Length(usize),
    /// Mistyped.
    #[error("a letter or digit of the recovery key is wrong or in the wrong place")]
    Check,
}

pub(super) fn write(key: &LibraryKey) -> Zeroizing<String> {
    let check = Digest::of_all(&[b"earmark/recovery/1", key.bytes()]);
    let mut text = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / 4));
    let (mut buffer, mut bits, mut written) = (0u32, 0, 0);
    for byte in key.bytes().iter().chain(&check.0[..CHECK]) {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            if written > 0 && written % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(DIGITS[(buffer >> bits) as usize & 31]));
            written += 1;
        }
    }
    text
}

pub(super) fn read(text: &str) -> Result<LibraryKey, RecoveryError> {
    let mut bytes = Zeroizing::new([0u8; 32 + CHECK]);
    let (mut buffer, mut bits, mut read) = (0u32, 0, 0);
    for c in text.chars().filter(|c| !c.is_whitespace() && *c != '-') {
        let value = digit(c).ok_or(RecoveryError::Character(c))?;
        read += 1;
        buffer = buffer << 5 | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            if let Some(byte) = bytes.get_mut(read * 5 / 8 - 1) {
                *byte = (buffer >> bits) as u8;
            }
        }
    }
    if read != LENGTH {
        return Err(RecoveryError::Length(read));
    }
    let mut key = [0; 32];
    key.copy_from_slice(&bytes[..32]);
    let key = LibraryKey::from_bytes(key);
    let check = Digest::of_all(&[b"earmark/recovery/1", key.bytes()]);
    if check.0[..CHECK] == bytes[32..] { Ok(key) } else { Err(RecoveryError::Check) }
}

fn digit(c: char) -> Option<u32> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    DIGITS.iter().position(|digit| char::from(*digit) == c).map(|at| at as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> LibraryKey {
        LibraryKey::from_bytes(std::array::from_fn(|i| (i * 37 + 11) as u8))
    }

    #[test]
    fn what_is_printed_gives_the_key_back_however_it_is_typed() {
        let text = write(&key());
        assert_eq!(text.len(), 56 + 13);
        assert_eq!(read(&text), Ok(key()));
        let sloppy = text.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(read(&sloppy), Ok(key()));
    }

    #[test]
    fn a_slip_in_any_place_is_noticed() {
        let text = write(&key()).replace('-', "");
        for at in 0..text.len() {
            let mut typed: Vec<char> = text.chars().collect();
            typed[at] = if typed[at] == '7' { '8' } else { '7' };
            assert_eq!(read(&typed.iter().collect::<String>()), Err(RecoveryError::Check), "place {at}");
        }
        assert_eq!(read(&text[1..]), Err(RecoveryError::Length(55)));
        assert_eq!(read("A-ü"), Err(RecoveryError::Character('ü')));
    }
}
