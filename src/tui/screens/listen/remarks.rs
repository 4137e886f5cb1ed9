//! Evidence, notes and follow-ups on an answer, one's own and what may be seen of others', and what came beside the answers.

use jiff::Timestamp;
use ratatui::layout::Rect;

use crate::app::action::{Action, Place};
use crate::app::{Desk, Pane, Scrollable};
use crate::interview::{AnswerId, EventId, Moment, ReviewerId};
use crate::scorecard::Note;
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::words::Words;

/// One line about a note, a follow-up or a piece of evidence.
struct Remark<'a> {
    at: Option<Moment>,
    sign: &'static str,
    role: Role,
    text: Words<'a>,
    /// Which act wrote it, and when.
    by: (Timestamp, EventId),
}

impl Remark<'_> {
    fn moment(&self) -> Words<'static> {
        self.at.map_or_else(String::new, |at| format!("{at} ")).into()
    }

    /// Rows that it takes.
    fn rows(&self, width: u16) -> usize {
        let before = self.moment().width() + Words::from(self.sign).width();
        self.text.wrapped(width.saturating_sub(before)).len().max(1)
    }
}

/// The first remark from which on all up to the end of these fit the pane; the last one, where that fills it alone.
fn last_page(all: &[Remark<'_>], area: Rect) -> usize {
    let mut rows = 0;
    let fits = all.iter().rev().take_while(|remark| {
        rows += remark.rows(area.width);
        rows <= usize::from(area.height)
    });
    all.len() - fits.count().clamp(1, all.len())
}

/// The first remark that is shown: where the pane is scrolled to, but for one that was written since the last frame.
fn first_shown(view: &mut View, all: &[Remark<'_>], area: Rect, answer: AnswerId, scroll: usize) -> usize {
    let newest = all.iter().enumerate().max_by_key(|(_, remark)| remark.by);
    let known = view.newest.replace((answer, newest.map(|(_, remark)| remark.by.1)));
    let from = scroll.min(last_page(all, area));
    match (newest, known) {
        (Some((at, newest)), Some((of, before))) if of == answer && before != Some(newest.by.1) => {
            from.clamp(last_page(&all[..=at], area), at)
        }
        _ => from,
    }
}

/// Says how many remarks are not on screen.
fn say_more(canvas: &mut Canvas<'_>, area: Rect, above: usize, below: usize) {
    let said = [(above, "above"), (below, "below")];
    let said: Vec<String> =
        said.iter().filter(|(count, _)| *count > 0).map(|(count, where_to)| format!("{count} more {where_to}")).collect();
    canvas.line(area.x, area.bottom() - 1, area.width, [(said.join(", ").into(), Role::Muted)]);
}

/// Draws evidence, notes and follow-ups on an answer, in its time order: one's own, and others' with who where they may be seen.
pub(in crate::tui::screens) fn remarks(
    view: &mut View,
    canvas: &mut Canvas<'_>,
    area: Rect,
    desk: &Desk,
    (answer, criterion): (AnswerId, usize),
    scroll: usize,
) {
    let quotes = canvas.glyphs().pick(["“", "✎ ", "? ", "”"], ["\"", "* ", "? ", "\""]);
    let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
    let selected = desk.criteria(answer).get(criterion).map(|criterion| &criterion.id);
    let by = |who: ReviewerId| if who == desk.me() { String::new() } else { format!(" ({})", desk.person(who)) };
    let evidence = desk.moments(answer).into_iter().map(|(who, evidence)| {
        let names = desk.criteria(answer).iter().filter(|known| evidence.criteria.contains(&known.id));
        let names: Vec<&str> = names.map(|criterion| criterion.name.as_str()).collect();
        let (sign, said) = match evidence.quote.is_empty() {
            true => ("", format!("to {}", evidence.span.end)),
            false => (quotes[0], format!("{}{}", desk.quoted(answer, &evidence.quote), quotes[3])),
        };
        let text = format!("{said} for {}{}", names.join(", "), by(who)).into();
        // Of a written answer it counts characters: there is no moment.
        let at = Some(evidence.span.start).filter(|_| is_recording);
        // Who hears what was marked hears it for a criterion: what is for another stands back.
        let of_another = desk.sight.only_decides() && selected.is_some_and(|id| !evidence.criteria.contains(id));
        let role = if of_another { Role::Muted } else { Role::Evidence };
        Remark { at, sign, role, text, by: (evidence.at, evidence.event) }
    });
    let written = |who: ReviewerId, note: &Note, sign: &'static str, role: Role| {
        let text = format!("{}{}", desk.quoted(answer, &note.text), by(who)).into();
        Remark { at: note.at, sign, role, text, by: (note.written, note.event) }
    };
    let notes = desk.works_seen().flat_map(|(who, work)| work.notes_on(answer).map(move |note| (who, note)));
    let notes = notes.map(|(who, note)| written(who, note, quotes[1], Role::Text));
    let probes = desk.works_seen().flat_map(|(who, work)| work.probes_on(answer).map(move |note| (who, note)));
    let probes = probes.map(|(who, note)| written(who, note, quotes[2], Role::Accent));
    let mut all: Vec<Remark<'_>> = evidence.chain(notes).chain(probes).collect();
    all.sort_by_key(|remark| remark.at);
    let area = documents(view, canvas, area, desk, answer);
    if all.is_empty() {
        view.newest = Some((answer, None));
        let words = match desk.sight.only_decides() {
            true => "The reviewers marked and noted nothing on this answer.",
            false => "Nothing marked yet: e marks evidence, m writes a note, p what to ask live.",
        };
        canvas.paragraph(area, words, Role::Muted);
        return;
    }
    let rows: usize = all.iter().map(|remark| remark.rows(area.width)).sum();
    let says_more = rows > usize::from(area.height) && area.height > 2;
    let room = Rect { height: area.height - u16::from(says_more), ..area };
    let from = first_shown(view, &all, room, answer, scroll);
    if from != scroll {
        view.begins.push((Scrollable::Pane(Pane::Notes), from));
    }
    let (mut y, mut shown) = (room.y, 0);
    for remark in all.iter().skip(from) {
        if y >= room.bottom() {
            break;
        }
        let used = canvas.line(room.x, y, room.width, [(remark.moment(), Role::Muted), (remark.sign.into(), remark.role)]);
        let rest = Rect { x: room.x + used, y, width: room.width.saturating_sub(used), height: room.bottom() - y };
        y += canvas.paragraph(rest, &remark.text, remark.role).max(1);
        shown += 1;
    }
    if says_more {
        say_more(canvas, area, from, all.len() - from - shown);
    }
}

/// What came beside the answers, in the last row of the notes; returns the room above.
fn documents(view: &View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, answer: AnswerId) -> Rect {
    let Some((submission, _)) = desk.batch.answer(answer).filter(|_| area.height > 1) else { return area };
    let all = desk.documents(submission.id);
    let (Some((kind, detail)), Some(key)) = (all.first(), view.keymap.key(Place::Review, Action::Documents)) else { return area };
    let more = if all.len() > 1 { format!(" and {} more", all.len() - 1) } else { String::new() };
    let when = if desk.may_open_documents(submission.id).is_ok() { "" } else { " (once it may be opened)" };
    let parts = [
        (format!("{key} ").into(), Role::Key),
        (format!("{kind}{more}{when}: ").into(), Role::Muted),
        (detail.into(), Role::Muted),
    ];
    canvas.line(area.x, area.bottom() - 1, area.width, parts);
    Rect { height: area.height - 1, ..area }
}

/// How much was marked and written about an answer, with the first words of the newest note; for where the notes are not on screen.
pub(in crate::tui::screens) fn remarks_in_short(canvas: &Canvas<'_>, desk: &Desk, answer: AnswerId) -> String {
    let notes: Vec<&Note> = desk.works_seen().flat_map(|(_, work)| work.notes_on(answer)).collect();
    let probes: Vec<&Note> = desk.works_seen().flat_map(|(_, work)| work.probes_on(answer)).collect();
    let newest = notes.iter().chain(&probes).last().map(|note| desk.quoted(answer, &note.text).fit(40).to_string());
    let counts = [
        (desk.moments(answer).len(), canvas.glyphs().pick("❝", "\"")),
        (notes.len(), canvas.glyphs().pick("✎", "*")),
        (probes.len(), "?"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, sign)| format!("{sign}{count}"));
    counts.chain(newest).collect::<Vec<_>>().join(" ")
}
