//! A table's columns: one definition for each, with its name, what it holds, in which unit, and its cell.

use super::table::Cell;

/// What stands in a column's cells, where they are not empty.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An id of another system or of the rubric, as text.
    Id,
    /// What people wrote.
    Text,
    /// A word of earmark's own.
    Word,
    /// `yes` or `no`.
    YesNo,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A point of the scale, or a code: NO, NA, TF, RC.
    Value,
    /// A moment in UTC, as RFC 3339 has it.
    Time,
    /// A day, as year, month, day.
    Day,
}

impl Kind {
    /// Whether a cell is of this kind; an empty one is of any.
    pub fn holds(self, cell: &Cell) -> bool {
        match (self, cell) {
            (_, Cell::Empty) => true,
            (Kind::Id, Cell::Id(_)) | (Kind::Text, Cell::Text(_)) | (Kind::Word, Cell::Word(_)) => true,
            (Kind::Number, Cell::Number(_)) | (Kind::Integer, Cell::Integer(_)) | (Kind::Value, Cell::Number(_)) => true,
            (Kind::YesNo, Cell::Word(word)) => matches!(word.as_str(), "yes" | "no"),
            (Kind::Value, Cell::Word(word)) => word.parse::<crate::panel::Value>().is_ok(),
            (Kind::Time, Cell::Word(word)) => word.parse::<jiff::Timestamp>().is_ok(),
            (Kind::Day, Cell::Word(word)) => word.parse::<jiff::civil::Date>().is_ok(),
            _ => false,
        }
    }

    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Id => "id",
            Kind::Text => "text",
            Kind::Word => "word",
            Kind::YesNo => "yes or no",
            Kind::Number => "number",
            Kind::Integer => "whole number",
            Kind::Value => "point or code",
            Kind::Time => "time",
            Kind::Day => "day",
        }
    }
}

/// One column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<F> {
    /// What stands in the header.
    pub(super) name: &'static str,
    /// What its cells are.
    pub(super) kind: Kind,
    /// What its numbers count or measure; empty where that is no question.
    pub(super) unit: &'static str,
    /// What it holds.
    pub(super) about: &'static str,
    /// Its cell in a row.
    pub(super) cell: F,
}

/// A column with its name, kind, unit, what it holds, and its cell.
pub(super) const fn column<F: Copy>(name: &'static str, kind: Kind, unit: &'static str, about: &'static str, cell: F) -> Column<F> {
    Column { name, kind, unit, about, cell }
}

impl<F> Column<F> {
    pub(super) fn about(&self) -> About {
        self.about_as(self.name.to_owned())
    }

    /// The same under the name that it has in one table.
    pub(super) fn about_as(&self, name: String) -> About {
        About { name, kind: self.kind, unit: self.unit, description: self.about }
    }
}

/// What a column is called and what it holds, for those who read the tables.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct About {
    /// The name in the header; `QUESTION`, `CRITERION` and `ID` stand for the rubric's own, `NAME` for the ATS's.
    pub name: String,
    /// What its cells are.
    pub kind: Kind,
    /// What its numbers count or measure; empty where that is no question.
    pub unit: &'static str,
    /// What it holds.
    pub description: &'static str,
}

/// What rubric a row was made by: the same columns in every table, from the table's sources.
pub(super) type OfRubric = fn(&super::Sources) -> Cell;

/// Rubric id and version, its two hashes as they were attached, and the preset.
pub(super) const RUBRIC: [Column<OfRubric>; 5] = [
    column("rubric_id", Kind::Id, "", "the rubric's id", |sources| Cell::slug(&sources.rubric.id)),
    column("rubric_version", Kind::Text, "", "the rubric's version", |sources| Cell::text(Some(&sources.rubric.version))),
    column(
        "scoring_hash",
        Kind::Word,
        "",
        "the hash of ids, scale, weights and anchors; only the same may stand in one table",
        |sources| hash(sources.visible.attachment.as_ref().map(|attachment| attachment.rubric_hash)),
    ),
    column("text_hash", Kind::Word, "", "the hash of the rubric's whole text", |sources| {
        hash(sources.visible.attachment.as_ref().map(|attachment| attachment.text_hash))
    }),
    column("preset", Kind::Word, "", "the protocol's preset: standard, light or audit", |sources| {
        Cell::named(&sources.rules.protocol.preset)
    }),
];

fn hash(digest: Option<crate::interview::Digest>) -> Cell {
    digest.map_or(Cell::Empty, |digest| Cell::word(format!("sha256:{digest}")))
}
