//! 48 kHz down to 16 kHz for what listens for speech, and sums that are computed several at a time.

/// A third of the rate: a low-pass under the new limit, then every third sample.
pub(super) struct Thirds {
    taps: [f32; Thirds::LENGTH],
    /// The last samples that the next ones need before them, then those.
    row: Vec<f32>,
    /// Samples since the last that was kept.
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
        Thirds { taps, row: vec![0.0; Self::LENGTH - 1], phase: 0 }
    }

    /// Takes the next samples, and puts what they give behind what is in `to`.
    pub(super) fn push(&mut self, samples: &[i16], to: &mut Vec<i16>) {
        self.row.extend(samples.iter().map(|sample| f32::from(*sample)));
        // Each third sample since the beginning, with those before it.
        let ends = self.row.windows(Self::LENGTH).skip(2 - self.phase).step_by(3);
        to.extend(ends.map(|row| {
            let sum = product(row, &self.taps);
            (sum + 0.5f32.copysign(sum)) as i16
        }));
        self.phase = (self.phase + samples.len()) % 3;
        self.row.drain(..self.row.len() - (Self::LENGTH - 1));
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
