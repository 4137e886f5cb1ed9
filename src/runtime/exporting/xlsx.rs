//! A table as a workbook for spreadsheet programs: ids and texts as texts, which no program runs, numbers as numbers.

use std::io::{self, Seek, Write};
use std::path::Path;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use crate::export::dialect::CellNewline;
use crate::export::write::{CellAt, Found, Rows, Wrong, lines, unfit, wrong};
use crate::export::{Cell, Kind, Sources, Which, guarded, has_controls};

/// Rows that one sheet holds beside the header.
const MOST_ROWS: u32 = 1_048_575;
/// Characters that one cell holds, as UTF-16 counts them.
const MOST_CHARACTERS: usize = 32_767;

/// Writes a table as a workbook of one sheet. Rows pass through a nameless file in `folder`, so that memory does not grow with them.
///
/// # Errors
/// What the system says, or that a sheet does not hold so many rows.
pub(super) fn write(which: Which, sources: &Sources, folder: &Path, to: &mut (impl Write + Seek + Send)) -> io::Result<Found> {
    let mut workbook = Workbook::new();
    workbook.set_tempdir(folder).map_err(told)?;
    // The time of writing would make other bytes of the same library.
    let never = ExcelDateTime::from_ymd(1980, 1, 1).map_err(told)?;
    workbook.set_properties(&DocProperties::new().set_author("earmark").set_creation_datetime(&never));
    let columns = which.header(sources);
    let sheet = workbook.add_worksheet_with_constant_memory().map_err(told)?;
    sheet.set_name(which.name()).map_err(told)?;
    sheet.set_freeze_panes(1, 0).map_err(told)?;
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let mut rows = Sheet { sheet, row: 1, text, found: Found::of(columns.iter().map(|about| about.name.as_str())) };
    for (column, about) in columns.iter().enumerate() {
        rows.sheet.set_column_width(column as u16, width(about.kind, &about.name)).map_err(told)?;
        rows.sheet.write_string_with_format(0, column as u16, &about.name, &bold).map_err(told)?;
        if has_controls(&about.name) {
            rows.found.controls.push(CellAt { row: None, column: column as u32 });
        }
    }
    which.each(sources, &mut |cells| rows.row(cells))?;
    let found = rows.found;
    workbook.save_to_writer(to).map_err(told)?;
    Ok(found)
}

fn width(kind: Kind, name: &str) -> f64 {
    let of_kind = match kind {
        Kind::Text => 40,
        Kind::Time => 22,
        Kind::Id | Kind::Word => 16,
        _ => 8,
    };
    of_kind.max(name.chars().count() + 2).min(40) as f64
}

fn told(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

struct Sheet<'a> {
    sheet: &'a mut Worksheet,
    row: u32,
    /// Texts stay texts also where a person types in them later.
    text: Format,
    found: Found,
}

impl Rows for Sheet<'_> {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let wrong: Vec<_> = cells.iter().enumerate().filter_map(|(column, cell)| Some((column, fits(cell).err()?))).collect();
        for (column, cell) in cells.iter().enumerate() {
            if let Cell::Text(text) | Cell::Id(text) = cell {
                if has_controls(text) {
                    self.found.controls.push(self.found.at(column));
                }
                // A cell of text is never run; it is listed for whoever saves the sheet as CSV.
                if guarded(text).is_some() {
                    self.found.guarded.push(self.found.at(column));
                }
            }
        }
        if wrong.is_empty() {
            if self.row > MOST_ROWS {
                return Err(io::Error::other(format!("a sheet holds at most {MOST_ROWS} rows; write it as CSV")));
            }
            for (column, cell) in cells.iter().enumerate() {
                self.cell(column as u16, cell).map_err(told)?;
            }
            self.row += 1;
            self.found.written += 1;
        } else {
            self.found.refuse(cells, wrong);
        }
        self.found.note_whose(cells);
        self.found.taken += 1;
        Ok(())
    }
}

impl Sheet<'_> {
    fn cell(&mut self, column: u16, cell: &Cell) -> Result<(), XlsxError> {
        match cell {
            Cell::Text(text) | Cell::Id(text) => {
                let text = lines(text, CellNewline::Keep).unwrap_or_else(|_| text.as_str().into());
                self.sheet.write_string_with_format(self.row, column, text.as_ref(), &self.text)?;
            }
            Cell::Word(word) => {
                self.sheet.write_string(self.row, column, word)?;
            }
            Cell::Number(number) => {
                self.sheet.write_number(self.row, column, *number)?;
            }
            Cell::Integer(number) => {
                self.sheet.write_number(self.row, column, *number as f64)?;
            }
            Cell::Empty => {}
        }
        Ok(())
    }
}

/// Whether a workbook can hold a cell so that every program reads the same.
fn fits(cell: &Cell) -> Result<(), Wrong> {
    unfit(cell)?;
    let (Cell::Text(text) | Cell::Id(text)) = cell else { return Ok(()) };
    let long = text.encode_utf16().count();
    if long > MOST_CHARACTERS {
        let reason = format!("it has {long} characters, and a cell of a workbook holds at most {MOST_CHARACTERS}");
        return Err(wrong(reason, "shorten it where it was written, or write CSV"));
    }
    if text.chars().any(|c| (c < ' ' && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}')) {
        return Err(wrong(
            "it holds a control character, for which a workbook has no place",
            "remove it at its source, or write CSV",
        ));
    }
    if has_escape(text) {
        return Err(wrong("a spreadsheet program would read _xHHHH_ in it as one character", "write CSV or JSON Lines"));
    }
    Ok(())
}

/// Whether a text holds `_x`, four hexadecimal digits and `_`, by which workbooks write characters.
fn has_escape(text: &str) -> bool {
    let is_escape = |part: &[u8]| part.starts_with(b"_x") && part[6] == b'_' && part[2..6].iter().all(u8::is_ascii_hexdigit);
    text.as_bytes().windows(7).any(is_escape)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_programs_would_read_differently_is_refused() {
        let long = "n".repeat(MOST_CHARACTERS + 1);
        for (text, fine) in [
            ("two\r\nlines\tand a tab", true),
            ("=1+1", true),
            ("an _x00_ or _xabcde_ is fine", true),
            ("_x0041_", false),
            ("a bell \u{7}", false),
            ("nul\0", false),
            (long.as_str(), false),
            (&long[1..], true),
        ] {
            assert_eq!(fits(&Cell::Text(text.to_owned())).is_ok(), fine, "{:.20}", text);
        }
    }
}
