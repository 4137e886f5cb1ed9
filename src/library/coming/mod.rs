//! Files that are on their way into the vault: encrypted as they come, resumable, and without their name until they are whole.
//!
//! Such a file lies in `coming/`, in the vault's own format as far as it has come. Its last bytes, less than a piece, lie
//! beside it, behind what was noted of it, so that a kill loses no more than a few milliseconds of a transfer. Both are under the
//! person's key.

mod beside;
mod place;
mod under_way;

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use chacha20poly1305::aead::AeadInOut;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::object::blocking;
use super::open::make_private_folder;
use super::seal::{About, random};
use super::vault::{Content, MAGIC, PIECE, PREFIX, Shelf, TAG, next_piece, nonce};
use super::{Library, LibraryError, Result};
use crate::interview::{CandidateId, Digest};
use beside::{Beside, Found};
use place::new_file;

pub use place::ComingNote;
pub(super) use place::{Place, folder};
pub use under_way::FetchLock;

/// Bytes that came less than so long ago may be lost by a kill.
const UNSAVED: Duration = Duration::from_millis(8);

/// How far a file has come.
pub enum OnTheWay {
    /// It is in the vault, and nobody has been told yet: the digest and length of its plain bytes.
    Arrived(Digest, u64),
    /// Some of it, or nothing yet.
    Coming(Box<Coming>),
}

/// A file that is on its way.
pub struct Coming {
    shelf: Shelf,
    content: Content,
    place: Place,
    note: ComingNote,
    /// None until the first bytes come.
    file: Option<File>,
    /// The same.
    beside: Option<Beside>,
    prefix: [u8; PREFIX],
    /// The number of the piece that is being filled.
    number: u32,
    /// Plain bytes of it.
    piece: Zeroizing<Vec<u8>>,
    /// Bytes of it that lie beside.
    saved: usize,
    saved_at: Instant,
    hash: Sha256,
    length: u64,
    /// All of it is there, and only its name is missing.
    whole: bool,
}

impl Library {
    /// What is on its way under this name for a candidate; `version` says which file it should be.
    ///
    /// Only one process may do this at a time: see [`Library::lock_fetch`].
    pub async fn on_the_way(&self, candidate: CandidateId, content: Content, name: &str, version: &str) -> Result<OnTheWay> {
        let shelf = self.shelf_or_new(candidate).await?;
        let place = Place::of(&self.inner.folder, &shelf, name);
        let version = version.to_owned();
        blocking(move || Coming::find(shelf, content, place, version)).await
    }
}

impl Coming {
    fn find(shelf: Shelf, content: Content, place: Place, version: String) -> Result<OnTheWay> {
        let found = Beside::find(&place, &shelf).filter(|found| found.note.version == version);
        let Some(Found { beside, note, tail }) = found else {
            place.clear()?;
            return Ok(OnTheWay::Coming(Box::new(Coming::nothing(shelf, content, place, version))));
        };
        if let Some(digest) = note.digest
            && let Ok(there) = fs::metadata(shelf.path(content, digest))
        {
            let bytes = super::reading::plain_length(there.len()).unwrap_or(0);
            return Ok(OnTheWay::Arrived(digest, bytes));
        }
        let mut coming = Coming { note, beside: Some(beside), ..Coming::nothing(shelf, content, place, version) };
        match coming.take_up(&tail) {
            Ok(true) => {}
            // What cannot be read is not worth keeping.
            Ok(false) | Err(_) => coming.start_over()?,
        }
        Ok(OnTheWay::Coming(Box::new(coming)))
    }

    fn nothing(shelf: Shelf, content: Content, place: Place, version: String) -> Self {
        Coming {
            shelf,
            content,
            place,
            note: ComingNote { version, ..ComingNote::default() },
            file: None,
            beside: None,
            prefix: [0; PREFIX],
            number: 0,
            piece: Zeroizing::new(Vec::with_capacity(PIECE + TAG)),
            saved: 0,
            saved_at: Instant::now(),
            hash: Sha256::new(),
            length: 0,
            whole: false,
        }
    }

    /// Goes on with what lies there; false where there is nothing to go on with.
    fn take_up(&mut self, tail: &[Vec<u8>]) -> io::Result<bool> {
        let mut file = match OpenOptions::new().read(true).write(true).open(&self.place.part) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            opened => opened?,
        };
        let mut magic = [0; MAGIC.len()];
        if file.read_exact(&mut magic).and_then(|()| file.read_exact(&mut self.prefix)).is_err() || magic != *MAGIC {
            return Ok(false);
        }
        let (cipher, about) = (self.shelf.key.cipher(), self.shelf.about(self.content));
        let mut end = (MAGIC.len() + PREFIX) as u64;
        loop {
            let sealed = next_piece(&mut file, PIECE + TAG)?;
            let opened = |last: bool| {
                let mut plain = sealed.clone();
                cipher.decrypt_in_place(&nonce(&self.prefix, self.number, last), &about, &mut *plain).is_ok().then_some(plain)
            };
            let Some((plain, last)) = opened(false).map(|plain| (plain, false)).or_else(|| opened(true).map(|plain| (plain, true)))
            else {
                break;
            };
            self.hash.update(&plain[..]);
            self.length += plain.len() as u64;
            end += sealed.len() as u64;
            self.number += 1;
            if last {
                self.whole = true;
                break;
            }
        }
        file.set_len(end)?;
        file.seek(SeekFrom::End(0))?;
        self.file = Some(file);
        let taken = if self.whole { 0 } else { self.take_up_tail(tail) };
        let Some(beside) = &mut self.beside else { return Ok(false) };
        beside.keep(&tail[..taken])?;
        Ok(true)
    }

    /// Takes up the last bytes; returns how many records of them are good.
    fn take_up_tail(&mut self, tail: &[Vec<u8>]) -> usize {
        let mut taken = 0;
        for sealed in tail {
            let about = self.tail_about(self.piece.len());
            let about = [&self.place.name[..], &about];
            let Some(plain) = self.shelf.key.open(About("earmark/coming/tail/1", &about), sealed) else { break };
            if self.piece.len() + plain.len() > PIECE {
                break;
            }
            self.piece.extend_from_slice(&plain);
            taken += 1;
        }
        self.hash.update(&self.piece[..]);
        self.length += self.piece.len() as u64;
        self.saved = self.piece.len();
        taken
    }

    /// Where in which piece a record of last bytes stands.
    fn tail_about(&self, offset: usize) -> [u8; 8] {
        let mut about = [0; 8];
        about[..4].copy_from_slice(&self.number.to_be_bytes());
        about[4..].copy_from_slice(&(offset as u32).to_be_bytes());
        about
    }

    /// Plain bytes that are here.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Whether all of it is here already, and only its name is missing.
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// What was learnt of it when it began to come.
    pub fn note(&self) -> &ComingNote {
        &self.note
    }

    /// Forgets what has come.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn start_over(&mut self) -> Result<()> {
        self.place.clear()?;
        let note = ComingNote { version: std::mem::take(&mut self.note.version), ..ComingNote::default() };
        (self.file, self.beside, self.number, self.saved, self.length, self.whole) = (None, None, 0, 0, 0, false);
        self.piece.clear();
        self.hash = Sha256::new();
        self.note = note;
        Ok(())
    }

    /// Notes what the other side says of the file whose first bytes come now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(&mut self, validator: Option<String>, total: Option<u64>) -> Result<()> {
        debug_assert_eq!(self.length, 0, "what has come belongs to what was noted before");
        (self.note.validator, self.note.total) = (validator, total);
        self.prefix = random()?;
        self.beside = Some(Beside::begin(&self.place, &self.shelf, &self.note)?);
        let path = self.place.part.clone();
        let failed = |error| LibraryError::write(&path, 0, error);
        let mut file = new_file(&path).map_err(failed)?;
        file.write_all(&[&MAGIC[..], &self.prefix].concat()).map_err(failed)?;
        self.file = Some(file);
        Ok(())
    }

    /// Takes the next bytes. After [`Coming::begin`], or to go on with what had come before.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn take(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.piece.len() == PIECE {
                self.seal(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = later;
        }
        if self.saved_at.elapsed() >= UNSAVED { self.save() } else { Ok(()) }
    }

    /// Writes the bytes that have come since the last piece where a kill does not take them away.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn save(&mut self) -> Result<()> {
        self.saved_at = Instant::now();
        if self.piece.len() == self.saved {
            return Ok(());
        }
        let about = self.tail_about(self.saved);
        let about = [&self.place.name[..], &about];
        let sealed = self.shelf.key.seal(About("earmark/coming/tail/1", &about), &self.piece[self.saved..])?;
        let beside = self.beside.as_mut().expect("it has begun to come");
        beside.add(&sealed).map_err(|error| LibraryError::write(&self.place.note, sealed.len() as u64, error))?;
        self.saved = self.piece.len();
        Ok(())
    }

    fn seal(&mut self, last: bool) -> Result<()> {
        let about = self.shelf.about(self.content);
        let sealed = self.shelf.key.cipher().encrypt_in_place(&nonce(&self.prefix, self.number, last), &about, &mut *self.piece);
        sealed.expect("a piece is not too long for the cipher");
        let failed = |error| LibraryError::write(&self.place.part, PIECE as u64, error);
        let file = self.file.as_mut().expect("it has begun to come");
        file.write_all(&self.piece).map_err(failed)?;
        self.piece.clear();
        self.number += 1;
        if self.saved > 0 {
            let emptied = self.beside.as_mut().expect("it has begun to come").keep(&[]);
            emptied.map_err(|error| LibraryError::io("empty", &self.place.note, error))?;
        }
        (self.saved, self.saved_at) = (0, Instant::now());
        Ok(())
    }

    /// The digest of the plain bytes that are here.
    pub fn digest(&self) -> Digest {
        Digest(self.hash.clone().finalize().into())
    }

    /// Gives the file its name in the vault, once it is whole and on disk; returns the digest of its plain bytes.
    ///
    /// The name outlives a power cut only after [`Library::settle`], and what was noted stays until then: whoever comes after a kill
    /// finds that it has arrived.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn finish(mut self) -> Result<Digest> {
        blocking(move || {
            if !self.whole {
                self.seal(true)?;
            }
            let digest = self.digest();
            let path = self.shelf.path(self.content, digest);
            let failed = |error| LibraryError::write(&path, self.length, error);
            self.file.as_ref().expect("it has begun to come").sync_all().map_err(failed)?;
            self.note.digest = Some(digest);
            self.beside.as_mut().expect("it has begun to come").renew(&self.place, &self.shelf, &self.note)?;
            make_private_folder(self.shelf.folder())?;
            fs::rename(&self.place.part, &path).map_err(failed)?;
            Ok(digest)
        })
        .await
    }
}
