//! Finds the document of a batch by the path that the user named.

use std::path::{Path, PathBuf};

use super::Found;
use super::shelf::{Inside, Shelf};
use crate::interview::Problem;
use crate::interview::bundle::{self, LARGEST, Outcome};
use crate::text::SafeText;

const REMEDY: &str = "name a folder with batch.json or batch.csv, or one of these files";

/// Opens a folder with `batch.json` or `batch.csv`, or one of these files.
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
    let (folder, name) = if kind.is_dir() { (path.to_owned(), None) } else { (parent(path), path.file_name()) };
    let shelf = Shelf::folder(&folder)
        .map_err(|error| fatal(&format!("the folder cannot be read: {error}"), "check that you may read it"))?;
    let (name, shadowed) = match name {
        Some(name) => (name.to_string_lossy().into_owned(), false),
        None if shelf.has("batch.json") => ("batch.json".to_owned(), shelf.has("batch.csv")),
        None if shelf.has("batch.csv") => ("batch.csv".to_owned(), false),
        None => return Err(fatal("the folder has neither batch.json nor batch.csv", REMEDY)),
    };
    let document = if kind.is_dir() { path.join(&name) } else { path.to_owned() };
    let mut found = read(&shelf, &name, &document.to_string_lossy(), title(&folder))?;
    if shadowed {
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
        Some("zip") => return Err(fatal("this version does not read .zip bundles", "unpack it, then import its folder")),
        _ => return Err(fatal("this is neither a .json nor a .csv file", REMEDY)),
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
    Ok(Found { batch, problems: outcome.problems, files, shelf })
}

fn parent(file: &Path) -> PathBuf {
    match file.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A batch without a title is called as its folder is.
pub(super) fn title(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    folder.file_name().map_or("batch".to_owned(), |name| name.to_string_lossy().into_owned())
}
