//! Files that an answer or a person has: their names in the document, and what stands for each in the platform's answers.

use serde_json::{Map, Value, json};

use super::super::description::Part;
use super::names::{file_name, words};
use super::{Builder, Found};
use crate::interview::Digest;

impl Builder<'_> {
    /// Gives names to the recording and the transcript of an answer.
    pub(super) fn answer_files(
        &mut self,
        part: &Part,
        answer: &mut Map<String, Value>,
        candidate: &str,
        question: &str,
        entry: &Value,
    ) {
        let version = part.version.as_ref().and_then(|place| place.text(entry));
        let mime = answer.get("mime").map(words);
        let is_coming = part.ready.as_ref().and_then(|place| place.find(entry)) == Some(&Value::Bool(false));
        let at = answer.remove("file").map(|at| words(&at)).filter(|at| !at.trim().is_empty());
        let found = match (at, is_coming) {
            (Some(at), false) => Some((at.clone(), Found::At(at))),
            (at, true) if at.is_some() || version.is_some() => Some((at.unwrap_or_default(), Found::NotYet)),
            _ => None,
        };
        if let Some((at, found)) = found {
            let name = file_name(candidate, question, "file", &at, version.as_deref(), mime.as_deref());
            answer.insert("file".into(), json!(name));
            self.keep(name, found);
        }
        let Some(transcript) = answer.remove("transcript") else { return };
        match self.transcript(&transcript) {
            Some(Found::At(at)) => {
                let name = file_name(candidate, question, "transcript", &at, version.as_deref(), None);
                answer.insert("transcript".into(), json!(name));
                self.keep(name, Found::At(at));
            }
            Some(Found::Here(bytes)) => {
                let ending = if transcript.is_string() { "txt" } else { "json" };
                let digest = Digest::of(&bytes).to_string();
                let name = file_name(candidate, question, "transcript", &format!("x.{ending}"), Some(&digest), None);
                answer.insert("transcript".into(), json!(name));
                self.keep(name, Found::Here(bytes));
            }
            _ => {}
        }
    }

    /// A transcript is an address, or stands there itself: words with times, or plain text.
    fn transcript(&mut self, found: &Value) -> Option<Found> {
        match found {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) if is_address(text.trim()) => Some(Found::At(text.trim().to_owned())),
            Value::String(text) => {
                self.said.note("transcripts stand in the answers themselves, as text without times", "");
                Some(Found::Here(text.clone().into_bytes()))
            }
            Value::Object(_) | Value::Array(_) if says_something(found) => Some(Found::Here(found.to_string().into_bytes())),
            _ => None,
        }
    }

    /// The files about a person.
    pub(super) fn documents(&mut self, into: &mut Map<String, Value>, candidate: &str, person: &Value) {
        let Some(part) = &self.description.submissions.documents else { return };
        let mut found = Vec::new();
        for (nth, entry) in part.items.list(person, &[]).unwrap_or_default().iter().enumerate() {
            let mut one = Map::new();
            self.put(&mut one, "documents", &part.fields, entry);
            let at = one.remove("file").map(|at| words(&at)).filter(|at| is_address(at.trim()));
            if let Some(at) = at {
                let name = file_name(candidate, &format!("document-{}", nth + 1), "file", &at, None, None);
                let name = name.replacen("answers/", "documents/", 1);
                one.insert("file".into(), json!(name));
                self.keep(name, Found::At(at));
                self.offers.documents += 1;
            }
            one.entry("kind").or_insert_with(|| json!("document"));
            found.push(Value::Object(one));
        }
        if !found.is_empty() {
            into.insert("documents".into(), Value::Array(found));
        }
    }

    fn keep(&mut self, name: String, found: Found) {
        self.owners.insert(name.clone(), self.person);
        self.files.insert(name, found);
    }
}

/// Whether a text is where something lies rather than what somebody said.
fn is_address(text: &str) -> bool {
    let ends = |text: &str| {
        text.rsplit_once('.').is_some_and(|(_, end)| (2..=5).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric()))
    };
    !text.contains(char::is_whitespace) && (text.contains("://") || text.contains('/') || ends(text))
}

/// Whether a record holds a text or a list that is not empty.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Object(fields) => {
            let said =
                ["words", "text", "segments", "cues", "transcript", "utterances"].iter().filter_map(|name| fields.get(*name));
            said.into_iter().any(says_something)
        }
        Value::Array(items) => !items.is_empty(),
        Value::String(text) => !text.trim().is_empty(),
        _ => false,
    }
}
