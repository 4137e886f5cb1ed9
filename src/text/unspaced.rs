//! Writing that puts no spaces between words.

/// Whether a sign is of a script that puts no spaces between words: Thai, Lao, Myanmar and Khmer; kana; Han.
pub fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff
        | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}
