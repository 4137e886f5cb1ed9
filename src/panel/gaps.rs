//! What is not known of a total because part of the rubric was not observed.

use std::collections::BTreeMap;

use super::grid::Grid;
use super::totals::observed;

/// For each candidate the variance, in points², between the weighted mean of what was observed and that of the whole rubric; 0 where
/// all of the weight was.
///
/// Questions are taken as draws: what someone would have got for one that was not observed differs from the rest as that
/// person's observed questions differ among each other, in the mean of the panel. A part with the share w of the weight that has
/// the share o of what was observed adds (o - w)² of that variance. For equal weights, m of M observed, that is 1/m - 1/M of it. Where the rubric has
/// one question, its criteria take the questions' place.
pub(super) fn gaps(grid: &Grid) -> Vec<f64> {
    let parts = parts(grid);
    let count = parts.iter().max().map_or(0, |last| last + 1);
    let whole = shares((0..parts.len()).map(|item| (parts[item], grid.scheme.items[item].weight)), count);
    let seen: Vec<Vec<(f64, f64)>> = (0..grid.candidates.len()).map(|candidate| seen(grid, candidate, &parts, count)).collect();
    let variance = variance(&seen);
    let gap = |seen: &Vec<(f64, f64)>| {
        let has = shares(seen.iter().map(|(weight, _)| *weight).enumerate(), count);
        let apart: f64 = has.iter().zip(&whole).map(|(has, whole)| (has - whole).powi(2)).sum();
        if apart > 1e-12 { variance * apart } else { 0.0 }
    };
    seen.iter().map(gap).collect()
}

/// Which part of the rubric each item is of: a question, or a criterion where there is one question.
fn parts(grid: &Grid) -> Vec<usize> {
    let mut at = BTreeMap::new();
    let items = &grid.scheme.items;
    let of: Vec<usize> = items
        .iter()
        .map(|item| {
            let next = at.len();
            *at.entry(&item.question).or_insert(next)
        })
        .collect();
    if at.len() > 1 { of } else { (0..items.len()).collect() }
}

/// Of each part the weight that was observed, and the weighted mean in points.
fn seen(grid: &Grid, candidate: usize, parts: &[usize], count: usize) -> Vec<(f64, f64)> {
    let mut of = vec![(0.0, 0.0); count];
    for (item, part) in parts.iter().enumerate() {
        let Some(mean) = observed(grid, candidate, item) else { continue };
        let weight = grid.scheme.items[item].weight;
        let (all, sum) = of[*part];
        of[*part] = (all + weight, sum + weight * mean);
    }
    of.iter_mut().filter(|(weight, _)| *weight > 0.0).for_each(|(weight, sum)| *sum /= *weight);
    of
}

fn shares(weights: impl Iterator<Item = (usize, f64)>, count: usize) -> Vec<f64> {
    let mut of = vec![0.0; count];
    weights.for_each(|(part, weight)| of[part] += weight);
    let all: f64 = of.iter().sum();
    of.iter_mut().filter(|_| all > 0.0).for_each(|weight| *weight /= all);
    of
}

/// The variance of parts within candidates, pooled; where nobody has two, that of all parts.
fn variance(seen: &[Vec<(f64, f64)>]) -> f64 {
    let points = |of: &Vec<(f64, f64)>| of.iter().filter(|(weight, _)| *weight > 0.0).map(|(_, mean)| *mean).collect::<Vec<_>>();
    let squares = |of: &[f64]| {
        let mean = of.iter().sum::<f64>() / of.len().max(1) as f64;
        (of.iter().map(|x| (x - mean).powi(2)).sum::<f64>(), of.len().saturating_sub(1))
    };
    let within: Vec<(f64, usize)> = seen.iter().map(|of| squares(&points(of))).collect();
    let (sum, df) = within.iter().fold((0.0, 0), |(sum, df), (of, n)| (sum + of, df + n));
    let (sum, df) = if df > 0 { (sum, df) } else { squares(&seen.iter().flat_map(points).collect::<Vec<_>>()) };
    if df > 0 { sum / df as f64 } else { 0.0 }
}
