//! Agreement cell by cell, of two reviewers beyond chance, and of whole rankings.

use serde::Serialize;

use super::tables::Tables;
use crate::panel::agreement::{Agreement, Crosstab, TwoReviewers, Weighting, kendall_w};
use crate::panel::grid::Grid;
use crate::panel::scheme::Scheme;
use crate::panel::statistic::{Reason, Statistic};
use crate::text::SafeText;

/// Whether reviewers agree. It does not say that they are right.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Agreeing {
    /// Shares and alphas; the unit is a criterion of a candidate's answer.
    #[serde(flatten)]
    pub cells: Agreement,
    /// Of two reviewers; undefined (`PolicyMissing`) of more, for whom alpha is meant.
    pub kappa: Kappas,
    /// Of the reviewers' rankings of the candidates whom all of them rated.
    pub kendall_w: Statistic,
    /// Each two reviewers who share a cell.
    pub reviewer_pairs: Vec<PairAgreement>,
}

/// Two reviewers, by name.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct PairAgreement {
    /// One, by pseudonym.
    pub a: SafeText,
    /// The other.
    pub b: SafeText,
    /// How they agree.
    #[serde(flatten)]
    pub figures: TwoReviewers,
}

/// Two reviewers' agreement beyond chance.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Kappas {
    /// Every disagreement counts the same.
    pub unweighted: Statistic,
    /// By how many points they differ.
    pub linear: Statistic,
    /// By the square of that.
    pub quadratic: Statistic,
    /// Gwet's AC1, which does not fall where one point prevails.
    pub ac1: Statistic,
}

pub(super) fn agreeing(grid: &Grid, tables: &Tables, alike: Result<(), Reason>, seed: u64) -> Agreeing {
    Agreeing {
        cells: Agreement::of(&tables.cells, seed),
        kappa: kappas(tables, grid.scheme),
        kendall_w: alike.map_or_else(Statistic::Undefined, |()| kendall_w(&tables.seen())),
        reviewer_pairs: reviewer_pairs(grid, tables),
    }
}

fn reviewer_pairs(grid: &Grid, tables: &Tables) -> Vec<PairAgreement> {
    let name = |at: usize| grid.reviewers[at].clone();
    let count = grid.reviewers.len();
    let pairs = (0..count).flat_map(|a| (a + 1..count).map(move |b| (a, b)));
    let of = |(a, b)| Some(PairAgreement { a: name(a), b: name(b), figures: TwoReviewers::of(&tables.cells, a, b)? });
    pairs.filter_map(of).collect()
}

fn kappas(tables: &Tables, scheme: &Scheme) -> Kappas {
    match crosstab(tables, scheme) {
        Ok(of) => Kappas {
            unweighted: of.kappa(&Weighting::Unweighted),
            linear: of.kappa(&Weighting::Linear),
            quadratic: of.kappa(&Weighting::Quadratic),
            ac1: of.ac1(),
        },
        Err(reason) => {
            let none = || Statistic::Undefined(reason);
            Kappas { unweighted: none(), linear: none(), quadratic: none(), ac1: none() }
        }
    }
}

fn crosstab(tables: &Tables, scheme: &Scheme) -> Result<Crosstab, Reason> {
    let cells = &tables.cells;
    let rated = |column: &usize| (0..cells.rows()).any(|row| cells.get(row, *column).is_some());
    let reviewers: Vec<usize> = (0..cells.columns()).filter(rated).collect();
    let [a, b] = reviewers[..] else {
        return Err(if reviewers.len() > 2 { Reason::PolicyMissing } else { Reason::NoPairs });
    };
    let pairs: Vec<(f64, f64)> = (0..cells.rows()).filter_map(|row| cells.get(row, a).zip(cells.get(row, b))).collect();
    let halves = cells.observed().any(|(.., value)| value.fract() != 0.0);
    let step = if halves { 0.5 } else { 1.0 };
    let count = ((scheme.max - scheme.min) / step).round().max(0.0) as usize;
    let categories: Vec<f64> = (0..=count).map(|at| scheme.min + step * at as f64).collect();
    Crosstab::from_pairs(&pairs, &categories)
}
