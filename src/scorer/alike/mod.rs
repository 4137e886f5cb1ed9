//! Answers of different people that say the same in the same words: near-duplicates, and passages read from one script.
//!
//! A finding to look at, with both passages side by side, after the reveal; never a verdict. What everyone says because the question says
//! it does not count. Candidates for a pair come from two sides: whole answers alike by MinHash over shingles of three words (Broder 1997,
//! bands as in Leskovec, Rajaraman & Ullman, ch. 3), and long passages that few share by runs of nine words; each is then compared exactly.

mod differing;
mod groups;
mod near;
mod of_batch;
mod passages;
mod shared;

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::interview::Digest;
use crate::journal::Statement;
use crate::text::SafeText;
use crate::transcript::{Transcript, folded};

pub use differing::differences;
pub use groups::{Group, groups};
pub use of_batch::{Alike, Likeness, alike_in, pairs_of};

/// The version of the comparison, kept with what was found.
pub const VERSION: u16 = 1;

/// Words of a shingle.
const SHINGLE: usize = 3;
/// From this share of common shingles on, two answers are alike: one word in ten changed leaves about 0.57, one in five about 0.34; two
/// answers to one question in people's own words lie under 0.05.
pub const ALIKE: f64 = 0.35;
/// A passage from so many words on is no chance, in answers that are otherwise different.
pub const LONG: usize = 16;
/// Shorter answers say too little to be told apart.
const FEWEST: usize = 20;

/// One answer, made ready for comparison.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Answers of one owner are not compared with each other.
    owner: u64,
    /// Each compared word, as a hash.
    tokens: Vec<u32>,
    /// The word of the transcript that each stands in.
    places: Vec<u32>,
    /// Hashes of its shingles, sorted, without those of the question.
    shingles: Vec<u32>,
}

/// What is not to be compared: the words of the questions.
#[derive(Clone, Debug, Default)]
pub struct Asked(HashSet<u32>);

impl Asked {
    /// The shingles of these questions.
    pub fn of<'q>(questions: impl IntoIterator<Item = &'q str>) -> Self {
        let shingles = |question: &str| {
            let tokens: Vec<u32> = folded(question).iter().map(|word| hash(word)).collect();
            tokens.windows(SHINGLE).map(mix).collect::<Vec<u32>>()
        };
        Asked(questions.into_iter().flat_map(shingles).collect())
    }
}

impl Text {
    /// Of a transcript, names hidden. `owner` says whose it is.
    pub fn of(transcript: &Transcript, owner: u64, asked: &Asked) -> Self {
        let words = transcript.folded();
        let tokens: Vec<u32> = words.iter().map(|(_, word)| hash(word)).collect();
        let mut shingles: Vec<u32> = tokens.windows(SHINGLE).map(mix).filter(|shingle| !asked.0.contains(shingle)).collect();
        shingles.sort_unstable();
        shingles.dedup();
        Text { owner, places: words.iter().map(|(place, _)| *place as u32).collect(), tokens, shingles }
    }

    fn is_long_enough(&self) -> bool {
        self.tokens.len() >= FEWEST && self.shingles.len() >= FEWEST / 2
    }

    /// The words of the transcript that some compared words stand in.
    fn words(&self, tokens: &Range<usize>) -> Range<usize> {
        self.places[tokens.start] as usize..self.places[tokens.end - 1] as usize + 1
    }
}

/// What is written down of the pairs that an answer is in, the `nth` of those that were compared, when a person first sees them. `id` says
/// which answer stands at a place: the places themselves differ from reviewer to reviewer.
pub fn statement(pairs: &[Pair], nth: usize, id: impl Fn(usize) -> String) -> Statement {
    let of_it = |pair: &&Pair| pair.a == nth || pair.b == nth;
    let said = |pair: &Pair| {
        let is_first = pair.a == nth;
        let other = if is_first { pair.b } else { pair.a };
        let mine = pair.passages.iter().map(|passage| if is_first { &passage.a } else { &passage.b });
        let passages: Vec<&Range<usize>> = mine.collect();
        serde_json::json!({ "with": id(other), "likeness": pair.likeness, "passages": passages }).to_string()
    };
    let mut all: Vec<String> = pairs.iter().filter(of_it).map(said).collect();
    all.sort();
    let digest = Digest::of(all.join("\n").as_bytes());
    Statement { by: SafeText::line("likeness"), version: SafeText::line(&VERSION.to_string()), digest }
}

/// Two answers that have something in common.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Pair {
    /// The first answer's place among those that were compared.
    pub a: usize,
    /// The second's.
    pub b: usize,
    /// Common shingles over all of both, 0 to 1.
    pub likeness: f64,
    /// Common shingles over those of the shorter, 0 to 1.
    pub contained: f64,
    /// What they have in common, in the first answer's order.
    pub passages: Vec<Passage>,
}

impl Pair {
    /// Whether the answers as wholes are alike, and not a passage alone.
    pub fn is_whole(&self) -> bool {
        self.likeness >= ALIKE
    }

    /// Words of the longest passage, in the first answer.
    pub fn longest(&self) -> usize {
        self.passages.iter().map(|passage| passage.a.len()).max().unwrap_or(0)
    }
}

/// The same passage in two answers, as words of their transcripts; a few words within may differ.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Passage {
    /// In the first answer.
    pub a: Range<usize>,
    /// In the second.
    pub b: Range<usize>,
}

/// All pairs that are alike or share a long passage, the most alike first.
pub fn pairs(texts: &[Text]) -> Vec<Pair> {
    let mut candidates = near::candidates(texts);
    candidates.extend(shared::candidates(texts));
    candidates.sort_unstable();
    candidates.dedup();
    let mut pairs: Vec<Pair> = candidates.into_iter().filter_map(|(a, b)| compared(texts, a as usize, b as usize)).collect();
    pairs.sort_by(|x, y| y.likeness.total_cmp(&x.likeness).then_with(|| (x.a, x.b).cmp(&(y.a, y.b))));
    pairs
}

fn compared(texts: &[Text], a: usize, b: usize) -> Option<Pair> {
    let (first, second) = (&texts[a], &texts[b]);
    if first.owner == second.owner {
        return None;
    }
    let common = common(&first.shingles, &second.shingles);
    let (shorter, both) = (first.shingles.len().min(second.shingles.len()), first.shingles.len() + second.shingles.len() - common);
    let likeness = common as f64 / both.max(1) as f64;
    // Comparing words is dear: a long passage of nine-word runs has its shingles in common too.
    if likeness < ALIKE && common < LONG - SHINGLE {
        return None;
    }
    let passages = passages::passages(first, second);
    let pair = Pair { a, b, likeness, contained: common as f64 / shorter.max(1) as f64, passages };
    (pair.is_whole() || pair.longest() >= LONG).then_some(pair)
}

/// How many values two sorted lists have in common.
fn common(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut common) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                common += 1;
                i += 1;
                j += 1;
            }
        }
    }
    common
}

/// FNV-1a, folded to 32 bits: the same on every machine and in every version.
fn hash(word: &str) -> u32 {
    let hash = word.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash ^ (hash >> 32)) as u32
}

/// A run of words as one number.
fn mix(tokens: &[u32]) -> u32 {
    let mixed = mix_long(tokens);
    (mixed ^ (mixed >> 32)) as u32
}

fn mix_long(tokens: &[u32]) -> u64 {
    tokens.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |mixed, token| {
        let mixed = (mixed ^ u64::from(*token)).wrapping_mul(0xff51_afd7_ed55_8ccd);
        mixed ^ (mixed >> 29)
    })
}

#[cfg(test)]
mod tests;
