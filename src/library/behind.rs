//! Where what is known of a batch stands in the order, so that what is done next stands behind it whatever the clocks say.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use super::open::Inner;
use super::{LibraryError, Result};
use crate::interview::{BatchId, WriterId};
use crate::journal::Header;

/// The latest of each stream's events on one batch, as far as a place of the journal.
#[derive(Clone, Default)]
pub(super) struct Seen {
    place: i64,
    stands: BTreeMap<WriterId, Timestamp>,
}

/// What was seen of each batch, and of what concerns none.
pub(super) type AllSeen = Mutex<HashMap<Option<BatchId>, Seen>>;

impl Seen {
    /// What an event of a stream stands behind that is done at that time.
    pub(super) fn behind(&self, at: Timestamp, writer: WriterId) -> Option<Timestamp> {
        crate::journal::behind(at, writer, self.stands.iter().map(|(writer, stands)| (*writer, *stands)))
    }

    /// Takes in one more event.
    pub(super) fn add(&mut self, header: &Header) {
        let latest = self.stands.entry(header.writer).or_insert(Timestamp::MIN);
        *latest = header.stands().max(*latest);
    }
}

impl Inner {
    /// What is known of a batch now, with what this transaction has written.
    pub(super) async fn seen(&self, db: &mut SqliteConnection, batch: Option<BatchId>) -> Result<Seen> {
        let mut seen = self.all_seen.lock().ok().and_then(|all| all.get(&batch).cloned()).unwrap_or_default();
        let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as("select place, header from event where batch is ? and place > ?")
            .bind(batch.map(|batch| batch.0.as_bytes().to_vec()))
            .bind(seen.place)
            .fetch_all(&mut *db)
            .await
            .map_err(|error| self.unread(error))?;
        for (place, header) in rows {
            let damaged = |_| LibraryError::Damaged {
                what: format!("an event of the journal (its envelope at place {place})"),
                path: self.database(),
            };
            seen.add(&serde_json::from_slice(&header).map_err(damaged)?);
            seen.place = place.max(seen.place);
        }
        Ok(seen)
    }

    /// Keeps it for the next time; before a transaction writes, since it may fail.
    pub(super) async fn remember_seen(&self, db: &mut SqliteConnection, batch: Option<BatchId>) -> Result<()> {
        let seen = self.seen(db, batch).await?;
        if let Ok(mut all) = self.all_seen.lock() {
            all.insert(batch, seen);
        }
        Ok(())
    }
}
