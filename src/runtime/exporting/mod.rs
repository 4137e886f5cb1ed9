//! Writing a batch's tables to a file, whole or not at all.

mod whole;
mod xlsx;

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::app::Desk;
use crate::config::keep_names;
use crate::export::write::{CsvRows, Found, JsonRows, Rows as _};
use crate::export::{About, Choice, Guard, Made, Manifest, Plain, Sources, Which, twins};
use crate::interview::Digest;
use crate::library::begin_part;
use crate::rubric::Rubric;
use crate::text::SafeText;
pub use whole::Whole;

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// RFC 4180.
    #[default]
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// A workbook for spreadsheet programs.
    Xlsx,
}

impl Format {
    /// The format that a file's name speaks of; none where it speaks of no other than CSV.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "jsonl" | "ndjson" => Some(Format::JsonLines),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        }
    }

    /// Its name in receipts and manifests.
    pub fn name(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::JsonLines => "jsonl",
            Format::Xlsx => "xlsx",
        }
    }

    /// Its name to people.
    pub fn words(self) -> &'static str {
        match self {
            Format::Csv => "CSV",
            Format::JsonLines => "file of JSON Lines",
            Format::Xlsx => "workbook",
        }
    }
}

/// What tables are made from, of what the reviewer at the desk may see; none while no rubric is attached.
pub fn sources(desk: &Desk, choice: Choice) -> Option<Sources<'_>> {
    let rubric: &Rubric = desk.rubric.as_ref()?;
    let materials = desk.materials();
    Some(Sources {
        visible: &desk.sight,
        batch: &desk.batch,
        rubric,
        rules: &desk.rules,
        materials,
        choice,
        now: Some(jiff::Timestamp::now()),
    })
}

/// A table that was written to a file.
#[derive(Clone, PartialEq, Debug)]
pub struct Out {
    /// How long the file is.
    pub bytes: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Digest,
    /// The columns.
    pub columns: Vec<About>,
    /// What was found in the rows.
    pub found: Found,
}

/// How a table is to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Manner {
    /// Which table.
    pub which: Which,
    /// How.
    pub format: Format,
    /// What happens to cells at risk, where the format has formulas in its texts.
    pub guard: Guard,
    /// How CSV is written.
    pub csv: Plain,
}

/// A table as bytes in memory.
///
/// # Errors
/// A workbook that cannot be made.
pub fn bytes(manner: Manner, sources: &Sources) -> std::io::Result<(Vec<u8>, Out)> {
    let mut bytes = Vec::new();
    let found = match manner.format {
        Format::Xlsx => {
            let mut whole = std::io::Cursor::new(&mut bytes);
            xlsx::write(manner.which, sources, &std::env::temp_dir(), &mut whole)?
        }
        _ => fill(manner, sources, &mut bytes)?,
    };
    let (sha256, columns) = (Digest::of(&bytes), manner.which.header(sources));
    let out = Out { bytes: bytes.len() as u64, sha256, columns, found };
    Ok((bytes, out))
}

/// Writes a table row by row as text.
fn fill(manner: Manner, sources: &Sources, to: impl Write) -> std::io::Result<Found> {
    let names: Vec<String> = manner.which.header(sources).into_iter().map(|about| about.name).collect();
    match manner.format {
        Format::JsonLines => {
            let mut rows = JsonRows::new(to, &names);
            manner.which.each(sources, &mut |cells| rows.row(cells))?;
            Ok(rows.finish()?.1)
        }
        _ => {
            let mut rows = CsvRows::new(to, &manner.csv.dialect(manner.guard), &names)?;
            manner.which.each(sources, &mut |cells| rows.row(cells))?;
            Ok(rows.finish()?.1)
        }
    }
}

/// Writes a table to a file, whole or not at all, in memory that does not grow with a long table; over something different only
/// where that was asked for.
///
/// # Errors
/// As [`write_table`].
pub fn write_rows(manner: Manner, sources: &Sources, path: &Path, replace: bool) -> Result<Out, NotWritten> {
    check_target(path)?;
    let folder = folder_of(path);
    let mut part = begin_part(&folder, PART)?;
    let (found, sha256) = if manner.format == Format::Xlsx {
        let found = xlsx::write(manner.which, sources, &folder, part.as_file_mut())?;
        (found, digest_of(part.path())?)
    } else {
        let mut to = Digesting { to: part.as_file_mut(), hasher: Sha256::new() };
        let found = fill(manner, sources, &mut to)?;
        (found, Digest(to.hasher.finalize().into()))
    };
    let bytes = part.as_file().metadata()?.len();
    match std::fs::metadata(path) {
        Ok(there) if there.len() == bytes && digest_of(path)? == sha256 => {}
        Ok(_) if !replace => return Err(NotWritten::Exists),
        _ => {
            part.as_file().sync_all()?;
            part.persist(path).map_err(|error| error.error)?;
            keep_names(&folder)?;
        }
    }
    Ok(Out { bytes, sha256, columns: manner.which.header(sources), found })
}

/// What is said beside a file that was written.
pub fn manifest(manner: Manner, sources: &Sources, out: &Out, path: &Path, at: jiff::Timestamp) -> Manifest {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let (bytes, sha256, rows) = (out.bytes, out.sha256, out.found.written);
    let made = Made { file: &name, format: manner.format.name(), bytes, sha256, rows };
    let manifest = Manifest::of_table(made, manner.which.name(), &out.columns, &out.found, manner.guard, sources, at);
    Manifest { doubtful: doubtful(manner, sources), ..manifest }
}

/// Ids of applications that a system could not tell apart, where the table has a row for each application.
pub fn doubtful(manner: Manner, sources: &Sources) -> Vec<SafeText> {
    if manner.which == Which::Wide { twins(sources) } else { Vec::new() }
}

/// Writes `FILE.sha256` and `FILE.manifest.json` beside a file. A manifest that says the same already stays, with its time.
///
/// # Errors
/// What the system says.
pub fn write_beside(path: &Path, manifest: &Manifest) -> std::io::Result<()> {
    let beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    write_whole(&beside(".sha256"), format!("{}  {}\n", manifest.sha256, manifest.file).as_bytes())?;
    let place = beside(".manifest.json");
    match std::fs::read_to_string(&place) {
        Ok(there) if manifest.says_the_same_as(&there) => Ok(()),
        _ => write_whole(&place, manifest.text().as_bytes()),
    }
}

/// Passes on what is written, and keeps its digest.
struct Digesting<W> {
    to: W,
    hasher: Sha256,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn digest_of(path: &Path) -> std::io::Result<Digest> {
    let mut hasher = Sha256::new();
    let (mut file, mut some) = (std::fs::File::open(path)?, vec![0; 1 << 16]);
    loop {
        match file.read(&mut some)? {
            0 => return Ok(Digest(hasher.finalize().into())),
            read => hasher.update(&some[..read]),
        }
    }
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
fn may_write(path: &Path, bytes: &[u8], replace: bool) -> Result<bool, NotWritten> {
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

/// What the names of files begin with that are on their way to their place.
const PART: &str = ".earmark-part-";

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes a file so that it is there whole or not at all: beside its place first, then on disk, then renamed.
///
/// # Errors
/// What the system says; also where something is there that is no ordinary file.
pub fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    check_target(path)?;
    let folder = folder_of(path);
    let mut part = begin_part(&folder, PART)?;
    part.write_all(bytes)?;
    part.as_file().sync_all()?;
    part.persist(path).map_err(|error| error.error)?;
    keep_names(&folder)
}

/// What the journal keeps of an export that was made: which table, how large, and the digest of its bytes.
///
/// `file` is the file's name without its folder, which may be named after someone.
pub fn receipt(manner: Manner, sources: &Sources, out: &Out, file: Option<&Path>) -> serde_json::Value {
    let name = file.and_then(Path::file_name).map(|name| name.to_string_lossy());
    let left_out = crate::panel::left_out(sources.visible, sources.batch);
    serde_json::json!({
        "table": manner.which.name(),
        "format": manner.format.name(),
        "rows": out.found.written,
        "columns": out.columns.len(),
        "sha256": out.sha256,
        "guard": manner.guard,
        "choice": sources.choice,
        "file": name,
        "quarantined": out.found.rows_refused().len(),
        "left_out": { "unsealed": left_out.unsealed, "not_begun": left_out.scorecards_not_begun(),
            "not_known": left_out.scorecards_not_known(), "candidates": left_out.candidates.len() },
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
        let left = folder.path().join(format!("{PART}k1LLed"));
        std::fs::write(&left, "half").expect("it is written");
        write_whole(&file, b"two").expect("it is written");
        assert!(!left.exists(), "what a killed one left goes with the next");
        for other in [folder.path(), Path::new("/dev/full")].into_iter().filter(|path| path.exists()) {
            let refused = write_whole(other, b"one").expect_err("it is no file");
            assert_eq!(refused.to_string(), "what is there is no ordinary file", "{}", other.display());
            assert!(matches!(write_table(other, b"one", true), Err(NotWritten::Io(_))));
        }
        assert_eq!(std::fs::read_dir(folder.path()).expect("it is read").count(), 1);
    }
}
