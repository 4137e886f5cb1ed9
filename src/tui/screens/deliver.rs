//! Deliver: the plan row by row, what arrived, what did not and why.

use ratatui::layout::Rect;

use crate::app::{App, Deliver, DeliverView, Desk, SheetRow, Stand};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Align, Column, Item, Table, Width, pane};
use crate::tui::words::Words;

/// Below so many rows the list stands alone.
const SMALL: u16 = 16;
/// Below so many columns there is no room for the push.
const NARROW: u16 = 60;
/// From so many columns on there is room for where a row went.
const WIDE: u16 = 110;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, open: &Deliver) {
    let Some(desk) = &app.desk else { return };
    let head = lead(canvas, area, open);
    let below = if area.height < SMALL || open.rows().is_empty() { 0 } else { (area.height / 3).clamp(6, 14) };
    let place = Rect { y: area.y + head, height: area.height.saturating_sub(head + below), ..area };
    let place = notes(canvas, place, open);
    if open.rows().is_empty() {
        nothing(canvas, place, open);
    } else {
        list(view, canvas, place, desk, open);
    }
    if let Some(row) = open.rows().get(open.selected).filter(|_| below > 0) {
        one(canvas, Rect { y: area.bottom() - below, height: below, ..area }, desk, row);
    }
}

/// Which list it is and its sum; by which profile and to where.
fn lead(canvas: &mut Canvas<'_>, area: Rect, open: &Deliver) -> u16 {
    let place = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let way = match &open.way {
        Some(way) => Words::from(format!("{}, {}", way.profile, way.place_in_words())),
        None => "No profile is chosen yet: c chooses one.".into(),
    };
    let state = open.doing().map_or_else(Words::default, Words::from);
    let room = place.width.saturating_sub(if state.is_empty() { 0 } else { state.width() + 1 });
    // How far it is counts for more, where there is no room for both.
    let room = if open.headway.is_some() && room < way.width() { 0 } else { room };
    canvas.text(place.x, place.y, room, way, Role::Text);
    canvas.text_right(place.x + room, place.y, place.width - room, state, Role::Accent);
    let mut x = place.x;
    for view in DeliverView::ALL.into_iter().filter(|view| open.sheet(*view).is_some()) {
        let is_shown = view == open.view;
        let role = if is_shown { Role::Title } else { Role::Muted };
        let words = if is_shown { format!("[{}]", view.title()) } else { format!(" {} ", view.title()) };
        x += canvas.text(x, place.y + 1, place.right().saturating_sub(x), words, role) + 1;
    }
    let Some(sheet) = open.sheet(open.view) else { return 2 };
    // The sum has to balance: it is seen whole.
    let lines = canvas.paragraph(Rect { y: place.y + 2, height: 3.min(area.height / 4), ..place }, &sheet.sum, Role::Text).max(1);
    match open.brake.as_ref().filter(|_| open.view == DeliverView::Plan && area.height >= SMALL) {
        None => 2 + lines,
        Some(brake) => {
            let words = Words::from(format!("Much would change: {brake}."));
            canvas.text(place.x, place.y + 2 + lines, place.width, words, Role::Warning);
            3 + lines
        }
    }
}

/// Who is left out, at the foot of the list; returns the room above.
fn notes(canvas: &mut Canvas<'_>, area: Rect, open: &Deliver) -> Rect {
    let notes = open.sheet(open.view).map_or(&[][..], |sheet| &sheet.notes);
    let shown = (notes.len() as u16).min(area.height / 4);
    let top = area.bottom() - shown;
    for (y, note) in (top..area.bottom()).zip(notes) {
        canvas.text(area.x + 1, y, area.width.saturating_sub(2), note, Role::Muted);
    }
    Rect { height: area.height - shown, ..area }
}

fn nothing(canvas: &mut Canvas<'_>, area: Rect, open: &Deliver) {
    let words = match open.view {
        DeliverView::Plan => "There is no row to send: only candidates who are ready, with an application, are delivered.",
        DeliverView::Outcome => "Nothing was open: there was nothing to bring to its end.",
        DeliverView::Matching => "The list names no application that is not tied already.",
        DeliverView::Ledger if open.working.is_some() => "",
        DeliverView::Ledger if open.way.is_none() => {
            "c chooses a profile and where to; p then plans: it shows what would change there, row by row, and sends nothing."
        }
        DeliverView::Ledger => "p plans: it shows what would change there, row by row, and sends nothing.",
    };
    let place = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(1) };
    canvas.paragraph(place, words, Role::Muted);
}

fn list(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, open: &Deliver) {
    let rows = open.rows();
    let narrow = area.width < NARROW;
    let left = |title: &'static str, width: Width| Column { title: title.into(), width, align: Align::Left };
    let longest = |text: &dyn Fn(&SheetRow) -> u16| rows.iter().map(text).max().unwrap_or(0);
    let id = longest(&|row| row.object.width() as u16).clamp(11, if narrow { 11 } else { 24 });
    let has_push = !narrow && rows.iter().any(|row| !row.push.is_empty() && row.push.as_str() != "file");
    let mut columns = vec![
        left("Application", Width::Fixed(id)),
        left("", Width::Fixed(11)),
        left("Candidate", Width::Fixed(if narrow { 10 } else { 18 })),
    ];
    if has_push {
        columns.push(left("Sent as", Width::Fixed(12)));
    }
    let places = longest(&|row| row.place.width() as u16);
    let has_place = area.width >= WIDE && places > 0;
    if has_place {
        columns.push(left("Where to", Width::Fixed(places.clamp(8, 28))));
    }
    columns.push(left("What changes, or why not", Width::Fill(8)));
    let last = columns.len() - 1;
    let meaning = |column: usize| match column {
        _ if column == last => LAST,
        _ if has_place && column == last - 1 => PLACE,
        _ => column,
    };
    let item = |row: usize, column: usize| cell(desk, &rows[row], meaning(column));
    let marked = |_| false;
    let table =
        Table { columns: &columns, pinned: 2, rows: rows.len(), by_cell: false, focused: true, item: &item, marked: &marked };
    view.deliver.row = open.selected;
    if let Some(at) = table.draw(canvas, area, &mut view.deliver) {
        canvas.set_cursor(at.x, at.y);
    }
    view.targets.put(area, Target::Rows(table.places(area, &view.deliver)));
}

/// The column that says what changes, wherever it stands.
const LAST: usize = usize::MAX;
/// The column that says where to, wherever it stands.
const PLACE: usize = usize::MAX - 1;

fn cell<'a>(desk: &Desk, row: &'a SheetRow, column: usize) -> Item<'a> {
    match column {
        0 => Item::new(&row.object, Role::Text),
        1 => Item::new(row.stand.word(), role(row.stand)),
        2 => Item::new(Words::from(&row.called(desk)).into_owned(), Role::Text),
        PLACE => Item::new(&row.place, Role::Muted),
        LAST => Item::new(Words::from(&row.in_short()).into_owned(), Role::Muted),
        _ => Item::new(&row.push, Role::Muted),
    }
}

fn role(stand: Stand) -> Role {
    match stand {
        _ if stand.is_well() => Role::Saved,
        Stand::Failed | Stand::Quarantined => Role::Error,
        _ if stand.is_trouble() => Role::Warning,
        Stand::Create | Stand::Update | Stand::Proposed => Role::Accent,
        _ => Role::Muted,
    }
}

/// All that there is to say of the selected row, as much as fits.
fn one(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, row: &SheetRow) {
    let inside = pane(canvas, area, Words::from(format!("{} {}", row.object, row.stand.word())), false);
    let mut y = inside.y;
    for line in row.lines(desk) {
        if y >= inside.bottom() {
            break;
        }
        y += canvas.paragraph(Rect { y, height: inside.bottom() - y, ..inside }, &line, Role::Text).max(1);
    }
}
