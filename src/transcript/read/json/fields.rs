//! What engines call a word's text, times, confidence and speaker.

use serde_json::Value;

use super::super::captions;
use super::super::raw::RawWord;

const TEXT: &[&str] = &["punctuated_word", "word", "Word", "text", "value", "content", "t"];
const START: &[&str] = &["start", "start_time", "startTime", "startOffset", "start_ts", "begin", "ts", "from", "b"];
const END: &[&str] = &["end", "end_time", "endTime", "endOffset", "end_ts", "to"];
const LENGTH: &[&str] = &["duration", "d"];
const CONFIDENCE: &[&str] = &["confidence", "Confidence", "probability", "conf", "p"];
const SPEAKER: &[&str] = &["speaker", "speaker_label", "speakerTag", "speakerLabel", "speaker_id", "speakerId"];

/// The first of several fields that is there and says something.
fn first<'v>(value: &'v Value, names: &[&str]) -> Option<&'v Value> {
    names.iter().find_map(|name| value.get(*name).filter(|field| !field.is_null()))
}

/// A word with whatever it says of itself.
pub(super) fn word(value: &Value) -> Option<RawWord> {
    let text = first(value, TEXT)?.as_str()?;
    let (start, end) = times(value);
    Some(RawWord { start, end, text: text.to_owned(), confidence: confidence(value) })
}

/// Words of a list under a key.
pub(super) fn words(value: &Value, key: &str) -> Option<Vec<RawWord>> {
    let words: Vec<RawWord> = value.get(key)?.as_array()?.iter().filter_map(word).collect();
    (!words.is_empty()).then_some(words)
}

/// Start and end, in the file's unit.
pub(super) fn times(value: &Value) -> (Option<f64>, Option<f64>) {
    let start = first(value, START).and_then(time);
    let length = || Some(start? + first(value, LENGTH).and_then(time)?);
    (start, first(value, END).and_then(time).or_else(length))
}

/// A number, a number in quotes, `1.200s`, `00:00:01,200`, or `{"seconds": "1", "nanos": 200000000}`.
pub(super) fn time(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let text = text.trim();
            text.strip_suffix('s').unwrap_or(text).parse().ok().or_else(|| captions::time(text))
        }
        Value::Object(parts) => {
            let seconds = parts.get("seconds").and_then(time);
            let nanos = parts.get("nanos").and_then(time).map(|nanos| nanos / 1e9);
            match (seconds, nanos) {
                (None, None) => None,
                (seconds, nanos) => Some(seconds.unwrap_or(0.0) + nanos.unwrap_or(0.0)),
            }
        }
        _ => None,
    }
}

fn confidence(value: &Value) -> Option<f32> {
    first(value, CONFIDENCE).and_then(time).map(|confidence| confidence as f32)
}

/// Who speaks: a name, or a number that becomes one.
pub(super) fn speaker(value: &Value) -> Option<String> {
    match first(value, SPEAKER)? {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(format!("Speaker {number}")),
        _ => None,
    }
}

/// The language of the file.
pub(super) fn language(value: &Value) -> Option<String> {
    let field = first(value, &["language", "languageCode", "language_code", "detected_language", "locale"])?;
    Some(field.as_str()?.to_owned())
}
