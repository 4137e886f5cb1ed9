//! Keeps peaks under a ceiling by looking 5 ms ahead: gain falls before a peak comes, without a click, and comes back slowly.
//!
//! Peaks are true peaks: those of the wave that a converter draws through the samples, which lie between them and can be higher.

/// Samples of look-ahead: 5 ms.
pub const LOOKAHEAD: usize = 240;
/// −1 dB of full scale, what converters and codecs after us need as room, and 0.15 dB for what the estimate of true peaks misses.
pub(super) const CEILING: f32 = 0.876;
/// How fast gain comes back, per sample: 63% within 100 ms.
pub(super) const RELEASE: f32 = 1.0 / 4_800.0;

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
    between: Between,
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
            between: Between::default(),
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
        let (sample, peak) = self.between.push(sample);
        let needed = if peak > CEILING { CEILING / peak } else { 1.0 };
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
pub const DELAY: usize = LOOKAHEAD - 1 + Between::DELAY;

/// The highest point of the wave around each sample, by the samples around it at four times the rate.
#[derive(Debug)]
struct Between {
    recent: [f32; Between::TAPS],
    quarters: [[f32; Between::TAPS]; 3],
    /// Samples for which one that is loud stays among the recent ones.
    loud: usize,
    before: f32,
}

impl Between {
    const TAPS: usize = 12;
    /// The wave after a sample is known when so many more have come.
    const DELAY: usize = Self::TAPS / 2;
    /// Under this no wave between samples reaches the ceiling.
    const LOUD: f32 = 0.4;

    /// Takes the next sample; returns the one that came [`Between::DELAY`] before it, and the highest point next to that.
    fn push(&mut self, sample: f32) -> (f32, f32) {
        self.recent.copy_within(1.., 0);
        self.recent[Self::TAPS - 1] = sample;
        self.loud = if sample.abs() > Self::LOUD { Self::TAPS } else { self.loud.saturating_sub(1) };
        let middle = self.recent[Self::TAPS - 1 - Self::DELAY];
        let after = if self.loud > 0 { self.highest_after() } else { 0.0 };
        let peak = middle.abs().max(after).max(self.before);
        self.before = after;
        (middle, peak)
    }

    fn highest_after(&self) -> f32 {
        let at = |taps: &[f32; Self::TAPS]| self.recent.iter().zip(taps).map(|(s, t)| s * t).sum::<f32>().abs();
        self.quarters.iter().map(at).fold(0.0, f32::max)
    }
}

impl Default for Between {
    fn default() -> Self {
        let tap = |quarter: usize, i: usize| {
            let x = (i as f32 - (Self::TAPS / 2 - 1) as f32 - quarter as f32 / 4.0) * std::f32::consts::PI;
            let window = 0.5 + 0.5 * (x / (Self::TAPS / 2) as f32).cos();
            x.sin() / x * window
        };
        let quarters = [1, 2, 3].map(|quarter| std::array::from_fn(|i| tap(quarter, i)));
        Between { recent: [0.0; Self::TAPS], quarters, loud: 0, before: 0.0 }
    }
}

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
        assert!(highest <= 0.8764, "{highest}");
        assert!(highest > 0.7, "{highest}");
    }

    #[test]
    fn a_peak_between_samples_counts() {
        // Full scale only between its samples, which all lie 3 dB lower: a quarter of the rate, an eighth of a turn off.
        let samples: Vec<f32> = (0..48_000).map(|i| ((i as f32 + 0.5) * std::f32::consts::FRAC_PI_2).sin()).collect();
        let mut limited = samples.clone();
        Limiter::default().process(&mut limited);
        let highest = limited[24_000..].iter().fold(0.0f32, |highest, s| highest.max(s.abs()));
        let true_peak = highest * std::f32::consts::SQRT_2;
        assert!((0.85..0.8914).contains(&true_peak), "{true_peak}");
    }

    #[test]
    fn gain_falls_without_a_step() {
        let mut samples: Vec<f32> = (0..9600).map(|i| if i < 4800 { 0.5 } else { 2.0 }).collect();
        Limiter::default().process(&mut samples);
        let steps = samples[300..4800 + DELAY - 8].windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(steps < 0.003, "{steps}");
    }
}
