//! The library's key under the real keyring of a session of its own, by D-Bus, libsecret and gnome-keyring.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::imported;
use crate::home::{Home, Ran};

/// What the tests need; `scripts/setup.sh --tests` installs it.
const PARTS: [&str; 3] = ["secret-tool", "gnome-keyring-daemon", "dbus-run-session"];

/// A D-Bus session with a keyring that is unlocked; it ends when this is dropped.
struct Session {
    child: Child,
    address: String,
}

impl Session {
    /// None, and said so, where a part is not installed.
    fn begin(home: &Home) -> Option<Session> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let is_there = |part: &&str| std::env::split_paths(&path).any(|folder| folder.join(part).is_file());
        if let Some(part) = PARTS.iter().find(|part| !is_there(part)) {
            crate::parts::absent(&format!("there is no {part}"));
            return None;
        }
        let runtime = home.path().join("run");
        std::fs::create_dir_all(&runtime).expect("a folder");
        std::fs::set_permissions(&runtime, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("ours");
        // The daemon goes into the background when it can be asked; `cat` ends when nobody holds the other end.
        let script = "printf login | gnome-keyring-daemon --unlock --components=secrets >/dev/null && \
                      echo \"$DBUS_SESSION_BUS_ADDRESS\" && exec cat";
        let mut command = Command::new("dbus-run-session");
        command.args(["--", "sh", "-c", script]).env_clear().env("PATH", path);
        command.env("HOME", home.path()).env("XDG_RUNTIME_DIR", &runtime);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut address).expect("it says where it is");
        Some(Session { child, address: address.trim().to_owned() })
    }

    fn run(&self, home: &Home, args: &[&str]) -> Ran {
        let path = std::env::var("PATH").unwrap_or_default();
        home.run_with(&[("DBUS_SESSION_BUS_ADDRESS", &self.address), ("PATH", &path)], args)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

#[test]
fn a_key_under_the_keyring_opens_the_library_while_the_session_is_unlocked() {
    let home = imported();
    let Some(session) = Session::begin(&home) else { return };
    let file = |name: &str| home.path().join(".config/earmark").join(name).exists();
    let before = home.run(&["key", "--json"]).json(0);
    let locked = session.run(&home, &["key", "--lock", "--keyring"]);
    assert_eq!(locked.code, Some(0), "{locked:#?}");
    assert!(locked.out.contains("locked       with the system's keyring"), "{locked:#?}");
    assert!(!file("library.key") && file("library.key.keyring"));

    let shown = session.run(&home, &["key", "--json"]).json(0);
    assert_eq!((&shown["fingerprint"], &shown["origin"]), (&before["fingerprint"], &"keyring".into()));
    session.run(&home, &["status", "small batch", "--json"]).json(0);
    let doctor = session.run(&home, &["doctor", "--json"]).json(0).to_string();
    assert!(doctor.contains("library.key.keyring, under the system's keyring"), "{doctor}");
    let again = session.run(&home, &["key", "--lock"]);
    assert!(again.code == Some(1) && again.err.contains("under the system's keyring already"), "{again:#?}");

    let unlocked = session.run(&home, &["key", "--unlock"]);
    assert_eq!(unlocked.code, Some(0), "{unlocked:#?}");
    assert!(file("library.key") && !file("library.key.keyring"));
    assert_eq!(home.run(&["key", "--json"]).json(0), before);
}

#[test]
fn without_the_keyring_the_library_says_what_is_missing_and_nothing_hangs() {
    let home = imported();
    let recovery = home.run(&["key", "--recovery", "--json"]).json(0)["recovery"].as_str().expect("text").to_owned();
    let Some(session) = Session::begin(&home) else { return };
    assert_eq!(session.run(&home, &["key", "--lock", "--keyring"]).code, Some(0));
    let path = std::env::var("PATH").unwrap_or_default();

    let bare = home.run_with(&[("PATH", "/nowhere")], &["batches"]);
    assert_eq!(bare.code, Some(2), "{bare:#?}");
    assert!(bare.err.contains("secret-tool") && bare.err.contains("libsecret-tools on Debian"), "{bare:#?}");
    let no_session = home.run_with(&[("PATH", &path), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")], &["batches"]);
    assert_eq!(no_session.code, Some(3), "{no_session:#?}");
    assert!(no_session.err.contains("cannot be used: ") && no_session.err.contains("EARMARK_KEY_FILE"), "{no_session:#?}");

    let attributes = ["clear", "service", "earmark"];
    let cleared = Command::new("secret-tool").args(attributes).env("DBUS_SESSION_BUS_ADDRESS", &session.address).status();
    assert!(cleared.is_ok_and(|status| status.success()));
    let gone = session.run(&home, &["batches"]);
    assert_eq!(gone.code, Some(3), "{gone:#?}");
    assert!(gone.err.contains("the entry is gone") && gone.err.contains("key --restore"), "{gone:#?}");

    // The remedy that it names.
    let folder = home.path().join(".config/earmark");
    std::fs::rename(folder.join("library.key.keyring"), folder.join("away")).expect("moved");
    std::fs::write(home.path().join("recovery"), recovery).expect("written");
    let input = std::fs::File::open(home.path().join("recovery")).expect("there");
    assert!(home.command(&["key", "--restore"]).stdin(input).status().is_ok_and(|status| status.success()));
    assert_eq!(session.run(&home, &["status", "small batch"]).code, Some(0));
}
