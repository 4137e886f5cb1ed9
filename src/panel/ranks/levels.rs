//! Ranks drawn from the mixed model's levels and their errors, and bands of candidates who cannot be told apart.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::distribution::Distribution;
use crate::panel::adjust::Mixed;

/// How many draws are made.
const DRAWS: u32 = 4000;

/// Ranks of these candidates when their levels are drawn from what the model holds for possible; the same for the same seed.
pub fn from_levels(model: &Mixed, candidates: &[usize], seed: u64) -> Distribution {
    let method = format!("levels drawn from the mixed model, {DRAWS} draws, ChaCha8, seed {seed}, 5th to 95th percentile");
    let mut outcomes = Distribution::new(candidates.len(), method, false);
    let mut normal = Normal { random: ChaCha8Rng::seed_from_u64(seed), kept: None };
    let parts: Vec<(f64, f64, &[f64])> = candidates
        .iter()
        .map(|&at| {
            let (own, loadings) = model.error_parts(at);
            (model.level(at), own.sqrt(), loadings)
        })
        .collect();
    let width = parts.first().map_or(0, |(.., loadings)| loadings.len());
    for _ in 0..DRAWS {
        let shared: Vec<f64> = (0..width).map(|_| normal.next()).collect();
        let level = |(level, own, loadings): &(f64, f64, &[f64])| {
            level + own * normal.next() + loadings.iter().zip(&shared).map(|(a, b)| a * b).sum::<f64>()
        };
        let totals: Vec<f64> = parts.iter().map(level).collect();
        outcomes.add(&totals, 1.0);
    }
    outcomes
}

/// Bands from the top: a band goes on until someone can be told apart from its first, which is so where the first is truly above
/// with a probability of at least .90. `order` is best first; gives back the band of each place, 0 for the first.
pub fn bands(order: &[usize], p_above: impl Fn(usize, usize) -> Option<f64>) -> Vec<usize> {
    let (mut band, mut first) = (0, order.first().copied());
    let of = |&at: &usize| {
        if first.is_some_and(|top| top != at && p_above(top, at).is_some_and(|p| p >= 0.9)) {
            (band, first) = (band + 1, Some(at));
        }
        band
    };
    order.iter().map(of).collect()
}

/// Standard normal numbers, by Box and Muller.
struct Normal {
    random: ChaCha8Rng,
    kept: Option<f64>,
}

impl Normal {
    fn next(&mut self) -> f64 {
        if let Some(kept) = self.kept.take() {
            return kept;
        }
        let mut unit = || (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
        let (radius, angle) = ((-2.0 * (1.0 - unit()).ln()).sqrt(), 2.0 * std::f64::consts::PI * unit());
        self.kept = Some(radius * angle.sin());
        radius * angle.cos()
    }
}
