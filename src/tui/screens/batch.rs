//! Batch: the grid of candidates and questions.

use ratatui::layout::Rect;

use crate::app::{App, Desk, Grid};
use crate::interview::{Answer, AnswerState, Status, Submission};
use crate::protocol::Others;
use crate::scorecard::HeardShare;
use crate::tui::draw::{Canvas, Glyphs};
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Align, Column, Item, Table, Width};
use crate::tui::words::Words;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, grid: &Grid) {
    let Some(desk) = &app.desk else { return };
    let head = lead(canvas, area, desk);
    let foot = question(canvas, area, desk, grid);
    let area = Rect { y: area.y + head, height: area.height.saturating_sub(head + foot), ..area };
    let titles = desk.batch.interview.questions.iter().enumerate();
    let mut columns = vec![Column { title: "Candidate".into(), width: Width::Fixed(22), align: Align::Left }];
    columns.extend(titles.map(|(index, _)| Column {
        title: format!("Question {}", index + 1).into(),
        width: Width::Fill(14),
        align: Align::Left,
    }));
    columns.push(Column { title: "Overall".into(), width: Width::Fixed(11), align: Align::Left });
    let glyphs = canvas.glyphs();
    let item = |row: usize, column: usize| match desk.rows.get(row).and_then(|id| desk.batch.submission(*id)) {
        Some(submission) => cell(desk, submission, column, glyphs),
        None => Item::new("", Role::Text),
    };
    let marked = |row: usize| desk.rows.get(row).is_some_and(|id| desk.selected.contains(id));
    let rows = desk.rows.len();
    let table = Table { columns: &columns, pinned: 1, rows, by_cell: true, focused: true, item: &item, marked: &marked };
    view.grid.row = grid.row;
    view.grid.column = grid.column + 1;
    if let Some(at) = table.draw(canvas, area, &mut view.grid) {
        canvas.set_cursor(at.x, at.y);
    }
}

/// How far one's own work is, and what of others' shows.
fn lead(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk) -> u16 {
    let progress = desk.progress();
    let others = match desk.sight.others() {
        Others::Hidden => "others' scores: hidden until all of yours is sealed",
        Others::Partly => "others' scores: shown where yours is sealed",
        Others::Shown => "others' scores: shown",
    };
    let rubric = match &desk.rubric {
        Some(rubric) => Words::from(&rubric.title),
        None => "no rubric: A chooses one".into(),
    };
    let counts = format!("{} of {} rated, {} sealed", progress.rated, progress.of, progress.sealed);
    let (counts, others): (Words<'_>, Words<'_>) = (counts.into(), others.into());
    // A narrow screen cuts the end: the rubric's title, unless there is none and one is to be chosen.
    let about = match desk.rubric {
        Some(_) => [(others, Role::Muted), (rubric, Role::Muted)],
        None => [(rubric, Role::Warning), (others, Role::Muted)],
    };
    let [first, second] = about;
    let gap = || (Words::from("  "), Role::Text);
    let parts = [(" ".into(), Role::Text), (counts, Role::Text), gap(), first, gap(), second];
    canvas.line(area.x, area.y, area.width, parts);
    1
}

/// The question under the cursor, below the grid.
fn question(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, grid: &Grid) -> u16 {
    const ROWS: u16 = 2;
    let Some(question) = desk.batch.interview.questions.get(grid.column) else { return 0 };
    let place = Rect { x: area.x + 1, y: area.bottom() - ROWS, width: area.width.saturating_sub(2), height: ROWS };
    let number = format!("{}. ", grid.column + 1);
    let used = canvas.text(place.x, place.y, place.width, number, Role::Muted);
    canvas.paragraph(Rect { x: place.x + used, width: place.width.saturating_sub(used), ..place }, &question.prompt, Role::Muted);
    ROWS
}

fn cell<'a>(desk: &'a Desk, submission: &'a Submission, column: usize, glyphs: Glyphs) -> Item<'a> {
    let questions = desk.batch.interview.questions.len();
    match column {
        0 => {
            let shown = desk.shown_name(submission.id, None);
            let role = if shown.is_hidden() { Role::Text } else { Role::Accent };
            Item::new(Words::from(shown.text()).into_owned(), role)
        }
        n if n <= questions => match submission.answers.get(n - 1) {
            Some(answer) => answer_cell(desk, answer, glyphs),
            None => Item::new("", Role::Muted),
        },
        _ => overall(desk, submission),
    }
}

fn answer_cell<'a>(desk: &Desk, answer: &Answer, glyphs: Glyphs) -> Item<'a> {
    match &answer.state {
        AnswerState::NotGiven => return Item::new(glyphs.pick("— none", "- none"), Role::Muted),
        AnswerState::Faulty { .. } => return Item::new(glyphs.pick("✗ faulty", "x faulty"), Role::Fault),
        AnswerState::NotHere => return Item::new("not here yet", Role::Muted),
        AnswerState::Ready | AnswerState::Truncated => {}
    }
    let (rated, of) = desk.rated(answer.id);
    let heard = match desk.heard_share(answer.id) {
        share @ HeardShare::Of { .. } => format!("{:>3}%", share.percent().unwrap_or_default()),
        HeardShare::NothingToHear => "  · ".to_owned(),
        HeardShare::Unknown => "  ? ".to_owned(),
    };
    let (sign, role) = if desk.is_sealed(answer.id) {
        (glyphs.pick("▣", "#"), Role::Sealed)
    } else if of > 0 && rated == of {
        (glyphs.pick("●", "*"), Role::Rated)
    } else if rated > 0 {
        (glyphs.pick("◐", "+"), Role::Rated)
    } else {
        (glyphs.pick("○", "."), Role::Unrated)
    };
    let early = if answer.state == AnswerState::Truncated { " !" } else { "" };
    let role = if early.is_empty() { role } else { Role::Warning };
    Item::new(format!("{sign} {rated}/{of} {heard}{early}"), role)
}

fn overall<'a>(desk: &Desk, submission: &Submission) -> Item<'a> {
    if let Some(mine) = desk.mine().recommendations.get(&submission.id) {
        return Item::new(crate::app::recommendation_in_words(mine.recommendation), Role::Rated);
    }
    match submission.status {
        Status::Completed => Item::new("", Role::Muted),
        Status::Invited => Item::new("invited", Role::Muted),
        Status::Started => Item::new("incomplete", Role::Warning),
        Status::Expired => Item::new("expired", Role::Late),
        Status::Withdrawn => Item::new("withdrawn", Role::Muted),
    }
}
