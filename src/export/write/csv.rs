//! Rows as delimited text.

use std::io::{self, Write};

use super::super::dialect::{CellNewline, Dialect};
use super::super::guard::{Guard, guarded, has_controls};
use super::super::table::Cell;
use super::fields::{BREAK, CONTROL, LOST, NUL, Records};
use super::{CellAt, Found, LONGEST_CELL, Rows, Wrong, number, unfit, wrong};

/// Writes rows as a dialect says.
pub struct CsvRows<W: Write> {
    records: Records<W>,
    dialect: Dialect,
    found: Found,
    /// What is wrong with the row that is being taken.
    wrong: Vec<(usize, Wrong)>,
}

impl<W: Write> CsvRows<W> {
    /// Begins a file with the columns' names.
    ///
    /// # Errors
    /// What is written to says no.
    pub fn new(to: W, dialect: &Dialect, columns: &[String]) -> io::Result<Self> {
        let mut records = Records::new(to, dialect);
        let mut found = Found::of(columns.iter().map(String::as_str));
        if dialect.header {
            for (column, name) in columns.iter().enumerate() {
                let at = CellAt { row: None, column: column as u32 };
                if has_controls(name) {
                    found.controls.push(at);
                }
                match guarded(name) {
                    Some(safe) => {
                        found.guarded.push(at);
                        // A header cannot be left out; it is guarded in any case but `off`.
                        records.field(if dialect.guard == Guard::Off { name } else { &safe });
                    }
                    None => records.field(name),
                }
            }
            records.end()?;
        }
        Ok(CsvRows { records, dialect: dialect.clone(), found, wrong: Vec::new() })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What is written to says no.
    pub fn finish(self) -> io::Result<(W, Found)> {
        Ok((self.records.finish()?, self.found))
    }

    fn cell(&mut self, column: usize, cell: &Cell) {
        match cell {
            Cell::Text(text) | Cell::Id(text) => self.text(column, cell, text),
            Cell::Word(word) => self.records.field(word),
            Cell::Number(number) if self.dialect.decimal == '.' => self.records.number(|to| number::decimal(to, *number)),
            Cell::Number(number) => self.signed(*number),
            Cell::Integer(number) => self.records.number(|to| number::integer(to, *number)),
            Cell::Empty => self.records.field(&self.dialect.null),
        }
    }

    /// A number with a decimal sign of its own, which may also part cells.
    fn signed(&mut self, number: f64) {
        let text = number.to_string().replace('.', self.dialect.decimal.encode_utf8(&mut [0; 4]));
        if self.dialect.decimal as u32 == u32::from(self.dialect.delimiter) {
            self.records.field(&text);
        } else {
            self.records.number(|to| to.extend_from_slice(text.as_bytes()));
        }
    }

    /// What people or other systems wrote.
    fn text(&mut self, column: usize, cell: &Cell, text: &str) {
        let classes = self.records.classes(text);
        if classes & (BREAK | CONTROL | NUL | LOST) == 0 && text.len() <= LONGEST_CELL {
            match guarded(text) {
                None => self.records.put(text, classes),
                Some(safe) => self.at_risk(column, text, &safe),
            }
        } else {
            self.odd_text(column, cell, text);
        }
    }

    /// A text of which more must be asked than most.
    #[cold]
    fn odd_text(&mut self, column: usize, cell: &Cell, text: &str) {
        if has_controls(text) {
            self.found.controls.push(self.found.at(column));
        }
        let even = unfit(cell).and_then(|()| lines(text, self.dialect.cell_newline));
        match even {
            Err(wrong) => self.wrong.push((column, wrong)),
            Ok(even) => match guarded(&even) {
                None => self.records.field(&even),
                Some(safe) => self.at_risk(column, &even, &safe),
            },
        }
    }

    fn at_risk(&mut self, column: usize, text: &str, safe: &str) {
        self.found.guarded.push(self.found.at(column));
        match self.dialect.guard {
            Guard::Off => self.records.field(text),
            Guard::Apostrophe => self.records.field(safe),
            Guard::Quarantine => {
                let remedy = "change the text, or choose formula_guard = \"apostrophe\" where the reader allows it";
                self.wrong.push((column, wrong("a spreadsheet could take it for a formula", remedy)));
            }
        }
    }
}

impl<W: Write> Rows for CsvRows<W> {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for (column, cell) in cells.iter().enumerate() {
            self.cell(column, cell);
        }
        if self.wrong.is_empty() {
            self.records.end()?;
            self.found.written += 1;
        } else {
            self.records.take_back();
            let wrong = std::mem::take(&mut self.wrong);
            self.found.refuse(cells, wrong);
        }
        self.found.note_whose(cells);
        self.found.taken += 1;
        Ok(())
    }
}

/// A text with its line breaks as a dialect has them.
///
/// # Errors
/// Where they are refused and the text has some.
pub fn lines(text: &str, wanted: CellNewline) -> Result<std::borrow::Cow<'_, str>, Wrong> {
    let is_break = |c: char| matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}');
    if wanted == CellNewline::AsIs || !text.contains(is_break) {
        return Ok(text.into());
    }
    let even = text.replace("\r\n", "\n");
    match wanted {
        CellNewline::AsIs => Ok(text.into()),
        CellNewline::Keep => Ok(even.replace('\r', "\n").into()),
        CellNewline::Space => Ok(even.replace(is_break, " ").into()),
        CellNewline::Refuse => Err(wrong("it holds a line break", "write it in one line, or choose cell_newline = \"space\"")),
    }
}
