//! One terminal UI at a time, and one delivery.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::{Access, Library, LibraryError, Result};

/// Held as long as this process is the library's terminal UI, or delivers; released when dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct UiLock {
    file: File,
    /// The database, whose watchers are told when it is released.
    rings: Option<PathBuf>,
}

impl Drop for UiLock {
    fn drop(&mut self) {
        if let Some(database) = &self.rings {
            // Where it cannot be let go of now, closing the file does it.
            let _ = self.file.unlock();
            super::watch::ring(database);
        }
    }
}

impl Library {
    /// Becomes the library's terminal UI; `None` where another process is it, or where nothing is written anyway.
    pub fn try_lock_ui(&self) -> Result<Option<UiLock>> {
        if self.access() == Access::ReadOnly {
            return Ok(None);
        }
        self.try_lock("ui.lock", None)
    }

    /// Becomes the one process that delivers from this library; `None` where another does.
    pub fn try_lock_delivery(&self) -> Result<Option<UiLock>> {
        self.try_lock("deliver.lock", Some(self.inner.database()))
    }

    /// Whether somebody delivers from this library now, here or in another process.
    pub fn is_delivering(&self) -> bool {
        let Ok(file) = File::open(self.inner.folder.join("deliver.lock")) else { return false };
        matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock))
    }

    fn try_lock(&self, name: &str, rings: Option<PathBuf>) -> Result<Option<UiLock>> {
        let (path, file) = self.lock_file(name)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(UiLock { file, rings })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(LibraryError::io("lock", &path, error)),
        }
    }

    /// Becomes the library's terminal UI as soon as no other process is it, and says so to `then`, on a thread of its own; nothing
    /// wakes before that, and nothing waits for the thread when this process ends. Never where nothing is written anyway.
    pub fn lock_ui_later(&self, then: impl FnOnce(UiLock) + Send + 'static) -> Result<()> {
        if self.access() == Access::ReadOnly {
            return Ok(());
        }
        let (path, file) = self.lock_file("ui.lock")?;
        let waits = move || match file.lock() {
            Ok(()) => then(UiLock { file, rings: None }),
            Err(error) => tracing::warn!(%error, "this window stays one that only reads"),
        };
        let waiting = std::thread::Builder::new().name("earmark-lock".into()).spawn(waits);
        waiting.map(drop).map_err(|error| LibraryError::io("lock", &path, error))
    }

    fn lock_file(&self, name: &str) -> Result<(PathBuf, File)> {
        let path = self.inner.folder.join(name);
        let file = open_private(&path).map_err(|error| LibraryError::io("lock", &path, error))?;
        Ok((path, file))
    }
}

/// A file to write to, made empty where there is none; it is for its owner alone, as everything of a library is.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    let mut open = OpenOptions::new();
    open.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_lock_is_for_its_owner_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("some.lock");
        let file = open_private(&path).expect("it is made");
        assert_eq!(file.metadata().expect("it is there").permissions().mode() & 0o777, 0o600);
    }
}
