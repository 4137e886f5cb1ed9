//! Names that ids, questions and files have in the document.

use serde_json::{Map, Value, json};

use crate::export::profile::for_file;
use crate::interview::Digest;

/// A text or number as text.
pub(super) fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Ids of questions are short words in earmark.
pub(super) fn as_slug(record: &mut Map<String, Value>, field: &str) {
    if let Some(id) = record.get(field) {
        let slug: String =
            words(id).chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        record.insert(field.into(), json!(slug));
    }
}

/// A file's name in the document: a locator, never an address, and another one for another recording.
pub(super) fn file_name(
    candidate: &str,
    question: &str,
    field: &str,
    at: &str,
    version: Option<&str>,
    mime: Option<&str>,
) -> String {
    // What stands behind the question mark is a signature, and differs each time.
    let path = at.split(['?', '#']).next().unwrap_or(at);
    let version = Digest::of(version.unwrap_or(path).as_bytes()).short();
    let last = path.rsplit('/').next().unwrap_or_default();
    let end =
        last.rsplit_once('.').map(|(_, end)| end).filter(|end| end.len() <= 5 && end.chars().all(|c| c.is_ascii_alphanumeric()));
    let end = end.map(str::to_lowercase).or_else(|| mime.and_then(extension).map(str::to_owned));
    let folder = if field == "file" { "answers" } else { "transcripts" };
    // Two ids that become the same name stay two files.
    let person = format!("{}-{}", for_file(candidate), Digest::of(candidate.as_bytes()).short());
    format!("{folder}/{person}/{question}-{version}{}", end.map(|end| format!(".{end}")).unwrap_or_default())
}

fn extension(mime: &str) -> Option<&'static str> {
    let kind = mime.split(';').next().unwrap_or_default().trim().to_lowercase();
    Some(match kind.as_str() {
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/mp4" | "audio/x-m4a" | "audio/aac" => "m4a",
        "video/mp4" | "video/quicktime" => "mp4",
        "audio/webm" | "video/webm" => "webm",
        "audio/ogg" | "application/ogg" => "ogg",
        "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
        "audio/flac" => "flac",
        "text/vtt" => "vtt",
        "text/plain" => "txt",
        "application/pdf" => "pdf",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_makes_no_new_recording_and_another_path_or_version_does() {
        let name = |at: &str, version| file_name("a01", "q1", "file", at, version, Some("audio/webm;codecs=opus"));
        let first = name("https://cdn.example/a/1?sig=kanarie", None);
        assert_eq!(first, name("https://cdn.example/a/1?sig=other", None));
        assert!(first.ends_with(".webm") && !first.contains("kanarie"), "{first}");
        assert_ne!(first, name("https://cdn.example/a/2?sig=kanarie", None));
        assert_ne!(name("x.mp4", Some("1")), name("x.mp4", Some("2")));
        assert!(crate::interview::bundle::check_path(&file_name("../../etc", "q1", "file", "x", None, None)).is_ok());
    }
}
