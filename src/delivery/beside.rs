//! What lies beside a file that was delivered: its digest, its manifest, and the empty file that says that all of it is there.
//!
//! What cannot be put there is a fault of its own: the rows of the file are what their own reading back says, the run names what is
//! missing, and the next one puts it. Nothing is put beside a file that nobody has seen or acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::apply::{Applied, Applying, Place};
use super::cut_off::made_again;
use super::items::Job;
use super::lying::Lying;
use super::settle::{Parcel, is_left_beside};
use super::store::{Seen, StoreError, Trouble};
use crate::export::mapping::PlannedFile;
use crate::export::{Made, Manifest};
use crate::interview::Digest;
use crate::library::{Delivered, DeliveryState, LibraryError, Step};
use crate::text::SafeText;

/// What to do where a file that waits for something beside it is gone.
const TAKEN: &str = "`deliver retry --arrived CANDIDATE` says that it was taken";

/// What lies beside a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Beside {
    /// Its SHA-256.
    Digest,
    /// Its manifest; what says that all is there, comes after it.
    Manifest,
    /// What says that all is there.
    Marker,
}

/// What could not be put beside a file, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unput {
    pub(super) what: Beside,
    name: String,
    error: StoreError,
    /// Whether the file itself is not there any more.
    is_gone: bool,
}

impl Unput {
    fn new(what: Beside, name: &str, error: StoreError) -> Self {
        Unput { what, name: name.to_owned(), error, is_gone: false }
    }

    /// For a person.
    pub(super) fn why(&self) -> String {
        format!("{} could not be put beside it: {}", self.name, self.error)
    }
}

/// A file that arrived and lacks something beside it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lacking {
    /// The file.
    pub file: SafeText,
    /// What is not there: its marker, its manifest or its digest, by name.
    pub lacks: SafeText,
    /// Why it could not be put there.
    pub reason: SafeText,
    /// Whether the file itself lies there still, as far as anybody knows: then the next run puts it.
    #[serde(skip)]
    pub is_there: bool,
    /// Whether that is the file of an earlier run, and not one that this run was to put there.
    #[serde(skip)]
    pub is_older: bool,
    /// In which way that failed.
    #[serde(skip)]
    pub(super) trouble: Option<Trouble>,
}

impl Lacking {
    pub(super) fn of(file: &str, unput: &Unput) -> Self {
        Lacking {
            file: SafeText::line(file),
            lacks: SafeText::line(&unput.name),
            reason: SafeText::line(&unput.error.text),
            is_there: !unput.is_gone,
            is_older: false,
            trouble: Some(unput.error.trouble),
        }
    }

    /// For a person.
    pub fn told(&self) -> String {
        let Lacking { file, lacks, reason, .. } = self;
        match (self.is_there, self.is_older) {
            (true, false) => format!("{file} is there, and {lacks} could not be put beside it: {reason}"),
            (true, true) => {
                format!("{file} is there as it was delivered before, and {lacks} could not be put beside it: {reason}")
            }
            (false, _) => format!("{lacks} was not put there: {reason}"),
        }
    }
}

impl Applied {
    /// Notes what could not be put beside a file.
    pub(super) fn lacks(&mut self, lacking: impl IntoIterator<Item = Lacking>) {
        for one in lacking {
            self.trouble(one.trouble);
            self.lacking.push(one);
        }
    }
}

/// The files that arrived last under each name, with the entries of each; what is under way is none of them.
fn lying_now(ledger: &[Delivered]) -> Vec<(Parcel, Vec<&Delivered>)> {
    let may_lie = |entry: &&Delivered| entry.state.arrived() || matches!(entry.state, DeliveryState::Sent | DeliveryState::Unknown);
    let mut by_name: BTreeMap<String, (Parcel, Vec<&Delivered>)> = BTreeMap::new();
    for entry in ledger.iter().filter(may_lie) {
        let Some(parcel) = entry.parcel.as_deref().and_then(Parcel::read) else { continue };
        match by_name.get_mut(&parcel.name) {
            Some((of, entries)) if of.is_same(&parcel) => entries.push(entry),
            _ => {
                by_name.insert(parcel.name.clone(), (parcel, vec![entry]));
            }
        }
    }
    by_name.into_values().filter(|(_, entries)| entries.iter().all(|entry| entry.state.arrived())).collect()
}

impl Applying<'_> {
    /// Puts beside files that lie there what could not be put there before, or is not there any more. What this run has just `sent`
    /// has been seen to.
    pub(super) async fn complete(
        &mut self,
        lying: &Lying,
        sent: &BTreeSet<Digest>,
        applied: &mut Applied,
    ) -> Result<(), LibraryError> {
        if !matches!(self.place, Place::Files(_)) {
            return Ok(());
        }
        let ledger = self.library.deliveries(self.job.batch, Some(self.target)).await?;
        for (parcel, entries) in lying_now(&ledger) {
            let is_named = applied.lacking.iter().any(|one| one.file.raw() == parcel.name);
            if is_named || entries.iter().any(|entry| sent.contains(&entry.key)) {
                continue;
            }
            let is_seen = entries.iter().any(|entry| entry.parcel.as_ref().is_some_and(|written| lying.lies.contains(written)));
            if parcel.lacks.is_none() && !is_seen && (applied.sum.selected == 0 || !self.is_marked(&parcel).await) {
                continue;
            }
            let unput = match self.completed(&parcel, &entries, &ledger).await {
                Ok(Some(put)) => {
                    applied.completed.extend(put);
                    None
                }
                Ok(None) => continue,
                Err(unput) => Some(unput),
            };
            let lacking = |unput| Lacking { is_older: !sent.is_empty(), ..Lacking::of(&parcel.name, unput) };
            applied.lacks(unput.as_ref().map(lacking));
            // Who asks in the morning is told, and what was never put is known from here alone.
            if parcel.lacks.is_some() || unput.is_some() {
                let written = parcel.lacking(unput.as_ref()).written();
                let why = unput.as_ref().map(Unput::why);
                let step = |entry: &&Delivered| Step { parcel: Some(written.clone()), ..Step::to(entry.key, entry.state) };
                let steps: Vec<Step> = entries.iter().map(|entry| step(entry).because(why.clone())).collect();
                self.library.step_deliveries(&steps, Vec::new()).await?;
            }
        }
        Ok(())
    }

    /// Puts what is missing beside a file, and says what it put; none where what stands for all files waits for others.
    async fn completed(
        &mut self,
        parcel: &Parcel,
        entries: &[&Delivered],
        ledger: &[Delivered],
    ) -> Result<Option<Vec<String>>, Unput> {
        let is_over = |entry: &Delivered| entry.state.arrived() || entry.state == DeliveryState::Superseded;
        let is_last = ledger.iter().all(is_over);
        let deliver = self.job.profile.deliver.clone();
        if parcel.lacks == Some(Beside::Marker)
            && !is_last
            && deliver.done.as_ref().is_some_and(|done| !done.contains("{filename}"))
        {
            return Ok(None);
        }
        if parcel.lacks.is_some() && !self.lies(parcel, entries).await? {
            return Ok(Some(Vec::new()));
        }
        let mut put = Vec::new();
        if deliver.sha256 {
            let (name, line) = parcel.digest_file();
            if !self.lies_beside(Beside::Digest, &name, Some(line.as_bytes())).await? {
                self.put(Beside::Digest, &name, line.as_bytes()).await?;
                put.push(name);
            }
        }
        let manifest = format!("{}.manifest.json", parcel.name);
        // It comes after the digest: what lies there is of the file before.
        let is_owed = matches!(parcel.lacks, Some(Beside::Digest | Beside::Manifest));
        if deliver.manifest && (is_owed || !self.lies_beside(Beside::Manifest, &manifest, None).await?) {
            let file = made_again(&self.job, parcel, entries, ledger);
            let rows = file.as_ref().map_or(entries.len(), |file| file.rows.len());
            let bytes = self.manifest(parcel, rows, file.as_ref());
            self.put(Beside::Manifest, &manifest, &bytes).await?;
            put.push(manifest);
        }
        if parcel.lacks.is_some() {
            put.extend(self.put_marker(parcel, is_last).await?);
        }
        Ok(Some(put))
    }

    /// Whether a file that lacks something lies there still; not where whoever reads the place has taken it already.
    async fn lies(&mut self, parcel: &Parcel, entries: &[&Delivered]) -> Result<bool, Unput> {
        let what = parcel.lacks.unwrap_or(Beside::Marker);
        let name = match (what, &self.job.profile.deliver.done) {
            (Beside::Marker, Some(done)) => done.replace("{filename}", &parcel.name),
            (Beside::Digest, _) => parcel.digest_file().0,
            _ => format!("{}.manifest.json", parcel.name),
        };
        let unput = |error| Unput::new(what, &name, error);
        let gone = |text: String| Unput { is_gone: true, ..unput(StoreError::new(Trouble::Refused, text)) };
        let waits_for_marker = self.job.profile.deliver.done.is_some();
        match self.store().read_back(&parcel.name, parcel.bytes).await.map_err(unput)? {
            None => Ok(true),
            Some(seen) if seen.is(parcel.bytes, &parcel.sha256) => Ok(true),
            Some(seen) if seen.bytes.is_some() => Err(gone(format!("another file lies there as {}", parcel.name))),
            Some(_) if entries.iter().any(|entry| self.looked.is_there(entry) == Some(true)) => Ok(false),
            // Whoever minds the marker has not taken what never had one.
            Some(_) if waits_for_marker => {
                let text = "is not there any more, though nothing said that all of it was there: look for it there";
                Err(gone(format!("{} {text}; {TAKEN}", parcel.name)))
            }
            Some(_) if is_left_beside(self, parcel).await.map_err(unput)? => Ok(false),
            Some(_) => {
                let text = "is not there any more, and nothing of ours lies beside it: look for it there";
                Err(gone(format!("{} {text}; {TAKEN}", parcel.name)))
            }
        }
    }

    /// Whether a table that is written whole lies there still, and so does what says that all of it is there: nobody has begun to take
    /// it away. Where that cannot be seen, it is left as it is.
    async fn is_marked(&mut self, parcel: &Parcel) -> bool {
        let deliver = &self.job.profile.deliver;
        let is_taken = self.job.profile.rows.changed_only || deliver.taken_at_once || deliver.taken_away;
        let Some(done) = deliver.done.as_ref().filter(|_| !is_taken) else { return false };
        let done = done.replace("{filename}", &parcel.name);
        let is_marked = matches!(self.store().read_back(&done, 0).await, Ok(Some(Seen { bytes: Some(_), .. })));
        is_marked
            && matches!(self.store().read_back(&parcel.name, parcel.bytes).await, Ok(Some(seen)) if seen.is(parcel.bytes, &parcel.sha256))
    }

    /// Whether something lies beside a file, with these bytes where they are known; what nobody is shown is taken to lie there.
    async fn lies_beside(&mut self, what: Beside, name: &str, bytes: Option<&[u8]>) -> Result<bool, Unput> {
        let length = bytes.map_or(0, |bytes| bytes.len() as u64);
        let seen = self.store().read_back(name, length).await;
        let seen = seen.map_err(|error| Unput::new(what, name, error))?;
        Ok(seen.is_none_or(|seen| match bytes {
            Some(bytes) => seen.is(length, &Digest::of(bytes)),
            None => seen.bytes.is_some(),
        }))
    }

    async fn put(&mut self, what: Beside, name: &str, bytes: &[u8]) -> Result<(), Unput> {
        let unput = |error| Unput::new(what, name, error);
        self.store().stage(name, bytes).await.map_err(unput)?;
        self.store().publish(name).await.map_err(unput)?;
        self.arrived(name, bytes).await.map_err(unput)
    }

    /// Whether what was uploaded just now lies there whole, or counts as taken where nobody is shown that; in a folder it does.
    async fn arrived(&mut self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        if !self.store().is_web() {
            return Ok(());
        }
        let length = bytes.len() as u64;
        match self.store().read_back(name, length).await? {
            Some(seen) if seen.is(length, &Digest::of(bytes)) => Ok(()),
            Some(Seen { bytes: Some(found), .. }) => {
                let text = format!("{name} was uploaded with {length} bytes, and other bytes lie there, {found} of them");
                Err(StoreError::new(Trouble::Refused, text))
            }
            _ => self.store().acknowledged(name).await.unwrap_or(Ok(())).map_err(|untaken| untaken.why),
        }
    }

    /// Puts beside a file of so many rows what the profile asks for: its manifest, then the empty file that says that all is there. One
    /// that stands for several files is put there where `is_last` says that all of them lie there. `file` is what was sent, where that is
    /// still known.
    pub(super) async fn mark_done(
        &mut self,
        parcel: &Parcel,
        rows: usize,
        file: Option<&PlannedFile>,
        is_last: bool,
    ) -> Result<(), Unput> {
        // The digest was put there before the file itself.
        if self.job.profile.deliver.sha256 {
            let (name, line) = parcel.digest_file();
            self.arrived(&name, line.as_bytes()).await.map_err(|error| Unput::new(Beside::Digest, &name, error))?;
        }
        if self.job.profile.deliver.manifest {
            let bytes = self.manifest(parcel, rows, file);
            self.put(Beside::Manifest, &format!("{}.manifest.json", parcel.name), &bytes).await?;
        }
        self.put_marker(parcel, is_last).await.map(|_| ())
    }

    /// Puts the empty file that says that all is there, where the profile asks for one; returns its name.
    async fn put_marker(&mut self, parcel: &Parcel, is_last: bool) -> Result<Option<String>, Unput> {
        let done = self.job.profile.deliver.done.as_ref().filter(|done| is_last || done.contains("{filename}"));
        let Some(done) = done else { return Ok(None) };
        let done = done.replace("{filename}", &parcel.name);
        self.put(Beside::Marker, &done, b"").await?;
        Ok(Some(done))
    }

    /// What is said beside a file, for whoever takes it: the same as beside one that is exported. Of a file that an earlier run sent,
    /// and whose rows are others now, nobody knows any more which cells were guarded.
    fn manifest(&self, parcel: &Parcel, rows: usize, file: Option<&PlannedFile>) -> Vec<u8> {
        let Job { profile, mapped, sources, .. } = &self.job;
        let made = Made { file: &parcel.name, format: "csv", bytes: parcel.bytes, sha256: parcel.sha256, rows: rows as u64 };
        let manifest = Manifest::of_profile(made, profile, mapped, sources, jiff::Timestamp::now());
        let manifest = match file {
            Some(file) => manifest.with_cells(file),
            None => manifest,
        };
        manifest.text().into_bytes()
    }
}
