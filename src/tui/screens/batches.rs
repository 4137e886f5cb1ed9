//! Batches: the queue over all batches.

use ratatui::layout::Rect;

use crate::app::{App, BatchRow};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Align, Column, Item, Table, Width};
use crate::tui::words::Words;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    let Some(rows) = &app.shelf.rows else { return };
    if rows.is_empty() {
        return empty(canvas, area);
    }
    let wide = area.width >= 100;
    let mut columns = vec![
        column("Batch", Width::Fill(24), Align::Left),
        column("Answers", Width::Fixed(8), Align::Right),
        column("Rated", Width::Fixed(8), Align::Right),
        column("Sealed", Width::Fixed(8), Align::Right),
        column("Came in", Width::Fixed(12), Align::Left),
        column("To know", Width::Fixed(18), Align::Left),
    ];
    if wide {
        columns.insert(1, column("Opening", Width::Fill(16), Align::Left));
    }
    let item = |row: usize, column: usize| cell(&rows[row], if wide || column == 0 { column } else { column + 1 });
    let table =
        Table { columns: &columns, pinned: 1, rows: rows.len(), by_cell: false, focused: true, item: &item, marked: &|_| false };
    view.batches.row = app.shelf.selected;
    if let Some(at) = table.draw(canvas, area, &mut view.batches) {
        canvas.set_cursor(at.x, at.y);
    }
    view.targets.put(area, Target::Rows(table.places(area, &view.batches)));
}

fn column(title: &'static str, width: Width, align: Align) -> Column<'static> {
    Column { title: title.into(), width, align }
}

fn cell(row: &BatchRow, column: usize) -> Item<'_> {
    let count = |n: Option<usize>| n.map_or(Words::from("…"), |n| n.to_string().into());
    match column {
        0 => Item::new(&row.title, Role::Text),
        1 => match &row.requisition {
            Some(opening) => Item::new(opening, Role::Muted),
            None => Item::new("", Role::Muted),
        },
        2 => Item::new(row.answers.to_string(), Role::Text),
        3 => Item::new(count(row.rated), if row.rated == Some(row.answers) { Role::Rated } else { Role::Unrated }),
        4 => Item::new(count(row.sealed), if row.sealed == Some(row.answers) { Role::Sealed } else { Role::Unrated }),
        5 => Item::new(row.imported_at.strftime("%Y-%m-%d").to_string(), Role::Muted),
        _ if row.rated.is_some() && !row.has_rubric => Item::new("no rubric yet: A", Role::Warning),
        _ if row.faulty > 0 => Item::new(format!("{} faulty", row.faulty), Role::Fault),
        _ => Item::new("", Role::Muted),
    }
}

/// An empty library says what to do.
fn empty(canvas: &mut Canvas<'_>, area: Rect) {
    let lines: [(&str, Role); 8] = [
        ("There is no batch here yet.", Role::Title),
        ("", Role::Text),
        ("Press d to try everything in the demo: eight made-up candidates,", Role::Text),
        ("in a library of its own. It stays there; earmark demo opens it again.", Role::Text),
        ("", Role::Text),
        ("To take in your own, press q and type in the shell:", Role::Text),
        ("earmark import FOLDER      a folder with batch.json or batch.csv", Role::Text),
        ("", Role::Text),
    ];
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 3;
    let left = area.x + area.width.saturating_sub(74) / 2;
    for (row, (words, role)) in (0..).zip(lines) {
        canvas.text(left, top + row, area.right() - left, words, role);
    }
}
