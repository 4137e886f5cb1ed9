//! Candidates two by two: who is truly above whom, by ratings and by side-by-side comparisons.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::Asked;
use super::adjusted::Models;
use crate::interview::CriterionId;
use crate::panel::grid::Grid;
use crate::panel::pairwise::{Comparison, Outcome, Separation, Strengths};
use crate::panel::statistic::{Reason, Statistic};
use crate::text::SafeText;

/// Up to so many candidates all pairs are given; beyond, each with the next ones in the ranking.
const ALL_PAIRS: usize = 150;
/// How many of the next ones, at the least and at the most.
const NEXT: (usize, usize) = (2, 10);
/// As many pairs as are given beyond that, about.
const PAIRS: usize = 10_000;
/// How far strengths are drawn to the middle where someone never loses.
const RIDGE: f64 = 0.1;

/// One side-by-side judgement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Preference {
    /// On which criterion.
    pub criterion: CriterionId,
    /// Whose judgement.
    pub reviewer: SafeText,
    /// One candidate, by id.
    pub a: SafeText,
    /// The other.
    pub b: SafeText,
    /// Who was preferred: `First` is `a`.
    pub outcome: Outcome,
}

/// Two candidates.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PairFigures {
    /// One, by id.
    pub a: SafeText,
    /// The other.
    pub b: SafeText,
    /// By the comparisons where there are any, else by the ratings; the method says which.
    pub p_above: Statistic,
    /// The probability that the first is truly above the second, by the mixed model of the ratings.
    pub by_ratings: Statistic,
    /// The same as it is said in words: with Student's t, because in a small panel the variances themselves are hardly known; 0 to 1.
    pub said: Option<f64>,
    /// The probability that the first is preferred to the second, by Bradley and Terry.
    pub by_comparisons: Statistic,
    /// The probability of a tie in a comparison.
    pub p_tie: Option<f64>,
}

/// The pairs of these candidates, given best first; who is compared and has no total follows.
pub(super) fn pairs(grid: &Grid, order: &[usize], models: &Models, asked: &Asked) -> Vec<PairFigures> {
    let preferences = asked.preferences.as_deref();
    let compared = Compared::of(preferences);
    let ranked = order.iter().map(|&at| (grid.candidates[at].clone(), Some(at)));
    let mut names: Vec<(SafeText, Option<usize>)> = ranked.collect();
    let ranked: BTreeSet<&SafeText> = order.iter().map(|&at| &grid.candidates[at]).collect();
    names.extend(compared.names.keys().filter(|name| !ranked.contains(**name)).map(|name| ((*name).clone(), None)));
    let reach = if names.len() <= ALL_PAIRS { names.len() } else { (PAIRS / names.len()).clamp(NEXT.0, NEXT.1) };
    let mut all = Vec::new();
    for (at, (a, first)) in names.iter().enumerate() {
        for (b, second) in names[at + 1..].iter().take(reach) {
            let by_ratings = match (&models.ranging, first.zip(*second)) {
                (Ok(model), Some((first, second))) => model.above(first, second),
                (Ok(_), None) => Statistic::Undefined(Reason::TooFew),
                (Err(reason), _) => Statistic::Undefined(*reason),
            };
            let places = models.ranging.as_ref().ok().zip(first.zip(*second)).filter(|_| by_ratings.value().is_some());
            let said = places.and_then(|(model, (first, second))| model.surely_above(first, second));
            let by_comparisons = compared.preferred(a, b);
            let by_them = preferences.is_some() && !asked.second_opinion;
            let p_above = if by_them { by_comparisons.clone() } else { by_ratings.clone() };
            let p_tie = compared.tied(a, b);
            all.push(PairFigures { a: a.clone(), b: b.clone(), p_above, by_ratings, said, by_comparisons, p_tie });
        }
    }
    all
}

/// Strengths by comparisons, and the number of each candidate in them.
struct Compared<'a> {
    names: BTreeMap<&'a SafeText, usize>,
    strengths: Result<Strengths, Reason>,
}

impl<'a> Compared<'a> {
    fn of(preferences: Option<&'a [Preference]>) -> Self {
        let mut names = BTreeMap::new();
        let Some(preferences) = preferences else { return Compared { names, strengths: Err(Reason::PolicyMissing) } };
        for name in preferences.iter().flat_map(|one| [&one.a, &one.b]) {
            let next = names.len();
            names.entry(name).or_insert(next);
        }
        let comparison = |one: &Preference| Comparison { a: names[&one.a], b: names[&one.b], outcome: one.outcome };
        let comparisons: Vec<Comparison> = preferences.iter().map(comparison).collect();
        let strengths = Strengths::fit(names.len(), &comparisons, Separation::Ridge(RIDGE));
        Compared { names, strengths }
    }

    fn preferred(&self, a: &SafeText, b: &SafeText) -> Statistic {
        match (&self.strengths, self.names.get(a).zip(self.names.get(b))) {
            (Ok(strengths), Some((a, b))) => strengths.preferred(*a, *b),
            (Ok(_), None) => Statistic::Undefined(Reason::NoPairs),
            (Err(reason), _) => Statistic::Undefined(*reason),
        }
    }

    fn tied(&self, a: &SafeText, b: &SafeText) -> Option<f64> {
        let strengths = self.strengths.as_ref().ok()?;
        strengths.log_nu?;
        Some(strengths.tied(*self.names.get(a)?, *self.names.get(b)?))
    }
}
