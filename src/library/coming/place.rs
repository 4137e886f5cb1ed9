//! Where a file that is on its way lies, and what was noted of it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::interview::Digest;
use crate::library::seal::About;
use crate::library::vault::{Shelf, hex};
use crate::library::{LibraryError, Result};

/// What was learnt of a file when it began to come.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct ComingNote {
    /// Which file of which version; another one begins anew.
    pub version: String,
    /// What tells whether it is still the same at the other side: an ETag, or a date.
    pub validator: Option<String>,
    /// How long it will be, in bytes.
    pub total: Option<u64>,
    /// Of the plain bytes, once they are all here.
    pub digest: Option<Digest>,
}

/// Where it lies.
#[derive(Clone)]
pub(in crate::library) struct Place {
    pub(super) folder: PathBuf,
    pub(super) part: PathBuf,
    /// Its note and its last bytes: see [`super::beside`].
    pub(super) note: PathBuf,
    /// Part of what its note and last bytes are bound to.
    pub(super) name: [u8; 32],
}

/// Where files of a person lie that are on their way.
pub(in crate::library) fn folder(library: &Path, shelf: &Shelf) -> PathBuf {
    library.join("coming").join(shelf.folder().file_name().unwrap_or_default())
}

impl Place {
    pub(in crate::library) fn of(library: &Path, shelf: &Shelf, name: &str) -> Self {
        let folder = folder(library, shelf);
        let name = shelf.key.name(About("earmark/coming/1", &[shelf.candidate.0.as_bytes(), name.as_bytes()]));
        let file = |end: &str| folder.join(format!("{}{end}", hex(&name[..16])));
        Place { part: file(".part"), note: file(".note"), folder, name }
    }

    pub(in crate::library) fn clear(&self) -> Result<()> {
        // The note goes last: without it the other is nothing.
        for path in [&self.part, &self.note] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(LibraryError::io("remove", path, error)),
                _ => {}
            }
        }
        Ok(())
    }
}

/// A new file of mode 0600, in the place of what lies there.
pub(super) fn new_file(path: &Path) -> io::Result<File> {
    let mut open = OpenOptions::new();
    open.create(true).truncate(true).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
    open.open(path)
}
