//! Ranks drawn from the mixed model's levels and their errors, and bands of candidates who cannot be told apart.

use std::sync::Arc;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::panel::adjust::Mixed;

/// How many draws are made for up to fifty candidates; beyond, so many that they rank [`PLACES`] candidates together.
const DRAWS: usize = 4000;
/// The fewest draws.
const FEWEST: usize = 400;
/// How many places all draws of a large batch have together.
const PLACES: usize = 200_000;
/// Levels nearer than this are the same.
const SAME: f64 = 1e-9;

/// Whom to rank: by the model, or at a level that rests on a fact and is sure.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Level {
    /// The candidate's place in the model.
    Drawn(usize),
    /// In points.
    Fixed(f64),
}

/// The ranks that candidates had in many draws. Candidates are numbered as they were given.
#[derive(Clone, PartialEq, Debug)]
pub struct Drawn {
    /// Of each candidate, ascending; candidates of whom the same is known share one list.
    ranks: Vec<Arc<[u32]>>,
    /// How they were made.
    pub method: String,
}

impl Drawn {
    /// From the 5th to the 95th percentile: the smallest rank whose cumulative share reaches it.
    pub fn interval(&self, candidate: usize) -> (u32, u32) {
        let ranks = &self.ranks[candidate];
        let end = |share: f64| ranks[((share * ranks.len() as f64 - 1e-9).ceil() as usize).max(1) - 1];
        (end(0.05), end(0.95))
    }

    /// The ranks that the candidate had in at least one of a thousand draws, ascending, each with its share of the draws, 0 to 1.
    pub fn shares(&self, candidate: usize) -> Vec<(u32, f64)> {
        const LEAST: f64 = 0.001;
        let ranks = &self.ranks[candidate];
        let share = |of: &[u32]| (of[0], of.len() as f64 / ranks.len() as f64);
        ranks.chunk_by(|a, b| a == b).map(share).filter(|(_, share)| *share >= LEAST).collect()
    }

    /// How often the candidate was among the first `places`, 0 to 1.
    pub fn within(&self, candidate: usize, places: usize) -> f64 {
        let ranks = &self.ranks[candidate];
        ranks.partition_point(|rank| *rank as usize <= places) as f64 / ranks.len() as f64
    }
}

/// Ranks of these candidates when their levels are drawn from what the model holds for possible; the same for the same seed.
///
/// Errors are those of the model's predictions, made longer by the root of degrees of freedom over a chi-squared number, because the
/// residual variance is estimated. Where the candidates' variance is 0 every order is as likely as every other.
pub fn from_levels(model: &Mixed, candidates: &[Level], seed: u64) -> Drawn {
    let draws = (PLACES / candidates.len().max(1)).clamp(FEWEST, DRAWS);
    let method = format!("levels drawn from the mixed model, {draws} draws, ChaCha8, seed {seed}, 5th to 95th percentile");
    let mut normal = Normal { random: ChaCha8Rng::seed_from_u64(seed), kept: None };
    let even = model.cannot_differ();
    let mut parts: Vec<(usize, Part)> = candidates.iter().map(|level| part(model, *level, even)).enumerate().collect();
    // In an order that names have no part in: the same ratings have the same ranges, whoever is called what.
    parts.sort_by(|(_, a), (_, b)| a.compare(b));
    let width = parts.iter().map(|(_, part)| part.loadings.len()).max().unwrap_or(0);
    let mut ranks = vec![Vec::with_capacity(draws); candidates.len()];
    let mut order: Vec<(f64, usize)> = Vec::with_capacity(candidates.len());
    let mut shared = vec![0.0; width];
    for _ in 0..draws {
        let longer = longer(model.df(), &mut normal);
        shared.iter_mut().for_each(|one| *one = longer * normal.next());
        order.clear();
        order.extend(parts.iter().map(|(at, part)| (part.draw(longer, &shared, &mut normal), *at)));
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        count(&order, &mut ranks);
    }
    Drawn { ranks: pool(&parts, ranks), method }
}

/// Those of whom the same is known have the same ranks, whoever of them came first in a draw.
fn pool(parts: &[(usize, Part)], mut ranks: Vec<Vec<u32>>) -> Vec<Arc<[u32]>> {
    let mut pooled: Vec<Arc<[u32]>> = vec![Arc::from([]); ranks.len()];
    for alike in parts.chunk_by(|(_, a), (_, b)| a.compare(b).is_eq()) {
        let mut all: Vec<u32> = alike.iter().flat_map(|(at, _)| std::mem::take(&mut ranks[*at])).collect();
        all.sort_unstable();
        let all: Arc<[u32]> = all.into();
        alike.iter().for_each(|(at, _)| pooled[*at] = all.clone());
    }
    pooled
}

/// What is known of one candidate's level: itself, the size of its own error, and what it shares with others'.
struct Part<'a> {
    level: f64,
    own: f64,
    loadings: &'a [f64],
}

impl Part<'_> {
    fn draw(&self, longer: f64, shared: &[f64], normal: &mut Normal) -> f64 {
        let error = if self.own > 0.0 { longer * self.own * normal.next() } else { 0.0 };
        self.level + error + self.loadings.iter().zip(shared).map(|(a, b)| a * b).sum::<f64>()
    }

    /// Equal to nine digits is the same.
    fn compare(&self, other: &Self) -> std::cmp::Ordering {
        let rounded = |x: f64| (x * 1e9).round() as i64;
        let key = |part: &Self| (rounded(part.level), rounded(part.own));
        let loadings = |part: &Self| part.loadings.iter().map(|x| rounded(*x)).collect::<Vec<_>>();
        key(other).cmp(&key(self)).then_with(|| loadings(self).cmp(&loadings(other)))
    }
}

fn part<'a>(model: &'a Mixed, level: Level, even: bool) -> Part<'a> {
    match level {
        // Where candidates' variance is 0 nothing is known of the order.
        Level::Drawn(_) if even => Part { level: 0.0, own: 1.0, loadings: &[] },
        Level::Drawn(at) => {
            let (own, loadings) = model.error_parts(at);
            Part { level: model.level(at), own: own.sqrt(), loadings }
        }
        Level::Fixed(points) if even && (points - model.mu).abs() <= SAME => Part { level: 0.0, own: 0.0, loadings: &[] },
        Level::Fixed(points) if even => Part { level: (points - model.mu).signum() * 1e6, own: 0.0, loadings: &[] },
        Level::Fixed(points) => Part { level: points, own: 0.0, loadings: &[] },
    }
}

/// Takes in one draw, the best first. Who are at one level may be anywhere among themselves: their ranks are dealt out in turn.
fn count(order: &[(f64, usize)], ranks: &mut [Vec<u32>]) {
    let mut from = 0;
    while from < order.len() {
        let to = order[from..].iter().position(|(level, _)| order[from].0 - level > SAME).map_or(order.len(), |n| from + n);
        for (nth, (_, at)) in order[from..to].iter().enumerate() {
            let turn = ranks[*at].len();
            ranks[*at].push((from + (nth + turn) % (to - from)) as u32 + 1);
        }
        from = to;
    }
}

/// By how much errors are longer in a draw of the residual variance.
fn longer(df: usize, normal: &mut Normal) -> f64 {
    let n = df as f64;
    let squared = if df <= 30 {
        (0..df).map(|_| normal.next().powi(2)).sum::<f64>()
    } else {
        // Wilson and Hilferty's cube.
        n * (1.0 - 2.0 / (9.0 * n) + normal.next() * (2.0 / (9.0 * n)).sqrt()).powi(3)
    };
    (n / squared.max(1e-12)).sqrt()
}

/// Bands from the top: a band goes on until someone can be told apart from its first, which is so where the first is truly above
/// with a probability of at least .90. `order` is best first; gives back the band of each place, 0 for the first.
pub fn bands(order: &[usize], p_above: impl Fn(usize, usize) -> Option<f64>) -> Vec<usize> {
    let (mut band, mut first) = (0, order.first().copied());
    let of = |&at: &usize| {
        if first.is_some_and(|top| top != at && p_above(top, at).is_some_and(|p| p >= 0.9)) {
            (band, first) = (band + 1, Some(at));
        }
        band
    };
    order.iter().map(of).collect()
}

/// Standard normal numbers, by Box and Muller.
struct Normal {
    random: ChaCha8Rng,
    kept: Option<f64>,
}

impl Normal {
    fn next(&mut self) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        let mut unit = || (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let (radius, angle) = ((-2.0 * (1.0 - unit()).ln()).sqrt(), 2.0 * std::f64::consts::PI * unit());
        self.kept = Some(radius * angle.sin());
        radius * angle.cos()
    }
}
