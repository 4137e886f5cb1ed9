//! Finding in a text that was written and has no words of its own: places are bytes.

use std::ops::Range;

use super::fold::fold;
use super::phrase::{Phrase, ToFindIn};
use super::stem::Language;
use crate::transcript::Transcript;

/// The bytes of every place in `text` that is the phrase, in order; `tag` is the BCP 47 tag of its language.
pub fn find_in(text: &str, phrase: &Phrase, tag: Option<&str>) -> Vec<Range<usize>> {
    let words: Vec<Range<usize>> = words(text).collect();
    let mut found_in = ToFindIn::of(words.iter().map(|word| &text[word.clone()]), Language::of(tag));
    for (nth, pair) in words.windows(2).enumerate() {
        // A paragraph ends, with a full stop or without.
        if text[pair[0].end..pair[1].start].matches('\n').count() > 1 {
            found_in.ends_at(nth as u32);
        }
    }
    let found = found_in.find(phrase);
    found.into_iter().map(|hit| words[hit.start].start..words[hit.end - 1].end).collect()
}

/// The words of a text between its blanks, as bytes.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| {
        let from = word.as_ptr() as usize - start;
        from..from + word.len()
    })
}

/// The words of a text as they are compared: folded, without what stands in square brackets.
pub fn folded(text: &str) -> Vec<String> {
    let said = fold(text).into_iter().filter(|token| !token.is_bracketed());
    said.map(|token| token.folded).collect()
}

/// What the forms of each word of a text have in common, by the rules of the language with this BCP 47 tag.
pub fn stems(text: &str, tag: Option<&str>) -> Vec<String> {
    let language = Language::of(tag);
    let said = fold(text).into_iter().filter(|token| !token.is_bracketed());
    said.map(|token| language.stem(&token)).collect()
}

impl Transcript {
    /// Its words as they are compared, each with the place of the word that it stands in. A hidden name is compared with nothing and
    /// stands as an empty one, so that what lies before and after it never reads as one phrase.
    pub fn folded(&self) -> Vec<(usize, String)> {
        let of = |(nth, word): (usize, &crate::transcript::Word)| {
            fold(word.text.as_str()).into_iter().map(move |token| {
                let text = if token.is_bracketed() { String::new() } else { token.folded };
                (nth, text)
            })
        };
        self.words.iter().enumerate().flat_map(of).collect()
    }
}
