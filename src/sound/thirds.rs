//! 48 kHz down to 16 kHz for what listens for speech, and sums that are computed several at a time.

/// A third of the rate: a low-pass under the new limit, then every third sample.
pub(super) struct Thirds {
    taps: [f32; Thirds::LENGTH],
    /// The last samples, twice one after the other, so that from any place on they lie in a row.
    history: [f32; 2 * Thirds::LENGTH],
    at: usize,
    phase: usize,
}

impl Thirds {
    const TAPS: usize = 45;
    /// With nothing before the oldest of them, so that they are summed in whole lanes.
    const LENGTH: usize = 48;

    pub(super) fn new() -> Thirds {
        let middle = (Self::TAPS / 2) as f32;
        let tap = |i: usize| {
            let x = (i as f32 - middle) * std::f32::consts::PI;
            // Cut at 7.2 kHz of 48: below the half of 16 kHz, above what speech needs.
            let sinc = if x == 0.0 { 0.3 } else { (0.3 * x).sin() / x };
            let window = 0.5 - 0.5 * (std::f32::consts::TAU * (i as f32 + 0.5) / Self::TAPS as f32).cos();
            sinc * window
        };
        let before = Self::LENGTH - Self::TAPS;
        let mut taps = std::array::from_fn(|i| if i < before { 0.0 } else { tap(i - before) });
        let sum: f32 = taps.iter().sum();
        taps.iter_mut().for_each(|tap| *tap /= sum);
        Thirds { taps, history: [0.0; 2 * Self::LENGTH], at: 0, phase: 0 }
    }

    pub(super) fn push(&mut self, sample: i16) -> Option<i16> {
        let sample = f32::from(sample);
        (self.history[self.at], self.history[self.at + Self::LENGTH]) = (sample, sample);
        self.at = if self.at + 1 == Self::LENGTH { 0 } else { self.at + 1 };
        self.phase += 1;
        if self.phase < 3 {
            return None;
        }
        self.phase = 0;
        let sum = product(&self.history[self.at..self.at + Self::LENGTH], &self.taps);
        Some((sum + 0.5f32.copysign(sum)) as i16)
    }
}

/// The sum of the products of two rows of one length, in lanes: in order it could not be computed several at a time.
pub(super) fn product(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let (many_a, rest_a) = a.as_chunks::<LANES>();
    let (many_b, rest_b) = b.as_chunks::<LANES>();
    let mut lanes = [0.0f32; LANES];
    for (a, b) in many_a.iter().zip(many_b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
}
