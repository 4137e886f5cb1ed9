//! A complete copy of a library in one file.

use std::io;
use std::path::{Path, PathBuf};

use super::archive::{DATABASE, Reader, Writer, copy};
use super::object::blocking;
use super::{Library, LibraryError, Result, schema, vault};

/// What the names of files and folders begin with that a backup is made in.
const PART: &str = ".earmark-backup-";

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
    /// The file is useless without the library's key or its recovery text. An existing file is not replaced; a backup
    /// that fails leaves nothing under its name.
    pub async fn backup(&self, to: &Path) -> Result<BackupReport> {
        let to = std::path::absolute(to).map_err(|error| LibraryError::io("find", to, error))?;
        if to.exists() {
            return Err(LibraryError::Exists { path: to });
        }
        let parent = to.parent().unwrap_or(Path::new("/")).to_owned();
        let failed = |error| LibraryError::write(&parent, 0, error);
        // The database first: what it names lies in the vault before it is named.
        vault::sweep_parts(&parent, PART);
        let work = tempfile::Builder::new().prefix(PART).tempdir_in(&parent).map_err(failed)?;
        let database = work.path().join(DATABASE);
        let copied = schema::copy(&mut *self.inner.reader().await?, &database).await;
        copied.map_err(|error| match self.inner.unread(error) {
            LibraryError::Full { bytes, .. } => LibraryError::Full { path: to.clone(), bytes },
            error => error,
        })?;
        let (inner, made_at) = (self.inner.clone(), (self.inner.clock)());
        blocking(move || {
            let part = tempfile::Builder::new().prefix(PART).tempfile_in(&parent);
            let part = part.map_err(|error| LibraryError::write(&to, 0, error))?;
            let mut writer = Writer::new(&to, part.as_file(), made_at, inner.fingerprint.clone());
            writer.add(DATABASE, &database)?;
            for file in vault::files(&inner.folder)? {
                writer.add(&name_in_archive(&file), &inner.folder.join(&file))?;
            }
            writer.finish(&inner.key)?;
            let mut reader = Reader::open(part.path(), &inner.key, &inner.fingerprint)?;
            reader.read_all(|_, file| copy(file, &mut io::sink()).map_err(|error| LibraryError::io("read back", &to, error)))?;
            let files = &reader.manifest.files;
            let report = BackupReport { files: files.len(), bytes: files.values().map(|file| file.bytes).sum(), path: to.clone() };
            part.persist_noclobber(&to).map_err(|error| match error.error.kind() {
                io::ErrorKind::AlreadyExists => LibraryError::Exists { path: to.clone() },
                _ => LibraryError::write(&to, report.bytes, error.error),
            })?;
            vault::sync_folder(&parent).map_err(|error| LibraryError::write(&to, report.bytes, error))?;
            drop(work);
            Ok(report)
        })
        .await
    }
}

/// The path with slashes, on every system.
fn name_in_archive(file: &Path) -> String {
    let parts: Vec<_> = file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
