//! Drift: whether a second reader says today what it, or another version of it, said before.

use serde::Serialize;

use super::{Verdict, mean_of, moments_kappa, standardised};
use crate::panel::Statistic;
use crate::text::SafeText;

/// So many points are needed for a verdict.
const FEWEST: usize = 30;
/// At most so far apart on the average, in points of the scale.
const MOST_POINTS: f64 = 0.25;
/// At least so many of the points are the same.
const LEAST_SAME: f64 = 0.80;

/// One engine beside another on the same criteria of the same answers.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Drift {
    /// Who read before.
    pub model: SafeText,
    /// Its version.
    pub version: SafeText,
    /// Quadratic weighted kappa of the two.
    pub kappa: Statistic,
    /// Now less before, in standard deviations.
    pub difference: Statistic,
    /// Now less before, in points of the scale: also where nothing varies.
    pub points: Statistic,
    /// The share of points that are the same.
    pub same: Statistic,
    /// Points that one of the two gave and the other did not.
    pub alone: usize,
    /// Whether it says today what was said before, in plain words.
    pub verdict: Verdict,
}

/// Compares what is said now with what was said before: pairs of points for the same thing.
pub fn drift(model: SafeText, version: SafeText, pairs: &[(f64, f64)], alone: usize) -> Drift {
    let same = mean_of(pairs, "share of points that are the same; n points", &|apart| f64::from(u8::from(apart.abs() < 1e-9)));
    let points = mean_of(pairs, "mean difference in points of the scale, now less before; n points", &|apart| apart);
    let verdict = verdict(pairs.len(), &points, &same);
    Drift {
        model,
        version,
        kappa: moments_kappa(pairs),
        difference: standardised(pairs, "standardised mean difference, now less before; n points"),
        points,
        same,
        alone,
        verdict,
    }
}

fn verdict(n: usize, points: &Statistic, same: &Statistic) -> Verdict {
    if n < FEWEST {
        return Verdict::Unknown(vec![format!("{n} points were given by both, {FEWEST} are needed")]);
    }
    let mut fails = Vec::new();
    if let Some(apart) = points.value().filter(|apart| apart.abs() > MOST_POINTS) {
        fails.push(format!("mean difference is {apart:.2} points, more than {MOST_POINTS:.2}"));
    }
    if let Some(share) = same.value().filter(|share| *share < LEAST_SAME) {
        fails.push(format!("{:.0}% of the points are the same, less than {:.0}%", 100.0 * share, 100.0 * LEAST_SAME));
    }
    if fails.is_empty() { Verdict::Holds } else { Verdict::Fails(fails) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_became_milder_shows_in_its_difference() {
        let pairs: Vec<(f64, f64)> = (0..30).map(|nth| (f64::from(2 + nth % 4), f64::from(1 + nth % 4))).collect();
        let drift = drift(SafeText::line("m"), SafeText::line("1"), &pairs, 2);
        assert!(drift.difference.value().is_some_and(|value| value > 0.8), "{drift:?}");
        assert_eq!((drift.same.value(), drift.alone), (Some(0.0), 2));
        assert!(drift.kappa.value().is_some_and(|kappa| kappa < 1.0));
    }

    #[test]
    fn where_nothing_varies_the_difference_is_told_in_points_and_there_is_a_verdict() {
        let of = |pairs: &[(f64, f64)]| drift(SafeText::line("m"), SafeText::line("1"), pairs, 0);
        let constant = of(&[(3.0, 2.0); 30]);
        assert_eq!((constant.points.value(), constant.difference.value()), (Some(1.0), None));
        assert!(matches!(&constant.verdict, Verdict::Fails(why) if why[0].starts_with("mean difference is 1.00 points")));
        assert_eq!(of(&[(3.0, 3.0); 30]).verdict, Verdict::Holds);
        assert!(matches!(of(&[(3.0, 2.0); 29]).verdict, Verdict::Unknown(why) if why[0].starts_with("29 points")));
        // Up and down by turns leaves the mean where it was, and is no agreement.
        let swings: Vec<(f64, f64)> = (0..40).map(|nth| (3.0, f64::from(2 + 2 * (nth % 2)))).collect();
        assert!(matches!(of(&swings).verdict, Verdict::Fails(why) if why[0].starts_with("0% of the points")));
    }
}
