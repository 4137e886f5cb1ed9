//! A platform that a file describes: its requests, its pages, and where its recordings are.

mod ask;
mod build;
mod description;
mod graphql;
mod people;
mod probe;
mod stating;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;
use tokio::sync::{Mutex, OnceCell};

use self::build::{Answers, Built, Found, build};
use self::graphql::Schema;
use self::people::Person;
use super::remote::{Came, Listed, Listing, Located, MOST_BATCHES};
use crate::config::secret::Secret;
use crate::interview::Problem;
use crate::net::{ApiClient, ClientCredentials, Credentials, NetError, NetTrouble, Pace, Patience, Wire};

pub use description::{Description, SHIPPED, shipped};

/// People that one batch may have, as in `batch.json`.
const MOST_PEOPLE: usize = 20_000;

/// A platform that a file describes.
pub struct RestSource {
    api: ApiClient,
    base: String,
    description: Description,
    values: BTreeMap<String, Vec<String>>,
    /// What a GraphQL platform has; none inside where it does not tell.
    schema: OnceCell<Option<Schema>>,
    /// The entries of the listing, by the batch's id.
    listed: Mutex<HashMap<String, Value>>,
    /// The people of all batches, where one list has them.
    everybody: OnceCell<Vec<Person>>,
    /// What is worth knowing and not told yet, and what was.
    notes: std::sync::Mutex<(Vec<Problem>, BTreeSet<String>)>,
    /// Where the files of a batch were when it was last asked for, and which of them were told since.
    known: Mutex<HashMap<String, Known>>,
    /// What its recordings are asked with, where the description says that they take it.
    pub(super) for_media: Option<Credentials>,
}

struct Known {
    answers: Answers,
    files: HashMap<String, Found>,
    owners: HashMap<String, usize>,
    told: HashSet<String>,
}

/// What the settings say of how a platform is asked.
#[derive(Default)]
pub struct Access {
    /// What it is shown to be let in.
    pub secret: Option<Secret>,
    /// The client's name, where the secret is a client's.
    pub client_id: Option<Secret>,
    /// The header that carries the secret, where it is another than the description's.
    pub header: Option<String>,
    /// What stands before the secret in it, where that is something else.
    pub prefix: Option<String>,
    /// What else the description asks the settings for.
    pub values: BTreeMap<String, Vec<String>>,
}

impl RestSource {
    /// The platform at `base`.
    ///
    /// # Errors
    /// Where the address may not be asked, or certificates or proxy cannot be used.
    pub fn new(wire: &Wire, base: &str, description: Description, access: Access) -> Result<Self, NetError> {
        let base = base.trim_end_matches('/').to_owned();
        let for_media = description.media.authorize.then(|| credentials(&base, &description, &access)).transpose()?;
        let credentials = credentials(&base, &description, &access)?;
        let filled = |text: &String| fill(text, &names_of(&access.values), &str::to_owned);
        let headers: Vec<(String, String)> =
            description.headers.iter().map(|(name, value)| (name.clone(), filled(value))).collect();
        let pace = Pace { at_once: 2, per_second: description.per_second };
        let api = ApiClient::new(wire, &base, credentials, &headers, pace, Patience::default())?;
        Ok(RestSource {
            api,
            base,
            description,
            values: access.values,
            schema: OnceCell::new(),
            listed: Mutex::default(),
            everybody: OnceCell::new(),
            notes: std::sync::Mutex::default(),
            known: Mutex::default(),
            for_media,
        })
    }

    pub(super) async fn changed(&self, since: Option<&str>) -> Result<Listing, NetError> {
        let Some(list) = &self.description.list else { return self.unlisted().await };
        let before: BTreeMap<String, String> = since.and_then(|mark| serde_json::from_str(mark).ok()).unwrap_or_default();
        let (mut now, mut listing) = (before.clone(), Listing::default());
        let mut nameless = 0;
        for entry in self.pages(&list.request, &list.items, &list.pages, &[], MOST_BATCHES).await? {
            let Some(id) = list.id.text(&entry) else {
                nameless += 1;
                continue;
            };
            let changed = list.changed.as_ref().and_then(|place| place.text(&entry));
            if changed.is_some() && before.get(&id) == changed.as_ref() {
                continue;
            }
            now.extend(changed.map(|changed| (id.clone(), changed)));
            let text = |place: &Option<description::Place>| place.as_ref().and_then(|place| place.text(&entry));
            let (title, region) = (text(&list.title).unwrap_or_else(|| id.clone()), text(&list.region));
            self.listed.lock().await.insert(id.clone(), entry);
            listing.batches.push(Listed { title, region, id });
        }
        if nameless > 0 {
            let reason = format!("{nameless} entries of the listing have no id where the description looks for it");
            listing.problems.push(Problem::damage(&self.description.source, "list", &reason, "mend `list.id`"));
        }
        listing.mark = list.changed.as_ref().map(|_| serde_json::to_string(&now).expect("texts alone"));
        listing.problems.extend(self.new_notes(Vec::new()));
        Ok(listing)
    }

    /// The batches where nothing lists them: those of the description, those that people belong to, or the only one.
    async fn unlisted(&self) -> Result<Listing, NetError> {
        let listed = |(id, title): (String, String)| Listed { id, title, region: None };
        let given = &self.description.batches;
        let batches = match (given.is_empty(), &self.description.submissions.batch) {
            (true, Some(_)) => self.batches_of_people().await?,
            (true, None) => vec![(String::new(), String::new())],
            (false, _) => given.iter().map(|id| (id.clone(), id.clone())).collect(),
        };
        let problems = self.new_notes(Vec::new());
        Ok(Listing { batches: batches.into_iter().map(listed).collect(), mark: None, problems })
    }

    pub(super) async fn batch(&self, id: &str) -> Result<Came, NetError> {
        let answers = self.answers(id).await?;
        let Built { document, files, owners, offers, problems } = build(&self.description, &answers);
        if document.is_none() {
            let reason = "nobody's answers are here yet, so its questions are not known; the next fetch looks again";
            self.note(Problem::warning(&self.description.source, &format!("batch {id}"), reason, ""));
        }
        let known = Known { answers, files, owners, told: HashSet::new() };
        self.known.lock().await.insert(id.to_owned(), known);
        let document = document.map(|document| document.to_string().into_bytes());
        Ok(Came { document, is_gone: false, problems: self.new_notes(problems), offers: Some(offers) })
    }

    pub(super) fn asks_for_each_file(&self) -> bool {
        self.description.media.request.is_some()
    }

    pub(super) async fn locate(&self, batch: &str, files: &[String]) -> Result<Vec<Located>, NetError> {
        let mut located = Vec::with_capacity(files.len());
        for found in self.found(batch, files).await? {
            located.push(match found {
                Some(Found::At(at)) => self.address(batch, &at).await?,
                Some(Found::Here(bytes)) => Located::Here(bytes),
                Some(Found::NotYet) => Located::NotYet,
                None => Located::Nowhere,
            });
        }
        Ok(located)
    }

    /// What stands in the platform's answers as these files.
    async fn found(&self, batch: &str, files: &[String]) -> Result<Vec<Option<Found>>, NetError> {
        let mut known = self.known.lock().await;
        // Whoever asks for the same file again was told an address that is not good any more. What is asked for with an id is not: that
        // stays as it is.
        let is_stale = |known: &Known, file: &&String| !self.asks_for_each_file() && known.told.contains(*file);
        let stale = |known: &Known| files.iter().filter(|file| is_stale(known, file)).cloned().collect::<Vec<_>>();
        match known.get_mut(batch).map(|known| (stale(known), known)) {
            Some((again, _)) if again.is_empty() => {}
            Some((again, known)) if self.asks_for_each() && again.iter().all(|file| known.owners.contains_key(file)) => {
                self.renew(batch, known, &again).await?;
            }
            _ => {
                let answers = self.answers(batch).await?;
                let Built { files, owners, .. } = build(&self.description, &answers);
                known.insert(batch.to_owned(), Known { answers, files, owners, told: HashSet::new() });
            }
        }
        let known = known.get_mut(batch).expect("it was put there");
        known.told.extend(files.iter().cloned());
        Ok(files.iter().map(|file| known.files.get(file).cloned()).collect())
    }

    /// Whether a person's answers are asked for apart, so that one person's addresses can be had anew.
    fn asks_for_each(&self) -> bool {
        self.description.submissions.detail.is_some()
            || self.description.answers.as_ref().is_some_and(|part| part.request.is_some())
    }

    /// Asks again for those whose files are asked for again.
    async fn renew(&self, batch: &str, known: &mut Known, files: &[String]) -> Result<(), NetError> {
        let whose: BTreeSet<usize> = files.iter().filter_map(|file| known.owners.get(file).copied()).collect();
        for nth in &whose {
            let entry = known.answers.people[*nth].0.clone();
            let person = Person { id: self.candidate(&entry), entry, is_whole: false };
            if let Some(person) = self.whole(person, batch).await? {
                known.answers.people[*nth] = self.with_answers(person, batch).await?;
            }
        }
        let Built { files, owners, .. } = build(&self.description, &known.answers);
        known.told.retain(|file| !owners.get(file).is_some_and(|owner| whose.contains(owner)));
        (known.files, known.owners) = (files, owners);
        Ok(())
    }

    /// The address of what stands in an answer as its file.
    async fn address(&self, batch: &str, at: &str) -> Result<Located, NetError> {
        let media = &self.description.media;
        let at = match &media.request {
            None => at.to_owned(),
            Some(request) => {
                let answer = self.ask(request, &[("batch", batch), ("file", at)]).await?;
                match media.address.text(&answer) {
                    Some(address) => address,
                    None => return Ok(Located::Nowhere),
                }
            }
        };
        Ok(Located::At(match at.contains("://") {
            true => at,
            false => format!("{}/{}", self.base, at.trim_start_matches('/')),
        }))
    }

    fn note(&self, problem: Problem) {
        self.notes.lock().expect("nobody panics here").0.push(problem);
    }

    /// What was not told before, of what was noted and of these.
    fn new_notes(&self, more: Vec<Problem>) -> Vec<Problem> {
        let mut notes = self.notes.lock().expect("nobody panics here");
        let (waiting, told) = &mut *notes;
        let all = std::mem::take(waiting).into_iter().chain(more);
        all.filter(|problem| told.insert(format!("{}\n{}", problem.place, problem.reason))).collect()
    }

    fn host(&self) -> String {
        self.api.origin().host()
    }

    fn wrong(&self, what: impl std::fmt::Display) -> NetError {
        NetError::new(NetTrouble::Refused, format!("{} {what}", self.host()))
    }
}

/// The mark of a platform of which these batches are to be listed again: what they said of their last change is forgotten.
pub(super) fn mark_without(mark: String, left: &[Listed]) -> String {
    let Ok(mut said) = serde_json::from_str::<BTreeMap<String, String>>(&mark) else { return mark };
    said.retain(|id, _| left.iter().all(|one| one.id != *id));
    serde_json::to_string(&said).expect("texts alone")
}

/// What the platform is shown: a header, or a token that is got for a client's name and secret.
fn credentials(base: &str, description: &Description, access: &Access) -> Result<Credentials, NetError> {
    let (Some(secret), auth) = (&access.secret, &description.auth) else { return Ok(Credentials::None) };
    if let Some(token) = &auth.token {
        let wrong = || NetError::new(NetTrouble::Authentication, "the client's name is missing (client_id)");
        let fields = token.fields.iter().map(|(name, value)| (name.clone(), Secret::new(value)));
        let fields = std::iter::once(("client_secret".to_owned(), secret.clone())).chain(fields).collect();
        let client =
            ClientCredentials::new(format!("{base}{}", token.request), access.client_id.clone().ok_or_else(wrong)?, None, fields);
        return Ok(Credentials::Token(Box::new(client)));
    }
    let header = access.header.as_ref().unwrap_or(&auth.header);
    let prefix = access.prefix.as_ref().unwrap_or(&auth.prefix);
    Credentials::header(header, &format!("{prefix}{}", secret.expose()))
}

/// The values that are one text each.
fn names_of(values: &BTreeMap<String, Vec<String>>) -> Vec<(&str, &str)> {
    values.iter().filter_map(|(name, texts)| Some((name.as_str(), texts.first()?.as_str()))).collect()
}

/// A text with ids in it, each written so.
fn fill(text: &str, names: &[(&str, &str)], written: &dyn Fn(&str) -> String) -> String {
    names.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), &written(id)))
}
