//! Writing a batch's tables to a file, whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::app::Desk;
use crate::export::{self, Exported, Guard, Sources};
use crate::rubric::Rubric;

/// Which table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Shape {
    /// One row per candidate and application.
    #[default]
    Wide,
    /// One row per candidate, question, criterion and reviewer.
    Long,
}

/// Makes a table of what the reviewer at the desk may see; none while no rubric is attached.
pub fn table(desk: &Desk, shape: Shape) -> Option<Exported> {
    let rubric: &Rubric = desk.rubric.as_ref()?;
    let sources = Sources { visible: &desk.sight, batch: &desk.batch, rubric, rules: &desk.rules, materials: desk.materials() };
    Some(match shape {
        Shape::Wide => export::wide(&sources),
        Shape::Long => export::long(&sources),
    })
}

/// A table as CSV, with the formula guard that spreadsheets need.
pub fn csv(exported: &Exported) -> export::Written {
    export::write_csv(&exported.table, Guard::Apostrophe)
}

/// Why a table was not written.
#[derive(Debug, thiserror::Error)]
pub enum NotWritten {
    /// Something different lies there, and nobody said that it may be replaced.
    #[error("another file is there already")]
    Exists,
    /// The system's reason.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Writes a table to a file, whole or not at all; over something different only where that was asked for.
///
/// # Errors
/// [`NotWritten::Exists`] when something different lies there and `replace` is false; nothing was touched then. What is
/// there and no ordinary file is never replaced.
pub fn write_table(path: &Path, bytes: &[u8], replace: bool) -> Result<(), NotWritten> {
    if may_write(path, bytes, replace)? { Ok(write_whole(path, bytes)?) } else { Ok(()) }
}

/// Whether there is anything to write at `path`: not where the same lies there already.
///
/// # Errors
/// As [`write_table`]; nothing is written here.
pub fn may_write(path: &Path, bytes: &[u8], replace: bool) -> Result<bool, NotWritten> {
    check_target(path)?;
    match std::fs::metadata(path) {
        Ok(there) if there.len() == bytes.len() as u64 && std::fs::read(path)? == bytes => Ok(false),
        Ok(_) if !replace => Err(NotWritten::Exists),
        _ => Ok(true),
    }
}

/// Whether a file can be written at `path`: nothing is there, or an ordinary file. A device or a pipe is never read to see.
fn check_target(path: &Path) -> std::io::Result<()> {
    match std::fs::metadata(path) {
        Ok(there) if !there.is_file() => Err(std::io::Error::other("what is there is no ordinary file")),
        _ => Ok(()),
    }
}

/// Writes a file so that it is there whole or not at all: beside its place first, then on disk, then renamed.
///
/// # Errors
/// What the system says; also where something is there that is no ordinary file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    check_target(path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    let mut part = tempfile::Builder::new().prefix(".earmark-").suffix(".part").tempfile_in(&folder)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|error| error.error)?;
    std::fs::File::open(&folder)?.sync_all()
}

/// What the journal keeps of an export that was made: which table, how large, and the digest of its bytes.
///
/// `file` is the file's name without its folder, which may be named after someone.
pub fn receipt(exported: &Exported, bytes: &[u8], file: Option<&Path>) -> serde_json::Value {
    let name = file.and_then(Path::file_name).map(|name| name.to_string_lossy());
    serde_json::json!({
        "table": exported.table.name,
        "format": "csv",
        "rows": exported.table.rows.len(),
        "columns": exported.table.columns.len(),
        "sha256": crate::interview::Digest::of(bytes),
        "guard": Guard::Apostrophe,
        "file": name,
        "left_out": { "unsealed": exported.left_out.unsealed, "candidates": exported.left_out.candidates.len() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_replaced_only_when_that_is_asked_for() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("table.csv");
        write_table(&path, b"one", false).expect("nothing is there");
        write_table(&path, b"one", false).expect("the same is there");
        assert!(matches!(write_table(&path, b"two", false), Err(NotWritten::Exists)));
        assert_eq!(std::fs::read(&path).expect("it is there"), b"one");
        write_table(&path, b"two", true).expect("it may be replaced");
        assert_eq!(std::fs::read(&path).expect("it is there"), b"two");
    }

    #[test]
    fn only_an_ordinary_file_is_written_over() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("table.csv");
        for content in [b"one", b"two"] {
            write_whole(&file, content).expect("it is written");
            assert_eq!(std::fs::read(&file).expect("it is there"), content);
        }
        for other in [folder.path(), Path::new("/dev/full")].into_iter().filter(|path| path.exists()) {
            let refused = write_whole(other, b"one").expect_err("it is no file");
            assert_eq!(refused.to_string(), "what is there is no ordinary file", "{}", other.display());
            assert!(matches!(write_table(other, b"one", true), Err(NotWritten::Io(_))));
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is read").count(), 1);
    }
}
