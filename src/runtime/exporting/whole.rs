//! A file that is written while it is made, and lies in its place whole or not at all.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{NotWritten, PART, check_target, folder_of};
use crate::config::keep_names;
use crate::library::begin_part;

/// A file on its way, beside its place; gone where it is let go before it is put there.
pub struct Whole {
    place: PathBuf,
    part: BufWriter<NamedTempFile>,
}

impl Whole {
    /// Begins a file for this place.
    ///
    /// # Errors
    /// What the system says; also where something is there that is no ordinary file.
    pub fn begin(place: &Path) -> std::io::Result<Whole> {
        check_target(place)?;
        let part = begin_part(&folder_of(place), PART)?;
        Ok(Whole { place: place.to_owned(), part: BufWriter::with_capacity(1 << 16, part) })
    }

    /// Writes over what was written first, such as a length that is known at the end.
    ///
    /// # Errors
    /// What the system says.
    pub fn rewrite_head(&mut self, head: &[u8]) -> std::io::Result<()> {
        self.part.seek(SeekFrom::Start(0))?;
        self.part.write_all(head)?;
        self.part.seek(SeekFrom::End(0)).map(drop)
    }

    /// Whether it may take its place: nothing is there, or the same, or it may be replaced.
    ///
    /// # Errors
    /// [`NotWritten::Exists`] where something different is there and `replace` is false; what the system says.
    pub fn may_be_put(&mut self, replace: bool) -> Result<(), NotWritten> {
        self.part.flush()?;
        match File::open(&self.place) {
            Ok(there) if !replace && !is_same(&there, self.part.get_ref().path())? => Err(NotWritten::Exists),
            Ok(_) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts it into its place, once it is on the disk.
    ///
    /// # Errors
    /// What the system says.
    pub fn put(self) -> std::io::Result<()> {
        let part = self.part.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        part.as_file().sync_all()?;
        part.persist(&self.place).map_err(|error| error.error)?;
        keep_names(&folder_of(&self.place))
    }
}

impl Write for Whole {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.part.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.part.flush()
    }
}

fn is_same(there: &File, part: &Path) -> std::io::Result<bool> {
    let part = File::open(part)?;
    if there.metadata()?.len() != part.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(there), BufReader::new(part));
    let (mut here, mut beside) = ([0; 1 << 14], [0; 1 << 14]);
    loop {
        let count = one.read(&mut here)?;
        if count == 0 {
            return Ok(true);
        }
        other.read_exact(&mut beside[..count])?;
        if here[..count] != beside[..count] {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_made_piece_by_piece_lies_there_whole_and_over_another_only_where_that_is_asked_for() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("x.wav");
        let made = |text: &str| {
            let mut file = Whole::begin(&place).expect("begun");
            file.write_all(b"??").and_then(|()| file.write_all(text.as_bytes())).expect("written");
            file.rewrite_head(b"ok").expect("written");
            file
        };
        assert!(!place.exists());
        let mut first = made("one");
        assert!(first.may_be_put(false).is_ok() && !place.exists());
        first.put().expect("put");
        assert_eq!(std::fs::read(&place).expect("there"), b"okone");
        assert!(made("one").may_be_put(false).is_ok());
        let mut other = made("two");
        assert!(matches!(other.may_be_put(false), Err(NotWritten::Exists)));
        drop(other);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "what was not put there is gone");
        assert!(made("two").may_be_put(true).is_ok());
    }
}
