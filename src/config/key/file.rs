//! Key files: made once, readable by their owner alone, never written over.

use std::fs::{self, File};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use age::secrecy::SecretString;
use zeroize::Zeroizing;

use super::{KeyError, LibraryKey};

/// The file's only line: what it is, and the key in hexadecimal.
const LABEL: &str = "earmark-library-key-1 ";
/// No key file is longer; what is longer is not read.
const LONGEST: u64 = 64 * 1024;

/// Reads a key file that only its owner may read.
pub(super) fn read(path: &Path, named_by: Option<&'static str>) -> Result<LibraryKey, KeyError> {
    let content = content(path, named_by, true)?;
    parse(path, &content)
}

/// Reads a key that a service manager hands over: its folder is closed to others, its files' modes are its own.
pub(super) fn read_handed(path: &Path) -> Result<LibraryKey, KeyError> {
    parse(path, &content(path, Some("CREDENTIALS_DIRECTORY"), false)?)
}

/// Makes the key. Where another process was first, its key is taken.
pub(super) fn make(path: &Path) -> Result<LibraryKey, KeyError> {
    match write_new(path, &LibraryKey::generate()?) {
        Ok(()) | Err(KeyError::Exists { .. }) => read(path, None),
        Err(error) => Err(error),
    }
}

/// Writes the key as it is into a new file.
pub(super) fn write_new(path: &Path, key: &LibraryKey) -> Result<(), KeyError> {
    let mut line = Zeroizing::new(String::with_capacity(128));
    line.push_str(LABEL);
    for byte in key.bytes() {
        use std::fmt::Write as _;
        write!(line, "{byte:02x}").expect("writing into a string cannot fail");
    }
    line.push('\n');
    put(path, line.as_bytes())
}

/// Writes the key into a new file under a passphrase; `work` is the logarithm of scrypt's work, or about a second's worth.
pub(super) fn write_locked(path: &Path, key: &LibraryKey, passphrase: Zeroizing<String>, work: Option<u8>) -> Result<(), KeyError> {
    put(path, &lock(key, passphrase, work)?)
}

/// The key as an age file under a passphrase.
pub(super) fn lock(key: &LibraryKey, passphrase: Zeroizing<String>, work: Option<u8>) -> Result<Vec<u8>, KeyError> {
    let mut recipient = age::scrypt::Recipient::new(secret(passphrase));
    if let Some(work) = work {
        recipient.set_work_factor(work);
    }
    age::encrypt(&recipient, key.bytes()).map_err(|_| KeyError::NoRandomness)
}

/// Opens a key file that is under a passphrase.
pub(super) fn unlock(path: &Path, passphrase: Zeroizing<String>) -> Result<LibraryKey, KeyError> {
    open_locked(path, &content(path, None, true)?, passphrase)
}

/// Opens the age file that was read from `path`.
pub(super) fn open_locked(path: &Path, locked: &[u8], passphrase: Zeroizing<String>) -> Result<LibraryKey, KeyError> {
    let identity = age::scrypt::Identity::new(secret(passphrase));
    let opened = age::decrypt(&identity, locked).map_err(|error| match error {
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed | age::DecryptError::NoMatchingKeys => {
            KeyError::WrongPassphrase { path: path.to_owned() }
        }
        _ => KeyError::NotAKey { path: path.to_owned(), reason: "it is no age file with a passphrase, or it is damaged" },
    })?;
    let opened = Zeroizing::new(opened);
    let bytes: [u8; 32] = opened.as_slice().try_into().map_err(|_| not_a_key(path))?;
    Ok(LibraryKey::from_bytes(bytes))
}

/// Removes a key file for good, as far as the file system does so.
pub(super) fn remove(path: &Path) -> Result<(), KeyError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io("remove", path, error)),
        _ => sync_folder(path),
    }
}

fn secret(passphrase: Zeroizing<String>) -> SecretString {
    SecretString::from(passphrase.as_str())
}

/// Reads a key file; with `private` only one that others cannot read.
pub(super) fn content(path: &Path, named_by: Option<&'static str>, private: bool) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let unread = |error: std::io::Error| match (error.kind(), named_by) {
        (ErrorKind::NotFound, Some(named_by)) => KeyError::Missing { path: path.to_owned(), named_by },
        _ => io("read", path, error),
    };
    let ordinary = |meta: fs::Metadata| match meta.is_file() {
        true => Ok(meta),
        false => Err(KeyError::NotAKey { path: path.to_owned(), reason: "it is no regular file" }),
    };
    // Asked before it is opened: nobody may ever write into a named pipe.
    ordinary(fs::metadata(path).map_err(unread)?)?;
    let file = File::open(path).map_err(unread)?;
    let meta = ordinary(file.metadata().map_err(|error| io("read", path, error))?)?;
    if private {
        refuse_open_mode(path, &meta)?;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(LONGEST).read_to_end(&mut bytes).map_err(|error| io("read", path, error))?;
    Ok(bytes)
}

#[cfg(unix)]
fn refuse_open_mode(path: &Path, meta: &fs::Metadata) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt;
    match meta.permissions().mode() & 0o777 {
        mode if mode & 0o077 != 0 => Err(KeyError::TooOpen { path: path.to_owned(), mode }),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn refuse_open_mode(_: &Path, _: &fs::Metadata) -> Result<(), KeyError> {
    Ok(())
}

fn parse(path: &Path, content: &[u8]) -> Result<LibraryKey, KeyError> {
    let digits = content.trim_ascii().strip_prefix(LABEL.as_bytes()).ok_or_else(|| not_a_key(path))?;
    if digits.len() != 64 {
        return Err(not_a_key(path));
    }
    let mut bytes = Zeroizing::new([0u8; 32]);
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        let value = |digit: u8| char::from(digit).to_digit(16).ok_or_else(|| not_a_key(path));
        *byte = (value(pair[0])? * 16 + value(pair[1])?) as u8;
    }
    Ok(LibraryKey::from_bytes(*bytes))
}

/// Writes a whole file that only its owner may read, in a folder that only its owner may enter; refuses an existing one.
pub(super) fn put(path: &Path, content: &[u8]) -> Result<(), KeyError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private_folder(folder).map_err(|error| io("make the folder", folder, error))?;
    // The temporary file has mode 0600 from its first moment.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| io("write", path, error))?;
    file.write_all(content).and_then(|()| file.as_file().sync_all()).map_err(|error| io("write", path, error))?;
    file.persist_noclobber(path).map_err(|error| match error.error.kind() {
        ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
        _ => io("write", path, error.error),
    })?;
    sync_folder(path)
}

fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

fn sync_folder(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| io("write", folder, error))?;
    Ok(())
}

fn not_a_key(path: &Path) -> KeyError {
    KeyError::NotAKey { path: path.to_owned(), reason: "its content is not what earmark writes" }
}

fn io(act: &'static str, path: &Path, source: std::io::Error) -> KeyError {
    KeyError::Io { act, path: path.to_owned(), source }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_that_is_a_pipe_is_refused_at_once() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().expect("a folder for a test");
        let pipe = folder.path().join("library.key");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        for refused in [read(&pipe, None).err(), read_handed(&pipe).err(), unlock(&pipe, Zeroizing::new("x".to_owned())).err()] {
            assert!(matches!(refused, Some(KeyError::NotAKey { reason: "it is no regular file", .. })), "{refused:?}");
        }
        assert!(crate::config::private::read(&pipe).is_err());
    }
}
