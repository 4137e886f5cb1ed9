//! Removing everything about one person: what it would take, the removal itself, and who has to be told.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use super::counted::{Counted, EngineTold, Receiver, count, engines, engines_of, receivers};
use super::person::Person;
use crate::app::Desk;
use crate::config::identity::PublicIdentity;
use crate::interview::{BatchId, CandidateId, ReviewerId, SubmissionId};
use crate::journal::{self, Act, COVERS, Covering, Draft, Event};
use crate::library::{Library, LibraryError};
use crate::runtime::{attach, giving};
use crate::scorecard::Panelist;
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
    /// Engines that were given the person's voice or text: whoever runs one has to be told.
    pub engines: Vec<EngineTold>,
    /// To whom the person was handed with a shortlist: the erasure goes along with the next one, and with an exchange.
    pub handed_over: Vec<HandedTold>,
    /// Who handed the person to whoever erases: the original stays there.
    pub handed_by: Vec<SafeText>,
    /// What was written about others and names the person: it is covered from then on.
    pub named_in: Vec<NamedIn>,
    /// How much more of that there is which whoever erases may not see yet.
    pub named_unseen: usize,
    #[serde(skip)]
    covers: Vec<(BatchId, Vec<Covering>)>,
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

/// A shortlist with the person in it that was handed over.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct HandedTold {
    /// Of which batch.
    pub batch: BatchId,
    /// To whom; none: to whoever has its passphrase.
    pub to: Option<SafeText>,
    /// By whom, where it was not whoever erases: it is that person who tells.
    pub by: Option<SafeText>,
    /// When.
    pub at: Timestamp,
    /// Until when it may be used; none: without an end.
    pub until: Option<Timestamp>,
}

/// Something written about somebody else in which the person is named.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NamedIn {
    /// In which batch.
    pub batch: BatchId,
    /// What it is, by the kind of its act.
    pub what: SafeText,
    /// About whom, as whoever erases calls that person; none where it is about nobody in particular.
    pub on: Option<SafeText>,
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
    let (mut handed_over, mut handed_by, mut named_in, mut named_unseen) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let covers = library.naming(person.candidate).await?;
    for entry in &person.entries {
        let batch = entry.desk.batch.id;
        let events = library.events(batch).await?;
        handed_over.extend(handed(&events, &entry.desk, entry.submission));
        handed_by.extend(entry.handed_by(&events));
        let of = covers.iter().filter(|(of, _)| *of == batch).flat_map(|(_, covers)| covers);
        let (seen, unseen) = entry.names_in(&events, of.map(|one| one.event).collect());
        named_in.extend(seen);
        named_unseen += unseen;
        kept = kept.and(count(library, entry.of()).await?);
        holds.extend(entry.holds(now).map(|hold| HoldTold { batch, reason: hold.reason.clone(), until: hold.until }));
        let of_person = entry.desk.sight.exports.iter().filter(|export| export.may_hold(person.candidate));
        exports.extend(of_person.map(|export| ExportTold { batch, at: export.at, to: place_of(&export.receipt) }));
    }
    // What was only handed over goes here alone: no exchange takes that further than to one's own devices.
    let only_here = person.entries.iter().all(|entry| entry.desk.sight.only_decides());
    let me = person.entries.first().map(|entry| entry.desk.sight.viewer()).filter(|_| only_here);
    Ok(Erasing {
        candidate: person.candidate,
        batches: person.entries.iter().map(|entry| entry.desk.batch.id).collect(),
        shortlisted: person.entries.iter().filter(|entry| entry.is_shortlisted()).map(|entry| entry.desk.batch.id).collect(),
        kept,
        holds,
        receivers: receivers(library, person).await?,
        engines: engines(library, person).await?,
        handed_over,
        handed_by,
        named_in,
        named_unseen,
        covers,
        unreachable: Unreachable { exports, devices: devices(library, me).await?, also: ALSO.to_vec() },
    })
}

/// The hand-offs of a batch with this submission in them, the latest to each person; not those to whoever erases.
fn handed(events: &[Event], desk: &Desk, submission: SubmissionId) -> Vec<HandedTold> {
    let (batch, me) = (desk.batch.id, desk.sight.viewer());
    let mut told: BTreeMap<_, HandedTold> = BTreeMap::new();
    for event in journal::standing(events) {
        let Act::HandedOff { to, submissions, until, .. } = &event.act else { continue };
        if submissions.contains(&submission) {
            let key = to.as_ref().and_then(|to| to.get("id")?.as_str().map(str::to_owned));
            let who = to.as_ref().and_then(Panelist::read);
            if who.as_ref().is_some_and(|who| who.id == me) {
                continue;
            }
            let who = who.map(|who| who.label);
            let author = event.header.author;
            let by = (author != me).then(|| desk.person(author));
            told.insert((key, author), HandedTold { batch, to: who, by, at: event.header.at, until: *until });
        }
    }
    told.into_values().collect()
}

/// Removes everything about a person: keys, recordings, words, what was noted; and leaves a tombstone in each batch, which travels to
/// colleagues with the erasure. The holds are the caller's to have asked about. Returns the engines that have to be told by then: a run
/// that is on just now either has written down what it gives, or gives nothing any more.
pub async fn erase(library: &Library, plan: &Erasing, reason: &SafeText) -> Result<Vec<EngineTold>, LibraryError> {
    let _claim = library.claim(giving::about(plan.candidate)).await?;
    let engines = engines_of(library, plan.candidate, &plan.batches).await?;
    library.erase_person_with(plan.candidate, tombstones(plan, reason)).await?;
    Ok(engines)
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
        let mut tombstone = json!({ "reason": reason, "removed": plan.kept, "to_tell": told, "shortlisted": shortlisted });
        if let Some((_, covers)) = plan.covers.iter().find(|(of, _)| of == batch) {
            tombstone[COVERS] = json!(covers);
        }
        Act::Erased { subject: plan.candidate, tombstone }
    };
    plan.batches.iter().map(|batch| attach::draft(Some(*batch), act(batch))).collect()
}

/// Where an export's receipt says that it went.
fn place_of(receipt: &Value) -> Option<SafeText> {
    ["path", "file", "to", "out"].iter().find_map(|field| receipt.get(field)?.as_str()).map(SafeText::line)
}

/// The devices that something has come from; only those of one person where one is named.
async fn devices(library: &Library, only: Option<ReviewerId>) -> Result<Vec<DeviceTold>, LibraryError> {
    let known: Vec<PublicIdentity> =
        library.colleagues().await?.iter().filter_map(|bytes| serde_json::from_slice(bytes).ok()).collect();
    let label = |reviewer: ReviewerId| {
        let one = known.iter().find(|one| one.reviewer == reviewer);
        one.map_or_else(|| SafeText::line(&reviewer.to_string()), |one| one.label.clone())
    };
    let peers = library.peers().await?;
    let meant = peers.values().filter(|peer| only.is_none_or(|only| only == peer.reviewer));
    Ok(meant.map(|peer| DeviceTold { of: label(peer.reviewer), last_seen: peer.seen_at }).collect())
}
