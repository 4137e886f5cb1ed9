//! Finds where a phrase was said, whatever its case and accents.
//!
//! Words are compared in a folded form: lower case, without accents, apostrophes and punctuation; `e-mail` is two words, and
//! each character of Chinese and Japanese writing is one, since these have no spaces.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::Transcript;
use crate::interview::AnswerId;

/// What is looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Phrase {
    tokens: Vec<String>,
    open: bool,
}

impl Phrase {
    /// A phrase of whole words.
    pub fn whole(text: &str) -> Self {
        Phrase { tokens: fold(text), open: false }
    }

    /// A phrase that is still being typed: its last word may be the beginning of one.
    pub fn typed(text: &str) -> Self {
        let open = !text.ends_with(char::is_whitespace);
        Phrase { tokens: fold(text), open }
    }

    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    /// Whether the tokens from `at` on are the phrase.
    fn fits<T: AsRef<str>>(&self, tokens: &[T]) -> bool {
        let Some(tokens) = tokens.get(..self.tokens.len()) else { return false };
        let last = self.tokens.len() - 1;
        tokens.iter().zip(&self.tokens).enumerate().all(|(i, (said, wanted))| {
            if self.open && i == last { said.as_ref().starts_with(wanted.as_str()) } else { said.as_ref() == wanted }
        })
    }
}

impl Transcript {
    /// The words of every place at which a phrase was said, in order; they may overlap.
    pub fn find(&self, phrase: &Phrase) -> Vec<Range<usize>> {
        if phrase.is_empty() {
            return Vec::new();
        }
        let (tokens, words) = tokens(self);
        let fitting = (0..tokens.len()).filter(|at| phrase.fits(&tokens[*at..]));
        fitting.map(|at| words[at] as usize..words[at + phrase.tokens.len() - 1] as usize + 1).collect()
    }
}

/// A place at which a phrase was said.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// In which answer.
    pub answer: AnswerId,
    /// Which words of its transcript.
    pub words: Range<usize>,
}

/// Many transcripts, searched together. It lives in memory alone.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// In the order they were added.
    answers: Vec<Indexed>,
    numbers: HashMap<AnswerId, usize>,
    /// Each folded word, and where it was said: number of the answer, place of the token.
    places: BTreeMap<String, Vec<(u32, u32)>>,
}

#[derive(Clone, Debug)]
struct Indexed {
    answer: AnswerId,
    tokens: Vec<String>,
    words: Vec<u32>,
}

impl Index {
    /// Adds a transcript; one that the answer had before is replaced and keeps its place in the order.
    pub fn add(&mut self, answer: AnswerId, transcript: &Transcript) {
        self.remove(answer);
        let (tokens, words) = tokens(transcript);
        let number = *self.numbers.entry(answer).or_insert(self.answers.len());
        for (place, token) in tokens.iter().enumerate() {
            let places = match self.places.get_mut(token) {
                Some(places) => places,
                None => self.places.entry(token.clone()).or_default(),
            };
            places.push((number as u32, place as u32));
        }
        let indexed = Indexed { answer, tokens, words };
        match self.answers.get_mut(number) {
            Some(slot) => *slot = indexed,
            None => self.answers.push(indexed),
        }
    }

    /// Forgets a transcript, as when the person behind it is erased.
    pub fn remove(&mut self, answer: AnswerId) {
        let Some(number) = self.numbers.get(&answer).copied() else { return };
        let tokens = std::mem::take(&mut self.answers[number].tokens);
        self.answers[number].words.clear();
        for token in tokens {
            if let Some(places) = self.places.get_mut(&token) {
                places.retain(|(of, _)| *of != number as u32);
                if places.is_empty() {
                    self.places.remove(&token);
                }
            }
        }
    }

    /// Every place at which a phrase was said: in the order in which answers were added, then in time.
    pub fn find(&self, phrase: &Phrase) -> Vec<Hit> {
        let Some(first) = phrase.tokens.first() else { return Vec::new() };
        let mut places: Vec<(u32, u32)> = if phrase.open && phrase.tokens.len() == 1 {
            let from = self.places.range::<str, _>((std::ops::Bound::Included(first.as_str()), std::ops::Bound::Unbounded));
            from.take_while(|(token, _)| token.starts_with(first.as_str())).flat_map(|(_, places)| places).copied().collect()
        } else {
            self.places.get(first).cloned().unwrap_or_default()
        };
        places.sort_unstable();
        places.into_iter().filter_map(|(number, place)| self.hit(phrase, number as usize, place as usize)).collect()
    }

    fn hit(&self, phrase: &Phrase, number: usize, place: usize) -> Option<Hit> {
        let indexed = self.answers.get(number)?;
        if !phrase.fits(&indexed.tokens[place..]) {
            return None;
        }
        let last = place + phrase.tokens.len() - 1;
        Some(Hit { answer: indexed.answer, words: indexed.words[place] as usize..indexed.words[last] as usize + 1 })
    }
}

/// The folded words of a transcript, and which word each is of.
fn tokens(transcript: &Transcript) -> (Vec<String>, Vec<u32>) {
    let (mut tokens, mut words) = (Vec::new(), Vec::new());
    for (i, word) in transcript.words.iter().enumerate() {
        for token in fold(word.text.as_str()) {
            tokens.push(token);
            words.push(i as u32);
        }
    }
    (tokens, words)
}

/// A text as folded words.
fn fold(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut token = String::new();
    let close = |token: &mut String, tokens: &mut Vec<String>| {
        if !token.is_empty() {
            tokens.push(token.nfc().collect());
            token.clear();
        }
    };
    for c in text.chars().flat_map(char::to_lowercase).nfkd() {
        match c {
            '\'' | '’' | 'ʼ' | '‘' | '\u{ad}' | '\u{200c}' | '\u{200d}' => {}
            _ if is_accent(c) => {}
            _ if is_combining_mark(c) => token.push(c),
            _ if is_ideographic(c) => {
                close(&mut token, &mut tokens);
                token.push(c);
            }
            _ if c.is_alphanumeric() => {
                if token.chars().next().is_some_and(is_ideographic) {
                    close(&mut token, &mut tokens);
                }
                match spelt_out(c) {
                    Some(letters) => token.push_str(letters),
                    None => token.push(c),
                }
            }
            _ => close(&mut token, &mut tokens),
        }
    }
    close(&mut token, &mut tokens);
    tokens
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

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "ranges of words are what is found")]
mod tests {
    use proptest::prelude::*;

    use super::super::read;
    use super::*;

    fn said(text: &str) -> Transcript {
        read(text.as_bytes(), "t.txt", None).expect("text").transcript
    }

    fn check(text: &str, phrase: &str, found: &[Range<usize>]) {
        assert_eq!(said(text).find(&Phrase::whole(phrase)), found, "{phrase:?} in {text:?}");
    }

    #[test]
    fn case_accents_and_punctuation_do_not_matter() {
        check("Well, my GUESS was: the disk.", "guess was", &[2..4]);
        check("El camión; así, sí.", "camion asi SÍ", &[1..4]);
        check("Straße und Øl", "strasse", &[0..1]);
        check("I don’t know, I don't", "dont", &[1..2, 4..5]);
        check("ΟΔΟΣ", "οδος", &[0..1]);
        check("Ёлка и йод", "елка", &[0..1]);
        check("by e-mail today", "e mail", &[1..2]);
    }

    #[test]
    fn only_whole_words_in_their_order_are_the_phrase() {
        check("rule out rules", "rule", &[0..1]);
        check("out rule", "rule out", &[]);
        check("no no no", "no no", &[0..2, 1..3]);
        check("anything", " ?! ", &[]);
    }

    #[test]
    fn the_last_word_of_a_typed_phrase_may_be_unfinished() {
        let text = said("a hypothesis about hyphens");
        assert_eq!(text.find(&Phrase::typed("hyp")), [1..2, 3..4]);
        assert_eq!(text.find(&Phrase::typed("a hypo")), [0..2]);
        assert_eq!(text.find(&Phrase::typed("hyp ")), [0..0; 0]);
    }

    #[test]
    fn writing_without_spaces_is_found_within_its_words() {
        check("宇宙守护神 保护我们", "守护", &[0..1]);
        check("神保护", "保护我", &[]);
        check("की का", "का", &[1..2]);
    }

    fn answer(number: u32) -> AnswerId {
        AnswerId::derive(&[&number.to_string()])
    }

    #[test]
    fn the_index_finds_in_the_order_in_which_answers_were_added() {
        let mut index = Index::default();
        index.add(answer(1), &said("my guess and my guess"));
        index.add(answer(2), &said("my guess"));
        let places = |index: &Index| {
            index.find(&Phrase::whole("My Guess")).into_iter().map(|hit| (hit.answer, hit.words)).collect::<Vec<_>>()
        };
        assert_eq!(places(&index), [(answer(1), 0..2), (answer(1), 3..5), (answer(2), 0..2)]);
        index.add(answer(1), &said("another my guess"));
        assert_eq!(places(&index), [(answer(1), 1..3), (answer(2), 0..2)]);
        index.remove(answer(1));
        assert_eq!(places(&index), [(answer(2), 0..2)]);
        assert!(!index.places.contains_key("another"), "nothing of an erased person stays");
    }

    proptest! {
        #[test]
        fn the_index_finds_what_each_transcript_finds(
            texts in prop::collection::vec("([ab]{1,2} ){0,8}", 0..5),
            phrase in "[ab]{1,2}( [ab]{1,2}){0,2}",
            typed in any::<bool>(),
        ) {
            let phrase = if typed { Phrase::typed(&phrase) } else { Phrase::whole(&phrase) };
            let mut index = Index::default();
            let mut expected = Vec::new();
            for (i, text) in texts.iter().enumerate() {
                let answer = answer(i as u32);
                index.add(answer, &said(&format!(". {text}")));
                expected.extend(said(&format!(". {text}")).find(&phrase).into_iter().map(|words| Hit { answer, words }));
            }
            prop_assert_eq!(index.find(&phrase), expected);
        }

        #[test]
        fn no_text_makes_folding_panic(text in ".{0,60}") {
            for token in fold(&text) {
                prop_assert!(!token.is_empty());
            }
        }
    }
}
