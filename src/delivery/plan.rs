//! A plan: what would change at the other side, row by row, for a person to read before it is applied.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::calls::{Present, Presents, same};
use super::items::{FILE, Item, Job, Made, past};
use super::lying::Lying;
use super::moved::{changed_there, doubled};
use super::withdrawn::Withdrawn;
use crate::export::mapping::Quarantined;
use crate::export::profile::Kind;
use crate::interview::{BatchId, Digest, ReviewerId};
use crate::library::{Delivered, DeliveryState};
use crate::text::SafeText;

/// The version of the document.
pub const SCHEMA: u32 = 3;

/// What would change, as a JSON document.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the document.
    pub schema: u32,
    /// The batch.
    pub batch: BatchId,
    /// What people call it.
    pub title: SafeText,
    /// The profile's id.
    pub profile: SafeText,
    /// The profile as the command named it: a shipped one's name, or a file.
    pub profile_file: SafeText,
    /// The SHA-256 of the profile's file.
    pub profile_hash: Digest,
    /// Where it goes; without credentials.
    pub to: SafeText,
    /// When it was made.
    pub made_at: Timestamp,
    /// By whom.
    pub by: ReviewerId,
    /// The rows, in the order of sending.
    pub rows: Vec<PlanRow>,
    /// What was delivered, and is no row any more.
    #[serde(default)]
    pub withdrawn: Vec<Withdrawn>,
    /// Whether everything that had been delivered was looked at.
    pub is_looked_at: bool,
}

/// What would become of a row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Nothing was sent about this record yet.
    Create,
    /// Something else was sent before, or stands there.
    Update,
    /// The same was sent before, or stands there.
    Unchanged,
    /// Somebody changed it there since, or it is there more than once: it is left as it stands.
    Moved,
    /// It cannot be sent.
    Quarantined,
}

/// One row of a plan.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct PlanRow {
    /// The record's id at the other side.
    pub object: SafeText,
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// `file`, or the push of the profile.
    pub push: SafeText,
    /// What would become of it.
    pub change: Change,
    /// Of what would be sent; none where nothing can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// Of what stood there when the plan was made, where that could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub there: Option<Digest>,
    /// What changes, by column.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, OldNew>,
    /// The row of the table, counted from 1, where it cannot be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// The column that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<SafeText>,
    /// Whether it was seen there after it was delivered, and is not there any more.
    #[serde(default, skip_serializing_if = "is_not")]
    pub lost: bool,
    /// Whether the same was tried before, and was not taken or may have been.
    #[serde(default, skip_serializing_if = "is_not")]
    pub tried: bool,
    /// What of it nobody knows, where that is so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<Doubt>,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<SafeText>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<SafeText>,
    /// Of all this and the plan's head: what is edited by hand is told by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Digest>,
}

/// What nobody knows of a row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Doubt {
    /// What is there was not read.
    Unread,
    /// It may be there already: it is not sent again before that is known.
    Sent,
}

fn is_not(flag: &bool) -> bool {
    !flag
}

/// A value before and after.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct OldNew {
    /// Before; null where there was none, or where it is not known.
    pub old: Value,
    /// After.
    pub new: Value,
}

/// What was delivered and is no row of a plan any more.
pub fn withdrawn(job: &Job, made: &Made, ledger: &[Delivered], lying: &Lying) -> Vec<Withdrawn> {
    super::withdrawn::withdrawn(job, &made.items, ledger, lying)
}

/// What was seen at the other side before anything is planned.
#[derive(Clone, Copy, Debug)]
pub struct Sights<'s> {
    /// What stands there, where it was read.
    pub presents: &'s Presents,
    /// Which files lie there as they were delivered.
    pub lying: &'s Lying,
    /// Whether what somebody changed there may be written over.
    pub overwrite: bool,
}

impl Sights<'_> {
    /// Whether everything that had been delivered was looked at.
    pub fn is_whole(&self, job: &Job) -> bool {
        match job.profile.kind {
            Kind::File => self.lying.is_known,
            _ => job.profile.pushes.iter().all(|push| push.look.is_some()) && self.presents.values().all(Result::is_ok),
        }
    }
}

/// The rows of a plan.
pub fn plan(job: &Job, made: &Made, ledger: &[Delivered], sights: Sights<'_>) -> Vec<PlanRow> {
    let mut rows: Vec<PlanRow> = made.items.iter().map(|item| row(item, ledger, sights)).collect();
    let gone = super::withdrawn::withdrawn(job, &made.items, ledger, sights.lying).len();
    say_what_is_new(job, &mut rows, gone);
    rows.extend(job.mapped.quarantined.iter().chain(&made.quarantined).map(quarantined));
    rows
}

/// Says of what is sent anew, though none of its own columns changes, why that is so: its reference covers the whole row.
/// Of a table that is written whole it covers all rows, and `gone` of those that were delivered are in it no more.
fn say_what_is_new(job: &Job, rows: &mut [PlanRow], gone: usize) {
    let whole = of_whole_table(job, rows, gone);
    let mut columns: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.change == Change::Update) {
        columns.entry(row.object.raw().to_owned()).or_default().extend(row.values.keys().cloned());
    }
    let is_silent = |row: &&mut PlanRow| row.change == Change::Update && row.values.is_empty() && row.reason.is_none();
    for row in rows.iter_mut().filter(is_silent) {
        if let Some(why) = &whole {
            row.reason = Some(SafeText::line(why));
            continue;
        }
        let push = job.profile.pushes.iter().find(|push| push.name == row.push.raw());
        let by_digest = push.is_some_and(|push| push.call.fields().iter().any(|field| field.starts_with("digest")));
        let others: Vec<&str> = columns.get(row.object.raw()).into_iter().flatten().map(String::as_str).collect();
        row.reason = Some(SafeText::line(&match (by_digest, others.is_empty()) {
            (true, false) => format!("a new entry: its digest covers the whole row, in which this changes: {}", others.join(", ")),
            (true, true) => "a new entry: its digest covers the whole row, and another column of that changed".to_owned(),
            (false, _) => "its columns are as before, and the request is another: the profile or its values changed".to_owned(),
        }));
    }
}

/// Why a row in which nothing changes is sent again with a table that is written whole; none where it is not, or nothing says so.
fn of_whole_table(job: &Job, rows: &[PlanRow], gone: usize) -> Option<String> {
    let is_whole = job.profile.kind == Kind::File && !job.profile.rows.changed_only;
    let new = rows.iter().filter(|row| row.change == Change::Create).count();
    let changed = rows.iter().filter(|row| row.change == Change::Update && !row.values.is_empty()).count();
    let told = [(changed, "changed"), (new, "new"), (gone, "in it no more")];
    let told: Vec<String> = told.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    (is_whole && !told.is_empty())
        .then(|| format!("its columns are as before; the table is written whole, and of its other rows are {}", told.join(", ")))
}

fn row(item: &Item, ledger: &[Delivered], Sights { presents, lying, overwrite }: Sights<'_>) -> PlanRow {
    let past = past(ledger, &item.object, &item.push);
    let found = presents.get(&(item.object.clone(), item.push.clone()));
    let present = found.and_then(|found| found.as_ref().ok());
    // Where values can be read, what stands there counts; else what the ledger says.
    let values = present.and_then(Present::values);
    let tells = present.is_some_and(|present| {
        item.look.as_ref().is_some_and(|look| look.tells_values) || (past.arrived.is_none() && present.values().is_some())
    });
    let gone = lying.why(past.arrived);
    let is_lost = is_lost(present, item, past.arrived) || gone.is_some();
    let before = match (tells, values) {
        // A file that is gone is compared with what was delivered in it last.
        _ if is_lost && gone.is_none() => None,
        (true, values) => values.cloned().map(Value::Object),
        _ => past.arrived.and_then(|entry| entry.detail.as_ref()).and_then(|(_, detail)| detail.get("values")).cloned(),
    };
    let doubled = present.and_then(|present| doubled(item, ledger, present));
    let changed = || present.filter(|_| !is_lost && !overwrite).and_then(|present| changed_there(item, ledger, present));
    let moved = doubled.or_else(changed);
    let change = match (present.filter(|_| tells), past.arrived) {
        _ if is_lost => Change::Create,
        _ if moved.is_some() => Change::Moved,
        (Some(present), _) if present.is(&item.values) => Change::Unchanged,
        (Some(Present::Absent | Present::Unclear), _) | (None, None) => Change::Create,
        (None, Some(entry)) if entry.digest == item.digest => Change::Unchanged,
        (Some(Present::There { values, .. }), _) if values.values().all(Value::is_null) => Change::Create,
        _ => Change::Update,
    };
    let maybe = past.last.filter(|last| matches!(last.state, DeliveryState::Sent | DeliveryState::Unknown));
    PlanRow {
        object: SafeText::line(&item.object),
        candidate: item.shown.clone(),
        push: SafeText::line(&item.push),
        change,
        digest: Some(item.digest),
        there: match present.filter(|_| tells) {
            Some(present) => Some(present.digest()),
            None => past.arrived.map(|entry| entry.digest),
        },
        values: if change == Change::Unchanged { BTreeMap::new() } else { changing(item, before.as_ref()) },
        row: None,
        column: None,
        lost: is_lost,
        tried: was_tried(item, ledger),
        doubt: doubt(
            found.is_some_and(Result::is_err),
            maybe.filter(|_| !is_lost && change != Change::Unchanged && moved.is_none()),
        ),
        reason: match (found, maybe) {
            (Some(Err(error)), _) => Some(SafeText::line(&format!("what is there was not read: {error}"))),
            _ if is_lost => Some(SafeText::line(gone.unwrap_or("it was delivered, and is not there any more"))),
            _ if change == Change::Unchanged => None,
            _ if moved.is_some() => moved.as_deref().map(SafeText::line),
            (_, maybe) => maybe.map(may_be_there),
        },
        remedy: None,
        check: None,
    }
}

/// What changes of an item, by column.
fn changing(item: &Item, before: Option<&Value>) -> BTreeMap<String, OldNew> {
    let old = |column: &str| before.and_then(|values| values.get(column)).cloned().unwrap_or(Value::Null);
    let pairs = item.values.iter().map(|(column, new)| (column.clone(), OldNew { old: old(column), new: new.clone() }));
    pairs.filter(|(_, pair)| pair.old != pair.new).collect()
}

/// Whether the same was to be sent since something else arrived, and was not taken or may have been: somebody let it pass.
fn was_tried(item: &Item, ledger: &[Delivered]) -> bool {
    let its = ledger.iter().rev().filter(|entry| entry.push == item.push && entry.is_about(&item.object));
    its.take_while(|entry| !entry.state.arrived()).any(|entry| is_same(entry, item))
}

/// Whether an entry has the content of an item; of a table that is written whole, that of its row, whatever the others are.
fn is_same(entry: &Delivered, item: &Item) -> bool {
    let of_row = || entry.detail.as_ref().and_then(|(_, detail)| detail["values"].as_object()) == Some(&item.values);
    entry.digest == item.digest || (item.push == FILE && of_row())
}

/// What nobody knows of a row, by whether it could not be read, and what may have been sent of it.
fn doubt(is_unread: bool, maybe: Option<&Delivered>) -> Option<Doubt> {
    if is_unread { Some(Doubt::Unread) } else { maybe.map(|_| Doubt::Sent) }
}

/// Why nobody knows whether it is there.
fn may_be_there(last: &Delivered) -> SafeText {
    let why = last.why.as_ref().map_or_else(String::new, |why| format!(": {why}"));
    SafeText::line(&format!("it may be there already{why}"))
}

/// Whether what was seen there after it was delivered is not there any more: its entry, or every value of it.
pub(super) fn is_lost(present: Option<&Present>, item: &Item, arrived: Option<&Delivered>) -> bool {
    let Some(arrived) = arrived.filter(|arrived| arrived.state == DeliveryState::Verified) else { return false };
    match (present, item.look.as_ref().map(|look| look.tells_values)) {
        (Some(Present::Absent), Some(true)) => true,
        (Some(Present::Absent), Some(false)) => arrived.digest == item.digest,
        (Some(Present::There { values, .. }), Some(true)) => {
            let sent = arrived.detail.as_ref().map(|(_, detail)| &detail["values"]);
            let was_there = |column: &String| sent.is_some_and(|sent| !sent[column].is_null());
            let is_wanted = present.is_some_and(|present| present.is(&item.values));
            !is_wanted && values.values().all(Value::is_null) && values.keys().any(was_there)
        }
        _ => false,
    }
}

fn quarantined(one: &Quarantined) -> PlanRow {
    PlanRow {
        object: one.key.clone(),
        candidate: one.candidate.clone(),
        push: SafeText::default(),
        change: Change::Quarantined,
        digest: None,
        there: None,
        values: BTreeMap::new(),
        row: Some(one.row),
        column: Some(one.column.clone()),
        lost: false,
        tried: false,
        doubt: None,
        reason: Some(one.reason.clone()),
        remedy: Some(one.remedy.clone()),
        check: None,
    }
}

impl PlanRow {
    /// Whether nobody could read what is there.
    pub(super) fn is_unread(&self) -> bool {
        self.doubt == Some(Doubt::Unread)
    }
}

impl Plan {
    /// How many rows there are of a change.
    pub fn count(&self, change: Change) -> usize {
        self.rows.iter().filter(|row| row.change == change).count()
    }

    /// The rows of which nobody could read what is there.
    pub fn unread(&self) -> impl Iterator<Item = &PlanRow> {
        self.rows.iter().filter(|row| row.is_unread())
    }

    /// The rows of which nobody knows yet whether they are there: they are looked for before anything is sent.
    pub fn unknown(&self) -> impl Iterator<Item = &PlanRow> {
        self.rows.iter().filter(|row| row.doubt == Some(Doubt::Sent))
    }

    /// The rows that somebody changed there, and that are left as they stand.
    pub fn moved(&self) -> impl Iterator<Item = &PlanRow> {
        self.rows.iter().filter(|row| row.change == Change::Moved)
    }

    /// The rows that were delivered once and are not there any more.
    pub fn lost(&self) -> impl Iterator<Item = &PlanRow> {
        self.rows.iter().filter(|row| row.lost)
    }

    /// What applying it would take away from there: a table is written whole, and these rows are not in it any more.
    pub fn cleared(&self) -> impl Iterator<Item = &Withdrawn> {
        self.withdrawn.iter().filter(|one| one.would_be_cleared)
    }

    /// What a table that is written whole had, and would not have any more: also where its file is gone.
    fn vanishing(&self) -> impl Iterator<Item = &Withdrawn> {
        self.withdrawn.iter().filter(|one| one.would_be_cleared || one.is_gone)
    }

    /// How many these are; none where that is not known: not all that had been delivered was looked at, and nothing was missed.
    pub fn lost_count(&self) -> Option<usize> {
        Some(self.lost().count()).filter(|count| *count > 0 || self.is_looked_at)
    }

    /// Those of them that are records; a file that is gone is written again, and takes nothing away by that.
    pub fn lost_records(&self) -> impl Iterator<Item = &PlanRow> {
        self.lost().filter(|row| row.push.raw() != FILE)
    }

    /// How many rows of what was there before would change, vanish from it, or have vanished by themselves. A row changes where any
    /// of its pushes changes a value that was there, and counts once.
    pub fn changed(&self) -> usize {
        // A table that is written whole sends every row anew, also those in which nothing changes, as it does where its file is gone;
        // and where there was nothing, filling it changes nothing of what was there.
        let is_other = |pair: &OldNew| !same(&pair.old, &Value::Null) && !same(&pair.old, &pair.new);
        let is_of_file = |row: &PlanRow| row.lost && row.push.raw() == FILE;
        // What somebody let pass and was not taken, or is not known to be, is no new change.
        let may_change = |row: &&PlanRow| (row.change == Change::Update || is_of_file(row)) && !row.tried;
        let updates = self.rows.iter().filter(may_change).filter(|row| row.values.values().any(is_other));
        let rows = updates.chain(self.lost_records().filter(|row| !row.tried)).map(|row| row.object.raw());
        rows.chain(self.vanishing().map(|one| one.object.raw())).filter(|object| !object.is_empty()).collect::<BTreeSet<_>>().len()
            + self.vanishing().filter(|one| one.erased.is_some()).count()
    }

    /// How many rows were there before.
    pub fn before(&self) -> usize {
        let was_there = |row: &&PlanRow| row.lost || matches!(row.change, Change::Update | Change::Unchanged | Change::Moved);
        let rows = self.rows.iter().filter(was_there).map(|row| row.object.raw());
        rows.chain(self.vanishing().map(|one| one.object.raw())).filter(|object| !object.is_empty()).collect::<BTreeSet<_>>().len()
            + self.vanishing().filter(|one| one.erased.is_some()).count()
    }

    /// The share of those that would change, in percent; none where nothing was there before.
    pub fn changed_percent(&self) -> Option<f64> {
        let before = self.before();
        (before > 0).then(|| 100.0 * self.changed() as f64 / before as f64)
    }
}
