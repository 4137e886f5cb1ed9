//! An address that files are uploaded to with PUT, which is as good twice as once (RFC 9110, section 9.3.4).

use std::collections::HashMap;

use indexmap::IndexMap;

use super::{Seen, StoreError, Trouble};
use crate::config::secret::resolve;
use crate::net::{Answer, ApiClient, Ask, Credentials, NetTrouble, Pace, Patience, Payload, Wire};

/// An address that files are uploaded to.
#[derive(Debug)]
pub struct Web {
    api: ApiClient,
    /// Behind the origin, up to the last slash.
    folder: String,
    /// The one file, where the address does not end with a slash.
    file: Option<String>,
    query: String,
    /// What is to be uploaded next.
    staged: HashMap<String, Vec<u8>>,
}

impl Web {
    /// The place of an address; `headers` may hold references to secrets.
    ///
    /// # Errors
    /// Where the address may not be asked, or a secret cannot be had.
    pub fn at(address: &str, headers: &IndexMap<String, String>, wire: &Wire) -> Result<Self, StoreError> {
        let url = crate::net::check_address(address).map_err(|why| StoreError::new(Trouble::Refused, why))?;
        let mut pairs = Vec::new();
        for (name, value) in headers {
            let value = resolve(value).map_err(|error| StoreError::new(Trouble::Authentication, error))?;
            pairs.push((name.clone(), value.expose().to_owned()));
        }
        let mut base = url.clone();
        base.set_path("/");
        base.set_query(None);
        let pace = Pace { at_once: 2, per_second: 20.0 };
        let api = ApiClient::new(wire, base.as_str(), Credentials::None, &pairs, pace, Patience::default())?;
        let (folder, last) = url.path().rsplit_once('/').unwrap_or_default();
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let file = (!last.is_empty()).then(|| last.to_owned());
        Ok(Web { api, folder: folder.to_owned(), file, query, staged: HashMap::new() })
    }

    pub(super) fn name<'n>(&'n self, planned: &'n str) -> &'n str {
        self.file.as_deref().unwrap_or(planned)
    }

    pub(super) fn is_one_file(&self) -> bool {
        self.file.is_some()
    }

    /// Nothing is sent yet: an upload is there whole or not at all.
    pub(super) fn stage(&mut self, name: &str, bytes: &[u8]) {
        self.staged.insert(name.to_owned(), bytes.to_vec());
    }

    pub(super) async fn publish(&mut self, name: &str) -> Result<(), StoreError> {
        let bytes = self.staged.remove(name).unwrap_or_default();
        let kind = if name.ends_with(".csv") { "text/csv; charset=utf-8" } else { "application/octet-stream" };
        let answer = self.ask("PUT", name, Payload::Bytes(bytes, kind)).await?;
        self.taken(&answer)
    }

    /// What HEAD tells; where that is not answered, nobody knows, and the file is uploaded again.
    pub(super) async fn look(&mut self, name: &str) -> Result<Seen, StoreError> {
        let answer = self.ask("HEAD", name, Payload::Empty).await?;
        let bytes = match answer.status {
            200..=299 => answer.header("content-length").and_then(|length| length.parse::<u64>().ok()),
            401 | 407 => return self.taken(&answer).map(|()| Seen::default()),
            _ => None,
        };
        Ok(Seen { part: bytes.is_none(), bytes, sha256: None })
    }

    async fn ask(&self, verb: &str, name: &str, payload: Payload) -> Result<Answer, StoreError> {
        let path = format!("{}/{}{}", self.folder, crate::export::profile::percent(name), self.query);
        let ask = Ask { verb: verb.to_owned(), path, payload, repeatable: true };
        self.api.ask(&ask).await.map_err(|error| match error.trouble {
            NetTrouble::Unknown => StoreError::new(Trouble::Temporary, error.text),
            _ => error.into(),
        })
    }

    fn taken(&self, answer: &Answer) -> Result<(), StoreError> {
        let host = self.api.origin().host();
        let (trouble, what) = match answer.status {
            200..=299 if answer.is_page() => (Trouble::Authentication, "answers with a page for people, perhaps one to sign in at"),
            200..=299 => return Ok(()),
            401 | 403 | 407 => (Trouble::Authentication, "does not let us in"),
            408 | 425 | 429 | 500.. => (Trouble::Temporary, "does not take it now"),
            _ => (Trouble::Refused, "does not take it"),
        };
        Err(StoreError::new(trouble, format!("{host} {what} ({})", answer.status)))
    }
}
