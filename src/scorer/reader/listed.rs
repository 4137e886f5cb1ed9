//! Which words that the rubric looks for are only listed: `disk, logs, customer, rollback` says nothing of any of them.
//!
//! A hit counts where the sentence says something: where it has words beside those that are looked for, articles and connecting words
//! not counted, and in English somebody or a verb among them. A sentence counts for no more hits than it has such words, and of hits in a
//! row no more than [`MOST_IN_A_ROW`].

use std::ops::Range;

use crate::scorer::said::{Said, is_done};
use crate::transcript::{Sentences, Transcript};

/// Hits in a row, with nothing said between them, of which each may count.
const MOST_IN_A_ROW: usize = 3;
/// Words up to which sentences without punctuation are taken for one: a pause or a caption's end may be in the middle of it.
const MOST_WORDS: usize = 40;
/// Words that say nothing by themselves: articles, what connects, what fills; English and German, folded.
const EMPTY: &[&str] = &[
    "", "a", "an", "the", "and", "or", "also", "then", "plus", "next", "etc", "um", "uh", "er", "well", "so", "okay", "ok", "of",
    "with", "to", "in", "on", "at", "for", "my", "our", "some", "all", "finally", "first", "second", "third", "last", "der", "die",
    "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "und", "oder", "auch", "dann", "mit", "von", "im", "am", "ah",
    "aeh",
];
/// Who does or is something in English, and what tells of it without being the past of a verb.
const SAYS: &[&str] = &[
    "i", "we", "you", "he", "she", "it", "they", "who", "which", "that", "this", "there", "what", "me", "us", "them", "him", "im",
    "ive", "id", "ill", "weve", "wed", "were", "its", "thats", "was", "is", "are", "am", "be", "been", "being", "had", "has",
    "have", "having", "do", "does", "did", "can", "could", "will", "would", "should", "must", "because", "if", "when", "how",
    "why", "someone", "everyone",
];

/// For each word of the transcript, whether a hit that begins there is only listed.
pub(super) struct Listed(Vec<bool>);

impl Listed {
    /// `hits` are the words of all hits of a question's lists, in the order of time.
    pub(super) fn of(transcript: &Transcript, said: &Said, sentences: &Sentences, hits: &[Range<usize>]) -> Self {
        let mut words = vec![String::new(); transcript.words.len()];
        transcript.folded().into_iter().for_each(|(nth, text)| words[nth].push_str(&text));
        let mut listed = Listed(vec![false; words.len()]);
        let mut rest = hits;
        for unit in units(transcript, sentences) {
            let (here, others) = rest.split_at(rest.partition_point(|hit| hit.start < unit.end));
            rest = others;
            listed.take(&unit, &words, &merged(here), said.actions.is_some());
        }
        listed
    }

    /// Whether a hit is only listed.
    pub(super) fn has(&self, hit: &Range<usize>) -> bool {
        self.0.get(hit.start).copied().unwrap_or_default()
    }

    fn take(&mut self, unit: &Range<usize>, words: &[String], hits: &[Range<usize>], is_english: bool) {
        let of_a_hit = |nth: usize| hits.iter().any(|hit| hit.contains(&nth));
        let says: Vec<&str> = unit.clone().filter(|nth| !of_a_hit(*nth)).map(|nth| words[nth].as_str()).collect();
        let full = says.iter().filter(|word| !EMPTY.contains(word)).count();
        let tells = |word: &&str| SAYS.contains(word) || is_done(word);
        // What is looked for may have somebody in it: `I called`.
        let has_somebody =
            |hit: &Range<usize>| hit.len() > 1 && words[hit.clone()].iter().any(|word| SAYS.contains(&word.as_str()));
        let is_told = says.iter().any(tells) || hits.iter().any(has_somebody);
        let may_count = match full {
            0 => 0,
            _ if is_english && !is_told => 0,
            // What has several words says something by itself, such as `called the customer`.
            _ => full + hits.iter().filter(|hit| hit.len() > 1).count(),
        };
        let mut in_a_row = 0;
        for (nth, hit) in hits.iter().enumerate() {
            let before = nth.checked_sub(1).map(|before| hits[before].end.min(hit.start)..hit.start);
            let goes_on = before.is_some_and(|mut between| between.all(|nth| EMPTY.contains(&words[nth].as_str())));
            in_a_row = if goes_on { in_a_row + 1 } else { 1 };
            if nth >= may_count || in_a_row > MOST_IN_A_ROW {
                self.0[hit.start..hit.end.min(words.len())].fill(true);
            }
        }
    }
}

/// Hits that overlap are one, such as of a synonym within another, or of two criteria.
fn merged(hits: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        match merged.last_mut().filter(|last| hit.start < last.end) {
            Some(last) => last.end = last.end.max(hit.end),
            None => merged.push(hit.clone()),
        }
    }
    merged
}

/// What is judged together: a sentence to its punctuation, as far as there is some.
fn units(transcript: &Transcript, sentences: &Sentences) -> Vec<Range<usize>> {
    let mut units: Vec<Range<usize>> = Vec::new();
    for sentence in sentences.iter() {
        let goes_on = |last: &&mut Range<usize>| {
            let ends = transcript.words[last.end - 1].text.as_str().trim_end_matches(['"', '\'', '”', '’', ')', ']']);
            !ends.ends_with(['.', '?', '!', '…']) && last.len() < MOST_WORDS
        };
        match units.last_mut().filter(goes_on) {
            Some(last) => last.end = sentence.end,
            None => units.push(sentence.clone()),
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::testing::spoken;
    use crate::transcript::Phrase;

    const LOOKED_FOR: [&str; 8] =
        ["disk", "logs", "customer", "timeline", "rollback", "rolled back", "called the customer", "I ordered"];

    /// The hits of a text that count, and those that are only listed.
    fn parted(text: &str) -> (Vec<String>, Vec<String>) {
        let transcript = spoken(text);
        let mut hits: Vec<Range<usize>> =
            LOOKED_FOR.iter().flat_map(|words| transcript.find(&Phrase::looked_for(words), Some("en"))).collect();
        hits.sort_by_key(|hit| (hit.start, hit.end));
        let said = Said::of(&transcript, None, "", Some("en"));
        let listed = Listed::of(&transcript, &said, &Sentences::of(&transcript), &hits);
        let text = |hit: Range<usize>| transcript.text(hit).trim_end_matches([',', '.']).to_owned();
        let (only_listed, count): (Vec<_>, Vec<_>) = hits.into_iter().partition(|hit| listed.has(hit));
        (count.into_iter().map(text).collect(), only_listed.into_iter().map(text).collect())
    }

    #[test]
    fn a_bare_list_says_nothing() {
        for text in [
            "disk, logs, customer, timeline, rollback",
            "Disk. Logs. Customer. Timeline. Rollback.",
            "The disk, and the logs, then the customer and, um, the timeline.",
            "Full disk, old logs, angry customer, exact timeline.",
            "Rolled back, called the customer, rolled back.",
        ] {
            assert_eq!(parted(text).0, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn what_is_said_of_something_counts() {
        for text in [
            "I looked at the disk.",
            "We rolled back.",
            "I ordered new cables.",
            "It was the disk, which I saw in the logs.",
            "I checked the logs, called the customer, rolled back the release and wrote a timeline.",
            "So I went through the logs and the (one second) disk was full",
        ] {
            assert_eq!(parted(text).1, Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_sentence_counts_for_no_more_than_it_says_and_no_list_in_it_for_more_than_three() {
        let list = "disk, logs, customer, timeline, rollback";
        assert_eq!(parted(&format!("I had {list}.")).0, ["disk", "logs"]);
        assert_eq!(parted(&format!("So here is everything that I did on the day: {list}.")).0, ["disk", "logs", "customer"]);
    }
}
