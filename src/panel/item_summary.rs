//! How each criterion came out over all candidates, and what to do about it.

use serde::Serialize;

use super::grid::{Cell, Grid};
use super::icc::Icc;
use super::items::{alpha, alpha_if_deleted, discrimination, ends, item_total, standardised_alpha};
use super::scores::Scores;
use super::statistic::{Known, Reason, Statistic};
use super::totals::{Spread, Total};
use crate::interview::{CriterionId, QuestionId};

/// One criterion over all candidates.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ItemSummary {
    /// The question.
    pub question: QuestionId,
    /// The criterion.
    pub criterion: CriterionId,
    /// Its weight.
    pub weight: f64,
    /// All values that were given.
    pub values: Option<Spread>,
    /// The mean over candidates, 0 to 1: the higher the easier.
    pub ease: Statistic,
    /// The correlation with the sum of the other criteria, over the candidates who have all.
    pub item_total: Statistic,
    /// Cronbach's alpha of the other criteria.
    pub alpha_if_deleted: Statistic,
    /// How far the best and the worst 27 in 100 are apart in it, as a share of the scale.
    pub discrimination: Statistic,
    /// The share of ratings at the lowest point, 0 to 1.
    pub floor: Statistic,
    /// The share at the highest.
    pub ceiling: Statistic,
    /// ICC(2,1) of the reviewers in this criterion, where everyone saw everyone: low where its anchors are read differently.
    pub icc2_1: Statistic,
    /// What to do about it.
    pub advice: Advice,
    /// Why, in words.
    pub reasons: Vec<&'static str>,
}

/// What to do about a criterion.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// It works.
    Keep,
    /// Something is worth a second look.
    Look,
    /// It works against the others.
    Rewrite,
    /// There are too few candidates to say.
    TooFew,
}

impl Advice {
    /// As people read it.
    pub fn words(self) -> &'static str {
        match self {
            Advice::Keep => "keep",
            Advice::Look => "look at it",
            Advice::Rewrite => "rewrite",
            Advice::TooFew => "too few to say",
        }
    }
}

/// Whether criteria measure one thing, over the candidates who have all of them.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Consistency {
    /// Cronbach's alpha, with Feldt's interval.
    pub alpha: Statistic,
    /// The same as if all criteria varied alike.
    pub standardised_alpha: Statistic,
}

impl Consistency {
    /// Of the criteria's means over reviewers.
    pub(super) fn of(totals: &[Total]) -> Self {
        let means = means(totals);
        Consistency { alpha: alpha(&means), standardised_alpha: standardised_alpha(&means) }
    }
}

/// Above this share of ratings at one end there is too little variation for an ICC to say how anchors are read.
const ONE_POINT: f64 = 0.8;
/// Below so many candidates nothing is advised.
const FEWEST: usize = 10;

/// Candidates × criteria: means over reviewers.
fn means(totals: &[Total]) -> Scores {
    let mean = |total: &Total| total.items.iter().map(|spread| spread.map(|spread| spread.mean)).collect();
    Scores::from_rows(&totals.iter().map(mean).collect::<Vec<_>>())
}

pub(super) fn item_summaries(grid: &Grid, totals: &[Total]) -> Vec<ItemSummary> {
    let means = means(totals);
    (0..grid.scheme.items.len()).map(|at| summary(grid, totals, &means, at)).collect()
}

fn summary(grid: &Grid, totals: &[Total], means: &Scores, at: usize) -> ItemSummary {
    let (scheme, scale) = (grid.scheme, (grid.scheme.min, grid.scheme.max));
    let item = &scheme.items[at];
    let of: Vec<Spread> = totals.iter().filter_map(|total| total.items[at]).collect();
    let n: usize = of.iter().map(|spread| spread.n).sum();
    let values = (n > 0).then(|| Spread {
        mean: of.iter().map(|spread| spread.mean * spread.n as f64).sum::<f64>() / n as f64,
        min: of.iter().map(|spread| spread.min).fold(f64::INFINITY, f64::min),
        max: of.iter().map(|spread| spread.max).fold(f64::NEG_INFINITY, f64::max),
        n,
    });
    let pomps: Vec<f64> = of.iter().filter_map(|spread| scheme.pomp(spread.mean)).collect();
    let ease = match pomps.len() {
        0 => Statistic::Undefined(Reason::TooFew),
        n => Statistic::known(pomps.iter().sum::<f64>() / n as f64 / 100.0, n, "mean over candidates; n candidates"),
    };
    let given = given(grid, totals.len(), at);
    let (floor, ceiling) = ends(&given.observed().map(|(.., value)| value).collect::<Vec<_>>(), scale);
    let mut summary = ItemSummary {
        question: item.question.clone(),
        criterion: item.criterion.clone(),
        weight: item.weight,
        values,
        ease,
        item_total: item_total(means, at),
        alpha_if_deleted: alpha_if_deleted(means, at),
        discrimination: discrimination(means, at, scale),
        floor,
        ceiling,
        icc2_1: Icc::of(&seen(&given)).icc2_1,
        advice: Advice::TooFew,
        reasons: Vec::new(),
    };
    if of.len() >= FEWEST {
        (summary.advice, summary.reasons) = advised(&summary);
    }
    summary
}

/// What its figures say: keep, look at it, or rewrite.
fn advised(of: &ItemSummary) -> (Advice, Vec<&'static str>) {
    // What its interval leaves open is said as that.
    let sure = |figure: &Statistic| matches!(figure, Statistic::Known(Known { high: Some(high), .. }) if *high < 0.0);
    let found = |figure: &Statistic, off: &dyn Fn(f64) -> bool, words: &'static str| {
        figure.value().filter(|value| off(*value)).map(|_| words)
    };
    let against = found(&of.item_total, &|r| r < 0.0, against(sure(&of.item_total)));
    let apart = found(&of.item_total, &|r| (0.0..0.2).contains(&r), "it hardly goes with the rest: another competency, or unclear");
    let easy = found(&of.ease, &|ease| ease > 0.85, "nearly everyone does well in it");
    let hard = found(&of.ease, &|ease| ease < 0.15, "hardly anyone does well in it");
    let top = found(&of.ceiling, &|share| share > 0.5, "more than half of the ratings are the highest point");
    // Where nearly all ratings are one point, reviewers agree and no ICC can show it.
    let is_one_point = [&of.floor, &of.ceiling].iter().any(|share| share.value().is_some_and(|share| share > ONE_POINT));
    let unclear = found(&of.icc2_1, &|icc| icc < 0.4 && !is_one_point, "reviewers may read its anchors differently");
    let advice = if against.is_some() { Advice::Rewrite } else { Advice::Look };
    let reasons: Vec<&'static str> = [against, apart, easy, hard, top, unclear].into_iter().flatten().collect();
    (if reasons.is_empty() { Advice::Keep } else { advice }, reasons)
}

fn against(is_sure: bool) -> &'static str {
    match is_sure {
        true => "who does well in it does worse in the rest",
        false => "who does well in it may do worse in the rest",
    }
}

/// Candidates × reviewers: what was given in one criterion.
fn given(grid: &Grid, candidates: usize, item: usize) -> Scores {
    let mut given = Scores::empty(candidates, grid.reviewers.len());
    for candidate in 0..candidates {
        for (reviewer, cell) in grid.cells(candidate, item).iter().enumerate() {
            if let Cell::Counts(value) = cell {
                given.set(candidate, reviewer, Some(*value));
            }
        }
    }
    given
}

/// The candidates and reviewers who have any value in it.
fn seen(given: &Scores) -> Scores {
    let rows: Vec<usize> = (0..given.rows()).filter(|&row| given.row_mean(row).is_some()).collect();
    let columns: Vec<usize> = (0..given.columns()).filter(|&column| given.column_mean(column).is_some()).collect();
    given.part(&rows, &columns)
}
