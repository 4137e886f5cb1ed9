//! Where the key comes from, and what is refused.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use zeroize::Zeroizing;

use super::*;

fn never(_: &str) -> std::io::Result<Zeroizing<String>> {
    panic!("nothing may ask")
}

fn typed(passphrase: &'static str) -> impl FnMut(&str) -> std::io::Result<Zeroizing<String>> {
    move |_| Ok(Zeroizing::new(passphrase.to_owned()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn the_first_use_makes_a_key_without_asking_and_the_next_finds_it() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().join("settings/earmark");
    let ring = KeyRing::in_folder(&folder);
    let path = folder.join("library.key");
    assert_eq!(ring.origin(), Origin::New(path.clone()));
    let key = ring.key(&mut never).expect("it is made");
    assert_eq!(ring.origin(), Origin::File(path.clone()));
    assert!(ring.key(&mut never).expect("it is found") == key);
    assert_eq!((mode(&folder), mode(&path)), (0o700, 0o600));
    assert_eq!(fs::read_dir(&folder).expect("it is read").count(), 1, "nothing else is left");
}

#[test]
fn many_that_make_it_at_once_have_one_key() {
    let home = tempfile::tempdir().expect("a folder");
    let ring = KeyRing::in_folder(home.path());
    let threads: Vec<_> = (0..8).map(|_| ring.clone()).map(|ring| std::thread::spawn(move || ring.key(&mut never))).collect();
    let keys: Vec<LibraryKey> = threads.into_iter().map(|thread| thread.join().expect("no panic").expect("a key")).collect();
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn a_key_that_others_can_read_is_refused_with_the_remedy() {
    let home = tempfile::tempdir().expect("a folder");
    let ring = KeyRing::in_folder(home.path());
    ring.key(&mut never).expect("it is made");
    for open in [0o640, 0o604, 0o660] {
        let path = home.path().join("library.key");
        fs::set_permissions(&path, fs::Permissions::from_mode(open)).expect("it is ours");
        let error = ring.key(&mut never).expect_err("it is too open");
        assert!(error.to_string().contains(&format!("chmod 600 {}", path.display())), "{error}");
    }
}

#[test]
fn a_file_that_is_named_comes_first_and_must_be_there() {
    let (home, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let own = KeyRing::in_folder(home.path()).key(&mut never).expect("it is made");
    let named = KeyRing::in_folder(other.path()).key(&mut never).expect("it is made");
    let ring = KeyRing::in_folder(home.path()).named(&other.path().join("library.key"));
    assert!(ring.key(&mut never).expect("it is found") == named && named != own);
    let missing = KeyRing::in_folder(home.path()).named(&other.path().join("none"));
    assert!(matches!(missing.key(&mut never), Err(KeyError::Missing { named_by: "EARMARK_KEY_FILE", .. })));
}

#[test]
fn what_is_no_key_is_refused() {
    for content in ["", "earmark-library-key-1 12", "earmark-library-key-1 zz", &"0".repeat(64), "earmark-library-key-2 00"] {
        let home = tempfile::tempdir().expect("a folder");
        let path = home.path().join("library.key");
        fs::write(&path, content).expect("it is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it is ours");
        assert!(matches!(KeyRing::in_folder(home.path()).key(&mut never), Err(KeyError::NotAKey { .. })), "{content:?}");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), content, "it was not replaced");
    }
}

#[test]
fn a_passphrase_locks_the_key_and_comes_off_again() {
    let home = tempfile::tempdir().expect("a folder");
    let ring = KeyRing::in_folder(home.path());
    let key = ring.key(&mut never).expect("it is made");
    // With little work, so that the test is quick; `lock` does the same with a second's worth.
    file::write_locked(&home.path().join("library.key.age"), &key, Zeroizing::new("correct horse".into()), Some(4))
        .and_then(|()| file::remove(&home.path().join("library.key")))
        .expect("it is locked");
    assert_eq!(ring.origin(), Origin::Passphrase(home.path().join("library.key.age")));
    assert!(ring.key(&mut typed("correct horse")).expect("it opens") == key);
    assert!(matches!(ring.key(&mut typed("wrong")), Err(KeyError::WrongPassphrase { .. })));
    let no_terminal = &mut |_: &str| Err(std::io::ErrorKind::NotFound.into());
    assert!(matches!(ring.key(no_terminal), Err(KeyError::CannotAsk { .. })));
    assert!(matches!(ring.restore(&key), Err(KeyError::Exists { .. })));
    ring.unlock(Zeroizing::new("correct horse".into())).expect("it comes off");
    assert!(ring.key(&mut never).expect("it is found") == key);
    assert_eq!(ring.origin(), Origin::File(home.path().join("library.key")));
}

#[test]
fn locking_leaves_no_readable_key() {
    let home = tempfile::tempdir().expect("a folder");
    let ring = KeyRing::in_folder(home.path());
    let key = ring.key(&mut never).expect("it is made");
    ring.lock(Zeroizing::new("correct horse".into())).expect("it is locked");
    let names: Vec<_> = fs::read_dir(home.path()).expect("it is read").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names, ["library.key.age"]);
    assert!(ring.key(&mut typed("correct horse")).expect("it opens") == key);
}

#[test]
fn a_recovered_key_goes_into_an_empty_place_only() {
    let home = tempfile::tempdir().expect("a folder");
    let ring = KeyRing::in_folder(home.path());
    let key = LibraryKey::from_bytes([3; 32]);
    ring.restore(&key).expect("it is put there");
    assert!(ring.key(&mut never).expect("it is found") == key);
    assert!(matches!(ring.restore(&LibraryKey::from_bytes([4; 32])), Err(KeyError::Exists { .. })));
    assert!(ring.key(&mut never).expect("it is found") == key);
}

#[test]
fn debugging_prints_nothing_of_a_key() {
    let key = LibraryKey::from_bytes([0xab; 32]);
    assert_eq!(format!("{key:?}"), "LibraryKey(…)");
    assert!(!key.fingerprint().contains("abab"));
}
