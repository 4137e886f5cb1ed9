//! The panel's figures: a ranking that says how sure it is, and who differs where.

use std::collections::BTreeMap;

use serde::Serialize;

use super::grid::Grid;
use super::item_summary::{Consistency, ItemSummary, item_summaries};
use super::placing::{InGroup, Placed, place};
use super::range::RankRange;
use super::ranks::competition_ranks;
use super::ratings::{Ratings, Value};
use super::scheme::Scheme;
use super::statistic::{Reason, Statistic};
use super::totals::{Spread, Status, Total, is_rated, only, weighted};
use super::words::rounded;
use crate::interview::{CriterionId, QuestionId};
use crate::text::SafeText;

/// How a total is made, for people.
const TOTAL: &str = "criterion means as percent of the maximum, weighted; n reviewers";
/// How its interval is, for people.
const INTERVAL: &str = "interval nine in ten, by the mixed model's variances and Student's t";

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
    /// Groups of candidates and reviewers that share nobody: there is no common ranking then. Empty where all share a scale.
    pub groups: Vec<Apart>,
    /// How ranges of ranks were made; none where there are none.
    pub ranges: Option<String>,
}

/// Candidates and reviewers that hang together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Apart {
    /// By id.
    pub candidates: Vec<SafeText>,
    /// By pseudonym.
    pub reviewers: Vec<SafeText>,
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
    /// 1 is the best; equal totals have the same rank. None where there is no common ranking.
    pub rank: Option<u32>,
    /// Between which ranks it may stand.
    #[serde(flatten)]
    pub range: RankRange,
    /// How likely each rank is, as rank and probability, from one in a thousand on; in the group, where there is no common ranking. Empty
    /// where there is no range.
    pub ranks: Vec<(u32, f64)>,
    /// The band: those with the same letter cannot be told apart from the band's first.
    pub band: Option<String>,
    /// The place among those of the same group, where there is no common ranking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_group: Option<InGroup>,
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
        let placed = place(&grid, &totals, &ranked);
        let mut ranking: Vec<Ranked> = (0..totals.len()).map(|at| ranked_as(&grid, at, &totals[at], &placed)).collect();
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
            same_order_with_equal_weights: has_same_order(&grid, &totals, &placed.together(&ranked)),
            groups: placed.groups.iter().map(|group| Apart::named(&grid, group)).collect(),
            ranges: placed.method,
        }
    }

    /// How many digits after the point totals are shown with: as few as tell candidates of different rank apart, three at the
    /// most. Ranks compare totals to 1e-9, so that rounding must not make two ranks of what looks like one total.
    pub fn digits(&self) -> usize {
        const MOST: usize = 3;
        let ranked: Vec<((usize, u32), f64)> = self.ranking.iter().filter_map(|one| one.place().zip(one.total.value())).collect();
        let apart = |digits: usize| {
            let differ = |pair: &[((usize, u32), f64)]| rounded(pair[0].1, digits) != rounded(pair[1].1, digits);
            let elsewhere = |pair: &[((usize, u32), f64)]| pair[0].0.0 != pair[1].0.0;
            ranked.windows(2).all(|pair| pair[0].0 == pair[1].0 || elsewhere(pair) || differ(pair))
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

impl Apart {
    /// A group with names.
    pub(super) fn named(grid: &Grid, of: &super::connectivity::Component) -> Apart {
        let name = |of: &[SafeText], at: &[usize]| at.iter().map(|&at| of[at].clone()).collect();
        Apart { candidates: name(&grid.candidates, &of.candidates), reviewers: name(&grid.reviewers, &of.reviewers) }
    }
}

/// Whether equal weights leave the order within each of these groups as it is.
fn has_same_order(grid: &Grid, totals: &[Total], together: &[Vec<usize>]) -> bool {
    let equal = grid.scheme.with_equal_weights();
    let evenly = grid.weighted_by(&equal);
    let evenly: Vec<Total> = (0..grid.candidates.len()).map(|candidate| Total::of(&evenly, candidate)).collect();
    let ranks = |totals: &[Total], of: &[usize]| {
        competition_ranks(&of.iter().map(|&at| totals[at].value.unwrap_or_default()).collect::<Vec<_>>())
    };
    together.iter().all(|of| ranks(totals, of) == ranks(&evenly, of))
}

fn ranked_as(grid: &Grid, at: usize, total: &Total, placed: &Placed) -> Ranked {
    let reviewers = own_totals(grid, at);
    let place = &placed.of[at];
    let known = total.value.map_or_else(Statistic::Undefined, |value| Statistic::known(value, reviewers.len(), TOTAL));
    Ranked {
        candidate: grid.candidates[at].clone(),
        total: place.half.map_or_else(|| known.clone(), |half| known.clone().about(half, (0.0, 100.0), INTERVAL)),
        coverage: total.coverage,
        status: if place.apart { Status::Apart } else { total.status },
        rank: place.rank,
        range: place.range.clone(),
        ranks: place.ranks.clone(),
        band: place.band.clone(),
        in_group: place.in_group.clone(),
        mean_points: total.value.ok().map(|value| grid.scheme.points(value)),
        spread: deviation(&reviewers),
        reviewers,
        fewest_reviewers: total.fewest_reviewers,
        criteria: total.items.clone(),
        largest_disagreement: largest_disagreement(grid.scheme, total),
    }
}

impl Ranked {
    /// Group and rank in it; the group is 0 where all share a scale. None of who is not ranked.
    pub fn place(&self) -> Option<(usize, u32)> {
        let apart = self.in_group.as_ref().and_then(|of| Some((of.group, of.rank?)));
        self.rank.map(|rank| (0, rank)).or(apart)
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
    let place = |ranked: &Ranked| ranked.place().unwrap_or((usize::MAX, u32::MAX));
    by_rank
        .then(a.status.cmp(&b.status))
        .then_with(|| place(a).cmp(&place(b)))
        .then_with(|| if a.place().is_some() { std::cmp::Ordering::Equal } else { below() })
        .then_with(|| a.candidate.cmp(&b.candidate))
}
