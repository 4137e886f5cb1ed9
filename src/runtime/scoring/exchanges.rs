//! What was asked of a model and what came back, word by word: kept under the candidate's key for each time that an answer was sent.

use serde::{Deserialize, Serialize};

use super::Scoring;
use super::reading::Reading;
use crate::app::MachineTold;
use crate::assist::Exchange;
use crate::interview::{AnswerId, Digest, Submission};
use crate::library::LibraryError;
use crate::scorer::reader::Engine;

/// Under what an exchange with a model is kept, by what its entry in the journal says of it.
const EXCHANGE: &str = "reader exchange";

/// What was asked and answered.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Exchanged {
    /// Where it was sent.
    pub place: String,
    /// What was sent.
    pub asked: serde_json::Value,
    /// What came back; none where nothing did.
    pub reply: Option<String>,
    /// The model and its version, as the reply calls them.
    pub engine: Engine,
    /// How it ended, in a few words.
    pub outcome: String,
}

/// The key under which one exchange is kept: everything that the journal's entry says, and no time.
fn key(answer: AnswerId, place: &str, prompt: Option<Digest>, read: Digest, reply: Option<Digest>) -> Digest {
    let bytes = |digest: &Option<Digest>| digest.map(|digest| digest.0.to_vec()).unwrap_or_default();
    Digest::of_all(&[b"exchange", answer.0.as_bytes(), place.as_bytes(), &bytes(&prompt), &read.0, &bytes(&reply)])
}

impl Scoring<'_> {
    pub(super) async fn keep_exchange(&self, read: &Reading<'_>, exchange: &Exchange, outcome: &str) -> Result<(), LibraryError> {
        let reply = exchange.reply.as_ref().map(|reply| Digest::of(reply.as_bytes()));
        let key = key(read.answer.id, &exchange.place, exchange.engine.prompt, read.digest, reply);
        let kept = Exchanged {
            place: exchange.place.clone(),
            asked: exchange.asked.clone(),
            reply: exchange.reply.clone(),
            engine: exchange.engine.clone(),
            outcome: outcome.to_owned(),
        };
        self.put(read.submission, key, EXCHANGE, &kept).await
    }

    /// What is kept of one exchange that the journal tells of; none where nothing is.
    ///
    /// # Errors
    /// When the library cannot be read.
    pub async fn exchange(
        &self,
        submission: &Submission,
        answer: AnswerId,
        told: &MachineTold,
    ) -> Result<Option<Exchanged>, LibraryError> {
        let (Some(place), Some(read)) = (&told.place, told.read) else { return Ok(None) };
        self.known(submission, key(answer, place.as_str(), told.prompt, read, told.reply), EXCHANGE).await
    }
}
