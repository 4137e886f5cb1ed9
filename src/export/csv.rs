//! A whole table as CSV: RFC 4180, CRLF, UTF-8. The same table gives the same bytes.

use super::dialect::{CellNewline, Dialect};
use super::guard::Guard;
use super::table::Table;
use super::write::{CsvRows, Found, RefusedCell, Rows as _};
use crate::text::SafeText;

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
    /// Why they are not, cell by cell.
    pub refused: Vec<RefusedCell>,
}

/// A cell that a spreadsheet could take for a formula, or that a terminal could obey.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Guarded {
    /// The row, counted from 0; none for the header. What is written of it counts from 1, as people do.
    #[serde(serialize_with = "from_one")]
    pub row: Option<usize>,
    /// The column's name.
    pub column: String,
    /// Whose row it is, where the table says so: the source's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<SafeText>,
    /// Of which application, where the row has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application: Option<SafeText>,
    /// Whether its row is in no file of a profile, because the guard keeps it back; the row is then its place in the table.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub kept_back: bool,
}

/// A row as it is told of: the first is 1.
fn from_one<S: serde::Serializer>(row: &Option<usize>, to: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&row.map(|row| row + 1), to)
}

/// How tables are written where no profile says it: a text keeps every character, but for the guard.
pub fn plain_dialect(guard: Guard) -> Dialect {
    Plain::default().dialect(guard)
}

/// What may be otherwise in a table's CSV without a profile.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plain {
    /// Whether the file begins with a byte order mark.
    pub bom: bool,
    /// Between cells; an ASCII character.
    pub delimiter: u8,
    /// Whether records end with CR and LF; else with LF alone.
    pub crlf: bool,
    /// What stands before a number's decimals; an ASCII character.
    pub decimal: char,
}

impl Default for Plain {
    fn default() -> Self {
        let Dialect { bom, delimiter, crlf, decimal, .. } = Dialect::default();
        Plain { bom, delimiter, crlf, decimal }
    }
}

impl Plain {
    /// The whole dialect with this guard.
    pub fn dialect(self, guard: Guard) -> Dialect {
        let Plain { bom, delimiter, crlf, decimal } = self;
        Dialect { bom, delimiter, crlf, decimal, guard, cell_newline: CellNewline::AsIs, ..Dialect::default() }
    }
}

/// Writes a table as CSV.
pub fn write_csv(table: &Table, guard: Guard) -> Written {
    let memory = "writing to memory cannot fail";
    let mut to = CsvRows::new(Vec::new(), &plain_dialect(guard), &table.columns).expect(memory);
    for cells in &table.rows {
        to.row(cells).expect(memory);
    }
    let (bytes, found) = to.finish().expect(memory);
    Written::of(bytes, found, &table.columns)
}

impl Written {
    /// Bytes with what was found while they were written.
    pub fn of(bytes: Vec<u8>, found: Found, columns: &[String]) -> Self {
        Written {
            bytes,
            quarantined: found.rows_refused().into_iter().map(|row| row as usize).collect(),
            guarded: found.named(&found.guarded, columns),
            controls: found.named(&found.controls, columns),
            refused: found.refused,
        }
    }
}
