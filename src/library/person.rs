//! A key for each person, wrapped by the library's key.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::catalogue::id_of;
use super::open::Inner;
use super::seal::{About, Key};
use super::{LibraryError, Result};
use crate::interview::{BatchId, CandidateId, Digest};

const WRAPPED: &str = "earmark/person-key/1";

/// How many things one question to the database asks for by their names.
pub(super) const MOST_AT_ONCE: usize = 256;

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

    /// The keys under which this library writes about candidates; those that have none, or none any more, are left out.
    pub(super) async fn own_keys(
        &self,
        db: &mut SqliteConnection,
        candidates: impl IntoIterator<Item = CandidateId>,
    ) -> Result<HashMap<CandidateId, Key>> {
        let candidates: Vec<CandidateId> = candidates.into_iter().collect::<HashSet<_>>().into_iter().collect();
        let mut keys = HashMap::with_capacity(candidates.len());
        for some in candidates.chunks(MOST_AT_ONCE) {
            let mut query =
                QueryBuilder::<Sqlite>::new("select candidate, id, wrapped from person_key where own = 1 and candidate in (");
            let mut list = query.separated(", ");
            some.iter().for_each(|candidate| _ = list.push_bind(candidate.0.as_bytes().to_vec()));
            query.push(")");
            let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
                query.build_query_as().fetch_all(&mut *db).await.map_err(|error| self.unread(error))?;
            for (candidate, id, wrapped) in rows {
                let candidate = CandidateId(id_of(&candidate));
                keys.insert(candidate, self.unwrap(candidate, &id, &wrapped)?);
            }
        }
        Ok(keys)
    }

    pub(super) async fn is_erased(&self, db: &mut SqliteConnection, candidate: CandidateId) -> Result<bool> {
        sqlx::query_scalar("select exists (select 1 from erased where candidate = ?)")
            .bind(candidate.0.as_bytes().as_slice())
            .fetch_one(db)
            .await
            .map_err(|error| self.unread(error))
    }

    /// Which of these candidates were erased here.
    pub(super) async fn erased_of(
        &self,
        db: &mut SqliteConnection,
        candidates: impl IntoIterator<Item = CandidateId>,
    ) -> Result<HashSet<CandidateId>> {
        let candidates: Vec<CandidateId> = candidates.into_iter().collect();
        let mut erased = HashSet::new();
        for some in candidates.chunks(MOST_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new("select candidate from erased where candidate in (");
            let mut list = query.separated(", ");
            some.iter().for_each(|candidate| _ = list.push_bind(candidate.0.as_bytes().to_vec()));
            query.push(")");
            let rows: Vec<Vec<u8>> = query.build_query_scalar().fetch_all(&mut *db).await.map_err(|error| self.unread(error))?;
            erased.extend(rows.iter().map(|id| CandidateId(id_of(id))));
        }
        Ok(erased)
    }

    /// Wraps and keeps a key; the same key again changes nothing.
    pub(super) async fn insert_key(&self, db: &mut SqliteConnection, candidate: CandidateId, key: &Key, own: bool) -> Result<()> {
        self.insert_keys(db, &[(candidate, key.clone())], own).await
    }

    /// The same for several.
    pub(super) async fn insert_keys(&self, db: &mut SqliteConnection, keys: &[(CandidateId, Key)], own: bool) -> Result<()> {
        for some in keys.chunks(MOST_AT_ONCE) {
            let mut rows = Vec::with_capacity(some.len());
            for (candidate, key) in some {
                let id = Digest::of_all(&[b"earmark/person-key-id/1", key.bytes()]);
                let about: [&[u8]; 2] = [candidate.0.as_bytes(), &id.0];
                rows.push((candidate, id, self.key.seal(About(WRAPPED, &about), key.bytes())?));
            }
            let mut query = QueryBuilder::<Sqlite>::new("insert or ignore into person_key (candidate, id, own, wrapped) ");
            query.push_values(rows, |mut row, (candidate, id, wrapped)| {
                row.push_bind(candidate.0.as_bytes().to_vec()).push_bind(id.0.to_vec()).push_bind(own).push_bind(wrapped);
            });
            query.build().execute(&mut *db).await.map_err(|error| self.failed(error, 0))?;
        }
        Ok(())
    }

    pub(super) fn unwrap(&self, candidate: CandidateId, id: &[u8], wrapped: &[u8]) -> Result<Key> {
        let damaged = || LibraryError::Damaged { what: format!("the key of candidate {candidate}"), path: self.database() };
        let bytes = self.key.open(About(WRAPPED, &[candidate.0.as_bytes(), id]), wrapped).ok_or_else(damaged)?;
        Key::from_slice(&bytes).ok_or_else(damaged)
    }
}

/// Keys that were needed once in a piece of work and may be needed again in it; dropped with it.
#[derive(Default)]
pub(super) struct Keys(HashMap<CandidateId, Vec<Key>>);

impl Keys {
    /// The keys of everyone whom the events of a batch concern.
    pub(super) async fn of_all_in(inner: &Inner, db: &mut SqliteConnection, batch: BatchId) -> Result<Keys> {
        let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> = sqlx::query_as(
            "select candidate, id, wrapped from person_key \
             where candidate in (select subject from event where batch = ?) order by own desc",
        )
        .bind(batch.0.as_bytes().as_slice())
        .fetch_all(db)
        .await
        .map_err(|error| inner.unread(error))?;
        let mut keys = Keys::default();
        for (candidate, id, wrapped) in rows {
            let candidate = CandidateId(id_of(&candidate));
            keys.0.entry(candidate).or_default().push(inner.unwrap(candidate, &id, &wrapped)?);
        }
        Ok(keys)
    }

    /// All keys of a candidate; none once the person was erased.
    pub(super) async fn of(&mut self, inner: &Inner, db: &mut SqliteConnection, candidate: CandidateId) -> Result<&[Key]> {
        match self.0.entry(candidate) {
            Entry::Occupied(entry) => Ok(entry.into_mut()),
            Entry::Vacant(entry) => Ok(entry.insert(inner.keys_of(db, candidate).await?)),
        }
    }
}
