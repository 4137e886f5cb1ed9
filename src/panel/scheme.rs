//! By which scale, weights and policy a table of ratings becomes totals.

use std::collections::{BTreeMap, BTreeSet};

use super::ratings::{Ratings, Value};
use crate::interview::{CriterionId, QuestionId};
use crate::rubric::{Policy, Rubric};

/// Scale, weights and policy.
#[derive(Clone, PartialEq, Debug)]
pub struct Scheme {
    /// The lowest point.
    pub min: f64,
    /// The highest point.
    pub max: f64,
    /// What is scored, in the rubric's order.
    pub items: Vec<Item>,
    /// What missing values do.
    pub policy: Policy,
    /// Whether scale and weights come from a rubric; else from the values' range, all weights being equal.
    pub from_rubric: bool,
}

/// One criterion of one question.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The rubric's question.
    pub question: QuestionId,
    /// The criterion.
    pub criterion: CriterionId,
    /// Its weight; finite and above 0.
    pub weight: f64,
}

impl Scheme {
    /// As a rubric says. Give the batch's own policy where it overrides the rubric's.
    pub fn from_rubric(rubric: &Rubric, policy: &Policy) -> Self {
        let item = |(question, criterion): (&crate::rubric::Question, &crate::rubric::Criterion)| Item {
            question: question.id.clone(),
            criterion: criterion.id.clone(),
            weight: criterion.weight,
        };
        Scheme {
            min: f64::from(rubric.scale.min),
            max: f64::from(rubric.scale.max),
            items: rubric.criteria().map(item).collect(),
            policy: policy.clone(),
            from_rubric: true,
        }
    }

    /// Without a rubric: the values' range, equal weights, one reviewer enough, four fifths of the weight needed.
    pub fn from_values(ratings: &Ratings) -> Self {
        let points =
            || ratings.iter().filter_map(|(_, value)| if let Value::Point(point) = value { Some(point.value()) } else { None });
        let pairs: BTreeSet<_> = ratings.iter().map(|(key, _)| (key.question.clone(), key.criterion.clone())).collect();
        let (min, max) = (points().reduce(f64::min).unwrap_or(0.0), points().reduce(f64::max).unwrap_or(0.0));
        let items = pairs.into_iter().map(|(question, criterion)| Item { question, criterion, weight: 1.0 }).collect();
        let policy = Policy::default();
        Scheme { min, max, items, policy, from_rubric: false }
    }

    /// The same with the weights and the scale that stand beside the values, as far as there are any.
    #[must_use]
    pub fn declared(mut self, weights: &BTreeMap<(QuestionId, CriterionId), f64>, scale: Option<(f64, f64)>) -> Self {
        for item in &mut self.items {
            item.weight = weights.get(&(item.question.clone(), item.criterion.clone())).copied().unwrap_or(item.weight);
        }
        (self.min, self.max) = scale.unwrap_or((self.min, self.max));
        self
    }

    /// The same with equal weights.
    #[must_use]
    pub fn with_equal_weights(&self) -> Self {
        let mut equal = self.clone();
        equal.items.iter_mut().for_each(|item| item.weight = 1.0);
        equal
    }

    /// A mean in points as percent of the maximum possible; none on a scale of one point.
    pub fn pomp(&self, mean: f64) -> Option<f64> {
        let width = self.max - self.min;
        (width > 0.0).then(|| 100.0 * (mean - self.min) / width)
    }

    /// Percent of the maximum possible as points.
    pub fn points(&self, pomp: f64) -> f64 {
        self.min + pomp / 100.0 * (self.max - self.min)
    }
}
