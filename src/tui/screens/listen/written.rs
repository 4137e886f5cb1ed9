//! A written answer: read in the transcript's place, with what was looked for lit.

use std::ops::Range;

use ratatui::layout::Rect;

use super::{Window, looked_for};
use crate::app::{App, Desk, Screen};
use crate::interview::{Answer, Moment, Span};
use crate::text::SafeText;
use crate::tui::draw::Canvas;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::words::Words;

/// Draws it, and remembers which part of it is on screen.
pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, given: &Answer, window: Window) {
    let (answer, Some(text)) = (given.id, desk.written(given)) else { return };
    let picked = app.picked(answer).and_then(|span| desk.bytes_of(answer, span));
    let lit = LitText {
        found: app.lit(answer),
        at: app.lit_at(answer),
        looked_for: &looked_for(app, desk, answer),
        picked: picked.as_slice(),
    };
    let scroll = Window { follow: window.follow && lit.at.is_some(), ..window };
    let (top, span) = written(canvas, area, &text.text, &scroll, &lit);
    let shown = span.map(|span| (answer, text.original(span)));
    if top != scroll.scroll {
        view.begins.push((scroll.of, top));
    }
    // Side by side, the one that has the keys is read.
    let beside = matches!(app.screen(), Screen::Compare(compare) if compare.focused_answer() != Some(answer));
    if !beside {
        view.shown = shown;
    }
}

/// What is lit in a written answer, in bytes.
struct LitText<'a> {
    found: &'a [Range<usize>],
    /// The place that one is at.
    at: Option<Range<usize>>,
    looked_for: &'a [Range<usize>],
    /// What would be marked.
    picked: &'a [Range<usize>],
}

/// Draws a written answer and returns its first line on screen, and which of its characters are.
fn written(canvas: &mut Canvas<'_>, area: Rect, text: &SafeText, window: &Window, lit: &LitText<'_>) -> (usize, Option<Span>) {
    let (words, shown) = (Words::from(text), text.shown());
    // The lines lie in the text one after the other, and only blanks between them.
    let mut from = 0;
    let lines: Vec<Range<usize>> = words
        .wrapped(area.width)
        .iter()
        .map(|line| {
            let start = shown[from..].find(line.as_str()).map_or(from, |at| from + at);
            from = start + line.as_str().len();
            start..from
        })
        .collect();
    let height = usize::from(area.height);
    let sought = lit.at.as_ref().filter(|_| window.follow).and_then(|hit| lines.iter().position(|line| line.end > hit.start));
    let top = match sought {
        Some(line) if line >= height => line.saturating_sub(height / 3),
        Some(_) => 0,
        None => window.scroll,
    };
    let top = top.min(lines.len().saturating_sub(height));
    let on_screen = &lines[top..lines.len().min(top + height)];
    for (y, line) in (area.y..).zip(on_screen) {
        canvas.text(area.x, y, area.width, Words::part(text, line.clone()), Role::Text);
        for (hits, role) in [(lit.looked_for, Role::LookFor), (lit.found, Role::Search), (lit.picked, Role::Selection)] {
            light(canvas, Rect { y, height: 1, ..area }, text, line, hits, role);
        }
    }
    // The mark of what was hidden is no character of the answer.
    let count = |bytes: usize| Moment(text.as_str()[..bytes.min(text.as_str().len())].chars().count() as u32);
    // The blanks that a line break swallowed count with the line before.
    let (Some(first), Some(last)) = (on_screen.first(), on_screen.last()) else { return (top, None) };
    let swallowed = shown[last.end..].len() - shown[last.end..].trim_start().len();
    let start = if top == 0 { Moment::START } else { count(first.start) };
    (top, Some(Span { start, end: count(last.end + swallowed) }))
}

/// Draws what of a line was hit once more, lit.
fn light(canvas: &mut Canvas<'_>, area: Rect, text: &SafeText, line: &Range<usize>, hits: &[Range<usize>], role: Role) {
    for hit in hits {
        let part = hit.start.max(line.start)..hit.end.min(line.end);
        if part.is_empty() {
            continue;
        }
        let skip = Words::part(text, line.start..part.start).width();
        canvas.text(area.x + skip, area.y, area.width.saturating_sub(skip), Words::part(text, part), role);
    }
}
