//! Nothing readable about a person lies on disk.

use std::fs;
use std::path::{Path, PathBuf};

use earmark::interview::{Moment, Span};
use earmark::journal::Act;
use earmark::library::{Access, Library, LibraryError};
use earmark::text::SafeText;

use super::support::*;

/// Every file below `folder`.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder is read").map(|entry| entry.expect("it is read").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Files that have `text` in their name or content, as it is or as UTF-16.
fn files_with(folder: &Path, text: &str) -> Vec<PathBuf> {
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let suspect = |path: &PathBuf| {
        let bytes = fs::read(path).expect("it is read");
        path.to_string_lossy().contains(text) || has(&bytes, text.as_bytes()) || has(&bytes, &wide)
    };
    files(folder).into_iter().filter(suspect).collect()
}

#[tokio::test]
async fn no_name_quote_note_or_recording_can_be_read_from_the_files() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    let submission = &batch().submissions[0];
    let (answer, candidate) = (submission.answers[0].id, Some(submission.candidate.id));
    let text = SafeText::block(CANARY);
    let span = Span { start: Moment(0), end: Moment(900) };
    library
        .append(vec![
            note(CANARY),
            draft(candidate, Act::Evidenced { answer, revision: None, criteria: vec![], span, quote: text.clone() }),
            draft(candidate, Act::Drafted { field: SafeText::line("note"), text: text.clone(), at: None }),
            draft(candidate, Act::Commented { submission: submission.id, text }),
            draft(None, Act::Panel { reviewers: vec![serde_json::json!({ "label": CANARY })] }),
        ])
        .await
        .expect("it is saved");
    library.backup(&folder.path().join("backup.zip")).await.expect("it is saved");
    // Once while the log is there, once when it was moved into the file.
    assert_eq!(files_with(folder.path(), CANARY), Vec::<PathBuf>::new());
    library.close().await;
    assert_eq!(files_with(folder.path(), CANARY), Vec::<PathBuf>::new());
    // The search itself finds what is in clear.
    assert!(!files_with(folder.path(), &format!("{:?}", batch().submissions[0].status).to_lowercase()).is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, library) = fresh().await;
    fill(&library).await;
    let library_folder = folder.path().join("library");
    let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(&library_folder), 0o700);
    for name in ["library.db", "library.db-wal", "library.db-shm"] {
        assert_eq!(mode(&library_folder.join(name)), 0o600, "{name}");
    }
    for file in files(&library_folder.join("vault")) {
        assert_eq!(mode(&file), 0o600);
    }
    drop(library);
}

#[tokio::test]
async fn another_key_is_refused_before_anything_is_written() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    library.close().await;
    let library_folder = folder.path().join("library");
    let before = fs::read(library_folder.join("library.db")).expect("it is read");
    let other = earmark::config::key::LibraryKey::from_bytes([8; 32]);
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let opened = Library::open(&library_folder, other.clone(), access, clock()).await;
        assert!(matches!(opened.map(drop), Err(LibraryError::WrongKey { .. })));
    }
    assert!(fs::read(library_folder.join("library.db")).expect("it is read") == before);
}
