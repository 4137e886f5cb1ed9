//! What a fault of the program leaves behind: a file that says where, and nothing about anyone.

use std::io;
use std::panic::Location;
use std::path::PathBuf;

use jiff::Timestamp;

use super::{Paths, private};

/// Writes a crash file and returns its path: place in the source, version, system, time.
///
/// The panic's message is left out on purpose, because it may quote a candidate's words.
///
/// # Errors
/// When the file cannot be written.
pub fn report(paths: &Paths, place: Option<&Location<'_>>, at: Timestamp) -> io::Result<PathBuf> {
    let stamp = at.strftime("%Y%m%dT%H%M%S");
    let path = paths.crashes().join(format!("{stamp}-{}.txt", std::process::id()));
    private::write(&path, text(place, at).as_bytes(), true)?;
    Ok(path)
}

fn text(place: Option<&Location<'_>>, at: Timestamp) -> String {
    let place = place.map_or_else(|| "unknown".to_owned(), |p| format!("{}:{}:{}", p.file(), p.line(), p.column()));
    format!(
        "earmark {} stopped because of a fault of its own\nplace: {place}\nsystem: {} {}\ntime: {at}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_file_says_where_and_which_version() {
        let here = Location::caller();
        let text = text(Some(here), Timestamp::UNIX_EPOCH);
        assert!(text.contains(&format!("place: {}:{}", here.file(), here.line())), "{text}");
        assert!(text.contains(env!("CARGO_PKG_VERSION")), "{text}");
    }
}
