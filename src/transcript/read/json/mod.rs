//! Reads the JSON of speech engines and platforms.
//!
//! Engines differ in where words lie and what their fields are called, and little else: [`fields`] knows the names, and each
//! row of [`SHAPES`] knows one engine's places.

mod fields;
mod shapes;
#[cfg(test)]
mod tests;
mod whisper_cpp;

use serde_json::Value;

use super::Faults;
use super::raw::Raw;
use crate::interview::Problem;

/// A reader of one shape: what it found, or that the value is of another shape.
type Shape = fn(&Value) -> Option<Raw>;

/// Tried in this order; the first that finds words is it.
const SHAPES: &[Shape] = &[
    shapes::deepgram,
    shapes::amazon_and_speechmatics,
    shapes::google,
    shapes::azure,
    shapes::rev,
    shapes::sphinx,
    shapes::vosk,
    whisper_cpp::whisper_cpp,
    shapes::assembly,
    shapes::segments,
    shapes::fragments,
    shapes::words,
    shapes::text,
];

/// The most commas and brackets outside texts: what bounds the memory that a file can ask for.
const MOST_PARTS: usize = 3_000_000;
/// How deep a transcript may lie in its envelope.
const DEEPEST_ENVELOPE: usize = 4;

/// Reads one JSON value, or one on each line.
pub(super) fn read(text: &str, faults: &mut Faults<'_>) -> Result<Raw, Problem> {
    if parts(text) > MOST_PARTS {
        return Err(faults.refused(
            "the file",
            "the JSON has too many parts for a transcript",
            "name the transcript of this one answer",
        ));
    }
    let values = values(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let remedy = "fetch or export the transcript again; a file that ends early is cut off";
        faults.refused(&place, &format!("not valid JSON: {}", reason(&error)), remedy)
    })?;
    let mut all = Raw::default();
    for value in &values {
        let Some(raw) = find(value, DEEPEST_ENVELOPE) else { continue };
        all.cues.extend(raw.cues);
        all.unit = raw.unit;
        all.language = all.language.or(raw.language);
        all.said_length_s = all.said_length_s.or(raw.said_length_s);
    }
    for value in &values {
        let by = || value.get("automatic")?.get("by")?.as_str().map(str::to_owned);
        all.automatic = all.automatic.or_else(by);
    }
    let said_nothing = all.cues.is_empty() && !values.iter().any(is_known_and_silent);
    if said_nothing {
        let remedy = "known are Whisper, Deepgram, Amazon, Google, Azure, AssemblyAI, Rev, Speechmatics, Vosk, or a list of words";
        return Err(faults.refused("the file", "no words or segments were found in the JSON", remedy));
    }
    Ok(all)
}

/// One value, or several on lines of their own, as engines write that work while people speak.
fn values(text: &str) -> Result<Vec<Value>, serde_json::Error> {
    let one = match serde_json::from_str(text) {
        Ok(value) => return Ok(vec![value]),
        Err(error) => error,
    };
    let lines = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    match lines.collect::<Result<Vec<Value>, _>>() {
        Ok(values) if values.iter().all(Value::is_object) => Ok(values),
        Ok(_) => Err(one),
        Err(error) => Err(error),
    }
}

/// serde_json ends its message with the place, which is said apart.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Commas and opening brackets outside texts.
fn parts(text: &str) -> usize {
    let (mut count, mut in_text, mut escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

/// The transcript in a value, or in an envelope around it such as `{"data": {"transcription": …}}`.
fn find(value: &Value, depth: usize) -> Option<Raw> {
    let has_words = |raw: &Raw| raw.cues.iter().any(|cue| !cue.words.is_empty());
    if let Some(raw) = SHAPES.iter().find_map(|shape| shape(value).filter(has_words)) {
        return Some(raw);
    }
    let deeper = depth.checked_sub(1)?;
    let envelopes = ["transcription", "transcript", "answer", "result", "results", "response", "output", "data"];
    envelopes.iter().find_map(|key| find(value.get(*key).filter(|inner| inner.is_object() || inner.is_array())?, deeper))
}

/// Whether a value is a transcript in which nobody spoke.
fn is_known_and_silent(value: &Value) -> bool {
    let empty = |key: &str| {
        value.get(key).is_some_and(|inner| inner.as_array().is_some_and(Vec::is_empty) || inner.as_str().is_some_and(str::is_empty))
    };
    value.as_array().is_some_and(Vec::is_empty)
        || ["segments", "words", "text", "transcript", "w", "t"].into_iter().any(empty)
        || value.get("results").is_some()
}
