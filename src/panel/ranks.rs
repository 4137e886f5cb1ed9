//! Ranks, and between which ranks a candidate may stand if other reviewers like these had been asked.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::grid::Grid;
use super::totals::{is_rated, weighted};

/// Up to so many reviewers every way of drawing them is counted out.
const EXACT: usize = 6;
/// How many draws are made beyond that.
const DRAWS: u32 = 4000;
/// Ends of the interval: the smallest value whose cumulative share reaches these.
const ENDS: (f64, f64) = (0.05, 0.95);

/// Competition ranks (1, 2, 2, 4), the highest first; totals are equal when they are to 1e-9.
pub fn competition_ranks(totals: &[f64]) -> Vec<u32> {
    let rounded: Vec<i64> = totals.iter().map(|total| (total * 1e9).round() as i64).collect();
    let mut sorted = rounded.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    rounded.iter().map(|value| sorted.partition_point(|other| other > value) as u32 + 1).collect()
}

/// What drawing reviewers anew, with replacement, does to ranks and totals.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Resampled {
    /// Rank from, rank to, by candidate as given.
    pub(super) ranks: Vec<(u32, u32)>,
    /// Total from, total to.
    pub(super) totals: Vec<(f64, f64)>,
    /// Share of the draws that left someone without a rating and were drawn again.
    pub(super) redrawn: f64,
    /// In words.
    pub(super) method: String,
}

/// Draws as many reviewers as there are, with replacement, again and again, and ranks `candidates` each time. None with
/// fewer than two reviewers, or when most draws would leave a candidate without any rating.
pub(super) fn resample(grid: &Grid, candidates: &[usize]) -> Option<Resampled> {
    let everyone = grid.reviewers.len();
    let rates = |reviewer: &usize| {
        let only: Vec<u32> = (0..everyone).map(|at| u32::from(at == *reviewer)).collect();
        candidates.iter().any(|&candidate| is_rated(grid, candidate, &only))
    };
    let reviewers: Vec<usize> = (0..everyone).filter(rates).collect();
    if reviewers.len() < 2 || candidates.is_empty() {
        return None;
    }
    let exact = reviewers.len() <= EXACT;
    let draws = if exact { every_draw(reviewers.len()) } else { random_draws(reviewers.len()) };
    let mut outcomes = Outcomes::new(candidates.len());
    for (drawn, weight) in &draws {
        let mut times = vec![0; everyone];
        reviewers.iter().zip(drawn).for_each(|(&at, &n)| times[at] = n);
        outcomes.add(totals_of(grid, candidates, &times), *weight);
    }
    let all: f64 = draws.iter().map(|(_, weight)| weight).sum();
    let how = if exact { "every draw".to_owned() } else { format!("{DRAWS} draws, ChaCha8, seed 0") };
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

/// Every way of drawing k of k with replacement, as how often each is drawn, and in how many of the k^k draws.
fn every_draw(k: usize) -> Vec<(Vec<u32>, f64)> {
    let mut all = Vec::new();
    let mut counts = vec![0; k];
    fill(&mut counts, 0, k as u32, &mut all);
    all
}

fn fill(counts: &mut Vec<u32>, at: usize, left: u32, all: &mut Vec<(Vec<u32>, f64)>) {
    if at + 1 == counts.len() {
        counts[at] = left;
        let ways = counts.iter().fold(factorial(counts.len() as u32), |ways, &n| ways / factorial(n));
        all.push((counts.clone(), ways));
        return;
    }
    for n in 0..=left {
        counts[at] = n;
        fill(counts, at + 1, left - n, all);
    }
}

fn factorial(n: u32) -> f64 {
    (1..=n).map(f64::from).product()
}

fn random_draws(k: usize) -> Vec<(Vec<u32>, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let draw = |_| {
        let mut counts = vec![0; k];
        (0..k).for_each(|_| counts[random.next_u32() as usize % k] += 1);
        (counts, 1.0)
    };
    (0..DRAWS).map(draw).collect()
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
