//! Probabilities and quantiles of the distributions that intervals and tests rest on.
//!
//! The special functions are statrs's; quantiles are found by bisection, so that they are as exact as those.

use statrs::function::beta::beta_reg;
use statrs::function::erf::erfc;
use statrs::function::factorial::ln_factorial;
use statrs::function::gamma::gamma_ur;

/// The normal quantile of .95.
pub(super) const Z90: f64 = 1.644_853_626_951_472;

/// The normal quantile of .975.
pub(super) const Z95: f64 = 1.959_963_984_540_054;

/// P(Z <= z) of the standard normal.
pub(super) fn normal_below(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}

/// P(|T| >= |t|) with `df` degrees of freedom.
pub(super) fn student_two_sided(t: f64, df: f64) -> f64 {
    regularized(df / 2.0, 0.5, df / (df + t * t))
}

/// The t that leaves `share` outside of -t to t.
pub(super) fn student_beyond(share: f64, df: f64) -> f64 {
    let x = bisect(0.0, 1.0, |x| regularized(df / 2.0, 0.5, x) < share);
    (df * (1.0 - x) / x).sqrt()
}

/// P(F >= f) with these degrees of freedom.
pub(super) fn f_above(f: f64, upper: f64, lower: f64) -> f64 {
    if f <= 0.0 { 1.0 } else { regularized(lower / 2.0, upper / 2.0, lower / (lower + upper * f)) }
}

/// The f with P(F <= f) = `share`.
pub(super) fn f_quantile(share: f64, upper: f64, lower: f64) -> f64 {
    // Seen from the side on which the answer is small, so that no digits are lost near 1.
    let x = bisect(0.0, 1.0, |x| regularized(lower / 2.0, upper / 2.0, x) < 1.0 - share);
    lower * (1.0 - x) / (upper * x)
}

/// P(X >= x) of chi-squared with `df` degrees of freedom.
pub(super) fn chi_squared_above(x: f64, df: f64) -> f64 {
    if x <= 0.0 { 1.0 } else { gamma_ur(df / 2.0, x / 2.0) }
}

/// The logarithm of the number of ways to choose k of n.
pub(super) fn ln_choose(n: u64, k: u64) -> f64 {
    ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k)
}

fn regularized(a: f64, b: f64, x: f64) -> f64 {
    beta_reg(a, b, x.clamp(0.0, 1.0))
}

/// Where `is_left` turns false between `low` and `high`, to the last digit.
fn bisect(mut low: f64, mut high: f64, is_left: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if is_left(middle) { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_and_probabilities_are_those_of_the_tables() {
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} is not {b}");
        near(normal_below(Z95), 0.975);
        near(student_beyond(0.05, 10.0), 2.228_138_851_964_939);
        near(student_two_sided(2.228_138_851_964_939, 10.0), 0.05);
        near(f_quantile(0.95, 3.0, 10.0), 3.708_264_819_044_54);
        near(f_above(3.708_264_819_044_54, 3.0, 10.0), 0.05);
        near(chi_squared_above(3.841_458_820_694_124, 1.0), 0.05);
        near(ln_choose(10, 3).exp(), 120.0);
    }
}
