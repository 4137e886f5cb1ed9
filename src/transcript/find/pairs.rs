//! Neighbours: in which answers of a volume one very common word comes right after another.
//!
//! Common words stand in nearly every answer, so that a phrase of them would have to be followed through nearly all. Which
//! two of them are neighbours is kept, and leaves few answers to look at.

use super::pack::{self, Numbers};
use super::volume::Volume;

/// A word is common where more than one answer in so many has it.
const COMMON: usize = 8;

/// Common words of a volume, at most; there are fewer than two hundred in everyday speech.
const MOST: usize = 256;

/// A volume of fewer answers is followed through sooner than neighbours are looked up.
const FEWEST_ANSWERS: usize = 1_000;

/// Neighbours that are looked up for two places of a phrase, at most: with more, nearly every answer has some.
const MOST_LOOK_UPS: usize = 2_048;

/// The neighbours of a volume.
#[derive(Clone, Default)]
pub(super) struct Pairs {
    /// The common terms, sorted.
    common: Box<[u32]>,
    /// Each pair that occurs, sorted: the place of its first term in `common`, times their number, and that of its second.
    keys: Box<[u32]>,
    /// Where the answers of each pair end.
    ends: Box<[u32]>,
    /// The answers of each pair: the first, then the steps from one to the next, packed.
    answers: Box<[u8]>,
}

/// What one place of a phrase is in a volume; answers are one bit each.
#[derive(Default)]
pub(super) struct Slot {
    /// The answers with a word that fits.
    pub(super) all: Vec<u64>,
    /// Those with one that fits and is not common.
    rare: Vec<u64>,
    /// The common ones that fit: their places among them.
    common: Vec<usize>,
}

impl Slot {
    pub(super) fn new(answers: usize) -> Self {
        let none = vec![0; answers.div_ceil(64)];
        Slot { all: none.clone(), rare: none, common: Vec::new() }
    }

    /// A term fits, which these answers have.
    pub(super) fn take(&mut self, term: usize, pairs: &Pairs, answers: impl Iterator<Item = usize>) {
        match pairs.place(term) {
            Some(place) => {
                self.common.push(place);
                set(&mut self.all, answers);
            }
            None => answers.for_each(|answer| {
                self.all[answer / 64] |= 1 << (answer % 64);
                self.rare[answer / 64] |= 1 << (answer % 64);
            }),
        }
    }
}

impl Pairs {
    /// The neighbours of a volume whose words are all there.
    pub(super) fn of(volume: &Volume) -> Self {
        let answers = volume.docs.len();
        if answers < FEWEST_ANSWERS {
            return Pairs::default();
        }
        let common = common(volume);
        let mut places = vec![0_u32; volume.terms.len()];
        common.iter().zip(1..).for_each(|(term, place)| places[*term as usize] = place);
        let (count, mut met) = (common.len() as u32, Vec::new());
        for answer in 0..answers {
            let from = met.len();
            let mut before = 0;
            for term in volume.terms_in(answer) {
                let place = places[term as usize];
                if before > 0 && place > 0 {
                    met.push((u64::from((before - 1) * count + place - 1) << 32) | answer as u64);
                }
                before = place;
            }
            // Most of them come several times in an answer.
            met[from..].sort_unstable();
            let mut kept = from;
            for at in from..met.len() {
                if at == from || met[at] != met[kept - 1] {
                    met[kept] = met[at];
                    kept += 1;
                }
            }
            met.truncate(kept);
        }
        met.sort_unstable();
        Pairs::pack(common, &met)
    }

    fn pack(common: Vec<u32>, met: &[u64]) -> Self {
        let (mut keys, mut ends, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for of_pair in met.chunk_by(|a, b| a >> 32 == b >> 32) {
            let mut next = 0;
            for met in of_pair {
                pack::put(*met as u32 - next, &mut answers);
                next = *met as u32;
            }
            keys.push((of_pair[0] >> 32) as u32);
            ends.push(answers.len() as u32);
        }
        Pairs { common: common.into(), keys: keys.into(), ends: ends.into(), answers: answers.into() }
    }

    /// The place of a term among the common ones; none where it is not common.
    fn place(&self, term: usize) -> Option<usize> {
        self.common.binary_search(&(term as u32)).ok()
    }

    /// The answers in which a word for one place of a phrase may come right before one for the next, one bit an answer; none
    /// where neighbours say no more than the words themselves.
    pub(super) fn side_by_side(&self, before: &Slot, after: &Slot) -> Option<Vec<u64>> {
        let look_ups = before.common.len() * after.common.len();
        if look_ups == 0 || look_ups > MOST_LOOK_UPS {
            return None;
        }
        let rare = before.rare.iter().zip(&after.all).map(|(rare, all)| rare & all);
        let mut may: Vec<u64> = rare.zip(before.all.iter().zip(&after.rare)).map(|(has, (all, rare))| has | (all & rare)).collect();
        for first in &before.common {
            after.common.iter().for_each(|second| set(&mut may, self.answers_with(*first, *second)));
        }
        Some(may)
    }

    /// The answers in which one common word comes right before another.
    fn answers_with(&self, first: usize, second: usize) -> impl Iterator<Item = usize> {
        let found = self.keys.binary_search(&((first * self.common.len() + second) as u32)).ok();
        let range = found.map_or(0..0, |at| {
            let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
            start as usize..self.ends[at] as usize
        });
        let mut answer = 0;
        Numbers(&self.answers[range]).map(move |step| {
            answer += step as usize;
            answer
        })
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> usize {
        (self.common.len() + self.keys.len() + self.ends.len()) * size_of::<u32>() + self.answers.len()
    }
}

fn set(bits: &mut [u64], answers: impl Iterator<Item = usize>) {
    answers.for_each(|answer| bits[answer / 64] |= 1 << (answer % 64));
}

/// The common terms of a volume, sorted.
fn common(volume: &Volume) -> Vec<u32> {
    let least = volume.docs.len() / COMMON;
    let counted = (0..volume.terms.len()).map(|term| (volume.answers_with(term).count(), term as u32));
    let mut common: Vec<(usize, u32)> = counted.filter(|(count, _)| *count > least).collect();
    common.sort_unstable_by(|a, b| b.cmp(a));
    let mut terms: Vec<u32> = common.into_iter().take(MOST).map(|(_, term)| term).collect();
    terms.sort_unstable();
    terms
}

#[cfg(test)]
mod tests {
    use super::super::{Binder, Entry, Index, Language, Phrase};
    use crate::interview::AnswerId;

    /// Two thousand answers of the same three words, each in an order of its own, and one with a fourth.
    fn index() -> Index {
        const ORDERS: [&str; 4] = ["the of and", "and the of", "of the and", "and of the"];
        let mut binder = Binder::new(Language::of(Some("en")));
        for nth in 0..2_000_u32 {
            let answer = AnswerId::derive(&[&nth.to_string()]);
            let entry = Entry { answer, question: 0, rank: nth, covered: false };
            let text = if nth == 1_234 { "the rain. And the - and, of the" } else { ORDERS[nth as usize % 4] };
            binder.add_written(entry, text);
        }
        let mut index = Index::default();
        index.add(binder.bind());
        index
    }

    /// The answers with a phrase, looking at no more than so many words.
    fn found(index: &Index, phrase: &str, work: usize) -> (usize, Vec<u32>) {
        let found = index.find(&Phrase::typed(phrase), usize::MAX - 1, work, |_| true);
        assert!(!found.is_partial(), "{phrase}: {work} words were not enough");
        (found.hits.len(), found.hits.iter().map(|hit| hit.entry.rank).take(3).collect())
    }

    #[test]
    fn what_stands_beside_what_leaves_few_answers_to_follow() {
        let index = index();
        assert_eq!(found(&index, "and the and", 100), (1, vec![1_234]), "punctuation is no word between");
        assert_eq!(found(&index, "of of", 100), (0, vec![]));
        assert_eq!(found(&index, "the rain", 100), (1, vec![1_234]), "a rare word is found beside a common one");
        assert_eq!(found(&index, "rain and", 100), (1, vec![1_234]));
    }

    #[test]
    fn the_same_is_found_as_where_all_is_followed() {
        let index = index();
        assert_eq!(found(&index, "the of", 10_000), (1_000, vec![0, 1, 4]));
        assert_eq!(found(&index, "of the", 10_000), (1_000, vec![2, 3, 6]));
        assert_eq!(found(&index, "of t", 10_000).0, 1_000, "also while the last word is typed");
        assert_eq!(found(&index, "the", 10_000).0, 2_002);
    }
}
