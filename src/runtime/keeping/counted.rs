//! How much is kept of a person, and who was sent something about the person.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::person::Person;
use crate::app::given;
use crate::interview::{Answer, BatchId, Digest, Submission};
use crate::journal::Act;
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
    let mut seen = std::collections::HashSet::new();
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
    /// When for the first time.
    pub first: Timestamp,
    /// When last.
    pub last: Timestamp,
}

/// Every engine that was given the voice or the text of a person, whoever gave it, also where nobody knows whether it arrived.
pub async fn engines(library: &Library, person: &Person) -> Result<Vec<EngineTold>, LibraryError> {
    let mut all: Vec<EngineTold> = Vec::new();
    for entry in &person.entries {
        let batch = entry.desk.batch.id;
        for event in library.events(batch).await? {
            let Act::Assisted { engine, version, place, prompt, outcome, .. } = &event.act else { continue };
            if event.header.subject != Some(person.candidate) || outcome.as_str() == NOT_ASKED {
                continue;
            }
            let (what, at) = (given(prompt.as_ref()), event.header.at);
            let is_it = |one: &&mut EngineTold| {
                (one.batch, &one.engine, &one.version, &one.place, one.what) == (batch, engine, version, place, what)
            };
            match all.iter_mut().find(is_it) {
                Some(one) => (one.times, one.first, one.last) = (one.times + 1, one.first.min(at), one.last.max(at)),
                None => all.push(EngineTold {
                    batch,
                    engine: engine.clone(),
                    version: version.clone(),
                    place: place.clone(),
                    what,
                    times: 1,
                    first: at,
                    last: at,
                }),
            }
        }
    }
    Ok(all)
}

/// The outcome of an engine that was given up before it was asked.
const NOT_ASKED: &str = "not asked any more";

fn may_be_there(state: DeliveryState, attempts: u32) -> bool {
    match state {
        DeliveryState::Planned | DeliveryState::Failed => false,
        DeliveryState::Superseded => attempts > 0,
        DeliveryState::Sent | DeliveryState::Accepted | DeliveryState::Verified | DeliveryState::Unknown => true,
    }
}
