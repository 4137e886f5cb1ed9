//! A ratings table laid out for computing: candidates × items × reviewers.

use std::collections::{BTreeMap, BTreeSet};

use super::ratings::{Ratings, Value};
use super::scheme::Scheme;
use crate::rubric::{MissingRule, Policy};
use crate::text::SafeText;

/// What a cell does to a total, once policy has spoken.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Cell {
    /// A reviewer's value, in points.
    Counts(f64),
    /// A value that rests on a fact, not on a reviewer: the lowest point for an answer that was not given.
    Fact(f64),
    /// It leaves the average.
    Out,
    /// There is no total.
    Blocks,
}

pub(super) struct Grid<'a> {
    pub(super) scheme: &'a Scheme,
    pub(super) candidates: Vec<SafeText>,
    pub(super) reviewers: Vec<SafeText>,
    cells: Vec<Cell>,
}

impl<'a> Grid<'a> {
    /// Cells of items that the scheme does not know are not in it.
    pub(super) fn of(ratings: &Ratings, scheme: &'a Scheme) -> Self {
        let candidates: BTreeSet<&SafeText> = ratings.iter().map(|(key, _)| &key.candidate).collect();
        let reviewers: BTreeSet<&SafeText> = ratings.iter().map(|(key, _)| &key.reviewer).collect();
        let reviewer_at: BTreeMap<_, usize> = reviewers.iter().enumerate().map(|(at, id)| (*id, at)).collect();
        let item_at: BTreeMap<_, usize> =
            scheme.items.iter().enumerate().map(|(at, item)| ((&item.question, &item.criterion), at)).collect();
        let (items, width) = (scheme.items.len(), reviewers.len());
        let mut cells = vec![Cell::Out; candidates.len() * items * width];
        let mut answered = vec![false; candidates.len() * items];
        // Cells come candidate by candidate, in the order of the names.
        let mut candidate = candidates.iter().enumerate().peekable();
        for (key, value) in ratings.iter() {
            while candidate.next_if(|(_, id)| **id != &key.candidate).is_some() {}
            let at = candidate.peek().expect("the names are of these cells").0;
            if let Some(item) = item_at.get(&(&key.question, &key.criterion)) {
                let at = at * items + item;
                answered[at] |= matches!(value, Value::Point(_) | Value::NotObserved | Value::TechnicalFault);
                cells[at * width + reviewer_at[&key.reviewer]] = resolve(value, &scheme.policy, scheme.min);
            }
        }
        // Where someone saw an answer that others call not given, it was given, for each reviewer as for all together.
        for (of_item, answered) in cells.chunks_mut(width.max(1)).zip(answered) {
            if answered {
                of_item.iter_mut().filter(|cell| matches!(cell, Cell::Fact(_))).for_each(|cell| *cell = Cell::Out);
            }
        }
        let owned = |all: BTreeSet<&SafeText>| all.into_iter().cloned().collect();
        Grid { scheme, candidates: owned(candidates), reviewers: owned(reviewers), cells }
    }

    /// The same with other weights: `scheme` is this one's but for them.
    pub(super) fn weighted_by(&self, scheme: &'a Scheme) -> Self {
        Grid { scheme, candidates: self.candidates.clone(), reviewers: self.reviewers.clone(), cells: self.cells.clone() }
    }

    /// The variance that rounding to the scale's points leaves in a reviewer's weighted mean, in points²: a twelfth of a step's square
    /// for each rating. A step is half a point where anyone gave a half.
    pub(super) fn rounding(&self) -> f64 {
        let is_half = |cell: &Cell| matches!(cell, Cell::Counts(points) if points.fract() != 0.0);
        let step: f64 = if self.cells.iter().any(is_half) { 0.5 } else { 1.0 };
        let weights = || self.scheme.items.iter().map(|item| item.weight);
        let (all, squares): (f64, f64) = (weights().sum(), weights().map(|weight| weight * weight).sum());
        if all > 0.0 { step * step / 12.0 * squares / (all * all) } else { 0.0 }
    }

    /// One candidate's cells of one item, by reviewer.
    pub(super) fn cells(&self, candidate: usize, item: usize) -> &[Cell] {
        let width = self.reviewers.len();
        let from = (candidate * self.scheme.items.len() + item) * width;
        &self.cells[from..from + width]
    }
}

fn resolve(value: Value, policy: &Policy, lowest: f64) -> Cell {
    let by = |rule: MissingRule, floor: Cell| match rule {
        MissingRule::Exclude => Cell::Out,
        MissingRule::Floor => floor,
        MissingRule::Block => Cell::Blocks,
    };
    match value {
        Value::Point(point) => Cell::Counts(point.value()),
        Value::NotObserved => by(policy.not_observed, Cell::Counts(lowest)),
        Value::NotAnswered => by(policy.not_answered, Cell::Fact(lowest)),
        // A fault is nobody's low score, whatever a file says.
        Value::TechnicalFault => by(policy.technical_fault, Cell::Out),
        Value::Recused | Value::NotYet => Cell::Out,
    }
}
