//! Scores with reviewers' severity taken out, beside the raw ones, and whether they stand.

use serde::Serialize;

use super::Asked;
use super::tables::Tables;
use crate::panel::adjust::{Additive, Gate, Mixed, Test, Verdict};
use crate::panel::connectivity::{Bridge, Design};
use crate::panel::grid::Grid;
use crate::panel::ranks::{Distribution, bands, competition_ranks, from_levels};
use crate::panel::statistic::{Reason, Statistic};
use crate::text::SafeText;

/// Both models of the reviewers' weighted means, in points.
pub(super) struct Models {
    pub(super) additive: Result<Additive, Reason>,
    pub(super) mixed: Result<Mixed, Reason>,
    /// Which reviewers rated anyone.
    heard: Vec<bool>,
}

impl Models {
    pub(super) fn of(tables: &Tables) -> Self {
        let additive = Additive::fit(&tables.means);
        // Without a common scale the mixed model would still give an answer.
        let mixed = match &additive {
            Err(Reason::Disconnected) => Err(Reason::Disconnected),
            _ => Mixed::fit(&tables.means),
        };
        let heard = (0..tables.means.columns()).map(|column| tables.means.column_mean(column).is_some()).collect();
        Models { additive, mixed, heard }
    }
}

/// Adjusted scores of both models.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Adjusted {
    /// When scores are adjusted.
    pub gate: Gate,
    /// What the gate says.
    #[serde(flatten)]
    pub decided: Decided,
    /// Whether reviewers differ, by the additive model.
    pub reviewers_differ: Option<Test>,
    /// Groups of candidates and reviewers without a common scale; empty where all hang together.
    pub apart: Vec<Apart>,
    /// By the additive model, in the order of candidates' ids.
    pub additive: Vec<AdjustedScore>,
    /// By the mixed model.
    pub mixed: Vec<AdjustedScore>,
}

/// The gate's verdict, with names.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Decided {
    /// Reviewers differ: the scores of this model stand.
    Adjusted {
        /// `mixed` from three reviewers and twenty candidates on, or where a reviewer has scored fewer than three; else `additive`.
        model: &'static str,
        /// The test's probability.
        p: f64,
    },
    /// It cannot be said that reviewers differ: raw scores stand.
    NotNeeded {
        /// The test's probability.
        p: f64,
    },
    /// It cannot be done: raw scores stand.
    Refused {
        /// Why.
        reason: Reason,
        /// Reviews that would make it possible.
        bridges: Vec<Review>,
    },
}

/// A review to ask for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Review {
    /// Who is to hear.
    pub reviewer: SafeText,
    /// Whom.
    pub candidate: SafeText,
}

/// Candidates and reviewers that hang together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Apart {
    /// By id.
    pub candidates: Vec<SafeText>,
    /// By pseudonym.
    pub reviewers: Vec<SafeText>,
}

/// One candidate's adjusted score.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AdjustedScore {
    /// By id.
    pub candidate: SafeText,
    /// In points.
    pub score: Statistic,
    /// On the scale of totals, 0 to 100; it can lie outside.
    pub total: Option<f64>,
    /// The raw mean of the reviewers' weighted means, in points.
    pub raw: Option<f64>,
    /// Among these scores.
    pub rank: Option<u32>,
    /// From, where the model gives it.
    pub rank_low: Option<u32>,
    /// To.
    pub rank_high: Option<u32>,
    /// The band: those with the same letter cannot be told apart from the band's first.
    pub band: Option<String>,
    /// The probability of being among those who are to be met, 0 to 1.
    pub p_within: Option<f64>,
}

/// A reviewer's leniency.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Severity {
    /// By pseudonym.
    pub reviewer: SafeText,
    /// By the additive model, in points: positive is lenient, negative severe.
    pub effect: Statistic,
    /// By the mixed model.
    pub mixed: Statistic,
}

pub(super) fn adjusted(grid: &Grid, tables: &Tables, models: &Models, asked: &Asked) -> Adjusted {
    let verdict = match &models.additive {
        Ok(model) => asked.gate.weigh(&tables.means, model),
        Err(_) => asked.gate.judge(&tables.means),
    };
    let design = Design::of(&tables.means);
    let name = |of: &[SafeText], at: &[usize]| at.iter().map(|&at| of[at].clone()).collect();
    let apart = |of: &crate::panel::connectivity::Component| Apart {
        candidates: name(&grid.candidates, &of.candidates),
        reviewers: name(&grid.reviewers, &of.reviewers),
    };
    Adjusted {
        gate: asked.gate,
        decided: decided(grid, verdict, models, design.components.first().map_or(0, |of| of.candidates.len())),
        reviewers_differ: models.additive.as_ref().ok().and_then(|model| model.reviewers),
        apart: if design.components.len() > 1 { design.components.iter().map(apart).collect() } else { Vec::new() },
        additive: additive(grid, tables, models),
        mixed: mixed(grid, tables, models, asked),
    }
}

fn decided(grid: &Grid, verdict: Verdict, models: &Models, candidates: usize) -> Decided {
    let reviewers = models.heard.iter().filter(|heard| **heard).count();
    let review = |bridge: &Bridge| Review {
        reviewer: grid.reviewers[bridge.reviewer].clone(),
        candidate: grid.candidates[bridge.candidate].clone(),
    };
    match verdict {
        Verdict::Adjusted { thin: true, .. } if models.mixed.is_err() => {
            Decided::Refused { reason: Reason::TooFew, bridges: Vec::new() }
        }
        Verdict::Adjusted { p, thin } => {
            let enough = models.mixed.is_ok() && (thin || reviewers >= 3 && candidates >= 20);
            Decided::Adjusted { model: if enough { "mixed" } else { "additive" }, p }
        }
        Verdict::NotNeeded { p } => Decided::NotNeeded { p },
        Verdict::Refused { reason, bridges } => Decided::Refused { reason, bridges: bridges.iter().map(review).collect() },
    }
}

/// Scores with their ranks; who has none is without a rank.
fn scores(grid: &Grid, tables: &Tables, score: impl Fn(usize) -> Statistic) -> Vec<AdjustedScore> {
    let missing = |at: usize| if tables.blocked[at] { Reason::PolicyMissing } else { Reason::TooFew };
    let one = |at: usize| {
        let raw = tables.means.row_mean(at);
        let score = if raw.is_some() { score(at) } else { Statistic::Undefined(missing(at)) };
        AdjustedScore {
            candidate: grid.candidates[at].clone(),
            total: score.value().and_then(|points| grid.scheme.pomp(points)),
            score,
            raw,
            rank: None,
            rank_low: None,
            rank_high: None,
            band: None,
            p_within: None,
        }
    };
    let mut all: Vec<AdjustedScore> = (0..grid.candidates.len()).map(one).collect();
    let known: Vec<usize> = (0..all.len()).filter(|&at| all[at].score.value().is_some()).collect();
    let values: Vec<f64> = known.iter().filter_map(|&at| all[at].score.value()).collect();
    known.iter().zip(competition_ranks(&values)).for_each(|(&at, rank)| all[at].rank = Some(rank));
    all
}

fn additive(grid: &Grid, tables: &Tables, models: &Models) -> Vec<AdjustedScore> {
    scores(grid, tables, |at| match &models.additive {
        Ok(model) => model.score(at),
        Err(reason) => Statistic::Undefined(*reason),
    })
}

fn mixed(grid: &Grid, tables: &Tables, models: &Models, asked: &Asked) -> Vec<AdjustedScore> {
    let mut all = scores(grid, tables, |at| match &models.mixed {
        Ok(model) => model.score(at),
        Err(reason) => Statistic::Undefined(*reason),
    });
    if let Ok(model) = &models.mixed {
        place(&mut all, model, asked);
    }
    all
}

/// Puts in rank ranges, bands, and who is within the cut.
fn place(all: &mut [AdjustedScore], model: &Mixed, asked: &Asked) {
    let mut order: Vec<usize> = (0..all.len()).filter(|&at| all[at].rank.is_some()).collect();
    order.sort_by_key(|&at| all[at].rank);
    let drawn: Distribution = from_levels(model, &order, asked.seed);
    let bands = bands(&order, |a, b| model.p_above(a, b));
    for (place, &at) in order.iter().enumerate() {
        let (low, high) = drawn.interval(place);
        (all[at].rank_low, all[at].rank_high) = (Some(low), Some(high));
        all[at].band = Some(letter(bands[place]));
        all[at].p_within = asked.places.map(|places| drawn.within(place, places));
    }
}

/// A, B, … Z, AA, AB, …
fn letter(band: usize) -> String {
    let last = char::from(b'A' + (band % 26) as u8);
    if band < 26 { last.to_string() } else { format!("{}{last}", letter(band / 26 - 1)) }
}

pub(super) fn severity(grid: &Grid, models: &Models) -> Vec<Severity> {
    let one = |at: usize| Severity {
        reviewer: grid.reviewers[at].clone(),
        effect: match &models.additive {
            Ok(model) => model.severity(at),
            Err(reason) => Statistic::Undefined(*reason),
        },
        mixed: match &models.mixed {
            Ok(model) => model.severity(at),
            Err(reason) => Statistic::Undefined(*reason),
        },
    };
    (0..grid.reviewers.len()).filter(|&at| models.heard[at]).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn bands_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52].map(letter), ["A", "Z", "AA", "AZ", "BA"]);
    }
}
