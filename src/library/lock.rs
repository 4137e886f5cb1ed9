//! One terminal UI at a time.

use super::{Library, Result};

/// Held as long as this process is the library's terminal UI; released when dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct UiLock(#[expect(dead_code, reason = "the lock lives as long as the file is open")] std::fs::File);

impl Library {
    /// Becomes the library's terminal UI; `None` where another process is it.
    pub fn try_lock_ui(&self) -> Result<Option<UiLock>> {
        todo!()
    }
}
