//! The mixed model: candidates and reviewers are draws, so that thin evidence is drawn towards the mean.
//!
//! Variances by restricted likelihood; scores and their prediction errors from Henderson's equations, candidates eliminated.

use nalgebra::DMatrix;

use crate::panel::components::{Cube, Effect, Fitted, fit};
use crate::panel::distributions::{Z95, normal_below};
use crate::panel::scores::Scores;
use crate::panel::statistic::{Reason, Statistic};

/// The fitted model. Positions are those of the table that was fitted.
#[derive(Clone, Debug)]
pub struct Mixed {
    /// The mean of all.
    pub mu: f64,
    /// Each candidate's effect (BLUP); 0 for who has no value.
    pub candidates: Vec<f64>,
    /// Each reviewer's leniency (BLUP).
    pub reviewers: Vec<f64>,
    /// The variances: candidate, reviewer, residual.
    pub variances: [f64; 3],
    /// -2 log restricted likelihood.
    pub criterion: f64,
    /// The part of a candidate's prediction error variance that is the candidate's alone.
    own: Vec<f64>,
    /// What candidates share: the covariance of two is the product of their loadings.
    loadings: Vec<Vec<f64>>,
    /// The loadings of the mean.
    mean_loading: Vec<f64>,
    /// The prediction error variance of each reviewer.
    reviewer_errors: Vec<f64>,
    /// How many values each candidate has.
    counts: Vec<usize>,
    n: usize,
}

impl Mixed {
    /// Fits the model.
    ///
    /// # Errors
    ///
    /// `TooFew`, `NoVariation`, `NotConverged`; `Disconnected` is the caller's to ask: reviewers' effects being random, the model
    /// itself would give an answer.
    pub fn fit(scores: &Scores) -> Result<Self, Reason> {
        let rated = |row: &usize| scores.row(*row).iter().any(Option::is_some);
        if (0..scores.rows()).filter(rated).count() < 2 {
            return Err(Reason::TooFew);
        }
        let cube = Cube::of_scores(scores);
        let fitted = fit(&cube, &[Effect::Candidate, Effect::Reviewer])?;
        Mixed::solve(scores, &fitted).ok_or(Reason::NotConverged)
    }

    /// With these variances.
    fn solve(scores: &Scores, fitted: &Fitted) -> Option<Self> {
        let (rows, columns) = (scores.rows(), scores.columns());
        let error = fitted.residual;
        let [candidate, reviewer] = [Effect::Candidate, Effect::Reviewer].map(|of| fitted.variance(of) / error);
        // Scaled by the reviewers' standard deviation, so that one of 0 does no harm.
        let mut scale = vec![reviewer.sqrt(); columns + 1];
        scale[0] = 1.0;
        let mut left = DMatrix::<f64>::zeros(columns + 1, columns + 1);
        let mut right = vec![0.0; columns + 1];
        let counts: Vec<usize> = (0..rows).map(|row| scores.row(row).iter().flatten().count()).collect();
        let shrunk: Vec<f64> = counts.iter().map(|&n| candidate / (1.0 + n as f64 * candidate)).collect();
        for row in 0..rows {
            let sum: f64 = scores.row(row).iter().flatten().sum();
            let has = incidence(scores, row, counts[row]);
            for (i, a) in &has {
                has.iter().for_each(|(j, b)| left[(*i, *j)] -= shrunk[row] * a * b * scale[*i] * scale[*j]);
                right[*i] -= shrunk[row] * a * sum;
            }
        }
        for (_, column, value) in scores.observed() {
            let cells = [0, column + 1];
            cells.iter().for_each(|&i| cells.iter().for_each(|&j| left[(i, j)] += scale[i] * scale[j]));
            cells.iter().for_each(|&i| right[i] += value);
        }
        (1..=columns).for_each(|at| left[(at, at)] += 1.0);
        let inverse = left.cholesky()?.inverse();
        let inverse = DMatrix::from_fn(columns + 1, columns + 1, |i, j| inverse[(i, j)] * scale[i] * scale[j]);
        let shared: Vec<f64> = (0..=columns).map(|i| (0..=columns).map(|j| inverse[(i, j)] * right[j]).sum()).collect();
        Some(Mixed::told(scores, fitted, &Solved { inverse, shared, shrunk, counts }))
    }

    fn told(scores: &Scores, fitted: &Fitted, solved: &Solved) -> Self {
        let error = fitted.residual;
        let root = factor(&solved.inverse, error);
        let effect = |row: usize| {
            let has = incidence(scores, row, solved.counts[row]);
            let sum: f64 = scores.row(row).iter().flatten().sum();
            let expected: f64 = has.iter().map(|(at, times)| times * solved.shared[*at]).sum();
            solved.shrunk[row] * (sum - expected)
        };
        let loading = |row: usize| {
            let has = incidence(scores, row, solved.counts[row]);
            let of = |k: usize| solved.shrunk[row] * has.iter().map(|(at, times)| times * root[(*at, k)]).sum::<f64>();
            (0..root.ncols()).map(of).collect()
        };
        let rows = 0..scores.rows();
        Mixed {
            mu: solved.shared[0],
            candidates: rows.clone().map(effect).collect(),
            reviewers: solved.shared[1..].to_vec(),
            variances: [fitted.variance(Effect::Candidate), fitted.variance(Effect::Reviewer), error],
            criterion: fitted.criterion,
            own: solved.shrunk.iter().map(|shrunk| error * shrunk).collect(),
            loadings: rows.map(loading).collect(),
            // The mean's own loading has the other sign: what the mean has too much, candidates have too little.
            mean_loading: (0..root.ncols()).map(|k| -root[(0, k)]).collect(),
            reviewer_errors: (1..root.nrows()).map(|at| solved.inverse[(at, at)] * error).collect(),
            counts: solved.counts.clone(),
            n: scores.n(),
        }
    }

    /// The covariance of two candidates' prediction errors.
    pub fn pev(&self, a: usize, b: usize) -> f64 {
        let own = if a == b { self.own[a] } else { 0.0 };
        own + product(&self.loadings[a], &self.loadings[b])
    }

    /// The mean plus a candidate's effect, on the scale of the table.
    pub fn level(&self, candidate: usize) -> f64 {
        self.mu + self.candidates[candidate]
    }

    /// The prediction error's standard deviation of the level.
    pub fn standard_error(&self, candidate: usize) -> f64 {
        let mean = product(&self.mean_loading, &self.mean_loading);
        let both = product(&self.mean_loading, &self.loadings[candidate]);
        // The cross block of the inverse is minus what candidate and mean share; the sign is in the mean's loading.
        (self.pev(candidate, candidate) + mean + 2.0 * both).max(0.0).sqrt()
    }

    /// The variance of the error of the difference of two.
    pub fn error_of_difference(&self, a: usize, b: usize) -> f64 {
        let apart: f64 = self.loadings[a].iter().zip(&self.loadings[b]).map(|(a, b)| (a - b).powi(2)).sum();
        if a == b { 0.0 } else { self.own[a] + self.own[b] + apart }
    }

    /// The probability that the first is truly above the second, 0 to 1; none where candidates do not differ at all.
    pub fn p_above(&self, a: usize, b: usize) -> Option<f64> {
        let variance = self.error_of_difference(a, b);
        (variance > 0.0).then(|| normal_below((self.candidates[a] - self.candidates[b]) / variance.sqrt()))
    }

    /// The same as a figure. It rests on estimated variances: with fewer than five reviewers it is rough.
    pub fn above(&self, a: usize, b: usize) -> Statistic {
        let rough = if self.reviewers.len() < 5 { ", rough: fewer than five reviewers" } else { "" };
        match self.p_above(a, b) {
            Some(p) => Statistic::known(p, self.n, &format!("mixed model, prediction errors{rough}; n values in all")),
            None => Statistic::Undefined(Reason::NoVariation),
        }
    }

    /// A candidate's level with its 95% interval, on the scale of the table.
    pub fn score(&self, candidate: usize) -> Statistic {
        let n = self.counts[candidate];
        if n == 0 {
            return Statistic::Undefined(Reason::TooFew);
        }
        let (value, half) = (self.level(candidate), Z95 * self.standard_error(candidate));
        Statistic::known(value, n, "mixed model, REML and BLUP; n reviewers' values").within(value - half, value + half)
    }

    /// A reviewer's leniency with its 95% interval: positive is lenient.
    pub fn severity(&self, reviewer: usize) -> Statistic {
        let (value, half) = (self.reviewers[reviewer], Z95 * self.reviewer_errors[reviewer].max(0.0).sqrt());
        let method = "mixed model, REML and BLUP; positive is lenient; n values in all";
        Statistic::known(value, self.n, method).within(value - half, value + half)
    }

    /// How dependable the adjusted scores are (Cullis, Smith & Coombes 2006); `NoVariation` where candidates do not differ.
    pub fn reliability(&self) -> Statistic {
        let rated: Vec<usize> = (0..self.counts.len()).filter(|&at| self.counts[at] > 0).collect();
        let n = rated.len() as f64;
        if self.variances[0] <= 0.0 || rated.len() < 2 {
            return Statistic::Undefined(Reason::NoVariation);
        }
        let own: f64 = rated.iter().map(|&at| self.own[at]).sum();
        let squares: f64 = rated.iter().map(|&at| product(&self.loadings[at], &self.loadings[at])).sum();
        let mut sums = vec![0.0; self.mean_loading.len()];
        rated.iter().for_each(|&at| self.loadings[at].iter().zip(&mut sums).for_each(|(x, sum)| *sum += x));
        // Over all pairs: every own part comes n - 1 times, and distances are squares less the square of the sum.
        let mean = ((n - 1.0) * own + n * squares - product(&sums, &sums)) / (n * (n - 1.0) / 2.0);
        let value = 1.0 - mean / (2.0 * self.variances[0]);
        Statistic::known(value, rated.len(), "reliability of adjusted scores, Cullis et al.; n candidates")
    }

    /// Own variance and loadings of a candidate's prediction error, for drawing levels.
    pub(in crate::panel) fn error_parts(&self, candidate: usize) -> (f64, &[f64]) {
        (self.own[candidate], &self.loadings[candidate])
    }
}

struct Solved {
    inverse: DMatrix<f64>,
    shared: Vec<f64>,
    shrunk: Vec<f64>,
    counts: Vec<usize>,
}

/// How often a candidate's values hold the mean (first) and each reviewer.
fn incidence(scores: &Scores, row: usize, n: usize) -> Vec<(usize, f64)> {
    let given = scores.row(row).iter().enumerate().filter(|(_, cell)| cell.is_some());
    std::iter::once((0, n as f64)).chain(given.map(|(column, _)| (column + 1, 1.0))).collect()
}

/// A root of the matrix times `size`: the eigenvectors, as long as the roots of their values.
fn factor(matrix: &DMatrix<f64>, size: f64) -> DMatrix<f64> {
    let eigen = matrix.clone().symmetric_eigen();
    let long = eigen.eigenvalues.map(|value| (value.max(0.0) * size).sqrt());
    DMatrix::from_fn(matrix.nrows(), matrix.ncols(), |i, j| eigen.eigenvectors[(i, j)] * long[j])
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
