//! The folder that people share: what lies where, read within bounds, written whole or at the end.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::config::{keep_names, open_ordinary};
use crate::interview::{ReviewerId, WriterId};

/// No file of the folder is read beyond this.
const MOST: u64 = 512 * 1024 * 1024;

/// The folders in it, and how the names of their files end.
const FOLDERS: [(&str, &str); 3] = [("people", ".json"), ("streams", ".stream"), ("letters", ".letter")];

/// Where things lie.
pub(super) struct Shared {
    root: PathBuf,
}

/// A file of the folder.
pub(super) struct Found {
    /// Its name, from the folder on.
    pub(super) name: String,
    /// What is in it.
    pub(super) bytes: Vec<u8>,
}

impl Shared {
    pub(super) fn at(root: &Path) -> Self {
        Shared { root: root.to_owned() }
    }

    pub(super) fn card(&self, reviewer: ReviewerId) -> PathBuf {
        self.root.join("people").join(format!("{reviewer}.json"))
    }

    pub(super) fn stream(&self, writer: WriterId) -> PathBuf {
        self.root.join("streams").join(format!("{writer}.stream"))
    }

    pub(super) fn letter(&self, from: WriterId, to: ReviewerId) -> PathBuf {
        self.root.join("letters").join(format!("{from}.{to}.letter"))
    }

    pub(super) fn cards(&self) -> io::Result<Vec<Found>> {
        self.all("people", ".json")
    }

    /// Also those under other names, such as what a synchronised folder calls a conflicted copy.
    pub(super) fn streams(&self) -> io::Result<Vec<Found>> {
        self.all("streams", ".stream")
    }

    pub(super) fn letters(&self) -> io::Result<Vec<Found>> {
        self.all("letters", ".letter")
    }

    /// What lies in the place of a file and is none.
    pub(super) fn no_files(&self) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for (folder, ending) in FOLDERS {
            let listed = match fs::read_dir(self.root.join(folder)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                listed => listed?,
            };
            for entry in listed {
                let entry = entry?;
                let fits = entry.file_name().to_str().is_some_and(|name| name.ends_with(ending));
                if fits && !entry.file_type()?.is_file() {
                    found.push(self.name(&entry.path()));
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// One of the three folders that is a link: following it would write who knows where.
    pub(super) fn linked(&self) -> Option<&'static str> {
        let is_link = |folder: &str| fs::symlink_metadata(self.root.join(folder)).is_ok_and(|meta| meta.is_symlink());
        FOLDERS.iter().map(|(folder, _)| *folder).find(|folder| is_link(folder))
    }

    /// A path as messages name it.
    pub(super) fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The regular files of a folder whose name ends so, in the order of their names; links and pipes are passed over.
    fn all(&self, folder: &str, ending: &str) -> io::Result<Vec<Found>> {
        let listed = match fs::read_dir(self.root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            listed => listed?,
        };
        let mut paths = Vec::new();
        for entry in listed {
            let entry = entry?;
            let fits = entry.file_name().to_str().is_some_and(|name| name.ends_with(ending));
            if fits && entry.file_type()?.is_file() {
                paths.push(entry.path());
            }
        }
        paths.sort();
        let mut found = Vec::with_capacity(paths.len());
        for path in paths {
            match read(&path) {
                Ok(bytes) => found.push(Found { name: self.name(&path), bytes }),
                // A synchronised folder may have moved it a moment ago.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(open_ordinary(path)?, MOST), &mut bytes)?;
    Ok(bytes)
}

/// What is in a file; none where there is none, or something that is no file.
pub(super) fn read_own(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
        Ok(meta) if !meta.is_file() => Ok(None),
        Ok(_) => read(path).map(Some),
    }
}

/// Writes a file whole or not at all, in place of what is there: a `.part` beside it that takes its name.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // New, so that no link that someone laid there is followed.
    let mut file = OpenOptions::new().write(true).create_new(true).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, path)?;
    keep_names(folder)
}

/// Adds bytes at the end of a file that is there.
pub(super) fn append(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes a file; one that is gone is gone.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
