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

/// Where the likelihood is highest.
pub(super) struct Solved {
    /// Log worths, together 0, then the log tie parameter where there are ties.
    pub(super) at: Vec<f64>,
    /// The lower half of the Fisher information there, with what was put in for the rank that the worths lack.
    pub(super) information: DMatrix<f64>,
}

const STEPS: usize = 100;

/// None when it does not settle.
pub(super) fn solve(candidates: usize, pairs: &[Pair], with_ties: bool, ridge: f64) -> Option<Solved> {
    let size = candidates + usize::from(with_ties);
    let likelihood = Likelihood { candidates, pairs, ridge };
    let (mut here, mut next) = (Place::new(size), Place::new(size));
    likelihood.begin(&mut here.at);
    likelihood.look(&mut here);
    for _ in 0..STEPS {
        let step = step(&here.information, &here.slope)?;
        // Steps square: after one this short there is nothing left to go.
        let is_last = step.amax() < 3e-7;
        if is_last {
            here.at += &step;
        }
        // Where nothing is gained any more it is settled to the last digit.
        if is_last || !likelihood.climb(&here, &step, &mut next) {
            likelihood.centre(&mut here.at);
            let solved = || Solved { at: here.at.as_slice().to_vec(), information: here.information };
            return (step.amax() < 1e-5).then(solved);
        }
        std::mem::swap(&mut here, &mut next);
        if here.at.amax() > 50.0 {
            return None;
        }
    }
    None
}

/// How far Newton's method goes: by conjugate gradients, scaled by the diagonal, which need a few products where many are compared
/// with many; by Cholesky where they need more. None where the information is not positive definite.
fn step(information: &DMatrix<f64>, slope: &DVector<f64>) -> Option<DVector<f64>> {
    const PRODUCTS: usize = 40;
    const RESIDUAL: f64 = 1e-7;
    let scale = information.diagonal();
    let enough = RESIDUAL * slope.norm();
    let (mut step, mut left) = (DVector::zeros(slope.len()), slope.clone());
    let mut scaled = left.component_div(&scale);
    let (mut way, mut size) = (scaled.clone(), left.dot(&scaled));
    let mut product = DVector::zeros(slope.len());
    for _ in 0..PRODUCTS {
        if left.norm() <= enough {
            return Some(step);
        }
        product.sygemv(1.0, information, &way, 0.0);
        let length = size / way.dot(&product);
        step.axpy(length, &way, 1.0);
        left.axpy(-length, &product, 1.0);
        scaled = left.component_div(&scale);
        let next = left.dot(&scaled);
        way = &scaled + way * (next / size);
        size = next;
    }
    Some(information.clone().cholesky()?.solve(slope))
}

/// What the likelihood is like at one place.
struct Place {
    /// Log worths, then the log tie parameter where there are ties.
    at: DVector<f64>,
    /// The likelihood's logarithm, less the ridge.
    height: f64,
    slope: DVector<f64>,
    /// The lower half: without a ridge, the lacking rank of the worths is put in.
    information: DMatrix<f64>,
}

impl Place {
    fn new(size: usize) -> Self {
        let zeros = || DVector::zeros(size);
        Place { at: zeros(), height: f64::NEG_INFINITY, slope: zeros(), information: DMatrix::zeros(size, size) }
    }
}

/// The likelihood of what was seen.
struct Likelihood<'p> {
    candidates: usize,
    pairs: &'p [Pair],
    ridge: f64,
}

impl Likelihood<'_> {
    /// Somewhere near: who won how often against all others together.
    fn begin(&self, at: &mut DVector<f64>) {
        let mut odds = vec![(0.5, 0.5); self.candidates];
        for pair in self.pairs {
            let (a, b) = (pair.first + pair.ties / 2.0, pair.second + pair.ties / 2.0);
            odds[pair.a] = (odds[pair.a].0 + a, odds[pair.a].1 + b);
            odds[pair.b] = (odds[pair.b].0 + b, odds[pair.b].1 + a);
        }
        odds.iter().enumerate().for_each(|(i, (won, lost))| at[i] = (won / lost).ln());
        self.centre(at);
    }

    /// Makes worths together 0: on no other sum does anything depend.
    fn centre(&self, at: &mut DVector<f64>) {
        let mut worths = at.rows_mut(0, self.candidates);
        let mean = worths.mean();
        worths.add_scalar_mut(-mean);
    }

    /// As far along the step as it takes to be higher; whether it is anywhere.
    fn climb(&self, here: &Place, step: &DVector<f64>, next: &mut Place) -> bool {
        (0..40).any(|halved| {
            next.at.copy_from(&here.at);
            next.at.axpy(0.5f64.powi(halved), step, 1.0);
            self.look(next);
            next.height > here.height
        })
    }

    /// Height, slope and information at a place.
    fn look(&self, place: &mut Place) {
        let candidates = self.candidates;
        let Place { at, height, slope, information } = place;
        // The roots of the worths, so that no pair needs an exponential of its own.
        let roots: Vec<f64> = at.iter().take(candidates).map(|log| (log / 2.0).exp()).collect();
        let log_nu = at.get(candidates).copied();
        let nu = log_nu.map_or(0.0, f64::exp);
        *height = 0.0;
        slope.fill(0.0);
        information.fill(0.0);
        information.view_mut((0, 0), (candidates, candidates)).fill(1.0 / candidates as f64);
        for pair in self.pairs {
            let n = pair.first + pair.second + pair.ties;
            let (a, b) = (roots[pair.a], roots[pair.b]);
            let raw = [a * a, b * b, nu * a * b];
            let sum = raw[0] + raw[1] + raw[2];
            let [first, second, tie] = raw.map(|one| one * (1.0 / sum));
            // What each outcome counts for: itself one, a tie half for both.
            let (mean_a, mean_b) = (first + tie / 2.0, second + tie / 2.0);
            let (seen_a, seen_b) = (pair.first + pair.ties / 2.0, pair.second + pair.ties / 2.0);
            *height += seen_a * at[pair.a] + seen_b * at[pair.b] - n * sum.ln();
            slope[pair.a] += seen_a - n * mean_a;
            slope[pair.b] += seen_b - n * mean_b;
            information[(pair.a, pair.a)] += n * (first + tie / 4.0 - mean_a * mean_a);
            information[(pair.b, pair.b)] += n * (second + tie / 4.0 - mean_b * mean_b);
            information[(pair.b, pair.a)] += n * (tie / 4.0 - mean_a * mean_b);
            if let Some(log_nu) = log_nu {
                *height += pair.ties * log_nu;
                slope[candidates] += pair.ties - n * tie;
                information[(candidates, candidates)] += n * tie * (1.0 - tie);
                information[(candidates, pair.a)] += n * (tie / 2.0 - mean_a * tie);
                information[(candidates, pair.b)] += n * (tie / 2.0 - mean_b * tie);
            }
        }
        for i in 0..candidates {
            *height -= self.ridge * at[i] * at[i];
            slope[i] -= 2.0 * self.ridge * at[i];
            information[(i, i)] += 2.0 * self.ridge;
        }
    }
}

/// The covariance of log worths and log tie parameter; of the worths, only differences mean anything. None where the information is
/// not positive definite to the last digit.
pub(super) fn covariance(information: &DMatrix<f64>, candidates: usize) -> Option<DMatrix<f64>> {
    Some(centred(information.clone().cholesky()?.inverse(), candidates))
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
