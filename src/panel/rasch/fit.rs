//! The model of a panel: parameters, fit, and fair averages.

use serde::Serialize;

use super::solve::{Parameters, Rating, moments, solve};
use crate::panel::components::Cube;
use crate::panel::connectivity::Design;
use crate::panel::scores::Scores;
use crate::panel::statistic::Reason;

/// How well ratings follow the model, and how exact the parameter is.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Fit {
    /// The mean square of residuals, weighted by information; 1 is as expected.
    pub infit: f64,
    /// The mean square of standardised residuals.
    pub outfit: f64,
    /// The parameter's standard error, in logits.
    pub standard_error: f64,
    /// Ratings.
    pub n: usize,
    /// Whether fit is outside .5 to 1.5 with 15 ratings or more (Linacre 2002).
    pub flagged: bool,
}

/// One candidate, reviewer or question.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct Facet {
    /// In logits: ability, severity or difficulty.
    pub logit: f64,
    /// None without ratings that say anything.
    pub fit: Option<Fit>,
    /// Whether all ratings are at one end, so that the parameter rests on a score moved 0.3 points inward.
    pub extreme: bool,
}

/// A fitted panel.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Rasch {
    /// By candidate; none without ratings.
    pub candidates: Vec<Option<Facet>>,
    /// By reviewer.
    pub reviewers: Vec<Option<Facet>>,
    /// By question.
    pub questions: Vec<Option<Facet>>,
    /// Where the next point becomes more likely, from the second on.
    pub tau: Vec<f64>,
    /// Of the ratings that are not extreme; of all where there is a ridge.
    pub log_likelihood: f64,
    /// By candidate, what an average reviewer would give in an average question, in points.
    pub fair_averages: Vec<Option<f64>>,
    /// How strongly severities, difficulties and steps are drawn to the middle, where without that the likelihood would rise without end.
    pub ridge: Option<f64>,
}

impl Rasch {
    /// Fits candidates × reviewers × questions of whole points. Points that nobody gave at the ends of the scale are left out of
    /// it.
    ///
    /// # Errors
    ///
    /// `PolicyMissing` when a value is no whole point, `TooFew` with one between others that nobody gave, `NoVariation` without two points
    /// in use, `Disconnected`, `NotConverged`. Where the likelihood has no top, logits are drawn to the middle.
    pub fn fit(cube: &Cube) -> Result<Self, Reason> {
        let (ratings, lowest, steps) = ratings(cube)?;
        let (candidates, reviewers, questions) = cube.size();
        let sizes = [candidates, reviewers, questions];
        let apart = Found::without_extremes(&ratings, sizes, steps);
        let has_no_top = |reason: &Reason| !matches!(reason, Reason::Disconnected | Reason::NoVariation);
        let (found, ridge) = match apart {
            Err(reason) if has_no_top(&reason) => (Found::drawn_in(&ratings, sizes, steps)?, Some(RIDGE)),
            found => (found?, None),
        };
        let Found { whole, extreme, log_likelihood } = found;
        let told = |facet: usize| (0..sizes[facet]).map(|at| described(&whole, &ratings, facet, at, extreme[facet][at])).collect();
        let (candidates, reviewers, questions): (Vec<Option<Facet>>, _, _) = (told(0), told(1), told(2));
        let fair = |facet: &Option<Facet>| facet.map(|facet| lowest + moments(&whole.chances(facet.logit)).0);
        let fair_averages = candidates.iter().map(fair).collect();
        Ok(Rasch { candidates, reviewers, questions, tau: whole.tau, log_likelihood, fair_averages, ridge })
    }
}

/// The parameters of all, and who is extreme.
struct Found {
    whole: Parameters,
    extreme: [Vec<bool>; 3],
    log_likelihood: f64,
}

impl Found {
    /// From the ratings of those who are not extreme; the extreme ones are placed among them afterwards.
    fn without_extremes(ratings: &[Rating], sizes: [usize; 3], steps: usize) -> Result<Self, Reason> {
        let mut kept = ratings.to_vec();
        let mut extreme = sizes.map(|size| vec![false; size]);
        // One who has only the highest may leave another with only the highest.
        while mark_extreme(&kept, steps, &mut extreme) {
            kept.retain(|rating| facets(rating).iter().zip(&extreme).all(|(at, of)| !of[*at]));
        }
        let (mut whole, log_likelihood) = solved(&kept, sizes, steps, 0.0)?;
        for facet in [1, 2, 0] {
            (0..sizes[facet]).filter(|&at| extreme[facet][at]).for_each(|at| place_extreme(&mut whole, ratings, facet, at, steps));
        }
        Ok(Found { whole, extreme, log_likelihood })
    }

    /// From all ratings at once, the sums of the extreme ones moved inward and what candidates share drawn to the middle.
    fn drawn_in(ratings: &[Rating], sizes: [usize; 3], steps: usize) -> Result<Self, Reason> {
        let mut extreme = sizes.map(|size| vec![false; size]);
        mark_extreme(ratings, steps, &mut extreme);
        let count = |facet: usize, at: usize| ratings.iter().filter(|rating| facets(rating)[facet] == at).count() as f64;
        // Of each rating of an extreme one, a part is one step further in.
        let moved = |rating: &Rating| {
            let at = facets(rating);
            let part = (0..3).filter(|&facet| extreme[facet][at[facet]]).map(|facet| SHIFT / count(facet, at[facet]));
            let part = part.fold(0.0, f64::max);
            let inward = if rating.steps == 0 { 1 } else { rating.steps - 1 };
            [Rating { weight: 1.0 - part, ..*rating }, Rating { weight: part, steps: inward, ..*rating }]
        };
        let moved: Vec<Rating> = ratings.iter().flat_map(moved).filter(|rating| rating.weight > 0.0).collect();
        let (whole, log_likelihood) = solved(&moved, sizes, steps, RIDGE)?;
        Ok(Found { whole, extreme, log_likelihood })
    }
}

/// How far inward a sum at the end is moved, in points.
const SHIFT: f64 = 0.3;
/// As if they were known to have a standard deviation of five.
const RIDGE: f64 = 1.0 / 25.0;

/// The most likely parameters, those of facets without ratings 0, and the logarithm of the likelihood.
fn solved(ratings: &[Rating], sizes: [usize; 3], steps: usize, ridge: f64) -> Result<(Parameters, f64), Reason> {
    // All are extreme: without a prior there is no top.
    if ratings.is_empty() {
        return Err(Reason::Separated);
    }
    check_design(ratings, sizes, steps)?;
    let places: [Vec<Option<usize>>; 3] = std::array::from_fn(|facet| numbered(ratings, facet, sizes[facet]));
    let compact: Vec<Rating> = ratings.iter().filter_map(|rating| renumbered(rating, &places)).collect();
    let counts: [usize; 3] = std::array::from_fn(|facet| places[facet].iter().flatten().count());
    let solved = solve(&compact, [counts[0], counts[1], counts[2], steps], ridge)?;
    let log_likelihood = solved.likelihood(&compact);
    let spread = |values: &[f64], facet: usize| -> Vec<f64> {
        places[facet].iter().map(|place| place.map_or(0.0, |at| values[at])).collect()
    };
    let whole = Parameters {
        theta: spread(&solved.theta, 0),
        severity: spread(&solved.severity, 1),
        difficulty: spread(&solved.difficulty, 2),
        tau: solved.tau,
    };
    Ok((whole, log_likelihood))
}

/// The ratings as steps above the lowest point that was given, that point, and the steps.
fn ratings(cube: &Cube) -> Result<(Vec<Rating>, f64, usize), Reason> {
    let values: Vec<f64> = cube.observed().map(|(.., value)| value).collect();
    let (Some(low), Some(high)) = (values.iter().copied().reduce(f64::min), values.iter().copied().reduce(f64::max)) else {
        return Err(Reason::TooFew);
    };
    if values.iter().any(|value| ((value - low) - (value - low).round()).abs() > 1e-9) || high - low > 20.0 {
        return Err(Reason::PolicyMissing);
    }
    let steps = (high - low).round() as usize;
    if steps == 0 {
        return Err(Reason::NoVariation);
    }
    let rating = |(candidate, reviewer, question, value): (usize, usize, usize, f64)| Rating {
        candidate,
        reviewer,
        question,
        steps: (value - low).round() as usize,
        weight: 1.0,
    };
    Ok((cube.observed().map(rating).collect(), low, steps))
}

fn facets(rating: &Rating) -> [usize; 3] {
    [rating.candidate, rating.reviewer, rating.question]
}

/// Marks who has ratings at one end alone; whether there was any not marked before.
fn mark_extreme(ratings: &[Rating], steps: usize, extreme: &mut [Vec<bool>; 3]) -> bool {
    let mut found = false;
    for (facet, marks) in extreme.iter_mut().enumerate() {
        let mut ends: Vec<Option<(usize, usize)>> = vec![None; marks.len()];
        for rating in ratings {
            let end = ends[facets(rating)[facet]].get_or_insert((usize::MAX, 0));
            *end = (end.0.min(rating.steps), end.1.max(rating.steps));
        }
        for (mark, end) in marks.iter_mut().zip(ends) {
            if end.is_some_and(|(low, high)| low == high && (low == 0 || high == steps)) && !*mark {
                (*mark, found) = (true, true);
            }
        }
    }
    found
}

fn check_design(ratings: &[Rating], [candidates, reviewers, questions]: [usize; 3], steps: usize) -> Result<(), Reason> {
    if (0..=steps).any(|step| !ratings.iter().any(|rating| rating.steps == step)) {
        return Err(Reason::TooFew);
    }
    let mut table = Scores::empty(candidates, reviewers);
    let mut by_question = Scores::empty(candidates, questions);
    for rating in ratings {
        table.set(rating.candidate, rating.reviewer, Some(1.0));
        by_question.set(rating.candidate, rating.question, Some(1.0));
    }
    let connected = Design::of(&table).is_connected() && Design::of(&by_question).is_connected();
    if connected { Ok(()) } else { Err(Reason::Disconnected) }
}

fn numbered(ratings: &[Rating], facet: usize, size: usize) -> Vec<Option<usize>> {
    let mut next = 0;
    let number = |at: usize| {
        ratings.iter().any(|rating| facets(rating)[facet] == at).then(|| {
            next += 1;
            next - 1
        })
    };
    (0..size).map(number).collect()
}

fn renumbered(rating: &Rating, places: &[Vec<Option<usize>>; 3]) -> Option<Rating> {
    let [candidate, reviewer, question] = [0, 1, 2].map(|facet: usize| places[facet][facets(rating)[facet]]);
    Some(Rating { candidate: candidate?, reviewer: reviewer?, question: question?, ..*rating })
}

/// The parameter under which the expected score is the raw score moved 0.3 inward, all others held.
fn place_extreme(whole: &mut Parameters, ratings: &[Rating], facet: usize, at: usize, steps: usize) {
    let own: Vec<Rating> = ratings.iter().filter(|rating| facets(rating)[facet] == at).copied().collect();
    let raw: f64 = own.iter().map(|rating| rating.steps as f64).sum();
    let most = (own.len() * steps) as f64;
    let wanted = raw.clamp(SHIFT, most - SHIFT);
    let (mut low, mut high) = (-60.0, 60.0);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        set(whole, facet, at, middle);
        let expected: f64 = own.iter().map(|rating| moments(&whole.chances(whole.place(rating))).0).sum();
        // Ability raises the score; severity and difficulty lower it.
        if (expected < wanted) == (facet == 0) { low = middle } else { high = middle }
    }
}

fn set(whole: &mut Parameters, facet: usize, at: usize, value: f64) {
    [&mut whole.theta, &mut whole.severity, &mut whole.difficulty][facet][at] = value;
}

fn described(whole: &Parameters, ratings: &[Rating], facet: usize, at: usize, extreme: bool) -> Option<Facet> {
    let own = ratings.iter().filter(|rating| facets(rating)[facet] == at);
    let (mut squares, mut information, mut standardised, mut n) = (0.0, 0.0, 0.0, 0);
    for rating in own {
        let (mean, variance) = moments(&whole.chances(whole.place(rating)));
        let left = (rating.steps as f64 - mean).powi(2);
        (squares, information, n) = (squares + left, information + variance, n + 1);
        standardised += if variance > 1e-12 { left / variance } else { 0.0 };
    }
    let logit = [&whole.theta, &whole.severity, &whole.difficulty][facet][at];
    let (infit, outfit) = (squares / information, standardised / n as f64);
    let is_off = |square: f64| !(0.5..=1.5).contains(&square);
    let flagged = n >= 15 && (is_off(infit) || is_off(outfit));
    let fit = (information > 1e-12).then(|| Fit { infit, outfit, standard_error: information.sqrt().recip(), n, flagged });
    (n > 0).then_some(Facet { logit, fit, extreme })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_that_only_an_extreme_candidate_got_is_told_with_that_candidate() {
        let points = |candidate: usize, reviewer: usize, question: usize| match candidate {
            0 => 5,
            _ => 1 + (candidate + (candidate * 5 + reviewer * 3 + question * 2) % 3) % 4,
        };
        let mut cube = Cube::empty(9, 3, 3);
        let cells = || (0..9).flat_map(|c| (0..3).flat_map(move |r| (0..3).map(move |q| (c, r, q))));
        cells().for_each(|(c, r, q)| cube.set(c, r, q, Some(points(c, r, q) as f64)));
        let rasch = Rasch::fit(&cube).expect("it is told");
        let logit = |all: &[Option<Facet>], at: usize| all[at].expect("rated").logit;
        assert!(rasch.candidates[0].is_some_and(|facet| facet.extreme) && rasch.tau.len() == 4, "{rasch:?}");
        assert_eq!(rasch.ridge, Some(RIDGE));
        // Of everyone the points expected are those that were given; of who has the highest alone, 0.3 less.
        let parameters = Parameters { theta: vec![], severity: vec![], difficulty: vec![], tau: rasch.tau.clone() };
        for candidate in 0..9 {
            let own = || cells().filter(|(c, ..)| *c == candidate);
            let place = |r, q| logit(&rasch.candidates, candidate) - logit(&rasch.reviewers, r) - logit(&rasch.questions, q);
            let expected: f64 = own().map(|(_, r, q)| 1.0 + moments(&parameters.chances(place(r, q))).0).sum();
            let given: usize = own().map(|(c, r, q)| points(c, r, q)).sum();
            let wanted = given as f64 - if candidate == 0 { SHIFT } else { 0.0 };
            assert!((expected - wanted).abs() < 1e-6, "{candidate}: {expected}, {wanted}");
        }
    }
}
