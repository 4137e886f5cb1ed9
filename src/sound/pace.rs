//! Everyone at the same pace: the speed at which a person's words come as fast as is asked for.

use super::stretch::{FASTEST, SLOWEST};

/// Speeds are steps of this, so that what is shown is what is played.
pub const STEP: f32 = 0.05;
/// The slowest and the fastest pace that a reviewer may ask for, in words per minute.
pub const PACES: std::ops::RangeInclusive<u16> = 60..=600;
/// Speech of fewer words than this, or shorter than [`SHORTEST_MS`], has no pace worth the name.
const FEWEST_WORDS: usize = 5;
const SHORTEST_MS: u32 = 2_000;

/// The speed at which `words` said in `speech_ms` of speech, pauses not counted, come at `target` words per minute: a slow speaker
/// becomes faster, a fast one slower, in steps of 0.05 and within 0.5..=3. None where there is too little speech to tell.
pub fn speed_for(words: usize, speech_ms: u32, target: f32) -> Option<f32> {
    let pace = pace_of(words, speech_ms)?;
    (target.is_finite() && target > 0.0).then(|| ((target / pace / STEP).round() * STEP).clamp(SLOWEST, FASTEST))
}

/// Words per minute of speech alone, its pauses not counted: 100 words in 40 s of speech and 20 s of pauses are 150. None where there is too little speech to tell.
pub fn pace_of(words: usize, speech_ms: u32) -> Option<f32> {
    let is_enough = words >= FEWEST_WORDS && speech_ms >= SHORTEST_MS;
    is_enough.then(|| words as f32 * 60_000.0 / speech_ms as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slow_speakers_become_faster_and_fast_ones_slower() {
        assert_eq!(speed_for(100, 60_000, 200.0), Some(2.0));
        assert_eq!(speed_for(250, 60_000, 200.0), Some(0.8));
        assert_eq!(speed_for(200, 60_000, 200.0), Some(1.0));
    }

    #[test]
    fn a_speed_is_a_step_and_within_the_limits() {
        let speed = speed_for(137, 61_300, 211.0).expect("there is enough speech");
        assert!((speed / STEP - (speed / STEP).round()).abs() < 1e-3, "{speed}");
        assert_eq!(speed_for(20, 60_000, 400.0), Some(3.0));
        assert_eq!(speed_for(400, 60_000, 50.0), Some(0.5));
    }

    #[test]
    fn too_little_speech_has_no_pace() {
        assert_eq!(speed_for(4, 60_000, 200.0), None);
        assert_eq!(speed_for(10, 1_000, 200.0), None);
        assert_eq!(speed_for(100, 60_000, f32::NAN), None);
        assert_eq!(speed_for(100, 60_000, 0.0), None);
    }
}
