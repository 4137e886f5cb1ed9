//! Rows as JSON Lines: one object a line, numbers as numbers, ids and texts as they are.

use std::io::{self, Write};

use super::super::guard::{guarded, has_controls};
use super::super::table::Cell;
use super::{CellAt, Found, Rows, number, unfit};

/// How much is gathered before it is handed on, in bytes.
const GATHERED: usize = 64 << 10;

/// Writes rows as JSON Lines. Nothing runs formulas in it, so that nothing is changed; cells at risk are listed all the same.
pub struct JsonRows<W: Write> {
    to: W,
    gathered: Vec<u8>,
    /// `"name":` of each column.
    names: Vec<Vec<u8>>,
    found: Found,
}

impl<W: Write> JsonRows<W> {
    /// Begins a file; a header there is none.
    pub fn new(to: W, columns: &[String]) -> Self {
        let named = |column: &String| {
            let mut name = serde_json::to_vec(column).expect("a string is JSON");
            name.push(b':');
            name
        };
        let mut found = Found::of(columns.iter().map(String::as_str));
        for (column, name) in columns.iter().enumerate() {
            if has_controls(name) {
                found.controls.push(CellAt { row: None, column: column as u32 });
            }
        }
        JsonRows { to, gathered: Vec::with_capacity(2 * GATHERED), names: columns.iter().map(named).collect(), found }
    }

    /// Ends the file.
    ///
    /// # Errors
    /// What is written to says no.
    pub fn finish(mut self) -> io::Result<(W, Found)> {
        self.to.write_all(&self.gathered)?;
        self.to.flush()?;
        Ok((self.to, self.found))
    }

    fn look_at(&mut self, column: usize, text: &str) {
        if has_controls(text) {
            self.found.controls.push(self.found.at(column));
        }
        if guarded(text).is_some() {
            self.found.guarded.push(self.found.at(column));
        }
    }
}

impl<W: Write> Rows for JsonRows<W> {
    fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        let wrong: Vec<_> = cells.iter().enumerate().filter_map(|(column, cell)| Some((column, unfit(cell).err()?))).collect();
        for (column, (name, cell)) in self.names.iter().zip(cells).enumerate() {
            self.gathered.push(if column == 0 { b'{' } else { b',' });
            self.gathered.extend_from_slice(name);
            match cell {
                Cell::Text(text) | Cell::Id(text) | Cell::Word(text) => {
                    serde_json::to_writer(&mut self.gathered, text).expect("memory takes all, and a string is JSON");
                }
                Cell::Number(number) => number::decimal(&mut self.gathered, *number),
                Cell::Integer(number) => number::integer(&mut self.gathered, *number),
                Cell::Empty => self.gathered.extend_from_slice(b"null"),
            }
        }
        for (column, cell) in cells.iter().enumerate() {
            if let Cell::Text(text) | Cell::Id(text) = cell {
                self.look_at(column, text);
            }
        }
        if wrong.is_empty() {
            self.gathered.extend_from_slice(b"}\n");
            self.found.written += 1;
        } else {
            let line = self.gathered.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
            self.gathered.truncate(line);
            self.found.refuse(cells, wrong);
        }
        self.found.note_whose(cells);
        self.found.taken += 1;
        if self.gathered.len() >= GATHERED {
            self.to.write_all(&self.gathered)?;
            self.gathered.clear();
            self.gathered.shrink_to(4 * GATHERED);
        }
        Ok(())
    }
}
