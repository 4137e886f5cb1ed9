//! Tables as they are written, row by row: what is written is let go, so that a table of any length takes little memory.

mod csv;
mod fields;
mod jsonl;
mod number;

use std::collections::BTreeMap;
use std::io;

use super::csv::Guarded;
use super::table::Cell;
use crate::text::SafeText;

pub use csv::CsvRows;
pub use csv::lines;
pub(super) use fields::Records;
pub use jsonl::JsonRows;

/// The longest text of one cell, in bytes, where a profile says nothing else.
pub const LONGEST_CELL: usize = 1 << 20;

/// What takes a table's rows, one after the other, in one format.
pub trait Rows {
    /// Takes the next row; it is as long as the header. A row that cannot be written whole stays out and is named.
    ///
    /// # Errors
    /// What is written to says no.
    fn row(&mut self, cells: &[Cell]) -> io::Result<()>;
}

/// What was found in the rows that were written.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Found {
    /// How many rows came.
    pub taken: u64,
    /// How many of them are written.
    pub written: u64,
    /// Every cell that a spreadsheet could take for a formula, in order.
    pub guarded: Vec<CellAt>,
    /// Every cell with control characters, in order; they are in the file as they are.
    pub controls: Vec<CellAt>,
    /// Rows that stayed out, one entry for each cell that is wrong.
    pub refused: Vec<RefusedCell>,
    /// Where the table has the candidate and the application, by the columns' places.
    ids: [Option<usize>; 2],
    /// Whose the rows are of which a cell is listed, in order: the row, and a place in `people`.
    whose: Vec<(u64, u32)>,
    /// Each candidate and application once, with its place: of a million rows few are about different ones.
    people: BTreeMap<[Option<SafeText>; 2], u32>,
    /// Whose the last listed row is, as its cells have it: rows of one follow each other.
    last: Option<([Option<Cell>; 2], u32)>,
}

/// Where a cell is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CellAt {
    /// The row of the table, counted from 0; none for the header.
    pub row: Option<u64>,
    /// The column, counted from 0.
    pub column: u32,
}

/// Why a row is not in the file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefusedCell {
    /// Where the cell is.
    pub at: CellAt,
    /// The first cell of its row: whose it is.
    pub first: String,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

impl Found {
    /// Nothing yet, of a table with these columns.
    pub fn of<'c>(columns: impl Iterator<Item = &'c str> + Clone) -> Self {
        let place = |name: &str| columns.clone().position(|column| column == name);
        Found { ids: ["candidate", "application_id"].map(place), ..Found::default() }
    }

    /// The rows that stayed out, counted from 0, each once.
    pub fn rows_refused(&self) -> Vec<u64> {
        let mut rows: Vec<u64> = self.refused.iter().filter_map(|one| one.at.row).collect();
        rows.dedup();
        rows
    }

    /// A cell of the row that is being taken.
    pub fn at(&self, column: usize) -> CellAt {
        CellAt { row: Some(self.taken), column: column as u32 }
    }

    /// Notes whose the row is that is being taken, where a cell of it is listed.
    pub fn note_whose(&mut self, cells: &[Cell]) {
        let is_listed = |list: &Vec<CellAt>| list.last().is_some_and(|cell| cell.row == Some(self.taken));
        if is_listed(&self.guarded) || is_listed(&self.controls) {
            let ids = self.ids.map(|at| at.and_then(|at| cells.get(at)));
            let of = match &self.last {
                Some((last, of)) if last.each_ref().map(Option::as_ref) == ids => *of,
                _ => self.place_of(ids),
            };
            self.whose.push((self.taken, of));
        }
    }

    /// The place in `people` of a candidate and an application.
    fn place_of(&mut self, ids: [Option<&Cell>; 2]) -> u32 {
        let id = |cell: &Cell| Some(cell.written()).filter(|id| !id.is_empty()).map(|id| SafeText::line(&id));
        let next = self.people.len() as u32;
        let of = *self.people.entry(ids.map(|cell| cell.and_then(id))).or_insert(next);
        self.last = Some((ids.map(Option::<&Cell>::cloned), of));
        of
    }

    /// Cells with their columns' names, and whose rows they are in.
    pub fn named(&self, cells: &[CellAt], columns: &[String]) -> Vec<Guarded> {
        let mut people = vec![[const { None }; 2]; self.people.len()];
        self.people.iter().for_each(|(whose, at)| people[*at as usize].clone_from(whose));
        let named = |cell: &CellAt| {
            let at = cell.row.and_then(|row| self.whose.binary_search_by_key(&row, |(row, _)| *row).ok());
            let [candidate, application] = at.map(|at| people[self.whose[at].1 as usize].clone()).unwrap_or_default();
            let column = columns[cell.column as usize].clone();
            Guarded { row: cell.row.map(|row| row as usize), column, candidate, application, kept_back: false }
        };
        cells.iter().map(named).collect()
    }

    /// Names the wrong cells of the row that is being taken.
    pub fn refuse(&mut self, cells: &[Cell], wrong: Vec<(usize, Wrong)>) {
        let first = cells.first().map(Cell::written).unwrap_or_default();
        for (column, Wrong { reason, remedy }) in wrong {
            self.refused.push(RefusedCell { at: self.at(column), first: first.clone(), reason, remedy });
        }
    }
}

/// What is wrong with a cell, and what to do about it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong {
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub remedy: String,
}

/// What is wrong with a cell.
pub fn wrong(reason: impl Into<String>, remedy: &str) -> Wrong {
    Wrong { reason: reason.into(), remedy: remedy.to_owned() }
}

/// What no format takes, so that every format has the same rows: NUL, an id with a lost character, and more than a cell holds.
///
/// # Errors
/// What is wrong with the cell.
pub fn unfit(cell: &Cell) -> Result<(), Wrong> {
    let (text, is_id) = match cell {
        Cell::Text(text) => (text, false),
        Cell::Id(text) => (text, true),
        _ => return Ok(()),
    };
    if text.len() > LONGEST_CELL {
        let reason = format!("it has {} bytes, and a cell holds at most {LONGEST_CELL}", text.len());
        return Err(wrong(reason, "shorten it where it was written"));
    }
    if text.contains('\0') {
        return Err(wrong("it holds a NUL character", "remove it where it was written; no importer takes it"));
    }
    if is_id && text.contains('\u{fffd}') {
        return Err(wrong("a character of it could not be read (U+FFFD)", "correct the id at its source and import again"));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
