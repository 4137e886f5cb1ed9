//! The concordance: where a phrase was said, question by question, the words found one below the other.

use ratatui::layout::Rect;

use crate::app::{App, Concordance, Desk};
use crate::transcript::Hit;
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::{Over, View, Widget};
use crate::tui::widgets::Popup;
use crate::tui::words::Words;

/// Words that are asked for on either side; what does not fit is cut.
const AROUND: u32 = 12;

/// Columns of a candidate's name with the sign before it: as many as the longest that is found needs, within these.
const NAME: (u16, u16) = (18, 30);

/// Columns of a moment.
const MOMENT: u16 = 7;

/// A row of the list.
enum Row<'a> {
    Question(u16),
    Hit(usize, &'a Hit),
}

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, open: &Concordance) {
    let Some(desk) = &app.desk else { return };
    // Between the bar at the top, which says whether names are hidden, and the foot, which says what went wrong.
    let room = Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area };
    let popup = Popup { title: (&open.field.title).into(), foot: (&open.field.hint).into(), size: (room.width, room.height) };
    let inside = popup.draw(canvas, room);
    if inside.height < 4 {
        return;
    }
    if let Some(Over { widget: Widget::Field(prompt), .. }) = &view.over {
        prompt.draw(canvas, Rect { height: 1, ..inside });
    }
    canvas.text(inside.x, inside.y + 1, inside.width, state_in_words(desk, open), Role::Muted);
    let list = Rect { y: inside.y + 3, height: inside.height - 3, ..inside };
    let rows = rows(open);
    view.concordance_top = top(&rows, open.selected, view.concordance_top, usize::from(list.height));
    let names = names(desk, open, inside.width);
    for (y, row) in (list.y..list.bottom()).zip(rows.iter().skip(view.concordance_top)) {
        let place = Rect { y, height: 1, ..list };
        match row {
            Row::Question(number) => question(canvas, place, desk, open, *number),
            Row::Hit(nth, found) => {
                view.targets.put(place, Target::Found(*nth));
                hit(canvas, place, desk, found, (*nth == open.selected, names));
            }
        }
    }
}

/// How much was found, and whether more is to come.
fn state_in_words(desk: &Desk, open: &Concordance) -> String {
    let progress = desk.indexing();
    let coming = match (progress.is_under_way(), progress.left_out) {
        (true, _) => format!(" · reading: {} of {} answers so far", progress.done, progress.of),
        (false, 0) => String::new(),
        (false, left) => format!(" · {left} answers are not searched: there is no room for more"),
    };
    let hits = &open.found.hits;
    if hits.is_empty() {
        let words = match open.field.now.trim().is_empty() {
            true => "Type what was said; \"in quotes\" only in this form",
            false if open.found.is_partial() => "Looking…",
            false => "Nobody said that",
        };
        return format!("{words}{coming}");
    }
    let mut answers: Vec<u32> = hits.iter().map(|hit| hit.entry.rank).collect();
    answers.dedup();
    let more = if open.found.cut.is_empty() && !open.found.is_partial() { "" } else { " and more" };
    let plural = |count: usize, noun: &str| if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") };
    format!("{} in {}{more}{coming}", plural(hits.len(), "place"), plural(answers.len(), "answer"))
}

fn rows(open: &Concordance) -> Vec<Row<'_>> {
    let mut rows = Vec::with_capacity(open.found.hits.len() + 8);
    let mut before = None;
    for (nth, hit) in open.found.hits.iter().enumerate() {
        if before.replace(hit.entry.question) != Some(hit.entry.question) {
            rows.push(Row::Question(hit.entry.question));
        }
        rows.push(Row::Hit(nth, hit));
    }
    rows
}

/// The first row to show: the selected hit is in view, the first of a question together with the question.
fn top(rows: &[Row<'_>], selected: usize, before: usize, height: usize) -> usize {
    let Some(at) = rows.iter().position(|row| matches!(row, Row::Hit(nth, _) if *nth == selected)) else { return 0 };
    let from = if at > 0 && matches!(rows[at - 1], Row::Question(_)) { at - 1 } else { at };
    before.min(from).max((at + 1).saturating_sub(height))
}

fn question(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, open: &Concordance, number: u16) {
    let Some(question) = desk.batch.interview.questions.get(usize::from(number)) else { return };
    let count = open.found.hits.iter().filter(|hit| hit.entry.question == number).count();
    let more = if open.found.cut.contains(&number) { "+" } else { "" };
    let counted = Words::from(format!(" {count}{more}"));
    let room = area.width.saturating_sub(counted.width());
    let parts = [(format!("{}. ", number + 1).into(), Role::Accent), ((&question.prompt).into(), Role::Accent)];
    canvas.line(area.x, area.y, room, parts);
    canvas.text_right(area.x, area.y, area.width, counted, Role::Muted);
}

/// Columns of the names, in a window so wide: no more than a third of it.
fn names(desk: &Desk, open: &Concordance, width: u16) -> u16 {
    let answers: std::collections::BTreeSet<_> = open.found.hits.iter().map(|hit| hit.entry.answer).collect();
    let found = answers.into_iter().filter_map(|answer| desk.batch.answer(answer));
    let longest = found.map(|(of, answer)| Words::from(desk.shown_name(of.id, Some(&answer.question)).text()).width()).max();
    (longest.unwrap_or(0) + 3).clamp(NAME.0, NAME.1.min((width / 3).max(NAME.0)))
}

fn hit(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, hit: &Hit, (is_selected, names): (bool, u16)) {
    let Some((submission, answer)) = desk.batch.answer(hit.entry.answer) else { return };
    let (text, muted) = if is_selected { (Role::Selected, Role::Selected) } else { (Role::Text, Role::Muted) };
    if is_selected {
        canvas.clear(area, Role::Selected);
        canvas.set_cursor(area.x, area.y);
    }
    let sign = if is_selected { canvas.glyphs().pick("▶ ", "> ") } else { "  " };
    let name = desk.shown_name(submission.id, Some(&answer.question));
    canvas.line(area.x, area.y, names, [(sign.into(), text), (name.text().into(), text)]);
    let untimed = if answer.kind.is_recording() { "" } else { "text" };
    let at = hit.at.map_or_else(|| untimed.into(), Words::from);
    canvas.text_right(area.x + names, area.y, MOMENT, at, muted);
    let from = area.x + names + MOMENT + 2;
    let room = area.right().saturating_sub(from);
    let quote = desk.quote(hit, AROUND);
    let (said, after) = (Words::from(&quote.said), Words::from(&quote.after));
    // What was found begins in the same column in every row; to its left stands the end of what was said before.
    let lead = room * 2 / 5;
    let before = last_of(quote.before.as_str(), usize::from(lead.saturating_sub(1)));
    let before = Words::from(before);
    canvas.text_right(from, area.y, lead.saturating_sub(1), before, muted);
    let used = canvas.text(from + lead, area.y, room - lead, said, Role::Search);
    canvas.text(from + lead + used + 1, area.y, (room - lead).saturating_sub(used + 1), after, muted);
}

/// The end of a text, at most so many columns wide, cut at a word where that can be.
fn last_of(text: &str, columns: usize) -> String {
    if crate::text::width(text) <= columns {
        return text.to_owned();
    }
    let mut kept = String::new();
    for word in text.split(' ').rev() {
        let longer = if kept.is_empty() { word.to_owned() } else { format!("{word} {kept}") };
        if crate::text::width(&longer) + 2 > columns {
            break;
        }
        kept = longer;
    }
    format!("… {kept}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_was_said_before_is_whole_words() {
        assert_eq!(last_of("one two three", 20), "one two three");
        assert_eq!(last_of("one two three", 11), "… two three");
        assert_eq!(last_of("one two three", 10), "… three");
        assert_eq!(last_of("陳怡君 陳怡君", 9), "… 陳怡君");
        assert_eq!(last_of("incomprehensibilities", 5), "… ");
    }
}
