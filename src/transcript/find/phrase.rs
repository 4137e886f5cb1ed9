//! What is looked for, and whether words that come one after the other are it.

use std::ops::Range;

use super::fold::{Token, fold};
use super::stem::Language;
use crate::transcript::Transcript;

/// Words that a phrase has at most; what is typed beyond them is not looked at.
const MOST_WORDS: usize = 32;

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Phrase {
    tokens: Vec<Token>,
    /// Whether the last word may be the beginning of one.
    open: bool,
    /// Whether other forms of its words are it too.
    forms: bool,
}

impl Phrase {
    /// These words as they are, in no other form.
    pub fn literal(text: &str) -> Self {
        Phrase::of(text, false, false)
    }

    /// These words in any of their forms; as they are where they stand in double quotes.
    pub fn whole(text: &str) -> Self {
        Phrase::of(text, false, !is_quoted(text))
    }

    /// A phrase that is still being typed: its last word may be the beginning of one.
    pub fn typed(text: &str) -> Self {
        let open = text.chars().next_back().is_some_and(char::is_alphanumeric);
        Phrase::of(text, open, !is_quoted(text))
    }

    fn of(text: &str, open: bool, forms: bool) -> Self {
        let mut tokens = fold(text);
        tokens.retain(|token| !token.is_bracketed());
        tokens.truncate(MOST_WORDS);
        Phrase { tokens, open, forms }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// How many words it has.
    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    /// Its words, each with whether it may be the beginning of one.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&Token, bool)> {
        let last = self.tokens.len().saturating_sub(1);
        self.tokens.iter().enumerate().map(move |(nth, token)| (token, self.open && nth == last))
    }

    /// What the forms of one of its words have in common in a language; none where only the word itself counts.
    pub(super) fn stem(&self, token: &Token, language: Language) -> Option<String> {
        self.forms.then(|| language.stem(token))
    }

    /// Whether other forms of its words are it too.
    pub(super) fn has_forms(&self) -> bool {
        self.forms
    }
}

fn is_quoted(text: &str) -> bool {
    text.trim_start().starts_with(['"', '“', '„', '«'])
}

/// Follows words one after the other and tells where the phrase was complete.
///
/// Each word comes with the places in the phrase that it fits, one bit a place; a bit of `state` says that the words up to here
/// are the phrase up to that place (Baeza-Yates and Gonnet's shift-and).
pub(super) struct Following {
    state: u32,
    complete: u32,
    length: usize,
    /// Of which word each of the last tokens is that fitted any place; those of a phrase all do.
    words: [u32; MOST_WORDS],
    at: usize,
}

impl Following {
    pub(super) fn new(phrase: &Phrase) -> Self {
        let length = phrase.len();
        Following { state: 0, complete: 1 << (length.max(1) - 1), length, words: [0; MOST_WORDS], at: 0 }
    }

    /// Takes in the next token, of `word`, that fits the places `fits`; returns the words of a phrase that ends with it.
    #[inline]
    pub(super) fn take(&mut self, word: u32, fits: u32) -> Option<Range<u32>> {
        if fits == 0 {
            self.state = 0;
            return None;
        }
        self.words[self.at % MOST_WORDS] = word;
        self.at += 1;
        self.state = ((self.state << 1) | 1) & fits;
        if self.state & self.complete == 0 {
            return None;
        }
        let first = self.words[(self.at - self.length) % MOST_WORDS];
        Some(first..word + 1)
    }
}

impl Transcript {
    /// The words of every place at which a phrase was said, in order; they may overlap. `tag` is the BCP 47 tag of the
    /// language, where the transcript does not say it.
    pub fn find(&self, phrase: &Phrase, tag: Option<&str>) -> Vec<Range<usize>> {
        self.to_find_in(tag).find(phrase)
    }

    /// The transcript as it is compared, for who looks for many phrases in it.
    pub fn to_find_in(&self, tag: Option<&str>) -> ToFindIn {
        let language = Language::of(self.language.as_ref().map(|tag| tag.as_str()).or(tag));
        ToFindIn::of(self.words.iter().map(|word| word.text.as_str()), language)
    }
}

/// Words as they are compared, folded once for any number of phrases.
pub struct ToFindIn {
    tokens: Vec<Spoken>,
    language: Language,
}

/// A part of a word, with what its forms have in common; of what stands in brackets nothing.
struct Spoken {
    word: u32,
    token: Token,
    stem: Option<String>,
}

impl ToFindIn {
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>, language: Language) -> Self {
        let spoken = |word: usize, token: Token| {
            let stem = (!token.is_bracketed()).then(|| language.stem(&token));
            Spoken { word: word as u32, token, stem }
        };
        let tokens = words.enumerate().flat_map(|(nth, word)| fold(word).into_iter().map(move |token| spoken(nth, token)));
        ToFindIn { tokens: tokens.collect(), language }
    }

    /// The words of every place that is the phrase, in order; they may overlap.
    pub fn find(&self, phrase: &Phrase) -> Vec<Range<usize>> {
        if phrase.is_empty() {
            return Vec::new();
        }
        let keys = self.keys(phrase);
        let fits = |spoken: &Spoken| {
            let (folded, stem) = (&spoken.token.folded, spoken.stem.as_ref().filter(|_| phrase.has_forms()));
            let fits = phrase.slots().zip(&keys).map(|((wanted, open), keys)| {
                *folded == wanted.folded
                    || open && folded.starts_with(&wanted.folded)
                    || stem.is_some_and(|stem| keys.contains(stem))
            });
            fits.enumerate().fold(0, |all, (nth, fits)| all | u32::from(fits) << nth)
        };
        let mut following = Following::new(phrase);
        let found = self.tokens.iter().filter_map(|spoken| following.take(spoken.word, fits(spoken)));
        found.map(|words| words.start as usize..words.end as usize).collect()
    }

    /// The stems that are each word of the phrase. One that is spelt with its accents may tell a form that the same word typed
    /// without them does not.
    fn keys(&self, phrase: &Phrase) -> Vec<Vec<String>> {
        let keys = |(wanted, _): (&Token, bool)| {
            if !phrase.has_forms() {
                return Vec::new();
            }
            let same = self.tokens.iter().filter(|spoken| spoken.token.folded == wanted.folded);
            let mut keys: Vec<String> = same.filter_map(|spoken| spoken.stem.clone()).collect();
            keys.push(self.language.stem(wanted));
            keys.sort();
            keys.dedup();
            keys
        };
        phrase.slots().map(keys).collect()
    }
}
