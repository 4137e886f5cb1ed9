//! Whole streams as stored bytes: to verify, to exchange, to back up.

use jiff::{SignedDuration, Timestamp};
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{FromRow, Row as _, SqliteConnection};

use super::open::Inner;
use super::seal::Key;
use super::{Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest, ReviewerId, WriterId};
use crate::journal::{ChainError, Header, Stored, verify, verify_known};

/// What became of events from elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Taken {
    /// Events that are new here.
    pub new: usize,
    /// Events that were here already.
    pub known: usize,
    /// How far the newest of those that are new is dated after this machine's time; none where that is no more than clocks differ.
    pub ahead: Option<SignedDuration>,
}

/// What two clocks may differ by before it is said.
const SLACK: SignedDuration = SignedDuration::from_mins(5);

impl Taken {
    /// Adds another piece's.
    pub(super) fn add(&mut self, other: Taken) {
        self.new += other.new;
        self.known += other.known;
        self.ahead = self.ahead.max(other.ahead);
    }
}

/// How far a time is ahead of another, where it is more than clocks differ by.
pub fn ahead(at: Timestamp, now: Timestamp) -> Option<SignedDuration> {
    Some(at.duration_since(now)).filter(|ahead| *ahead > SLACK)
}

/// An event as it lies in the database.
pub(super) struct Row {
    pub(super) place: i64,
    pub(super) id: Vec<u8>,
    pub(super) writer: Vec<u8>,
    pub(super) subject: Option<Vec<u8>>,
    pub(super) header: Vec<u8>,
    pub(super) body: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> sqlx::Result<Self> {
        Ok(Row {
            place: row.try_get("place")?,
            id: row.try_get("id")?,
            writer: row.try_get("writer")?,
            subject: row.try_get("subject")?,
            header: row.try_get("header")?,
            body: row.try_get("body")?,
            hash: row.try_get("hash")?,
        })
    }
}

impl Library {
    /// Every writer's stream from its first event, as stored.
    pub async fn streams(&self) -> Result<Vec<(WriterId, Vec<Stored>)>> {
        let mut reader = self.inner.reader().await?;
        self.inner.streams(&mut reader).await
    }

    /// Who has acted in this library itself; not those whose events came from elsewhere.
    pub async fn own_authors(&self) -> Result<Vec<ReviewerId>> {
        let mut reader = self.inner.reader().await?;
        let ids: Vec<Vec<u8>> = sqlx::query_scalar("select author from own_writer")
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| self.inner.failed(error, 0))?;
        Ok(ids.iter().filter_map(|id| uuid::Uuid::from_slice(id).ok().map(ReviewerId)).collect())
    }

    /// Checks every stream's chain; returns the headers, writer by writer. Those that were written elsewhere may have gaps.
    pub async fn verify_streams(&self) -> Result<Vec<(WriterId, Vec<Header>)>> {
        let (streams, whole) = (self.streams().await?, self.whole_streams().await?);
        let checked = |(writer, stream): (WriterId, Vec<Stored>)| {
            let headers = if whole.contains(&writer) { verify(writer, &stream) } else { verify_known(writer, &stream) };
            Ok((writer, headers?))
        };
        streams.into_iter().map(checked).collect()
    }

    /// Takes in events that another library wrote, all or none; they must follow what is here of their streams.
    pub async fn insert_foreign(&self, events: Vec<Stored>) -> Result<Taken> {
        let inner = &*self.inner;
        let bytes = events.iter().map(|event| event.body.len() as u64).sum();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        let mut taken = Taken::default();
        for stored in &events {
            match inner.take_in(&mut transaction, stored).await? {
                true => taken.new += 1,
                false => taken.known += 1,
            }
        }
        inner.commit(transaction, bytes).await?;
        Ok(taken)
    }

    /// Takes in a key under which another library wrote about a candidate.
    pub async fn keep_foreign_key(&self, candidate: CandidateId, key: [u8; 32]) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        if inner.is_erased(&mut transaction, candidate).await? {
            return Err(LibraryError::Erased(candidate));
        }
        inner.insert_key(&mut transaction, candidate, &Key::new(&key), false).await?;
        inner.renew_all_of(&mut transaction, candidate).await?;
        inner.commit(transaction, 0).await
    }
}

impl Inner {
    /// A connection that reads.
    pub(super) async fn reader(&self) -> Result<PoolConnection<Sqlite>> {
        self.readers.acquire().await.map_err(|error| self.unread(error))
    }

    pub(super) async fn streams(&self, db: &mut SqliteConnection) -> Result<Vec<(WriterId, Vec<Stored>)>> {
        let rows: Vec<Row> =
            sqlx::query_as("select place, id, writer, subject, header, body, hash from event order by writer, seq")
                .fetch_all(&mut *db)
                .await
                .map_err(|error| self.unread(error))?;
        let mut streams: Vec<(WriterId, Vec<Stored>)> = Vec::new();
        for row in rows {
            let writer = WriterId(uuid::Uuid::from_slice(&row.writer).unwrap_or_default());
            let stored = self.stored(row)?;
            match streams.last_mut() {
                Some((last, stream)) if *last == writer => stream.push(stored),
                _ => streams.push((writer, vec![stored])),
            }
        }
        Ok(streams)
    }

    /// The last event of a stream: its header and hash.
    pub(super) async fn last_of(&self, db: &mut SqliteConnection, writer: WriterId) -> Result<Option<(Header, Digest)>> {
        self.placed(
            db,
            "select place, id, writer, subject, header, body, hash from event where writer = ? order by seq desc limit 1",
            writer,
            None,
        )
        .await
    }

    pub(super) async fn placed(
        &self,
        db: &mut SqliteConnection,
        sql: &'static str,
        writer: WriterId,
        seq: Option<i64>,
    ) -> Result<Option<(Header, Digest)>> {
        let mut query = sqlx::query_as(sql).bind(writer.0.as_bytes().to_vec());
        if let Some(seq) = seq {
            query = query.bind(seq);
        }
        let row: Option<Row> = query.fetch_optional(db).await.map_err(|error| self.unread(error))?;
        let Some(stored) = row.map(|row| self.stored(row)).transpose()? else { return Ok(None) };
        Ok(Some((stored.read_header()?, stored.hash)))
    }

    /// Takes in one event; says whether it is new.
    async fn take_in(&self, db: &mut SqliteConnection, stored: &Stored) -> Result<bool> {
        let header = stored.read_header()?;
        let Header { writer, seq, .. } = header;
        let here = "select place, id, writer, subject, header, body, hash from event where writer = ? and seq = ?";
        if let Some((_, hash)) = self.placed(db, here, writer, i64::try_from(seq).ok()).await? {
            return if hash == stored.hash { Ok(false) } else { Err(LibraryError::Forked { writer, seq }) };
        }
        let (expected, prev) = self.last_of(db, writer).await?.map_or((1, Digest::default()), |(last, hash)| (last.seq + 1, hash));
        if seq != expected {
            return Err(ChainError::Gap { writer, expected, found: seq }.into());
        }
        if header.prev != prev {
            return Err(ChainError::Broken { writer, seq }.into());
        }
        self.insert_event(db, &header, stored).await?;
        Ok(true)
    }
}
