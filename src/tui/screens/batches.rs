//! Batches: the queue over all batches.

use jiff::Timestamp;
use ratatui::layout::Rect;

use crate::app::action::{Action, Place};
use crate::app::{App, BatchRow, Handed};
use crate::library::last_day;
use crate::tui::draw::Canvas;
use crate::tui::keymap::Keymap;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Align, Column, Item, Table, Width};

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App) {
    let Some(rows) = &app.shelf.rows else { return };
    let area = under_way(canvas, area, app, &view.keymap);
    if rows.is_empty() {
        return empty(canvas, area, !app.sources.is_empty());
    }
    let shown = app.shelf.shown(app.now());
    let head = sieve(canvas, area, app, shown.len(), rows.len(), &view.keymap);
    let area = Rect { y: area.y + head, height: area.height.saturating_sub(head), ..area };
    let kept = kept(area.width);
    let columns: Vec<Column<'_>> = kept.iter().map(|column| self::column(*column)).collect();
    let item = |row: usize, column: usize| match shown.get(row) {
        Some(row) => cell(app, row, kept[column]),
        None => Item::new("", Role::Muted),
    };
    let rows = shown.len();
    let table = Table { columns: &columns, pinned: 1, rows, by_cell: false, focused: true, item: &item, marked: &|_| false };
    view.batches.row = app.shelf.selected;
    if let Some(at) = table.draw(canvas, area, &mut view.batches) {
        canvas.set_cursor(at.x, at.y);
    }
    view.targets.put(area, Target::Rows(table.places(area, &view.batches)));
    if rows == 0 && area.height > 2 {
        canvas.text(area.x + 2, area.y + 2, area.width - 2, "This filter keeps no batch.", Role::Muted);
    }
}

/// What of the batches is shown; only where that is not all of them as they came.
fn sieve(canvas: &mut Canvas<'_>, area: Rect, app: &App, shown: usize, all: usize, keymap: &Keymap) -> u16 {
    let words = app.shelf.sieve_in_words();
    if words.is_empty() {
        return 0;
    }
    let key = keymap.key(Place::Batches, Action::ClearFilter).map_or_else(String::new, |key| format!(" ({key})"));
    let said = (format!("{words}: {shown} of {all}").into(), Role::Marked);
    canvas.line(area.x, area.y, area.width, [(" ".into(), Role::Text), said, (key.into(), Role::Muted)]);
    1
}

/// How far a fetch is, below the batches; what is left of the area.
fn under_way(canvas: &mut Canvas<'_>, area: Rect, app: &App, keymap: &Keymap) -> Rect {
    let Some(state) = app.under_way.as_ref().filter(|_| area.height > 4) else { return area };
    let line = Rect { y: area.bottom() - 1, height: 1, ..area };
    let key = keymap.key(Place::Batches, Action::PauseFetch).filter(|_| app.fetches && state.files > 0);
    let key = key.map_or_else(String::new, |key| format!(" · {key} {}", if state.rests { "goes on" } else { "pauses" }));
    let (width, said) = (line.width.saturating_sub(1), (state.in_words().into(), Role::Accent));
    canvas.line(line.x + 1, line.y, width, [said, (key.into(), Role::Muted)]);
    Rect { height: area.height - 1, ..area }
}

/// Which columns there are in a window of this width: in a narrow one how far it is and how long the rest takes.
fn kept(width: u16) -> &'static [usize] {
    match width {
        0..60 => &[0, 4, 6],
        60..100 => &[0, 2, 3, 4, 5, 6, 7],
        _ => &[0, 1, 2, 3, 4, 5, 6, 7],
    }
}

fn column(nth: usize) -> Column<'static> {
    let (title, width, align) = match nth {
        0 => ("Batch", Width::Fill(19), Align::Left),
        1 => ("Opening", Width::Fill(16), Align::Left),
        2 => ("Waiting", Width::Fixed(7), Align::Left),
        3 => ("Deadline", Width::Fixed(10), Align::Left),
        4 => ("Rated", Width::Fixed(7), Align::Right),
        5 => ("Sealed", Width::Fixed(6), Align::Right),
        6 => ("To hear", Width::Fixed(8), Align::Right),
        _ => ("To know", Width::Fixed(14), Align::Left),
    };
    Column { title: title.into(), width, align }
}

fn cell<'a>(app: &App, row: &'a BatchRow, column: usize) -> Item<'a> {
    let now = app.now();
    if let Some(item) = row.handed.and_then(|handed| to_decide(now, handed, column)) {
        return item;
    }
    match column {
        0 => Item::new(&row.title, Role::Text),
        1 => match &row.requisition {
            Some(opening) => Item::new(opening, Role::Muted),
            None => Item::new("", Role::Muted),
        },
        2 => match row.waiting_since() {
            Some(since) => Item::new(ago(now, since), Role::Text),
            None => Item::new("done", Role::Sealed),
        },
        3 => match row.deadline {
            Some(deadline) => {
                let role = if deadline < now { Role::Late } else { Role::Muted };
                Item::new(deadline.strftime("%Y-%m-%d").to_string(), role)
            }
            None => Item::new("", Role::Muted),
        },
        4 => match (row.rated, row.of) {
            (Some(rated), Some(of)) => Item::new(format!("{rated}/{of}"), if rated == of { Role::Rated } else { Role::Unrated }),
            _ => Item::new("…", Role::Unrated),
        },
        5 => match row.sealed {
            Some(sealed) => Item::new(sealed.to_string(), if Some(sealed) == row.of { Role::Sealed } else { Role::Unrated }),
            None => Item::new("…", Role::Unrated),
        },
        6 => to_hear(app, row),
        _ if row.rated.is_some() && !row.has_rubric => Item::new("no rubric: A", Role::Warning),
        _ if row.faulty > 0 => Item::new(format!("{} faulty", row.faulty), Role::Fault),
        _ => Item::new("", Role::Muted),
    }
}

/// What was handed to somebody to decide on has nothing to rate or seal: until when, and how far that person is.
fn to_decide(now: Timestamp, handed: Handed, column: usize) -> Option<Item<'static>> {
    match column {
        3 => handed.until.map(|until| {
            let role = if until < now { Role::Late } else { Role::Muted };
            Item::new(last_day(until).to_string(), role)
        }),
        4 | 5 => Some(Item::new("-", Role::Faint)),
        6 => Some(Item::new(format!("{}/{} D", handed.decided, handed.of), Role::Text)),
        7 if handed.is_over(now) => Some(Item::new("over", Role::Late)),
        7 => Some(Item::new(if handed.decided < handed.of { "to decide" } else { "decided" }, Role::Accent)),
        _ => None,
    }
}

/// How long the rest takes at the present speed, silences skipped where they are.
fn to_hear<'a>(app: &App, row: &BatchRow) -> Item<'a> {
    let Some(left) = row.left else { return Item::new("…", Role::Muted) };
    let chosen = app.deck.chosen;
    let minutes = left.rest(chosen.skip_silence).real_ms(chosen.speed).div_ceil(60_000);
    let about = if left.whole.rough > 0 { "~" } else { "" };
    match minutes {
        0 if left.whole.rough == 0 => Item::new("", Role::Muted),
        0..=90 => Item::new(format!("{about}{minutes} min"), Role::Text),
        _ => Item::new(format!("{about}{}h {:02}m", minutes / 60, minutes % 60), Role::Text),
    }
}

/// How long ago something was, in the one unit that matters.
fn ago(now: Timestamp, since: Timestamp) -> String {
    let minutes = now.duration_since(since).as_secs().max(0) / 60;
    match minutes {
        0..60 => format!("{minutes} min"),
        60..2_880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1_440),
    }
}

/// An empty library says what to do.
fn empty(canvas: &mut Canvas<'_>, area: Rect, has_sources: bool) {
    const MEASURE: u16 = 74;
    const LINES: [(&str, Role); 3] = [
        ("There is no batch here yet.", Role::Title),
        (
            "Press d to try everything in the demo: eight made-up candidates, in a library of its own. It stays there; earmark demo \
             opens it again.",
            Role::Text,
        ),
        (
            "To take in your own, press q and type in the shell earmark import FOLDER: a folder with batch.json or batch.csv.",
            Role::Text,
        ),
    ];
    let width = area.width.saturating_sub(2).min(MEASURE);
    let mut y = area.y + area.height.saturating_sub(8) / 3;
    const FETCH: (&str, Role) = ("Press R to fetch what is new from the sources of your settings.", Role::Text);
    for (words, role) in LINES.into_iter().chain(has_sources.then_some(FETCH)) {
        let place = Rect { x: area.x + (area.width - width) / 2, y, width, height: area.bottom().saturating_sub(y) };
        y += canvas.paragraph(place, words, role) + 1;
    }
}
