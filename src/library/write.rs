//! One writing transaction at a time, and what its failures mean.

use std::sync::atomic::Ordering;

use sqlx::sqlite::Sqlite;
use sqlx::{Connection, SqliteConnection, Transaction};
use tokio::sync::MutexGuard;

use super::open::{self, Inner};
use super::{Access, LibraryError, Result};

/// SQLite's codes, the low byte of what it reports.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const IO: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANNOT_OPEN: i32 = 14;
    pub(super) const READ_ONLY: i32 = 8;
    pub(super) const NOT_A_DATABASE: i32 = 26;
    /// The whole code of the log's index that cannot grow.
    pub(super) const IO_SHM_SIZE: i32 = 10 | 19 << 8;
}

impl Inner {
    /// The one connection that writes.
    pub(super) async fn writer(&self) -> Result<MutexGuard<'_, SqliteConnection>> {
        match &self.writer {
            Some(_) if self.stopped.load(Ordering::Acquire) => Err(LibraryError::Stopped { path: self.database() }),
            Some(writer) => {
                let mut db = writer.lock().await;
                if db.is_in_transaction() {
                    self.revive(&mut db).await?;
                }
                Ok(db)
            }
            None => {
                debug_assert_eq!(self.access, Access::ReadOnly);
                Err(LibraryError::ReadOnly { folder: self.folder.clone() })
            }
        }
    }

    /// Makes a connection usable again that seems to be within a transaction though nobody is: SQLite takes one back by itself
    /// when the disk is full, the driver's own taking back then fails, and it counts the transaction as open for ever (sqlx 0.9).
    async fn revive(&self, db: &mut SqliteConnection) -> Result<()> {
        // What was dropped a moment ago may only wait to be taken back.
        let alive = db.ping().await;
        if alive.is_err() || db.is_in_transaction() {
            *db = open::connect(&self.database()).await.map_err(|error| self.failed(error, 0))?;
        }
        Ok(())
    }

    /// Begins a transaction that may write at once, so that it never has to be done over; other processes wait, or it waits for them.
    pub(super) async fn begin<'a>(&self, db: &'a mut SqliteConnection, bytes: u64) -> Result<Transaction<'a, Sqlite>> {
        db.begin_with("begin immediate").await.map_err(|error| self.failed(error, bytes))
    }

    /// Returns when everything in the transaction is on disk.
    pub(super) async fn commit(&self, transaction: Transaction<'_, Sqlite>, bytes: u64) -> Result<()> {
        transaction.commit().await.map_err(|error| self.failed(error, bytes))?;
        self.ring();
        Ok(())
    }

    /// Says what a failure means; `bytes` is how much was to be written.
    pub(super) fn failed(&self, error: sqlx::Error, bytes: u64) -> LibraryError {
        /// The least that SQLite writes.
        const PAGE: u64 = 4096;
        let (path, bytes) = (self.database(), bytes.max(PAGE));
        if found_no_room(&error, &self.folder) {
            return LibraryError::Full { path, bytes };
        }
        match code_of(&error) & 0xff {
            code::READ_ONLY => LibraryError::Unwritable { path, source: std::io::ErrorKind::ReadOnlyFilesystem.into() },
            code::BUSY | code::LOCKED => LibraryError::Busy { path },
            code::CORRUPT | code::NOT_A_DATABASE => LibraryError::Damaged { what: "the library's database".into(), path },
            code::IO => {
                // What reached the disk is not known: nothing more is acknowledged until it was opened and checked again.
                self.stopped.store(true, Ordering::Release);
                LibraryError::Stopped { path }
            }
            _ => LibraryError::Database { path, source: error },
        }
    }

    /// The same for something that only reads.
    pub(super) fn unread(&self, error: sqlx::Error) -> LibraryError {
        self.failed(error, 0)
    }
}

/// SQLite's whole code; 0 where the error is not its.
fn code_of(error: &sqlx::Error) -> i32 {
    error.as_database_error().and_then(|error| error.code()?.parse().ok()).unwrap_or(0)
}

/// Whether SQLite failed because the disk that `folder` lies on is full. The log and its index are made anew by whoever opens the
/// library first, also to read.
pub(super) fn found_no_room(error: &sqlx::Error, folder: &std::path::Path) -> bool {
    match code_of(error) {
        code if code & 0xff == code::FULL || code == code::IO_SHM_SIZE => true,
        code => code & 0xff == code::CANNOT_OPEN && is_full(folder),
    }
}

/// Whether not even the smallest file fits there any more.
fn is_full(folder: &std::path::Path) -> bool {
    fs4::available_space(folder).is_ok_and(|free| free < 64 * 1024)
}
