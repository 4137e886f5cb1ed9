//! What preparing an answer found out, so that it plays at once.

use std::collections::HashMap;

use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use zeroize::Zeroizing;

use super::catalogue::id_of;
use super::open::Inner;
use super::person::MOST_AT_ONCE;
use super::seal::{About, Key};
use super::{Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest};

const PREPARED: &str = "earmark/prepared/1";

impl Library {
    /// Keeps what `step` made of the recording with this digest, in place of an earlier value.
    pub async fn keep_prepared(&self, candidate: CandidateId, recording: Digest, step: &str, value: &[u8]) -> Result<()> {
        let (inner, bytes) = (&*self.inner, value.len() as u64);
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        inner.write_prepared(&mut transaction, candidate, recording, step, value).await?;
        inner.commit(transaction, bytes).await
    }

    /// What `step` made of it, where that is known.
    pub async fn prepared(&self, candidate: CandidateId, recording: Digest, step: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let Some(key) = inner.person(&mut reader, candidate).await? else { return Ok(None) };
        let name = name(&key, recording, step);
        let sealed: Option<Vec<u8>> = sqlx::query_scalar("select sealed from prepared where name = ?")
            .bind(&name[..])
            .fetch_optional(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let Some(sealed) = sealed else { return Ok(None) };
        let damaged = || LibraryError::Damaged {
            what: format!("what was prepared of recording {}", recording.short()),
            path: inner.database(),
        };
        key.open(About(PREPARED, &[&name]), &sealed).map(Some).ok_or_else(damaged)
    }

    /// What `step` made of many recordings, told one by one with its place among those `wanted`, in no order.
    ///
    /// Where nothing is known of one, or what is known is damaged, nothing is told of it: it is measured again.
    pub async fn prepared_of_many(
        &self,
        wanted: &[(CandidateId, Digest)],
        step: &str,
        mut tell: impl FnMut(usize, &[u8]),
    ) -> Result<()> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let keys = inner.own_keys(&mut reader, wanted.iter().map(|(candidate, _)| *candidate)).await?;
        let named = wanted.iter().enumerate().filter_map(|(nth, (candidate, recording))| {
            let key = keys.get(candidate)?;
            Some((name(key, *recording, step), key, nth))
        });
        let mut named: Vec<([u8; 32], &Key, usize)> = named.collect();
        // As they lie in the database, so that each of its pages is read once.
        named.sort_unstable_by_key(|(name, ..)| *name);
        for some in named.chunks(MOST_AT_ONCE) {
            let mut query = QueryBuilder::<Sqlite>::new("select name, sealed from prepared where name in (");
            let mut list = query.separated(", ");
            some.iter().for_each(|(name, ..)| _ = list.push_bind(name.to_vec()));
            query.push(")");
            let rows: Vec<(Vec<u8>, Vec<u8>)> =
                query.build_query_as().fetch_all(&mut *reader).await.map_err(|error| inner.unread(error))?;
            let sealed: HashMap<&[u8], &[u8]> = rows.iter().map(|(name, sealed)| (&name[..], &sealed[..])).collect();
            for (name, key, nth) in some {
                let Some(sealed) = sealed.get(&name[..]) else { continue };
                match key.open(About(PREPARED, &[name]), sealed) {
                    Some(plain) => tell(*nth, &plain),
                    None => tracing::warn!(recording = %wanted[*nth].1.short(), "what was prepared of a recording is damaged"),
                }
            }
        }
        Ok(())
    }
}

impl Inner {
    /// Keeps what a step made within a transaction.
    pub(super) async fn write_prepared(
        &self,
        db: &mut SqliteConnection,
        candidate: CandidateId,
        recording: Digest,
        step: &str,
        value: &[u8],
    ) -> Result<()> {
        let key = self.person_or_new(db, candidate).await?;
        let name = name(&key, recording, step);
        sqlx::query(
            "insert into prepared (name, candidate, sealed) values (?, ?, ?) \
             on conflict (name) do update set sealed = excluded.sealed",
        )
        .bind(&name[..])
        .bind(candidate.0.as_bytes().as_slice())
        .bind(key.seal(About(PREPARED, &[&name]), value)?)
        .execute(db)
        .await
        .map(drop)
        .map_err(|error| self.failed(error, value.len() as u64))
    }
}

impl Library {
    /// How many values that steps made there are, and how many of them cannot be read any more.
    pub(super) async fn damaged_prepared(&self) -> Result<(usize, usize)> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let rows: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as("select name, candidate from prepared")
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let (looked_at, mut damaged) = (rows.len(), 0);
        for (name, candidate) in rows {
            // A person's key that is damaged is named by itself.
            let Ok(Some(key)) = inner.person(&mut reader, CandidateId(id_of(&candidate))).await else { continue };
            // One at a time: together they may be larger than what is to be held.
            let sealed: Option<Vec<u8>> = sqlx::query_scalar("select sealed from prepared where name = ?")
                .bind(&name)
                .fetch_optional(&mut *reader)
                .await
                .map_err(|error| inner.unread(error))?;
            damaged += usize::from(sealed.is_some_and(|sealed| key.open(About(PREPARED, &[&name]), &sealed).is_none()));
        }
        Ok((looked_at, damaged))
    }
}

impl Inner {
    /// Forgets what a step made of a recording.
    pub(super) async fn forget_prepared(&self, db: &mut SqliteConnection, key: &Key, recording: Digest, step: &str) -> Result<()> {
        let forgotten =
            sqlx::query("delete from prepared where name = ?").bind(name(key, recording, step).to_vec()).execute(db).await;
        forgotten.map(drop).map_err(|error| self.failed(error, 0))
    }
}

/// Where a value lies: says nothing to those without the person's key.
fn name(key: &Key, recording: Digest, step: &str) -> [u8; 32] {
    key.name(About(PREPARED, &[&recording.0, step.as_bytes()]))
}
