//! How well each question works: ease, discrimination, consistency, ends of the scale, completion, time.
//!
//! Rows are candidates, columns are items; a cell is the mean over reviewers.

use serde::Serialize;

use super::distributions::f_quantile;
use super::intervals::share;
use super::scores::{Scores, correlation, mean, quantile, variance};
use super::statistic::{Reason, Statistic};

/// The candidates who have every item.
fn complete(scores: &Scores) -> Scores {
    let rows: Vec<usize> = (0..scores.rows()).filter(|&row| scores.row(row).iter().all(Option::is_some)).collect();
    scores.part(&rows, &(0..scores.columns()).collect::<Vec<_>>())
}

fn column(scores: &Scores, at: usize) -> Vec<f64> {
    (0..scores.rows()).filter_map(|row| scores.get(row, at)).collect()
}

/// Each row's sum over these columns, of a complete table.
fn sums(scores: &Scores, columns: &[usize]) -> Vec<f64> {
    (0..scores.rows()).map(|row| columns.iter().filter_map(|&at| scores.get(row, at)).sum()).collect()
}

/// The mean of an item as a share of what is possible, 0 to 1: the higher the easier. `n` is the number of candidates.
pub fn ease(scores: &Scores, item: usize, scale: (f64, f64)) -> Statistic {
    let values = column(scores, item);
    let width = scale.1 - scale.0;
    match mean(values.iter().copied()) {
        Some(_) if width <= 0.0 => Statistic::Undefined(Reason::NoVariation),
        Some(mean) => Statistic::known((mean - scale.0) / width, values.len(), "mean over candidates, 0 to 1; n candidates"),
        None => Statistic::Undefined(Reason::TooFew),
    }
}

/// The correlation of an item with the sum of the others, over the candidates who have all (corrected item-total correlation).
pub fn item_total(scores: &Scores, item: usize) -> Statistic {
    let whole = complete(scores);
    let others: Vec<usize> = (0..whole.columns()).filter(|&at| at != item).collect();
    if others.is_empty() || whole.rows() < 3 {
        return Statistic::Undefined(Reason::TooFew);
    }
    match correlation(&column(&whole, item), &sums(&whole, &others)) {
        Some(r) => fisher(r, whole.rows(), "correlation with the sum of the other items; n candidates"),
        None => Statistic::Undefined(Reason::NoVariation),
    }
}

/// A correlation with the 95% interval of Fisher's z, from four observations on.
fn fisher(r: f64, n: usize, method: &str) -> Statistic {
    let statistic = Statistic::known(r, n, method);
    if n < 4 || r.abs() >= 1.0 {
        return statistic;
    }
    let half = super::distributions::Z95 / ((n - 3) as f64).sqrt();
    statistic.within((r.atanh() - half).tanh(), (r.atanh() + half).tanh())
}

/// Cronbach's alpha over the candidates who have all items, with Feldt's 95% interval.
pub fn alpha(scores: &Scores) -> Statistic {
    alpha_of(&complete(scores), "Cronbach's alpha; n candidates")
}

/// Alpha of the rest.
pub fn alpha_if_deleted(scores: &Scores, item: usize) -> Statistic {
    let whole = complete(scores);
    let others: Vec<usize> = (0..whole.columns()).filter(|&at| at != item).collect();
    let rest = whole.part(&(0..whole.rows()).collect::<Vec<_>>(), &others);
    alpha_of(&rest, "Cronbach's alpha of the other items; n candidates")
}

fn alpha_of(whole: &Scores, method: &str) -> Statistic {
    let (n, k) = (whole.rows(), whole.columns());
    if n < 2 || k < 2 {
        return Statistic::Undefined(Reason::TooFew);
    }
    let all: Vec<usize> = (0..k).collect();
    let total = variance(&sums(whole, &all)).unwrap_or_default();
    if total <= 1e-18 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    let items: f64 = all.iter().filter_map(|&at| variance(&column(whole, at))).sum();
    let (nf, kf) = (n as f64, k as f64);
    let value = kf / (kf - 1.0) * (1.0 - items / total);
    let limit = |share: f64| 1.0 - (1.0 - value) * f_quantile(share, nf - 1.0, (nf - 1.0) * (kf - 1.0));
    Statistic::known(value, n, method).within(limit(0.975), limit(0.025))
}

/// Alpha as if all items varied alike, from the mean correlation between them. An item that does not vary leaves it undefined.
pub fn standardised_alpha(scores: &Scores) -> Statistic {
    let whole = complete(scores);
    let (n, k) = (whole.rows(), whole.columns());
    if n < 2 || k < 2 {
        return Statistic::Undefined(Reason::TooFew);
    }
    match mean_correlation(&(0..k).map(|at| column(&whole, at)).collect::<Vec<_>>()) {
        Some(r) => Statistic::known(k as f64 * r / (1.0 + (k - 1) as f64 * r), n, "standardised alpha; n candidates"),
        None => Statistic::Undefined(Reason::NoVariation),
    }
}

/// The mean correlation of all pairs of columns; none when one does not vary.
pub(super) fn mean_correlation(columns: &[Vec<f64>]) -> Option<f64> {
    let pairs = columns.iter().enumerate().flat_map(|(i, a)| columns[..i].iter().map(move |b| correlation(a, b)));
    let all: Option<Vec<f64>> = pairs.collect();
    all.and_then(mean)
}

/// How far the best and the worst 27 in 100 by the sum of all items are apart in this item, as a share of the scale
/// (Kelley 1939). Of equal sums the earlier row counts as the better.
pub fn discrimination(scores: &Scores, item: usize, scale: (f64, f64)) -> Statistic {
    let whole = complete(scores);
    let n = whole.rows();
    let width = scale.1 - scale.0;
    if n < 2 || width <= 0.0 {
        return Statistic::Undefined(if width <= 0.0 { Reason::NoVariation } else { Reason::TooFew });
    }
    let totals = sums(&whole, &(0..whole.columns()).collect::<Vec<_>>());
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| totals[b].total_cmp(&totals[a]));
    let tail = ((0.27 * n as f64).round() as usize).max(1);
    let of = |rows: &[usize]| mean(rows.iter().filter_map(|&row| whole.get(row, item))).unwrap_or_default();
    let apart = (of(&order[..tail]) - of(&order[n - tail..])) / width;
    Statistic::known(apart, n, "best less worst 27% by total, as a share of the scale; n candidates")
}

/// The shares of ratings at the lowest and at the highest point, 0 to 1, with Wilson's interval.
pub fn ends(values: &[f64], scale: (f64, f64)) -> (Statistic, Statistic) {
    let at = |end: f64| values.iter().filter(|value| (*value - end).abs() < 1e-9).count() as u64;
    let of = |end, method| share(at(end), values.len() as u64, method);
    (
        of(scale.0, "share of ratings at the lowest point, Wilson; n ratings"),
        of(scale.1, "share of ratings at the highest point, Wilson; n ratings"),
    )
}

/// How many of those who were invited answered, 0 to 1, with Wilson's interval.
pub fn completion(answered: u64, invited: u64) -> Statistic {
    share(answered, invited, "share of the invited who answered, Wilson; n invited")
}

/// How long answers took.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Durations {
    /// The median, in seconds; low and high are the quartiles.
    pub median: Statistic,
    /// The share that ended less than two seconds before the limit, with Wilson's interval.
    pub at_limit: Statistic,
}

/// Of answers of these lengths, in seconds, under this limit.
pub fn durations(seconds: &[f64], limit: f64) -> Durations {
    let all: Vec<(f64, Option<f64>)> = seconds.iter().map(|seconds| (*seconds, Some(limit))).collect();
    durations_within(&all)
}

/// Of answers of these lengths, in seconds, each under its own limit; one without any is not among those of which it is said how many
/// ended there.
pub fn durations_within(answers: &[(f64, Option<f64>)]) -> Durations {
    let measured = || answers.iter().filter(|(seconds, _)| seconds.is_finite());
    let mut sorted: Vec<f64> = measured().map(|(seconds, _)| *seconds).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let of = |share: f64| quantile(&sorted, share);
    let median = match (of(0.25), of(0.5), of(0.75)) {
        (Some(low), Some(median), Some(high)) => {
            Statistic::known(median, sorted.len(), "median, low and high are the quartiles (type 7), seconds; n answers")
                .within(low, high)
        }
        _ => Statistic::Undefined(Reason::TooFew),
    };
    let limited: Vec<(f64, f64)> = measured().filter_map(|(seconds, limit)| Some((*seconds, (*limit)?))).collect();
    let at_limit = match limited.is_empty() && !sorted.is_empty() {
        true => Statistic::Undefined(Reason::PolicyMissing),
        false => {
            let hits = limited.iter().filter(|(seconds, limit)| *seconds > limit - 2.0).count() as u64;
            share(hits, limited.len() as u64, "share that ended at the limit, Wilson; n answers")
        }
    };
    Durations { median, at_limit }
}
