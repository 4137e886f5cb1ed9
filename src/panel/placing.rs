//! Places in the ranking, with how sure they are: all together, or group by group where groups share nobody.

use serde::Serialize;

use super::connectivity::Component;
use super::grid::Grid;
use super::range::RankRange;
use super::ranks::competition_ranks;
use super::scores::Scores;
use super::standing::{Scale, Standing, part};
use super::statistic::Reason;
use super::totals::{Total, means};

/// A place among those of the same group.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct InGroup {
    /// Which group, from 1, in the order of [`Panel::groups`](super::Panel::groups).
    pub group: usize,
    /// 1 is the best of the group; none of who is not ranked.
    pub rank: Option<u32>,
    /// Between which ranks of the group it may stand.
    #[serde(flatten)]
    pub range: RankRange,
}

/// One candidate's place.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) rank: Option<u32>,
    pub(super) range: RankRange,
    /// How likely each rank is.
    pub(super) ranks: Vec<(u32, f64)>,
    pub(super) band: Option<String>,
    /// Whether there is no common ranking to stand in.
    pub(super) apart: bool,
    pub(super) in_group: Option<InGroup>,
    /// Half the width of the total's interval, on the scale of totals.
    pub(super) half: Option<f64>,
}

/// All candidates' places, as in the grid.
pub(super) struct Placed {
    pub(super) of: Vec<Place>,
    /// Groups that share nobody; empty where all share a scale.
    pub(super) groups: Vec<Component>,
    /// How ranges were made.
    pub(super) method: Option<String>,
}

impl Placed {
    /// Those of these candidates who are ranked together.
    pub(super) fn together(&self, ranked: &[usize]) -> Vec<Vec<usize>> {
        let of = |group: &Component| ranked.iter().copied().filter(|at| group.candidates.contains(at)).collect();
        if self.groups.is_empty() { vec![ranked.to_vec()] } else { self.groups.iter().map(of).collect() }
    }
}

/// Places all candidates; `ranked` are those who can be ranked.
pub(super) fn place(grid: &Grid, totals: &[Total], ranked: &[usize]) -> Placed {
    let means = means(grid, totals);
    let nowhere = |total: &Total| {
        let reason = total.value.err().unwrap_or(Reason::TooFew);
        let range = RankRange::Undefined(reason);
        Place { rank: None, range, ranks: Vec::new(), band: None, apart: false, in_group: None, half: None }
    };
    let mut placed = Placed { of: totals.iter().map(nowhere).collect(), groups: Vec::new(), method: None };
    match Scale::of(&means, ranked) {
        Scale::Common(scores) => {
            let found = Found::of(grid, totals, &scores, ranked);
            for (nth, &at) in ranked.iter().enumerate() {
                let place = &mut placed.of[at];
                (place.rank, place.range, place.band) = (Some(found.ranks[nth]), found.ranges[nth].clone(), found.band(nth));
                place.ranks = found.likely(nth);
            }
            placed.put_halves(&found);
            placed.method = found.method;
        }
        Scale::Apart(groups) => {
            for &at in ranked {
                (placed.of[at].apart, placed.of[at].range) = (true, RankRange::Undefined(Reason::Disconnected));
            }
            placed.groups = groups;
            for (nth, of) in placed.together(ranked).into_iter().enumerate() {
                placed.put_group(nth, &of, Found::of(grid, totals, &part(&means, &placed.groups[nth]), &of));
            }
        }
    }
    placed
}

impl Placed {
    fn put_group(&mut self, nth: usize, of: &[usize], found: Found) {
        for (place, &at) in of.iter().enumerate() {
            let (rank, range) = (Some(found.ranks[place]), found.ranges[place].clone());
            self.of[at].in_group = Some(InGroup { group: nth + 1, rank, range });
            (self.of[at].band, self.of[at].ranks) = (found.band(place), found.likely(place));
        }
        self.put_halves(&found);
        self.method = self.method.take().or(found.method);
    }

    fn put_halves(&mut self, found: &Found) {
        found.halves.iter().for_each(|(at, half)| self.of[*at].half = Some(*half));
    }
}

/// What is found for candidates who share a scale, in the order in which they were given.
struct Found {
    ranks: Vec<u32>,
    ranges: Vec<RankRange>,
    /// How likely each rank of each is; nothing where there are no ranges.
    likely: Vec<Vec<(u32, f64)>>,
    bands: Vec<String>,
    /// Of whoever has a value, by place in the grid.
    halves: Vec<(usize, f64)>,
    method: Option<String>,
}

impl Found {
    /// The seed is always the same, so that the same ratings give the same ranges wherever they are shown.
    fn of(grid: &Grid, totals: &[Total], scores: &Scores, candidates: &[usize]) -> Self {
        let ranks = competition_ranks(&candidates.iter().map(|&at| totals[at].value.unwrap_or_default()).collect::<Vec<_>>());
        match Standing::fitted(grid, totals, scores, candidates, 0) {
            Ok((model, standing)) => {
                // What is shown as a rank is never out of its range.
                let range = |(&at, &rank): (&usize, &u32)| match standing.range(at) {
                    Some((low, high)) => RankRange::Known { low: low.min(rank), high: high.max(rank), rough: model.is_rough() },
                    None => RankRange::Undefined(Reason::TooFew),
                };
                let width = (grid.scheme.max - grid.scheme.min) / 100.0;
                let halves = model.halves_of_raw();
                let half = |at: usize| Some((at, halves[at]? / width)).filter(|(_, half)| half.is_finite());
                Found {
                    ranges: candidates.iter().zip(&ranks).map(range).collect(),
                    likely: candidates.iter().map(|&at| standing.ranks(at)).collect(),
                    bands: candidates.iter().filter_map(|&at| standing.letter(at)).collect(),
                    halves: (0..scores.rows()).filter_map(half).collect(),
                    method: Some(standing.method().to_owned()),
                    ranks,
                }
            }
            Err(reason) => Found {
                ranges: vec![RankRange::Undefined(reason); ranks.len()],
                likely: Vec::new(),
                bands: Vec::new(),
                halves: Vec::new(),
                method: None,
                ranks,
            },
        }
    }

    fn likely(&self, place: usize) -> Vec<(u32, f64)> {
        self.likely.get(place).cloned().unwrap_or_default()
    }

    fn band(&self, place: usize) -> Option<String> {
        self.bands.get(place).cloned()
    }
}
