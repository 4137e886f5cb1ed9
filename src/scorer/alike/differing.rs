//! Where two passages differ that are otherwise the same.

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::Passage;
use crate::transcript::{Transcript, folded};

/// The places at which two passages differ, as words of their transcripts, in order; one side is empty where words are left out.
pub fn differences(a: &Transcript, b: &Transcript, passage: &Passage) -> Vec<(Range<usize>, Range<usize>)> {
    let words = |of: &Transcript, at: &Range<usize>| -> Vec<String> {
        at.clone().map(|nth| of.words.get(nth).map_or_else(String::new, |word| folded(word.text.as_str()).join(" "))).collect()
    };
    let apart = capture_diff_slices(Algorithm::Myers, &words(a, &passage.a), &words(b, &passage.b));
    let within = |start: usize, words: Range<usize>| start + words.start..start + words.end;
    let places = apart.into_iter().filter(|one| one.tag() != DiffTag::Equal);
    places.map(|one| (within(passage.a.start, one.old_range()), within(passage.b.start, one.new_range()))).collect()
}
