//! What a receiver did with a shortlist, on its way back to whoever handed it over.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;

use super::super::run::listed;
use super::back::Back;
use super::error::HandoffError;
use super::manifest::{FORMAT, LeftOut, Manifest, Way};
use super::pack::{begin, end, keys, runs, written};
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::identity::parcel::Lock;
use crate::interview::{BatchId, CandidateId, EventId, ReviewerId};
use crate::journal::{Act, Event};
use crate::library::Library;
use crate::scorecard::Record;

/// The kinds of act that go back: what someone outside the panel does, that it was taken in, and where a name stays covered.
pub(super) const KINDS: [&str; 7] = ["received", "decided", "shortlisted", "tagged", "commented", "undone", "erased"];

/// What went back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replied {
    /// To whom.
    pub to: PublicIdentity,
    /// The file's length in bytes.
    pub bytes: u64,
    /// Acts in it.
    pub acts: usize,
    /// Decisions among them that stand.
    pub decisions: usize,
    /// What of it there is to tell.
    pub back: Back,
}

/// Who handed a batch to this person last, and by which event; none where nobody did.
///
/// # Errors
/// When the library cannot be read.
pub async fn handed_by(
    library: &Library,
    batch: BatchId,
    me: ReviewerId,
) -> Result<Option<(EventId, PublicIdentity)>, HandoffError> {
    let events = library.events(batch).await?;
    let mut received = events.iter().filter(|event| event.header.author == me).filter_map(|event| match &event.act {
        Act::Received { handoff, from, .. } => Some((*handoff, person(from)?)),
        _ => None,
    });
    Ok(received.next_back())
}

/// Writes what this person did on a batch that was handed over into a file that only its sender opens.
///
/// # Errors
/// When nothing was handed over, or the file cannot be written.
pub async fn reply(library: &Library, me: &Identity, batch: BatchId, out: &Path, replace: bool) -> Result<Replied, HandoffError> {
    if out.exists() && !replace {
        return Err(HandoffError::Exists { path: out.to_owned() });
    }
    let whole = library.batch(batch).await?;
    let Some((handoff, to)) = handed_by(library, batch, me.reviewer()).await? else {
        return Err(HandoffError::NotReceived { title: whole.title });
    };
    say_new_name(library, batch, me).await?;
    let events = library.events(batch).await?;
    let goes = |event: &&Event| event.header.author == me.reviewer() && KINDS.contains(&event.header.kind.as_str());
    let mine: Vec<&Event> = events.iter().filter(goes).collect();
    let ids: HashSet<EventId> = mine.iter().map(|event| event.id()).collect();
    let standing = crate::journal::standing(mine.iter().copied());
    let decisions = standing.iter().filter(|event| matches!(event.act, Act::Decided { .. })).count();
    let people: BTreeSet<CandidateId> = whole.submissions.iter().map(|one| one.candidate.id).collect();
    let erased: BTreeSet<CandidateId> = library.erased().await?.intersection(&people).copied().collect();
    let manifest = Manifest {
        format: FORMAT,
        way: Way::Back,
        handoff,
        from: me.public(),
        to: Some(to.reviewer),
        at: library.now(),
        until: None,
        names: false,
        batch_id: batch,
        title: whole.title.clone(),
        batch: None,
        rubrics: Vec::new(),
        keys: keys(library, mine.iter().filter_map(|event| event.header.subject)).await?,
        runs: runs(library, mine.iter().copied(), &ids).await?,
        files: Vec::new(),
        scorecards: 0,
        moments: Vec::new(),
        unworded: Vec::new(),
        left_out: LeftOut::default(),
        erased: erased.clone(),
    };
    let record = Record::fold(&whole, &events);
    let (part, sealing) = begin(&manifest, me, &Lock::Person(&to), out)?;
    let bytes = end(part, sealing, out, replace)?;
    let back = Back::of((&events, &record), me.reviewer(), &HashSet::new(), erased);
    Ok(Replied { to, bytes, acts: mine.len(), decisions, back })
}

/// Who has another name than when the hand-off was taken in says so in the journal, so that both are known where it goes.
async fn say_new_name(library: &Library, batch: BatchId, me: &Identity) -> Result<(), HandoffError> {
    let events = library.events(batch).await?;
    let mut received =
        events.into_iter().filter(|event| event.header.author == me.reviewer()).filter_map(|event| match event.act {
            Act::Received { handoff, from, by, until, names, covers } => Some((handoff, from, by, until, names, covers)),
            _ => None,
        });
    let Some((handoff, from, by, until, names, covers)) = received.next_back() else { return Ok(()) };
    let now = listed(&me.public());
    if (&now["label"], &now["pseudonym"]) != (&by["label"], &by["pseudonym"]) {
        written(&library.acting_for(me), batch, Act::Received { handoff, from, by: now, until, names, covers }).await?;
    }
    Ok(())
}

/// A public identity as a list holds it.
pub(super) fn person(listed: &serde_json::Value) -> Option<PublicIdentity> {
    let text = |key: &str| listed.get(key).and_then(serde_json::Value::as_str);
    let public = PublicIdentity {
        reviewer: text("id")?.parse().ok().map(ReviewerId)?,
        label: crate::text::SafeText::name(text("label")?),
        pseudonym: crate::text::SafeText::name(text("pseudonym")?),
        signing: text("signing")?.to_owned(),
        encryption: text("encryption")?.to_owned(),
    };
    public.verifying_key().is_some().then_some(public)
}
