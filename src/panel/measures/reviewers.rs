//! How each reviewer uses the scale, by name.

use serde::Serialize;

use super::tables::Tables;
use crate::panel::effects::{Habits, habits as of};
use crate::panel::grid::Grid;
use crate::text::SafeText;

/// One reviewer's habits: a prompt to recalibrate, never a grade.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReviewerHabits {
    /// By pseudonym.
    pub reviewer: SafeText,
    /// The habits.
    #[serde(flatten)]
    pub habits: Habits,
}

pub(super) fn habits(grid: &Grid, tables: &Tables) -> Vec<ReviewerHabits> {
    let scale = (grid.scheme.min, grid.scheme.max);
    let one = |at: usize| ReviewerHabits { reviewer: grid.reviewers[at].clone(), habits: of(&tables.by_item, at, scale) };
    (0..grid.reviewers.len()).map(one).filter(|one| one.habits.n > 0).collect()
}
