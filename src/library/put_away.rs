//! Recordings that are not in the vault on purpose: their date had passed, or there was no room and they can be fetched again.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::journal::Parts;
use super::object::blocking;
use super::{Content, Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest};
use crate::journal::Draft;

/// Why something is not in the vault on purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyAway {
    /// There was no room, and it can be fetched again.
    Room,
    /// Its date had passed, or the last day of the hand-off that it came with.
    Date,
}

impl WhyAway {
    /// What became of it.
    pub(super) fn in_words(self) -> &'static str {
        match self {
            WhyAway::Room => "was put away to make room; `earmark fetch --again` brings it back",
            WhyAway::Date => "was removed because its date had passed; what was judged of it stays",
        }
    }

    fn word(self) -> &'static str {
        match self {
            WhyAway::Room => "room",
            WhyAway::Date => "date",
        }
    }
}

/// What was put away of one recording.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, serde::Serialize)]
pub struct Away {
    /// Files.
    pub files: usize,
    /// Bytes, as they lay on disk.
    pub bytes: u64,
}

impl Library {
    /// Takes recordings and documents of a person out of the vault for good reason, and notes that it was on purpose. What is not
    /// there is passed over. What `steps` made of them goes with them, and the receipts are the author's next events.
    ///
    /// It is noted before it is removed, so that a kill between leaves nothing that looks lost.
    pub async fn put_away_of(
        &self,
        candidate: CandidateId,
        what: &[(Content, Digest)],
        why: WhyAway,
        steps: &[&str],
        receipts: Vec<Draft>,
    ) -> Result<Away> {
        let inner = &*self.inner;
        let Some(shelf) = self.shelf(candidate).await? else { return Ok(Away::default()) };
        let there: Vec<PathBuf> =
            what.iter().map(|(content, digest)| shelf.path(*content, *digest)).filter(|path| path.exists()).collect();
        if there.is_empty() {
            return Ok(Away::default());
        }
        let now = (inner.clock)();
        let parts: Vec<_> = receipts.into_iter().map(|draft| (now, Parts::of(draft))).collect();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for path in &there {
            sqlx::query("insert or replace into put_away (path, candidate, why, at) values (?, ?, ?, ?)")
                .bind(within(&inner.folder, path))
                .bind(candidate.0.as_bytes().as_slice())
                .bind(why.word())
                .bind(now.to_string())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        for (_, digest) in what {
            for step in steps {
                inner.forget_prepared(&mut transaction, &shelf.key, *digest, step).await?;
            }
        }
        if !parts.is_empty() {
            let author = self.author.ok_or(LibraryError::NoAuthor)?;
            inner.write_parts(&mut transaction, author, None, parts).await?;
        }
        inner.renew_all_of(&mut transaction, candidate).await?;
        inner.commit(transaction, 0).await?;
        blocking(move || {
            let mut away = Away::default();
            for path in &there {
                let bytes = fs::metadata(path).map_or(0, |meta| meta.len());
                match fs::remove_file(path) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(LibraryError::io("remove", path, error)),
                    _ => (away.files, away.bytes) = (away.files + 1, away.bytes + bytes),
                }
            }
            Ok(away)
        })
        .await
    }

    /// The files that are not there on purpose, from the library's folder on.
    pub async fn put_away(&self) -> Result<BTreeSet<PathBuf>> {
        let rows: Vec<String> = sqlx::query_scalar("select path from put_away")
            .fetch_all(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(rows.into_iter().map(PathBuf::from).collect())
    }

    /// Why something of a person is not in the vault; none where it is there, or was never put away.
    pub async fn why_away(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<Option<WhyAway>> {
        let Some(path) = self.object_path(candidate, content, digest).await?.filter(|path| !path.exists()) else {
            return Ok(None);
        };
        let why: Option<String> = sqlx::query_scalar("select why from put_away where path = ?")
            .bind(within(&self.inner.folder, &path))
            .fetch_optional(&mut *self.inner.reader().await?)
            .await
            .map_err(|error| self.inner.unread(error))?;
        Ok(why.map(|why| if why == "date" { WhyAway::Date } else { WhyAway::Room }))
    }
}

/// A path from the library's folder on, as text: the vault's names have nothing else in them.
pub(super) fn within(library: &Path, path: &Path) -> String {
    path.strip_prefix(library).unwrap_or(path).to_string_lossy().into_owned()
}
