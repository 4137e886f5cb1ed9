//! What reviewers gave for an answer, for someone who decides and does not score: each criterion's values, by whom, and what they mean.

use ratatui::layout::Rect;

use crate::app::{DISAGREEMENT, Desk, value_in_words};
use crate::interview::AnswerId;
use crate::rubric::{Criterion, Observed, Rubric};
use crate::text::SafeText;
use crate::tui::draw::Canvas;
use crate::tui::pointing::{Target, Targets};
use crate::tui::theme::Role;
use crate::tui::words::Words;

/// Columns by which the values of the selected criterion stand in.
const INDENT: u16 = 3;

/// Draws the criteria of an answer, the focused one with who gave what.
pub(super) fn values(targets: &mut Targets, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, answer: AnswerId, focused: usize) {
    let all = desk.criteria(answer);
    let Some(rubric) = desk.rubric.as_ref().filter(|_| !all.is_empty()) else {
        canvas.paragraph(area, "This question is not scored by the rubric.", Role::Muted);
        return;
    };
    let mut y = area.y;
    for (index, criterion) in all.iter().enumerate() {
        if y >= area.bottom() {
            break;
        }
        let place = Rect { y, height: 1, ..area };
        head(canvas, place, desk, answer, criterion, index == focused);
        targets.put(place, Target::Criterion(index));
        y += 1;
        if index != focused {
            continue;
        }
        // The criteria below keep a row each; where not everyone is read whole, everyone has a row.
        let kept = (all.len() - index - 1) as u16;
        let lines = details(desk, rubric, answer, criterion);
        let fits = rows(desk, answer, focused, area.width) <= area.height;
        for (words, role) in lines {
            let room = area.bottom().saturating_sub(y + kept).min(if fits { area.height } else { 1 });
            let place = Rect { x: area.x + INDENT.min(area.width), y, width: area.width.saturating_sub(INDENT), height: room };
            y += canvas.paragraph(place, &words, role);
        }
    }
}

/// Rows that the criteria take, with all that was given for the focused one.
pub(super) fn rows(desk: &Desk, answer: AnswerId, focused: usize, width: u16) -> u16 {
    let all = desk.criteria(answer);
    let of = all.get(focused).zip(desk.rubric.as_ref());
    let lines = of.map_or_else(Vec::new, |(criterion, rubric)| details(desk, rubric, answer, criterion));
    let wrapped = |words: &SafeText| Words::from(words).wrapped(width.saturating_sub(INDENT)).len().max(1) as u16;
    all.len().max(1) as u16 + lines.iter().map(|(words, _)| wrapped(words)).sum::<u16>()
}

/// A criterion, its weight, and at the right the values beside each other.
fn head(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, answer: AnswerId, criterion: &Criterion, focused: bool) {
    if focused {
        canvas.paint(area, Role::Selected);
    }
    let cell = desk.given(answer, &criterion.id);
    let values: Vec<&str> = cell.given.iter().map(|(_, value)| value.as_str()).collect();
    let (values, role) = match (values.is_empty(), cell.spread >= DISAGREEMENT) {
        (true, _) => (canvas.glyphs().pick("·", ".").to_owned(), Role::Faint),
        (false, true) => (format!("{} {}", values.join(" "), canvas.glyphs().pick("≠", "!")), Role::Warning),
        (false, false) => (values.join(" "), Role::Rated),
    };
    let values = Words::from(values);
    let room = area.width.saturating_sub(values.width() + 2);
    canvas.text_right(area.x, area.y, area.width, values, role);
    let pointer = if focused { canvas.glyphs().pick("▶ ", "> ") } else { "  " };
    let weight = format!(" x{}", criterion.weight);
    let named = criterion.name.fit(usize::from(room).saturating_sub(2 + weight.len())).into_owned();
    let role = if focused { Role::Title } else { Role::Text };
    canvas.line(area.x, area.y, room, [(pointer.into(), Role::Title), (named.into(), role), (weight.into(), Role::Muted)]);
}

/// Who gave what and what that point means, what was agreed on, and what a second reader proposed.
fn details(desk: &Desk, rubric: &Rubric, answer: AnswerId, criterion: &Criterion) -> Vec<(SafeText, Role)> {
    let given = desk.works_seen().filter_map(|(who, work)| Some((who, work.rating(answer, &criterion.id)?.observed)));
    let mut lines: Vec<(SafeText, Role)> = given
        .map(|(who, observed)| {
            let words = format!("{} {}{}", desk.person(who), value_in_words(observed), meaning(rubric, criterion, observed));
            (SafeText::line(&words), Role::Text)
        })
        .collect();
    if lines.is_empty() {
        lines.push(("Nobody's value of it came with what was handed to you.".into(), Role::Muted));
    }
    if let Some(agreed) = desk.agreed(answer, &criterion.id) {
        let because = desk.quoted(answer, &agreed.reason);
        let words = format!("agreed on {}, because {because} ({})", value_in_words(agreed.observed), desk.person(agreed.by));
        lines.push((SafeText::line(&words), Role::Accent));
    }
    if let Some(machine) = desk.proposed(answer, &criterion.id) {
        let words = format!("second reader (machine, {}): {}", machine.by, machine.value);
        lines.push((SafeText::line(&words), Role::Muted));
    }
    lines
}

/// What a point means, behind a colon; nothing where the rubric does not say it.
fn meaning(rubric: &Rubric, criterion: &Criterion, observed: Observed) -> String {
    let Observed::Point(point) = observed else { return String::new() };
    let whole = point.value().floor() as i16;
    let text = criterion.anchors.get(&whole).or_else(|| rubric.scale.label(whole));
    text.map_or_else(String::new, |text| format!(": {text}"))
}
