//! How dependable the ranking is, and what more reviewers or questions would give.

use serde::Serialize;

use super::Dependability;
use super::adjusted::Models;
use super::tables::Tables;
use crate::panel::components::{Components, Decision, OneFacet, RawMean, decide_one, decide_two};
use crate::panel::icc::Icc;
use crate::panel::statistic::{Known, Reason, Statistic};

/// As many reviewers and questions are planned for, at the most.
pub(in crate::panel) const MOST: usize = 10;
/// An order as dependable as this is one to build on.
pub(in crate::panel) const DEPENDABLE: f64 = 0.8;

pub(super) fn dependability(tables: &Tables, models: &Models, alike: Result<(), Reason>, icc: &Icc) -> Dependability {
    let one = match alike.and_then(|()| one_facet(tables, models)) {
        Ok(one) => one,
        Err(reason) => {
            let none = Statistic::Undefined(reason);
            return Dependability { raw: none.clone(), adjusted: none, reviewers_needed: None };
        }
    };
    let raw = match RawMean::of(&tables.means) {
        Ok(of) => of.dependability(one.candidate, one.reviewer, one.residual),
        Err(reason) => Statistic::Undefined(reason),
    };
    let adjusted = match &models.mixed {
        Ok(mixed) => mixed.reliability(),
        Err(reason) => Statistic::Undefined(*reason),
    };
    // Where the design is complete it is an ICC of the reviewers' means, whose interval is known.
    let same = |g: f64, of: &Statistic| match of {
        Statistic::Known(Known { value, low: Some(low), high: Some(high), .. }) if (g - value.max(0.0)).abs() < 1e-6 => {
            Some((low.max(0.0), *high))
        }
        _ => None,
    };
    let ends = raw.value().and_then(|g| same(g, &icc.icc3_k));
    let raw = ends.map_or(raw.clone(), |(low, high)| raw.within(low, high));
    // The questions being as they are: with others of their kind it would take more.
    let is_enough = |reviewers: &usize| decide_one(&one, *reviewers).relative.is_some_and(|g| g >= DEPENDABLE);
    Dependability { raw, adjusted, reviewers_needed: (1..=MOST).find(is_enough) }
}

/// Components of candidates × reviewers: from mean squares where everyone saw everyone, negative ones as 0, else by restricted likelihood.
fn one_facet(tables: &Tables, models: &Models) -> Result<OneFacet, Reason> {
    match OneFacet::of(&tables.means) {
        Ok(of) => Ok(OneFacet { candidate: of.candidate.max(0.0), reviewer: of.reviewer.max(0.0), residual: of.residual.max(0.0) }),
        Err(_) => {
            let [candidate, reviewer, residual] = models.mixed.as_ref().map_err(|reason| *reason)?.variances;
            Ok(OneFacet { candidate, reviewer, residual })
        }
    }
}

/// What a panel of so many reviewers and questions would be worth.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Planned {
    /// Reviewers for each candidate.
    pub reviewers: usize,
    /// Questions for each candidate.
    pub questions: usize,
    /// Whether these very questions are meant; else others of their kind, so that their choice is part of what is unsure.
    pub same_questions: bool,
    /// Dependability of the order (G), 0 to 1.
    pub relative: Statistic,
    /// Dependability of the score itself (Phi), 0 to 1.
    pub absolute: Statistic,
    /// The standard error of a score among others, in points.
    pub sem_relative: Statistic,
    /// The standard error of a score in itself, in points.
    pub sem_absolute: Statistic,
}

impl Planned {
    fn of(plan: Decision, same_questions: bool, n: usize) -> Self {
        let questions = if same_questions { "the same questions" } else { "questions as draws" };
        let method = |what: &str| format!("{what}, decision study, {questions}; n values");
        let share = |of: Option<f64>, what: &str| match of {
            Some(of) => Statistic::known(of, n, &method(what)),
            None => Statistic::Undefined(Reason::NoVariation),
        };
        Planned {
            reviewers: plan.reviewers,
            questions: plan.questions,
            same_questions,
            relative: share(plan.relative, "G"),
            absolute: share(plan.absolute, "Phi"),
            sem_relative: Statistic::known(plan.sem_relative, n, &method("relative standard error")),
            sem_absolute: Statistic::known(plan.sem_absolute, n, &method("absolute standard error")),
        }
    }
}

/// These questions with other numbers of reviewers; and, where all components are known, other numbers of questions of their kind.
pub(super) fn d_study(tables: &Tables, components: &Components, models: &Models, alike: Result<(), Reason>) -> Vec<Planned> {
    let (_, _, questions) = tables.by_question.size();
    let n = tables.means.n();
    let same = |plan: Decision| Planned::of(Decision { questions, ..plan }, true, n);
    let known = components.three_way();
    // The same figures as in `dependability`, which the words rest on.
    let these: Vec<Planned> = match (one_facet(tables, models), &known) {
        _ if alike.is_err() => Vec::new(),
        (Ok(one), _) => (1..=MOST).map(|reviewers| same(decide_one(&one, reviewers))).collect(),
        (Err(_), Some(known)) => (1..=MOST).map(|reviewers| same(decide_two(known, reviewers, questions, true))).collect(),
        (Err(_), None) => Vec::new(),
    };
    let most = questions.clamp(6, MOST);
    let others = known.iter().flat_map(|known| {
        (1..=6).flat_map(move |reviewers| (1..=most).map(move |questions| decide_two(known, reviewers, questions, false)))
    });
    these.into_iter().chain(others.map(|plan| Planned::of(plan, false, n))).collect()
}
