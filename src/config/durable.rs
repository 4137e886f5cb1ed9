//! A name that stays: a file has it for good once its folder is on the disk.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Brings the names in a folder to the disk, after a file there got its own. Some folders cannot be synchronised: one into which files
/// may only be dropped, and some file systems' every folder. The file is there all the same, and that is noted and no failure.
///
/// # Errors
/// What else the system says.
pub fn keep_names(folder: &Path) -> io::Result<()> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::InvalidInput | ErrorKind::Unsupported) => {
            // Its path may name somebody.
            tracing::warn!(%error, "a folder cannot be synchronised: a power cut now may take a new name with it");
            Ok(())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_synchronised_is_no_failure_and_one_that_is_gone_is_one() {
        let folder = tempfile::tempdir().expect("a folder");
        keep_names(folder.path()).expect("it can be synchronised");
        keep_names(&folder.path().join("gone")).expect_err("it is not there");
        // What lies there is made by the system, and nothing of it is on a disk.
        #[cfg(target_os = "linux")]
        keep_names(Path::new("/proc/self")).expect("it refuses, and that is noted");
    }
}
