//! How each reviewer uses the scale: leniency against others, central tendency, halo, straight-lining.
//!
//! Saal, Downey & Lahey (1980); Myford & Wolfe (2003, 2004). Prompts to recalibrate, never a grade of the reviewer.

use serde::Serialize;

use super::components::Cube;
use super::intervals::share;
use super::items::mean_correlation;
use super::scores::{correlation, mean, variance};
use super::statistic::{Reason, Statistic};

/// One reviewer's habits. "Others" of a cell is the mean of the other reviewers of the same candidate and question.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Habits {
    /// Ratings given.
    pub n: usize,
    /// Their mean, in points.
    pub mean: Statistic,
    /// Own less others', in points: positive is lenient.
    pub against_others: Statistic,
    /// The standard deviation of the ratings, in points.
    pub deviation: Statistic,
    /// It, in proportion to that of the others' means.
    pub deviation_ratio: Statistic,
    /// The share of ratings at the middle of the scale.
    pub middle_share: Statistic,
    /// The share at either end.
    pub extreme_share: Statistic,
    /// How many points of the scale were used.
    pub distinct: usize,
    /// The correlation of own with others'.
    pub single_rest: Statistic,
    /// The mean correlation between questions.
    pub halo: Statistic,
    /// It, less the same in the others' means.
    pub halo_excess: Statistic,
    /// The mean standard deviation within a candidate.
    pub within_candidate: Statistic,
    /// The share of candidates who were given the same in every question.
    pub straight_lined: Statistic,
}

/// A reviewer's habits, from candidates × reviewers × questions (or criteria), all values on this scale.
pub fn habits(cube: &Cube, reviewer: usize, scale: (f64, f64)) -> Habits {
    let own = Own::of(cube, reviewer);
    let n = own.values.len();
    let middle = (scale.0 + scale.1) / 2.0;
    let [mean, deviation] = own.level();
    let [against_others, deviation_ratio, single_rest] = own.beside_others();
    let [halo, halo_excess] = own.halo();
    let [within_candidate, straight_lined] = own.within_candidates();
    Habits {
        n,
        mean,
        against_others,
        deviation,
        deviation_ratio,
        middle_share: own.share_at(&[middle]),
        extreme_share: own.share_at(&[scale.0, scale.1]),
        distinct: own.distinct(),
        single_rest,
        halo,
        halo_excess,
        within_candidate,
        straight_lined,
    }
}

fn known(value: Option<f64>, n: usize, why: Reason, method: &str) -> Statistic {
    value.map_or(Statistic::Undefined(why), |value| Statistic::known(value, n, method))
}

/// What a reviewer gave.
struct Own {
    values: Vec<f64>,
    /// Own and others' mean, where there are others.
    shared: Vec<(f64, f64)>,
    /// By candidate whom the reviewer rated in every question that the reviewer rated at all.
    rows: Vec<Vec<f64>>,
    /// Others' means of the same candidates and questions; none where one is missing.
    others: Vec<Option<Vec<f64>>>,
}

impl Own {
    fn of(cube: &Cube, reviewer: usize) -> Self {
        let (candidates, reviewers, questions) = cube.size();
        let others = |candidate: usize, question: usize| {
            let all = (0..reviewers).filter(|&other| other != reviewer);
            mean(all.filter_map(|other| cube.get(candidate, other, question)))
        };
        let mut own = Own { values: Vec::new(), shared: Vec::new(), rows: Vec::new(), others: Vec::new() };
        let used: Vec<usize> = (0..questions).filter(|&q| (0..candidates).any(|c| cube.get(c, reviewer, q).is_some())).collect();
        for candidate in 0..candidates {
            let row: Vec<Option<f64>> = used.iter().map(|&question| cube.get(candidate, reviewer, question)).collect();
            for (value, &question) in row.iter().zip(&used) {
                let Some(value) = *value else { continue };
                own.values.push(value);
                own.shared.extend(others(candidate, question).map(|theirs| (value, theirs)));
            }
            if let Some(row) = row.into_iter().collect::<Option<Vec<f64>>>().filter(|row| !row.is_empty()) {
                own.rows.push(row);
                own.others.push(used.iter().map(|&question| others(candidate, question)).collect());
            }
        }
        own
    }

    /// Mean and standard deviation.
    fn level(&self) -> [Statistic; 2] {
        let n = self.values.len();
        [
            known(mean(self.values.iter().copied()), n, Reason::TooFew, "mean; n ratings"),
            known(variance(&self.values).map(f64::sqrt), n, Reason::TooFew, "standard deviation; n ratings"),
        ]
    }

    /// Own less others', the ratio of the deviations, the correlation.
    fn beside_others(&self) -> [Statistic; 3] {
        let (mine, theirs): (Vec<f64>, Vec<f64>) = self.shared.iter().copied().unzip();
        let n = mine.len();
        let why = if n == 0 { Reason::NoPairs } else { Reason::NoVariation };
        let others = variance(&theirs).map(f64::sqrt).filter(|deviation| *deviation > 1e-12);
        let ratio = variance(&mine).map(f64::sqrt).zip(others).map(|(own, others)| own / others);
        let apart = mean(self.shared.iter().map(|(mine, theirs)| mine - theirs));
        [
            known(apart, n, Reason::NoPairs, "mean of own less others' mean on the same cell; n cells"),
            known(ratio, n, why, "standard deviation of own over that of others' means; n cells"),
            known(correlation(&mine, &theirs), n, why, "correlation of own with others' means; n cells"),
        ]
    }

    /// The mean correlation between questions, and what it is more than in the others' means of the same candidates.
    fn halo(&self) -> [Statistic; 2] {
        let n = self.rows.len();
        let several = self.rows.first().map_or(0, Vec::len) > 1;
        let why = if several && n > 1 { Reason::NoVariation } else { Reason::TooFew };
        let own = mean_correlation(&columns(&self.rows));
        let others = mean_correlation(&columns(&self.others.iter().flatten().cloned().collect::<Vec<_>>()));
        [
            known(own, n, why, "mean correlation between questions; n candidates"),
            known(own.zip(others).map(|(own, others)| own - others), n, why, "the same, less that in others' means; n candidates"),
        ]
    }

    /// The mean deviation within a candidate, and the share of candidates who were given the same throughout.
    fn within_candidates(&self) -> [Statistic; 2] {
        let rows: Vec<&Vec<f64>> = self.rows.iter().filter(|row| row.len() > 1).collect();
        let n = rows.len();
        let deviations = rows.iter().filter_map(|row| variance(row)).map(f64::sqrt);
        let straight = rows.iter().filter(|row| row.iter().all(|value| (value - row[0]).abs() < 1e-9)).count();
        [
            known(mean(deviations), n, Reason::TooFew, "mean standard deviation within a candidate; n candidates"),
            share(straight as u64, n as u64, "share of candidates given the same throughout, Wilson; n candidates"),
        ]
    }

    fn share_at(&self, points: &[f64]) -> Statistic {
        let hits = self.values.iter().filter(|value| points.iter().any(|point| (*value - point).abs() < 1e-9)).count();
        share(hits as u64, self.values.len() as u64, "share of the ratings, Wilson; n ratings")
    }

    fn distinct(&self) -> usize {
        let mut distinct = self.values.clone();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        distinct.len()
    }
}

fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|at| rows.iter().map(|row| row[at]).collect()).collect()
}
