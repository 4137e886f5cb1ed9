//! What was counted of each batch, kept for as long as nothing changes in it.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;

use super::catalogue::id_of;
use super::open::Inner;
use super::{Library, Result};
use crate::app::Handed;
use crate::interview::{BatchId, CandidateId, ReviewerId};

/// What a reviewer has done in a batch, and what is left.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tally {
    /// Answers that are fully rated.
    pub rated: usize,
    /// Answers whose ratings are sealed.
    pub sealed: usize,
    /// Answers that are this reviewer's to review.
    pub of: usize,
    /// Whether a rubric is attached.
    pub has_rubric: bool,
    /// Since when the first of those not sealed has been here, as the source says it; none where it does not, or nothing is left.
    pub waiting_since: Option<Timestamp>,
    /// Answers that are not heard, or read, as far as the protocol asks.
    pub left: usize,
    /// Milliseconds of recordings that are left to hear.
    pub left_ms: u64,
    /// The same without the silences that skipping leaves out.
    pub left_skipping_ms: u64,
    /// Milliseconds that reading the rest takes.
    pub left_reading_ms: u64,
    /// Of those left, answers whose length is a guess.
    pub rough: usize,
    /// Where it was handed over to be decided on, how far that is.
    #[serde(default)]
    pub handed: Option<Handed>,
}

/// How a batch stands: anything that changes in it changes this.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Standing {
    generation: i64,
    place: i64,
}

/// Which versions of this program count alike.
const PROGRAM: &str = env!("CARGO_PKG_VERSION");

impl Library {
    /// How each batch stands, and what was counted in it for a reviewer since it has stood so.
    pub async fn tallies(&self, of: ReviewerId) -> Result<HashMap<BatchId, (Standing, Option<Tally>)>> {
        type Row = (Vec<u8>, i64, i64, Option<String>);
        let inner = &*self.inner;
        let rows: Vec<Row> = sqlx::query_as(
            "with now as (select id, generation, \
               coalesce((select max(event.place) from event where event.batch = batch.id), 0) as place from batch) \
             select now.id, now.generation, now.place, counted from now \
             left join tally on tally.batch = now.id and tally.generation = now.generation and tally.place = now.place \
               and tally.reviewer = ? and tally.program = ?",
        )
        .bind(of.0.as_bytes().as_slice())
        .bind(PROGRAM)
        .fetch_all(&mut *inner.reader().await?)
        .await
        .map_err(|error| inner.unread(error))?;
        let read = |(id, generation, place, counted): Row| {
            // What cannot be read is counted again.
            let counted = counted.and_then(|counted| serde_json::from_str(&counted).ok());
            (BatchId(id_of(&id)), (Standing { generation, place }, counted))
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// How often something changed in a batch that no event tells: an import, an erasure.
    pub async fn generation(&self, batch: BatchId) -> Result<i64> {
        let inner = &*self.inner;
        let found = sqlx::query_scalar("select generation from batch where id = ?").bind(batch.0.as_bytes().as_slice());
        let found: Option<i64> = found.fetch_optional(&mut *inner.reader().await?).await.map_err(|error| inner.unread(error))?;
        Ok(found.unwrap_or_default())
    }

    /// Keeps what was counted for a reviewer in batches that stood so before the counting began.
    pub async fn keep_tallies(&self, of: ReviewerId, counted: &[(BatchId, Standing, Tally)]) -> Result<()> {
        let inner = &*self.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for (batch, standing, tally) in counted {
            sqlx::query(
                "insert or replace into tally (batch, reviewer, program, generation, place, counted) \
                 select id, ?, ?, ?, ?, ? from batch where id = ?",
            )
            .bind(of.0.as_bytes().as_slice())
            .bind(PROGRAM)
            .bind(standing.generation)
            .bind(standing.place)
            .bind(serde_json::to_string(tally).expect("counts are JSON"))
            .bind(batch.0.as_bytes().as_slice())
            .execute(&mut *transaction)
            .await
            .map_err(|error| inner.failed(error, 0))?;
        }
        inner.commit(transaction, 0).await
    }
}

impl Inner {
    /// Something changed in a batch that no event tells.
    pub(super) async fn renew(&self, db: &mut SqliteConnection, batch: BatchId) -> Result<()> {
        let sql = "update batch set generation = generation + 1, changed = (select max(changed) from batch) + 1 where id = ?";
        let renewed = sqlx::query(sql).bind(batch.0.as_bytes().as_slice());
        renewed.execute(db).await.map(drop).map_err(|error| self.failed(error, 0))
    }

    /// The same for every batch that a candidate is in.
    pub(super) async fn renew_all_of(&self, db: &mut SqliteConnection, candidate: CandidateId) -> Result<()> {
        let sql = "update batch set generation = generation + 1, changed = (select max(changed) from batch) + 1 \
                   where id in (select batch from submission where candidate = ?)";
        let renewed = sqlx::query(sql).bind(candidate.0.as_bytes().as_slice()).execute(db).await;
        renewed.map(drop).map_err(|error| self.failed(error, 0))
    }
}
