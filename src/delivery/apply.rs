//! Applying a plan: what it names is sent, what has moved is not, and every row is accounted for.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;

use super::beside::Lacking;
use super::calls::{Before, Caller, Presents, look_at, send_calls};
use super::enter::THERE;
use super::fate::{Facts, Fate, Wanted, decide, replaced};
use super::items::{Item, Job, items, past};
use super::looked::Looked;
use super::lying::{Lying, look_for_files};
use super::meter::Meter;
use super::plan::{Change, Plan, PlanRow, is_lost};
use super::report::{GuardedCell, Reconciliation, RowOutcome};
use super::send::{clear_parts, send_files};
use super::settle::{Settled, settle};
use super::store::{Store, Trouble};
use super::withdrawn::{Withdrawn, cleared, withdrawn};
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
    pub place: Place<'a>,
    /// What may be written over.
    pub over: Over,
    /// What a person says of what cannot be looked for.
    pub looked: Looked<'a>,
    /// Who is told how far it is.
    pub meter: &'a Meter<'a>,
}

/// What a person lets be written over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Over {
    /// A file that earmark did not put there.
    pub files: bool,
    /// What somebody changed there since it was delivered.
    pub moved: bool,
}

/// Where things go.
#[derive(Debug)]
pub enum Place<'a> {
    /// A place that takes files.
    Files(&'a mut Store),
    /// An ATS that takes requests.
    Calls(&'a Caller),
}

/// How each row's sending ended, by its key in the ledger.
pub(super) type Ended = BTreeMap<Digest, RowEnd>;

/// How one row's sending ended.
#[derive(Clone, Debug)]
pub(super) struct RowEnd {
    pub(super) state: DeliveryState,
    pub(super) trouble: Option<Trouble>,
    /// Why it did not arrive.
    pub(super) reason: Option<String>,
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
    /// The row of the table, counted from 1, where it is kept back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<usize>,
    /// What to do about it, where it is kept back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<SafeText>,
    /// Whether a file lies in its way that earmark did not put there.
    #[serde(skip)]
    pub is_in_the_way: bool,
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
    /// What could not be put beside files that arrived.
    pub lacking: Vec<Lacking>,
    /// What was put beside files that an earlier run brought there, by name.
    pub completed: Vec<String>,
    /// Cells of these files that a spreadsheet could take for a formula.
    pub guarded: Vec<GuardedCell>,
    /// What was delivered, is no row any more, and still stands there.
    pub withdrawn: Vec<Withdrawn>,
    /// Whether what failed may work later.
    pub temporary: bool,
    /// Whether someone must sign in.
    pub authentication: bool,
    /// Whether something failed that neither patience nor signing in mends.
    pub refused: bool,
    /// Whether something was looked for there, and stood there as it should: the other side is not away.
    pub answers: bool,
    /// Whether the other side asked to be left alone for longer than this run waits.
    pub left_alone: bool,
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

/// Sends what a plan names.
///
/// # Errors
/// Where the library fails, or the files would be too large; what was sent before that is in the ledger.
pub async fn apply(applying: &mut Applying<'_>, plan: &Plan) -> Result<Applied, NotApplied> {
    let mut applied = Applied::default();
    let settled = settled(applying).await?;
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
                reason: Some(in_column(row)),
                row: row.row,
                remedy: row.remedy.clone(),
                is_in_the_way: false,
            }),
            Some(digest) => wanted.push(Wanted {
                object: row.object.raw().to_owned(),
                push: row.push.raw().to_owned(),
                shown: row.candidate.clone(),
                digest,
                there: row.there,
                change: row.change,
                is_planned: true,
            }),
        }
    }
    run(applying, wanted, settled, &mut applied).await?;
    withdrawn_of(applying, &plan.withdrawn, &mut applied).await?;
    Ok(applied)
}

/// What was delivered and is no row any more: a table that was written whole has it no longer, elsewhere it still stands.
async fn withdrawn_of(applying: &Applying<'_>, seen: &[Withdrawn], applied: &mut Applied) -> Result<(), NotApplied> {
    let job = &applying.job;
    let made = items(job)?;
    let ledger = applying.library.deliveries(job.batch, Some(applying.target)).await?;
    if applied.sum.delivered > 0 && applied.sum.failed + applied.sum.unknown == 0 {
        applying.library.step_deliveries(&cleared(job, &made.items, &ledger), Vec::new()).await?;
    }
    let ledger = applying.library.deliveries(job.batch, Some(applying.target)).await?;
    let withdrawn = withdrawn(job, &made.items, &ledger, &Lying::default());
    applied.withdrawn = withdrawn.into_iter().map(|one| one.seen_in(seen)).collect();
    Ok(())
}

/// What is wrong with a row, and in which column.
pub(super) fn in_column(row: &PlanRow) -> SafeText {
    let why = row.reason.as_ref().map_or("", SafeText::raw);
    match row.column.as_ref().map(SafeText::raw).filter(|column| !column.is_empty() && !why.contains(column)) {
        Some(column) => SafeText::line(&format!("{column}: {why}")),
        None => SafeText::line(why),
    }
}

/// What may have arrived, looked for.
async fn settled(applying: &mut Applying<'_>) -> Result<Settled, NotApplied> {
    let before = applying.library.deliveries(applying.job.batch, Some(applying.target)).await?;
    Ok(settle(applying, &before).await?)
}

/// Sends what an earlier run planned and did not bring to its end.
///
/// # Errors
/// As [`apply`].
pub async fn retry(applying: &mut Applying<'_>) -> Result<Applied, NotApplied> {
    let settled = settled(applying).await?;
    let ledger = applying.library.deliveries(applying.job.batch, Some(applying.target)).await?;
    let shown = |entry: &Delivered| {
        let detail = entry.detail.as_ref().and_then(|(_, detail)| detail["candidate"].as_str());
        SafeText::line(detail.unwrap_or_default())
    };
    let is_open = |entry: &&Delivered| {
        settled.arrived.contains(&entry.key) || !entry.state.arrived() && entry.state != DeliveryState::Superseded
    };
    let mut seen = BTreeSet::new();
    let mut wanted: Vec<Wanted> = ledger
        .iter()
        .rev()
        .filter(is_open)
        // The same content about the same object is sent once, however often it was planned.
        .filter(|entry| seen.insert((entry.detail.as_ref().map(|(object, _)| object), &entry.push, entry.digest)))
        .filter_map(|entry| {
            let (object, detail) = entry.detail.as_ref()?;
            // What was planned and never sent is sent only over what its plan showed.
            let planned = detail.get(THERE).filter(|_| entry.state == DeliveryState::Planned);
            let there = match planned {
                Some(there) => serde_json::from_value(there.clone()).ok().flatten(),
                None => past(&ledger, object, &entry.push).arrived.map(|entry| entry.digest),
            };
            let (object, push) = (object.clone(), entry.push.clone());
            Some(Wanted {
                object,
                push,
                shown: shown(entry),
                digest: entry.digest,
                there,
                change: Change::Create,
                is_planned: planned.is_some(),
            })
        })
        .collect();
    wanted.reverse();
    let mut applied = Applied::default();
    applied.sum.selected = wanted.len();
    run(applying, wanted, settled, &mut applied).await?;
    Ok(applied)
}

async fn run(applying: &mut Applying<'_>, wanted: Vec<Wanted>, settled: Settled, applied: &mut Applied) -> Result<(), NotApplied> {
    let job = applying.job;
    settled.unsure.iter().for_each(|(_, why)| applied.trouble(Some(why.trouble)));
    applied.guarded.extend(settled.guarded.iter().cloned());
    applied.lacks(settled.lacking.iter().cloned());
    let ledger = applying.library.deliveries(job.batch, Some(applying.target)).await?;
    let made = items(&job)?;
    let by_name: BTreeMap<(&str, &str), &Item> =
        made.items.iter().map(|item| ((item.object.as_str(), item.push.as_str()), item)).collect();
    let items_of = |one: &Wanted| by_name.get(&(one.object.as_str(), one.push.as_str())).copied();
    let looked_for: Vec<&Item> = wanted.iter().filter_map(items_of).collect();
    let (presents, lying) = there(applying, &made.items, &looked_for, &ledger).await;
    applied.trouble(lying.unread.as_ref().map(|error| error.trouble));
    presents.values().filter_map(|found| found.as_ref().err()).for_each(|error| applied.trouble(Some(error.trouble)));
    let (mut send, mut new, mut gone): (Vec<&Item>, Vec<NewDelivery>, Vec<Step>) = (Vec::new(), Vec::new(), Vec::new());
    let facts = Facts { ledger: &ledger, settled: &settled, presents: &presents, lying: &lying, overwrite: applying.over.moved };
    for one in &wanted {
        let item = items_of(one);
        match decide(one, item, facts) {
            Fate::Send(item) => {
                let found = presents.get(&(one.object.clone(), one.push.clone())).and_then(|found| found.as_ref().ok());
                let arrived = past(&ledger, &one.object, &one.push).arrived;
                let is_lost = is_lost(found, item, arrived) || lying.why(arrived).is_some();
                let entry = entered(applying, item, one, &ledger);
                gone.extend(replaced(&ledger, one, is_lost, |old| old.key == entry.key));
                send.push(item);
                new.push(entry);
            }
            Fate::Over(outcome, state, reason) => {
                let was_seen = matches!(presents.get(&(one.object.clone(), one.push.clone())), Some(Ok(_)));
                applied.answers |= outcome == RowOutcome::Unchanged && was_seen;
                match outcome {
                    RowOutcome::Unchanged => gone.extend(replaced(&ledger, one, false, |_| false)),
                    RowOutcome::Moved => {
                        let is_newer =
                            |old: &Delivered| old.digest != one.digest && item.is_some_and(|item| item.digest == old.digest);
                        gone.extend(replaced(&ledger, one, false, is_newer));
                    }
                    // What could not be looked at stays as it is; why is kept for whoever asks in the morning.
                    RowOutcome::Failed => {
                        let last = past(&ledger, &one.object, &one.push).last.filter(|last| !last.state.arrived());
                        gone.extend(last.map(|last| Step::to(last.key, last.state).because(reason.clone())));
                    }
                    _ => {}
                }
                applied.account(one.report(outcome, state, reason));
            }
        }
    }
    applying.library.plan_deliveries(job.batch, applying.target, &new).await?;
    if matches!(applying.place, Place::Files(_)) {
        clear_parts(applying, &ledger, &gone).await;
    }
    applying.library.step_deliveries(&gone, Vec::new()).await?;
    let sending: Vec<(&Item, Digest)> = send.iter().zip(&new).map(|(item, new)| (*item, new.key)).collect();
    let sent = sending.iter().map(|(_, key)| *key).collect();
    send_all(applying, sending, Before { ledger: &ledger, presents: &presents }, applied).await?;
    Ok(applying.complete(&lying, &sent, applied).await?)
}

/// What stands there of what is wanted, as far as the place shows it.
async fn there(applying: &mut Applying<'_>, all: &[Item], wanted: &[&Item], ledger: &[Delivered]) -> (Presents, Lying) {
    match &mut applying.place {
        Place::Files(_) if wanted.is_empty() => (Presents::new(), Lying::default()),
        Place::Files(store) => {
            let found = look_for_files(&applying.job, all, ledger, store).await;
            (Presents::new(), found.unwrap_or_else(Lying::unread))
        }
        Place::Calls(caller) => (look_at(caller, applying.job.profile, wanted, applying.meter).await, Lying::default()),
    }
}

/// Sends what is to be sent, and accounts for each row.
async fn send_all(
    applying: &mut Applying<'_>,
    sending: Vec<(&Item, Digest)>,
    before: Before<'_>,
    applied: &mut Applied,
) -> Result<(), NotApplied> {
    applying.meter.begin("Sending", sending.len());
    let caller = match &applying.place {
        Place::Files(_) => None,
        Place::Calls(caller) => Some(*caller),
    };
    let ended = match caller {
        Some(caller) => send_calls(applying, caller, &sending, before, applied).await?,
        None => send_files(applying, &sending, before.ledger, applied).await?,
    };
    applied.left_alone = caller.is_some_and(|caller| caller.left_alone_until().is_some());
    for (item, key) in sending {
        let unsent = || RowEnd { state: DeliveryState::Planned, trouble: None, reason: Some("nothing was sent".into()) };
        applied.account(sent_row(item, &ended.get(&key).cloned().unwrap_or_else(unsent)));
    }
    Ok(())
}

/// What became of a row that was to be sent.
fn sent_row(item: &Item, end: &RowEnd) -> RowReport {
    let outcome = match end.state {
        DeliveryState::Accepted | DeliveryState::Verified => RowOutcome::Delivered,
        DeliveryState::Sent | DeliveryState::Unknown => RowOutcome::Unknown,
        _ => RowOutcome::Failed,
    };
    RowReport {
        object: SafeText::line(&item.object),
        candidate: item.shown.clone(),
        push: SafeText::line(&item.push),
        outcome,
        state: Some(end.state),
        reason: end.reason.as_deref().map(SafeText::line),
        row: None,
        remedy: None,
        is_in_the_way: end.trouble == Some(Trouble::InTheWay),
    }
}

fn entered(applying: &Applying<'_>, item: &Item, one: &Wanted, ledger: &[Delivered]) -> NewDelivery {
    let after = past(ledger, &item.object, &item.push).arrived.map(|entry| entry.key);
    let mut detail = json!({ "candidate": item.shown, "values": item.values, "look": item.look });
    if one.is_planned {
        detail[THERE] = json!(one.there);
    }
    NewDelivery {
        key: item.key(&applying.job, applying.address, after),
        candidate: item.candidate,
        object: item.object.clone(),
        push: item.push.clone(),
        digest: item.digest,
        detail,
    }
}

/// Where something went, without the folder, which may be named after someone.
pub(super) fn scheme_and_host(address: &str) -> String {
    match address.split_once("://") {
        Some((scheme, rest)) => {
            let host = rest.split('/').next().unwrap_or_default();
            format!("{scheme}://{}", host.rsplit('@').next().unwrap_or_default())
        }
        None => "folder".to_owned(),
    }
}

impl Applying<'_> {
    /// The place, of which the caller knows that it takes files.
    pub(super) fn store(&mut self) -> &mut Store {
        match &mut self.place {
            Place::Files(store) => store,
            Place::Calls(_) => unreachable!("files go to a place that takes files"),
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
            Some(Trouble::Refused | Trouble::InTheWay) => self.refused = true,
            None => {}
        }
    }

    /// When nothing was there to do.
    pub fn nothing_new(&self) -> bool {
        self.sum.selected == self.sum.unchanged
    }
}
