//! Fisher's exact test of a table of two by two.

use crate::panel::distributions::ln_choose;

/// A table: first row, second row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Table {
    /// First row, first column.
    pub a: u64,
    /// First row, second column.
    pub b: u64,
    /// Second row, first column.
    pub c: u64,
    /// Second row, second column.
    pub d: u64,
}

/// What the test says.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct Fisher {
    /// The probability of all tables that are as improbable as this one, or more (to one in ten million).
    pub two_sided: f64,
    /// The probability of as few in the first cell, or fewer.
    pub less: f64,
    /// The probability of as many, or more.
    pub greater: f64,
    /// The conditional most likely odds ratio; none where it is infinite or nothing varies.
    pub odds_ratio: Option<f64>,
}

impl Table {
    /// Fisher's exact test, margins held.
    pub fn fisher(&self) -> Fisher {
        let (from, chances) = self.chances();
        let here = (self.a - from) as usize;
        let seen = chances[here];
        let sum = |of: &[f64]| of.iter().sum::<f64>().min(1.0);
        let two_sided = chances.iter().filter(|chance| **chance <= seen * (1.0 + 1e-7)).sum::<f64>().min(1.0);
        Fisher { two_sided, less: sum(&chances[..=here]), greater: sum(&chances[here..]), odds_ratio: self.odds_ratio() }
    }

    /// The smallest first cell that the margins allow, and the probability of each from there on.
    fn chances(&self) -> (u64, Vec<f64>) {
        let (row, column, all) = (self.a + self.b, self.a + self.c, self.a + self.b + self.c + self.d);
        let from = (row + column).saturating_sub(all);
        let whole = ln_choose(all, column);
        let chance = |x: u64| (ln_choose(row, x) + ln_choose(all - row, column - x) - whole).exp();
        (from, (from..=row.min(column)).map(chance).collect())
    }

    /// The odds ratio under which the first cell is what is to be expected.
    fn odds_ratio(&self) -> Option<f64> {
        let (from, chances) = self.chances();
        let last = from + chances.len() as u64 - 1;
        if from == last || self.a == last {
            return None;
        }
        if self.a == from {
            return Some(0.0);
        }
        let expected = |log_odds: f64| {
            let logs: Vec<f64> = chances.iter().enumerate().map(|(at, chance)| chance.ln() + at as f64 * log_odds).collect();
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
            let sum: f64 = weights.iter().sum();
            from as f64 + weights.iter().enumerate().map(|(at, weight)| at as f64 * weight).sum::<f64>() / sum
        };
        let (mut low, mut high) = (-60.0, 60.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if expected(middle) < self.a as f64 { low = middle } else { high = middle }
        }
        Some((0.5f64 * (low + high)).exp())
    }
}
