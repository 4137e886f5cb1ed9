//! Krippendorff's alpha: agreement of any number of reviewers, cells may be missing.
//!
//! Krippendorff (2011), *Computing Krippendorff's Alpha-Reliability*.

use std::collections::HashMap;

use crate::panel::scores::Scores;
use crate::panel::statistic::{Reason, Statistic};

/// How far two values are apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metric {
    /// Equal or not.
    Nominal,
    /// By how many values lie between them, as often as they were given.
    Ordinal,
    /// By their difference.
    Interval,
    /// By their difference in proportion to their sum.
    Ratio,
}

impl Metric {
    /// All of them, in the order of the contract.
    pub const ALL: [Metric; 4] = [Metric::Nominal, Metric::Ordinal, Metric::Interval, Metric::Ratio];

    /// How the figure was made.
    pub(super) fn method(self) -> &'static str {
        match self {
            Metric::Nominal => "Krippendorff's alpha, nominal; n units with two values or more",
            Metric::Ordinal => "Krippendorff's alpha, ordinal; n units with two values or more",
            Metric::Interval => "Krippendorff's alpha, interval; n units with two values or more",
            Metric::Ratio => "Krippendorff's alpha, ratio; n units with two values or more",
        }
    }
}

/// Units with two values or more, those with the same values taken together. A unit with one value says nothing.
#[derive(Clone, Debug)]
pub struct Units {
    /// The distinct values, ascending.
    values: Vec<f64>,
    /// The places in `values` that stand in a unit, ascending, one for each reviewer.
    pub(super) patterns: Vec<Vec<u16>>,
    /// The pattern of each unit.
    pub(super) of_unit: Vec<u32>,
}

impl Units {
    /// Rows are units, columns are reviewers.
    pub fn of(scores: &Scores) -> Self {
        let mut values: Vec<f64> = Vec::new();
        let several = |row: &usize| scores.row(*row).iter().flatten().nth(1).is_some();
        for row in (0..scores.rows()).filter(several) {
            for &value in scores.row(row).iter().flatten() {
                if let Err(at) = values.binary_search_by(|other| other.total_cmp(&(value + 0.0))) {
                    values.insert(at, value + 0.0);
                }
            }
        }
        let (mut patterns, mut of_unit) = (Vec::new(), Vec::new());
        let mut known: HashMap<Vec<u16>, u32> = HashMap::new();
        let mut pattern: Vec<u16> = Vec::with_capacity(scores.columns());
        for row in (0..scores.rows()).filter(several) {
            pattern.clear();
            let place = |value: &f64| values.binary_search_by(|other| other.total_cmp(&(value + 0.0))).unwrap_or(0) as u16;
            pattern.extend(scores.row(row).iter().flatten().map(place));
            pattern.sort_unstable();
            let at = known.get(&pattern).copied().unwrap_or_else(|| {
                known.insert(pattern.clone(), patterns.len() as u32);
                patterns.push(pattern.clone());
                patterns.len() as u32 - 1
            });
            of_unit.push(at);
        }
        Units { values, patterns, of_unit }
    }

    /// How many units count.
    pub fn n(&self) -> usize {
        self.of_unit.len()
    }

    /// The distinct values, ascending.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How often each pattern comes.
    pub(super) fn weights(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.patterns.len()];
        self.of_unit.iter().for_each(|&at| weights[at as usize] += 1.0);
        weights
    }

    /// How often each value was given, in units that count.
    pub fn totals(&self) -> Vec<f64> {
        self.totals_by(&self.weights())
    }

    fn totals_by(&self, weights: &[f64]) -> Vec<f64> {
        let mut totals = vec![0.0; self.values.len()];
        for (pattern, weight) in self.patterns.iter().zip(weights) {
            pattern.iter().for_each(|&at| totals[at as usize] += weight);
        }
        totals
    }

    /// The coincidence matrix, values × values.
    pub fn coincidences(&self) -> Vec<Vec<f64>> {
        let mut matrix = vec![vec![0.0; self.values.len()]; self.values.len()];
        for (pattern, weight) in self.patterns.iter().zip(self.weights()) {
            let each = weight / (pattern.len() - 1) as f64;
            for (i, &a) in pattern.iter().enumerate() {
                for &b in &pattern[i + 1..] {
                    matrix[a as usize][b as usize] += each;
                    matrix[b as usize][a as usize] += each;
                }
            }
        }
        matrix
    }

    /// Alpha.
    ///
    /// # Errors
    ///
    /// `NoPairs` when no unit has two values, `NoVariation` when all values are the same, `PolicyMissing` for ratios on a scale that
    /// has none.
    pub fn alpha(&self, metric: Metric) -> Result<f64, Reason> {
        self.alpha_by(metric, &self.weights())
    }

    /// The same with each pattern as often as `weights` says.
    pub(super) fn alpha_by(&self, metric: Metric, weights: &[f64]) -> Result<f64, Reason> {
        let totals = self.totals_by(weights);
        let n: f64 = totals.iter().sum();
        if n == 0.0 {
            return Err(Reason::NoPairs);
        }
        if metric == Metric::Ratio && self.values.iter().any(|value| *value < 0.0) {
            return Err(Reason::PolicyMissing);
        }
        let apart = Distances::of(metric, &self.values, &totals);
        let mut expected = 0.0;
        for a in 0..totals.len() {
            expected += (0..a).map(|b| totals[a] * totals[b] * apart.squared(a, b)).sum::<f64>();
        }
        if expected == 0.0 {
            return Err(Reason::NoVariation);
        }
        let mut observed = 0.0;
        for (pattern, weight) in self.patterns.iter().zip(weights) {
            if *weight > 0.0 {
                observed += weight * disagreement(pattern, &apart) / (pattern.len() - 1) as f64;
            }
        }
        // Both sums leave out the second order of each pair, so that it cancels.
        let alpha = 1.0 - (n - 1.0) * observed / expected;
        if alpha.is_finite() { Ok(alpha) } else { Err(Reason::PolicyMissing) }
    }
}

/// The sum over the pairs of a unit.
fn disagreement(pattern: &[u16], apart: &Distances) -> f64 {
    let mut sum = 0.0;
    for (i, &a) in pattern.iter().enumerate() {
        for &b in &pattern[i + 1..] {
            if a != b {
                sum += apart.squared(a as usize, b as usize);
            }
        }
    }
    sum
}

/// Squared distances between values, by their places.
enum Distances {
    Equal,
    Between(Vec<f64>),
    Proportion(Vec<f64>),
}

impl Distances {
    fn of(metric: Metric, values: &[f64], totals: &[f64]) -> Self {
        match metric {
            Metric::Nominal => Distances::Equal,
            Metric::Interval => Distances::Between(values.to_vec()),
            Metric::Ratio => Distances::Proportion(values.to_vec()),
            // The values between two, half of the ends: a difference of mean ranks.
            Metric::Ordinal => {
                let mut below = 0.0;
                let middle = |&total: &f64| {
                    below += total;
                    below - total / 2.0
                };
                Distances::Between(totals.iter().map(middle).collect())
            }
        }
    }

    fn squared(&self, a: usize, b: usize) -> f64 {
        match self {
            Distances::Equal => f64::from(u8::from(a != b)),
            Distances::Between(places) => (places[a] - places[b]).powi(2),
            Distances::Proportion(values) if a == b => 0.0 * values[a],
            Distances::Proportion(values) => ((values[a] - values[b]) / (values[a] + values[b])).powi(2),
        }
    }
}

/// Alpha without an interval; `n` is the number of units with two values or more. Undefined: `NoPairs`, `NoVariation`, and
/// `PolicyMissing` for ratios of values below zero, or whose sum is zero: such a scale has no ratios.
pub fn alpha(scores: &Scores, metric: Metric) -> Statistic {
    let units = Units::of(scores);
    units.alpha(metric).map_or_else(Statistic::Undefined, |value| Statistic::known(value, units.n(), metric.method()))
}
