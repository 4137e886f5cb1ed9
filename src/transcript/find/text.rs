//! Finding in a text that was written and has no words of its own: places are bytes.

use std::ops::Range;

use super::phrase::{Phrase, follow};
use super::stem::Language;

/// The bytes of every place in `text` that is the phrase, in order; `tag` is the BCP 47 tag of its language.
pub fn find_in(text: &str, phrase: &Phrase, tag: Option<&str>) -> Vec<Range<usize>> {
    let words: Vec<Range<usize>> = words(text).collect();
    let found = follow(words.iter().map(|word| &text[word.clone()]), phrase, Language::of(tag));
    found.into_iter().map(|hit| words[hit.start as usize].start..words[hit.end as usize - 1].end).collect()
}

/// The words of a text between its blanks, as bytes.
pub(super) fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let start = text.as_ptr() as usize;
    text.split_whitespace().map(move |word| {
        let from = word.as_ptr() as usize - start;
        from..from + word.len()
    })
}
