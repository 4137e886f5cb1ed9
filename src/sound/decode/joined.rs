//! One file may hold several recordings that were joined: each is decoded by itself, one after the other, and it is told where the second
//! begins, and whether all are heard.

use std::collections::VecDeque;

use super::{Chunk, DecodeError, Head, How, One, Truncation, joints, length};
use crate::sound::{LONGEST_SECONDS, Recording};

/// Decodes a file from its start to its end.
pub struct Decoder {
    now: One,
    /// What is joined on to it.
    rest: VecDeque<Recording>,
    how: How,
    head: Head,
    halves: bool,
    /// Seconds that the recordings before this one lasted.
    before: f64,
    /// What is wrong with one of those.
    told: Option<Truncation>,
    /// Where the second recording begins.
    joint: Option<f64>,
    /// Where one stands that is not heard.
    unheard: Option<f64>,
}

impl Decoder {
    /// Recognises the recording and opens its sound. `hint` is its file's extension; a wrong one does no harm.
    ///
    /// # Errors
    /// When it is empty, no recording, without sound, in a coding that cannot be decoded here, or longer than is taken.
    pub fn open(bytes: Recording, hint: Option<&str>) -> Result<Decoder, DecodeError> {
        Decoder::open_as(bytes, hint, false)
    }

    /// The same, for one who wants nothing but both of two channels alike: where the codec can give that itself, as Opus can, it does so in
    /// seven to nine tenths of the time. [`Decoder::halves`] says whether it does.
    ///
    /// # Errors
    /// Whatever [`Decoder::open`] says.
    pub fn open_for_both(bytes: Recording, hint: Option<&str>) -> Result<Decoder, DecodeError> {
        Decoder::open_as(bytes, hint, true)
    }

    fn open_as(bytes: Recording, hint: Option<&str>, both: bool) -> Result<Decoder, DecodeError> {
        let how = How { hint: hint.map(str::to_owned), both, follows: false };
        let heads = joints::heads(&bytes);
        let ends = heads.iter().skip(1).copied().chain([bytes.len()]);
        let mut rest: VecDeque<Recording> = match heads[..] {
            [_] => [bytes].into(),
            _ => heads.iter().zip(ends).map(|(head, end)| bytes.part(*head..end)).collect(),
        };
        let first = rest.pop_front().ok_or(DecodeError::Empty)?;
        let now = One::open(first.clone(), &how)?;
        length::check([&first].into_iter().chain(&rest), &how)?;
        // A recording that was joined on may have channels that cancel each other: it is listened to anew.
        let how = How { both: false, follows: true, ..how };
        let (head, halves) = (now.head.clone(), now.halves);
        Ok(Decoder { now, rest, how, head, halves, before: 0.0, told: None, joint: None, unheard: None })
    }

    /// Whether one channel comes of two: the mean of both.
    pub fn halves(&self) -> bool {
        self.halves
    }

    /// What the container says of the sound; of several recordings that were joined, the first one's.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The next samples, or none at the end; how it ended is told by [`Decoder::truncation`].
    ///
    /// In place of what was lost, as far as its length is known, there is silence.
    ///
    /// # Errors
    /// When what is inside turns out to be beyond the limits, or the decoder itself fails.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk<'_>>, DecodeError> {
        loop {
            if let Some(rate) = self.now.step()? {
                if self.seconds() > LONGEST_SECONDS as f64 {
                    return Err(DecodeError::TooLong);
                }
                return Ok(Some(Chunk { planes: &self.now.planes, rate }));
            }
            if !self.follow() {
                return Ok(None);
            }
        }
    }

    /// Seconds that were decoded so far.
    pub(super) fn seconds(&self) -> f64 {
        self.before + self.now.seconds
    }

    /// Goes on to the next recording that can be opened; whether there is one.
    fn follow(&mut self) -> bool {
        while let Some(next) = self.rest.pop_front() {
            let at = self.seconds();
            let Ok(next) = One::open(next, &self.how) else {
                self.unheard.get_or_insert(at);
                continue;
            };
            self.told = worse(self.told, self.of_this());
            self.joint.get_or_insert(at);
            self.before = at;
            self.now = next;
            return true;
        }
        false
    }

    /// What is wrong with the recording that is decoded now, with places in the whole file.
    fn of_this(&self) -> Option<Truncation> {
        let told = self.now.truncation();
        // A head that nothing follows was not worth joining on.
        let is_silent = self.now.seconds == 0.0 && self.joint.is_some();
        let unheard = is_silent.then_some(Truncation::Joined { at_ms: 0, heard: false });
        worse(told, unheard).map(|how| how.later(ms(self.before)))
    }

    /// What is wrong with the file, once all of it is decoded.
    pub fn truncation(&self) -> Option<Truncation> {
        let joined = |at: f64, heard| Truncation::Joined { at_ms: ms(at), heard };
        let unheard = self.unheard.map(|at| joined(at, false));
        let told = worse(self.told, self.of_this());
        worse(worse(told.filter(Truncation::loses), unheard), told).or_else(|| self.joint.map(|at| joined(at, true)))
    }
}

fn ms(seconds: f64) -> u64 {
    (seconds * 1000.0).round() as u64
}

/// The first of two that loses something, else the first.
fn worse(one: Option<Truncation>, other: Option<Truncation>) -> Option<Truncation> {
    one.filter(Truncation::loses).or(other.filter(Truncation::loses)).or(one).or(other)
}
