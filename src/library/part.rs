//! A file that is being written beside the one that it becomes: locked as long as its writer lives, so that what a killed one left is told
//! from what somebody still writes.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use tempfile::NamedTempFile;

/// Begins a file in `folder` whose name begins with `prefix`, and removes those there that a killed writer left.
///
/// # Errors
/// Where it cannot be made.
pub fn begin_part(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    sweep_let_go(folder, prefix);
    locked_part(folder, prefix)
}

/// The same without looking for others.
pub(super) fn locked_part(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let part = tempfile::Builder::new().prefix(prefix).tempfile_in(folder)?;
    // Where a file system cannot lock, nobody obtains the lock either, and nothing is taken for abandoned.
    let _ = part.as_file().try_lock();
    Ok(part)
}

/// Removes files under a temporary name that begins with `prefix` and that nobody holds any more.
pub(super) fn sweep_let_go(folder: &Path, prefix: &str) {
    let all = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_part = |name: &std::ffi::OsStr| {
        let name = name.to_string_lossy();
        name.strip_prefix(prefix).is_some_and(|rest| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    };
    for entry in all.filter(|entry| is_part(&entry.file_name())) {
        let path = entry.path();
        // It is locked before its first byte: an empty one may be somebody's who has just made it.
        let begun = fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && meta.len() > 0);
        if begun && File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            // It is only rubbish: the next one tries again.
            let _ = fs::remove_file(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_nobody_holds_is_removed_and_what_somebody_writes_or_has_just_made_stays() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut written = begin_part(folder.path(), ".earmark-x-").expect("it is made");
        written.write_all(b"half").expect("it is written");
        fs::write(folder.path().join(".earmark-x-Ab3dE6"), b"half").expect("it is written");
        for name in [".earmark-x-empty1", ".earmark-x-of-mine", "earmark-x-Ab3dE6", ".earmark-y-Ab3dE6"] {
            fs::write(folder.path().join(name), if name.ends_with('1') { "" } else { "x" }).expect("it is written");
        }
        let other = begin_part(folder.path(), ".earmark-x-").expect("it is made");
        assert!(!folder.path().join(".earmark-x-Ab3dE6").exists(), "a killed one's");
        assert!(written.path().exists() && other.path().exists());
        assert_eq!(fs::read_dir(folder.path()).expect("it is read").count(), 6);
    }
}
