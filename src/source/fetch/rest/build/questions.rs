//! The questions of a batch, and by what people's questions are the same one.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::super::description::Part;
use super::names::{as_slug, words};
use super::{Builder, unwrapped};
use crate::interview::Digest;

/// The questions that were found.
pub(super) struct Asked<'d> {
    part: &'d Part,
    /// By the id that they have in the document.
    found: IndexMap<String, Map<String, Value>>,
    /// The platform's own ids of each.
    own: HashMap<String, HashSet<String>>,
}

impl<'d> Asked<'d> {
    pub(super) fn new(part: &'d Part) -> Self {
        Asked { part, found: IndexMap::new(), own: HashMap::new() }
    }

    /// Takes one list of questions: the batch's, or a person's.
    pub(super) fn read(&mut self, builder: &mut Builder<'_>, entries: &[Value]) {
        let mut met = HashSet::new();
        for (nth, entry) in entries.iter().enumerate() {
            let entry = unwrapped(self.part, entry);
            let mut question = Map::new();
            builder.put(&mut question, "questions", &self.part.fields, entry);
            for (field, place) in &self.part.added {
                let more = place.text(entry).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
                if let (Some(more), Some(Value::String(text))) = (more, question.get_mut(field)) {
                    *text = format!("{text}\n{more}");
                }
            }
            as_slug(&mut question, "id");
            let own = question.get("id").map(words).filter(|id| !id.is_empty());
            let id = match (&self.part.same, self.part.numbered) {
                (Some(place), _) => once(id_of_words(place.text(entry).as_deref(), nth), &mut met),
                (None, true) => numbered(nth),
                (None, false) => own.clone().unwrap_or_else(|| {
                    builder.said.note("a question has no id where it is looked for; it has its number instead", "");
                    numbered(nth)
                }),
            };
            if self.part.same.is_some() {
                let own = entry.get("id").map(words).filter(|id| !id.is_empty());
                self.own.entry(id.clone()).or_default().extend(own);
            }
            question.insert("id".into(), json!(id));
            self.found.entry(id).or_insert(question);
        }
    }

    /// Which question an answer is to, by what stands in it and its place in the person's list.
    pub(super) fn id_of_answer(&self, answer: &Map<String, Value>, nth: usize, met: &mut HashSet<String>) -> String {
        let said = answer.get("question").map(words);
        match (&self.part.same, self.part.numbered) {
            (Some(_), _) => once(id_of_words(said.as_deref(), nth), met),
            (None, true) => numbered(nth),
            (None, false) => {
                let mut answer = answer.clone();
                as_slug(&mut answer, "question");
                answer.get("question").map(words).unwrap_or_default()
            }
        }
    }

    /// Puts the questions into the document; false where there is none.
    pub(super) fn finish(self, builder: &mut Builder<'_>, document: &mut Map<String, Value>) -> bool {
        if self.own.values().any(|ids| ids.len() > 1) {
            let reason = "questions have an id of their own for each person; those with the same words were taken as the same";
            builder.said.note(reason, "");
        }
        let has_any = !self.found.is_empty();
        let interview = document.entry("interview").or_insert_with(|| json!({}));
        interview["questions"] = self.found.into_values().map(Value::Object).collect();
        has_any
    }
}

fn numbered(nth: usize) -> String {
    format!("q{}", nth + 1)
}

/// The id of a question by its words, whatever the spaces between them.
fn id_of_words(text: Option<&str>, nth: usize) -> String {
    let plain = text.unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if plain.is_empty() { numbered(nth) } else { format!("q-{}", Digest::of(plain.as_bytes()).short()) }
}

/// Two questions of one list with the same words are two.
fn once(id: String, met: &mut HashSet<String>) -> String {
    let mut nth = 1;
    let mut name = id.clone();
    while !met.insert(name.clone()) {
        nth += 1;
        name = format!("{id}-{nth}");
    }
    name
}
