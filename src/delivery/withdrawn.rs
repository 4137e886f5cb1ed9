//! What was delivered and is no row any more: its scorecards were reopened, or its submission is gone. It is named, and never cleared
//! there by itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::items::{FILE, Item, Job};
use crate::export::profile::Kind;
use crate::library::{Delivered, DeliveryState, Step};
use crate::text::SafeText;

/// One thing that was delivered and is no row any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The record's id at the other side.
    pub object: SafeText,
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// `file`, or the push.
    pub push: SafeText,
    /// Whether the next sending would take it away from there: a table is written whole, without it. It still lies there.
    pub would_be_cleared: bool,
}

/// Whether a table is written whole, over the one before.
fn is_whole(job: &Job) -> bool {
    job.profile.kind == Kind::File && !job.profile.rows.changed_only
}

/// The last entries that arrived of what is no row any more. Who is kept back with a reason is named with that; of an erased person
/// nobody can tell.
fn entries<'l>(job: &Job, items: &[Item], ledger: &'l [Delivered]) -> Vec<&'l Delivered> {
    let wanted: BTreeSet<(&str, &str)> = items.iter().map(|item| (item.object.as_str(), item.push.as_str())).collect();
    let kept_back: BTreeSet<&str> = job.mapped.quarantined.iter().map(|one| one.key.raw()).collect();
    let is_push = |push: &str| push == FILE || job.profile.pushes.iter().any(|known| known.name == push);
    let mut last: BTreeMap<(&str, &str), &Delivered> = BTreeMap::new();
    for entry in ledger.iter().filter(|entry| entry.state.arrived() && is_push(&entry.push)) {
        let Some((object, _)) = &entry.detail else { continue };
        let about = (object.as_str(), entry.push.as_str());
        // From a table that is written whole also what is kept back vanishes.
        if !wanted.contains(&about) && (is_whole(job) || !kept_back.contains(object.as_str())) {
            last.insert(about, entry);
        }
    }
    last.into_values().collect()
}

/// What was delivered and is no row any more.
pub(super) fn withdrawn(job: &Job, items: &[Item], ledger: &[Delivered]) -> Vec<Withdrawn> {
    // Where nothing is left to send, nothing is written over.
    let would_be_cleared = is_whole(job) && !items.is_empty();
    let told = |entry: &&Delivered| {
        let (object, detail) = entry.detail.as_ref().expect("it was looked at");
        let candidate = detail["candidate"].as_str().unwrap_or_default();
        Withdrawn {
            object: SafeText::line(object),
            candidate: SafeText::line(candidate),
            push: SafeText::line(&entry.push),
            would_be_cleared,
        }
    };
    entries(job, items, ledger).iter().map(told).collect()
}

/// What a table that was written whole took away.
pub(super) fn cleared(job: &Job, items: &[Item], ledger: &[Delivered]) -> Vec<Step> {
    let gone = if is_whole(job) { entries(job, items, ledger) } else { Vec::new() };
    gone.into_iter().map(|entry| Step::to(entry.key, DeliveryState::Superseded)).collect()
}
