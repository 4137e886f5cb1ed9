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

/// Frames that are measured of a span; four times as many pass by, a third of a second at 48 kHz.
const SPAN: u64 = 4096;
/// A span this far under the recording's loudest channel (power, −30 dB) is a pause.
const PAUSE: f64 = 0.001;

/// Spans in which a channel has to be what is heard: one may be a knock.
const SPANS_ALONE: usize = 2;
/// What comes and goes is so much louder than a channel at its quietest (power, 10 dB); noise is always about the same.
const COMES_AND_GOES: f64 = 10.0;

/// A channel whose level stays within this (power, 2 dB), but for a twentieth of the time at either end, is steady: a fan, a hum, hiss.
/// Whoever speaks breathes.
const STEADY: f64 = 1.6;
/// So many spans tell whether it is.
const SPANS_TO_TELL: usize = 10;
/// What comes and goes is a voice only above this (power, −50 dB of full scale).
const VOICE: f64 = 1e-5;
/// Channels that correlate less than this have nothing in common.
const APART: f64 = 0.3;

/// Sums and products of channels, enough to know the power of any mix.
#[derive(Clone, Debug, Default)]
struct Sums {
    frames: u64,
    sums: [f64; MOST_CHANNELS],
    products: [[f64; MOST_CHANNELS]; MOST_CHANNELS],
}

impl Sums {
    fn add(&mut self, other: &Sums) {
        self.frames += other.frames;
        for channel in 0..MOST_CHANNELS {
            self.sums[channel] += other.sums[channel];
            self.products[channel].iter_mut().zip(other.products[channel]).for_each(|(sum, more)| *sum += more);
        }
    }

    /// Without the mean: a microphone's offset is no sound.
    fn covariance(&self, a: usize, b: usize) -> f64 {
        let frames = self.frames.max(1) as f64;
        self.products[a.max(b)][a.min(b)] / frames - self.sums[a] / frames * (self.sums[b] / frames)
    }
}

/// What is known of the channels so far.
#[derive(Clone, Debug)]
pub struct Channels {
    count: usize,
    /// Of all spans that are over.
    all: Sums,
    /// Of the one that is not.
    now: Sums,
    /// How the channels vary together in each span that is over: a row for each channel, up to itself.
    spans: Vec<f32>,
}

impl Channels {
    /// Nothing measured yet of `count` channels (1..=8).
    pub fn new(count: usize) -> Channels {
        Channels { count: count.clamp(1, MOST_CHANNELS), all: Sums::default(), now: Sums::default(), spans: Vec::new() }
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
            self.now.frames += length as u64;
            return;
        }
        for start in (0..length).step_by(4 * TOGETHER) {
            let end = (start + TOGETHER).min(length);
            self.now.frames += (end - start) as u64;
            for (i, a) in planes.iter().enumerate().take(self.count) {
                let a = &a[start..end];
                self.now.sums[i] += f64::from(sum_of_products(a, &[1.0; TOGETHER]));
                for (j, b) in planes.iter().enumerate().take(i + 1) {
                    self.now.products[i][j] += f64::from(sum_of_products(a, &b[start..end]));
                }
            }
            if self.now.frames >= SPAN {
                let now = std::mem::take(&mut self.now);
                self.spans.extend(together(self.count, &now));
                self.all.add(&now);
            }
        }
    }

    /// Whether there was anything above −60 dB of full scale.
    pub fn has_sound(&self) -> bool {
        let whole = self.whole();
        (0..self.count).any(|channel| whole.covariance(channel, channel) > 1e-6)
    }

    fn whole(&self) -> Sums {
        let mut whole = self.all.clone();
        whole.add(&self.now);
        whole
    }

    /// The mix to hear.
    ///
    /// The loudest channel leads. Channels that carry nothing at any time are left out, those in opposite phase to it are turned over. When
    /// the rest would still leave less of it than gain can bring back (a delay between the channels, one voice among many faint ones), it is
    /// heard alone. Where that mix loses what is said for a while, as when a side is turned over in the middle, the one is taken that
    /// loses the least. A channel of nothing but steady noise, however loud, is none of all these where a voice is in another.
    pub fn choose(&self) -> Downmix {
        let whole = self.whole();
        let power = |channel: usize| whole.covariance(channel, channel);
        let speaking = self.speaking(&whole);
        let among = |channel: &usize| speaking[*channel];
        let Some(lead) = (0..self.count).filter(among).max_by(|&a, &b| power(a).total_cmp(&power(b)).then(b.cmp(&a))) else {
            return Downmix::even(1);
        };
        if self.count == 1 || power(lead) <= 0.0 {
            return Downmix::even(self.count);
        }
        let carrying: Vec<bool> = (0..self.count)
            .map(|channel| {
                let pause = PAUSE * power(lead);
                speaking[channel]
                    && (power(channel) >= CARRIES_NOTHING * power(lead) || self.is_alone_for_a_while(channel, &speaking, pause))
            })
            .collect();
        let carries = |channel: usize| carrying[channel];
        let sign = |channel: usize| {
            let correlation = whole.covariance(channel, lead) / (power(channel) * power(lead)).sqrt();
            f64::from(u8::from(carries(channel))) * if correlation < OPPOSED { -1.0 } else { 1.0 }
        };
        let used = (0..self.count).filter(|channel| carries(*channel)).count() as f64;
        let signed: Vec<f64> = (0..self.count).map(|channel| sign(channel) / used).collect();
        let alone = |only: usize| (0..self.count).map(|channel| f64::from(u8::from(channel == only))).collect::<Vec<_>>();
        let all: Vec<f32> = together(self.count, &whole).collect();
        let first = if power_of(&signed, &all) < CANCELS * power(lead) { alone(lead) } else { signed.clone() };
        let others = (0..self.count).filter(|channel| *channel != lead && carries(*channel));
        let mixes = [first, signed, alone(lead)].into_iter().chain(others.map(alone));
        let best = mixes.min_by_key(|weights| self.loses(weights, &speaking, PAUSE * power(lead)));
        Downmix(best.unwrap_or_default().into_iter().map(|weight| weight as f32).collect())
    }

    /// Which channels are no mere noise: all, unless one is steady while another that has nothing of it comes and goes.
    fn speaking(&self, whole: &Sums) -> Vec<bool> {
        let now = self.now();
        let levels = |channel: usize| {
            let mut levels: Vec<f64> = self.spans(now.as_deref()).map(|span| power_in(span, channel)).collect();
            levels.sort_by(f64::total_cmp);
            let aside = levels.len() / 20;
            (levels.len() >= SPANS_TO_TELL).then(|| (levels[aside], levels[levels.len() - 1 - aside]))
        };
        let levels: Option<Vec<(f64, f64)>> = (0..self.count).map(levels).collect();
        let Some(levels) = levels else { return vec![true; self.count] };
        let is_apart = |a: usize, b: usize| {
            let both = (whole.covariance(a, a) * whole.covariance(b, b)).sqrt();
            whole.covariance(a, b).abs() < APART * both
        };
        let is_noise = |channel: usize| {
            let (low, high) = levels[channel];
            let is_voice = |(other, (low, high)): (usize, &(f64, f64))| {
                *high > VOICE && *high > COMES_AND_GOES * low && is_apart(channel, other)
            };
            high < STEADY * low && levels.iter().enumerate().any(is_voice)
        };
        (0..self.count).map(|channel| !is_noise(channel)).collect()
    }

    /// In how many spans, pauses aside, a mix cancels what is there in the channels that speak.
    fn loses(&self, weights: &[f64], speaking: &[bool], pause: f64) -> usize {
        let is_lost = |span: &[f32]| {
            let loudest =
                (0..self.count).filter(|channel| speaking[*channel]).map(|channel| power_in(span, channel)).fold(0.0, f64::max);
            loudest > pause && power_of(weights, span) < CANCELS * loudest
        };
        let now = self.now();
        self.spans(now.as_deref()).filter(|span| is_lost(span)).count()
    }

    /// Whether somebody speaks in a channel while next to nothing is in the others, however little that is of the whole.
    fn is_alone_for_a_while(&self, channel: usize, speaking: &[bool], pause: f64) -> bool {
        let now = self.now();
        let mut levels: Vec<f64> = self.spans(now.as_deref()).map(|span| power_in(span, channel)).collect();
        let tenth = levels.len() / 10;
        let quietest = if levels.is_empty() { 0.0 } else { *levels.select_nth_unstable_by(tenth, f64::total_cmp).1 };
        let is_alone = |span: &[f32]| {
            let own = power_in(span, channel);
            let others = (0..self.count).filter(|other| *other != channel && speaking[*other]);
            own > pause.max(COMES_AND_GOES * quietest)
                && others.fold(0.0, |most, other| power_in(span, other).max(most)) < CANCELS * own
        };
        self.spans(now.as_deref()).filter(|span| is_alone(span)).count() >= SPANS_ALONE
    }

    /// The span that is not over, where it is long enough to tell.
    fn now(&self) -> Option<Vec<f32>> {
        (self.now.frames >= SPAN / 4).then(|| together(self.count, &self.now).collect())
    }

    /// All spans: how the channels vary together in each.
    fn spans<'s>(&'s self, now: Option<&'s [f32]>) -> impl Iterator<Item = &'s [f32]> {
        self.spans.chunks_exact(row(self.count)).chain(now)
    }
}

/// The power of one of the channels that vary `together`.
fn power_in(together: &[f32], channel: usize) -> f64 {
    f64::from(together[row(channel + 1) - 1])
}

/// Where the row of the channel after `count` begins.
fn row(count: usize) -> usize {
    count * (count + 1) / 2
}

/// How each channel varies together with each up to itself.
fn together(count: usize, sums: &Sums) -> impl Iterator<Item = f32> {
    (0..count).flat_map(move |a| (0..=a).map(move |b| sums.covariance(a, b) as f32))
}

/// The power of a mix of channels that vary `together`.
fn power_of(weights: &[f64], together: &[f32]) -> f64 {
    let covariance = |a: usize, b: usize| f64::from(together[row(a.max(b)) + a.min(b)]);
    let pairs = (0..weights.len()).flat_map(|a| (0..weights.len()).map(move |b| (a, b)));
    pairs.map(|(a, b)| weights[a] * weights[b] * covariance(a, b)).sum()
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
    fn a_side_that_is_turned_over_for_a_while_cancels_nothing() {
        // By halves, and for the last third, much fainter.
        let halves = chosen(|i| [voice(i), if i < 24_000 { voice(i) } else { -voice(i) }]).0;
        let third = |i: usize| if i < 32_000 { (voice(i), 1.0) } else { (0.3 * voice(i), -1.0) };
        let faint = chosen(|i| [third(i).0, third(i).0 * third(i).1]).0;
        for downmix in [halves, faint] {
            assert_eq!(downmix.weights().iter().filter(|weight| **weight == 0.0).count(), 1, "one side alone: {downmix:?}");
        }
        // What is said first by one and then by the other is in both halves of it.
        let turns = chosen(|i| if i < 24_000 { [voice(i), 0.0] } else { [0.0, voice(i)] }).0;
        assert_eq!(turns.weights(), [0.5, 0.5]);
    }

    #[test]
    fn a_faint_voice_that_speaks_on_the_other_side_for_a_while_is_heard_and_noise_there_is_not() {
        let planes = |right: fn(usize) -> f32| {
            let left = |i: usize| if i < 384_000 { voice(i) } else { 0.0 };
            let mut channels = Channels::new(2);
            channels.add(&[(0..480_000).map(left).collect(), (0..480_000).map(right).collect()]);
            channels.choose()
        };
        let speaks = planes(|i| if i < 384_000 { 0.0 } else { 0.15 * voice(i) });
        assert_eq!(speaks.weights(), [0.5, 0.5], "2 of 10 s, 16 dB below");
        assert_eq!(planes(|i| 7.0 * hiss(i)).weights(), [1.0, 0.0], "22 dB below, all the time");
        let knock = planes(|i| if (400_000..404_000).contains(&i) { 0.3 * voice(i) } else { 0.0 });
        assert_eq!(knock.weights(), [1.0, 0.0], "once");
    }

    #[test]
    fn a_voice_beside_a_channel_of_loud_noise_is_heard_alone() {
        let phrase = |i: usize| if i % 96_000 < 64_000 { voice(i) } else { 0.02 * voice(i) };
        let chosen = |left: &dyn Fn(usize) -> f32, right: &dyn Fn(usize) -> f32| {
            let mut channels = Channels::new(2);
            channels.add(&[(0..480_000).map(left).collect(), (0..480_000).map(right).collect()]);
            channels.choose()
        };
        let loud = |i: usize| 200.0 * hiss(i);
        let hum = |i: usize| (i as f32 * std::f32::consts::TAU * 50.0 / 48_000.0).sin() * 0.5;
        for factor in [1.0, 0.2, 0.05] {
            let speaks = |i: usize| factor * phrase(i);
            assert_eq!(chosen(&loud, &speaks).weights(), [0.0, 1.0], "hiss beside {factor}");
            assert_eq!(chosen(&speaks, &hum).weights(), [1.0, 0.0], "hum beside {factor}");
        }
        // A voice in noise is no noise, nor is one whose other side is the same.
        assert_eq!(chosen(&|i| phrase(i) + 0.3 * loud(i), &|i| phrase(i + 37_000)).weights(), [0.5, 0.5]);
        assert_eq!(chosen(&|i| phrase(i) + 0.2 * loud(i), &phrase).weights(), [0.5, 0.5]);
        let nobody = chosen(&loud, &|i| 0.5 * loud(i + 7));
        assert!(nobody.weights().iter().all(|weight| *weight != 0.0), "nobody speaks: {nobody:?}");
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
