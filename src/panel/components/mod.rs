//! Where differences between ratings come from: candidates, reviewers, questions, and how they meet.
//!
//! Generalisability theory: Shavelson & Webb (1991), Brennan (2001).

mod anova;
mod cube;
mod decision;
mod raw_mean;
mod reml;
mod separable;

pub use anova::{OneFacet, ThreeWay};
pub use cube::Cube;
pub use decision::{Decision, decide_one, decide_two, reviewers_needed};
pub use estimate::{Components, can_be_told_apart, components};
pub use raw_mean::{RawMean, shared_reviewers};
pub use reml::{Effect, Fitted, fit};

mod estimate;
