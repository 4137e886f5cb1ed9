//! What lies over a screen: lists, text fields, things to read.

use ratatui::layout::Rect;

use crate::app::{App, Overlay, Page, Picker, Reader};
use crate::text::SafeText;
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::view::{Over, View, Widget};
use crate::tui::widgets::Popup;
use crate::tui::words::Words;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    match app.overlays.last() {
        None => {}
        Some(Overlay::Picker(picker)) => list(view, canvas, area, picker),
        Some(Overlay::Field(field)) => {
            let popup = Popup { title: (&field.title).into(), foot: (&field.hint).into(), size: (area.width * 2 / 3, 3) };
            let inside = popup.draw(canvas, area);
            if let Some(Over { widget: Widget::Field(prompt), .. }) = &view.over {
                prompt.draw(canvas, inside);
            }
        }
        Some(Overlay::Reader(reader)) => read(canvas, area, app, reader),
    }
}

fn list(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, picker: &Picker) {
    let Some(Over { widget: Widget::List(list), .. }) = &mut view.over else { return };
    let width = 72.min(area.width.saturating_sub(4));
    let lead: Vec<Words<'_>> = picker.lead.iter().map(Words::from).collect();
    let lead: Vec<Words<'_>> = lead.iter().flat_map(|line| line.wrapped(width)).collect();
    let lead_rows = lead.len();
    let rows = lead_rows + usize::from(lead_rows > 0) + picker.items.len() + 2 * usize::from(picker.filters);
    let foot = if picker.filters { "type to find, Enter does it, Esc leaves" } else { "Enter chooses, Esc leaves" };
    let size = (width, (rows as u16).min(area.height.saturating_sub(4)));
    let inside = Popup { title: (&picker.title).into(), foot: foot.into(), size }.draw(canvas, area);
    let mut y = inside.y;
    // The choices keep their rows; what leads to them is cut where it does not fit, and says so.
    let choices = picker.items.len().min(usize::from(inside.height) / 2);
    let room = usize::from(inside.height).saturating_sub(choices + 1);
    let shown = if lead_rows > room { room.saturating_sub(1) } else { lead_rows };
    for line in lead.into_iter().take(shown) {
        canvas.text(inside.x, y, inside.width, line, Role::Text);
        y += 1;
    }
    if shown < lead_rows && room > 0 {
        canvas.text(inside.x, y, inside.width, format!("and {} more lines", lead_rows - shown), Role::Warning);
        y += 1;
    }
    let y = if lead_rows > 0 { (y + 1).min(inside.bottom()) } else { y };
    list.draw(canvas, Rect { y, height: inside.bottom() - y, ..inside });
}

fn read(canvas: &mut Canvas<'_>, area: Rect, app: &App, reader: &Reader) {
    let width = 92.min(area.width.saturating_sub(6));
    let lines: Vec<SafeText> = match &reader.page {
        Page::Rubric => match app.desk.as_ref().and_then(|desk| desk.rubric.as_ref()) {
            Some(rubric) => rubric.show(usize::from(width)),
            None => Vec::new(),
        },
        Page::Text(paragraphs) => {
            let wrap = |text: &SafeText| {
                Words::from(text).wrapped(width).iter().map(|line| SafeText::line(line.as_str())).collect::<Vec<_>>()
            };
            paragraphs.iter().flat_map(wrap).collect()
        }
    };
    let height = (lines.len() as u16).min(area.height.saturating_sub(4)).max(3);
    let foot = if lines.len() > usize::from(height) { "arrows scroll, Enter goes on" } else { "Enter goes on" };
    let popup = Popup { title: (&reader.title).into(), foot: foot.into(), size: (width, height) };
    let inside = popup.draw(canvas, area);
    let top = reader.scroll.min(lines.len().saturating_sub(usize::from(inside.height)));
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(top)) {
        canvas.text(inside.x, y, inside.width, line, Role::Text);
    }
}
