//! Reviewers drawn anew, with replacement: every way, or many at random.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// Up to so many reviewers every way of drawing them is counted out.
const EXACT: usize = 6;
/// How many draws are made beyond that.
const DRAWS: u32 = 4000;

/// How often each reviewer is drawn, and how often that draw comes; with the words that say how they were made.
pub(super) fn draws(k: usize) -> (Vec<(Vec<u32>, f64)>, String) {
    if k <= EXACT { (every_draw(k), "every draw".to_owned()) } else { (random_draws(k), format!("{DRAWS} draws, ChaCha8, seed 0")) }
}

/// Every way of drawing k of k with replacement, as how often each is drawn, and in how many of the k^k draws.
fn every_draw(k: usize) -> Vec<(Vec<u32>, f64)> {
    let mut all = Vec::new();
    if k > 0 {
        fill(&mut vec![0; k], 0, k as u32, &mut all);
    }
    all
}

fn fill(counts: &mut Vec<u32>, at: usize, left: u32, all: &mut Vec<(Vec<u32>, f64)>) {
    if at + 1 == counts.len() {
        counts[at] = left;
        let ways = counts.iter().fold(factorial(counts.len() as u32), |ways, &n| ways / factorial(n));
        all.push((counts.clone(), ways));
        return;
    }
    for n in 0..=left {
        counts[at] = n;
        fill(counts, at + 1, left - n, all);
    }
}

fn factorial(n: u32) -> f64 {
    (1..=n).map(f64::from).product()
}

fn random_draws(k: usize) -> Vec<(Vec<u32>, f64)> {
    let mut random = ChaCha8Rng::seed_from_u64(0);
    let draw = |_| {
        let mut counts = vec![0; k];
        (0..k).for_each(|_| counts[random.next_u32() as usize % k] += 1);
        (counts, 1.0)
    };
    (0..DRAWS).map(draw).collect()
}
