//! Sending files: staged, entered as sent, given their names, looked at, and only then called delivered.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::apply::{Applied, Applying, Ended, NotApplied, RowEnd, scheme_and_host};
use super::cut_off::begins;
use super::items::{Item, replaces};
use super::settle::{Found, Parcel, find};
use super::store::{StoreError, Trouble};
use crate::export::mapping::{PlannedFile, files};
use crate::interview::{CandidateId, Digest, EventId};
use crate::journal::{Act, Draft};
use crate::library::{Delivered, DeliveryState, LibraryError, Step};

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
    let made = files(applying.job.profile, applying.job.mapped, &rows, applying.job.title)?;
    let too_many = made.len() > 1 && applying.store().is_one_file();
    // A name under which nothing arrived is used again: should its rename still be under way, it is the same file.
    let may_lie = |entry: &&Delivered| entry.state.arrived() || matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown);
    let parcels = ledger.iter().filter(may_lie).filter_map(|entry| Parcel::read(entry.parcel.as_deref()?));
    let mut used: BTreeSet<String> = parcels.map(|parcel| parcel.name).collect();
    for file in &made {
        let end = if too_many {
            let reason = Some(format!("there are {} files, and the target is one file", made.len()));
            RowEnd { state: DeliveryState::Failed, trouble: Some(Trouble::Refused), reason }
        } else {
            let name = free_name(applying, file, &mut used);
            let sent = send_file(applying, file, &name, &keys, ledger).await?;
            applied.trouble(sent.error.as_ref().map(|error| error.trouble));
            if sent.state.arrived() {
                applied.files.push(name);
            }
            let (trouble, reason) = sent.error.map(|error| (error.trouble, error.text)).unzip();
            RowEnd { state: sent.state, trouble, reason }
        };
        applying.meter.step(file.rows.len());
        ended.extend(file.rows.iter().map(|row| (keys[row].0, end.clone())));
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

/// How one file's sending ended.
struct SentFile {
    state: DeliveryState,
    error: Option<StoreError>,
}

async fn send_file(
    applying: &mut Applying<'_>,
    file: &PlannedFile,
    name: &str,
    of: &BTreeMap<usize, (Digest, CandidateId)>,
    ledger: &[Delivered],
) -> Result<SentFile, LibraryError> {
    let keys: Vec<Digest> = file.rows.iter().map(|row| of[row].0).collect();
    let whose: BTreeSet<CandidateId> = file.rows.iter().map(|row| of[row].1).collect();
    let parcel = Parcel { name: name.to_owned(), bytes: file.bytes.len() as u64, sha256: file.sha256 };
    let all_to = |state: DeliveryState, why: Option<&StoreError>| {
        let why = why.map(|why| why.text.clone());
        keys.iter().map(|key| Step::to(*key, state).because(why.clone())).collect::<Vec<_>>()
    };
    if let Err(error) = staged(applying, file, &parcel, ledger).await {
        applying.library.step_deliveries(&all_to(DeliveryState::Failed, Some(&error)), Vec::new()).await?;
        return Ok(SentFile { state: DeliveryState::Failed, error: Some(error) });
    }
    let sent: Vec<Step> =
        keys.iter().map(|key| Step { parcel: Some(parcel.written()), ..Step::to(*key, DeliveryState::Sent) }).collect();
    applying.library.step_deliveries(&sent, Vec::new()).await?;
    let published = applying.store().publish(name).await;
    let found = find(applying.store(), &parcel).await;
    if matches!(&found, Found::Unsure(why) if why.trouble == Trouble::InTheWay)
        && begins(applying.store(), name, &file.bytes).await.unwrap_or(false)
    {
        let text = format!("only the beginning of {name} arrived: the next run sends all {} bytes of it again", parcel.bytes);
        let error = StoreError::new(Trouble::Temporary, text);
        applying.library.step_deliveries(&all_to(DeliveryState::Failed, Some(&error)), Vec::new()).await?;
        return Ok(SentFile { state: DeliveryState::Failed, error: Some(error) });
    }
    let acknowledged = match (&found, &published) {
        (Found::Not, Ok(())) => applying.store().acknowledged(name).await,
        _ => None,
    };
    // What says that all of it is there is put beside it once that has been seen, or told.
    let is_there = matches!((&found, &acknowledged), (Found::Arrived(_), _) | (_, Some(Ok(()))));
    let published = match published {
        Ok(()) if is_there => applying.mark_done(&parcel, keys.len()).await,
        published => published,
    };
    let (state, error) = match (found, acknowledged, published) {
        (Found::Unsure(error), ..) | (Found::Not, Some(Err(error)), _) => (DeliveryState::Unknown, Some(error)),
        (Found::Not, None, published) => (DeliveryState::Failed, published.err()),
        // It has its name, and what goes beside it is missing: the next run puts it there.
        (_, _, Err(error)) => (DeliveryState::Unknown, Some(error)),
        (Found::Arrived(state), ..) => (state, None),
        (Found::Not, Some(Ok(())), _) => (DeliveryState::Accepted, None),
    };
    let steps = all_to(state, error.as_ref());
    let receipts = if state.arrived() { vec![applying.receipt(&parcel, state, &steps, &whose)] } else { Vec::new() };
    applying.library.step_deliveries(&steps, receipts).await?;
    Ok(SentFile { state, error })
}

/// Puts the whole file beside its place, and its digest too; refuses to take the place of what earmark did not put there.
async fn staged(applying: &mut Applying<'_>, file: &PlannedFile, parcel: &Parcel, ledger: &[Delivered]) -> Result<(), StoreError> {
    let seen = applying.store().look(&parcel.name).await?;
    if let Some(bytes) = seen.bytes {
        let parcels = ledger.iter().filter_map(|entry| Parcel::read(entry.parcel.as_deref()?));
        let is_ours = seen.is(parcel.bytes, &parcel.sha256)
            || parcels.filter(|old| old.name == parcel.name).any(|old| seen.is(old.bytes, &old.sha256));
        // The beginning of the file is what was left of our own upload.
        let is_ours = is_ours || begins(applying.store(), &parcel.name, &file.bytes).await?;
        if !is_ours && !applying.over.files {
            let text = format!("another file lies there as {} ({bytes} bytes); --replace writes over it", parcel.name);
            return Err(StoreError { trouble: Trouble::InTheWay, text });
        }
    }
    applying.store().stage(&parcel.name, &file.bytes).await?;
    if applying.job.profile.deliver.sha256 {
        let line = format!("{}  {}\n", parcel.sha256, parcel.name);
        let name = format!("{}.sha256", parcel.name);
        applying.store().stage(&name, line.as_bytes()).await?;
        applying.store().publish(&name).await?;
    }
    Ok(())
}

impl Applying<'_> {
    /// Puts beside a file of so many rows what the profile asks for: its manifest, then the empty file that says that all is there.
    pub(super) async fn mark_done(&mut self, parcel: &Parcel, rows: usize) -> Result<(), StoreError> {
        if self.job.profile.deliver.manifest {
            let name = format!("{}.manifest.json", parcel.name);
            let bytes = self.manifest(parcel, rows);
            self.store().stage(&name, &bytes).await?;
            self.store().publish(&name).await?;
        }
        let Some(done) = &self.job.profile.deliver.done else { return Ok(()) };
        let done = done.replace("{filename}", &parcel.name);
        self.store().stage(&done, b"").await?;
        self.store().publish(&done).await
    }

    /// What a file is, for whoever takes it. It says the same whenever it is written: a run that was cut off is finished by another.
    fn manifest(&self, parcel: &Parcel, rows: usize) -> Vec<u8> {
        let profile = self.job.profile;
        let manifest = json!({
            "file": parcel.name,
            "bytes": parcel.bytes,
            "sha256": parcel.sha256,
            "rows": rows,
            "columns": self.job.mapped.columns,
            "batch": self.job.batch,
            "profile": profile.id,
            "profile_hash": format!("sha256:{}", profile.hash),
            "scoring_hash": self.job.source.rubric.scoring_hash(),
            "by": self.library.author(),
        });
        serde_json::to_vec_pretty(&manifest).expect("it has string keys")
    }

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
