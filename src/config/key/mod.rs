//! The library's own key: where it lies, how it is locked, how it is recovered.
//!
//! It lies in the settings folder, never beside the library, and nothing asks for it unless a passphrase or the system's
//! keyring was chosen.

mod ask;
mod file;
mod keyring;
mod recovery;
mod ring;

use std::fmt;
use std::path::PathBuf;

use zeroize::Zeroizing;

use crate::interview::Digest;
use crate::text::SafeText;

pub use ask::ask_on_terminal;
pub use recovery::RecoveryError;
pub use ring::{Ask, KeyRing, Origin};

/// The 32 bytes that everything in a library is locked with; wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct LibraryKey(Zeroizing<[u8; 32]>);

impl LibraryKey {
    /// A new one, from the system's randomness.
    pub fn generate() -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut()).map_err(|_| KeyError::NoRandomness)?;
        Ok(LibraryKey(bytes))
    }

    /// The key with these bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        LibraryKey(Zeroizing::new(bytes))
    }

    /// The bytes, for the cipher alone.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Eight hexadecimal digits that tell keys apart and give nothing away.
    pub fn fingerprint(&self) -> String {
        Digest::of_all(&[b"earmark/key-fingerprint/1", self.0.as_slice()]).short()
    }

    /// The key as groups of letters and digits, to be printed and put away.
    pub fn recovery_text(&self) -> Zeroizing<String> {
        recovery::write(self)
    }

    /// Reads what [`LibraryKey::recovery_text`] wrote; case, spaces and hyphens do not matter.
    pub fn from_recovery_text(text: &str) -> Result<Self, RecoveryError> {
        recovery::read(text)
    }
}

impl fmt::Debug for LibraryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LibraryKey(…)")
    }
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The system gives no random bytes.
    #[error("the system gave no random bytes for a new key")]
    NoRandomness,
    /// Others may read the key.
    #[error("{path} can be read by others (mode {mode:03o}); run: chmod 600 {path}")]
    TooOpen {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A file that is no key.
    #[error("{path} is not an earmark key: {reason}")]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A file that was named and is not there.
    #[error("{path} is not there, and {named_by} names it as the key")]
    Missing {
        /// The file.
        path: PathBuf,
        /// What names it.
        named_by: &'static str,
    },
    /// The passphrase does not open it.
    #[error("the passphrase does not open {path}")]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// A passphrase is needed, and there is no one to ask.
    #[error("{path} is locked with a passphrase and no terminal is there to ask on; name a key with EARMARK_KEY_FILE")]
    CannotAsk {
        /// The file.
        path: PathBuf,
    },
    /// The program that speaks to the system's keyring is not there.
    #[error("secret-tool, which speaks to the system's keyring, is not installed")]
    NoKeyringTool,
    /// The keyring did not answer.
    #[error("the system's keyring did not answer in {seconds} s; it may be locked, and wait for its password on another screen")]
    KeyringSilent {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The keyring could not be used.
    #[error("the system's keyring cannot be used: {why}")]
    KeyringRefuses {
        /// What secret-tool says.
        why: SafeText,
    },
    /// The keyring does not give the passphrase.
    #[error("the system's keyring does not give the passphrase of {path}: it is locked, or the entry is gone")]
    KeyringWithout {
        /// The key's file.
        path: PathBuf,
    },
    /// An act that would write over a key.
    #[error("{path} is there already and is not replaced; move it away first")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The key comes from elsewhere and cannot be locked here.
    #[error("the key comes from {path}; only a key in the settings folder can be locked")]
    NotHere {
        /// Where it comes from.
        path: PathBuf,
    },
    /// A file operation failed.
    #[error("could not {act} {path}: {source}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

#[cfg(all(test, unix))]
mod tests;
