//! Whom sources say that they have deleted: who is erased here because of that, and who is not, and why.

use std::collections::{BTreeMap, BTreeSet};

use crate::interview::{BatchId, CandidateId, ReviewerId};
use crate::library::{Deletion, Library, LibraryError};
use crate::source::fetch::Said;
use crate::text::SafeText;

use super::counted::Counted;
use super::erasing::{Erasing, erase, plan};
use super::person::open;
use super::retention::{Removal, recordings_of};

/// So many people of a batch are erased at once, or a tenth of them, without anybody saying that it is right.
const FEW: usize = 5;

/// Someone whom a source has deleted and who is here.
#[derive(Clone, PartialEq, Debug)]
pub struct Deleted {
    /// Who.
    pub candidate: CandidateId,
    /// The batches of which it was said.
    pub said_of: Vec<BatchId>,
    /// A batch that the person is in, of which it was not said.
    pub elsewhere: Option<BatchId>,
}

/// More people of a batch would be erased than a source may delete without anybody looking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Braked {
    /// The batch.
    pub batch: BatchId,
    /// People who would be erased.
    pub people: usize,
    /// People in it who are here.
    pub of: usize,
}

/// The people whom a batch's source has deleted and who are here. `whose` says which batches it is about; `said` is what was heard
/// and not noted, of a dry run.
pub async fn deleted(library: &Library, whose: &dyn Fn(&Deletion) -> bool, said: &[Said]) -> Result<Vec<Deleted>, LibraryError> {
    let mut people: BTreeMap<CandidateId, (BTreeSet<BatchId>, bool)> = BTreeMap::new();
    for deletion in library.deletions().await? {
        let heard = said.iter().find(|said| said.batch == deletion.batch);
        if heard.is_some_and(|said| said.shown.contains(&deletion.candidate)) {
            continue;
        }
        let person = people.entry(deletion.candidate).or_default();
        person.0.insert(deletion.batch);
        person.1 |= whose(&deletion);
    }
    for one in said {
        for candidate in library.still_here(one.batch, &one.deleted).await? {
            let person = people.entry(candidate).or_default();
            person.0.insert(one.batch);
            person.1 = true;
        }
    }
    people.retain(|_, (_, is_meant)| *is_meant);
    let among = if people.is_empty() { BTreeMap::new() } else { library.candidates().await? };
    let deleted = people.into_iter().map(|(candidate, (said_of, _))| {
        let elsewhere = among.iter().find(|(batch, people)| people.contains(&candidate) && !said_of.contains(batch));
        Deleted { candidate, elsewhere: elsewhere.map(|(batch, _)| *batch), said_of: said_of.into_iter().collect() }
    });
    Ok(deleted.collect())
}

/// The first batch of which too many people would be erased; `most` is what somebody said is right.
pub async fn braked(library: &Library, deleted: &[Deleted], most: Option<usize>) -> Result<Option<Braked>, LibraryError> {
    let mut of_batch: BTreeMap<BatchId, usize> = BTreeMap::new();
    for batch in deleted.iter().filter(|one| one.elsewhere.is_none()).flat_map(|one| &one.said_of) {
        *of_batch.entry(*batch).or_default() += 1;
    }
    if of_batch.values().all(|people| *people <= most.unwrap_or(FEW)) {
        return Ok(None);
    }
    let (among, erased) = (library.candidates().await?, library.erased().await?);
    let braked = of_batch.into_iter().find_map(|(batch, people)| {
        let of = among.get(&batch).map_or(0, |all| all.difference(&erased).count());
        (people > most.unwrap_or(FEW.max(of / 10))).then_some(Braked { batch, people, of })
    });
    Ok(braked)
}

/// What erasing somebody takes, and what forbids it now.
pub async fn plan_deletion(library: &Library, me: ReviewerId, of: &Deleted) -> Result<Erasing, LibraryError> {
    plan(library, &open(library, me, of.candidate).await?).await
}

/// Removes what retention says of people whom their source has deleted; returns how much went. The holds are the caller's to have
/// asked about.
pub async fn remove_deleted(library: &Library, plan: &Erasing, what: Removal, reason: &SafeText) -> Result<Counted, LibraryError> {
    if what == Removal::Person {
        erase(library, plan, reason).await?;
        return Ok(plan.kept);
    }
    let mut removed = Counted::default();
    for batch in &plan.batches {
        let whole = library.batch(*batch).await?;
        for submission in whole.submissions.iter().filter(|one| one.candidate.id == plan.candidate) {
            removed = removed.and(recordings_of(library, *batch, submission, plan.kept, reason.raw()).await?);
        }
    }
    library.forget_deletion(plan.candidate).await?;
    Ok(removed)
}
