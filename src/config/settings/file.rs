//! Reads a settings file into names and values with their lines.

use toml::de::{DeTable, DeValue};

use super::Raw;
use crate::interview::Problem;

/// One line of the file.
pub(super) struct Entry {
    /// With its tables: `reviewer.label`.
    pub(super) name: String,
    pub(super) value: Raw,
    /// 1-based.
    pub(super) line: usize,
}

/// A mistake and its line.
pub(super) type Mistake = (usize, Problem);

/// Every value in `text`, and every place at which it is not TOML. A table that none of `names` lies in stays whole.
pub(super) fn entries(file: &str, text: &str, names: &[&str]) -> (Vec<Entry>, Vec<Mistake>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut found = Vec::new();
    flatten("", table.get_ref(), text, names, &mut found);
    let mut mistakes: Vec<Mistake> = Vec::new();
    for error in errors {
        let line = line_of(text, error.span().map_or(0, |span| span.start));
        // One slip of the pen often gives several errors on its line; the first says it best.
        if mistakes.iter().all(|(earlier, _)| *earlier != line) {
            let problem = Problem::damage(file, &format!("line {line}"), error.message(), "write it as TOML: name = value");
            mistakes.push((line, problem));
        }
    }
    // What was guessed from a broken line is not reported again.
    found.retain(|entry| mistakes.iter().all(|(line, _)| *line != entry.line));
    (found, mistakes)
}

/// The table of sources.
pub(super) const SOURCES: &str = "source";

/// The sources: tables within the table `source`; none where the text is no TOML, or anything else stands there.
pub(super) fn sources(text: &str) -> toml::Table {
    let table: toml::Table = text.parse().unwrap_or_default();
    match table.get(SOURCES) {
        Some(toml::Value::Table(sources)) if sources.values().all(toml::Value::is_table) => sources.clone(),
        _ => toml::Table::new(),
    }
}

fn flatten(stem: &str, table: &DeTable<'_>, text: &str, names: &[&str], found: &mut Vec<Entry>) {
    for (key, value) in table {
        let name = format!("{stem}{}", key.get_ref());
        let inside = format!("{name}.");
        match value.get_ref() {
            DeValue::Table(table) if names.iter().any(|known| known.starts_with(&inside)) => {
                flatten(&inside, table, text, names, found);
            }
            value => found.push(Entry { name, value: raw(value), line: line_of(text, key.span().start) }),
        }
    }
}

fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Boolean(truth) => Raw::Truth(*truth),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Raw::Other("a number too large"), |number| Raw::Number(number as f64)),
        DeValue::Float(number) => number.as_str().parse().map_or(Raw::Other("a number too large"), Raw::Number),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Array(_) => Raw::Other("a list"),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}

/// The 1-based line of a byte.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}
