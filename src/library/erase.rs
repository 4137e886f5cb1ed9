//! Erasing a person by erasing the person's key.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::journal::Parts;
use super::object::blocking;
use super::put_away::within;
use super::{Library, LibraryError, Result};
use crate::interview::{CandidateId, EventId};
use crate::journal::{Act, COVERS, Draft};

/// What a person's erasure does to the database, after the keys are gone.
const STEPS: [&str; 13] = [
    "delete from person_key where candidate = ?",
    "insert or ignore into erased (candidate) values (?)",
    "update submission set sealed = null where candidate = ?",
    "update answer set state = 'not_given' where submission in (select id from submission where candidate = ?)",
    "delete from earlier_answer where candidate = ?",
    "delete from transcript where candidate = ?",
    "delete from prepared where candidate = ?",
    "delete from gist where candidate = ?",
    "delete from awaited where candidate = ?",
    "delete from fetched where candidate = ?",
    "delete from put_away where candidate = ?",
    "delete from deletion where candidate = ?",
    // What was to be sent of the person is not sent any more; what may have arrived may still lie there.
    "update delivery set sealed = null, why = null, state = iif(state in ('planned', 'failed'), 'superseded', state) where candidate = ?",
];

/// What a copy of the database that was made before it was brought up to date is called.
const COPY: &str = "library.before-";

impl Library {
    /// Removes a candidate's keys, recordings and everything readable; the journal's chain stays whole.
    ///
    /// Whether that is allowed (a hold, a retention date) is the caller's to say.
    pub async fn erase_person(&self, candidate: CandidateId) -> Result<()> {
        self.erase_person_with(candidate, Vec::new()).await
    }

    /// The same because somebody else has erased the candidate: what names that person in others' texts here is noted, and covered.
    pub async fn erase_as_others(&self, candidate: CandidateId) -> Result<()> {
        let covers = if self.author.is_some() { self.naming(candidate).await? } else { Vec::new() };
        let tombstones = covers.into_iter().map(|(batch, covers)| Draft {
            id: EventId(uuid::Uuid::now_v7()),
            batch: Some(batch),
            subject: None,
            base: None,
            act: Act::Erased { subject: candidate, tombstone: json!({ "reason": "erased by somebody else", COVERS: covers }) },
        });
        self.erase_person_with(candidate, tombstones.collect()).await
    }

    /// The same, and writes the tombstones as the author's next events, all in one transaction: after a kill either both are there
    /// or neither is. Files that a kill left are removed by the next start.
    pub async fn erase_person_with(&self, candidate: CandidateId, tombstones: Vec<Draft>) -> Result<()> {
        self.note_erasure(candidate, tombstones).await?;
        self.remove_leftovers().await
    }

    /// All of it that is in the database, and what is to be removed beside it: what follows may be done by the next start.
    async fn note_erasure(&self, candidate: CandidateId, tombstones: Vec<Draft>) -> Result<()> {
        let inner = &*self.inner;
        let shelf = self.shelf(candidate).await?;
        let coming = shelf.as_ref().map(|shelf| super::coming::folder(&inner.folder, shelf));
        let mut left: Vec<_> = shelf.iter().map(|shelf| shelf.folder().to_owned()).chain(coming).collect();
        let library = inner.folder.clone();
        // The person's keys lie in copies too, and the library's own opens them.
        left.extend(blocking(move || copies(&library)).await?);
        let now = (inner.clock)();
        let parts: Vec<_> = tombstones.into_iter().map(|draft| (now, Parts::of(draft))).collect();
        let mut db = inner.writer().await?;
        let mut transaction = inner.begin(&mut db, 0).await?;
        for step in STEPS {
            sqlx::query(step)
                .bind(candidate.0.as_bytes().as_slice())
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        for path in &left {
            sqlx::query("insert or ignore into leftover (path) values (?)")
                .bind(within(&inner.folder, path))
                .execute(&mut *transaction)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        if !parts.is_empty() {
            let author = self.author.ok_or(LibraryError::NoAuthor)?;
            inner.write_parts(&mut transaction, author, None, parts).await?;
        }
        inner.renew_all_of(&mut transaction, candidate).await?;
        inner.commit(transaction, 0).await
    }

    /// Removes the folders and copies that erasures have left; also what a kill kept an earlier one from removing.
    pub async fn remove_leftovers(&self) -> Result<()> {
        let inner = &*self.inner;
        let left: Vec<String> = sqlx::query_scalar("select path from leftover")
            .fetch_all(&mut *inner.reader().await?)
            .await
            .map_err(|error| inner.unread(error))?;
        if left.is_empty() {
            return Ok(());
        }
        for path in left {
            // The names are this library's own: two words behind each other, or a copy's.
            let place = inner.folder.join(&path);
            blocking(move || {
                let removed = if place.is_dir() { fs::remove_dir_all(&place) } else { fs::remove_file(&place) };
                match removed {
                    Err(error) if error.kind() != ErrorKind::NotFound => Err(LibraryError::io("remove", &place, error)),
                    _ => Ok(()),
                }
            })
            .await?;
            let mut db = inner.writer().await?;
            sqlx::query("delete from leftover where path = ?")
                .bind(path)
                .execute(&mut *db)
                .await
                .map_err(|error| inner.failed(error, 0))?;
        }
        // The log still has the pages as they were. A reader may be in the way of emptying it; the next erasure or closing does it then.
        let mut db = inner.writer().await?;
        let _ = sqlx::raw_sql("pragma wal_checkpoint(truncate)").execute(&mut *db).await;
        Ok(())
    }
}

/// The copies of the database that lie beside it, also half ones.
fn copies(library: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(library).map_err(|error| LibraryError::io("read", library, error))?;
    let is_copy = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with(COPY);
    Ok(entries.flatten().filter(|entry| is_copy(&entry.file_name())).map(|entry| entry.path()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::key::LibraryKey;
    use crate::library::{Access, Content, system_clock};

    const CANARY: &[u8] = b"canary of a person";

    async fn opened(folder: &Path) -> Library {
        Library::open(folder, LibraryKey::from_bytes([7; 32]), Access::ReadWrite, system_clock()).await.expect("it opens")
    }

    /// Every file below a folder.
    fn files(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.flat_map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { vec![entry.path()] }).collect()
    }

    /// A library with a recording of two people, and two copies from before it was brought up to date, one of them half.
    async fn with_two_people(folder: &Path) -> (Library, CandidateId, Vec<u8>) {
        let library = opened(folder).await;
        let [gone, stays] = ["gone", "stays"].map(|name| CandidateId::derive(&[name]));
        for one in [gone, stays] {
            library.put(one, Content::Recording, CANARY.to_vec()).await.expect("it is put");
        }
        let wrapped: Vec<u8> = sqlx::query_scalar("select wrapped from person_key where candidate = ?")
            .bind(gone.0.as_bytes().as_slice())
            .fetch_one(&mut *library.inner.reader().await.expect("a reader"))
            .await
            .expect("the person has a key");
        for copy in ["library.before-9-from-3.db", "library.before-9-from-4.part"] {
            fs::write(folder.join(copy), &wrapped).expect("it is written");
        }
        (library, gone, wrapped)
    }

    fn check(folder: &Path, wrapped: &[u8]) {
        let left = files(folder);
        assert!(!left.iter().any(|file| file.to_string_lossy().contains(COPY)), "{left:?}");
        assert_eq!(files(&folder.join("vault")).len(), 1, "the other person's recording, and no more: {left:?}");
        for file in &left {
            let bytes = fs::read(file).expect("it can be read");
            assert!(!bytes.windows(wrapped.len()).any(|some| some == wrapped), "{} has the person's key", file.display());
        }
    }

    #[tokio::test]
    async fn with_a_person_go_the_copies_from_before_an_upgrade() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("library");
        let (library, gone, wrapped) = with_two_people(&folder).await;
        library.erase_person(gone).await.expect("the person is erased");
        library.close().await;
        check(&folder, &wrapped);
    }

    #[tokio::test]
    async fn an_erasure_that_is_killed_in_its_middle_is_finished_by_the_next_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let folder = folder.path().join("library");
        let (library, gone, wrapped) = with_two_people(&folder).await;
        // A kill after the transaction leaves everything else as it was.
        library.note_erasure(gone, Vec::new()).await.expect("it is noted");
        library.close().await;
        assert_eq!((files(&folder.join("vault")).len(), copies(&folder).expect("readable").len()), (2, 2));
        let library = opened(&folder).await;
        library.close().await;
        check(&folder, &wrapped);
        let library = opened(&folder).await;
        assert!(matches!(library.put(gone, Content::Recording, CANARY.to_vec()).await, Err(LibraryError::Erased(_))));
    }
}
