//! Components of variance of incomplete designs: restricted maximum likelihood with crossed random effects.
//!
//! Whatever belongs to one candidate is eliminated candidate by candidate; a system of the size of what candidates share is left
//! (Woodbury). Candidates with the same gaps share all matrices, so that they are added up once, before the search.

use std::collections::{BTreeMap, BTreeSet};

use nalgebra::{Cholesky, DMatrix, DVector, Dyn};

use super::cube::Cube;
use crate::panel::minimise::minimise;
use crate::panel::scores::mean;
use crate::panel::statistic::Reason;

/// A source of random differences.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Effect {
    /// Between candidates.
    Candidate,
    /// Candidates × reviewers.
    CandidateReviewer,
    /// Candidates × questions.
    CandidateQuestion,
    /// Between reviewers.
    Reviewer,
    /// Between questions.
    Question,
    /// Reviewers × questions.
    ReviewerQuestion,
}

impl Effect {
    fn is_local(self) -> bool {
        matches!(self, Effect::Candidate | Effect::CandidateReviewer | Effect::CandidateQuestion)
    }

    /// How many levels it has, for each candidate where it is local.
    fn levels(self, (_, reviewers, questions): (usize, usize, usize)) -> usize {
        match self {
            Effect::Candidate => 1,
            Effect::Reviewer | Effect::CandidateReviewer => reviewers,
            Effect::Question | Effect::CandidateQuestion => questions,
            Effect::ReviewerQuestion => reviewers * questions,
        }
    }

    fn level(self, reviewer: usize, question: usize, questions: usize) -> usize {
        match self {
            Effect::Candidate => 0,
            Effect::Reviewer | Effect::CandidateReviewer => reviewer,
            Effect::Question | Effect::CandidateQuestion => question,
            Effect::ReviewerQuestion => reviewer * questions + question,
        }
    }
}

/// The estimates.
#[derive(Clone, PartialEq, Debug)]
pub struct Fitted {
    /// The variance of each effect, in the order asked for.
    pub variances: Vec<(Effect, f64)>,
    /// The residual variance.
    pub residual: f64,
    /// -2 log restricted likelihood, with the constant (n - 1) log 2 pi.
    pub criterion: f64,
}

impl Fitted {
    /// The variance of an effect; 0 where it was not asked for.
    pub fn variance(&self, effect: Effect) -> f64 {
        self.variances.iter().find(|(of, _)| *of == effect).map_or(0.0, |(_, variance)| *variance)
    }
}

/// Estimates the variances of these effects.
///
/// # Errors
///
/// `TooFew` when there are no more values than variances and a mean, `NoVariation` when all values are the same,
/// `NotConverged` when the search does not settle: also where nothing is left over for the residual.
pub fn fit(cube: &Cube, effects: &[Effect]) -> Result<Fitted, Reason> {
    let centre = mean(cube.observed().map(|(.., value)| value)).ok_or(Reason::TooFew)?;
    if cube.n() < effects.len() + 3 {
        return Err(Reason::TooFew);
    }
    if cube.observed().all(|(.., value)| (value - centre).abs() < 1e-9) {
        return Err(Reason::NoVariation);
    }
    let model = Model::of(cube, effects, centre);
    let search = |start: f64| {
        let start = vec![start; effects.len()];
        minimise(&start, |ratios| model.criterion(ratios).0, |ratios| model.slope(ratios))
    };
    // The likelihood of a small table can have two tops; the second start is on the other side of most.
    let starts: &[f64] = if cube.n() < 2000 { &[1.0, 0.2] } else { &[0.6] };
    let found = starts.iter().filter_map(|start| search(*start)).min_by(|a, b| a.value.total_cmp(&b.value));
    let best = found.ok_or(Reason::NotConverged)?;
    let (criterion, residual) = model.criterion(&best.at);
    if !(residual > 0.0 && residual.is_finite()) {
        return Err(Reason::NotConverged);
    }
    // A ratio this small is the boundary.
    let variance = |ratio: &f64| if ratio.abs() < 1e-4 { 0.0 } else { ratio * ratio * residual };
    let variances = effects.iter().copied().zip(best.at.iter().map(variance)).collect();
    Ok(Fitted { variances, residual, criterion })
}

/// What the search needs of the data.
struct Model<'a> {
    effects: &'a [Effect],
    size: (usize, usize, usize),
    patterns: Vec<Pattern>,
    /// Sums over all values: of products of what candidates share (the mean first), of those with the values, of squares.
    shared: DMatrix<f64>,
    shared_y: DVector<f64>,
    squares: f64,
    n: usize,
}

/// The reviewers and questions in which a candidate has a value.
type Cells = Vec<(usize, usize)>;

/// Candidates with the same gaps.
struct Pattern {
    count: f64,
    /// Which columns of the effects' own levels have a value at all, as effect and level.
    own: Vec<usize>,
    own_own: DMatrix<f64>,
    /// Which columns of what candidates share these candidates have a part in: of many reviewers they saw a few.
    shares: Vec<usize>,
    /// Own effects × those columns.
    own_shared: DMatrix<f64>,
    /// Sums over the candidates of own × y, and of its products.
    own_y: DVector<f64>,
    own_y_squared: DMatrix<f64>,
}

impl<'a> Model<'a> {
    fn of(cube: &Cube, effects: &'a [Effect], centre: f64) -> Self {
        let size = cube.size();
        let mut by_gaps: BTreeMap<Cells, Vec<Vec<f64>>> = BTreeMap::new();
        let mut of_candidate: Vec<(Cells, Vec<f64>)> = vec![(Vec::new(), Vec::new()); size.0];
        for (candidate, reviewer, question, value) in cube.observed() {
            of_candidate[candidate].0.push((reviewer, question));
            of_candidate[candidate].1.push(value - centre);
        }
        of_candidate.into_iter().filter(|(cells, _)| !cells.is_empty()).for_each(|(cells, values)| {
            by_gaps.entry(cells).or_default().push(values);
        });
        let width = 1 + effects.iter().filter(|effect| !effect.is_local()).map(|effect| effect.levels(size)).sum::<usize>();
        let mut model = Model {
            effects,
            size,
            patterns: Vec::new(),
            shared: DMatrix::zeros(width, width),
            shared_y: DVector::zeros(width),
            squares: 0.0,
            n: cube.n(),
        };
        by_gaps.iter().for_each(|(cells, values)| model.add(cells, values));
        model
    }

    /// The columns in which a cell has a 1, of what candidates share or of what is their own, with the effect's place.
    fn columns(&self, local: bool, (reviewer, question): (usize, usize)) -> Vec<(usize, usize)> {
        let mut from = usize::from(!local);
        let mut columns = if local { Vec::new() } else { vec![(usize::MAX, 0)] };
        for (place, effect) in self.effects.iter().enumerate().filter(|(_, effect)| effect.is_local() == local) {
            columns.push((place, from + effect.level(reviewer, question, self.size.2)));
            from += effect.levels(self.size);
        }
        columns
    }

    fn add(&mut self, cells: &[(usize, usize)], values: &[Vec<f64>]) {
        let count = values.len() as f64;
        let sums: Vec<f64> = (0..cells.len()).map(|at| values.iter().map(|of| of[at]).sum()).collect();
        let shared: Vec<Vec<usize>> = cells.iter().map(|&cell| places(self.columns(false, cell))).collect();
        let own: Vec<Vec<usize>> = cells.iter().map(|&cell| places(self.columns(true, cell))).collect();
        for (of, sum) in shared.iter().zip(&sums) {
            of.iter().for_each(|&a| of.iter().for_each(|&b| self.shared[(a, b)] += count));
            of.iter().for_each(|&a| self.shared_y[a] += sum);
        }
        self.squares += values.iter().flatten().map(|value| value * value).sum::<f64>();
        let mut kinds: BTreeMap<usize, usize> = BTreeMap::new();
        cells.iter().flat_map(|&cell| self.columns(true, cell)).for_each(|(kind, column)| {
            kinds.insert(column, kind);
        });
        let at: BTreeMap<usize, usize> = kinds.keys().enumerate().map(|(at, &column)| (column, at)).collect();
        let shares: Vec<usize> = shared.iter().flatten().copied().collect::<BTreeSet<usize>>().into_iter().collect();
        let place: BTreeMap<usize, usize> = shares.iter().enumerate().map(|(at, &column)| (column, at)).collect();
        let l = at.len();
        let (mut own_own, mut own_shared) = (DMatrix::zeros(l, l), DMatrix::zeros(l, shares.len()));
        for (own, shared) in own.iter().zip(&shared) {
            own.iter().for_each(|a| own.iter().for_each(|b| own_own[(at[a], at[b])] += 1.0));
            own.iter().for_each(|a| shared.iter().for_each(|b| own_shared[(at[a], place[b])] += 1.0));
        }
        let (mut own_y, mut own_y_squared) = (DVector::zeros(l), DMatrix::zeros(l, l));
        for of in values {
            let mut y = DVector::zeros(l);
            own.iter().zip(of).for_each(|(own, value)| own.iter().for_each(|a| y[at[a]] += value));
            own_y_squared += &y * y.transpose();
            own_y += y;
        }
        self.patterns.push(Pattern {
            count,
            own: kinds.into_values().collect(),
            own_own,
            shares,
            own_shared,
            own_y,
            own_y_squared,
        });
    }

    /// -2 log restricted likelihood, the residual variance profiled out, and that variance. `ratios` are standard deviations in
    /// units of the residual's; their sign is of no account.
    fn criterion(&self, ratios: &[f64]) -> (f64, f64) {
        let Some(solved) = self.solve(ratios) else { return (f64::INFINITY, f64::NAN) };
        let df = (self.n - 1) as f64;
        (df * (1.0 + (2.0 * std::f64::consts::PI * solved.residual).ln()) + solved.log_determinant, solved.residual)
    }

    /// How the first changes with each ratio.
    fn slope(&self, ratios: &[f64]) -> Vec<f64> {
        let Some(solved) = self.solve(ratios) else { return vec![f64::NAN; ratios.len()] };
        let inverse = solved.shared.inverse();
        // Of each effect: levels less the trace of the inverse, and the sum of the squared effects, all scaled by the ratios.
        let (mut levels, mut squares) = (vec![0.0; ratios.len()], vec![0.0; ratios.len()]);
        let mut at = 1;
        for (place, effect) in self.effects.iter().enumerate().filter(|(_, effect)| !effect.is_local()) {
            for column in at..at + effect.levels(self.size) {
                levels[place] += 1.0 - inverse[(column, column)];
                squares[place] += solved.at[column].powi(2);
            }
            at += effect.levels(self.size);
        }
        let scaled = DVector::from_fn(solved.at.len(), |i, _| solved.at[i] * solved.scales[i]);
        let spread =
            DMatrix::from_fn(inverse.nrows(), inverse.ncols(), |i, j| inverse[(i, j)] * solved.scales[i] * solved.scales[j]);
        for pattern in &self.patterns {
            pattern.add_own(ratios, &spread, &scaled, &mut levels, &mut squares);
        }
        let slope = |(place, ratio): (usize, &f64)| {
            if ratio.abs() < 1e-8 { 0.0 } else { 2.0 / ratio * (levels[place] - squares[place] / solved.residual) }
        };
        ratios.iter().enumerate().map(slope).collect()
    }

    /// Eliminates what is the candidates' own and solves for what they share; none where that cannot be done.
    fn solve(&self, ratios: &[f64]) -> Option<Shared> {
        let (mut shared, mut shared_y, mut squares) = (self.shared.clone(), self.shared_y.clone(), self.squares);
        let mut log_determinant = 0.0;
        for pattern in &self.patterns {
            log_determinant += pattern.eliminate(ratios, &mut shared, &mut shared_y, &mut squares);
        }
        // Scaled by the ratios, so that a ratio of 0 does no harm.
        let mut scales = vec![1.0];
        for (effect, ratio) in self.effects.iter().zip(ratios).filter(|(effect, _)| !effect.is_local()) {
            scales.extend(std::iter::repeat_n(ratio.abs(), effect.levels(self.size)));
        }
        for (i, a) in scales.iter().enumerate() {
            scales.iter().enumerate().for_each(|(j, b)| shared[(i, j)] *= a * b);
            shared_y[i] *= a;
            shared[(i, i)] += if i > 0 { 1.0 } else { 0.0 };
        }
        let shared = shared.cholesky()?;
        let at = shared.solve(&shared_y);
        log_determinant += 2.0 * shared.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>();
        let residual = (squares - at.dot(&shared_y)) / (self.n - 1) as f64;
        (residual > 0.0 && log_determinant.is_finite()).then_some(Shared { shared, at, scales, log_determinant, residual })
    }
}

/// The system of what candidates share, solved.
struct Shared {
    shared: Cholesky<f64, Dyn>,
    at: DVector<f64>,
    scales: Vec<f64>,
    log_determinant: f64,
    residual: f64,
}

impl Pattern {
    /// Takes the candidates' own effects out of the sums; gives back the logarithm of the determinant.
    fn eliminate(&self, ratios: &[f64], shared: &mut DMatrix<f64>, shared_y: &mut DVector<f64>, squares: &mut f64) -> f64 {
        let l = self.own.len();
        if l == 1 {
            return self.eliminate_one(ratios[self.own[0]].powi(2), shared, shared_y, squares);
        }
        let scale: Vec<f64> = self.own.iter().map(|&effect| ratios[effect].abs()).collect();
        let inner = DMatrix::from_fn(l, l, |i, j| scale[i] * scale[j] * self.own_own[(i, j)] + f64::from(u8::from(i == j)));
        let Some(solved) = inner.cholesky() else { return f64::INFINITY };
        let mut own_shared = self.own_shared.clone();
        (0..l).for_each(|i| own_shared.row_mut(i).scale_mut(scale[i]));
        let half = solved.l().solve_lower_triangular(&own_shared).unwrap_or_else(|| DMatrix::zeros(l, self.shares.len()));
        let product = half.tr_mul(&half);
        for (j, &b) in self.shares.iter().enumerate() {
            self.shares.iter().enumerate().for_each(|(i, &a)| shared[(a, b)] -= self.count * product[(i, j)]);
        }
        let own_y = DVector::from_fn(l, |i, _| scale[i] * self.own_y[i]);
        let half_y = solved.l().solve_lower_triangular(&own_y).unwrap_or_else(|| DVector::zeros(l));
        let taken = half.tr_mul(&half_y);
        self.shares.iter().enumerate().for_each(|(i, &a)| shared_y[a] -= taken[i]);
        let inverse = solved.inverse();
        for i in 0..l {
            *squares -= (0..l).map(|j| inverse[(i, j)] * scale[i] * scale[j] * self.own_y_squared[(i, j)]).sum::<f64>();
        }
        self.count * 2.0 * solved.l_dirty().diagonal().iter().map(|d| d.ln()).sum::<f64>()
    }

    /// Adds what the candidates' own effects bring to the slope. `spread` and `at` are the inverse and the solution of what
    /// candidates share, unscaled.
    fn add_own(&self, ratios: &[f64], spread: &DMatrix<f64>, at: &DVector<f64>, levels: &mut [f64], squares: &mut [f64]) {
        let l = self.own.len();
        let scale: Vec<f64> = self.own.iter().map(|&effect| ratios[effect].abs()).collect();
        let inner = DMatrix::from_fn(l, l, |i, j| scale[i] * scale[j] * self.own_own[(i, j)] + f64::from(u8::from(i == j)));
        let Some(solved) = inner.cholesky() else { return };
        let inverse = solved.inverse();
        let here = DVector::from_fn(self.shares.len(), |i, _| at[self.shares[i]]);
        let expected = &self.own_shared * here;
        let spread = DMatrix::from_fn(self.shares.len(), self.shares.len(), |i, j| spread[(self.shares[i], self.shares[j])]);
        let left = DMatrix::from_fn(l, l, |i, j| {
            let both = expected[i] * expected[j] * self.count - self.own_y[i] * expected[j] - expected[i] * self.own_y[j];
            scale[i] * scale[j] * (self.own_y_squared[(i, j)] + both)
        });
        let scaled = DMatrix::from_fn(l, self.own_shared.ncols(), |i, j| scale[i] * self.own_shared[(i, j)]);
        let half = &inverse * scaled;
        let through = &half * &spread;
        let solved_left = &inverse * left;
        for (i, &effect) in self.own.iter().enumerate() {
            let trace = inverse[(i, i)] + through.row(i).dot(&half.row(i));
            levels[effect] += self.count * (1.0 - trace);
            squares[effect] += solved_left.row(i).dot(&inverse.row(i));
        }
    }

    /// [`Pattern::eliminate`] where there is one effect of the candidate's own, without a matrix.
    fn eliminate_one(&self, ratio: f64, shared: &mut DMatrix<f64>, shared_y: &mut DVector<f64>, squares: &mut f64) -> f64 {
        let inner = 1.0 + ratio * self.own_own[(0, 0)];
        let share = ratio / inner;
        for (&j, b) in self.shares.iter().zip(self.own_shared.iter()) {
            self.shares.iter().zip(self.own_shared.iter()).for_each(|(&i, a)| shared[(i, j)] -= self.count * share * a * b);
            shared_y[j] -= share * b * self.own_y[0];
        }
        *squares -= share * self.own_y_squared[(0, 0)];
        self.count * inner.ln()
    }
}

fn places(columns: Vec<(usize, usize)>) -> Vec<usize> {
    columns.into_iter().map(|(_, column)| column).collect()
}
