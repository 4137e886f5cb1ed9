//! One terminal UI at a time, and one delivery.

use std::fs::{File, OpenOptions, TryLockError};

use super::{Access, Library, LibraryError, Result};

/// Held as long as this process is the library's terminal UI, or delivers; released when dropped, or when the process ends in any way.
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
        self.try_lock("ui.lock")
    }

    /// Becomes the one process that delivers from this library; `None` where another does.
    pub fn try_lock_delivery(&self) -> Result<Option<UiLock>> {
        self.try_lock("deliver.lock")
    }

    fn try_lock(&self, name: &str) -> Result<Option<UiLock>> {
        let path = self.inner.folder.join(name);
        let failed = |error| LibraryError::io("lock", &path, error);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(UiLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}
