//! A source that is asked over HTTP: what changed, one batch, where its files are.

use serde::{Deserialize, Serialize};

use crate::interview::Problem;
use crate::net::{Credentials, NetError, NetTrouble, asked_in_words};

use super::hub::HubSource;
use super::rest::RestSource;

/// Batches that one listing may hold.
pub(super) const MOST_BATCHES: usize = 20_000;
/// Pages that one listing may have.
pub(super) const MOST_PAGES: usize = 2_000;

/// A source that is asked over HTTP.
pub enum Remote {
    /// Another earmark.
    Hub(Box<HubSource>),
    /// A platform that a file describes.
    Rest(Box<RestSource>),
}

/// What changed since a mark.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Listing {
    /// In the source's order.
    pub batches: Vec<Listed>,
    /// Where to go on next time.
    pub mark: Option<String>,
    /// What is worth knowing of the listing.
    pub problems: Vec<Problem>,
}

/// One batch of a listing.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// By which the source is asked for it.
    pub id: String,
    /// What people call it, where the listing says so.
    pub title: String,
    /// Where its data may lie, where the listing says so.
    pub region: Option<String>,
}

/// One batch as it came.
pub struct Came {
    /// A `batch.json`; none where nothing can be said of it yet.
    pub document: Option<Vec<u8>>,
    /// Whether it was listed and is not there any more.
    pub is_gone: bool,
    /// What the source's own form does not settle.
    pub problems: Vec<Problem>,
    /// What a platform hands out of it.
    pub offers: Option<Offers>,
}

/// What a platform hands out of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Offers {
    /// People.
    pub people: usize,
    /// Those who handed in, where the platform says so.
    pub completed: usize,
    /// Answers with a recording or file.
    pub recordings: usize,
    /// Answers with a transcript.
    pub transcripts: usize,
    /// Written answers.
    pub texts: usize,
    /// Files about people.
    pub documents: usize,
}

/// Where a file is now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Located {
    /// At this address.
    At(String),
    /// It stood in the answer itself.
    Here(Vec<u8>),
    /// The source has not finished it.
    NotYet,
    /// The source does not have it.
    Nowhere,
}

impl Remote {
    /// What its own recordings are to be asked with; nothing where they take no token, or it was taken before.
    pub fn take_media_credentials(&mut self) -> Option<Credentials> {
        match self {
            Remote::Hub(_) => None,
            Remote::Rest(rest) => rest.for_media.take(),
        }
    }

    /// What changed since a mark; everything without one.
    ///
    /// # Errors
    /// Where the source cannot be asked, or does not answer as it should.
    pub async fn changed(&self, since: Option<&str>) -> Result<Listing, NetError> {
        match self {
            Remote::Hub(hub) => hub.changed(since).await,
            Remote::Rest(rest) => rest.changed(since).await,
        }
    }

    /// Asks once, so that it shows whether it answers and lets us in; of what it says nothing is kept.
    ///
    /// # Errors
    /// As [`Remote::changed`].
    pub async fn probe(&self) -> Result<(), NetError> {
        match self {
            Remote::Hub(hub) => hub.probe().await,
            Remote::Rest(rest) => rest.probe().await,
        }
    }

    /// One batch.
    ///
    /// # Errors
    /// As [`Remote::changed`].
    pub async fn batch(&self, id: &str) -> Result<Came, NetError> {
        match self {
            Remote::Hub(hub) => hub.batch(id).await,
            Remote::Rest(rest) => rest.batch(id).await,
        }
    }

    /// Whether it takes a request for each file to find out where it is.
    pub(super) fn asks_for_each_file(&self) -> bool {
        matches!(self, Remote::Rest(rest) if rest.asks_for_each_file())
    }

    /// Where files of a batch are now.
    ///
    /// # Errors
    /// As [`Remote::changed`].
    pub async fn locate(&self, batch: &str, files: &[String]) -> Result<Vec<Located>, NetError> {
        match self {
            Remote::Hub(hub) => hub.locate(batch, files).await,
            Remote::Rest(rest) => rest.locate(batch, files).await,
        }
    }
}

/// The body of an answer that should be JSON.
pub(super) fn json_of(host: &str, answer: &crate::net::Answer) -> Result<serde_json::Value, NetError> {
    check_status(host, answer)?;
    if answer.is_page() {
        let text = format!("{host} answers with a web page: is the address that of the API?");
        return Err(NetError::new(NetTrouble::Refused, text));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|error| NetError::new(NetTrouble::Refused, format!("{host} answers with something that is not JSON: {error}")))
}

/// That an answer is one.
pub(super) fn check_status(host: &str, answer: &crate::net::Answer) -> Result<(), NetError> {
    let trouble = match answer.status {
        200..=299 => return Ok(()),
        401 | 403 => NetTrouble::Authentication,
        408 | 425 | 429 | 500..=599 => NetTrouble::NotReached,
        _ => NetTrouble::Refused,
    };
    let why = match answer.status {
        401 => ": it does not know the token (auth)".to_owned(),
        403 => ": the token does not allow this".to_owned(),
        404 => ": nothing is there".to_owned(),
        _ => asked_in_words(&answer.headers, jiff::Timestamp::now()),
    };
    Err(NetError::new(trouble, format!("{host} answered {}{why}", answer.status)))
}
