//! Whether the best strengths exist: whether everyone can be reached from everyone along what was won.

use super::Comparison;
use super::pair::{Pair, counted};

/// Whether everyone can be reached from everyone along wins: only then do strengths exist without a ridge.
pub fn wins_connect(candidates: usize, comparisons: &[Comparison]) -> bool {
    wins_lead_everywhere(candidates, &counted(candidates, comparisons))
}

pub(super) fn wins_lead_everywhere(candidates: usize, pairs: &[Pair]) -> bool {
    lead_everywhere(candidates, pairs, |pair| (pair.first > 0, pair.second > 0))
}

/// Whether all hang together by comparisons, whoever was preferred.
pub(super) fn compared_with_all(candidates: usize, pairs: &[Pair]) -> bool {
    lead_everywhere(candidates, pairs, |_| (true, true))
}

/// Whether strengths exist although wins alone do not connect everyone: a tie ties both ways, as long as the tie parameter
/// itself cannot grow without bound. It could where no way round has more wins than ties; then worths could grow apart with it.
pub(super) fn ties_help(candidates: usize, pairs: &[Pair]) -> bool {
    let mut ways: Vec<(usize, usize, i64)> = Vec::new();
    for pair in pairs {
        let ends = [(pair.a as usize, pair.b as usize, pair.first), (pair.b as usize, pair.a as usize, pair.second)];
        ways.extend(ends.iter().filter(|(.., wins)| *wins > 0).map(|&(from, to, _)| (from, to, -1)));
        ways.extend(ends.iter().filter(|_| pair.ties > 0).map(|&(from, to, _)| (from, to, 1)));
    }
    let both = |pair: &Pair| (pair.first + pair.ties > 0, pair.second + pair.ties > 0);
    let has_ties = pairs.iter().any(|pair| pair.ties > 0);
    has_ties && lead_everywhere(candidates, pairs, both) && has_falling_round(candidates, &ways)
}

/// Whether some way round has a negative length (Bellman and Ford).
fn has_falling_round(candidates: usize, ways: &[(usize, usize, i64)]) -> bool {
    let mut far = vec![0i64; candidates];
    for _ in 0..candidates {
        let mut changed = false;
        for &(from, to, length) in ways {
            if far[from] + length < far[to] {
                (far[to], changed) = (far[from] + length, true);
            }
        }
        if !changed {
            return false;
        }
    }
    true
}

/// Whether ways lead from everyone to everyone; of each pair it is told whether one leads from the lower to the higher number,
/// and whether one leads back.
fn lead_everywhere(candidates: usize, pairs: &[Pair], ways: impl Fn(&Pair) -> (bool, bool)) -> bool {
    let (mut along, mut back) = (Ways::none(candidates), Ways::none(candidates));
    for pair in pairs {
        let (a, b) = (pair.a as usize, pair.b as usize);
        let (there, here) = ways(pair);
        for (is_one, from, to) in [(there, a, b), (here, b, a)] {
            along.add(is_one, from, to);
            back.add(is_one, to, from);
        }
    }
    along.reach_all() && back.reach_all()
}

/// Which candidates lead to which: a row of bits each.
struct Ways {
    candidates: usize,
    words: usize,
    bits: Vec<u64>,
}

impl Ways {
    fn none(candidates: usize) -> Self {
        let words = candidates.div_ceil(64);
        Ways { candidates, words, bits: vec![0; candidates * words] }
    }

    fn add(&mut self, is_one: bool, from: usize, to: usize) {
        self.bits[from * self.words + to / 64] |= u64::from(is_one) << (to % 64);
    }

    /// Whether the first reaches all others.
    fn reach_all(&self) -> bool {
        let (mut seen, mut open) = (vec![0u64; self.words], Vec::new());
        if self.candidates > 0 {
            seen[0] = 1;
            open.push(0);
        }
        let mut reached = open.len();
        while let Some(at) = open.pop() {
            for (word, seen) in seen.iter_mut().enumerate() {
                let mut new = self.bits[at * self.words + word] & !*seen;
                *seen |= new;
                reached += new.count_ones() as usize;
                while new != 0 {
                    open.push(word * 64 + new.trailing_zeros() as usize);
                    new &= new - 1;
                }
            }
        }
        reached == self.candidates && reached > 0
    }
}
