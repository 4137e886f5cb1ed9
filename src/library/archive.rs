//! The file that a backup is: a .zip of stored files, a manifest of their digests, and a seal on the manifest.
//!
//! What lies in a library is encrypted already, and the keys of people are wrapped by the library's key; so the files are
//! taken as they are. The seal is made with the library's key: it shows that this key opens the backup, and that
//! nothing in it was changed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::seal::{About, Key};
use super::{LibraryError, Result};
use crate::interview::Digest;

/// The version of this format.
const FORMAT: u32 = 1;
const MANIFEST: &str = "manifest.json";
const SEAL: &str = "manifest.seal";
/// The database in the archive.
pub(super) const DATABASE: &str = "library.db";

/// What a backup says about itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    pub(super) made_at: Timestamp,
    /// The fingerprint of the key it is sealed with.
    pub(super) key: String,
    /// The files by name.
    pub(super) files: BTreeMap<String, Entry>,
}

/// One file of a backup.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) bytes: u64,
    pub(super) sha256: Digest,
}

/// Writes a backup's files one after the other.
pub(super) struct Writer<'a> {
    path: &'a Path,
    zip: ZipWriter<BufWriter<Quiet<&'a File>>>,
    manifest: Manifest,
}

impl<'a> Writer<'a> {
    pub(super) fn new(path: &'a Path, file: &'a File, made_at: Timestamp, key: String) -> Self {
        let manifest = Manifest { format: FORMAT, made_at, key, files: BTreeMap::new() };
        Writer { path, zip: ZipWriter::new(BufWriter::new(Quiet::new(file))), manifest }
    }

    /// Adds a file as it is on disk.
    pub(super) fn add(&mut self, name: &str, from: &Path) -> Result<()> {
        let file = match File::open(from) {
            // Erased since the list was made.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(|error| LibraryError::io("read", from, error))?,
        };
        let bytes = file.metadata().map_err(|error| LibraryError::io("read", from, error))?.len();
        let failed = |error| LibraryError::write(self.path, bytes, error);
        self.zip.start_file(name, options()).map_err(|error| failed(error.into()))?;
        let (sha256, bytes) = copy(&mut BufReader::new(file), &mut self.zip).map_err(failed)?;
        self.manifest.files.insert(name.to_owned(), Entry { bytes, sha256 });
        Ok(())
    }

    /// Writes manifest and seal; the file is then on disk.
    pub(super) fn finish(mut self, key: &Key) -> Result<Manifest> {
        let text = serde_json::to_vec_pretty(&self.manifest).expect("a manifest has only string keys");
        let seal = key.seal(About("earmark/backup/1", &[&text]), b"")?;
        let bytes = (text.len() + seal.len()) as u64;
        let failed = |error| LibraryError::write(self.path, bytes, error);
        for (name, content) in [(MANIFEST, &text), (SEAL, &seal)] {
            self.zip.start_file(name, options()).map_err(|error| failed(error.into()))?;
            self.zip.write_all(content).map_err(failed)?;
        }
        let buffer = self.zip.finish().map_err(|error| failed(error.into()))?;
        let quiet = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
        quiet.to.sync_all().map_err(failed)?;
        Ok(self.manifest)
    }
}

/// Passes everything on until the first failure, which is told; what comes after that is taken and forgotten.
///
/// A [`ZipWriter`] that is given up tries to finish its archive and prints to standard error when that fails once more.
struct Quiet<W> {
    to: W,
    at: u64,
    failed: bool,
}

impl<W: Write + Seek> Quiet<W> {
    fn new(to: W) -> Self {
        Quiet { to, at: 0, failed: false }
    }

    fn keep<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        // An interrupted call is tried again, and is no failure.
        self.failed |= done.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::Interrupted);
        done
    }
}

impl<W: Write + Seek> Write for Quiet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = if self.failed { Ok(bytes.len()) } else { self.to.write(bytes) };
        let written = self.keep(written)?;
        self.at += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = if self.failed { Ok(()) } else { self.to.flush() };
        self.keep(flushed)
    }
}

impl<W: Write + Seek> Seek for Quiet<W> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            _ if !self.failed => self.to.seek(to),
            SeekFrom::Start(place) => Ok(place),
            SeekFrom::Current(by) | SeekFrom::End(by) => Ok(self.at.saturating_add_signed(by)),
        };
        self.at = self.keep(place)?;
        Ok(self.at)
    }
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored).large_file(true)
}

/// A backup whose seal and manifest were checked.
pub(super) struct Reader<'a> {
    path: &'a Path,
    zip: ZipArchive<BufReader<File>>,
    pub(super) manifest: Manifest,
}

impl<'a> Reader<'a> {
    /// Opens a backup; fails when the key is another one, or when the manifest was changed.
    pub(super) fn open(path: &'a Path, key: &Key, fingerprint: &str) -> Result<Self> {
        let bad = |reason: &str| LibraryError::BadBackup { path: path.to_owned(), reason: reason.to_owned() };
        let file = File::open(path).map_err(|error| LibraryError::io("read", path, error))?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| bad(&error.to_string()))?;
        let text = small(&mut zip, MANIFEST).ok_or_else(|| bad("its manifest is missing or damaged"))?;
        let seal = small(&mut zip, SEAL).ok_or_else(|| bad("its seal is missing or damaged"))?;
        let manifest: Manifest = serde_json::from_slice(&text).map_err(|error| bad(&format!("its manifest: {error}")))?;
        if manifest.key != fingerprint {
            return Err(LibraryError::WrongKey { path: path.to_owned(), fingerprint: fingerprint.to_owned() });
        }
        if key.open(About("earmark/backup/1", &[&text]), &seal).is_none() {
            return Err(bad("its manifest was changed after it was written"));
        }
        if manifest.format != FORMAT {
            return Err(bad(&format!("its format {} is of another earmark; this one knows {FORMAT}", manifest.format)));
        }
        Ok(Reader { path, zip, manifest })
    }

    /// Reads every file to its end and compares it with the manifest; gives each to `take`.
    pub(super) fn read_all(&mut self, mut take: impl FnMut(&str, &mut dyn Read) -> Result<(Digest, u64)>) -> Result<()> {
        for (name, entry) in &self.manifest.files {
            let bad = |reason: &str| LibraryError::BadBackup { path: self.path.to_owned(), reason: format!("{name} {reason}") };
            let mut file = self.zip.by_name(name).map_err(|_| bad("is missing"))?;
            let found = take(name, &mut file)?;
            if found != (entry.sha256, entry.bytes) {
                return Err(bad("is damaged"));
            }
        }
        Ok(())
    }
}

/// A small file of the archive; `None` when it is missing, damaged or not small.
fn small(zip: &mut ZipArchive<impl Read + Seek>, name: &str) -> Option<Vec<u8>> {
    const LARGEST: u64 = 256 << 20;
    let mut bytes = Vec::new();
    let read = zip.by_name(name).ok()?.take(LARGEST).read_to_end(&mut bytes).ok()? as u64;
    (read < LARGEST).then_some(bytes)
}

/// Copies all of it; returns its digest and length.
pub(super) fn copy(from: &mut dyn Read, to: &mut dyn Write) -> io::Result<(Digest, u64)> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => return Ok((Digest(hash.finalize().into()), bytes)),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        bytes += read as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A disk with room for so many bytes.
    struct Small(io::Cursor<Vec<u8>>, usize);

    impl Write for Small {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.position() as usize + bytes.len() > self.1 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Small {
        fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
            self.0.seek(to)
        }
    }

    #[test]
    fn a_full_disk_is_told_once_and_the_archive_that_is_given_up_says_nothing_more() {
        for room in [0, 10, 40, 3000] {
            let disk = Small(io::Cursor::new(Vec::new()), room);
            let mut zip = ZipWriter::new(BufWriter::with_capacity(16, Quiet::new(disk)));
            let told = zip.start_file("a", options()).map_err(io::Error::from).and_then(|()| zip.write_all(&[7; 4000]));
            assert_eq!(told.expect_err("there is no room").kind(), io::ErrorKind::StorageFull, "{room}");
            // What dropping it does, which prints where this fails.
            zip.finish().expect("nothing is left to complain about");
        }
    }
}
