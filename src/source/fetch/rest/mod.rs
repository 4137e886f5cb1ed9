//! A platform that a file describes: its requests, its pages, and where its recordings are.

mod build;
mod description;
mod stating;

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;
use tokio::sync::Mutex;

use self::build::{Answers, build};
use super::remote::{Came, Listed, Listing, MOST_BATCHES, MOST_PAGES, json_of};
use crate::config::secret::Secret;
use crate::export::profile::percent;
use crate::interview::Problem;
use crate::net::{ApiClient, Ask, Credentials, NetError, NetTrouble, Pace, Patience, Payload, Wire, next_page};

pub use description::{Description, Pages, Part, Place};
pub use stating::Says;

/// People that one batch may have, as in `batch.json`.
const MOST_PEOPLE: usize = 20_000;

/// A platform that a file describes.
pub struct RestSource {
    api: ApiClient,
    base: String,
    description: Description,
    /// Where the files of a batch were when it was last asked for, and which of them were told since.
    known: Mutex<HashMap<String, Known>>,
}

struct Known {
    files: HashMap<String, String>,
    told: HashSet<String>,
}

impl RestSource {
    /// The platform at `base`.
    ///
    /// # Errors
    /// Where the address may not be asked, or certificates or proxy cannot be used.
    pub fn new(wire: &Wire, base: &str, description: Description, secret: Option<&Secret>) -> Result<Self, NetError> {
        let auth = &description.auth;
        let credentials = match secret {
            Some(secret) => Credentials::header(&auth.header, &format!("{}{}", auth.prefix, secret.expose()))?,
            None => Credentials::None,
        };
        let headers: Vec<(String, String)> =
            description.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let pace = Pace { at_once: 2, per_second: description.per_second };
        let api = ApiClient::new(wire, base, credentials, &headers, pace, Patience::default())?;
        let base = base.trim_end_matches('/').to_owned();
        Ok(RestSource { api, base, description, known: Mutex::default() })
    }

    pub(super) async fn changed(&self, since: Option<&str>) -> Result<Listing, NetError> {
        let Some(list) = &self.description.list else {
            let given = &self.description.batches;
            let ids = if given.is_empty() { vec![String::new()] } else { given.clone() };
            let listed = |id: String| Listed { title: id.clone(), id, region: None };
            return Ok(Listing { batches: ids.into_iter().map(listed).collect(), ..Listing::default() });
        };
        let before: BTreeMap<String, String> = since.and_then(|mark| serde_json::from_str(mark).ok()).unwrap_or_default();
        let (mut now, mut listing) = (before.clone(), Listing::default());
        let mut nameless = 0;
        for entry in self.pages(list.request.clone(), &list.items, &list.pages, MOST_BATCHES).await? {
            let Some(id) = list.id.text(&entry) else {
                nameless += 1;
                continue;
            };
            let changed = list.changed.as_ref().and_then(|place| place.text(&entry));
            if changed.is_some() && before.get(&id) == changed.as_ref() {
                continue;
            }
            now.extend(changed.map(|changed| (id.clone(), changed)));
            let text = |place: &Option<Place>| place.as_ref().and_then(|place| place.text(&entry));
            listing.batches.push(Listed { title: text(&list.title).unwrap_or_else(|| id.clone()), region: text(&list.region), id });
        }
        if nameless > 0 {
            let reason = format!("{nameless} entries of the listing have no id where the description looks for it");
            listing.problems.push(Problem::damage(&self.description.source, "list", &reason, "mend `list.id`"));
        }
        listing.mark = list.changed.as_ref().map(|_| serde_json::to_string(&now).expect("texts alone"));
        Ok(listing)
    }

    pub(super) async fn batch(&self, id: &str) -> Result<Came, NetError> {
        let built = build(&self.description, &self.answers(id).await?);
        let known = Known { files: built.files, told: HashSet::new() };
        self.known.lock().await.insert(id.to_owned(), known);
        Ok(Came { document: built.document.to_string().into_bytes(), problems: built.problems })
    }

    pub(super) async fn locate(&self, batch: &str, files: &[String]) -> Result<Vec<Option<String>>, NetError> {
        let mut known = self.known.lock().await;
        // Whoever asks for the same file again was told an address that is not good any more.
        let is_fresh = known.get(batch).is_some_and(|known| files.iter().all(|file| !known.told.contains(file)));
        if !is_fresh {
            let built = build(&self.description, &self.answers(batch).await?);
            known.insert(batch.to_owned(), Known { files: built.files, told: HashSet::new() });
        }
        let known = known.get_mut(batch).expect("it was put there");
        let mut found = Vec::with_capacity(files.len());
        for file in files {
            known.told.insert(file.clone());
            found.push(match known.files.get(file) {
                Some(at) => self.address(batch, at).await?,
                None => None,
            });
        }
        Ok(found)
    }

    /// The address of what stands in an answer as its file.
    async fn address(&self, batch: &str, at: &str) -> Result<Option<String>, NetError> {
        let media = &self.description.media;
        let at = match &media.request {
            None => at.to_owned(),
            Some(request) => {
                let path = filled(request, &[("batch", batch), ("file", at)]);
                let answer = self.ask(path).await?;
                match media.address.text(&answer) {
                    Some(address) => address,
                    None => return Ok(None),
                }
            }
        };
        Ok(Some(match at.contains("://") {
            true => at,
            false => format!("{}/{}", self.base, at.trim_start_matches('/')),
        }))
    }

    /// All that is known of a batch.
    async fn answers(&self, id: &str) -> Result<Answers, NetError> {
        let (description, ids) = (&self.description, [("batch", id)]);
        let batch = self.ask(filled(&description.batch.request, &ids)).await?;
        let questions = self.items(&description.questions, &batch, &ids, "questions").await?;
        let entries = self.items(&description.submissions, &batch, &ids, "submissions").await?;
        let mut people = Vec::with_capacity(entries.len());
        for person in entries {
            let candidate = description.submissions.fields.get("candidate.id").and_then(|place| place.text(&person));
            let ids = [("batch", id), ("candidate", candidate.as_deref().unwrap_or_default())];
            // A person without answers has none yet.
            let given = match &description.answers.request {
                Some(_) => self.items(&description.answers, &person, &ids, "answers").await?,
                None => description.answers.items.items(&person).map(<[Value]>::to_vec).unwrap_or_default(),
            };
            people.push((person, given));
        }
        let id = match description.batch.fields.get("id").and_then(|place| place.text(&batch)) {
            Some(own) => own,
            None => id.to_owned(),
        };
        Ok(Answers { batch, id, people, questions })
    }

    /// The entries of a part, from a request of its own or from what lies around it.
    async fn items(&self, part: &Part, around: &Value, ids: &[(&str, &str)], name: &str) -> Result<Vec<Value>, NetError> {
        match &part.request {
            Some(request) => self.pages(filled(request, ids), &part.items, &part.pages, MOST_PEOPLE).await,
            None => part
                .items
                .items(around)
                .map(<[Value]>::to_vec)
                .ok_or_else(|| self.wrong(format!("has no list where the description looks for it ([{name}] items)"))),
        }
    }

    /// The entries of all pages.
    async fn pages(&self, first: String, items: &Place, pages: &Pages, most: usize) -> Result<Vec<Value>, NetError> {
        let (mut entries, mut path, mut asked) = (Vec::new(), first.clone(), HashSet::new());
        for number in 2..MOST_PAGES {
            if !asked.insert(path.clone()) {
                return Err(self.wrong("leads from page to page in a circle"));
            }
            let answer = self.api.ask(&get(path.clone())).await?;
            let value = json_of(&self.host(), &answer)?;
            let here = items.items(&value).ok_or_else(|| self.wrong("has no list where the description looks for it"))?;
            let count = here.len();
            entries.extend_from_slice(here);
            if entries.len() > most {
                return Err(self.wrong(format!("lists more than {most} entries")));
            }
            let with = |name: &str, value: &str| {
                let mark = if first.contains('?') { '&' } else { '?' };
                format!("{first}{mark}{name}={}", percent(value))
            };
            let next = match (pages.link, &pages.next, &pages.cursor, &pages.parameter) {
                (true, ..) => next_page(answer.header("link")),
                (_, Some(place), ..) => place.text(&value).filter(|next| !next.is_empty()),
                (_, _, Some(cursor), Some(name)) => cursor.text(&value).filter(|c| !c.is_empty()).map(|cursor| with(name, &cursor)),
                (_, _, None, Some(name)) if count > 0 => Some(with(name, &number.to_string())),
                _ => None,
            };
            match next {
                Some(next) => path = self.behind_base(next),
                None => return Ok(entries),
            }
        }
        Err(self.wrong("lists without an end"))
    }

    /// A page's address as the client takes it: whole, or a path behind the base.
    fn behind_base(&self, next: String) -> String {
        let own = self.base.splitn(4, '/').nth(3).map(|path| format!("/{path}/")).unwrap_or_default();
        match own.is_empty() {
            false => next.strip_prefix(own.trim_end_matches('/')).map(str::to_owned).unwrap_or(next),
            true => next,
        }
    }

    async fn ask(&self, path: String) -> Result<Value, NetError> {
        let answer = self.api.ask(&get(path)).await?;
        json_of(&self.host(), &answer)
    }

    fn host(&self) -> String {
        self.api.origin().host()
    }

    fn wrong(&self, what: impl std::fmt::Display) -> NetError {
        NetError::new(NetTrouble::Refused, format!("{} {what}", self.host()))
    }
}

fn get(path: String) -> Ask {
    Ask { verb: "GET".into(), path, payload: Payload::Empty, repeatable: true }
}

/// A path with ids in it, each escaped.
fn filled(path: &str, ids: &[(&str, &str)]) -> String {
    ids.iter().fold(path.to_owned(), |path, (name, id)| path.replace(&format!("{{{name}}}"), &percent(id)))
}
