//! What really came out of the device, per answer and speed.

use std::collections::VecDeque;

use crate::interview::{AnswerId, Span, Spans};
use crate::sound::mixer::Played;
use crate::sound::moment_of;

/// Collects what was given to the device until it was heard, and what was heard until it is reported.
#[derive(Default)]
pub(super) struct Ledger {
    given: VecDeque<(AnswerId, Played)>,
    heard: Vec<(AnswerId, u16, Spans)>,
}

impl Ledger {
    /// This was given to the device.
    pub(super) fn give(&mut self, answer: AnswerId, played: Played) {
        self.given.push_back((answer, played));
    }

    /// The device has played up to sample `output`.
    pub(super) fn heard_up_to(&mut self, output: u64) {
        while self.given.front().is_some_and(|(_, played)| played.until <= output) {
            let Some((answer, played)) = self.given.pop_front() else { return };
            self.count(answer, played.speed, played.from, played.to);
        }
    }

    /// The device is gone, and had played up to sample `output`: what it was given and did not play was not heard.
    pub(super) fn lose(&mut self, output: u64) {
        self.heard_up_to(output);
        if let Some((answer, played)) = self.given.front().copied() {
            let missing = (played.until.saturating_sub(output) as f64 * f64::from(played.speed)).ceil() as u64;
            let to = played.to.saturating_sub(missing);
            if to > played.from {
                self.count(answer, played.speed, played.from, to);
            }
        }
        self.given.clear();
    }

    fn count(&mut self, answer: AnswerId, speed: f32, from: u64, to: u64) {
        let speed = (speed * 100.0).round() as u16;
        let span = Span { start: moment_of(from), end: moment_of(to) };
        match self.heard.iter_mut().find(|(of, at, _)| (*of, *at) == (answer, speed)) {
            Some((_, _, spans)) => spans.add(span),
            None => self.heard.push((answer, speed, Spans::from_iter([span]))),
        }
    }

    /// Whether something waits for being heard.
    pub(super) fn waits(&self) -> bool {
        !self.given.is_empty()
    }

    /// What to report now.
    pub(super) fn take(&mut self) -> Vec<(AnswerId, u16, Spans)> {
        self.heard.retain(|(_, _, spans)| !spans.is_empty());
        std::mem::take(&mut self.heard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interview::Moment;
    use crate::sound::mixer::Slot;

    fn played(from: u64, to: u64, until: u64) -> Played {
        Played { slot: Slot::A, load: 1, from, to, speed: 1.5, until }
    }

    #[test]
    fn only_what_came_out_is_heard() {
        let mut ledger = Ledger::default();
        let answer = AnswerId::derive(&["a"]);
        ledger.give(answer, played(0, 48_000, 32_000));
        ledger.give(answer, played(48_000, 96_000, 64_000));
        ledger.heard_up_to(40_000);
        // Of the second piece a quarter came out.
        ledger.lose(40_000);
        ledger.heard_up_to(99_000);
        let spans = Spans::from_iter([Span { start: Moment(0), end: Moment(1250) }]);
        assert_eq!(ledger.take(), [(answer, 150, spans)]);
        assert_eq!(ledger.take(), []);
    }
}
