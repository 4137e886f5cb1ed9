//! One terminal UI at a time.

use std::fs::{File, OpenOptions, TryLockError};

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
        let path = self.inner.folder.join("ui.lock");
        let failed = |error| LibraryError::io("lock", &path, error);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(UiLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
