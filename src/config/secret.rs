//! Secrets of other systems: settings say where one lies, never what it is.

use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use zeroize::Zeroizing;

/// A secret, wiped when dropped; it shows itself to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A secret that is known already.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(Zeroizing::new(text.into()))
    }

    /// The secret itself, for the one place that sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

/// Where a secret lies.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SecretRef {
    /// In an environment variable: `env:NAME`.
    Env(String),
    /// In what a command prints: `cmd:COMMAND`, run by `sh -c`.
    Command(String),
    /// In a file of mode 0600: `file:PATH`.
    File(PathBuf),
    /// In the system's keyring, service `earmark`, under this name: `keyring:NAME`.
    Keyring(String),
}

/// Why a secret cannot be had. The sentences hold where it was looked for, never what was found.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or empty.
    #[error("the environment variable {0} is not set")]
    NotSet(String),
    /// The file cannot be read, or others can read it too.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The command failed.
    #[error("the command that gives {what} {why}")]
    Command {
        /// Which secret.
        what: String,
        /// In which way.
        why: String,
    },
    /// There is nothing in it.
    #[error("{0} is empty")]
    Empty(String),
}

/// How long a command or the keyring may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest secret, in bytes.
const LONGEST: u64 = 64 * 1024;

impl SecretRef {
    /// Reads a reference; none where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        match kind {
            "env" => Some(SecretRef::Env(rest.to_owned())),
            "cmd" => Some(SecretRef::Command(rest.to_owned())),
            "file" => Some(SecretRef::File(PathBuf::from(rest))),
            "keyring" => Some(SecretRef::Keyring(rest.to_owned())),
            _ => None,
        }
    }

    /// Fetches the secret; one line break at its end is not part of it.
    ///
    /// # Errors
    /// Where it is not there, where others can read its file, or where a command takes longer than 20 s.
    pub fn fetch(&self) -> Result<Secret, SecretError> {
        let (text, what) = match self {
            SecretRef::Env(name) => {
                (std::env::var(name).map(Zeroizing::new).map_err(|_| SecretError::NotSet(name.clone()))?, name.clone())
            }
            SecretRef::File(path) => {
                let read = super::private::read(path).map(Zeroizing::new);
                (read.map_err(|source| SecretError::File { path: path.clone(), source })?, path.display().to_string())
            }
            SecretRef::Command(line) => {
                let mut command = Command::new("sh");
                command.args(["-c", line]);
                (printed(command, "a secret (cmd:)")?, "what the command of cmd: printed".to_owned())
            }
            SecretRef::Keyring(name) => {
                let mut command = Command::new("secret-tool");
                command.args(["lookup", "service", "earmark", "name", name]);
                (printed(command, &format!("keyring:{name}"))?, format!("keyring:{name}"))
            }
        };
        let bare = text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text));
        if bare.is_empty() {
            return Err(if let SecretRef::Env(name) = self { SecretError::NotSet(name.clone()) } else { SecretError::Empty(what) });
        }
        Ok(Secret::new(bare))
    }
}

/// A setting that may be a reference: what it refers to, or itself.
///
/// # Errors
/// As [`SecretRef::fetch`].
pub fn resolve(text: &str) -> Result<Secret, SecretError> {
    match SecretRef::parse(text) {
        Some(reference) => reference.fetch(),
        None => Ok(Secret::new(text)),
    }
}

/// What a command prints on its standard output; what it says of errors goes nowhere, for it may hold the secret.
fn printed(mut command: Command, what: &str) -> Result<Zeroizing<String>, SecretError> {
    let failed = |why: String| SecretError::Command { what: what.to_owned(), why };
    let child = command.stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| failed(format!("could not start: {error}")))?;
    let out = child.stdout.take().expect("its output is a pipe");
    let (told, hear) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Zeroizing::new(String::new());
        let read = out.take(LONGEST).read_to_string(&mut text).map(|_| text);
        // Who waited too long is not there any more.
        let _ = told.send(read);
    });
    let Ok(read) = hear.recv_timeout(PATIENCE) else {
        let _ = child.kill();
        let _ = child.wait();
        return Err(failed(format!("took longer than {} s", PATIENCE.as_secs())));
    };
    let status = child.wait().map_err(|error| failed(format!("could not be waited for: {error}")))?;
    if !status.success() {
        return Err(failed(format!("failed: {status}")));
    }
    read.map_err(|error| failed(format!("printed no text: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_fetched_from_where_the_setting_says_and_never_shows_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        super::super::private::write(&path, b"kanarie\n", false).expect("written");
        let of_file = format!("file:{}", path.display());
        for reference in [of_file.as_str(), "cmd:printf 'kanarie\\n'", "kanarie"] {
            let secret = resolve(reference).expect("it is there");
            assert_eq!(secret.expose(), "kanarie", "{reference}");
            assert!(!format!("{secret:?}").contains("kanarie"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_and_a_command_that_fails_give_no_secret_and_tell_none() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("token");
        super::super::private::write(&path, b"kanarie", false).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).expect("changed");
        let of_file = format!("file:{}", path.display());
        for (reference, says) in [
            (of_file.as_str(), "other users can open it"),
            ("cmd:echo kanarie; echo kanarie >&2; exit 3", "failed"),
            ("cmd:true", "is empty"),
            ("env:EARMARK_NO_SUCH_VARIABLE", "EARMARK_NO_SUCH_VARIABLE is not set"),
        ] {
            let error = resolve(reference).expect_err("there is none").to_string();
            assert!(error.contains(says) && !error.contains("kanarie"), "{reference}: {error}");
        }
    }
}
