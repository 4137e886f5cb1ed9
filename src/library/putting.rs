//! Files that are put into the vault before anything names them: each is noted first, so that what a killed process put and nothing
//! names is removed by the next one that opens the library.
//!
//! Whoever puts holds a lock together with others who do; notes are looked at by one who holds it alone. So nothing is removed that a
//! living process has put, or has found there and is about to name.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::catalogue::SubmissionRow;
use super::object::blocking;
use super::open::make_private_folder;
use super::{Access, Content, Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest};

/// Where the notes lie, and what is locked.
const FOLDER: &str = "putting";
const LOCK: &str = "putting.lock";

/// Held while files are put that nothing names yet.
#[derive(Debug)]
pub struct Putting {
    _lock: Option<File>,
    note: Option<tempfile::NamedTempFile>,
}

impl Library {
    /// Begins to put files that nothing names until later; waits while what killed processes left is removed.
    ///
    /// # Errors
    /// Where the lock's file cannot be made.
    pub async fn putting(&self) -> Result<Putting> {
        let path = self.inner.folder.join(LOCK);
        let lock = blocking(move || {
            let file = lock_file(&path).map_err(|error| LibraryError::io("lock", &path, error))?;
            // Where a file system cannot lock, nobody takes anything for abandoned.
            Ok(file.lock_shared().is_ok().then_some(file))
        });
        Ok(Putting { _lock: lock.await?, note: None })
    }

    /// Notes a file that is about to be put.
    ///
    /// # Errors
    /// Where it cannot be noted.
    pub async fn will_put(&self, putting: &mut Putting, candidate: CandidateId, content: Content, digest: Digest) -> Result<()> {
        let path = self.shelf_or_new(candidate).await?.path(content, digest);
        let folder = self.inner.folder.join(FOLDER);
        let failed = |error| LibraryError::write(&folder, 0, error);
        if putting.note.is_none() {
            make_private_folder(&folder)?;
            putting.note = Some(tempfile::NamedTempFile::new_in(&folder).map_err(failed)?);
        }
        let within = path.strip_prefix(&self.inner.folder).unwrap_or(&path);
        let line = format!("{candidate} {}\n", within.display());
        let note = putting.note.as_mut().map(tempfile::NamedTempFile::as_file_mut);
        note.map_or(Ok(()), |note| note.write_all(line.as_bytes()).and_then(|()| note.sync_data())).map_err(failed)
    }

    /// Removes what killed processes had put and nothing names. Where somebody puts something now, that is left for later.
    pub(super) async fn clear_after_killed(&self) -> Result<()> {
        let (folder, lock) = (self.inner.folder.join(FOLDER), self.inner.folder.join(LOCK));
        let notes: Vec<PathBuf> = fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        if notes.is_empty() || self.access() == Access::ReadOnly {
            return Ok(());
        }
        let Some(_alone) = lock_file(&lock).ok().filter(|file| file.try_lock().is_ok()) else { return Ok(()) };
        for note in notes {
            let Ok(text) = fs::read_to_string(&note) else { continue };
            for (candidate, file) in text.lines().filter_map(noted) {
                if !self.names(candidate, &file).await? {
                    let path = self.inner.folder.join(&file);
                    let _ = fs::remove_file(&path);
                    // A person's part of the vault goes when nothing is left in it.
                    path.parent().map(fs::remove_dir);
                }
            }
            let _ = fs::remove_file(&note);
        }
        Ok(())
    }

    /// Whether anything that is kept of a candidate is this file.
    async fn names(&self, candidate: CandidateId, file: &Path) -> Result<bool> {
        let inner = &*self.inner;
        let Some(shelf) = self.shelf(candidate).await? else { return Ok(false) };
        let mut reader = inner.reader().await?;
        let rows: Vec<SubmissionRow> = sqlx::query_as("select id, candidate, clear, sealed from submission where candidate = ?")
            .bind(candidate.0.as_bytes().as_slice())
            .fetch_all(&mut *reader)
            .await
            .map_err(|error| inner.unread(error))?;
        let mut named = BTreeSet::new();
        for row in rows {
            let submission = inner.submission(&mut reader, row).await?;
            let documents = submission.documents.iter().filter_map(|document| document.media.as_ref()?.digest);
            named.extend(documents.map(|digest| shelf.path(Content::Document, digest)));
            for answer in submission.answers {
                let earlier = self.earlier_answers(answer.id).await?;
                let all = earlier.iter().chain([&answer]).filter_map(|answer| answer.media.as_ref()?.digest);
                named.extend(all.map(|digest| shelf.path(Content::Recording, digest)));
            }
        }
        Ok(named.contains(&inner.folder.join(file)))
    }
}

impl Putting {
    /// All of it is named now, or taken out again.
    pub fn done(mut self) {
        drop(self.note.take());
    }
}

impl Drop for Putting {
    fn drop(&mut self) {
        // What was not brought to its end is looked at by the next one that opens the library.
        if let Some(note) = self.note.take() {
            let _ = note.keep();
        }
    }
}

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path)
}

/// Whose a noted file is and where it lies; none for what is no line of ours, such as one that was cut.
fn noted(line: &str) -> Option<(CandidateId, PathBuf)> {
    let (candidate, file) = line.split_once(' ')?;
    let parts: Vec<&str> = file.split('/').collect();
    let is_name = |part: &str| part.len() == 32 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_ours = matches!(parts.as_slice(), ["vault", shelf, name] if is_name(shelf) && is_name(name));
    Some((candidate.parse().ok()?, PathBuf::from(file))).filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::key::LibraryKey;
    use crate::library::system_clock;

    async fn opened(folder: &Path) -> Library {
        Library::open(folder, LibraryKey::from_bytes([7; 32]), Access::ReadWrite, system_clock()).await.expect("it opens")
    }

    /// Puts a recording that nothing names, as a hand-off does before its transaction.
    async fn put(library: &Library, who: &str) -> (Putting, PathBuf) {
        let candidate = CandidateId::derive(&[who]);
        let mut putting = library.putting().await.expect("it begins");
        let digest = Digest::of(who.as_bytes());
        library.will_put(&mut putting, candidate, Content::Recording, digest).await.expect("it is noted");
        library.put(candidate, Content::Recording, who.as_bytes().to_vec()).await.expect("it is put");
        let path = library.object_path(candidate, Content::Recording, digest).await.expect("readable").expect("it has a place");
        assert!(path.exists());
        (putting, path)
    }

    #[tokio::test]
    async fn what_a_killed_process_put_and_nothing_names_is_removed_once_nobody_puts_anything() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("library");
        let library = opened(&folder).await;
        let (killed, left) = put(&library, "left").await;
        let (living, writes) = put(&library, "writes").await;
        let (done, kept) = put(&library, "kept").await;
        done.done();
        // The lock goes with the process; what it noted stays.
        drop(killed);
        drop(opened(&folder).await);
        assert!(left.exists() && writes.exists(), "somebody is putting: nothing is touched");
        drop(living);
        drop(opened(&folder).await);
        assert!(!left.exists() && !writes.exists() && kept.exists());
        assert!(!left.parent().is_some_and(Path::exists), "nothing of that person is left");
        assert_eq!(fs::read_dir(folder.join(FOLDER)).expect("it is there").count(), 0);
    }

    #[test]
    fn a_line_that_leads_elsewhere_is_none_of_ours() {
        let id = CandidateId::derive(&["x"]);
        let (shelf, name) = ("0".repeat(32), "a".repeat(32));
        assert!(noted(&format!("{id} vault/{shelf}/{name}")).is_some());
        for line in ["", &format!("{id}"), &format!("{id} vault/{shelf}"), &format!("{id} vault/../{name}"), "x vault/a/b"] {
            assert!(noted(line).is_none(), "{line}");
        }
    }
}
