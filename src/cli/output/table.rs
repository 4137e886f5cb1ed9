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

/// Columns that a word keeps at the least.
const LEAST: usize = 12;

/// Columns that what stands last is given room for.
const LEAST_LAST: usize = 24;

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

    /// The lines, columns two spaces apart; the head is bold in colour. Where there are `columns` to draw in, long words such as
    /// names are cut at their end, so that the figures beside them stay in view.
    pub(super) fn draw(&self, color: bool, columns: Option<usize>) -> String {
        let mut widths: Vec<usize> = (0..self.head.len())
            .map(|column| self.all().filter_map(|row| row.get(column)).map(SafeText::width).max().unwrap_or(0))
            .collect();
        if let Some(columns) = columns {
            self.narrow(&mut widths, columns);
        }
        let (mut drawn, last) = (String::new(), widths.len().saturating_sub(1));
        for (place, row) in self.all().enumerate() {
            let cells: Vec<String> =
                row.iter().zip(&widths).enumerate().map(|(nth, (cell, w))| pad(cell, *w, self.align[nth], nth == last)).collect();
            let line = cells.join("  ");
            let line = line.trim_end();
            let bold = color && place == 0;
            drawn.push_str(&if bold { format!("\x1b[1m{line}\x1b[0m\n") } else { format!("{line}\n") });
        }
        drawn
    }

    /// Takes from the widest columns of words until all fit, or none is wide; a last column of words goes on in the next line.
    fn narrow(&self, widths: &mut [usize], columns: usize) {
        let last = widths.len().saturating_sub(1);
        let is_last = |column: usize| column == last && last > 0 && self.align[column] == Align::Left;
        let taken = |widths: &[usize]| {
            let of = |(column, width): (usize, &usize)| if is_last(column) { (*width).min(LEAST_LAST) } else { *width };
            widths.iter().enumerate().map(of).sum::<usize>() + 2 * last
        };
        while taken(widths) > columns {
            let is_wide = |column: &usize| self.align[*column] == Align::Left && !is_last(*column) && widths[*column] > LEAST;
            let Some(widest) = (0..widths.len()).filter(is_wide).max_by_key(|column| widths[*column]) else { return };
            widths[widest] -= 1;
        }
    }

    fn all(&self) -> impl Iterator<Item = &Vec<SafeText>> {
        std::iter::once(&self.head).chain(&self.rows)
    }
}

fn pad(cell: &SafeText, columns: usize, align: Align, is_last: bool) -> String {
    // What stands last pushes nothing aside.
    let cell = if is_last && align == Align::Left { cell.as_str().into() } else { cell.fit(columns) };
    let space = " ".repeat(columns.saturating_sub(width(&cell)));
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
        assert_eq!(table.draw(false, None), "candidate  heard\n陳 怡君     100%\nAnn           7%\n");
    }

    #[test]
    fn a_cell_cannot_begin_a_line_of_its_own() {
        let mut table = Table::new(&["name"]);
        table.row(["a\nb"]);
        assert_eq!(table.draw(true, None), "\x1b[1mname\x1b[0m\na b\n");
    }

    #[test]
    fn a_long_name_is_cut_where_a_terminal_is_narrow_and_never_a_figure_or_what_stands_last() {
        let mut table = Table::new(&["candidate", "total", "rank", "to know"]).right(1).right(2);
        table.row([&"陳怡君".repeat(40)[..], "61.5", "1 to 3", "on the shortlist; tags: second round, remote"]);
        table.row(["Ann", "7", "4", ""]);
        let drawn = table.draw(false, Some(80));
        let first = drawn.lines().nth(1).expect("a row");
        assert!(first.contains("…   61.5  1 to 3  on the shortlist; tags: second round, remote"), "{drawn}");
        let names: usize = width(first.split("  ").next().expect("a name"));
        assert!((38..=44).contains(&names), "{names} columns: {drawn}");
        assert!(table.draw(false, None).contains(&"陳怡君".repeat(40)), "a pipe has all of it");
        let mut one = Table::new(&["name"]);
        one.row(["a".repeat(100)]);
        assert!(width(one.draw(false, Some(40)).lines().nth(1).expect("a row")) >= 40);
    }
}
