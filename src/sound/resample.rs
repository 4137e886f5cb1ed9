//! From the recording's rate to ours, as a stream: the delay of the filter is taken off, the length is exact.
//!
//! Blocks are transformed (FFT), cut or widened to the other rate's spectrum under a filter, transformed back, and their ends added
//! where they overlap. Sound is real and the transform is complex, so two blocks go through at once: one as its real part, the next
//! as its imaginary part. What mixes them would have to be complex itself, and a filter of real weights is not.

use std::f64::consts::PI;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

use super::RATE;

/// A block has at least so many frames at the recording's rate.
const LEAST: usize = 512;
/// What must not be there is quieter than what is, by so many dB.
const STOP_DB: f64 = 100.0;

/// Resamples mono sound to [`RATE`].
pub(super) struct Resampler {
    from: u32,
    filter: Option<Filter>,
    pending: Vec<f32>,
    taken: u64,
    given: u64,
    to_trim: usize,
}

impl Resampler {
    /// From `from` Hz, 1 and up; at our own rate samples pass as they are.
    pub(super) fn new(from: u32) -> Resampler {
        let filter = (from != RATE && from > 0).then(|| Filter::new(from as usize, RATE as usize));
        let to_trim = filter.as_ref().map_or(0, |filter| filter.out / 2);
        Resampler { from, filter, pending: Vec::new(), taken: 0, given: 0, to_trim }
    }

    /// Takes samples and appends what is ready to `out`.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        let Some(filter) = &self.filter else { return out.extend_from_slice(samples) };
        let pair = filter.block * 2;
        if self.pending.len() + samples.len() < pair {
            return self.pending.extend_from_slice(samples);
        }
        let (first, later) = samples.split_at(pair - self.pending.len());
        let mut begun = std::mem::take(&mut self.pending);
        begun.extend_from_slice(first);
        self.give(&begun, out, u64::MAX);
        let pairs = later.chunks_exact(pair);
        begun.clear();
        begun.extend_from_slice(pairs.remainder());
        pairs.for_each(|pair| self.give(pair, out, u64::MAX));
        self.pending = begun;
    }

    /// Appends what is still in the filter; the sum of all is the length at the new rate, rounded up.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        let Some(pair) = self.filter.as_ref().map(|filter| filter.block * 2) else { return };
        let total = (self.taken * u64::from(RATE)).div_ceil(u64::from(self.from));
        let mut rest = std::mem::take(&mut self.pending);
        while self.given < total {
            rest.resize(pair, 0.0);
            self.give(&rest, out, total);
            rest.clear();
        }
    }

    /// Appends what two blocks give, less the filter's delay, up to `total` in all.
    fn give(&mut self, pair: &[f32], out: &mut Vec<f32>, total: u64) {
        let Some(filter) = &mut self.filter else { return };
        let start = out.len();
        filter.process(pair, out);
        let trim = self.to_trim.min(out.len() - start);
        self.to_trim -= trim;
        if trim > 0 {
            out.drain(start..start + trim);
        }
        let keep = ((out.len() - start) as u64).min(total.saturating_sub(self.given));
        out.truncate(start + keep as usize);
        self.given += keep;
    }
}

/// Two blocks in, two blocks out.
struct Filter {
    /// Frames of a block at the recording's rate.
    block: usize,
    /// Frames of a block at ours.
    out: usize,
    forward: Arc<dyn Fft<f32>>,
    backward: Arc<dyn Fft<f32>>,
    /// What each frequency that both rates have is multiplied by: from 0 up, then the negative ones from the lowest up.
    above: Vec<Complex32>,
    below: Vec<Complex32>,
    spectrum: Vec<Complex32>,
    other: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// What the block before adds to the next.
    tail: Vec<f32>,
}

impl Filter {
    fn new(from: usize, to: usize) -> Filter {
        let common = greatest_common_divisor(from, to);
        // An even number of times, so that the delay is a whole number of frames.
        let times = LEAST.div_ceil(from / common).next_multiple_of(2);
        let (block, out) = (from / common * times, to / common * times);
        let mut planner = FftPlanner::new();
        let (forward, backward) = (planner.plan_fft_forward(block * 2), planner.plan_fft_inverse(out * 2));
        let mut response: Vec<Complex32> = kernel(block, out).into_iter().map(Complex32::from).collect();
        response.resize(block * 2, Complex32::default());
        forward.process(&mut response);
        let shared = block.min(out);
        let scratch = forward.get_inplace_scratch_len().max(backward.get_inplace_scratch_len());
        Filter {
            block,
            out,
            forward,
            backward,
            above: response[..shared].to_vec(),
            below: response[block * 2 - shared..].to_vec(),
            spectrum: vec![Complex32::default(); block * 2],
            other: vec![Complex32::default(); out * 2],
            scratch: vec![Complex32::default(); scratch],
            tail: vec![0.0; out],
        }
    }

    /// Appends two blocks of `out` frames to `to`.
    fn process(&mut self, pair: &[f32], to: &mut Vec<f32>) {
        let (first, second) = pair.split_at(self.block);
        let (start, padding) = self.spectrum.split_at_mut(self.block);
        start.iter_mut().zip(first.iter().zip(second)).for_each(|(at, (re, im))| *at = Complex32::new(*re, *im));
        padding.fill(Complex32::default());
        self.forward.process_with_scratch(&mut self.spectrum, &mut self.scratch);
        let multiply = |to: &mut [Complex32], from: &[Complex32], by: &[Complex32]| {
            to.iter_mut().zip(from.iter().zip(by)).for_each(|(to, (from, by))| *to = from * by);
        };
        let shared = self.above.len();
        let (high, low) = (self.other.len() - shared, self.spectrum.len() - shared);
        multiply(&mut self.other[..shared], &self.spectrum[..shared], &self.above);
        self.other[shared..high].fill(Complex32::default());
        multiply(&mut self.other[high..], &self.spectrum[low..], &self.below);
        self.backward.process_with_scratch(&mut self.other, &mut self.scratch);
        let (start, end) = self.other.split_at(self.out);
        to.extend(start.iter().zip(&self.tail).map(|(now, before)| now.re + before));
        to.extend(start.iter().zip(end).map(|(now, before)| now.im + before.re));
        self.tail.iter_mut().zip(end).for_each(|(tail, end)| *tail = end.im);
    }
}

/// The weights of the filter, at the recording's rate: a sinc under a Kaiser window (J. F. Kaiser, 1974), scaled so that what goes
/// through both transforms keeps its level.
fn kernel(block: usize, out: usize) -> Vec<f32> {
    let beta = 0.1102 * (STOP_DB - 8.7);
    // As parts of the recording's highest frequency.
    let transition = (STOP_DB - 8.0) / (2.285 * PI * block as f64);
    let cutoff = (out as f64 / block as f64).min(1.0) - transition / 2.0;
    let middle = block as f64 / 2.0;
    let weight = |at: usize| {
        let x = at as f64 - middle;
        let sinc = if x == 0.0 { 1.0 } else { (PI * cutoff * x).sin() / (PI * cutoff * x) };
        sinc * bessel(beta * (1.0 - (x / middle).powi(2)).max(0.0).sqrt())
    };
    let weights: Vec<f64> = (0..block).map(weight).collect();
    let scale = weights.iter().sum::<f64>() * (block * 2) as f64;
    weights.into_iter().map(|weight| (weight / scale) as f32).collect()
}

/// The modified Bessel function of the first kind, of order 0.
fn bessel(x: f64) -> f64 {
    let terms = (1..40).scan(1.0, |term, k| {
        *term *= (x / 2.0 / f64::from(k)).powi(2);
        Some(*term)
    });
    1.0 + terms.sum::<f64>()
}

fn greatest_common_divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(from: u32, samples: &[f32]) -> Vec<f32> {
        let mut resampler = Resampler::new(from);
        let mut out = Vec::new();
        samples.chunks(777).for_each(|chunk| resampler.push(chunk, &mut out));
        resampler.finish(&mut out);
        out
    }

    #[test]
    fn a_tone_keeps_its_pitch_its_level_and_its_place_at_every_rate() {
        for from in [8_000, 11_025, 16_000, 22_050, 44_000, 44_100, 48_000, 96_000, 192_000] {
            let tone = |i: usize, rate: u32| (i as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin() * 0.5;
            let input: Vec<f32> = (0..from as usize).map(|i| tone(i, from)).collect();
            let out = through(from, &input);
            assert_eq!(out.len(), RATE as usize, "{from}");
            let worst = (2_000..46_000).map(|i| (out[i] - tone(i, RATE)).abs()).fold(0.0, f32::max);
            assert!(worst < 0.002, "{from}: {worst}");
        }
    }

    #[test]
    fn a_recording_shorter_than_the_filter_is_not_lost() {
        assert_eq!(through(16_000, &[0.1; 20]).len(), 60);
        assert_eq!(through(44_100, &[]).len(), 0);
    }

    #[test]
    fn what_the_other_rate_cannot_hold_is_gone_and_nothing_is_added() {
        // 30 kHz would fold to 18 kHz; 7 kHz at 16 kHz has an image at 9 kHz, which would add up to more than it was.
        for (from, hz, level) in [(96_000, 30_000.0, 0.0), (16_000, 7_000.0, 0.5), (44_100, 19_000.0, 0.5)] {
            let tone = |i: usize, rate: u32| (hz * std::f64::consts::TAU * i as f64 / f64::from(rate)).sin() as f32;
            let out = through(from, &(0..from as usize).map(|i| tone(i, from) * 0.5).collect::<Vec<_>>());
            let worst = (4_000..44_000).map(|i| (out[i] - level * tone(i, RATE)).abs()).fold(0.0, f32::max);
            assert!(worst < 0.0002, "{hz} Hz at {from}: {worst}");
        }
    }
}
