//! Flipped bits and full disks are said, and nothing is half done.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark::interview::Digest;
use earmark::library::{Content, LibraryError};

use super::support::*;

#[tokio::test]
async fn a_flipped_bit_in_a_recording_names_the_answer_and_spares_the_others() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    let submission = &batch().submissions[0];
    let digest = Digest::of(&recording("one", "q-01"));
    let path = library.object_path(submission.candidate.id, Content::Recording, digest).await.expect("it is looked up");
    let path = path.expect("it is there");
    let mut bytes = fs::read(&path).expect("it is read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(&path, bytes).expect("it is written");

    let Err(error) = library.recording(submission.answers[0].id).await else { panic!("damage was not noticed") };
    assert!(matches!(error, LibraryError::Damaged { .. }));
    assert!(error.to_string().contains("answer q-01"), "{error}");
    assert_eq!(*library.recording(submission.answers[1].id).await.expect("it is whole"), recording("one", "q-02"));

    // Importing it again mends it.
    library.put(submission.candidate.id, Content::Recording, recording("one", "q-01")).await.expect("it is put");
    assert_eq!(*library.recording(submission.answers[0].id).await.expect("it is whole"), recording("one", "q-01"));
}

#[tokio::test]
async fn a_changed_event_is_noticed() {
    let (folder, library) = fresh().await;
    library.append(vec![note("one"), note("two")]).await.expect("it is saved");
    library.close().await;
    let path = folder.path().join("library/library.db");
    let mut db = raw(&path).await;
    sqlx::query("update event set body = zeroblob(length(body)) where seq = 1").execute(&mut db).await.expect("it runs");
    let library = open(&folder.path().join("library")).await;
    assert!(matches!(library.events(batch().id).await, Err(LibraryError::Chain(_))));
    assert_eq!(library.check().await.expect("it is checked").complaints.len(), 1);
}

#[tokio::test]
async fn a_torn_database_is_refused_with_words() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    library.close().await;
    let path = folder.path().join("library/library.db");
    let mut bytes = fs::read(&path).expect("it is read");
    let pages = bytes.len() / 4096;
    bytes[4096..4096 * (pages - 1)].fill(0xee);
    fs::write(&path, bytes).expect("it is written");
    let opened =
        earmark::library::Library::open(&folder.path().join("library"), key(), earmark::library::Access::ReadWrite, clock()).await;
    assert!(matches!(opened.map(drop), Err(LibraryError::Damaged { .. })));
}

/// A plain connection to the database.
async fn raw(path: &Path) -> sqlx::SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    sqlx::ConnectOptions::connect(&options).await.expect("it opens")
}

/// A small disk of its own; `None` where this test may not mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount(kib: u32) -> Option<Self> {
        let folder = tempfile::tempdir().ok()?;
        let size = format!("size={kib}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output().ok()?;
        mounted.status.success().then_some(SmallDisk(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

#[tokio::test]
async fn a_full_disk_is_said_with_path_and_bytes_and_what_was_saved_stays() {
    let Some(disk) = SmallDisk::mount(1024) else {
        eprintln!("skipped: mounting a small disk needs root");
        return;
    };
    let folder = disk.0.path().join("library");
    let library = open(&folder).await;
    let text = "x".repeat(20_000);
    let mut saved = 0;
    let error = loop {
        match library.append(vec![note(&text)]).await {
            Ok(_) => saved += 1,
            Err(error) => break error,
        }
    };
    let LibraryError::Full { path, bytes } = &error else { panic!("{error}") };
    assert!(path.starts_with(&folder) && *bytes > 20_000, "{error}");
    let candidate = batch().submissions[0].candidate.id;
    let put = library.put(candidate, Content::Recording, vec![1; 900_000]).await;
    assert!(matches!(put, Err(LibraryError::Full { bytes, .. }) if bytes > 0), "{put:?}");
    assert!(matches!(library.backup(&disk.0.path().join("backup.zip")).await, Err(LibraryError::Full { .. })));
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), saved);
    drop(library);
    assert_eq!(
        fs::read_dir(folder.join("vault"))
            .expect("it is there")
            .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file()))
            .count(),
        0
    );

    let library = open(&folder).await;
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), saved);
    library.verify_streams().await.expect("the chain holds");
}
