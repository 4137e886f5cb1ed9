//! A source that is asked over HTTP: what changed, one batch, where its files are.

use crate::interview::Problem;
use crate::net::{NetError, NetTrouble};

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
#[derive(Clone, PartialEq, Debug)]
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
    /// A `batch.json`.
    pub document: Vec<u8>,
    /// What the source's own form does not settle.
    pub problems: Vec<Problem>,
}

impl Remote {
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

    /// Where files of a batch are now; none for a file that the source does not have.
    ///
    /// # Errors
    /// As [`Remote::changed`].
    pub async fn locate(&self, batch: &str, files: &[String]) -> Result<Vec<Option<String>>, NetError> {
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
        401 => ": it does not know the token (auth)",
        403 => ": the token does not allow this",
        404 => ": nothing is there",
        _ => "",
    };
    Err(NetError::new(trouble, format!("{host} answered {}{why}", answer.status)))
}
