//! The panel's figures: a ranking that says how sure it is, and who differs where.

use std::collections::BTreeMap;

use serde::Serialize;

use super::grid::Grid;
use super::item_summary::{Consistency, ItemSummary, item_summaries};
use super::ranks::{Resampled, competition_ranks, resample};
use super::ratings::{Ratings, Value};
use super::scheme::Scheme;
use super::statistic::{Reason, Statistic};
use super::totals::{Spread, Status, Total, is_rated, weighted};
use crate::interview::{CriterionId, QuestionId};
use crate::text::SafeText;

/// How a total is made, for people.
const TOTAL: &str = "criterion means as percent of the maximum, weighted; n reviewers";

/// A table of ratings, analysed. Its JSON is what `panel --json` prints.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Panel {
    /// The scale's lowest point.
    pub scale_min: f64,
    /// The scale's highest point.
    pub scale_max: f64,
    /// Whether scale and weights come from a rubric.
    pub from_rubric: bool,
    /// Whose ratings these are.
    pub reviewers: Vec<SafeText>,
    /// Points that count.
    pub ratings: usize,
    /// The best first; below the ranked ones the provisional, the blocked, those without a total.
    pub ranking: Vec<Ranked>,
    /// By criterion, in the rubric's order.
    pub items: Vec<ItemSummary>,
    /// Whether the criteria measure one thing.
    pub consistency: Consistency,
    /// Whether equal weights would give the same order.
    pub same_order_with_equal_weights: bool,
}

/// One candidate's place.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Ranked {
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// 0 to 100.
    pub total: Statistic,
    /// The share of the weight that was observed, 0 to 1.
    pub coverage: f64,
    /// Whether it is ranked.
    pub status: Status,
    /// 1 is the best; equal totals have the same rank.
    pub rank: Option<u32>,
    /// Between which ranks it may stand.
    #[serde(flatten)]
    pub range: RankRange,
    /// The total on the rubric's scale.
    pub mean_points: Option<f64>,
    /// The standard deviation among reviewers' own totals.
    pub spread: Statistic,
    /// Each reviewer's own total.
    pub reviewers: Vec<ReviewerTotal>,
    /// The fewest reviewers that a used criterion has.
    pub fewest_reviewers: usize,
    /// Reviewers' values by criterion, in the rubric's order; null where there are none.
    pub criteria: Vec<Option<Spread>>,
    /// Where reviewers differ most.
    pub largest_disagreement: Option<Disagreement>,
}

/// Between which ranks a candidate may stand if other reviewers like these had been asked.
#[derive(Clone, PartialEq, Debug)]
pub enum RankRange {
    /// From, to.
    Known {
        /// The better end.
        low: u32,
        /// The worse end.
        high: u32,
        /// Whether it rests on fewer than five reviewers, and so says too little.
        rough: bool,
    },
    /// It cannot be said.
    Undefined(Reason),
}

impl RankRange {
    /// From, to.
    pub fn ends(&self) -> Option<(u32, u32)> {
        match self {
            RankRange::Known { low, high, .. } => Some((*low, *high)),
            RankRange::Undefined(_) => None,
        }
    }
}

impl Serialize for RankRange {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat {
            rank_low: Option<u32>,
            rank_high: Option<u32>,
            rough: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            rank_undefined: Option<Reason>,
        }
        let flat = match self {
            RankRange::Known { low, high, rough } => {
                Flat { rank_low: Some(*low), rank_high: Some(*high), rough: *rough, rank_undefined: None }
            }
            RankRange::Undefined(reason) => Flat { rank_low: None, rank_high: None, rough: true, rank_undefined: Some(*reason) },
        };
        flat.serialize(to)
    }
}

/// One reviewer's own total of a candidate.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ReviewerTotal {
    /// Who.
    pub reviewer: SafeText,
    /// 0 to 100.
    pub total: f64,
    /// The share of the weight that this reviewer observed, 0 to 1.
    pub coverage: f64,
}

/// Where reviewers differ.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Disagreement {
    /// In which question.
    pub question: QuestionId,
    /// On which criterion.
    pub criterion: CriterionId,
    /// By how many points.
    pub points: f64,
    /// Whether policy asks to reconcile it.
    pub to_reconcile: bool,
}

impl Panel {
    /// Analyses a table of ratings.
    pub fn analyse(ratings: &Ratings, scheme: &Scheme) -> Panel {
        let grid = Grid::of(ratings, scheme);
        let totals: Vec<Total> = (0..grid.candidates.len()).map(|candidate| Total::of(&grid, candidate)).collect();
        let ranked: Vec<usize> = (0..totals.len()).filter(|&at| totals[at].status == Status::Ranked).collect();
        let ranks = ranks_of(&totals, &ranked);
        let resampled = resample(&grid, &ranked);
        let mut ranking: Vec<Ranked> =
            (0..totals.len()).map(|at| ranked_as(&grid, at, &totals[at], ranks.get(&at).copied())).collect();
        for (place, &at) in ranked.iter().enumerate() {
            ranking[at].put_range(place, resampled.as_ref(), reviewers_of(&grid, &ranked));
        }
        ranking.sort_by(order);
        Panel {
            scale_min: scheme.min,
            scale_max: scheme.max,
            from_rubric: scheme.from_rubric,
            reviewers: grid.reviewers.clone(),
            ratings: ratings.iter().filter(|(_, value)| matches!(value, Value::Point(_))).count(),
            ranking,
            items: item_summaries(&grid, &totals),
            consistency: Consistency::of(&totals),
            same_order_with_equal_weights: ranks == equally_weighted(ratings, scheme, &ranked),
        }
    }

    /// How many digits after the point totals are shown with: as few as tell candidates of different rank apart, three at the
    /// most. Ranks compare totals to 1e-9, so that rounding must not make two ranks of what looks like one total.
    pub fn digits(&self) -> usize {
        const MOST: usize = 3;
        let ranked: Vec<(u32, f64)> = self.ranking.iter().filter_map(|one| one.rank.zip(one.total.value())).collect();
        let apart = |digits: usize| {
            let differ = |pair: &[(u32, f64)]| format!("{:.digits$}", pair[0].1) != format!("{:.digits$}", pair[1].1);
            ranked.windows(2).all(|pair| pair[0].0 == pair[1].0 || differ(pair))
        };
        (0..MOST).find(|digits| apart(*digits)).unwrap_or(MOST)
    }

    /// A candidate's place, by the source's id.
    pub fn of(&self, candidate: &SafeText) -> Option<&Ranked> {
        self.ranking.iter().find(|ranked| ranked.candidate == *candidate)
    }
}

/// A candidate's totals without a ranking: all reviewers' together, and each reviewer's own.
#[derive(Clone, Debug, PartialEq)]
pub struct Totals {
    /// From 0 to 100; none where the policy gives none.
    pub panel: Option<f64>,
    /// Of those who gave any value.
    pub reviewers: Vec<ReviewerTotal>,
}

/// The totals of a table of ratings, by the candidates' source ids; far cheaper than [`Panel::analyse`].
pub fn totals(ratings: &Ratings, scheme: &Scheme) -> BTreeMap<SafeText, Totals> {
    let grid = Grid::of(ratings, scheme);
    let of = |at: usize| Totals { panel: Total::of(&grid, at).value.ok(), reviewers: own_totals(&grid, at) };
    (0..grid.candidates.len()).map(|at| (grid.candidates[at].clone(), of(at))).collect()
}

fn ranks_of(totals: &[Total], ranked: &[usize]) -> BTreeMap<usize, u32> {
    let values: Vec<f64> = ranked.iter().filter_map(|&at| totals[at].value.ok()).collect();
    ranked.iter().copied().zip(competition_ranks(&values)).collect()
}

fn equally_weighted(ratings: &Ratings, scheme: &Scheme, ranked: &[usize]) -> BTreeMap<usize, u32> {
    let equal = scheme.with_equal_weights();
    let grid = Grid::of(ratings, &equal);
    let totals: Vec<Total> = (0..grid.candidates.len()).map(|candidate| Total::of(&grid, candidate)).collect();
    ranks_of(&totals, ranked)
}

/// How many reviewers rated any of these candidates.
fn reviewers_of(grid: &Grid, candidates: &[usize]) -> usize {
    let rates = |reviewer: usize| candidates.iter().any(|&at| is_rated(grid, at, &only(grid, reviewer)));
    (0..grid.reviewers.len()).filter(|&reviewer| rates(reviewer)).count()
}

fn only(grid: &Grid, reviewer: usize) -> Vec<u32> {
    (0..grid.reviewers.len()).map(|at| u32::from(at == reviewer)).collect()
}

fn ranked_as(grid: &Grid, at: usize, total: &Total, rank: Option<u32>) -> Ranked {
    let reviewers = own_totals(grid, at);
    Ranked {
        candidate: grid.candidates[at].clone(),
        total: total.value.map_or_else(Statistic::Undefined, |value| Statistic::known(value, reviewers.len(), TOTAL)),
        coverage: total.coverage,
        status: total.status,
        rank,
        range: RankRange::Undefined(if total.status == Status::Blocked { Reason::PolicyMissing } else { Reason::TooFew }),
        mean_points: total.value.ok().map(|value| grid.scheme.points(value)),
        spread: deviation(&reviewers),
        reviewers,
        fewest_reviewers: total.fewest_reviewers,
        criteria: total.items.clone(),
        largest_disagreement: largest_disagreement(grid.scheme, total),
    }
}

impl Ranked {
    fn put_range(&mut self, place: usize, resampled: Option<&Resampled>, reviewers: usize) {
        let Some(resampled) = resampled else { return };
        let ((low, high), (from, to)) = (resampled.ranks[place], resampled.totals[place]);
        self.range = RankRange::Known { low, high, rough: reviewers < 5 || resampled.redrawn > 0.0 };
        let total = std::mem::replace(&mut self.total, Statistic::Undefined(Reason::TooFew));
        self.total = match total.within(from, to) {
            Statistic::Known(mut known) => {
                known.method = format!("{TOTAL}; interval: {}", resampled.method);
                Statistic::Known(known)
            }
            undefined => undefined,
        };
    }
}

/// Each reviewer's own weighted total, of those who gave any value.
fn own_totals(grid: &Grid, candidate: usize) -> Vec<ReviewerTotal> {
    let own = |reviewer: usize| {
        let times = only(grid, reviewer);
        let (total, coverage) = weighted(grid, candidate, &times);
        let total = total.ok().filter(|_| is_rated(grid, candidate, &times))?;
        Some(ReviewerTotal { reviewer: grid.reviewers[reviewer].clone(), total, coverage })
    };
    (0..grid.reviewers.len()).filter_map(own).collect()
}

fn deviation(reviewers: &[ReviewerTotal]) -> Statistic {
    let n = reviewers.len();
    if n < 2 {
        return Statistic::Undefined(Reason::TooFew);
    }
    let mean = reviewers.iter().map(|own| own.total).sum::<f64>() / n as f64;
    let squares: f64 = reviewers.iter().map(|own| (own.total - mean).powi(2)).sum();
    Statistic::known((squares / (n - 1) as f64).sqrt(), n, "standard deviation of the reviewers' own totals")
}

fn largest_disagreement(scheme: &Scheme, total: &Total) -> Option<Disagreement> {
    let gaps = scheme.items.iter().zip(&total.items).filter_map(|(item, spread)| {
        let spread = spread.filter(|spread| spread.n > 1)?;
        Some((item, spread.max - spread.min))
    });
    // Of equal ones the first in the rubric's order.
    let (item, points) = gaps.fold(None, |most: Option<(_, f64)>, (item, gap)| match most {
        Some((_, points)) if points >= gap => most,
        _ => Some((item, gap)),
    })?;
    let to_reconcile = points >= scheme.policy.disagreement_gap - 1e-9;
    Some(Disagreement { question: item.question.clone(), criterion: item.criterion.clone(), points, to_reconcile })
}

/// Ranked ones by rank; below the line by total, then by id, so that the order says nothing more.
fn order(a: &Ranked, b: &Ranked) -> std::cmp::Ordering {
    let total = |ranked: &Ranked| ranked.total.value().unwrap_or(-1.0);
    let by_rank = a.rank.unwrap_or(u32::MAX).cmp(&b.rank.unwrap_or(u32::MAX));
    let below = || total(b).total_cmp(&total(a));
    by_rank
        .then(a.status.cmp(&b.status))
        .then_with(|| if a.rank.is_some() { std::cmp::Ordering::Equal } else { below() })
        .then_with(|| a.candidate.cmp(&b.candidate))
}
