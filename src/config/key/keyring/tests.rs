//! A key under the keyring: how it gets there and back, and that nothing on the way can lose it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use zeroize::Zeroizing;

use super::super::{KeyError, KeyRing, LibraryKey, Origin};
use super::{Tool, random, write};

/// A settings folder, and a keyring of its own that a script plays.
struct Desk {
    folder: tempfile::TempDir,
    ring: KeyRing,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("secret-tool");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/keyring/secret-tool");
        std::os::unix::fs::symlink(script, &program).expect("a link");
        let mut ring = KeyRing::in_folder(&folder.path().join("settings"));
        ring.tool = Tool { program, patience: Duration::from_secs(20) };
        Desk { folder, ring }
    }

    /// Makes the keyring behave: `hangs` or `refuses`.
    fn keyring(&self, how: &str) {
        fs::write(self.folder.path().join(how), "").expect("written");
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("settings").join(name)
    }

    fn key(&self) -> Result<LibraryKey, KeyError> {
        self.ring.key(&mut |_| panic!("nobody is asked"))
    }

    /// The passphrases that the keyring keeps.
    fn entries(&self) -> Vec<(String, String)> {
        let files = fs::read_dir(self.folder.path()).expect("a folder").map(|entry| entry.expect("readable").path());
        let name = |path: &Path| path.file_name()?.to_str()?.strip_prefix("entry-").map(str::to_owned);
        files.filter_map(|path| Some((name(&path)?, fs::read_to_string(&path).expect("read")))).collect()
    }

    fn files(&self) -> Vec<String> {
        let files = fs::read_dir(self.folder.path().join("settings")).expect("a folder");
        files.map(|file| file.expect("readable").file_name().to_string_lossy().into_owned()).collect()
    }
}

#[test]
fn the_keyring_locks_the_key_and_gives_it_back() {
    let desk = Desk::new();
    let key = desk.key().expect("it is made");
    desk.ring.lock_with_keyring().expect("it is locked");
    assert_eq!(desk.files(), ["library.key.keyring"], "no readable key is left");
    assert_eq!(desk.ring.origin(), Origin::Keyring(desk.file("library.key.keyring")));
    assert!(desk.key().expect("the keyring opens it") == key);
    let [(entry, passphrase)] = &desk.entries()[..] else { panic!("one entry") };
    assert_eq!((entry.len(), passphrase.len()), (32, 64));
    assert!(matches!(desk.ring.lock_with_keyring(), Err(KeyError::Exists { .. })));
    assert!(matches!(desk.ring.lock(Zeroizing::new("other".into())), Err(KeyError::Exists { .. })));
    assert!(matches!(desk.ring.restore(&key), Err(KeyError::Exists { .. })));
    desk.ring.unlock_from_keyring().expect("it comes off");
    assert_eq!(desk.files(), ["library.key"]);
    assert!(desk.key().expect("it is found") == key && desk.entries().is_empty());
}

#[test]
fn the_passphrase_is_on_no_command_line_and_the_entry_names_nobody() {
    let desk = Desk::new();
    desk.ring.lock_with_keyring().expect("the key is made and locked");
    desk.key().expect("the keyring opens it");
    let calls = fs::read_to_string(desk.folder.path().join("calls")).expect("it was called");
    let [(entry, passphrase)] = &desk.entries()[..] else { panic!("one entry") };
    assert!(!calls.contains(passphrase.as_str()), "{calls}");
    let lookup = format!("lookup service earmark library {entry}");
    assert_eq!(calls.lines().filter(|call| *call == lookup).count(), 2, "{calls}");
    assert!(!fs::read_to_string(desk.file("library.key.keyring")).is_ok_and(|text| text.contains(passphrase)));
}

#[test]
fn a_keyring_that_cannot_be_used_leaves_the_key_as_it_was() {
    for how in ["hangs", "refuses"] {
        let mut desk = Desk::new();
        let key = desk.key().expect("it is made");
        desk.ring.tool.patience = Duration::from_millis(if how == "hangs" { 300 } else { 20_000 });
        desk.keyring(how);
        let told = desk.ring.lock_with_keyring().expect_err("the keyring cannot be used");
        match how {
            "hangs" => assert!(matches!(told, KeyError::KeyringSilent { .. }), "{told}"),
            _ => assert!(told.to_string().ends_with("cannot be used: secret-tool: Cannot autolaunch D-Bus"), "{told}"),
        }
        assert_eq!(desk.files(), ["library.key"], "{how}");
        assert!(desk.key().expect("it is found") == key);
    }
    let mut desk = Desk::new();
    let key = desk.key().expect("it is made");
    desk.ring.tool.program = desk.folder.path().join("not-installed");
    assert!(matches!(desk.ring.lock_with_keyring(), Err(KeyError::NoKeyringTool)));
    assert!(desk.key().expect("it is found") == key);
}

#[test]
fn an_entry_that_is_gone_is_told_and_the_file_stays_as_it_is() {
    let desk = Desk::new();
    desk.ring.lock_with_keyring().expect("it is locked");
    let before = fs::read(desk.file("library.key.keyring")).expect("there");
    desk.ring.forget_in_keyring();
    assert!(matches!(desk.key(), Err(KeyError::KeyringWithout { .. })));
    assert!(matches!(desk.ring.unlock_from_keyring(), Err(KeyError::KeyringWithout { .. })));
    assert_eq!(fs::read(desk.file("library.key.keyring")).expect("there"), before);
}

#[test]
fn a_lock_that_was_cut_off_at_any_step_is_brought_to_its_end_by_the_next() {
    // Killed after the locked file was written, before the keyring had the passphrase; and after that, before the plain file went.
    for kept in [false, true] {
        let desk = Desk::new();
        let key = desk.key().expect("it is made");
        let (entry, passphrase) = (random::<16>().expect("random"), random::<32>().expect("random"));
        write(&desk.file("library.key.keyring"), &entry, &key, passphrase.clone()).expect("written");
        if kept {
            fs::write(desk.folder.path().join(format!("entry-{}", &*entry)), &*passphrase).expect("written");
        }
        assert!(matches!(desk.ring.origin(), Origin::File(_)), "the plain file is the key until all is done");
        assert!(desk.key().expect("it is found") == key);
        desk.ring.lock_with_keyring().expect("it is locked");
        assert_eq!((desk.files().len(), desk.entries().len()), (1, 1), "{kept}");
        assert!(desk.key().expect("the keyring opens it") == key);
    }
}

#[test]
fn the_locked_file_of_another_key_is_never_removed() {
    let desk = Desk::new();
    let key = desk.key().expect("it is made");
    write(&desk.file("library.key.keyring"), "ab", &LibraryKey::from_bytes([9; 32]), Zeroizing::new("x".into())).expect("written");
    assert!(matches!(desk.ring.lock_with_keyring(), Err(KeyError::Exists { .. })));
    assert!(desk.key().expect("it is found") == key);
    assert_eq!(desk.files().len(), 2);
}

#[test]
fn two_that_lock_at_once_leave_one_key_that_opens() {
    let desk = Desk::new();
    let key = desk.key().expect("it is made");
    let threads: Vec<_> =
        (0..6).map(|_| desk.ring.clone()).map(|ring| std::thread::spawn(move || ring.lock_with_keyring())).collect();
    let locked = threads.into_iter().map(|thread| thread.join().expect("no panic")).filter(Result::is_ok).count();
    assert_eq!(locked, 1, "the others find it locked");
    assert!(desk.key().expect("the keyring opens it") == key);
}

#[test]
fn a_file_that_names_no_entry_is_no_key() {
    for content in
        ["", "earmark-keyring-1\n", "earmark-keyring-1 ab --all\n", "earmark-keyring-2 ab cd\n", "earmark-keyring-1 ab cd"]
    {
        let desk = Desk::new();
        fs::create_dir(desk.folder.path().join("settings")).expect("a folder");
        fs::write(desk.file("library.key.keyring"), content).expect("written");
        fs::set_permissions(desk.file("library.key.keyring"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("ours");
        assert!(matches!(desk.key(), Err(KeyError::NotAKey { .. })), "{content:?}");
        assert!(!desk.folder.path().join("calls").exists(), "the keyring is not asked");
    }
}
