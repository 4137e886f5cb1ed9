//! What lies over a screen: lists, text fields, things to read.

use ratatui::layout::Rect;

use crate::app::{App, Choice, Field, Overlay, Page, Picker, Purpose, Reader, Scrollable};
use crate::text::{SafeText, many};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::{Over, View, Widget};
use crate::tui::widgets::Popup;
use crate::tui::words::Words;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    match app.overlays.last() {
        None => {}
        Some(Overlay::Picker(picker)) => list(view, canvas, area, picker),
        Some(Overlay::Concordance(open)) => super::concordance::draw(view, canvas, area, app, open),
        Some(Overlay::Field(field)) if field.purpose == Purpose::Find => find(view, canvas, area, app, field),
        Some(Overlay::Field(field)) => {
            // As wide as what is asked, so that no question is cut.
            let words = Words::from(&field.title).width().max(Words::from(&field.hint).width()) + 4;
            let width = words.max(area.width * 2 / 3).min(area.width.saturating_sub(4));
            // A long note is seen whole while it is written, as far as there is room.
            let rows = match &view.over {
                Some(Over { widget: Widget::Field(prompt), .. }) if field.lines => {
                    prompt.rows(width).clamp(3, (area.height / 2).max(3))
                }
                _ => 1,
            };
            let size = (width, rows);
            let popup = Popup { title: (&field.title).into(), foot: (&field.hint).into(), size };
            let inside = popup.draw(canvas, area);
            if let Some(Over { widget: Widget::Field(prompt), .. }) = &view.over {
                prompt.draw(canvas, inside);
            }
        }
        Some(Overlay::Reader(reader)) => read(view, canvas, area, app, reader),
    }
}

/// What is to be found in the answers on screen is typed at the foot: what it lights stays in view.
fn find(view: &View, canvas: &mut Canvas<'_>, area: Rect, app: &App, field: &Field) {
    let foot = Rect { y: area.bottom() - 1, height: 1, ..area };
    canvas.clear(foot, Role::Footer);
    let found = match app.found_here() {
        None => String::new(),
        Some(1) => "1 place · ".to_owned(),
        Some(count) => format!("{count} places · "),
    };
    let aside = Words::from(format!(" {found}{}", field.hint));
    canvas.text_right(foot.x, foot.y, foot.width, Words::from(&aside), Role::Muted);
    let used = canvas.text(foot.x, foot.y, 2, "/", Role::Key);
    let room = foot.width.saturating_sub(used + aside.width() + 1);
    if let Some(Over { widget: Widget::Field(prompt), .. }) = &view.over {
        prompt.draw(canvas, Rect { x: foot.x + used, width: room, ..foot });
    }
}

fn list(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, picker: &Picker) {
    let Some(Over { widget: Widget::List(list), .. }) = &mut view.over else { return };
    // What actions do is read whole where there is room, with their keys behind.
    let longest = picker.items.iter().map(|item| Words::from(&item.label).width()).max().unwrap_or(0);
    let wanted = if picker.purpose == Purpose::Run && picker.filters { (longest + 20).clamp(72, 110) } else { 72 };
    let width = wanted.min(area.width.saturating_sub(4));
    let lead: Vec<Words<'_>> = picker.lead.iter().map(Words::from).collect();
    let lead: Vec<Words<'_>> = lead.iter().flat_map(|line| line.wrapped(width)).collect();
    let lead_rows = lead.len();
    let rows = lead_rows + usize::from(lead_rows > 0) + list.rows(width) + usize::from(picker.filters);
    let height = (rows as u16).min(area.height.saturating_sub(4));
    // The choices keep their rows, up to half of the box; what leads to them is turned page by page where it does not fit.
    let choices = list.rows(width).min(usize::from(height) / 2);
    let room = usize::from(height).saturating_sub(choices + 1);
    let cut = lead_rows > room;
    let shown = list.lead(lead_rows, if cut { room.saturating_sub(1) } else { room });
    let chosen = list.chosen().and_then(|at| picker.items.get(at)).map(|item| &item.choice);
    let foot = match (picker.filters, cut) {
        (true, _) => match chosen {
            Some(Choice::Do(action)) => format!("{action} · type to find, Enter does it, Esc leaves"),
            _ => "type to find, Enter does it, Esc leaves".to_owned(),
        },
        (false, false) if picker.purpose == Purpose::Filter => "Space puts it on or off, Esc shows what is left".to_owned(),
        (false, true) => "PgDn reads on, Enter chooses, Esc leaves".to_owned(),
        (false, false) => "Enter chooses, Esc leaves".to_owned(),
    };
    let inside = Popup { title: (&picker.title).into(), foot: foot.into(), size: (width, height) }.draw(canvas, area);
    let mut y = inside.y;
    for line in &lead[shown.clone()] {
        canvas.text(inside.x, y, inside.width, line, Role::Text);
        y += 1;
    }
    if cut && room > 0 {
        let words = match lead_rows - shown.end {
            0 => "that is all; PgUp goes back".to_owned(),
            1 => "and 1 more line: PgDn".to_owned(),
            n => format!("and {n} more lines: PgDn"),
        };
        canvas.text(inside.x, y, inside.width, words, Role::Warning);
        y += 1;
    }
    let y = if lead_rows > 0 { (y + 1).min(inside.bottom()) } else { y };
    let place = Rect { y, height: inside.bottom() - y, ..inside };
    list.draw(canvas, place);
    view.targets.put(place, Target::List);
}

fn read(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, reader: &Reader) {
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
    let below = lines.len().saturating_sub(reader.scroll + usize::from(height));
    let first = app.reads_first();
    let scroll = match below {
        n @ 1.. if first => format!("{} below: Enter turns the page", many(n, "more line")),
        0 if first => "that is all of it: Enter says that you have read it".to_owned(),
        0 if lines.len() > usize::from(height) => "that is all of it, arrows scroll, ".to_owned(),
        0 => String::new(),
        n => format!("{} below, arrows scroll, ", many(n, "more line")),
    };
    let foot = SafeText::line(&if first { format!("{scroll}, Esc goes back") } else { format!("{scroll}Enter goes on") });
    let popup = Popup { title: (&reader.title).into(), foot: (&foot).into(), size: (width, height) };
    let inside = popup.draw(canvas, area);
    let top = reader.scroll.min(lines.len().saturating_sub(usize::from(inside.height)));
    let rows = usize::from(inside.height);
    let below = lines.len() - top - rows.min(lines.len() - top);
    if top != reader.scroll {
        view.begins.push((Scrollable::Reader, top));
    } else if reader.below.is_none_or(|known| known != 0 && known != below) || reader.rows != rows {
        // Once its end was on screen, it was read.
        let below = if reader.below == Some(0) { 0 } else { below };
        view.begins.push((Scrollable::Below { rows }, below));
    }
    for (y, line) in (inside.y..inside.bottom()).zip(lines.iter().skip(top)) {
        canvas.text(inside.x, y, inside.width, line, Role::Text);
    }
}
