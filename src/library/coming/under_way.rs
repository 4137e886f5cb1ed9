//! How far a fetch into this library is: written into the file that keeps a second one out, for whoever looks at the library.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::interview::UnderWay;
use crate::library::open::Inner;
use crate::library::{Library, LibraryError, Result};

/// Keeps others from fetching into the library, until it is dropped.
pub struct FetchLock {
    file: File,
    inner: Arc<Inner>,
}

/// A state is no longer than this.
const LONGEST: u64 = 4096;
/// Who looks whether a fetch works holds the lock for a moment: it is tried so often, so long apart.
const TRIES: u32 = 5;
const APART: Duration = Duration::from_millis(10);

impl Library {
    /// Makes sure that no other process fetches into this library; none where one does.
    pub fn lock_fetch(&self) -> Result<Option<FetchLock>> {
        let path = self.fetch_lock();
        let failed = |error| LibraryError::io("lock", &path, error);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => {
                    let lock = FetchLock { file, inner: Arc::clone(&self.inner) };
                    lock.clear();
                    return Ok(Some(lock));
                }
                Err(fs::TryLockError::WouldBlock) => std::thread::sleep(APART),
                Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Ok(None)
    }

    /// How far the fetch into this library is; none where none works, or nothing can be told of it.
    pub fn fetch_state(&self) -> Option<UnderWay> {
        let file = File::open(self.fetch_lock()).ok()?;
        let mut text = String::new();
        (&file).take(LONGEST).read_to_string(&mut text).ok()?;
        // A longer one may have stood there a moment ago.
        let state = serde_json::from_str(text.lines().next()?).ok()?;
        // One that was killed has left its state behind, and no lock.
        file.try_lock_shared().is_err().then_some(state)
    }

    fn fetch_lock(&self) -> PathBuf {
        self.inner.folder.join("fetch.lock")
    }
}

impl FetchLock {
    /// Tells whoever looks at the library how far it is; that it could not be told keeps nothing from coming.
    pub fn tell(&self, state: &UnderWay) {
        let written = || {
            let mut line = serde_json::to_vec(state)?;
            line.push(b'\n');
            let mut file = &self.file;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&line)?;
            file.set_len(line.len() as u64)
        };
        if let Err(error) = written() {
            return tracing::warn!(%error, "how far the fetch is could not be told");
        }
        self.inner.ring();
    }

    fn clear(&self) {
        if let Err(error) = self.file.set_len(0) {
            tracing::warn!(%error, "how far the fetch was still stands there");
        }
    }
}

impl Drop for FetchLock {
    fn drop(&mut self) {
        self.clear();
        self.inner.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::key::LibraryKey;
    use crate::library::{Access, system_clock};

    #[tokio::test]
    async fn how_far_a_fetch_is_is_told_while_it_works_and_not_after() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = LibraryKey::from_bytes([7; 32]);
        let library = Library::open(folder.path(), key, Access::ReadWrite, system_clock()).await.expect("it opens");
        let state = UnderWay { source: "platform".into(), files: 3, arrived: 1, ..UnderWay::default() };
        assert_eq!(library.fetch_state(), None);
        let lock = library.lock_fetch().expect("it can be locked").expect("nobody fetches");
        assert_eq!(library.fetch_state(), None, "nothing is told yet");
        lock.tell(&UnderWay { source: "a much longer name than the other one".into(), ..state.clone() });
        lock.tell(&state);
        assert_eq!(library.fetch_state(), Some(state.clone()));
        assert!(library.lock_fetch().expect("it can be tried").is_none(), "one at a time");
        drop(lock);
        assert_eq!(library.fetch_state(), None);
        // What a killed one leaves behind.
        fs::write(library.fetch_lock(), serde_json::to_vec(&state).expect("JSON")).expect("written");
        assert_eq!(library.fetch_state(), None, "nobody holds the lock");
    }
}
