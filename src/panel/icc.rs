//! Intraclass correlations of a complete table, all six forms with their intervals.
//!
//! Forms and the interval of (2,1): Shrout & Fleiss (1979), McGraw & Wong (1996).

use super::distributions::f_quantile;
use super::scores::{Scores, mean};
use super::statistic::{Reason, Statistic};

/// The mean squares of a complete candidates × reviewers table.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct MeanSquares {
    /// Candidates.
    pub n: usize,
    /// Reviewers.
    pub k: usize,
    /// Between candidates (MSR).
    pub rows: f64,
    /// Between reviewers (MSC).
    pub columns: f64,
    /// Within candidates (MSW).
    pub within: f64,
    /// What is left (MSE).
    pub error: f64,
}

impl MeanSquares {
    /// # Errors
    ///
    /// `PolicyMissing` when a cell is missing (components of variance are for that), `TooFew` with one candidate or one reviewer.
    pub fn of(scores: &Scores) -> Result<Self, Reason> {
        let (n, k) = (scores.rows(), scores.columns());
        if n < 2 || k < 2 {
            return Err(Reason::TooFew);
        }
        if !scores.is_complete() {
            return Err(Reason::PolicyMissing);
        }
        let grand = mean(scores.observed().map(|(_, _, value)| value)).ok_or(Reason::TooFew)?;
        let row_means: Vec<f64> = (0..n).filter_map(|row| scores.row_mean(row)).collect();
        let squares = |means: &[f64]| means.iter().map(|mean| (mean - grand).powi(2)).sum::<f64>();
        let column_means: Vec<f64> = (0..k).filter_map(|column| scores.column_mean(column)).collect();
        let rows = k as f64 * squares(&row_means);
        let columns = n as f64 * squares(&column_means);
        let within: f64 = scores.observed().map(|(row, _, value)| (value - row_means[row]).powi(2)).sum();
        let error: f64 =
            scores.observed().map(|(row, column, value)| (value - row_means[row] - column_means[column] + grand).powi(2)).sum();
        // Rounding leaves a trace where there is nothing; next to the size of the values it is nothing.
        let size: f64 = scores.observed().map(|(_, _, value)| value * value).sum();
        let clean = |squares: f64| if squares < 1e-24 * size { 0.0 } else { squares };
        let (n1, k1) = ((n - 1) as f64, (k - 1) as f64);
        Ok(MeanSquares {
            n,
            k,
            rows: clean(rows) / n1,
            columns: clean(columns) / k1,
            within: clean(within) / (n as f64 * k1),
            error: clean(error) / (n1 * k1),
        })
    }
}

/// The six forms. `n` of each is the number of candidates.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct Icc {
    /// One reviewer, each candidate having others.
    pub icc1_1: Statistic,
    /// One reviewer of those who saw everyone, in absolute terms.
    pub icc2_1: Statistic,
    /// The same, leniency aside.
    pub icc3_1: Statistic,
    /// The mean of k reviewers, each candidate having others.
    pub icc1_k: Statistic,
    /// The mean of the k reviewers who saw everyone, in absolute terms.
    pub icc2_k: Statistic,
    /// The same, leniency aside.
    pub icc3_k: Statistic,
}

impl Icc {
    /// All forms with 95% intervals; undefined where the table is incomplete, too small, or nothing varies. Negative values are
    /// legal: no better than chance.
    pub fn of(scores: &Scores) -> Self {
        match MeanSquares::of(scores) {
            Ok(squares) => Icc::from_mean_squares(&squares),
            Err(reason) => Icc::undefined(reason),
        }
    }

    /// None of them, for a reason.
    pub(super) fn undefined(reason: Reason) -> Self {
        let none = || Statistic::Undefined(reason);
        Icc { icc1_1: none(), icc2_1: none(), icc3_1: none(), icc1_k: none(), icc2_k: none(), icc3_k: none() }
    }

    /// From mean squares.
    pub fn from_mean_squares(squares: &MeanSquares) -> Self {
        let &MeanSquares { n, k, rows, columns, within, error } = squares;
        let (nf, kf) = (n as f64, k as f64);
        let (n1, k1) = (nf - 1.0, kf - 1.0);
        let two = ratio(n, rows - error, rows + k1 * error + kf * (columns - error) / nf, "ICC(2,1), n candidates");
        let two_k = ratio(n, rows - error, rows + (columns - error) / nf, "ICC(2,k), n candidates");
        let limits = two.value().and_then(|r| two_limits(squares, r));
        // A limit of one reviewer's below -1 / (k - 1) has no counterpart for the mean of k.
        let step = |limit: f64| (1.0 + limit * k1 > 1e-12).then(|| kf * limit / (1.0 + limit * k1));
        let stepped = limits.and_then(|(low, high)| step(low).zip(step(high)));
        let (one, three) = ((within, nf * k1), (error, n1 * k1));
        Icc {
            icc1_1: single(squares, one, "ICC(1,1), n candidates"),
            icc2_1: with(two, limits.map(|(low, high)| (low.max(-1.0 / k1), high))),
            icc3_1: single(squares, three, "ICC(3,1), n candidates"),
            icc1_k: of_mean(squares, one, "ICC(1,k), n candidates"),
            icc2_k: with(two_k, stepped),
            icc3_k: of_mean(squares, three, "ICC(3,k), n candidates"),
        }
    }
}

/// A ratio of variances; undefined where the whole does not vary.
fn ratio(n: usize, part: f64, whole: f64, method: &str) -> Statistic {
    if whole > 0.0 { Statistic::known(part / whole, n, method) } else { Statistic::Undefined(Reason::NoVariation) }
}

fn with(statistic: Statistic, limits: Option<(f64, f64)>) -> Statistic {
    match limits {
        Some((low, high)) => statistic.within(low, high),
        None => statistic,
    }
}

/// Forms 1 and 3 of one reviewer; `noise` is a mean square and its degrees of freedom.
fn single(squares: &MeanSquares, noise: (f64, f64), method: &str) -> Statistic {
    let (rows, k1) = (squares.rows, (squares.k - 1) as f64);
    let of = |noise: f64| (rows - noise) / (rows + k1 * noise);
    let (more, less) = noises(squares, noise);
    ratio(squares.n, rows - noise.0, rows + k1 * noise.0, method).within(of(more), of(less))
}

/// Forms 1 and 3 of the mean of k.
fn of_mean(squares: &MeanSquares, noise: (f64, f64), method: &str) -> Statistic {
    let rows = squares.rows;
    let (more, less) = noises(squares, noise);
    ratio(squares.n, rows - noise.0, rows, method).within(1.0 - more / rows, 1.0 - less / rows)
}

/// The mean square of the noise at both ends of the interval.
fn noises(squares: &MeanSquares, (noise, df): (f64, f64)) -> (f64, f64) {
    let n1 = (squares.n - 1) as f64;
    (noise * f_quantile(0.975, n1, df), noise / f_quantile(0.975, df, n1))
}

/// The interval of (2,1), by Satterthwaite's degrees of freedom; written so that an error of zero does no harm. Of few candidates it may
/// end below -1 / (k - 1), which no correlation of k reviewers does.
fn two_limits(squares: &MeanSquares, r: f64) -> Option<(f64, f64)> {
    let &MeanSquares { n, k, rows, columns, error, .. } = squares;
    let v = satterthwaite(squares, r)?;
    let (n, k) = (n as f64, k as f64);
    let (more, less) = (f_quantile(0.975, n - 1.0, v), f_quantile(0.975, v, n - 1.0));
    let rest = k * columns + (k * n - k - n) * error;
    let low = n * (rows - more * error) / (more * rest + n * rows);
    let high = n * (less * rows - error) / (rest + n * less * rows);
    Some((low, high))
}

/// The degrees of freedom of ICC(2,1)'s interval; none where they cannot be said.
pub fn satterthwaite(squares: &MeanSquares, r: f64) -> Option<f64> {
    let (n, k) = (squares.n as f64, squares.k as f64);
    let own = k * r * squares.columns;
    let other = (n * (1.0 + (k - 1.0) * r) - k * r) * squares.error;
    let v = (k - 1.0) * (n - 1.0) * (own + other).powi(2) / ((n - 1.0) * own * own + other * other);
    (v.is_finite() && v > 0.0).then_some(v)
}
