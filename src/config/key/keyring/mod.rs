//! The system's keyring as a lock: it keeps a random passphrase, under which the key's file lies.
//!
//! It is spoken to by `secret-tool` of libsecret, which is a process of its own: what it does cannot hang this one. The
//! passphrase goes through pipes alone, and the entry is named by random digits: neither says whose library it is.

use std::fs::File;
use std::io::{ErrorKind, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::{KeyError, KeyRing, LibraryKey, Origin, file};
use crate::text::SafeText;

/// What the file begins with; the entry's name and the key's fingerprint follow, then a line's end and an age file.
const LABEL: &str = "earmark-keyring-1";
/// The passphrase has 256 bits: work would slow down nobody but its owner.
const WORK: u8 = 4;
/// How long the keyring may take where nobody is there to unlock it, and where someone is.
const ALONE: Duration = Duration::from_secs(5);
const ATTENDED: Duration = Duration::from_secs(60);

/// The program that speaks to the keyring, and how long it may take.
#[derive(Clone, Debug)]
pub(super) struct Tool {
    pub(super) program: PathBuf,
    pub(super) patience: Duration,
}

impl Tool {
    /// The one on the PATH. A keyring that is locked asks for the login's password, which takes a person a while.
    pub(super) fn of_system() -> Self {
        let attended = std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Tool { program: "secret-tool".into(), patience: if attended { ATTENDED } else { ALONE } }
    }

    /// Whether it is installed.
    pub(super) fn is_there(&self) -> bool {
        // Where the system looks when there is no PATH.
        let folders = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
        std::env::split_paths(&folders).any(|folder| folder.join(&self.program).is_file())
    }
}

/// What is known of a key under the keyring without asking it.
struct Locked {
    /// The entry that holds the passphrase.
    entry: String,
    /// Whose passphrase it is: the key's fingerprint.
    fingerprint: String,
    age: Vec<u8>,
}

impl KeyRing {
    /// Puts the key under a random passphrase that the system's keyring keeps; from then on the keyring is asked for it. The
    /// unlocked file is removed when the keyring has given the passphrase back and the key was opened with it; until then it is
    /// the key. A lock that was cut off is brought to its end by the next.
    ///
    /// # Errors
    /// When the keyring cannot be used; the key is then as it was.
    pub fn lock_with_keyring(&self) -> Result<(), KeyError> {
        let _held = self.hold()?;
        let plain = self.unlocked()?;
        let path = self.locked_by_keyring();
        let key = file::make(&plain)?;
        if path.exists() {
            if read(&path)?.fingerprint != key.fingerprint() {
                return Err(KeyError::Exists { path });
            }
            match self.open_with_keyring(&path) {
                Ok(same) if same == key => return file::remove(&plain),
                Ok(_) | Err(KeyError::KeyringWithout { .. } | KeyError::WrongPassphrase { .. }) => file::remove(&path)?,
                Err(error) => return Err(error),
            }
        }
        let (entry, passphrase) = (random::<16>()?, random::<32>()?);
        write(&path, &entry, &key, passphrase.clone())?;
        let kept = self.ask(&entry, Verb::Store(&passphrase)).and_then(|_| self.open_with_keyring(&path));
        match kept {
            Ok(same) if same == key => file::remove(&plain),
            kept => {
                // The plain file is the key still; a passphrase that opens nothing may stay where it cannot be removed.
                let _ = file::remove(&path);
                let _ = self.ask(&entry, Verb::Clear);
                Err(kept.err().unwrap_or(KeyError::WrongPassphrase { path }))
            }
        }
    }

    /// Takes the key out of the keyring again: it lies in a plain file as before.
    ///
    /// # Errors
    /// When the keyring does not give the passphrase; the key is then as it was.
    pub fn unlock_from_keyring(&self) -> Result<(), KeyError> {
        let _held = self.hold()?;
        let path = self.locked_by_keyring();
        let entry = read(&path)?.entry;
        let key = self.open_with_keyring(&path)?;
        file::write_new(&self.plain(), &key)?;
        file::remove(&path)?;
        // What stays is a passphrase that opens nothing.
        let _ = self.ask(&entry, Verb::Clear);
        Ok(())
    }

    /// Removes the keyring's entry, if the key lies under one and the keyring can be reached: for a key that is thrown away.
    pub fn forget_in_keyring(&self) {
        if let Ok(locked) = read(&self.locked_by_keyring()) {
            let _ = self.ask(&locked.entry, Verb::Clear);
        }
    }

    /// Whether the program that speaks to the keyring is installed; the keyring itself is not asked.
    pub fn has_keyring_tool(&self) -> bool {
        self.tool.is_there()
    }

    /// The key in a file under the keyring.
    pub(super) fn open_with_keyring(&self, path: &Path) -> Result<LibraryKey, KeyError> {
        let locked = read(path)?;
        let passphrase = self.ask(&locked.entry, Verb::Lookup)?;
        let passphrase = passphrase.ok_or_else(|| KeyError::KeyringWithout { path: path.to_owned() })?;
        file::open_locked(path, &locked.age, passphrase)
    }

    /// The file of a key that is not locked, which may not be there yet.
    fn unlocked(&self) -> Result<PathBuf, KeyError> {
        match self.origin() {
            Origin::File(path) | Origin::New(path) => Ok(path),
            Origin::Named(path) | Origin::Credentials(path) => Err(KeyError::NotHere { path }),
            Origin::Passphrase(path) | Origin::Keyring(path) => Err(KeyError::Exists { path }),
        }
    }

    /// Two that lock at once would each remove what the other relies on.
    fn hold(&self) -> Result<File, KeyError> {
        let failed = |source| KeyError::Io { act: "lock the folder", path: self.folder.clone(), source };
        crate::config::private::folder(&self.folder).map_err(failed)?;
        let folder = File::open(&self.folder).map_err(failed)?;
        folder.lock().map_err(failed)?;
        Ok(folder)
    }

    /// Asks the keyring about one entry. `None` where it has no such entry, or does not give it.
    fn ask(&self, entry: &str, verb: Verb<'_>) -> Result<Option<Zeroizing<String>>, KeyError> {
        let mut command = Command::new(&self.tool.program);
        match verb {
            Verb::Store(_) => command.args(["store", "--label=earmark: the passphrase of a library's key"]),
            Verb::Lookup => command.arg("lookup"),
            Verb::Clear => command.arg("clear"),
        };
        command.args(["service", "earmark", "library", entry]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|source| match source.kind() {
            ErrorKind::NotFound => KeyError::NoKeyringTool,
            _ => KeyError::Io { act: "run", path: self.tool.program.clone(), source },
        })?;
        if let (Some(mut input), Verb::Store(passphrase)) = (child.stdin.take(), &verb) {
            // Who does not listen says why, or ends with a failure.
            let _ = input.write_all(passphrase.as_bytes());
        }
        let Said { status, answer, complaint } = self.hear(child)?;
        let why = SafeText::line(String::from_utf8_lossy(&complaint).trim());
        match (status.success(), verb) {
            (true, _) => Ok(Some(line(&answer))),
            // An entry that is not there is told by silence.
            (false, Verb::Lookup | Verb::Clear) if why.as_str().is_empty() => Ok(None),
            (false, _) => Err(KeyError::KeyringRefuses { why }),
        }
    }

    /// What the child says to its end, within the time that it has.
    fn hear(&self, mut child: Child) -> Result<Said, KeyError> {
        const MOST: u64 = 4096;
        let (said, heard) = mpsc::channel();
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        std::thread::spawn(move || {
            // With room for all of it, so that no copy is left behind by growing.
            let mut answer = Zeroizing::new(Vec::with_capacity(MOST as usize + 1));
            let mut complaint = Vec::new();
            let _ = output.map(|output| output.take(MOST).read_to_end(&mut answer));
            let _ = errors.map(|errors| errors.take(MOST).read_to_end(&mut complaint));
            let _ = said.send((answer, complaint));
        });
        let heard = heard.recv_timeout(self.tool.patience);
        if heard.is_err() {
            // It may have ended by itself.
            let _ = child.kill();
        }
        let status = child.wait().map_err(|source| KeyError::Io { act: "run", path: self.tool.program.clone(), source })?;
        let (answer, complaint) = heard.map_err(|_| KeyError::KeyringSilent { seconds: self.tool.patience.as_secs() })?;
        Ok(Said { status, answer, complaint })
    }
}

/// How the child ended, and what it said.
struct Said {
    status: ExitStatus,
    answer: Zeroizing<Vec<u8>>,
    complaint: Vec<u8>,
}

/// What is asked of the keyring about an entry.
enum Verb<'a> {
    Store(&'a Zeroizing<String>),
    Lookup,
    Clear,
}

fn line(answer: &[u8]) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(answer.len()));
    line.push_str(std::str::from_utf8(answer).unwrap_or_default().trim_end_matches(['\r', '\n']));
    line
}

/// Random bytes in hexadecimal digits.
fn random<const N: usize>() -> Result<Zeroizing<String>, KeyError> {
    use std::fmt::Write as _;
    let mut bytes = Zeroizing::new([0u8; N]);
    getrandom::fill(bytes.as_mut()).map_err(|_| KeyError::NoRandomness)?;
    let mut digits = Zeroizing::new(String::with_capacity(2 * N));
    for byte in bytes.iter() {
        write!(digits, "{byte:02x}").expect("writing into a string cannot fail");
    }
    Ok(digits)
}

fn write(path: &Path, entry: &str, key: &LibraryKey, passphrase: Zeroizing<String>) -> Result<(), KeyError> {
    let mut content = format!("{LABEL} {entry} {}\n", key.fingerprint()).into_bytes();
    content.extend(file::lock(key, passphrase, Some(WORK))?);
    file::put(path, &content)
}

fn read(path: &Path) -> Result<Locked, KeyError> {
    let not_one = || KeyError::NotAKey { path: path.to_owned(), reason: "it does not say which entry of the keyring opens it" };
    let content = file::content(path, None, true)?;
    let end = content.iter().position(|byte| *byte == b'\n').ok_or_else(not_one)?;
    let head = std::str::from_utf8(&content[..end]).map_err(|_| not_one())?;
    let digits = |word: &&str| word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match head.split(' ').collect::<Vec<_>>()[..] {
        [LABEL, entry, fingerprint] if [entry, fingerprint].iter().all(digits) => {
            let (entry, fingerprint) = (entry.to_owned(), fingerprint.to_owned());
            Ok(Locked { entry, fingerprint, age: content[end + 1..].to_vec() })
        }
        _ => Err(not_one()),
    }
}

#[cfg(all(test, unix))]
mod tests;
