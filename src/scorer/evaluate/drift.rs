//! Drift: whether a second reader says today what it, or another version of it, said before.

use serde::Serialize;

use super::{moments_kappa, standardised};
use crate::panel::Statistic;
use crate::text::SafeText;

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
    /// The share of points that are the same.
    pub same: Statistic,
    /// Points that one of the two gave and the other did not.
    pub alone: usize,
}

/// Compares what is said now with what was said before: pairs of points for the same thing.
pub fn drift(model: SafeText, version: SafeText, pairs: &[(f64, f64)], alone: usize) -> Drift {
    let same =
        super::mean_of(pairs, "share of points that are the same; n points", &|apart| f64::from(u8::from(apart.abs() < 1e-9)));
    Drift {
        model,
        version,
        kappa: moments_kappa(pairs),
        difference: standardised(pairs, "standardised mean difference, now less before; n points"),
        same,
        alone,
    }
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
}
