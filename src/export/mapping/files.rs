//! Mapped rows as files: split where the profile says so, named by what is in them.

use super::{Datum, Mapped, MappedRow, ROW, file_name};
use crate::export::csv::Guarded;
use crate::export::dialect::Split;
use crate::export::profile::{Profile, Shape};
use crate::interview::Digest;
use crate::text::SafeText;

/// One file that is to be delivered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// The SHA-256 of that.
    pub sha256: Digest,
    /// Which of the rows are in it, by their place among the mapped rows.
    pub rows: Vec<usize>,
    /// Cells that a spreadsheet could take for a formula.
    pub guarded: Vec<Guarded>,
    /// Cells with control characters.
    pub controls: Vec<Guarded>,
}

/// Why files could not be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TooMuch {
    /// The profile does not split, and there is more than one file may hold.
    #[error("there are {rows} rows in {bytes} bytes, and one file of this profile holds at most {most}")]
    OneFile {
        /// Rows.
        rows: usize,
        /// Bytes.
        bytes: usize,
        /// The bound.
        most: String,
    },
    /// One row is larger than a file may be.
    #[error("the row of {candidate} has {bytes} bytes, and one file of this profile holds at most {most}")]
    OneRow {
        /// Whose.
        candidate: String,
        /// Bytes.
        bytes: usize,
        /// The bound.
        most: u64,
    },
    /// The name's fields have no value.
    #[error("the file's name needs {0}, which has no value")]
    Nameless(String),
}

/// The files of some rows; none where there are none.
///
/// # Errors
/// Where more is there than the profile's bounds allow.
pub fn files(profile: &Profile, mapped: &Mapped, rows: &[usize], batch: &str) -> Result<Vec<PlannedFile>, TooMuch> {
    let mut all = Vec::new();
    for group in groups(profile, mapped, rows) {
        for part in parts(profile, mapped, &group)? {
            all.push(part);
        }
    }
    let several = all.len() > 1;
    let planned = all.into_iter().enumerate().map(|(at, rows)| planned(profile, mapped, rows, batch, several.then_some(at + 1)));
    planned.collect()
}

/// The rows that go into files of their own, in the order in which each group first appears.
fn groups(profile: &Profile, mapped: &Mapped, rows: &[usize]) -> Vec<Vec<usize>> {
    if rows.is_empty() {
        return Vec::new();
    }
    if profile.bounds.split != Split::Requisition {
        return vec![rows.to_vec()];
    }
    let mut groups: indexmap::IndexMap<&str, Vec<usize>> = indexmap::IndexMap::new();
    for row in rows {
        groups.entry(&mapped.rows[*row].requisition).or_default().push(*row);
    }
    groups.into_values().collect()
}

/// A group cut into as many files as the bounds ask for.
fn parts(profile: &Profile, mapped: &Mapped, group: &[usize]) -> Result<Vec<Vec<usize>>, TooMuch> {
    let empty = profile.dialect.file(&mapped.columns, &[]).bytes.len();
    let size = |row: usize| profile.dialect.file(&mapped.columns, &[&mapped.rows[row].cells]).bytes.len() - empty;
    let (max_rows, max_bytes) = (profile.bounds.max_rows.unwrap_or(u64::MAX), profile.bounds.max_bytes.unwrap_or(u64::MAX));
    let (mut parts, mut part, mut bytes) = (Vec::new(), Vec::new(), empty);
    for row in group {
        let more = if max_bytes == u64::MAX { 0 } else { size(*row) };
        if (empty + more) as u64 > max_bytes {
            let candidate = mapped.rows[*row].candidate.as_str().to_owned();
            return Err(TooMuch::OneRow { candidate, bytes: empty + more, most: max_bytes });
        }
        if part.len() as u64 >= max_rows || (bytes + more) as u64 > max_bytes {
            parts.push(std::mem::take(&mut part));
            bytes = empty;
        }
        part.push(*row);
        bytes += more;
    }
    parts.push(part);
    if parts.len() > 1 && profile.bounds.split == Split::None {
        let bytes = group.iter().map(|row| size(*row)).sum::<usize>() + empty;
        let most = match profile.bounds.max_rows {
            Some(most) if group.len() as u64 > most => format!("{most} rows"),
            _ => format!("{max_bytes} bytes"),
        };
        return Err(TooMuch::OneFile { rows: group.len(), bytes, most });
    }
    Ok(parts)
}

fn planned(profile: &Profile, mapped: &Mapped, rows: Vec<usize>, batch: &str, part: Option<usize>) -> Result<PlannedFile, TooMuch> {
    let cells: Vec<&[_]> = rows.iter().map(|row| mapped.rows[*row].cells.as_slice()).collect();
    let file = profile.dialect.file(&mapped.columns, &cells);
    let sha256 = Digest::of(&file.bytes);
    let requisition = one_requisition(rows.iter().map(|row| &mapped.rows[*row]));
    let look = |name: &str| {
        Some(Datum::Word(match name {
            "profile" => profile.id.to_string(),
            "batch" => batch.to_owned(),
            "requisition" => requisition.to_owned(),
            "part" => part.unwrap_or(1).to_string(),
            "digest8" => sha256.to_string()[..8].to_owned(),
            "table" => if profile.rows.shape == Shape::Wide { "wide" } else { "long" }.to_owned(),
            _ => return None,
        }))
    };
    let name = file_name(&profile.filename, &look).map_err(TooMuch::Nameless)?;
    let of = |cells: Vec<Guarded>| cells.into_iter().map(|cell| whose(profile, mapped, &rows, cell)).collect();
    let (guarded, controls) = (of(file.guarded), of(file.controls));
    Ok(PlannedFile { name, bytes: file.bytes, sha256, rows, guarded, controls })
}

/// A cell with whose row it is in.
fn whose(profile: &Profile, mapped: &Mapped, rows: &[usize], cell: Guarded) -> Guarded {
    let Some(row) = cell.row.and_then(|at| rows.get(at)).map(|row| &mapped.rows[*row]) else { return cell };
    // A row of a table for people has no id of the ATS.
    let application = (profile.ident.key != ROW && !row.key.is_empty()).then(|| SafeText::line(&row.key));
    Guarded { candidate: Some(row.candidate.clone()), application, ..cell }
}

/// The requisition of all rows, where they have one and the same.
fn one_requisition<'r>(mut rows: impl Iterator<Item = &'r MappedRow>) -> &'r str {
    let Some(first) = rows.next() else { return "" };
    if rows.all(|row| row.requisition == first.requisition) && !first.requisition.is_empty() { &first.requisition } else { "all" }
}
