//! Reading a TOML file so that every mistake is told at once, with its line.

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::interview::Problem;

/// Collects what is wrong with one file.
pub(super) struct Complaints<'t> {
    file: &'t str,
    text: &'t str,
    found: Vec<(usize, Problem)>,
}

impl<'t> Complaints<'t> {
    pub(super) fn of(file: &'t str, text: &'t str) -> Self {
        Complaints { file, text, found: Vec::new() }
    }

    /// Notes a mistake at a byte of the file.
    pub(super) fn at(&mut self, byte: usize, reason: &str, remedy: &str) {
        let line = 1 + self.text.as_bytes()[..byte.min(self.text.len())].iter().filter(|b| **b == b'\n').count();
        self.found.push((line, Problem::damage(self.file, &format!("line {line}"), reason, remedy)));
    }

    /// The file as a table; what TOML itself does not accept is noted and left out.
    pub(super) fn table(&mut self) -> DeTable<'t> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let byte = error.span().map_or(0, |span| span.start);
            self.at(byte, error.message(), "write it as TOML wants it");
        }
        table.into_inner()
    }

    /// The sub-table under `key`, noted where it is something else.
    pub(super) fn inner<'v>(&mut self, value: &'v Spanned<DeValue<'t>>, what: &str) -> Option<&'v DeTable<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            let reason = format!("{what} is {}, not a table", value.get_ref().type_str());
            self.at(value.span().start, &reason, "write it as a table");
        }
        table
    }

    /// Everything that was noted, in the order of the lines.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|(line, _)| *line);
        self.found.into_iter().map(|(_, problem)| problem).collect()
    }
}

/// What a table holds, in the order of the file.
pub(super) fn entries<'v, 't>(table: &'v DeTable<'t>) -> Vec<(&'v Spanned<DeString<'t>>, &'v Spanned<DeValue<'t>>)> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}
