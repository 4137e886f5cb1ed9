//! Text to read at length: the rubric, the help, what a figure means.

use ratatui::layout::Rect;

use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// A paragraph.
pub struct Paragraph<'a> {
    /// Columns that it is set in.
    pub indent: u16,
    /// What stands before its first line, within the indent: a key, a point of the scale.
    pub mark: Words<'a>,
    /// What it says.
    pub words: Words<'a>,
    /// What it means; the mark is always a [`Role::Key`].
    pub role: Role,
}

impl<'a> Paragraph<'a> {
    /// A paragraph at the left edge.
    pub fn new(words: impl Into<Words<'a>>, role: Role) -> Self {
        Paragraph { indent: 0, mark: Words::default(), words: words.into(), role }
    }

    /// The same, set in, with a mark before it.
    pub fn marked(mut self, indent: u16, mark: impl Into<Words<'a>>) -> Self {
        (self.indent, self.mark) = (indent, mark.into());
        self
    }
}

/// Paragraphs broken into lines for one width; made once per width, kept by the caller.
#[derive(Clone, Debug, Default)]
pub struct Page {
    width: u16,
    lines: Vec<Line>,
}

#[derive(Clone, Debug)]
struct Line {
    indent: u16,
    mark: Words<'static>,
    words: Words<'static>,
    role: Role,
}

impl Page {
    /// Breaks `paragraphs` into lines of `width` columns.
    pub fn of(paragraphs: &[Paragraph<'_>], width: u16) -> Self {
        let mut lines = Vec::new();
        for paragraph in paragraphs {
            let indent = paragraph.indent.min(width.saturating_sub(1));
            for (at, words) in paragraph.words.wrapped(width - indent).into_iter().enumerate() {
                let mark = if at == 0 { paragraph.mark.clone().into_owned() } else { Words::default() };
                lines.push(Line { indent, mark, words: words.into_owned(), role: paragraph.role });
            }
        }
        Page { width, lines }
    }

    /// The width that it was made for.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// How many lines there are.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Draws the lines from `top` on over `area`.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect, top: usize) {
        for (row, line) in (0..area.height).zip(self.lines.iter().skip(top)) {
            let y = area.y + row;
            let indent = line.indent.min(area.width);
            canvas.text(area.x, y, indent.saturating_sub(1), &line.mark, Role::Key);
            canvas.text(area.x + indent, y, area.width - indent, &line.words, line.role);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};

    #[test]
    fn paragraphs_are_broken_and_set_in() {
        let anchor = Paragraph::new("Rules out alternatives", Role::Text).marked(3, "4");
        let page = Page::of(&[Paragraph::new("Diagnosis", Role::Title), anchor], 15);
        assert_eq!(page.lines(), 3);
        let shot = |top| rows(&drawn(15, 2, |canvas, area| page.draw(canvas, area, top)));
        assert_eq!(shot(0), ["Diagnosis      ", "4  Rules out   "]);
        assert_eq!(shot(2), ["   alternatives", "               "]);
    }

    #[test]
    fn hostile_text_keeps_its_lines() {
        for raw in hostile() {
            let text = SafeText::block(&raw);
            for width in [1, 5, 30] {
                let page = Page::of(&[Paragraph::new(&text, Role::Text).marked(4, &text)], width);
                assert_whole(&drawn(width, 6, |canvas, area| page.draw(canvas, area, 0)), &raw);
            }
        }
    }
}
