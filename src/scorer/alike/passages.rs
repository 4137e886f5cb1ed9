//! What two answers have in common, passage by passage.

use std::collections::HashMap;
use std::ops::Range;

use super::{Passage, Text, mix_long};

/// A passage begins with so many words in common.
const BEGINS: usize = 5;
/// So many words may differ within a passage, on either side.
const DIFFER: usize = 4;

/// The passages in the first answer's order, each word of it in one alone.
pub(super) fn passages(a: &Text, b: &Text) -> Vec<Passage> {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, run) in b.tokens.windows(BEGINS).enumerate() {
        places.entry(mix_long(run)).or_default().push(at);
    }
    let mut common: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut at = 0;
    while at + BEGINS <= a.tokens.len() {
        let starts = places.get(&mix_long(&a.tokens[at..at + BEGINS])).map(Vec::as_slice).unwrap_or_default();
        let longest =
            starts.iter().map(|start| (same(&a.tokens[at..], &b.tokens[*start..]), *start)).max_by_key(|(length, start)| {
                // Of passages of one length the one that goes on from the last is meant.
                let goes_on = common.last().is_some_and(|(_, last)| *start >= last.end);
                (*length, goes_on, std::cmp::Reverse(*start))
            });
        match longest.filter(|(length, _)| *length >= BEGINS) {
            Some((length, start)) => {
                common.push((at..at + length, start..start + length));
                at += length;
            }
            None => at += 1,
        }
    }
    joined(common).into_iter().map(|(x, y)| Passage { a: a.words(&x), b: b.words(&y) }).collect()
}

/// How many words are the same from the start.
fn same(a: &[u32], b: &[u32]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// Passages between which little differs, as one.
fn joined(common: Vec<(Range<usize>, Range<usize>)>) -> Vec<(Range<usize>, Range<usize>)> {
    let mut joined: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    for (a, b) in common {
        match joined.last_mut() {
            Some((x, y)) if a.start - x.end <= DIFFER && b.start >= y.end && b.start - y.end <= DIFFER => {
                (x.end, y.end) = (a.end, b.end)
            }
            _ => joined.push((a, b)),
        }
    }
    joined
}
