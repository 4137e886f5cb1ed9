//! From the recording's rate to ours, as a stream: the delay of the filter is taken off, the length is exact.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler as _};

use super::RATE;

/// Frames the filter takes at once.
const CHUNK: usize = 1024;

/// Resamples mono sound to [`RATE`].
pub(super) struct Resampler {
    from: u32,
    filter: Option<Fft<f32>>,
    pending: Vec<f32>,
    block: Vec<f32>,
    taken: u64,
    given: u64,
    to_trim: usize,
}

impl Resampler {
    /// From `from` Hz, 1 and up; at our own rate samples pass as they are.
    pub(super) fn new(from: u32) -> Resampler {
        let filter =
            (from != RATE).then(|| Fft::new(from as usize, RATE as usize, CHUNK, 1, FixedSync::Input)).and_then(Result::ok);
        let to_trim = filter.as_ref().map_or(0, |filter| filter.output_delay());
        let block = vec![0.0; filter.as_ref().map_or(0, |filter| filter.output_frames_max())];
        Resampler { from, filter, pending: Vec::new(), block, taken: 0, given: 0, to_trim }
    }

    /// Takes samples and appends what is ready to `out`.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        self.taken += samples.len() as u64;
        if self.filter.is_none() {
            out.extend_from_slice(samples);
            return;
        }
        self.pending.extend_from_slice(samples);
        let mut pending = std::mem::take(&mut self.pending);
        let mut used = 0;
        while let Some(need) =
            self.filter.as_ref().map(|filter| filter.input_frames_next()).filter(|need| pending.len() - used >= *need)
        {
            self.process(&pending[used..used + need], need, out, u64::MAX);
            used += need;
        }
        pending.drain(..used);
        self.pending = pending;
    }

    /// Appends what is still in the filter; the sum of all is the length at the new rate, rounded up.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        if self.filter.is_none() {
            return;
        }
        let total = (self.taken * u64::from(RATE)).div_ceil(u64::from(self.from));
        let mut rest = std::mem::take(&mut self.pending);
        while self.given < total {
            let Some(need) = self.filter.as_ref().map(|filter| filter.input_frames_next()) else { return };
            let have = rest.len().min(need);
            rest.resize(need, 0.0);
            if !self.process(&rest, have, out, total) {
                return;
            }
            rest.clear();
        }
    }

    fn process(&mut self, input: &[f32], have: usize, out: &mut Vec<f32>, total: u64) -> bool {
        let Some(filter) = self.filter.as_mut() else { return false };
        let frames = self.block.len();
        let (Ok(from), Ok(mut to)) =
            (SequentialSlice::new(input, 1, input.len()), SequentialSlice::new_mut(&mut self.block, 1, frames))
        else {
            return false;
        };
        let indexing = Indexing { input_offset: 0, output_offset: 0, partial_len: Some(have), active_channels_mask: None };
        let Ok((_, made)) = filter.process_into_buffer(&from, &mut to, Some(&indexing)) else { return false };
        let trim = self.to_trim.min(made);
        self.to_trim -= trim;
        let keep = ((made - trim) as u64).min(total.saturating_sub(self.given)) as usize;
        out.extend_from_slice(&self.block[trim..trim + keep]);
        self.given += keep as u64;
        made > 0
    }
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
}
