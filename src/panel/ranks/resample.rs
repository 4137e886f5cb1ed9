//! Between which ranks a candidate may stand if other reviewers like these had been asked, by weighted totals.

use super::competition_ranks;
use super::draws::draws;
use crate::panel::grid::Grid;
use crate::panel::totals::{is_rated, weighted};

/// Ends of the interval: the smallest value whose cumulative share reaches these.
const ENDS: (f64, f64) = (0.05, 0.95);

/// What drawing reviewers anew, with replacement, does to ranks and totals.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::panel) struct Resampled {
    /// Rank from, rank to, by candidate as given.
    pub(in crate::panel) ranks: Vec<(u32, u32)>,
    /// Total from, total to.
    pub(in crate::panel) totals: Vec<(f64, f64)>,
    /// Share of the draws that left someone without a rating and were drawn again.
    pub(in crate::panel) redrawn: f64,
    /// In words.
    pub(in crate::panel) method: String,
}

/// Draws as many reviewers as there are, with replacement, again and again, and ranks `candidates` each time. None with
/// fewer than two reviewers, or when most draws would leave a candidate without any rating.
pub(in crate::panel) fn resample(grid: &Grid, candidates: &[usize]) -> Option<Resampled> {
    let everyone = grid.reviewers.len();
    let rates = |reviewer: &usize| {
        let only: Vec<u32> = (0..everyone).map(|at| u32::from(at == *reviewer)).collect();
        candidates.iter().any(|&candidate| is_rated(grid, candidate, &only))
    };
    let reviewers: Vec<usize> = (0..everyone).filter(rates).collect();
    if reviewers.len() < 2 || candidates.is_empty() {
        return None;
    }
    let (draws, how) = draws(reviewers.len());
    let mut outcomes = Outcomes::new(candidates.len());
    for (drawn, weight) in &draws {
        let mut times = vec![0; everyone];
        reviewers.iter().zip(drawn).for_each(|(&at, &n)| times[at] = n);
        outcomes.add(totals_of(grid, candidates, &times), *weight);
    }
    let all: f64 = draws.iter().map(|(_, weight)| weight).sum();
    outcomes.summed_up(all, format!("reviewers drawn anew with replacement, {how}, 5th to 95th percentile"))
}

/// None when a draw leaves a candidate without any rating. A candidate who answered nothing needs none.
fn totals_of(grid: &Grid, candidates: &[usize], times: &[u32]) -> Option<Vec<f64>> {
    let everyone = vec![1; times.len()];
    let total = |&candidate: &usize| {
        let needs_none = !is_rated(grid, candidate, &everyone);
        let total = weighted(grid, candidate, times).0.ok();
        total.filter(|_| needs_none || is_rated(grid, candidate, times))
    };
    candidates.iter().map(total).collect()
}

/// Ranks and totals of all draws, with how often each draw comes.
struct Outcomes {
    ranks: Vec<Vec<(u32, f64)>>,
    totals: Vec<Vec<(f64, f64)>>,
    kept: f64,
}

impl Outcomes {
    fn new(candidates: usize) -> Self {
        Outcomes { ranks: vec![Vec::new(); candidates], totals: vec![Vec::new(); candidates], kept: 0.0 }
    }

    fn add(&mut self, totals: Option<Vec<f64>>, weight: f64) {
        let Some(totals) = totals else { return };
        self.kept += weight;
        let ranks = competition_ranks(&totals);
        for (at, (rank, total)) in ranks.into_iter().zip(totals).enumerate() {
            self.ranks[at].push((rank, weight));
            self.totals[at].push((total, weight));
        }
    }

    fn summed_up(mut self, all: f64, method: String) -> Option<Resampled> {
        let redrawn = 1.0 - self.kept / all;
        if redrawn > 0.5 {
            return None;
        }
        let ranks = self.ranks.iter_mut().map(|of| {
            of.sort_unstable_by_key(|(rank, _)| *rank);
            (quantile(of, self.kept, ENDS.0), quantile(of, self.kept, ENDS.1))
        });
        let ranks = ranks.collect();
        let totals = self.totals.iter_mut().map(|of| {
            of.sort_unstable_by(|(a, _), (b, _)| a.total_cmp(b));
            (quantile(of, self.kept, ENDS.0), quantile(of, self.kept, ENDS.1))
        });
        let totals = totals.collect();
        Some(Resampled { ranks, totals, redrawn, method })
    }
}

/// The smallest value whose cumulative share reaches `share`.
fn quantile<T: Copy>(sorted: &[(T, f64)], all: f64, share: f64) -> T {
    let mut sum = 0.0;
    let reached = sorted.iter().find(|(_, weight)| {
        sum += weight;
        sum / all >= share - 1e-12
    });
    reached.or(sorted.last()).expect("at least half of the draws were kept").0
}
