//! A key for each person, wrapped by the library's key.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sqlx::SqliteConnection;

use super::open::Inner;
use super::seal::{About, Key};
use super::{LibraryError, Result};
use crate::interview::{CandidateId, Digest};

const WRAPPED: &str = "earmark/person-key/1";

impl Inner {
    /// The key under which this library writes about a candidate; `None` where there is none, or none any more.
    pub(super) async fn person(&self, db: &mut SqliteConnection, candidate: CandidateId) -> Result<Option<Key>> {
        let row: Option<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select id, wrapped from person_key where candidate = ? and own = 1")
            .bind(candidate.0.as_bytes().as_slice())
            .fetch_optional(db)
            .await
            .map_err(|error| self.unread(error))?;
        row.map(|(id, wrapped)| self.unwrap(candidate, &id, &wrapped)).transpose()
    }

    /// The same inside a writing transaction: made at first use, refused once the person was erased.
    pub(super) async fn person_or_new(&self, db: &mut SqliteConnection, candidate: CandidateId) -> Result<Key> {
        if let Some(key) = self.person(db, candidate).await? {
            return Ok(key);
        }
        if self.is_erased(db, candidate).await? {
            return Err(LibraryError::Erased(candidate));
        }
        let key = Key::generate()?;
        self.insert_key(db, candidate, &key, true).await?;
        Ok(key)
    }

    /// All keys under which something about a candidate may be written, this library's own first.
    pub(super) async fn keys_of(&self, db: &mut SqliteConnection, candidate: CandidateId) -> Result<Vec<Key>> {
        let rows: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("select id, wrapped from person_key where candidate = ? order by own desc")
                .bind(candidate.0.as_bytes().as_slice())
                .fetch_all(db)
                .await
                .map_err(|error| self.unread(error))?;
        rows.iter().map(|(id, wrapped)| self.unwrap(candidate, id, wrapped)).collect()
    }

    pub(super) async fn is_erased(&self, db: &mut SqliteConnection, candidate: CandidateId) -> Result<bool> {
        sqlx::query_scalar("select exists (select 1 from erased where candidate = ?)")
            .bind(candidate.0.as_bytes().as_slice())
            .fetch_one(db)
            .await
            .map_err(|error| self.unread(error))
    }

    /// Wraps and keeps a key; the same key again changes nothing.
    pub(super) async fn insert_key(&self, db: &mut SqliteConnection, candidate: CandidateId, key: &Key, own: bool) -> Result<()> {
        let id = Digest::of_all(&[b"earmark/person-key-id/1", key.bytes()]);
        let about: [&[u8]; 2] = [candidate.0.as_bytes(), &id.0];
        let wrapped = self.key.seal(About(WRAPPED, &about), key.bytes())?;
        sqlx::query("insert or ignore into person_key (candidate, id, own, wrapped) values (?, ?, ?, ?)")
            .bind(candidate.0.as_bytes().as_slice())
            .bind(&id.0[..])
            .bind(own)
            .bind(wrapped)
            .execute(db)
            .await
            .map(drop)
            .map_err(|error| self.failed(error, 0))
    }

    fn unwrap(&self, candidate: CandidateId, id: &[u8], wrapped: &[u8]) -> Result<Key> {
        let damaged = || LibraryError::Damaged { what: format!("the key of candidate {candidate}"), path: self.database() };
        let bytes = self.key.open(About(WRAPPED, &[candidate.0.as_bytes(), id]), wrapped).ok_or_else(damaged)?;
        Key::from_slice(&bytes).ok_or_else(damaged)
    }
}

/// Keys that were needed once in a piece of work and may be needed again in it; dropped with it.
#[derive(Default)]
pub(super) struct Keys(HashMap<CandidateId, Vec<Key>>);

impl Keys {
    /// All keys of a candidate; none once the person was erased.
    pub(super) async fn of(&mut self, inner: &Inner, db: &mut SqliteConnection, candidate: CandidateId) -> Result<&[Key]> {
        match self.0.entry(candidate) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(inner.keys_of(db, candidate).await?)),
        }
    }
}
