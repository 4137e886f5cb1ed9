//! A profile applied to a table: each row mapped, or quarantined with its column, the reason and what to do.

mod convert;
mod datum;
mod files;
mod request;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde_json::{Map, Value, json};

use super::Cell;
use super::dialect::CellText;
use super::profile::{
    Column, Expand, Filter, From, IdForm, Kind, OnMissing, Own, Profile, Range, Shape, Template, Type, own_range,
};
use super::table::Table;
use crate::interview::{Digest, Problem};
use crate::journal::Decision;
use crate::rubric::{Rubric, canonical_json};
use crate::text::SafeText;

pub use datum::Datum;
pub use files::{PlannedFile, TooMuch, files};
pub use request::{PlannedRequest, Unrendered, look_of, requests};

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
    /// How many rows the filter left out.
    pub filtered: usize,
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

/// A column with its name and the place of its field.
struct Place<'p> {
    name: String,
    column: &'p Column,
    field: Option<String>,
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
    let twins = twins(profile, source, &chosen);
    let mut rows = Vec::new();
    for index in chosen {
        match row(profile, source, &places, index, &twins) {
            Ok((row, cut)) => {
                mapped.cut.extend(cut.into_iter().map(|column| (row.candidate.clone(), column)));
                rows.push(row);
            }
            Err(Left::Skipped) => mapped.skipped += 1,
            Err(Left::Quarantined(quarantined)) => mapped.quarantined.push(*quarantined),
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

/// Every column with its name, for this rubric.
fn places<'p>(profile: &'p Profile, source: &Source) -> Result<Vec<Place<'p>>, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut places: Vec<Place<'p>> = Vec::new();
    for column in &profile.columns {
        for (name, field) in named(profile, column, source) {
            let complain =
                |reason: String, remedy: &str| Problem::fatal(profile.id.as_str(), &format!("column \"{name}\""), &reason, remedy);
            if let Some(field) = &field {
                if !source.has(field) {
                    problems.push(complain(
                        format!("this batch has no \"{field}\""),
                        "its rubric has other criteria; write the column with expand = \"criteria\"",
                    ));
                } else if let Err(reason) = scale_fits(column, field, source.rubric) {
                    problems.push(complain(reason, "write the scale of this rubric into the profile, or use a profile for it"));
                }
            }
            if places.iter().any(|place| place.name == name) {
                problems.push(complain("the table would have this column twice".into(), "put {question} into the column's name"));
            }
            places.push(Place { name, column, field });
        }
    }
    if problems.is_empty() { Ok(places) } else { Err(problems) }
}

/// The names of a column, each with the field it comes from.
fn named(profile: &Profile, column: &Column, source: &Source) -> Vec<(String, Option<String>)> {
    let filled =
        |pairs: &[(&str, &str)], text: &str| pairs.iter().fold(text.to_owned(), |text, (key, value)| text.replace(key, value));
    let one = |pairs: &[(&str, &str)]| {
        let look = |name: &str| {
            let value = pairs.iter().find(|(key, _)| key.trim_matches(['{', '}']) == name)?;
            Some(Datum::Word(value.1.to_owned()))
        };
        let name = column.name.render(&look, str::to_owned).unwrap_or_default();
        match &column.from {
            From::Field(field) => (name, Some(filled(pairs, field))),
            _ => (name, None),
        }
    };
    match (&column.from, column.expand) {
        (From::Every, _) => {
            let allowed = source.table.columns.iter().filter(|name| profile.privacy.allows(name));
            allowed.map(|name| (name.clone(), Some(name.clone()))).collect()
        }
        (_, Expand::No) => vec![one(&[])],
        (_, Expand::Criteria) => {
            let criteria = source.rubric.criteria();
            criteria
                .map(|(question, criterion)| one(&[("{question}", question.id.as_str()), ("{criterion}", criterion.id.as_str())]))
                .collect()
        }
        (_, Expand::MustHaves) => {
            source.rubric.must_haves.iter().map(|one_of| one(&[("{must_have}", one_of.id.as_str())])).collect()
        }
    }
}

/// Whether what the profile says of a score's scale holds for this rubric.
fn scale_fits(column: &Column, field: &str, rubric: &Rubric) -> Result<(), String> {
    let own = match own_range(field) {
        None => return Ok(()),
        Some(Own::Percent) => (0.0, 100.0),
        Some(Own::Points) => (f64::from(rubric.scale.min), f64::from(rubric.scale.max)),
    };
    match (column.scale, column.range) {
        (Some(scaling), _) if scaling.from != own => {
            let (said, is) = (scaling.from, own);
            Err(format!("the profile scales from {} to {}, and \"{field}\" goes from {} to {}", said.0, said.1, is.0, is.1))
        }
        (None, Range::Within(low, high)) if (low, high) != own => {
            Err(format!("the target takes {low} to {high}, \"{field}\" goes from {} to {}, and no scale leads there", own.0, own.1))
        }
        _ => Ok(()),
    }
}

/// Ids that more than one row has, also where they differ by leading zeros alone: which row is meant cannot be told.
fn twins(profile: &Profile, source: &Source, chosen: &[usize]) -> BTreeMap<String, String> {
    let mut rows: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>, usize)> = BTreeMap::new();
    if profile.ident.key == ROW {
        return BTreeMap::new();
    }
    for row in chosen {
        let key = source.text(*row, &profile.ident.key);
        if !key.is_empty() {
            let (spellings, candidates, count) = rows.entry(bare(&key)).or_default();
            spellings.insert(key);
            candidates.insert(source.text(*row, "candidate"));
            *count += 1;
        }
    }
    let is_double = |(spellings, candidates, count): &(BTreeSet<String>, BTreeSet<String>, usize)| match profile.rows.shape {
        Shape::Wide => *count > 1,
        Shape::Long => candidates.len() > 1 || spellings.len() > 1,
    };
    let reason = |(spellings, _, count): &(BTreeSet<String>, BTreeSet<String>, usize)| {
        let all: Vec<String> = spellings.iter().map(|key| format!("\"{key}\"")).collect();
        match all.len() {
            1 => format!("{count} rows have the id {}", all[0]),
            _ => format!("the ids {} differ by leading zeros alone", all.join(" and ")),
        }
    };
    let doubled = rows.iter().filter(|(_, found)| is_double(found));
    doubled.map(|(key, found)| (key.clone(), reason(found))).collect()
}

/// An id as a system would see it that takes it for a number.
fn bare(key: &str) -> String {
    if key.bytes().all(|byte| byte.is_ascii_digit()) { key.trim_start_matches('0').to_owned() } else { key.to_owned() }
}

fn row(
    profile: &Profile,
    source: &Source,
    places: &[Place],
    index: usize,
    twins: &BTreeMap<String, String>,
) -> Result<(MappedRow, Vec<String>), Left> {
    let key = key_of(profile, source, index);
    let quarantine = |column: &str, reason: &str, remedy: &str| {
        Left::Quarantined(Box::new(Quarantined {
            row: index + 1,
            candidate: SafeText::line(&source.text(index, "candidate")),
            key: SafeText::line(if profile.ident.key == ROW { "" } else { &key }),
            column: SafeText::line(column),
            reason: SafeText::line(reason),
            remedy: SafeText::line(remedy),
        }))
    };
    let required = profile.ident.require.iter().chain([&profile.ident.key]);
    for field in required.filter(|field| *field != ROW) {
        if source.text(index, field).is_empty() {
            let (reason, remedy) = (format!("{field} is not known"), "`earmark match` ties submissions to applications");
            return Err(match profile.ident.on_missing {
                OnMissing::Skip => Left::Skipped,
                OnMissing::Quarantine => quarantine(field, &reason, remedy),
                OnMissing::Fail => {
                    Left::Fatal(Box::new(Problem::fatal(profile.id.as_str(), &format!("row {}", index + 1), &reason, remedy)))
                }
            });
        }
    }
    if let Some(reason) = twins.get(&bare(&key)) {
        return Err(quarantine(&profile.ident.key, reason, "correct the applications' ids; which one is meant cannot be told"));
    }
    if let Err((reason, remedy)) = looks_like_an_id(profile, &key) {
        return Err(quarantine(&profile.ident.key, &reason, &remedy));
    }
    let (mut data, mut cells, mut cut) = (Vec::new(), Vec::new(), Vec::new());
    for place in places {
        let cell = match (&place.field, &place.column.from) {
            (Some(field), _) => source.cell(index, field).unwrap_or(Cell::Empty),
            (None, From::Constant(text)) => Cell::Word(text.clone()),
            (None, _) => Cell::Empty,
        };
        let kept_as_it_is = place.column.from == From::Every && place.column.kind == Type::Text;
        let converted = if kept_as_it_is {
            let datum = Datum::plain(&cell);
            let number = matches!(datum, Datum::Decimal { .. } | Datum::Integer(_));
            if number { Ok(convert::Converted { datum, cut: false }) } else { convert::convert(place.column, &cell) }
        } else {
            convert::convert(place.column, &cell)
        };
        let converted = converted.map_err(|wrong| quarantine(&place.name, &wrong.reason, &wrong.remedy))?;
        if profile.kind == Kind::File {
            let cell = profile.dialect.cell(&converted.datum);
            cells.push(cell.map_err(|unwritable| quarantine(&place.name, &unwritable.reason, &unwritable.remedy))?);
        }
        if converted.cut {
            cut.push(place.name.clone());
        }
        data.push(converted.datum);
    }
    let digest = digest(places, &data);
    let candidate = SafeText::line(&source.text(index, "candidate"));
    let requisition = source.text(index, "requisition");
    Ok((MappedRow { index, candidate, key, requisition, data, cells, digest }, cut))
}

/// The id of the ATS's record; for a file that is for people, what tells the row from the others.
fn key_of(profile: &Profile, source: &Source, index: usize) -> String {
    if profile.ident.key != ROW {
        return source.text(index, &profile.ident.key);
    }
    let parts: &[&str] = match profile.rows.shape {
        Shape::Wide => &["candidate", "application_system", "application_id"],
        Shape::Long => &["candidate", "question", "criterion", "reviewer"],
    };
    let parts: Vec<String> = parts.iter().map(|field| source.text(index, field)).collect();
    json!(parts).to_string()
}

fn looks_like_an_id(profile: &Profile, key: &str) -> Result<(), (String, String)> {
    if profile.ident.key == ROW {
        return Ok(());
    }
    let shown = convert::short(key);
    let remedy = "correct the id at its source, or `id_form` in the profile".to_owned();
    let is_form = match profile.ident.form {
        IdForm::Text => !key.chars().any(char::is_control) && key.trim() == key,
        IdForm::Digits => key.bytes().all(|byte| byte.is_ascii_digit()),
        IdForm::Uuid => key.len() == 36 && uuid::Uuid::try_parse(key).is_ok(),
    };
    if !is_form {
        let what = match profile.ident.form {
            IdForm::Text => "a text in one line",
            IdForm::Digits => "digits alone",
            IdForm::Uuid => "a UUID",
        };
        return Err((format!("the id \"{shown}\" is not {what}"), remedy));
    }
    if key.chars().count() > profile.ident.longest {
        return Err((format!("the id \"{shown}\" has more than {} characters", profile.ident.longest), remedy));
    }
    Ok(())
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

    /// A row's values as JSON, by column.
    pub fn values(&self, row: &MappedRow) -> Map<String, Value> {
        self.columns.iter().zip(&row.data).map(|(name, datum)| (name.clone(), datum.to_json())).collect()
    }
}

/// A file's name.
pub(super) fn file_name(template: &Template, look: super::profile::Lookup) -> Result<String, String> {
    template.render(look, super::profile::for_file)
}
