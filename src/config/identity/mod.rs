//! Who one is: label, pseudonym, the key that signs, the key that others encrypt to.

pub mod letter;
pub mod parcel;

use std::io;

use age::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{Paths, private};
use crate::interview::ReviewerId;
use crate::text::SafeText;

/// The version of the file that this program writes.
const FORMAT: u16 = 1;

/// A reviewer with the private keys; which stream of events is this person's here, the library knows.
///
/// There is no `Debug` of the keys, and they are wiped when it goes.
#[derive(Clone)]
pub struct Identity {
    /// The name that colleagues see.
    pub label: SafeText,
    /// The name that exports carry.
    pub pseudonym: SafeText,
    /// The names that it had before, of either kind: they are covered where nobody is named.
    pub once: Vec<SafeText>,
    /// When it was made.
    pub created: Timestamp,
    signing: SigningKey,
    encryption: age::x25519::Identity,
}

/// What others know of a reviewer; a batch lists its reviewers so.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PublicIdentity {
    /// Derived from the signing key.
    pub reviewer: ReviewerId,
    /// The name that colleagues see.
    pub label: SafeText,
    /// The name that exports carry.
    pub pseudonym: SafeText,
    /// The Ed25519 public key: 32 bytes in base64.
    pub signing: String,
    /// The X25519 public key as age writes it: `age1…`.
    pub encryption: String,
}

/// Why there is no identity to work with.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The file cannot be opened.
    #[error("{path} cannot be read")]
    Unreadable {
        /// The file, as people read it.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no identity.
    #[error("{path} is damaged: {reason}")]
    Damaged {
        /// The file, as people read it.
        path: String,
        /// What is wrong, without the keys in it.
        reason: String,
    },
    /// A later program wrote it.
    #[error("{path} has format {format}, and this program knows only up to {FORMAT}")]
    Newer {
        /// The file, as people read it.
        path: String,
        /// Its format.
        format: u16,
    },
    /// The file cannot be written.
    #[error("{path} cannot be written")]
    Unwritable {
        /// The file, as people read it.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The system has no randomness to give.
    #[error("the system gives no randomness: {0}")]
    Randomness(getrandom::Error),
}

/// The file as it lies in the settings folder.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    format: u16,
    label: SafeText,
    pseudonym: SafeText,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    once: Vec<SafeText>,
    created: Timestamp,
    signing: Secret,
    encryption: Secret,
}

/// A private key as text, wiped when it goes.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
struct Secret(String);

/// What every format of the file begins with.
#[derive(Deserialize)]
struct Version {
    format: u16,
}

const HEAD: &str = "\
# Who you are to earmark. The two keys are private: this file stays on this machine and in your own backups.
# `earmark identity` shows the public half, `earmark identity --label NAME` changes the name.
";

impl Identity {
    /// The identity of this installation, if one was made.
    ///
    /// # Errors
    /// When the file is there but cannot be used.
    pub fn load(paths: &Paths) -> Result<Option<Self>, IdentityError> {
        let path = paths.short(&paths.identity());
        match private::read(&paths.identity()).map(Zeroizing::new) {
            Ok(text) => Self::from_text(&path, &text).map(Some),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) if e.kind() == io::ErrorKind::InvalidData => {
                Err(IdentityError::Damaged { path, reason: "it is not text".to_owned() })
            }
            Err(source) => Err(IdentityError::Unreadable { path, source }),
        }
    }

    /// Makes the identity of this installation. Without a pseudonym, one is made from the key. Where another process was
    /// faster, its identity is the one.
    ///
    /// # Errors
    /// When the file cannot be written, or the system gives no randomness.
    pub fn create(paths: &Paths, label: &str, pseudonym: Option<&str>, at: Timestamp) -> Result<Self, IdentityError> {
        let identity = Self::generate(label, pseudonym, at)?;
        match identity.write(paths, false) {
            Ok(()) => Ok(identity),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => {
                let path = paths.short(&paths.identity());
                Self::load(paths)?.ok_or(IdentityError::Unwritable { path, source })
            }
            Err(source) => Err(IdentityError::Unwritable { path: paths.short(&paths.identity()), source }),
        }
    }

    /// Changes the names; keys and ids stay.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn rename(&mut self, paths: &Paths, label: Option<&str>, pseudonym: Option<&str>) -> Result<(), IdentityError> {
        let before = [self.label.clone(), self.pseudonym.clone()];
        self.label = label.map_or_else(|| self.label.clone(), SafeText::name);
        self.pseudonym = pseudonym.map_or_else(|| self.pseudonym.clone(), SafeText::name);
        self.once.extend(before);
        self.once.retain(|name| *name != self.label && *name != self.pseudonym);
        self.once.sort();
        self.once.dedup();
        self.write(paths, true).map_err(|source| IdentityError::Unwritable { path: paths.short(&paths.identity()), source })
    }

    pub(crate) fn generate(label: &str, pseudonym: Option<&str>, at: Timestamp) -> Result<Self, IdentityError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed).map_err(IdentityError::Randomness)?;
        let signing = SigningKey::from_bytes(&seed);
        let made = || reviewer_of(&signing.verifying_key()).usual_pseudonym();
        Ok(Identity {
            label: SafeText::name(label),
            pseudonym: pseudonym.map_or_else(made, SafeText::name),
            once: Vec::new(),
            created: at,
            encryption: age::x25519::Identity::generate(),
            signing,
        })
    }

    /// The reviewer's id, derived from the public signing key.
    pub fn reviewer(&self) -> ReviewerId {
        reviewer_of(&self.signing.verifying_key())
    }

    /// What others may know.
    pub fn public(&self) -> PublicIdentity {
        PublicIdentity {
            reviewer: self.reviewer(),
            label: self.label.clone(),
            pseudonym: self.pseudonym.clone(),
            signing: BASE64.encode(self.signing.verifying_key().as_bytes()),
            encryption: self.encryption.to_public().to_string(),
        }
    }

    fn write(&self, paths: &Paths, replace: bool) -> io::Result<()> {
        let mut secret = self.signing.to_bytes();
        let stored = Stored {
            format: FORMAT,
            label: self.label.clone(),
            pseudonym: self.pseudonym.clone(),
            once: self.once.clone(),
            created: self.created,
            signing: Secret(BASE64.encode(secret)),
            encryption: Secret(self.encryption.to_string().expose_secret().to_owned()),
        };
        secret.zeroize();
        let body = Zeroizing::new(toml::to_string(&stored).map_err(io::Error::other)?);
        private::write(&paths.identity(), Zeroizing::new(format!("{HEAD}{}", *body)).as_bytes(), replace)
    }

    fn from_text(path: &str, text: &str) -> Result<Self, IdentityError> {
        // A parser's message quotes the line it failed at, which may be a key: only the place is passed on.
        let damaged = |reason: &str| IdentityError::Damaged { path: path.to_owned(), reason: reason.to_owned() };
        let Version { format } = toml::from_str(text).map_err(|_| damaged("it is no TOML with a `format`"))?;
        if format > FORMAT {
            return Err(IdentityError::Newer { path: path.to_owned(), format });
        }
        let stored: Stored = toml::from_str(text).map_err(|_| damaged("a field is missing, unknown or of the wrong kind"))?;
        let seed = BASE64.decode(stored.signing.0.as_bytes()).map(Zeroizing::new).map_err(|_| damaged("`signing` is no base64"))?;
        let seed: Zeroizing<[u8; 32]> =
            Zeroizing::new(seed.as_slice().try_into().map_err(|_| damaged("`signing` has not 32 bytes"))?);
        let signing = SigningKey::from_bytes(&seed);
        let usual = reviewer_of(&signing.verifying_key()).usual_pseudonym();
        // Those that were made were shorter once than what exports wrote.
        let was_made = stored.pseudonym.raw().len() < usual.raw().len() && usual.raw().starts_with(stored.pseudonym.raw());
        Ok(Identity {
            label: SafeText::name(stored.label.raw()),
            pseudonym: if was_made && stored.pseudonym.raw().starts_with("reviewer-") {
                usual
            } else {
                SafeText::name(stored.pseudonym.raw())
            },
            once: stored.once.iter().map(|name| SafeText::name(name.raw())).collect(),
            created: stored.created,
            signing,
            encryption: stored.encryption.0.parse().map_err(|_| damaged("`encryption` is no age key"))?,
        })
    }
}

/// Names and ids, never the private keys.
impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("reviewer", &self.reviewer()).finish_non_exhaustive()
    }
}

impl PublicIdentity {
    /// The key that checks this reviewer's signatures; None where it is no key, or the id is not derived from it.
    pub fn verifying_key(&self) -> Option<VerifyingKey> {
        let bytes: [u8; 32] = BASE64.decode(&self.signing).ok()?.try_into().ok()?;
        VerifyingKey::from_bytes(&bytes).ok().filter(|key| reviewer_of(key) == self.reviewer)
    }
}

/// The id that a public signing key stands for.
pub fn reviewer_of(key: &VerifyingKey) -> ReviewerId {
    ReviewerId::derive(&["ed25519", &BASE64.encode(key.as_bytes())])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home() -> (tempfile::TempDir, Paths) {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let paths = Paths {
            home: folder.path().to_owned(),
            config: at("config"),
            settings: at("config/settings.toml"),
            settings_chosen: false,
            library_chosen: false,
            library: at("data/library"),
            demo: at("data/demo"),
            state: at("state"),
            cache: at("cache"),
        };
        (folder, paths)
    }

    const NOON: Timestamp = Timestamp::UNIX_EPOCH;

    #[test]
    fn an_identity_is_made_once_and_read_back_the_same() {
        let (_folder, paths) = home();
        assert!(Identity::load(&paths).expect("no file is no fault").is_none());
        let first = Identity::create(&paths, "Mara", None, NOON).expect("made");
        let second = Identity::create(&paths, "Someone else", None, NOON).expect("the first one's");
        let read = Identity::load(&paths).expect("readable").expect("there");
        for other in [&second, &read] {
            assert_eq!(first.public(), other.public());
            assert_eq!(first.signing.to_bytes(), other.signing.to_bytes());
        }
    }

    #[test]
    fn names_change_and_keys_stay() {
        let (_folder, paths) = home();
        let mut mara = Identity::create(&paths, "Mara", None, NOON).expect("made");
        let before = mara.public();
        mara.rename(&paths, Some("Mara K."), Some("R7")).expect("written");
        let after = Identity::load(&paths).expect("readable").expect("there").public();
        assert_eq!((after.label.as_str(), after.pseudonym.as_str()), ("Mara K.", "R7"));
        assert_eq!((after.reviewer, after.signing, after.encryption), (before.reviewer, before.signing, before.encryption));
    }

    #[test]
    fn two_people_differ_in_everything() {
        let ((_a, here), (_b, there)) = (home(), home());
        let one = Identity::create(&here, "Mara", None, NOON).expect("made");
        let other = Identity::create(&there, "Mara", None, NOON).expect("made");
        assert_ne!(one.reviewer(), other.reviewer());
        assert_ne!(one.pseudonym, other.pseudonym);
        assert_ne!(one.public().encryption, other.public().encryption);
    }

    #[test]
    fn a_public_half_whose_id_is_not_its_keys_is_no_identity() {
        let (_folder, paths) = home();
        let mut public = Identity::create(&paths, "Mara", None, NOON).expect("made").public();
        assert!(public.verifying_key().is_some());
        public.reviewer = ReviewerId::derive(&["someone else"]);
        assert!(public.verifying_key().is_none());
    }

    #[test]
    fn a_file_of_garbage_is_damaged_and_not_merely_unreadable() {
        let (_folder, paths) = home();
        private::write(&paths.identity(), &[0xff, 0xfe, 0, 0x80], false).expect("written");
        assert!(matches!(Identity::load(&paths), Err(IdentityError::Damaged { .. })));
    }

    #[test]
    fn neither_debug_nor_an_error_shows_a_key() {
        let (_folder, paths) = home();
        let mara = Identity::create(&paths, "Mara", None, NOON).expect("made");
        let text = private::read(&paths.identity()).expect("readable");
        let secret = text.lines().find_map(|line| line.strip_prefix("signing = ")).expect("it is stored").trim_matches('"');
        assert!(!format!("{mara:?}").contains(secret));
        let broken = text.replace("encryption = ", "encryption ");
        let error = Identity::from_text("identity.toml", &broken).expect_err("no TOML");
        assert!(!format!("{error:?} {error}").contains(secret), "{error}");
        let newer = text.replace("format = 1", "format = 2\nnews = true");
        let error = Identity::from_text("identity.toml", &newer).expect_err("newer");
        assert_eq!(error.to_string(), "identity.toml has format 2, and this program knows only up to 1");
    }
}
