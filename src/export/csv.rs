//! A table as CSV: RFC 4180, CRLF, UTF-8. The same table gives the same bytes.

use csv::{Terminator, WriterBuilder};

use super::guard::{Guard, guarded, has_controls};
use super::table::{Cell, Table};

/// A table as bytes, and what the formula guard found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Written {
    /// The file.
    pub bytes: Vec<u8>,
    /// Every cell at risk, in order.
    pub guarded: Vec<Guarded>,
    /// Every cell with control characters, in order; they are in the file as they are.
    pub controls: Vec<Guarded>,
    /// Rows of the table that are not in the file, counted from 0.
    pub quarantined: Vec<usize>,
}

/// A cell that a spreadsheet could take for a formula, or that a terminal could obey.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Guarded {
    /// The row, counted from 0; none for the header.
    pub row: Option<usize>,
    /// The column's name.
    pub column: String,
}

/// Writes a table as CSV.
pub fn write_csv(table: &Table, guard: Guard) -> Written {
    let mut to = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(Vec::new());
    let mut written = Written::default();
    let header = table.columns.iter().map(|column| written.guard(None, column, column.clone(), guard)).collect::<Vec<_>>();
    put(&mut to, &header);
    for (row, cells) in table.rows.iter().enumerate() {
        let before = written.guarded.len();
        let cells: Vec<String> =
            table.columns.iter().zip(cells).map(|(column, cell)| written.cell(row, column, cell, guard)).collect();
        if guard == Guard::Quarantine && written.guarded.len() > before {
            written.quarantined.push(row);
        } else {
            put(&mut to, &cells);
        }
    }
    written.bytes = to.into_inner().expect("writing to memory cannot fail");
    written
}

fn put(to: &mut csv::Writer<Vec<u8>>, record: &[String]) {
    to.write_record(record).expect("writing to memory cannot fail, and every row is as long as the header");
}

impl Written {
    fn cell(&mut self, row: usize, column: &str, cell: &Cell, guard: Guard) -> String {
        match cell {
            Cell::Text(text) | Cell::Id(text) => self.guard(Some(row), column, text.clone(), guard),
            // What earmark computed is no formula: -1.5 stays a number.
            computed => computed.written(),
        }
    }

    fn guard(&mut self, row: Option<usize>, column: &str, text: String, guard: Guard) -> String {
        if has_controls(&text) {
            self.controls.push(Guarded { row, column: column.to_owned() });
        }
        match guarded(&text) {
            None => text,
            Some(safe) => {
                self.guarded.push(Guarded { row, column: column.to_owned() });
                // A header cannot be left out; it is guarded in any case but `off`.
                if guard == Guard::Off { text } else { safe }
            }
        }
    }
}
