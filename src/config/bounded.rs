//! Reading files that people name: pipes are read to their end, and nothing is read without end.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// All bytes of a file, a pipe or a device.
///
/// # Errors
/// As for any file; [`io::ErrorKind::FileTooLarge`] where there are more than `most`.
pub fn read_bounded(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        let mib = most >> 20;
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {mib} MiB")));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_read_no_further_than_allowed() {
        let error = read_bounded(Path::new("/dev/zero"), 1 << 20).expect_err("it has no end");
        assert_eq!(error.to_string(), "it is larger than 1 MiB");
        assert!(read_bounded(Path::new("/dev/null"), 1 << 20).expect("it is empty").is_empty());
    }
}
