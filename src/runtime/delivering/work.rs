//! Planning, applying, bringing to its end: the acts that the commands and the screen share.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::{Opened, Remedy, Undone};
use crate::app::Desk;
use crate::delivery::store::Address;
use crate::delivery::{
    Applied, Applying, Caller, Item, Job, Known, Listed, Looked, Lying, Meter, NotApplied, Over, Place, Plan, Presents, SCHEMA,
    Sights, Store, StoreError, apply, enter, items, known, look_at, look_for_files, plan, pull, retry, withdrawn,
};
use crate::export::profile::Profile;
use crate::interview::{Digest, Headway};
use crate::library::{Delivered, DeliveryState, Library, Step, TargetId, UiLock};
use crate::net::Wire;
use crate::text::SafeText;

/// The brake looks at so many rows at least: changes of two rows are no flood.
const FEW: usize = 3;
/// So often, and so far apart, it is tried to be the one that delivers.
const LOCK_TRIES: u32 = 3;
const LOCK_APART: Duration = Duration::from_millis(20);
/// So far apart whoever waits for its turn asks for it.
const TURN_APART: Duration = Duration::from_millis(500);
/// What of what was there may change before someone has to say so, in percent.
pub const MOST_CHANGED: f64 = 50.0;

/// Who is told how far it is.
pub type Tell<'t> = &'t (dyn Fn(Headway) + Sync);

/// What is to be done at a place.
#[derive(Clone, Copy, Debug)]
pub enum Work<'p> {
    /// What a plan names is sent.
    Apply(&'p Plan),
    /// What an earlier run did not bring to its end is sent.
    Retry(Looked<'p>),
}

/// What would change, row by row; nothing is sent. `named` is the profile as the person named it; what somebody changed there would
/// change where `overwrite` says so.
///
/// # Errors
/// Where the ledger cannot be read, the files would be too large, or nothing of what is there can be read.
pub async fn planned(
    library: &Library,
    desk: &Desk,
    opened: &Opened,
    named: &str,
    overwrite: bool,
    tell: Tell<'_>,
) -> Result<Plan, Undone> {
    let job = opened.job(desk);
    let all = items(&job).map_err(|why| too_much(&why))?;
    let target = target(library, opened).await?;
    let ledger = |error| Undone::of_library("Could not read the ledger", &error);
    let deliveries = library.deliveries(job.batch, Some(target)).await.map_err(ledger)?;
    let (presents, lying) = match &opened.caller {
        Some(caller) => {
            left_alone(library, Some(caller.host())).await?.into_iter().for_each(|until| caller.leave_alone(until));
            let of_all: Vec<&Item> = all.items.iter().collect();
            (look_at(caller, &opened.profile, &of_all, &Meter::new(tell)).await, Lying::default())
        }
        None => (Presents::new(), lying(library, opened, &job, &all.items, &deliveries).await?),
    };
    keep_left_alone(library, asked_of(opened.caller.as_ref())).await?;
    none_read(&presents).map_or(Ok(()), |error| Err(Undone::of_place(&opened.canonical, error)))?;
    let sights = Sights { presents: &presents, lying: &lying, overwrite };
    let plan = Plan {
        schema: SCHEMA,
        batch: job.batch,
        title: desk.batch.title.clone(),
        profile: SafeText::line(opened.profile.id.as_str()),
        profile_file: SafeText::line(&absolute(named)),
        profile_hash: opened.profile.hash,
        to: SafeText::line(&opened.canonical),
        made_at: Timestamp::now(),
        by: library.author().expect("who plans a delivery acts in the library"),
        rows: plan(&job, &all, &deliveries, sights),
        is_looked_at: sights.is_whole(&job),
        withdrawn: withdrawn(&job, &all, &deliveries, &lying),
    };
    Ok(plan.checked())
}

/// Which of the files that were delivered lie there still. A place that cannot be used is better told now than at night.
async fn lying(library: &Library, opened: &Opened, job: &Job<'_>, items: &[Item], ledger: &[Delivered]) -> Result<Lying, Undone> {
    let mut store = opened.store()?;
    if let Some(error) = store.missing().await {
        return Err(Undone::of_place(&opened.canonical, &error));
    }
    left_alone(library, store.web_host()).await?.into_iter().for_each(|until| store.leave_alone(until));
    let found = look_for_files(job, items, ledger, &mut store).await;
    keep_left_alone(library, store.left_alone()).await?;
    found.map_err(|error| Undone::of_place(&opened.canonical, &error))
}

/// Enters what a plan would send into the ledger, before anything is read or sent: from here on [`Work::Retry`] knows of it.
///
/// # Errors
/// Where the library fails.
pub async fn begun(library: &Library, desk: &Desk, plan: &Plan) -> Result<(), Undone> {
    let entered = enter(library, &desk.batch, plan).await;
    entered.map_err(|error| Undone::of_library("Could not enter the plan into the ledger", &error))
}

/// Sends; what was found out of every row is returned. Whoever calls it holds the [`turn`], and has opened the batch since.
///
/// # Errors
/// Where the place or the library fail as a whole; what was sent before that is in the ledger.
pub async fn sent(
    library: &Library,
    desk: &Desk,
    opened: &Opened,
    work: Work<'_>,
    over: Over,
    tell: Tell<'_>,
) -> Result<Applied, Undone> {
    let target = target(library, opened).await?;
    let mut store = None;
    let place = match &opened.caller {
        Some(caller) => {
            left_alone(library, Some(caller.host())).await?.into_iter().for_each(|until| caller.leave_alone(until));
            Place::Calls(caller)
        }
        None => {
            let store = store.insert(opened.store()?);
            if let Some(error) = store.missing().await {
                return Err(Undone::of_place(&opened.canonical, &error));
            }
            left_alone(library, store.web_host()).await?.into_iter().for_each(|until| store.leave_alone(until));
            Place::Files(store)
        }
    };
    let looked = if let Work::Retry(looked) = work { looked } else { Looked::default() };
    let meter = Meter::new(tell);
    let (job, address) = (opened.job(desk), &opened.canonical);
    let mut applying = Applying { job, library, target, address, place, over, looked, meter: &meter };
    let applied: Result<Applied, NotApplied> = match work {
        Work::Apply(plan) => apply(&mut applying, plan).await,
        Work::Retry(_) => retry(&mut applying).await,
    };
    let asked = asked_of(opened.caller.as_ref()).or_else(|| store.as_ref().and_then(Store::left_alone));
    keep_left_alone(library, asked).await?;
    let hint = "`earmark deliver retry` goes on from there; nothing is sent twice";
    applied.map_err(|error| Undone::new(Remedy::Look, "Could not bring the delivery to its end").because(&error).hint(hint))
}

/// Writes down that what was delivered of people who were erased since was removed there.
///
/// # Errors
/// Where the library fails.
pub async fn removed(library: &Library, desk: &Desk, opened: &Opened) -> Result<(), Undone> {
    let unwritten = |error| Undone::of_library("Could not write down what was removed", &error);
    let entries = library.deliveries(desk.batch.id, Some(target(library, opened).await?)).await.map_err(unwritten)?;
    let of_nobody = entries.iter().filter(|entry| entry.is_of_nobody());
    let steps: Vec<Step> = of_nobody.map(|entry| Step::to(entry.key, DeliveryState::Superseded)).collect();
    library.step_deliveries(&steps, Vec::new()).await.map_err(unwritten)
}

/// What had arrived at a place so far, by the keys of the ledger.
///
/// # Errors
/// Where the library fails.
pub async fn arrived(library: &Library, desk: &Desk, opened: &Opened) -> Result<BTreeSet<Digest>, Undone> {
    let entries = library.deliveries(desk.batch.id, Some(target(library, opened).await?)).await;
    let entries = entries.map_err(|error| Undone::of_library("Could not read the ledger", &error))?;
    Ok(entries.iter().filter(|entry| entry.state.arrived()).map(|entry| entry.key).collect())
}

/// What the library, and the plan where one was made, say of every row that is expected at a place; nobody is asked. `before` had
/// arrived when the run began; `why` says why nothing more was sent, and whether the brake held it back.
///
/// # Errors
/// Where the library fails, or the files would be too large.
pub async fn known_of(
    library: &Library,
    desk: &Desk,
    opened: &Opened,
    plan: Option<&Plan>,
    before: &BTreeSet<Digest>,
    why: (&str, bool),
) -> Result<Known, Undone> {
    let job = opened.job(desk);
    let made = items(&job).map_err(|why| too_much(&why))?;
    let ledger = library.deliveries(job.batch, Some(target(library, opened).await?)).await;
    let ledger = ledger.map_err(|error| Undone::of_library("Could not read the ledger", &error))?;
    Ok(known(&job, &made, &ledger, plan, before, why))
}

/// Keeps others from delivering from this library while what is returned lives; waits so long for whoever delivers now.
///
/// # Errors
/// Where another still delivers then, or the library fails.
pub async fn turn(library: &Library, patience: Duration) -> Result<UiLock, Undone> {
    let (begun, mut tries) = (std::time::Instant::now(), 0);
    loop {
        let lock = library.try_lock_delivery().map_err(|error| Undone::of_library("Could not deliver", &error))?;
        if let Some(lock) = lock {
            return Ok(lock);
        }
        tries += 1;
        if tries >= LOCK_TRIES && begun.elapsed() >= patience {
            let what = "Could not deliver: another earmark is delivering from this library";
            return Err(Undone::new(Remedy::Later, what).hint("`earmark deliver nightly` waits for its turn"));
        }
        // Somebody may only look whether one delivers; whoever delivers takes longer.
        tokio::time::sleep(if tries < LOCK_TRIES { LOCK_APART } else { TURN_APART }).await;
    }
}

/// The applications that the ATS of a profile lists, of the batch's requisition where the profile asks by it. `to` takes the place
/// of where the profile says.
///
/// # Errors
/// Where the profile pulls nothing, or the ATS cannot be asked.
pub async fn pulled(
    library: &Library,
    desk: &Desk,
    profile: &Profile,
    to: Option<&str>,
    wire: &Wire,
    tell: Tell<'_>,
) -> Result<Vec<Listed>, Undone> {
    if profile.pulls.is_empty() || profile.http.is_none() {
        let undone = Undone::new(Remedy::Mend, format!("Could not pull by the profile {}: it has no [[pull]]", profile.id));
        return Err(undone.hint("take a list of applications as CSV: --applications FILE"));
    }
    let (to, canonical) = super::place(profile, to)?;
    let caller = Caller::new(profile, &to, wire).map_err(|error| Undone::of_asking(&canonical, &error))?;
    left_alone(library, Some(caller.host())).await?.into_iter().for_each(|until| caller.leave_alone(until));
    let requisition = desk.batch.requisition.as_ref().map(|requisition| requisition.id.raw());
    let listed = pull(&caller, profile, requisition, &Meter::new(tell)).await;
    keep_left_alone(library, asked_of(Some(&caller))).await?;
    listed.map_err(|error| Undone::of_asking(&canonical, &error))
}

/// Why a plan is not applied unasked: too much of what was there would change.
pub fn braked(plan: &Plan, most: f64) -> Option<String> {
    let changed = plan.changed_percent().unwrap_or_default();
    let lost = plan.lost_records().filter(|row| !row.tried).map(|row| row.object.raw()).collect::<BTreeSet<_>>().len();
    let (rows, cleared) = (plan.changed(), plan.cleared().count());
    let gone = plan.withdrawn.iter().filter(|one| one.is_gone).count();
    // Who lets nothing change means a single row as well; and no table is written over by a much shorter one, however short it was.
    let few = if most > 0.0 && cleared + gone == 0 { FEW } else { 1 };
    let of_these =
        [(lost, "not there any more"), (cleared, "that would vanish from there"), (gone, "that would not be written again")];
    let of_these = of_these.iter().filter(|(count, _)| *count > 0).map(|(count, which)| format!(", {count} {which}"));
    (rows >= few && changed > most).then(|| {
        let of_these: String = of_these.collect();
        let before = plan.before();
        format!("{changed:.0}% of the rows that were there before would change ({rows} of {before}{of_these}), and {most}% may")
    })
}

/// Why a file cannot be made, and what to do.
pub fn too_much(why: &crate::export::mapping::TooMuch) -> Undone {
    let hint = "write split = \"rows\" into [format], or a larger bound";
    Undone::new(Remedy::Look, "Could not make the file").because(why).hint(hint)
}

/// Until when a host asked an earlier run to be left alone.
async fn left_alone(library: &Library, host: Option<String>) -> Result<Option<Timestamp>, Undone> {
    let Some(host) = host else { return Ok(None) };
    library.delivery_pause(&host).await.map_err(|error| Undone::of_library("Could not read the ledger", &error))
}

/// Remembers it for the next run.
async fn keep_left_alone(library: &Library, found: Option<(String, Timestamp)>) -> Result<(), Undone> {
    let Some((host, until)) = found else { return Ok(()) };
    let kept = library.keep_delivery_pause(&host, until).await;
    kept.map_err(|error| Undone::of_library("Could not remember how long to leave the other side alone", &error))
}

/// The host of an ATS, and until when it asked to be left alone.
fn asked_of(caller: Option<&Caller>) -> Option<(String, Timestamp)> {
    caller.and_then(|caller| Some((caller.host(), caller.left_alone_until()?)))
}

/// The ledger's name of a place. What an earlier run knew it by, in another spelling, is taken along.
///
/// # Errors
/// Where the library fails.
pub async fn target(library: &Library, opened: &Opened) -> Result<TargetId, Undone> {
    let unread = |error| Undone::of_library("Could not read the ledger", &error);
    let (profile, place) = (opened.profile.id.as_str(), &opened.canonical);
    let is_same = |(_, by, address): &(TargetId, String, String)| {
        // Only whole paths were ever kept.
        by == profile && address != place && Address::parse(address).canonical(Path::new("/")) == *place
    };
    let known = library.delivery_targets().await.map_err(unread)?;
    let others: Vec<TargetId> = known.into_iter().filter(is_same).map(|(id, ..)| id).collect();
    match others.is_empty() {
        true => library.delivery_target(profile, place).await.map_err(unread),
        false => library.delivery_target_from(profile, place, &others).await.map_err(unread),
    }
}

/// Why nothing that stands there could be read, where that is so.
fn none_read(presents: &Presents) -> Option<&StoreError> {
    let mut errors = presents.values().map(|found| found.as_ref().err());
    let first = errors.next()??;
    errors.all(|error| error.is_some()).then_some(first)
}

/// A profile's file is found again from any folder.
fn absolute(named: &str) -> String {
    match std::fs::canonicalize(named) {
        Ok(path) => path.display().to_string(),
        Err(_) => named.to_owned(),
    }
}
