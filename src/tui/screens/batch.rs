//! Batch: the grid of candidates and questions.

use std::cell::OnceCell;
use std::collections::HashSet;

use ratatui::layout::Rect;

use crate::app::action::{Action, Place};
use crate::app::{App, DISAGREEMENT, Desk, Grid};
use crate::interview::{Answer, AnswerState, Status, Submission, SubmissionId};
use crate::protocol::Others;
use crate::scorecard::HeardShare;
use crate::text::SafeText;
use crate::tui::draw::{Canvas, Glyphs};
use crate::tui::keymap::Keymap;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Align, Column, Item, Table, Width};
use crate::tui::words::Words;

/// Below so many columns there is room for one question.
const NARROW: u16 = 44;

/// The columns that stay where the questions scroll.
const PINNED: usize = 2;

/// What the cells said when they were drawn last: a move of the cursor reckons none of them anew.
#[derive(Default)]
pub(in crate::tui) struct Cells {
    of: Option<(u64, Glyphs, bool)>,
    rows: Vec<OnceCell<Vec<OnceCell<Item<'static>>>>>,
}

impl Cells {
    /// Forgets them where they may say something else by now, or are to be drawn in another way.
    fn keep_up(&mut self, rows: usize, of: (u64, Glyphs, bool)) {
        if self.of != Some(of) || self.rows.len() != rows {
            self.of = Some(of);
            self.rows.clear();
            self.rows.resize_with(rows, OnceCell::new);
        }
    }

    /// What stands in a cell of `columns` ones in its row, which `made` tells where it is not known.
    fn get(&self, row: usize, column: usize, columns: usize, made: impl Fn() -> Item<'static>) -> Item<'_> {
        let cells = self.rows.get(row).map(|row| row.get_or_init(|| vec![OnceCell::new(); columns]));
        let Some(cell) = cells.and_then(|cells| cells.get(column)) else { return made() };
        let item = cell.get_or_init(&made);
        debug_assert!(*item == made(), "a cell of the grid changed, and the edition of the application did not");
        item.borrowed()
    }
}

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, grid: &Grid) {
    let Some(desk) = &app.desk else { return };
    let mut head = lead(canvas, area, desk);
    head += chosen(canvas, Rect { y: area.y + head, ..area }, desk, &view.keymap);
    let foot = foot(canvas, area, desk, grid);
    let area = Rect { y: area.y + head, height: area.height.saturating_sub(head + foot), ..area };
    let titles = desk.batch.interview.questions.iter().enumerate();
    // What a person is to know of a candidate stands beside the name: it stays where the questions scroll.
    let roomy = area.width >= 100;
    // In a narrow window a name is cut before the mark and the share of the question beside it are.
    let who = if roomy {
        22
    } else if area.width < NARROW {
        15
    } else {
        18
    };
    let mut columns = vec![
        Column { title: "Candidate".into(), width: Width::Fixed(who), align: Align::Left },
        Column { title: "Overall".into(), width: Width::Fixed(if roomy { 18 } else { 10 }), align: Align::Left },
    ];
    columns.extend(titles.map(|(index, _)| Column {
        title: format!("Question {}", index + 1).into(),
        width: Width::Fill(11),
        align: Align::Left,
    }));
    let glyphs = canvas.glyphs();
    let rows = desk.shown.len();
    let made = |row: usize, column: usize| match desk.shown.get(row).and_then(|id| desk.batch.submission(*id)) {
        Some(submission) => cell(desk, submission, column, glyphs, roomy).into_owned(),
        None => Item::new("", Role::Text),
    };
    view.cells.keep_up(rows, (app.edition(), glyphs, roomy));
    let cells = &view.cells;
    let item = |row: usize, column: usize| cells.get(row, column, columns.len(), || made(row, column));
    let marked = |row: usize| desk.shown.get(row).is_some_and(|id| desk.selected.contains(id));
    let table = Table { columns: &columns, pinned: PINNED, rows, by_cell: true, focused: true, item: &item, marked: &marked };
    view.grid.row = grid.row;
    view.grid.column = grid.column + PINNED;
    if let Some(at) = table.draw(canvas, area, &mut view.grid) {
        canvas.set_cursor(at.x, at.y);
    }
    view.targets.put(area, Target::Grid(table.places(area, &view.grid), PINNED));
    if rows == 0 && area.height > 2 {
        canvas.text(area.x + 2, area.y + 2, area.width - 2, "This filter keeps nobody.", Role::Muted);
    }
}

/// What of the rows is shown, and who is selected; only where that is not everyone and nobody.
fn chosen(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, keymap: &Keymap) -> u16 {
    let key = |action, does: &str| keymap.key(Place::Batch, action).map_or_else(String::new, |key| format!(" · {key} {does}"));
    let mut parts: Vec<(Words<'_>, Role)> = vec![(" ".into(), Role::Text)];
    if !desk.sieve.is_plain() {
        let only = if desk.sieve.keeps.is_empty() { "" } else { "only " };
        let (shown, all) = (desk.shown.len(), desk.rows.len());
        let said = format!("{only}{}: {shown} of {all}", desk.sieve_in_words());
        parts.push((said.into(), Role::Marked));
        parts.push((format!("{}  ", key(Action::ClearFilter, "shows all")).into(), Role::Muted));
    }
    if !desk.selected.is_empty() {
        let shown: HashSet<SubmissionId> = desk.shown.iter().copied().collect();
        let hidden = desk.selected.iter().filter(|id| !shown.contains(id)).count();
        let hidden = if hidden > 0 { format!(", {hidden} of them not shown") } else { String::new() };
        parts.push((format!("{} selected{hidden}", desk.selected.len()).into(), Role::Marked));
        parts.push((key(Action::ClearSelection, "clears").into(), Role::Muted));
    }
    if parts.len() == 1 {
        return 0;
    }
    canvas.line(area.x, area.y, area.width, parts);
    1
}

/// How far one's own work is, and what of others' shows.
fn lead(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk) -> u16 {
    if let Some(words) = desk.guest_in_words() {
        canvas.text(area.x + 1, area.y, area.width.saturating_sub(1), words, Role::Text);
        return 1;
    }
    let progress = desk.progress();
    let others = match desk.sight.others() {
        Others::Hidden => "others' scores: hidden until all of yours is sealed",
        Others::Partly => "others' scores: shown where yours is sealed",
        Others::Shown => "others' scores: shown",
    };
    let rubric = match &desk.rubric {
        Some(rubric) => Words::from(format!("rubric: {}", rubric.title)),
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
    let parts = [(" ".into(), Role::Text), (counts, Role::Text), gap(), first];
    let used = canvas.line(area.x, area.y, area.width, parts);
    // A word's first letters and an ellipsis tell nobody anything.
    const LEAST: u16 = 12;
    let room = area.width.saturating_sub(used);
    if second.0.width() + 2 <= room || room >= LEAST + 2 {
        canvas.line(area.x + used, area.y, room, [gap(), second]);
    }
    1
}

/// Below the grid: what there is to know of the candidate under the cursor, the signs, and the question under the cursor.
fn foot(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, grid: &Grid) -> u16 {
    let place = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
    let submission = desk.shown.get(grid.row).and_then(|id| desk.batch.submission(*id));
    let mut rows = question(canvas, place, desk, grid);
    if area.height >= 14 {
        rows += 1;
        let signs = match desk.sight.only_decides() {
            true => canvas.glyphs().pick(
                "○ not heard  ◐ in part  ● heard  ≠ reviewers two points apart  ! damaged",
                ". not heard  + in part  * heard  # reviewers two points apart  ! damaged",
            ),
            false => canvas.glyphs().pick(
                "○ open  ◐ begun  ● rated  ▣ sealed  ◇ evidence asked at the seal  ! damaged",
                ". open  + begun  * rated  # sealed  e evidence asked at the seal  ! damaged",
            ),
        };
        canvas.text(place.x, place.bottom() - rows, place.width, signs, Role::Muted);
    }
    if let Some((words, role)) = submission.and_then(|submission| about(desk, submission)) {
        // Where there is room, what is longer than a line goes on in a second.
        let lines = if area.height >= 18 { Words::from(&words).wrapped(place.width).len().clamp(1, 2) as u16 } else { 1 };
        rows += lines;
        match lines {
            1 => _ = canvas.text(place.x, place.bottom() - rows, place.width, Words::from(&words), role),
            _ => _ = canvas.paragraph(Rect { y: place.bottom() - rows, height: lines, ..place }, &words, role),
        }
    }
    rows
}

/// What there is to know of a candidate beside the cells; none where there is nothing.
fn about(desk: &Desk, submission: &Submission) -> Option<(SafeText, Role)> {
    let name = desk.called(submission.id);
    let mut parts: Vec<String> = Vec::new();
    let mut role = Role::Text;
    if let Some(why) = desk.out_of_the_running(submission) {
        parts.push(format!("not ranked, because {why}"));
        role = Role::Warning;
    }
    if parts.is_empty()
        && let Some(late) = desk.is_late(submission)
    {
        parts.push(late.to_owned());
        role = Role::Warning;
    }
    if let n @ 1.. = desk.stale(submission.id) {
        let ratings = if n == 1 { "1 rating is".to_owned() } else { format!("{n} ratings are") };
        parts.push(format!("{ratings} of an older recording: rate again"));
        role = Role::Warning;
    }
    if desk.sight.shortlist.contains_key(&submission.id) {
        parts.push("on the shortlist".to_owned());
    }
    parts.extend(desk.assigned_in_words(submission.id).map(|who| format!("assigned to {who}")));
    if let Some(words) = desk.differing_in_words(submission.id) {
        parts.push(format!("decided differently: {words}"));
        role = Role::Warning;
    }
    if let Some(against) = desk.against_in_words(submission.id) {
        parts.push(format!("against the ranking: {against}"));
        role = Role::Warning;
    }
    if let Some(decided) = desk.decided_in_words(submission.id) {
        parts.push(decided);
    }
    match desk.totals_in_words(submission.id) {
        (Some(own), Some(panel)) => parts.push(format!("your total {own} of 100, the panel's {panel}")),
        (Some(own), None) => parts.push(format!("your total {own} of 100")),
        (None, Some(panel)) => parts.push(format!("the panel's total {panel} of 100")),
        (None, None) => {}
    }
    let tags = desk.tags_shown(submission.id);
    if !tags.is_empty() {
        let tags: Vec<&str> = tags.iter().map(SafeText::as_str).collect();
        parts.push(format!("tags: {}", tags.join(", ")));
    }
    (!parts.is_empty()).then(|| (SafeText::line(&format!("{name}: {}", parts.join(" · "))), role))
}

/// The question under the cursor.
fn question(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, grid: &Grid) -> u16 {
    const ROWS: u16 = 2;
    let Some(question) = desk.batch.interview.questions.get(grid.column) else { return 0 };
    let place = Rect { y: area.bottom() - ROWS, height: ROWS, ..area };
    let number = format!("{}. ", grid.column + 1);
    let used = canvas.text(place.x, place.y, place.width, number, Role::Muted);
    canvas.paragraph(Rect { x: place.x + used, width: place.width.saturating_sub(used), ..place }, &question.prompt, Role::Muted);
    ROWS
}

fn cell<'a>(desk: &'a Desk, submission: &'a Submission, column: usize, glyphs: Glyphs, roomy: bool) -> Item<'a> {
    match column {
        0 => {
            let shown = desk.shown_here(submission.id);
            let role = if shown.is_hidden() { Role::Text } else { Role::Accent };
            match desk.sight.shortlist.contains_key(&submission.id) {
                true => Item::new(format!("{}{}", glyphs.pick("★ ", "* "), shown.text()), role),
                false => Item::new(Words::from(shown.text()).into_owned(), role),
            }
        }
        1 => overall(desk, submission, roomy),
        n => match submission.answers.get(n - PINNED) {
            Some(answer) => answer_cell(desk, answer, glyphs),
            None => Item::new("", Role::Muted),
        },
    }
}

fn answer_cell<'a>(desk: &Desk, answer: &Answer, glyphs: Glyphs) -> Item<'a> {
    match &answer.state {
        AnswerState::NotGiven => return Item::new(glyphs.pick("— none", "- none"), Role::Muted),
        AnswerState::Faulty { .. } => return Item::new(glyphs.pick("✗ faulty", "x faulty"), Role::Fault),
        AnswerState::NotHandedOut => return Item::new("not here", Role::Fault),
        AnswerState::NotHere => return Item::new("not here", Role::Muted),
        AnswerState::Ready | AnswerState::Truncated => {}
    }
    if let Some(why) = desk.left_out(answer.id) {
        return Item::new(format!("{} {why}", glyphs.pick("—", "-")), Role::Muted);
    }
    if desk.sight.only_decides() {
        return heard_cell(desk, answer, glyphs);
    }
    let (rated, of) = desk.rated(answer.id);
    let heard = match desk.heard_share(answer.id) {
        share @ HeardShare::Of { .. } => format!("{:>3}%", share.percent().unwrap_or_default()),
        HeardShare::NothingToHear => "  · ".to_owned(),
        HeardShare::Unknown => "  ? ".to_owned(),
    };
    let sealed = desk.is_sealed(answer.id);
    let stale = desk.is_stale(answer.id);
    let (sign, role) = if stale {
        (glyphs.pick("↺", "~"), Role::Warning)
    } else if sealed {
        (glyphs.pick("▣", "#"), Role::Sealed)
    } else if of > 0 && rated == of {
        (glyphs.pick("●", "*"), Role::Rated)
    } else if rated > 0 {
        (glyphs.pick("◐", "+"), Role::Rated)
    } else {
        (glyphs.pick("○", "."), Role::Unrated)
    };
    // Only what is rated can lack it.
    let evidence = if rated > 0 && desk.without_evidence(answer.id) > 0 { glyphs.pick("◇", "e") } else { " " };
    let early = if answer.state == AnswerState::Truncated { "!" } else { "" };
    let late = sealed && rated < of;
    let role = if early.is_empty() && !late { role } else { Role::Warning };
    Item::new(format!("{sign} {rated}/{of}{evidence}{heard}{early}"), role)
}

/// For who only decides: how much that person heard, and whether reviewers are far apart.
fn heard_cell<'a>(desk: &Desk, answer: &Answer, glyphs: Glyphs) -> Item<'a> {
    let share = desk.heard_share(answer.id);
    let heard = match share.percent() {
        Some(percent) => format!("{percent:>3}%"),
        None => "   ?".to_owned(),
    };
    let (sign, role) = match share.percent() {
        _ if desk.was_heard(answer.id) => (glyphs.pick("●", "*"), Role::Rated),
        Some(1..) => (glyphs.pick("◐", "+"), Role::Rated),
        _ => (glyphs.pick("○", "."), Role::Unrated),
    };
    let far = desk.criteria(answer.id).iter().any(|criterion| desk.given(answer.id, &criterion.id).spread >= DISAGREEMENT);
    let far = if far { glyphs.pick(" ≠", " #") } else { "" };
    let early = if answer.state == AnswerState::Truncated { "!" } else { "" };
    let role = if early.is_empty() { role } else { Role::Warning };
    Item::new(format!("{sign} {heard}{early}{far}"), role)
}

/// What became of a submission or what I recommend, and the totals: where there is little room, the one that says more.
fn overall<'a>(desk: &Desk, submission: &Submission, roomy: bool) -> Item<'a> {
    let (words, role) = verdict(desk, submission);
    let totals = match desk.totals_in_words(submission.id) {
        (Some(own), Some(panel)) => format!("{own} / {panel}"),
        (Some(own), None) => own,
        (None, Some(panel)) if desk.sight.only_decides() => panel,
        (None, Some(panel)) => format!("- / {panel}"),
        (None, None) => return Item::new(words, role),
    };
    match (words, roomy) {
        ("" | "incomplete" | "late", false) | ("", true) => Item::new(totals, Role::Rated),
        (words, true) => Item::new(format!("{words} {}", totals.replace(' ', "")), role),
        (words, false) => Item::new(words, role),
    }
}

/// The word with a sign that it goes against the ranking: what that is stands below the grid.
pub(super) fn against(word: &'static str) -> &'static str {
    match word {
        "advance" => "advance !",
        "decline" => "decline !",
        "per appl." => "per appl.!",
        other => other,
    }
}

fn verdict(desk: &Desk, submission: &Submission) -> (&'static str, Role) {
    if let Some(word) = desk.decided_in_a_word(submission.id) {
        return if desk.against(submission.id).is_some() { (against(word), Role::Warning) } else { (word, Role::Accent) };
    }
    match submission.status {
        Status::Invited => return ("invited", Role::Muted),
        Status::Expired => return ("expired", Role::Late),
        Status::Withdrawn => return ("withdrawn", Role::Muted),
        Status::Completed | Status::Started => {}
    }
    if let Some(mine) = desk.mine().recommendations.get(&submission.id) {
        return (crate::app::recommendation_in_words(mine.recommendation), Role::Rated);
    }
    match submission.status {
        _ if desk.is_late(submission).is_some() => ("late", Role::Late),
        Status::Started => ("incomplete", Role::Warning),
        _ => ("", Role::Muted),
    }
}
