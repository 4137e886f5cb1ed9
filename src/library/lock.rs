//! One terminal UI at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::PathBuf;

use super::{Access, Library, LibraryError, Result};

/// Held as long as this process is the library's terminal UI; released when dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct UiLock {
    _file: File,
}

impl Library {
    /// Becomes the library's terminal UI; `None` where another process is it, or where nothing is written anyway.
    pub fn try_lock_ui(&self) -> Result<Option<UiLock>> {
        if self.access() == Access::ReadOnly {
            return Ok(None);
        }
        let (path, file) = self.ui_lock()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(UiLock { _file: file })),
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
        let (path, file) = self.ui_lock()?;
        let waits = move || match file.lock() {
            Ok(()) => then(UiLock { _file: file }),
            Err(error) => tracing::warn!(%error, "this window stays one that only reads"),
        };
        let waiting = std::thread::Builder::new().name("earmark-lock".into()).spawn(waits);
        waiting.map(drop).map_err(|error| LibraryError::io("lock", &path, error))
    }

    fn ui_lock(&self) -> Result<(PathBuf, File)> {
        let path = self.inner.folder.join("ui.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|error| LibraryError::io("lock", &path, error))?;
        Ok((path, file))
    }
}
