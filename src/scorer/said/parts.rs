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
    /// The sentence that first takes up its words; none where none does, and where it has none to look for.
    pub taken_up: Option<Range<usize>>,
    /// Whether it has words of its own that an answer to it would say: else nothing can be told from words.
    pub checkable: bool,
}

/// Words of English questions that say nothing of what is asked for, or that an answer need not repeat (`describe one case`, `how did it
/// end`).
const ASKING: &[&str] = &[
    "about",
    "after",
    "again",
    "also",
    "and",
    "answer",
    "any",
    "anybody",
    "anyone",
    "anything",
    "are",
    "because",
    "been",
    "before",
    "being",
    "between",
    "both",
    "briefly",
    "but",
    "came",
    "can",
    "case",
    "cases",
    "come",
    "could",
    "deal",
    "dealt",
    "describe",
    "detail",
    "details",
    "did",
    "do",
    "does",
    "doing",
    "done",
    "each",
    "end",
    "ended",
    "ends",
    "event",
    "ever",
    "every",
    "everything",
    "example",
    "examples",
    "experience",
    "explain",
    "feel",
    "felt",
    "finally",
    "first",
    "for",
    "from",
    "get",
    "give",
    "going",
    "got",
    "had",
    "handle",
    "handled",
    "happen",
    "happened",
    "happens",
    "has",
    "have",
    "having",
    "her",
    "him",
    "his",
    "how",
    "instance",
    "into",
    "its",
    "just",
    "knew",
    "know",
    "last",
    "let",
    "like",
    "made",
    "make",
    "me",
    "mention",
    "more",
    "most",
    "much",
    "must",
    "name",
    "next",
    "not",
    "now",
    "occasion",
    "off",
    "one",
    "only",
    "other",
    "our",
    "out",
    "outcome",
    "over",
    "own",
    "please",
    "question",
    "result",
    "results",
    "said",
    "same",
    "say",
    "share",
    "she",
    "should",
    "situation",
    "situations",
    "some",
    "somebody",
    "someone",
    "something",
    "step",
    "steps",
    "still",
    "story",
    "such",
    "take",
    "talk",
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
    "things",
    "think",
    "this",
    "those",
    "thought",
    "through",
    "time",
    "too",
    "took",
    "turn",
    "turned",
    "under",
    "until",
    "us",
    "use",
    "used",
    "very",
    "walk",
    "was",
    "way",
    "went",
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
    "yourselves",
];
/// Words shorter than this carry no meaning of their own in most languages.
const SHORTEST: usize = 3;

/// The question's parts: its sentences and clauses, also those that have no words of their own. Where words tell nothing, as in a
/// language that is not known here, none of them can be checked.
pub(super) fn parts(asked: &str, transcript: &Transcript, tag: Option<&str>, tells: bool) -> Vec<Part> {
    let sentences = Sentences::of(transcript);
    let said: Vec<BTreeSet<String>> =
        sentences.iter().map(|words| stems(&transcript.text(words.clone()), tag).into_iter().collect()).collect();
    let mut earlier = BTreeSet::new();
    let mut parts = Vec::new();
    for clause in clauses(asked) {
        let own: BTreeSet<String> = own_words(clause, tag).difference(&earlier).cloned().collect();
        let place = said.iter().position(|said| tells && !own.is_disjoint(said));
        let taken_up = place.and_then(|place| sentences.iter().nth(place).cloned());
        parts.push(Part { text: SafeText::line(clause), taken_up, checkable: tells && !own.is_empty() });
        earlier.extend(own);
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
        let parts = parts(asked, &spoken(said), Some("en"), true);
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
    fn a_part_without_words_that_an_answer_would_say_is_a_part_of_which_nothing_can_be_told() {
        for asked in ["What did you do, and how did it end?", "Describe one case. How did it end?"] {
            let parts = parts(asked, &spoken("I did what you would do in that case and it ended"), Some("en"), true);
            assert_eq!(parts.len(), 2, "{asked}");
            assert!(parts.iter().all(|part| !part.checkable && part.taken_up.is_none()), "{parts:?}");
        }
        let parts = parts("Describe one case of a conflict. How did it end?", &spoken(""), Some("en"), true);
        assert_eq!(parts.iter().map(|part| part.checkable).collect::<Vec<_>>(), [true, false]);
    }
}
