//! Calibrate: a clip's question and criteria, and what the experts gave once it is handed in.

use ratatui::layout::Rect;

use super::scoring;
use crate::app::{App, Calibrate, Desk, Loaded};
use crate::rubric::{AnchorClip, Criterion, Observed, Rubric};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Targets;
use crate::tui::theme::Role;
use crate::tui::widgets::{RatingRow, SaveState};

pub(super) fn draw(targets: &mut Targets, canvas: &mut Canvas<'_>, area: Rect, app: &App, open: &Calibrate) {
    let Some(desk) = &app.desk else { return };
    let (Some(rubric), Some(clip)) = (&desk.rubric, desk.clip(&open.clip)) else { return };
    // What was given stands at the end of its criterion's line: in a wide window not out of sight of it.
    let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2).min(super::review::MEASURE), ..area };
    let mut y = area.y;
    let prompt = rubric.question(&clip.question).map(|question| &question.prompt);
    if let Some(prompt) = prompt {
        y += canvas.paragraph(Rect { y, height: 3, ..area }, prompt, Role::Accent).max(1);
    }
    let state = match app.deck.loaded(app.deck.active) {
        Loaded::Unplayable { reason, .. } => {
            format!("The clip cannot be played: {reason}. `earmark rubric attach` takes it in; Esc leaves it.")
        }
        _ if open.shown => "Beside your points those of the experts; their reasons are below.".to_owned(),
        _ => "A clip that experts have rated. Nothing of it enters a score or a ranking.".to_owned(),
    };
    y += canvas.paragraph(Rect { y, height: 2, ..area }, state, Role::Muted).max(1) + 1;
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    let criteria = desk.clip_criteria(clip);
    match open.shown {
        true => experts(canvas, rest, open, clip, &criteria),
        false => rate(targets, canvas, rest, desk, (rubric, &criteria), open),
    }
}

/// The criteria, the focused one with its anchors beside the keys that give them.
fn rate(
    targets: &mut Targets,
    canvas: &mut Canvas<'_>,
    area: Rect,
    desk: &Desk,
    (rubric, criteria): (&Rubric, &[&Criterion]),
    open: &Calibrate,
) {
    let mut y = area.y;
    let room = area.height.saturating_sub(criteria.len() as u16);
    for (index, criterion) in criteria.iter().enumerate() {
        if y >= area.bottom() {
            break;
        }
        let given = open.given.get(&criterion.id).copied();
        let mut anchors = scoring::anchors(rubric, criterion, given);
        if index == open.criterion {
            scoring::leave_out_zero(&mut anchors, area.width, room);
        }
        scoring::share_rows(&mut anchors, area.width, room);
        let row = RatingRow {
            name: (&criterion.name).into(),
            weight: "".into(),
            anchors: &anchors,
            given: scoring::given(given),
            saved: SaveState::None,
            evidence: 0,
            takes_evidence: false,
            focused: index == open.criterion,
        };
        let place = Rect { y, height: area.bottom() - y, ..area };
        scoring::can_be_chosen(targets, place, index, if index == open.criterion { &anchors } else { &[] });
        y += row.draw(canvas, place);
    }
    let standing = desk.calibration().filter(|standing| standing.due.len() > 1 && y < area.bottom());
    if let Some(standing) = standing {
        canvas.text(area.x, area.bottom() - 1, area.width, format!("{} clips to rate", standing.due.len()), Role::Muted);
    }
}

/// Own points beside the experts', and why they gave theirs.
fn experts(canvas: &mut Canvas<'_>, area: Rect, open: &Calibrate, clip: &AnchorClip, criteria: &[&Criterion]) {
    canvas.text(area.x, area.y, area.width, "You   Experts   Criterion", Role::Muted);
    let mut y = area.y + 1;
    for criterion in criteria.iter().take(usize::from(area.height.saturating_sub(3))) {
        let own = match open.given.get(&criterion.id) {
            Some(Observed::Point(point)) => point.to_string(),
            Some(_) => "n/o".to_owned(),
            None => "-".to_owned(),
        };
        let expert = clip.key.get(&criterion.id).map_or_else(String::new, ToString::to_string);
        let role = if own == expert { Role::Saved } else { Role::Warning };
        canvas.text(area.x, y, 6, own, role);
        canvas.text(area.x + 6, y, 10, expert, Role::Rated);
        canvas.text(area.x + 16, y, area.width.saturating_sub(16), &criterion.name, Role::Text);
        y += 1;
    }
    let place = Rect { y: y + 1, height: area.bottom().saturating_sub(y + 1), ..area };
    canvas.paragraph(place, &clip.rationale, Role::Text);
}
