//! Drift of each reviewer over the reviewer's own order, by name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::adjusted::Models;
use super::tables::Tables;
use crate::interview::QuestionId;
use crate::panel::drift::{Drift, drift as slope_of, holm, weighted_means};
use crate::panel::grid::Grid;
use crate::panel::scores::mean;
use crate::panel::statistic::Reason;
use crate::text::SafeText;

/// By reviewer, the answers in the order in which they were first rated.
pub type OrderOfRating = BTreeMap<SafeText, Vec<(SafeText, QuestionId)>>;

/// One reviewer's drift: a prompt to recalibrate, never a grade.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReviewerDrift {
    /// By pseudonym.
    pub reviewer: SafeText,
    /// Why there is no slope.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undefined: Option<Reason>,
    /// The slope of what is left of a rating when candidate, reviewer and criterion are taken out, on the own order.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// The slope's probability, corrected for the number of reviewers (Holm 1979).
    pub p_holm: Option<f64>,
    /// The exponentially weighted mean of the residuals, answer by answer (0.3 of the new one, from 0).
    pub ewma: Vec<f64>,
}

/// How much of a new residual the weighted mean takes over.
const TAKES: f64 = 0.3;

pub(super) fn drift(grid: &Grid, tables: &Tables, models: &Models, order: &OrderOfRating) -> Vec<ReviewerDrift> {
    let columns = (0..grid.reviewers.len()).filter(|&at| tables.means.column_mean(at).is_some());
    let known = columns.filter_map(|at| Some((at, order.get(&grid.reviewers[at])?)));
    let left = Left::of(grid, tables, models);
    let one = |(at, answers): (usize, &Vec<(SafeText, QuestionId)>)| {
        let residuals = match &left {
            // Who gives everyone the same cannot change: what seems to is the others'.
            Ok(_) if gives_one_point(tables, at) => Err(Reason::NoVariation),
            Ok(left) => Ok(left.in_order(grid, at, answers)),
            Err(reason) => Err(*reason),
        };
        told(&grid.reviewers[at], residuals)
    };
    let mut all: Vec<ReviewerDrift> = known.map(one).collect();
    let corrected = holm(&all.iter().filter_map(|one| one.drift.as_ref().map(|drift| drift.p)).collect::<Vec<_>>());
    all.iter_mut().filter(|one| one.drift.is_some()).zip(corrected).for_each(|(one, p)| one.p_holm = Some(p));
    all
}

fn gives_one_point(tables: &Tables, reviewer: usize) -> bool {
    let mut points = tables.by_item.observed().filter(|(_, of, ..)| *of == reviewer).map(|(.., value)| value);
    let first = points.next();
    points.all(|point| Some(point) == first)
}

fn told(reviewer: &SafeText, residuals: Result<Vec<f64>, Reason>) -> ReviewerDrift {
    let mut one = ReviewerDrift { reviewer: reviewer.clone(), undefined: None, drift: None, p_holm: None, ewma: Vec::new() };
    let found = residuals.and_then(|residuals| {
        let places: Vec<f64> = (1..=residuals.len()).map(|place| place as f64).collect();
        one.ewma = weighted_means(&residuals, TAKES);
        slope_of(&places, &residuals)
    });
    match found {
        Ok(drift) => one.drift = Some(drift),
        Err(reason) => one.undefined = Some(reason),
    }
    one
}

/// What the additive model and the criteria's own levels leave of each rating.
struct Left<'a> {
    tables: &'a Tables,
    /// Each candidate's score, each reviewer's leniency, each criterion's level against all.
    levels: [Vec<f64>; 3],
    /// The places of each question's criteria.
    items: BTreeMap<QuestionId, Vec<usize>>,
}

impl<'a> Left<'a> {
    fn of(grid: &Grid, tables: &'a Tables, models: &Models) -> Result<Self, Reason> {
        let model = models.additive.as_ref().map_err(|reason| *reason)?;
        let zero = |of: &[Option<f64>]| of.iter().map(|value| value.unwrap_or_default()).collect();
        let (scores, leniency): (Vec<f64>, Vec<f64>) = (zero(&model.adjusted), zero(&model.leniency));
        // A criterion's level is what is left in it, so that it does not matter who rated whom in it.
        let mut sums = vec![(0.0, 0usize); grid.scheme.items.len()];
        for (candidate, reviewer, item, value) in tables.by_item.observed().filter(|(at, ..)| !tables.blocked[*at]) {
            let sum = &mut sums[item];
            *sum = (sum.0 + value - scores[candidate] - leniency[reviewer], sum.1 + 1);
        }
        let level = sums.into_iter().map(|(sum, n)| if n > 0 { sum / n as f64 } else { 0.0 }).collect();
        let mut items: BTreeMap<QuestionId, Vec<usize>> = BTreeMap::new();
        for (at, item) in grid.scheme.items.iter().enumerate() {
            items.entry(item.question.clone()).or_default().push(at);
        }
        Ok(Left { tables, levels: [scores, leniency, level], items })
    }

    /// The mean residual of each answer that a reviewer rated, in that order.
    fn in_order(&self, grid: &Grid, reviewer: usize, answers: &[(SafeText, QuestionId)]) -> Vec<f64> {
        let [scores, leniency, level] = &self.levels;
        let residual = |(candidate, question): &(SafeText, QuestionId)| {
            let at = grid.candidates.binary_search(candidate).ok().filter(|at| !self.tables.blocked[*at])?;
            let left = self.items.get(question)?.iter().filter_map(|&item| {
                let value = self.tables.by_item.get(at, reviewer, item)?;
                Some(value - scores[at] - leniency[reviewer] - level[item])
            });
            mean(left)
        };
        answers.iter().filter_map(residual).collect()
    }
}
