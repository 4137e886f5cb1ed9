//! Files that are put into the vault before anything names them: each is noted first, so that what a killed process put and nothing
//! names is removed by the next one that opens the library. What an import put stays for a week, so that the next one goes on from there.
//!
//! Whoever puts holds a lock together with others who do; notes are looked at by one who holds it alone. So nothing is removed that a
//! living process has put, or has found there and is about to name.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::catalogue::SubmissionRow;
use super::lock::open_private;
use super::object::blocking;
use super::open::make_private_folder;
use super::{Access, Content, Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest};

/// Where the notes lie, and what is locked.
const FOLDER: &str = "putting";
const LOCK: &str = "putting.lock";
/// What the notes of imports begin with.
const IMPORT: &str = "import-";
/// So long the next import finds what one that was cut off had put.
const GOES_ON_FOR: Duration = Duration::from_hours(7 * 24);

/// Held while files are put that nothing names yet.
#[derive(Debug)]
pub struct Putting {
    _lock: Option<File>,
    note: Option<tempfile::NamedTempFile>,
    /// What the note's name begins with.
    prefix: &'static str,
}

/// What imports that were cut off have put and nothing names.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CutOff {
    /// Files of the vault.
    pub files: usize,
    /// Bytes in them, as they lie on disk.
    pub bytes: u64,
}

impl Library {
    /// Begins to put files that nothing names until later; waits while what killed processes left is removed.
    ///
    /// # Errors
    /// Where the lock's file cannot be made.
    pub async fn putting(&self) -> Result<Putting> {
        self.putting_as("").await
    }

    /// The same for an import: what it puts before it is killed is kept for a week.
    ///
    /// # Errors
    /// As [`Library::putting`].
    pub async fn putting_to_go_on(&self) -> Result<Putting> {
        self.putting_as(IMPORT).await
    }

    async fn putting_as(&self, prefix: &'static str) -> Result<Putting> {
        let path = self.inner.folder.join(LOCK);
        let lock = blocking(move || {
            let file = open_private(&path).map_err(|error| LibraryError::io("lock", &path, error))?;
            // Where a file system cannot lock, nobody takes anything for abandoned.
            Ok(file.lock_shared().is_ok().then_some(file))
        });
        Ok(Putting { _lock: lock.await?, note: None, prefix })
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
            let note = tempfile::Builder::new().prefix(putting.prefix).tempfile_in(&folder);
            putting.note = Some(note.map_err(failed)?);
        }
        let within = path.strip_prefix(&self.inner.folder).unwrap_or(&path);
        let line = format!("{candidate} {}\n", within.display());
        let note = putting.note.as_mut().map(tempfile::NamedTempFile::as_file_mut);
        note.map_or(Ok(()), |note| note.write_all(line.as_bytes()).and_then(|()| note.sync_data())).map_err(failed)
    }

    /// Removes what killed processes had put and nothing names. Where somebody puts something now, that is left for later.
    pub(super) async fn clear_after_killed(&self) -> Result<()> {
        let notes = self.notes();
        if notes.is_empty() || self.access() == Access::ReadOnly {
            return Ok(());
        }
        let Some(_alone) = self.nobody_puts() else { return Ok(()) };
        for note in notes.into_iter().filter(|note| !self.goes_on(note)) {
            for file in self.unnamed(&note).await? {
                let path = self.inner.folder.join(&file);
                let _ = fs::remove_file(&path);
                // A person's part of the vault goes when nothing is left in it.
                path.parent().map(fs::remove_dir);
            }
            let _ = fs::remove_file(&note);
        }
        Ok(())
    }

    /// What imports that were cut off have put and nothing names; nothing while somebody puts something.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn cut_off(&self) -> Result<CutOff> {
        let (notes, mut found) = (self.notes(), BTreeSet::new());
        let Some(_alone) = Some(()).filter(|()| !notes.is_empty()).and_then(|()| self.nobody_puts()) else {
            return Ok(CutOff::default());
        };
        for note in notes {
            found.extend(self.unnamed(&note).await?);
        }
        let sizes = found.iter().filter_map(|file| fs::metadata(self.inner.folder.join(file)).ok()).map(|meta| meta.len());
        Ok(sizes.fold(CutOff::default(), |all, size| CutOff { files: all.files + 1, bytes: all.bytes + size }))
    }

    fn notes(&self) -> Vec<PathBuf> {
        let folder = self.inner.folder.join(FOLDER);
        fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    }

    /// The lock, alone; none while somebody puts something.
    fn nobody_puts(&self) -> Option<File> {
        open_private(&self.inner.folder.join(LOCK)).ok().filter(|file| file.try_lock().is_ok())
    }

    /// Whether a note is of an import that may still go on.
    fn goes_on(&self, note: &Path) -> bool {
        let is_import = note.file_name().is_some_and(|name| name.to_string_lossy().starts_with(IMPORT));
        let written = fs::metadata(note).and_then(|meta| meta.modified());
        let now = SystemTime::from((self.inner.clock)());
        // What was written in the future is as new as can be.
        is_import && written.is_ok_and(|at| now.duration_since(at).unwrap_or_default() < GOES_ON_FOR)
    }

    /// The noted files that nothing names.
    async fn unnamed(&self, note: &Path) -> Result<Vec<PathBuf>> {
        let text = fs::read_to_string(note).unwrap_or_default();
        let mut files = Vec::new();
        for (candidate, file) in text.lines().filter_map(noted) {
            if !self.names(candidate, &file).await? {
                files.push(file);
            }
        }
        Ok(files)
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

    #[tokio::test]
    async fn what_an_import_had_put_waits_a_week_for_the_next_one_and_is_told() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("library");
        let library = opened(&folder).await;
        let mut putting = library.putting_to_go_on().await.expect("it begins");
        let (candidate, digest) = (CandidateId::derive(&["left"]), Digest::of(b"left"));
        library.will_put(&mut putting, candidate, Content::Recording, digest).await.expect("it is noted");
        library.put(candidate, Content::Recording, b"left".to_vec()).await.expect("it is put");
        let left = library.object_path(candidate, Content::Recording, digest).await.expect("readable").expect("it has a place");
        assert_eq!(library.cut_off().await.expect("readable"), CutOff::default(), "it still works");
        drop(putting);
        drop(opened(&folder).await);
        let found = library.cut_off().await.expect("readable");
        assert!(left.exists() && found.files == 1 && found.bytes > 4, "{found:?}");
        let note = library.notes().remove(0);
        let long_ago = SystemTime::now() - GOES_ON_FOR - Duration::from_secs(1);
        File::options().write(true).open(note).and_then(|note| note.set_modified(long_ago)).expect("it can be set");
        drop(opened(&folder).await);
        assert!(!left.exists() && library.cut_off().await.expect("readable") == CutOff::default());
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
