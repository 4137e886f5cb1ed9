//! The many-facet Rasch model, by name: fit and severity. Logits of candidates are left out: they are no score.

use serde::Serialize;

use super::tables::Tables;
use crate::interview::{CriterionId, QuestionId};
use crate::panel::grid::Grid;
use crate::panel::rasch::{Facet, Fit, Rasch};
use crate::panel::statistic::Reason;
use crate::text::SafeText;

/// Fit and severity, or why there are none.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum Facets {
    /// The model fits.
    Known {
        /// Reviewers.
        reviewers: Vec<ReviewerFit>,
        /// Criteria.
        items: Vec<ItemFit>,
        /// Candidates.
        candidates: Vec<CandidateFit>,
        /// How strongly severities, difficulties and steps are drawn to the middle, where without that they would have no bounds; none elsewhere.
        ridge: Option<f64>,
    },
    /// There is none.
    Undefined {
        /// Why.
        undefined: Reason,
    },
}

/// One reviewer.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReviewerFit {
    /// By pseudonym.
    pub reviewer: SafeText,
    /// In logits: positive is severe.
    pub severity: f64,
    /// How well the ratings follow the model.
    pub fit: Option<Fit>,
    /// Whether all ratings are at one end.
    pub extreme: bool,
}

/// One criterion.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ItemFit {
    /// The question.
    pub question: QuestionId,
    /// The criterion.
    pub criterion: CriterionId,
    /// In logits: positive is hard.
    pub difficulty: f64,
    /// How well the ratings follow the model.
    pub fit: Option<Fit>,
    /// Whether all ratings are at one end.
    pub extreme: bool,
}

/// One candidate.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CandidateFit {
    /// By id.
    pub candidate: SafeText,
    /// What an average reviewer would give in an average criterion, in points.
    pub fair_average: Option<f64>,
    /// How well the ratings follow the model: off where reviewers disagree in an unusual way.
    pub fit: Option<Fit>,
    /// Whether all ratings are at one end.
    pub extreme: bool,
}

pub(super) fn facets(grid: &Grid, tables: &Tables) -> Facets {
    let model = match Rasch::fit(&tables.by_item) {
        Ok(model) => model,
        Err(undefined) => return Facets::Undefined { undefined },
    };
    let known = |all: &[Option<Facet>]| -> Vec<(usize, Facet)> {
        all.iter().enumerate().filter_map(|(at, facet)| facet.map(|facet| (at, facet))).collect()
    };
    let reviewer = |(at, of): (usize, Facet)| ReviewerFit {
        reviewer: grid.reviewers[at].clone(),
        severity: of.logit,
        fit: of.fit,
        extreme: of.extreme,
    };
    let item = |(at, of): (usize, Facet)| ItemFit {
        question: grid.scheme.items[at].question.clone(),
        criterion: grid.scheme.items[at].criterion.clone(),
        difficulty: of.logit,
        fit: of.fit,
        extreme: of.extreme,
    };
    let candidate = |(at, of): (usize, Facet)| CandidateFit {
        candidate: grid.candidates[at].clone(),
        fair_average: model.fair_averages.get(at).copied().flatten(),
        fit: of.fit,
        extreme: of.extreme,
    };
    Facets::Known {
        reviewers: known(&model.reviewers).into_iter().map(reviewer).collect(),
        items: known(&model.questions).into_iter().map(item).collect(),
        candidates: known(&model.candidates).into_iter().map(candidate).collect(),
        ridge: model.ridge,
    }
}
