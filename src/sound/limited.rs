//! How much of a recording's loudness the limiter takes, so that its gain can make up for it.
//!
//! Reckoned of the power and the highest sample of each 10 ms, without the limiter itself: a recording is measured as it comes by, and what
//! gain it needs is known at its end alone.

use super::limiter::{CEILING, LOOKAHEAD, RELEASE};
use super::prepare::MOST_GAIN;

/// Samples in a block: 10 ms.
const BLOCK: usize = 2 * LOOKAHEAD;
/// No more than this is made up for, in dB: beyond it a voice would be squashed.
const MOST: f32 = 3.0;
/// More gain is limited more: so often it is reckoned anew.
const ROUNDS: usize = 6;

/// What is known of a recording's blocks.
#[derive(Default)]
pub(super) struct Limited {
    blocks: Vec<Block>,
}

#[derive(Clone, Copy)]
struct Block {
    /// The highest sample, in −1..=1.
    peak: f32,
    /// The sum of squares.
    power: f32,
}

impl Limited {
    /// Takes the next 10 ms, of which the highest amplitude is known.
    pub(super) fn push(&mut self, samples: &[i16], highest: u16) {
        const LANES: usize = 8;
        let (many, rest) = samples.as_chunks::<LANES>();
        let mut lanes = [0.0f32; LANES];
        for some in many {
            lanes.iter_mut().zip(some).for_each(|(lane, sample)| *lane += f32::from(*sample) * f32::from(*sample));
        }
        let rest: f32 = rest.iter().map(|sample| f32::from(*sample) * f32::from(*sample)).sum();
        const ONE: f32 = 32768.0;
        let power = (lanes.iter().sum::<f32>() + rest) / (ONE * ONE);
        self.blocks.push(Block { peak: f32::from(highest) / ONE, power });
    }

    /// The gain that leaves as much behind the limiter as `gain_db` would without one, as far as that can be made up for.
    pub(super) fn made_up(&self, gain_db: f32) -> f32 {
        let most = (gain_db + MOST).min(MOST_GAIN.max(gain_db));
        (0..ROUNDS).fold(gain_db, |now, _| (gain_db + self.taken(now)).min(most))
    }

    /// What the limiter takes at this gain, in dB.
    fn taken(&self, gain_db: f32) -> f32 {
        let (gain, release) = (super::factor(gain_db), 1.0 - (-RELEASE * BLOCK as f32).exp());
        let (mut envelope, mut before, mut after) = (1.0f32, 0.0f64, 0.0f64);
        for block in &self.blocks {
            let needed = (CEILING / (block.peak * gain).max(CEILING)).min(1.0);
            envelope = if needed < envelope { needed } else { envelope + (needed - envelope) * release };
            before += f64::from(block.power);
            after += f64::from(block.power * envelope * envelope);
        }
        if after > 0.0 { (10.0 * (before / after).log10()) as f32 } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::prepare::highest;
    use super::*;

    fn of(samples: impl Iterator<Item = f32>) -> Limited {
        let mut limited = Limited::default();
        let samples: Vec<i16> = samples.map(crate::sound::to_i16).collect();
        samples.chunks(BLOCK).for_each(|ten| limited.push(ten, highest(ten)));
        limited
    }

    #[test]
    fn what_stays_under_the_ceiling_keeps_its_gain() {
        let quiet = of((0..48_000).map(|i| (i as f32 * 0.1).sin() * 0.2));
        assert_eq!(quiet.made_up(6.0), 6.0);
        assert_eq!(Limited::default().made_up(0.0), 0.0);
    }

    #[test]
    fn what_peaks_cost_is_made_up_for_within_limits() {
        // A knock each half second over a voice that a gain of 9 dB leaves under the ceiling.
        let knocked = of((0..480_000).map(|i| if i % 24_000 < 48 { 0.95 } else { (i as f32 * 0.02).sin() * 0.25 }));
        let gain = knocked.made_up(9.0);
        assert!((9.5..=12.0).contains(&gain), "{gain}");
        // All of it is at the top: no gain makes that louder.
        let full = of((0..48_000).map(|i| (i as f32 * 0.02).sin()));
        assert_eq!(full.made_up(4.0), 7.0);
    }
}
