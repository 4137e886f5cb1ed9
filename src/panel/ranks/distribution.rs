//! How often each candidate has each rank, over many draws.

use super::competition_ranks;
use super::draws::draws;
use crate::panel::scores::Scores;
use crate::panel::statistic::Reason;

/// Ranks over draws. Candidates are numbered as they were given.
#[derive(Clone, PartialEq, Debug)]
pub struct Distribution {
    /// By candidate, how often it had rank 1, 2, ….
    counts: Vec<Vec<f64>>,
    /// By candidate, how often it was above each other; ties count half.
    above: Vec<Vec<f64>>,
    sums: Vec<f64>,
    squares: Vec<f64>,
    kept: f64,
    lost: f64,
    /// How it was made.
    pub method: String,
}

impl Distribution {
    /// `with_pairs` keeps who was above whom, which takes the square of the candidates for each draw.
    pub(super) fn new(candidates: usize, method: String, with_pairs: bool) -> Self {
        Distribution {
            counts: vec![vec![0.0; candidates]; candidates],
            above: if with_pairs { vec![vec![0.0; candidates]; candidates] } else { Vec::new() },
            sums: vec![0.0; candidates],
            squares: vec![0.0; candidates],
            kept: 0.0,
            lost: 0.0,
            method,
        }
    }

    /// Takes in a draw that comes `weight` times.
    pub(super) fn add(&mut self, totals: &[f64], weight: f64) {
        self.kept += weight;
        let ranks = competition_ranks(totals);
        for (at, (&rank, total)) in ranks.iter().zip(totals).enumerate() {
            self.counts[at][rank as usize - 1] += weight;
            self.sums[at] += weight * total;
            self.squares[at] += weight * total * total;
            for (other, cell) in self.above.get_mut(at).into_iter().flatten().enumerate().filter(|(other, _)| *other != at) {
                *cell += match ranks[other].cmp(&rank) {
                    std::cmp::Ordering::Greater => weight,
                    std::cmp::Ordering::Equal => weight / 2.0,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
    }

    /// Counts a draw that ranks nobody.
    pub(super) fn lose(&mut self, weight: f64) {
        self.lost += weight;
    }

    /// How often the candidate had rank 1, 2, …; together [`Distribution::draws`].
    pub fn counts(&self, candidate: usize) -> &[f64] {
        &self.counts[candidate]
    }

    /// How many draws counted.
    pub fn draws(&self) -> f64 {
        self.kept
    }

    /// The share of the draws that left someone without a rating and did not count, 0 to 1.
    pub fn redrawn(&self) -> f64 {
        if self.kept + self.lost > 0.0 { self.lost / (self.kept + self.lost) } else { 0.0 }
    }

    /// From the 5th to the 95th percentile: the smallest rank whose cumulative share reaches it.
    pub fn interval(&self, candidate: usize) -> (u32, u32) {
        let end = |share: f64| {
            let mut sum = 0.0;
            let reached = self.counts[candidate].iter().position(|count| {
                sum += count;
                sum / self.kept >= share - 1e-12
            });
            reached.unwrap_or(self.counts.len() - 1) as u32 + 1
        };
        (end(0.05), end(0.95))
    }

    /// How often the candidate was among the first `places`, 0 to 1.
    pub fn within(&self, candidate: usize, places: usize) -> f64 {
        self.counts[candidate].iter().take(places).sum::<f64>() / self.kept
    }

    /// How often the first was above the second, 0 to 1; ties count half. None where it was not counted, or of oneself.
    pub fn above(&self, a: usize, b: usize) -> Option<f64> {
        self.above.get(a).filter(|_| a != b).map(|row| row[b] / self.kept)
    }

    /// The standard deviation of a candidate's totals over the draws.
    pub fn standard_error(&self, candidate: usize) -> f64 {
        let mean = self.sums[candidate] / self.kept;
        (self.squares[candidate] / self.kept - mean * mean).max(0.0).sqrt()
    }
}

/// Draws reviewers with replacement and ranks the row means each time. Up to six reviewers every draw is counted out. It
/// understates the spread by the root of (k - 1) / k: with fewer than five reviewers it is rough.
///
/// # Errors
///
/// `TooFew` with fewer than two reviewers or no candidate, or when most draws leave a candidate without a value.
pub fn bootstrap(scores: &Scores) -> Result<Distribution, Reason> {
    let reviewers: Vec<usize> = (0..scores.columns()).filter(|&column| scores.column_mean(column).is_some()).collect();
    if reviewers.len() < 2 || scores.rows() == 0 {
        return Err(Reason::TooFew);
    }
    let (draws, how) = draws(reviewers.len());
    let method = format!("reviewers drawn anew with replacement, {how}, 5th to 95th percentile");
    let mut outcomes = Distribution::new(scores.rows(), method, true);
    for (drawn, weight) in draws {
        let mean = |row: usize| {
            let values = reviewers.iter().zip(&drawn).filter_map(|(&at, &times)| Some((scores.get(row, at)?, f64::from(times))));
            let (sum, n) = values.fold((0.0, 0.0), |(sum, n), (value, times)| (sum + times * value, n + times));
            (n > 0.0).then(|| sum / n)
        };
        match (0..scores.rows()).map(mean).collect::<Option<Vec<f64>>>() {
            Some(totals) => outcomes.add(&totals, weight),
            None => outcomes.lose(weight),
        }
    }
    if outcomes.redrawn() > 0.5 { Err(Reason::TooFew) } else { Ok(outcomes) }
}
