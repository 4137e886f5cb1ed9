//! The ledger of deliveries: planned, sent, accepted, verified; or failed, or not known.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{FromRow, Row as _};

use super::catalogue::id_of;
use super::journal::Parts;
use super::open::Inner;
use super::seal::About;
use super::{Library, LibraryError, Result};
use crate::interview::{BatchId, CandidateId, Digest};
use crate::journal::Draft;

const OBJECT: &str = "earmark/delivery-object/1";
const DETAIL: &str = "earmark/delivery/1";
const WHY: &str = "earmark/delivery-why/1";

/// What became of something that was to be sent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// It is to be sent, and nothing was sent yet.
    Planned,
    /// Its sending began; until more is known it may or may not have arrived.
    Sent,
    /// The other side said that it took it.
    Accepted,
    /// It was seen there.
    Verified,
    /// The other side refused it, or it certainly never arrived.
    Failed,
    /// Nobody knows whether it arrived; it is looked for before anything is sent again.
    Unknown,
    /// Something newer is sent in its place.
    Superseded,
}

impl DeliveryState {
    const ALL: [DeliveryState; 7] = [
        DeliveryState::Planned,
        DeliveryState::Sent,
        DeliveryState::Accepted,
        DeliveryState::Verified,
        DeliveryState::Failed,
        DeliveryState::Unknown,
        DeliveryState::Superseded,
    ];

    /// Its word in the database and in reports.
    pub fn word(self) -> &'static str {
        match self {
            DeliveryState::Planned => "planned",
            DeliveryState::Sent => "sent",
            DeliveryState::Accepted => "accepted",
            DeliveryState::Verified => "verified",
            DeliveryState::Failed => "failed",
            DeliveryState::Unknown => "unknown",
            DeliveryState::Superseded => "superseded",
        }
    }

    /// Whether it is there, as far as the other side says.
    pub fn arrived(self) -> bool {
        matches!(self, DeliveryState::Accepted | DeliveryState::Verified)
    }
}

/// Who says that something is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Witness {
    /// The other side, by its answer.
    Receiver,
    /// A person who has looked.
    Person,
}

impl Witness {
    const ALL: [Witness; 2] = [Witness::Receiver, Witness::Person];

    fn word(self) -> &'static str {
        match self {
            Witness::Receiver => "receiver",
            Witness::Person => "person",
        }
    }
}

/// A place that things are sent to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TargetId(pub(super) [u8; 32]);

/// Something that is to be sent.
#[derive(Clone, PartialEq, Debug)]
pub struct NewDelivery {
    /// Tells it from everything else that was or will be sent.
    pub key: Digest,
    /// Whose.
    pub candidate: CandidateId,
    /// The record's id at the other side.
    pub object: String,
    /// Which of the profile's pushes; `file` for files.
    pub push: String,
    /// Of what is sent.
    pub digest: Digest,
    /// What else is to be known of it: the values. Kept under the candidate's key.
    pub detail: Value,
}

/// An entry of the ledger.
#[derive(Clone, PartialEq, Debug)]
pub struct Delivered {
    /// Tells it from everything else that was or will be sent.
    pub key: Digest,
    /// Of which batch.
    pub batch: BatchId,
    /// Whose.
    pub candidate: CandidateId,
    /// To where.
    pub target: TargetId,
    /// The record's id, and what was kept of it; nothing once the person was erased.
    pub detail: Option<(String, Value)>,
    /// Tells its record from every other, also where nobody can say any more which it is.
    pub about: Digest,
    /// Which of the profile's pushes.
    pub push: String,
    /// Of what was sent.
    pub digest: Digest,
    /// What it was sent in: a file's name, and how large it is and its SHA-256, as text.
    pub parcel: Option<String>,
    /// What became of it.
    pub state: DeliveryState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was first planned.
    pub planned_at: Timestamp,
    /// When the state changed last.
    pub changed_at: Timestamp,
    /// Of the other side's answer.
    pub reply: Option<Digest>,
    /// Who said that it is there, since it was sent last.
    pub witness: Option<Witness>,
    /// Why it did not arrive, or why nobody knows; of an erased person nothing is kept.
    pub why: Option<String>,
}

impl Delivered {
    /// Whether it is about the record with this id at the other side; of an erased person nobody can tell.
    pub fn is_about(&self, object: &str) -> bool {
        self.detail.as_ref().is_some_and(|(id, _)| id == object)
    }

    /// Whether it is there, or may be, and nobody can tell of whom it was: the person was erased since.
    pub fn is_of_nobody(&self) -> bool {
        let may_be_there = matches!(self.state, DeliveryState::Sent | DeliveryState::Unknown) || self.state.arrived();
        self.detail.is_none() && may_be_there
    }
}

/// A change of state.
#[derive(Clone, PartialEq, Debug)]
pub struct Step {
    /// Which entry.
    pub key: Digest,
    /// What it is now.
    pub state: DeliveryState,
    /// What it is sent in, where that is new.
    pub parcel: Option<String>,
    /// Of the answer, where there was one.
    pub reply: Option<Digest>,
    /// Who says that it is there, where somebody does now.
    pub witness: Option<Witness>,
    /// Why it is not there, or why nobody knows.
    pub why: Option<String>,
}

impl Step {
    /// A change of state without more.
    pub fn to(key: Digest, state: DeliveryState) -> Self {
        Step { key, state, parcel: None, reply: None, witness: None, why: None }
    }

    /// The same with the reason.
    pub fn because(self, why: Option<String>) -> Self {
        Step { why, ..self }
    }
}

impl Library {
    /// Enters what is to be sent, all or none. What is in the ledger already and neither arrived nor may have arrived is entered
    /// anew; the rest stays as it is.
    pub async fn plan_deliveries(&self, batch: BatchId, target: TargetId, new: &[NewDelivery]) -> Result<()> {
        let inner = &*self.inner;
        let now = (inner.clock)();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for one in new {
            let person = inner.person_or_new(&mut transaction, one.candidate).await?;
            let text = serde_json::to_vec(&serde_json::json!([one.object, one.detail])).expect("a JSON value can be written");
            let sealed = person.seal(About(DETAIL, &[&one.key.0]), &text)?;
            let object = inner.key.name(About(OBJECT, &[one.object.as_bytes()]));
            sqlx::query(
                "insert into delivery (key, batch, candidate, target, object, push, digest, state, planned_at, changed_at, sealed) \
                 values (?, ?, ?, ?, ?, ?, ?, 'planned', ?, ?, ?) \
                 on conflict (key) do update set state = 'planned', changed_at = excluded.changed_at, sealed = excluded.sealed \
                 where state in ('planned', 'failed', 'superseded') and batch = excluded.batch and target = excluded.target",
            )
            .bind(&one.key.0[..])
            .bind(batch.0.as_bytes().as_slice())
            .bind(one.candidate.0.as_bytes().as_slice())
            .bind(&target.0[..])
            .bind(&object[..])
            .bind(&one.push)
            .bind(&one.digest.0[..])
            .bind(now.to_string())
            .bind(now.to_string())
            .bind(sealed)
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, text.len() as u64))?;
            inner.is_entered(&mut transaction, batch, target, one.key).await?;
        }
        inner.commit(transaction, 0).await
    }

    /// Changes states, and writes receipts to the author's stream, all in one transaction; returns when it is on disk.
    pub async fn step_deliveries(&self, steps: &[Step], receipts: Vec<Draft>) -> Result<()> {
        let inner = &*self.inner;
        let now = (inner.clock)();
        let parts: Vec<_> = receipts.into_iter().map(|draft| (now, Parts::of(draft))).collect();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for step in steps {
            let why = inner.sealed_why(&mut transaction, step).await?;
            // Whoever said that it is there said it of what was sent before; and what nobody knows of is unknown since it was sent.
            let stepped = sqlx::query(
                "update delivery set state = ?1, changed_at = iif(?1 = 'unknown' and state in ('sent', 'unknown'), changed_at, ?2), parcel = coalesce(?3, parcel), reply = coalesce(?4, reply), \
                 attempts = attempts + (?1 = 'sent'), witness = iif(?1 = 'sent', null, coalesce(?5, witness)), why = ?6 where key = ?7",
            )
            .bind(step.state.word())
            .bind(now.to_string())
            .bind(&step.parcel)
            .bind(step.reply.map(|reply| reply.0.to_vec()))
            .bind(step.witness.map(Witness::word))
            .bind(why)
            .bind(&step.key.0[..])
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
            if stepped.rows_affected() != 1 {
                return Err(inner.damaged_ledger());
            }
        }
        if !parts.is_empty() {
            let author = self.author.ok_or(LibraryError::NoAuthor)?;
            inner.write_parts(&mut transaction, author, None, parts).await?;
        }
        inner.commit(transaction, 0).await
    }

    /// The ledger of a batch, of one place or of all, in the order in which things were planned.
    pub async fn deliveries(&self, batch: BatchId, target: Option<TargetId>) -> Result<Vec<Delivered>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let rows: Vec<Row> = sqlx::query_as(
            "select key, batch, candidate, target, object, push, digest, parcel, state, attempts, planned_at, changed_at, reply, sealed, \
             witness, why from delivery where batch = ? and (? is null or target = ?) order by place",
        )
        .bind(batch.0.as_bytes().as_slice())
        .bind(target.map(|target| target.0.to_vec()))
        .bind(target.map(|target| target.0.to_vec()))
        .fetch_all(&mut *reader)
        .await
        .map_err(|error| inner.unread(error))?;
        let mut keys = super::person::Keys::default();
        let mut all = Vec::with_capacity(rows.len());
        for row in rows {
            let candidate = CandidateId(id_of(&row.candidate));
            let mut opened: [Option<Vec<u8>>; 2] = [None, None];
            for (sealed, (name, plain)) in [&row.sealed, &row.why].into_iter().zip([DETAIL, WHY].into_iter().zip(&mut opened)) {
                if let Some(sealed) = sealed {
                    let persons = keys.of(inner, &mut reader, candidate).await?;
                    *plain = persons.iter().find_map(|key| key.open(About(name, &[&row.key]), sealed)).map(|plain| plain.to_vec());
                }
            }
            let [detail, why] = opened;
            let detail = detail.and_then(|plain| serde_json::from_slice::<(String, Value)>(&plain).ok());
            all.push(inner.delivered(row, candidate, detail, why.and_then(|plain| String::from_utf8(plain).ok()))?);
        }
        Ok(all)
    }
}

struct Row {
    key: Vec<u8>,
    batch: Vec<u8>,
    candidate: Vec<u8>,
    target: Vec<u8>,
    object: Vec<u8>,
    push: String,
    digest: Vec<u8>,
    parcel: Option<String>,
    state: String,
    attempts: i64,
    planned_at: String,
    changed_at: String,
    reply: Option<Vec<u8>>,
    sealed: Option<Vec<u8>>,
    witness: Option<String>,
    why: Option<Vec<u8>>,
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Row {
            key: row.try_get("key")?,
            batch: row.try_get("batch")?,
            candidate: row.try_get("candidate")?,
            target: row.try_get("target")?,
            object: row.try_get("object")?,
            push: row.try_get("push")?,
            digest: row.try_get("digest")?,
            parcel: row.try_get("parcel")?,
            state: row.try_get("state")?,
            attempts: row.try_get("attempts")?,
            planned_at: row.try_get("planned_at")?,
            changed_at: row.try_get("changed_at")?,
            reply: row.try_get("reply")?,
            sealed: row.try_get("sealed")?,
            witness: row.try_get("witness")?,
            why: row.try_get("why")?,
        })
    }
}

impl Inner {
    pub(super) fn damaged_ledger(&self) -> LibraryError {
        LibraryError::Damaged { what: "the ledger of deliveries".into(), path: self.database() }
    }

    /// That an entry is there, of this batch and this place: what is stepped on is never another's.
    async fn is_entered(&self, db: &mut sqlx::SqliteConnection, batch: BatchId, target: TargetId, key: Digest) -> Result<()> {
        let found: Option<i64> = sqlx::query_scalar("select place from delivery where key = ? and batch = ? and target = ?")
            .bind(&key.0[..])
            .bind(batch.0.as_bytes().as_slice())
            .bind(&target.0[..])
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.failed(error, 0))?;
        found.map(drop).ok_or_else(|| self.damaged_ledger())
    }

    /// A step's reason under the key of the person whom it is about.
    async fn sealed_why(&self, db: &mut sqlx::SqliteConnection, step: &Step) -> Result<Option<Vec<u8>>> {
        let Some(why) = &step.why else { return Ok(None) };
        let candidate: Option<Vec<u8>> = sqlx::query_scalar("select candidate from delivery where key = ? and sealed is not null")
            .bind(&step.key.0[..])
            .fetch_optional(&mut *db)
            .await
            .map_err(|error| self.failed(error, 0))?;
        let Some(candidate) = candidate else { return Ok(None) };
        let person = self.person_or_new(db, CandidateId(id_of(&candidate))).await?;
        person.seal(About(WHY, &[&step.key.0]), why.as_bytes()).map(Some)
    }

    fn delivered(
        &self,
        row: Row,
        candidate: CandidateId,
        detail: Option<(String, Value)>,
        why: Option<String>,
    ) -> Result<Delivered> {
        let damaged = || self.damaged_ledger();
        let digest = |bytes: Vec<u8>| <[u8; 32]>::try_from(bytes).map(Digest).map_err(|_| damaged());
        let time = |text: &str| text.parse::<Timestamp>().map_err(|_| damaged());
        Ok(Delivered {
            key: digest(row.key)?,
            batch: BatchId(id_of(&row.batch)),
            candidate,
            target: TargetId(row.target.try_into().map_err(|_| damaged())?),
            detail,
            about: digest(row.object)?,
            push: row.push,
            digest: digest(row.digest)?,
            parcel: row.parcel,
            state: DeliveryState::ALL.into_iter().find(|state| state.word() == row.state).ok_or_else(damaged)?,
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            planned_at: time(&row.planned_at)?,
            changed_at: time(&row.changed_at)?,
            reply: row.reply.map(digest).transpose()?,
            witness: Witness::ALL.into_iter().find(|witness| row.witness.as_deref() == Some(witness.word())),
            why,
        })
    }
}
