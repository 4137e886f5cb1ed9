//! A complete copy of a library in one file.

use std::path::{Path, PathBuf};

use super::{Library, Result};

/// What a backup holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BackupReport {
    /// The file.
    pub path: PathBuf,
    /// Files in it.
    pub files: usize,
    /// Their size in bytes.
    pub bytes: u64,
}

impl Library {
    /// Writes everything into the new file `to`, consistent while others write, and reads it back to be sure.
    ///
    /// The file is useless without the library's key or its recovery text. An existing file is not replaced.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport> {
        let _ = to;
        todo!()
    }
}
