//! What a screen looks like as text, and that it is whole.

use earmark::tui::{Glyphs, Look, Theme};
use ratatui::buffer::{Buffer, CellWidth};
use unicode_segmentation::UnicodeSegmentation as _;

pub(crate) fn look(theme: &str, glyphs: Glyphs) -> Look {
    Look { theme: Theme::shipped(theme).expect("it is shipped"), glyphs }
}

/// The rows as a terminal shows them: what a wide sign covers is left out.
pub(crate) fn rows(buffer: &Buffer) -> Vec<String> {
    let area = buffer.area;
    let row = |y| {
        let (mut text, mut x) = (String::new(), area.left());
        while x < area.right() {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += symbol.cell_width().max(1);
        }
        text
    };
    (area.top()..area.bottom()).map(row).collect()
}

/// No cell holds what a terminal would obey, and every row is as wide as the screen.
pub(crate) fn assert_whole(buffer: &Buffer) {
    for (y, row) in rows(buffer).iter().enumerate() {
        let columns: u16 = row.graphemes(true).map(CellWidth::cell_width).sum();
        assert_eq!(columns, buffer.area.width, "row {y}: {row:?}");
        let bad = |c: char| {
            c.is_control()
                || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        };
        assert!(!row.contains(bad), "row {y}: {row:?}");
    }
}
