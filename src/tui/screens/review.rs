//! Review: one answer with waveform, transcript, criteria and notes.

use ratatui::layout::Rect;

use super::listen::{self, Marks, Window};
use crate::app::{App, Desk, Pane, Review};
use crate::interview::Question;
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::pane;

/// From this width on, notes have a pane of their own.
const WIDE: u16 = 100;

/// The longest line of a transcript.
const MEASURE: u16 = 100;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, review: &Review) {
    let Some(desk) = &app.desk else { return };
    let Some((_, answer)) = desk.batch.answer(review.answer) else { return };
    let tall = area.height >= 28;
    let mut y = area.y;
    if let Some((_, question)) = desk.batch.question(&answer.question) {
        let room = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: if tall { 3 } else { 2 } };
        y += asked(canvas, room, question);
    }
    let wave = if tall { 4 } else { 2 };
    let place = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: wave };
    listen::waveform(&mut view.columns, canvas, place, app, desk, review.answer);
    y += wave;
    let body = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    panes(view, canvas, body, app, desk, review);
}

/// The question and the conditions it was asked under, in as many rows as it needs and there are; returns them.
fn asked(canvas: &mut Canvas<'_>, area: Rect, question: &Question) -> u16 {
    let seconds = |what: &str, value: Option<u32>| value.map(|value| format!("{what} {value} s"));
    let retakes = question.retakes.map(|retakes| format!("retakes {retakes}"));
    let parts = [seconds("think", question.think_seconds), seconds("answer", question.answer_seconds), retakes];
    let conditions: Vec<String> = parts.into_iter().flatten().collect();
    let conditions = conditions.join(", ");
    let aside = if area.width >= WIDE { conditions.len() as u16 + 2 } else { 0 };
    if aside > 0 {
        canvas.text_right(area.x, area.y, area.width, conditions, Role::Muted);
    }
    listen::cut_paragraph(canvas, Rect { width: area.width.saturating_sub(aside), ..area }, &question.prompt, Role::Accent).max(1)
}

fn panes(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, review: &Review) {
    let wide = area.width >= WIDE;
    // Anchors are read while one listens: on a narrow screen they get as much as the transcript.
    let right = if wide { (area.width * 2 / 5).clamp(44, 90) } else { area.width / 2 };
    let left = Rect { width: area.width - right, ..area };
    let right = Rect { x: area.x + left.width, width: right, ..area };
    let notes_rows = if wide { (area.height / 4).max(4) } else { 0 };
    let said = Rect { height: left.height - notes_rows, ..left };
    if wide || review.pane != Pane::Notes {
        let inside = pane(canvas, said, "Transcript", review.pane == Pane::Transcript);
        let window = Window { follow: review.follow, scroll: review.scrolled(Pane::Transcript) };
        // Longer lines are hard to follow with the eye.
        let inside = Rect { width: inside.width.min(MEASURE), ..inside };
        listen::transcript(view, canvas, inside, app, desk, review.answer, window);
    }
    let notes = if wide { Rect { y: said.bottom(), height: notes_rows, ..left } } else { left };
    if wide || review.pane == Pane::Notes {
        let inside = pane(canvas, notes, "Evidence and notes", review.pane == Pane::Notes);
        listen::remarks(canvas, inside, desk, review.answer, review.scrolled(Pane::Notes));
    }
    let inside = pane(canvas, right, "Rubric", review.pane == Pane::Rubric);
    let marks = Marks { focused: review.cursor.criterion, evidence: app.evidence_elsewhere() };
    listen::criteria(canvas, inside, desk, review.answer, marks);
}
