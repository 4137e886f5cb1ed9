//! What Review and Compare share of rating: the criteria, and what each point means, beside the key that gives it.

use ratatui::layout::Rect;

use crate::app::{Desk, Saving};
use crate::interview::AnswerId;
use crate::rubric::{Criterion, Observed, Point, Rubric};
use crate::scorecard::Rating;
use crate::tui::draw::Canvas;
use crate::tui::pointing::{Target, Targets};
use crate::tui::theme::Role;
use crate::tui::widgets::{Anchor, Given, RatingRow, SaveState};
use crate::tui::words::Words;

/// What the next keys are about.
pub(super) struct Marks {
    /// The criterion that a digit rates.
    pub focused: usize,
    /// The criterion that evidence would be for, where that is another.
    pub evidence: Option<usize>,
    /// Points of the focused criterion that are scrolled by where not all fit; none where its pane does not have the keys.
    pub scroll: Option<usize>,
}

/// Draws the criteria of an answer, the focused one with its anchors beside the keys that give them.
pub(super) fn criteria(targets: &mut Targets, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, answer: AnswerId, marks: Marks) {
    let all = desk.criteria(answer);
    let Some(rubric) = desk.rubric.as_ref().filter(|_| !all.is_empty()) else {
        return nothing_to_rate(canvas, area, desk.rubric.is_some());
    };
    let alone = stands_alone(rubric, all, area, &marks);
    let room = area.height.saturating_sub(if alone { 1 } else { all.len() as u16 });
    let mut y = area.y;
    for (index, known) in all.iter().enumerate().filter(|(index, _)| !alone || *index == marks.focused) {
        if y >= area.bottom() {
            break;
        }
        let place = Rect { y, height: area.bottom() - y, ..area };
        y += criterion(targets, canvas, place, desk, (rubric, known, index), answer, (&marks, room));
    }
}

/// Why there is nothing to rate by.
fn nothing_to_rate(canvas: &mut Canvas<'_>, area: Rect, has_rubric: bool) {
    let (words, role) = match has_rubric {
        true => ("This question is not scored by the attached rubric.", Role::Muted),
        false => ("No rubric is attached: A attaches one. Until then answers are heard and noted, not rated.", Role::Warning),
    };
    canvas.paragraph(area, words, role);
}

/// Whether the focused criterion has the pane for itself: with the others its points would not be read whole.
fn stands_alone(rubric: &Rubric, all: &[Criterion], area: Rect, marks: &Marks) -> bool {
    // What tells of *not observed* is left out first.
    let points = |criterion: &Criterion| {
        let mut anchors = anchors(rubric, criterion, None);
        leave_out_zero(&mut anchors, area.width, area.height.saturating_sub(all.len() as u16));
        whole(&anchors, area.width)
    };
    let crowds = |criterion: &Criterion| points(criterion) + all.len() as u16 > area.height;
    marks.scroll.is_some() && all.len() > 1 && all.get(marks.focused).is_some_and(crowds)
}

/// Which criterion has the pane for itself, counted from 1, and of how many; none where all are seen.
pub(super) fn alone(desk: &Desk, answer: AnswerId, area: Rect, marks: &Marks) -> Option<(usize, usize)> {
    let (all, rubric) = (desk.criteria(answer), desk.rubric.as_ref()?);
    stands_alone(rubric, all, area, marks).then_some((marks.focused + 1, all.len()))
}

/// Draws one criterion, and its points where it is the focused one, in `room` rows; returns the rows used.
fn criterion(
    targets: &mut Targets,
    canvas: &mut Canvas<'_>,
    area: Rect,
    desk: &Desk,
    (rubric, criterion, index): (&Rubric, &Criterion, usize),
    answer: AnswerId,
    (marks, room): (&Marks, u16),
) -> u16 {
    let focused = index == marks.focused;
    let rating = desk.my_mark(answer, &criterion.id);
    let mut anchors = anchors(rubric, criterion, rating.map(|rating| rating.observed));
    let mut left = None;
    if focused && marks.scroll.is_some() {
        leave_out_zero(&mut anchors, area.width, room);
    }
    match marks.scroll.filter(|_| focused && whole(&anchors, area.width) > room) {
        Some(scroll) => left = Some(scrolled(&mut anchors, scroll, area.width, room.saturating_sub(1))),
        None => share_rows(&mut anchors, area.width, room),
    }
    let row = RatingRow {
        name: (&criterion.name).into(),
        weight: format!("x{}", criterion.weight).into(),
        anchors: &anchors,
        given: given(rating.map(|rating| rating.observed)),
        saved: saved(desk, rating),
        evidence: desk.my_evidence(answer, &criterion.id).len(),
        takes_evidence: marks.evidence == Some(index),
        focused,
    };
    can_be_chosen(targets, area, index, if focused { &anchors } else { &[] });
    let mut rows = row.draw(canvas, area);
    if let Some(words) = left.filter(|_| rows < area.height) {
        canvas.text(area.x, area.y + rows, area.width, words, Role::Warning);
        rows += 1;
    }
    rows
}

/// A criterion that a click goes to, and the points below it that clicks give.
pub(super) fn can_be_chosen(targets: &mut Targets, area: Rect, index: usize, anchors: &[Anchor<'_>]) {
    targets.put(Rect { height: area.height.min(1), ..area }, Target::Criterion(index));
    let mut y = area.y + 1;
    for anchor in anchors {
        let rows = anchor.height(area.width).min(area.bottom().saturating_sub(y));
        can_be_given(targets, Rect { y, height: rows, ..area }, index, anchor);
        y += rows;
    }
}

/// A point that a click gives.
pub(super) fn can_be_given(targets: &mut Targets, area: Rect, criterion: usize, anchor: &Anchor<'_>) {
    targets.put(area, Target::Point { criterion, observed: anchor.gives });
}

/// Rows that the criteria take with all anchors of the wordiest one: where those fit, nothing moves when the focus does.
pub(super) fn rows(rubric: &Rubric, criteria: &[Criterion], width: u16) -> u16 {
    let wordiest = criteria.iter().map(|criterion| whole(&anchors(rubric, criterion, None), width)).max();
    (criteria.len() as u16).saturating_add(wordiest.unwrap_or(0))
}

/// Leaves out how *not observed* is given, where all the rest is read whole without it: it is the same for every criterion, and the foot of
/// the screen names the key.
pub(super) fn leave_out_zero(anchors: &mut Vec<Anchor<'_>>, width: u16, room: u16) {
    let points = anchors.len().saturating_sub(1);
    if whole(anchors, width) > room && whole(&anchors[..points], width) <= room {
        anchors.truncate(points);
    }
}

/// Rows that all of the anchors take.
pub(super) fn whole(anchors: &[Anchor<'_>], width: u16) -> u16 {
    anchors.iter().map(|anchor| anchor.lines(width).max(1)).sum()
}

/// Leaves the anchors that fit `rows`, each whole, from the one with the number `scroll` on; returns what is above and below.
fn scrolled(anchors: &mut Vec<Anchor<'_>>, scroll: usize, width: u16, rows: u16) -> String {
    let last = (0..anchors.len()).find(|from| whole(&anchors[*from..], width) <= rows).unwrap_or(anchors.len() - 1);
    let from = scroll.min(last);
    let keys = |anchors: &[Anchor<'_>]| anchors.iter().map(|anchor| anchor.key.as_str().to_owned()).collect::<Vec<_>>().join(" ");
    let above = keys(&anchors[..from]);
    anchors.drain(..from);
    let fit = (1..=anchors.len()).take_while(|count| whole(&anchors[..*count], width) <= rows).last().unwrap_or(1);
    let below = keys(&anchors[fit..]);
    anchors.truncate(fit);
    anchors.iter_mut().for_each(|anchor| anchor.rows = rows.max(1));
    let words = [(above, "PgUp"), (below, "PgDn")].map(|(keys, key)| if keys.is_empty() { keys } else { format!("{key}: {keys}") });
    format!("   {}", words.iter().filter(|words| !words.is_empty()).cloned().collect::<Vec<_>>().join("   "))
}

/// Gives each anchor the rows that it needs, as far as `rows` go: every one is seen before any is seen whole.
pub(super) fn share_rows(anchors: &mut [Anchor<'_>], width: u16, rows: u16) {
    let needed: Vec<u16> = anchors.iter().map(|anchor| anchor.lines(width)).collect();
    let mut left = rows.saturating_sub(anchors.len() as u16);
    anchors.iter_mut().for_each(|anchor| anchor.rows = 1);
    while let Some((anchor, _)) = anchors
        .iter_mut()
        .zip(&needed)
        .filter(|(anchor, needed)| anchor.rows < **needed && left > 0)
        .min_by_key(|(anchor, _)| anchor.rows)
    {
        anchor.rows += 1;
        left -= 1;
    }
}

/// The points of a criterion with their keys, all with a row of their own at first.
pub(super) fn anchors<'a>(rubric: &'a Rubric, criterion: &'a Criterion, given: Option<Observed>) -> Vec<Anchor<'a>> {
    let points = rubric.scale.min..=rubric.scale.max;
    let anchor = |point: i16| {
        let text = criterion.anchors.get(&point).or_else(|| rubric.scale.label(point));
        let is_given = matches!(given, Some(Observed::Point(p)) if p.value().floor() == f64::from(point));
        let text = text.map_or_else(|| "".into(), Words::from);
        Anchor { key: point.to_string().into(), gives: Observed::Point(Point::whole(point)), text, given: is_given, rows: 1 }
    };
    let is_given = given == Some(Observed::NotObserved);
    // Where 0 is a point, no point's key may mean this too.
    let key = if rubric.scale.of_digit(0) == Some(Observed::NotObserved) { "0" } else { "_" };
    let not_observed =
        Anchor { key: key.into(), gives: Observed::NotObserved, text: "Not observed".into(), given: is_given, rows: 1 };
    points.map(anchor).chain([not_observed]).collect()
}

pub(super) fn given<'a>(observed: Option<Observed>) -> Given<'a> {
    match observed {
        None => Given::Nothing,
        Some(Observed::Point(point)) => Given::Point(point.to_string().into()),
        Some(Observed::NotObserved) => Given::NotObserved,
        Some(Observed::TechnicalFault) => Given::Fault,
    }
}

pub(super) fn saved(desk: &Desk, rating: Option<&Rating>) -> SaveState {
    match rating.map(|rating| desk.saving(rating.event)) {
        None => SaveState::None,
        Some(Saving::Pending) => SaveState::Pending,
        Some(Saving::Saved) => SaveState::Saved,
    }
}
