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
use crate::text::SafeText;

/// The kinds of act that go back: what someone outside the panel does, that it was taken in, and where a name stays covered.
pub(super) const KINDS: [&str; 7] = ["received", "decided", "shortlisted", "tagged", "commented", "undone", "erased"];

/// What went back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Replied {
    /// To whom.
    pub to: PublicIdentity,
    /// Who else handed the batch over, to whom it does not go.
    pub others: Vec<SafeText>,
    /// The file's length in bytes.
    pub bytes: u64,
    /// Acts in it.
    pub acts: usize,
    /// Decisions among them that stand.
    pub decisions: usize,
    /// What of it there is to tell.
    pub back: Back,
}

/// Who handed a batch to this person, each once with that one's last hand-off, the latest last.
///
/// # Errors
/// When the library cannot be read.
pub async fn handed_by(library: &Library, batch: BatchId, me: ReviewerId) -> Result<Vec<(EventId, PublicIdentity)>, HandoffError> {
    let events = library.events(batch).await?;
    let received = events.iter().filter(|event| event.header.author == me).filter_map(|event| match &event.act {
        Act::Received { handoff, from, .. } => Some((*handoff, person(from)?)),
        _ => None,
    });
    let mut senders: Vec<(EventId, PublicIdentity)> = Vec::new();
    for (handoff, from) in received {
        senders.retain(|(_, known)| known.reviewer != from.reviewer);
        senders.push((handoff, from));
    }
    Ok(senders)
}

/// To whom a reply goes: who is named, else who handed it over last; and who else did.
fn choose(
    mut senders: Vec<(EventId, PublicIdentity)>,
    named: Option<&str>,
    title: &SafeText,
) -> Result<((EventId, PublicIdentity), Vec<SafeText>), HandoffError> {
    let is_named = |one: &PublicIdentity, named: &str| {
        one.label.raw().to_lowercase() == named.trim().to_lowercase() || one.fingerprint() == named.trim()
    };
    let not_received = || HandoffError::NotReceived { title: title.clone() };
    let last = senders.len().checked_sub(1).ok_or_else(not_received)?;
    let at: Vec<usize> = match named {
        None => vec![last],
        Some(named) => (0..=last).filter(|nth| is_named(&senders[*nth].1, named)).collect(),
    };
    let labels = |all: &[(EventId, PublicIdentity)]| all.iter().map(|(_, one)| one.label.clone()).collect::<Vec<_>>();
    let [at] = at[..] else {
        let known: Vec<String> = senders.iter().map(|(_, one)| format!("{} ({})", one.label, one.fingerprint())).collect();
        let named = SafeText::line(named.unwrap_or_default());
        return Err(HandoffError::NotSender { named, known: SafeText::line(&known.join(", ")) });
    };
    let chosen = senders.remove(at);
    Ok((chosen, labels(&senders)))
}

/// Writes what this person did on a batch that was handed over into a file that only its sender opens: `whom`, by name or fingerprint,
/// where several handed it over; without one whoever did so last.
///
/// # Errors
/// When nothing was handed over, or not by who is named, or the file cannot be written.
pub async fn reply(
    library: &Library,
    me: &Identity,
    batch: BatchId,
    whom: Option<&str>,
    (out, replace): (&Path, bool),
) -> Result<Replied, HandoffError> {
    if out.exists() && !replace {
        return Err(HandoffError::Exists { path: out.to_owned() });
    }
    let whole = library.batch(batch).await?;
    let senders = handed_by(library, batch, me.reviewer()).await?;
    let ((handoff, to), others) = choose(senders, whom, &whole.title)?;
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
    let back = Back::of((&events, &record), me.reviewer(), None, erased);
    Ok(Replied { to, others, bytes, acts: mine.len(), decisions, back })
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
        label: SafeText::name(text("label")?),
        pseudonym: SafeText::name(text("pseudonym")?),
        signing: text("signing")?.to_owned(),
        encryption: text("encryption")?.to_owned(),
    };
    public.verifying_key().is_some().then_some(public)
}
