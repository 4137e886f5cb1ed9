//! A table's columns: for each its name, what it holds, and where it comes from.

use super::table::Cell;

/// One column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<F> {
    /// What stands in the header.
    pub(super) name: &'static str,
    /// What it holds, with units.
    pub(super) about: &'static str,
    /// Its cell in a row.
    pub(super) cell: F,
}

/// A column with its name, what it holds, and its cell.
pub(super) const fn column<F: Copy>(name: &'static str, about: &'static str, cell: F) -> Column<F> {
    Column { name, about, cell }
}

/// What a column is called and what it holds, for those who read the tables.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct About {
    /// The name in the header; `QUESTION`, `CRITERION` and `ID` stand for the rubric's own.
    pub name: String,
    /// What it holds, with units.
    pub description: &'static str,
}

/// What rubric a row was made by: the same columns in every table, from the table's sources.
pub(super) type OfRubric = fn(&super::Sources) -> Cell;

/// Rubric id and version, its two hashes as they were attached, and the preset.
pub(super) const RUBRIC: [Column<OfRubric>; 5] = [
    column("rubric_id", "the rubric's id", |sources| Cell::slug(&sources.rubric.id)),
    column("rubric_version", "the rubric's version", |sources| Cell::text(Some(&sources.rubric.version))),
    column("scoring_hash", "the hash of ids, scale, weights and anchors; only the same may stand in one table", |sources| {
        hash(sources.visible.attachment.as_ref().map(|attachment| attachment.rubric_hash))
    }),
    column("text_hash", "the hash of the rubric's whole text", |sources| {
        hash(sources.visible.attachment.as_ref().map(|attachment| attachment.text_hash))
    }),
    column("preset", "the protocol's preset: standard, light or audit", |sources| Cell::named(&sources.rules.protocol.preset)),
];

fn hash(digest: Option<crate::interview::Digest>) -> Cell {
    digest.map_or(Cell::Empty, |digest| Cell::word(format!("sha256:{digest}")))
}
