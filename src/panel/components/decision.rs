//! What a panel of so many reviewers and questions would be worth: a decision study.

use serde::Serialize;

use super::anova::{OneFacet, ThreeWay};

/// One plan.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Decision {
    /// Reviewers for each candidate.
    pub reviewers: usize,
    /// Questions for each candidate.
    pub questions: usize,
    /// Dependability of the order (G); none where candidates do not differ.
    pub relative: Option<f64>,
    /// Dependability of the score itself (Phi).
    pub absolute: Option<f64>,
    /// The standard error of a score among others, in points.
    pub sem_relative: f64,
    /// The standard error of a score in itself, in points.
    pub sem_absolute: f64,
}

impl Decision {
    fn of(reviewers: usize, questions: usize, truth: f64, relative: f64, absolute: f64) -> Self {
        let share = |error: f64| (truth + error > 0.0).then(|| truth / (truth + error));
        Decision {
            reviewers,
            questions,
            relative: share(relative),
            absolute: share(absolute),
            sem_relative: relative.sqrt(),
            sem_absolute: absolute.sqrt(),
        }
    }
}

/// One facet: so many reviewers, the questions as they are. Negative components count as 0. `reviewers` is at least 1.
pub fn decide_one(components: &OneFacet, reviewers: usize) -> Decision {
    let n = reviewers.max(1) as f64;
    let (truth, error) = (components.candidate.max(0.0), components.residual.max(0.0));
    let leniency = components.reviewer.max(0.0);
    Decision::of(reviewers.max(1), 1, truth, error / n, (error + leniency) / n)
}

/// Two facets. With `questions_fixed` all candidates are asked the same and no others are meant. Negative components count as 0.
pub fn decide_two(components: &ThreeWay, reviewers: usize, questions: usize, questions_fixed: bool) -> Decision {
    let v = components.floored();
    let (r, q) = (reviewers.max(1) as f64, questions.max(1) as f64);
    let noise = v.candidate_reviewer / r + v.residual / (r * q);
    let leniency = v.reviewer / r + v.reviewer_question / (r * q);
    let (truth, relative, absolute) = if questions_fixed {
        (v.candidate + v.candidate_question / q, noise, noise + leniency)
    } else {
        let relative = noise + v.candidate_question / q;
        (v.candidate, relative, relative + leniency + v.question / q)
    };
    Decision::of(reviewers.max(1), questions.max(1), truth, relative, absolute)
}

/// How many reviewers reach a dependability of `target` (0 to 1), of the order or, `absolute`, of the scores themselves. None
/// where no number does.
pub fn reviewers_needed(components: &OneFacet, target: f64, absolute: bool) -> Option<usize> {
    let truth = components.candidate.max(0.0);
    let leniency = if absolute { components.reviewer.max(0.0) } else { 0.0 };
    let error = components.residual.max(0.0) + leniency;
    if truth <= 0.0 || !(0.0..1.0).contains(&target) {
        return None;
    }
    // Rounding must not ask for one more where the target is met exactly.
    let needed = (target / (1.0 - target) * error / truth - 1e-9).ceil().max(1.0);
    (needed < 1e6).then_some(needed as usize)
}
