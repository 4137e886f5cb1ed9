//! Makes a transcript of what a reader found: believable times, in order, for every word.
//!
//! Times are followed as well as can be. Those that run backwards or lie beyond the recording are not believed; such words, and
//! words of files that time only whole captions, are spread between their neighbours by their length.

use super::Faults;
use super::raw::{Raw, RawCue, RawWord, Unit};
use crate::interview::{Moment, Span};
use crate::text::SafeText;
use crate::transcript::{Cue, Timing, Transcript, Word};

/// Times this far beyond the recording are its end; clocks of engines and containers differ that much.
const TOLERANCE_MS: u32 = 500;
/// A word without an end lasts no longer than this.
const LONGEST_WORD_MS: u32 = 1_500;

/// More words in a second than this nobody speaks.
pub const FASTEST_WORDS_A_SECOND: f64 = 15.0;
/// No answer lasts longer.
const LONGEST_ANSWER_S: f64 = 3.0 * 3600.0;

/// One word with its times in milliseconds, where they are believed.
struct Timed {
    start: Option<u32>,
    end: Option<u32>,
}

pub(super) fn assemble(mut raw: Raw, media_ms: Option<u32>, faults: &mut Faults<'_>) -> Transcript {
    raw.cues.retain_mut(|cue| {
        split_words(cue);
        !cue.words.is_empty()
    });
    let scale = milliseconds(&raw, media_ms);
    let mut beyond = Vec::new();
    let mut cues = raw.cues;
    let mut believe = |time: Option<f64>| {
        let ms = time.filter(|time| time.is_finite() && *time >= 0.0).map(|time| (time * scale).round())?;
        let last = media_ms.unwrap_or(u32::MAX - 1);
        if ms > f64::from(last) + f64::from(TOLERANCE_MS) {
            beyond.push(format!("at {}", Moment::from_seconds(ms / 1000.0)));
            return None;
        }
        Some((ms as u32).min(last))
    };
    let mut spans: Vec<Timed> = cues.iter().map(|cue| Timed { start: believe(cue.start), end: believe(cue.end) }).collect();
    let mut words: Vec<Vec<Timed>> = cues
        .iter()
        .map(|cue| cue.words.iter().map(|word| Timed { start: believe(word.start), end: believe(word.end) }).collect())
        .collect();
    let length = media_ms.map(Moment).unwrap_or_default();
    let reason = format!("times lie beyond the recording, which ends at {length}; they are not followed");
    faults.warn_of_all(&beyond, &reason, "check that the transcript belongs to this recording");
    let order = in_time(&mut spans, &words, faults);
    reorder(&mut cues, &order);
    reorder(&mut spans, &order);
    reorder(&mut words, &order);
    let timing = timing(&spans, &words);
    let mut words: Vec<(usize, Timed)> =
        words.into_iter().enumerate().flat_map(|(cue, words)| words.into_iter().map(move |word| (cue, word))).collect();
    disbelieve_backwards(&mut words, faults);
    let starts = place(&cues, &spans, &words, media_ms);
    let ends = ends(&spans, &words, &starts, media_ms);
    let language = raw.language.map(|language| SafeText::name(&language));
    let automatic = raw.automatic.map(|by| SafeText::name(&by));
    Transcript { automatic, ..build(cues, &words, &starts, &ends, timing, language) }
}

/// Words with spaces in them, as some engines give phrases, become several; the first keeps the start, the last the end.
fn split_words(cue: &mut RawCue) {
    if !cue.words.iter().any(|word| word.text.contains(char::is_whitespace)) {
        cue.words.retain(|word| !word.text.is_empty());
        return;
    }
    let mut split = Vec::with_capacity(cue.words.len());
    for word in cue.words.drain(..) {
        let mut parts = super::raw::words(&word.text);
        if let Some(first) = parts.first_mut() {
            first.start = word.start;
        }
        if let Some(last) = parts.last_mut() {
            last.end = word.end;
        }
        split.extend(parts.into_iter().map(|part| RawWord { confidence: word.confidence, ..part }));
    }
    cue.words = split;
}

/// Milliseconds in one unit of the file's times. Where the file does not say, the recording's length tells.
fn milliseconds(raw: &Raw, media_ms: Option<u32>) -> f64 {
    match raw.unit {
        Unit::Seconds => return 1000.0,
        Unit::Milliseconds => return 1.0,
        Unit::Ticks => return 1e-4,
        Unit::Unknown => {}
    }
    let times = raw.cues.iter().flat_map(|cue| {
        let words = cue.words.iter().flat_map(|word| [word.start, word.end]);
        [cue.start, cue.end].into_iter().chain(words)
    });
    let times: Vec<f64> = times.flatten().filter(|time| time.is_finite()).collect();
    let last = times.iter().copied().fold(0.0, f64::max);
    let words = raw.cues.iter().map(|cue| cue.words.len()).sum::<usize>() as f64;
    let length_s = media_ms.map(|ms| f64::from(ms) / 1000.0).or(raw.said_length_s).filter(|length| *length > 0.0);
    let is_milliseconds = match length_s {
        // They do not fit as seconds, and as milliseconds nobody would speak too fast for it.
        Some(length) => last > length + 1.0 && words / (last / 1000.0) <= FASTEST_WORDS_A_SECOND,
        // Engines that write milliseconds write whole ones; nobody is silent for a minute before each word.
        None => last > LONGEST_ANSWER_S || (times.iter().all(|time| time.fract() == 0.0) && words > 0.0 && last / words > 60.0),
    };
    if is_milliseconds { 1.0 } else { 1000.0 }
}

/// The cues by their starts; one without a start stays behind the one before it. Starts that are missing come from the words.
fn in_time(spans: &mut [Timed], words: &[Vec<Timed>], faults: &mut Faults<'_>) -> Vec<usize> {
    let mut key = 0;
    let mut keys = Vec::with_capacity(spans.len());
    for (span, words) in spans.iter_mut().zip(words) {
        span.start = span.start.or_else(|| words.iter().find_map(|word| word.start));
        key = span.start.unwrap_or(key);
        keys.push(key);
    }
    let mut order: Vec<usize> = (0..spans.len()).collect();
    order.sort_by_key(|cue| keys[*cue]);
    let moved = order.iter().enumerate().filter(|(place, cue)| place < *cue);
    let moved: Vec<String> = moved.map(|(_, cue)| format!("at {}", Moment(keys[*cue]))).collect();
    faults.warn_of_all(&moved, "the file is not in the order of time; it was sorted", "nothing to do");
    order
}

fn reorder<T>(items: &mut Vec<T>, order: &[usize]) {
    let mut taken: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.iter().filter_map(|from| taken[*from].take()));
}

/// How exact the times are: of words if most have their own.
fn timing(spans: &[Timed], words: &[Vec<Timed>]) -> Timing {
    let count: usize = words.iter().map(Vec::len).sum();
    let own = words.iter().flatten().filter(|word| word.start.is_some()).count();
    if own * 2 > count {
        Timing::Words
    } else if own > 0 || spans.iter().any(|span| span.start.is_some()) {
        Timing::Cues
    } else {
        Timing::None
    }
}

/// Keeps the most starts that run forwards (the longest non-decreasing run) and drops the others.
fn disbelieve_backwards(words: &mut [(usize, Timed)], faults: &mut Faults<'_>) {
    // `tails[n]`: the word that ends the best run of n + 1 words found so far; `before`: the word before each in its run.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; words.len()];
    let start = |words: &[(usize, Timed)], i: usize| words[i].1.start.unwrap_or(0);
    for i in 0..words.len() {
        let Some(at) = words[i].1.start else { continue };
        let place = tails.partition_point(|tail| start(words, *tail) <= at);
        before[i] = place.checked_sub(1).map(|place| tails[place]);
        tails.truncate(tails.len().max(place));
        if place == tails.len() { tails.push(i) } else { tails[place] = i }
    }
    let mut kept = vec![false; words.len()];
    let mut next = tails.last().copied();
    while let Some(i) = next {
        kept[i] = true;
        next = before[i];
    }
    let mut dropped = Vec::new();
    for (i, (_, word)) in words.iter_mut().enumerate().filter(|(i, _)| !kept[*i]) {
        if let Some(at) = word.start.take() {
            dropped.push(format!("word {} at {}", i + 1, Moment(at)));
            word.end = None;
        }
    }
    faults.warn_of_all(&dropped, "words whose times run backwards were placed between their neighbours", "nothing to do");
}

/// A start for every word: its own, else spread by length between what is known before and after it.
fn place(cues: &[RawCue], spans: &[Timed], words: &[(usize, Timed)], media_ms: Option<u32>) -> Vec<u32> {
    let texts: Vec<&RawWord> = cues.iter().flat_map(|cue| &cue.words).collect();
    // A word begins where it says; the first of a cue at the latest where its cue begins, or the one before it ended.
    let known = |i: usize| -> Option<u32> {
        let (cue, word) = &words[i];
        let is_first = i == 0 || words[i - 1].0 != *cue;
        let end_before = || spans.get(cue.checked_sub(1)?)?.end;
        word.start.or_else(|| is_first.then(|| spans[*cue].start.or_else(end_before)).flatten())
    };
    // The cue's end and the next cue's start bound the last words of a cue.
    let cue_end = |i: usize, next: Option<u32>| {
        let own = spans[words[i].0].end;
        match (own, next) {
            (Some(own), Some(next)) => Some(own.min(next)),
            (own, next) => own.or(next),
        }
    };
    let mut starts = Vec::with_capacity(words.len());
    let mut floor = 0;
    let mut i = 0;
    while i < words.len() {
        let from = known(i).unwrap_or(floor).max(floor);
        // The run of words up to the next one that has a place later than this one.
        let next = (i + 1..words.len()).find_map(|j| Some((j, known(j).filter(|at| *at > from)?)));
        let (run_end, next) = next.map_or((words.len(), None), |(j, at)| (j, Some(at)));
        let until = cue_end(run_end - 1, next).or(media_ms).unwrap_or(from).max(from);
        spread(&texts[i..run_end], from, until, &mut starts);
        floor = starts.last().copied().unwrap_or(floor);
        i = run_end;
    }
    starts
}

/// Spreads words over a stretch by the length of their letters.
fn spread(words: &[&RawWord], from: u32, until: u32, starts: &mut Vec<u32>) {
    let weight = |word: &RawWord| word.text.chars().filter(|c| c.is_alphanumeric()).count() as u64 + 1;
    let total: u64 = words.iter().map(|word| weight(word)).sum();
    let mut before = 0;
    for word in words {
        starts.push(from + (u64::from(until - from) * before / total.max(1)) as u32);
        before += weight(word);
    }
}

/// An end for every word: its own, at most the next word's start.
fn ends(spans: &[Timed], words: &[(usize, Timed)], starts: &[u32], media_ms: Option<u32>) -> Vec<u32> {
    let last = media_ms.unwrap_or(u32::MAX);
    let end = |i: usize| {
        let (cue, word) = &words[i];
        let next_same_cue = words.get(i + 1).filter(|(next, _)| next == cue).map(|_| starts[i + 1]);
        let next = starts.get(i + 1).copied().unwrap_or(last);
        let of_cue = next_same_cue.or(spans[*cue].end);
        let end = word.end.or(of_cue).unwrap_or(starts[i].saturating_add(LONGEST_WORD_MS));
        let capped =
            if word.start.is_some() && word.end.is_none() { end.min(starts[i].saturating_add(LONGEST_WORD_MS)) } else { end };
        capped.min(next).max(starts[i])
    };
    (0..words.len()).map(end).collect()
}

fn build(
    cues: Vec<RawCue>,
    words: &[(usize, Timed)],
    starts: &[u32],
    ends: &[u32],
    timing: Timing,
    language: Option<SafeText>,
) -> Transcript {
    let span = |start: u32, end: u32| Span { start: Moment(start), end: Moment(end) };
    let timed = timing != Timing::None;
    let mut transcript = Transcript { timing, language, ..Transcript::default() };
    let mut i = 0;
    for (number, cue) in cues.into_iter().enumerate() {
        let from = i;
        for word in cue.words {
            let span = if timed { span(starts[i], ends[i]) } else { span(0, 0) };
            let confidence = word.confidence.filter(|confidence| (0.0..=1.0).contains(confidence));
            transcript.words.push(Word { span, text: SafeText::line(&word.text), confidence, cue: number });
            debug_assert_eq!(words[i].0, number, "words and cues are in the same order");
            i += 1;
        }
        let span = if timed { span(starts[from], ends[i - 1].max(starts[from])) } else { span(0, 0) };
        let speaker = cue.speaker.filter(|speaker| !speaker.is_empty()).map(|speaker| SafeText::name(&speaker));
        transcript.cues.push(Cue { span, speaker });
    }
    transcript
}
