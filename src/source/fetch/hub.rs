//! Another earmark as a source: the HTTP protocol's client.

use serde::de::DeserializeOwned;

use super::remote::{Came, Listed, Listing, Located, MOST_BATCHES, MOST_PAGES, check_status, json_of};
use crate::export::profile::percent;
use crate::net::{ApiClient, Ask, Credentials, NetError, NetTrouble, Pace, Patience, Payload, Wire};
use crate::source::protocol::{AskLocators, Changes, Locators, MOST_FILES};

/// Another earmark.
pub struct HubSource {
    api: ApiClient,
    base: String,
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
        let (mut listing, mut mark) = (Listing::default(), since.map(str::to_owned));
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
                listing.mark = mark;
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
        check_status(&self.host(), &answer)?;
        Ok(Came { document: Some(answer.body), problems: Vec::new(), offers: None })
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
