//! Flipped bits and full disks are said, and nothing is half done.

use std::fs;
use std::path::Path;
use std::process::Command;

use earmark::interview::Digest;
use earmark::library::{Access, Content, Library, LibraryError};

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

/// A screen shows something before anybody looks through the database; nothing goes unnoticed by that.
#[tokio::test]
async fn whichever_page_is_damaged_it_is_found_at_once_or_by_looking_soon_after() {
    let (folder, library) = fresh().await;
    fill(&library).await;
    library.close().await;
    let folder = folder.path().join("library");
    let path = folder.join("library.db");
    let whole = fs::read(&path).expect("it is read");
    let (mut at_once, mut soon) = (0, 0);
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xee);
        fs::write(&path, bytes).expect("it is written");
        let is_damaged = match Library::open(&folder, key(), Access::ReadWrite, clock()).await {
            Ok(library) => {
                library.close().await;
                false
            }
            Err(_) => true,
        };
        let (opened, looked) = match Library::open_at_once(&folder, key(), clock()).await {
            Ok((library, _)) => {
                let looked = library.look_for_damage().await;
                library.close().await;
                (true, looked)
            }
            Err(_) => (false, Ok(())),
        };
        assert_eq!(is_damaged, !opened || looked.is_err(), "page {page}: {looked:?}");
        at_once += usize::from(!opened);
        soon += usize::from(matches!(looked, Err(LibraryError::Damaged { .. })));
    }
    assert!(at_once > 0 && soon > 0, "{at_once} at once, {soon} soon after");
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
    let opened = Library::open(&folder.path().join("library"), key(), Access::ReadWrite, clock()).await;
    assert!(matches!(opened.map(drop), Err(LibraryError::Damaged { .. })));
}

#[tokio::test]
async fn every_file_of_the_vault_is_looked_at_and_what_is_bad_is_named() {
    let (_folder, library) = fresh().await;
    fill(&library).await;
    assert_eq!(library.check_vault().await.expect("it is checked"), Vec::<String>::new());
    let submission = &batch().submissions[0];
    let path = async |question: &str| {
        let digest = Digest::of(&recording("one", question));
        let path = library.object_path(submission.candidate.id, Content::Recording, digest).await.expect("it is looked up");
        path.expect("it is there")
    };
    let first = path("q-01").await;
    let mut bytes = fs::read(&first).expect("it is read");
    *bytes.last_mut().expect("it is not empty") ^= 1;
    fs::write(&first, bytes).expect("it is written");
    fs::remove_file(path("q-02").await).expect("it is removed");
    fs::create_dir(library.folder().join("vault/stranger")).expect("it is made");
    fs::write(library.folder().join("vault/stranger/file"), b"x").expect("it is written");
    let complaints = library.check_vault().await.expect("it is checked");
    let all = complaints.join("\n");
    assert_eq!(complaints.len(), 3, "{all}");
    assert!(all.contains("the recording of answer q-01 in submission") && all.contains("is damaged"), "{all}");
    assert!(all.contains("the recording of answer q-02 in submission") && all.contains("is missing"), "{all}");
    assert!(all.contains("stranger/file belongs to nobody"), "{all}");
    assert!(!all.contains(CANARY), "{all}");
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

impl SmallDisk {
    fn make_read_only(&self) {
        let again = Command::new("mount").args(["-o", "remount,ro"]).arg(self.0.path()).status();
        assert!(again.is_ok_and(|status| status.success()));
    }

    /// Writes until nothing more fits.
    fn fill_up(&self) {
        use std::io::Write as _;
        let mut file = fs::File::create(self.0.path().join("ballast")).expect("a file can be made");
        while file.write_all(&[1; 1024]).is_ok() {}
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
    for _ in 0..3 {
        let again = library.append(vec![note(&text)]).await;
        assert!(matches!(again, Err(LibraryError::Full { .. })), "{again:?}");
    }
    drop(library);
    assert_eq!(
        fs::read_dir(folder.join("vault/.parts"))
            .expect("it is there")
            .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_file()))
            .count(),
        0
    );

    let library = open(&folder).await;
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), saved);
    library.verify_streams().await.expect("the chain holds");
}

#[tokio::test]
async fn once_there_is_room_again_the_same_library_saves_what_found_none() {
    let Some(disk) = SmallDisk::mount(1024) else {
        eprintln!("skipped: mounting a small disk needs root");
        return;
    };
    let library = open(&disk.0.path().join("library")).await;
    let text = "x".repeat(100_000);
    disk.fill_up();
    while library.append(vec![note("short")]).await.is_ok() {}
    let full = library.append(vec![note(&text)]).await;
    assert!(matches!(full, Err(LibraryError::Full { .. })), "{full:?}");
    let before = library.events(batch().id).await.expect("they are read").len();
    fs::remove_file(disk.0.path().join("ballast")).expect("it is there");
    library.append(vec![note(&text)]).await.expect("there is room");
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), before + 1);
}

/// Opens a library that cannot be written to, reads all of it, and says why it cannot be written to.
async fn only_read(folder: &Path) -> LibraryError {
    let (library, why) = Library::open_as_may_be(folder, key(), clock()).await.expect("it can be read");
    let library = library.acting_as(reviewer());
    assert_eq!(library.access(), Access::ReadOnly);
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), 1);
    assert_eq!(library.batch(batch().id).await.expect("it is read").submissions.len(), 2);
    assert_eq!(*library.recording(batch().submissions[0].answers[0].id).await.expect("it is read"), recording("one", "q-01"));
    assert!(library.try_lock_ui().expect("that is no trouble").is_none());
    assert!(matches!(library.append(vec![note("x")]).await, Err(LibraryError::ReadOnly { .. })));
    let mut watch = library.watch().await.expect("it can be watched");
    assert!(!watch.has_changed().await);
    watch.close().await;
    library.close().await;
    why.expect("it says why")
}

/// A library on a disk of its own, with something in it, closed in good order.
async fn filled(disk: &SmallDisk) -> std::path::PathBuf {
    let folder = disk.0.path().join("library");
    let library = open(&folder).await;
    fill(&library).await;
    library.append(vec![note("kept")]).await.expect("it is saved");
    library.close().await;
    folder
}

#[tokio::test]
async fn a_library_on_a_full_disk_is_read() {
    let Some(disk) = SmallDisk::mount(4096) else {
        eprintln!("skipped: mounting a small disk needs root");
        return;
    };
    let folder = filled(&disk).await;
    disk.fill_up();
    let why = only_read(&folder).await;
    assert!(matches!(why, LibraryError::Full { .. }), "{why:?}");
    fs::remove_file(disk.0.path().join("ballast")).expect("it is removed");
    let library = open(&folder).await;
    library.append(vec![note("and written")]).await.expect("it is saved");
}

#[tokio::test]
async fn a_library_on_a_file_system_that_is_only_read_is_read() {
    let Some(disk) = SmallDisk::mount(4096) else {
        eprintln!("skipped: mounting a disk needs root");
        return;
    };
    let folder = filled(&disk).await;
    disk.make_read_only();
    let why = only_read(&folder).await;
    assert!(matches!(why, LibraryError::Unwritable { .. }), "{why:?}");
}

#[tokio::test]
async fn a_log_that_a_killed_process_left_is_read_where_nothing_can_be_written() {
    let Some(disk) = SmallDisk::mount(4096) else {
        eprintln!("skipped: mounting a disk needs root");
        return;
    };
    let folder = disk.0.path().join("library");
    let library = open(&folder).await;
    fill(&library).await;
    library.append(vec![note("kept")]).await.expect("it is saved");
    // As it lies there while it is open.
    let copy = disk.0.path().join("killed");
    let status = Command::new("cp").arg("-r").args([&folder, &copy]).status();
    assert!(status.is_ok_and(|status| status.success()));
    library.close().await;
    disk.make_read_only();
    let why = only_read(&copy).await;
    assert!(matches!(why, LibraryError::Unwritable { .. }), "{why:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_library_of_which_nothing_may_be_changed_is_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, library) = fresh().await;
    let inside = folder.path().join("library");
    fill(&library).await;
    library.append(vec![note("kept")]).await.expect("it is saved");
    library.close().await;
    let allow = |folder_mode, file_mode| {
        fs::set_permissions(inside.join("library.db"), fs::Permissions::from_mode(file_mode)).expect("it is ours");
        fs::set_permissions(&inside, fs::Permissions::from_mode(folder_mode)).expect("it is ours");
    };
    allow(0o500, 0o400);
    if fs::write(inside.join("probe"), b"x").is_ok() {
        eprintln!("skipped: who runs this may write everywhere");
        return;
    }
    let why = only_read(&inside).await;
    assert!(matches!(why, LibraryError::Unwritable { .. }), "{why:?}");
    allow(0o700, 0o600);
}

#[tokio::test]
async fn a_log_that_has_no_room_for_its_index_says_that_the_disk_is_full_also_to_who_only_reads() {
    let Some(disk) = SmallDisk::mount(4096) else {
        eprintln!("skipped: mounting a disk needs root");
        return;
    };
    let folder = disk.0.path().join("library");
    let library = open(&folder).await;
    library.append(vec![note("kept")]).await.expect("it is saved");
    // As a killed process leaves it, on a disk that filled up since; the index does not outlive the machine.
    let copy = disk.0.path().join("killed");
    fs::create_dir(&copy).expect("a folder");
    for file in ["library.db", "library.db-wal"] {
        fs::copy(folder.join(file), copy.join(file)).expect("it is copied");
    }
    library.close().await;
    disk.fill_up();
    let glance = earmark::library::glance(&copy).await.map(|_| ());
    let looking = Library::open(&copy, key(), Access::ReadOnly, clock()).await.map(drop);
    let writing = Library::open(&copy, key(), Access::ReadWrite, clock()).await.map(drop);
    for opened in [glance, looking, writing] {
        let error = opened.expect_err("there is no room for the index");
        assert!(matches!(error, LibraryError::Full { .. }), "{error:?}");
        assert!(error.to_string().contains("killed/library.db: the disk is full") && error.to_string().contains("Free some space"));
    }
    fs::remove_file(disk.0.path().join("ballast")).expect("it is removed");
    let library = Library::open(&copy, key(), Access::ReadOnly, clock()).await.expect("there is room");
    assert_eq!(library.events(batch().id).await.expect("they are read").len(), 1);
}
