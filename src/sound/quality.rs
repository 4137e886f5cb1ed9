//! What a recording sounds like, so that a bad microphone is not taken for a bad answer.

use serde::{Deserialize, Serialize};

use super::RATE;
use crate::interview::Spans;

/// So many samples in a row at the very top are cut off; fewer are a loud moment.
const RUN: u32 = 3;
/// The very top.
const TOP: u16 = 32_700;

/// What a recording sounds like. Levels are medians over frames of 16 ms, in dB of full scale.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Quality {
    /// Milliseconds in which it was recorded too loud and cut off.
    pub clipped_ms: u32,
    /// How loud speech is; none where nobody speaks.
    pub speech_db: Option<f32>,
    /// How loud it is where nobody speaks; none where there is always speech.
    pub noise_db: Option<f32>,
    /// Where another voice seems to speak than most of the time.
    pub other_voice: Spans,
}

/// Counts samples that are cut off.
#[derive(Default)]
pub(super) struct Clipping {
    run: u32,
    samples: u64,
}

impl Clipping {
    /// Takes the next samples, of which the highest amplitude is known.
    pub(super) fn push(&mut self, samples: &[i16], highest: u16) {
        if highest < TOP {
            self.run = 0;
            return;
        }
        for sample in samples {
            if sample.unsigned_abs() < TOP {
                self.run = 0;
                continue;
            }
            self.run += 1;
            // The first of a run are counted when the run is long enough to be one.
            self.samples += if self.run == RUN { u64::from(RUN) } else { u64::from(self.run > RUN) };
        }
    }

    pub(super) fn milliseconds(&self) -> u32 {
        (self.samples / u64::from(RATE / 1000)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_cut_off_is_counted_and_a_loud_moment_is_not() {
        let mut clipping = Clipping::default();
        clipping.push(&[32_767, 32_767, 100, -32_768, 0], 32_768);
        assert_eq!(clipping.samples, 0);
        clipping.push(&[32_767; 2], 32_767);
        clipping.push(&[-32_768; 94], 32_768);
        assert_eq!((clipping.samples, clipping.milliseconds()), (96, 2));
        clipping.push(&[100; 48], 100);
        clipping.push(&[32_767; 2], 32_767);
        assert_eq!(clipping.samples, 96, "another run, too short");
    }
}
