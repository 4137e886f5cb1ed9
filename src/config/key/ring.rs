//! Which of the places a key can lie in holds it, and the locks on it.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeyError, LibraryKey, file};

/// The file in the settings folder that holds the key as it is.
const PLAIN: &str = "library.key";
/// The file in the settings folder that holds it under a passphrase.
const LOCKED: &str = "library.key.age";

/// How a passphrase is asked for: gets the prompt, gives what was typed.
pub type Ask<'a> = &'a mut dyn FnMut(&str) -> std::io::Result<Zeroizing<String>>;

/// The places in which the key can lie, in the order in which they are looked at.
#[derive(Clone, Debug)]
pub struct KeyRing {
    folder: PathBuf,
    named: Option<PathBuf>,
    credentials: Option<PathBuf>,
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
        }
    }

    /// The places below the settings folder alone.
    pub fn in_folder(folder: &Path) -> Self {
        KeyRing { folder: folder.to_owned(), named: None, credentials: None }
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
        let (plain, locked) = (self.folder.join(PLAIN), self.folder.join(LOCKED));
        match () {
            () if plain.exists() => Origin::File(plain),
            () if locked.exists() => Origin::Passphrase(locked),
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
            Origin::New(path) => file::make(&path),
        }
    }

    /// Puts the key under a passphrase; from then on it is asked for. The unlocked file is removed.
    pub fn lock(&self, passphrase: Zeroizing<String>) -> Result<(), KeyError> {
        let plain = match self.origin() {
            Origin::File(path) | Origin::New(path) => path,
            Origin::Named(path) | Origin::Credentials(path) => return Err(KeyError::NotHere { path }),
            Origin::Passphrase(path) => return Err(KeyError::Exists { path }),
        };
        let key = if plain.exists() { file::read(&plain, None)? } else { LibraryKey::generate()? };
        file::write_locked(&self.folder.join(LOCKED), &key, passphrase, None)?;
        file::remove(&plain)
    }

    /// Takes the passphrase off again.
    pub fn unlock(&self, passphrase: Zeroizing<String>) -> Result<(), KeyError> {
        let locked = self.folder.join(LOCKED);
        let key = file::unlock(&locked, passphrase)?;
        file::write_new(&self.folder.join(PLAIN), &key)?;
        file::remove(&locked)
    }

    /// Puts a recovered key into the settings folder; refuses where one lies already.
    pub fn restore(&self, key: &LibraryKey) -> Result<PathBuf, KeyError> {
        let locked = self.folder.join(LOCKED);
        if locked.exists() {
            return Err(KeyError::Exists { path: locked });
        }
        let plain = self.folder.join(PLAIN);
        file::write_new(&plain, key)?;
        Ok(plain)
    }
}
