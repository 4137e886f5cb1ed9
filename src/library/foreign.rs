//! Taking in what others wrote, in pieces and in any order; and leaving a stream that two libraries write to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::exchange::new_writer;
use super::open::Inner;
use super::stream::{Row, Taken, ahead};
use super::{Library, LibraryError, Result};
use crate::interview::{BatchId, Digest, EventId, WriterId};
use crate::journal::{ChainError, Header, Run, Stored};

/// Where the latest on each batch stands, and of what concerns none.
type Latest = BTreeMap<Option<BatchId>, Timestamp>;

const HERE: &str = "select place, id, writer, subject, header, body, hash from event where writer = ? and seq = ?";

impl Library {
    /// Takes in a piece of another one's stream, all or none. What stands before and after it may be missing; where it is here,
    /// the chain must hold. That it is the author's own was checked before, by a signature.
    ///
    /// Where the author `moves` events, what is here of another stream of the author's goes to where it stands now: a copied library left
    /// the stream to the other copy. Whoever judges is not believed that, since a seal knows events by where they stand.
    pub async fn take_in(&self, run: &Run, moves: bool) -> Result<Taken> {
        let inner = &*self.inner;
        let bytes = run.verify()?.iter().map(|(_, stored)| stored.body.len() as u64).sum();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        if moves {
            inner.make_way(&mut transaction, run).await?;
        }
        let taken = inner.take_run(&mut transaction, run).await?;
        if taken.new > 0 {
            inner.commit(transaction, bytes).await?;
        }
        Ok(taken)
    }

    /// Leaves a stream to another library that goes on with it, because one of the two is a copy of the other: what was written here
    /// from a number on moves to a stream of its own, in which also everything after it is written.
    pub async fn leave_stream(&self, writer: WriterId, from: u64) -> Result<WriterId> {
        let inner = &*self.inner;
        let author = self.author.ok_or(LibraryError::NoAuthor)?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        let other = new_writer()?;
        let rows: Vec<Row> = sqlx::query_as(
            "select place, id, writer, subject, header, body, hash from event where writer = ? and seq >= ? order by seq",
        )
        .bind(writer.0.as_bytes().as_slice())
        .bind(i64::try_from(from).unwrap_or(i64::MAX))
        .fetch_all(&mut *transaction)
        .await
        .map_err(|error| inner.unread(error))?;
        let mut prev = Digest::default();
        // In the stream that is left they stood behind what came before of the same batch, whatever their clock said.
        let since = inner.latest_before(&mut transaction, writer, from).await?;
        for (seq, row) in (1..).zip(rows) {
            let place = row.place;
            let stored = inner.stored(row)?;
            let header = stored.read_header()?;
            let after = since.get(&header.batch).copied().max(header.after).filter(|after| *after > header.at);
            let header = Header { writer: other, seq, prev, after, ..header };
            let gone = sqlx::query("delete from event where place = ?").bind(place).execute(&mut *transaction).await;
            gone.map_err(|error| inner.failed(error, 0))?;
            // The body is under a key that knows the event's id, which stays.
            let moved = Stored::new(&header, stored.body);
            inner.insert_event(&mut transaction, &header, &moved).await?;
            prev = moved.hash;
        }
        for sql in ["delete from own_writer where writer = ?", "delete from past_writer where writer = ?"] {
            let gone = sqlx::query(sql).bind(writer.0.as_bytes().as_slice()).execute(&mut *transaction).await;
            gone.map_err(|error| inner.failed(error, 0))?;
        }
        // Where this library writes to yet another stream, the moved events are only published further.
        for sql in [
            "insert or ignore into past_writer (author, writer) select ?1, ?2 where exists (select 1 from own_writer where author = ?1)",
            "insert or ignore into own_writer (author, writer) values (?1, ?2)",
        ] {
            sqlx::query(sql)
                .bind(author.0.as_bytes().as_slice())
                .bind(other.0.as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        inner.commit(transaction, 0).await?;
        Ok(other)
    }
}

impl Inner {
    /// Where the latest of a stream on each batch stands that comes before a number.
    async fn latest_before(&self, db: &mut SqliteConnection, writer: WriterId, from: u64) -> Result<Latest> {
        let rows: Vec<Row> =
            sqlx::query_as("select place, id, writer, subject, header, body, hash from event where writer = ? and seq < ?")
                .bind(writer.0.as_bytes().as_slice())
                .bind(i64::try_from(from).unwrap_or(i64::MAX))
                .fetch_all(db)
                .await
                .map_err(|error| self.unread(error))?;
        let mut latest = Latest::new();
        for row in rows {
            let header = self.stored(row)?.read_header()?;
            let of = latest.entry(header.batch).or_insert(Timestamp::MIN);
            *of = header.stands().max(*of);
        }
        Ok(latest)
    }

    /// Takes in a piece of another one's stream within a transaction.
    pub(super) async fn take_run(&self, db: &mut SqliteConnection, run: &Run) -> Result<Taken> {
        let mut taken = Taken::default();
        self.follows(db, run).await?;
        for (header, stored) in run.verify()? {
            match self.take_in_anywhere(db, &header, stored).await? {
                true => taken.add(Taken { new: 1, known: 0, ahead: ahead(header.at, (self.clock)()) }),
                false => taken.known += 1,
            }
        }
        Ok(taken)
    }

    /// Whether the piece fits to what stands right before and right after it.
    async fn follows(&self, db: &mut SqliteConnection, run: &Run) -> Result<()> {
        let writer = run.writer;
        if run.first == 1 && run.prev != Digest::default() {
            return Err(ChainError::Broken { writer, seq: 1 }.into());
        }
        let numbers = (run.first..).zip(run.links.iter().map(crate::journal::Link::hash));
        for (seq, hash) in std::iter::once((run.first - 1, run.prev)).chain(numbers) {
            let here = self.placed(db, HERE, writer, i64::try_from(seq).ok()).await?;
            if here.is_some_and(|(_, known)| known != hash) {
                return Err(LibraryError::Forked { writer, seq });
            }
        }
        let after = self.placed(db, HERE, writer, i64::try_from(run.last() + 1).ok()).await?;
        match after {
            Some((header, _)) if header.prev != run.last_hash() => Err(LibraryError::Forked { writer, seq: header.seq }),
            _ => Ok(()),
        }
    }

    /// Takes in one event wherever it stands; says whether it is new.
    async fn take_in_anywhere(&self, db: &mut SqliteConnection, header: &Header, stored: &Stored) -> Result<bool> {
        let Header { writer, id, .. } = *header;
        if self.placed(db, HERE, writer, i64::try_from(header.seq).ok()).await?.is_some() {
            return Ok(false);
        }
        if self.with_id(db, id).await?.is_some() {
            return Err(LibraryError::Doubled { writer, id });
        }
        self.insert_event(db, header, stored).await?;
        Ok(true)
    }

    /// Removes from where it stood what stands in another stream of its author's now, and comes with this piece.
    pub(super) async fn make_way(&self, db: &mut SqliteConnection, run: &Run) -> Result<()> {
        for (header, stored) in run.verify()? {
            if let Some((place, known)) = self.with_id(db, header.id).await?
                && is_moved(&known, &header, stored)?
            {
                let gone = sqlx::query("delete from event where place = ?").bind(place).execute(&mut *db).await;
                gone.map_err(|error| self.failed(error, 0))?;
            }
        }
        Ok(())
    }

    /// The event with an id, and its place on this disk.
    async fn with_id(&self, db: &mut SqliteConnection, id: EventId) -> Result<Option<(i64, Stored)>> {
        let row: Option<Row> = sqlx::query_as("select place, id, writer, subject, header, body, hash from event where id = ?")
            .bind(id.0.as_bytes().as_slice())
            .fetch_optional(db)
            .await
            .map_err(|error| self.unread(error))?;
        row.map(|row| Ok((row.place, self.stored(row)?))).transpose()
    }
}

/// Whether it is the same act of the same author in another of the author's streams: a library that left a stream to a copy changes
/// place and time of what it moves, and nothing else.
fn is_moved(known: &Stored, header: &Header, stored: &Stored) -> Result<bool> {
    let before = known.read_header()?;
    let Header { writer, seq, prev, at, after, .. } = *header;
    Ok(before.writer != writer && Header { writer, seq, prev, at, after, ..before } == *header && known.body == stored.body)
}
