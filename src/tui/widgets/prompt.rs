//! A field to write in, of one line or several: every letter types, only Esc, Enter and Ctrl keys act.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Widget;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use crate::text::{self, SafeText};
use crate::tui::draw::Canvas;
use crate::tui::keymap::{Code, Key};
use crate::tui::theme::Role;

/// What a key did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PromptDid {
    /// Nothing that concerns the field.
    Nothing,
    /// The cursor moved.
    Moved,
    /// The text is another.
    Changed,
    /// Enter: the text is as it should be.
    Done,
    /// Esc: leave.
    Cancelled,
}

/// A text in the making. What is typed, pasted or restored into it is clean, so it can be drawn.
pub struct Prompt {
    area: TextArea<'static>,
    several_lines: bool,
    /// Whether what stands there goes with the first thing that is typed.
    gives_way: bool,
}

impl Prompt {
    /// A field of one line that begins with `text`.
    pub fn line(text: &SafeText) -> Self {
        Prompt::with(text, false)
    }

    /// A field of several lines that begins with `text`. Enter ends it, Ctrl-J begins a line.
    pub fn block(text: &SafeText) -> Self {
        Prompt::with(text, true)
    }

    fn with(text: &SafeText, several_lines: bool) -> Self {
        let mut area = TextArea::new(lines(text, several_lines));
        area.set_wrap_mode(if several_lines { WrapMode::WordOrGlyph } else { WrapMode::None });
        // The terminal's own cursor marks the place: input methods and screen readers follow it.
        area.set_cursor_style(Style::new());
        area.set_cursor_line_style(Style::new());
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Prompt { area, several_lines, gives_way: false }
    }

    /// A field whose text is of last time: the first thing that is typed takes its place, and whoever moves the cursor keeps it.
    pub fn gives_way(mut self) -> Self {
        self.gives_way = !self.is_empty();
        self
    }

    /// What is written, lines joined by line breaks; as it was typed, for the journal.
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Rows that it takes in so many columns; one where it has one line.
    pub fn rows(&self, columns: u16) -> u16 {
        let columns = usize::from(columns.max(1));
        // A word that does not fit begins the next row: a row is counted as filled to three quarters.
        let rows = |line: &String| (text::width(line) * 4).div_ceil(columns * 3).max(1);
        let all = if self.several_lines { self.area.lines().iter().map(rows).sum() } else { 1 };
        all.min(usize::from(u16::MAX)) as u16
    }

    /// Forgets everything that is written.
    pub fn clear(&mut self) {
        self.area.clear();
    }

    /// Takes a key.
    pub fn press(&mut self, key: Key) -> PromptDid {
        let gives_way = std::mem::take(&mut self.gives_way);
        if let Some(c) = key.typed() {
            if gives_way {
                self.clear();
            }
            return self.type_char(c);
        }
        match (key.code, key.ctrl) {
            (Code::Esc, _) => PromptDid::Cancelled,
            (Code::Enter, false) => PromptDid::Done,
            (Code::Char('j') | Code::Enter, true) if self.several_lines => {
                self.area.insert_newline();
                PromptDid::Changed
            }
            (Code::Backspace, false) | (Code::Char('h'), true) => changed(self.area.delete_char()),
            (Code::Delete, _) | (Code::Char('d'), true) => changed(self.area.delete_next_char()),
            (Code::Backspace, true) | (Code::Char('w'), true) => changed(self.area.delete_word()),
            (Code::Char('u'), true) => changed(self.area.delete_line_by_head()),
            (Code::Char('k'), true) => changed(self.area.delete_line_by_end()),
            _ => self.movement(key).map_or(PromptDid::Nothing, |to| {
                self.area.move_cursor(to);
                PromptDid::Moved
            }),
        }
    }

    fn movement(&self, key: Key) -> Option<CursorMove> {
        Some(match (key.code, key.ctrl) {
            (Code::Left, false) | (Code::Char('b'), true) => CursorMove::Back,
            (Code::Right, false) | (Code::Char('f'), true) => CursorMove::Forward,
            (Code::Left, true) => CursorMove::WordBack,
            (Code::Right, true) => CursorMove::WordForward,
            (Code::Home, _) | (Code::Char('a'), true) => CursorMove::Head,
            (Code::End, _) | (Code::Char('e'), true) => CursorMove::End,
            (Code::Up, false) if self.several_lines => CursorMove::Up,
            (Code::Down, false) if self.several_lines => CursorMove::Down,
            _ => return None,
        })
    }

    /// Takes pasted text; a field of one line takes it as one.
    pub fn paste(&mut self, text: &SafeText) -> PromptDid {
        if std::mem::take(&mut self.gives_way) {
            self.clear();
        }
        changed(self.area.insert_str(lines(text, self.several_lines).join("\n")))
    }

    fn type_char(&mut self, c: char) -> PromptDid {
        // The joiners shape Arabic and Indic words while they are typed; alone they would count as hidden.
        let joins = matches!(c, '\u{200c}' | '\u{200d}');
        let clean = SafeText::line(c.encode_utf8(&mut [0; 4]));
        if !joins && clean.marks().any() {
            return PromptDid::Nothing;
        }
        self.area.insert_char(if joins { c } else { clean.as_str().chars().next().unwrap_or(c) });
        PromptDid::Changed
    }

    /// Draws it over `area` and puts the terminal's cursor where one writes.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) {
        let area = area.intersection(canvas.area());
        if area.is_empty() {
            return;
        }
        canvas.clear(area, Role::Field);
        (&self.area).render(area, canvas.buffer());
        let at = self.area.screen_cursor();
        let (top, left) = self.area.scroll_offset();
        let x = (at.col as u16).saturating_sub(left).min(area.width - 1);
        let y = (at.row as u16).saturating_sub(top).min(area.height - 1);
        canvas.set_cursor(area.x + x, area.y + y);
    }
}

fn changed(did: bool) -> PromptDid {
    if did { PromptDid::Changed } else { PromptDid::Nothing }
}

fn lines(text: &SafeText, several: bool) -> Vec<String> {
    match several {
        true => text.as_str().split('\n').map(str::to_owned).collect(),
        false => vec![text.as_str().replace('\n', " ")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};
    use ratatui::layout::Position;

    fn press(prompt: &mut Prompt, keys: &str) -> PromptDid {
        let mut did = PromptDid::Nothing;
        for key in keys.split(' ') {
            did = prompt.press(key.parse().expect("a key"));
        }
        did
    }

    #[test]
    fn letters_type_and_enter_and_esc_end() {
        let mut prompt = Prompt::line(&SafeText::default());
        assert_eq!(press(&mut prompt, "q 4 space ? :"), PromptDid::Changed);
        assert_eq!(prompt.text(), "q4 ?:");
        assert_eq!(press(&mut prompt, "up"), PromptDid::Nothing);
        assert_eq!(press(&mut prompt, "ctrl-j"), PromptDid::Nothing, "one line stays one line");
        assert_eq!(press(&mut prompt, "enter"), PromptDid::Done);
        assert_eq!(press(&mut prompt, "esc"), PromptDid::Cancelled);
        assert_eq!(press(&mut prompt, "ctrl-u"), PromptDid::Changed);
        assert!(prompt.is_empty());
    }

    #[test]
    fn a_long_paste_is_kept_whole_and_asks_for_the_rows_that_it_needs() {
        let mut prompt = Prompt::block(&SafeText::default());
        let long = "a sentence of some words. ".repeat(200);
        assert_eq!(prompt.paste(&SafeText::block(&long)), PromptDid::Changed);
        assert_eq!((prompt.text(), prompt.rows(60) > 80), (long.clone(), true));
        let mut line = Prompt::line(&SafeText::default());
        line.paste(&SafeText::block("one\ntwo"));
        assert_eq!((line.text().as_str(), line.rows(3)), ("one two", 1));
    }

    #[test]
    fn a_block_has_lines_and_begins_at_its_end() {
        let mut prompt = Prompt::block(&SafeText::block("one\ntwo"));
        press(&mut prompt, "! ctrl-j x");
        assert_eq!(prompt.text(), "one\ntwo!\nx");
        press(&mut prompt, "up up home y");
        assert_eq!(prompt.text(), "yone\ntwo!\nx");
    }

    #[test]
    fn the_terminals_cursor_stands_where_one_writes() {
        let prompt = Prompt::line(&SafeText::line("陳ab"));
        let mut cursor = None;
        let buffer = drawn(10, 1, |canvas, area| {
            prompt.draw(canvas, area);
            cursor = canvas.cursor();
        });
        assert_eq!((rows(&buffer), cursor), (vec!["陳ab      ".to_owned()], Some(Position { x: 4, y: 0 })));
    }

    #[test]
    fn long_text_scrolls_with_the_cursor_inside() {
        let prompt = Prompt::line(&SafeText::line(&"abcdefghij".repeat(5)));
        let mut cursor = None;
        drawn(10, 1, |canvas, area| {
            prompt.draw(canvas, area);
            cursor = canvas.cursor();
        });
        assert_eq!(cursor, Some(Position { x: 9, y: 0 }));
    }

    #[test]
    fn what_is_pasted_or_typed_cannot_break_out() {
        for raw in hostile() {
            for mut prompt in [Prompt::line(&SafeText::line(&raw)), Prompt::block(&SafeText::block(&raw))] {
                prompt.paste(&SafeText::block(&raw));
                raw.chars().for_each(|c| _ = prompt.press(Key::char(c)));
                let buffer = drawn(20, 4, |canvas, area| prompt.draw(canvas, area));
                assert_whole(&buffer, &raw);
            }
        }
    }
}
