//! Who does a piece of work that must not be done twice at once, such as giving an answer to an engine outside.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::lock::open_private;
use super::{Library, LibraryError, Result};
use crate::interview::Digest;

/// How often it is looked whether another process is done.
const LOOK: Duration = Duration::from_millis(100);

/// Held as long as a piece of work is done; let go of when dropped, or when the process ends in any way.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    _file: File,
}

impl Drop for Claim {
    fn drop(&mut self) {
        // While it is locked: who waits for it sees that this file is none any more, and makes one of their own.
        let _ = fs::remove_file(&self.path);
    }
}

impl Library {
    /// Claims a piece of work in this library, as soon as nobody else has it: another task here, or another process. What the work is of
    /// is to be looked at again then.
    ///
    /// # Errors
    /// When no file can be made or locked in the library's folder.
    pub async fn claim(&self, work: Digest) -> Result<Claim> {
        let path = self.inner.folder.join(format!("claim-{work}.lock"));
        loop {
            if let Some(claim) = claimed(&path)? {
                return Ok(claim);
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The claim, unless somebody has it.
fn claimed(path: &Path) -> Result<Option<Claim>> {
    let error = |error| LibraryError::io("lock", path, error);
    let file = open_private(path).map_err(error)?;
    match file.try_lock() {
        Ok(()) => Ok(is_at(&file, path).then(|| Claim { path: path.to_owned(), _file: file })),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(reason)) => Err(error(reason)),
    }
}

/// Whether the file that was opened still lies there, and was not removed by who had it before.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let of = |metadata: std::io::Result<fs::Metadata>| metadata.ok().map(|metadata| (metadata.dev(), metadata.ino()));
    of(file.metadata()).is_some_and(|opened| of(fs::metadata(path)) == Some(opened))
}

#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_has_claimed_nobody_else_gets_until_it_is_let_go_of_and_no_file_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("claim-1.lock");
        let claim = claimed(&path).expect("it can be locked").expect("nobody has it");
        assert!(claimed(&path).expect("it can be looked at").is_none());
        drop(claim);
        assert!(!path.exists());
        let again = claimed(&path).expect("it can be locked");
        assert!(again.is_some());
    }

    #[test]
    fn a_file_that_its_owner_removed_is_no_claim() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("claim-1.lock");
        // Opened before the first lets go of it, and locked after.
        let opened = open_private(&path).expect("it is made");
        fs::remove_file(&path).expect("it is removed");
        assert!(!is_at(&opened, &path));
        assert!(is_at(&File::create(&path).expect("another"), &path));
    }
}
