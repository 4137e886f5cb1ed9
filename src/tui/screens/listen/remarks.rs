//! One's own evidence, notes and follow-ups on an answer, and what came beside the answers.

use ratatui::layout::Rect;

use crate::app::action::{Action, Place};
use crate::app::{Desk, Pane, Scrollable};
use crate::interview::{AnswerId, Moment};
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

/// The first remark from which on the rest fills the pane.
fn last_page(all: &[Remark<'_>], area: Rect) -> usize {
    let mut rows = 0;
    let fits = all.iter().rev().take_while(|remark| {
        rows += remark.rows(area.width);
        rows <= usize::from(area.height)
    });
    all.len() - fits.count().clamp(1, all.len())
}

/// Draws one's own evidence, notes and follow-ups on an answer, in its time order.
pub(in crate::tui::screens) fn remarks(
    view: &mut View,
    canvas: &mut Canvas<'_>,
    area: Rect,
    desk: &Desk,
    answer: AnswerId,
    scroll: usize,
) {
    let mine = desk.mine();
    let quotes = canvas.glyphs().pick(["“", "✎ ", "? ", "”"], ["\"", "* ", "? ", "\""]);
    let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
    let evidence = mine.evidence_of(answer).map(|evidence| {
        let names = desk.criteria(answer).iter().filter(|known| evidence.criteria.contains(&known.id));
        let names: Vec<&str> = names.map(|criterion| criterion.name.as_str()).collect();
        let (sign, said) = match evidence.quote.is_empty() {
            true => ("", format!("to {}", evidence.span.end)),
            false => (quotes[0], format!("{}{}", desk.quoted(answer, &evidence.quote), quotes[3])),
        };
        let text = format!("{said} for {}", names.join(", ")).into();
        // Of a written answer it counts characters: there is no moment.
        let at = Some(evidence.span.start).filter(|_| is_recording);
        Remark { at, sign, role: Role::Evidence, text }
    });
    let notes =
        mine.notes_on(answer).map(|note| Remark { at: note.at, sign: quotes[1], role: Role::Text, text: (&note.text).into() });
    let probes =
        mine.probes_on(answer).map(|note| Remark { at: note.at, sign: quotes[2], role: Role::Accent, text: (&note.text).into() });
    let mut all: Vec<Remark<'_>> = evidence.chain(notes).chain(probes).collect();
    all.sort_by_key(|remark| remark.at);
    let area = documents(view, canvas, area, desk, answer);
    if all.is_empty() {
        canvas.paragraph(area, "Nothing marked yet: e marks evidence, m writes a note, p what to ask live.", Role::Muted);
        return;
    }
    let from = scroll.min(last_page(&all, area));
    if from != scroll {
        view.begins.push((Scrollable::Pane(Pane::Notes), from));
    }
    let mut y = area.y;
    for remark in all.iter().skip(from) {
        if y >= area.bottom() {
            break;
        }
        let used = canvas.line(area.x, y, area.width, [(remark.moment(), Role::Muted), (remark.sign.into(), remark.role)]);
        let rest = Rect { x: area.x + used, y, width: area.width.saturating_sub(used), height: area.bottom() - y };
        y += canvas.paragraph(rest, &remark.text, remark.role).max(1);
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
    let mine = desk.mine();
    let newest = mine.notes_on(answer).chain(mine.probes_on(answer)).last().map(|note| note.text.fit(40).to_string());
    let counts = [
        (mine.evidence_of(answer).count(), canvas.glyphs().pick("❝", "\"")),
        (mine.notes_on(answer).count(), canvas.glyphs().pick("✎", "*")),
        (mine.probes_on(answer).count(), "?"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0).map(|(count, sign)| format!("{sign}{count}"));
    counts.chain(newest).collect::<Vec<_>>().join(" ")
}
