//! Which mix of the channels is heard: chosen by measuring them, so that no voice cancels or stays in a channel that is dropped.

use serde::{Deserialize, Serialize};

/// The most channels that are taken.
pub const MOST_CHANNELS: usize = 8;

/// A channel this far under the loudest (power, −20 dB) carries nothing and would only add noise.
const CARRIES_NOTHING: f64 = 0.01;
/// Channels whose correlation is under this are in opposite phase: one of them is turned over.
const OPPOSED: f64 = -0.3;
/// A mix with less than this of the loudest channel's power (−12 dB) cancels it, or buries it among channels that carry little: gain, which
/// goes to 12 dB, could not bring it back. The loudest is taken alone.
const CANCELS: f64 = 0.06;

/// Frames that are measured together.
const TOGETHER: usize = 64;

/// One weight for each channel; their absolute values sum to 1, so a mix never clips.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Downmix(Vec<f32>);

impl Downmix {
    /// All channels alike.
    pub fn even(channels: usize) -> Downmix {
        Downmix(vec![1.0 / channels.max(1) as f32; channels.max(1)])
    }

    /// With these weights, one for each of 1 to 8 channels; none where they would make the mix louder than a channel can be.
    pub fn of_weights(weights: Vec<f32>) -> Option<Downmix> {
        let fits = (1..=MOST_CHANNELS).contains(&weights.len()) && weights.iter().map(|weight| weight.abs()).sum::<f32>() <= 1.01;
        fits.then_some(Downmix(weights))
    }

    /// How many channels it is for.
    pub fn channels(&self) -> usize {
        self.0.len()
    }

    /// The weights, in the channels' order.
    pub fn weights(&self) -> &[f32] {
        &self.0
    }

    /// Whether it hears about the same as `other`: no weight differs by more than a tenth.
    pub fn is_like(&self, other: &Downmix) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| (a - b).abs() < 0.1)
    }

    /// Mixes channels, a plane for each, into `mono`, which is emptied first.
    pub fn apply(&self, planes: &[Vec<f32>], mono: &mut Vec<f32>) {
        mono.clear();
        for (plane, &weight) in planes.iter().zip(&self.0).filter(|(_, weight)| **weight != 0.0) {
            if mono.is_empty() {
                mono.extend(plane.iter().map(|sample| sample * weight));
            } else {
                mono.iter_mut().zip(plane).for_each(|(mixed, sample)| *mixed += sample * weight);
            }
        }
        // Silence where nothing is heard.
        mono.resize(planes.first().map_or(0, Vec::len), 0.0);
    }
}

/// What is known of the channels so far: their sums and products, enough to know the power of any mix.
#[derive(Clone, Debug)]
pub struct Channels {
    count: usize,
    frames: u64,
    sums: [f64; MOST_CHANNELS],
    products: [[f64; MOST_CHANNELS]; MOST_CHANNELS],
}

impl Channels {
    /// Nothing measured yet of `count` channels (1..=8).
    pub fn new(count: usize) -> Channels {
        let count = count.clamp(1, MOST_CHANNELS);
        Channels { count, frames: 0, sums: [0.0; MOST_CHANNELS], products: [[0.0; MOST_CHANNELS]; MOST_CHANNELS] }
    }

    /// How many channels are measured.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Measures channels, a plane for each, all finite and of one length. A fourth of it is enough to choose by: some frames in a row,
    /// then three times as many that are left out.
    pub fn add(&mut self, planes: &[Vec<f32>]) {
        let length = planes.first().map_or(0, Vec::len);
        if self.count == 1 {
            self.frames += length as u64;
            return;
        }
        for start in (0..length).step_by(4 * TOGETHER) {
            let end = (start + TOGETHER).min(length);
            self.frames += (end - start) as u64;
            for (i, a) in planes.iter().enumerate().take(self.count) {
                let a = &a[start..end];
                self.sums[i] += f64::from(sum_of_products(a, &[1.0; TOGETHER]));
                for (j, b) in planes.iter().enumerate().take(i + 1) {
                    self.products[i][j] += f64::from(sum_of_products(a, &b[start..end]));
                }
            }
        }
    }

    /// Whether there was anything above −60 dB of full scale.
    pub fn has_sound(&self) -> bool {
        (0..self.count).any(|channel| self.covariance(channel, channel) > 1e-6)
    }

    /// The mix to hear.
    ///
    /// The loudest channel leads. Channels that carry nothing are left out, those in opposite phase to it are turned over. When the
    /// rest would still leave less of it than gain can bring back (a delay between the channels, one voice among many faint ones), it is
    /// heard alone.
    pub fn choose(&self) -> Downmix {
        let power = |channel: usize| self.covariance(channel, channel);
        let Some(lead) = (0..self.count).max_by(|&a, &b| power(a).total_cmp(&power(b)).then(b.cmp(&a))) else {
            return Downmix::even(1);
        };
        if self.count == 1 || power(lead) <= 0.0 {
            return Downmix::even(self.count);
        }
        let sign = |channel: usize| {
            if power(channel) < CARRIES_NOTHING * power(lead) {
                return 0.0;
            }
            let correlation = self.covariance(channel, lead) / (power(channel) * power(lead)).sqrt();
            if correlation < OPPOSED { -1.0 } else { 1.0 }
        };
        let signs: Vec<f64> = (0..self.count).map(sign).collect();
        let used = signs.iter().filter(|sign| **sign != 0.0).count() as f64;
        let weights: Vec<f64> = signs.iter().map(|sign| sign / used).collect();
        let alone = self.power_of(&weights) < CANCELS * power(lead);
        let weight = |channel: usize| if alone { f64::from(u8::from(channel == lead)) } else { weights[channel] };
        Downmix((0..self.count).map(|channel| weight(channel) as f32).collect())
    }

    fn power_of(&self, weights: &[f64]) -> f64 {
        let pairs = (0..self.count).flat_map(|i| (0..self.count).map(move |j| (i, j)));
        pairs.map(|(i, j)| weights[i] * weights[j] * self.covariance(i, j)).sum()
    }

    /// Without the mean: a microphone's offset is no sound.
    fn covariance(&self, a: usize, b: usize) -> f64 {
        let frames = self.frames.max(1) as f64;
        self.products[a.max(b)][a.min(b)] / frames - self.sums[a] / frames * (self.sums[b] / frames)
    }
}

/// In four strands, which a processor adds at once.
fn sum_of_products(a: &[f32], b: &[f32]) -> f32 {
    let b = &b[..a.len()];
    let ((fours_a, rest_a), (fours_b, rest_b)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut strands = [0.0; 4];
    for (a, b) in fours_a.iter().zip(fours_b) {
        for strand in 0..4 {
            strands[strand] += a[strand] * b[strand];
        }
    }
    strands.iter().sum::<f32>() + rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(i: usize) -> f32 {
        (i as f32 * 0.021).sin() * 0.3 + (i as f32 * 0.063).sin() * 0.1
    }

    fn hiss(i: usize) -> f32 {
        ((i as f32 * 12.9898).sin() * 43758.547).fract() * 0.004
    }

    fn chosen<const N: usize>(frame: impl Fn(usize) -> [f32; N]) -> (Downmix, f32) {
        let planes: Vec<Vec<f32>> = (0..N).map(|channel| (0..48_000).map(|i| frame(i)[channel]).collect()).collect();
        let mut channels = Channels::new(N);
        channels.add(&planes);
        let downmix = channels.choose();
        let mut mono = Vec::new();
        downmix.apply(&planes, &mut mono);
        let power = mono.iter().map(|s| s * s).sum::<f32>() / mono.len() as f32;
        (downmix, power.sqrt())
    }

    #[test]
    fn both_sides_alike_are_averaged() {
        assert_eq!(chosen(|i| [voice(i), voice(i)]).0.weights(), [0.5, 0.5]);
    }

    #[test]
    fn a_voice_in_opposite_phase_does_not_cancel() {
        let (downmix, level) = chosen(|i| [voice(i), -voice(i)]);
        assert_eq!(downmix.weights(), [0.5, -0.5]);
        assert!(level > 0.2, "{level}");
    }

    #[test]
    fn a_voice_on_one_side_is_heard_without_the_other_sides_hiss() {
        assert_eq!(chosen(|i| [hiss(i), voice(i)]).0.weights(), [0.0, 1.0]);
    }

    #[test]
    fn a_voice_in_the_centre_of_surround_is_heard_alone() {
        let surround = |i| [hiss(i), hiss(i + 7), voice(i), 0.0, hiss(i + 1), hiss(i + 2)];
        assert_eq!(chosen(surround).0.weights(), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn an_offset_is_no_sound() {
        assert_eq!(chosen(|i| [0.9, voice(i)]).0.weights(), [0.0, 1.0]);
    }

    #[test]
    fn channels_that_cancel_by_a_delay_leave_the_loudest_alone() {
        let tone = |i: usize| (i as f32 * std::f32::consts::TAU / 100.0).sin() * 0.3;
        let (downmix, level) = chosen(|i| [tone(i), 0.98 * tone(i + 33), 0.98 * tone(i + 67)]);
        assert!(level > 0.1, "{downmix:?} {level}");
    }

    #[test]
    fn a_mix_loses_no_more_of_the_loudest_channel_than_gain_can_bring_back() {
        // The same sound would add up: these are tones of their own.
        let tone = |i: usize, channel: usize| (i as f32 * (0.011 + 0.007 * channel as f32)).sin() * 0.5;
        let louder_by = |db: f32| {
            let faint = 10f32.powf(-db / 20.0);
            chosen(move |i| std::array::from_fn::<f32, 6, _>(|c| tone(i, c) * if c == 2 { 1.0 } else { faint })).0
        };
        let even = louder_by(4.0);
        assert!(even.weights().iter().all(|weight| (weight - 1.0 / 6.0).abs() < 1e-6), "1/36 + 5/36 x 0.40 is 0.083: {even:?}");
        assert_eq!(louder_by(9.0).weights(), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0], "1/36 + 5/36 x 0.126 is 0.045");
    }
}
