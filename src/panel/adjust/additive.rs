//! The additive severity model: a score is the candidate's level plus the reviewer's leniency, by least squares.
//!
//! `y = mu + c + r + e`, both kinds of effects summing to zero. Candidates are eliminated, so that a system of the number of
//! reviewers is left.

use nalgebra::{DMatrix, DVector};

use crate::panel::connectivity::Design;
use crate::panel::distributions::{f_above, student_beyond};
use crate::panel::scores::{Scores, mean};
use crate::panel::statistic::{Reason, Statistic};

/// The fitted model. Positions are those of the table that was fitted.
#[derive(Clone, Debug)]
pub struct Additive {
    /// The level of all.
    pub mu: f64,
    /// Each candidate's score, the reviewers' leniency taken out; none for who has no value.
    pub adjusted: Vec<Option<f64>>,
    /// Each reviewer's leniency: positive gives higher scores. None for who gave no value.
    pub leniency: Vec<Option<f64>>,
    /// The residual standard deviation; none without degrees of freedom.
    pub sigma: Option<f64>,
    /// Residual degrees of freedom.
    pub df: usize,
    /// Whether reviewers differ at all, candidates being taken into account; none where it cannot be tested.
    pub reviewers: Option<Test>,
    /// The reviewers' values each candidate has, by the reviewers' places in `system`.
    shares: Vec<Vec<(usize, f64)>>,
    /// The generalised inverse of the reviewers' system.
    inverse: DMatrix<f64>,
    /// The place of each reviewer in the system.
    places: Vec<Option<usize>>,
    /// Student's t that leaves one in twenty outside; none without degrees of freedom.
    t: Option<f64>,
    n: usize,
}

/// An F test.
#[derive(Clone, Copy, PartialEq, Debug, serde::Serialize)]
pub struct Test {
    /// The statistic.
    pub f: f64,
    /// The probability of one as large or larger where nothing differs.
    pub p: f64,
}

impl Additive {
    /// Fits the model.
    ///
    /// # Errors
    ///
    /// `TooFew` without values, `Disconnected` when there is no common scale.
    pub fn fit(scores: &Scores) -> Result<Self, Reason> {
        let design = Design::of(scores);
        let Some(only) = design.components.first() else { return Err(Reason::TooFew) };
        if !design.is_connected() {
            return Err(Reason::Disconnected);
        }
        let mut places = vec![None; scores.columns()];
        only.reviewers.iter().enumerate().for_each(|(place, &column)| places[column] = Some(place));
        let count = only.reviewers.len();
        let shares: Vec<Vec<(usize, f64)>> = (0..scores.rows()).map(|row| shares(scores, row, &places)).collect();
        let means: Vec<Option<f64>> = (0..scores.rows()).map(|row| scores.row_mean(row)).collect();
        let (inverse, right) = system(scores, &places, &shares, &means, count);
        let solved: DVector<f64> = &inverse * right;
        let level =
            |row: usize| means[row].map(|mean| mean - shares[row].iter().map(|(at, share)| share * solved[*at]).sum::<f64>());
        let adjusted: Vec<Option<f64>> = (0..scores.rows()).map(level).collect();
        let residual = |row: usize, column: usize, value: f64| {
            value - adjusted[row].unwrap_or_default() - places[column].map_or(0.0, |at| solved[at])
        };
        let error: f64 = scores.observed().map(|(row, column, value)| residual(row, column, value).powi(2)).sum();
        let without: f64 = scores.observed().map(|(row, _, value)| (value - means[row].unwrap_or_default()).powi(2)).sum();
        let n = scores.n();
        let df = n - design.rank();
        // Rounding leaves a trace of error in a perfect fit.
        let size: f64 = scores.observed().map(|(_, _, value)| value * value).sum();
        let error = if error < 1e-22 * size { 0.0 } else { error };
        let sigma = (df > 0).then(|| (error / df as f64).sqrt());
        let leniency = places.iter().map(|place| place.map(|at| solved[at])).collect();
        let mu = mean(adjusted.iter().flatten().copied()).ok_or(Reason::TooFew)?;
        let reviewers = test(without - error, count - 1, error, df);
        let t = (df > 0).then(|| student_beyond(0.05, df as f64));
        Ok(Additive { mu, adjusted, leniency, sigma, df, reviewers, shares, inverse, places, t, n })
    }

    /// The model with a residual of at least this variance, in points²: who agrees to the point agrees no better than the scale's points
    /// can tell.
    #[must_use]
    pub fn no_surer_than(mut self, rounding: f64) -> Self {
        self.sigma = self.sigma.map(|sigma| sigma.max(rounding.sqrt()));
        self
    }

    /// A candidate's effect: the adjusted score less the level of all.
    pub fn effect(&self, candidate: usize) -> Option<f64> {
        self.adjusted[candidate].map(|adjusted| adjusted - self.mu)
    }

    /// The covariance of two adjusted scores, in units of the residual variance; 0 where one has none.
    fn covariance(&self, a: usize, b: usize) -> f64 {
        let own = if a == b { 1.0 / self.shares[a].len().max(1) as f64 } else { 0.0 };
        let over: f64 = self.shares[a]
            .iter()
            .flat_map(|(i, x)| self.shares[b].iter().map(move |(j, y)| (i, j, x * y)))
            .map(|(i, j, product)| product * self.inverse[(*i, *j)])
            .sum();
        own + over
    }

    /// The standard error of a candidate's adjusted score.
    pub fn standard_error(&self, candidate: usize) -> Option<f64> {
        self.adjusted[candidate]?;
        Some(self.sigma? * self.covariance(candidate, candidate).max(0.0).sqrt())
    }

    /// The standard error of the difference of two candidates' adjusted scores.
    pub fn standard_error_of_difference(&self, a: usize, b: usize) -> Option<f64> {
        self.adjusted[a].and(self.adjusted[b])?;
        let variance = self.covariance(a, a) + self.covariance(b, b) - 2.0 * self.covariance(a, b);
        Some(self.sigma? * variance.max(0.0).sqrt())
    }

    /// The standard error of a candidate's effect.
    pub fn standard_error_of_effect(&self, candidate: usize) -> Option<f64> {
        self.adjusted[candidate]?;
        let rated: Vec<usize> = (0..self.adjusted.len()).filter(|&at| self.adjusted[at].is_some()).collect();
        let n = rated.len() as f64;
        // The mean adjusted score's share of each reviewer.
        let mut all = vec![0.0; self.inverse.nrows()];
        rated.iter().flat_map(|&at| &self.shares[at]).for_each(|(place, share)| all[*place] += share / n);
        let spread = |a: &[(usize, f64)]| -> f64 {
            a.iter().map(|(i, x)| all.iter().enumerate().map(|(j, y)| x * y * self.inverse[(*i, j)]).sum::<f64>()).sum()
        };
        let whole: Vec<(usize, f64)> = all.iter().copied().enumerate().collect();
        let own = 1.0 / self.shares[candidate].len() as f64;
        let counts: f64 = rated.iter().map(|&at| 1.0 / self.shares[at].len() as f64).sum();
        let (with_mean, of_mean) = (own / n + spread(&self.shares[candidate]), counts / (n * n) + spread(&whole));
        let variance = self.covariance(candidate, candidate) - 2.0 * with_mean + of_mean;
        Some(self.sigma? * variance.max(0.0).sqrt())
    }

    /// The standard error of a reviewer's leniency.
    pub fn standard_error_of_leniency(&self, reviewer: usize) -> Option<f64> {
        let place = self.places[reviewer]?;
        Some(self.sigma? * self.inverse[(place, place)].max(0.0).sqrt())
    }

    /// A candidate's adjusted score with its 95% interval, on the scale of the table.
    pub fn score(&self, candidate: usize) -> Statistic {
        let method = "additive model, least squares; n reviewers' values";
        let known = self.adjusted[candidate].map(|value| (value, self.standard_error(candidate), self.shares[candidate].len()));
        self.told(known, method)
    }

    /// A reviewer's leniency with its 95% interval, on the scale of the table.
    pub fn severity(&self, reviewer: usize) -> Statistic {
        let known = self.leniency[reviewer].map(|value| (value, self.standard_error_of_leniency(reviewer), self.n));
        self.told(known, "additive model, least squares; positive is lenient; n values in all")
    }

    fn told(&self, known: Option<(f64, Option<f64>, usize)>, method: &str) -> Statistic {
        let Some((value, error, n)) = known else { return Statistic::Undefined(Reason::TooFew) };
        let statistic = Statistic::known(value, n, method);
        match error.zip(self.t) {
            Some((error, t)) => statistic.within(value - t * error, value + t * error),
            None => statistic,
        }
    }
}

/// The reviewers of a candidate, each with the share that the reviewer's leniency has in the candidate's mean.
fn shares(scores: &Scores, row: usize, places: &[Option<usize>]) -> Vec<(usize, f64)> {
    let given: Vec<usize> = scores.row(row).iter().zip(places).filter_map(|(cell, place)| cell.and(*place)).collect();
    let n = given.len() as f64;
    given.into_iter().map(|place| (place, 1.0 / n)).collect()
}

/// The reviewers' normal equations with candidates eliminated: the inverse on effects that sum to zero, and the right side.
fn system(
    scores: &Scores,
    places: &[Option<usize>],
    shares: &[Vec<(usize, f64)>],
    means: &[Option<f64>],
    count: usize,
) -> (DMatrix<f64>, DVector<f64>) {
    let (mut left, mut right) = (DMatrix::zeros(count, count), DVector::zeros(count));
    for (row, column, value) in scores.observed() {
        let Some(place) = places[column] else { continue };
        left[(place, place)] += 1.0;
        right[place] += value - means[row].unwrap_or_default();
    }
    for of in shares {
        let n = of.len() as f64;
        of.iter().for_each(|(i, x)| of.iter().for_each(|(j, y)| left[(*i, *j)] -= n * x * y));
    }
    // Connected, it lacks one rank: that of adding the same to everyone. Putting that in and taking it out again inverts the rest.
    let even = DMatrix::from_element(count, count, 1.0 / count as f64);
    let inverse = (left + &even).cholesky().map_or_else(|| DMatrix::zeros(count, count), |solved| solved.inverse());
    (inverse - even, right)
}

fn test(between: f64, upper: usize, error: f64, lower: usize) -> Option<Test> {
    if upper == 0 || lower == 0 || error <= 0.0 {
        return None;
    }
    let f = (between.max(0.0) / upper as f64) / (error / lower as f64);
    Some(Test { f, p: f_above(f, upper as f64, lower as f64) })
}
