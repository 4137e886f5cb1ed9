//! Rows and columns under a cursor: the queue, the grid, the ranking.

use ratatui::layout::{Position, Rect};

use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// How wide a column is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// That many columns of the terminal.
    Fixed(u16),
    /// At least that many, and a share of what is left.
    Fill(u16),
}

/// Where words stand in their column.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Align {
    #[default]
    Left,
    Centre,
    Right,
}

/// One column.
pub struct Column<'a> {
    /// Its head.
    pub title: Words<'a>,
    /// How wide it is.
    pub width: Width,
    /// Where its words stand.
    pub align: Align,
}

/// What stands in one cell.
#[derive(Clone, PartialEq)]
pub struct Item<'a> {
    /// Its words.
    pub words: Words<'a>,
    /// What they mean.
    pub role: Role,
}

impl<'a> Item<'a> {
    /// A cell.
    pub fn new(words: impl Into<Words<'a>>, role: Role) -> Self {
        Item { words: words.into(), role }
    }

    /// The same, as long as this one is kept.
    pub fn borrowed(&self) -> Item<'_> {
        Item { words: (&self.words).into(), role: self.role }
    }

    /// The same, for keeping.
    pub fn into_owned(self) -> Item<'static> {
        Item { words: self.words.into_owned(), role: self.role }
    }
}

/// Where the cursor stands and which part is shown. The part moves only when the cursor leaves it, and then by a third of the
/// height: most moves then change two rows of the screen and no more.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TableState {
    /// The row under the cursor.
    pub row: usize,
    /// The column under the cursor, where cells have one.
    pub column: usize,
    /// The first row that is shown.
    pub top: usize,
    /// The first column beside the pinned ones that is shown.
    pub left: usize,
}

/// What lies under the mouse.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Hit {
    Header { column: usize },
    Cell { row: usize, column: usize },
}

/// Where the rows and columns of a table lie on the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TablePlaces {
    area: Rect,
    /// Each column with its first column of the terminal.
    columns: Vec<(usize, u16)>,
    top: usize,
    rows: usize,
}

impl TablePlaces {
    /// What lies at a column and row of the terminal.
    pub fn hit(&self, x: u16, y: u16) -> Option<Hit> {
        if !self.area.contains(Position { x, y }) {
            return None;
        }
        let (column, _) = *self.columns.iter().rev().find(|(_, left)| *left <= x).or(self.columns.first())?;
        if y == self.area.y {
            return Some(Hit::Header { column });
        }
        let row = self.top + usize::from(y - self.area.y - 1);
        (row < self.rows).then_some(Hit::Cell { row, column })
    }
}

/// A table of any length: only what is on screen is asked for.
pub struct Table<'a> {
    /// The columns.
    pub columns: &'a [Column<'a>],
    /// How many of them stay at the left when the others scroll.
    pub pinned: usize,
    /// How many rows there are.
    pub rows: usize,
    /// Whether the cursor is on a cell, else on a row.
    pub by_cell: bool,
    /// Whether keys go here.
    pub focused: bool,
    /// What stands in row and column.
    pub item: &'a dyn Fn(usize, usize) -> Item<'a>,
    /// Whether a row is taken together with others for one act.
    pub marked: &'a dyn Fn(usize) -> bool,
}

/// Columns before the first: the cursor's sign, the sign of a marked row.
const GUTTER: u16 = 2;

/// One column on the screen.
struct Shown {
    column: usize,
    x: u16,
    width: u16,
}

impl Table<'_> {
    /// Draws it over `area`, moving the shown part in `state` so that the cursor is in it. Returns where the cursor's row begins,
    /// for the terminal's own cursor.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, state: &mut TableState) -> Option<Position> {
        self.keep_in_view(area, state);
        if area.height == 0 || area.width <= GUTTER {
            return None;
        }
        let shown = self.shown(area, state.left);
        for column in &shown {
            self.words(canvas, column, area.y, &self.columns[column.column].title, Role::Header);
        }
        let last = self.rows.min(state.top + usize::from(area.height - 1));
        // Beside the heads, where no row has a sign: whether there are rows above and below what is shown.
        let glyphs = canvas.glyphs();
        for (nth, sign, is_more) in [(0, glyphs.pick("↑", "^"), state.top > 0), (1, glyphs.pick("↓", "v"), last < self.rows)] {
            if is_more {
                canvas.glyph(area.x + nth, area.y, sign, Role::Header);
            }
        }
        for row in state.top..last {
            let y = area.y + 1 + (row - state.top) as u16;
            self.row(canvas, area, y, row, &shown, state);
        }
        let cursor = (state.top..last).contains(&state.row);
        cursor.then(|| Position { x: area.x, y: area.y + 1 + (state.row - state.top) as u16 })
    }

    /// Where everything lies when it is drawn over `area`, for what is pointed at later.
    pub fn places(&self, area: Rect, state: &TableState) -> TablePlaces {
        let columns = self.shown(area, state.left).iter().map(|shown| (shown.column, shown.x)).collect();
        TablePlaces { area, columns, top: state.top, rows: self.rows }
    }

    fn row(&self, canvas: &mut Canvas<'_>, area: Rect, y: u16, row: usize, shown: &[Shown], state: &TableState) {
        let here = row == state.row;
        let ground = if self.focused { Role::Selected } else { Role::SelectedIdle };
        if here {
            canvas.glyph(area.x, y, canvas.glyphs().pick("▶", ">"), Role::Accent);
        }
        if (self.marked)(row) {
            canvas.glyph(area.x + 1, y, canvas.glyphs().pick("✓", "+"), Role::Marked);
        }
        for column in shown {
            let item = (self.item)(row, column.column);
            // Neither the whole row nor all of a wide column: lighting them anew costs bytes at every move.
            let pinned = column.column == 0 || (column.column < self.pinned && !item.words.is_empty());
            let lit = here && (pinned || (self.by_cell && column.column == state.column));
            if lit {
                let width = match self.columns[column.column].align {
                    Align::Left => column.width.min(item.words.width() + 1),
                    Align::Centre | Align::Right => column.width,
                };
                canvas.paint(Rect { x: column.x, y, width, height: 1 }, ground);
            }
            self.words(canvas, column, y, &item.words, item.role);
        }
    }

    fn words(&self, canvas: &mut Canvas<'_>, shown: &Shown, y: u16, words: &Words<'_>, role: Role) {
        let Shown { x, width, .. } = *shown;
        match self.columns[shown.column].align {
            Align::Left => canvas.text(x, y, width, words, role),
            Align::Centre => canvas.text_centred(x, y, width, words, role),
            Align::Right => canvas.text_right(x, y, width, words, role),
        };
    }

    fn keep_in_view(&self, area: Rect, state: &mut TableState) {
        let height = usize::from(area.height.saturating_sub(1)).max(1);
        state.row = state.row.min(self.rows.saturating_sub(1));
        state.column = state.column.min(self.columns.len().saturating_sub(1));
        let step = height / 3;
        if state.row < state.top {
            state.top = state.row.saturating_sub(step);
        } else if state.row >= state.top + height {
            state.top = (state.row + 1 + step).saturating_sub(height);
        }
        state.top = state.top.min(self.rows.saturating_sub(height));
        state.left = state.left.clamp(self.pinned, self.columns.len().max(self.pinned));
        if !self.by_cell || state.column < self.pinned {
            return;
        }
        state.left = state.left.min(state.column);
        let whole = |left| self.shown(area, left).iter().any(|s| s.column == state.column && s.width >= self.least(s.column));
        while state.left < state.column && !whole(state.left) {
            state.left += 1;
        }
        // In a window that became wider nothing stays away for which there is room.
        let last = self.columns.len() - 1;
        let reaches_the_end = |left| self.shown(area, left).iter().any(|s| s.column == last && s.width >= self.least(last));
        while state.left > self.pinned && reaches_the_end(state.left - 1) {
            state.left -= 1;
        }
    }

    fn least(&self, column: usize) -> u16 {
        match self.columns[column].width {
            Width::Fixed(width) | Width::Fill(width) => width,
        }
    }

    /// Where the columns lie: the pinned ones, then those from `left` on, the last one cut where the room ends.
    fn shown(&self, area: Rect, left: usize) -> Vec<Shown> {
        let left = left.max(self.pinned);
        let wanted: Vec<usize> = (0..self.pinned.min(self.columns.len())).chain(left..self.columns.len()).collect();
        let gaps = wanted.len().saturating_sub(1) as u16;
        let least: u16 = wanted.iter().map(|column| self.least(*column)).fold(0, u16::saturating_add);
        let spare = area.width.saturating_sub(GUTTER).saturating_sub(least.saturating_add(gaps));
        let filling = wanted.iter().filter(|column| matches!(self.columns[**column].width, Width::Fill(_))).count() as u16;
        let mut shown = Vec::with_capacity(wanted.len());
        let mut x = area.x.saturating_add(GUTTER);
        let mut given = 0;
        for column in wanted {
            let mut width = self.least(column);
            if let Width::Fill(_) = self.columns[column].width {
                given += 1;
                width += spare * given / filling - spare * (given - 1) / filling;
            }
            let width = width.min(area.right().saturating_sub(x));
            if width == 0 {
                break;
            }
            shown.push(Shown { column, x, width });
            x = x.saturating_add(width + 1);
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;
    use crate::tui::terminal::{Options, Terminal};
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, look, rows};

    fn columns() -> Vec<Column<'static>> {
        let column = |title: &'static str, width, align| Column { title: title.into(), width, align };
        vec![
            column("Who", Width::Fill(6), Align::Left),
            column("q1", Width::Fixed(4), Align::Right),
            column("q2", Width::Fixed(4), Align::Centre),
            column("q3", Width::Fixed(4), Align::Right),
        ]
    }

    fn with<R>(rows: usize, do_it: impl FnOnce(&Table<'_>) -> R) -> R {
        let columns = columns();
        let item = |row: usize, column: usize| match column {
            0 => Item::new(format!("Person {row}"), Role::Text),
            _ => Item::new(row * column, Role::Rated),
        };
        do_it(&Table { columns: &columns, pinned: 1, rows, by_cell: true, focused: true, item: &item, marked: &|row| row == 1 })
    }

    fn shot(table: &Table<'_>, width: u16, height: u16, state: &mut TableState) -> Vec<String> {
        rows(&drawn(width, height, |canvas, area| _ = table.draw(canvas, area, state)))
    }

    #[test]
    fn columns_have_their_widths_and_rows_their_signs() {
        with(3, |table| {
            let mut state = TableState { row: 2, ..TableState::default() };
            let shot = shot(table, 28, 5, &mut state);
            let expected = [
                "  Who           q1  q2    q3",
                "  Person 0       0  0      0",
                " ✓Person 1       1  2      3",
                "▶ Person 2       2  4      6",
                "",
            ];
            assert_eq!(shot, expected.map(|row| format!("{row:<28}")));
        });
    }

    #[test]
    fn the_shown_part_moves_only_when_the_cursor_leaves_it() {
        with(100, |table| {
            let mut state = TableState::default();
            for (row, top) in [(8, 0), (9, 4), (12, 4), (13, 8), (12, 8), (7, 4), (99, 91), (0, 0)] {
                state.row = row;
                shot(table, 28, 10, &mut state);
                assert_eq!(state.top, top, "cursor on {row}");
            }
        });
    }

    #[test]
    fn beside_the_heads_stands_whether_there_is_more_above_and_below() {
        with(100, |table| {
            for (row, signs) in [(0, " ↓"), (50, "↑↓"), (99, "↑ ")] {
                let mut state = TableState { row, ..TableState::default() };
                assert_eq!(shot(table, 28, 10, &mut state)[0].chars().take(2).collect::<String>(), signs, "cursor on {row}");
            }
        });
        with(3, |table| {
            let mut state = TableState::default();
            assert!(shot(table, 28, 10, &mut state)[0].starts_with("  W"), "all are shown");
        });
    }

    #[test]
    fn a_move_of_the_cursor_costs_at_most_200_bytes() {
        with(2_000, |table| {
            let mut terminal = Terminal::on(Vec::new(), 160, 45, Options::default()).expect("a vector takes all");
            let (look, mut state) = (look(), TableState { column: 2, ..TableState::default() });
            let mut bytes = |row| {
                state.row = row;
                terminal.draw(&look, |canvas| _ = table.draw(canvas, canvas.area(), &mut state)).expect("drawn")
            };
            bytes(3);
            let bytes = bytes(4);
            assert!((1..=200).contains(&bytes), "{bytes} bytes");
        });
    }

    #[test]
    fn in_a_window_that_became_wider_the_columns_come_back_for_which_there_is_room() {
        with(3, |table| {
            let mut state = TableState { column: 3, ..TableState::default() };
            let narrow = shot(table, 14, 3, &mut state);
            assert!(narrow[0].contains("q3") && !narrow[0].contains("q1"), "{narrow:?}");
            let wide = shot(table, 28, 3, &mut state);
            assert!(["q1", "q2", "q3"].iter().all(|title| wide[0].contains(title)), "{wide:?}");
            assert_eq!((state.left, state.column), (1, 3));
        });
    }

    #[test]
    fn a_row_beyond_the_end_is_the_last() {
        with(2, |table| {
            let mut state = TableState { row: 50, top: 40, ..TableState::default() };
            shot(table, 28, 10, &mut state);
            assert_eq!((state.row, state.top), (1, 0));
        });
        with(0, |table| _ = shot(table, 28, 10, &mut TableState::default()));
    }

    #[test]
    fn columns_scroll_beside_the_pinned_one() {
        with(1, |table| {
            let mut state = TableState { column: 3, ..TableState::default() };
            assert_eq!(shot(table, 18, 1, &mut state)[0], " ↓Who     q2    q3");
            state.column = 1;
            assert!(shot(table, 18, 1, &mut state)[0].contains("q1"));
        });
    }

    #[test]
    fn a_click_finds_the_cell() {
        with(3, |table| {
            let area = Rect::new(0, 0, 28, 5);
            let state = TableState::default();
            assert_eq!(table.places(area, &state).hit(15, 0), Some(Hit::Header { column: 1 }));
            assert_eq!(table.places(area, &state).hit(3, 2), Some(Hit::Cell { row: 1, column: 0 }));
            assert_eq!(table.places(area, &state).hit(3, 4), None);
            assert_eq!(table.places(area, &state).hit(40, 1), None);
        });
    }

    #[test]
    fn hostile_cells_keep_their_columns() {
        let columns = columns();
        for raw in hostile() {
            let name = SafeText::name(&raw);
            let item = |_: usize, _: usize| Item::new(&name, Role::Text);
            let table =
                Table { columns: &columns, pinned: 1, rows: 3, by_cell: false, focused: true, item: &item, marked: &|_| true };
            for width in [0, 1, 3, 9, 30] {
                let buffer = drawn(width, 4, |canvas, area| _ = table.draw(canvas, area, &mut TableState::default()));
                assert_whole(&buffer, &raw);
            }
        }
    }
}
