//! Folding: how a written word becomes what is compared.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One word as it is compared.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Token {
    /// Without case, accents and apostrophes.
    pub(super) folded: String,
    /// In lower case with its accents, from which inflection is told.
    pub(super) spelt: String,
}

/// What stands where something in square brackets stood: a hidden name, or an engine's remark. It was not said, so nothing
/// that is looked for is equal to it, nor goes on over it.
pub(super) const BRACKETED: &str = "[";

impl Token {
    /// Whether nobody can look for it.
    pub(super) fn is_bracketed(&self) -> bool {
        self.folded == BRACKETED
    }
}

/// A text as folded words.
pub(super) fn fold(text: &str) -> Vec<Token> {
    let mut folding = Folding::default();
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let Some(length) = rest[open..].find(']') else { break };
        folding.take(&rest[..open]);
        folding.close();
        folding.tokens.push(Token { folded: BRACKETED.to_owned(), spelt: String::new() });
        rest = &rest[open + length + 1..];
    }
    folding.take(rest);
    folding.close();
    folding.tokens
}

#[derive(Default)]
struct Folding {
    tokens: Vec<Token>,
    word: Token,
}

impl Folding {
    fn take(&mut self, text: &str) {
        // Nearly all words of nearly all transcripts.
        if text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            let lower = text.to_ascii_lowercase();
            self.word.folded.push_str(&lower);
            self.word.spelt.push_str(&lower);
            return;
        }
        for c in text.nfc().flat_map(char::to_lowercase) {
            self.letter(c);
        }
    }

    fn letter(&mut self, c: char) {
        match c {
            '\'' | '’' | 'ʼ' | '‘' if is_elided(&self.word.folded) => self.close(),
            '\'' | '’' | 'ʼ' | '‘' | '\u{ad}' | '\u{200c}' | '\u{200d}' => {}
            _ if is_accent(c) || is_combining_mark(c) => self.spell(c),
            _ if is_ideographic(c) => {
                self.close();
                self.spell(c);
            }
            _ if c.is_alphanumeric() => {
                if self.word.spelt.chars().next().is_some_and(is_ideographic) {
                    self.close();
                }
                self.spell(c);
            }
            // Such as a fraction or a ligature, which stand for letters.
            _ if std::iter::once(c).nfkd().any(char::is_alphanumeric) => self.spell(c),
            _ => self.close(),
        }
    }

    fn spell(&mut self, c: char) {
        self.word.spelt.push(c);
        for part in std::iter::once(c).nfkd() {
            match spelt_out(part) {
                Some(letters) => self.word.folded.push_str(letters),
                None if is_accent(part) => {}
                None if part.is_alphanumeric() || is_combining_mark(part) => self.word.folded.push(part),
                None => {}
            }
        }
    }

    fn close(&mut self) {
        let word = std::mem::take(&mut self.word);
        if word.folded.is_empty() {
            return;
        }
        let folded = if word.folded.is_ascii() { word.folded } else { word.folded.nfc().collect() };
        self.tokens.push(Token { folded, ..word });
    }
}

/// Articles and the like that French, Italian and Catalan write together with the next word: who looks for that word does
/// not type them.
fn is_elided(before: &str) -> bool {
    matches!(before, "l" | "d" | "j" | "n" | "s" | "m" | "t" | "c" | "qu" | "un" | "dell" | "all" | "nell" | "sull" | "dall")
}

/// Marks that people leave out when they type: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. The vowel
/// signs of Indic scripts make other words and stay.
fn is_accent(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036f | 0x0591..=0x05c7 | 0x0610..=0x061a | 0x064b..=0x065f | 0x0670)
}

/// Letters that have no accent to take away, as people type them without their keyboard.
fn spelt_out(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

/// Writing without spaces: Han, Hiragana, Katakana.
fn is_ideographic(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}
