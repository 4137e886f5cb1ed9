//! What changed between two frames, as the bytes that make a terminal show it.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

/// So many changed cells are few: what is written for them is looked at twice.
const FEW: usize = 96;

/// Appends to `out` what turns `before` into `after`; both have one size. Nothing is appended where nothing changed.
pub(super) fn changes(before: &Buffer, after: &Buffer, out: &mut String) {
    let cells = changed(before, after);
    let (start, width) = (out.len(), after.area.width);
    write_all(&cells, width, out);
    // A row of words costs least from left to right; a mark that wandered over several rows costs less look by look.
    let is_narrow = |(x, y, cell): &Change<'_>| cell.symbol().cell_width() == 1 && before[(*x, *y)].symbol().cell_width() == 1;
    if cells.len() <= FEW && cells.iter().all(is_narrow) {
        let mut by_look = String::new();
        write_all(&look_by_look(&cells), width, &mut by_look);
        if by_look.len() < out.len() - start {
            out.truncate(start);
            out.push_str(&by_look);
        }
    }
}

/// A cell that is another now: its column, its row, what it shows.
type Change<'b> = (u16, u16, &'b Cell);

/// The cells that are others now, row by row. Most frames change a row or two, and whole rows are compared quickly.
fn changed<'b>(before: &Buffer, after: &'b Buffer) -> Vec<Change<'b>> {
    let width = usize::from(after.area.width).max(1);
    let rows = before.content.chunks(width).zip(after.content.chunks(width)).zip(after.area.y..);
    let mut cells = Vec::new();
    for ((old, new), y) in rows.filter(|((old, new), _)| old != new) {
        let area = Rect { y, height: 1, ..after.area };
        let row = |content: &[Cell]| Buffer { area, content: content.to_vec() };
        cells.extend(row(old).diff_iter(&row(new)).map(|(x, y, _)| (x, y, &after[(x, y)])));
    }
    cells
}

/// The same cells, those that look alike together; each look where it comes first.
fn look_by_look<'b>(cells: &[Change<'b>]) -> Vec<Change<'b>> {
    let mut looks: Vec<Look> = Vec::new();
    let place = |(_, _, cell): &Change<'b>| {
        let look = Look::of(cell);
        looks.iter().position(|known| *known == look).unwrap_or_else(|| {
            looks.push(look);
            looks.len() - 1
        })
    };
    let places: Vec<usize> = cells.iter().map(place).collect();
    let mut order: Vec<usize> = (0..cells.len()).collect();
    order.sort_by_key(|at| places[*at]);
    order.into_iter().map(|at| cells[at]).collect()
}

fn write_all(cells: &[Change<'_>], width: u16, out: &mut String) {
    let mut pen = Pen { width, ..Pen::default() };
    for (x, y, cell) in cells {
        pen.go(*x, *y, out);
        pen.dress(cell, out);
        out.push_str(cell.symbol());
        pen.advance(cell);
    }
    if pen.style != Look::default() {
        out.push_str("\x1b[m");
    }
}

/// Where the terminal's cursor is while a frame is written, and how it writes.
#[derive(Default)]
struct Pen {
    at: Option<(u16, u16)>,
    /// Whether the terminal surely agrees about the column.
    sure: bool,
    style: Look,
    /// Columns of the terminal.
    width: u16,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Default for Look {
    fn default() -> Self {
        Look { fg: Color::Reset, bg: Color::Reset, modifier: Modifier::empty() }
    }
}

impl Look {
    fn of(cell: &Cell) -> Self {
        Look { fg: cell.fg, bg: cell.bg, modifier: cell.modifier }
    }
}

impl Pen {
    /// Moves to a cell with the shortest move that cannot go wrong.
    fn go(&mut self, x: u16, y: u16, out: &mut String) {
        // Writing to a String cannot fail.
        let _ = match self.at {
            Some((column, row)) if row == y && column == x && self.sure => Ok(()),
            Some((column, row)) if row == y && self.sure && x == column + 1 => write!(out, "\x1b[C"),
            Some((column, row)) if row == y && self.sure && x > column => write!(out, "\x1b[{}C", x - column),
            Some((_, row)) if row == y => write!(out, "\x1b[{}G", x + 1),
            // Behind the last column nobody knows where the cursor is.
            Some((column, row)) if self.sure && column < self.width && row.abs_diff(y) == 1 && column.abs_diff(x) <= 1 => {
                let across = ["\x1b[D", "", "\x1b[C"][usize::from(x + 1 - column)];
                write!(out, "{}{across}", if y > row { "\x1b[B" } else { "\x1b[A" })
            }
            _ => write!(out, "\x1b[{};{}H", y + 1, x + 1),
        };
        self.at = Some((x, y));
    }

    /// Writes what changes the style to that of `cell`.
    fn dress(&mut self, cell: &Cell, out: &mut String) {
        let mut wanted = Look::of(cell);
        // Nobody sees the letters' colour where there is no letter.
        if cell.symbol() == " " && !(wanted.modifier | self.style.modifier).intersects(SEEN_ON_BLANK) {
            wanted = Look { bg: cell.bg, ..self.style };
        }
        if wanted == self.style {
            return;
        }
        let mut codes = Codes { out, first: true };
        let off = self.style.modifier - wanted.modifier;
        for (modifiers, code) in OFF {
            if off.intersects(modifiers) {
                codes.add(format_args!("{code}"));
                self.style.modifier.remove(modifiers);
            }
        }
        for (modifier, code) in MODIFIERS {
            if (wanted.modifier - self.style.modifier).contains(modifier) {
                codes.add(format_args!("{code}"));
            }
        }
        if wanted.fg != self.style.fg {
            codes.colour(wanted.fg, 30);
        }
        if wanted.bg != self.style.bg {
            codes.colour(wanted.bg, 40);
        }
        codes.end();
        self.style = wanted;
    }

    /// Where the cursor stands after `cell` was written.
    fn advance(&mut self, cell: &Cell) {
        let Some((x, y)) = self.at else { return };
        self.at = Some((x + cell.symbol().cell_width().max(1), y));
        self.sure = is_one_column_everywhere(cell.symbol());
    }
}

/// Terminals disagree about the width of much; about this they do not.
fn is_one_column_everywhere(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    let (Some(c), None) = (chars.next(), chars.next()) else { return false };
    matches!(c, ' '..='~' | '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}')
}

const MODIFIERS: [(Modifier, u8); 8] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

/// What switches them off again; bold and dim go together.
const OFF: [(Modifier, u8); 7] = [
    (Modifier::BOLD.union(Modifier::DIM), 22),
    (Modifier::ITALIC, 23),
    (Modifier::UNDERLINED, 24),
    (Modifier::SLOW_BLINK.union(Modifier::RAPID_BLINK), 25),
    (Modifier::REVERSED, 27),
    (Modifier::HIDDEN, 28),
    (Modifier::CROSSED_OUT, 29),
];

const SEEN_ON_BLANK: Modifier = Modifier::UNDERLINED.union(Modifier::REVERSED).union(Modifier::CROSSED_OUT);

/// One escape sequence for all that changes.
struct Codes<'o> {
    out: &'o mut String,
    first: bool,
}

impl Codes<'_> {
    fn add(&mut self, code: std::fmt::Arguments<'_>) {
        self.out.push_str(if self.first { "\x1b[" } else { ";" });
        self.first = false;
        let _ = self.out.write_fmt(code);
    }

    /// `ground` is 30 for letters, 40 for what is behind them.
    fn colour(&mut self, colour: Color, ground: u8) {
        let sixteen = |n: u8| if n < 8 { ground + n } else { ground + 52 + n };
        let code = match colour {
            Color::Reset => ground + 9,
            Color::Rgb(r, g, b) => return self.add(format_args!("{};2;{r};{g};{b}", ground + 8)),
            Color::Indexed(n) => return self.add(format_args!("{};5;{n}", ground + 8)),
            Color::Black => sixteen(0),
            Color::Red => sixteen(1),
            Color::Green => sixteen(2),
            Color::Yellow => sixteen(3),
            Color::Blue => sixteen(4),
            Color::Magenta => sixteen(5),
            Color::Cyan => sixteen(6),
            Color::Gray => sixteen(7),
            Color::DarkGray => sixteen(8),
            Color::LightRed => sixteen(9),
            Color::LightGreen => sixteen(10),
            Color::LightYellow => sixteen(11),
            Color::LightBlue => sixteen(12),
            Color::LightMagenta => sixteen(13),
            Color::LightCyan => sixteen(14),
            Color::White => sixteen(15),
        };
        self.add(format_args!("{code}"));
    }

    fn end(self) {
        if !self.first {
            self.out.push('m');
        }
    }
}
