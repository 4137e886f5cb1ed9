//! What was handed over until a day: after it, it is not opened any more, and its recordings are removed.

use std::collections::BTreeSet;

use crate::interview::{Batch, CandidateId};
use crate::journal::{Act, Event};
use crate::library::{Access, Content, Library, LibraryError};
use crate::scorecard::Panelist;

/// Refuses a batch that was handed to someone who works in this library, once its time is over. Where the library may be written to,
/// the recordings and documents that came with it are removed; what the person decided stays.
///
/// # Errors
/// [`LibraryError::Lapsed`], and what keeps from looking.
pub(super) async fn check(library: &Library, batch: &Batch, events: &[Event]) -> Result<(), LibraryError> {
    let received = events.iter().rev().find_map(|event| match &event.act {
        Act::Received { from, until, .. } => Some((event.header.author, from, *until)),
        _ => None,
    });
    let Some((author, from, Some(until))) = received else { return Ok(()) };
    if until >= library.now() || !library.own_authors().await?.contains(&author) {
        return Ok(());
    }
    if library.access() == Access::ReadWrite {
        remove(library, batch).await?;
    }
    let from = Panelist::read(from).map_or_else(|| "its sender".into(), |from| from.label);
    Err(LibraryError::Lapsed { title: batch.title.clone(), until, from })
}

/// Removes what lies in the vault of candidates who are in no other batch here.
async fn remove(library: &Library, batch: &Batch) -> Result<(), LibraryError> {
    let all = library.candidates().await?;
    let elsewhere: BTreeSet<CandidateId> =
        all.into_iter().filter(|(id, _)| *id != batch.id).flat_map(|(_, candidates)| candidates).collect();
    for submission in batch.submissions.iter().filter(|submission| !elsewhere.contains(&submission.candidate.id)) {
        let recordings = submission.answers.iter().filter_map(|answer| answer.media.as_ref()?.digest);
        let documents = submission.documents.iter().filter_map(|document| document.media.as_ref()?.digest);
        let both = recordings.map(|digest| (Content::Recording, digest)).chain(documents.map(|digest| (Content::Document, digest)));
        for (content, digest) in both {
            library.discard(submission.candidate.id, content, digest).await?;
        }
    }
    Ok(())
}
