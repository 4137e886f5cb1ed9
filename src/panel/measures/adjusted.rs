//! Scores with reviewers' severity taken out, beside the raw ones, and whether they stand.

use serde::Serialize;

use super::Asked;
use super::tables::Tables;
use crate::panel::Apart;
use crate::panel::adjust::{Additive, Gate, Mixed, Test, Verdict};
use crate::panel::connectivity::{self, Bridge, Design};
use crate::panel::gaps::gaps;
use crate::panel::grid::Grid;
use crate::panel::ranks::competition_ranks;
use crate::panel::scores::Scores;
use crate::panel::standing::Standing;
use crate::panel::statistic::{Reason, Statistic};
use crate::panel::totals::Total;
use crate::text::SafeText;

/// Both models of the reviewers' weighted means, in points.
pub(super) struct Models {
    pub(super) additive: Result<Additive, Reason>,
    pub(super) mixed: Result<Mixed, Reason>,
    /// The mixed model, no surer than the scale's points and what was observed allow: what ranges and probabilities rest on.
    pub(super) ranging: Result<Mixed, Reason>,
    /// Which reviewers rated anyone.
    heard: Vec<bool>,
}

impl Models {
    pub(super) fn of(tables: &Tables, grid: &Grid) -> Self {
        // Without a common scale the mixed model would still give an answer.
        let common = tables.common.as_ref().ok_or(Reason::Disconnected);
        let additive = common.and_then(Additive::fit).map(|model| model.no_surer_than(grid.rounding()));
        let mixed = match &additive {
            Err(Reason::Disconnected) => Err(Reason::Disconnected),
            _ => common.and_then(Mixed::fit),
        };
        let bounded = |means: &Scores| Ok(mixed.clone()?.no_surer_than(means, grid.rounding()).with_gaps(&gaps(grid)));
        let ranging = common.and_then(bounded);
        let heard = (0..tables.means.columns()).map(|column| tables.means.column_mean(column).is_some()).collect();
        Models { additive, mixed, ranging, heard }
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
    /// Reviewers whose severity cannot be told from how hard the criteria are that they rated: nobody rated those together with others',
    /// or what they left out moves their means by more than half of what their severity's interval reaches.
    pub other_items: Vec<SafeText>,
    /// Candidates who alone tie some reviewers to the others.
    pub hinges: Vec<Hinge>,
    /// By the additive model, in the order of candidates' ids.
    pub additive: Vec<AdjustedScore>,
    /// By the mixed model.
    pub mixed: Vec<AdjustedScore>,
}

impl Adjusted {
    /// The scores of the model that stands, beside the raw ones; of the mixed model where none does.
    pub fn standing(&self) -> &[AdjustedScore] {
        match self.decided {
            Decided::Adjusted { model: "additive", .. } => &self.additive,
            _ => &self.mixed,
        }
    }
}

/// A candidate without whom reviewers would share no scale.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hinge {
    /// By id.
    pub candidate: SafeText,
    /// The reviewers of the smaller side, by pseudonym.
    pub reviewers: Vec<SafeText>,
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

/// One candidate's adjusted score.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AdjustedScore {
    /// By id.
    pub candidate: SafeText,
    /// In points.
    pub score: Statistic,
    /// On the scale of totals, 0 to 100; it can lie outside.
    pub total: Option<f64>,
    /// The total in points, nobody's severity taken out.
    pub raw: Option<f64>,
    /// Among these scores; none of who cannot be ranked yet.
    pub rank: Option<u32>,
    /// From, by the mixed model.
    pub rank_low: Option<u32>,
    /// To.
    pub rank_high: Option<u32>,
    /// Why a rank has no range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank_undefined: Option<Reason>,
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

pub(super) fn adjusted(
    grid: &Grid,
    totals: &[Total],
    tables: &Tables,
    models: &Models,
    other_items: Vec<SafeText>,
    asked: &Asked,
) -> Adjusted {
    let verdict = match (&models.additive, &tables.common) {
        _ if !other_items.is_empty() => Verdict::Refused { reason: Reason::Disconnected, bridges: Vec::new() },
        (Ok(model), Some(common)) => asked.gate.weigh(common, model),
        _ => asked.gate.judge(&tables.means),
    };
    let fact = |at: usize| grid.scheme.points(totals[at].value.unwrap_or_default());
    let standing = models.ranging.as_ref().map(|model| Standing::of(model, &tables.ranked, fact, asked.seed));
    let standing = standing.as_ref().map_err(|reason| **reason);
    let design = Design::of(&tables.means);
    let apart = |of: &connectivity::Component| Apart::named(grid, of);
    Adjusted {
        gate: asked.gate,
        decided: decided(grid, verdict, models, tables.common.as_ref().unwrap_or(&tables.means)),
        reviewers_differ: models.additive.as_ref().ok().and_then(|model| model.reviewers),
        apart: if design.components.len() > 1 { design.components.iter().map(apart).collect() } else { Vec::new() },
        other_items,
        hinges: tables.common.as_ref().map_or_else(Vec::new, |common| hinges(grid, common)),
        additive: with_places(additive(grid, totals, tables, models), tables, standing, asked),
        mixed: with_places(mixed(grid, totals, tables, models), tables, standing, asked),
    }
}

fn hinges(grid: &Grid, common: &Scores) -> Vec<Hinge> {
    // Of one candidate alone there is nothing to tie.
    if (0..common.rows()).filter(|row| common.row_mean(*row).is_some()).count() < 2 {
        return Vec::new();
    }
    let named = |of: connectivity::Hinge| Hinge {
        candidate: grid.candidates[of.candidate].clone(),
        reviewers: of.reviewers.iter().map(|&at| grid.reviewers[at].clone()).collect(),
    };
    connectivity::hinges(common).into_iter().map(named).collect()
}

fn decided(grid: &Grid, verdict: Verdict, models: &Models, fitted: &Scores) -> Decided {
    let candidates = (0..fitted.rows()).filter(|&row| fitted.row_mean(row).is_some()).count();
    let reviewers = (0..fitted.columns()).filter(|&column| fitted.column_mean(column).is_some()).count();
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
fn scores(grid: &Grid, totals: &[Total], tables: &Tables, score: impl Fn(usize) -> Statistic) -> Vec<AdjustedScore> {
    let missing = |at: usize| if tables.blocked[at] { Reason::PolicyMissing } else { Reason::TooFew };
    let one = |at: usize| {
        let raw = totals[at].value.ok().map(|total| grid.scheme.points(total));
        let is_rated = tables.means.row_mean(at).is_some();
        let score = if is_rated { score(at) } else { Statistic::Undefined(missing(at)) };
        AdjustedScore {
            candidate: grid.candidates[at].clone(),
            total: score.value().and_then(|points| grid.scheme.pomp(points)),
            score,
            raw,
            rank: None,
            rank_low: None,
            rank_high: None,
            rank_undefined: None,
            band: None,
            p_within: None,
        }
    };
    (0..grid.candidates.len()).map(one).collect()
}

fn additive(grid: &Grid, totals: &[Total], tables: &Tables, models: &Models) -> Vec<AdjustedScore> {
    scores(grid, totals, tables, |at| match &models.additive {
        Ok(model) => model.score(at),
        Err(reason) => Statistic::Undefined(*reason),
    })
}

fn mixed(grid: &Grid, totals: &[Total], tables: &Tables, models: &Models) -> Vec<AdjustedScore> {
    scores(grid, totals, tables, |at| match &models.mixed {
        Ok(model) => model.score(at),
        Err(reason) => Statistic::Undefined(*reason),
    })
}

/// Puts in ranks, their ranges, bands, and who is within the cut, for those who can be ranked. Ranges and bands are the mixed
/// model's, whichever model's scores these are, so that no two methods stand on one page.
fn with_places(
    mut all: Vec<AdjustedScore>,
    tables: &Tables,
    standing: Result<&Standing, Reason>,
    asked: &Asked,
) -> Vec<AdjustedScore> {
    let known: Vec<usize> = tables.ranked.iter().copied().filter(|&at| all[at].score.value().is_some()).collect();
    let values: Vec<f64> = known.iter().filter_map(|&at| all[at].score.value()).collect();
    for (&at, rank) in known.iter().zip(competition_ranks(&values)) {
        let range = standing.and_then(|standing| standing.range(at).ok_or(Reason::TooFew));
        let of = &mut all[at];
        of.rank_undefined = range.err();
        let (range, standing) = (range.ok(), standing.ok());
        of.rank = Some(rank);
        // What is shown as a rank is never out of its range.
        (of.rank_low, of.rank_high) = (range.map(|(low, _)| low.min(rank)), range.map(|(_, high)| high.max(rank)));
        of.band = standing.and_then(|standing| standing.letter(at));
        of.p_within = standing.zip(asked.places).and_then(|(standing, places)| standing.within(at, places));
    }
    all
}

pub(super) fn severity(grid: &Grid, tables: &Tables, models: &Models, alike: Result<(), Reason>) -> Vec<Severity> {
    let alike = alike.as_ref();
    // Whoever shares no scale with the ranked has no place on it.
    let is_fitted = |at: usize| tables.common.as_ref().is_some_and(|common| common.column_mean(at).is_some());
    let one = |at: usize| Severity {
        reviewer: grid.reviewers[at].clone(),
        effect: match alike.and(models.additive.as_ref()) {
            Ok(model) => model.severity(at),
            Err(reason) => Statistic::Undefined(*reason),
        },
        mixed: match alike.and(models.mixed.as_ref()) {
            Ok(_) if !is_fitted(at) => Statistic::Undefined(Reason::TooFew),
            Ok(model) => model.severity(at),
            Err(reason) => Statistic::Undefined(*reason),
        },
    };
    (0..grid.reviewers.len()).filter(|&at| models.heard[at]).map(one).collect()
}
