//! Where the files of a batch lie: a folder that nothing leads out of, a .zip, or the program itself.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};
use std::sync::Arc;

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};

use super::packed::{Packed, Unpacking};
use crate::interview::bundle::{PathFault, check_path};

/// The largest recording that is taken, in bytes.
pub const LARGEST_RECORDING: u64 = 2 * 1024 * 1024 * 1024;
/// The largest document beside the answers, in bytes.
pub const LARGEST_DOCUMENT: u64 = 50 * 1024 * 1024;
/// The largest transcript, in bytes.
pub const LARGEST_TRANSCRIPT: u64 = 16 * 1024 * 1024;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// Nothing of this name is there.
    #[error("the file is not there")]
    Missing {
        /// A name that differs in case or in its accents alone.
        like: Option<String>,
    },
    /// A file whose name reads the same is there, and that name is not UTF-8: no bundle can name it.
    #[error("the file's name is not UTF-8")]
    Nameless {
        /// The name, with what cannot be read replaced.
        like: String,
    },
    /// A link: where it leads cannot be trusted.
    #[error("the path leads over a symbolic link")]
    Link,
    /// A folder, a pipe, a device.
    #[error("this is no regular file")]
    NotAFile,
    /// Over its bound.
    #[error("the file has {size} bytes; at most {most} are taken")]
    Large {
        /// Its size in bytes.
        size: u64,
        /// The bound in bytes.
        most: u64,
    },
    /// Someone writes it while it is read.
    #[error("the file changed while it was read")]
    Changed,
    /// It leads out of the folder, or names no file of it.
    #[error(transparent)]
    Path(#[from] PathFault),
    /// In a .zip, and not to be had from there.
    #[error("{reason}")]
    Packed {
        /// Why.
        reason: String,
        /// What to do about it.
        remedy: &'static str,
    },
    /// The system says why.
    #[error("the file cannot be read: {0}")]
    System(#[from] io::Error),
}

impl FileFault {
    /// What to do about it.
    pub fn remedy(&self) -> String {
        match self {
            FileFault::Missing { like: Some(like) } => {
                format!("a file named {like} is there: make the names agree, letter for letter")
            }
            FileFault::Missing { like: None } => "put the file there and import again".to_owned(),
            FileFault::Nameless { like } => {
                format!("rename the file that is listed as {like}, so that its name is UTF-8, and import again")
            }
            FileFault::Link => "put a copy of the file in its place and import again".to_owned(),
            FileFault::NotAFile => "name the recording itself".to_owned(),
            FileFault::Large { .. } => "make it smaller, for instance without the picture, and import again".to_owned(),
            FileFault::Path(fault) => fault.remedy().to_owned(),
            FileFault::Packed { remedy, .. } => (*remedy).to_owned(),
            FileFault::Changed => "wait until it is written, then import again".to_owned(),
            FileFault::System(_) => "check that you may read it, then import again".to_owned(),
        }
    }
}

/// Gives the content of a file that is inside the program.
pub type Inside = Arc<dyn Fn(&str) -> Option<&'static [u8]> + Send + Sync>;

/// Where files lie.
#[derive(Clone)]
pub(super) enum Shelf {
    Folder(Arc<Dir>),
    Packed(Arc<Packed>),
    Program(Inside),
    /// Made by this program, by name.
    Held(Arc<BTreeMap<String, Arc<[u8]>>>),
}

/// Something that lies in a folder.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Listed {
    /// A regular file.
    File(String),
    Folder(String),
    /// A link, a pipe, a device.
    Other(String),
    /// Its name is not UTF-8; what cannot be read is replaced.
    Nameless(String),
}

/// Entries of one folder that are looked at.
const MOST_LISTED: usize = 10_000;

/// A file that is open, and its size in bytes.
#[derive(Debug)]
pub enum Opened {
    /// In a folder.
    File {
        /// At its start.
        file: File,
        /// Bytes, as the open file says.
        size: u64,
    },
    /// In a .zip, at its start.
    Packed(Unpacking),
    /// In the program.
    Inside(&'static [u8]),
    /// In memory.
    Held(Arc<[u8]>),
}

impl Shelf {
    /// The folder at `path`, which the user named.
    pub(super) fn folder(path: &Path) -> io::Result<Self> {
        Ok(Shelf::Folder(Arc::new(Dir::open_ambient_dir(path, ambient_authority())?)))
    }

    /// Opens a file of at most `most` bytes: a regular one, over no link.
    pub(super) fn open(&self, path: &str, most: u64) -> Result<Opened, FileFault> {
        let opened = match self {
            Shelf::Program(inside) => Opened::Inside(inside(path).ok_or(FileFault::Missing { like: None })?),
            Shelf::Held(held) => Opened::Held(held.get(path).cloned().ok_or(FileFault::Missing { like: None })?),
            Shelf::Packed(packed) => Opened::Packed(packed.read(path)?),
            Shelf::Folder(folder) => {
                check_path(path)?;
                open_in(folder, path)?
            }
        };
        match opened.size() {
            size if size > most => Err(FileFault::Large { size, most }),
            _ => Ok(opened),
        }
    }

    /// Reads a whole file of at most `most` bytes.
    pub(super) fn read(&self, path: &str, most: u64) -> Result<Vec<u8>, FileFault> {
        let opened = self.open(path, most)?;
        let mut bytes = Vec::new();
        match opened {
            Opened::Inside(inside) => bytes.extend_from_slice(inside),
            Opened::Held(held) => bytes.extend_from_slice(&held),
            Opened::Packed(packed) => {
                bytes.resize(packed.size() as usize, 0);
                packed.fill(&mut bytes)?;
            }
            // A file that grows while it is read must not pass the bound.
            Opened::File { file, .. } => drop(file.take(most + 1).read_to_end(&mut bytes)?),
        }
        if bytes.len() as u64 > most {
            return Err(FileFault::Large { size: bytes.len() as u64, most });
        }
        Ok(bytes)
    }

    /// Whether something of this name is there.
    pub(super) fn has(&self, path: &str) -> bool {
        match self {
            Shelf::Folder(folder) => folder.symlink_metadata(path).is_ok(),
            Shelf::Packed(packed) => packed.has(path),
            Shelf::Program(inside) => inside(path).is_some(),
            Shelf::Held(held) => held.contains_key(path),
        }
    }

    /// What lies in a folder of it; the folder itself where `path` is empty. No link is followed.
    pub(super) fn list(&self, path: &str) -> io::Result<Vec<Listed>> {
        let folder = match self {
            Shelf::Folder(folder) => folder,
            Shelf::Packed(packed) => return Ok(packed.list(path)),
            Shelf::Program(_) | Shelf::Held(_) => return Ok(Vec::new()),
        };
        if !path.is_empty() && !folder.symlink_metadata(path)?.is_dir() {
            return Err(io::Error::other("it is no folder"));
        }
        let entries = if path.is_empty() { folder.entries()? } else { folder.open_dir(path)?.entries()? };
        let mut listed = Vec::new();
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            listed.push(match entry.file_name().into_string() {
                Err(name) => Listed::Nameless(name.to_string_lossy().into_owned()),
                Ok(name) if kind.is_file() => Listed::File(name),
                Ok(name) if kind.is_dir() => Listed::Folder(name),
                Ok(name) => Listed::Other(name),
            });
            if listed.len() > MOST_LISTED {
                return Err(io::Error::other(format!("it has more than {MOST_LISTED} entries")));
            }
        }
        Ok(listed)
    }
}

impl Opened {
    /// Bytes in it.
    pub fn size(&self) -> u64 {
        match self {
            Opened::File { size, .. } => *size,
            Opened::Packed(packed) => packed.size(),
            Opened::Inside(bytes) => bytes.len() as u64,
            Opened::Held(bytes) => bytes.len() as u64,
        }
    }

    /// All of it in one piece of memory that can be shared.
    ///
    /// # Errors
    /// When it cannot be read, or is not as long as it was when it was opened.
    pub fn bytes(self) -> Result<Arc<[u8]>, FileFault> {
        match self {
            Opened::Inside(bytes) => Ok(Arc::from(bytes)),
            Opened::Held(bytes) => Ok(bytes),
            Opened::Packed(packed) => shared(packed.size(), |whole| packed.fill(whole)),
            Opened::File { mut file, size } => shared(size, |whole| {
                file.read_exact(whole).map_err(|error| match error.kind() {
                    io::ErrorKind::UnexpectedEof => FileFault::Changed,
                    _ => FileFault::System(error),
                })?;
                match file.read(&mut [0])? {
                    0 => Ok(()),
                    _ => Err(FileFault::Changed),
                }
            }),
        }
    }
}

/// So many bytes that can be shared, once they are filled.
fn shared(size: u64, fill: impl FnOnce(&mut [u8]) -> Result<(), FileFault>) -> Result<Arc<[u8]>, FileFault> {
    // Collected so that it is allocated once and never copied: a recording may be large.
    let mut bytes: Arc<[u8]> = std::iter::repeat_n(0, size as usize).collect();
    fill(Arc::get_mut(&mut bytes).expect("nobody else has it yet"))?;
    Ok(bytes)
}

fn open_in(folder: &Dir, path: &str) -> Result<Opened, FileFault> {
    let parts: Vec<&OsStr> = Path::new(path)
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => Some(part),
            _ => None,
        })
        .collect();
    let mut so_far = std::path::PathBuf::new();
    for (index, part) in parts.iter().enumerate() {
        so_far.push(part);
        let kind = match folder.symlink_metadata(&so_far) {
            Ok(kind) => kind,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(missing(folder, &so_far));
            }
            Err(error) => return Err(error.into()),
        };
        let last = index + 1 == parts.len();
        if kind.is_symlink() {
            return Err(FileFault::Link);
        } else if last != kind.is_file() || !last && !kind.is_dir() {
            return Err(FileFault::NotAFile);
        }
    }
    // The names may have changed hands since; the open file is asked again, and a pipe must not hold us up.
    let file = folder.open_with(&so_far, &reading())?;
    let kind = file.metadata()?;
    if !kind.is_file() {
        return Err(FileFault::NotAFile);
    }
    Ok(Opened::File { file: file.into_std(), size: kind.len() })
}

fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits() as i32);
    }
    options
}

/// That nothing of this name is there, and which name beside it may be meant.
fn missing(folder: &Dir, path: &Path) -> FileFault {
    match like(folder, path) {
        Some(like) => match like.to_str() {
            Some(like) => FileFault::Missing { like: Some(like.to_owned()) },
            None => FileFault::Nameless { like: like.to_string_lossy().into_owned() },
        },
        None => FileFault::Missing { like: None },
    }
}

/// The name beside `path` that differs only in case, in how its accents are written, or in being written in Latin-1.
fn like(folder: &Dir, path: &Path) -> Option<OsString> {
    use unicode_normalization::UnicodeNormalization;
    let folded = |name: &str| name.nfc().collect::<String>().to_lowercase();
    // Old disks and archives hold names in Latin-1, where each byte is the character of the same number.
    let read = |name: &OsStr| match name.to_str() {
        Some(name) => folded(name),
        None => folded(&name.as_encoded_bytes().iter().map(|&byte| char::from(byte)).collect::<String>()),
    };
    let wanted = folded(path.file_name()?.to_str()?);
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut names = folder.read_dir(parent).ok()?.take(10_000).flatten().map(|entry| entry.file_name());
    names.find(|name| read(name) == wanted)
}
