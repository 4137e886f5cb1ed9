//! Removing everything about one person: what it would take, the removal itself, and who has to be told.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::counted::{Counted, Receiver, count, receivers};
use super::person::Person;
use crate::config::identity::PublicIdentity;
use crate::interview::{BatchId, CandidateId, ReviewerId};
use crate::journal::{Act, Draft};
use crate::library::{Library, LibraryError};
use crate::runtime::attach;
use crate::text::SafeText;

/// What removing a person takes, before anything is removed.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Erasing {
    /// Who.
    pub candidate: CandidateId,
    /// The batches that the person is in.
    pub batches: Vec<BatchId>,
    /// Those on whose shortlist the person is: the tombstone there says so, that a hand-off can tell who is missing.
    pub shortlisted: Vec<BatchId>,
    /// What is kept of the person.
    pub kept: Counted,
    /// What forbids it now, each with its reason.
    pub holds: Vec<HoldTold>,
    /// Who was sent something about the person, and has to be told.
    pub receivers: Vec<Receiver>,
    /// What is out of this library's reach.
    pub unreachable: Unreachable,
}

/// A hold, as a receipt tells it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HoldTold {
    /// In which batch it was set.
    pub batch: BatchId,
    /// Why.
    pub reason: SafeText,
    /// Until when; none: until it is lifted.
    pub until: Option<Timestamp>,
}

/// What this library cannot remove.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Unreachable {
    /// Exports that were made of the batches: files that may hold the person.
    pub exports: Vec<ExportTold>,
    /// Colleagues' devices that the erasure reaches by the next exchange, and when each was last seen.
    pub devices: Vec<DeviceTold>,
    /// What nobody here keeps a list of.
    pub also: Vec<&'static str>,
}

/// An export, as a receipt tells it.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ExportTold {
    /// Of which batch.
    pub batch: BatchId,
    /// When.
    pub at: Timestamp,
    /// What its own receipt says of where it went.
    pub to: Option<SafeText>,
}

/// A colleague's device.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct DeviceTold {
    /// Whose, as colleagues know the person.
    pub of: SafeText,
    /// When something last came from it.
    pub last_seen: Timestamp,
}

const ALSO: [&str; 3] = [
    "backups that were made before (earmark backup): a library that is restored from one holds the person until it is erased there again",
    "the platform that the person answered on",
    "files that were handed over: shortlists, reports, copies of this person's own data",
];

/// What removing a person would take and whom it would not reach. Nothing is removed.
pub async fn plan(library: &Library, person: &Person) -> Result<Erasing, LibraryError> {
    let now = library.now();
    let (mut kept, mut holds, mut exports) = (Counted::default(), Vec::new(), Vec::new());
    for entry in &person.entries {
        let batch = entry.desk.batch.id;
        kept = kept.and(count(library, entry.of()).await?);
        holds.extend(entry.holds(now).map(|hold| HoldTold { batch, reason: hold.reason.clone(), until: hold.until }));
        exports.extend(entry.desk.sight.exports.iter().map(|export| ExportTold {
            batch,
            at: export.at,
            to: place_of(&export.receipt),
        }));
    }
    Ok(Erasing {
        candidate: person.candidate,
        batches: person.entries.iter().map(|entry| entry.desk.batch.id).collect(),
        shortlisted: person.entries.iter().filter(|entry| entry.is_shortlisted()).map(|entry| entry.desk.batch.id).collect(),
        kept,
        holds,
        receivers: receivers(library, person).await?,
        unreachable: Unreachable { exports, devices: devices(library).await?, also: ALSO.to_vec() },
    })
}

/// Removes everything about a person: keys, recordings, words, what was noted; and leaves a tombstone in each batch, which travels to
/// colleagues with the erasure. The holds are the caller's to have asked about.
pub async fn erase(library: &Library, plan: &Erasing, reason: &SafeText) -> Result<(), LibraryError> {
    library.erase_person_with(plan.candidate, tombstones(plan, reason)).await
}

/// One for each batch. Nothing in them names the person but the id.
fn tombstones(plan: &Erasing, reason: &SafeText) -> Vec<Draft> {
    let told: Vec<Value> = plan
        .receivers
        .iter()
        .map(|one| json!({ "batch": one.batch, "profile": one.profile, "to": one.to, "state": one.state, "at": one.at }))
        .collect();
    let act = |batch: &BatchId| {
        let shortlisted = plan.shortlisted.contains(batch);
        let tombstone = json!({ "reason": reason, "removed": plan.kept, "to_tell": told, "shortlisted": shortlisted });
        Act::Erased { subject: plan.candidate, tombstone }
    };
    plan.batches.iter().map(|batch| attach::draft(Some(*batch), act(batch))).collect()
}

/// Where an export's receipt says that it went.
fn place_of(receipt: &Value) -> Option<SafeText> {
    ["path", "file", "to", "out"].iter().find_map(|field| receipt.get(field)?.as_str()).map(SafeText::line)
}

async fn devices(library: &Library) -> Result<Vec<DeviceTold>, LibraryError> {
    let known: Vec<PublicIdentity> =
        library.colleagues().await?.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
    let label = |reviewer: ReviewerId| {
        let one = known.iter().find(|one| one.reviewer == reviewer);
        one.map_or_else(|| SafeText::line(&reviewer.to_string()), |one| one.label.clone())
    };
    let peers = library.peers().await?;
    Ok(peers.values().map(|peer| DeviceTold { of: label(peer.reviewer), last_seen: peer.seen_at }).collect())
}
