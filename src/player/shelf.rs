//! Answers that were decoded a moment ago: who goes back to one, or hears it beside another, does not wait for it again.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::interview::AnswerId;
use crate::sound::{Loaded, Pcm, Prepared, Recording};

/// So many answers are kept at most…
const MOST: usize = 16;
/// …and so many samples of all of them: 16 answers of three minutes, 277 MB.
const MOST_SAMPLES: u64 = 16 * 180 * 48_000;

/// Which sound an answer has: another recording of it, or another mix, is another sound.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Key {
    answer: AnswerId,
    content: u64,
    weights: Vec<f32>,
}

impl Key {
    pub(super) fn of(answer: AnswerId, bytes: &Recording, prepared: Option<&Prepared>) -> Key {
        // Two recordings that begin and end in silence may have one length and the same ends: every byte counts.
        let mut content = DefaultHasher::new();
        bytes[..].hash(&mut content);
        let weights = prepared.map_or_else(Vec::new, |prepared| prepared.downmix.weights().to_vec());
        Key { answer, content: content.finish(), weights }
    }
}

/// One decoded answer.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) pcm: Pcm,
    pub(super) loaded: Loaded,
    /// What was measured of it, where it came unprepared.
    pub(super) measured: Option<Prepared>,
}

/// The last ones that were decoded, the newest last.
#[derive(Default, Debug)]
pub(super) struct Shelf(Vec<(Key, Kept)>);

impl Shelf {
    /// What is kept under `key`; it counts as the newest from now on.
    pub(super) fn find(&mut self, key: &Key) -> Option<Kept> {
        let at = self.0.iter().position(|(found, _)| found == key)?;
        let entry = self.0.remove(at);
        let kept = entry.1.clone();
        self.0.push(entry);
        Some(kept)
    }

    /// Keeps a decoded answer; the oldest make room for it. One that is larger than the shelf is not kept.
    pub(super) fn keep(&mut self, key: Key, kept: Kept) {
        self.0.retain(|(found, _)| *found != key);
        self.0.push((key, kept));
        while self.0.len() > MOST || self.samples() > MOST_SAMPLES {
            self.0.remove(0);
        }
    }

    fn samples(&self) -> u64 {
        self.0.iter().map(|(_, kept)| kept.loaded.samples).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sound::Downmix;

    fn key(nth: u8) -> Key {
        Key::of(AnswerId::derive(&["an answer"]), &vec![nth; 100].into(), None)
    }

    fn kept(samples: u64) -> Kept {
        let even = Downmix::even(1);
        let loaded = Loaded { samples, downmix: even.clone(), best: even, truncated: None };
        Kept { pcm: Pcm::from_samples(&[]), loaded, measured: None }
    }

    #[test]
    fn a_new_recording_of_an_answer_is_not_taken_for_the_old_one() {
        let mut shelf = Shelf::default();
        shelf.keep(key(1), kept(5));
        assert!(shelf.find(&key(1)).is_some());
        assert!(shelf.find(&key(2)).is_none());
    }

    #[test]
    fn the_one_that_was_not_heard_for_longest_makes_room() {
        let mut shelf = Shelf::default();
        (0..16).for_each(|nth| shelf.keep(key(nth), kept(1)));
        assert!(shelf.find(&key(0)).is_some());
        shelf.keep(key(16), kept(1));
        assert!(shelf.find(&key(0)).is_some(), "it was just heard");
        assert!(shelf.find(&key(1)).is_none());
    }

    #[test]
    fn memory_is_bounded_whatever_the_answers_length() {
        let mut shelf = Shelf::default();
        shelf.keep(key(1), kept(MOST_SAMPLES / 2 + 1));
        shelf.keep(key(2), kept(MOST_SAMPLES / 2 + 1));
        assert!(shelf.find(&key(1)).is_none() && shelf.find(&key(2)).is_some());
        shelf.keep(key(3), kept(MOST_SAMPLES + 1));
        assert!(shelf.find(&key(3)).is_none(), "larger than the shelf");
    }
}
