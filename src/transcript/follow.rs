//! Which word is being spoken now, when the next one begins, and which sentence a moment belongs to.
//!
//! Nothing here ticks: a screen asks for the next change and sleeps until then.

use std::ops::Range;

use super::{Timing, Transcript, Word};
use crate::interview::{Moment, Span};

/// A silence after which a sentence has ended, whatever its punctuation, in milliseconds.
const SENTENCE_PAUSE_MS: u32 = 1_200;
/// Going back within this time of a sentence's start goes to the one before, as players do.
const BACK_WITHIN_MS: u32 = 1_000;
/// A sentence is evidence while it is spoken once this much of it was heard; before that the one before it is meant.
const HEARD_ENOUGH_MS: u32 = 1_500;
/// The longest sentence; speech without punctuation or pause is cut here.
const MOST_WORDS: usize = 60;
/// Text with fewer sentence ends than one in this many words is taken to have none: its cues are its sentences.
const SPARSE_PUNCTUATION: usize = 40;

/// A silence between two words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pause {
    /// The word before it; the word after it is the next.
    pub after: usize,
    /// From the end of that word to the start of the next.
    pub span: Span,
}

impl Transcript {
    /// The word that is lit at a moment: the last that has begun. It stays lit through a pause.
    ///
    /// None before the first word, and where there are no times.
    pub fn word_at(&self, at: Moment) -> Option<usize> {
        self.begun(at).checked_sub(1)
    }

    /// When the next word after a moment begins: until then the screen need not change.
    pub fn next_word_start(&self, at: Moment) -> Option<Moment> {
        let next = self.words.get(self.begun(at)).filter(|_| self.is_timed())?;
        Some(next.span.start)
    }

    /// The words that sound within a stretch, also those that begin before it or end after it.
    pub fn words_within(&self, span: Span) -> Range<usize> {
        if !self.is_timed() || span.length() == 0 {
            return 0..0;
        }
        let from = self.words.partition_point(|word| word.span.end <= span.start);
        let to = self.words.partition_point(|word| word.span.start < span.end);
        from..to.max(from)
    }

    /// From the start of the first of some words to the end of the last; none for no words.
    pub fn span_of(&self, words: &Range<usize>) -> Option<Span> {
        let words = self.words.get(words.clone()).filter(|words| !words.is_empty())?;
        Some(Span { start: words.first()?.span.start, end: words.last()?.span.end })
    }

    /// The word before which a silence lies: the first that begins after its middle, or one more than there are where none does.
    /// None where there are no times.
    pub fn word_after(&self, silence: Span) -> Option<usize> {
        let middle = silence.start.shifted(i64::from(silence.length() / 2));
        self.is_timed().then(|| self.words.partition_point(|word| word.span.start < middle))
    }

    /// The pauses between words of at least `ms`. Where only captions have times these are the pauses between captions.
    pub fn pauses(&self, ms: u32) -> Vec<Pause> {
        let gap = |(after, pair): (usize, &[Word])| {
            let span = Span { start: pair[0].span.end, end: pair[1].span.start.max(pair[0].span.end) };
            (span.length() >= ms.max(1)).then_some(Pause { after, span })
        };
        self.words.windows(2).enumerate().filter_map(gap).collect()
    }

    /// Whether anything says when its words were said.
    pub fn is_timed(&self) -> bool {
        self.timing != Timing::None
    }

    /// How many words have begun.
    fn begun(&self, at: Moment) -> usize {
        if self.is_timed() { self.words.partition_point(|word| word.span.start <= at) } else { 0 }
    }
}

/// The sentences of a transcript: found once, then asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sentences {
    words: Vec<Range<usize>>,
    spans: Vec<Span>,
    timed: bool,
}

impl Sentences {
    /// Cuts a transcript at punctuation, at pauses, where another person speaks, and where there is no punctuation at its cues.
    pub fn of(transcript: &Transcript) -> Self {
        let words = &transcript.words;
        let ends = words.iter().filter(|word| ends_sentence(word.text.as_str())).count();
        let by_cue = ends * SPARSE_PUNCTUATION < words.len();
        let mut sentences = Sentences { timed: transcript.is_timed(), ..Sentences::default() };
        let mut from = 0;
        for (i, word) in words.iter().enumerate() {
            let is_last = words.get(i + 1).is_none_or(|next| {
                let pause = next.span.start.0.saturating_sub(word.span.end.0);
                let speaker = |word: &Word| transcript.cues.get(word.cue).and_then(|cue| cue.speaker.as_ref());
                let other_cue = word.cue != next.cue;
                ends_sentence(word.text.as_str())
                    || pause >= SENTENCE_PAUSE_MS
                    || other_cue && (by_cue || speaker(word) != speaker(next))
                    || i + 1 - from >= MOST_WORDS
            });
            if is_last {
                sentences.words.push(from..i + 1);
                sentences.spans.push(Span { start: words[from].span.start, end: word.span.end });
                from = i + 1;
            }
        }
        sentences
    }

    /// The words of each sentence, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Range<usize>> {
        self.words.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Where to go for the sentence after a moment.
    pub fn next_start(&self, at: Moment) -> Option<Moment> {
        self.spans.get(self.begun(at)).filter(|_| self.timed).map(|span| span.start)
    }

    /// Where to go for the sentence before a moment: its own start, or within a second of that the start of the one before.
    ///
    /// None before the first sentence.
    pub fn previous_start(&self, at: Moment) -> Option<Moment> {
        let current = self.begun(at).checked_sub(1)?;
        let start = self.spans[current].start;
        let is_deep = at.0 - start.0 > BACK_WITHIN_MS;
        Some(if is_deep || current == 0 { start } else { self.spans[current - 1].start })
    }

    /// The words of the sentence that a person means who marks evidence at a moment: the one that is being spoken, or, while
    /// little of that was heard, the one before it.
    pub fn last_spoken(&self, at: Moment) -> Option<Range<usize>> {
        let current = self.begun(at).checked_sub(1)?;
        let span = self.spans[current];
        let is_heard = at >= span.end || at.0 - span.start.0 >= HEARD_ENOUGH_MS;
        let meant = if is_heard { current } else { current.saturating_sub(1) };
        self.words.get(meant).cloned()
    }

    /// How many sentences have begun.
    fn begun(&self, at: Moment) -> usize {
        if self.timed { self.spans.partition_point(|span| span.start <= at) } else { 0 }
    }
}

/// Whether a word closes a sentence: `end.`, `what?"`, `好。`, but not `Mr.` or `e.g.`.
/// Whether a sentence ends with a word as it is written.
pub(super) fn ends_sentence(word: &str) -> bool {
    let bare = word.trim_end_matches(['"', '\'', '”', '’', '»', ')', ']', '」', '』']);
    if bare.ends_with(['?', '!', '…', '。', '！', '？', '؟', '।']) {
        return true;
    }
    let Some(stem) = bare.strip_suffix('.') else { return false };
    let is_initial = stem.chars().count() == 1 && stem.chars().all(char::is_uppercase) && stem != "I";
    let is_title = ["mr", "mrs", "ms", "dr", "prof", "st", "vs", "approx"].contains(&stem.to_lowercase().as_str());
    let is_abbreviation = stem.contains('.') && stem.len() <= 4;
    !(is_initial || is_title || is_abbreviation)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    /// Words as `start-end:text`.
    fn transcript(words: &str) -> Transcript {
        let word = |word: &str| {
            let (times, text) = word.split_once(':').expect("start-end:text");
            let (start, end) = times.split_once('-').expect("start-end");
            let seconds = |ms: &str| ms.parse::<f64>().expect("a number") / 1000.0;
            serde_json::json!({ "word": text, "start": seconds(start), "end": seconds(end) })
        };
        let words: Vec<_> = words.split_whitespace().map(word).collect();
        let json = serde_json::json!({ "words": words, "duration": 60 }).to_string();
        read(json.as_bytes(), "t.json", None).expect("a list of words").transcript
    }

    const ANSWER: &str = "1000-1400:I 1400-1800:checked. 2000-2300:Then 2300-2900:logs. 5000-5500:It 5500-6000:was 6000-6800:late.";

    #[test]
    fn the_last_word_that_began_is_lit_and_stays_so_in_a_pause() {
        let answer = transcript(ANSWER);
        let lit = |ms| answer.word_at(Moment(ms));
        assert_eq!(
            [lit(0), lit(999), lit(1000), lit(1399), lit(1400), lit(1900), lit(99_000)],
            [None, None, Some(0), Some(0), Some(1), Some(1), Some(6)]
        );
    }

    #[test]
    fn the_screen_sleeps_until_the_next_word() {
        let answer = transcript(ANSWER);
        assert_eq!(answer.next_word_start(Moment(0)), Some(Moment(1000)));
        assert_eq!(answer.next_word_start(Moment(1000)), Some(Moment(1400)));
        assert_eq!(answer.next_word_start(Moment(3000)), Some(Moment(5000)));
        assert_eq!(answer.next_word_start(Moment(6000)), None);
    }

    #[test]
    fn words_of_a_stretch_are_those_that_sound_in_it() {
        let answer = transcript(ANSWER);
        let within = |a, b| answer.words_within(Span { start: Moment(a), end: Moment(b) });
        assert_eq!(within(1200, 2100), 0..3);
        assert_eq!(within(3000, 4000), 4..4);
        assert_eq!(answer.text(within(2000, 2900)), "Then logs.");
        assert_eq!(answer.span_of(&(2..4)), Some(Span { start: Moment(2000), end: Moment(2900) }));
        assert_eq!(answer.span_of(&(2..2)), None);
    }

    #[test]
    fn sentences_end_at_punctuation_and_pauses() {
        let sentences = |words: &str| Sentences::of(&transcript(words)).iter().cloned().collect::<Vec<_>>();
        assert_eq!(sentences(ANSWER), [0..2, 2..4, 4..7]);
        assert_eq!(sentences("0-400:so 400-800:well 3000-3300:then 3300-3600:yes."), [0..2, 2..4]);
        assert_eq!(sentences("0-1:Mr. 2-3:J. 4-5:Doe 6-7:left. 8-9:Did"), [0..4, 4..5]);
    }

    #[test]
    fn without_punctuation_a_caption_is_a_sentence() {
        let captions = "WEBVTT\n\n00:01.000 --> 00:02.000\nso we looked\n\n00:02.000 --> 00:03.000\nat the disk\n";
        let captions = read(captions.as_bytes(), "c.vtt", None).expect("WebVTT").transcript;
        assert_eq!(Sentences::of(&captions).iter().cloned().collect::<Vec<_>>(), [0..3, 3..6]);
    }

    #[test]
    fn going_back_goes_to_this_sentence_first_and_then_to_the_one_before() {
        let sentences = Sentences::of(&transcript(ANSWER));
        let back = |ms| sentences.previous_start(Moment(ms));
        assert_eq!(
            [back(500), back(1500), back(2500), back(3500), back(6500)].map(|at| at.map(|at| at.0)),
            [None, Some(1000), Some(1000), Some(2000), Some(5000)]
        );
        assert_eq!(sentences.next_start(Moment(2500)), Some(Moment(5000)));
        assert_eq!(sentences.next_start(Moment(5000)), None);
    }

    #[test]
    fn evidence_is_the_sentence_that_was_just_heard() {
        let sentences = Sentences::of(&transcript(ANSWER));
        let meant = |ms| sentences.last_spoken(Moment(ms));
        assert_eq!(meant(500), None);
        assert_eq!(meant(3500), Some(2..4), "the pause after a sentence");
        assert_eq!(meant(5200), Some(2..4), "the next one has hardly begun");
        assert_eq!(meant(6600), Some(4..7), "most of it was heard");
        assert_eq!(meant(1200), Some(0..2), "there is none before the first");
    }

    #[test]
    fn pauses_are_the_gaps_that_are_long_enough() {
        let pauses = transcript(ANSWER).pauses(1500);
        assert_eq!(pauses, [Pause { after: 3, span: Span { start: Moment(2900), end: Moment(5000) } }]);
        assert_eq!(transcript(ANSWER).pauses(0).len(), 2);
    }

    #[test]
    fn a_silence_lies_before_the_word_that_ends_it() {
        let answer = transcript(ANSWER);
        let before = |start, end| answer.word_after(Span { start: Moment(start), end: Moment(end) });
        assert_eq!([before(0, 1000), before(2900, 5000), before(2700, 5100), before(6800, 9000)].map(Option::unwrap), [0, 4, 4, 7]);
        let untimed = read(b"One two. Three.", "t.txt", None).expect("text").transcript;
        assert_eq!(untimed.word_after(Span { start: Moment(0), end: Moment(9) }), None);
    }

    #[test]
    fn without_times_nothing_is_followed_and_sentences_are_still_cut() {
        let text = read(b"One two. Three.", "t.txt", None).expect("text").transcript;
        assert_eq!((text.word_at(Moment(0)), text.next_word_start(Moment(0))), (None, None));
        assert_eq!(text.pauses(0), []);
        let sentences = Sentences::of(&text);
        assert_eq!(sentences.iter().cloned().collect::<Vec<_>>(), [0..2, 2..3]);
        assert_eq!((sentences.next_start(Moment(0)), sentences.last_spoken(Moment(9))), (None, None));
    }

    proptest::proptest! {
        #[test]
        fn following_to_the_next_word_visits_every_change_and_ends(
            lengths in proptest::collection::vec((0..500_u32, 0..500_u32), 1..40),
        ) {
            let mut at = 0;
            let words = lengths.iter().map(|(gap, length)| {
                let start = at + gap;
                at = start + length;
                format!("{start}-{at}:w")
            });
            let answer = transcript(&words.collect::<Vec<_>>().join(" "));
            let (mut now, mut lit, mut steps) = (Moment::START, answer.word_at(Moment::START), 0);
            while let Some(next) = answer.next_word_start(now) {
                proptest::prop_assert!(next > now && answer.word_at(Moment(next.0 - 1)) == lit && answer.word_at(next) > lit);
                (now, lit, steps) = (next, answer.word_at(next), steps + 1);
            }
            proptest::prop_assert_eq!(lit, Some(answer.words.len() - 1));
            proptest::prop_assert!(steps <= answer.words.len());
            let sentences = Sentences::of(&answer);
            let covered: Vec<usize> = sentences.iter().cloned().flatten().collect();
            proptest::prop_assert_eq!(covered, (0..answer.words.len()).collect::<Vec<_>>());
        }
    }
}
