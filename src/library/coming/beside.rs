//! The file beside one that is on its way: what was noted of it, and behind that its last bytes, less than a piece.
//!
//! One file for both, written in its place: making and removing files costs more than all that is written here. It is records, each a
//! length (four bytes, big-endian) and so many sealed bytes. The first is the note; those behind it are bytes of the piece that is being
//! filled, until the file is whole: then the last is the note again, with the digest. What a kill cut off counts for nothing.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use zeroize::Zeroizing;

use super::place::{ComingNote, Place, new_file};
use crate::library::open::make_private_folder;
use crate::library::seal::About;
use crate::library::vault::{PIECE, Shelf};
use crate::library::{LibraryError, Result};

/// The most that is read, in bytes. Bytes are written at least milliseconds apart: those of a piece are far less with what seals them.
const LONGEST: u64 = 4 << 20;
/// What a record is at the most, in bytes.
const LARGEST: usize = PIECE + 64;
/// What a note is sealed as.
const NOTE: &str = "earmark/coming/note/1";

/// The file, open.
pub(super) struct Beside {
    file: File,
    /// Where the last bytes begin.
    begin: u64,
}

/// What stands in it.
pub(super) struct Found {
    pub(super) beside: Beside,
    /// The newest note.
    pub(super) note: ComingNote,
    /// The records of last bytes, sealed.
    pub(super) tail: Vec<Vec<u8>>,
}

impl Beside {
    /// Begins it with a note, in the place of what lies there.
    pub(super) fn begin(place: &Place, shelf: &Shelf, note: &ComingNote) -> Result<Self> {
        let record = record(&sealed(place, shelf, note)?);
        make_private_folder(&place.folder)?;
        let failed = |error| LibraryError::write(&place.note, record.len() as u64, error);
        let mut file = new_file(&place.note).map_err(failed)?;
        file.write_all(&record).map_err(failed)?;
        Ok(Beside { file, begin: record.len() as u64 })
    }

    /// What lies there; none where nothing does, or nothing that can be read.
    pub(super) fn find(place: &Place, shelf: &Shelf) -> Option<Found> {
        let file = OpenOptions::new().read(true).write(true).open(&place.note).ok()?;
        let mut bytes = Vec::new();
        (&file).take(LONGEST).read_to_end(&mut bytes).ok()?;
        let mut rest = &bytes[..];
        let first = next(&mut rest)?;
        let begin = 4 + first.len() as u64;
        let opened = |sealed: &[u8]| serde_json::from_slice(&shelf.key.open(About(NOTE, &[&place.name]), sealed)?).ok();
        let mut note = opened(first)?;
        let mut tail: Vec<Vec<u8>> = std::iter::from_fn(|| next(&mut rest)).map(<[u8]>::to_vec).collect();
        if let Some(newest) = tail.last().and_then(|last| opened(last)) {
            note = newest;
            tail.pop();
        }
        Some(Found { beside: Beside { file, begin }, note, tail })
    }

    /// Adds last bytes, sealed.
    pub(super) fn add(&mut self, sealed: &[u8]) -> io::Result<()> {
        self.file.write_all(&record(sealed))
    }

    /// Adds the note anew: from now on it counts.
    pub(super) fn renew(&mut self, place: &Place, shelf: &Shelf, note: &ComingNote) -> Result<()> {
        let sealed = sealed(place, shelf, note)?;
        self.add(&sealed).map_err(|error| LibraryError::write(&place.note, sealed.len() as u64, error))
    }

    /// Keeps these first records of last bytes, and goes on behind them.
    pub(super) fn keep(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        let end = self.begin + records.iter().map(|record| 4 + record.len() as u64).sum::<u64>();
        self.file.set_len(end)?;
        self.file.seek(SeekFrom::Start(end)).map(drop)
    }
}

fn sealed(place: &Place, shelf: &Shelf, note: &ComingNote) -> Result<Vec<u8>> {
    let plain = Zeroizing::new(serde_json::to_vec(note).expect("a note has string keys"));
    shelf.key.seal(About(NOTE, &[&place.name]), &plain)
}

fn record(sealed: &[u8]) -> Vec<u8> {
    [&(sealed.len() as u32).to_be_bytes()[..], sealed].concat()
}

/// The next record, where all of it is there.
fn next<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let length = u32::from_be_bytes(*length) as usize;
    let (record, behind) = behind.split_at_checked(length).filter(|_| length <= LARGEST)?;
    *rest = behind;
    Some(record)
}
