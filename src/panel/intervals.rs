//! Intervals of shares: Wilson's, and Newcombe's of the difference of two.

use super::distributions::Z95;
use super::statistic::{Reason, Statistic};

/// Wilson's 95% interval of `hits` in `n`, 0 to 1 (Wilson 1927). None when n is 0 or there are more hits than tries.
pub fn wilson(hits: u64, n: u64) -> Option<(f64, f64)> {
    if n == 0 || hits > n {
        return None;
    }
    let (all, z2) = (n as f64, Z95 * Z95);
    let share = hits as f64 / all;
    let half = Z95 * (share * (1.0 - share) / all + z2 / (4.0 * all * all)).sqrt();
    let (centre, below) = (share + z2 / (2.0 * all), 1.0 + z2 / all);
    // At the ends the interval begins or ends there exactly; rounding must not cross it.
    let low = if hits == 0 { 0.0 } else { (centre - half) / below };
    let high = if hits == n { 1.0 } else { (centre + half) / below };
    Some((low, high))
}

/// A share with Wilson's interval; too few where there is nothing to divide by.
pub fn share(hits: u64, n: u64, method: &str) -> Statistic {
    match wilson(hits, n) {
        Some((low, high)) => Statistic::known(hits as f64 / n as f64, n as usize, method).within(low, high),
        None => Statistic::Undefined(Reason::TooFew),
    }
}

/// Newcombe's hybrid score interval, 95%, of the first share less the second (Newcombe 1998, method 10). Each is hits and n.
pub fn newcombe(first: (u64, u64), second: (u64, u64)) -> Option<(f64, f64)> {
    let ((low1, high1), (low2, high2)) = (wilson(first.0, first.1)?, wilson(second.0, second.1)?);
    let (p1, p2) = (first.0 as f64 / first.1 as f64, second.0 as f64 / second.1 as f64);
    let difference = p1 - p2;
    let below = ((p1 - low1).powi(2) + (high2 - p2).powi(2)).sqrt();
    let above = ((high1 - p1).powi(2) + (p2 - low2).powi(2)).sqrt();
    Some((difference - below, difference + above))
}
