//! Whether the second reader may be used: its agreement with sealed human scores, beside the humans' with each other.
//!
//! The thresholds are those of Williamson, Xi & Breyer (2012): quadratic weighted kappa of 0.70 or more, at most 0.10 less than people with
//! each other, and a standardised mean difference of at most 0.15 overall and 0.10 in any group. A reader can pass overall and fail in every
//! group, so groups are always told. Kappa is computed from moments, `2 cov / (s_m² + s_h² + (mean difference)²)`: no table is needed and a
//! consensus between two points counts as it is.

mod drift;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use serde::Serialize;

use crate::panel::agreement::{spearman, tau_b};
use crate::panel::{Reason, Statistic};

pub use drift::{Drift, drift};

/// Agreement that a reader needs.
pub const LEAST_KAPPA: f64 = 0.70;
/// So much less than people's with each other it may be.
pub const MOST_DEGRADATION: f64 = 0.10;
/// The mean difference, in standard deviations, over all.
pub const MOST_DIFFERENCE: f64 = 0.15;
/// In any one group.
pub const MOST_DIFFERENCE_IN_A_GROUP: f64 = 0.10;
/// Fewer pairs allow no verdict, overall or in a group.
pub const FEWEST: usize = 30;
/// Draws of candidates for an interval.
const DRAWS: usize = 1_000;

/// One answer's criterion, rated by people and by the machine.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Rated {
    /// The candidate's place: intervals draw candidates, whose answers hang together.
    pub candidate: usize,
    /// The mean of sealed human points.
    pub human: f64,
    /// The machine's point.
    pub machine: f64,
    /// The group, where a file names one.
    pub group: Option<String>,
}

/// How a second reader did on one criterion, or on all.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Evaluation {
    /// What was compared: a criterion, or everything.
    pub of: String,
    /// Quadratic weighted kappa of machine and human consensus, with a 95% interval.
    pub kappa: Statistic,
    /// The same of people with each other.
    pub kappa_of_people: Statistic,
    /// People's less the machine's.
    pub degradation: Statistic,
    /// Pearson's correlation.
    pub correlation: Statistic,
    /// Spearman's.
    pub rank_correlation: Statistic,
    /// Kendall's tau-b.
    pub tau_b: Statistic,
    /// Machine less human, in standard deviations.
    pub difference: Statistic,
    /// The share of the same value.
    pub exact: Statistic,
    /// The share at most one point apart.
    pub within_one: Statistic,
    /// The mean absolute difference, in points.
    pub mean_absolute: Statistic,
    /// The root of the mean square difference, in points.
    pub root_mean_square: Statistic,
    /// The difference within each group.
    pub groups: Vec<(String, Statistic)>,
    /// In plain words.
    pub verdict: Verdict,
}

/// Whether it may be used.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "why")]
pub enum Verdict {
    /// It keeps every threshold.
    Holds,
    /// It keeps not all; which ones.
    Fails(Vec<String>),
    /// It cannot be told; what is missing.
    Unknown(Vec<String>),
}

/// Compares a machine's points with people's. `people` are pairs of two people's points for the same thing.
pub fn evaluate(of: &str, rated: &[Rated], people: &[(f64, f64)], seed: u64) -> Evaluation {
    let pairs: Vec<(f64, f64)> = rated.iter().map(|rated| (rated.machine, rated.human)).collect();
    let kappa = beside(with_interval(moments_kappa(&pairs), rated, seed));
    // Who is the first of two people is nobody's choice: each pair counts both ways.
    let both: Vec<(f64, f64)> = people.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
    let kappa_of_people = match moments_kappa(&both) {
        Statistic::Known(mut known) => {
            known.n = people.len();
            Statistic::Known(known)
        }
        // People's pairs are of what the machine rated too.
        undefined if rated.is_empty() => beside(undefined),
        undefined => undefined,
    };
    let (machine, human): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
    let degradation = match (kappa_of_people.value(), kappa.value()) {
        (Some(people), Some(machine)) => {
            Statistic::known(people - machine, pairs.len(), "kappa of people with each other less that of the machine with people")
        }
        // A point of the machine's is missing, or two people who rated the same.
        _ if rated.is_empty() => Statistic::Undefined(Reason::NothingProposed),
        _ if people.is_empty() => Statistic::Undefined(Reason::NoPairs),
        _ => Statistic::Undefined(Reason::NoVariation),
    };
    let mean = |method: &str, of: &dyn Fn(f64) -> f64| beside(mean_of(&pairs, method, of));
    let mut evaluation = Evaluation {
        of: of.to_owned(),
        kappa,
        kappa_of_people,
        degradation,
        correlation: beside(pearson(&pairs)),
        rank_correlation: beside(spearman(&machine, &human)),
        tau_b: beside(tau_b(&machine, &human)),
        difference: beside(difference(&pairs)),
        exact: mean("share of pairs with the same value; n pairs", &|apart| f64::from(u8::from(apart.abs() < 1e-9))),
        within_one: mean("share of pairs at most one point apart; n pairs", &|apart| {
            f64::from(u8::from(apart.abs() <= 1.0 + 1e-9))
        }),
        mean_absolute: mean("mean absolute difference in points; n pairs", &f64::abs),
        root_mean_square: root(mean("root of the mean square difference in points; n pairs", &|apart| apart * apart)),
        groups: groups(rated),
        verdict: Verdict::Holds,
    };
    evaluation.verdict = verdict(&evaluation);
    evaluation
}

/// A figure of the machine's points beside people's: where there are none, that is what it lacks, and not a second person.
fn beside(statistic: Statistic) -> Statistic {
    match statistic {
        Statistic::Undefined(Reason::NoPairs) => Statistic::Undefined(Reason::NothingProposed),
        other => other,
    }
}

/// The same of those alone who are in a group, with the difference within each. Fewer than two groups compare nobody, and allow no verdict.
pub fn evaluate_groups(of: &str, rated: &[Rated], people: &[(f64, f64)], seed: u64) -> Evaluation {
    let grouped: Vec<Rated> = rated.iter().filter(|rated| rated.group.is_some()).cloned().collect();
    let mut evaluation = evaluate(of, &grouped, people, seed);
    if evaluation.groups.len() < 2 {
        let why = match evaluation.groups.len() {
            0 => "nobody is in a group".to_owned(),
            _ => "all are in one group, and two are needed".to_owned(),
        };
        evaluation.verdict = match evaluation.verdict {
            Verdict::Fails(fails) => Verdict::Fails(fails),
            Verdict::Unknown(unknown) => Verdict::Unknown([why].into_iter().chain(unknown).collect()),
            Verdict::Holds => Verdict::Unknown(vec![why]),
        };
    }
    evaluation
}

/// What differs most between machine and people: places in `rated`, largest first, down to a whole point.
pub fn disagreements(rated: &[Rated]) -> Vec<usize> {
    let apart = |place: &usize| (rated[*place].machine - rated[*place].human).abs();
    let mut places: Vec<usize> = (0..rated.len()).filter(|place| apart(place) >= 1.0 - 1e-9).collect();
    places.sort_by(|a, b| apart(b).total_cmp(&apart(a)).then(a.cmp(b)));
    places
}

fn verdict(of: &Evaluation) -> Verdict {
    let (mut fails, mut unknown) = (Vec::new(), Vec::new());
    let mut judge = |what: &str, figure: &Statistic, keeps: &dyn Fn(f64) -> bool, bound: &str| match figure {
        Statistic::Undefined(reason) => unknown.push(format!("{what}: {}", reason.words())),
        Statistic::Known(known) if known.n < FEWEST => unknown.push(format!("{what}: {} pairs, {FEWEST} are needed", known.n)),
        Statistic::Known(known) if !keeps(known.value) => fails.push(format!("{what} is {:.2}, {bound}", known.value)),
        Statistic::Known(_) => {}
    };
    judge("agreement with people (kappa)", &of.kappa, &|value| value >= LEAST_KAPPA, "less than 0.70");
    judge("degradation against people's own agreement", &of.degradation, &|value| value <= MOST_DEGRADATION, "more than 0.10");
    judge("mean difference", &of.difference, &|value| value.abs() <= MOST_DIFFERENCE, "more than 0.15 standard deviations");
    for (group, difference) in &of.groups {
        let what = format!("mean difference in group {group:?}");
        judge(&what, difference, &|value| value.abs() <= MOST_DIFFERENCE_IN_A_GROUP, "more than 0.10 standard deviations");
    }
    match () {
        // A threshold that is broken is broken, whatever else cannot be told.
        () if !fails.is_empty() => Verdict::Fails(fails),
        () if !unknown.is_empty() => Verdict::Unknown(unknown),
        () => Verdict::Holds,
    }
}

/// Means, population variances and covariance.
struct Moments {
    n: usize,
    mean: (f64, f64),
    variance: (f64, f64),
    covariance: f64,
}

impl Moments {
    fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let n = pairs.len() as f64;
        if pairs.len() < 2 {
            return None;
        }
        let mean = (pairs.iter().map(|pair| pair.0).sum::<f64>() / n, pairs.iter().map(|pair| pair.1).sum::<f64>() / n);
        let mean_of = |of: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|(a, b)| of(a - mean.0, b - mean.1)).sum::<f64>() / n;
        let variance = (mean_of(&|a, _| a * a), mean_of(&|_, b| b * b));
        Some(Moments { n: pairs.len(), mean, variance, covariance: mean_of(&|a, b| a * b) })
    }
}

fn moments_kappa(pairs: &[(f64, f64)]) -> Statistic {
    let Some(moments) = Moments::of(pairs) else { return Statistic::Undefined(too_few(pairs)) };
    let apart = moments.variance.0 + moments.variance.1 + (moments.mean.0 - moments.mean.1).powi(2);
    if apart < 1e-12 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    Statistic::known(2.0 * moments.covariance / apart, moments.n, "quadratic weighted kappa from moments; n pairs")
}

fn pearson(pairs: &[(f64, f64)]) -> Statistic {
    let Some(moments) = Moments::of(pairs) else { return Statistic::Undefined(too_few(pairs)) };
    let spread = (moments.variance.0 * moments.variance.1).sqrt();
    if spread < 1e-12 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    Statistic::known(moments.covariance / spread, moments.n, "Pearson's correlation; n pairs")
}

fn difference(pairs: &[(f64, f64)]) -> Statistic {
    standardised(pairs, "standardised mean difference, machine less human; n pairs")
}

fn standardised(pairs: &[(f64, f64)], method: &str) -> Statistic {
    let Some(moments) = Moments::of(pairs) else { return Statistic::Undefined(too_few(pairs)) };
    let n = moments.n as f64;
    // Sample variances: the difference is about the answers to come.
    let spread = ((moments.variance.0 + moments.variance.1) / 2.0 * n / (n - 1.0)).sqrt();
    if spread < 1e-12 {
        return Statistic::Undefined(Reason::NoVariation);
    }
    Statistic::known((moments.mean.0 - moments.mean.1) / spread, moments.n, method)
}

fn too_few(pairs: &[(f64, f64)]) -> Reason {
    if pairs.is_empty() { Reason::NoPairs } else { Reason::TooFew }
}

fn mean_of(pairs: &[(f64, f64)], method: &str, of: &dyn Fn(f64) -> f64) -> Statistic {
    if pairs.is_empty() {
        return Statistic::Undefined(Reason::NoPairs);
    }
    let sum: f64 = pairs.iter().map(|(machine, human)| of(machine - human)).sum();
    Statistic::known(sum / pairs.len() as f64, pairs.len(), method)
}

fn root(of: Statistic) -> Statistic {
    match of {
        Statistic::Known(known) => Statistic::known(known.value.sqrt(), known.n, &known.method),
        undefined => undefined,
    }
}

fn groups(rated: &[Rated]) -> Vec<(String, Statistic)> {
    let mut names: Vec<&String> = rated.iter().filter_map(|rated| rated.group.as_ref()).collect();
    names.sort();
    names.dedup();
    let of = |name: &String| {
        let within = rated.iter().filter(|rated| rated.group.as_ref() == Some(name));
        difference(&within.map(|rated| (rated.machine, rated.human)).collect::<Vec<_>>())
    };
    names.into_iter().map(|name| (name.clone(), of(name))).collect()
}

/// The interval of kappa from drawing candidates with all that is theirs (percentile, 95%).
fn with_interval(kappa: Statistic, rated: &[Rated], seed: u64) -> Statistic {
    let mut candidates: Vec<usize> = rated.iter().map(|rated| rated.candidate).collect();
    candidates.sort_unstable();
    candidates.dedup();
    if candidates.len() < 5 || kappa.value().is_none() {
        return kappa;
    }
    let of = |candidate: &usize| {
        rated.iter().filter(|rated| rated.candidate == *candidate).map(|rated| (rated.machine, rated.human)).collect()
    };
    let theirs: Vec<Vec<(f64, f64)>> = candidates.iter().map(of).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut drawn: Vec<f64> = (0..DRAWS)
        .filter_map(|_| {
            let draw = |_| &theirs[((u64::from(rng.next_u32()) * theirs.len() as u64) >> 32) as usize];
            let pairs: Vec<(f64, f64)> = (0..theirs.len()).flat_map(draw).copied().collect();
            moments_kappa(&pairs).value()
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |share: f64| drawn[((drawn.len() - 1) as f64 * share).round() as usize];
    if drawn.is_empty() { kappa } else { kappa.within(at(0.025), at(0.975)) }
}

#[cfg(test)]
mod tests;
