//! What is looked for, and whether words that come one after the other are it.

use std::ops::Range;

use super::apart::{MOST_BETWEEN, Particle, begins_else, may_stand_between};
use super::fold::{Token, fold};
use super::stem::Language;
use crate::transcript::follow::ends_sentence;
use crate::transcript::{Sentences, Transcript};

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
    /// Whether irregular forms are it too, and a verb said apart from its particle.
    apart: bool,
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

    /// Words that a rubric looks for: in any of their forms, also irregular ones, and where the last is a particle with a few words
    /// before it (`called the customer back`). As they are where they stand in double quotes.
    pub fn looked_for(text: &str) -> Self {
        Phrase { apart: !is_quoted(text), ..Phrase::whole(text) }
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
        Phrase { tokens, open, forms, apart: false }
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

    /// Its last word, where that is a particle that may stand apart from the words before it.
    fn particle(&self, language: Language) -> Option<(&str, Particle)> {
        let last = &self.tokens.last().filter(|_| self.apart && self.tokens.len() > 1)?.folded;
        Some((last, language.particle(last)?))
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

/// Whether a sentence, or a part of one, ends with a word as it is written.
fn ends_a_part(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』']);
    ends_sentence(word) || bare.ends_with([',', ';', ':', '–', '—']) || matches!(bare, "-" | "--")
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
        Following::the_first(phrase.len())
    }

    /// Follows as many of a phrase's first words.
    fn the_first(length: usize) -> Self {
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
        let mut found_in = ToFindIn::of(self.words.iter().map(|word| word.text.as_str()), language);
        for sentence in Sentences::of(self).iter() {
            found_in.ends_at(sentence.end.saturating_sub(1) as u32);
        }
        found_in
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
    /// Whether a sentence, or a part of one, ends with it.
    ends: bool,
}

impl ToFindIn {
    pub(super) fn of<'w>(words: impl Iterator<Item = &'w str>, language: Language) -> Self {
        let mut tokens: Vec<Spoken> = Vec::new();
        for (nth, text) in words.enumerate() {
            tokens.extend(fold(text).into_iter().map(|token| {
                let stem = (!token.is_bracketed()).then(|| language.stem(&token));
                Spoken { word: nth as u32, token, stem, ends: false }
            }));
            // A dash may stand for itself.
            if let Some(last) = tokens.last_mut() {
                last.ends |= ends_a_part(text);
            }
        }
        ToFindIn { tokens, language }
    }

    /// Something ends with a word.
    pub(super) fn ends_at(&mut self, word: u32) {
        let after = self.tokens.partition_point(|spoken| spoken.word <= word);
        if let Some(last) = after.checked_sub(1).and_then(|last| self.tokens.get_mut(last)) {
            last.ends = true;
        }
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
        let mut found: Vec<Range<usize>> = found.map(|words| words.start as usize..words.end as usize).collect();
        if let Some((particle, how)) = phrase.particle(self.language) {
            let verb = phrase.len() - 1;
            let mut following = Following::the_first(verb);
            let first = (1 << verb) - 1;
            let verbs = self.tokens.iter().enumerate();
            let verbs = verbs.filter_map(|(at, spoken)| Some((at, following.take(spoken.word, fits(spoken) & first)?.start)));
            found.extend(verbs.filter_map(|(at, start)| Some(start as usize..self.parted(at, particle, how)? + 1)));
            found.sort_by_key(|words| (words.start, words.end));
        }
        found
    }

    /// The word that is a verb's particle, where it stands apart from the verb that ends with this token.
    fn parted(&self, verb: usize, particle: &str, how: Particle) -> Option<usize> {
        let last = self.tokens[verb].word;
        for (at, spoken) in self.tokens.iter().enumerate().skip(verb + 1) {
            let is_far = spoken.word > last + MOST_BETWEEN + 1;
            if self.tokens[at - 1].ends || is_far {
                return None;
            }
            let is_it = spoken.token.folded == particle;
            let ends = || spoken.ends || self.tokens.get(at + 1).is_none_or(|next| begins_else(&next.token.folded));
            if is_it && (how == Particle::Anywhere || ends()) {
                return (at > verb + 1).then_some(spoken.word as usize);
            }
            if !may_stand_between(&spoken.token.folded) {
                return None;
            }
        }
        None
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
            if phrase.apart {
                let irregular = self.language.irregular(&wanted.folded);
                keys.extend(irregular.flat_map(fold).map(|form| self.language.stem(&form)));
            }
            keys.sort();
            keys.dedup();
            keys
        };
        phrase.slots().map(keys).collect()
    }
}
