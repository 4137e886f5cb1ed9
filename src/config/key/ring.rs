//! Which of the places a key can lie in holds it, and the locks on it.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keyring::Tool;
use super::{KeyError, LibraryKey, file};

/// The file in the settings folder that holds the key as it is.
const PLAIN: &str = "library.key";
/// The file in the settings folder that holds it under a passphrase.
const LOCKED: &str = "library.key.age";
/// The file in the settings folder that holds it under a passphrase that the system's keyring keeps.
const KEYRING: &str = "library.key.keyring";

/// How a passphrase is asked for: gets the prompt, gives what was typed.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> std::io::Result<Zeroizing<String>>;

/// The places in which the key can lie, in the order in which they are looked at.
#[derive(Clone, Debug)]
pub struct KeyRing {
    pub(super) folder: PathBuf,
    named: Option<PathBuf>,
    credentials: Option<PathBuf>,
    pub(super) tool: Tool,
}

/// Where the key comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    /// The file that `EARMARK_KEY_FILE` names.
    Named(PathBuf),
    /// `earmark-key` in `$CREDENTIALS_DIRECTORY`, as service managers hand secrets over.
    Credentials(PathBuf),
    /// A file in the settings folder.
    File(PathBuf),
    /// A file in the settings folder, locked with a passphrase.
    Passphrase(PathBuf),
    /// A file in the settings folder, locked with a passphrase that the system's keyring keeps.
    Keyring(PathBuf),
    /// Nowhere yet: the first use makes this file.
    New(PathBuf),
}

impl KeyRing {
    /// The places below the settings folder, and those that the environment names.
    pub fn from_environment(folder: &Path) -> Self {
        let path = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        KeyRing {
            folder: folder.to_owned(),
            named: path("EARMARK_KEY_FILE"),
            credentials: path("CREDENTIALS_DIRECTORY").map(|folder| folder.join("earmark-key")),
            tool: Tool::of_system(),
        }
    }

    /// The places below the settings folder alone.
    pub fn in_folder(folder: &Path) -> Self {
        KeyRing { folder: folder.to_owned(), named: None, credentials: None, tool: Tool::of_system() }
    }

    /// Looks at `file` before anything else, as `EARMARK_KEY_FILE` does.
    pub fn named(self, file: &Path) -> Self {
        KeyRing { named: Some(file.to_owned()), ..self }
    }

    /// Where the key comes from, without reading it.
    pub fn origin(&self) -> Origin {
        if let Some(path) = &self.named {
            return Origin::Named(path.clone());
        }
        if let Some(path) = self.credentials.as_ref().filter(|path| path.exists()) {
            return Origin::Credentials(path.clone());
        }
        let (plain, locked, keyring) = (self.plain(), self.folder.join(LOCKED), self.locked_by_keyring());
        match () {
            () if plain.exists() => Origin::File(plain),
            () if locked.exists() => Origin::Passphrase(locked),
            () if keyring.exists() => Origin::Keyring(keyring),
            () => Origin::New(plain),
        }
    }

    /// The key; made without asking at the first use. Asks only where a passphrase was chosen.
    pub fn key(&self, ask: Ask<'_>) -> Result<LibraryKey, KeyError> {
        match self.origin() {
            Origin::Named(path) => file::read(&path, Some("EARMARK_KEY_FILE")),
            Origin::Credentials(path) => file::read_handed(&path),
            Origin::File(path) => file::read(&path, None),
            Origin::Passphrase(path) => {
                let asked = ask("Passphrase of the library: ");
                let passphrase = asked.map_err(|_| KeyError::CannotAsk { path: path.clone() })?;
                file::unlock(&path, passphrase)
            }
            Origin::Keyring(path) => self.open_with_keyring(&path),
            Origin::New(path) => file::make(&path),
        }
    }

    /// Puts the key under a passphrase; from then on it is asked for. The unlocked file is removed.
    pub fn lock(&self, passphrase: Zeroizing<String>) -> Result<(), KeyError> {
        let plain = match self.origin() {
            Origin::File(path) | Origin::New(path) => path,
            Origin::Named(path) | Origin::Credentials(path) => return Err(KeyError::NotHere { path }),
            Origin::Passphrase(path) | Origin::Keyring(path) => return Err(KeyError::Exists { path }),
        };
        let key = if plain.exists() { file::read(&plain, None)? } else { LibraryKey::generate()? };
        file::write_locked(&self.folder.join(LOCKED), &key, passphrase, None)?;
        file::remove(&plain)
    }

    /// Takes the passphrase off again.
    pub fn unlock(&self, passphrase: Zeroizing<String>) -> Result<(), KeyError> {
        let locked = self.folder.join(LOCKED);
        let key = file::unlock(&locked, passphrase)?;
        file::write_new(&self.plain(), &key)?;
        file::remove(&locked)
    }

    /// Puts a recovered key into the settings folder; refuses where one lies already.
    pub fn restore(&self, key: &LibraryKey) -> Result<PathBuf, KeyError> {
        for locked in [self.folder.join(LOCKED), self.locked_by_keyring()] {
            if locked.exists() {
                return Err(KeyError::Exists { path: locked });
            }
        }
        let plain = self.plain();
        file::write_new(&plain, key)?;
        Ok(plain)
    }

    /// Where the key lies as it is.
    pub(super) fn plain(&self) -> PathBuf {
        self.folder.join(PLAIN)
    }

    /// Where it lies under the system's keyring.
    pub(super) fn locked_by_keyring(&self) -> PathBuf {
        self.folder.join(KEYRING)
    }
}
