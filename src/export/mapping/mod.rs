//! A profile applied to a table: each row mapped, or quarantined with its column, the reason and what to do.

mod convert;
mod datum;
mod files;
mod ident;
mod places;
mod request;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use self::ident::{key_of, looks_like_an_id, twins};
use self::places::{Place, places};
use super::Cell;
use super::application::bare;
use super::csv::Guarded;
use super::dialect::CellText;
use super::guard::Guard;
use super::profile::{Filter, From, Kind, OnMissing, Profile, Template, Type};
use super::table::Table;
use crate::interview::{Digest, Problem};
use crate::journal::Decision;
use crate::rubric::{Rubric, canonical_json};
use crate::text::SafeText;

pub use datum::Datum;
pub use files::{PlannedFile, TooMuch, files};
pub use request::{PlannedRequest, Requester, Unrendered, kept, pull_request};

/// What stands beside a row of the table.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Beside {
    /// Further fields by name: `submission`, `batch`, `id.…`, and, where the profile asks for them, `name`, `email`, `phone`.
    pub fields: IndexMap<String, Cell>,
    /// Whether enough reviewers and everyone who should have sealed.
    pub ready: bool,
    /// What was decided.
    pub decision: Option<Decision>,
}

/// What is mapped.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The table in the profile's shape.
    pub table: &'a Table,
    /// One for each of its rows.
    pub beside: &'a [Beside],
    /// The rubric that the scores are of.
    pub rubric: &'a Rubric,
}

/// A table as the profile wants it.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Mapped {
    /// The columns' names.
    pub columns: Vec<String>,
    /// The rows that can be delivered, in order.
    pub rows: Vec<MappedRow>,
    /// The rows that cannot.
    pub quarantined: Vec<Quarantined>,
    /// Cells of the rows that cannot, which a spreadsheet could take for a formula and which the guard keeps out.
    pub guarded: Vec<Guarded>,
    /// How many rows the filter left out.
    pub filtered: usize,
    /// Whose rows these are, each candidate once.
    pub filtered_of: Vec<SafeText>,
    /// How many were passed over because they have no id.
    pub skipped: usize,
    /// Texts that lost their ends: candidate and column.
    pub cut: Vec<(SafeText, String)>,
}

/// One row that can be delivered.
#[derive(Clone, PartialEq, Debug)]
pub struct MappedRow {
    /// Its place in the table.
    pub index: usize,
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// The id of the ATS's record.
    pub key: String,
    /// The requisition's id, where there is one.
    pub requisition: String,
    /// One value for each column.
    pub data: Vec<Datum>,
    /// The values as cells of a file; none where requests are made.
    pub cells: Vec<CellText>,
    /// Tells this row's content from any other.
    pub digest: Digest,
}

/// One row that cannot be delivered.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Quarantined {
    /// The row of the table, counted from 1.
    pub row: usize,
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// The id of the ATS's record, where there is one.
    pub key: SafeText,
    /// The column that is wrong.
    pub column: SafeText,
    /// What is wrong.
    pub reason: SafeText,
    /// What to do about it.
    pub remedy: SafeText,
}

/// The name of the match key that is there in every row and names no record of an ATS.
pub const ROW: &str = "row";

/// Applies a profile to a table.
///
/// # Errors
/// Where nothing at all can be delivered: the profile names what this table has not, or its scales are not this rubric's.
pub fn map(profile: &Profile, source: &Source) -> Result<Mapped, Vec<Problem>> {
    let places = places(profile, source)?;
    let mut mapped = Mapped { columns: places.iter().map(|place| place.name.clone()).collect(), ..Mapped::default() };
    let chosen: Vec<usize> = (0..source.table.rows.len()).filter(|row| is_chosen(profile, &source.beside[*row])).collect();
    mapped.filtered = source.table.rows.len() - chosen.len();
    let others = (0..source.table.rows.len()).filter(|row| chosen.binary_search(row).is_err());
    mapped.filtered_of = others.map(|row| SafeText::line(&source.text(row, "candidate"))).collect();
    mapped.filtered_of.dedup();
    let twins = twins(profile, source, &chosen);
    let mut rows = Vec::new();
    for index in chosen {
        let key = key_of(profile, source, index);
        let mapping = Mapping { profile, source, places: &places, twins: &twins, index, key };
        match mapping.row() {
            Ok((row, cut)) => {
                mapped.cut.extend(cut.into_iter().map(|column| (row.candidate.clone(), column)));
                rows.push(row);
            }
            Err(Left::Skipped) => mapped.skipped += 1,
            Err(Left::Quarantined(quarantined)) => {
                mapped.quarantined.push(*quarantined);
                mapped.guarded.extend(mapping.guarded());
            }
            Err(Left::Fatal(problem)) => return Err(vec![*problem]),
        }
    }
    rows.sort_by(|a, b| in_order(profile, source, a, b));
    mapped.rows = rows;
    Ok(mapped)
}

enum Left {
    Skipped,
    Quarantined(Box<Quarantined>),
    Fatal(Box<Problem>),
}

fn is_chosen(profile: &Profile, beside: &Beside) -> bool {
    profile.rows.filter.iter().all(|filter| match filter {
        Filter::Ready => beside.ready,
        Filter::Decided => beside.decision.is_some(),
        Filter::Advanced => beside.decision == Some(Decision::Advance),
    })
}

impl Source<'_> {
    /// A field of a row; none where the table has no such field.
    pub fn cell(&self, row: usize, field: &str) -> Option<Cell> {
        if let Some(cell) = self.beside[row].fields.get(field) {
            return Some(cell.clone());
        }
        match self.table.cell(row, field) {
            Some(cell) => Some(cell.clone()),
            None => self.has_not(field).then_some(Cell::Empty),
        }
    }

    /// Whether a field is one that a row may be without.
    fn has_not(&self, field: &str) -> bool {
        field.starts_with("id.") || super::profile::PERSONAL.contains(&field) || super::profile::BESIDE.contains(&field)
    }

    fn has(&self, field: &str) -> bool {
        self.table.column(field).is_some() || self.has_not(field)
    }

    fn text(&self, row: usize, field: &str) -> String {
        self.cell(row, field).map(|cell| cell.written()).unwrap_or_default()
    }
}

/// One row on its way.
struct Mapping<'m> {
    profile: &'m Profile,
    source: &'m Source<'m>,
    places: &'m [Place<'m>],
    twins: &'m BTreeMap<String, String>,
    index: usize,
    key: String,
}

impl Mapping<'_> {
    /// The row with the columns that lost their ends; or why it stays behind.
    fn row(&self) -> Result<(MappedRow, Vec<String>), Left> {
        self.ident()?;
        let (mut data, mut cells, mut cut) = (Vec::new(), Vec::new(), Vec::new());
        for place in self.places {
            let quarantine = |reason: &str, remedy: &str| self.quarantine(&place.name, reason, remedy);
            if place.field.as_deref().is_some_and(|field| self.has_lost(field)) {
                let remedy = "correct it at its source and import again";
                return Err(quarantine("a character of it could not be read (U+FFFD)", remedy));
            }
            let converted = self.converted(place).map_err(|wrong| quarantine(&wrong.reason, &wrong.remedy))?;
            if self.profile.kind == Kind::File {
                let cell = self.profile.dialect.cell(&converted.datum);
                cells.push(cell.map_err(|unwritable| quarantine(&unwritable.reason, &unwritable.remedy))?);
            }
            if converted.cut {
                cut.push(place.name.clone());
            }
            data.push(converted.datum);
        }
        let digest = digest(self.places, &data);
        let candidate = SafeText::line(&self.source.text(self.index, "candidate"));
        let requisition = self.source.text(self.index, "requisition");
        Ok((MappedRow { index: self.index, candidate, key: self.key.clone(), requisition, data, cells, digest }, cut))
    }

    /// Its cells that the guard keeps out of a file, whatever else is wrong with the row.
    fn guarded(&self) -> Vec<Guarded> {
        let Profile { kind, dialect, ident, .. } = self.profile;
        if *kind != Kind::File || dialect.guard != Guard::Quarantine {
            return Vec::new();
        }
        let is_risky = |place: &&Place| self.converted(place).is_ok_and(|converted| dialect.is_risky(&converted.datum));
        let application = (ident.key != ROW && !self.key.is_empty()).then(|| SafeText::line(&self.key));
        let named = |place: &Place| Guarded {
            row: Some(self.index),
            column: place.name.clone(),
            candidate: Some(SafeText::line(&self.source.text(self.index, "candidate"))),
            application: application.clone(),
            kept_back: true,
        };
        self.places.iter().filter(is_risky).map(named).collect()
    }

    /// Whether it is known which record the row is about.
    fn ident(&self) -> Result<(), Left> {
        let ident = &self.profile.ident;
        let required = ident.require.iter().chain([&ident.key]).filter(|field| *field != ROW);
        let mut missing = required.filter(|field| self.source.text(self.index, field).is_empty());
        if let Some(field) = missing.next() {
            let (reason, remedy) = (format!("{field} is not known"), "`earmark match` ties submissions to applications");
            let place = format!("row {}", self.index + 1);
            return Err(match ident.on_missing {
                OnMissing::Skip => Left::Skipped,
                OnMissing::Quarantine => self.quarantine(field, &reason, remedy),
                OnMissing::Fail => Left::Fatal(Box::new(Problem::fatal(self.profile.id.as_str(), &place, &reason, remedy))),
            });
        }
        if let Some(reason) = self.twins.get(&bare(&self.key)) {
            let remedy = "correct the applications' ids; which one is meant cannot be told";
            return Err(self.quarantine(&ident.key, reason, remedy));
        }
        let looks = looks_like_an_id(self.profile, &self.key);
        looks.map_err(|(reason, remedy)| self.quarantine(&ident.key, &reason, &remedy))?;
        for field in &ident.alike {
            let id = self.source.text(self.index, field);
            if let Err((reason, remedy)) = looks_like_an_id(self.profile, &id)
                && !id.is_empty()
            {
                let column = self.places.iter().find(|place| place.field.as_ref() == Some(field));
                return Err(self.quarantine(column.map_or(field, |place| &place.name), &reason, &remedy));
            }
        }
        Ok(())
    }

    /// Whether a character of an id or of who the candidate is could not be read, as with half a surrogate pair in JSON.
    fn has_lost(&self, field: &str) -> bool {
        match self.source.cell(self.index, field) {
            Some(Cell::Id(text)) => text.contains('\u{fffd}'),
            Some(Cell::Text(text)) => super::profile::PERSONAL.contains(&field) && text.contains('\u{fffd}'),
            _ => false,
        }
    }

    fn converted(&self, place: &Place) -> Result<convert::Converted, convert::Wrong> {
        let cell = match (&place.field, &place.column.from) {
            (Some(field), _) => self.source.cell(self.index, field).unwrap_or(Cell::Empty),
            (None, From::Constant(text)) => Cell::Word(text.clone()),
            (None, _) => Cell::Empty,
        };
        let is_number = matches!(cell, Cell::Number(_) | Cell::Integer(_));
        // A whole table is taken with the kinds that its cells have.
        if place.column.from == From::Every && place.column.kind == Type::Text && is_number {
            return Ok(convert::Converted { datum: Datum::plain(&cell), cut: false });
        }
        convert::convert(place.column, &cell)
    }

    fn quarantine(&self, column: &str, reason: &str, remedy: &str) -> Left {
        Left::Quarantined(Box::new(Quarantined {
            row: self.index + 1,
            candidate: SafeText::line(&self.source.text(self.index, "candidate")),
            key: SafeText::line(if self.profile.ident.key == ROW { "" } else { &self.key }),
            column: SafeText::line(column),
            reason: SafeText::line(reason),
            remedy: SafeText::line(remedy),
        }))
    }
}

/// The digest of a row's content: the columns' names and values, in one spelling.
fn digest(places: &[Place], data: &[Datum]) -> Digest {
    let fields = places.iter().zip(data).map(|(place, datum)| (place.name.clone(), datum.to_json()));
    let object = Value::Object(fields.collect::<Map<_, _>>());
    Digest::of(canonical_json(&object).as_bytes())
}

fn in_order(profile: &Profile, source: &Source, a: &MappedRow, b: &MappedRow) -> Ordering {
    let by = |field: &String| {
        let (left, right) = (source.cell(a.index, field), source.cell(b.index, field));
        compare(left.as_ref(), right.as_ref())
    };
    profile.rows.order.iter().map(by).find(|order| *order != Ordering::Equal).unwrap_or_else(|| a.index.cmp(&b.index))
}

/// Numbers by size, texts by letters, what is not there last.
fn compare(a: Option<&Cell>, b: Option<&Cell>) -> Ordering {
    let number = |cell: Option<&Cell>| match cell {
        Some(Cell::Number(number)) => Some(*number),
        Some(Cell::Integer(number)) => Some(*number as f64),
        _ => None,
    };
    match (number(a), number(b)) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => {
            let text = |cell: Option<&Cell>| cell.map(Cell::written).unwrap_or_default();
            let (a, b) = (text(a), text(b));
            a.is_empty().cmp(&b.is_empty()).then_with(|| a.cmp(&b))
        }
    }
}

impl Mapped {
    /// A row's value by the column's name.
    pub fn datum<'r>(&self, row: &'r MappedRow, column: &str) -> Option<&'r Datum> {
        row.data.get(self.columns.iter().position(|name| name == column)?)
    }

    /// A row's values as JSON, by column. A time in a file is as the file has it.
    pub fn values(&self, row: &MappedRow) -> Map<String, Value> {
        let value = |(at, datum): (usize, &Datum)| match (datum, row.cells.get(at)) {
            (Datum::Time(_) | Datum::Date(_), Some(cell)) => Value::String(cell.text.clone()),
            _ => datum.to_json(),
        };
        self.columns.iter().cloned().zip(row.data.iter().enumerate().map(value)).collect()
    }
}

/// A file's name.
pub(super) fn file_name(template: &Template, look: super::profile::Lookup) -> Result<String, String> {
    template.render(look, super::profile::for_file)
}
