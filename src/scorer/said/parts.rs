//! What a question asks for, part by part, and where its words were taken up.
//!
//! Only words are compared: a part that was answered in other words counts as not taken up, which is why this is an aid for finding
//! and never a score.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::text::SafeText;
use crate::transcript::{Sentences, Transcript, folded, stems};

/// A part of a question.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Part {
    /// As it was asked.
    pub text: SafeText,
    /// The sentence that first takes up its words.
    pub taken_up: Option<Range<usize>>,
}

/// Words of English questions that say nothing of what is asked for; other languages' short words are told by their length.
const ASKING: &[&str] = &[
    "about",
    "after",
    "again",
    "also",
    "and",
    "any",
    "are",
    "been",
    "before",
    "being",
    "between",
    "both",
    "but",
    "can",
    "could",
    "describe",
    "did",
    "does",
    "doing",
    "each",
    "ever",
    "every",
    "example",
    "explain",
    "for",
    "from",
    "give",
    "had",
    "has",
    "have",
    "having",
    "her",
    "him",
    "his",
    "how",
    "into",
    "its",
    "just",
    "like",
    "made",
    "make",
    "more",
    "most",
    "much",
    "must",
    "not",
    "now",
    "off",
    "one",
    "only",
    "other",
    "our",
    "out",
    "over",
    "own",
    "please",
    "same",
    "she",
    "should",
    "some",
    "something",
    "such",
    "take",
    "tell",
    "than",
    "that",
    "the",
    "their",
    "them",
    "then",
    "there",
    "these",
    "they",
    "thing",
    "this",
    "those",
    "through",
    "time",
    "too",
    "took",
    "under",
    "until",
    "use",
    "used",
    "very",
    "walk",
    "was",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "whose",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
    "yourself",
];
/// Words shorter than this carry no meaning of their own in most languages.
const SHORTEST: usize = 3;

/// The question's parts: its sentences and clauses that have words of their own.
pub(super) fn parts(asked: &str, transcript: &Transcript, tag: Option<&str>) -> Vec<Part> {
    let sentences = Sentences::of(transcript);
    let said: Vec<BTreeSet<String>> =
        sentences.iter().map(|words| stems(&transcript.text(words.clone()), tag).into_iter().collect()).collect();
    let mut earlier = BTreeSet::new();
    let mut parts = Vec::new();
    for clause in clauses(asked) {
        let own: BTreeSet<String> = own_words(clause, tag).difference(&earlier).cloned().collect();
        if own.is_empty() {
            continue;
        }
        let place = said.iter().position(|said| !own.is_disjoint(said));
        let taken_up = place.and_then(|place| sentences.iter().nth(place).cloned());
        earlier.extend(own);
        parts.push(Part { text: SafeText::line(clause), taken_up });
    }
    parts
}

/// Where a question is cut: at the ends of sentences, and at commas and `and` between clauses of three words or more.
fn clauses(asked: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    for sentence in asked.split_inclusive(['.', '?', '!', ';', ':', '\n']) {
        let mut from = 0;
        for (at, _) in sentence.match_indices([',', ' ']) {
            let rest = &sentence[at..];
            let is_cut = rest.starts_with(", ") || rest.starts_with(" and ");
            if is_cut && words(&sentence[from..at]) >= 3 && words(rest) >= 3 {
                clauses.push(&sentence[from..at]);
                from = at + 1;
            }
        }
        clauses.push(&sentence[from..]);
    }
    clauses.into_iter().map(|clause| clause.trim().trim_start_matches("and ").trim()).filter(|clause| words(clause) > 0).collect()
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The stems of the words that say what is asked for.
fn own_words(clause: &str, tag: Option<&str>) -> BTreeSet<String> {
    let carries = |word: &String| word.chars().count() >= SHORTEST && !ASKING.contains(&word.as_str());
    folded(clause).into_iter().filter(carries).flat_map(|word| stems(&word, tag)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;

    fn taken_up(asked: &str, said: &str) -> Vec<(String, bool)> {
        let parts = parts(asked, &spoken(said), Some("en"));
        parts.into_iter().map(|part| (part.text.as_str().to_owned(), part.taken_up.is_some())).collect()
    }

    #[test]
    fn a_question_falls_into_what_it_asks_for() {
        let parts = taken_up("Tell us about a conflict with a colleague. What did you learn, and how did the project end?", "");
        let texts: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(texts, ["Tell us about a conflict with a colleague.", "What did you learn", "how did the project end?"]);
    }

    #[test]
    fn a_part_is_taken_up_in_another_form_of_its_words() {
        let asked = "Tell us about a conflict with a colleague. What did you learn?";
        let parts = taken_up(asked, "Two colleagues disagreed. We shipped it.");
        assert_eq!(parts.iter().map(|(_, taken)| *taken).collect::<Vec<_>>(), [true, false]);
        let parts = taken_up(asked, "I was learning from it every day.");
        assert_eq!(parts.iter().map(|(_, taken)| *taken).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn words_that_only_ask_are_no_part() {
        assert_eq!(taken_up("What did you do then? And why?", "I did what you would do then and why not"), []);
    }
}
