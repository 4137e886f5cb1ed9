//! Finds the document of a batch by the path that the user named.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Found;
use super::packed::{Packed, is_packed};
use super::shelf::{Inside, Shelf};
use crate::interview::Problem;
use crate::interview::bundle::{self, LARGEST, Outcome};
use crate::text::SafeText;

const REMEDY: &str = "name a folder or a .zip with batch.json or batch.csv, or one of these files";

/// Opens a folder or a .zip with `batch.json` or `batch.csv`, or one of these files.
///
/// # Errors
/// Every problem of the document, when nothing of it can be used.
pub fn open(path: &Path) -> Result<Found, Vec<Problem>> {
    let shown = path.to_string_lossy().into_owned();
    let fatal = |reason: &str, remedy: &str| vec![Problem::fatal(&shown, "the whole file", reason, remedy)];
    let kind = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => fatal("nothing of this name is there", REMEDY),
        _ => fatal(&format!("it cannot be read: {error}"), "check that you may read it"),
    })?;
    if is_packed(path) {
        // Who packs a folder often packs the folder itself, and not what lies in it.
        let packed = Packed::open(path)?.enter(|packed, only| DOCUMENTS.iter().any(|name| packed.has(&format!("{only}/{name}"))));
        return in_folder(&Shelf::Packed(Arc::new(packed)), path, title(path));
    }
    let folder = if kind.is_dir() { path.to_owned() } else { parent(path) };
    let shelf = Shelf::folder(&folder)
        .map_err(|error| fatal(&format!("the folder cannot be read: {error}"), "check that you may read it"))?;
    match path.file_name().filter(|_| !kind.is_dir()) {
        Some(name) => read(&shelf, &name.to_string_lossy(), &shown, title(&folder)),
        None => in_folder(&shelf, path, title(&folder)),
    }
}

/// What a document is called, the one that is read first before the other.
const DOCUMENTS: [&str; 2] = ["batch.json", "batch.csv"];

/// The document that lies on a shelf.
fn in_folder(shelf: &Shelf, path: &Path, title: String) -> Result<Found, Vec<Problem>> {
    let shown = path.to_string_lossy();
    let Some(name) = DOCUMENTS.into_iter().find(|name| shelf.has(name)) else {
        let kind = if matches!(shelf, Shelf::Packed(_)) { ".zip" } else { "folder" };
        let reason = format!("the {kind} has neither batch.json nor batch.csv");
        return Err(vec![Problem::fatal(&shown, "the whole file", &reason, REMEDY)]);
    };
    let mut found = read(shelf, name, &path.join(name).to_string_lossy(), title)?;
    if name == DOCUMENTS[0] && shelf.has(DOCUMENTS[1]) {
        let reason = "batch.csv lies beside batch.json; only batch.json was read";
        found.problems.push(Problem::warning(&shown, "batch.csv", reason, "name batch.csv itself to import it instead"));
    }
    Ok(found)
}

/// Opens a batch that is inside the program; `name` is its document's path there.
///
/// # Errors
/// As [`open`].
pub fn inside(name: &str, files: Inside) -> Result<Found, Vec<Problem>> {
    read(&Shelf::Program(files), name, name, String::new())
}

fn read(shelf: &Shelf, name: &str, shown: &str, title: String) -> Result<Found, Vec<Problem>> {
    let fatal = |reason: &str, remedy: &str| vec![Problem::fatal(shown, "the whole file", reason, remedy)];
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str()).map(str::to_lowercase);
    let reader: fn(&str, &[u8]) -> Outcome = match extension.as_deref() {
        Some("json") => bundle::read,
        Some("csv") => bundle::read_csv,
        _ => return Err(fatal("this is no .json, .csv or .zip file", REMEDY)),
    };
    let bytes = shelf.read(name, LARGEST as u64).map_err(|fault| fatal(&fault.to_string(), &fault.remedy()))?;
    let mut found = found(reader(shown, &bytes), shelf.clone())?;
    if found.batch.title.is_empty() {
        found.batch.title = SafeText::line(&title);
    }
    Ok(found)
}

/// A document that was read, with where its files lie.
pub(super) fn found(outcome: Outcome, shelf: Shelf) -> Result<Found, Vec<Problem>> {
    let Some(batch) = outcome.batch else { return Err(outcome.problems) };
    let files = outcome.files.into_iter().map(|file| (file.of, file)).collect();
    Ok(Found { batch, deleted: outcome.deleted, problems: outcome.problems, files, shelf })
}

fn parent(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A batch without a title is called as its folder or its .zip is.
pub(super) fn title(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = if path.is_file() { path.file_stem() } else { path.file_name() };
    name.map_or("batch".to_owned(), |name| name.to_string_lossy().into_owned())
}
