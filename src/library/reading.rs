//! Reading a file of the vault piece by piece, from any place in it.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};

use chacha20poly1305::aead::AeadInOut;
use zeroize::Zeroizing;

use super::object::blocking;
use super::vault::{Content, MAGIC, PIECE, PREFIX, Shelf, TAG, next_piece, nonce};
use super::{Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest};

const HEADER: u64 = (MAGIC.len() + PREFIX) as u64;

/// A file of the vault that is open; at most one piece of it is in memory.
pub struct Reading {
    shelf: Shelf,
    content: Content,
    digest: Digest,
    file: File,
    prefix: [u8; PREFIX],
    length: u64,
}

/// Plain bytes in a file of the vault of so many bytes; none where no file of the vault is so long.
pub(super) fn plain_length(size: u64) -> Option<u64> {
    let body = size.checked_sub(HEADER)?;
    body.checked_sub(body.div_ceil((PIECE + TAG) as u64).max(1) * TAG as u64)
}

impl Library {
    /// Opens what was put into the vault under this digest.
    pub async fn read_object(&self, candidate: CandidateId, content: Content, digest: Digest) -> Result<Reading> {
        let what = format!("the object {} of candidate {candidate}", digest.short());
        let Some(shelf) = self.shelf(candidate).await? else { return Err(LibraryError::NotKept { what }) };
        blocking(move || {
            let path = shelf.path(content, digest);
            let mut file = File::open(&path).map_err(|error| match error.kind() {
                ErrorKind::NotFound => LibraryError::NotKept { what },
                _ => LibraryError::io("read", &path, error),
            })?;
            let (mut magic, mut prefix) = ([0; MAGIC.len()], [0; PREFIX]);
            let read = file.read_exact(&mut magic).and_then(|()| file.read_exact(&mut prefix)).and_then(|()| file.metadata());
            let length = read.ok().filter(|_| magic == *MAGIC).and_then(|meta| plain_length(meta.len()));
            let damaged = || LibraryError::Damaged { what: format!("the object {}", digest.short()), path: path.clone() };
            let length = length.ok_or_else(damaged)?;
            Ok(Reading { shelf, content, digest, file, prefix, length })
        })
        .await
    }
}

impl Reading {
    /// Plain bytes in one piece; only the last may have fewer.
    pub const PIECE: usize = PIECE;

    /// Plain bytes in all.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// One piece of the plain bytes, by its number from 0.
    ///
    /// # Errors
    /// When it is not what was written there.
    pub fn piece(&mut self, number: u32) -> Result<Zeroizing<Vec<u8>>> {
        let path = self.shelf.path(self.content, self.digest);
        let failed = |error| LibraryError::io("read", &path, error);
        let at = HEADER + u64::from(number) * (PIECE + TAG) as u64;
        self.file.seek(SeekFrom::Start(at)).map_err(failed)?;
        let mut piece = next_piece(&mut self.file, PIECE + TAG).map_err(failed)?;
        let last = (u64::from(number) + 1) * PIECE as u64 >= self.length;
        let opened = self.shelf.key.cipher().decrypt_in_place(
            &nonce(&self.prefix, number, last),
            &self.shelf.about(self.content),
            &mut *piece,
        );
        let damaged = || LibraryError::Damaged { what: format!("the object {}", self.digest.short()), path: path.clone() };
        opened.map_err(|_| damaged())?;
        Ok(piece)
    }
}
