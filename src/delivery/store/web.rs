//! An address that files are uploaded to with PUT, which is as good twice as once (RFC 9110, section 9.3.4).

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::Value;

use super::{READ_BACK, Seen, StoreError, Trouble, Untaken};
use crate::config::secret::resolve;
use crate::delivery::calls::denies;
use crate::interview::Digest;
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
    /// What was taken with an answer that says so.
    said: HashSet<String>,
    /// Whether a file that was taken is looked at afterwards.
    reads_back: bool,
}

/// What can be seen of a file.
enum Sight {
    /// So many bytes lie there.
    There(u64, Option<Digest>),
    /// Nothing does.
    Absent,
    /// Nobody is shown what lies there.
    Hidden,
}

impl Web {
    /// The place of an address; `headers` may hold references to secrets. `reads_back` is not so where whoever takes the files
    /// takes them away at once.
    ///
    /// # Errors
    /// Where the address may not be asked, or a secret cannot be had.
    pub fn at(
        address: &str,
        headers: &IndexMap<String, String>,
        (reads_back, patience): (bool, Patience),
        wire: &Wire,
    ) -> Result<Self, StoreError> {
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
        let api = ApiClient::new(wire, base.as_str(), Credentials::None, &pairs, pace, patience)?;
        let (folder, last) = url.path().rsplit_once('/').unwrap_or_default();
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let file = (!last.is_empty()).then(|| last.to_owned());
        Ok(Web { api, folder: folder.to_owned(), file, query, staged: HashMap::new(), said: HashSet::new(), reads_back })
    }

    /// The host, and until when it asked to be left alone, where that is longer than a run waits.
    pub(super) fn left_alone(&self) -> Option<(String, Timestamp)> {
        Some((self.host(), self.api.left_alone_until()?))
    }

    /// Asks for nothing before that time.
    pub(super) fn leave_alone(&self, until: Timestamp) {
        self.api.leave_alone(until);
    }

    pub(super) fn host(&self) -> String {
        self.api.origin().host()
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
        self.taken(&answer)?;
        if says_so(&answer) {
            self.said.insert(name.to_owned());
        }
        Ok(())
    }

    /// What lies there where so many bytes are expected: read whole, unless that is much. What cannot be seen counts as not there, and
    /// is uploaded again.
    pub(super) async fn look(&mut self, name: &str, bytes: u64) -> Result<Seen, StoreError> {
        Ok(seen(self.sight(name, verbs(bytes)).await?))
    }

    /// What GET tells.
    pub(super) async fn look_whole(&mut self, name: &str) -> Result<Seen, StoreError> {
        Ok(seen(self.sight(name, &["GET"]).await?))
    }

    /// What lies there of a file of so many bytes; none where nobody is shown that. What is large is not read whole.
    pub(super) async fn read_back(&mut self, name: &str, bytes: u64) -> Result<Option<Seen>, StoreError> {
        Ok(match self.sight(name, verbs(bytes)).await? {
            Sight::Hidden => None,
            Sight::Absent => Some(Seen::default()),
            there @ Sight::There(..) => Some(seen(there)),
        })
    }

    /// Whether a file that was uploaded just now counts as taken though it is not seen there.
    ///
    /// # Errors
    /// Says why it does not.
    pub(super) async fn acknowledged(&mut self, name: &str) -> Result<(), Untaken> {
        let mut is_other = false;
        let why = match (self.said.contains(name), self.reads_back) {
            (true, false) => return Ok(()),
            (is_said, true) => match self.sight(name, &["HEAD", "GET"]).await {
                Err(why) => return Err(Untaken { why, is_other }),
                Ok(Sight::Hidden) if is_said => return Ok(()),
                Ok(Sight::Hidden) => "answers with nothing that says that it took it, and shows nobody what is there",
                Ok(Sight::Absent) => "says that it took it, and it does not lie there",
                Ok(Sight::There(..)) => {
                    is_other = true;
                    "says that it took it, and what lies there is another"
                }
            },
            (false, false) => "answers with nothing that says that it took it",
        };
        // It answers: whoever asks again is told no more.
        let why = StoreError::new(Trouble::Refused, format!("{} {why}: {name}", self.api.origin().host()));
        Err(Untaken { why, is_other })
    }

    async fn sight(&self, name: &str, verbs: &[&str]) -> Result<Sight, StoreError> {
        for &verb in verbs {
            let answer = self.ask(verb, name, Payload::Empty).await?;
            match answer.status {
                200..=299 if answer.is_page() => return self.taken(&answer).map(|()| Sight::Hidden),
                200..=299 if verb == "GET" => {
                    return Ok(Sight::There(answer.body.len() as u64, Some(Digest::of(&answer.body))));
                }
                200..=299 => {
                    if let Some(bytes) = answer.header("content-length").and_then(|length| length.parse::<u64>().ok()) {
                        return Ok(Sight::There(bytes, None));
                    }
                }
                401 | 407 => return self.taken(&answer).map(|()| Sight::Hidden),
                404 | 410 => return Ok(Sight::Absent),
                _ => {}
            }
        }
        Ok(Sight::Hidden)
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
            200..=299 if is_denied(answer) => (Trouble::Refused, "says that it did not take it"),
            200..=299 => return Ok(()),
            401 | 403 | 407 => (Trouble::Authentication, "does not let us in"),
            408 | 425 | 429 | 500.. => (Trouble::Temporary, "does not take it now"),
            _ => (Trouble::Refused, "does not take it"),
        };
        Err(StoreError::new(trouble, format!("{host} {what} ({})", answer.status)))
    }
}

/// How a file of so many bytes is looked at: its length alone says little of what lies there.
fn verbs(bytes: u64) -> &'static [&'static str] {
    if bytes <= READ_BACK { &["GET", "HEAD"] } else { &["HEAD"] }
}

/// What cannot be seen counts as not there.
fn seen(sight: Sight) -> Seen {
    match sight {
        Sight::There(bytes, sha256) => Seen { part: false, bytes: Some(bytes), sha256, hidden: false },
        Sight::Absent | Sight::Hidden => Seen { part: true, ..Seen::default() },
    }
}

/// Whether an answer that is no refusal says that the file was taken: by its status, by a tag of what lies there now, or by a JSON.
fn says_so(answer: &Answer) -> bool {
    let is_json =
        serde_json::from_slice::<Value>(&answer.body).is_ok_and(|value| value.as_object().is_some_and(|all| !all.is_empty()));
    matches!(answer.status, 201 | 204) || answer.header("etag").is_some() || is_json
}

fn is_denied(answer: &Answer) -> bool {
    serde_json::from_slice::<Value>(&answer.body).is_ok_and(|value| denies(&value))
}
