//! Whether a reviewer seems severe because of what was rated: who left out what is easy has the lower mean.
//!
//! How hard each criterion is, is told from the ratings that one reviewer gave one candidate, so that neither the reviewer's severity
//! nor the candidate's level has a part in it. What reviewers left out then has a severity of its own, which is held against the
//! one that is said of them.

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use super::adjusted::Models;
use super::tables::Tables;
use crate::panel::adjust::Additive;
use crate::panel::grid::Grid;
use crate::panel::scores::{Scores, mean};
use crate::panel::statistic::Statistic;
use crate::text::SafeText;

/// An offset smaller than this many points is rounding.
const NOTHING: f64 = 1e-9;
/// From which probability on it is no chance who left out what.
const SYSTEMATIC: f64 = 0.05;

/// What one reviewer gave one candidate: items and points.
struct Review {
    candidate: usize,
    reviewer: usize,
    given: Vec<(usize, f64)>,
}

/// Reviewers of whom it cannot be told how severe they are from how hard the criteria are that they rated: what they left out moves
/// their means by more than half of what their severity's interval reaches, or nobody rated theirs together with others'.
pub(super) fn other_items(grid: &Grid, tables: &Tables, models: &Models) -> Vec<SafeText> {
    let (Some(common), Ok(model)) = (&tables.common, &models.additive) else { return Vec::new() };
    let reviews = reviews(tables, common);
    let groups = groups(&reviews, grid.scheme.items.len());
    let mut found = without_common_items(&reviews, &groups);
    if found.is_empty() {
        found = moved(grid, &reviews, &difficulties(&reviews, &groups), common, model);
    }
    found.into_iter().map(|reviewer| grid.reviewers[reviewer].clone()).collect()
}

fn reviews(tables: &Tables, common: &Scores) -> Vec<Review> {
    let mut reviews: Vec<Review> = Vec::new();
    for (candidate, reviewer, item, points) in tables.by_item.observed() {
        if common.get(candidate, reviewer).is_none() {
            continue;
        }
        match reviews.last_mut() {
            Some(last) if (last.candidate, last.reviewer) == (candidate, reviewer) => last.given.push((item, points)),
            _ => reviews.push(Review { candidate, reviewer, given: vec![(item, points)] }),
        }
    }
    reviews
}

/// Of each item the group of those that hang together by reviews in which both were rated.
fn groups(reviews: &[Review], items: usize) -> Vec<usize> {
    let mut groups: Vec<usize> = (0..items).collect();
    for review in reviews {
        let first = groups[review.given[0].0];
        for (item, _) in &review.given {
            let other = groups[*item];
            if other != first {
                groups.iter_mut().filter(|group| **group == other).for_each(|group| *group = first);
            }
        }
    }
    groups
}

/// Where a candidate's reviewers rated items of different groups: the reviewers of all groups but the one that most reviews are of.
fn without_common_items(reviews: &[Review], groups: &[usize]) -> Vec<usize> {
    let group = |review: &Review| groups[review.given[0].0];
    let is_split = |same: &[Review]| same.iter().any(|review| group(review) != group(&same[0]));
    if !reviews.chunk_by(|one, next| one.candidate == next.candidate).any(is_split) {
        return Vec::new();
    }
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    reviews.iter().for_each(|review| *counts.entry(group(review)).or_default() += 1);
    let most = counts.values().copied().max().unwrap_or_default();
    let usual = |of: usize| counts[&of] == most && counts.values().filter(|count| **count == most).count() == 1;
    let mut found: Vec<usize> = reviews.iter().filter(|review| !usual(group(review))).map(|review| review.reviewer).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// How much more than the others of its group an item is given, in points: least squares within reviews.
fn difficulties(reviews: &[Review], groups: &[usize]) -> DVector<f64> {
    let items = groups.len();
    // The rank that each group lacks is put in: within it they sum to zero.
    let mut left = DMatrix::from_fn(items, items, |a, b| f64::from(u8::from(groups[a] == groups[b])));
    let mut right = DVector::zeros(items);
    for review in reviews {
        let share = 1.0 / review.given.len() as f64;
        let level = mean(review.given.iter().map(|(_, points)| *points)).unwrap_or_default();
        for (a, points) in &review.given {
            right[*a] += points - level;
            left[(*a, *a)] += 1.0;
            review.given.iter().for_each(|(b, _)| left[(*a, *b)] -= share);
        }
    }
    left.cholesky().map_or_else(|| DVector::zeros(items), |solved| solved.solve(&right))
}

/// Whom what was left out makes seem severe or lenient.
fn moved(grid: &Grid, reviews: &[Review], easy: &DVector<f64>, common: &Scores, model: &Additive) -> Vec<usize> {
    let mut offsets = Scores::empty(common.rows(), common.columns());
    for review in reviews {
        let weight = |item: usize| grid.scheme.items[item].weight;
        let (sum, all) =
            review.given.iter().fold((0.0, 0.0), |(sum, all), (item, _)| (sum + weight(*item) * easy[*item], all + weight(*item)));
        offsets.set(review.candidate, review.reviewer, (all > 0.0).then(|| sum / all));
    }
    let Ok(fitted) = Additive::fit(&offsets) else { return Vec::new() };
    if fitted.reviewers.is_some_and(|test| test.p >= SYSTEMATIC) {
        return Vec::new();
    }
    let mut sorted: Vec<f64> = fitted.leniency.iter().flatten().copied().collect();
    sorted.sort_by(f64::total_cmp);
    let Some(middle) = sorted.get(sorted.len() / 2).copied() else { return Vec::new() };
    let is_moved = |reviewer: &usize| {
        let by = fitted.leniency[*reviewer].map_or(0.0, |leniency| (leniency - middle).abs());
        by > NOTHING && by > reach(&model.severity(*reviewer)) / 2.0
    };
    (0..common.columns()).filter(is_moved).collect()
}

/// How far an interval reaches to each side; 0 without one.
fn reach(statistic: &Statistic) -> f64 {
    let Statistic::Known(known) = statistic else { return 0.0 };
    known.low.zip(known.high).map_or(0.0, |(low, high)| (high - low) / 2.0)
}
