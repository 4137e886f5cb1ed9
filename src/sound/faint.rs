//! Speech so faint that a detector would pass over it: it is kept aside and heard once more, louder.

/// From this mean amplitude on a frame is not faint: −38 dB of full scale, where the detector still finds what it finds in a loud voice.
const LOUD: f32 = 412.0;
/// So many frames that are not faint show that the recording is not: half a second.
const ENOUGH: usize = 30;
/// What the loudest frames are brought to: −20 dB of full scale.
const TARGET: f32 = 3277.0;
/// No more is kept: 20 minutes at 16 kHz, 38 MB. What comes after is heard as it is.
const MOST: usize = 20 * 60 * 16_000;

/// What was heard so far, while all of it is faint.
#[derive(Default)]
pub(super) struct Faint {
    kept: Vec<i16>,
    /// Root mean square of each frame that is kept.
    levels: Vec<f32>,
    loud: usize,
}

impl Faint {
    /// Takes the next frame of samples, all of one length.
    pub(super) fn push(&mut self, frame: &[i16]) {
        if self.loud == ENOUGH || self.kept.len() >= MOST {
            return;
        }
        let power: i64 = frame.iter().map(|sample| i64::from(i32::from(*sample) * i32::from(*sample))).sum();
        let level = (power as f32 / frame.len().max(1) as f32).sqrt();
        self.loud += usize::from(level >= LOUD);
        if self.loud == ENOUGH {
            (self.kept, self.levels) = (Vec::new(), Vec::new());
            return;
        }
        self.kept.extend_from_slice(frame);
        self.levels.push(level);
    }

    /// The recording as loud as others are; none where it is loud enough, too short to tell, or digital silence.
    pub(super) fn louder(mut self) -> Option<Vec<i16>> {
        let high = self.levels.len() * 19 / 20;
        if self.levels.len() < ENOUGH {
            return None;
        }
        let level = *self.levels.select_nth_unstable_by(high, f32::total_cmp).1;
        if level < 1.0 {
            return None;
        }
        let factor = (TARGET / level).max(1.0);
        self.kept.iter_mut().for_each(|sample| *sample = (f32::from(*sample) * factor).round() as i16);
        Some(self.kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(amplitude: i16, frames: usize) -> Option<Vec<i16>> {
        let mut faint = Faint::default();
        (0..frames).for_each(|_| faint.push(&[amplitude, -amplitude].repeat(128)));
        faint.louder()
    }

    #[test]
    fn what_is_faint_comes_back_as_loud_as_others_are_and_nothing_else_does() {
        let louder = heard(20, 100).expect("−64 dB is faint");
        assert_eq!((louder.len(), louder[0]), (25_600, 3277));
        assert_eq!(heard(2_000, 100), None, "loud enough");
        assert_eq!(heard(0, 100), None, "digital silence");
        assert_eq!(heard(20, 10), None, "too short to tell");
    }
}
