//! How much is kept of a person, and who was sent something about the person.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use serde::Serialize;

use super::person::Person;
use crate::app::{ended_givings, given};
use crate::interview::{Answer, BatchId, CandidateId, Digest, EventId, Submission};
use crate::journal::{Act, ENDED_EARLY, Event};
use crate::library::{Content, DeliveryState, Library, LibraryError, TargetId};
use crate::text::SafeText;

/// How much is kept of a person.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct Counted {
    /// Entries to interviews.
    pub submissions: usize,
    /// Recordings and files of answers, also earlier ones.
    pub recordings: usize,
    /// Transcripts.
    pub transcripts: usize,
    /// Documents beside the answers.
    pub documents: usize,
    /// Bytes of recordings and documents, as they lie on disk.
    pub bytes: u64,
}

impl Counted {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Counted) -> Counted {
        Counted {
            submissions: self.submissions + other.submissions,
            recordings: self.recordings + other.recordings,
            transcripts: self.transcripts + other.transcripts,
            documents: self.documents + other.documents,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// The files of the vault that belong to a submission: recordings of now and before, and documents where they are wanted.
pub(super) async fn files(
    library: &Library,
    submission: &Submission,
    documents: bool,
) -> Result<Vec<(Content, Digest)>, LibraryError> {
    let digest = |answer: &Answer| answer.media.as_ref().and_then(|media| media.digest);
    let mut files = Vec::new();
    for answer in &submission.answers {
        files.extend(digest(answer).map(|digest| (Content::Recording, digest)));
        let earlier = library.earlier_answers(answer.id).await?;
        files.extend(earlier.iter().filter_map(digest).map(|digest| (Content::Recording, digest)));
    }
    let of_documents = submission.documents.iter().filter_map(|document| document.media.as_ref()?.digest);
    files.extend(of_documents.filter(|_| documents).map(|digest| (Content::Document, digest)));
    let mut seen = HashSet::new();
    files.retain(|file| seen.insert(*file));
    Ok(files)
}

/// How much is kept of one submission.
pub(super) async fn count(library: &Library, submission: &Submission) -> Result<Counted, LibraryError> {
    let mut counted = Counted { submissions: 1, ..Counted::default() };
    for (content, digest) in files(library, submission, true).await? {
        let path = library.object_path(submission.candidate.id, content, digest).await?;
        let Some(meta) = path.and_then(|path| std::fs::metadata(path).ok()) else { continue };
        counted.bytes += meta.len();
        match content {
            Content::Document => counted.documents += 1,
            _ => counted.recordings += 1,
        }
    }
    for answer in &submission.answers {
        counted.transcripts += usize::from(library.transcript(answer.id).await?.is_some());
    }
    Ok(counted)
}

/// A place to which something about a person was sent, or may have been.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Receiver {
    /// Of which batch.
    pub batch: BatchId,
    /// By which profile.
    pub profile: SafeText,
    /// To where.
    pub to: SafeText,
    /// The record there; none where the person was erased before.
    pub record: Option<SafeText>,
    /// What was sent there.
    pub push: String,
    /// The last that is known of it.
    pub state: DeliveryState,
    /// Since when.
    pub at: Timestamp,
    /// The file that it went in, where it went in one.
    pub parcel: Option<SafeText>,
}

/// Everyone who was sent something about a person and has to be told: also where nobody knows whether it arrived.
pub async fn receivers(library: &Library, person: &Person) -> Result<Vec<Receiver>, LibraryError> {
    let targets: BTreeMap<TargetId, (String, String)> =
        library.delivery_targets().await?.into_iter().map(|(id, profile, to)| (id, (profile, to))).collect();
    let mut receivers = Vec::new();
    for entry in &person.entries {
        for sent in library.deliveries(entry.desk.batch.id, None).await? {
            if sent.candidate != person.candidate || !may_be_there(sent.state, sent.attempts) {
                continue;
            }
            let (profile, to) = targets.get(&sent.target).cloned().unwrap_or_default();
            receivers.push(Receiver {
                batch: sent.batch,
                profile: SafeText::line(&profile),
                to: SafeText::line(&to),
                record: sent.detail.as_ref().map(|(object, _)| SafeText::line(object)),
                push: sent.push,
                state: sent.state,
                at: sent.changed_at,
                parcel: sent.parcel.as_deref().map(SafeText::line),
            });
        }
    }
    Ok(receivers)
}

/// An engine that was given something of a person.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct EngineTold {
    /// Of which batch.
    pub batch: BatchId,
    /// The engine, as the settings called it.
    pub engine: SafeText,
    /// Its version, as it called itself; empty where it said none.
    pub version: SafeText,
    /// Where it lies.
    pub place: SafeText,
    /// What it was given: `voice`, or `text`, names hidden.
    pub what: &'static str,
    /// How many times an answer was given to it.
    pub times: usize,
    /// How many times more one may have been: it is written down that it was about to be, and not what came of it.
    pub perhaps: usize,
    /// When for the first time.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
}

/// Every engine that was given the voice or the text of a person, or may have been, whoever gave it.
pub async fn engines(library: &Library, person: &Person) -> Result<Vec<EngineTold>, LibraryError> {
    let batches: Vec<BatchId> = person.entries.iter().map(|entry| entry.desk.batch.id).collect();
    engines_of(library, person.candidate, &batches).await
}

/// The same of whom these batches have.
pub(super) async fn engines_of(
    library: &Library,
    person: CandidateId,
    batches: &[BatchId],
) -> Result<Vec<EngineTold>, LibraryError> {
    let mut all: Vec<EngineTold> = Vec::new();
    for batch in batches {
        let events = library.events(*batch).await?;
        let ended = ended_givings(&events);
        for event in events.iter().filter(|event| event.header.subject == Some(person)) {
            if let Some(one) = told_of(*batch, event, &ended) {
                add(&mut all, one);
            }
        }
    }
    Ok(all)
}

/// What one act says of an engine; none where it says that it was given nothing, or another act says more.
fn told_of(batch: BatchId, event: &Event, ended: &HashSet<EventId>) -> Option<EngineTold> {
    let at = event.header.at;
    let (engine, version, place, prompt, times, perhaps) = match &event.act {
        Act::Giving { engine, place, prompt, .. } if !ended.contains(&event.id()) => {
            (engine, SafeText::default(), place, prompt, 0, 1)
        }
        Act::Assisted { engine, version, place, prompt, outcome, .. } => {
            let sent = event.act.times_sent() as usize;
            let (times, perhaps) = if outcome.as_str() == ENDED_EARLY { (0, sent) } else { (sent, 0) };
            (engine, version.clone(), place, prompt, times, perhaps)
        }
        _ => return None,
    };
    let what = given(prompt.as_ref());
    let (engine, place) = (engine.clone(), place.clone());
    (times + perhaps > 0).then_some(EngineTold { batch, engine, version, place, what, times, perhaps, first: at, last: at })
}

fn add(all: &mut Vec<EngineTold>, new: EngineTold) {
    let key = |one: &EngineTold| (one.batch, one.engine.clone(), one.version.clone(), one.place.clone(), one.what);
    match all.iter_mut().find(|one| key(one) == key(&new)) {
        Some(one) => {
            (one.times, one.perhaps) = (one.times + new.times, one.perhaps + new.perhaps);
            (one.first, one.last) = (one.first.min(new.first), one.last.max(new.last));
        }
        None => all.push(new),
    }
}

fn may_be_there(state: DeliveryState, attempts: u32) -> bool {
    match state {
        DeliveryState::Planned | DeliveryState::Failed => false,
        DeliveryState::Superseded => attempts > 0,
        DeliveryState::Sent | DeliveryState::Accepted | DeliveryState::Verified | DeliveryState::Unknown => true,
    }
}
