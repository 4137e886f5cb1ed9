//! Erasing a person by erasing the person's key.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::journal::Parts;
use super::object::blocking;
use super::put_away::within;
use super::{Library, LibraryError, Result};
use crate::interview::CandidateId;
use crate::journal::Draft;

/// What a person's erasure does to the database, after the keys are gone.
const STEPS: [&str; 11] = [
    "delete from person_key where candidate = ?",
    "insert or ignore into erased (candidate) values (?)",
    "update submission set sealed = null where candidate = ?",
    "update answer set state = 'not_given' where submission in (select id from submission where candidate = ?)",
    "delete from earlier_answer where candidate = ?",
    "delete from transcript where candidate = ?",
    "delete from prepared where candidate = ?",
    "delete from awaited where candidate = ?",
    "delete from fetched where candidate = ?",
    "delete from put_away where candidate = ?",
    "update delivery set sealed = null where candidate = ?",
];

/// What a copy of the database that was made before it was brought up to date is called.
const COPY: &str = "library.before-";

impl Library {
    /// Removes a candidate's keys, recordings and everything readable; the journal's chain stays whole.
    ///
    /// Whether that is allowed (a hold, a retention date) is the caller's to say.
    pub async fn erase_person(&self, candidate: CandidateId) -> Result<()> {
        self.erase_person_with(candidate, Vec::new()).await
    }

    /// The same, and writes the tombstones as the author's next events, all in one transaction: after a kill either both are there
    /// or neither is. Files that a kill left are removed by the next start.
    pub async fn erase_person_with(&self, candidate: CandidateId, tombstones: Vec<Draft>) -> Result<()> {
        let inner = &*self.inner;
        let shelf = self.shelf(candidate).await?;
        let coming = shelf.as_ref().map(|shelf| super::coming::folder(&inner.folder, shelf));
        let folders: Vec<_> = shelf.iter().map(|shelf| shelf.folder().to_owned()).chain(coming).collect();
        let now = (inner.clock)();
        let parts: Vec<_> = tombstones.into_iter().map(|draft| (now, Parts::of(draft))).collect();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for step in STEPS {
            sqlx::query(step)
                .bind(candidate.0.as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        for folder in &folders {
            sqlx::query("insert or ignore into leftover (path) values (?)")
                .bind(within(&inner.folder, folder))
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        if !parts.is_empty() {
            let author = self.author.ok_or(LibraryError::NoAuthor)?;
            inner.write_parts(&mut transaction, author, None, parts).await?;
        }
        inner.renew_all_of(&mut transaction, candidate).await?;
        inner.commit(transaction, 0).await?;
        drop(db);
        self.remove_leftovers().await?;
        let library = inner.folder.clone();
        // The person's keys lie in those too, and the library's own opens them.
        blocking(move || remove_copies(&library)).await?;
        // The log still has the pages as they were. A reader may be in the way of emptying it; the next start does it then.
        let mut db = inner.writer().await?;
        let _ = sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut *db).await;
        Ok(())
    }

    /// Removes the folders that erasures have left; also what a kill kept an earlier one from removing.
    pub async fn remove_leftovers(&self) -> Result<()> {
        let inner = &*self.inner;
        let left: Vec<String> = sqlx::query_scalar("select path from leftover")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        for path in left {
            // The names are this library's own: two words behind each other.
            let folder = inner.folder.join(&path);
            blocking(move || match fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(LibraryError::io("remove", &folder, error)),
                _ => Ok(()),
            })
            .await?;
            let mut db = inner.writer().await?;
            sqlx::query("delete from leftover where path = ?")
                .bind(path)
                .execute(&mut *db)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        Ok(())
    }
}

fn remove_copies(library: &Path) -> Result<()> {
    let failed = |error| LibraryError::io("read", library, error);
    for entry in fs::read_dir(library).map_err(failed)?.flatten() {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with(COPY) {
            fs::remove_file(&path).map_err(|error| LibraryError::io("remove", &path, error))?;
        }
    }
    Ok(())
}
