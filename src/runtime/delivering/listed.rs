//! The ATS's applications as a file lists them.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Remedy, Undone};
use crate::config::read_bounded;
use crate::delivery::Listed;

/// The largest file that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// The rows of a CSV, each by its columns' names in lower case.
///
/// # Errors
/// Where it cannot be read, or one of the `needed` columns is not there.
pub fn rows(path: &Path, needed: &[&str]) -> Result<Vec<BTreeMap<String, String>>, Undone> {
    let failed = || Undone::new(Remedy::Mend, format!("Could not read {}", path.display()));
    let bytes = read_bounded(path, LONGEST).map_err(|error| failed().because(&error))?;
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text);
    let names: Vec<String> = reader.headers().map_err(|error| failed().because(&error))?.iter().map(str::to_lowercase).collect();
    if let Some(missing) = needed.iter().find(|needed| !names.iter().any(|name| name == *needed)) {
        let undone = failed().cause(format!("line 1: there is no column `{missing}`"));
        return Err(undone.hint(format!("it needs {}", needed.join(", "))));
    }
    let row = |record: csv::StringRecord| names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
    reader.records().map(|record| record.map(row).map_err(|error| failed().because(&error))).collect()
}

/// Applications by a CSV with `application_id`, and `candidate_id` or `email`.
///
/// # Errors
/// As [`rows`].
pub fn listed(path: &Path) -> Result<Vec<Listed>, Undone> {
    let one = |mut row: BTreeMap<String, String>| Listed {
        application: row.remove("application_id").unwrap_or_default(),
        candidate: row.remove("candidate_id"),
        email: row.remove("email"),
        requisition: row.remove("requisition"),
    };
    Ok(rows(path, &["application_id"])?.into_iter().map(one).collect())
}
