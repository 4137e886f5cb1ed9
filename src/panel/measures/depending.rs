//! How dependable the ranking is, and what more reviewers or questions would give.

use super::Dependability;
use super::adjusted::Models;
use super::tables::Tables;
use crate::panel::components::{Components, Decision, OneFacet, RawMean, decide_one, decide_two};
use crate::panel::statistic::Statistic;

/// As many reviewers and questions are planned for, at the most.
pub(in crate::panel) const MOST: usize = 10;
/// An order as dependable as this is one to build on.
pub(in crate::panel) const DEPENDABLE: f64 = 0.8;

pub(super) fn dependability(tables: &Tables, models: &Models) -> Dependability {
    let mixed = match &models.mixed {
        Ok(mixed) => mixed,
        Err(reason) => {
            let none = Statistic::Undefined(*reason);
            return Dependability { raw: none.clone(), adjusted: none, reviewers_needed: None };
        }
    };
    let [candidate, reviewer, residual] = mixed.variances;
    let raw = match RawMean::of(&tables.means) {
        Ok(of) => of.dependability(candidate, reviewer, residual),
        Err(reason) => Statistic::Undefined(reason),
    };
    // The questions being as they are: with others of their kind it would take more.
    let one = OneFacet { candidate, reviewer, residual };
    let is_enough = |reviewers: &usize| decide_one(&one, *reviewers).relative.is_some_and(|g| g >= DEPENDABLE);
    Dependability { raw, adjusted: mixed.reliability(), reviewers_needed: (1..=MOST).find(is_enough) }
}

/// Reviewers × questions where all components are known, else reviewers alone.
pub(super) fn d_study(tables: &Tables, components: &Components, models: &Models) -> Vec<Decision> {
    let (_, _, questions) = tables.by_question.size();
    if let Some(known) = components.three_way() {
        let most = questions.clamp(6, MOST);
        let plan = |reviewers| (1..=most).map(move |questions| decide_two(&known, reviewers, questions, false));
        return (1..=6).flat_map(plan).collect();
    }
    let Ok(mixed) = &models.mixed else { return Vec::new() };
    let [candidate, reviewer, residual] = mixed.variances;
    let one = OneFacet { candidate, reviewer, residual };
    (1..=MOST).map(|reviewers| Decision { questions, ..decide_one(&one, reviewers) }).collect()
}
