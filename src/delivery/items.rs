//! What of a mapped table is to be sent: one item for each row and push, told apart by what is in it.

use serde_json::{Map, Value, json};

use crate::export::dialect::Split;
use crate::export::mapping::{Mapped, PlannedFile, Source, TooMuch, files};
use crate::export::profile::Profile;
use crate::interview::{BatchId, CandidateId, Digest};
use crate::library::{Delivered, DeliveryState};
use crate::text::SafeText;

/// What is delivered, and by which profile.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The profile.
    pub profile: &'a Profile,
    /// What it is applied to.
    pub source: Source<'a>,
    /// The rows as it wants them.
    pub mapped: &'a Mapped,
    /// Whose each row of the table is.
    pub owners: &'a [CandidateId],
    /// The batch.
    pub batch: BatchId,
    /// What people call it.
    pub title: &'a str,
}

/// One thing about one record.
#[derive(Clone, PartialEq, Debug)]
pub struct Item {
    /// The row, by its place among the mapped rows.
    pub row: usize,
    /// The record's id at the other side.
    pub object: String,
    /// Whose.
    pub candidate: CandidateId,
    /// What the candidate is called in reports: the source's id.
    pub shown: SafeText,
    /// `file`, or a push of the profile.
    pub push: String,
    /// Of what is sent.
    pub digest: Digest,
    /// The values, by column.
    pub values: Map<String, Value>,
}

/// The name of the one push that files are.
pub(super) const FILE: &str = "file";

/// The items of a profile that makes files.
///
/// # Errors
/// Where the files would be too large.
pub fn items(job: &Job) -> Result<Vec<Item>, TooMuch> {
    let all: Vec<usize> = (0..job.mapped.rows.len()).collect();
    // A table that is sent whole is one thing: where any row differs, every row is sent anew.
    let whole = match job.profile.rows.changed_only {
        true => None,
        false => Some(of_files(&files(job.profile, job.mapped, &all, job.title)?)),
    };
    let item = |at: usize| {
        let row = &job.mapped.rows[at];
        let digest = whole.map_or(row.digest, |whole| Digest::of_all(&[b"whole", &whole.0, &row.digest.0]));
        Item {
            row: at,
            object: row.key.clone(),
            candidate: job.owners[row.index],
            shown: row.candidate.clone(),
            push: FILE.to_owned(),
            digest,
            values: job.mapped.values(row),
        }
    };
    Ok(all.iter().map(|at| item(*at)).collect())
}

fn of_files(made: &[PlannedFile]) -> Digest {
    let digests: Vec<&[u8]> = made.iter().map(|file| file.sha256.0.as_slice()).collect();
    Digest::of_all(&digests)
}

impl Item {
    /// What tells this sending from every other: what is sent, about what, to where, and after what.
    pub(super) fn key(&self, job: &Job, address: &str, after: Option<Digest>) -> Digest {
        let after = after.map(|key| key.to_string()).unwrap_or_default();
        let parts = json!([job.profile.id, address, self.object, self.push, self.digest, after]);
        Digest::of(parts.to_string().as_bytes())
    }
}

/// What the ledger says of one record and push.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Past<'l> {
    /// The last entry that is not superseded.
    pub(super) last: Option<&'l Delivered>,
    /// The last that arrived.
    pub(super) arrived: Option<&'l Delivered>,
}

/// What the ledger says of an item.
pub(super) fn past<'l>(ledger: &'l [Delivered], object: &str, push: &str) -> Past<'l> {
    let is_its = |entry: &&Delivered| entry.push == push && entry.is_about(object);
    let mut past = Past::default();
    for entry in ledger.iter().filter(is_its) {
        if entry.state != DeliveryState::Superseded {
            past.last = Some(entry);
        }
        if entry.state.arrived() {
            past.arrived = Some(entry);
        }
    }
    past
}

/// Whether a file of this profile takes the place of the one before.
pub(super) fn replaces(profile: &Profile) -> bool {
    let named_anew = profile.filename.fields().any(|field| field == "digest8");
    !named_anew && (profile.bounds.split == Split::None || !profile.rows.changed_only)
}
