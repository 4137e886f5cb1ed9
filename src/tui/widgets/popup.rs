//! Frames: the box that lies over a screen, and the pane that is part of it.

use ratatui::layout::Rect;

use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// A box in the middle of the screen.
pub struct Popup<'a> {
    /// What it is.
    pub title: Words<'a>,
    /// A line in its lower edge: what its keys do.
    pub foot: Words<'a>,
    /// Columns and rows that its content would like; it gets what there is.
    pub size: (u16, u16),
}

impl Popup<'_> {
    /// Draws the empty box in the middle of `area` and returns the room inside.
    pub fn draw(&self, canvas: &mut Canvas<'_>, area: Rect) -> Rect {
        let width = self.size.0.saturating_add(4).min(area.width);
        let height = self.size.1.saturating_add(2).min(area.height);
        let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
        let outer = Rect { x, y, width, height };
        canvas.clear(outer, Role::Popup);
        frame(canvas, outer, &self.title, Role::BorderFocused, Role::Title);
        if height > 1 && width > 4 {
            let room = width - 4;
            let used = self.foot.width().min(room);
            canvas.text(outer.right() - 2 - used, outer.bottom() - 1, used, &self.foot, Role::Muted);
        }
        let inside = Rect { x: outer.x + 2, y: outer.y + 1, width: width.saturating_sub(4), height: height.saturating_sub(2) };
        inside.intersection(outer)
    }
}

/// From this width on a pane has a blank column at both sides.
pub const ROOMY: u16 = 46;

/// Draws the frame of a pane and returns the room inside; `focused` says whether keys go there.
pub fn pane<'w>(canvas: &mut Canvas<'_>, area: Rect, title: impl Into<Words<'w>>, focused: bool) -> Rect {
    let (border, head) = if focused { (Role::BorderFocused, Role::Title) } else { (Role::Border, Role::Muted) };
    frame(canvas, area, &title.into(), border, head);
    // Words breathe where there is room for it.
    let pad = if area.width >= ROOMY { 2 } else { 1 };
    let (width, height) = (area.width.saturating_sub(2 * pad), area.height.saturating_sub(2));
    let inside = Rect { x: area.x + pad, y: area.y + 1, width, height };
    inside.intersection(area)
}

/// A focused frame is told by heavy lines as well as by its colour.
fn frame(canvas: &mut Canvas<'_>, area: Rect, title: &Words<'_>, border: Role, head: Role) {
    if area.width < 2 || area.height < 2 {
        return;
    }
    let heavy = border == Role::BorderFocused;
    let [flat, up, nw, ne, sw, se] = match (canvas.glyphs().pick(true, false), heavy) {
        (true, true) => ["━", "┃", "┏", "┓", "┗", "┛"],
        (true, false) => ["─", "│", "┌", "┐", "└", "┘"],
        (false, true) => ["=", "|", "+", "+", "+", "+"],
        (false, false) => ["-", "|", "+", "+", "+", "+"],
    };
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x + 1..right {
        canvas.glyph(x, area.y, flat, border);
        canvas.glyph(x, bottom, flat, border);
    }
    for y in area.y + 1..bottom {
        canvas.glyph(area.x, y, up, border);
        canvas.glyph(right, y, up, border);
    }
    for (x, y, corner) in [(area.x, area.y, nw), (right, area.y, ne), (area.x, bottom, sw), (right, bottom, se)] {
        canvas.glyph(x, y, corner, border);
    }
    if !title.is_empty() && area.width > 6 {
        let used = canvas.text(area.x + 2, area.y, 1, " ", head);
        let used = used + canvas.text(area.x + 2 + used, area.y, area.width - 6, title, head);
        canvas.text(area.x + 2 + used, area.y, 1, " ", head);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::SafeText;
    use crate::tui::widgets::testing::{assert_whole, drawn, hostile, rows};

    #[test]
    fn a_popup_stands_in_the_middle_and_gives_its_room() {
        let mut inside = Rect::ZERO;
        let buffer = drawn(16, 5, |canvas, area| {
            inside = Popup { title: "Keys".into(), foot: "esc".into(), size: (8, 1) }.draw(canvas, area);
        });
        assert_eq!(inside, Rect::new(4, 2, 8, 1));
        assert_eq!(
            rows(&buffer),
            ["                ", "  ┏━ Keys ━━━┓  ", "  ┃          ┃  ", "  ┗━━━━━━esc━┛  ", "                "]
        );
    }

    #[test]
    fn frames_fit_into_any_room() {
        for width in 0..8 {
            for height in 0..5 {
                drawn(8, 5, |canvas, _| {
                    let area = Rect::new(0, 0, width, height);
                    let popup = Popup { title: "Title".into(), foot: "foot".into(), size: (40, 40) };
                    let inside = popup.draw(canvas, area);
                    assert_eq!(inside.intersection(area), inside);
                    pane(canvas, area, "Title", false);
                });
            }
        }
    }

    #[test]
    fn hostile_titles_keep_the_frame() {
        for raw in hostile() {
            let title = SafeText::name(&raw);
            let buffer = drawn(30, 3, |canvas, area| {
                pane(canvas, area, &title, true);
            });
            assert_whole(&buffer, &raw);
            assert!(rows(&buffer).iter().all(|row| row.ends_with(['┓', '┃', '┛'])), "{raw:?}");
        }
    }
}
