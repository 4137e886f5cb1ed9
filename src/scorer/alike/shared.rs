//! Which answers share a long passage that few others have.

use super::near::paired;
use super::{Text, mix_long};

/// Words of a run.
const RUN: usize = 9;
/// So many runs in common make a passage worth comparing: one of sixteen words has eight.
const RUNS: usize = 8;
/// What more answers than this have in common is a turn of phrase and no script.
const MANY: usize = 200;

/// Pairs of places with enough runs in common.
pub(super) fn candidates(texts: &[Text]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u64, u32)> = Vec::new();
    for (nth, text) in texts.iter().enumerate().filter(|(_, text)| text.is_long_enough()) {
        runs.extend(text.tokens.windows(RUN).map(|run| (mix_long(run), nth as u32)));
    }
    runs.sort_unstable();
    runs.dedup();
    let mut found: Vec<(u32, u32)> = Vec::new();
    for group in runs.chunk_by(|a, b| a.0 == b.0).filter(|group| (2..=MANY).contains(&group.len())) {
        let places: Vec<u32> = group.iter().map(|(_, nth)| *nth).collect();
        found.extend(paired(&places));
    }
    drop(runs);
    found.sort_unstable();
    found.chunk_by(|a, b| a == b).filter(|same| same.len() >= RUNS).map(|same| same[0]).collect()
}
