//! Small screens to look at in tests.

use ratatui::buffer::{Buffer, CellWidth};
use ratatui::layout::Rect;

use crate::tui::draw::{Canvas, Glyphs, Look};
use crate::tui::theme::{Role, Theme};

/// The dark theme with every sign.
pub(crate) fn look() -> Look {
    Look { theme: Theme::shipped("dark").expect("it is shipped"), glyphs: Glyphs::Unicode }
}

/// What `paint` draws on a screen of that size.
pub(crate) fn drawn(width: u16, height: u16, paint: impl FnOnce(&mut Canvas<'_>, Rect)) -> Buffer {
    drawn_as(&look(), width, height, paint)
}

/// The same with a look.
pub(crate) fn drawn_as(look: &Look, width: u16, height: u16, paint: impl FnOnce(&mut Canvas<'_>, Rect)) -> Buffer {
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    paint(&mut Canvas::new(&mut buffer, look), area);
    buffer
}

/// The rows of a buffer as a terminal shows them: what a wide sign covers is left out.
pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let row = |y| {
        let mut text = String::new();
        let mut x = area.left();
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += symbol.cell_width().max(1);
        }
        text
    };
    (area.top()..area.bottom()).map(row).collect()
}

/// Where a row shows a role: `^` under each of its cells.
pub(crate) fn marks(buffer: &Buffer, y: u16, role: Role) -> String {
    let wanted = look().theme.style(role);
    let shows = |x| {
        let cell = &buffer[(x, y)];
        wanted.fg.is_none_or(|fg| cell.fg == fg)
            && wanted.bg.is_none_or(|bg| cell.bg == bg)
            && cell.modifier.contains(wanted.add_modifier)
    };
    let area = buffer.area;
    let row: String = (area.left()..area.right()).map(|x| if shows(x) { '^' } else { ' ' }).collect();
    row.trim_end().to_owned()
}

/// Text that tries to break out of its place.
pub(crate) fn hostile() -> Vec<String> {
    vec![
        "\x1b[31mred\x1b]0;title\x07\x1b]52;c;aGk=\x07".to_owned(),
        "\x1bP\x1b\\ \x1b_x\x1b^y\x1bXz \u{9b}6n \x1bc".to_owned(),
        "\u{202e}desrever\u{202c} \u{2066}isolated".to_owned(),
        format!("e{}", "\u{301}".repeat(200)),
        "❤\u{fe0f} 👩\u{200d}💻 👍🏽 🏴\u{e0067}\u{e0062}".to_owned(),
        "陳怡君 ｶﾞ 각 각".to_owned(),
        "آرمان رضایی שלום".to_owned(),
        "a\tb\r\nc\u{0}d".to_owned(),
        "│─┼ ▌".to_owned(),
        "x".repeat(3_000),
        String::new(),
    ]
}

/// No cell holds what a terminal would obey, and every row is as wide as the screen, however it is counted.
pub(crate) fn assert_whole(buffer: &Buffer, what: &str) {
    for (y, row) in rows(buffer).iter().enumerate() {
        let columns: u16 =
            unicode_segmentation::UnicodeSegmentation::graphemes(row.as_str(), true).map(CellWidth::cell_width).sum();
        assert_eq!(columns, buffer.area.width, "row {y} of {what:?}: {row:?}");
        let bad = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fe0f}');
        assert!(!row.contains(bad), "row {y} of {what:?}: {row:?}");
    }
}
