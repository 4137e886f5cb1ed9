//! Comparisons of the same two, taken together.

use super::{Comparison, Outcome};

/// All comparisons of two.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Pair {
    /// The lower number of the two.
    pub(super) a: u32,
    /// The higher.
    pub(super) b: u32,
    /// How often the lower was preferred.
    pub(super) first: u32,
    /// How often the higher was.
    pub(super) second: u32,
    /// How often neither was.
    pub(super) ties: u32,
}

impl Pair {
    /// How often they met.
    pub(super) fn met(&self) -> u32 {
        self.first + self.second + self.ties
    }

    /// What the lower number got: one where it was preferred, half of a tie. The higher got the rest.
    pub(super) fn got(&self) -> f64 {
        f64::from(2 * self.first + self.ties) / 2.0
    }
}

/// The pairs in the order of their numbers; comparisons of a candidate with itself are left out.
pub(super) fn counted(candidates: usize, comparisons: &[Comparison]) -> Vec<Pair> {
    let mut pairs = Vec::with_capacity(comparisons.len());
    let mut row = vec![[0; 4]; candidates];
    let others = Others::of(candidates, comparisons);
    for a in 0..candidates {
        others.of_one(a).iter().for_each(|one| row[(one >> 2) as usize][(one & 3) as usize] += 1);
        for (b, seen) in row.iter_mut().enumerate().skip(a + 1) {
            if *seen != [0; 4] {
                let [first, second, ties, _] = std::mem::take(seen);
                pairs.push(Pair { a: a as u32, b: b as u32, first, second, ties });
            }
        }
    }
    pairs
}

/// Comparisons by the lower number of their two, each as the higher number with what came out in its last two bits.
struct Others {
    all: Vec<u32>,
    ends: Vec<usize>,
}

impl Others {
    fn of(candidates: usize, comparisons: &[Comparison]) -> Self {
        let lower = |one: &Comparison| one.a.min(one.b);
        let met = || comparisons.iter().filter(|one| one.a != one.b);
        let mut ends = vec![0; candidates + 1];
        met().for_each(|one| ends[lower(one) + 1] += 1);
        (0..candidates).for_each(|at| ends[at + 1] += ends[at]);
        let mut all = vec![0; ends[candidates]];
        for one in met() {
            let outcome = match one.outcome {
                Outcome::First => u32::from(one.a > one.b),
                Outcome::Second => u32::from(one.a < one.b),
                Outcome::Tie => 2,
            };
            // The ends begin as beginnings and move on.
            let at = &mut ends[lower(one)];
            all[*at] = (one.a.max(one.b) as u32) << 2 | outcome;
            *at += 1;
        }
        Others { all, ends }
    }

    fn of_one(&self, at: usize) -> &[u32] {
        let begin = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[begin..self.ends[at]]
    }
}
