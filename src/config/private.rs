//! Files and folders that only this user can read.

use std::fs;
use std::io;
use std::path::Path;

/// Makes `folder` and its parents, readable by this user alone; folders that are there already stay as they are.
///
/// # Errors
/// What the system says.
pub fn folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// Writes a file that only this user can read (mode 0600), whole or not at all. With `replace` false a file that is there
/// stays, and the error's kind is [`io::ErrorKind::AlreadyExists`].
///
/// # Errors
/// What the system says.
pub fn write(path: &Path, content: &[u8], replace: bool) -> io::Result<()> {
    let folder = path.parent().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    self::folder(folder)?;
    // The temporary file is made with mode 0600 in the same folder, and takes its place in one step.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, content)?;
    file.as_file().sync_all()?;
    let placed = if replace { file.persist(path) } else { file.persist_noclobber(path) };
    placed.map_err(|e| e.error)?;
    super::keep_names(folder)
}

/// Reads a file of mode 0600, and refuses one that others can read.
///
/// # Errors
/// What the system says, and [`super::open_ordinary`]; [`io::ErrorKind::PermissionDenied`] with a reason where the file is open to others.
pub fn read(path: &Path) -> io::Result<String> {
    let mut file = super::open_ordinary(path)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata()?.permissions());
        if mode & 0o077 != 0 {
            let reason = format!("other users can open it (mode {:04o}, it should be 0600)", mode & 0o7777);
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
        }
    }
    io::read_to_string(&mut file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_file_is_not_written_over_unless_asked_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/identity.toml");
        write(&path, b"one", false).expect("written");
        let again = write(&path, b"two", false).expect_err("it is there");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(read(&path).expect("readable"), "one");
        write(&path, b"three", true).expect("replaced");
        assert_eq!(read(&path).expect("readable"), "three");
    }

    #[cfg(unix)]
    #[test]
    fn a_private_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("identity.toml");
        write(&path, b"secret", false).expect("written");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("changed");
        let refused = read(&path).expect_err("the group can read it");
        assert!(refused.to_string().contains("0640"), "{refused}");
    }
}
