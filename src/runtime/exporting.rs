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

/// Writes a file so that it is there whole or not at all: beside its place first, then on disk, then renamed.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
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
