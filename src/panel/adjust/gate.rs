//! Whether scores are adjusted: the same bounds for every batch, so that nobody picks the version they like.

use serde::Serialize;

use super::additive::Additive;
use crate::panel::connectivity::{Bridge, Design};
use crate::panel::scores::Scores;
use crate::panel::statistic::Reason;

/// When severity is taken out.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Gate {
    /// Reviewers must differ with a probability below this.
    pub p_below: f64,
    /// Residual degrees of freedom that the additive model must have.
    pub fewest_df: usize,
    /// Candidates that each reviewer must have scored for the additive model to stand; where one has fewer the mixed model does,
    /// which draws thin evidence to the mean.
    pub fewest_candidates: usize,
}

impl Default for Gate {
    fn default() -> Self {
        Gate { p_below: 0.05, fewest_df: 5, fewest_candidates: 3 }
    }
}

/// What the gate says.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Reviewers differ: scores are adjusted.
    Adjusted {
        /// How sure that is.
        p: f64,
        /// Whether a reviewer has too few candidates for the additive model.
        thin: bool,
    },
    /// It cannot be said that reviewers differ: raw scores stand.
    NotNeeded {
        /// The test's probability.
        p: f64,
    },
    /// It cannot be done.
    Refused {
        /// Why.
        reason: Reason,
        /// Reviews that would tie everything together, where that is what is missing.
        bridges: Vec<Bridge>,
    },
}

impl Gate {
    /// What it says of a table of candidates × reviewers.
    pub fn judge(&self, scores: &Scores) -> Verdict {
        match Additive::fit(scores) {
            Ok(model) => self.weigh(scores, &model),
            Err(reason) => refused(scores, reason),
        }
    }

    /// The same with the additive model of the same table at hand.
    pub fn weigh(&self, scores: &Scores, model: &Additive) -> Verdict {
        if model.df < self.fewest_df {
            return refused(scores, Reason::TooFew);
        }
        let heard = |column: usize| (0..scores.rows()).filter(|&row| scores.get(row, column).is_some()).count();
        let thin = (0..scores.columns()).map(heard).any(|n| (1..self.fewest_candidates).contains(&n));
        match (model.reviewers, model.sigma) {
            (Some(test), _) if test.p < self.p_below => Verdict::Adjusted { p: test.p, thin },
            (Some(test), _) => Verdict::NotNeeded { p: test.p },
            (None, None) => refused(scores, Reason::TooFew),
            // Nothing is left over: reviewers differ by constants alone, or not at all.
            (None, Some(_)) => match model.leniency.iter().flatten().any(|effect| effect.abs() > 1e-9) {
                true => Verdict::Adjusted { p: 0.0, thin },
                false if (0..scores.rows()).any(|row| model.effect(row).is_some_and(|effect| effect.abs() > 1e-9)) => {
                    Verdict::NotNeeded { p: 1.0 }
                }
                false => refused(scores, Reason::NoVariation),
            },
        }
    }
}

impl Verdict {
    /// Whether adjusted scores stand.
    pub fn adjusts(&self) -> bool {
        matches!(self, Verdict::Adjusted { .. })
    }
}

fn refused(scores: &Scores, reason: Reason) -> Verdict {
    let bridges = if reason == Reason::Disconnected { Design::of(scores).bridges(scores) } else { Vec::new() };
    Verdict::Refused { reason, bridges }
}
