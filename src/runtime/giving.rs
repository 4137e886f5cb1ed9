//! What is given to engines outside: written down before the first byte leaves, and what came of it after.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::assist::Still;
use crate::interview::{AnswerId, BatchId, CandidateId, Digest, EventId};
use crate::journal::{Act, Draft, ENDED_EARLY, Through};
use crate::library::{Library, LibraryError};
use crate::runtime::attach;
use crate::text::SafeText;

/// An answer that is given to an engine, and to which.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) candidate: CandidateId,
    pub(super) batch: BatchId,
    pub(super) answer: AnswerId,
    pub(super) engine: SafeText,
    pub(super) place: SafeText,
    pub(super) prompt: Option<Digest>,
    pub(super) read: Digest,
    pub(super) through: Option<Through>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub(super) version: SafeText,
    pub(super) reply: Option<Digest>,
    pub(super) name: SafeText,
}

/// What is being given just now; what is still open when a run is stopped is ended here.
#[derive(Debug, Default)]
pub struct Givings {
    open: Mutex<BTreeMap<EventId, (Given, Arc<AtomicU32>)>>,
}

impl Givings {
    /// Writes down that an answer is about to be given; it is on disk when this returns. An erasure is either before it, and then
    /// nothing is given, or knows of it.
    pub(super) async fn begin(&self, library: &Library, given: Given, sent: Arc<AtomicU32>) -> Result<EventId, LibraryError> {
        let act = Act::Giving {
            answer: given.answer,
            engine: given.engine.clone(),
            place: given.place.clone(),
            prompt: given.prompt,
            read: given.read,
            through: given.through,
        };
        let draft = Draft { subject: Some(given.candidate), ..attach::draft(Some(given.batch), act) };
        let id = draft.id;
        let _claim = library.claim(about(given.candidate)).await?;
        library.append(vec![draft]).await?;
        self.open.lock().expect("nobody panics here").insert(id, (given, sent));
        Ok(id)
    }

    /// Writes down what came of it.
    pub(super) async fn end(&self, library: &Library, id: EventId, outcome: Outcome) -> Result<(), LibraryError> {
        let open = self.open.lock().expect("nobody panics here").remove(&id);
        let Some((given, sent)) = open else { return Ok(()) };
        library.append(vec![came_of(id, given, &sent, outcome)]).await.map(drop)
    }

    /// Writes down of all that is still open that nobody waited for its end.
    ///
    /// # Errors
    /// When the library cannot be written. What was about to be given is known all the same.
    pub async fn cut_short(&self, library: &Library) -> Result<(), LibraryError> {
        let open = std::mem::take(&mut *self.open.lock().expect("nobody panics here"));
        let early = || Outcome { version: SafeText::default(), reply: None, name: SafeText::line(ENDED_EARLY) };
        for (id, (given, sent)) in open {
            match library.append(vec![came_of(id, given, &sent, early())]).await {
                Ok(_) | Err(LibraryError::Erased(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn came_of(giving: EventId, given: Given, sent: &AtomicU32, outcome: Outcome) -> Draft {
    let act = Act::Assisted {
        answer: given.answer,
        engine: given.engine,
        version: outcome.version,
        place: given.place,
        prompt: given.prompt,
        read: given.read,
        reply: outcome.reply,
        through: given.through,
        outcome: outcome.name,
        giving: Some(giving),
        sent: Some(sent.load(Ordering::SeqCst)),
    };
    Draft { subject: Some(given.candidate), ..attach::draft(Some(given.batch), act) }
}

/// Whose turn it is to give something of a person, or to erase the person.
pub(super) fn about(candidate: CandidateId) -> Digest {
    Digest::of_all(&[b"give or erase", candidate.0.as_bytes()])
}

/// Whether something of a person may still be sent: not once the person is erased, also by another process.
pub(super) fn still(library: &Library, candidate: CandidateId) -> Still<'_> {
    Box::new(move || Box::pin(async move { library.erased().await.is_ok_and(|erased| !erased.contains(&candidate)) }))
}
