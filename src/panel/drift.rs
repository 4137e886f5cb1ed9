//! Whether a reviewer becomes stricter or milder on the way. Valid under a shuffled order alone.

use super::distributions::{student_beyond, student_two_sided};
use super::scores::mean;
use super::statistic::{Reason, Statistic};

/// A reviewer's drift.
#[derive(Clone, PartialEq, Debug, serde::Serialize)]
pub struct Drift {
    /// Points per review, with its 95% interval: negative becomes stricter.
    pub slope: Statistic,
    /// Its standard error.
    pub standard_error: f64,
    /// Slope over error; none where nothing is left over.
    pub t: Option<f64>,
    /// The probability of a slope as steep or steeper where there is no drift.
    pub p: f64,
    /// The mean residual of the first half; the middle one of an odd number is in the second.
    pub first_half: f64,
    /// The mean residual of the second half.
    pub second_half: f64,
}

/// The slope of residuals (rating less what was to be expected) on the order in which they were given.
///
/// # Errors
///
/// `TooFew` of fewer than three, `NoVariation` when the order is constant.
pub fn drift(order: &[f64], residuals: &[f64]) -> Result<Drift, Reason> {
    let mut points: Vec<(f64, f64)> = order.iter().copied().zip(residuals.iter().copied()).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    let n = points.len();
    if n < 3 {
        return Err(Reason::TooFew);
    }
    let centre = mean(points.iter().map(|(x, _)| *x)).ok_or(Reason::TooFew)?;
    let level = mean(points.iter().map(|(_, y)| *y)).ok_or(Reason::TooFew)?;
    let xx: f64 = points.iter().map(|(x, _)| (x - centre).powi(2)).sum();
    let xy: f64 = points.iter().map(|(x, y)| (x - centre) * (y - level)).sum();
    if xx <= 1e-18 {
        return Err(Reason::NoVariation);
    }
    let slope = xy / xx;
    let left: f64 = points.iter().map(|(x, y)| (y - level - slope * (x - centre)).powi(2)).sum();
    let df = (n - 2) as f64;
    let standard_error = (left / df / xx).sqrt();
    let t = (standard_error > 1e-15).then(|| slope / standard_error);
    // Without any residue a slope is certain, and no slope is none.
    let p = t.map_or(if slope.abs() > 1e-12 { 0.0 } else { 1.0 }, |t| student_two_sided(t, df));
    let half = student_beyond(0.05, df) * standard_error;
    let of = |points: &[(f64, f64)]| mean(points.iter().map(|(_, y)| *y)).unwrap_or_default();
    let slope = Statistic::known(slope, n, "least squares of residuals on own order, points per review; n reviews");
    let (low, high) = slope.value().map_or((0.0, 0.0), |value| (value - half, value + half));
    Ok(Drift {
        slope: slope.within(low, high),
        standard_error,
        t,
        p,
        first_half: of(&points[..n / 2]),
        second_half: of(&points[n / 2..]),
    })
}

/// The exponentially weighted mean after each value: `share` of the new one, the rest of what was before, from 0.
pub fn weighted_means(values: &[f64], share: f64) -> Vec<f64> {
    let mut level = 0.0;
    let next = |value: &f64| {
        level = share * value + (1.0 - share) * level;
        level
    };
    values.iter().map(next).collect()
}

/// Holm's correction of several reviewers' probabilities, in their order (Holm 1979).
pub fn holm(probabilities: &[f64]) -> Vec<f64> {
    let n = probabilities.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
    let (mut corrected, mut most) = (vec![0.0; n], 0.0f64);
    for (at, &of) in order.iter().enumerate() {
        most = most.max(((n - at) as f64 * probabilities[of]).min(1.0));
        corrected[of] = most;
    }
    corrected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_corrects_the_smallest_most() {
        let corrected = holm(&[0.04, 0.01, 0.03]);
        let wanted = [0.06, 0.03, 0.06];
        assert!(corrected.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{corrected:?}");
    }

    #[test]
    fn two_reviews_or_one_place_have_no_slope() {
        assert_eq!(drift(&[1.0, 2.0], &[0.0, 1.0]), Err(Reason::TooFew));
        assert_eq!(drift(&[1.0; 4], &[0.0, 1.0, 2.0, 3.0]), Err(Reason::NoVariation));
    }
}
