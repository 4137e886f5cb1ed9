//! Rows in columns, for people.

use crate::text::{SafeText, width};

/// To which side a column leans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table with a head; what is put into it is cleaned.
#[derive(Clone, Debug)]
pub struct Table {
    head: Vec<SafeText>,
    align: Vec<Align>,
    rows: Vec<Vec<SafeText>>,
}

impl Table {
    /// A table with these columns, all leaning left.
    pub fn new(head: &[&str]) -> Self {
        let align = vec![Align::Left; head.len()];
        Table { head: head.iter().copied().map(SafeText::line).collect(), align, rows: Vec::new() }
    }

    /// The same table with one column leaning right.
    pub fn right(mut self, column: usize) -> Self {
        self.align[column] = Align::Right;
        self
    }

    /// Adds a row; what goes beyond the head's columns is left out.
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().take(self.head.len()).map(|cell| SafeText::line(cell.as_ref())).collect());
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The lines, columns two spaces apart; the head is bold in colour.
    pub(super) fn draw(&self, color: bool) -> String {
        let widths: Vec<usize> = (0..self.head.len())
            .map(|column| self.all().filter_map(|row| row.get(column)).map(SafeText::width).max().unwrap_or(0))
            .collect();
        let mut drawn = String::new();
        for (place, row) in self.all().enumerate() {
            let cells: Vec<String> =
                row.iter().zip(&widths).zip(&self.align).map(|((cell, w), align)| pad(cell, *w, *align)).collect();
            let line = cells.join("  ");
            let line = line.trim_end();
            let bold = color && place == 0;
            drawn.push_str(&if bold { format!("\x1b[1m{line}\x1b[0m\n") } else { format!("{line}\n") });
        }
        drawn
    }

    fn all(&self) -> impl Iterator<Item = &Vec<SafeText>> {
        std::iter::once(&self.head).chain(&self.rows)
    }
}

fn pad(cell: &SafeText, columns: usize, align: Align) -> String {
    let space = " ".repeat(columns.saturating_sub(width(cell.as_str())));
    match align {
        Align::Left => format!("{cell}{space}"),
        Align::Right => format!("{space}{cell}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_by_what_they_take_on_a_screen() {
        let mut table = Table::new(&["candidate", "heard"]).right(1);
        table.row(["陳 怡君", "100%"]);
        table.row(["Ann", "7%"]);
        assert_eq!(table.draw(false), "candidate  heard\n陳 怡君     100%\nAnn           7%\n");
    }

    #[test]
    fn a_cell_cannot_begin_a_line_of_its_own() {
        let mut table = Table::new(&["name"]);
        table.row(["a\nb"]);
        assert_eq!(table.draw(true), "\x1b[1mname\x1b[0m\na b\n");
    }
}
