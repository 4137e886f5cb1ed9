//! A library from a backup.

use std::path::Path;

use super::Result;
use crate::config::key::LibraryKey;

/// What was restored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RestoreReport {
    /// Files that were written.
    pub files: usize,
    /// Events whose chain holds.
    pub events: usize,
}

/// Makes the library in `folder` from the backup `from`; refuses where something is there, and checks everything first.
pub async fn restore(from: &Path, folder: &Path, key: &LibraryKey) -> Result<RestoreReport> {
    let _ = (from, folder, key);
    todo!()
}
