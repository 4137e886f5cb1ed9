//! A library from a backup.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use super::archive::{DATABASE, Reader, copy};
use super::object::blocking;
use super::open::make_private_folder;
use super::seal::Key;
use super::{Access, Library, LibraryError, Result, system_clock, vault};
use crate::config::key::LibraryKey;

/// What the names of folders begin with that a library is restored in.
const PART: &str = ".earmark-restore-";

/// What was restored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RestoreReport {
    /// Files that were written.
    pub files: usize,
    /// Events whose chain holds.
    pub events: usize,
}

/// Makes the library in `folder` from the backup `from`; refuses where something is there, and checks everything first.
///
/// The key can be the library's own or read from its recovery text. The folder has its name only when all is in it. The
/// restored library begins new streams: the one that was saved may still be written to.
pub async fn restore(from: &Path, folder: &Path, key: &LibraryKey) -> Result<RestoreReport> {
    let folder = std::path::absolute(folder).map_err(|error| LibraryError::io("find", folder, error))?;
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) || folder.is_file() {
        return Err(LibraryError::Exists { path: folder });
    }
    let parent = folder.parent().unwrap_or(Path::new("/")).to_owned();
    make_private_folder(&parent)?;
    vault::sweep_parts(&parent, PART);
    let work = tempfile::Builder::new().prefix(PART).tempdir_in(&parent);
    let work = work.map_err(|error| LibraryError::write(&parent, 0, error))?;
    let (path, into, own_key) = (from.to_owned(), work.path().to_owned(), key.clone());
    let files = blocking(move || extract(&path, &into, &own_key)).await?;
    let events = check(work.path(), key).await?;
    let moved = work.keep();
    fs::rename(&moved, &folder).map_err(|error| LibraryError::io("make", &folder, error))?;
    vault::sync_folder(&parent).map_err(|error| LibraryError::io("write", &parent, error))?;
    Ok(RestoreReport { files, events })
}

fn extract(from: &Path, into: &Path, key: &LibraryKey) -> Result<usize> {
    let mut reader = Reader::open(from, &Key::new(key.bytes()), &key.fingerprint())?;
    reader.read_all(|name, file| {
        let path = place(into, name).ok_or_else(|| LibraryError::BadBackup {
            path: from.to_owned(),
            reason: "a file in it has a name that earmark does not give".into(),
        })?;
        make_private_folder(path.parent().unwrap_or(into))?;
        let mut open = OpenOptions::new();
        open.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let failed = |error| LibraryError::write(&path, 0, error);
        let mut to = open.open(&path).map_err(failed)?;
        let written = copy(file, &mut to).map_err(failed)?;
        to.sync_all().map_err(failed)?;
        Ok(written)
    })?;
    Ok(reader.manifest.files.len())
}

/// Where a file goes: only names that a backup gives, so that none leads out of the folder.
fn place(into: &Path, name: &str) -> Option<PathBuf> {
    let is_hex = |part: &str| part.len() == 32 && part.bytes().all(|b| b.is_ascii_hexdigit());
    match name.split('/').collect::<Vec<_>>()[..] {
        [DATABASE] => Some(into.join(DATABASE)),
        ["vault", shelf, file] if is_hex(shelf) && is_hex(file) => Some(into.join("vault").join(shelf).join(file)),
        _ => None,
    }
}

/// Opens what was extracted, checks the journal's chain, and leaves the old streams to the library that was saved.
async fn check(folder: &Path, key: &LibraryKey) -> Result<usize> {
    let library = Library::open(folder, key.clone(), Access::ReadWrite, system_clock()).await?;
    let events = library.verify_streams().await?.iter().map(|(_, headers)| headers.len()).sum();
    {
        let inner = &*library.inner;
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for step in
            ["insert or ignore into past_writer (writer, author) select writer, author from own_writer", "delete from own_writer"]
        {
            sqlx::query(step).execute(&mut *transaction).await.map_err(|error| inner.failed(error, 0))?;
        }
        inner.commit(transaction, 0).await?;
    }
    library.close().await;
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_in_a_backup_leads_out_of_the_folder() {
        let hex = "0123456789abcdef0123456789abcdef";
        let into = Path::new("/library");
        assert!(place(into, DATABASE).is_some());
        assert!(place(into, &format!("vault/{hex}/{hex}")).is_some());
        for name in ["../library.db", "/etc/passwd", "vault/../x", &format!("vault/{hex}/../{hex}"), "vault\\x", "", "ui.lock"] {
            assert!(place(into, name).is_none(), "{name}");
        }
    }
}
