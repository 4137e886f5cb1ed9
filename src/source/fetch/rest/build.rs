//! A platform's answers as the document `batch.json`: what is understood is taken, what is not settled is said.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::description::{Description, Part, Place};
use super::stating::statements;
use crate::export::profile::for_file;
use crate::interview::{Digest, Problem};

/// A batch as its requests gave it.
pub(super) struct Answers {
    /// The answer to the batch's own request.
    pub(super) batch: Value,
    /// The source's id of it.
    pub(super) id: String,
    /// Each person, and that person's answers.
    pub(super) people: Vec<(Value, Vec<Value>)>,
    /// Its questions.
    pub(super) questions: Vec<Value>,
}

/// What was made of it.
pub(super) struct Built {
    /// A `batch.json`.
    pub(super) document: Value,
    /// What stands in the platform's answers for each file that the document names.
    pub(super) files: HashMap<String, String>,
    /// What is not settled.
    pub(super) problems: Vec<Problem>,
}

struct Builder<'d> {
    description: &'d Description,
    files: HashMap<String, String>,
    /// Words that the description does not know, and how often they stand there.
    unknown: BTreeMap<(&'static str, String), usize>,
    /// Times that were numbers.
    numbered: BTreeSet<String>,
}

/// Fields that are times: numbers there are seconds or milliseconds since 1970.
const TIMES: [&str; 6] = ["invited_at", "started_at", "completed_at", "deadline", "recorded_at", "interview.deadline"];
/// Fields that name files.
const FILES: [&str; 2] = ["file", "transcript"];

pub(super) fn build(description: &Description, answers: &Answers) -> Built {
    let mut builder = Builder { description, files: HashMap::new(), unknown: BTreeMap::new(), numbered: BTreeSet::new() };
    let mut document = Map::new();
    builder.put(&mut document, &description.batch.fields, &answers.batch);
    document.insert("format".into(), json!(1));
    document.insert("source".into(), json!(description.source));
    document.entry("id").or_insert_with(|| json!(answers.id));
    let questions: Vec<Value> = answers.questions.iter().map(|one| builder.question(one)).collect();
    let interview = document.entry("interview").or_insert_with(|| json!({}));
    interview["questions"] = Value::Array(questions);
    let people: Vec<Value> = answers.people.iter().map(|(person, given)| builder.submission(person, given)).collect();
    document.insert("submissions".into(), Value::Array(people));
    let problems = builder.problems();
    Built { document: Value::Object(document), files: builder.files, problems }
}

impl Builder<'_> {
    fn question(&mut self, entry: &Value) -> Value {
        let mut question = Map::new();
        self.put(&mut question, &self.description.questions.fields, entry);
        as_slug(&mut question, "id");
        Value::Object(question)
    }

    fn submission(&mut self, person: &Value, given: &[Value]) -> Value {
        let (part, mut submission) = (&self.description.submissions, Map::new());
        self.put(&mut submission, &part.fields, person);
        let candidate = submission.get("candidate").map(|candidate| words(&candidate["id"])).unwrap_or_default();
        submission["candidate"]["id"] = json!(candidate);
        if let Some(status) = self.status("submissions", part, person) {
            submission.insert("status".into(), json!(status));
        }
        self.statements(&mut submission, part, person);
        let answers = given.iter().map(|answer| self.answer(&candidate, answer)).collect();
        submission.insert("answers".into(), Value::Array(answers));
        Value::Object(submission)
    }

    fn answer(&mut self, candidate: &str, entry: &Value) -> Value {
        let (part, mut answer) = (&self.description.answers, Map::new());
        self.put(&mut answer, &part.fields, entry);
        as_slug(&mut answer, "question");
        let question = words(&answer["question"]);
        let version = part.version.as_ref().and_then(|place| place.text(entry));
        let mime = answer.get("mime").map(words);
        for field in FILES {
            let Some(at) = answer.get(field).map(words).filter(|at| !at.trim().is_empty()) else {
                answer.remove(field);
                continue;
            };
            let mime = mime.as_deref().filter(|_| field == "file");
            let file = file_name(candidate, &question, field, &at, version.as_deref(), mime);
            answer.insert(field.into(), json!(file));
            self.files.insert(file, at);
        }
        self.statements(&mut answer, part, entry);
        let has_content = answer.contains_key("file") || answer.contains_key("text");
        match self.status("answers", part, entry).as_deref() {
            Some("not_given") => drop(answer.insert("state".into(), json!("not_given"))),
            // It has neither file nor text, which says enough.
            _ if !has_content && part.status.is_some() => drop(answer.insert("state".into(), json!("not_given"))),
            _ => {}
        }
        Value::Object(answer)
    }

    /// What the platform says by itself.
    fn statements(&mut self, into: &mut Map<String, Value>, part: &Part, entry: &Value) {
        let found = statements(&part.statements, entry, |at| self.as_meant("completed_at", at));
        if !found.is_empty() {
            into.insert("statements".into(), Value::Array(found));
        }
    }

    /// Puts the fields of an entry where the document has them; a dot leads into a record.
    fn put(&mut self, into: &mut Map<String, Value>, fields: &IndexMap<String, Place>, entry: &Value) {
        for (name, place) in fields {
            let Some(found) = place.find(entry) else { continue };
            let value = self.as_meant(name, found);
            match name.split_once('.') {
                None => drop(into.insert(name.clone(), value)),
                Some((record, field)) => {
                    let record = into.entry(record).or_insert_with(|| json!({}));
                    record[field] = value;
                }
            }
        }
    }

    fn as_meant(&mut self, name: &str, found: &Value) -> Value {
        match (name, found.as_f64()) {
            ("duration_s", Some(_)) | ("think_used_s", Some(_)) => found.clone(),
            (_, Some(number)) if TIMES.contains(&name) => {
                self.numbered.insert(name.to_owned());
                // Seconds reach 100,000,000,000 in the year 5138.
                let ms = if number.abs() < 1e11 { number * 1000.0 } else { number };
                Timestamp::from_millisecond(ms as i64).map_or(Value::Null, |at| json!(at.to_string()))
            }
            (_, Some(number)) if name.ends_with("_ms") || name.ends_with("_seconds") => json!(number.round().max(0.0) as u64),
            _ => found.clone(),
        }
    }

    /// What a status means; a word that the description does not know is said and left to the document's own rule.
    fn status(&mut self, what: &'static str, part: &Part, entry: &Value) -> Option<String> {
        let word = part.status.as_ref()?.text(entry)?;
        let folded = word.trim().to_lowercase();
        let known = part.statuses.iter().find(|(name, _)| name.to_lowercase() == folded).map(|(_, means)| means.clone());
        if known.is_none() {
            *self.unknown.entry((what, word)).or_default() += 1;
        }
        known.filter(|means| means != "ignore")
    }

    fn problems(&self) -> Vec<Problem> {
        let source = &self.description.source;
        let unknown = self.unknown.iter().map(|((what, word), times)| {
            let reason =
                format!("the status \"{word}\" stands there {times} times, and the description does not say what it means");
            let remedy = format!("add it to [{what}.statuses]; until then what is there decides");
            Problem::warning(source, what, &reason, &remedy)
        });
        let numbered = self.numbered.iter().map(|name| {
            let reason =
                format!("`{name}` is a number; it was taken as a time since 1970, in seconds or, where large, milliseconds");
            Problem::warning(source, name, &reason, "")
        });
        unknown.chain(numbered).collect()
    }
}

/// A text or number as text.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Ids of questions are short words in earmark.
fn as_slug(record: &mut Map<String, Value>, field: &str) {
    if let Some(id) = record.get(field) {
        let slug: String =
            words(id).chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        record.insert(field.into(), json!(slug));
    }
}

/// A file's name in the document: a locator, never an address, and another one for another recording.
fn file_name(candidate: &str, question: &str, field: &str, at: &str, version: Option<&str>, mime: Option<&str>) -> String {
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
