//! Applying a plan: what it names is sent, what has moved is not, and every row is accounted for.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::items::{Item, Job, items, past};
use super::plan::{Change, Plan};
use super::report::{Reconciliation, RowOutcome};
use super::send::send_files;
use super::settle::{Settled, settle};
use super::store::{Store, Trouble};
use crate::export::mapping::TooMuch;
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState, Library, LibraryError, NewDelivery, Step, TargetId};
use crate::text::SafeText;

/// Everything that applying a plan needs.
pub struct Applying<'a> {
    /// What is delivered.
    pub job: Job<'a>,
    /// The library, in which someone acts.
    pub library: &'a Library,
    /// The ledger's name of the place.
    pub target: TargetId,
    /// The place, in one spelling and without credentials.
    pub address: &'a str,
    /// The place itself.
    pub store: &'a mut Store,
    /// Whether a file that earmark did not write there may be written over.
    pub replace: bool,
}

/// What became of one row.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct RowReport {
    /// The record's id at the other side.
    pub object: SafeText,
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// `file`, or the push.
    pub push: SafeText,
    /// What became of it.
    pub outcome: RowOutcome,
    /// What the ledger says of it, where it is in it.
    pub state: Option<DeliveryState>,
    /// Why, where it did not arrive.
    pub reason: Option<SafeText>,
}

/// What became of a plan.
#[derive(Clone, PartialEq, Debug, Default, Serialize)]
pub struct Applied {
    /// Row by row.
    pub rows: Vec<RowReport>,
    /// The sum.
    pub sum: Reconciliation,
    /// The files that were written, by name.
    pub files: Vec<String>,
    /// Whether what failed may work later.
    pub temporary: bool,
    /// Whether someone must sign in.
    pub authentication: bool,
}

/// Why a plan could not be applied at all.
#[derive(Debug, thiserror::Error)]
pub enum NotApplied {
    /// The library.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The files would be too large.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}

/// One thing that is wanted there.
struct Wanted {
    object: String,
    push: String,
    shown: SafeText,
    digest: Digest,
    /// What stood there when it was planned.
    there: Option<Digest>,
    change: Change,
}

/// Sends what a plan names.
///
/// # Errors
/// Where the library fails, or the files would be too large; what was sent before that is in the ledger.
pub async fn apply(applying: &mut Applying<'_>, plan: &Plan) -> Result<Applied, NotApplied> {
    let mut applied = Applied::default();
    let mut wanted = Vec::new();
    for row in &plan.rows {
        applied.sum.selected += 1;
        match row.digest {
            None => applied.account(RowReport {
                object: row.object.clone(),
                candidate: row.candidate.clone(),
                push: row.push.clone(),
                outcome: RowOutcome::Quarantined,
                state: None,
                reason: row.reason.clone(),
            }),
            Some(digest) => wanted.push(Wanted {
                object: row.object.raw().to_owned(),
                push: row.push.raw().to_owned(),
                shown: row.candidate.clone(),
                digest,
                there: row.there,
                change: row.change,
            }),
        }
    }
    run(applying, wanted, &mut applied).await?;
    Ok(applied)
}

/// Sends what an earlier run planned and did not bring to its end.
///
/// # Errors
/// As [`apply`].
pub async fn retry(applying: &mut Applying<'_>) -> Result<Applied, NotApplied> {
    let ledger = applying.library.deliveries(applying.job.batch, Some(applying.target)).await?;
    let shown = |entry: &Delivered| {
        let detail = entry.detail.as_ref().and_then(|(_, detail)| detail["candidate"].as_str());
        SafeText::line(detail.unwrap_or_default())
    };
    let is_open = |entry: &&Delivered| !entry.state.arrived() && entry.state != DeliveryState::Superseded;
    let wanted: Vec<Wanted> = ledger
        .iter()
        .filter(is_open)
        .filter_map(|entry| {
            let (object, _) = entry.detail.as_ref()?;
            let there = past(&ledger, object, &entry.push).arrived.map(|entry| entry.digest);
            let (object, push) = (object.clone(), entry.push.clone());
            Some(Wanted { object, push, shown: shown(entry), digest: entry.digest, there, change: Change::Create })
        })
        .collect();
    let mut applied = Applied::default();
    applied.sum.selected = wanted.len();
    run(applying, wanted, &mut applied).await?;
    Ok(applied)
}

async fn run(applying: &mut Applying<'_>, wanted: Vec<Wanted>, applied: &mut Applied) -> Result<(), NotApplied> {
    let job = applying.job;
    let before = applying.library.deliveries(job.batch, Some(applying.target)).await?;
    let settled = settle(applying, &before).await?;
    settled.unsure.iter().for_each(|(_, why)| applied.trouble(Some(why.trouble)));
    let ledger = applying.library.deliveries(job.batch, Some(applying.target)).await?;
    let all = items(&job)?;
    let by_name: BTreeMap<(&str, &str), &Item> =
        all.iter().map(|item| ((item.object.as_str(), item.push.as_str()), item)).collect();
    let (mut send, mut gone): (Vec<&Item>, Vec<Step>) = (Vec::new(), Vec::new());
    for one in &wanted {
        let item = by_name.get(&(one.object.as_str(), one.push.as_str())).copied();
        match decide(one, item, &ledger, &settled) {
            Fate::Send(item) => {
                gone.extend(replaced(&ledger, one, Some(item)));
                send.push(item);
            }
            Fate::Over(outcome, state, reason) => {
                if outcome == RowOutcome::Moved {
                    gone.extend(replaced(&ledger, one, item));
                }
                applied.account(one.report(outcome, state, reason));
            }
        }
    }
    let new: Vec<NewDelivery> = send.iter().map(|item| entered(applying, item, &ledger)).collect();
    applying.library.plan_deliveries(job.batch, applying.target, &new).await?;
    applying.library.step_deliveries(&gone, Vec::new()).await?;
    let keys: BTreeMap<usize, Digest> = send.iter().zip(&new).map(|(item, new)| (item.row, new.key)).collect();
    let rows: Vec<usize> = send.iter().map(|item| item.row).collect();
    let ended = send_files(applying, &rows, &keys, &ledger, applied).await?;
    for item in send {
        let (state, reason) = ended.get(&item.row).cloned().unwrap_or((DeliveryState::Planned, Some("nothing was sent".into())));
        let outcome = match state {
            DeliveryState::Accepted | DeliveryState::Verified => RowOutcome::Delivered,
            DeliveryState::Sent | DeliveryState::Unknown => RowOutcome::Unknown,
            _ => RowOutcome::Failed,
        };
        applied.account(RowReport {
            object: SafeText::line(&item.object),
            candidate: item.shown.clone(),
            push: SafeText::line(&item.push),
            outcome,
            state: Some(state),
            reason: reason.as_deref().map(SafeText::line),
        });
    }
    Ok(())
}

/// What is to be done about a row.
enum Fate<'i> {
    Send(&'i Item),
    Over(RowOutcome, Option<DeliveryState>, Option<String>),
}

fn decide<'i>(one: &Wanted, item: Option<&'i Item>, ledger: &[Delivered], settled: &Settled) -> Fate<'i> {
    let past = past(ledger, &one.object, &one.push);
    let is_this = |entry: &&Delivered| entry.push == one.push && entry.digest == one.digest && entry.is_about(&one.object);
    if let Some(after_all) = ledger.iter().filter(is_this).find(|entry| settled.arrived.contains(&entry.key)) {
        return Fate::Over(RowOutcome::Delivered, Some(after_all.state), None);
    }
    if let Some(last) = past.last.filter(|last| matches!(last.state, DeliveryState::Sent | DeliveryState::Unknown)) {
        let why = settled.unsure.iter().find(|(key, _)| *key == last.key).map(|(_, why)| why.text.clone());
        return Fate::Over(RowOutcome::Unknown, Some(last.state), why);
    }
    let moved = |why: &str| Fate::Over(RowOutcome::Moved, None, Some(why.to_owned()));
    let Some(item) = item else { return moved("the row is not there any more") };
    if item.digest != one.digest {
        return moved("the row has changed since it was planned; plan again");
    }
    match past.arrived {
        Some(arrived) if arrived.digest == item.digest => Fate::Over(RowOutcome::Unchanged, Some(arrived.state), None),
        arrived if arrived.map(|arrived| arrived.digest) != one.there => moved("something else was delivered since it was planned"),
        // What was there and is gone is told as unchanged only where it still holds.
        _ if one.change == Change::Unchanged => moved("what was delivered is not known any more; plan again"),
        _ => Fate::Send(item),
    }
}

/// The entries that a newer sending takes the place of.
fn replaced(ledger: &[Delivered], one: &Wanted, item: Option<&Item>) -> Vec<Step> {
    let is_its = |entry: &&Delivered| {
        entry.push == one.push
            && entry.is_about(&one.object)
            && matches!(entry.state, DeliveryState::Planned | DeliveryState::Failed)
    };
    let is_older = |entry: &&Delivered| item.is_none_or(|item| entry.digest != item.digest);
    ledger.iter().filter(is_its).filter(is_older).map(|entry| Step::to(entry.key, DeliveryState::Superseded)).collect()
}

fn entered(applying: &Applying<'_>, item: &Item, ledger: &[Delivered]) -> NewDelivery {
    let after = past(ledger, &item.object, &item.push).arrived.map(|entry| entry.key);
    NewDelivery {
        key: item.key(&applying.job, applying.address, after),
        candidate: item.candidate,
        object: item.object.clone(),
        push: item.push.clone(),
        digest: item.digest,
        detail: json!({ "candidate": item.shown, "values": item.values }),
    }
}

impl Wanted {
    fn report(&self, outcome: RowOutcome, state: Option<DeliveryState>, reason: Option<String>) -> RowReport {
        RowReport {
            object: SafeText::line(&self.object),
            candidate: self.shown.clone(),
            push: SafeText::line(&self.push),
            outcome,
            state,
            reason: reason.as_deref().map(SafeText::line),
        }
    }
}

impl Applied {
    fn account(&mut self, row: RowReport) {
        self.sum.count(row.outcome);
        self.rows.push(row);
    }

    /// Notes in which way something failed.
    pub(super) fn trouble(&mut self, trouble: Option<Trouble>) {
        match trouble {
            Some(Trouble::Temporary) => self.temporary = true,
            Some(Trouble::Authentication) => self.authentication = true,
            _ => {}
        }
    }

    /// When nothing was there to do.
    pub fn nothing_new(&self) -> bool {
        self.sum.selected == self.sum.unchanged
    }
}
