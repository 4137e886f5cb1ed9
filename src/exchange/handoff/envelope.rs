//! The file around a hand-off: a first line that shows at once whether all of it has come, and unchanged.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::error::HandoffError;
use super::manifest::FORMAT;
use crate::config::identity::parcel::{self, NotOpened, Opener};
use crate::config::open_ordinary;
use crate::interview::Digest;

/// What the first line begins with.
const WORD: &str = "earmark handoff ";
/// The first line's length in bytes: word, format (5 digits), length (20 digits), SHA-256 (64 digits), and what stands between them.
const LINE: usize = WORD.len() + 5 + 1 + 20 + 1 + 64 + 1;

/// No hand-off is longer than this, in bytes.
const MOST: u64 = 1 << 44;

fn line(length: u64, digest: Digest) -> String {
    format!("{WORD}{FORMAT:05} {length:020} {digest}\n")
}

/// Whether a file says of itself, or by its name, that it is a hand-off.
pub fn is_handoff(path: &Path) -> bool {
    let mut begin = [0; WORD.len()];
    let is_named_so = path.extension().is_some_and(|ending| ending == "earmark") && path.is_file();
    is_named_so || open_ordinary(path).and_then(|mut file| file.read_exact(&mut begin)).is_ok() && begin == *WORD.as_bytes()
}

/// Checks that a hand-off has come whole and unchanged, and says whether a passphrase opens it; else someone's key does.
///
/// # Errors
/// What is wrong with it: half of it, changed, of a newer version, no hand-off.
pub fn is_under_passphrase(path: &Path) -> Result<bool, HandoffError> {
    parcel::is_under_passphrase(sealed(path)?).map_err(|error| told(path, error, false))
}

/// What stands behind the first line, which is checked against it: read to the end, and begun again.
fn sealed(path: &Path) -> Result<BufReader<File>, HandoffError> {
    let failed = |error| HandoffError::unread(path, error);
    let mut file = open_ordinary(path).map_err(failed)?;
    let mut begin = Vec::new();
    (&file).take(LINE as u64).read_to_end(&mut begin).map_err(failed)?;
    let (length, digest) = said(&begin)?;
    let (mut hash, mut found, mut part) = (Sha256::new(), 0u64, vec![0; 128 * 1024]);
    loop {
        match file.read(&mut part) {
            Ok(0) => break,
            Ok(read) => {
                hash.update(&part[..read]);
                found += read as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
    if length > MOST {
        return Err(HandoffError::Changed("the length in its first line is none"));
    }
    // All that is here is what was sealed: then it is the line before it that was changed.
    let is_whole = Digest(hash.finalize().into()) == digest;
    if is_whole && found != length {
        return Err(HandoffError::Changed("the length in its first line is another"));
    }
    if found < length {
        return Err(HandoffError::Truncated { missing: length - found, whole: LINE as u64 + length });
    }
    if !is_whole {
        return Err(HandoffError::Changed("its checksum is another"));
    }
    file.seek(SeekFrom::Start(LINE as u64)).map_err(failed)?;
    Ok(BufReader::new(file))
}

/// The length and digest that the first line says.
fn said(begin: &[u8]) -> Result<(u64, Digest), HandoffError> {
    let Some(rest) = begin.strip_prefix(WORD.as_bytes()) else {
        // Too short to be anything else.
        return Err(match WORD.as_bytes().starts_with(begin) {
            true => HandoffError::Truncated { missing: (LINE - begin.len()) as u64, whole: LINE as u64 },
            false => HandoffError::NotOne,
        });
    };
    let text = std::str::from_utf8(rest).map_err(|_| HandoffError::Changed("its first line is none"))?;
    let words: Vec<&str> = text.split_whitespace().collect();
    // A number beyond this is no version, but a byte that was flipped.
    const LAST: u64 = 999;
    if let Some(format) =
        words.first().and_then(|word| word.parse().ok()).filter(|format| (u64::from(FORMAT) + 1..=LAST).contains(format))
    {
        return Err(HandoffError::Newer { format, known: FORMAT });
    }
    if begin.len() < LINE {
        return Err(HandoffError::Truncated { missing: (LINE - begin.len()) as u64, whole: LINE as u64 });
    }
    let said = match words.as_slice() {
        [_, length, digest] => length.parse().ok().zip(digest.parse().ok()),
        _ => None,
    };
    // Each byte of it is as this program writes it.
    said.filter(|(length, digest)| line(*length, *digest).as_bytes() == begin)
        .ok_or(HandoffError::Changed("its first line is none"))
}

/// Opens what is sealed in a hand-off that has come whole.
pub(super) fn open(path: &Path, opener: &Opener) -> Result<impl Read + Send + use<>, HandoffError> {
    let passphrase = matches!(opener, Opener::Passphrase(_));
    parcel::open(sealed(path)?, opener).map_err(|error| told(path, error, passphrase))
}

fn told(path: &Path, error: NotOpened, passphrase: bool) -> HandoffError {
    match error {
        NotOpened::WrongKey => HandoffError::WrongKey { passphrase },
        NotOpened::Damaged => HandoffError::Changed("what is sealed in it has no beginning"),
        NotOpened::Io(error) => HandoffError::unread(path, error),
    }
}

/// Counts and hashes what is written through it.
pub(super) struct Counted<W> {
    to: W,
    hash: Sha256,
    length: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// A file that is being written.
pub(super) type Writing = Counted<BufWriter<File>>;

/// Begins a file with room for its first line.
pub(super) fn begin(file: File) -> io::Result<Writing> {
    let mut to = BufWriter::with_capacity(256 * 1024, file);
    to.write_all(&[b' '; LINE])?;
    Ok(Counted { to, hash: Sha256::new(), length: 0 })
}

/// Writes the first line; all of it is then on disk.
pub(super) fn finish(written: Writing) -> io::Result<u64> {
    let Counted { to, hash, length } = written;
    let mut file = to.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(line(length, Digest(hash.finalize().into())).as_bytes())?;
    file.sync_all()?;
    Ok(LINE as u64 + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_has_the_length_that_is_left_for_it() {
        assert_eq!(line(u64::MAX, Digest::default()).len(), LINE);
        let whole = line(7, Digest::of(b"x")).into_bytes();
        assert_eq!(said(&whole).expect("it is read"), (7, Digest::of(b"x")));
        for at in 0..whole.len() {
            let mut flipped = whole.clone();
            flipped[at] ^= 1;
            let taken = said(&flipped);
            assert!(taken.is_err() || taken.is_ok_and(|of| of != (7, Digest::of(b"x"))), "byte {at}");
        }
        assert!(matches!(said(b""), Err(HandoffError::Truncated { .. })));
    }
}
