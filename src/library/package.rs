//! A .zip that is handed to someone: plain, readable by its owner alone, and under its name only once it is whole.

use std::io::{BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::archive::copy;
use super::{LibraryError, Reading, Result};
use crate::interview::Digest;

/// A .zip that is being written.
pub struct Package {
    path: PathBuf,
    zip: ZipWriter<BufWriter<tempfile::NamedTempFile>>,
}

/// One file of it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Packed {
    /// From the root of the .zip on.
    pub file: String,
    /// Plain bytes.
    pub bytes: u64,
    /// Of the plain bytes, as 64 digits.
    pub sha256: String,
}

impl Package {
    /// Begins a new file beside where it is to lie; nothing is there under its name before [`Package::finish`].
    pub fn begin(path: &Path) -> Result<Self> {
        let path = std::path::absolute(path).map_err(|error| LibraryError::io("find", path, error))?;
        if path.exists() {
            return Err(LibraryError::Exists { path });
        }
        let folder = path.parent().unwrap_or(Path::new("/"));
        let part = super::begin_part(folder, ".earmark-parcel-");
        let part = part.map_err(|error| LibraryError::write(folder, 0, error))?;
        Ok(Package { zip: ZipWriter::new(BufWriter::new(part)), path })
    }

    /// Adds bytes under a name.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<Packed> {
        self.start(name, CompressionMethod::Deflated)?;
        self.zip.write_all(bytes).map_err(|error| LibraryError::write(&self.path, bytes.len() as u64, error))?;
        Ok(Packed { file: name.to_owned(), bytes: bytes.len() as u64, sha256: Digest::of(bytes).to_string() })
    }

    /// Adds a file of the vault; a piece of it is in memory at a time.
    pub fn add_reading(&mut self, name: &str, reading: &mut Reading) -> Result<Packed> {
        // Recordings are compressed already.
        self.start(name, CompressionMethod::Stored)?;
        let (mut hash, mut bytes) = (Sha256::new(), 0);
        for number in 0..reading.length().div_ceil(Reading::PIECE as u64) as u32 {
            let piece = reading.piece(number)?;
            hash.update(&piece[..]);
            bytes += piece.len() as u64;
            self.zip.write_all(&piece).map_err(|error| LibraryError::write(&self.path, bytes, error))?;
        }
        Ok(Packed { file: name.to_owned(), bytes, sha256: Digest(hash.finalize().into()).to_string() })
    }

    /// Gives the file its name once it is on disk; returns its length and digest.
    pub fn finish(self) -> Result<(u64, Digest)> {
        let path = self.path;
        let failed = |error: std::io::Error| LibraryError::write(&path, 0, error);
        let buffer = self.zip.finish().map_err(|error| failed(error.into()))?;
        let mut part = buffer.into_inner().map_err(|error| failed(error.into_error()))?;
        part.as_file().sync_all().map_err(failed)?;
        part.rewind().map_err(failed)?;
        let (sha256, bytes) = copy(&mut BufReader::new(part.as_file_mut()), &mut std::io::sink()).map_err(failed)?;
        part.persist_noclobber(&path).map_err(|error| match error.error.kind() {
            std::io::ErrorKind::AlreadyExists => LibraryError::Exists { path: path.clone() },
            _ => failed(error.error),
        })?;
        super::vault::sync_folder(path.parent().unwrap_or(Path::new("/"))).map_err(failed)?;
        Ok((bytes, sha256))
    }

    fn start(&mut self, name: &str, how: CompressionMethod) -> Result<()> {
        let options = SimpleFileOptions::default().compression_method(how).large_file(true).unix_permissions(0o600);
        self.zip.start_file(name, options).map_err(|error| LibraryError::write(&self.path, 0, error.into()))
    }
}
