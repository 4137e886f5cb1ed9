//! Keeps peaks under a ceiling by looking 5 ms ahead: gain falls before a peak comes, without a click, and comes back slowly.

/// Samples of look-ahead, which is also how much later everything comes out: 5 ms.
pub const LOOKAHEAD: usize = 240;
/// −1 dB of full scale: what converters and codecs after us need as room.
const CEILING: f32 = 0.891_25;
/// How fast gain comes back, per sample: 63% within 100 ms.
const RELEASE: f32 = 1.0 / 4_800.0;

/// A limiter with look-ahead.
///
/// The lowest gain that any peak within the look-ahead needs is held as long as that peak is inside, then averaged over the same time:
/// so the average has fallen to it when the peak comes out, and no sample passes the ceiling.
#[derive(Debug)]
pub struct Limiter {
    delay: [f32; LOOKAHEAD],
    /// Candidates for the lowest gain inside the window, falling towards the front: (sample number, gain).
    lowest: [(u64, f32); LOOKAHEAD],
    head: usize,
    length: usize,
    envelope: f32,
    averaged: [f32; LOOKAHEAD],
    sum: f64,
    now: u64,
}

impl Default for Limiter {
    fn default() -> Self {
        Limiter {
            delay: [0.0; LOOKAHEAD],
            lowest: [(0, 1.0); LOOKAHEAD],
            head: 0,
            length: 0,
            envelope: 1.0,
            averaged: [1.0; LOOKAHEAD],
            sum: LOOKAHEAD as f64,
            now: 0,
        }
    }
}

impl Limiter {
    /// Limits `samples` in place; what comes out is what went in [`LOOKAHEAD`] samples before.
    pub fn process(&mut self, samples: &mut [f32]) {
        for sample in samples {
            *sample = self.step(*sample);
        }
    }

    fn step(&mut self, sample: f32) -> f32 {
        let needed = if sample.abs() > CEILING { CEILING / sample.abs() } else { 1.0 };
        let held = self.hold(needed);
        self.envelope = if held < self.envelope { held } else { self.envelope + (held - self.envelope) * RELEASE };
        let slot = (self.now % LOOKAHEAD as u64) as usize;
        self.sum += f64::from(self.envelope) - f64::from(self.averaged[slot]);
        self.averaged[slot] = self.envelope;
        // The oldest in the line is the one that comes out after this one was put in.
        let oldest = (slot + 1) % LOOKAHEAD;
        self.delay[slot] = sample;
        self.now += 1;
        let gain = (self.sum / LOOKAHEAD as f64) as f32;
        self.delay[oldest] * gain.min(1.0)
    }

    /// The lowest of the last [`LOOKAHEAD`] gains.
    fn hold(&mut self, needed: f32) -> f32 {
        while self.length > 0 && self.lowest[(self.head + self.length - 1) % LOOKAHEAD].1 >= needed {
            self.length -= 1;
        }
        if self.length > 0 && self.lowest[self.head].0 + LOOKAHEAD as u64 <= self.now {
            self.head = (self.head + 1) % LOOKAHEAD;
            self.length -= 1;
        }
        self.lowest[(self.head + self.length) % LOOKAHEAD] = (self.now, needed);
        self.length += 1;
        self.lowest[self.head].1
    }
}

/// Samples by which a limited sound comes later than it went in.
pub const DELAY: usize = LOOKAHEAD - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quiet_passes_unchanged_and_a_little_later() {
        let input: Vec<f32> = (0..4800).map(|i| (i as f32 * 0.05).sin() * 0.8).collect();
        let mut output = input.clone();
        Limiter::default().process(&mut output);
        let worst = input.iter().zip(&output[DELAY..]).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst < 1e-6, "{worst}");
    }

    #[test]
    fn no_sample_passes_the_ceiling_whatever_comes() {
        let mut state = 1u32;
        let mut noise = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let mut samples: Vec<f32> = (0..96_000).map(|i| noise() * if i / 5000 % 2 == 0 { 4.0 } else { 0.1 }).collect();
        Limiter::default().process(&mut samples);
        let highest = samples.iter().fold(0.0f32, |highest, s| highest.max(s.abs()));
        assert!(highest <= 0.8914, "{highest}");
        assert!(highest > 0.7, "{highest}");
    }

    #[test]
    fn gain_falls_without_a_step() {
        let mut samples: Vec<f32> = (0..9600).map(|i| if i < 4800 { 0.5 } else { 2.0 }).collect();
        Limiter::default().process(&mut samples);
        let steps = samples[300..4800 + DELAY - 1].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steps < 0.003, "{steps}");
    }
}
