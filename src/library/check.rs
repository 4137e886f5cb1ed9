//! Whether the library is whole.

use std::time::{Duration, Instant};

use sqlx::SqliteConnection;

use super::open::Inner;
use super::{Library, LibraryError, Result, vault};

/// How long opening may look for damage; a large library is looked at in full by [`Library::check`].
const QUICKLY: Duration = Duration::from_millis(100);
/// SQLite's code for a statement that was stopped.
const INTERRUPTED: &str = "9";

/// What a full check found.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Health {
    /// Events whose chain holds.
    pub events: usize,
    /// Files that lie in the vault.
    pub objects: usize,
    /// What is damaged, in words.
    pub complaints: Vec<String>,
}

impl Library {
    /// Checks the whole database and every stream of the journal, and counts the vault; for `earmark doctor`.
    pub async fn check(&self) -> Result<Health> {
        let mut health = Health { objects: vault::files(&self.inner.folder)?.len(), ..Health::default() };
        let mut reader = self.inner.readers.acquire().await.map_err(|error| self.inner.unread(error))?;
        let lines: Vec<String> =
            sqlx::query_scalar("pragma integrity_check").fetch_all(&mut *reader).await.map_err(|error| self.inner.unread(error))?;
        health.complaints.extend(lines.into_iter().filter(|line| line != "ok"));
        let whole = self.whole_streams().await?;
        for (writer, stream) in self.streams().await? {
            let verify = if whole.contains(&writer) { crate::journal::verify } else { crate::journal::verify_known };
            match verify(writer, &stream) {
                Ok(headers) => health.events += headers.len(),
                Err(error) => health.complaints.push(error.to_string()),
            }
        }
        Ok(health)
    }
}

impl Library {
    /// Looks for damage in the database for a tenth of a second at most, as opening it does.
    ///
    /// # Errors
    /// [`LibraryError::Damaged`], or that it cannot be read.
    pub async fn look_for_damage(&self) -> Result<()> {
        let mut reader = self.inner.reader().await?;
        quickly(&self.inner, &mut reader).await
    }
}

/// Looks for damage for a tenth of a second at most.
pub(super) async fn quickly(inner: &Inner, db: &mut SqliteConnection) -> Result<()> {
    let until = Instant::now() + QUICKLY;
    let failed = |error| inner.unread(error);
    db.lock_handle().await.map_err(failed)?.set_progress_handler(10_000, move || Instant::now() < until);
    let found = sqlx::query_scalar::<_, String>("pragma quick_check(1)").fetch_one(&mut *db).await;
    db.lock_handle().await.map_err(failed)?.remove_progress_handler();
    match found {
        Ok(line) if line == "ok" => Ok(()),
        Ok(_) => Err(LibraryError::Damaged { what: "the library's database".into(), path: inner.database() }),
        Err(error) if error.as_database_error().is_some_and(|error| error.code().as_deref() == Some(INTERRUPTED)) => Ok(()),
        Err(error) => Err(inner.unread(error)),
    }
}
