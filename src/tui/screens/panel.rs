//! Panel: the ranking with its spread, and what it rests on.

use ratatui::layout::Rect;

use crate::app::{App, Desk, Detail, NotRanked, Panel};
use crate::panel::words::{self, agreement, no_range};
use crate::panel::{ItemSummary, RankRange, Ranked, Statistic, Status};
use crate::protocol::Others;
use crate::text::{SafeText, many};
use crate::tui::draw::Canvas;
use crate::tui::pointing::Target;
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::{Align, Column, Item, RankBar, Table, Width, pane};
use crate::tui::words::Words;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, panel: &Panel) {
    let Some(desk) = &app.desk else { return };
    let head = lead(canvas, area, desk, panel);
    // Frame and headings, and a row for each criterion where that leaves the ranking half of the screen; figures take a little more.
    let (rows, most) = match panel.detail {
        Detail::Candidate => (panel.analysis.items.len() as u16 + 3, area.height / 2),
        _ => (figures(desk, panel, area.width).len() as u16 + 2, area.height * 3 / 5),
    };
    let wanted = rows.clamp(6, most.max(6));
    // In a very small window the ranking is all there is room for.
    let below = if area.height < SMALL { 0 } else { wanted };
    let place = Rect { y: area.y + head, height: area.height.saturating_sub(head + below), ..area };
    let place = not_ranked(canvas, place, desk, panel);
    ranking(view, canvas, place, desk, panel);
    let detail = Rect { y: area.bottom() - below, height: below, ..area };
    if let Some(ranked) = panel.analysis.ranking.get(panel.selected) {
        match panel.detail {
            Detail::Candidate => one(canvas, detail, desk, panel, ranked),
            _ => draw_figures(canvas, detail, desk, panel, ranked),
        }
    }
}

/// The lines of the view that was chosen, on a screen so wide.
fn figures(desk: &Desk, panel: &Panel, width: u16) -> Vec<Words<'static>> {
    const FRAME: u16 = 4;
    let name = |id: &SafeText| {
        let of = desk.batch.submissions.iter().find(|submission| submission.candidate.source_id == *id);
        of.map_or_else(|| id.clone(), |submission| desk.called(submission.id))
    };
    let wrapped = |line: String| {
        let words = Words::from(line);
        words.wrapped(width.saturating_sub(FRAME)).iter().map(|line| Words::from(line).into_owned()).collect::<Vec<_>>()
    };
    panel.lines(name).into_iter().flat_map(wrapped).collect()
}

/// The same as a pane, as many lines of it as fit; that there are more is said.
fn draw_figures(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, panel: &Panel, ranked: &Ranked) {
    let title = match panel.detail {
        Detail::Candidate => Words::default(),
        Detail::Pairs => Words::from(format!("{} beside the others", called(desk, ranked).as_str())),
        Detail::Agreement => "Whether reviewers agree".into(),
        Detail::Reviewers => "Who is severe or lenient".into(),
        Detail::Criteria => "How each criterion works".into(),
    };
    let inside = pane(canvas, area, title, false);
    let lines = figures(desk, panel, area.width);
    let room = usize::from(inside.height);
    let shown = if lines.len() > room { room.saturating_sub(1) } else { lines.len() };
    let more = lines.len() - shown;
    for (y, line) in (inside.y..inside.bottom()).zip(lines.into_iter().take(shown)) {
        canvas.text(inside.x, y, inside.width, line, Role::Text);
    }
    if more > 0 && room > 0 {
        let words = format!("and {more} more lines: in a higher window, and in `earmark panel`");
        canvas.text(inside.x, inside.bottom() - 1, inside.width, words, Role::Warning);
    }
}

/// Below so many columns names are cut, so that the total is seen.
const NARROW: u16 = 60;
/// From so many columns on there is room for long names.
const ROOMY: u16 = 100;

/// Below so many rows the ranking stands alone.
const SMALL: u16 = 16;

/// What the ranking rests on, in words first.
fn lead(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, panel: &Panel) -> u16 {
    let analysis = &panel.analysis;
    let place = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 2, ..area };
    let ranked = analysis.ranking.iter().filter(|ranked| ranked.place().is_some()).count();
    let of = desk.batch.submissions.len();
    let reviewers = match analysis.reviewers.len() {
        0 => "no sealed scorecard yet".to_owned(),
        1 => "sealed scorecards of 1 reviewer".to_owned(),
        n => format!("sealed scorecards of {}", many(n, "reviewer")),
    };
    let count = |count: usize, what: &str| if count > 0 { format!("; {count} {what}") } else { String::new() };
    let (unsealed, not_begun) = (panel.left_out.unsealed, panel.left_out.scorecards_not_begun());
    let not_known = panel.left_out.scorecards_not_known();
    let left_out = [count(unsealed, "not sealed"), count(not_begun, "not begun"), count(not_known, "not known here")].concat();
    // Ranges and intervals of a few are narrower than of the whole batch.
    let alone = if desk.sight.only_decides() { " among those handed to you alone" } else { "" };
    canvas.text(place.x, place.y, place.width, format!("{ranked} of {of} ranked{alone}, from {reviewers}{left_out}"), Role::Text);
    if area.height < SMALL {
        return 1;
    }
    let words = match desk.sight.others() {
        Others::Hidden => "Others' scores show once all of your batch is sealed; this is your own view.".to_owned(),
        Others::Partly => "Others' scores show where yours is sealed.".to_owned(),
        Others::Shown => match (words::groups(analysis, SafeText::clone).into_iter().next(), no_range(analysis)) {
            (Some(why), _) | (None, Some(why)) => why,
            (None, None) => in_short(panel),
        },
    };
    canvas.text(place.x, place.y + 1, place.width, words, Role::Muted);
    let bars = analysis.ranking.iter().any(|ranked| matches!(&ranked.total, Statistic::Known(known) if known.low.is_some()));
    if !bars {
        return 2;
    }
    let signs = match area.width {
        BARS.. => canvas.glyphs().pick("± ├─┤", "+- [=]"),
        NARROW.. => canvas.glyphs().pick("±", "+-"),
        _ => return 2,
    };
    let legend = format!("{signs} where the total may truly be, nine in ten; ~ rough: under 5 reviewers");
    canvas.text(place.x, place.y + 2, area.width.saturating_sub(1), legend, Role::Muted);
    3
}

/// The cut line in words where there is one, else whether reviewers agree.
fn in_short(panel: &Panel) -> String {
    let count = |word: &str| panel.analysis.ranking.iter().filter(|ranked| panel.to_the_line(ranked) == Some(word)).count();
    match panel.places {
        Some(places) => {
            let (within, open) = (count("within"), count("may be"));
            format!("You can meet {places}: {within} surely among them, {open} cannot be told apart from the line.")
        }
        None => match &panel.measures {
            Some(measures) => agreement(measures).into_iter().next().unwrap_or_default(),
            None => "Ranges: the ranks they may truly have, nine in ten. More is being computed.".to_owned(),
        },
    }
}

/// Below the ranking who is not in it, and why; returns the room above.
fn not_ranked(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, panel: &Panel) -> Rect {
    let width = area.width.saturating_sub(2);
    let sentence = |one: &NotRanked| {
        let names: Vec<String> = one.who.iter().map(|id| desk.called(*id).to_string()).collect();
        Words::from(format!("Not ranked: {}, because {}.", names.join(", "), one.why))
    };
    let sentences: Vec<Words<'_>> = panel.not_ranked.iter().map(sentence).collect();
    let lines: Vec<Words<'_>> = sentences.iter().flat_map(|words| words.wrapped(width)).collect();
    // The ranking comes first: who is missing from it gets what it leaves, and at least two lines.
    let rows = panel.analysis.ranking.len().max(2) as u16 + 1;
    let least = if area.height < SMALL / 2 + 2 { 1 } else { 2 };
    let most = if panel.analysis.ranking.is_empty() { area.height.saturating_sub(rows + 1) } else { area.height / 2 };
    let room = area.height.saturating_sub(rows + 1).max(least).min(most.max(1));
    let shown = (lines.len() as u16).min(room);
    // Right below the ranking where that is short.
    let top = (area.y + rows + 1).min(area.bottom() - shown);
    let cut = lines.len() > usize::from(shown);
    if cut && shown == 1 {
        let count: usize = panel.not_ranked.iter().map(|one| one.who.len()).sum();
        let words = if count == 1 {
            "1 is not ranked: the grid says why".to_owned()
        } else {
            format!("{count} are not ranked: the grid says why")
        };
        canvas.text(area.x + 1, top, width, words, Role::Text);
        return Rect { height: top - area.y, ..area };
    }
    for (y, line) in (top..top + shown).zip(lines.iter()) {
        let last = cut && y + 1 == top + shown;
        let left = lines.len() - usize::from(shown) + 1;
        let words = if last { format!("and {left} more lines: the grid says why").into() } else { Words::from(line) };
        canvas.text(area.x + 1, y, width, words, Role::Text);
    }
    Rect { height: top - area.y, ..area }
}

fn ranking(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, panel: &Panel) {
    let rows = &panel.analysis.ranking;
    if rows.is_empty() {
        let place = Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: 2 };
        canvas.paragraph(
            place,
            "Nothing to rank yet: only sealed ratings count. Go to the grid (g) and seal there (S).",
            Role::Muted,
        );
        return;
    }
    let narrow = area.width < NARROW;
    let who = Width::Fixed(if narrow {
        14
    } else if area.width < ROOMY {
        19
    } else {
        24
    });
    let with_bars = area.width >= BARS;
    let total = if narrow { 6 } else { TOTAL };
    let mut columns = vec![
        Column { title: "Rank".into(), width: Width::Fixed(if narrow { 4 } else { 5 }), align: Align::Right },
        Column { title: "Range".into(), width: Width::Fixed(if narrow { 8 } else { 10 }), align: Align::Left },
        Column { title: "Band".into(), width: Width::Fixed(4), align: Align::Left },
        Column { title: "Candidate".into(), width: who, align: Align::Left },
        Column { title: "Total".into(), width: Width::Fixed(total), align: Align::Right },
        Column { title: "0 to 100".into(), width: Width::Fill(12), align: Align::Left },
        Column { title: "Seen".into(), width: Width::Fixed(5), align: Align::Right },
        Column { title: "Status".into(), width: Width::Fixed(12), align: Align::Left },
    ];
    let digits = panel.analysis.digits();
    if !with_bars {
        columns.remove(BAR);
    }
    let plus_minus = if narrow { None } else { Some(canvas.glyphs().pick("±", "+-")) };
    let item = |row: usize, column: usize| {
        let column = if with_bars || column < BAR { column } else { column + 1 };
        cell(desk, panel, &rows[row], column, (digits, plus_minus))
    };
    let marked = |_| false;
    let table =
        Table { columns: &columns, pinned: 4, rows: rows.len(), by_cell: false, focused: true, item: &item, marked: &marked };
    view.panel.row = panel.selected;
    let (area, foot) = match rows.len() >= usize::from(area.height) && area.height > 3 {
        true => (Rect { height: area.height - 1, ..area }, Some(area.bottom() - 1)),
        false => (area, None),
    };
    if let Some(at) = table.draw(canvas, area, &mut view.panel) {
        canvas.set_cursor(at.x, at.y);
    }
    view.targets.put(area, Target::Rows(table.places(area, &view.panel)));
    if let Width::Fixed(who) = who
        && with_bars
    {
        bars(view, canvas, area, rows, who);
    }
    if let Some(y) = foot {
        let (from, to) = (view.panel.top + 1, rows.len().min(view.panel.top + usize::from(area.height - 1)));
        let words = format!("rows {from} to {to} of {}: {}", rows.len(), canvas.glyphs().pick("↑ ↓ go on", "up and down go on"));
        canvas.text(area.x + 1, y, area.width.saturating_sub(2), words, Role::Warning);
    }
}

/// The width of a total with what it is sure to.
const TOTAL: u16 = 10;
/// From this width on, totals are drawn as bars, too.
const BARS: u16 = 88;
/// The column that these are drawn in.
const BAR: usize = 5;

/// The totals as bars, in the column that the table leaves free for them.
fn bars(view: &View, canvas: &mut Canvas<'_>, area: Rect, rows: &[Ranked], who: u16) {
    const BEHIND: u16 = 5 + 1 + 12 + 2;
    let before = 2 + 5 + 1 + 10 + 1 + 4 + 1 + who + 1 + TOTAL + 1;
    let Some(width) = area.width.checked_sub(before + BEHIND).filter(|width| *width >= 8) else { return };
    for (line, ranked) in (1..area.height).zip(rows.iter().skip(view.panel.top)) {
        let (estimate, interval) = match &ranked.total {
            Statistic::Known(known) => (Some(known.value), known.low.zip(known.high)),
            Statistic::Undefined(_) => (None, None),
        };
        let bar = RankBar { ends: (0.0, 100.0), interval, estimate, mark: None };
        bar.draw(canvas, Rect { x: area.x + before, y: area.y + line, width, height: 1 });
    }
}

fn cell<'a>(
    desk: &'a Desk,
    panel: &'a Panel,
    ranked: &'a Ranked,
    column: usize,
    (digits, plus_minus): (usize, Option<&str>),
) -> Item<'a> {
    match column {
        0 => Item::new(ranked.place().map_or_else(|| "-".to_owned(), |(_, rank)| rank.to_string()), Role::Text),
        1 => Item::new(range_in_words(ranked.in_group.as_ref().map_or(&ranked.range, |of| &of.range)), Role::Muted),
        2 => Item::new(ranked.band.clone().unwrap_or_default(), Role::Muted),
        3 => Item::new(called(desk, ranked), Role::Text),
        4 => Item::new(total_in_words(&ranked.total, digits, plus_minus), Role::Rated),
        5 => Item::new("", Role::Text),
        6 => Item::new(format!("{:.0}%", ranked.coverage * 100.0), Role::Muted),
        _ => match panel.to_the_line(ranked).filter(|_| ranked.rank.is_some()) {
            Some(word) => Item::new(word, Role::Accent),
            None if ranked.in_group.is_some() => {
                Item::new(format!("group {}", ranked.place().map_or(0, |(group, _)| group)), Role::Warning)
            }
            None => Item::new(status_in_words(ranked.status), if ranked.rank.is_some() { Role::Muted } else { Role::Warning }),
        },
    }
}

fn called<'a>(desk: &Desk, ranked: &'a Ranked) -> Words<'a> {
    let submission = desk.batch.submissions.iter().find(|submission| submission.candidate.source_id == ranked.candidate);
    match submission {
        Some(submission) => Words::from(desk.shown_name(submission.id, None).text()).into_owned(),
        None => (&ranked.candidate).into(),
    }
}

fn range_in_words(range: &RankRange) -> String {
    match range {
        RankRange::Known { low, high, rough } => {
            let sign = if *rough { " ~" } else { "" };
            if low == high { format!("{low}{sign}") } else { format!("{low} to {high}{sign}") }
        }
        RankRange::Undefined(_) => String::new(),
    }
}

fn total_in_words(total: &Statistic, digits: usize, plus_minus: Option<&str>) -> String {
    match (total, plus_minus) {
        (Statistic::Known(known), None) => words::rounded(known.value, digits),
        (Statistic::Known(_), Some(sign)) => words::total(total, digits).replace('±', sign),
        (Statistic::Undefined(_), _) => "-".to_owned(),
    }
}

fn status_in_words(status: Status) -> &'static str {
    match status {
        Status::Ranked => "ranked",
        Status::Apart => "apart",
        Status::Provisional => "provisional",
        Status::Blocked => "blocked",
        Status::None => "not rated",
    }
}

/// What the selected candidate's total rests on: each reviewer's own, each criterion's spread.
fn one(canvas: &mut Canvas<'_>, area: Rect, desk: &Desk, panel: &Panel, ranked: &Ranked) {
    let inside = pane(canvas, area, called(desk, ranked), false);
    let left = Rect { width: inside.width / 3, ..inside };
    let right = Rect { x: left.right() + 2, width: inside.width.saturating_sub(left.width + 2), ..inside };
    // A reviewer's total has nothing to do with the criterion beside it.
    let line = canvas.glyphs().pick("│", "|");
    (inside.y..inside.bottom()).for_each(|y| {
        canvas.text(left.right(), y, 1, line, Role::Border);
    });
    canvas.text(left.x, left.y, left.width, "Total  Reviewer", Role::Muted);
    canvas.text(right.x, right.y, right.width, "Mean  (from to)   Criterion", Role::Muted);
    let [left, right] = [left, right].map(|side| Rect { y: side.y + 1, height: side.height.saturating_sub(1), ..side });
    let left = not_shown(canvas, left, ranked.reviewers.len());
    let right = not_shown(canvas, right, ranked.criteria.len().min(panel.analysis.items.len()));
    for (y, reviewer) in (left.y..left.bottom()).zip(&ranked.reviewers) {
        let total = words::rounded(reviewer.total, 0);
        canvas.text_right(left.x, y, 5, total, Role::Rated);
        canvas.text(left.x + 7, y, left.width.saturating_sub(7), &reviewer.reviewer, Role::Text);
    }
    let rows = panel.analysis.items.iter().zip(&ranked.criteria);
    for (y, (item, spread)) in (right.y..right.bottom()).zip(rows) {
        let figures = match spread {
            Some(spread) if spread.n > 1 => format!("{:.1}  ({} to {}) ", spread.mean, spread.min, spread.max),
            Some(spread) => format!("{:.1} ", spread.mean),
            None => "not observed ".to_owned(),
        };
        let used = canvas.text(right.x, y, right.width, figures, Role::Rated);
        let used = used.max(18);
        canvas.text(right.x + used, y, right.width.saturating_sub(used), named(desk, item), Role::Text);
    }
}

/// A criterion by its name, behind the question that it belongs to: several may have one of the same name.
fn named(desk: &Desk, item: &ItemSummary) -> Words<'static> {
    let named = desk.rubric.as_ref().and_then(|rubric| {
        let mut all = rubric.criteria();
        all.find(|(question, criterion)| question.id == item.question && criterion.id == item.criterion)
    });
    let name = named.map_or_else(|| item.criterion.as_str().to_owned(), |(_, criterion)| criterion.name.to_string());
    Words::from(format!("{} · {name}", item.question))
}

/// Says in the last row how many do not fit; returns the room for the others.
fn not_shown(canvas: &mut Canvas<'_>, area: Rect, count: usize) -> Rect {
    let rows = usize::from(area.height);
    if count <= rows || rows == 0 {
        return area;
    }
    let words = format!("and {} more", count + 1 - rows);
    canvas.text(area.x, area.bottom() - 1, area.width, words, Role::Muted);
    Rect { height: area.height - 1, ..area }
}
