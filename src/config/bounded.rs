//! Reading files that people name: nothing is waited for without end, and nothing is read without end.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// Names of what this program was started with, be it a pipe or a terminal, and of nothing at all.
const GIVEN: [&str; 4] = ["/dev/stdin", "/dev/fd", "/proc/self/fd", "/dev/null"];

/// Opens an ordinary file, or what a shell hands over (`/dev/stdin`, `<(…)`): nobody may ever write into a named pipe, and a device has no end.
///
/// # Errors
/// As for any file; where it is a folder, a named pipe, a socket or a device.
pub fn open_ordinary(path: &Path) -> io::Result<File> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
    }
    if !kind.is_file() && !GIVEN.iter().any(|given| path.starts_with(given)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file"));
    }
    File::open(path)
}

/// All bytes of an ordinary file, or of what a shell hands over.
///
/// # Errors
/// As [`open_ordinary`]; [`io::ErrorKind::FileTooLarge`] where there are more than `most`, which is asked before any of it is read.
pub fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} MiB", most >> 20));
    let file = open_ordinary(path)?;
    if file.metadata()?.len() > most {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(too_large()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_said_to_be_so_before_it_is_read() {
        let folder = tempfile::tempdir().expect("a folder for a test");
        let sparse = folder.path().join("sparse");
        // More than any memory holds.
        File::create(&sparse).and_then(|file| file.set_len(1 << 42)).expect("a file without content");
        let error = read_bounded(&sparse, 1 << 41).expect_err("it is larger");
        assert_eq!(error.to_string(), format!("it is larger than {} MiB", 1 << 21));
        assert!(read_bounded(Path::new("/dev/null"), 1 << 20).expect("it is empty").is_empty());
    }

    #[test]
    #[cfg(unix)]
    fn nobody_is_waited_for_who_may_never_write() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        let folder = tempfile::tempdir().expect("a folder for a test");
        let pipe = folder.path().join("pipe.wav");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).expect("a pipe");
        for path in [pipe.as_path(), Path::new("/dev/zero")] {
            assert_eq!(read_bounded(path, 1 << 20).expect_err("no file").to_string(), "it is no ordinary file");
        }
        assert_eq!(read_bounded(folder.path(), 1 << 20).expect_err("no file").to_string(), "it is a folder");
    }
}
