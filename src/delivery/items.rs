//! What of a mapped table is to be sent: one item for each row and push, told apart by what is in it.

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::calls::LookAsk;

use crate::export::Sources;
use crate::export::dialect::Split;
use crate::export::mapping::{Mapped, MappedRow, PlannedFile, PlannedRequest, Quarantined, Requester, Source, TooMuch, files};
use crate::export::profile::{Kind, Profile, Push};
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
    /// What the table was made from.
    pub sources: Sources<'a>,
    /// The rows as it wants them.
    pub mapped: &'a Mapped,
    /// Whose each row of the table is.
    pub owners: &'a [CandidateId],
    /// The batch.
    pub batch: BatchId,
    /// What people call it.
    pub title: &'a str,
    /// The customer's own values in requests.
    pub values: &'a IndexMap<String, String>,
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
    /// The values, by column; of a request those that are in it. What is not among them is compared with nothing.
    pub values: Map<String, Value>,
    /// The request, where it is one.
    pub request: Option<PlannedRequest>,
    /// How to see what stands there.
    pub look: Option<LookAsk>,
    /// The request that changes what stands there already, where that is another.
    pub correct: Option<PlannedRequest>,
}

/// What is to be sent, and what of it cannot be.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Made {
    /// What can be sent.
    pub items: Vec<Item>,
    /// Rows of which no request can be made.
    pub quarantined: Vec<Quarantined>,
}

/// The name of the one push that files are.
pub(super) const FILE: &str = "file";

/// What a profile sends.
///
/// # Errors
/// Where the files would be too large.
pub fn items(job: &Job) -> Result<Made, TooMuch> {
    if job.profile.kind == Kind::File {
        return Ok(Made { items: of_rows(job)?, quarantined: Vec::new() });
    }
    let mut made = Made::default();
    for (at, row) in job.mapped.rows.iter().enumerate() {
        match of_requests(job, at, row) {
            Ok(items) => made.items.extend(items),
            Err(quarantined) => made.quarantined.push(*quarantined),
        }
    }
    Ok(made)
}

fn of_requests(job: &Job, at: usize, row: &MappedRow) -> Result<Vec<Item>, Box<Quarantined>> {
    let unmade = |field: &str| {
        Box::new(Quarantined {
            row: row.index + 1,
            candidate: row.candidate.clone(),
            key: SafeText::line(&row.key),
            column: SafeText::line(field),
            reason: "the request needs it, and it has no value".into(),
            remedy: "fill it in at its source, or give the push `only_if` with it".into(),
        })
    };
    let requester = Requester { profile: job.profile, source: &job.source, mapped: job.mapped, row, values: job.values };
    let made = requester.all().map_err(|missing| unmade(&missing.field))?;
    let mut items = Vec::new();
    for (push, request) in job.profile.pushes.iter().zip(made) {
        let Some(request) = request else { continue };
        let look = match &push.look {
            Some(look) => {
                let (ask, entry) = requester.look(push, look).map_err(|missing| unmade(&missing.field))?;
                Some(LookAsk::new(&ask, entry, !look.values.is_empty()))
            }
            None => None,
        };
        let correct = push.correct.as_ref().map(|call| requester.correction(push, call).map_err(|missing| unmade(&missing.field)));
        items.push(Item {
            row: at,
            object: row.key.clone(),
            candidate: job.owners[row.index],
            shown: row.candidate.clone(),
            push: push.name.clone(),
            digest: request.digest,
            values: values_in(job, row, push, &requester.left_out_of(push)),
            request: Some(request),
            look,
            correct: correct.transpose()?,
        });
    }
    Ok(items)
}

/// The columns that a push sends or looks at, but for what it leaves out of its request.
fn values_in(job: &Job, row: &MappedRow, push: &Push, left_out: &[String]) -> Map<String, Value> {
    let fields = push.call.fields();
    let looked = push.look.iter().flat_map(|look| &look.values).map(|(column, _)| column.as_str());
    let named: Vec<&str> = fields.into_iter().chain(looked).collect();
    let is_all = named.contains(&"scorecard");
    let is_in = |column: &String| (is_all || named.contains(&column.as_str())) && !left_out.contains(column);
    job.mapped.values(row).into_iter().filter(|(column, _)| is_in(column)).collect()
}

/// The items of a profile that makes files.
fn of_rows(job: &Job) -> Result<Vec<Item>, TooMuch> {
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
            request: None,
            look: None,
            correct: None,
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
        key((job.batch, job.profile.id.as_str(), address), (&self.object, &self.push), self.digest, after)
    }
}

/// What tells a sending from every other: of which batch, by which profile and to where, about which object and by which push, what,
/// after what. Two batches may be about one application, and each has a ledger of its own. What was entered before the batch was in
/// it keeps the key that it has: what arrived is known by its content, and not by its key.
pub(super) fn key(way: (BatchId, &str, &str), about: (&str, &str), digest: Digest, after: Option<Digest>) -> Digest {
    let after = after.map(|key| key.to_string()).unwrap_or_default();
    let parts = json!([way.0.to_string(), way.1, way.2, about.0, about.1, digest, after]);
    Digest::of(parts.to_string().as_bytes())
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
