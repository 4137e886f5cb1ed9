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
const GIST: &str = "earmark/gist/1";

impl Library {
    /// Keeps what `step` made of the recording with this digest, in place of an earlier value.
    pub async fn keep_prepared(&self, candidate: CandidateId, recording: Digest, step: &str, value: &[u8]) -> Result<()> {
        self.keep_prepared_and_gist(candidate, recording, step, value, None).await
    }

    /// The same with its gist: what of it is wanted of many recordings at once, by [`gists_of_many`](Library::gists_of_many).
    pub async fn keep_prepared_and_gist(
        &self,
        candidate: CandidateId,
        recording: Digest,
        step: &str,
        value: &[u8],
        gist: Option<&[u8]>,
    ) -> Result<()> {
        let (inner, bytes) = (&*self.inner, (value.len() + gist.map_or(0, <[u8]>::len)) as u64);
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        inner.write_prepared(&mut transaction, candidate, recording, step, value).await?;
        if let Some(gist) = gist {
            inner.write_gist(&mut transaction, candidate, recording, step, gist).await?;
        }
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

    /// The gists of what `step` made of many recordings, told one by one with its place among those `wanted`, in no order.
    ///
    /// Where none was kept, or it is damaged, the whole is told; where nothing is known of one, or that is damaged too, nothing is:
    /// it is measured again.
    pub async fn gists_of_many(
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
            Some(Named { name: name(key, *recording, step), key, nth })
        });
        let mut named: Vec<Named<'_>> = named.collect();
        // As they lie in the database, so that each of its pages is read once.
        named.sort_unstable_by_key(|one| one.name);
        let left = inner.tell_sealed(&mut reader, GISTS, named, &mut tell).await?;
        for Named { nth, .. } in inner.tell_sealed(&mut reader, WHOLES, left, &mut tell).await? {
            tracing::debug!(recording = %wanted[nth].1.short(), "nothing that can be read was prepared of a recording");
        }
        Ok(())
    }
}

/// A value that is looked for.
struct Named<'a> {
    name: [u8; 32],
    key: &'a Key,
    /// Its place among those wanted.
    nth: usize,
}

/// Where values lie: how a query for some of them begins, and what they are sealed as.
type Lying = (&'static str, &'static str);
const GISTS: Lying = ("select name, sealed from gist where name in (", GIST);
const WHOLES: Lying = ("select name, sealed from prepared where name in (", PREPARED);

impl Inner {
    /// Tells what lies there of those named; gives back the others, and those that are damaged.
    async fn tell_sealed<'a>(
        &self,
        db: &mut SqliteConnection,
        (select, sealed_as): Lying,
        named: Vec<Named<'a>>,
        tell: &mut impl FnMut(usize, &[u8]),
    ) -> Result<Vec<Named<'a>>> {
        let mut left = Vec::new();
        let mut named = named.into_iter().peekable();
        while named.peek().is_some() {
            let some: Vec<Named<'a>> = named.by_ref().take(MOST_AT_ONCE).collect();
            let mut query = QueryBuilder::<Sqlite>::new(select);
            let mut list = query.separated(", ");
            some.iter().for_each(|one| _ = list.push_bind(one.name.to_vec()));
            query.push(")");
            let rows: Vec<(Vec<u8>, Vec<u8>)> =
                query.build_query_as().fetch_all(&mut *db).await.map_err(|error| self.unread(error))?;
            let sealed: HashMap<&[u8], &[u8]> = rows.iter().map(|(name, sealed)| (&name[..], &sealed[..])).collect();
            for one in some {
                let sealed = sealed.get(&one.name[..]);
                match sealed.and_then(|sealed| one.key.open(About(sealed_as, &[&one.name]), sealed)) {
                    Some(plain) => tell(one.nth, &plain),
                    None => left.push(one),
                }
            }
        }
        Ok(left)
    }
}

impl Inner {
    /// Keeps what a step made within a transaction; the gist of what it made before is none of it.
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
        let failed = |error| self.failed(error, value.len() as u64);
        sqlx::query(
            "insert into prepared (name, candidate, sealed) values (?, ?, ?) \
             on conflict (name) do update set sealed = excluded.sealed",
        )
        .bind(&name[..])
        .bind(candidate.0.as_bytes().as_slice())
        .bind(key.seal(About(PREPARED, &[&name]), value)?)
        .execute(&mut *db)
        .await
        .map_err(failed)?;
        sqlx::query("delete from gist where name = ?").bind(&name[..]).execute(db).await.map(drop).map_err(failed)
    }

    async fn write_gist(
        &self,
        db: &mut SqliteConnection,
        candidate: CandidateId,
        recording: Digest,
        step: &str,
        gist: &[u8],
    ) -> Result<()> {
        let key = self.person_or_new(db, candidate).await?;
        let name = name(&key, recording, step);
        sqlx::query("insert into gist (name, candidate, sealed) values (?, ?, ?)")
            .bind(&name[..])
            .bind(candidate.0.as_bytes().as_slice())
            .bind(key.seal(About(GIST, &[&name]), gist)?)
            .execute(db)
            .await
            .map(drop)
            .map_err(|error| self.failed(error, gist.len() as u64))
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
        let name = name(key, recording, step);
        for forget in ["delete from prepared where name = ?", "delete from gist where name = ?"] {
            sqlx::query(forget).bind(&name[..]).execute(&mut *db).await.map_err(|error| self.failed(error, 0))?;
        }
        Ok(())
    }
}

/// Where a value lies: says nothing to those without the person's key.
fn name(key: &Key, recording: Digest, step: &str) -> [u8; 32] {
    key.name(About(PREPARED, &[&recording.0, step.as_bytes()]))
}
