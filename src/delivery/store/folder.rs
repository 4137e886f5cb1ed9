//! A folder that files are dropped into, or one file that is replaced.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use sha2::Digest as _;

use super::{Seen, StoreError, Trouble};
use crate::config::keep_names;
use crate::interview::Digest;

/// A folder, or one file in it.
#[derive(Clone, Debug)]
pub struct Folder {
    folder: PathBuf,
    /// The one file, where the address names a file.
    file: Option<String>,
}

impl Folder {
    /// A folder that is there, or a file in one: a path that is no folder, ends without a slash and has an extension is a file.
    ///
    /// # Errors
    /// Where there is no such folder: it may be a share that is not mounted, so it is not made.
    pub fn at(path: &Path) -> Result<Self, StoreError> {
        if path.is_dir() {
            return Ok(Folder { folder: path.to_owned(), file: None });
        }
        let missing = |folder: &Path| {
            let text = format!("{} is not there; it is not made, because it may be a share that is not mounted", folder.display());
            StoreError::new(Trouble::Refused, text)
        };
        // A share that is away must not become a file of its name.
        let is_folder = path.as_os_str().to_string_lossy().ends_with('/') || (path.extension().is_none() && !path.is_file());
        let (Some(name), false) = (path.file_name(), is_folder) else { return Err(missing(path)) };
        let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
        if !folder.is_dir() {
            return Err(missing(&folder));
        }
        Ok(Folder { folder, file: Some(name.to_string_lossy().into_owned()) })
    }

    pub(super) fn name<'n>(&'n self, planned: &'n str) -> &'n str {
        self.file.as_deref().unwrap_or(planned)
    }

    pub(super) fn is_one_file(&self) -> bool {
        self.file.is_some()
    }

    pub(super) async fn stage(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let (path, folder, bytes) = (self.part(name), self.folder.clone(), bytes.to_vec());
        blocking(move || {
            clear(&path)?;
            // New, so that no link that someone laid there is followed.
            let mut open = OpenOptions::new();
            open.create_new(true).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o640);
            let mut file = open.open(&path).map_err(|error| told(&path, &error))?;
            file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| told(&path, &error))?;
            // What the ledger calls sent lies there, also after a power cut.
            keep_names(&folder).map_err(|error| told(&folder, &error))
        })
        .await
    }

    pub(super) async fn publish(&self, name: &str) -> Result<(), StoreError> {
        let (from, to, folder) = (self.part(name), self.folder.join(name), self.folder.clone());
        blocking(move || {
            fs::rename(&from, &to).map_err(|error| told(&to, &error))?;
            keep_names(&folder).map_err(|error| told(&folder, &error))
        })
        .await
    }

    pub(super) async fn remove(&self, name: &str) -> Result<(), StoreError> {
        let (path, folder) = (self.folder.join(name), self.folder.clone());
        blocking(move || match fs::remove_file(&path) {
            Ok(()) => keep_names(&folder).map_err(|error| told(&folder, &error)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(told(&path, &error)),
        })
        .await
    }

    pub(super) async fn look(&self, name: &str) -> Result<Seen, StoreError> {
        let (part, path, folder) = (self.part(name), self.folder.join(name), self.folder.clone());
        blocking(move || {
            // A share that went away looks like an empty folder's absence, not like a file that was taken.
            fs::metadata(&folder).map_err(|error| told(&folder, &error))?;
            let part = is_there(&part)?;
            let digest = match File::open(&path) {
                Ok(file) => Some(digest(file).map_err(|error| told(&path, &error))?),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(told(&path, &error)),
            };
            let (bytes, sha256) = digest.unzip();
            Ok(Seen { part, bytes, sha256, hidden: false })
        })
        .await
    }

    fn part(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.part"))
    }
}

/// Takes away what an earlier run left under a `.part`; what is no ordinary file there was put there by somebody else.
fn clear(part: &Path) -> Result<(), StoreError> {
    let removed = match fs::symlink_metadata(part) {
        Ok(there) if !there.is_file() => {
            let text =
                format!("{} is no ordinary file, and earmark did not put it there: look at it, and take it away", part.display());
            return Err(StoreError::new(Trouble::Refused, text));
        }
        Ok(_) => fs::remove_file(part),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(told(part, &error)),
        _ => Ok(()),
    }
}

fn is_there(path: &Path) -> Result<bool, StoreError> {
    // A link that leads nowhere is there, too.
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        found => found.map(|_| true),
    }
    .map_err(|error| told(path, &error))
}

fn digest(mut file: File) -> io::Result<(u64, Digest)> {
    let mut hasher = Hashing { hasher: sha2::Sha256::new(), bytes: 0 };
    io::copy(&mut file, &mut hasher)?;
    Ok((hasher.bytes, Digest(hasher.hasher.finalize().into())))
}

struct Hashing {
    hasher: sha2::Sha256,
    bytes: u64,
}

impl io::Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn told(path: &Path, error: &io::Error) -> StoreError {
    use ErrorKind::{IsADirectory, NotADirectory, NotFound, PermissionDenied, ReadOnlyFilesystem};
    let trouble = match error.kind() {
        PermissionDenied | ReadOnlyFilesystem | NotFound | NotADirectory | IsADirectory => Trouble::Refused,
        // A full disk may have room tomorrow, and a share may come back.
        _ => Trouble::Temporary,
    };
    StoreError::new(trouble, format!("{}: {error}", path.display()))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, StoreError> + Send + 'static) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.expect("what writes files does not panic")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_has_its_name_only_when_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Folder::at(folder.path()).expect("it is there");
        assert_eq!(store.look("a.csv").await, Ok(Seen::default()));
        store.stage("a.csv", b"whole").await.expect("it is staged");
        let staged = store.look("a.csv").await.expect("it is seen");
        assert_eq!(staged, Seen { part: true, ..Seen::default() });
        store.publish("a.csv").await.expect("it is published");
        let there = store.look("a.csv").await.expect("it is seen");
        assert!(there.is(5, &Digest::of(b"whole")) && !there.part);
        assert!(!there.is(5, &Digest::of(b"other")));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_somebody_laid_where_a_file_is_begun_is_neither_followed_nor_published() {
        let folder = tempfile::tempdir().expect("a folder");
        let (victim, part) = (folder.path().join("victim"), folder.path().join("a.csv.part"));
        fs::write(&victim, "somebody's own").expect("written");
        std::os::unix::fs::symlink(&victim, &part).expect("laid");
        let store = Folder::at(folder.path()).expect("it is there");
        let refused = store.stage("a.csv", b"rows").await.expect_err("it is a link");
        assert!(refused.trouble == Trouble::Refused && refused.text.contains("no ordinary file"), "{refused}");
        assert_eq!(fs::read(&victim).expect("there"), b"somebody's own");
        fs::remove_file(&part).expect("taken away");
        // What a killed run left is written anew, also under another name for the same file.
        fs::hard_link(&victim, &part).expect("laid");
        store.stage("a.csv", b"rows").await.expect("it is staged");
        store.publish("a.csv").await.expect("it is published");
        assert_eq!(fs::read(&victim).expect("there"), b"somebody's own");
        assert_eq!(fs::read(folder.path().join("a.csv")).expect("there"), b"rows");
    }

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = Folder::at(&folder.path().join("share/in/")).expect_err("it is not there");
        assert!(missing.trouble == Trouble::Refused && missing.text.contains("not mounted"), "{missing}");
        Folder::at(&folder.path().join("share")).expect_err("a folder that is away is no file");
        assert_eq!(Folder::at(&folder.path().join("table.csv")).expect("its folder is there").name("x"), "table.csv");
    }
}
