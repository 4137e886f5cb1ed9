//! What sources say they have deleted: kept until it is erased here, so that what had to wait is not forgotten.

use std::collections::BTreeSet;

use super::catalogue::id_of;
use super::person::MOST_AT_ONCE;
use super::{Library, Result};
use crate::interview::{BatchId, CandidateId};

/// Someone who is here, and whom the source of a batch has deleted.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Deletion {
    /// The batch of which the source said it.
    pub batch: BatchId,
    /// Who.
    pub candidate: CandidateId,
    /// The configured source of that batch; none where it was imported by hand.
    pub source: Option<String>,
}

const FORGET: [&str; 3] = [
    "delete from deletion where candidate = ?",
    "delete from awaited where candidate = ?",
    "delete from fetched where candidate = ?",
];

impl Library {
    /// Notes whom a batch's source says that it has deleted, of those who are in that batch here and were not erased; and takes back what
    /// was noted of those whom it shows.
    pub async fn note_deletions(&self, batch: BatchId, deleted: &[CandidateId], shown: &[CandidateId]) -> Result<()> {
        let inner = &*self.inner;
        let noted: BTreeSet<CandidateId> =
            self.deletions().await?.into_iter().filter(|one| one.batch == batch).map(|one| one.candidate).collect();
        let back: Vec<&CandidateId> = shown.iter().filter(|one| noted.contains(one) && !deleted.contains(one)).collect();
        let new: Vec<&CandidateId> = deleted.iter().filter(|one| !noted.contains(one)).collect();
        if back.is_empty() && new.is_empty() {
            return Ok(());
        }
        let now = (inner.clock)().to_string();
        let bytes = new.len() as u64 * 64;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, bytes).await?;
        for candidate in back {
            sqlx::query("delete from deletion where batch = ? and candidate = ?")
                .bind(batch.0.as_bytes().as_slice())
                .bind(candidate.0.as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, bytes))?;
        }
        for candidate in new {
            sqlx::query(
                "insert or ignore into deletion (batch, candidate, said_at) select batch, candidate, ? from submission \
                 where batch = ? and candidate = ? and candidate not in (select candidate from erased)",
            )
            .bind(&now)
            .bind(batch.0.as_bytes().as_slice())
            .bind(candidate.0.as_bytes().as_slice())
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, bytes))?;
        }
        inner.commit(transaction, bytes).await
    }

    /// Of some people, those who are in this batch here and were not erased.
    pub async fn still_here(&self, batch: BatchId, people: &[CandidateId]) -> Result<Vec<CandidateId>> {
        let inner = &*self.inner;
        let mut reader = inner.reader().await?;
        let mut here = Vec::new();
        for some in people.chunks(MOST_AT_ONCE) {
            let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new("select candidate from submission where batch = ");
            query.push_bind(batch.0.as_bytes().to_vec());
            query.push(" and candidate not in (select candidate from erased) and candidate in (");
            let mut list = query.separated(", ");
            some.iter().for_each(|candidate| _ = list.push_bind(candidate.0.as_bytes().to_vec()));
            query.push(")");
            let rows: Vec<Vec<u8>> =
                query.build_query_scalar().fetch_all(&mut *reader).await.map_err(|error| inner.unread(error))?;
            here.extend(rows.iter().map(|id| CandidateId(id_of(id))));
        }
        Ok(here)
    }

    /// Forgets that a source has deleted somebody, and what was to come of that person: what was to be removed is removed.
    pub async fn forget_deletion(&self, candidate: CandidateId) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for step in FORGET {
            sqlx::query(step)
                .bind(candidate.0.as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        inner.commit(transaction, 0).await
    }

    /// Everything that sources say they have deleted and that is still here.
    pub async fn deletions(&self) -> Result<Vec<Deletion>> {
        let inner = &*self.inner;
        let rows: Vec<(Vec<u8>, Vec<u8>, Option<String>)> = sqlx::query_as(
            "select deletion.batch, candidate, source from deletion \
             left join batch_source on batch_source.batch = deletion.batch order by deletion.batch, candidate",
        )
        .fetch_all(&mut *inner.reader().await?)
        .await
        .map_err(|error| inner.unread(error))?;
        let deletion = |(batch, candidate, source): (Vec<u8>, Vec<u8>, _)| Deletion {
            batch: BatchId(id_of(&batch)),
            candidate: CandidateId(id_of(&candidate)),
            source,
        };
        Ok(rows.into_iter().map(deletion).collect())
    }
}
