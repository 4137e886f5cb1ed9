//! Reading: what of a written answer was on screen, and long enough to be read.

use jiff::Timestamp;

use super::{App, Effect};
use crate::interview::{AnswerId, Moment, Span, Spans};
use crate::journal::Act;

/// Characters that a quick reader takes in within a second; what was shown for less long was not read.
const PER_SECOND: i64 = 40;

/// Reading begins so many milliseconds after a text came on screen: a glance in passing is not reading.
const GLANCE_MS: i64 = 1_000;

/// A part of a written answer that is on screen. Its span counts characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Reading {
    answer: AnswerId,
    shown: Span,
    since: Timestamp,
}

impl App {
    /// Another part is on screen, or none: what was there until now may have been read.
    pub(super) fn on_screen(&mut self, part: Option<(AnswerId, Span)>) -> Vec<Effect> {
        let effects = self.count_reading();
        self.reading = part.map(|(answer, shown)| Reading { answer, shown, since: self.now });
        effects
    }

    /// Writes what was read of the part that is on screen, as far as it is news.
    pub(super) fn count_reading(&mut self) -> Vec<Effect> {
        let (Some(reading), Some(desk)) = (self.reading, &self.desk) else { return Vec::new() };
        let Some((submission, answer)) = desk.batch.answer(reading.answer).filter(|_| !self.read_only) else {
            return Vec::new();
        };
        let ms = (self.now.as_millisecond() - reading.since.as_millisecond() - GLANCE_MS).max(0);
        let end = reading.shown.start.shifted(ms * PER_SECOND / 1_000).min(reading.shown.end);
        let known = desk.mine().read.get(&answer.id).and_then(|read| read.of(answer.revision)).cloned().unwrap_or_default();
        let spans: Spans = known
            .complement(Span { start: Moment::START, end })
            .iter()
            .copied()
            .filter_map(|span| {
                let start = span.start.max(reading.shown.start);
                (start < span.end).then_some(Span { start, end: span.end })
            })
            .collect();
        if spans.is_empty() {
            return Vec::new();
        }
        let (revision, subject) = (answer.revision, submission.candidate.id);
        self.write(Act::Read { answer: reading.answer, revision, spans }, Some(subject))
    }
}
