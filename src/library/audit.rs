//! The journal looked through as it lies on disk: every stream, every number, and what each event says of itself.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::SqliteConnection;

use super::catalogue::id_of;
use super::journal::AT_REST;
use super::open::Inner;
use super::person::Keys;
use super::seal::About;
use super::{Library, Result};
use crate::interview::{BatchId, CandidateId, Digest, EventId, ReviewerId, WriterId};
use crate::journal::{Break, ChainError, Header, Stored, examine};

/// One stream, and whether it is what was written.
#[derive(Clone, PartialEq, Debug)]
pub struct StreamAudit {
    /// Whose stream.
    pub writer: WriterId,
    /// Who wrote it; none where nothing of it can be read.
    pub author: Option<ReviewerId>,
    /// Whether this library wrote it, so that no number may be missing.
    pub is_own: bool,
    /// Events that are here.
    pub events: usize,
    /// Of them, those of each batch.
    pub in_batches: BTreeMap<BatchId, usize>,
    /// Events of another library's stream that are not here.
    pub missing: u64,
    /// Events whose content is closed because the person's key was erased, or has not come yet.
    pub closed: usize,
    /// The number and the hash of its last event.
    pub end: (u64, Digest),
    /// Every place at which it is not what was written.
    pub breaks: Vec<Break>,
}

/// The journal as a whole.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct JournalAudit {
    /// Stream by stream.
    pub streams: Vec<StreamAudit>,
    /// Rows that were taken away at the journal's end, as the database's own counter tells.
    pub cut: i64,
}

/// An event as it lies in the database, with what the columns say of it.
struct Filed {
    id: Vec<u8>,
    seq: i64,
    batch: Option<Vec<u8>>,
    subject: Option<Vec<u8>>,
    header: Vec<u8>,
    body: Vec<u8>,
    hash: Vec<u8>,
}

type Columns = (Vec<u8>, i64, Option<Vec<u8>>, Option<Vec<u8>>, Vec<u8>, Vec<u8>, Vec<u8>);

impl From<Columns> for Filed {
    fn from((id, seq, batch, subject, header, body, hash): Columns) -> Self {
        Filed { id, seq, batch, subject, header, body, hash }
    }
}

impl Library {
    /// Looks through every stream of the journal and goes on after each place that is wrong; one stream is in memory at a time.
    ///
    /// # Errors
    /// Where the database cannot be read. What is wrong with the journal is no error.
    pub async fn audit(&self) -> Result<JournalAudit> {
        let inner = &*self.inner;
        let own = self.whole_streams().await?;
        let mut reader = inner.reader().await?;
        let writers: Vec<Vec<u8>> = sqlx::query_scalar("select distinct writer from event order by writer")
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let mut audit = JournalAudit { cut: inner.cut(&mut reader).await?, ..JournalAudit::default() };
        for writer in writers {
            let id = WriterId(id_of(&writer));
            let rows: Vec<Columns> =
                sqlx::query_as("select id, seq, batch, subject, header, body, hash from event where writer = ? order by seq")
                    .bind(writer)
                    .fetch_all(&mut *reader)
                    .await
                    .map_err(|error| inner.unread(error))?;
            audit.streams.push(inner.audit_stream(&mut reader, id, own.contains(&id), rows).await?);
        }
        Ok(audit)
    }
}

impl JournalAudit {
    /// The streams in which something of a batch was written, or that cannot be read far enough to tell.
    pub fn of(&self, batch: BatchId) -> impl Iterator<Item = &StreamAudit> {
        self.streams.iter().filter(move |stream| stream.in_batches.contains_key(&batch) || stream.author.is_none())
    }
}

impl Inner {
    async fn audit_stream(
        &self,
        db: &mut SqliteConnection,
        writer: WriterId,
        is_own: bool,
        rows: Vec<Columns>,
    ) -> Result<StreamAudit> {
        let (mut stream, mut further, mut closed) = (Vec::with_capacity(rows.len()), Vec::new(), 0);
        let mut keys = Keys::default();
        for filed in rows.into_iter().map(Filed::from) {
            let seq = u64::try_from(filed.seq).unwrap_or_default();
            let header: Option<Header> = serde_json::from_slice(&filed.header).ok();
            let event = header.as_ref().map(|header| header.id);
            let mut wrong = |event: Option<EventId>, why| further.push(Break { seq, event, why });
            if header.as_ref().is_some_and(|header| !filed.is_filed_as(header)) {
                wrong(event, ChainError::Misfiled);
            }
            let body = match &filed.subject {
                None => self.key.open(About(AT_REST, &[&filed.id]), &filed.body).map(|body| body.to_vec()),
                Some(subject) => {
                    let subject = CandidateId(id_of(subject));
                    let opened = self.body(db, &mut keys, subject, EventId(id_of(&filed.id)), &filed.body).await?;
                    let has_keys = !keys.of(self, db, subject).await?.is_empty();
                    match (opened.is_some(), has_keys && is_own) {
                        (true, _) => {}
                        (false, true) => wrong(event, ChainError::Unopened),
                        (false, false) => closed += 1,
                    }
                    Some(filed.body)
                }
            };
            let hash = filed.hash.try_into().map(Digest).unwrap_or_default();
            match body {
                Some(body) => stream.push((seq, Stored { header: filed.header, body, hash })),
                None => {
                    wrong(event, ChainError::Unopened);
                    // Its hash still says what the next one follows.
                    stream.push((seq, Stored { header: filed.header, body: Vec::new(), hash }));
                }
            }
        }
        let mut found = examine(writer, &stream, !is_own);
        add(&mut found.breaks, further);
        let mut in_batches = BTreeMap::new();
        found.headers.iter().filter_map(|header| header.batch).for_each(|batch| *in_batches.entry(batch).or_default() += 1);
        Ok(StreamAudit {
            writer,
            author: found.headers.first().map(|header| header.author),
            is_own,
            events: stream.len(),
            in_batches,
            missing: found.missing,
            closed,
            end: found.end,
            breaks: found.breaks,
        })
    }

    /// How many rows are missing at the end: the database counts places and never gives one out twice.
    async fn cut(&self, db: &mut SqliteConnection) -> Result<i64> {
        let cut: Option<i64> = sqlx::query_scalar(
            "select seq - coalesce((select max(place) from event), 0) from sqlite_sequence where name = 'event'",
        )
        .fetch_optional(db)
        .await
        .map_err(|error| self.unread(error))?;
        Ok(cut.unwrap_or_default().max(0))
    }
}

/// Adds what was found beside the chain; of one event that cannot be opened, that says more than that its hash is another then.
fn add(breaks: &mut Vec<Break>, further: Vec<Break>) {
    let closed: BTreeSet<u64> = further.iter().filter(|one| one.why == ChainError::Unopened).map(|one| one.seq).collect();
    breaks.retain(|one| !(closed.contains(&one.seq) && matches!(one.why, ChainError::Changed { .. })));
    breaks.extend(further);
    breaks.sort_by_key(|one| one.seq);
}

impl Filed {
    /// Whether the columns by which an event is found say what its header says.
    fn is_filed_as(&self, header: &Header) -> bool {
        let is =
            |column: &Option<Vec<u8>>, id: Option<uuid::Uuid>| column.as_deref() == id.as_ref().map(|id| id.as_bytes().as_slice());
        self.id == header.id.0.as_bytes()
            && is(&self.batch, header.batch.map(|id| id.0))
            && is(&self.subject, header.subject.map(|id| id.0))
    }
}
