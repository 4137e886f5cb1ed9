//! Ranks, and between which ranks a candidate may stand.

mod distribution;
mod draws;
mod levels;

pub use distribution::{Distribution, bootstrap};
pub use levels::{Drawn, Level, bands, from_levels};

/// Competition ranks (1, 2, 2, 4), the highest first; totals are equal when they are to 1e-9.
pub fn competition_ranks(totals: &[f64]) -> Vec<u32> {
    let rounded: Vec<i64> = totals.iter().map(|total| (total * 1e9).round() as i64).collect();
    let mut sorted = rounded.clone();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    rounded.iter().map(|value| sorted.partition_point(|other| other > value) as u32 + 1).collect()
}

/// Average ranks (1, 2.5, 2.5, 4), the lowest first; values are equal when they are to 1e-9.
pub fn average_ranks(values: &[f64]) -> Vec<f64> {
    let rounded: Vec<i64> = values.iter().map(|value| (value * 1e9).round() as i64).collect();
    let mut sorted = rounded.clone();
    sorted.sort_unstable();
    let rank = |value: &i64| {
        let below = sorted.partition_point(|other| other < value);
        let up_to = sorted.partition_point(|other| other <= value);
        (below + up_to + 1) as f64 / 2.0
    };
    rounded.iter().map(rank).collect()
}
