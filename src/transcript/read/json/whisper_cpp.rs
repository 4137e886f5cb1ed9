//! whisper.cpp's JSON: segments in milliseconds, and with `--output-json-full` the tokens that they are made of.
//!
//! A word begins with its first token and ends with the last one that has a letter: the comma behind it is given the silence that
//! follows. How sure the engine was of a word is the mean of its tokens. What stands in `[_…]` is no speech but the engine's own marks.

use serde_json::Value;

use super::super::raw::{self, Raw, RawCue, RawWord, Unit};
use super::fields::{language, speaker, time, times};

/// Reads it; none where it is something else.
pub(super) fn whisper_cpp(value: &Value) -> Option<Raw> {
    let list = value.get("transcription")?.as_array()?;
    let cue = |item: &Value| {
        let (start, end) = times(item.get("offsets")?);
        let text = item.get("text")?.as_str()?;
        Some(RawCue { start, end, speaker: speaker(item), words: words_of(item, text) })
    };
    let cues = list.iter().filter_map(cue).collect();
    let language = value.get("result").and_then(language);
    Some(Raw { cues, language, unit: Unit::Milliseconds, ..Raw::default() })
}

/// The segment's words, timed by its tokens; by the segment alone where these do not make up its text, as where a letter was cut into
/// several tokens.
fn words_of(item: &Value, text: &str) -> Vec<RawWord> {
    let mut words = raw::words(text);
    let tokens: Vec<&Value> =
        item.get("tokens").and_then(Value::as_array).into_iter().flatten().filter(|one| !is_mark(one)).collect();
    let said: String = tokens.iter().flat_map(|token| signs(said_in(token))).collect();
    if said != signs(text).collect::<String>() {
        return words;
    }
    // Where each word ends, counted in signs.
    let ends: Vec<usize> = words
        .iter()
        .scan(0, |end, word| {
            *end += signs(&word.text).count();
            Some(*end)
        })
        .collect();
    let (mut sure, mut at) = (vec![Vec::new(); words.len()], 0);
    for token in tokens {
        let first = signs(said_in(token)).position(char::is_alphanumeric);
        let nth = first.map(|first| ends.partition_point(|end| *end <= at + first));
        at += signs(said_in(token)).count();
        let Some((word, sure)) = nth.and_then(|nth| words.get_mut(nth).zip(sure.get_mut(nth))) else { continue };
        let (start, end) = token.get("offsets").map_or((None, None), times);
        word.start = word.start.or(start);
        word.end = end.or(word.end);
        sure.extend(token.get("p").and_then(time).map(|p| p as f32));
    }
    for (word, sure) in words.iter_mut().zip(sure).filter(|(_, sure)| !sure.is_empty()) {
        word.confidence = Some(sure.iter().sum::<f32>() / sure.len() as f32);
    }
    words
}

fn said_in(token: &Value) -> &str {
    token.get("text").and_then(Value::as_str).unwrap_or_default()
}

fn signs(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|sign| !sign.is_whitespace())
}

/// Whether it is a mark of the engine's: `[_BEG_]`, `[_TT_50]`, `<|en|>`.
fn is_mark(token: &Value) -> bool {
    let text = said_in(token).trim();
    text.starts_with("[_") && text.ends_with(']') || text.starts_with("<|") && text.ends_with("|>")
}
