//! Moments in an answer, and stretches of it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A moment in an answer's own time, in milliseconds from its start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Moment(pub u32);

impl Moment {
    /// The start of the answer.
    pub const START: Moment = Moment(0);

    /// A moment from seconds; what is negative or not a number is the start.
    pub fn from_seconds(seconds: f64) -> Self {
        Moment((seconds * 1000.0).round() as u32)
    }

    /// Seconds from the start.
    pub fn seconds(self) -> f64 {
        f64::from(self.0) / 1000.0
    }

    /// `ms` later or earlier, not before the start.
    pub fn shifted(self, ms: i64) -> Self {
        Moment((i64::from(self.0) + ms).clamp(0, i64::from(u32::MAX)) as u32)
    }

    /// With its unit, for who reads it without a clock beside it: `9.8 s`, `1:05 min`, `1:00:05 h`.
    pub fn with_unit(self) -> String {
        match self.0 {
            0..60_000 => format!("{}.{} s", self.0 / 1000, self.0 % 1000 / 100),
            60_000..3_600_000 => format!("{self} min"),
            _ => format!("{self} h"),
        }
    }
}

/// Minutes and seconds, `1:05`; hours where there are any.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0 / 1000;
        let text = match seconds / 3600 {
            0 => format!("{}:{:02}", seconds / 60, seconds % 60),
            hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
        };
        f.pad(&text)
    }
}

/// A stretch of an answer, from `start` up to but not including `end`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Span {
    /// Its first moment.
    pub start: Moment,
    /// The moment after its last.
    pub end: Moment,
}

impl Span {
    /// The stretch between two moments, whichever comes first.
    pub fn between(a: Moment, b: Moment) -> Self {
        Span { start: a.min(b), end: a.max(b) }
    }

    /// Its length in milliseconds.
    pub fn length(&self) -> u32 {
        self.end.0.saturating_sub(self.start.0)
    }

    /// Whether `moment` lies in it.
    pub fn contains(&self, moment: Moment) -> bool {
        self.start <= moment && moment < self.end
    }
}

/// Stretches of an answer without overlap, in order: what was heard, where speech is.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug, Serialize, Deserialize)]
#[serde(from = "Vec<Span>", into = "Vec<Span>")]
pub struct Spans(Vec<Span>);

impl Spans {
    /// Adds a stretch; what overlaps or touches becomes one.
    pub fn add(&mut self, span: Span) {
        if span.length() == 0 {
            return;
        }
        let from = self.0.partition_point(|s| s.end < span.start);
        let to = self.0.partition_point(|s| s.start <= span.end);
        let merged = self.0[from..to].iter().fold(span, |all, s| Span { start: all.start.min(s.start), end: all.end.max(s.end) });
        self.0.splice(from..to, [merged]);
    }

    /// Adds all of `other`.
    pub fn add_all(&mut self, other: &Spans) {
        other.iter().for_each(|span| self.add(*span));
    }

    /// The stretches in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Span> {
        self.0.iter()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Milliseconds in all.
    pub fn length(&self) -> u32 {
        self.0.iter().map(Span::length).sum()
    }

    /// Milliseconds that both have.
    pub fn overlap(&self, other: &Spans) -> u32 {
        let (mut a, mut b, mut shared) = (self.0.iter().peekable(), other.0.iter().peekable(), 0);
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            shared += x.end.min(y.end).0.saturating_sub(x.start.max(y.start).0);
            if x.end < y.end {
                a.next()
            } else {
                b.next()
            };
        }
        shared
    }

    /// What of `within` is in none of these stretches.
    pub fn complement(&self, within: Span) -> Spans {
        let mut gaps = Vec::new();
        let mut at = within.start;
        for span in &self.0 {
            if span.start > at {
                gaps.push(Span { start: at, end: span.start.min(within.end) });
            }
            at = at.max(span.end);
        }
        if at < within.end {
            gaps.push(Span { start: at, end: within.end });
        }
        gaps.retain(|gap| gap.start < gap.end);
        Spans(gaps)
    }
}

impl From<Vec<Span>> for Spans {
    fn from(spans: Vec<Span>) -> Self {
        spans.into_iter().collect()
    }
}

impl From<Spans> for Vec<Span> {
    fn from(spans: Spans) -> Self {
        spans.0
    }
}

impl FromIterator<Span> for Spans {
    fn from_iter<I: IntoIterator<Item = Span>>(spans: I) -> Self {
        let mut all = Spans::default();
        spans.into_iter().for_each(|span| all.add(span));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(of: &[(u32, u32)]) -> Spans {
        of.iter().map(|&(a, b)| Span { start: Moment(a), end: Moment(b) }).collect()
    }

    #[test]
    fn what_overlaps_or_touches_becomes_one() {
        assert_eq!(spans(&[(0, 5), (5, 9)]), spans(&[(0, 9)]));
        assert_eq!(spans(&[(10, 20), (0, 5), (4, 12)]), spans(&[(0, 20)]));
        assert_eq!(spans(&[(3, 3)]), spans(&[]));
    }

    #[test]
    fn hearing_twice_counts_once() {
        let heard = spans(&[(0, 1000), (500, 1500)]);
        assert_eq!(heard.length(), 1500);
        assert_eq!(heard.overlap(&spans(&[(400, 600), (1400, 9000)])), 300);
    }

    #[test]
    fn the_complement_is_what_is_missing() {
        let within = Span { start: Moment(0), end: Moment(100) };
        assert_eq!(spans(&[(10, 20), (50, 200)]).complement(within), spans(&[(0, 10), (20, 50)]));
        assert_eq!(spans(&[]).complement(within), spans(&[(0, 100)]));
    }

    #[test]
    fn a_moment_reads_as_people_write_it() {
        assert_eq!(Moment(65_400).to_string(), "1:05");
        assert_eq!(Moment(3_661_000).to_string(), "1:01:01");
        assert_eq!(Moment::from_seconds(f64::NAN), Moment(0));
        assert_eq!(Moment(500).shifted(-5000), Moment(0));
    }
}
