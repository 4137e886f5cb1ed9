//! The Deliver screen in lines.

use super::{Kind, Line};
use crate::app::{App, Deliver, SheetRow};

/// The list that is shown: its sum, a row a line, what else is to be known.
pub(super) fn sheet(app: &App, open: &Deliver) -> Vec<Line> {
    let Some(desk) = &app.desk else { return Vec::new() };
    let way = match &open.way {
        Some(way) => Line::told(format!("By the profile {}, {}.", way.profile, way.place_in_words())),
        None => Line::new(Kind::Hint, "No profile is chosen yet: choose-profile chooses one."),
    };
    let working = open.doing().map(Line::told);
    let Some(sheet) = open.sheet(open.view) else {
        return [Some(way), working].into_iter().flatten().collect();
    };
    let row = |(nth, row): (usize, &SheetRow)| {
        let said = row.in_short();
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let push = if row.push.is_empty() { String::new() } else { format!(", {}", row.push) };
        Line::told(format!("{}. {} of {}{push}, {}{said}", nth + 1, row.object, row.called(desk), row.stand.word()))
    };
    let sum = Line::told(format!("{}: {}", open.view.title(), sheet.sum));
    let notes = sheet.notes.iter().map(|note| Line::new(Kind::Hint, note.as_str()));
    let asked = Line::new(
        Kind::Asked,
        "plan, apply, retry, match and next-list work here; a number reads a row, or asks about one that may have arrived.",
    );
    [Some(way), working, Some(sum)]
        .into_iter()
        .flatten()
        .chain(sheet.rows.iter().enumerate().map(row))
        .chain(notes)
        .chain([asked])
        .collect()
}
