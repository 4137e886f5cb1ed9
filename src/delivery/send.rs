//! Sending files: staged, entered as sent, given their names, looked at, and only then called delivered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::apply::{Applied, Applying, Ended, NotApplied, RowEnd, scheme_and_host};
use super::beside::{Lacking, Unput};
use super::cut_off::{as_delivered, begins};
use super::items::{Item, Job, items, past, replaces};
use super::report::GuardedCell;
use super::settle::{Found, Named, Parcel, find};
use super::store::{StoreError, Trouble};
use crate::export::mapping::{PlannedFile, TooMuch, files};
use crate::interview::{CandidateId, Digest, EventId};
use crate::journal::{Act, Draft};
use crate::library::{Delivered, DeliveryState, LibraryError, Step, Witness};

/// Sends rows as files, one after the other.
pub(super) async fn send_files(
    applying: &mut Applying<'_>,
    sending: &[(&Item, Digest)],
    ledger: &[Delivered],
    applied: &mut Applied,
) -> Result<Ended, NotApplied> {
    let mut ended = Ended::new();
    let keys: BTreeMap<usize, (Digest, CandidateId)> =
        sending.iter().map(|(item, key)| (item.row, (*key, item.candidate))).collect();
    let rows: Vec<usize> = sending.iter().map(|(item, _)| item.row).collect();
    let made = files(applying.job.profile, applying.job.mapped, &with_arrived(&applying.job, &rows, ledger)?, applying.job.title)?;
    let too_many = made.len() > 1 && applying.store().is_one_file();
    let made: Vec<PlannedFile> = made.into_iter().filter(|file| file.rows.iter().any(|row| keys.contains_key(row))).collect();
    // A name under which nothing arrived is used again: should its rename still be under way, it is the same file.
    let may_lie = |entry: &&Delivered| entry.state.arrived() || matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown);
    let parcels = ledger.iter().filter(may_lie).filter_map(|entry| Parcel::read(entry.parcel.as_deref()?));
    let mut used: BTreeSet<String> = parcels.map(|parcel| parcel.name).collect();
    let is_in_doubt = ledger.iter().any(|entry| matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown));
    let names: Vec<String> = made.iter().map(|file| free_name(applying, file, &mut used)).collect();
    let mut markers = if too_many { BTreeSet::new() } else { markers(applying, &made, &names, ledger).await };
    for (at, (file, name)) in made.iter().zip(names).enumerate() {
        let end = if too_many {
            let reason = Some(format!("there are {} files, and the target is one file", made.len()));
            RowEnd { state: DeliveryState::Failed, trouble: Some(Trouble::Refused), reason }
        } else {
            // What stands for all files is put there with the last of them.
            let is_last = at + 1 == made.len() && applied.files.len() == at && !is_in_doubt;
            let sent = send_file(applying, file, (&name, is_last), &keys, ledger, &mut markers).await?;
            applied.trouble(sent.error.as_ref().map(|error| error.trouble));
            applied.lacks(sent.unput.map(|unput| Lacking::of(&name, &unput)));
            if sent.state.arrived() {
                applied.guarded.extend(GuardedCell::all(&name, &file.guarded));
                applied.files.push(name);
            }
            let (trouble, reason) = sent.error.map(|error| (error.trouble, error.text)).unzip();
            RowEnd { state: sent.state, trouble, reason }
        };
        applying.meter.step(file.rows.len());
        ended.extend(file.rows.iter().filter_map(|row| Some((keys.get(row)?.0, end.clone()))));
    }
    Ok(ended)
}

/// The file's name; where one of that name was sent before and does not take its place, with a number.
fn free_name(applying: &mut Applying<'_>, file: &PlannedFile, used: &mut BTreeSet<String>) -> String {
    let name = applying.store().name(&file.name).to_owned();
    if applying.store().is_one_file() || replaces(applying.job.profile) {
        return name;
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, "csv"));
    let numbered = (2..).map(|n| format!("{stem}-{n}.{ending}"));
    let free = std::iter::once(name.clone()).chain(numbered).find(|name| !used.contains(name)).expect("numbers have no end");
    used.insert(free.clone());
    free
}

/// Rows that are sent, and of a table that is written whole also those that lie there already as they are: it is cut into the same files
/// whichever of them are sent, so that none takes the place of another.
pub(super) fn with_arrived(job: &Job, rows: &[usize], ledger: &[Delivered]) -> Result<Vec<usize>, TooMuch> {
    if job.profile.rows.changed_only {
        return Ok(rows.to_vec());
    }
    let is_there =
        |item: &Item| past(ledger, &item.object, &item.push).arrived.is_some_and(|arrived| arrived.digest == item.digest);
    let there = items(job)?.items.into_iter().filter(is_there).map(|item| item.row);
    Ok(rows.iter().copied().chain(there).collect::<BTreeSet<usize>>().into_iter().collect())
}

/// What says that all of these files is there, of an earlier sending. It is taken away once the first of them is staged, and before that
/// takes its place: a run that is killed between them leaves nothing behind that vouches for half of it, and one that can put nothing
/// takes nothing away.
async fn markers(applying: &mut Applying<'_>, made: &[PlannedFile], names: &[String], ledger: &[Delivered]) -> BTreeSet<String> {
    let mut markers = BTreeSet::new();
    let Some(done) = applying.job.profile.deliver.done.clone() else { return markers };
    for (file, name) in made.iter().zip(names) {
        // What is not replaced keeps its own.
        if matches!(in_the_way(applying, file, name, ledger).await, Ok(None)) {
            markers.insert(done.replace("{filename}", name));
        }
    }
    markers
}

/// Takes away the `.part` of what is not sent any more as it was begun: there are people in it.
pub(super) async fn clear_parts(applying: &mut Applying<'_>, ledger: &[Delivered], gone: &[Step]) {
    let is_in_doubt = |entry: &&Delivered| matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown);
    let name = |entry: &Delivered| Some(Parcel::read(entry.parcel.as_deref()?)?.name);
    let doubtful: BTreeSet<String> = ledger.iter().filter(is_in_doubt).filter_map(name).collect();
    let is_over = |entry: &&Delivered| {
        let is_gone = gone.iter().any(|step| step.key == entry.key && step.state == DeliveryState::Superseded);
        is_gone && matches!(entry.state, DeliveryState::Planned | DeliveryState::Failed)
    };
    let begun: BTreeSet<String> = ledger.iter().filter(is_over).filter_map(name).collect();
    for name in begun.difference(&doubtful) {
        if let Err(error) = applying.store().remove(&format!("{name}.part")).await {
            tracing::warn!(%error, "what was begun and is not sent could not be taken away");
        }
    }
}

/// How one file's sending ended.
struct SentFile {
    state: DeliveryState,
    error: Option<StoreError>,
    /// What could not be put beside it.
    unput: Option<Unput>,
}

async fn send_file(
    applying: &mut Applying<'_>,
    file: &PlannedFile,
    (name, is_last): (&str, bool),
    of: &BTreeMap<usize, (Digest, CandidateId)>,
    ledger: &[Delivered],
    markers: &mut BTreeSet<String>,
) -> Result<SentFile, LibraryError> {
    let of_file = file.rows.iter().filter_map(|row| of.get(row));
    let (keys, whose): (Vec<Digest>, BTreeSet<CandidateId>) = of_file.copied().unzip();
    let parcel = Parcel { name: name.to_owned(), bytes: file.bytes.len() as u64, sha256: file.sha256, lacks: None };
    let all_to = |state: DeliveryState, why: Option<&StoreError>| {
        let why = why.map(|why| why.text.clone());
        keys.iter().map(|key| Step::to(*key, state).because(why.clone())).collect::<Vec<_>>()
    };
    let in_parcel =
        |state| keys.iter().map(|key| Step { parcel: Some(parcel.written()), ..Step::to(*key, state) }).collect::<Vec<_>>();
    // Should it end here, what is left under `.part` is known.
    applying.library.step_deliveries(&in_parcel(DeliveryState::Planned), Vec::new()).await?;
    if let Err(error) = staged(applying, file, &parcel, ledger, markers).await {
        let state = unsent(applying);
        applying.library.step_deliveries(&all_to(state, Some(&error)), Vec::new()).await?;
        return Ok(SentFile { state, error: Some(error), unput: None });
    }
    applying.library.step_deliveries(&in_parcel(DeliveryState::Sent), Vec::new()).await?;
    let Published { state, error, witness } = published(applying, file, &parcel, ledger).await;
    if !state.arrived() {
        let steps: Vec<Step> = all_to(state, error.as_ref()).into_iter().map(|step| Step { witness, ..step }).collect();
        applying.library.step_deliveries(&steps, Vec::new()).await?;
        return Ok(SentFile { state, error, unput: None });
    }
    // What says that all of it is there is put beside it once that has been seen, or told. Where that cannot be done, its rows are
    // there all the same, and the next run puts it.
    let unput = applying.mark_done(&parcel, file.rows.len(), Some(file), is_last).await.err();
    let written = parcel.lacking(unput.as_ref()).written();
    let why = unput.as_ref().map(Unput::why);
    let step = |key: &Digest| Step { parcel: Some(written.clone()), ..Step::to(*key, state) }.because(why.clone());
    let steps: Vec<Step> = keys.iter().map(step).collect();
    let receipts = vec![applying.receipt(&parcel, state, &steps, &whose)];
    applying.library.step_deliveries(&steps, receipts).await?;
    Ok(SentFile { state, error, unput })
}

/// What became of a file that was given its name.
struct Published {
    state: DeliveryState,
    error: Option<StoreError>,
    witness: Option<Witness>,
}

/// What is known of a row that certainly did not go out: where the other side asks to be left alone it waits, as it is.
fn unsent(applying: &mut Applying<'_>) -> DeliveryState {
    if applying.store().left_alone().is_some() { DeliveryState::Planned } else { DeliveryState::Failed }
}

/// Gives a file its name, and looks at what lies there then.
async fn published(applying: &mut Applying<'_>, file: &PlannedFile, parcel: &Parcel, ledger: &[Delivered]) -> Published {
    let name = &parcel.name;
    let published = applying.store().publish(name).await;
    if let (Err(error), Some(_)) = (&published, applying.store().left_alone()) {
        return Published { state: DeliveryState::Planned, error: Some(error.clone()), witness: None };
    }
    let found = find(applying, parcel, ledger, Named::Ended(&published)).await;
    let is_in_the_way = matches!(&found, Found::Unsure(why) if why.trouble == Trouble::InTheWay);
    if is_in_the_way && begins(applying.store(), name, &file.bytes).await.unwrap_or(false) {
        return Published { state: DeliveryState::Failed, error: Some(cut_short(parcel)), witness: None };
    }
    let acknowledged = match (&found, &published) {
        (Found::Not, Ok(())) => applying.store().acknowledged(name).await,
        _ => None,
    };
    let is_answered = published.is_ok();
    let (state, error) = match (found, acknowledged, published) {
        (Found::Not, Some(Err(untaken)), _) if untaken.is_other => (DeliveryState::Failed, Some(untaken.why)),
        (Found::Not, Some(Err(untaken)), _) => (DeliveryState::Unknown, Some(untaken.why)),
        (Found::Unsure(error), ..) => (DeliveryState::Unknown, Some(error)),
        (Found::Not, None, published) => (DeliveryState::Failed, published.err()),
        // It did not get its name as far as this run knows, and whether it was taken is looked for by the next.
        (Found::Arrived(DeliveryState::Accepted), _, Err(error)) => (DeliveryState::Unknown, Some(error)),
        (Found::Arrived(state), ..) => (state, None),
        (Found::Not, Some(Ok(())), _) => (DeliveryState::Accepted, None),
    };
    // What was answered, and is not seen, may have been taken: it is not uploaded again before somebody has looked.
    let witness = (is_answered && state == DeliveryState::Unknown).then_some(Witness::Receiver);
    Published { state, error, witness }
}

fn cut_short(parcel: &Parcel) -> StoreError {
    let text = format!("only the beginning of {} arrived: the next run sends all {} bytes of it again", parcel.name, parcel.bytes);
    StoreError::new(Trouble::Refused, text)
}

/// Puts the whole file beside its place, and its digest too; refuses to take the place of what earmark did not put there.
async fn staged(
    applying: &mut Applying<'_>,
    file: &PlannedFile,
    parcel: &Parcel,
    ledger: &[Delivered],
    markers: &mut BTreeSet<String>,
) -> Result<(), StoreError> {
    if let Some(why) = in_the_way(applying, file, &parcel.name, ledger).await? {
        return Err(why);
    }
    applying.store().stage(&parcel.name, &file.bytes).await?;
    let digest = applying.job.profile.deliver.sha256.then(|| parcel.digest_file());
    if let Some((name, line)) = &digest {
        applying.store().stage(name, line.as_bytes()).await?;
    }
    while let Some(marker) = markers.first().cloned() {
        applying.store().remove(&marker).await?;
        markers.remove(&marker);
    }
    if let Some((name, _)) = &digest {
        applying.store().publish(name).await?;
    }
    Ok(())
}

/// What lies in a file's way that earmark did not put there; none where nothing does, or where it may be written over.
async fn in_the_way(
    applying: &mut Applying<'_>,
    file: &PlannedFile,
    name: &str,
    ledger: &[Delivered],
) -> Result<Option<StoreError>, StoreError> {
    let seen = applying.store().look(name, file.bytes.len() as u64).await?;
    let Some(bytes) = seen.bytes.filter(|_| !applying.over.files) else { return Ok(None) };
    let mut parcels = ledger.iter().filter_map(|entry| Parcel::read(entry.parcel.as_deref()?)).filter(|old| old.name == name);
    let is_ours = seen.is(file.bytes.len() as u64, &file.sha256) || parcels.any(|old| seen.is(old.bytes, &old.sha256));
    // The beginning of the file is what was left of our own upload.
    if is_ours || begins(applying.store(), name, &file.bytes).await? {
        return Ok(None);
    }
    // So is the beginning of what was delivered, whatever its rows are now.
    if let Some(before) = as_delivered(&applying.job, name, ledger)
        && begins(applying.store(), name, &before).await?
    {
        return Ok(None);
    }
    let text = format!("another file lies there as {name} ({bytes} bytes); --replace writes over it");
    Ok(Some(StoreError { trouble: Trouble::InTheWay, text }))
}

impl Applying<'_> {
    /// What the journal keeps of a file that arrived: what was sent, to where, and which rows were in it. No values, no names.
    pub(super) fn receipt(&self, parcel: &Parcel, state: DeliveryState, steps: &[Step], whose: &BTreeSet<CandidateId>) -> Draft {
        let receipt = json!({
            "delivery": state,
            "profile": self.job.profile.id,
            "profile_hash": format!("sha256:{}", self.job.profile.hash),
            "to": scheme_and_host(self.address),
            "file": parcel.name,
            "bytes": parcel.bytes,
            "sha256": parcel.sha256,
            "rows": steps.iter().map(|step| step.key.to_string()).collect::<Vec<_>>(),
            "candidates": whose,
        });
        let id = EventId(uuid::Uuid::now_v7());
        Draft { id, batch: Some(self.job.batch), subject: None, base: None, act: Act::Exported { receipt } }
    }
}
