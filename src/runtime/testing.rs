//! A library with one small batch, for the tests of this room.

use tempfile::TempDir;

use crate::config::key::LibraryKey;
use crate::library::{Access, Library, system_clock};
use crate::scorecard::sample::{Sample, reviewer};

/// A folder with a library in which Mara acts, and its one batch: one candidate who answered two questions.
pub(super) async fn library() -> (TempDir, Library, Sample) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("library");
    let opened = Library::open(&path, LibraryKey::from_bytes([7; 32]), Access::ReadWrite, system_clock()).await;
    let library = opened.expect("the library opens").acting_as(reviewer("mara"));
    let sample = Sample::new(1, 2);
    library.keep_batch(&sample.batch).await.expect("it is kept");
    (folder, library, sample)
}
