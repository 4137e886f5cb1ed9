//! How each reviewer uses the scale: leniency against others, central tendency, halo, straight-lining.
//!
//! Saal, Downey & Lahey (1980); Myford & Wolfe (2003, 2004). Prompts to recalibrate, never a grade of the reviewer.

use serde::Serialize;

use super::components::Cube;
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

/// A reviewer's habits, from candidates × reviewers × questions (or items), all values on this scale.
pub fn habits(cube: &Cube, reviewer: usize, scale: (f64, f64)) -> Habits {
    let own = Own::of(cube, reviewer);
    let values = &own.values;
    let n = values.len();
    let of = |value: Option<f64>, n: usize, why: Reason, method: &str| match value {
        Some(value) => Statistic::known(value, n, method),
        None => Statistic::Undefined(why),
    };
    let deviation = variance(values).map(f64::sqrt);
    let (mine, theirs): (Vec<f64>, Vec<f64>) = own.shared.iter().copied().unzip();
    let others_deviation = variance(&theirs).map(f64::sqrt).filter(|spread| *spread > 1e-12);
    let ratio = variance(&mine).map(f64::sqrt).zip(others_deviation).map(|(own, others)| own / others);
    let alone = if mine.is_empty() { Reason::NoPairs } else { Reason::NoVariation };
    let middle = (scale.0 + scale.1) / 2.0;
    let at = |points: &[f64]| {
        let hits = values.iter().filter(|value| points.iter().any(|point| (*value - point).abs() < 1e-9)).count();
        super::intervals::share(hits as u64, n as u64, "share of the ratings, Wilson; n ratings")
    };
    let mut distinct = values.clone();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let halo = mean_correlation(&columns(&own.rows));
    let excess = halo.zip(own.others_halo()).map(|(own, others)| own - others);
    let several = own.rows.first().map_or(0, Vec::len) > 1;
    let flat = if several && own.rows.len() > 1 { Reason::NoVariation } else { Reason::TooFew };
    let spreads: Vec<f64> = own.rows.iter().filter_map(|row| variance(row)).map(f64::sqrt).collect();
    let straight = own.rows.iter().filter(|row| row.len() > 1 && row.iter().all(|value| (value - row[0]).abs() < 1e-9)).count();
    let candidates = own.rows.iter().filter(|row| row.len() > 1).count();
    Habits {
        n,
        mean: of(mean(values.iter().copied()), n, Reason::TooFew, "mean; n ratings"),
        against_others: of(
            mean(own.shared.iter().map(|(mine, theirs)| mine - theirs)),
            mine.len(),
            Reason::NoPairs,
            "mean of own less others' mean on the same cell; n cells",
        ),
        deviation: of(deviation, n, Reason::TooFew, "standard deviation; n ratings"),
        deviation_ratio: of(ratio, mine.len(), alone, "standard deviation of own over that of others' means; n cells"),
        middle_share: at(&[middle]),
        extreme_share: at(&[scale.0, scale.1]),
        distinct: distinct.len(),
        single_rest: of(correlation(&mine, &theirs), mine.len(), alone, "correlation of own with others' means; n cells"),
        halo: of(halo, own.rows.len(), flat, "mean correlation between questions; n candidates"),
        halo_excess: of(excess, own.rows.len(), flat, "mean correlation between questions, own less others'; n candidates"),
        within_candidate: of(mean(spreads), candidates, Reason::TooFew, "mean standard deviation within a candidate; n candidates"),
        straight_lined: super::intervals::share(
            straight as u64,
            candidates as u64,
            "share of candidates given the same throughout, Wilson; n candidates",
        ),
    }
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
        let used: Vec<usize> =
            (0..questions).filter(|&q| (0..candidates).any(|c| cube.get(c, reviewer, q).is_some())).collect();
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

    /// The mean correlation between questions in the others' means, over the candidates who have others.
    fn others_halo(&self) -> Option<f64> {
        mean_correlation(&columns(&self.others.iter().flatten().cloned().collect::<Vec<_>>()))
    }
}

fn columns(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let width = rows.first().map_or(0, Vec::len);
    (0..width).map(|at| rows.iter().map(|row| row[at]).collect()).collect()
}
