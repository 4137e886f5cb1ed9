//! How sure a place in the ranking is: one method for a total's interval, the range of ranks, the bands and the cut.
//!
//! All four rest on the mixed model of the reviewers' weighted means. Where candidates share no scale, each group has its own.

use std::collections::BTreeSet;

use super::adjust::Mixed;
use super::connectivity::{Component, Design};
use super::gaps::gaps;
use super::grid::Grid;
use super::ranks::{Drawn, Level, bands, from_levels};
use super::scores::Scores;
use super::statistic::Reason;
use super::totals::Total;

/// Whom the ranking compares, and on which scale.
pub(super) enum Scale {
    /// All on one: the means of those who hang together with them.
    Common(Scores),
    /// There is none: groups that share nobody, by their first candidate.
    Apart(Vec<Component>),
}

impl Scale {
    /// Of these candidates, in a table of candidates × reviewers.
    pub(super) fn of(means: &Scores, candidates: &[usize]) -> Self {
        let wanted: BTreeSet<usize> = candidates.iter().copied().collect();
        let all = Design::of(means).components;
        let has_any = |component: &&Component| component.candidates.iter().any(|at| wanted.contains(at));
        let with_any: Vec<&Component> = all.iter().filter(has_any).collect();
        match with_any.as_slice() {
            [] => Scale::Common(means.clone()),
            [only] => Scale::Common(part(means, only)),
            _ => Scale::Apart(with_any.into_iter().cloned().collect()),
        }
    }
}

/// The table with nothing in it but what is of the component; places stay as they are.
pub(super) fn part(means: &Scores, component: &Component) -> Scores {
    let mut part = Scores::empty(means.rows(), means.columns());
    for &row in &component.candidates {
        component.reviewers.iter().for_each(|&column| part.set(row, column, means.get(row, column)));
    }
    part
}

/// Where the model holds each of some candidates to be possible.
pub(super) struct Standing {
    /// Ascending.
    candidates: Vec<usize>,
    drawn: Drawn,
    bands: Vec<usize>,
}

impl Standing {
    /// Of these candidates, by the mixed model of these means, and that model.
    pub(super) fn fitted(
        grid: &Grid,
        totals: &[Total],
        means: &Scores,
        candidates: &[usize],
        seed: u64,
    ) -> Result<(Mixed, Self), Reason> {
        let model = Mixed::fit(means)?.no_surer_than(means, grid.rounding()).with_gaps(&gaps(grid));
        let standing = Standing::of(&model, candidates, |at| grid.scheme.points(totals[at].value.unwrap_or_default()), seed);
        Ok((model, standing))
    }

    /// Of these candidates, ascending, by a model. Who has no value of a reviewer stands at the total that rests on facts, in points.
    pub(super) fn of(model: &Mixed, candidates: &[usize], fact: impl Fn(usize) -> f64, seed: u64) -> Self {
        let level = |&at: &usize| if model.count(at) == 0 { Level::Fixed(fact(at)) } else { Level::Drawn(at) };
        let levels: Vec<Level> = candidates.iter().map(level).collect();
        let value = |level: &Level| match level {
            Level::Drawn(at) => model.level(*at),
            Level::Fixed(points) => *points,
        };
        let values: Vec<f64> = levels.iter().map(value).collect();
        let mut order: Vec<usize> = (0..levels.len()).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        let p_above = |a: usize, b: usize| match (levels[a], levels[b]) {
            (Level::Drawn(a), Level::Drawn(b)) => model.surely_above(a, b),
            (Level::Drawn(a), Level::Fixed(points)) => Some(model.surely_above_level(a, points)),
            (Level::Fixed(points), Level::Drawn(b)) => Some(1.0 - model.surely_above_level(b, points)),
            (Level::Fixed(a), Level::Fixed(b)) => Some(if a > b + 1e-9 { 1.0 } else { 0.5 }),
        };
        let in_order = bands(&order, p_above);
        let mut of = vec![0; order.len()];
        order.iter().zip(in_order).for_each(|(&place, band)| of[place] = band);
        Standing { drawn: from_levels(model, &levels, seed), candidates: candidates.to_vec(), bands: of }
    }

    /// How the draws were made.
    pub(super) fn method(&self) -> &str {
        &self.drawn.method
    }

    fn place(&self, candidate: usize) -> Option<usize> {
        self.candidates.binary_search(&candidate).ok()
    }

    /// A candidate's range of ranks; none of who is not ranked.
    pub(super) fn range(&self, candidate: usize) -> Option<(u32, u32)> {
        self.place(candidate).map(|place| self.drawn.interval(place))
    }

    /// How likely each of a candidate's ranks is, where it is one in a thousand or more; nothing of who is not ranked.
    pub(super) fn ranks(&self, candidate: usize) -> Vec<(u32, f64)> {
        self.place(candidate).map(|place| self.drawn.shares(place)).unwrap_or_default()
    }

    /// The letter of a candidate's band; none of who is not ranked.
    pub(super) fn letter(&self, candidate: usize) -> Option<String> {
        self.place(candidate).map(|place| letter(self.bands[place]))
    }

    /// How often a candidate is among the first `places`, 0 to 1; none of who is not ranked.
    pub(super) fn within(&self, candidate: usize, places: usize) -> Option<f64> {
        self.place(candidate).map(|at| self.drawn.within(at, places))
    }
}

/// A, B, … Z, AA, AB, …
fn letter(band: usize) -> String {
    let last = char::from(b'A' + (band % 26) as u8);
    if band < 26 { last.to_string() } else { format!("{}{last}", letter(band / 26 - 1)) }
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn bands_go_on_after_z() {
        assert_eq!([0, 25, 26, 51, 52].map(letter), ["A", "Z", "AA", "AZ", "BA"]);
    }
}
