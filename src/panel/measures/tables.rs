//! A ratings table laid out for each statistic.

use std::collections::BTreeMap;

use crate::panel::components::Cube;
use crate::panel::grid::Grid;
use crate::panel::ratings::{Ratings, Value};
use crate::panel::scores::Scores;
use crate::panel::standing::Scale;
use crate::panel::totals::{Status, Total, means, only, weighted_points};

/// The tables. Rows are candidates as in the grid, columns reviewers as in the grid.
pub(super) struct Tables {
    /// Candidates × questions × criteria down, reviewers across: the points alone.
    pub(super) cells: Scores,
    /// Candidates down, reviewers across: each one's weighted mean, in points. Candidates without a total by policy have none.
    pub(super) means: Scores,
    /// Candidates × reviewers × questions: weighted means, in points.
    pub(super) by_question: Cube,
    /// Candidates × reviewers × criteria: the points alone.
    pub(super) by_item: Cube,
    /// The same without those who share no scale with the ranked ones; none where the ranked ones themselves share none.
    pub(super) common: Option<Scores>,
    /// Who can be ranked.
    pub(super) ranked: Vec<usize>,
    /// Which candidates policy leaves without a total.
    pub(super) blocked: Vec<bool>,
}

impl Tables {
    pub(super) fn of(ratings: &Ratings, grid: &Grid, totals: &[Total]) -> Self {
        let (candidates, reviewers, items) = (grid.candidates.len(), grid.reviewers.len(), grid.scheme.items.len());
        let mut cells = Scores::empty(candidates * items, reviewers);
        let mut by_item = Cube::empty(candidates, reviewers, items);
        for (candidate, reviewer, item, point) in points(ratings, grid) {
            cells.set(candidate * items + item, reviewer, Some(point));
            by_item.set(candidate, reviewer, item, Some(point));
        }
        let questions = questions(grid);
        let means = means(grid, totals);
        let mut by_question = Cube::empty(candidates, reviewers, questions.len());
        let blocked: Vec<bool> = totals.iter().map(|total| total.status == Status::Blocked).collect();
        for candidate in (0..candidates).filter(|&at| !blocked[at]) {
            for reviewer in 0..reviewers {
                if means.get(candidate, reviewer).is_none() {
                    continue;
                }
                let only = only(grid, reviewer);
                for (at, of) in questions.iter().enumerate() {
                    by_question.set(candidate, reviewer, at, weighted_points(grid, candidate, of, &only));
                }
            }
        }
        let ranked: Vec<usize> = (0..candidates).filter(|&at| totals[at].status == Status::Ranked).collect();
        let common = match Scale::of(&means, &ranked) {
            Scale::Common(common) => Some(common),
            Scale::Apart(_) => None,
        };
        Tables { cells, means, common, ranked, by_question, by_item, blocked }
    }

    /// The means of the candidates and reviewers who have any.
    pub(super) fn seen(&self) -> Scores {
        let rows: Vec<usize> = (0..self.means.rows()).filter(|&row| self.means.row_mean(row).is_some()).collect();
        self.means.part(&rows, &self.reviewers())
    }

    /// The reviewers who rated anyone.
    pub(super) fn reviewers(&self) -> Vec<usize> {
        (0..self.means.columns()).filter(|&column| self.means.column_mean(column).is_some()).collect()
    }
}

/// The points: candidate, reviewer, item, value.
fn points(ratings: &Ratings, grid: &Grid) -> Vec<(usize, usize, usize, f64)> {
    let candidates: BTreeMap<_, usize> = grid.candidates.iter().enumerate().map(|(at, id)| (id, at)).collect();
    let reviewers: BTreeMap<_, usize> = grid.reviewers.iter().enumerate().map(|(at, id)| (id, at)).collect();
    let items: BTreeMap<_, usize> =
        grid.scheme.items.iter().enumerate().map(|(at, item)| ((&item.question, &item.criterion), at)).collect();
    let point = |(key, value): (&crate::panel::Key, Value)| match value {
        Value::Point(point) => {
            let item = *items.get(&(&key.question, &key.criterion))?;
            Some((candidates[&key.candidate], reviewers[&key.reviewer], item, point.value()))
        }
        _ => None,
    };
    ratings.iter().filter_map(point).collect()
}

/// The items of each question, in the scheme's order.
fn questions(grid: &Grid) -> Vec<Vec<usize>> {
    let mut places: Vec<(&crate::interview::QuestionId, Vec<usize>)> = Vec::new();
    for (at, item) in grid.scheme.items.iter().enumerate() {
        match places.iter_mut().find(|(question, _)| *question == &item.question) {
            Some((_, of)) => of.push(at),
            None => places.push((&item.question, vec![at])),
        }
    }
    places.into_iter().map(|(_, of)| of).collect()
}
