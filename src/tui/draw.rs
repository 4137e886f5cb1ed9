//! The canvas on which screens and widgets draw: words and glyphs with a role, into a buffer.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::theme::{Role, Theme};
use super::words::Words;
use crate::text::{self, VEILED};

/// Which signs may be drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Glyphs {
    /// Blocks, lines and marks.
    #[default]
    Unicode,
    /// Seven bits, for terminals and fonts without them.
    Ascii,
}

impl Glyphs {
    /// The first where any sign may be drawn, the second where only seven bits may.
    pub fn pick<T>(self, unicode: T, ascii: T) -> T {
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }
}

/// How everything looks at present.
#[derive(Clone, Debug)]
pub struct Look {
    /// The colours.
    pub theme: Theme,
    /// The signs.
    pub glyphs: Glyphs,
}

/// One frame in the making.
pub struct Canvas<'a> {
    buffer: &'a mut Buffer,
    look: &'a Look,
    cursor: Option<Position>,
}

impl<'a> Canvas<'a> {
    /// A canvas over all of `buffer`, painted as the theme's base.
    pub fn new(buffer: &'a mut Buffer, look: &'a Look) -> Self {
        let area = buffer.area;
        buffer.set_style(area, look.theme.style(Role::Base));
        Canvas { buffer, look, cursor: None }
    }

    /// All that can be drawn on.
    pub fn area(&self) -> Rect {
        self.buffer.area
    }

    /// The signs that may be drawn.
    pub fn glyphs(&self) -> Glyphs {
        self.look.glyphs
    }

    /// How a role looks.
    pub fn style(&self, role: Role) -> Style {
        self.look.theme.style(role)
    }

    /// Draws one line of `words` in at most `width` columns from `(x, y)`, cut with an ellipsis; returns the columns used.
    ///
    /// The role is laid over what is there: one without a background keeps that of the row.
    pub fn text<'w>(&mut self, x: u16, y: u16, width: u16, words: impl Into<Words<'w>>, role: Role) -> u16 {
        let words = words.into();
        let shown = one_line(words.as_str());
        let shown = match shown.len() <= usize::from(width) && shown.is_ascii() {
            true => shown,
            false => match text::fit(&shown, usize::from(width)) {
                Cow::Borrowed(whole) if whole.len() == shown.len() => shown,
                fitting => Cow::Owned(fitting.into_owned()),
            },
        };
        let shown = match self.look.glyphs {
            Glyphs::Ascii if !shown.is_ascii() => Cow::Owned(shown.chars().map(plain).collect()),
            _ => shown,
        };
        self.put(x, y, width, &shown, self.style(role))
    }

    /// The same, flush right in `width` columns.
    pub fn text_right<'w>(&mut self, x: u16, y: u16, width: u16, words: impl Into<Words<'w>>, role: Role) -> u16 {
        let words = words.into();
        let skip = width.saturating_sub(words.width());
        self.text(x + skip, y, width - skip, words, role)
    }

    /// The same, in the middle of `width` columns.
    pub fn text_centred<'w>(&mut self, x: u16, y: u16, width: u16, words: impl Into<Words<'w>>, role: Role) -> u16 {
        let words = words.into();
        let skip = width.saturating_sub(words.width()) / 2;
        self.text(x + skip, y, width - skip, words, role)
    }

    /// Draws one after the other on one line, at most `width` columns in all; returns the columns used.
    pub fn line<'w>(&mut self, x: u16, y: u16, width: u16, parts: impl IntoIterator<Item = (Words<'w>, Role)>) -> u16 {
        let mut used = 0;
        for (words, role) in parts {
            if used >= width {
                break;
            }
            used += self.text(x + used, y, width - used, words, role);
        }
        used
    }

    /// Draws `words` broken into lines over `area`, with an ellipsis where they do not all fit; returns the rows used.
    pub fn paragraph<'w>(&mut self, area: Rect, words: impl Into<Words<'w>>, role: Role) -> u16 {
        let words = words.into();
        let lines = words.wrapped(area.width);
        let cut = lines.len() > usize::from(area.height);
        let mut rows = 0;
        for line in lines.into_iter().take(usize::from(area.height)) {
            rows += 1;
            let y = area.y + rows - 1;
            if cut && rows == area.height {
                // The ellipsis takes its column from the words where they fill the line.
                let used = self.text(area.x, y, area.width.saturating_sub(1), line, role);
                let filled = used > 0 && self.buffer.cell((area.x + used - 1, y)).is_some_and(|cell| cell.symbol() == "…");
                if !filled {
                    self.text(area.x + used, y, 1, "…", role);
                }
            } else {
                self.text(area.x, y, area.width, line, role);
            }
        }
        rows
    }

    /// Draws one sign of the program's own, one column wide.
    pub fn glyph(&mut self, x: u16, y: u16, glyph: &'static str, role: Role) {
        let style = self.style(role);
        if let Some(cell) = self.buffer.cell_mut((x, y)) {
            cell.set_symbol(glyph).set_style(style);
        }
    }

    /// Lays a role over an area; what is written there stays.
    pub fn paint(&mut self, area: Rect, role: Role) {
        let style = self.style(role);
        self.buffer.set_style(area, style);
    }

    /// Empties an area and lays a role over it.
    pub fn clear(&mut self, area: Rect, role: Role) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            self.mend_left_edge(area.x, y);
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
        let base = self.style(Role::Base).patch(self.style(role));
        self.buffer.set_style(area, base);
    }

    /// A wide grapheme that reaches into an area would swallow its first column: it goes.
    fn mend_left_edge(&mut self, x: u16, y: u16) {
        let Some(before) = x.checked_sub(1) else { return };
        if let Some(cell) = self.buffer.cell_mut((before, y))
            && cell.symbol().cell_width() > 1
        {
            cell.set_symbol(" ");
        }
    }

    /// Where the terminal's own cursor stands after this frame: an insertion point, or the row that a screen reader follows.
    pub fn set_cursor(&mut self, x: u16, y: u16) {
        self.cursor = Some(Position { x, y });
    }

    /// Where it was set to stand; hidden where nothing set it.
    pub fn cursor(&self) -> Option<Position> {
        self.cursor
    }

    /// The buffer itself, for a foreign widget whose text was cleaned before.
    pub(in crate::tui) fn buffer(&mut self) -> &mut Buffer {
        self.buffer
    }

    /// Writes safe text as it is; outside the buffer nothing happens.
    fn put(&mut self, x: u16, y: u16, width: u16, safe: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if !area.contains(Position { x, y }) {
            return 0;
        }
        if !text::is_plain(safe) {
            let (end, _) = self.buffer.set_stringn(x, y, safe, usize::from(width), style);
            if safe.contains(VEILED) {
                self.mark_veiled(x..end, y);
            }
            return end - x;
        }
        let mut used = 0;
        for (x, sign) in (x..area.right()).take(usize::from(width)).zip(safe.chars()) {
            self.buffer[(x, y)].set_char(sign).set_style(style);
            used += 1;
        }
        used
    }
}

impl Canvas<'_> {
    /// What tells that something was hidden looks like a warning wherever it stands, and is a question mark in seven bits.
    fn mark_veiled(&mut self, columns: std::ops::Range<u16>, y: u16) {
        let (style, ascii) = (self.style(Role::Warning), self.look.glyphs == Glyphs::Ascii);
        for x in columns {
            let Some(cell) = self.buffer.cell_mut((x, y)).filter(|cell| cell.symbol().starts_with(VEILED)) else { continue };
            cell.set_style(style);
            if ascii {
                cell.set_char('?');
            }
        }
    }
}

/// The program's own typography in seven bits, each sign as wide as before; other people's letters stay.
fn plain(sign: char) -> char {
    match sign {
        '…' => '.',
        '“' | '”' | '„' => '"',
        '‘' | '’' => '\'',
        '–' | '—' | '·' => '-',
        '×' => 'x',
        '←' => '<',
        '→' => '>',
        '↑' => '^',
        '↓' => 'v',
        '−' => '-',
        other => other,
    }
}

/// Line breaks as spaces: a canvas draws lines.
fn one_line(text: &str) -> Cow<'_, str> {
    match text.contains('\n') {
        true => Cow::Owned(text.replace('\n', " ")),
        false => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;
    use crate::tui::widgets::testing::{look, rows};

    #[test]
    fn text_keeps_to_its_columns_and_outside_the_screen_nothing_happens() {
        let look = look();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
        let mut canvas = Canvas::new(&mut buffer, &look);
        assert_eq!(canvas.text(0, 0, 5, "abcdefgh", Role::Text), 5);
        assert_eq!(canvas.text(7, 0, 5, "xyz", Role::Text), 1);
        assert_eq!(canvas.text(8, 0, 5, "out", Role::Text), 0);
        assert_eq!(canvas.text(0, 1, 5, "out", Role::Text), 0);
        assert_eq!(rows(&buffer), ["abcd…  x"]);
    }

    #[test]
    fn plain_signs_are_drawn_as_any_other_text_is() {
        let look = look();
        let plain: String = ('\u{2500}'..='\u{25fc}').chain("○ 3/4 ◐ “so” – × · … ~".chars()).collect();
        assert!(text::is_plain(&plain) && !text::is_plain("\u{25fd}") && !text::is_plain("e\u{301}") && !text::is_plain("\u{1b}"));
        assert_eq!(SafeText::line(&plain).as_str(), plain, "nothing in it is to be cleaned");
        let letters = plain.chars().count();
        for width in [3, 200, letters as u16, letters as u16 + 9] {
            let (mut quick, mut whole) = (Buffer::empty(Rect::new(0, 0, 150, 1)), Buffer::empty(Rect::new(0, 0, 150, 1)));
            let used = Canvas::new(&mut quick, &look).put(1, 0, width, &plain, look.theme.style(Role::Rated));
            let mut canvas = Canvas::new(&mut whole, &look);
            let style = canvas.style(Role::Rated);
            let (end, _) = canvas.buffer().set_stringn(1, 0, &plain, usize::from(width), style);
            assert_eq!((used, &quick), (end - 1, &whole), "{width}");
        }
    }

    #[test]
    fn what_was_hidden_is_marked_with_a_style_of_its_own_and_in_seven_bits() {
        let mut look = look();
        let name = SafeText::name("Ma\u{200b}ria");
        for (glyphs, wanted) in [(Glyphs::Unicode, "Maria␦ "), (Glyphs::Ascii, "Maria? ")] {
            look.glyphs = glyphs;
            let mut buffer = Buffer::empty(Rect::new(0, 0, 7, 1));
            let mut canvas = Canvas::new(&mut buffer, &look);
            assert_eq!(canvas.text(0, 0, 7, &name, Role::Text), 6);
            assert_eq!(canvas.style(Role::Warning).fg, canvas.buffer()[(5, 0)].style().fg);
            assert_ne!(canvas.buffer()[(4, 0)].style().fg, canvas.buffer()[(5, 0)].style().fg);
            assert_eq!(rows(&buffer), [wanted]);
        }
    }

    #[test]
    fn a_cleared_area_is_not_swallowed_by_a_wide_neighbour() {
        let look = look();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 1));
        let mut canvas = Canvas::new(&mut buffer, &look);
        canvas.text(0, 0, 6, &SafeText::line("陳怡君"), Role::Text);
        canvas.clear(Rect::new(3, 0, 2, 1), Role::Popup);
        canvas.text(3, 0, 2, "ab", Role::Text);
        assert_eq!(rows(&buffer), ["陳 ab "]);
    }
}
