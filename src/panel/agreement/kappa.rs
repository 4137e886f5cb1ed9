//! Two reviewers' agreement beyond chance: kappa, weighted kappa, AC1, and what to read beside them.

use super::resampled::FEWEST;
use crate::panel::distributions::Z95;
use crate::panel::statistic::{Reason, Statistic};

/// What a disagreement costs.
#[derive(Clone, PartialEq, Debug)]
pub enum Weighting {
    /// Every one the same (Cohen 1960).
    Unweighted,
    /// By the distance of the categories.
    Linear,
    /// By its square.
    Quadratic,
    /// As the table says, categories × categories, 0 where they agree (Cohen 1968).
    Given(Vec<Vec<f64>>),
}

impl Weighting {
    fn cost(&self, a: usize, b: usize) -> f64 {
        let apart = a.abs_diff(b) as f64;
        match self {
            Weighting::Unweighted => f64::from(u8::from(a != b)),
            Weighting::Linear => apart,
            Weighting::Quadratic => apart * apart,
            Weighting::Given(table) => table[a][b],
        }
    }

    fn method(&self) -> &'static str {
        match self {
            Weighting::Unweighted => "Cohen's kappa; n units rated by both",
            Weighting::Linear => "weighted kappa, linear; n units rated by both",
            Weighting::Quadratic => "weighted kappa, quadratic; n units rated by both",
            Weighting::Given(_) => "weighted kappa, weights given; n units rated by both",
        }
    }
}

/// One reviewer's categories against another's.
#[derive(Clone, PartialEq, Debug)]
pub struct Crosstab {
    /// Shares, first reviewer's category × second's; together 1.
    shares: Vec<Vec<f64>>,
    n: usize,
}

impl Crosstab {
    /// From a square table of counts or shares. `n` is how many units it rests on.
    ///
    /// # Errors
    ///
    /// `NoPairs` when it is empty; `PolicyMissing` when it is not square or holds a negative number.
    pub fn of(table: &[Vec<f64>], n: usize) -> Result<Self, Reason> {
        let whole: f64 = table.iter().flatten().sum();
        let is_sound = table.iter().all(|row| row.len() == table.len() && row.iter().all(|share| *share >= 0.0));
        match () {
            () if !is_sound || !whole.is_finite() => Err(Reason::PolicyMissing),
            () if whole == 0.0 => Err(Reason::NoPairs),
            () => Ok(Crosstab { shares: table.iter().map(|row| row.iter().map(|cell| cell / whole).collect()).collect(), n }),
        }
    }

    /// From pairs of values and the scale's categories, all of them, also those that nobody used.
    ///
    /// # Errors
    ///
    /// `NoPairs` when there is none; `PolicyMissing` when a value is no category.
    pub fn from_pairs(pairs: &[(f64, f64)], categories: &[f64]) -> Result<Self, Reason> {
        let mut table = vec![vec![0.0; categories.len()]; categories.len()];
        let place = |value: f64| categories.iter().position(|category| (category - value).abs() < 1e-9);
        for &(a, b) in pairs {
            let (a, b) = (place(a).ok_or(Reason::PolicyMissing)?, place(b).ok_or(Reason::PolicyMissing)?);
            table[a][b] += 1.0;
        }
        Crosstab::of(&table, pairs.len())
    }

    fn k(&self) -> usize {
        self.shares.len()
    }

    fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let first = self.shares.iter().map(|row| row.iter().sum()).collect();
        let second = (0..self.k()).map(|b| self.shares.iter().map(|row| row[b]).sum()).collect();
        (first, second)
    }

    /// The sum over all cells of a cost: as observed, and as the margins alone would give.
    fn expected_and_observed(&self, cost: impl Fn(usize, usize) -> f64) -> (f64, f64) {
        let (first, second) = self.margins();
        let (mut observed, mut expected) = (0.0, 0.0);
        for (a, row) in self.shares.iter().enumerate() {
            for (b, share) in row.iter().enumerate() {
                observed += share * cost(a, b);
                expected += first[a] * second[b] * cost(a, b);
            }
        }
        (expected, observed)
    }

    /// The share of units on which both agree, 0 to 1.
    pub fn exact(&self) -> f64 {
        (0..self.k()).map(|a| self.shares[a][a]).sum()
    }

    /// The share at most one point apart that the margins alone would give. `categories` are the values of the table's places.
    pub fn chance_within_one(&self, categories: &[f64]) -> f64 {
        let near = |a: usize, b: usize| (categories[a] - categories[b]).abs() <= 1.0 + 1e-9;
        self.expected_and_observed(|a, b| f64::from(u8::from(near(a, b)))).0
    }

    /// Kappa, with the large-sample 95% interval of Fleiss, Cohen & Everitt (1969), which stays between -1 and 1; below five units there is
    /// none. `NoVariation` where both used one and the same category alone.
    pub fn kappa(&self, weighting: &Weighting) -> Statistic {
        let (expected, observed) = self.expected_and_observed(|a, b| weighting.cost(a, b));
        if expected <= 0.0 {
            return Statistic::Undefined(Reason::NoVariation);
        }
        let kappa = 1.0 - observed / expected;
        let statistic = Statistic::known(kappa, self.n, weighting.method());
        if self.n < FEWEST {
            return statistic;
        }
        let error = self.standard_error(weighting, expected, observed);
        statistic.within((kappa - Z95 * error).max(-1.0), (kappa + Z95 * error).min(1.0))
    }

    fn standard_error(&self, weighting: &Weighting, expected: f64, observed: f64) -> f64 {
        let (first, second) = self.margins();
        let k = self.k();
        let by_row: Vec<f64> = (0..k).map(|a| (0..k).map(|b| second[b] * weighting.cost(a, b)).sum()).collect();
        let by_column: Vec<f64> = (0..k).map(|b| (0..k).map(|a| first[a] * weighting.cost(a, b)).sum()).collect();
        let mut sum = 0.0;
        for (a, row) in self.shares.iter().enumerate() {
            for (b, share) in row.iter().enumerate() {
                // The derivative of observed / expected by this cell's share.
                let slope = weighting.cost(a, b) * expected - (by_row[a] + by_column[b]) * observed;
                sum += share * slope * slope;
            }
        }
        let rest = (expected * observed).powi(2);
        ((sum - rest).max(0.0) / self.n as f64).sqrt() / (expected * expected)
    }

    /// Gwet's AC1 (2008), which does not fall where one category prevails. `NoVariation` where one category alone was used.
    pub fn ac1(&self) -> Statistic {
        let (first, second) = self.margins();
        let shares: Vec<f64> = first.iter().zip(&second).map(|(a, b)| (a + b) / 2.0).collect();
        if shares.iter().filter(|share| **share > 0.0).count() < 2 {
            return Statistic::Undefined(Reason::NoVariation);
        }
        let chance = shares.iter().map(|share| share * (1.0 - share)).sum::<f64>() / (self.k() - 1) as f64;
        Statistic::known((self.exact() - chance) / (1.0 - chance), self.n, "Gwet's AC1; n units rated by both")
    }

    /// Kappa as if all of the categories prevailed equally: of two, twice the agreement less one.
    pub fn pabak(&self) -> Statistic {
        let k = self.k() as f64;
        if self.k() < 2 {
            return Statistic::Undefined(Reason::NoVariation);
        }
        Statistic::known((k * self.exact() - 1.0) / (k - 1.0), self.n, "prevalence-adjusted kappa; n units rated by both")
    }
}
