//! The ranking of what may be seen, and the totals that stand in the grid.

use std::collections::BTreeMap;

use super::Desk;
use crate::interview::{Submission, SubmissionId};
use crate::panel;

/// A reviewer's own total of a submission, and the panel's.
pub(super) type OwnAndPanel = (Option<f64>, Option<f64>);

impl Desk {
    /// The ranking of what may be seen, and how many begun scorecards are left out; none while no rubric is attached.
    pub fn analysis(&self) -> Option<(panel::Panel, usize)> {
        let rubric = self.rubric.as_ref()?;
        let taken = panel::sealed_ratings(&self.sight, &self.batch, rubric);
        let scheme = panel::Scheme::from_rubric(rubric, &self.rules.policy);
        Some((panel::Panel::analyse(&taken.ratings, &scheme), taken.left_out.unsealed))
    }

    /// A submission's total in what I sealed, and where others' show too, all reviewers' together; each from 0 to 100.
    pub fn totals(&self, submission: SubmissionId) -> (Option<f64>, Option<f64>) {
        self.totals.get_or_init(|| self.all_totals()).get(&submission).copied().unwrap_or_default()
    }

    fn all_totals(&self) -> BTreeMap<SubmissionId, OwnAndPanel> {
        let Some(rubric) = &self.rubric else { return BTreeMap::new() };
        let taken = panel::sealed_ratings(&self.sight, &self.batch, rubric);
        let totals = panel::totals(&taken.ratings, &panel::Scheme::from_rubric(rubric, &self.rules.policy));
        let names = self.sight.pseudonyms();
        let me = names.get(&self.me);
        let of = |submission: &Submission| {
            let found = totals.get(&submission.candidate.source_id)?;
            let own = found.reviewers.iter().find(|own| Some(&own.reviewer) == me).map(|own| own.total);
            // Where nobody else's shows, the panel's total is one's own.
            let panel = found.panel.filter(|_| own.is_none() || found.reviewers.len() > 1);
            Some((submission.id, (own, panel)))
        };
        self.batch.submissions.iter().filter_map(of).collect()
    }
}
