//! The vault within a bound: what can be fetched again goes, the least needed first; what is still to be heard never does.

use std::collections::BTreeMap;

use crate::interview::{BatchId, ReviewerId};
use crate::library::{Content, Fetchable, Library, LibraryError, WhyAway};
use crate::scorecard::Record;
use crate::source::PLAYABLE;

/// What keeping a bound took.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, serde::Serialize)]
pub struct Shrunk {
    /// Bytes in the vault before.
    pub before: u64,
    /// Bytes after it.
    pub after: u64,
    /// Recordings that were put away.
    pub put_away: usize,
    /// Recordings that could be put away and are needed still: they are to be heard, or somebody is held.
    pub needed: usize,
    /// Bytes of those.
    pub needed_bytes: u64,
    /// Those of them that stay because somebody is held.
    pub held: usize,
}

/// Puts recordings away until the vault has at most so many bytes, or nothing is left that may go. A recording may go when it came from a
/// source, this reviewer has sealed it or need not review it, and nothing forbids its removal. Who was decided on goes first.
pub async fn shrink(library: &Library, me: ReviewerId, most: u64, dry: bool) -> Result<Shrunk, LibraryError> {
    let before = library.vault_bytes().await?;
    let mut shrunk = Shrunk { before, after: before, ..Shrunk::default() };
    if before <= most {
        return Ok(shrunk);
    }
    let mut batches: BTreeMap<BatchId, Vec<Fetchable>> = BTreeMap::new();
    for one in library.fetchable().await?.into_iter().filter(|one| one.bytes.is_some()) {
        batches.entry(one.file.batch).or_default().push(one);
    }
    let mut free = Vec::new();
    for (batch, all) in batches {
        let (batch, events) = (library.batch(batch).await?, library.events(batch).await?);
        let record = Record::fold(&batch, &events);
        for one in all {
            let submission = one.file.answer.as_ref().and_then(|answer| batch.answer(answer.id)).map(|(submission, _)| submission);
            let Some(submission) = submission else { continue };
            let id = submission.id;
            let is_done = record.scorecard_is_sealed(me, id) || !record.has_to_review(me, id);
            let is_held = record.holds_on(&batch, submission.candidate.id, library.now()).next().is_some();
            if !is_done || is_held {
                shrunk.needed += 1;
                shrunk.needed_bytes += one.bytes.unwrap_or_default();
                shrunk.held += usize::from(is_done);
                continue;
            }
            let is_decided = record.decisions.keys().any(|(of, _)| *of == id);
            free.push((!is_decided, submission.completed_at, one));
        }
    }
    free.sort_by_key(|(rank, completed_at, one)| (*rank, *completed_at, one.file.name()));
    for (_, _, one) in free {
        if shrunk.after <= most {
            break;
        }
        let bytes = one.bytes.unwrap_or_default();
        if !dry {
            let what = [(Content::Recording, one.digest)];
            library.put_away_of(one.file.candidate, &what, WhyAway::Room, &[PLAYABLE], Vec::new()).await?;
        }
        (shrunk.after, shrunk.put_away) = (shrunk.after.saturating_sub(bytes), shrunk.put_away + 1);
    }
    Ok(shrunk)
}
