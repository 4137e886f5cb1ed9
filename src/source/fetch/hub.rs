//! Another earmark as a source: the HTTP protocol's client.

use std::collections::HashSet;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::remote::{Came, Listed, Listing, Located, MOST_BATCHES, MOST_PAGES, check_status, json_of};
use crate::export::profile::percent;
use crate::interview::Problem;
use crate::net::{ApiClient, Ask, Credentials, NetError, NetTrouble, Pace, Patience, Payload, Wire};
use crate::source::protocol::{AskLocators, Changes, Locators, MOST_FILES};

/// Another earmark.
pub struct HubSource {
    api: ApiClient,
    base: String,
}

/// How far a hub was read: its cursor, and the batches before it that were not taken.
#[derive(Default, Serialize, Deserialize)]
struct Mark {
    next: Option<String>,
    left: Vec<Listed>,
}

impl Mark {
    /// A mark without batches is the cursor alone.
    fn read(text: Option<&str>) -> Self {
        let Some(text) = text else { return Mark::default() };
        serde_json::from_str(text).unwrap_or_else(|_| Mark { next: Some(text.to_owned()), left: Vec::new() })
    }
}

/// The mark of a hub of which these batches are to be listed again.
pub(super) fn mark_without(next: String, left: &[Listed]) -> String {
    if left.is_empty() {
        return next;
    }
    serde_json::to_string(&Mark { next: Some(next), left: left.to_vec() }).expect("texts alone")
}

impl HubSource {
    /// The hub at `base`.
    ///
    /// # Errors
    /// Where the address may not be asked, or certificates or proxy cannot be used.
    pub fn new(wire: &Wire, base: &str, credentials: Credentials) -> Result<Self, NetError> {
        let pace = Pace { at_once: 4, per_second: 50.0 };
        let api = ApiClient::new(wire, base, credentials, &[], pace, Patience::default())?;
        Ok(HubSource { api, base: base.trim_end_matches('/').to_owned() })
    }

    pub(super) async fn changed(&self, since: Option<&str>) -> Result<Listing, NetError> {
        let (mut listing, Mark { next: mut mark, left }) = (Listing::default(), Mark::read(since));
        for _ in 0..MOST_PAGES {
            let query = mark.as_deref().map(|mark| format!("?since={}", percent(mark))).unwrap_or_default();
            let changes: Changes = self.get(format!("/v1/batches{query}"), Payload::Empty).await?;
            let listed = |one: crate::source::protocol::Changed| Listed { id: one.id, title: one.title, region: one.region };
            listing.batches.extend(changes.batches.into_iter().map(listed));
            if listing.batches.len() > MOST_BATCHES {
                return Err(self.wrong(format!("lists more than {MOST_BATCHES} batches")));
            }
            let is_stuck = changes.more && mark.as_ref() == Some(&changes.next);
            mark = Some(changes.next);
            if is_stuck {
                return Err(self.wrong("lists the same page again and again"));
            }
            if !changes.more {
                let new: HashSet<&str> = listing.batches.iter().map(|one| one.id.as_str()).collect();
                let mut all: Vec<Listed> = left.into_iter().filter(|one| !new.contains(one.id.as_str())).collect();
                all.append(&mut listing.batches);
                (listing.batches, listing.mark) = (all, mark);
                return Ok(listing);
            }
        }
        Err(self.wrong("lists without an end"))
    }

    pub(super) async fn probe(&self) -> Result<(), NetError> {
        self.get::<Changes>("/v1/batches".to_owned(), Payload::Empty).await.map(drop)
    }

    pub(super) async fn batch(&self, id: &str) -> Result<Came, NetError> {
        let ask =
            Ask { verb: "GET".into(), path: format!("/v1/batches/{}", percent(id)), payload: Payload::Empty, repeatable: true };
        let answer = self.api.ask(&ask).await?;
        if answer.status == 404 {
            let reason = "it was listed, and is not there any more";
            let gone = Problem::warning(&self.host(), &format!("batch {id}"), reason, "").coded("gone");
            return Ok(Came { document: None, is_gone: true, problems: vec![gone], offers: None });
        }
        check_status(&self.host(), &answer)?;
        Ok(Came { document: Some(answer.body), is_gone: false, problems: Vec::new(), offers: None })
    }

    pub(super) async fn locate(&self, batch: &str, files: &[String]) -> Result<Vec<Located>, NetError> {
        let mut found = Vec::with_capacity(files.len());
        for some in files.chunks(MOST_FILES) {
            let body = serde_json::to_value(AskLocators { files: some.to_vec() }).expect("texts alone");
            let path = format!("/v1/batches/{}/locators", percent(batch));
            let answer: Locators = self.get(path, Payload::Json(body)).await?;
            let url = |file: &String| answer.locators.iter().find(|one| one.file == *file).and_then(|one| one.url.as_deref());
            found.extend(some.iter().map(|file| url(file).map_or(Located::Nowhere, |url| Located::At(self.whole(url)))));
        }
        Ok(found)
    }

    /// An address that may be relative to the hub's own.
    fn whole(&self, url: &str) -> String {
        match url.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.base),
            None => url.to_owned(),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: String, payload: Payload) -> Result<T, NetError> {
        let verb = if payload == Payload::Empty { "GET" } else { "POST" };
        let answer = self.api.ask(&Ask { verb: verb.into(), path, payload, repeatable: true }).await?;
        let value = json_of(&self.host(), &answer)?;
        serde_json::from_value(value).map_err(|error| self.wrong(format!("does not answer as a hub does: {error}")))
    }

    fn host(&self) -> String {
        self.api.origin().host()
    }

    fn wrong(&self, what: impl std::fmt::Display) -> NetError {
        NetError::new(NetTrouble::Refused, format!("{} {what}", self.host()))
    }
}
