//! Libraries of other versions, and things that are no library.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use earmark::library::{Access, Library, LibraryError};

use super::secrecy::files;
use super::support::*;

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(folder).into_iter().map(|path| (path.clone(), fs::read(&path).expect("it is read"))).collect()
}

#[tokio::test]
async fn a_library_of_a_newer_version_is_refused_and_not_a_byte_of_it_changes() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    library.close().await;
    let database = folder.path().join("library/library.db");
    let mut bytes = fs::read(&database).expect("it is read");
    bytes[60..64].copy_from_slice(&99u32.to_be_bytes());
    fs::write(&database, bytes).expect("it is written");
    let before = contents(folder.path());
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let opened = Library::open(&folder.path().join("library"), key(), access, clock()).await;
        let Err(error) = opened else { panic!("a newer version was opened") };
        assert!(matches!(error, LibraryError::Newer { found: 99, .. }), "{error}");
    }
    assert!(contents(folder.path()) == before);
}

#[tokio::test]
async fn a_newer_version_that_is_only_in_the_log_is_refused_too() {
    let (folder, library) = fresh().await;
    let folder = folder.path().join("library");
    // As a newer program leaves it that was killed before it moved its log into the file.
    let script = "pragma journal_mode=wal; pragma wal_autocheckpoint=0; pragma user_version=99;";
    drop(library);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("library.db"));
    let mut newer = sqlx::ConnectOptions::connect(&options).await.expect("it opens");
    sqlx::raw_sql(script).execute(&mut newer).await.expect("it runs");
    let before = fs::read(folder.join("library.db-wal")).expect("it is read");
    let opened = Library::open(&folder, key(), Access::ReadWrite, clock()).await;
    assert!(matches!(opened.map(drop), Err(LibraryError::Newer { found: 99, .. })));
    assert!(fs::read(folder.join("library.db-wal")).expect("it is read") == before);
}

#[tokio::test]
async fn something_else_under_that_name_is_left_alone() {
    for content in
        [&b"not a database at all, but longer than a header would be, so that its beginning is looked at, really"[..], b"short"]
    {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("library.db"), content).expect("it is written");
        let opened = Library::open(folder.path(), key(), Access::ReadWrite, clock()).await;
        assert!(matches!(opened.map(drop), Err(LibraryError::NotALibrary { .. })));
        assert_eq!(fs::read(folder.path().join("library.db")).expect("it is read"), content);
    }
}

#[tokio::test]
async fn looking_at_a_library_that_is_not_there_makes_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let opened = Library::open(&folder.path().join("none"), key(), Access::ReadOnly, clock()).await;
    assert!(matches!(opened.map(drop), Err(LibraryError::NotThere { .. })));
    assert!(!folder.path().join("none").exists());
}

#[tokio::test]
async fn two_that_make_the_library_at_once_make_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("library");
    let (a, b) = tokio::join!(open(&path), open(&path));
    a.append(vec![note("a")]).await.expect("it is saved");
    b.append(vec![note("b")]).await.expect("it is saved");
    assert_eq!(a.events(batch().id).await.expect("they are read").len(), 2);
}

#[tokio::test]
async fn recordings_whose_database_is_gone_are_no_new_library() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    library.close().await;
    let library = folder.path().join("library");
    let gone: [&dyn Fn(); 2] = [&|| fs::remove_file(library.join("library.db")).expect("it is removed"), &|| {
        fs::write(library.join("library.db"), b"").expect("it is written")
    }];
    for go in gone {
        go();
        let before = contents(folder.path());
        for access in [Access::ReadWrite, Access::ReadOnly] {
            let opened = Library::open(&library, key(), access, clock()).await;
            let Err(error) = opened else { panic!("it was taken for a new library") };
            assert!(matches!(error, LibraryError::Gone { .. }), "{error}");
        }
        assert!(contents(folder.path()) == before);
        assert!(earmark::library::check_is_whole(&library).is_err() && earmark::library::is_there(&library));
    }
}
