//! Files of any size that one person alone can open, or whoever knows a passphrase: written and read piece by piece (age).

use std::io::{self, Read, Write};

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor};
use zeroize::Zeroizing;

use super::{Identity, PublicIdentity};

/// What opens a parcel.
pub enum Lock<'a> {
    /// The private key of this person.
    Person(&'a PublicIdentity),
    /// A passphrase that both know (scrypt).
    Passphrase(&'a Zeroizing<String>),
}

/// What is tried to open one.
pub enum Opener<'a> {
    /// One's own private key.
    Identity(&'a Identity),
    /// A passphrase.
    Passphrase(&'a Zeroizing<String>),
}

/// Why a parcel does not open.
#[derive(Debug, thiserror::Error)]
pub enum NotOpened {
    /// It was sealed for someone else, or the passphrase is another.
    #[error("it does not open with this key")]
    WrongKey,
    /// What it begins with is nothing that age writes.
    #[error("it is no sealed file, or its beginning is damaged")]
    Damaged,
    /// It cannot be read.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A parcel that is being written.
pub struct Sealing<W: Write>(age::stream::StreamWriter<W>);

impl<W: Write> Sealing<W> {
    /// Writes the end, without which it does not open; returns what it was written to.
    ///
    /// # Errors
    /// When that cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()
    }
}

impl<W: Write> Write for Sealing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A parcel that is being read; every 64 KiB of it are checked before they are given.
pub struct Opened<R: Read>(age::stream::StreamReader<R>);

impl<R: Read> Read for Opened<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.0.read(bytes)
    }
}

/// Begins a parcel; none where the person's public key is no key.
///
/// # Errors
/// When its beginning cannot be written.
pub fn seal<W: Write>(lock: &Lock, to: W) -> io::Result<Option<Sealing<W>>> {
    let encryptor = match lock {
        Lock::Person(person) => {
            let Ok(recipient) = person.encryption.parse::<age::x25519::Recipient>() else { return Ok(None) };
            Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).map_err(io::Error::other)?
        }
        Lock::Passphrase(passphrase) => Encryptor::with_user_passphrase(SecretString::from(passphrase.as_str())),
    };
    encryptor.wrap_output(to).map(|writer| Some(Sealing(writer)))
}

/// Whether a passphrase opens it; else someone's key does.
///
/// # Errors
/// When it cannot be read or is no parcel.
pub fn is_under_passphrase(from: impl Read) -> Result<bool, NotOpened> {
    Decryptor::new(from).map(|decryptor| decryptor.is_scrypt()).map_err(told)
}

/// Opens a parcel.
///
/// # Errors
/// When the key is another, or its beginning is damaged. What is damaged further on shows when it is read.
pub fn open<R: Read>(from: R, opener: &Opener) -> Result<Opened<R>, NotOpened> {
    let decryptor = Decryptor::new(from).map_err(told)?;
    let reader = match opener {
        Opener::Identity(identity) => decryptor.decrypt(std::iter::once(&identity.encryption as &dyn age::Identity)),
        Opener::Passphrase(passphrase) => {
            let identity = age::scrypt::Identity::new(SecretString::from(passphrase.as_str()));
            decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
        }
    };
    reader.map(Opened).map_err(told)
}

fn told(error: DecryptError) -> NotOpened {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => NotOpened::WrongKey,
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => NotOpened::Io(error),
        _ => NotOpened::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn someone() -> Identity {
        Identity::generate("Mara", None, Timestamp::UNIX_EPOCH).expect("randomness")
    }

    fn sealed(lock: &Lock, plain: &[u8]) -> Vec<u8> {
        let mut sealing = seal(lock, Vec::new()).expect("memory takes it").expect("a key");
        sealing.write_all(plain).expect("memory takes it");
        sealing.finish().expect("memory takes it")
    }

    #[test]
    fn a_parcel_opens_for_its_person_alone_and_every_flipped_bit_of_it_shows() {
        let (mara, ivo) = (someone(), someone());
        let plain = vec![7; 200_000];
        let bytes = sealed(&Lock::Person(&ivo.public()), &plain);
        let read = |bytes: &[u8]| {
            let mut out = Vec::new();
            open(bytes, &Opener::Identity(&ivo)).ok()?.read_to_end(&mut out).ok().map(|_| out)
        };
        assert!(read(&bytes).is_some_and(|out| out == plain));
        assert!(matches!(open(&bytes[..], &Opener::Identity(&mara)), Err(NotOpened::WrongKey)));
        for at in [10, 150, bytes.len() / 2, bytes.len() - 1] {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1;
            assert!(read(&flipped).is_none(), "byte {at}");
        }
        assert!(read(&bytes[..bytes.len() - 1000]).is_none(), "the end is missing");
    }

    #[test]
    fn a_parcel_under_a_passphrase_says_so_and_opens_with_that_one_only() {
        let right = Zeroizing::new("three words here".to_owned());
        let bytes = sealed(&Lock::Passphrase(&right), b"x");
        assert!(is_under_passphrase(&bytes[..]).expect("a parcel"));
        assert!(!is_under_passphrase(&sealed(&Lock::Person(&someone().public()), b"x")[..]).expect("a parcel"));
        assert!(open(&bytes[..], &Opener::Passphrase(&right)).is_ok());
        let wrong = Zeroizing::new("three words".to_owned());
        assert!(matches!(open(&bytes[..], &Opener::Passphrase(&wrong)), Err(NotOpened::WrongKey)));
        assert!(matches!(is_under_passphrase(&b"nothing of the kind"[..]), Err(NotOpened::Damaged)));
    }
}
