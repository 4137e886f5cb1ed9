//! Weighted totals from 0 to 100, with what is missing said.
//!
//! For each criterion the mean over reviewers, as percent of the maximum possible (POMP: Cohen, Cohen, Aiken & West 1999);
//! then the weighted mean over the criteria that were observed. Coverage is the share of the weight that was.

use serde::Serialize;

use super::grid::{Cell, Grid};
use super::scores::Scores;
use super::statistic::Reason;

/// Whether a total can be ranked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Enough was observed, by enough reviewers.
    Ranked,
    /// Enough was observed, but there is no common ranking: reviewers and candidates fall into groups that share nobody.
    Apart,
    /// It stands under the line, unranked: too little was observed, or by too few.
    Provisional,
    /// Something could not be judged, and policy says that there is no total then.
    Blocked,
    /// Nothing was observed.
    None,
}

/// The values of one item.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Spread {
    /// Their mean, in points.
    pub mean: f64,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// How many reviewers gave them.
    pub n: usize,
}

impl Spread {
    /// Of these values; none of none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().collect();
        let (min, max) = (values.iter().copied().reduce(f64::min)?, values.iter().copied().reduce(f64::max)?);
        let n = values.len();
        Some(Spread { mean: values.iter().sum::<f64>() / n as f64, min, max, n })
    }
}

/// One candidate's total.
#[derive(Clone, PartialEq, Debug)]
pub struct Total {
    /// 0 to 100, or why there is none.
    pub value: Result<f64, Reason>,
    /// The share of the weight that was observed, 0 to 1.
    pub coverage: f64,
    /// The fewest reviewers that a used criterion has, those included who say that there is no answer; 0 when none is used.
    pub fewest_reviewers: usize,
    /// Whether it can be ranked.
    pub status: Status,
    /// Reviewers' values by item, in the scheme's order; none where nobody gave any.
    pub items: Vec<Option<Spread>>,
}

impl Total {
    /// A candidate's total, over all reviewers.
    pub(super) fn of(grid: &Grid, candidate: usize) -> Total {
        let everyone = vec![1; grid.reviewers.len()];
        let items = 0..grid.scheme.items.len();
        let counts = |cell: &Cell| if let Cell::Counts(value) = cell { Some(*value) } else { None };
        let spreads: Vec<_> = items.clone().map(|item| Spread::of(grid.cells(candidate, item).iter().filter_map(counts))).collect();
        let blocked = items.clone().any(|item| grid.cells(candidate, item).contains(&Cell::Blocks));
        let (value, coverage) = weighted(grid, candidate, &everyone);
        // That there is no answer is stated by reviewers, too.
        let states = |cell: &&Cell| matches!(cell, Cell::Counts(_) | Cell::Fact(_));
        let stated = items.map(|item| grid.cells(candidate, item).iter().filter(states).count());
        let fewest_reviewers = stated.filter(|n| *n > 0).min().unwrap_or(0);
        let policy = &grid.scheme.policy;
        let enough = fewest_reviewers >= policy.min_reviewers as usize;
        let (value, status) = match value {
            _ if blocked => (Err(Reason::PolicyMissing), Status::Blocked),
            Err(reason) => (Err(reason), Status::None),
            Ok(value) if enough && coverage >= policy.min_coverage - 1e-12 => (Ok(value), Status::Ranked),
            Ok(value) => (Ok(value), Status::Provisional),
        };
        Total { value, coverage, fewest_reviewers, status, items: spreads }
    }
}

/// The weighted total when each reviewer counts `times`, and its coverage. Blocking cells are left to the caller.
pub(super) fn weighted(grid: &Grid, candidate: usize, times: &[u32]) -> (Result<f64, Reason>, f64) {
    let (mut sum, mut observed, mut all) = (0.0, 0.0, 0.0);
    let mut flat = false;
    for (at, item) in grid.scheme.items.iter().enumerate() {
        all += item.weight;
        let Some(mean) = mean(grid.cells(candidate, at), times) else { continue };
        observed += item.weight;
        match grid.scheme.pomp(mean) {
            Some(pomp) => sum += item.weight * pomp,
            None => flat = true,
        }
    }
    let coverage = if all > 0.0 { observed / all } else { 0.0 };
    let value = match () {
        () if observed == 0.0 => Err(Reason::TooFew),
        () if flat => Err(Reason::NoVariation),
        () => Ok(sum / observed),
    };
    (value, coverage)
}

/// The weighted mean in points of the items that are observed when each reviewer counts `times`; none where there are none.
pub(super) fn weighted_points(grid: &Grid, candidate: usize, items: &[usize], times: &[u32]) -> Option<f64> {
    let (mut sum, mut observed) = (0.0, 0.0);
    for &at in items {
        let Some(mean) = mean(grid.cells(candidate, at), times) else { continue };
        let weight = grid.scheme.items[at].weight;
        (sum, observed) = (sum + weight * mean, observed + weight);
    }
    (observed > 0.0).then(|| sum / observed)
}

/// The mean in points of what reviewers gave an item; none where it was not observed.
pub(super) fn observed(grid: &Grid, candidate: usize, item: usize) -> Option<f64> {
    mean(grid.cells(candidate, item), &vec![1; grid.reviewers.len()])
}

/// The mean of an item's cells; a fact counts once for whoever states it, whoever is drawn.
fn mean(cells: &[Cell], times: &[u32]) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0.0);
    let mut fact = None;
    for (cell, &times) in cells.iter().zip(times) {
        match cell {
            Cell::Counts(value) => {
                sum += f64::from(times) * value;
                n += f64::from(times);
            }
            Cell::Fact(value) => fact = Some(*value),
            Cell::Out | Cell::Blocks => {}
        }
    }
    if n > 0.0 { Some(sum / n) } else { fact }
}

/// Whether a reviewer who is drawn gave this candidate any value.
pub(super) fn is_rated(grid: &Grid, candidate: usize, times: &[u32]) -> bool {
    let items = 0..grid.scheme.items.len();
    items.into_iter().any(|item| {
        let mut cells = grid.cells(candidate, item).iter().zip(times);
        cells.any(|(cell, &times)| times > 0 && matches!(cell, Cell::Counts(_)))
    })
}

/// This reviewer once, the others not at all.
pub(super) fn only(grid: &Grid, reviewer: usize) -> Vec<u32> {
    (0..grid.reviewers.len()).map(|at| u32::from(at == reviewer)).collect()
}

/// Candidates down, reviewers across: each one's weighted mean, in points. Candidates without a total by policy have none.
pub(super) fn means(grid: &Grid, totals: &[Total]) -> Scores {
    let all: Vec<usize> = (0..grid.scheme.items.len()).collect();
    let mut means = Scores::empty(grid.candidates.len(), grid.reviewers.len());
    for reviewer in 0..grid.reviewers.len() {
        let only = only(grid, reviewer);
        for candidate in (0..grid.candidates.len()).filter(|&at| totals[at].status != Status::Blocked) {
            if is_rated(grid, candidate, &only) {
                means.set(candidate, reviewer, weighted_points(grid, candidate, &all, &only));
            }
        }
    }
    means
}
