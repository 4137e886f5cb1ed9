//! What was handed over until a day: after it, it is not opened any more, and its recordings are removed.

use std::collections::BTreeSet;

use crate::interview::{Batch, CandidateId, Submission, SubmissionId};
use crate::journal::{Act, Event};
use crate::library::{Access, Content, Library, LibraryError, WhyAway};
use crate::scorecard::{Panelist, Record};
use crate::source::PLAYABLE;

/// Takes those out of a batch whose time is over, where it was handed to someone who works in this library; refuses it once that is
/// so for all of them. Where the library may be written to, the recordings and documents that came with them are removed; what the
/// person decided stays.
///
/// # Errors
/// [`LibraryError::Lapsed`], and what keeps from looking.
pub(super) async fn check(library: &Library, batch: &mut Batch, events: &[Event]) -> Result<(), LibraryError> {
    let received = events.iter().rev().find_map(|event| match &event.act {
        Act::Received { from, .. } => Some((event.header.author, from)),
        _ => None,
    });
    let Some((author, from)) = received else { return Ok(()) };
    let (record, now) = (Record::fold(batch, events), library.now());
    let until = |one: &Submission| record.until_of(author, one.id);
    let is_over = |one: &&Submission| until(one).is_some_and(|until| until < now);
    let over: BTreeSet<SubmissionId> = batch.submissions.iter().filter(is_over).map(|one| one.id).collect();
    if over.is_empty() || !library.own_authors().await?.contains(&author) {
        return Ok(());
    }
    if library.access() == Access::ReadWrite {
        remove(library, batch, &over).await?;
    }
    let last = batch.submissions.iter().filter_map(until).max();
    batch.submissions.retain(|one| !over.contains(&one.id));
    match last.filter(|_| batch.submissions.is_empty()) {
        None => Ok(()),
        Some(until) => {
            let from = Panelist::read(from).map_or_else(|| "its sender".into(), |from| from.label);
            Err(LibraryError::Lapsed { title: batch.title.clone(), until, from })
        }
    }
}

/// Removes what lies in the vault of these, as far as they are in no other batch here.
async fn remove(library: &Library, batch: &Batch, over: &BTreeSet<SubmissionId>) -> Result<(), LibraryError> {
    let all = library.candidates().await?;
    let elsewhere: BTreeSet<CandidateId> =
        all.into_iter().filter(|(id, _)| *id != batch.id).flat_map(|(_, candidates)| candidates).collect();
    let of = batch.submissions.iter().filter(|one| over.contains(&one.id) && !elsewhere.contains(&one.candidate.id));
    for submission in of {
        let recordings = submission.answers.iter().filter_map(|answer| answer.media.as_ref()?.digest);
        let documents = submission.documents.iter().filter_map(|document| document.media.as_ref()?.digest);
        let both = recordings.map(|digest| (Content::Recording, digest)).chain(documents.map(|digest| (Content::Document, digest)));
        let both: Vec<_> = both.collect();
        library.put_away_of(submission.candidate.id, &both, WhyAway::Date, &[PLAYABLE], Vec::new()).await?;
    }
    Ok(())
}
