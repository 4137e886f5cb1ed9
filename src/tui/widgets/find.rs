//! Which choices of a list are meant by what was typed, and which of their letters are lit.

use nucleo_matcher::pattern::{Atom, AtomKind, CaseMatching, Normalization};
use nucleo_matcher::{Matcher, Utf32Str};

use crate::text;

/// Where a word that was typed is found in a choice, the best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Found {
    /// The choice begins with it.
    AtStart,
    /// A word of the choice does.
    AtWord,
    /// One of the other words by which it is found does.
    InSynonym,
    /// It stands inside a word of the choice.
    Inside,
    /// Its letters stand in that order in one word, which begins with the first of them.
    Letters,
}

/// Fewer letters than these stand inside of nearly every word: only beginnings count.
const LETTERS_INSIDE: usize = 3;

impl Found {
    fn kind(self) -> AtomKind {
        match self {
            Found::AtStart | Found::AtWord | Found::InSynonym => AtomKind::Prefix,
            Found::Inside => AtomKind::Substring,
            Found::Letters => AtomKind::Fuzzy,
        }
    }
}

/// Which choices hold every word of `typed`, the best first; all of them, in their order, where nothing is typed.
pub fn find<'c>(matcher: &mut Matcher, typed: &str, choices: impl Iterator<Item = (&'c str, &'c str)>) -> Vec<usize> {
    let wanted: Vec<&str> = typed.split_whitespace().collect();
    let scored = choices.enumerate().filter_map(|(at, (words, synonyms))| {
        let found: Option<Vec<Found>> = wanted.iter().map(|word| place(matcher, word, words, synonyms)).collect();
        // A choice is as good as its worst word; of equals the one whose words are found better in all.
        let mut found = found?;
        found.sort_unstable_by(|a, b| b.cmp(a));
        Some((found, at))
    });
    let mut scored: Vec<(Vec<Found>, usize)> = scored.collect();
    scored.sort_unstable();
    scored.into_iter().map(|(_, at)| at).collect()
}

fn place(matcher: &mut Matcher, typed: &str, words: &str, synonyms: &str) -> Option<Found> {
    let mut holds = |found: Found, text: &str| columns(matcher, found, typed, text).is_some();
    let long = typed.chars().count() >= LETTERS_INSIDE;
    if holds(Found::AtStart, words) {
        Some(Found::AtStart)
    } else if parts(words).any(|(_, word)| holds(Found::AtWord, word)) {
        Some(Found::AtWord)
    } else if parts(synonyms).any(|(_, word)| holds(Found::InSynonym, word)) {
        Some(Found::InSynonym)
    } else if long && parts(words).chain(parts(synonyms)).any(|(_, word)| holds(Found::Inside, word)) {
        Some(Found::Inside)
    } else if long && parts(words).any(|(_, word)| holds(Found::Letters, word)) {
        Some(Found::Letters)
    } else {
        None
    }
}

/// The letters of a text that were found, by their place in it.
fn columns(matcher: &mut Matcher, found: Found, typed: &str, text: &str) -> Option<Vec<u32>> {
    let atom = Atom::new(typed, CaseMatching::Ignore, Normalization::Smart, found.kind(), false);
    let (mut letters, mut at) = (Vec::new(), Vec::new());
    atom.indices(Utf32Str::new(text, &mut letters), matcher, &mut at)?;
    at.sort_unstable();
    (found != Found::Letters || at.first() == Some(&0)).then_some(at)
}

/// The words of a text with the byte at which each begins; what joins two words, as in "pre-recorded", begins one as well.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let starts = text
        .char_indices()
        .filter(|(at, c)| c.is_alphanumeric() && text[..*at].chars().next_back().is_none_or(|before| !before.is_alphanumeric()));
    starts.map(|(at, _)| (at, text[at..].split(char::is_whitespace).next().unwrap_or_default()))
}

/// The columns of the letters that were found.
pub(super) fn lit(matcher: &mut Matcher, typed: &str, words: &str) -> Vec<u16> {
    if !words.is_ascii() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for typed in typed.split_whitespace() {
        let found = match place(matcher, typed, words, "") {
            Some(Found::AtStart) => columns(matcher, Found::AtStart, typed, words).map(|at| (0, at)),
            Some(found) => parts(words).find_map(|(start, word)| Some((start, columns(matcher, found, typed, word)?))),
            None => None,
        };
        let (start, at) = found.unwrap_or_default();
        all.extend(at.into_iter().map(|at| text::width(&words[..start + at as usize]) as u16));
    }
    all
}
