//! The most likely strengths, by Newton's method: the likelihood is concave in log worth and log tie parameter.

use nalgebra::{DMatrix, DVector};

use super::pair::Pair;

/// Where the likelihood is highest.
pub(super) struct Solved {
    /// Log worths, together 0, then the log tie parameter where there are ties.
    pub(super) at: Vec<f64>,
    /// The lower half of the Fisher information there, with what was put in for the rank that the worths lack.
    pub(super) information: DMatrix<f64>,
}

const STEPS: usize = 100;
/// How exactly the first step is found, as a part of the slope; each further one by the square of that, down to the last.
const PRECISION: (f64, f64) = (1e-2, 1e-5);

/// None when it does not settle.
pub(super) fn solve(candidates: usize, pairs: &[Pair], with_ties: bool, ridge: f64) -> Option<Solved> {
    let size = candidates + usize::from(with_ties);
    let likelihood = Likelihood { candidates, pairs, ridge };
    let (mut here, mut next) = (Place::new(size), Place::new(size));
    let mut information = DMatrix::zeros(size, size);
    likelihood.begin(&mut here.at);
    likelihood.look(&mut here, &mut information);
    let mut precision = PRECISION.0;
    for _ in 0..STEPS {
        let step = step(&information, &here.slope, precision)?;
        // Steps square: after one this short there is nothing left to go.
        let is_last = step.amax() < 3e-7;
        if is_last {
            here.at += &step;
        }
        // Where nothing is gained any more it is settled to the last digit.
        if is_last || !likelihood.climb(&here, &step, &mut next, &mut information) {
            likelihood.centre(&mut here.at);
            let solved = || Solved { at: here.at.as_slice().to_vec(), information };
            return (step.amax() < 1e-5).then(solved);
        }
        std::mem::swap(&mut here, &mut next);
        if here.at.amax() > 50.0 {
            return None;
        }
        precision = (precision * precision).max(PRECISION.1);
    }
    None
}

/// How far Newton's method goes: by conjugate gradients, scaled by the diagonal, which need a few products where many are compared
/// with many; by Cholesky where they need more. None where the information is not positive definite.
fn step(information: &DMatrix<f64>, slope: &DVector<f64>, precision: f64) -> Option<DVector<f64>> {
    const PRODUCTS: usize = 40;
    let scale = information.diagonal();
    let enough = precision * slope.norm();
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
}

impl Place {
    fn new(size: usize) -> Self {
        let zeros = || DVector::zeros(size);
        Place { at: zeros(), height: f64::NEG_INFINITY, slope: zeros() }
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
            let (first, second) = (pair.got(), f64::from(pair.met()) - pair.got());
            let mut add = |at: u32, won: f64, lost: f64| {
                let odds = &mut odds[at as usize];
                *odds = (odds.0 + won, odds.1 + lost);
            };
            add(pair.a, first, second);
            add(pair.b, second, first);
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
    fn climb(&self, here: &Place, step: &DVector<f64>, next: &mut Place, information: &mut DMatrix<f64>) -> bool {
        (0..40).any(|halved| {
            next.at.copy_from(&here.at);
            next.at.axpy(0.5f64.powi(halved), step, 1.0);
            self.look(next, information);
            next.height > here.height
        })
    }

    /// Height, slope and information at a place; of the information the lower half, and without a ridge what puts in the rank that
    /// the worths lack.
    fn look(&self, place: &mut Place, information: &mut DMatrix<f64>) {
        let candidates = self.candidates;
        let Place { at, height, slope } = place;
        let mut sums = Sums::at(at, candidates);
        information.fill(1.0 / candidates as f64);
        for same in self.pairs.chunk_by(|one, next| one.a == next.a) {
            sums.add(same, information.column_mut(same[0].a as usize).as_mut_slice());
        }
        *height = sums.height - sums.logarithms.total();
        slope.copy_from_slice(&sums.slope);
        for i in 0..candidates {
            *height -= self.ridge * at[i] * at[i];
            slope[i] -= 2.0 * self.ridge * at[i];
            information[(i, i)] += sums.diagonal[i] + 2.0 * self.ridge;
        }
        if at.len() > candidates {
            (0..candidates).for_each(|i| information[(candidates, i)] = sums.with_ties[i]);
            information[(candidates, candidates)] = sums.diagonal[candidates];
        }
    }
}

/// What all pairs add up to at one place.
struct Sums<'p> {
    at: &'p [f64],
    /// The roots of the worths, so that no pair needs an exponential of its own.
    roots: Vec<f64>,
    log_nu: Option<f64>,
    nu: f64,
    height: f64,
    logarithms: Logarithms,
    slope: Vec<f64>,
    diagonal: Vec<f64>,
    with_ties: Vec<f64>,
}

impl<'p> Sums<'p> {
    fn at(at: &'p DVector<f64>, candidates: usize) -> Self {
        let log_nu = at.get(candidates).copied();
        let zeros = || vec![0.0; at.len()];
        Sums {
            at: at.as_slice(),
            roots: at.iter().take(candidates).map(|log| (log / 2.0).exp()).collect(),
            log_nu,
            nu: log_nu.map_or(0.0, f64::exp),
            height: 0.0,
            logarithms: Logarithms::default(),
            slope: zeros(),
            diagonal: zeros(),
            with_ties: zeros(),
        }
    }

    /// Adds the pairs of one lower number; to its column of the information what they have below the diagonal.
    fn add(&mut self, same: &[Pair], column: &mut [f64]) {
        let a = same[0].a as usize;
        let (root_a, at_a) = (self.roots[a], self.at[a]);
        let mut of_a = [0.0; 3];
        for pair in same {
            let (b, n, got) = (pair.b as usize, f64::from(pair.met()), pair.got());
            let root_b = self.roots[b];
            let (worth_a, worth_b, tied) = (root_a * root_a, root_b * root_b, self.nu * root_a * root_b);
            let sum = worth_a + worth_b + tied;
            let (first, tie) = (worth_a / sum, tied / sum);
            // What the first gets, one where it is preferred and half of a tie; the second gets the rest of one, so that what
            // the one gains in slope the other loses.
            let mean = first + tie / 2.0;
            let (more, spread) = (got - n * mean, n * (first + tie / 4.0 - mean * mean));
            let joint = n * tie * (0.5 - mean);
            of_a = [of_a[0] + more, of_a[1] + spread, of_a[2] + joint];
            self.height += got * at_a + (n - got) * self.at[b];
            self.logarithms.add(sum, pair.met());
            self.slope[b] -= more;
            self.diagonal[b] += spread;
            column[b] -= spread;
            if let Some(log_nu) = self.log_nu {
                let (ties, at_nu) = (f64::from(pair.ties), self.roots.len());
                self.height += ties * log_nu;
                self.slope[at_nu] += ties - n * tie;
                self.diagonal[at_nu] += n * tie * (1.0 - tie);
                self.with_ties[b] -= joint;
            }
        }
        self.slope[a] += of_a[0];
        self.diagonal[a] += of_a[1];
        self.with_ties[a] += of_a[2];
    }
}

/// A sum of logarithms that takes one of many numbers together.
struct Logarithms {
    taken: f64,
    product: f64,
}

impl Default for Logarithms {
    fn default() -> Self {
        Logarithms { taken: 0.0, product: 1.0 }
    }
}

impl Logarithms {
    fn add(&mut self, of: f64, times: u32) {
        for _ in 0..times {
            self.product *= of;
            if !(1e-200..1e200).contains(&self.product) {
                self.taken += self.product.ln();
                self.product = 1.0;
            }
        }
    }

    fn total(&self) -> f64 {
        self.taken + self.product.ln()
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
