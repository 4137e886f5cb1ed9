//! One engine behind an address: where it lies, which regions' data it may get, and how often it is asked in vain.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::config::secret::{SecretError, SecretRef};
use crate::net::{Answer, ApiClient, Ask, Credentials, NetError, NetTrouble, Pace, Patience, Payload, Wire, asked_wait};

/// What the settings say of an engine.
#[derive(Clone, Debug)]
pub struct Said<'s> {
    /// How the settings are called: `reader` or `transcribe`.
    pub name: &'static str,
    /// The address.
    pub url: Option<&'s str>,
    /// The model.
    pub model: Option<&'s str>,
    /// Where the key lies, or `none`.
    pub key: Option<&'s str>,
    /// Which regions' data may be sent.
    pub regions: Option<&'s str>,
    /// How long one answer may take.
    pub timeout: Duration,
    /// How many at once.
    pub at_once: usize,
}

/// Why an engine cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum NotSet {
    /// Settings are missing; nothing is sent without them.
    #[error("{} not set", .0.join(", "))]
    Missing(Vec<String>),
    /// The key stands in the settings itself.
    #[error("`{0}` is no reference to a key")]
    NoReference(String),
    /// The key cannot be had.
    #[error("{0}")]
    Key(#[from] SecretError),
    /// The address may not be asked.
    #[error("{0}")]
    Address(#[from] NetError),
}

/// Which regions' data may be sent to an engine.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Regions(Vec<String>);

impl Regions {
    /// Those of a list with commas; none where nothing is said.
    pub fn of(list: Option<&str>) -> Self {
        let parts = list.unwrap_or_default().split(',').map(|region| region.trim().to_lowercase());
        Regions(parts.filter(|region| !region.is_empty()).collect())
    }

    /// Whether data of these regions may be sent: of a batch and of a submission, where they name any. Unlike holding it, sending it is
    /// forbidden unless the settings say otherwise; what names no region is bound to none.
    pub fn let_go<'r>(&self, mut regions: impl Iterator<Item = &'r str>) -> bool {
        let all = self.0.iter().any(|region| region == "all");
        all || regions.all(|region| self.0.contains(&region.trim().to_lowercase()))
    }
}

/// In which way an engine gave no whole answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// It took longer than it may.
    Late,
    /// It was not reached, or broke off.
    Unreached,
    /// What it answers has no end.
    Endless,
    /// It is asked too often (429), also after waiting.
    Busy,
    /// It is broken (500 and more).
    Broken,
    /// It does not let this key in (401, 403).
    NotLetIn,
    /// It does not take the request: another address, another model, too long.
    Refuses,
    /// It sends on to another address, which is not followed.
    Elsewhere,
    /// It failed so often in a row that it is not asked any more.
    GivenUp,
}

/// An engine behind an address.
#[derive(Debug)]
pub struct Endpoint {
    client: ApiClient,
    model: String,
    regions: Regions,
    timeout: Duration,
    places: Semaphore,
    at_once: usize,
    /// Failures since the last answer.
    in_vain: AtomicUsize,
    /// Whether it did not let the key in: that is why it is not asked any more.
    turned_away: AtomicBool,
}

/// Says, before each request, whether the answer may still be sent: its person may be erased meanwhile.
pub type Still<'s> = Box<dyn Fn() -> BoxFuture<'s, bool> + Send + Sync + 's>;

/// An engine's turn to work on one answer. Nothing was sent when it begins, so that what is about to be sent can be written down first.
pub struct Turn<'e> {
    _place: Option<SemaphorePermit<'e>>,
    still: Still<'e>,
    sent: Arc<AtomicU32>,
}

impl<'e> Turn<'e> {
    /// One of an engine that anybody may ask at any time.
    pub(super) fn free(still: Still<'e>) -> Self {
        Turn { _place: None, still, sent: Arc::default() }
    }

    /// How many times the answer left, or may have; it counts on while the turn goes on.
    pub fn sent(&self) -> Arc<AtomicU32> {
        self.sent.clone()
    }

    /// The answer is given to a program now; false where it may not be any more.
    pub(super) async fn gives(&self) -> bool {
        let may = (self.still)().await;
        self.sent.fetch_add(u32::from(may), Ordering::SeqCst);
        may
    }

    /// It certainly was not given after all.
    pub(super) fn gave_nothing(&self) {
        self.sent.store(0, Ordering::SeqCst);
    }
}

/// Tries of one request.
const TRIES: u32 = 3;
/// The first wait between them; each is twice the one before.
const WAIT: Duration = Duration::from_millis(400);
/// Who asks to be left alone for longer is asked again by the next run.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// So many failures in a row, and an engine is given up for this run.
const IN_VAIN: usize = 6;

impl Endpoint {
    /// An engine as the settings describe it; nobody is asked yet.
    ///
    /// # Errors
    /// Where something is missing, or the address may not be asked.
    pub fn new(said: &Said<'_>, wire: &Wire) -> Result<Self, NotSet> {
        let name = |what: &str| format!("`{}.{what}`", said.name);
        let missing = [("url", said.url), ("model", said.model), ("key", said.key)];
        let missing: Vec<String> = missing.iter().filter(|(_, value)| value.is_none()).map(|(what, _)| name(what)).collect();
        let (Some(url), Some(model), Some(key)) = (said.url, said.model, said.key) else { return Err(NotSet::Missing(missing)) };
        let credentials = match key {
            "none" => Credentials::None,
            // A key in the settings would travel with every copy of them.
            other => {
                let reference = SecretRef::parse(other).ok_or_else(|| NotSet::NoReference(format!("{}.key", said.name)))?;
                Credentials::bearer(&reference.fetch()?)?
            }
        };
        // It is tried again here, where it is known what for; the whole time is bounded by each request.
        let patience = Patience { attempts: 1, base: WAIT, cap: Duration::ZERO, on: Vec::new() };
        let pace = Pace { at_once: said.at_once, per_second: 1000.0 };
        let wire = Wire { whole: said.timeout + Duration::from_secs(5), ..wire.clone() };
        let client = ApiClient::new(&wire, url, credentials, &[], pace, patience)?;
        Ok(Endpoint {
            client,
            model: model.to_owned(),
            regions: Regions::of(said.regions),
            timeout: said.timeout,
            places: Semaphore::new(said.at_once.max(1)),
            at_once: said.at_once.max(1),
            in_vain: AtomicUsize::new(0),
            turned_away: AtomicBool::new(false),
        })
    }

    /// The model's name, as the settings have it.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Where it lies, without path and query.
    pub fn place(&self) -> String {
        self.client.origin().to_string()
    }

    /// Which regions' data it may get.
    pub fn regions(&self) -> &Regions {
        &self.regions
    }

    /// How many answers it is asked about at once.
    pub fn at_once(&self) -> usize {
        self.at_once
    }

    /// Waits for a place to ask from; in vain where it is not asked any more.
    pub async fn turn<'e>(&'e self, still: Still<'e>) -> Result<Turn<'e>, (Trouble, String)> {
        let place = self.places.acquire().await.expect("nobody closes it");
        if self.in_vain.load(Ordering::Relaxed) >= IN_VAIN {
            let did = match self.turned_away.load(Ordering::Relaxed) {
                true => "did not let the key in".to_owned(),
                false => format!("failed {IN_VAIN} times in a row"),
            };
            let why = format!("{} {did} and is not asked any more in this run", self.host());
            return Err((Trouble::GivenUp, why));
        }
        Ok(Turn { _place: Some(place), ..Turn::free(still) })
    }

    /// Asks, and again where that may help: a whole answer that says "done", or in which way there is none, with words of our own.
    pub(super) async fn ask(&self, turn: &Turn<'_>, path: &str, payload: Payload) -> Result<Answer, (Trouble, String)> {
        let answered = self.tried(turn, path, payload).await;
        match &answered {
            Ok(_) | Err((Trouble::Refuses, _)) => self.in_vain.store(0, Ordering::Relaxed),
            // The key will not become right by asking.
            Err((Trouble::NotLetIn, _)) => {
                self.turned_away.store(true, Ordering::Relaxed);
                self.in_vain.store(IN_VAIN, Ordering::Relaxed);
            }
            Err((Trouble::GivenUp, _)) => {}
            Err(_) => drop(self.in_vain.fetch_add(1, Ordering::Relaxed)),
        }
        answered
    }

    fn host(&self) -> String {
        self.client.origin().host()
    }

    async fn tried(&self, turn: &Turn<'_>, path: &str, payload: Payload) -> Result<Answer, (Trouble, String)> {
        // Sending it twice costs, and changes nothing.
        let ask = Ask { verb: "POST".to_owned(), path: path.to_owned(), payload, repeatable: true };
        let mut wait = WAIT;
        let mut nth = 1;
        loop {
            if !(turn.still)().await {
                return Err((Trouble::GivenUp, "the data may not be sent any more".to_owned()));
            }
            let asked = tokio::time::timeout(self.timeout, self.client.ask_counting(&ask, &turn.sent)).await;
            let (trouble, asks_for) = match asked {
                // One who thinks too long thinks as long again.
                Err(_) => return Err((Trouble::Late, format!("{} took longer than {} s", self.host(), self.timeout.as_secs()))),
                Ok(Err(error)) => (unanswered(&error), None),
                Ok(Ok(answer)) if (200..300).contains(&answer.status) => return Ok(answer),
                Ok(Ok(answer)) => (self.turned_away(&answer), asked_wait(&answer.headers, jiff::Timestamp::now())),
            };
            let helps = matches!(trouble.0, Trouble::Busy | Trouble::Broken | Trouble::Unreached);
            if !helps || nth == TRIES {
                return Err(trouble);
            }
            let next = asks_for.unwrap_or_default().max(wait);
            if next > LONGEST_WAIT {
                return Err((trouble.0, format!("{}; it asks to be left alone for {} s", trouble.1, next.as_secs())));
            }
            tokio::time::sleep(next).await;
            (wait, nth) = (wait * 2, nth + 1);
        }
    }

    fn turned_away(&self, answer: &Answer) -> (Trouble, String) {
        let trouble = match answer.status {
            300..=399 => Trouble::Elsewhere,
            401 | 403 => Trouble::NotLetIn,
            408 | 425 | 429 => Trouble::Busy,
            500.. => Trouble::Broken,
            _ => Trouble::Refuses,
        };
        let code = error_code(&answer.body).map(|code| format!(" ({code})")).unwrap_or_default();
        (trouble, format!("{} answered {}{code}", self.host(), answer.status))
    }
}

fn unanswered(error: &NetError) -> (Trouble, String) {
    let trouble = match error.trouble {
        _ if error.is_endless => Trouble::Endless,
        NetTrouble::NotReached | NetTrouble::Unknown => Trouble::Unreached,
        NetTrouble::Authentication => Trouble::NotLetIn,
        NetTrouble::Refused => Trouble::Elsewhere,
    };
    (trouble, error.text.clone())
}

/// The word by which an error is known to programs; its message, which may quote what was sent or a part of the key, is not repeated.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let error = value.get("error")?;
    let word = ["code", "type"].iter().find_map(|key| error.get(*key)?.as_str())?;
    let is_word = word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    is_word.then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_goes_only_where_the_settings_name_its_region() {
        let go = |list: Option<&str>, regions: &[&str]| Regions::of(list).let_go(regions.iter().copied());
        for (list, regions, may) in [
            (Some("eu, UK"), &["EU"][..], true),
            (Some("eu, UK"), &["eu", "uk"], true),
            (Some("eu"), &["eu", "us"], false),
            (Some("eu"), &[], true),
            (Some(""), &["eu"], false),
            (None, &["eu"], false),
            (None, &[], true),
            (Some("all"), &["eu", "us"], true),
            (Some("eu"), &[""], false),
        ] {
            assert_eq!(go(list, regions), may, "{list:?} {regions:?}");
        }
    }

    #[test]
    fn of_an_error_only_the_word_for_programs_is_told() {
        let code = |text: &str| error_code(text.as_bytes());
        assert_eq!(code(r#"{"error": {"message": "sk-1", "code": "invalid_api_key"}}"#), Some("invalid_api_key".into()));
        assert_eq!(code(r#"{"error": {"message": "sk-1", "type": "server_error", "code": null}}"#), Some("server_error".into()));
        for other in [r#"{"error": {"code": "the transcript says: hello"}}"#, r#"{"error": "sk-1"}"#, "<html>", ""] {
            assert_eq!(code(other), None, "{other}");
        }
    }
}
