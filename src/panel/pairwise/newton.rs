//! The most likely strengths, by Newton's method: the likelihood is concave in log worth and log tie parameter.

use nalgebra::{DMatrix, DVector};

/// All comparisons of two.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Pair {
    pub(super) a: usize,
    pub(super) b: usize,
    pub(super) first: f64,
    pub(super) second: f64,
    pub(super) ties: f64,
}

impl Pair {
    /// The probabilities of first, second and tie.
    fn chances(&self, at: &[f64], log_nu: Option<f64>) -> [f64; 3] {
        let logs = [at[self.a], at[self.b], log_nu.map_or(f64::NEG_INFINITY, |nu| nu + (at[self.a] + at[self.b]) / 2.0)];
        let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let raw = logs.map(|log| (log - top).exp());
        let sum: f64 = raw.iter().sum();
        raw.map(|chance| chance / sum)
    }
}

/// Where the likelihood is highest.
pub(super) struct Solved {
    /// Log worths, together 0, then the log tie parameter where there are ties.
    pub(super) at: Vec<f64>,
    /// Their covariance; of the worths, only differences mean anything.
    pub(super) covariance: DMatrix<f64>,
}

const STEPS: usize = 100;

/// None when it does not settle.
pub(super) fn solve(candidates: usize, pairs: &[Pair], with_ties: bool, ridge: f64) -> Option<Solved> {
    let size = candidates + usize::from(with_ties);
    let mut at = vec![0.0; size];
    let mut height = likelihood(&at, candidates, pairs, ridge);
    for _ in 0..STEPS {
        let (slope, information) = derivatives(&at, candidates, pairs, ridge);
        let solved = information.cholesky()?;
        let step = solved.solve(&slope);
        if step.amax() < 1e-11 {
            return Some(Solved { covariance: centred(solved.inverse(), candidates), at });
        }
        let Some((next, higher)) = climb(&at, &step, height, candidates, pairs, ridge) else {
            // Nothing is gained any more, to the last digit.
            return (step.amax() < 1e-5).then(|| Solved { covariance: centred(solved.inverse(), candidates), at });
        };
        (at, height) = (next, higher);
        if at.iter().any(|x| x.abs() > 50.0) {
            return None;
        }
    }
    None
}

fn climb(at: &[f64], step: &DVector<f64>, height: f64, candidates: usize, pairs: &[Pair], ridge: f64) -> Option<(Vec<f64>, f64)> {
    let mut length = 1.0;
    for _ in 0..40 {
        let next: Vec<f64> = at.iter().zip(step.iter()).map(|(x, step)| x + length * step).collect();
        let there = likelihood(&next, candidates, pairs, ridge);
        if there > height {
            return Some((next, there));
        }
        length *= 0.5;
    }
    None
}

fn likelihood(at: &[f64], candidates: usize, pairs: &[Pair], ridge: f64) -> f64 {
    let log_nu = at.get(candidates).copied();
    let of = |pair: &Pair| {
        let seen = [pair.first, pair.second, pair.ties];
        let chances = pair.chances(at, log_nu);
        seen.iter().zip(chances).filter(|(n, _)| **n > 0.0).map(|(n, chance)| n * chance.ln()).sum::<f64>()
    };
    pairs.iter().map(of).sum::<f64>() - ridge * at[..candidates].iter().map(|x| x * x).sum::<f64>()
}

/// The slope, and the information: without a ridge, the lacking rank of the worths is put in.
fn derivatives(at: &[f64], candidates: usize, pairs: &[Pair], ridge: f64) -> (DVector<f64>, DMatrix<f64>) {
    let (mut slope, mut information) = (DVector::zeros(at.len()), DMatrix::zeros(at.len(), at.len()));
    let log_nu = at.get(candidates).copied();
    for pair in pairs {
        let n = pair.first + pair.second + pair.ties;
        let [first, second, tie] = pair.chances(at, log_nu);
        // What each outcome counts for: itself one, a tie half for both.
        let (mean_a, mean_b) = (first + tie / 2.0, second + tie / 2.0);
        slope[pair.a] += pair.first + pair.ties / 2.0 - n * mean_a;
        slope[pair.b] += pair.second + pair.ties / 2.0 - n * mean_b;
        information[(pair.a, pair.a)] += n * (first + tie / 4.0 - mean_a * mean_a);
        information[(pair.b, pair.b)] += n * (second + tie / 4.0 - mean_b * mean_b);
        let both = n * (tie / 4.0 - mean_a * mean_b);
        information[(pair.a, pair.b)] += both;
        information[(pair.b, pair.a)] += both;
        if log_nu.is_some() {
            slope[candidates] += pair.ties - n * tie;
            information[(candidates, candidates)] += n * tie * (1.0 - tie);
            for (at, mean) in [(pair.a, mean_a), (pair.b, mean_b)] {
                let with = n * (tie / 2.0 - mean * tie);
                information[(at, candidates)] += with;
                information[(candidates, at)] += with;
            }
        }
    }
    for i in 0..candidates {
        slope[i] -= 2.0 * ridge * at[i];
        information[(i, i)] += 2.0 * ridge;
        (0..candidates).for_each(|j| information[(i, j)] += 1.0 / candidates as f64);
    }
    (slope, information)
}

/// The covariance without what was put in for the lacking rank.
fn centred(mut inverse: DMatrix<f64>, candidates: usize) -> DMatrix<f64> {
    let mean = |of: &DMatrix<f64>, i: usize| (0..candidates).map(|j| of[(i, j)]).sum::<f64>() / candidates as f64;
    let means: Vec<f64> = (0..candidates).map(|i| mean(&inverse, i)).collect();
    let all = means.iter().sum::<f64>() / candidates as f64;
    for i in 0..candidates {
        (0..candidates).for_each(|j| inverse[(i, j)] += all - means[i] - means[j]);
    }
    inverse
}
