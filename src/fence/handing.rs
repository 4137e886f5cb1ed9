//! How a recording is given to another program: as memory without a name, or as a file in memory that goes again.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How the folders with such files begin.
const PREFIX: &str = "earmark-shown-";
/// The file that says, by its lock, that whoever made the folder is still there.
const HOLD: &str = "held";

/// The bytes as memory without a name that nobody can change, read from its start.
///
/// # Errors
/// When the system refuses, or has no such memory.
#[cfg(target_os = "linux")]
pub fn memory(bytes: &[u8]) -> io::Result<File> {
    use std::io::Seek as _;

    use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};

    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    // It is no program; older kernels cannot be told so.
    let made = memfd_create("earmark", flags | MemfdFlags::NOEXEC_SEAL).or_else(|_| memfd_create("earmark", flags))?;
    let mut file = File::from(made);
    file.write_all(bytes)?;
    file.rewind()?;
    fcntl_add_seals(&file, SealFlags::SEAL | SealFlags::SHRINK | SealFlags::GROW | SealFlags::WRITE)?;
    Ok(file)
}

/// There is no such memory here.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn memory(_bytes: &[u8]) -> io::Result<File> {
    Err(io::Error::from(io::ErrorKind::Unsupported))
}

/// A file that only its owner may read, in a folder that lies in memory; it goes when this goes.
#[derive(Debug)]
pub struct InMemory {
    folder: tempfile::TempDir,
    file: PathBuf,
    _held: File,
}

impl InMemory {
    /// Writes a file with these bytes; none where no folder lies in memory here.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn of(bytes: &[u8], extension: Option<&str>) -> io::Result<Option<InMemory>> {
        let place = places().find(|place| lies_in_memory(place));
        place.map(|place| InMemory::within(&place, bytes, extension)).transpose()
    }

    fn within(place: &Path, bytes: &[u8], extension: Option<&str>) -> io::Result<InMemory> {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let folder = tempfile::Builder::new().prefix(PREFIX).permissions(Permissions::from_mode(0o700)).tempdir_in(place)?;
        let create = |name: &Path| File::options().write(true).create_new(true).mode(0o600).open(name);
        let held = create(&folder.path().join(HOLD))?;
        held.try_lock().map_err(io::Error::from)?;
        let plain = |text: &&str| !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let name = extension.filter(plain).map_or_else(|| "original".to_owned(), |extension| format!("original.{extension}"));
        let file = folder.path().join(name);
        create(&file)?.write_all(bytes)?;
        Ok(InMemory { folder, file, _held: held })
    }

    /// The folder, which holds nothing else, and goes with the file.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        debug_assert!(self.file.starts_with(self.folder.path()));
        &self.file
    }
}

/// Removes what an earmark left that was ended before it could.
pub fn sweep() {
    places().for_each(|place| sweep_in(&place));
}

fn sweep_in(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else { return };
    let ours = entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)));
    for entry in ours {
        // Whoever holds it is still showing it; what cannot be opened is another person's.
        let Ok(held) = File::options().write(true).open(entry.path().join(HOLD)) else { continue };
        if held.try_lock().is_ok()
            && let Err(error) = fs::remove_dir_all(entry.path())
        {
            tracing::warn!(%error, "what was shown from a file could not be removed");
        }
    }
}

/// Folders that usually lie in memory: the user's own, and everyone's.
fn places() -> impl Iterator<Item = PathBuf> {
    let own = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|folder| folder.is_absolute());
    own.into_iter().chain([PathBuf::from("/dev/shm")])
}

#[cfg(target_os = "linux")]
fn lies_in_memory(folder: &Path) -> bool {
    // TMPFS_MAGIC of the kernel's linux/magic.h; how wide the field is depends on the machine.
    rustix::fs::statfs(folder).is_ok_and(|found| found.f_type == 0x0102_1994)
}

#[cfg(not(target_os = "linux"))]
fn lies_in_memory(_folder: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_earmark_left_is_removed_and_what_is_being_shown_stays() {
        let place = tempfile::tempdir().expect("a folder for a test");
        let shown = InMemory::within(place.path(), b"video", Some("webm")).expect("it is written");
        let left = place.path().join(format!("{PREFIX}left"));
        fs::create_dir(&left).expect("a folder for a test");
        fs::write(left.join(HOLD), "").expect("a file for a test");
        fs::write(left.join("original.webm"), "video").expect("a file for a test");
        sweep_in(place.path());
        assert!(!left.exists() && shown.path().exists());
        drop(shown);
        assert_eq!(fs::read_dir(place.path()).expect("it is there").count(), 0);
    }

    #[test]
    fn an_extension_from_elsewhere_makes_no_path() {
        let place = tempfile::tempdir().expect("a folder for a test");
        for extension in ["../../x", "", "web m", "extension", "a/b"] {
            let shown = InMemory::within(place.path(), b"video", Some(extension)).expect("it is written");
            assert_eq!(shown.path().file_name().and_then(|name| name.to_str()), Some("original"), "{extension}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn memory_that_is_handed_over_cannot_be_changed() {
        let file = memory(b"video").expect("this system has it");
        assert!((&file).write_all(b"x").is_err());
        assert!(file.set_len(0).is_err());
    }
}
