//! All of the panel's figures beyond the ranking: agreement, dependability, severity, pairs, how reviewers use the scale.

mod adjusted;
mod agreeing;
mod depending;
mod drifting;
mod facets;
mod pairs;
mod reviewers;
mod tables;
#[cfg(test)]
mod tests;
mod uneven;

use serde::Serialize;

pub use depending::Planned;
pub(super) use depending::{DEPENDABLE, MOST};

use super::adjust::Gate;
use super::components::Components;
use super::grid::Grid;
use super::icc::Icc;
use super::ratings::Ratings;
use super::scheme::Scheme;
use super::statistic::{Reason, Statistic};
use super::totals::{Status, Total};
use crate::text::SafeText;

pub use adjusted::{Adjusted, AdjustedScore, Decided, Hinge, Review, Severity};
pub use agreeing::{Agreeing, Kappas, PairAgreement};
pub use drifting::{OrderOfRating, ReviewerDrift};
pub use facets::{CandidateFit, Facets, ItemFit, ReviewerFit};
pub use pairs::{PairFigures, Preference};
pub use reviewers::ReviewerHabits;

use tables::Tables;

/// How large a table of ratings is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Size {
    /// Candidates with a value.
    pub candidates: usize,
    /// Reviewers who gave one.
    pub reviewers: usize,
    /// Questions.
    pub questions: usize,
}

/// What a table of ratings says beyond its ranking. Its JSON is part of what `panel --json` prints.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Measures {
    /// Whether reviewers agree, cell by cell and in their rankings.
    pub agreement: Agreeing,
    /// Of reviewers' weighted means, where everyone saw everyone.
    pub icc: Icc,
    /// Where differences come from, in squared points.
    pub components: Components,
    /// How dependable the ranking is.
    pub dependability: Dependability,
    /// How many were compared, by whom, on how many questions.
    pub size: Size,
    /// What other numbers of reviewers and questions would be worth; empty where it cannot be said.
    pub d_study: Vec<Planned>,
    /// Scores with severity taken out, and whether they stand.
    pub adjusted: Adjusted,
    /// Each reviewer's leniency, in points.
    pub severity: Vec<Severity>,
    /// Candidates two by two, the one that ranks higher first.
    pub pairwise: Vec<PairFigures>,
    /// How many pairs are left out: in a large batch each candidate stands beside the next ones alone.
    pub pairs_left_out: usize,
    /// How each reviewer uses the scale.
    pub habits: Vec<ReviewerHabits>,
    /// Whether reviewers become stricter or milder on the way; empty where the order of rating is not known.
    pub drift: Vec<ReviewerDrift>,
    /// Fit and severity by the many-facet Rasch model.
    pub rasch: Facets,
}

/// How dependable scores are: 0 is chance, 1 is certain.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Dependability {
    /// Of the mean of the reviewers whom each candidate had.
    pub raw: Statistic,
    /// Of the score with severity taken out by the mixed model.
    pub adjusted: Statistic,
    /// How many reviewers of everyone would bring the order to 0.80, the questions being the same; none where ten are not enough.
    pub reviewers_needed: Option<usize>,
}

/// What is asked beyond the ratings.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Asked {
    /// When severity is taken out; declared before anyone scores.
    pub gate: Gate,
    /// Candidates compared side by side; none where there is no such file.
    pub preferences: Option<Vec<Preference>>,
    /// Whether comparisons stand beside the ratings, and a pair's probability is by the ratings all the same.
    pub second_opinion: bool,
    /// How many are to be met: where the cut line is.
    pub places: Option<usize>,
    /// In which order each reviewer rated, by candidate and question; empty where that is not known.
    pub order: OrderOfRating,
    /// Of the draws; the same seed gives the same figures.
    pub seed: u64,
}

impl Measures {
    /// Computes all of them. Resampling takes most of the time: a second for a thousand candidates.
    pub fn of(ratings: &Ratings, scheme: &Scheme, asked: &Asked) -> Self {
        let grid = Grid::of(ratings, scheme);
        let totals: Vec<Total> = (0..grid.candidates.len()).map(|at| Total::of(&grid, at)).collect();
        let tables = Tables::of(ratings, &grid, &totals);
        let models = adjusted::Models::of(&tables, &grid);
        let components = super::components::components(&tables.by_question);
        let pairwise = pairs::pairs(&grid, &order(&grid, &totals), &models, asked);
        let other_items = uneven::other_items(&grid, &tables, &models);
        // What is hard and what reviewers see apart cannot be told apart then.
        let alike = if other_items.is_empty() { Ok(()) } else { Err(Reason::Disconnected) };
        let icc = alike.map_or_else(Icc::undefined, |()| Icc::of(&tables.seen()));
        let compared = totals.iter().filter(|total| total.value.is_ok()).count();
        let adjusted = adjusted::adjusted(&grid, &totals, &tables, &models, other_items, asked);
        Measures {
            agreement: agreeing::agreeing(&grid, &tables, alike, asked.seed),
            dependability: depending::dependability(&tables, &models, alike, &icc),
            icc,
            size: Size {
                candidates: (0..tables.means.rows()).filter(|&row| tables.means.row_mean(row).is_some()).count(),
                reviewers: (0..tables.means.columns()).filter(|&column| tables.means.column_mean(column).is_some()).count(),
                questions: tables.by_question.size().2,
            },
            d_study: depending::d_study(&tables, &components, &models, alike),
            components,
            severity: adjusted::severity(&grid, &tables, &models, alike),
            adjusted,
            pairs_left_out: (compared * compared.saturating_sub(1) / 2).saturating_sub(pairwise.len()),
            pairwise,
            habits: reviewers::habits(&grid, &tables),
            drift: drifting::drift(&grid, &tables, &models, &asked.order),
            rasch: facets::facets(&grid, &tables),
        }
    }
}

impl Measures {
    /// The same with the habits and the drift of this reviewer alone: they are prompts for the reviewer's own eyes.
    #[must_use]
    pub fn with_habits_of(mut self, reviewer: Option<&SafeText>) -> Self {
        self.habits.retain(|of| Some(&of.reviewer) == reviewer);
        self.drift.retain(|of| Some(&of.reviewer) == reviewer);
        self
    }
}

/// Candidates with a total, the best first, those that are ranked before those that are not yet; of equal ones by id.
fn order(grid: &Grid, totals: &[Total]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..totals.len()).filter(|&at| totals[at].value.is_ok()).collect();
    // As ranks compare them, so that neighbours here are neighbours in the ranking.
    let total = |at: usize| (totals[at].value.unwrap_or_default() * 1e9).round();
    order.sort_by(|&a, &b| {
        let (first, second) = (totals[a].status != Status::Ranked, totals[b].status != Status::Ranked);
        first.cmp(&second).then(total(b).total_cmp(&total(a))).then_with(|| grid.candidates[a].cmp(&grid.candidates[b]))
    });
    order
}
