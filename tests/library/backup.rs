//! A backup is complete, useless without the key, and restores what was saved.

use std::fs;

use earmark::config::key::LibraryKey;
use earmark::library::{LibraryError, restore};

use super::support::*;

#[tokio::test]
async fn what_was_backed_up_is_there_after_restoring() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    let written = library.append(vec![note("kept")]).await.expect("it is saved");
    let file = folder.path().join("backup.zip");
    let report = library.backup(&file).await.expect("it is saved");
    assert_eq!(report.files, 1 + 3);
    library.append(vec![note("later")]).await.expect("it is saved");

    // The key as it was printed.
    let key = LibraryKey::from_recovery_text(&key().recovery_text()).expect("it is the key");
    let into = folder.path().join("restored");
    let report = restore(&file, &into, &key).await.expect("it is restored");
    assert_eq!(report.events, 1);
    let restored = open(&into).await;
    assert_eq!(restored.batch(batch().id).await.expect("it is read"), batch());
    assert_eq!(restored.events(batch().id).await.expect("they are read"), written);
    let answer = batch().submissions[0].answers[0].id;
    assert_eq!(*restored.recording(answer).await.expect("it is there"), recording("one", "q-01"));

    // Both go on; their streams differ, so that they can be brought together.
    restored.append(vec![note("in the restored one")]).await.expect("it is saved");
    for (_, stream) in library.streams().await.expect("they are read") {
        restored.insert_foreign(stream).await.expect("it follows");
    }
    assert_eq!(restored.events(batch().id).await.expect("they are read").len(), 3);
}

#[tokio::test]
async fn nothing_is_written_over() {
    let (folder, library) = fresh().await;
    let file = folder.path().join("backup.zip");
    library.backup(&file).await.expect("it is saved");
    let before = fs::read(&file).expect("it is read");
    assert!(matches!(library.backup(&file).await, Err(LibraryError::Exists { .. })));
    assert!(fs::read(&file).expect("it is read") == before);
    let there = restore(&file, &folder.path().join("library"), &key()).await;
    assert!(matches!(there, Err(LibraryError::Exists { .. })));
}

#[tokio::test]
async fn another_key_or_a_flipped_bit_restores_nothing() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    let (file, into) = (folder.path().join("backup.zip"), folder.path().join("restored"));
    library.backup(&file).await.expect("it is saved");
    let other = restore(&file, &into, &LibraryKey::from_bytes([9; 32])).await;
    assert!(matches!(other, Err(LibraryError::WrongKey { .. })));
    let whole = fs::read(&file).expect("it is read");
    for part in 1..16 {
        let mut bytes = whole.clone();
        bytes[whole.len() * part / 16] ^= 1;
        fs::write(&file, bytes).expect("it is written");
        assert!(restore(&file, &into, &key()).await.is_err(), "bit in sixteenth {part}");
        assert!(!into.exists());
    }
    fs::write(&file, &whole[..whole.len() / 2]).expect("it is written");
    assert!(matches!(restore(&file, &into, &key()).await, Err(LibraryError::BadBackup { .. })));
    let left: Vec<_> =
        fs::read_dir(folder.path()).expect("it is read").map(|entry| entry.expect("it is read").file_name()).collect();
    assert_eq!(left.len(), 2, "only the library and the backup are left: {left:?}");
}

#[tokio::test]
async fn a_backup_is_consistent_while_others_write() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    let writing = library.clone();
    let writer = tokio::spawn(async move {
        for number in 0..200 {
            writing.append(vec![note(&format!("{number}"))]).await.expect("it is saved");
        }
    });
    let file = folder.path().join("backup.zip");
    library.backup(&file).await.expect("it is saved");
    writer.await.expect("it does not panic");
    let into = folder.path().join("restored");
    restore(&file, &into, &key()).await.expect("the chain holds");
    let restored = open(&into).await;
    assert_eq!(restored.batch(batch().id).await.expect("it is read"), batch());
}

#[tokio::test]
async fn what_a_killed_backup_left_goes_with_the_next_and_what_is_being_written_stays() {
    let (folder, library) = fresh().await;
    let work = |name: &str| {
        let work = folder.path().join(format!(".earmark-backup-{name}"));
        fs::create_dir(&work).expect("a folder");
        fs::write(work.join("library.db"), "half").expect("written");
        let lock = fs::File::create(work.join("at-work")).expect("a file");
        (work, lock)
    };
    let ((killed, lock), (alive, held)) = (work("killed"), work("alive1"));
    drop(lock);
    held.lock().expect("it is ours");
    let unknown = folder.path().join(".earmark-backup-abcdef");
    fs::create_dir(&unknown).expect("a folder");
    let other = folder.path().join("earmark-backup-mine");
    fs::create_dir(&other).expect("a folder");
    library.backup(&folder.path().join("backup.zip")).await.expect("it is saved");
    assert!(!killed.exists(), "nobody is at work there");
    assert!(alive.join("library.db").exists() && unknown.exists() && other.exists());
    drop(held);
    library.backup(&folder.path().join("second.zip")).await.expect("it is saved");
    assert!(!alive.exists(), "its process is gone");
    let parts = fs::read_dir(folder.path()).expect("a folder").flatten().map(|entry| entry.file_name());
    let parts: Vec<_> = parts.filter(|name| name.to_string_lossy().starts_with(".earmark-backup-")).collect();
    assert_eq!(parts, [".earmark-backup-abcdef"], "a backup that came to its end leaves nothing");
}
