//! The seven components of a batch: from mean squares where the design is complete, else by restricted likelihood.

use serde::Serialize;

use super::anova::{OneFacet, ThreeWay};
use super::cube::Cube;
use super::reml::{Effect, Fitted, fit};
use super::separable::inseparable;
use crate::panel::connectivity::Design;
use crate::panel::scores::Scores;
use crate::panel::statistic::{Reason, Statistic};

const ANOVA: &str = "mean squares, random effects; n values";
const REML: &str = "restricted maximum likelihood, random effects; n values";

/// Variances, in squared points. What the design cannot tell apart is undefined: with one question, for example, candidates ×
/// reviewers cannot be told from the residual.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Components {
    /// Between candidates.
    pub candidate: Statistic,
    /// Between reviewers.
    pub reviewer: Statistic,
    /// Between questions.
    pub question: Statistic,
    /// Candidates × reviewers.
    pub candidate_reviewer: Statistic,
    /// Candidates × questions.
    pub candidate_question: Statistic,
    /// Reviewers × questions.
    pub reviewer_question: Statistic,
    /// What is left.
    pub residual: Statistic,
}

impl Components {
    fn undefined(reason: Reason) -> Self {
        let none = || Statistic::Undefined(reason);
        Components {
            candidate: none(),
            reviewer: none(),
            question: none(),
            candidate_reviewer: none(),
            candidate_question: none(),
            reviewer_question: none(),
            residual: none(),
        }
    }

    /// The components as numbers, where all seven are known.
    pub fn three_way(&self) -> Option<ThreeWay> {
        Some(ThreeWay {
            candidate: self.candidate.value()?,
            reviewer: self.reviewer.value()?,
            question: self.question.value()?,
            candidate_reviewer: self.candidate_reviewer.value()?,
            candidate_question: self.candidate_question.value()?,
            reviewer_question: self.reviewer_question.value()?,
            residual: self.residual.value()?,
        })
    }
}

/// The components of a cube. Levels without any value are left out.
pub fn components(cube: &Cube) -> Components {
    let cube = cube.without_empty();
    let n = cube.n();
    if cube.observed().next().is_some_and(|(.., first)| cube.observed().all(|(.., value)| value == first)) && n > 1 {
        return Components::undefined(Reason::NoVariation);
    }
    let pairs = cube.who_saw_whom();
    match cube.size() {
        // What is the candidate's and what is the only reviewer's own are one.
        (0 | 1, _, _) | (_, 0 | 1, _) => Components::undefined(Reason::TooFew),
        _ if !Design::of(&pairs).is_connected() => Components::undefined(Reason::Disconnected),
        _ if !can_be_told_apart(&pairs) => Components::undefined(Reason::TooFew),
        (_, _, 1) => two_way(&cube),
        _ => three_way(&cube),
    }
}

/// Whether what is the candidates', what is the reviewers' and what is left over are not one in a table of candidates × reviewers:
/// two reviewers at least, and more values than it takes to say each one's level.
pub fn can_be_told_apart(scores: &Scores) -> bool {
    let reviewers = (0..scores.columns()).filter(|&column| (0..scores.rows()).any(|row| scores.get(row, column).is_some()));
    reviewers.count() > 1 && scores.n() > Design::of(scores).rank()
}

/// Candidates and reviewers, in one question.
fn two_way(cube: &Cube) -> Components {
    let scores = cube.who_saw_whom();
    let (candidate, reviewer, residual) = match OneFacet::of(&scores) {
        Ok(of) => {
            let known = |value| Statistic::known(value, cube.n(), ANOVA);
            (known(of.candidate), known(of.reviewer), known(of.residual))
        }
        Err(Reason::PolicyMissing) => {
            let fitted = fit(cube, &[Effect::Candidate, Effect::Reviewer]);
            let known = |of: &dyn Fn(&Fitted) -> f64| told(cube, &fitted, of);
            let of = |effect: Effect| known(&move |fit: &Fitted| fit.variance(effect));
            (of(Effect::Candidate), of(Effect::Reviewer), known(&|fit| fit.residual))
        }
        Err(reason) => return Components::undefined(reason),
    };
    Components { candidate, reviewer, residual, ..Components::undefined(Reason::TooFew) }
}

fn three_way(cube: &Cube) -> Components {
    if let Ok(of) = ThreeWay::of(cube) {
        let known = |value| Statistic::known(value, cube.n(), ANOVA);
        return Components {
            candidate: known(of.candidate),
            reviewer: known(of.reviewer),
            question: known(of.question),
            candidate_reviewer: known(of.candidate_reviewer),
            candidate_question: known(of.candidate_question),
            reviewer_question: known(of.reviewer_question),
            residual: known(of.residual),
        };
    }
    use Effect::{Candidate, CandidateQuestion, CandidateReviewer, Question, Reviewer, ReviewerQuestion};
    let effects = [Candidate, CandidateReviewer, CandidateQuestion, Reviewer, Question, ReviewerQuestion];
    let fitted = fit(cube, &effects);
    let apart = inseparable(cube, &effects);
    let known = |effect: Effect| match apart.effects.contains(&effect) {
        true => Statistic::Undefined(Reason::TooFew),
        false => told(cube, &fitted, &|fit| fit.variance(effect)),
    };
    Components {
        candidate: known(Candidate),
        reviewer: known(Reviewer),
        question: known(Question),
        candidate_reviewer: known(CandidateReviewer),
        candidate_question: known(CandidateQuestion),
        reviewer_question: known(ReviewerQuestion),
        residual: match apart.residual {
            true => Statistic::Undefined(Reason::TooFew),
            false => told(cube, &fitted, &|fit| fit.residual),
        },
    }
}

fn told(cube: &Cube, fitted: &Result<Fitted, Reason>, of: &dyn Fn(&Fitted) -> f64) -> Statistic {
    match fitted {
        Ok(fitted) => Statistic::known(of(fitted), cube.n(), REML),
        Err(reason) => Statistic::Undefined(*reason),
    }
}
