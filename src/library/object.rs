//! Recordings and documents in the vault, by whose they are and what is in them.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

use super::vault::{Content, Shelf};
use super::{Library, LibraryError, Result};
use crate::interview::{AnswerId, CandidateId, Digest};

impl Library {
    /// Puts bytes into the vault under the candidate's key; returns the SHA-256 of the plain bytes, by which they are found.
    ///
    /// What is there already, whole, is not written again.
    pub async fn put(&self, candidate: CandidateId, content: Content, bytes: Vec<u8>) -> Result<Digest> {
        let bytes = Zeroizing::new(bytes);
        let shelf = self.shelf_or_new(candidate).await?;
        blocking(move || {
            let digest = Digest::of(&bytes);
            match shelf.read(content, digest) {
                Ok(Some(_)) => Ok(digest),
                _ => shelf.write(content, &mut bytes.as_slice()),
            }
        })
        .await
    }

    /// Puts everything that `from` still gives into the vault, 64 KiB at a time.
    pub async fn put_from(&self, candidate: CandidateId, content: Content, mut from: impl Read + Send + 'static) -> Result<Digest> {
        let shelf = self.shelf_or_new(candidate).await?;
        blocking(move || shelf.write(content, &mut from)).await
    }

    /// The plain bytes of what was put there; fails when a single bit is different.
    pub async fn get(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<Zeroizing<Vec<u8>>> {
        let what = match content {
            Content::Recording => "the recording",
            Content::Document => "the document",
            Content::Raw => "what the source sent",
        };
        self.get_named(candidate, content, digest, format!("{what} {} of candidate {candidate}", digest.short())).await
    }

    /// The recording of an answer as it was imported last; an error names the answer.
    pub async fn recording(&self, answer: AnswerId) -> Result<Zeroizing<Vec<u8>>> {
        let (submission, place) = self.submission_of(answer).await?;
        let answer = &submission.answers[place];
        let what = format!("the recording of answer {} in submission {}", answer.question, submission.id);
        let digest = answer.media.as_ref().and_then(|media| media.digest);
        let Some(digest) = digest else { return Err(LibraryError::NotKept { what }) };
        self.get_named(submission.candidate.id, Content::Recording, digest, what).await
    }

    /// Whether the vault has it.
    pub async fn has(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<bool> {
        Ok(self.object_path(candidate, content, digest).await?.is_some_and(|path| path.exists()))
    }

    /// The file of the vault that holds it, or would; `None` where nothing of this candidate is kept.
    pub async fn object_path(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<Option<PathBuf>> {
        Ok(self.shelf(candidate).await?.map(|shelf| shelf.path(content, digest)))
    }

    /// Removes one file from the vault, such as one that turned out to be no recording.
    pub async fn discard(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<()> {
        let Some(path) = self.object_path(candidate, content, digest).await? else { return Ok(()) };
        blocking(move || match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(LibraryError::io("remove", &path, error)),
            _ => Ok(()),
        })
        .await
    }

    async fn get_named(
        &self,
        candidate: CandidateId,
        content: Content,
        digest: Digest,
        what: String,
    ) -> Result<Zeroizing<Vec<u8>>> {
        let Some(shelf) = self.shelf(candidate).await? else { return Err(LibraryError::NotKept { what }) };
        let read = blocking(move || match shelf.read(content, digest) {
            Ok(Some(plain)) => Ok(plain),
            Ok(None) => Err(LibraryError::Damaged { what, path: shelf.path(content, digest) }),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(LibraryError::NotKept { what }),
            Err(error) => Err(LibraryError::io("read", &shelf.path(content, digest), error)),
        });
        match read.await {
            Err(LibraryError::NotKept { what }) => match self.why_away(candidate, content, digest).await? {
                Some(why) => Err(LibraryError::Away { what, why }),
                None => Err(LibraryError::NotKept { what }),
            },
            read => read,
        }
    }

    pub(super) async fn shelf(&self, candidate: CandidateId) -> Result<Option<Shelf>> {
        let key = self.inner.person(&mut *self.inner.reader().await?, candidate).await?;
        Ok(key.map(|key| Shelf::new(&self.inner.folder, candidate, key)))
    }

    pub(super) async fn shelf_or_new(&self, candidate: CandidateId) -> Result<Shelf> {
        // Also asked when the key is there already: whether this library may be written to.
        let mut db = self.inner.writer().await?;
        if let Some(key) = self.inner.person(&mut db, candidate).await? {
            return Ok(Shelf::new(&self.inner.folder, candidate, key));
        }
        let mut transaction = self.inner.begin(&mut db, 0).await?;
        let key = self.inner.person_or_new(&mut transaction, candidate).await?;
        self.inner.commit(transaction, 0).await?;
        Ok(Shelf::new(&self.inner.folder, candidate, key))
    }
}

/// Runs file work where it does not keep the screen waiting.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => std::panic::resume_unwind(error.into_panic()),
    }
}
