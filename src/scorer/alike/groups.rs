//! Which pairs are of one script: a finding with all its people, so that one that many read does not drown the others.

use std::ops::Range;

use super::{LONG, Pair};

/// Passages of one answer that have so many words in common are of the same script.
const SAME: usize = LONG / 2;

/// Answers that have one script in common.
#[derive(Clone, PartialEq, Debug)]
pub struct Group {
    /// Their places among those that were compared, in order.
    pub answers: Vec<usize>,
    /// The pairs that were found among them, as places in the list of pairs; the most alike first.
    pub pairs: Vec<usize>,
    /// How alike the least and the most alike of these pairs are, 0 to 1.
    pub likeness: (f64, f64),
}

/// The pairs as findings: two pairs are of one where they meet in an answer, in the same passage of it. In the order of the pairs.
pub fn groups(pairs: &[Pair]) -> Vec<Group> {
    // A stretch of one answer, and the pair that has it in common with another.
    let mut stretches: Vec<(usize, Range<usize>, usize)> = Vec::new();
    for (nth, pair) in pairs.iter().enumerate() {
        stretches.push((pair.a, stretch(pair, |passage| passage.0), nth));
        stretches.push((pair.b, stretch(pair, |passage| passage.1), nth));
    }
    stretches.sort_by_key(|(answer, words, nth)| (*answer, words.start, *nth));
    let mut of: Vec<usize> = (0..pairs.len()).collect();
    let mut last: Option<(usize, Range<usize>, usize)> = None;
    for (answer, words, nth) in stretches {
        match &mut last {
            Some((same, before, with)) if *same == answer && words.start + SAME <= before.end => {
                before.end = before.end.max(words.end);
                join(&mut of, *with, nth);
            }
            _ => last = Some((answer, words, nth)),
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; pairs.len()];
    for (nth, pair) in pairs.iter().enumerate() {
        let root = root(&mut of, nth);
        let at = *place[root].get_or_insert_with(|| {
            groups.push(Group { answers: Vec::new(), pairs: Vec::new(), likeness: (pair.likeness, pair.likeness) });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.answers.extend([pair.a, pair.b]);
        group.pairs.push(nth);
        group.likeness = (group.likeness.0.min(pair.likeness), group.likeness.1.max(pair.likeness));
    }
    for group in &mut groups {
        group.answers.sort_unstable();
        group.answers.dedup();
    }
    groups
}

/// What of one of its answers a pair is about: of answers that are alike as wholes all from the first passage to the last, else the longest.
fn stretch(pair: &Pair, of: impl Fn((Range<usize>, Range<usize>)) -> Range<usize>) -> Range<usize> {
    let passages: Vec<Range<usize>> = pair.passages.iter().map(|passage| of((passage.a.clone(), passage.b.clone()))).collect();
    let longest = || passages.iter().max_by_key(|words| words.len()).cloned();
    let hull = || Some(passages.iter().map(|words| words.start).min()?..passages.iter().map(|words| words.end).max()?);
    if pair.is_whole() { hull() } else { longest() }.unwrap_or(0..0)
}

fn root(of: &mut [usize], nth: usize) -> usize {
    let mut at = nth;
    while of[at] != at {
        of[at] = of[of[at]];
        at = of[at];
    }
    at
}

fn join(of: &mut [usize], a: usize, b: usize) {
    let (a, b) = (root(of, a), root(of, b));
    of[a.max(b)] = a.min(b);
}
