//! Shares and alphas of a table with the intervals that drawing its units anew gives.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Serialize;

use super::alpha::{Metric, Units};
use super::kappa::Crosstab;
use crate::panel::intervals::share;
use crate::panel::scores::{Scores, mean};
use crate::panel::statistic::{Reason, Statistic};

/// How many times the units are drawn.
const DRAWS: usize = 1000;
/// Below so many units no interval is given.
pub(super) const FEWEST: usize = 5;

/// Krippendorff's alpha in all metrics. Ordinal is the one that ratings ask for.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Alphas {
    /// Equal or not.
    pub nominal: Statistic,
    /// By order.
    pub ordinal: Statistic,
    /// By difference.
    pub interval: Statistic,
    /// By proportion.
    pub ratio: Statistic,
}

/// How far reviewers agree cell by cell. Rows are units (what is rated), columns reviewers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Agreement {
    /// The share of reviewer pairs on the same unit that gave the same value, 0 to 1.
    pub exact: Statistic,
    /// The share at most one point apart.
    pub within_one: Statistic,
    /// The share at most one point apart that chance would give, from how often each reviewer gave each value.
    pub within_one_by_chance: Statistic,
    /// Corrected for chance.
    pub alpha: Alphas,
}

impl Agreement {
    /// All figures, with intervals from 1000 draws of the units (percentile, 95%) where there are five units or more. `seed`
    /// makes the draws the same each time.
    pub fn of(scores: &Scores, seed: u64) -> Self {
        let units = Units::of(scores);
        let draws = if units.n() < FEWEST { Vec::new() } else { drawn(&units, seed) };
        let whole = units.weights();
        let shares = Pairs::of(&units);
        let alpha = |metric: Metric| {
            let value = units.alpha(metric).map(|value| Statistic::known(value, units.n(), metric.method()));
            between(value, draws.iter().filter_map(|weights| units.alpha_by(metric, weights).ok()))
        };
        let pairs = shares.n(&whole) as usize;
        let pooled = |apart: f64, method: &str| {
            let value = shares.within(apart, &whole).map(|value| Statistic::known(value, pairs, method)).ok_or(Reason::NoPairs);
            between(value, draws.iter().filter_map(|weights| shares.within(apart, weights)))
        };
        Agreement {
            exact: pooled(0.0, "share of reviewer pairs with the same value on the same cell; n pairs"),
            within_one: pooled(1.0, "share of reviewer pairs at most one point apart on the same cell; n pairs"),
            within_one_by_chance: by_chance(scores),
            alpha: Alphas {
                nominal: alpha(Metric::Nominal),
                ordinal: alpha(Metric::Ordinal),
                interval: alpha(Metric::Interval),
                ratio: alpha(Metric::Ratio),
            },
        }
    }
}

/// How often each pattern came, draw by draw.
fn drawn(units: &Units, seed: u64) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let n = units.n() as u64;
    // In an order that has nothing to do with what the units are called.
    let mut of_unit = units.of_unit.clone();
    of_unit.sort_unstable_by(|a, b| units.patterns[*a as usize].cmp(&units.patterns[*b as usize]));
    let draw = |_| {
        let mut weights = vec![0.0; units.patterns.len()];
        // A multiplication spreads 32 bits over n; its bias is below one in four million for a thousand units.
        let mut one = || of_unit[((u64::from(random.next_u32()) * n) >> 32) as usize] as usize;
        (0..n).for_each(|_| weights[one()] += 1.0);
        weights
    };
    (0..DRAWS).map(draw).collect()
}

/// The figure with the 2.5th and 97.5th percentile of its draws.
fn between(value: Result<Statistic, Reason>, draws: impl Iterator<Item = f64>) -> Statistic {
    let statistic = match value {
        Ok(statistic) => statistic,
        Err(reason) => return Statistic::Undefined(reason),
    };
    let mut draws: Vec<f64> = draws.collect();
    draws.sort_unstable_by(f64::total_cmp);
    let end = |share: f64| draws.get(((share * draws.len() as f64).ceil() as usize).saturating_sub(1)).copied();
    // Where most draws have no figure, the rest says nothing about the spread.
    match (end(0.025), end(0.975)) {
        (Some(low), Some(high)) if draws.len() * 2 > DRAWS => statistic.within(low, high),
        _ => statistic,
    }
}

/// How far the pairs within each pattern are apart.
struct Pairs {
    apart: Vec<Vec<f64>>,
}

impl Pairs {
    fn of(units: &Units) -> Self {
        let values = units.values();
        let pairs = |pattern: &Vec<u16>| {
            let all = pattern.iter().enumerate();
            all.flat_map(|(i, &a)| pattern[i + 1..].iter().map(move |&b| values[b as usize] - values[a as usize])).collect()
        };
        Pairs { apart: units.patterns.iter().map(pairs).collect() }
    }

    fn n(&self, weights: &[f64]) -> f64 {
        self.apart.iter().zip(weights).map(|(pairs, weight)| weight * pairs.len() as f64).sum()
    }

    fn within(&self, most: f64, weights: &[f64]) -> Option<f64> {
        let near = |pairs: &Vec<f64>| pairs.iter().filter(|apart| **apart <= most + 1e-9).count() as f64;
        let near: f64 = self.apart.iter().zip(weights).map(|(pairs, weight)| weight * near(pairs)).sum();
        let n = self.n(weights);
        (n > 0.0).then(|| near / n)
    }
}

/// What the margins of each two reviewers who share cells would give, each two by how many they share.
fn by_chance(scores: &Scores) -> Statistic {
    let (mut near, mut n) = (0.0, 0);
    for a in 0..scores.columns() {
        for b in a + 1..scores.columns() {
            let pairs = shared(scores, a, b);
            if let Some(chance) = within_one_by_chance(&pairs) {
                (near, n) = (near + chance * pairs.len() as f64, n + pairs.len());
            }
        }
    }
    match n {
        0 => Statistic::Undefined(Reason::NoPairs),
        n => Statistic::known(near / n as f64, n, BY_CHANCE),
    }
}

/// How the share by chance is made.
const BY_CHANCE: &str = "share at most one point apart by the reviewers' own frequencies of each value; n pairs";

/// Both reviewers' values of the cells that both rated.
fn shared(scores: &Scores, a: usize, b: usize) -> Vec<(f64, f64)> {
    (0..scores.rows()).filter_map(|row| scores.get(row, a).zip(scores.get(row, b))).collect()
}

/// The share at most one point apart that the margins of these pairs would give; none of none.
fn within_one_by_chance(pairs: &[(f64, f64)]) -> Option<f64> {
    let mut categories: Vec<f64> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
    categories.sort_unstable_by(f64::total_cmp);
    categories.dedup();
    Some(Crosstab::from_pairs(pairs, &categories).ok()?.chance_within_one(&categories))
}

/// Two reviewers, cell by cell.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct TwoReviewers {
    /// The share of shared cells with the same value, 0 to 1, with Wilson's interval.
    pub exact: Statistic,
    /// The share at most one point apart.
    pub within_one: Statistic,
    /// The share at most one point apart that chance would give, from the two reviewers' margins.
    pub within_one_by_chance: Statistic,
    /// The mean of the first's values less the second's, in points.
    pub difference: Statistic,
}

impl TwoReviewers {
    /// Of two columns; none where they share no cell.
    pub fn of(scores: &Scores, a: usize, b: usize) -> Option<Self> {
        let pairs = shared(scores, a, b);
        let n = pairs.len();
        let apart = |most: f64| pairs.iter().filter(|(a, b)| (a - b).abs() <= most + 1e-9).count() as u64;
        let of = |most: f64| share(apart(most), n as u64, "share of shared cells, Wilson; n cells");
        let difference = mean(pairs.iter().map(|(a, b)| a - b))?;
        Some(TwoReviewers {
            exact: of(0.0),
            within_one: of(1.0),
            within_one_by_chance: Statistic::known(within_one_by_chance(&pairs)?, n, BY_CHANCE),
            difference: Statistic::known(difference, n, "mean of the first less the second on shared cells, points; n cells"),
        })
    }
}
