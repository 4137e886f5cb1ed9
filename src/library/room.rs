//! Keeping the vault within a bound: which recordings can be fetched again, and awaiting them once more.

use std::path::PathBuf;

use sqlx::SqliteConnection;

use super::open::Inner;
use super::put_away::within;
use super::seal::{About, Key};
use super::vault::{self, Shelf};
use super::{Awaited, AwaitedFor, Content, Library, LibraryError, Result};
use crate::interview::{Answer, BatchId, Digest};

const FETCHED: &str = "earmark/fetched/1";

/// A recording that is here and can be fetched again.
#[derive(Clone, PartialEq, Debug)]
pub struct Fetchable {
    /// The configured source that it came from.
    pub source: String,
    /// As it was awaited.
    pub file: Awaited,
    /// What it hashes to.
    pub digest: Digest,
    /// Bytes, as it lies on disk; none where it was put away.
    pub bytes: Option<u64>,
}

impl Library {
    /// Bytes of everything in the vault, as it lies on disk.
    pub async fn vault_bytes(&self) -> Result<u64> {
        let folder = self.inner.folder.clone();
        super::object::blocking(move || {
            let size = |file: PathBuf| std::fs::metadata(folder.join(file)).map_or(0, |meta| meta.len());
            Ok(vault::files(&folder)?.into_iter().map(size).sum())
        })
        .await
    }

    /// The recordings that came from a source and can be asked for again.
    pub async fn fetchable(&self) -> Result<Vec<Fetchable>> {
        let inner = &*self.inner;
        let rows: Vec<(String, String, Vec<u8>)> = sqlx::query_as("select path, source, sealed from fetched order by path")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        let damaged = || LibraryError::Damaged { what: "where recordings came from".into(), path: inner.database() };
        let mut all = Vec::with_capacity(rows.len());
        for (path, source, sealed) in rows {
            let plain = inner.key.open(About(FETCHED, &[path.as_bytes()]), &sealed);
            let file: Awaited = plain.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(damaged)?;
            let Some(digest) = file.answer.as_ref().and_then(|answer| answer.media.as_ref()?.digest) else { continue };
            let bytes = std::fs::metadata(inner.folder.join(&path)).ok().map(|meta| meta.len());
            all.push(Fetchable { source, file, digest, bytes });
        }
        Ok(all)
    }

    /// Awaits the recordings of a batch again that were put away to make room, are lost, or are damaged: each that is here is opened for
    /// that. Returns how many.
    pub async fn await_again(&self, batch: BatchId) -> Result<usize> {
        let mut again = Vec::new();
        for one in self.fetchable().await?.into_iter().filter(|one| one.file.batch == batch) {
            let is_away = self.why_away(one.file.candidate, Content::Recording, one.digest).await? == Some(super::WhyAway::Room);
            if is_away || self.is_lost(&one).await? || self.is_damaged(&one).await? {
                again.push(one);
            }
        }
        self.await_these(again).await
    }

    /// Awaits the recordings of a source again whose files are gone and were not put away; returns how many.
    pub async fn await_lost(&self, source: &str) -> Result<usize> {
        let mut lost = Vec::new();
        for one in self.fetchable().await?.into_iter().filter(|one| one.source == source && one.bytes.is_none()) {
            if self.is_lost(&one).await? {
                lost.push(one);
            }
        }
        self.await_these(lost).await
    }

    async fn is_lost(&self, one: &Fetchable) -> Result<bool> {
        let (candidate, digest) = (one.file.candidate, one.digest);
        let is_gone = one.bytes.is_none() && self.why_away(candidate, Content::Recording, digest).await?.is_none();
        Ok(is_gone && self.is_current(one).await?)
    }

    async fn is_damaged(&self, one: &Fetchable) -> Result<bool> {
        if one.bytes.is_none() || !self.is_current(one).await? {
            return Ok(false);
        }
        match self.get(one.file.candidate, Content::Recording, one.digest).await {
            Ok(_) => Ok(false),
            Err(LibraryError::Damaged { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Whether it is the recording that its answer has now: the source does not have an earlier one any more.
    async fn is_current(&self, one: &Fetchable) -> Result<bool> {
        let AwaitedFor::Recording(answer) = one.file.of else { return Ok(false) };
        match self.submission_of(answer).await {
            Ok((submission, place)) => {
                let media = submission.answers[place].media.as_ref();
                Ok(media.and_then(|media| media.digest) == Some(one.digest))
            }
            Err(LibraryError::NotKept { .. } | LibraryError::Erased(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn await_these(&self, all: Vec<Fetchable>) -> Result<usize> {
        if all.is_empty() {
            return Ok(0);
        }
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, all.len() as u64 * 512).await?;
        for some in all.chunk_by(|a, b| a.source == b.source) {
            inner.await_all(&mut transaction, &some[0].source, some.iter().map(|one| &one.file)).await?;
        }
        inner.commit(transaction, all.len() as u64 * 512).await?;
        Ok(all.len())
    }
}

impl Inner {
    /// Notes where the recording of an answer came from, while it is still awaited; and that it is not put away any more.
    pub(super) async fn note_fetched(&self, db: &mut SqliteConnection, key: &Key, file: &Awaited, answer: &Answer) -> Result<()> {
        let AwaitedFor::Recording(_) = file.of else { return Ok(()) };
        let Some(digest) = answer.media.as_ref().and_then(|media| media.digest).filter(|_| answer.state.is_reviewable()) else {
            return Ok(());
        };
        let shelf = Shelf::new(&self.folder, file.candidate, Key::new(key.bytes()));
        let path = within(&self.folder, &shelf.path(Content::Recording, digest));
        let noted = Awaited { answer: Some(answer.clone()), ..file.clone() };
        let plain = serde_json::to_vec(&noted).expect("it has only string keys");
        let sealed = self.key.seal(About(FETCHED, &[path.as_bytes()]), &plain)?;
        sqlx::query(
            "insert or replace into fetched (path, source, batch, candidate, sealed) \
             select ?, source, batch, candidate, ? from awaited where name = ?",
        )
        .bind(&path)
        .bind(sealed)
        .bind(file.key())
        .execute(&mut *db)
        .await
        .map_err(|error| self.failed(error, 0))?;
        let forgotten = sqlx::query("delete from put_away where path = ?").bind(&path).execute(&mut *db).await;
        forgotten.map(drop).map_err(|error| self.failed(error, 0))
    }
}
