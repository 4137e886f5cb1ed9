//! Stretches of an answer, moved by the word at either end.

use std::ops::Range;

use super::Desk;
use crate::interview::{AnswerId, Moment, Span};
use crate::text::SafeText;

/// Where nothing says what was said when, an end moves by so much.
const STEP_MS: i64 = 1_000;

impl Desk {
    /// A stretch of an answer that begins and ends by so many words later, earlier where negative, and its words: of a recording
    /// milliseconds, of a written answer characters. Without a transcript that has times, a word is a second.
    ///
    /// None where there is no such word, or nothing would be left between the ends.
    pub fn moved(&self, answer: AnswerId, span: Span, start: isize, end: isize) -> Option<(Span, SafeText)> {
        let (_, given) = self.batch.answer(answer)?;
        if !given.kind.is_recording() {
            return self.moved_in_text(answer, span, start, end);
        }
        let said = self.transcript(answer).filter(|transcript| transcript.is_timed());
        let Some(said) = said else { return self.moved_in_time(answer, span, start, end) };
        let places: Vec<Span> = said.words.iter().map(|word| word.span).collect();
        let words = moved(&places, span, start, end)?;
        Some((said.span_of(&words)?, SafeText::block(&said.text(words))))
    }

    fn moved_in_time(&self, answer: AnswerId, span: Span, start: isize, end: isize) -> Option<(Span, SafeText)> {
        let length = self.outlines.get(&answer).map_or(Moment(u32::MAX), |outline| outline.length);
        if start < 0 && span.start == Moment::START || end > 0 && span.end >= length {
            return None;
        }
        let at = |moment: Moment, by: isize| moment.shifted(by as i64 * STEP_MS).min(length);
        let moved = Span { start: at(span.start, start), end: at(span.end, end) };
        (moved.start < moved.end).then(|| (moved, SafeText::default()))
    }

    fn moved_in_text(&self, answer: AnswerId, span: Span, start: isize, end: isize) -> Option<(Span, SafeText)> {
        let (_, given) = self.batch.answer(answer)?;
        let text = self.written(given)?;
        let shown = words_of(text.text.as_str());
        let places: Vec<Span> = shown.iter().map(|word| text.original(*word)).collect();
        let words = moved(&places, span, start, end)?;
        let moved = Span { start: places.get(words.start)?.start, end: places.get(words.end.checked_sub(1)?)?.end };
        Some((moved, text.part(moved)))
    }

    /// The bytes of a written answer as it is shown that stand for characters of the original; none where it is a recording.
    pub fn bytes_of(&self, answer: AnswerId, span: Span) -> Option<Range<usize>> {
        let (_, given) = self.batch.answer(answer).filter(|(_, given)| !given.kind.is_recording())?;
        let text = self.written(given)?;
        let shown = text.text.as_str();
        let within = words_of(shown).into_iter().filter(|word| {
            let place = text.original(*word);
            place.start < span.end && span.start < place.end
        });
        let (first, last) = within.fold((None, None), |(first, _), word| (first.or(Some(word.start)), Some(word.end)));
        let byte = |at: Moment| shown.char_indices().nth(at.0 as usize).map_or(shown.len(), |(byte, _)| byte);
        Some(byte(first?)..byte(last?))
    }
}

/// Where the words of a text stand, in characters.
fn words_of(text: &str) -> Vec<Span> {
    let mut words = Vec::new();
    let mut begun: Option<u32> = None;
    let mut count = 0;
    for c in text.chars() {
        match (c.is_whitespace(), begun) {
            (true, Some(start)) => {
                words.push(Span { start: Moment(start), end: Moment(count) });
                begun = None;
            }
            (false, None) => begun = Some(count),
            _ => {}
        }
        count += 1;
    }
    words.extend(begun.map(|start| Span { start: Moment(start), end: Moment(count) }));
    words
}

/// The words of a stretch whose ends go on by so many words.
fn moved(words: &[Span], span: Span, start: isize, end: isize) -> Option<Range<usize>> {
    // A stretch that was marked by words begins and ends with one; any other takes in the words that sound within it.
    let exact = words.partition_point(|word| word.start < span.start);
    let from = match words.get(exact) {
        Some(word) if word.start == span.start => exact,
        _ => words.partition_point(|word| word.end <= span.start),
    };
    let last = words[..words.partition_point(|word| word.start < span.end)].iter().rposition(|word| word.end == span.end);
    let to = last.map_or_else(|| words.partition_point(|word| word.start < span.end), |last| last + 1);
    let (from, to) = (from.checked_add_signed(start)?, to.checked_add_signed(end)?);
    (from < to && to <= words.len()).then_some(from..to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(text: &[(u32, u32)]) -> Vec<Span> {
        text.iter().map(|(start, end)| Span { start: Moment(*start), end: Moment(*end) }).collect()
    }

    #[test]
    fn both_ends_go_both_ways_and_never_past_each_other_or_the_text() {
        let words = spans(&[(0, 4), (5, 9), (10, 14), (15, 19)]);
        let stretch = Span { start: Moment(5), end: Moment(14) };
        assert_eq!(moved(&words, stretch, 0, 0), Some(1..3));
        assert_eq!(moved(&words, stretch, -1, 0), Some(0..3));
        assert_eq!(moved(&words, stretch, 1, 0), Some(2..3));
        assert_eq!(moved(&words, stretch, 0, 1), Some(1..4));
        assert_eq!(moved(&words, stretch, 0, -1), Some(1..2));
        assert_eq!(moved(&words, stretch, 2, 0), None, "a word is the least");
        assert_eq!(moved(&words, stretch, 0, -2), None);
        assert_eq!(moved(&words, stretch, -2, 0), None, "there is nothing before the first");
        assert_eq!(moved(&words, stretch, 0, 2), None, "nor after the last");
        assert_eq!(moved(&[], stretch, 0, 0), None);
    }

    #[test]
    fn a_stretch_between_words_takes_in_those_that_sound_within_it() {
        let words = spans(&[(0, 400), (500, 900), (1_000, 1_400)]);
        let stretch = Span { start: Moment(450), end: Moment(1_100) };
        assert_eq!(moved(&words, stretch, 0, 0), Some(1..3));
        // A word may end while the next sounds: what was marked by words stays as it was marked.
        let overlapping = spans(&[(0, 600), (500, 900), (800, 1_400)]);
        let second = Span { start: Moment(500), end: Moment(900) };
        assert_eq!(moved(&overlapping, second, 0, 0), Some(1..2));
    }

    #[test]
    fn words_of_a_text_are_counted_in_characters() {
        let places: Vec<(u32, u32)> = words_of(" zwei  Wörter\n灯台").iter().map(|word| (word.start.0, word.end.0)).collect();
        assert_eq!(places, [(1, 5), (7, 13), (14, 16)]);
    }
}
