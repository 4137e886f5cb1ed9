//! Review: one answer with waveform, transcript, criteria and notes.

use ratatui::layout::Rect;

use super::listen::{self, Window};
use super::revealed;
use super::scoring::{self, Marks};
use crate::app::{App, Desk, Pane, Review, Scrollable};
use crate::interview::{AnswerId, Question};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{ROOMY, pane};
use crate::tui::words::Words;

/// From this width on, notes have a pane of their own.
const WIDE: u16 = 100;

/// The longest line of a transcript.
pub(super) const MEASURE: u16 = 100;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, review: &Review) {
    let Some(desk) = &app.desk else { return };
    let Some((_, answer)) = desk.batch.answer(review.answer) else { return };
    let (tall, low) = (area.height >= 28, area.height < LOW);
    let mut y = area.y;
    if let Some((_, question)) = desk.batch.question(&answer.question) {
        let room = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: rows_of(tall, low, [3, 2, 1]) };
        y += asked(canvas, room, desk, review.answer, question);
    }
    let wave = rows_of(tall, low, [4, 2, 1]);
    let place = Rect { x: area.x + 1, y, width: area.width.saturating_sub(2), height: wave };
    listen::waveform(view, canvas, place, app, desk, review.answer);
    y += wave;
    let body = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    panes(view, canvas, body, app, desk, review);
}

/// Below so many rows, question and waveform have one each.
const LOW: u16 = 15;

/// Rows in a tall window, in a usual one, and in a low one.
fn rows_of(tall: bool, low: bool, [of_tall, usual, of_low]: [u16; 3]) -> u16 {
    if tall {
        of_tall
    } else if low {
        of_low
    } else {
        usual
    }
}

/// The question and the conditions it was asked under, in as many rows as it needs and there are; returns them.
fn asked(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, answer: AnswerId, question: &Question) -> u16 {
    let conditions = Words::from(desk.conditions(answer));
    let prompt = desk.asked(answer);
    let prompt = Words::from(prompt.as_ref().unwrap_or(&question.prompt));
    let rows = canvas.paragraph(area, &prompt, Role::Accent).max(1);
    if area.width < WIDE || conditions.is_empty() {
        return rows;
    }
    // Behind the question where its last row leaves room, else below it.
    let last = prompt.wrapped(area.width).last().map_or(0, Words::width);
    let is_whole = prompt.wrapped(area.width).len() <= usize::from(rows);
    let behind = is_whole && last + 2 + conditions.width() <= area.width;
    if behind || rows < area.height {
        let y = area.y + if behind { rows - 1 } else { rows };
        canvas.text_right(area.x, y, area.width, conditions, Role::Muted);
        return y + 1 - area.y;
    }
    rows
}

fn panes(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, review: &Review) {
    let sizes = Sizes::of(area, desk, review);
    let Sizes { beside, said, notes, scores } = sizes;
    let short = Some(listen::remarks_in_short(canvas, desk, review.answer)).filter(|short| !beside && !short.is_empty());
    let headed = |what: &'static str| match &short {
        Some(short) => Words::from(format!("{what} · {short}")),
        None => what.into(),
    };
    if beside || review.pane != Pane::Notes {
        // Where the notes have no pane of their own, the head that tells of them leads to them.
        let led_to = if short.is_some() && review.pane == Pane::Transcript { Pane::Notes } else { Pane::Transcript };
        pointed(view, said, Pane::Transcript, led_to);
        let inside = match said.height {
            // A frame would take more than it holds.
            ..FRAMED => Rect { x: said.x + 1, width: said.width.saturating_sub(2), ..said },
            _ => pane(canvas, said, headed("Transcript"), review.pane == Pane::Transcript),
        };
        let of = Scrollable::Pane(Pane::Transcript);
        let window = Window { follow: review.follow, scroll: review.scrolled(Pane::Transcript), of };
        // Longer lines are hard to follow with the eye.
        let inside = Rect { width: inside.width.min(MEASURE), ..inside };
        listen::transcript(view, canvas, inside, app, desk, review.answer, window);
    }
    if beside || review.pane == Pane::Notes {
        pointed(view, notes, Pane::Notes, if beside { Pane::Notes } else { Pane::Transcript });
        let inside = pane(canvas, notes, "Evidence and notes", review.pane == Pane::Notes);
        listen::remarks(view, canvas, inside, desk, (review.answer, review.cursor.criterion), review.scrolled(Pane::Notes));
    }
    let is_rating = review.pane == Pane::Rubric;
    if desk.sight.only_decides() {
        pointed(view, scores, Pane::Rubric, Pane::Rubric);
        let inside = pane(canvas, scores, "What reviewers gave", is_rating);
        return revealed::values(&mut view.targets, canvas, inside, desk, review.answer, review.cursor.criterion);
    }
    pointed(view, scores, Pane::Rubric, Pane::Rubric);
    let scroll = is_rating.then(|| review.scrolled(Pane::Rubric));
    let marks = Marks { focused: review.cursor.criterion, evidence: app.evidence_elsewhere(), scroll };
    let room = Rect { width: inside(scores.width), height: scores.height.saturating_sub(2), ..scores };
    let rubric = match scoring::alone(desk, review.answer, room, &marks) {
        Some((nth, of)) => Words::from(format!("Rubric · criterion {nth} of {of}")),
        None => "Rubric".into(),
    };
    let title = match &short {
        Some(short) if said.height < FRAMED => Words::from(format!("{} · {short}", rubric.as_str())),
        _ => rubric,
    };
    let inside = pane(canvas, scores, title, is_rating);
    scoring::criteria(&mut view.targets, canvas, inside, desk, review.answer, marks);
}

/// A pane that can be pointed at and scrolled, with a head that leads to it or to another.
fn pointed(view: &mut View, area: Rect, pane: Pane, head: Pane) {
    view.targets.put(area, Target::Scrolls(Scrollable::Pane(pane)));
    view.targets.put(Rect { height: area.height.min(1), ..area }, Target::Head(head));
}

/// From so many rows on, the transcript has a frame.
const FRAMED: u16 = 7;

/// The least rows of a transcript above the rubric, where there are so many rows in all: what is said now, what was, and what comes.
const STRIP: [(u16, u16); 2] = [(15, 5), (0, 2)];

/// Where the panes lie.
struct Sizes {
    /// Whether the notes have a pane of their own.
    beside: bool,
    said: Rect,
    notes: Rect,
    scores: Rect,
}

impl Sizes {
    fn of(area: Rect, desk: &Desk, review: &Review) -> Sizes {
        if desk.sight.only_decides() {
            return Sizes::to_hear(area, desk, review);
        }
        let criteria = desk.criteria(review.answer);
        let fits = |width: u16, height: u16| match &desk.rubric {
            Some(rubric) => scoring::rows(rubric, criteria, inside(width)) + 2 <= height,
            None => true,
        };
        if area.width >= VERY_WIDE {
            // Notes quote whole sentences: they have half as much as the transcript.
            let right = area.width * 3 / 10;
            let left = (MEASURE + 4).min((area.width - right) * 5 / 8);
            let said = Rect { width: left, ..area };
            let notes = Rect { x: said.right(), width: area.width - left - right, ..area };
            return Sizes { beside: true, said, notes, scores: Rect { x: notes.right(), width: right, ..area } };
        }
        if area.width < NARROW && review.pane != Pane::Rubric {
            // What has the keys has the window; tab goes back to the rubric.
            let nothing = Rect { y: area.bottom(), height: 0, ..area };
            return Sizes { beside: false, said: area, notes: area, scores: nothing };
        }
        // Names of criteria are read whole beside what they were given.
        let right = (area.width * 3 / 7).clamp(44, 90);
        if area.width >= WIDE && (fits(right, area.height) || area.height >= TALL_ENOUGH) {
            let notes_rows = (area.height / 4).max(4);
            let said = Rect { width: area.width - right, height: area.height - notes_rows, ..area };
            let notes = Rect { y: said.bottom(), height: notes_rows, ..said };
            return Sizes { beside: true, said, notes, scores: Rect { x: said.right(), width: right, ..area } };
        }
        let half = area.width / 2;
        if review.pane == Pane::Rubric && (area.width < NARROW || !fits(half, area.height)) {
            // Anchors are read while one listens: they have the width that it takes to be read whole.
            let rows = desk.rubric.as_ref().map_or(4, |rubric| scoring::rows(rubric, criteria, inside(area.width)) + 2);
            let strip = STRIP.iter().find(|(least, _)| area.height >= *least).map_or(0, |(_, strip)| *strip);
            let rows = rows.min(area.height.saturating_sub(strip));
            let said = Rect { height: area.height - rows, ..area };
            return Sizes { beside: false, said, notes: said, scores: Rect { y: said.bottom(), height: rows, ..area } };
        }
        let said = Rect { width: area.width - half, ..area };
        Sizes { beside: false, said, notes: said, scores: Rect { x: said.right(), width: half, ..area } }
    }
}

impl Sizes {
    /// For who only decides: beside the transcript what was given, and below that the evidence and the notes.
    fn to_hear(area: Rect, desk: &Desk, review: &Review) -> Sizes {
        if area.width < NARROW {
            let rows = if review.pane == Pane::Rubric { area.height * 2 / 3 } else { 0 };
            let said = Rect { height: area.height - rows, ..area };
            return Sizes { beside: false, said, notes: said, scores: Rect { y: said.bottom(), height: rows, ..area } };
        }
        let right = (area.width / 2).min(MEASURE - 10);
        let said = Rect { width: area.width - right, ..area };
        let wanted = revealed::rows(desk, review.answer, review.cursor.criterion, inside(right)) + 2;
        let rows = wanted.min(area.height / 2);
        let scores = Rect { x: said.right(), width: right, height: rows, ..area };
        let notes = Rect { y: scores.bottom(), height: area.height - rows, ..scores };
        Sizes { beside: true, said, notes, scores }
    }
}

/// From so many columns on, the notes stand between transcript and rubric.
const VERY_WIDE: u16 = 190;

/// Below so many columns nothing stands side by side.
const NARROW: u16 = 60;

/// From so many rows on, the rubric scrolls rather than lie below the transcript.
const TALL_ENOUGH: u16 = 26;

/// Columns inside a pane.
fn inside(width: u16) -> u16 {
    width.saturating_sub(if width >= ROOMY { 4 } else { 2 })
}
