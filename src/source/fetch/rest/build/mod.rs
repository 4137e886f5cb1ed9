//! A platform's answers as the document `batch.json`: what is understood is taken, what is not settled is said.

mod files;
mod gone;
mod names;
mod questions;
mod said;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub(super) use self::gone::is_deleted;
use self::names::words;
use self::questions::Asked;
use self::said::Said;
use super::super::remote::Offers;
use super::description::{Description, Part, Place, Within};
use super::stating::statements;
use crate::interview::Problem;

/// A batch as its requests gave it.
#[derive(Default)]
pub(super) struct Answers {
    /// The answer to the batch's own request.
    pub(super) batch: Value,
    /// The source's id of it.
    pub(super) id: String,
    /// Each person, and that person's answers.
    pub(super) people: Vec<(Value, Vec<Value>)>,
    /// Its questions; none where they stand in the people's entries.
    pub(super) questions: Option<Vec<Value>>,
    /// Whether the settings say what `questions.when` asks for.
    pub(super) is_otherwise: bool,
}

/// What was made of it.
pub(super) struct Built {
    /// A `batch.json`; none where no question is known.
    pub(super) document: Option<Value>,
    /// What stands in the platform's answers for each file that the document names.
    pub(super) files: HashMap<String, Found>,
    /// Whose each of them is, by place among the people.
    pub(super) owners: HashMap<String, usize>,
    /// What is handed out.
    pub(super) offers: Offers,
    /// What is not settled.
    pub(super) problems: Vec<Problem>,
}

/// What stands in a platform's answers for a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// Where it is, or what to ask with.
    At(String),
    /// Its content.
    Here(Vec<u8>),
    /// That it is still being prepared.
    NotYet,
}

struct Builder<'d> {
    description: &'d Description,
    files: HashMap<String, Found>,
    owners: HashMap<String, usize>,
    offers: Offers,
    said: Said,
    /// Whose entry is read.
    person: usize,
}

/// Fields that are times: numbers there are seconds or milliseconds since 1970.
const TIMES: [&str; 7] =
    ["invited_at", "started_at", "completed_at", "deadline", "recorded_at", "interview.deadline", "consent.at"];
/// What an answer can be.
const KINDS: [&str; 4] = ["audio", "video", "text", "file"];

pub(super) fn build(description: &Description, answers: &Answers) -> Built {
    let mut builder = Builder {
        description,
        files: HashMap::new(),
        owners: HashMap::new(),
        offers: Offers::default(),
        said: Said::default(),
        person: 0,
    };
    let mut document = Map::new();
    builder.put(&mut document, "batch", &description.batch.fields, &answers.batch);
    document.insert("format".into(), json!(1));
    document.insert("source".into(), json!(description.source));
    document.entry("id").or_insert_with(|| json!(answers.id));
    let part = match (&description.questions.otherwise, answers.is_otherwise) {
        (Some(otherwise), true) => otherwise,
        _ => &description.questions,
    };
    let mut asked = Asked::new(part);
    match &answers.questions {
        Some(questions) => asked.read(&mut builder, questions),
        None => answers.people.iter().for_each(|(person, _)| {
            let here = part.items.list(person, &[]).unwrap_or_default();
            asked.read(&mut builder, &here);
        }),
    }
    let (mut people, mut gone) = (Vec::with_capacity(answers.people.len()), Vec::new());
    for (nth, (person, given)) in answers.people.iter().enumerate() {
        builder.person = nth;
        match builder.deleted(person) {
            Some(id) => gone.push(json!({ "id": id })),
            None => people.push(builder.submission(&asked, person, given)),
        }
    }
    let has_questions = asked.finish(&mut builder, &mut document);
    document.insert("submissions".into(), Value::Array(people));
    if !gone.is_empty() {
        document.insert("deleted".into(), Value::Array(gone));
    }
    let problems = builder.said.problems(&description.source);
    let Builder { files, owners, offers, .. } = builder;
    Built { document: has_questions.then_some(Value::Object(document)), files, owners, offers, problems }
}

impl Builder<'_> {
    fn submission(&mut self, asked: &Asked<'_>, person: &Value, given: &[Value]) -> Value {
        let (part, mut submission) = (&self.description.submissions, Map::new());
        self.put(&mut submission, "submissions", &part.fields, person);
        let candidate = submission.get("candidate").map(|candidate| words(&candidate["id"])).unwrap_or_default();
        submission.entry("candidate").or_insert_with(|| json!({}));
        submission["candidate"]["id"] = json!(candidate);
        if submission.get("consent").is_some_and(|consent| consent.get("given").is_none()) {
            submission.remove("consent");
        }
        let status = self.status("submissions", part, person);
        self.offers.people += 1;
        self.offers.completed += usize::from(status.as_deref() == Some("completed"));
        if let Some(status) = status {
            submission.insert("status".into(), json!(status));
        }
        self.within(&mut submission, "accommodations", part.accommodations.as_ref(), "what", person);
        self.within(&mut submission, "applications", part.applications.as_ref(), "id", person);
        self.documents(&mut submission, &candidate, person);
        self.statements(&mut submission, part, person);
        let mut met = HashSet::new();
        let answers = given.iter().enumerate().filter_map(|(nth, answer)| self.answer(asked, &candidate, nth, answer, &mut met));
        let answers: Vec<Value> = answers.collect();
        submission.insert("answers".into(), Value::Array(answers));
        Value::Object(submission)
    }

    fn answer(
        &mut self,
        asked: &Asked<'_>,
        candidate: &str,
        nth: usize,
        entry: &Value,
        met: &mut HashSet<String>,
    ) -> Option<Value> {
        let (part, mut answer) = (self.description.answers.as_ref()?, Map::new());
        let entry = unwrapped(part, entry);
        self.put(&mut answer, "answers", &part.fields, entry);
        let question = asked.id_of_answer(&answer, nth, met);
        answer.insert("question".into(), json!(question));
        self.answer_files(part, &mut answer, candidate, &question, entry);
        self.statements(&mut answer, part, entry);
        let (has_file, has_text) = (answer.contains_key("file"), answer.contains_key("text"));
        self.offers.recordings += usize::from(has_file);
        self.offers.transcripts += usize::from(answer.contains_key("transcript"));
        self.offers.texts += usize::from(has_text && !has_file);
        match self.status("answers", part, entry).as_deref() {
            Some("not_given") => drop(answer.insert("state".into(), json!("not_given"))),
            // It has neither file nor text, which says enough.
            _ if !has_file && !has_text => drop(answer.insert("state".into(), json!("not_given"))),
            _ => {}
        }
        Some(Value::Object(answer))
    }

    /// What the platform says by itself.
    fn statements(&mut self, into: &mut Map<String, Value>, part: &Part, entry: &Value) {
        let found = statements(&part.statements, entry, |at| self.as_meant("completed_at", at).map(|(_, at)| at));
        if !found.is_empty() {
            into.insert("statements".into(), Value::Array(found));
        }
    }

    /// Puts the things that stand in a person's entry where the document has them; each needs one of its fields.
    fn within(&mut self, into: &mut Map<String, Value>, name: &'static str, part: Option<&Within>, needed: &str, person: &Value) {
        let Some(part) = part else { return };
        let mut found = Vec::new();
        for entry in part.items.list(person, &[]).unwrap_or_default() {
            let mut one = Map::new();
            self.put(&mut one, name, &part.fields, &entry);
            if let Some(value) = one.get(needed).map(words).filter(|text| !text.is_empty()) {
                one.insert(needed.into(), json!(value));
                found.push(Value::Object(one));
            }
        }
        if !found.is_empty() {
            into.insert(name.into(), Value::Array(found));
        }
    }

    /// Puts the fields of an entry where the document has them; a dot leads into a record.
    fn put(&mut self, into: &mut Map<String, Value>, part: &'static str, fields: &IndexMap<String, Place>, entry: &Value) {
        for (name, place) in fields {
            let found = place.found(entry, &[]);
            self.said.looked(part, name, place, found.map(|(nth, _)| nth));
            let Some((_, found)) = found else { continue };
            let Some((name, value)) = self.as_meant(name, found) else { continue };
            match name.split_once('.') {
                None => drop(into.insert(name, value)),
                Some((record, field)) => {
                    let record = into.entry(record).or_insert_with(|| json!({}));
                    record[field] = value;
                }
            }
        }
    }

    /// What is found under a field's name, and the name that it has in the document; nothing for what cannot be meant.
    fn as_meant(&mut self, name: &str, found: &Value) -> Option<(String, Value)> {
        let number = found.as_f64();
        let value = match (name, number) {
            ("transcript", _) => found.clone(),
            _ if found.is_object() || found.is_array() => return None,
            ("duration_s" | "think_used_s", number) => {
                let seconds = number.or_else(|| found.as_str()?.trim().parse().ok())?;
                return Some((name.replace("_s", "_ms"), json!((seconds * 1000.0).round().max(0.0) as u64)));
            }
            (_, Some(number)) if TIMES.contains(&name) => {
                self.said.numbered(name);
                // Seconds reach 100,000,000,000 in the year 5138.
                let ms = if number.abs() < 1e11 { number * 1000.0 } else { number };
                json!(Timestamp::from_millisecond(ms as i64).ok()?.to_string())
            }
            // Whether something happened says nothing of when.
            _ if TIMES.contains(&name) && !found.is_string() => return None,
            (_, Some(number)) if name.ends_with("_ms") || name.ends_with("_seconds") || name.starts_with("retakes") => {
                json!(number.round().max(0.0) as u64)
            }
            _ if name.ends_with("_seconds") || name.starts_with("retakes") => {
                json!(found.as_str()?.trim().parse::<u64>().ok()?)
            }
            ("kind", _) if self.is_kind(found) => json!(words(found).trim().to_lowercase()),
            ("kind", _) => return None,
            ("consent.given", _) if !found.is_boolean() => return None,
            _ => found.clone(),
        };
        Some((name.to_owned(), value))
    }

    fn is_kind(&self, found: &Value) -> bool {
        found.as_str().is_some_and(|text| KINDS.contains(&text.trim().to_lowercase().as_str()))
    }

    /// What a status means; a word that the description does not know is said and left to the document's own rule.
    fn status(&mut self, what: &'static str, part: &Part, entry: &Value) -> Option<String> {
        let word = part.status.as_ref()?.text(entry)?;
        let folded = word.trim().to_lowercase();
        let known = part.statuses.iter().find(|(name, _)| name.to_lowercase() == folded).map(|(_, means)| means.clone());
        if known.is_none() {
            self.said.unknown(what, word);
        }
        known.filter(|means| means != "ignore")
    }
}

/// The thing itself, where an entry is only around it.
pub(super) fn unwrapped<'v>(part: &Part, entry: &'v Value) -> &'v Value {
    part.entry.as_ref().and_then(|place| place.find(entry)).unwrap_or(entry)
}
