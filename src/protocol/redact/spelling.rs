//! How the words of a text are compared with a name: what a word is, and its spellings.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::is_unspaced;

/// How a word is compared: without case and accents, which speech recognition and keyboards leave out; and where letters have one, in the
/// spelling that writes them as two.
pub(super) fn spellings(word: &str) -> impl Iterator<Item = String> + use<> {
    let plain = folded(word, |c| match c {
        'ß' => Some("ss"),
        'ł' => Some("l"),
        'ø' => Some("o"),
        'đ' | 'ð' => Some("d"),
        'ħ' => Some("h"),
        'ı' => Some("i"),
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        'þ' => Some("th"),
        'ς' => Some("σ"),
        _ => None,
    });
    let two = || {
        folded(word, |c| match c {
            'ß' => Some("ss"),
            'ä' | 'æ' => Some("ae"),
            'ö' | 'ø' | 'œ' => Some("oe"),
            'ü' => Some("ue"),
            'å' => Some("aa"),
            _ => None,
        })
    };
    // Only Latin letters are written as two.
    let is_latin = |c: char| !matches!(c as u32, 0x0370..=0x052f) && !is_unspaced(c);
    let may_be_two = !word.is_ascii() && word.chars().all(is_latin);
    let other = may_be_two.then(two).filter(|two| *two != plain);
    std::iter::once(plain).chain(other)
}

fn folded(word: &str, letter: impl Fn(char) -> Option<&'static str>) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    // Found letter by letter inside of a sentence, as it is written there.
    if word.chars().any(is_unspaced) {
        return word.to_lowercase();
    }
    // Accents, and the points of Hebrew and Arabic. In other scripts marks are letters.
    let is_accent = |c: &char| matches!(*c as u32, 0x0300..=0x036f | 0x0591..=0x05c7 | 0x064b..=0x065f | 0x0670);
    let composed = word.nfkc().flat_map(char::to_lowercase).nfc();
    let replaced: String = composed.fold(String::new(), |mut out, c| {
        match letter(c) {
            Some(letters) => out.push_str(letters),
            None => out.push(c),
        }
        out
    });
    replaced.nfkd().filter(|c| !is_accent(c)).nfc().collect()
}

/// Names that are everyday words too: only written with a capital, or beside what says that a name is meant, do they count as names.
const EVERYDAY: [&str; 46] = [
    "will", "may", "mark", "grace", "hope", "faith", "joy", "rose", "bill", "jack", "art", "drew", "sue", "rob", "grant", "chase",
    "dean", "frank", "guy", "jay", "june", "april", "august", "max", "miles", "pat", "ray", "rich", "sky", "summer", "victor",
    "young", "king", "long", "love", "low", "major", "page", "price", "short", "small", "wise", "wood", "white", "black", "brown",
];

/// Those of them that people say of themselves: `I am short`.
const QUALITIES: [&str; 13] =
    ["frank", "grant", "long", "low", "major", "rich", "short", "small", "summer", "white", "wise", "wood", "young"];

/// Short words that hold sentences together, and are names: two of one language side by side are nobody yet.
const GRAMMAR: [&[&str]; 7] = [
    ENGLISH,
    &["am", "an", "da", "du", "en", "er", "es", "ich", "im", "in", "je", "man", "so", "um", "zo"],
    &["ai", "al", "au", "de", "du", "en", "et", "il", "je", "la", "le", "on", "se", "si", "son", "tu", "un"],
    &["al", "da", "de", "di", "e", "el", "en", "es", "il", "la", "lo", "mi", "ma", "no", "se", "si", "su", "tu", "un", "yo"],
    &["da", "de", "do", "em", "eu", "na", "no", "o", "se", "um"],
    &["da", "de", "du", "en", "er", "et", "han", "min", "om", "se", "som", "vi"],
    &["do", "i", "na", "o", "od", "po", "to", "za", "ze"],
];

const ENGLISH: &[&str] = &[
    "a", "am", "an", "as", "at", "be", "but", "by", "can", "do", "go", "had", "he", "her", "hi", "him", "his", "how", "i", "if",
    "in", "is", "it", "its", "me", "my", "no", "of", "oh", "on", "or", "out", "she", "so", "the", "to", "up", "us", "we", "you",
];

/// Whether a word that is compared is very short, or an everyday one: it counts as a name only where something says so.
pub(super) fn is_doubtful(spelt: &str) -> bool {
    spelt.chars().count() < 3 || is_everyday(spelt) || ENGLISH.contains(&spelt)
}

/// Whether a name is an everyday word too.
pub(super) fn is_everyday(spelt: &str) -> bool {
    EVERYDAY.contains(&spelt)
}

/// Whether `I am` before a word says nothing about a name.
pub(super) fn is_said_of_oneself(spelt: &str) -> bool {
    QUALITIES.contains(&spelt) || is_grammar(spelt)
}

/// Whether a word holds sentences together.
pub(super) fn is_grammar(spelt: &str) -> bool {
    GRAMMAR.iter().any(|language| language.contains(&spelt))
}

/// Whether words are everyday ones of one language, and hold a sentence together: `so young`, not `an le`.
pub(super) fn are_a_phrase<'a>(spelt: impl Iterator<Item = &'a str> + Clone) -> bool {
    let mut languages = GRAMMAR.iter().enumerate();
    languages.any(|(nth, language)| {
        let is_word = |word: &str| language.contains(&word) || nth == 0 && is_everyday(word);
        spelt.clone().all(is_word) && spelt.clone().any(|word| language.contains(&word))
    })
}

/// Letters and digits, and the marks that belong to them: vowels, in many scripts.
pub(super) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}')
}

/// Runs of letters and digits with their marks, as byte ranges.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|(_, c)| !is_of_word(*c)).is_some() {}
        let (start, first) = rest.next()?;
        let mut end = start + first.len_utf8();
        while let Some((at, c)) = rest.next_if(|(_, c)| is_of_word(*c)) {
            end = at + c.len_utf8();
        }
        Some(start..end)
    })
}
