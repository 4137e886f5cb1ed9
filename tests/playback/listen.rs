//! Listens for faults in the recording of a smooth sound: clicks and holes.

use crate::voice::RATE;

/// What the sound is made of: no tone is higher than this, in Hz.
pub(super) const HIGHEST_HZ: f32 = 200.0;
/// Samples of the fades that are no fault: 10 ms.
const FADE: f32 = 480.0;
/// Quieter than this is nothing.
const NOTHING: f32 = 1e-4;
/// Samples of nothing that are no hole: 0.5 ms.
const MOST_HOLE: u64 = 24;

/// How sharply the wave bends at most (second difference), where tones of `level` fade into each other within 10 ms.
///
/// A tone bends by level × w². Four fades at once, a command on the heels of another, bend as much each; and a fade of equal power sets in
/// with a slope of its own, level × pi / 2 / [`FADE`]: three of those may meet. A jump of any size bends the wave by that size.
fn sharpest(level: f32) -> f32 {
    let w = HIGHEST_HZ / RATE * std::f32::consts::TAU;
    level * (4.0 * w * w + 3.0 * std::f32::consts::FRAC_PI_2 / FADE)
}

/// Hears a recording as it comes.
#[derive(Default)]
pub(super) struct Listener {
    last: [f32; 2],
    pub(super) heard: u64,
    level: f32,
    nothing: u64,
    /// Clicks so far, by sample and size.
    pub(super) clicks: Vec<(u64, f32)>,
    /// Holes so far, from sample to sample.
    pub(super) holes: Vec<(u64, u64)>,
}

impl Listener {
    /// Hears a sound whose tones have this level.
    pub(super) fn of(level: f32) -> Listener {
        Listener { level, ..Listener::default() }
    }

    /// The smallest jump that is heard as a click.
    pub(super) fn hears_from(&self) -> f32 {
        sharpest(self.level)
    }

    /// Listens on.
    pub(super) fn hear(&mut self, samples: &[f32]) {
        let most = sharpest(self.level);
        for sample in samples {
            let bend = (self.last[0] - 2.0 * self.last[1] + sample).abs();
            // One jump bends the wave twice.
            let is_new = self.clicks.last().is_none_or(|(at, _)| self.heard - at > 48);
            // What was before the first samples is not known.
            if bend > most && is_new && self.heard >= 2 {
                self.clicks.push((self.heard, bend));
            }
            if sample.abs() < NOTHING {
                self.nothing += 1;
            } else {
                self.end_hole();
            }
            self.last = [self.last[1], *sample];
            self.heard += 1;
        }
    }

    /// Samples that were no part of a hole.
    pub(super) fn sounding(&self) -> u64 {
        self.heard - self.holes.iter().map(|(from, to)| to - from).sum::<u64>()
    }

    /// Ends: what was nothing until now counts.
    pub(super) fn end_hole(&mut self) {
        if self.nothing > MOST_HOLE {
            self.holes.push((self.heard - self.nothing, self.heard));
        }
        self.nothing = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::voice::tone;

    fn faults(samples: &[f32]) -> (usize, usize) {
        let mut listener = Listener::of(0.2);
        samples.chunks(1_000).for_each(|chunk| listener.hear(chunk));
        (listener.clicks.len(), listener.holes.len())
    }

    #[test]
    fn a_planted_click_and_a_planted_hole_are_found_and_a_whole_tone_has_neither() {
        let whole = tone(2.0, HIGHEST_HZ, 0.2);
        assert_eq!(faults(&whole), (0, 0), "a tone from its start");
        assert_eq!(faults(&whole[60..]), (0, 0), "a tone from its top");
        let mut click = whole.clone();
        click[30_000..].iter_mut().for_each(|sample| *sample += 0.004);
        assert_eq!(faults(&click), (1, 0), "a jump of 2% of the level");
        // Thirty samples that are missing at the zero crossing, where nothing jumps.
        let mut hole = whole[..48_000].to_vec();
        hole.extend([0.0; 30]);
        hole.extend(&whole[48_000..]);
        assert_eq!(faults(&hole).1, 1, "0.6 ms of nothing");
        let mut lost = whole.clone();
        lost.drain(30_000..30_060);
        assert_eq!(faults(&lost).0, 1, "samples that were left out");
    }
}
