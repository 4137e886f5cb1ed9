//! A complete copy of a library in one file.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::archive::{DATABASE, Reader, Writer, copy};
use super::object::blocking;
use super::{Library, LibraryError, Result, schema, vault};

/// What the names of files and folders begin with that a backup is made in.
const PART: &str = ".earmark-backup-";
/// The file in such a folder that is locked as long as its process lives.
const LOCK: &str = "at-work";

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
        sweep_abandoned(&parent);
        let work = tempfile::Builder::new().prefix(PART).tempdir_in(&parent).map_err(failed)?;
        let _at_work = at_work(work.path()).map_err(failed)?;
        let database = work.path().join(DATABASE);
        let copied = schema::copy(&mut *self.inner.reader().await?, &database).await;
        copied.map_err(|error| match self.inner.unread(error) {
            LibraryError::Full { bytes, .. } => LibraryError::Full { path: to.clone(), bytes },
            error => error,
        })?;
        let (inner, made_at) = (self.inner.clone(), (self.inner.clock)());
        blocking(move || {
            let part = tempfile::Builder::new().prefix(PART).tempfile_in(work.path());
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

/// Shows that a process works in a backup's folder, as long as the file that it returns is open.
fn at_work(folder: &Path) -> io::Result<File> {
    // It has its name when it is locked: nobody finds it in between.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    match file.as_file().try_lock() {
        // A file system that cannot lock only keeps what a killed process leaves there for a day.
        Err(TryLockError::Error(_)) => file.as_file_mut().try_clone(),
        _ => file.persist(folder.join(LOCK)).map_err(|error| error.error),
    }
}

/// Removes the folders of backups that were killed: nobody holds their locks any more.
fn sweep_abandoned(parent: &Path) {
    let is_work = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(PART);
    let all = fs::read_dir(parent).into_iter().flatten().flatten();
    for folder in all.filter(|entry| is_work(&entry.file_name())) {
        // Without a lock it is not known whether somebody works there; a day later it is.
        let lock = folder.path().join(LOCK);
        let is_ours = folder.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_ours || !fs::symlink_metadata(&lock).is_ok_and(|meta| meta.is_file()) {
            continue;
        }
        if File::open(&lock).is_ok_and(|lock| lock.try_lock().is_ok()) {
            // It is only rubbish: the next backup tries again.
            let _ = fs::remove_dir_all(folder.path());
        }
    }
}

/// The path with slashes, on every system.
fn name_in_archive(file: &Path) -> String {
    let parts: Vec<_> = file.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}
