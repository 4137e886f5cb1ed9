//! The most likely parameters, by Newton's method with candidates eliminated.

use nalgebra::{DMatrix, DVector};

use crate::panel::statistic::Reason;

/// One rating: candidate, reviewer, question, and steps above the lowest point.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Rating {
    pub(super) candidate: usize,
    pub(super) reviewer: usize,
    pub(super) question: usize,
    pub(super) steps: usize,
    /// How much it counts, one for a whole rating.
    pub(super) weight: f64,
}

/// Parameters in logits.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Parameters {
    pub(super) theta: Vec<f64>,
    pub(super) severity: Vec<f64>,
    pub(super) difficulty: Vec<f64>,
    pub(super) tau: Vec<f64>,
}

impl Parameters {
    pub(super) fn place(&self, rating: &Rating) -> f64 {
        self.theta[rating.candidate] - self.severity[rating.reviewer] - self.difficulty[rating.question]
    }

    /// The probability of each number of steps, from a place on the scale.
    pub(super) fn chances(&self, place: f64) -> Vec<f64> {
        let mut logs = vec![0.0];
        self.tau.iter().for_each(|tau| logs.push(logs[logs.len() - 1] + place - tau));
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw: Vec<f64> = logs.iter().map(|log| (log - top).exp()).collect();
        let sum: f64 = raw.iter().sum();
        raw.into_iter().map(|chance| chance / sum).collect()
    }

    /// What candidates share: severities, difficulties and steps.
    fn shared(&self) -> impl Iterator<Item = f64> {
        self.severity.iter().chain(&self.difficulty).chain(&self.tau).copied()
    }

    pub(super) fn likelihood(&self, ratings: &[Rating]) -> f64 {
        ratings.iter().map(|rating| rating.weight * self.chances(self.place(rating))[rating.steps].ln()).sum()
    }
}

/// The expected number of steps, and its variance.
pub(super) fn moments(chances: &[f64]) -> (f64, f64) {
    let mean: f64 = chances.iter().enumerate().map(|(k, chance)| k as f64 * chance).sum();
    (mean, chances.iter().enumerate().map(|(k, chance)| (k as f64 - mean).powi(2) * chance).sum())
}

const STEPS: usize = 200;

/// Solves for ratings none of whose facets is extreme. `sizes` are candidates, reviewers, questions, steps; what candidates share is
/// drawn to the middle by half of `ridge` times its squares.
pub(super) fn solve(ratings: &[Rating], sizes: [usize; 4], ridge: f64) -> Result<Parameters, Reason> {
    let [candidates, reviewers, questions, steps] = sizes;
    let height_of = |at: &Parameters| at.likelihood(ratings) - ridge / 2.0 * at.shared().map(|logit| logit * logit).sum::<f64>();
    let mut at = Parameters {
        theta: vec![0.0; candidates],
        severity: vec![0.0; reviewers],
        difficulty: vec![0.0; questions],
        tau: (0..steps).map(|k| k as f64 - (steps as f64 - 1.0) / 2.0).collect(),
    };
    let mut height = height_of(&at);
    for _ in 0..STEPS {
        let system = System::of(&at, ratings, ridge);
        let Some((own, shared)) = system.step(&at) else { return Err(Reason::NotConverged) };
        let longest = own.iter().chain(shared.iter()).fold(0.0f64, |most, step| most.max(step.abs()));
        if longest < 1e-9 {
            return Ok(at);
        }
        let mut length = (2.0 / longest).min(1.0);
        loop {
            let next = at.moved(&own, &shared, length);
            let there = height_of(&next);
            if there >= height - 1e-12 * height.abs() {
                (at, height) = (next, there);
                break;
            }
            length *= 0.5;
            if length < 1e-9 {
                // Where a long way gains nothing there is no top: the likelihood rises without end.
                return if longest < 1e-5 { Ok(at) } else { Err(Reason::Separated) };
            }
        }
        if at.theta.iter().chain(&at.severity).chain(&at.difficulty).chain(&at.tau).any(|x| x.abs() > 60.0) {
            return Err(Reason::Separated);
        }
    }
    Err(Reason::NotConverged)
}

impl Parameters {
    fn moved(&self, own: &[f64], shared: &DVector<f64>, length: f64) -> Self {
        let mut next = self.clone();
        next.theta.iter_mut().zip(own).for_each(|(x, step)| *x += length * step);
        let all = next.severity.iter_mut().chain(&mut next.difficulty).chain(&mut next.tau);
        all.zip(shared.iter()).for_each(|(x, step)| *x += length * step);
        next
    }
}

/// Slope and information, candidates apart from what they share.
struct System {
    slope: Vec<f64>,
    weight: Vec<f64>,
    shared_slope: DVector<f64>,
    shared: DMatrix<f64>,
    cross: Vec<DVector<f64>>,
}

impl System {
    fn of(at: &Parameters, ratings: &[Rating], ridge: f64) -> Self {
        let (j, q, k) = (at.severity.len(), at.difficulty.len(), at.tau.len());
        let width = j + q + k;
        let n = at.theta.len();
        let mut system = System {
            slope: vec![0.0; n],
            weight: vec![0.0; n],
            shared_slope: DVector::zeros(width),
            shared: DMatrix::zeros(width, width),
            cross: vec![DVector::zeros(width); n],
        };
        for (i, logit) in at.shared().enumerate() {
            system.shared_slope[i] -= ridge * logit;
            system.shared[(i, i)] += ridge;
        }
        for rating in ratings {
            let chances = at.chances(at.place(rating));
            let (mean, variance) = moments(&chances);
            let left = rating.weight * (rating.steps as f64 - mean);
            let variance = rating.weight * variance;
            system.slope[rating.candidate] += left;
            system.weight[rating.candidate] += variance;
            let facets = [rating.reviewer, j + rating.question];
            facets.iter().for_each(|&a| {
                system.shared_slope[a] -= left;
                system.cross[rating.candidate][a] -= variance;
                facets.iter().for_each(|&b| system.shared[(a, b)] += variance);
            });
            system.add_steps(rating, &chances, mean, facets, j + q);
        }
        system
    }

    /// The part of the step parameters: each counts for minus one from its step on.
    fn add_steps(&mut self, rating: &Rating, chances: &[f64], mean: f64, facets: [usize; 2], from: usize) {
        let k = chances.len() - 1;
        // The probability of reaching each step, and what reaching it adds to the expectation.
        let (mut reach, mut sum) = (vec![0.0; k + 1], vec![0.0; k + 1]);
        let (mut chance, mut steps) = (0.0, 0.0);
        for m in (1..=k).rev() {
            chance += chances[m];
            steps += m as f64 * chances[m];
            (reach[m], sum[m]) = (chance, steps);
        }
        for m in 1..=k {
            let at = from + m - 1;
            self.shared_slope[at] -= rating.weight * (f64::from(u8::from(rating.steps >= m)) - reach[m]);
            let with = rating.weight * (sum[m] - mean * reach[m]);
            self.cross[rating.candidate][at] -= with;
            for facet in facets {
                self.shared[(facet, at)] += with;
                self.shared[(at, facet)] += with;
            }
            for l in 1..=k {
                self.shared[(at, from + l - 1)] += rating.weight * (reach[m.max(l)] - reach[m] * reach[l]);
            }
        }
    }

    /// Newton's step, under the constraints that severities, difficulties and steps each sum to 0.
    fn step(&self, at: &Parameters) -> Option<(Vec<f64>, DVector<f64>)> {
        let (mut left, mut right) = (self.shared.clone(), self.shared_slope.clone());
        for (i, cross) in self.cross.iter().enumerate().filter(|(i, _)| self.weight[*i] > 1e-300) {
            left -= cross * cross.transpose() / self.weight[i];
            right -= cross * (self.slope[i] / self.weight[i]);
        }
        let mut from = 0;
        for size in [at.severity.len(), at.difficulty.len(), at.tau.len()] {
            (from..from + size).for_each(|a| (from..from + size).for_each(|b| left[(a, b)] += 1.0));
            from += size;
        }
        let shared = left.cholesky()?.solve(&right);
        let own =
            |i: usize| if self.weight[i] > 1e-300 { (self.slope[i] - self.cross[i].dot(&shared)) / self.weight[i] } else { 0.0 };
        Some(((0..self.slope.len()).map(own).collect(), shared))
    }
}
