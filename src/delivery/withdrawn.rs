//! What was delivered and is no row any more: its scorecards were reopened, its submission is gone, or its person was erased. It is
//! named, and never cleared there by itself.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::items::{FILE, Item, Job};
use super::lying::Lying;
use super::settle::Parcel;
use crate::export::profile::Kind;
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState, Step};
use crate::text::SafeText;

/// One thing that was delivered and is no row any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Withdrawn {
    /// The record's id at the other side; empty of a person who was erased.
    pub object: SafeText,
    /// The source's id of the candidate; empty of a person who was erased.
    pub candidate: SafeText,
    /// `file`, or the push.
    pub push: SafeText,
    /// Whether the next sending would take it away from there: a table is written whole, without it. It still lies there.
    pub would_be_cleared: bool,
    /// Whether the table in which it was lies there no more; the next sending writes it without this.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_gone: bool,
    /// Of a person who was erased since: what is still known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
}

/// What is known of something that was delivered of a person who was erased since.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Erased {
    /// The file in which it is.
    pub file: Option<SafeText>,
    /// When it was delivered.
    pub delivered_at: Timestamp,
    /// Whether nobody knows that it arrived.
    #[serde(default, skip_serializing_if = "is_not")]
    pub is_unsure: bool,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

/// Whether a table is written whole, over the one before.
fn is_whole(job: &Job) -> bool {
    job.profile.kind == Kind::File && !job.profile.rows.changed_only
}

/// What tells a delivered thing from another: its record and push. Of a person who was erased, where only changed rows are written,
/// also the file: each of them may lie there still, and nobody can say which was the last.
type About<'l> = (Digest, &'l str, Option<String>);

fn about<'l>(job: &Job, entry: &'l Delivered) -> About<'l> {
    let is_one_of_many = entry.detail.is_none() && !is_whole(job);
    let file = entry.parcel.as_deref().filter(|_| is_one_of_many).and_then(|written| Some(Parcel::read(written)?.name));
    (entry.about, &entry.push, file)
}

/// The entries that arrived of what is no row any more, the last of each at the end. Who is kept back with a reason is named with
/// that.
fn entries<'l>(job: &Job, items: &[Item], ledger: &'l [Delivered]) -> BTreeMap<About<'l>, Vec<&'l Delivered>> {
    let wanted: BTreeSet<(&str, &str)> = items.iter().map(|item| (item.object.as_str(), item.push.as_str())).collect();
    let kept_back: BTreeSet<&str> = job.mapped.quarantined.iter().map(|one| one.key.raw()).collect();
    let is_push = |push: &str| push == FILE || job.profile.pushes.iter().any(|known| known.name == push);
    let mut all: BTreeMap<About<'_>, Vec<&Delivered>> = BTreeMap::new();
    for entry in ledger.iter().filter(|entry| is_push(&entry.push)) {
        let is_no_row = match &entry.detail {
            None => entry.is_of_nobody(),
            // From a table that is written whole also what is kept back vanishes.
            Some((object, _)) => {
                let is_named = !is_whole(job) && kept_back.contains(object.as_str());
                entry.state.arrived() && !wanted.contains(&(object.as_str(), entry.push.as_str())) && !is_named
            }
        };
        if is_no_row {
            all.entry(about(job, entry)).or_default().push(entry);
        }
    }
    all
}

/// What was delivered and is no row any more. `lying` knows which tables are gone.
pub(super) fn withdrawn(job: &Job, items: &[Item], ledger: &[Delivered], lying: &Lying) -> Vec<Withdrawn> {
    // Where nothing is left to send, nothing is written over.
    let is_written_over = is_whole(job) && !items.is_empty();
    let told = |entry: &&Delivered| {
        let (object, detail) = entry.detail.as_ref().map(|(object, detail)| (object.as_str(), detail)).unzip();
        let candidate = detail.and_then(|detail| detail["candidate"].as_str());
        let file = entry.parcel.as_deref().and_then(Parcel::read).map(|parcel| SafeText::line(&parcel.name));
        let is_gone = is_whole(job) && lying.is_absent(entry);
        Withdrawn {
            object: SafeText::line(object.unwrap_or_default()),
            candidate: SafeText::line(candidate.unwrap_or_default()),
            push: SafeText::line(&entry.push),
            would_be_cleared: is_written_over && !is_gone,
            is_gone,
            erased: entry.detail.is_none().then_some(Erased {
                file,
                delivered_at: entry.changed_at,
                is_unsure: !entry.state.arrived(),
            }),
        }
    };
    let last: Vec<&Delivered> = entries(job, items, ledger).into_values().filter_map(|all| all.last().copied()).collect();
    last.iter().map(told).collect()
}

/// What a table that was written whole took away.
pub(super) fn cleared(job: &Job, items: &[Item], ledger: &[Delivered]) -> Vec<Step> {
    let gone = if is_whole(job) { entries(job, items, ledger) } else { BTreeMap::new() };
    gone.into_values().flatten().map(|entry| Step::to(entry.key, DeliveryState::Superseded)).collect()
}

impl Withdrawn {
    /// The same as somebody saw it there: what was in a table that was gone then has not come back by itself.
    pub(super) fn seen_in(self, seen: &[Withdrawn]) -> Self {
        let is_this = |one: &&Withdrawn| (&one.object, &one.push, &one.erased) == (&self.object, &self.push, &self.erased);
        let is_gone = seen.iter().find(is_this).is_some_and(|one| one.is_gone);
        Withdrawn { would_be_cleared: self.would_be_cleared && !is_gone, is_gone: self.is_gone || is_gone, ..self }
    }
}
