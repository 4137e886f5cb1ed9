//! The mixed model: candidates and reviewers are draws, so that thin evidence is drawn towards the mean.
//!
//! Variances by restricted likelihood; scores and their prediction errors from Henderson's equations, candidates eliminated.

use nalgebra::DMatrix;

use super::additive::Additive;
use crate::panel::components::{Cube, Effect, Fitted, can_be_told_apart, fit};
use crate::panel::connectivity::Design;
use crate::panel::distributions::{Z90, Z95, normal_below, student_below, student_beyond};
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
    /// -2 log restricted likelihood; minus infinity where nothing is left over.
    pub criterion: f64,
    /// The part of a candidate's prediction error variance that is the candidate's alone.
    own: Vec<f64>,
    /// What of it is there because something was not observed.
    gaps: Vec<f64>,
    /// What candidates share: the covariance of two is the product of their loadings.
    loadings: Vec<Vec<f64>>,
    /// The loadings of the mean.
    mean_loading: Vec<f64>,
    /// The prediction error variance of each reviewer.
    reviewer_errors: Vec<f64>,
    /// How many values each candidate has.
    counts: Vec<usize>,
    /// Reviewers who gave any value, and the harmonic mean of how many each gave.
    seen: (f64, f64),
    /// Degrees of freedom of the residual; at least 1.
    df: usize,
    n: usize,
}

impl Mixed {
    /// Fits the model.
    ///
    /// # Errors
    ///
    /// `TooFew`, also where a candidate cannot be told from the reviewer's own noise: with one reviewer, or where nothing is left
    /// over once candidates and reviewers are taken out; `NoVariation`, `NotConverged`. `Disconnected` is the caller's to ask:
    /// reviewers' effects being random, the model itself would give an answer.
    pub fn fit(scores: &Scores) -> Result<Self, Reason> {
        let rated = |row: &usize| scores.row(*row).iter().any(Option::is_some);
        if (0..scores.rows()).filter(rated).count() < 2 || !can_be_told_apart(scores) {
            return Err(Reason::TooFew);
        }
        Mixed::whatever_the_names(scores, |sorted| match Mixed::without_rest(sorted) {
            Some(model) => Ok(model),
            None => {
                let fitted = fit(&Cube::of_scores(sorted), &[Effect::Candidate, Effect::Reviewer])?;
                Mixed::solve(sorted, &fitted).ok_or(Reason::NotConverged)
            }
        })
    }

    /// The model of these scores with a residual variance of at least `rounding`: who agrees to the point agrees no better than the
    /// scale's points can tell.
    #[must_use]
    pub fn no_surer_than(self, scores: &Scores, rounding: f64) -> Self {
        let [candidate, reviewer, residual] = self.variances;
        if residual >= rounding {
            return self;
        }
        let variances = vec![(Effect::Candidate, candidate), (Effect::Reviewer, reviewer)];
        let fitted = Fitted { variances, residual: rounding, criterion: self.criterion };
        let solved = |sorted: &Scores| Mixed::solve(sorted, &fitted).ok_or(Reason::NotConverged);
        Mixed::whatever_the_names(scores, solved).unwrap_or(self)
    }

    /// The model with so much more variance, in points², in each candidate's level: of what was not observed nobody knows what it would
    /// have changed.
    #[must_use]
    pub fn with_gaps(mut self, gaps: &[f64]) -> Self {
        self.gaps = gaps.to_vec();
        self.own.iter_mut().zip(gaps).for_each(|(own, gap)| *own += gap);
        self
    }

    /// With reviewers in an order that names have no part in, so that who is called what changes nothing, not even a draw.
    fn whatever_the_names(scores: &Scores, found: impl FnOnce(&Scores) -> Result<Self, Reason>) -> Result<Self, Reason> {
        let order = by_content(scores);
        let mut model = found(&scores.part(&(0..scores.rows()).collect::<Vec<_>>(), &order))?;
        for of in [&mut model.reviewers, &mut model.reviewer_errors] {
            let found = std::mem::replace(of, vec![0.0; order.len()]);
            order.iter().zip(found).for_each(|(&column, value)| of[column] = value);
        }
        Ok(model)
    }

    /// Where reviewers differ by constants alone: levels are what the additive model says, and nothing is unsure but the mean.
    fn without_rest(scores: &Scores) -> Option<Self> {
        const LEAST: usize = 5;
        let differ = |of: &[Option<f64>]| of.iter().flatten().any(|effect| effect.abs() > 1e-9);
        let exact = |model: &Additive| model.sigma == Some(0.0) && scores.n() >= LEAST;
        let model = Additive::fit(scores).ok().filter(exact)?;
        let levels: Vec<Option<f64>> = (0..scores.rows()).map(|at| model.effect(at)).collect();
        if !differ(&levels) && !differ(&model.leniency) {
            return None;
        }
        let effects: Vec<f64> = (0..scores.rows()).map(|at| model.effect(at).unwrap_or(0.0)).collect();
        let reviewers: Vec<f64> = model.leniency.iter().map(|of| of.unwrap_or(0.0)).collect();
        let counts: Vec<usize> = (0..scores.rows()).map(|row| scores.row(row).iter().flatten().count()).collect();
        let spread = |of: &[f64], n: usize| of.iter().map(|x| x * x).sum::<f64>() / n.saturating_sub(1).max(1) as f64;
        let seen = reviewers_seen(scores);
        let reviewer = spread(&reviewers, seen.0 as usize);
        Some(Mixed {
            mu: model.mu,
            variances: [spread(&effects, counts.iter().filter(|n| **n > 0).count()), reviewer, 0.0],
            criterion: f64::NEG_INFINITY,
            own: vec![0.0; scores.rows()],
            gaps: vec![0.0; scores.rows()],
            loadings: vec![vec![0.0]; scores.rows()],
            mean_loading: vec![(reviewer / seen.0.max(1.0)).sqrt()],
            reviewer_errors: vec![0.0; reviewers.len()],
            candidates: effects,
            reviewers,
            counts,
            seen,
            df: model.df,
            n: scores.n(),
        })
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
            gaps: vec![0.0; scores.rows()],
            loadings: rows.map(loading).collect(),
            // The mean's own loading has the other sign: what the mean has too much, candidates have too little.
            mean_loading: (0..root.ncols()).map(|k| -root[(0, k)]).collect(),
            reviewer_errors: (1..root.nrows()).map(|at| solved.inverse[(at, at)] * error).collect(),
            counts: solved.counts.clone(),
            seen: reviewers_seen(scores),
            df: scores.n().saturating_sub(Design::of(scores).rank()).max(1),
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

    /// The probability that the first is truly above the second, 0 to 1; none of oneself. Where candidates' variance comes out
    /// as 0 it is a half, which is where the formula tends; where nothing is unsure it is 0, a half or 1.
    pub fn p_above(&self, a: usize, b: usize) -> Option<f64> {
        let (variance, apart) = (self.error_of_difference(a, b), self.candidates[a] - self.candidates[b]);
        match () {
            () if a == b => None,
            () if self.cannot_differ() => Some(0.5),
            () if variance > 0.0 => Some(normal_below(apart / variance.sqrt())),
            () if apart.abs() < 1e-9 => Some(0.5),
            () => Some(if apart > 0.0 { 1.0 } else { 0.0 }),
        }
    }

    /// The same with Student's t on the residual's degrees of freedom in place of the normal, as ranges are drawn: what is said in words
    /// and what bands rest on. In a small panel the variances themselves are hardly known, and the normal is too sure of them.
    pub fn surely_above(&self, a: usize, b: usize) -> Option<f64> {
        let (variance, apart) = (self.error_of_difference(a, b), self.candidates[a] - self.candidates[b]);
        match self.p_above(a, b)? {
            _ if variance > 0.0 && !self.cannot_differ() => Some(student_below(apart / variance.sqrt(), self.df as f64)),
            p => Some(p),
        }
    }

    /// The probability that a candidate is truly above a level in points that is sure.
    pub fn surely_above_level(&self, candidate: usize, points: f64) -> f64 {
        let (error, apart) = (self.standard_error(candidate), self.level(candidate) - points);
        match () {
            () if error > 0.0 => student_below(apart / error, self.df as f64),
            () if apart.abs() < 1e-9 => 0.5,
            () => f64::from(u8::from(apart > 0.0)),
        }
    }

    /// The same as a figure. It rests on estimated variances: with fewer than five reviewers it is rough.
    pub fn above(&self, a: usize, b: usize) -> Statistic {
        let rough = if self.is_rough() { ", rough: fewer than five reviewers" } else { "" };
        match self.p_above(a, b) {
            Some(_) if self.counts[a] == 0 || self.counts[b] == 0 => Statistic::Undefined(Reason::TooFew),
            Some(p) => Statistic::known(p, self.n, &format!("mixed model, prediction errors{rough}; n values in all")),
            None => Statistic::Undefined(Reason::NoVariation),
        }
    }

    /// Whether the candidates' variance comes out as 0, so that nobody can be told from anybody.
    pub fn cannot_differ(&self) -> bool {
        self.variances[0] <= 0.0
    }

    /// Whether it rests on fewer than five reviewers, whose variance is then hardly known.
    pub fn is_rough(&self) -> bool {
        self.seen.0 < 5.0
    }

    /// How many values the candidate has.
    pub fn count(&self, candidate: usize) -> usize {
        self.counts[candidate]
    }

    /// Degrees of freedom of the residual.
    pub fn df(&self) -> usize {
        self.df
    }

    /// Half the width of the 90% interval of each candidate's raw mean, in points: reviewers' variance and what is left over, divided
    /// by the candidate's values, times Student's t. Its degrees of freedom are Satterthwaite's, three at the least, as if
    /// reviewers had given equally many values. What was not observed is added. None for who has no value.
    pub fn halves_of_raw(&self) -> Vec<Option<f64>> {
        const OUTSIDE: f64 = 0.1;
        // With one or two, t would span most scales whatever was given.
        const LEAST_DF: f64 = 3.0;
        let [_, reviewer, error] = self.variances;
        let (reviewers, each) = self.seen;
        let (between, within) = (reviewer + error / each, error * (1.0 - 1.0 / each));
        let of_one = if between + within > 0.0 {
            let rest = between * between / (reviewers - 1.0).max(1.0) + within * within / self.df as f64;
            student_beyond(OUTSIDE, ((between + within).powi(2) / rest).max(LEAST_DF)).powi(2) * (reviewer + error)
        } else {
            0.0
        };
        let half = |(&n, gap): (&usize, &f64)| (n > 0).then(|| (of_one / n as f64 + Z90 * Z90 * gap).sqrt());
        self.counts.iter().zip(&self.gaps).map(half).collect()
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
    ///
    /// `NoVariation` where the reviewers' variance comes out as 0.
    pub fn severity(&self, reviewer: usize) -> Statistic {
        if self.variances[1] <= 0.0 {
            return Statistic::Undefined(Reason::NoVariation);
        }
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

/// How many reviewers gave any value, and the harmonic mean of how many each gave.
fn reviewers_seen(scores: &Scores) -> (f64, f64) {
    let given = |column: usize| (0..scores.rows()).filter(|&row| scores.get(row, column).is_some()).count();
    let all: Vec<f64> = (0..scores.columns()).map(given).filter(|n| *n > 0).map(|n| n as f64).collect();
    let n = all.len() as f64;
    (n, n / all.iter().map(|given| 1.0 / given).sum::<f64>())
}

/// How often a candidate's values hold the mean (first) and each reviewer.
fn incidence(scores: &Scores, row: usize, n: usize) -> Vec<(usize, f64)> {
    let given = scores.row(row).iter().enumerate().filter(|(_, cell)| cell.is_some());
    std::iter::once((0, n as f64)).chain(given.map(|(column, _)| (column + 1, 1.0))).collect()
}

/// A lower root of the matrix times `size`, by Cholesky; what has no variance left has an empty column. Unlike eigenvectors it
/// hardly changes where the matrix hardly does.
fn factor(matrix: &DMatrix<f64>, size: f64) -> DMatrix<f64> {
    let n = matrix.nrows();
    let mut root = DMatrix::<f64>::zeros(n, n);
    for j in 0..n {
        let left = |i: usize, root: &DMatrix<f64>| matrix[(i, j)] * size - (0..j).map(|k| root[(i, k)] * root[(j, k)]).sum::<f64>();
        let variance = left(j, &root);
        if variance <= 1e-13 * (matrix[(j, j)] * size).abs() {
            continue;
        }
        let long = variance.sqrt();
        for i in j..n {
            root[(i, j)] = left(i, &root) / long;
        }
    }
    root
}

/// The columns ordered by what is in them, in whatever order the rows are: by their values, each with its row's sum and size.
fn by_content(scores: &Scores) -> Vec<usize> {
    let rows: Vec<(f64, f64)> = (0..scores.rows())
        .map(|row| scores.row(row).iter().flatten().fold((0.0, 0.0), |(sum, n), value| (sum + value, n + 1.0)))
        .collect();
    let key = |column: usize| {
        let given = (0..scores.rows()).filter_map(|row| Some([scores.get(row, column)?, rows[row].0, rows[row].1]));
        // Sums of the same values in another order differ in their last digits.
        let mut values: Vec<[i64; 3]> = given.map(|of| of.map(|x| (x * 1e9).round() as i64)).collect();
        values.sort_unstable();
        values
    };
    let keys: Vec<Vec<[i64; 3]>> = (0..scores.columns()).map(key).collect();
    let mut order: Vec<usize> = (0..scores.columns()).collect();
    order.sort_by(|&a, &b| keys[a].cmp(&keys[b]));
    order
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
