//! The people of a batch: listed, named by the settings, or picked from one list of everybody; each asked for apart where the
//! description says so.

use indexmap::IndexMap;
use serde_json::{Value, json};

use super::ask::Names;
use super::build::{Answers, is_deleted, unwrapped};
use super::description::Part;
use super::{MOST_PEOPLE, RestSource};
use crate::interview::Problem;
use crate::net::NetError;

/// A person as far as is known.
#[derive(Clone)]
pub(super) struct Person {
    /// By which the platform is asked for that person.
    pub(super) id: String,
    pub(super) entry: Value,
    /// Whether that person was asked for apart.
    pub(super) is_whole: bool,
}

impl RestSource {
    /// All that is known of a batch.
    pub(super) async fn answers(&self, id: &str) -> Result<Answers, NetError> {
        let description = &self.description;
        let names = [("batch", id)];
        let batch = match &description.batch.request {
            Some(request) => self.ask(request, &names).await?,
            None => self.listed.lock().await.get(id).cloned().unwrap_or(Value::Null),
        };
        let around = (&batch, id);
        let mut people = Vec::new();
        for person in self.people(around).await? {
            // Nothing more is asked of those whom the platform has deleted: it may have forgotten them.
            if is_deleted(&description.submissions, &person.entry) {
                people.push((person.entry, Vec::new()));
                continue;
            }
            let Some(person) = self.whole(person, id).await? else { continue };
            people.push(self.with_answers(person, id).await?);
        }
        let is_otherwise = description.questions.when.as_ref().is_some_and(|name| !self.values.contains_key(name));
        let part = match &description.questions.otherwise {
            Some(otherwise) if is_otherwise => otherwise,
            _ => &description.questions,
        };
        let questions = if part.each { None } else { Some(self.items(part, around, "questions").await?) };
        let batch = match people.first() {
            Some((first, _)) if batch.is_null() => first.clone(),
            _ => batch,
        };
        let id = description.batch.fields.get("id").and_then(|place| place.text(&batch)).unwrap_or_else(|| id.to_owned());
        Ok(Answers { batch, id, people, questions, is_otherwise })
    }

    async fn people(&self, (batch, id): (&Value, &str)) -> Result<Vec<Person>, NetError> {
        let part = &self.description.submissions;
        if let Some(place) = &part.batch {
            let all = self.everybody().await?.iter();
            return Ok(all.filter(|person| place.text(&person.entry).as_deref() == Some(id)).cloned().collect());
        }
        let entries = self.items(part, (batch, id), "submissions").await?;
        Ok(entries.iter().map(|entry| self.listed_person(entry)).collect())
    }

    fn listed_person(&self, entry: &Value) -> Person {
        let entry = unwrapped(&self.description.submissions, entry).clone();
        Person { id: self.candidate(&entry), entry, is_whole: self.description.submissions.detail.is_none() }
    }

    /// The batches that people belong to, with their titles.
    pub(super) async fn batches_of_people(&self) -> Result<Vec<(String, String)>, NetError> {
        let part = &self.description.submissions;
        let mut batches = IndexMap::new();
        for person in self.everybody().await? {
            let Some(id) = part.batch.as_ref().and_then(|place| place.text(&person.entry)) else { continue };
            let title = part.batch_title.as_ref().and_then(|place| place.text(&person.entry));
            batches.entry(id.clone()).or_insert_with(|| title.unwrap_or(id));
        }
        Ok(batches.into_iter().collect())
    }

    /// The people of all batches, each so far that the batch is known.
    async fn everybody(&self) -> Result<&Vec<Person>, NetError> {
        let part = &self.description.submissions;
        let all = self.everybody.get_or_try_init(|| async {
            let listed = match &part.given {
                Some(name) => {
                    let ids = self.values.get(name).cloned().unwrap_or_default();
                    ids.into_iter().map(|id| Person { id, entry: json!({}), is_whole: false }).collect()
                }
                None => {
                    let entries = self.items(part, (&Value::Null, ""), "submissions").await?;
                    entries.iter().map(|entry| self.listed_person(entry)).collect::<Vec<_>>()
                }
            };
            let says = |person: &Person| part.batch.as_ref().is_some_and(|place| place.text(&person.entry).is_some());
            let (mut all, mut homeless) = (Vec::with_capacity(listed.len()), 0);
            for mut person in listed {
                if !says(&person) && !person.is_whole {
                    let Some(whole) = self.whole(person, "").await? else { continue };
                    person = whole;
                }
                if says(&person) { all.push(person) } else { homeless += 1 }
            }
            if homeless > 0 {
                let places = part.batch.as_ref().map(|place| place.texts().join(", ")).unwrap_or_default();
                let reason =
                    format!("{homeless} people do not say to which batch they belong (looked for at {places}); they were left out");
                let remedy = "write a description of your own with the right `submissions.batch`";
                self.note(Problem::damage(&self.description.source, "submissions", &reason, remedy).coded("unsettled"));
            }
            Ok(all)
        });
        all.await
    }

    /// The person as asked for apart; none where the settings name somebody who is not there.
    pub(super) async fn whole(&self, person: Person, batch: &str) -> Result<Option<Person>, NetError> {
        let part = &self.description.submissions;
        let Some(detail) = part.detail.as_ref().filter(|_| !person.is_whole) else { return Ok(Some(person)) };
        let names = [("batch", batch), ("candidate", person.id.as_str())];
        let answer = self.ask_if_there(detail, &names).await?;
        let found = answer.as_ref().and_then(|answer| part.detail_at.found(answer, &names)).map(|(_, found)| found);
        let Some(found) = found.filter(|found| found.is_object()) else {
            self.is_gone(&person, part);
            return Ok(part.given.is_none().then_some(Person { is_whole: true, ..person }));
        };
        let mut entry = person.entry;
        if let (Some(entry), Some(found)) = (entry.as_object_mut(), found.as_object()) {
            entry.extend(found.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        Ok(Some(Person { id: person.id, entry, is_whole: true }))
    }

    fn is_gone(&self, person: &Person, part: &Part) {
        let reason = match part.given {
            Some(_) => "it is not there, has expired or is not visible to this key; what is here of it stays as it is",
            None => "it is listed, and asked for it is not there; only what the listing says is known",
        };
        let place = format!("candidate {}", person.id);
        self.note(Problem::warning(&self.description.source, &place, reason, "").coded("gone"));
    }

    /// A person's entry and answers.
    pub(super) async fn with_answers(&self, person: Person, batch: &str) -> Result<(Value, Vec<Value>), NetError> {
        let given = match &self.description.answers {
            Some(part) => match &part.request {
                Some(request) => {
                    let names = [("batch", batch), ("candidate", person.id.as_str())];
                    self.pages(request, &part.items, &part.pages, &names, MOST_PEOPLE).await?
                }
                // A person without answers has none yet.
                None => part.items.items(&person.entry, &[]).map(<[Value]>::to_vec).unwrap_or_default(),
            },
            None => Vec::new(),
        };
        Ok((person.entry, given))
    }

    /// The platform's id of a person.
    pub(super) fn candidate(&self, entry: &Value) -> String {
        let place = self.description.submissions.fields.get("candidate.id");
        place.and_then(|place| place.text(entry)).unwrap_or_default()
    }

    /// The entries of a part, from a request of its own or from what lies around it.
    async fn items(&self, part: &Part, (around, id): (&Value, &str), name: &str) -> Result<Vec<Value>, NetError> {
        let names: &Names<'_> = &[("batch", id)];
        match &part.request {
            Some(request) => self.pages(request, &part.items, &part.pages, names, MOST_PEOPLE).await,
            None => part
                .items
                .items(around, &self.with_values(names))
                .map(<[Value]>::to_vec)
                .ok_or_else(|| self.wrong(format!("has no list where the description looks for it ([{name}] items)"))),
        }
    }
}
