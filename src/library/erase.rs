//! Erasing a person by erasing the person's key.

use std::fs;
use std::io::ErrorKind;

use super::object::blocking;
use super::{Library, LibraryError, Result};
use crate::interview::CandidateId;

/// What a person's erasure does to the database, after the keys are gone.
const STEPS: [&str; 8] = [
    "delete from person_key where candidate = ?",
    "insert or ignore into erased (candidate) values (?)",
    "update submission set sealed = null where candidate = ?",
    "delete from earlier_answer where candidate = ?",
    "delete from transcript where candidate = ?",
    "delete from prepared where candidate = ?",
    "delete from awaited where candidate = ?",
    "update delivery set sealed = null where candidate = ?",
];

impl Library {
    /// Removes a candidate's keys, recordings and everything readable; the journal's chain stays whole.
    ///
    /// Whether that is allowed (a hold, a retention date) and the tombstone in the journal are the caller's.
    pub async fn erase_person(&self, candidate: CandidateId) -> Result<()> {
        let inner = &*self.inner;
        let shelf = self.shelf(candidate).await?;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for step in STEPS {
            sqlx::query(step)
                .bind(candidate.0.as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        inner.renew_all_of(&mut transaction, candidate).await?;
        inner.commit(transaction, 0).await?;
        if let Some(shelf) = shelf {
            let coming = super::coming::folder(&inner.folder, &shelf);
            let remove = move || {
                [shelf.folder(), coming.as_path()].into_iter().try_for_each(|folder| match fs::remove_dir_all(folder) {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(LibraryError::io("remove", folder, error)),
                    _ => Ok(()),
                })
            };
            blocking(remove).await?;
        }
        // The log still has the pages as they were. A reader may be in the way of emptying it; the next start does it then.
        let _ = sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut *db).await;
        Ok(())
    }
}
