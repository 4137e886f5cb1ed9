//! Which variances a design can tell apart at all: where two effects always come together, their likelihood is flat, and any split of it
//! would be as good as the one that a computation ends with.

use std::collections::HashMap;

use nalgebra::{DMatrix, SymmetricEigen};

use super::cube::Cube;
use super::reml::Effect;

/// A share of the design's information below which there is none.
const FLAT: f64 = 1e-9;

/// What the values cannot tell from something else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Inseparable {
    /// These effects.
    pub(super) effects: Vec<Effect>,
    /// Whether what is left over is among it.
    pub(super) residual: bool,
}

/// Asks a design: the matrices by which the variances enter the values' covariance, the mean taken out, must not be combinations of
/// each other.
pub(super) fn inseparable(cube: &Cube, effects: &[Effect]) -> Inseparable {
    let levels: Vec<Vec<usize>> = effects.iter().map(|effect| levels(cube, *effect)).chain([(0..cube.n()).collect()]).collect();
    let size = levels.len();
    let counts: Vec<Vec<f64>> = levels.iter().map(|of| sizes(of)).collect();
    let (n, sums): (f64, Vec<f64>) = (cube.n() as f64, counts.iter().map(|of| of.iter().sum()).collect());
    let inner = DMatrix::from_fn(size, size, |a, b| {
        let across: f64 = counts[a].iter().zip(&counts[b]).map(|(a, b)| a * b).sum();
        together(&levels[a], &levels[b]) - 2.0 * across / n + sums[a] * sums[b] / (n * n)
    });
    let scale = |at: usize| if inner[(at, at)] > FLAT { inner[(at, at)].sqrt().recip() } else { 0.0 };
    let alike = DMatrix::from_fn(size, size, |a, b| inner[(a, b)] * scale(a) * scale(b));
    let found = SymmetricEigen::new(alike);
    let flat: Vec<usize> = (0..size).filter(|&at| found.eigenvalues[at] < FLAT).collect();
    let is_flat = |of: usize| flat.iter().any(|&at| found.eigenvectors[(of, at)].abs() > 1e-4);
    Inseparable {
        effects: effects.iter().enumerate().filter(|(at, _)| is_flat(*at)).map(|(_, effect)| *effect).collect(),
        residual: is_flat(effects.len()),
    }
}

/// The level of an effect that each value has.
fn levels(cube: &Cube, effect: Effect) -> Vec<usize> {
    let (_, reviewers, questions) = cube.size();
    let level = |(candidate, reviewer, question, _): (usize, usize, usize, f64)| match effect {
        Effect::Candidate => candidate,
        Effect::Reviewer => reviewer,
        Effect::Question => question,
        Effect::CandidateReviewer => candidate * reviewers + reviewer,
        Effect::CandidateQuestion => candidate * questions + question,
        Effect::ReviewerQuestion => reviewer * questions + question,
    };
    cube.observed().map(level).collect()
}

/// How many values share each value's level.
fn sizes(levels: &[usize]) -> Vec<f64> {
    let mut counts: HashMap<usize, f64> = HashMap::new();
    levels.iter().for_each(|level| *counts.entry(*level).or_default() += 1.0);
    levels.iter().map(|level| counts[level]).collect()
}

/// The pairs of values that share a level of both, each with itself too.
fn together(a: &[usize], b: &[usize]) -> f64 {
    let mut counts: HashMap<(usize, usize), f64> = HashMap::new();
    a.iter().zip(b).for_each(|(a, b)| *counts.entry((*a, *b)).or_default() += 1.0);
    counts.values().map(|count| count * count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Effect; 6] = [
        Effect::Candidate,
        Effect::CandidateReviewer,
        Effect::CandidateQuestion,
        Effect::Reviewer,
        Effect::Question,
        Effect::ReviewerQuestion,
    ];

    fn cube(is_there: impl Fn(usize, usize, usize) -> bool) -> Cube {
        let mut cube = Cube::empty(6, 3, 4);
        for (candidate, reviewer, question) in (0..72).map(|at| (at / 12, at / 4 % 3, at % 4)) {
            cube.set(candidate, reviewer, question, is_there(candidate, reviewer, question).then_some(1.0));
        }
        cube
    }

    #[test]
    fn a_complete_design_tells_all_apart_and_one_with_gaps_does_too() {
        for of in [cube(|_, _, _| true), cube(|candidate, reviewer, question| (candidate + 2 * reviewer + question) % 5 != 0)] {
            assert_eq!(inseparable(&of, &ALL), Inseparable { effects: Vec::new(), residual: false });
        }
    }

    #[test]
    fn where_each_question_has_its_reviewer_what_is_the_questions_is_the_reviewers_on_them() {
        let split = inseparable(&cube(|_, reviewer, question| question % 3 == reviewer), &ALL);
        assert_eq!(split.effects, [Effect::CandidateQuestion, Effect::Question, Effect::ReviewerQuestion]);
        assert!(split.residual, "with one value in each, candidates on questions are what is left");
    }
}
