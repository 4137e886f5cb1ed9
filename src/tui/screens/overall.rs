//! Compare over all questions: candidates as columns, what was given as rows, and below them what the selected value rests on.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::app::{DISAGREEMENT, Desk, Line, OverallCell, Paper, Row, Scrollable, Side, as_sign, value_in_words};
use crate::interview::{ReviewerId, SubmissionId};
use crate::text::{self, SafeText, many};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Page, Paragraph, pane};

/// The least columns of a candidate.
const LEAST: u16 = 14;

/// The least columns that the table keeps beside a document.
const BESIDE: u16 = 36;

/// The most columns of a document's lines: beyond that they are hard to read.
const LINES: u16 = 76;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, side: &Side) {
    let paper = side.paper.as_ref().map(|paper| (paper, (area.width / 2).min(LINES + 4)));
    let Some((shown, width)) = paper else { return compared(view, canvas, area, desk, side) };
    let left = Rect { width: area.width.saturating_sub(width), ..area };
    match left.width < BESIDE {
        true => document(view, canvas, area, desk, shown),
        false => {
            compared(view, canvas, left, desk, side);
            document(view, canvas, Rect { x: left.right(), width, ..area }, desk, shown);
        }
    }
}

/// A document's lines, from the one that it is turned to.
fn document(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, paper: &Paper) {
    let inside = pane(canvas, area, &desk.paper_title(paper.submission, &paper.kind), true);
    view.targets.put(area, Target::Scrolls(Scrollable::Paper));
    let lines = desk.paper_lines(paper.submission, &paper.text);
    // In Markdown a heading begins so; in plain text it does no harm.
    let role = |line: &SafeText| if line.as_str().starts_with('#') { Role::Accent } else { Role::Text };
    let paragraphs: Vec<Paragraph<'_>> = lines.iter().map(|line| Paragraph::new(line, role(line))).collect();
    let page = Page::of(&paragraphs, inside.width);
    let top = paper.scroll.min(page.lines().saturating_sub(usize::from(inside.height)));
    if top != paper.scroll {
        view.begins.push((Scrollable::Paper, top));
    }
    page.draw(canvas, inside, top);
    let below = page.lines() - top - usize::from(inside.height).min(page.lines() - top);
    if below > 0 && area.height > 1 {
        let words = format!(" {} below ", many(below, "more line"));
        canvas.text_right(area.x + 2, area.bottom() - 1, area.width.saturating_sub(4), words, Role::Muted);
    }
}

fn compared(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, side: &Side) {
    if side.laid.columns.is_empty() || side.laid.rows.is_empty() {
        canvas.paragraph(area, "There is nothing to lay side by side yet.", Role::Muted);
        return;
    }
    let below = (area.height / 3).clamp(4, 14);
    let grid = Rect { height: area.height.saturating_sub(below), ..area };
    table(canvas, grid, desk, side);
    let detail = Rect { y: grid.bottom(), height: below, ..area };
    rests_on(view, canvas, detail, desk, side);
}

/// The columns that there is room for, around the one that is selected.
fn shown(side: &Side, room: u16) -> Range<usize> {
    let count = side.laid.columns.len();
    let fit = usize::from(room / LEAST).clamp(1, count);
    let from = (side.column + 1).saturating_sub(fit).min(count - fit);
    from..from + fit
}

/// How wide the labels are, how wide each column is, and which columns there is room for. What labels do not need, names have.
fn columns(width: u16, desk: &Desk, side: &Side) -> (u16, u16, Range<usize>) {
    let labels = side.laid.rows.iter().map(|row| text::width(row.line.in_words().as_str())).max().unwrap_or_default();
    let names = side.laid.columns.iter().map(|id| text::width(desk.called(*id).as_str())).max().unwrap_or_default();
    let (most, needed) = ((width * 3 / 10).clamp(18, 40), (labels as u16 + 2).clamp(20, 40));
    let wanted = (names as u16 + 1).clamp(LEAST, 32).saturating_mul(side.laid.columns.len() as u16);
    // Labels have three tenths at the most where names ask for the rest, and give a quarter alone where those need it.
    let first = if needed.saturating_add(wanted) <= width { needed.max(most) } else { needed.min(most) };
    let first = first.min(width.saturating_sub(wanted).max(needed.min((width / 4).max(18))));
    let shown = shown(side, width.saturating_sub(first));
    (first, width.saturating_sub(first) / shown.len() as u16, shown)
}

/// Which columns are shown, of how many: in as many words as there is room for.
fn which(shown: &Range<usize>, count: usize, room: u16) -> String {
    let which = match shown.len() {
        1 => format!("{} of {count}", shown.end),
        _ => format!("{}–{} of {count}", shown.start + 1, shown.end),
    };
    let whole = format!(" {} {which}", if shown.len() == 1 { "column" } else { "columns" });
    if text::width(&whole) <= usize::from(room) { whole } else { format!(" {which}") }
}

fn table(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, side: &Side) {
    let (first, wide, shown) = columns(area.width, desk, side);
    for (nth, column) in shown.clone().enumerate() {
        let (x, role) = (area.x + first + wide * nth as u16, if column == side.column { Role::Title } else { Role::Header });
        let called = desk.called(side.laid.columns[column]);
        canvas.text(x, area.y, wide.saturating_sub(1), called.fit(usize::from(wide.saturating_sub(1))).into_owned(), role);
    }
    let hidden = side.laid.columns.len() - shown.len();
    let head = if hidden > 0 { which(&shown, side.laid.columns.len(), first.saturating_sub(1)) } else { String::new() };
    canvas.text(area.x, area.y, first.saturating_sub(1), head, Role::Muted);
    let below = |rows: u16| Rect { y: area.y + rows, height: area.height.saturating_sub(rows), ..area };
    let heads = 1 + standings(canvas, below(1), (side, desk.sight.only_decides()), (first, wide, shown.clone()));
    let heads = heads + decisions(canvas, below(heads), desk, side, (first, wide, shown.clone()));
    // Where there is room, rows stand apart, so that two people read them from further away.
    let step = if side.laid.rows.len() * 2 + 1 + usize::from(heads) <= usize::from(area.height) { 2 } else { 1 };
    let heads = heads + u16::from(step > 1);
    let rows = Rect { y: area.y + heads, height: area.height.saturating_sub(heads), ..area };
    let fit = usize::from(rows.height / step).max(1);
    let from = (side.row + 1).saturating_sub(fit);
    for (nth, (index, row)) in side.laid.rows.iter().enumerate().skip(from).take(fit).enumerate() {
        let y = rows.y + nth as u16 * step;
        let is_here = index == side.row;
        if is_here {
            canvas.paint(Rect { y, height: 1, ..area }, Role::SelectedIdle);
        }
        let role = if row.spread >= DISAGREEMENT { Role::Warning } else { Role::Text };
        let signs = in_signs(canvas, wide.saturating_sub(2), row.cells[shown.clone()].iter());
        let label = match row.line {
            Line::Recommendation if signs => "Recommended -- to ++".into(),
            _ => row.line.in_words(),
        };
        canvas.text(area.x + 1, y, first.saturating_sub(2), &label, role);
        for (nth, column) in shown.clone().enumerate() {
            let x = area.x + first + wide * nth as u16;
            if is_here && column == side.column {
                canvas.paint(Rect { x, y, width: wide.saturating_sub(1), height: 1 }, Role::Selected);
            }
            cell(canvas, (x, y), wide.saturating_sub(2), signs, &row.cells[column]);
        }
    }
}

/// Total and rank of each column with how sure they are, below the names; returns the rows that they take.
fn standings(
    canvas: &mut Canvas<'_>,
    area: Rect,
    (side, alone): (&Side, bool),
    (first, wide, shown): (u16, u16, Range<usize>),
) -> u16 {
    if area.height < 2 + LEAST_ROWS || side.stands.iter().all(Option::is_none) {
        return 0;
    }
    // Of a few, ranges and intervals are narrower than of the whole batch.
    let has_range = side.stands.iter().flatten().any(|one| one.range.is_some());
    let heads = match (alone, has_range) {
        (true, _) => ["Total, ± of these", "Rank, of these"],
        (false, true) => ["Total, of 100", "Rank, and may be"],
        (false, false) => ["Total, of 100", "Rank (no range)"],
    };
    for (row, head) in (0..).zip(heads) {
        canvas.text(area.x + 1, area.y + row, first.saturating_sub(2), head, Role::Muted);
    }
    for (nth, column) in shown.enumerate() {
        let Some(stands) = side.stands.get(column).and_then(Option::as_ref) else { continue };
        let x = area.x + first + wide * nth as u16;
        // What does not fit is the interval, not the figure.
        let total = stands.total.fit(usize::from(wide.saturating_sub(2))).into_owned();
        canvas.text(x, area.y, wide.saturating_sub(2), total, Role::Text);
        canvas.text(x, area.y + 1, wide.saturating_sub(2), &stands.rank_in_words(), Role::Accent);
    }
    2
}

/// What was decided on each, below that, with a sign where two decided differently; returns the rows that it takes.
fn decisions(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, side: &Side, (first, wide, shown): (u16, u16, Range<usize>)) -> u16 {
    let decided = |column: usize| desk.decided_in_a_word(side.laid.columns[column]);
    if area.height < 1 + LEAST_ROWS || (0..side.laid.columns.len()).all(|column| decided(column).is_none()) {
        return 0;
    }
    canvas.text(area.x + 1, area.y, first.saturating_sub(2), "Decided", Role::Muted);
    for (nth, column) in shown.enumerate() {
        let differs = !desk.sight.differing(side.laid.columns[column]).is_empty();
        let (sign, role) = if differs { (canvas.glyphs().pick(" ≠", " !"), Role::Warning) } else { ("", Role::Text) };
        let against = desk.against(side.laid.columns[column]).is_some();
        let word = decided(column).map(|word| if against { super::batch::against(word) } else { word });
        let role = if against { Role::Warning } else { role };
        let words = format!("{}{sign}", word.unwrap_or_else(|| canvas.glyphs().pick("·", ".")));
        canvas.text(area.x + first + wide * nth as u16, area.y, wide.saturating_sub(2), words, role);
    }
    1
}

/// Rows of values that a low window keeps before it has room for the ranking.
const LEAST_ROWS: u16 = 5;

/// Values beside each other; where they are far apart that is marked by a sign too. What was agreed stands behind, and last what a
/// second reader proposed, with the sign of a machine.
fn cell(canvas: &mut Canvas<'_>, (x, y): (u16, u16), width: u16, signs: bool, cell: &OverallCell) {
    let (values, role) = match (cell.given.is_empty(), cell.spread >= DISAGREEMENT) {
        (true, _) => (canvas.glyphs().pick("·", ".").to_owned(), Role::Faint),
        (false, true) => (apart(canvas, width, cell), Role::Warning),
        (false, false) => (beside(canvas, cell, signs), Role::Text),
    };
    let mut used = canvas.text(x, y, width, values, role);
    if let Some(agreed) = &cell.agreed {
        let words = format!(" {} {}", canvas.glyphs().pick("→", ">"), value_in_words(agreed.observed));
        used += canvas.text(x + used, y, width.saturating_sub(used), words, Role::Accent);
    }
    if let Some(machine) = &cell.machine {
        let words = format!(" {}{}", canvas.glyphs().pick("⚙", "m"), machine.value);
        canvas.text(x + used, y, width.saturating_sub(used), words, Role::Muted);
    }
}

/// Values far apart, with their sign: behind them, or before them where it would be what does not fit.
fn apart(canvas: &Canvas<'_>, width: u16, cell: &OverallCell) -> String {
    let (values, sign) = (joined(cell, " ", |value| value), canvas.glyphs().pick("≠", "!"));
    if fits(&values, width.saturating_sub(2)) { format!("{values} {sign}") } else { format!("{sign} {values}") }
}

/// Values beside each other; words stand apart by more than a space.
fn beside(canvas: &Canvas<'_>, cell: &OverallCell, signs: bool) -> String {
    match (signs, has_words(cell)) {
        (true, _) => joined(cell, "  ", as_sign),
        (false, true) => joined(cell, canvas.glyphs().pick(" · ", ", "), |value| value),
        (false, false) => joined(cell, " ", |value| value),
    }
}

fn has_words(cell: &OverallCell) -> bool {
    cell.given.iter().any(|(_, value)| value.width() > 3)
}

/// Whether a row is drawn in signs: in one of its columns there is no room for words.
fn in_signs<'a>(canvas: &Canvas<'_>, width: u16, mut cells: impl Iterator<Item = &'a OverallCell>) -> bool {
    cells.any(|cell| has_words(cell) && !fits(&beside(canvas, cell, false), width))
}

fn joined(cell: &OverallCell, between: &str, each: impl Fn(&str) -> &str) -> String {
    let given: Vec<&str> = cell.given.iter().map(|(_, value)| each(value.as_str())).collect();
    given.join(between)
}

fn fits(words: &str, width: u16) -> bool {
    text::width(words) <= usize::from(width)
}

/// Who gave what, what was decided and remarked, then the evidence, what to ask live, notes, and what was handed in, for the selected
/// cell; what has no room is a key away.
fn rests_on(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, side: &Side) {
    let Some((submission, row)) = side.laid.columns.get(side.column).copied().zip(side.laid.rows.get(side.row)) else { return };
    let title = format!("{} · {}", desk.called(submission), row.line.in_words());
    let inside = pane(canvas, area, title, false);
    view.targets.put(area, Target::Scrolls(Scrollable::Rests));
    let lines = lines(desk, side, submission, row);
    let paragraphs: Vec<Paragraph<'_>> = lines.iter().map(|(words, role)| Paragraph::new(words, *role)).collect();
    let page = Page::of(&paragraphs, inside.width);
    let top = side.scroll.min(page.lines().saturating_sub(usize::from(inside.height)));
    if top != side.scroll {
        view.begins.push((Scrollable::Rests, top));
    }
    page.draw(canvas, inside, top);
    let below = (page.lines() - top).saturating_sub(usize::from(inside.height));
    if (below > 0 || top > 0) && area.height > 1 {
        let words =
            if below > 0 { format!(" {} below: PgDn ", many(below, "more line")) } else { " the end; PgUp goes back ".to_owned() };
        canvas.text_right(area.x + 2, area.bottom() - 1, area.width.saturating_sub(4), words, Role::Muted);
    }
}

fn lines(desk: &Desk, side: &Side, submission: SubmissionId, row: &Row) -> Vec<(SafeText, Role)> {
    let who = |id: &ReviewerId| desk.person(*id);
    let cell = &row.cells[side.column];
    let mut lines = Vec::new();
    let given: Vec<String> = cell.given.iter().map(|(id, value)| format!("{} {value}", who(id))).collect();
    if !given.is_empty() {
        lines.push((SafeText::line(&given.join(" · ")), Role::Accent));
    }
    if let Some(agreed) = &cell.agreed {
        let words = format!("agreed: {}, because {} ({})", value_in_words(agreed.observed), agreed.reason, who(&agreed.by));
        lines.push((desk.quoted_of(submission, &SafeText::line(&words)), Role::Text));
        lines.extend(desk.agreed_differently(agreed).map(|words| (words, Role::Warning)));
    }
    if let Some(words) = desk.decided_in_words(submission) {
        lines.push((SafeText::line(&format!("decided: {words}")), Role::Text));
    }
    if let Some(words) = desk.against_in_words(submission) {
        lines.push((SafeText::line(&format!("against the ranking: {words}")), Role::Warning));
    }
    if let Some(words) = desk.differing_in_words(submission) {
        lines.push((SafeText::line(&format!("decided differently: {words}")), Role::Warning));
    }
    for comment in desk.comments_on(submission) {
        let words = format!("remark: {} ({})", desk.quoted_of(submission, &comment.text), who(&comment.by));
        lines.push((SafeText::line(&words), Role::Text));
    }
    if let (Some(answer), Line::Criterion { criterion, .. }) = (cell.answer, &row.line) {
        for (all, evidence) in desk.evidence_once(answer, criterion) {
            let quote = desk.quoted_of(submission, &evidence.quote);
            // A recording without a transcript has moments and no words.
            let quote = if quote.is_empty() { "evidence".to_owned() } else { format!("\u{201c}{quote}\u{201d}") };
            let all: Vec<String> = all.iter().map(|id| who(id).to_string()).collect();
            // Of a written answer it counts characters: there is no moment.
            let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
            let at = if is_recording { format!("{} ", evidence.span.start) } else { String::new() };
            let words = format!("{at}{quote} ({})", all.join(", "));
            lines.push((SafeText::line(&words), Role::Text));
        }
    }
    if let Some(machine) = &cell.machine {
        let at = machine.span.map_or_else(String::new, |span| format!("{} ", span.start));
        let words = format!("second reader (machine, {}): {} · {at}\u{201c}{}\u{201d}", machine.by, machine.value, machine.quote);
        lines.push((SafeText::line(&words), Role::Muted));
    }
    let (notes, probes) = desk.remarks(submission);
    let asked = probes.iter().map(|(number, id, note)| (format!("ask live ({number})"), id, note));
    let noted = notes.iter().map(|(number, id, note)| (format!("note ({number})"), id, note));
    for (kind, id, note) in asked.chain(noted) {
        let words = format!("{kind}: {} ({})", desk.quoted_of(submission, &note.text), who(id));
        lines.push((SafeText::line(&words), Role::Muted));
    }
    let documents = desk.documents(submission);
    if !documents.is_empty() {
        let kinds: Vec<&str> = documents.iter().map(|(kind, _)| kind.as_str()).collect();
        lines.push((SafeText::line(&format!("documents: {} (d opens)", kinds.join(", "))), Role::Muted));
    }
    lines
}
