//! Where a reviewer goes who skims: facts in the order of time before the reveal, what matters for a criterion after it.

use std::ops::Range;

use crate::interview::{CriterionId, Moment};
use crate::scorer::reader::Proposal;
use crate::scorer::reader::embedded::Sifted;
use crate::scorer::said::Said;
use crate::transcript::{Sentences, Transcript};

/// A place to go to.
#[derive(Clone, PartialEq, Debug)]
pub struct Stop {
    /// When to start hearing.
    pub at: Moment,
    /// The words of the passage.
    pub words: Range<usize>,
    /// What is there.
    pub what: Stopping,
}

/// What is at a stop.
#[derive(Clone, PartialEq, Debug)]
pub enum Stopping {
    /// A sentence begins.
    Sentence,
    /// Words that a criterion looks for were said.
    Hit(CriterionId),
    /// A passage that matters for a criterion, with how many of the things to look for stand in it.
    Passage {
        /// For which.
        criterion: CriterionId,
        /// Things to look for that were named in it.
        named: usize,
        /// Whether a second reader quotes it.
        is_quoted: bool,
    },
}

/// Before the reveal: literal hits, and where sentences begin, in the order of time. Nothing says what matters more.
pub fn facts(transcript: &Transcript, said: &Said, with_hits: bool) -> Vec<Stop> {
    if !transcript.is_timed() {
        return Vec::new();
    }
    let sentence =
        |words: &Range<usize>| Some(Stop { at: transcript.span_of(words)?.start, words: words.clone(), what: Stopping::Sentence });
    let mut stops: Vec<Stop> = Sentences::of(transcript).iter().filter_map(sentence).collect();
    if with_hits {
        stops.extend(said.hits.iter().filter_map(|hit| {
            let what = Stopping::Hit(hit.criterion.clone());
            Some(Stop { at: hit.span?.start, words: hit.words.clone(), what })
        }));
    }
    stops.sort_by_key(|stop| (stop.at, stop.words.start));
    stops
}

/// After the reveal: the passages that matter most for a criterion, the richest first; what a second reader quotes is marked.
pub fn passages(transcript: &Transcript, said: &Said, criterion: &CriterionId, second: Option<&Proposal>) -> Vec<Stop> {
    let quoted: Vec<&Range<usize>> = second
        .into_iter()
        .flat_map(|proposal| &proposal.ratings)
        .filter(|rating| rating.criterion == *criterion)
        .map(|rating| &rating.words)
        .collect();
    let sifted = Sifted::of(transcript, said);
    let passage = |words: &Range<usize>| {
        let mut named: Vec<usize> = said
            .hits
            .iter()
            .filter(|hit| hit.criterion == *criterion && words.contains(&hit.words.start) && sifted.counts(hit))
            .map(|hit| hit.looked_for)
            .collect();
        named.sort_unstable();
        named.dedup();
        let is_quoted = quoted.iter().any(|quote| quote.start < words.end && words.start < quote.end);
        if named.is_empty() && !is_quoted {
            return None;
        }
        let what = Stopping::Passage { criterion: criterion.clone(), named: named.len(), is_quoted };
        Some(Stop { at: transcript.span_of(words)?.start, words: words.clone(), what })
    };
    let mut stops: Vec<Stop> = Sentences::of(transcript).iter().filter_map(passage).collect();
    let worth = |stop: &Stop| match &stop.what {
        Stopping::Passage { named, is_quoted, .. } => 2 * named + usize::from(*is_quoted),
        _ => 0,
    };
    stops.sort_by_key(|stop| (std::cmp::Reverse(worth(stop)), stop.words.start));
    stops
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scorer::said::{LookHit, testing::spoken};

    fn id(text: &str) -> CriterionId {
        text.parse().expect("an id")
    }

    fn said(transcript: &Transcript, hits: &[(&str, usize, Range<usize>)]) -> Said {
        let hit = |(criterion, looked_for, words): &(&str, usize, Range<usize>)| LookHit {
            criterion: id(criterion),
            looked_for: *looked_for,
            words: words.clone(),
            span: transcript.span_of(words),
        };
        Said { hits: hits.iter().map(hit).collect(), ..Said::default() }
    }

    #[test]
    fn before_the_reveal_there_is_only_time() {
        let transcript = spoken("It broke again. My guess was the pump. We ruled it out.");
        let said = said(&transcript, &[("a", 0, 3..5), ("b", 0, 9..10)]);
        let places: Vec<usize> = facts(&transcript, &said, true).iter().map(|stop| stop.words.start).collect();
        assert_eq!(places, [0, 3, 3, 8, 9]);
        let without: Vec<usize> = facts(&transcript, &said, false).iter().map(|stop| stop.words.start).collect();
        assert_eq!(without, [0, 3, 8]);
    }

    #[test]
    fn after_it_the_richest_passage_of_a_criterion_comes_first() {
        let transcript = spoken("My guess was the pump. It broke again. A guess I could rule out.");
        let said = said(&transcript, &[("a", 0, 0..2), ("a", 0, 9..10), ("a", 1, 12..14), ("b", 0, 5..6)]);
        let stops = passages(&transcript, &said, &id("a"), None);
        assert_eq!(stops.iter().map(|stop| stop.words.clone()).collect::<Vec<_>>(), [8..14, 0..5]);
    }

    #[test]
    fn what_was_not_and_what_is_only_listed_is_no_passage() {
        let transcript = spoken("I never had a guess. Guess, pump, disk. I wrote down a guess.");
        let said = Said::of(&transcript, None, "", Some("en"));
        let hits = [("a", 0, 4..5), ("a", 0, 5..6), ("a", 1, 6..7), ("a", 2, 7..8), ("a", 0, 12..13)];
        let said = Said { hits: self::said(&transcript, &hits).hits, ..said };
        let stops = passages(&transcript, &said, &id("a"), None);
        assert!(stops.len() == 1 && stops[0].words == (8..13), "{}", stops.len());
    }
}
