//! The rubrics that were attached to batches, as their authors wrote them.

use sqlx::SqliteConnection;

use super::open::Inner;
use super::{Library, LibraryError, Result};
use crate::interview::{Digest, Slug};

/// A rubric that the library keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RubricKept {
    /// The rubric's id.
    pub id: Slug,
    /// Its version, as its author writes it.
    pub version: String,
    /// What the numbers depend on.
    pub scoring_hash: Digest,
    /// Everything that is said in it.
    pub text_hash: Digest,
    /// The TOML as its author wrote it.
    pub source: String,
}

impl Library {
    /// Keeps a rubric's text; one with the same two hashes changes nothing.
    pub async fn keep_rubric(&self, rubric: &RubricKept) -> Result<()> {
        let (inner, bytes) = (&*self.inner, rubric.source.len() as u64);
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        inner.write_rubric(&mut transaction, rubric).await?;
        inner.commit(transaction, bytes).await
    }

    /// The rubric with these two hashes.
    pub async fn rubric(&self, scoring_hash: Digest, text_hash: Digest) -> Result<Option<RubricKept>> {
        let all = self.rubrics().await?;
        Ok(all.into_iter().find(|rubric| rubric.scoring_hash == scoring_hash && rubric.text_hash == text_hash))
    }

    /// All rubrics that were kept, the last first.
    pub async fn rubrics(&self) -> Result<Vec<RubricKept>> {
        let inner = &*self.inner;
        let rows: Vec<Row> = sqlx::query_as("select id, version, scoring_hash, text_hash, source from rubric order by place desc")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        rows.into_iter().map(|row| rubric(inner, row)).collect()
    }
}

impl Inner {
    /// Keeps a rubric's text within a transaction.
    pub(super) async fn write_rubric(&self, db: &mut SqliteConnection, rubric: &RubricKept) -> Result<()> {
        sqlx::query("insert or ignore into rubric (scoring_hash, text_hash, id, version, source) values (?, ?, ?, ?, ?)")
            .bind(&rubric.scoring_hash.0[..])
            .bind(&rubric.text_hash.0[..])
            .bind(rubric.id.as_str())
            .bind(&rubric.version)
            .bind(&rubric.source)
            .execute(db)
            .await
            .map(drop)
            .map_err(|error| self.failed(error, rubric.source.len() as u64))
    }
}

type Row = (String, String, Vec<u8>, Vec<u8>, String);

fn rubric(inner: &Inner, (id, version, scoring, text, source): Row) -> Result<RubricKept> {
    let damaged = || LibraryError::Damaged { what: "a rubric".into(), path: inner.database() };
    let digest = |bytes: Vec<u8>| bytes.try_into().map(Digest).map_err(|_| damaged());
    Ok(RubricKept {
        id: id.parse().map_err(|_| damaged())?,
        version,
        scoring_hash: digest(scoring)?,
        text_hash: digest(text)?,
        source,
    })
}
