//! Compare: candidates' answers to one question in columns, and the criteria below.

use std::ops::Range;

use ratatui::layout::Rect;

use super::listen::{self, Window};
use super::{overall, scoring};
use crate::app::action::{Action, Place};
use crate::app::{App, Column, Compare, Desk, Scrollable, Slot, SwitchTo, outcome_in_signs};
use crate::interview::{AnswerId, CriterionId};
use crate::journal::Outcome;
use crate::protocol::Others;
use crate::rubric::Observed;
use crate::tui::draw::Canvas;
use crate::tui::pointing::{Target, Targets};
use crate::tui::theme::Role;
use crate::tui::view::View;
use crate::tui::widgets::pane;
use crate::tui::words::Words;

pub(super) fn draw(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, compare: &Compare) {
    let Some(desk) = &app.desk else { return };
    if let Some(side) = &compare.overall {
        return overall::draw(view, canvas, area, desk, side);
    }
    let mut y = area.y;
    if let Some((index, question)) = desk.batch.question(&compare.question) {
        let number = format!(" {}. ", index + 1);
        let used = canvas.text(area.x, y, area.width, number, Role::Muted);
        let rows = if area.height >= TALL { 3 } else { 1 };
        let room = Rect { x: area.x + used, width: area.width.saturating_sub(used + 1), height: rows, ..area };
        y += canvas.paragraph(room, &question.prompt, Role::Accent).max(1);
    }
    let scoring = scoring_rows(desk, compare, area);
    let columns = Rect { y, height: area.bottom().saturating_sub(y + scoring), ..area };
    let shown = shown(compare, area.width);
    let count = shown.len().max(1) as u16;
    for (nth, (index, column)) in (0..).zip(compare.columns.iter().enumerate().take(shown.end).skip(shown.start)) {
        let from = columns.width * nth / count;
        let to = columns.width * (nth + 1) / count;
        let place = Rect { x: columns.x + from, width: to - from, ..columns };
        one(view, canvas, place, app, desk, compare, index, column);
    }
    let place = Rect { y: area.bottom() - scoring, height: scoring, ..area };
    scores(view, canvas, place, app, desk, compare);
}

/// The columns that there is room for: all, or those around the one that is heard.
fn shown(compare: &Compare, width: u16) -> Range<usize> {
    const LEAST: u16 = 18;
    let count = compare.columns.len();
    let fit = usize::from(width / LEAST).clamp(1, count.max(1));
    let from = (compare.focus + 1).saturating_sub(fit);
    from..(from + fit).min(count)
}

/// From this height on, the question has as many rows as it needs.
const TALL: u16 = 28;

/// The least rows of a column with its transcript: frame, waveform, and as much as one follows by.
const LISTENING: u16 = 6;

/// From so many rows on, the waveform says what was heard in a row of its own.
const ROOMY_COLUMN: u16 = 9;

/// A row a criterion, and what the wordiest one's anchors take, so that the columns stay where they are; no more than
/// leaves room to follow what is heard.
fn scoring_rows(desk: &Desk, compare: &Compare, area: Rect) -> u16 {
    let criteria = desk.criteria_of(&compare.question);
    let Some(rubric) = &desk.rubric else { return 4.min(area.height / 2) };
    let wanted = scoring::rows(rubric, criteria, area.width.saturating_sub(4)).saturating_add(2);
    wanted.clamp(4, area.height.saturating_sub(LISTENING + 1).max(area.height / 2))
}

#[expect(clippy::too_many_arguments, reason = "a column is drawn from the whole application")]
fn one(
    view: &mut View,
    canvas: &mut Canvas<'_>,
    area: Rect,
    app: &App,
    desk: &Desk,
    compare: &Compare,
    index: usize,
    column: &Column,
) {
    let Some(submission) = desk.batch.submission(column.submission) else { return };
    let slot = Slot(index as u8);
    let shown = desk.shown_name(submission.id, Some(&compare.question));
    let playing = if app.deck.active == slot && app.deck.playing { canvas.glyphs().pick(" ▶", " >") } else { "" };
    let heard = match column.answer.and_then(|answer| desk.heard_share(answer).percent()) {
        Some(percent) => format!(" {percent}%"),
        None => String::new(),
    };
    let aside = column.answer.and_then(|answer| desk.left_out(answer)).map_or_else(String::new, |word| format!(" ({word})"));
    // What is cut is the name's end, not what stands behind it; where the share would cut it, that stands at the foot.
    let room = |behind: &str| usize::from(area.width).saturating_sub(8 + behind.chars().count());
    let (above, below) = match shown.text().width() <= room(&format!("{aside}{playing}{heard}")) {
        true => (format!("{aside}{playing}{heard}"), String::new()),
        false => (format!("{aside}{playing}"), heard),
    };
    let title = Words::from(format!("{} {}{above}", slot.letter(), shown.text().fit(room(&above))));
    view.targets.put(area, Target::Scrolls(Scrollable::Column(index)));
    view.targets.put(Rect { height: area.height.min(1), ..area }, Target::Column(index));
    let inside = pane(canvas, area, title, compare.focus == index);
    if !below.is_empty() && area.height > 1 {
        canvas.text_right(area.x + 2, area.bottom() - 1, area.width.saturating_sub(4), format!("{below} "), Role::Muted);
    }
    let Some(answer) = column.answer else {
        canvas.paragraph(inside, "No answer to this question.", Role::Muted);
        return;
    };
    let wave = Rect { height: if area.height >= ROOMY_COLUMN { 2 } else { 1.min(inside.height) }, ..inside };
    listen::waveform(view, canvas, wave, app, desk, answer);
    let rest = Rect { y: inside.y + wave.height, height: inside.height - wave.height, ..inside };
    let window = Window { follow: compare.follow, scroll: column.scroll, of: Scrollable::Column(index) };
    listen::transcript(view, canvas, rest, app, desk, answer, window);
}

/// Columns of one candidate's value, and what they may grow to where there is room for others' values beside it.
const VALUE: (u16, u16) = (10, 18);

/// Columns of a value where there is little room and others' do not show: the criteria's names need it more.
const NARROW_VALUE: u16 = 7;

/// From so many columns on there is room for both.
const ROOMY_VALUES: u16 = 100;

/// Columns of one comparison.
const PAIR: u16 = 4;

/// The criteria as rows, the candidates' values side by side with how they compare, and what a digit would mean.
fn scores(view: &mut View, canvas: &mut Canvas<'_>, area: Rect, app: &App, desk: &Desk, compare: &Compare) {
    let criteria = desk.criteria_of(&compare.question);
    let wanted = desk.rubric.as_ref().map_or(0, |rubric| scoring::rows(rubric, criteria, area.width.saturating_sub(4)) + 2);
    let title = title(view, desk, compare, area.width.saturating_sub(4));
    // Where it is tight, the frame makes room for what the points mean.
    let inside = if wanted > area.height {
        canvas.text(area.x + 1, area.y, area.width.saturating_sub(2), title, Role::Muted);
        Rect { x: area.x + 2, y: area.y + 1, width: area.width.saturating_sub(4), height: area.height.saturating_sub(1) }
    } else {
        pane(canvas, area, title, false)
    };
    if criteria.is_empty() {
        let words = match desk.rubric {
            Some(_) => "The attached rubric does not score this question.",
            None => "No rubric is attached: A attaches one. Until then answers are heard and noted, not rated.",
        };
        canvas.paragraph(inside, words, Role::Warning);
        return;
    }
    let said: Vec<String> = criteria.iter().map(|criterion| comparisons(desk, compare, &criterion.id)).collect();
    let pairs = said.iter().map(|said| said.len()).max().unwrap_or(0).min(usize::from(inside.width / 3)) as u16;
    for (row, (index, said)) in (0..inside.height).zip(said.iter().enumerate()) {
        let columns = Columns::of(inside.width, desk, compare, pairs);
        let place = Rect { y: inside.y + row, height: 1, ..inside };
        view.targets.put(place, Target::Criterion(index));
        criterion(canvas, place, app, desk, compare, (index, said, &columns));
    }
    meanings(&mut view.targets, canvas, inside, desk, compare, criteria.len() as u16);
}

/// Whose ratings these are, and which keys compare the two columns; from where a switch hears, where that is not usual.
fn title(view: &View, desk: &Desk, compare: &Compare, width: u16) -> String {
    let key = |action| view.keymap.key(Place::Compare, action);
    let letter = |nth: usize| Slot(nth as u8).letter();
    // Who only decides has nothing to rate, and compares nothing in writing.
    let (whose, rival) = match desk.sight.only_decides() {
        true => ("Ratings of the panel", None),
        false => ("Your ratings", compare.rival()),
    };
    let pair = rival.and_then(|rival| {
        let (prefer, same) = (key(Action::Prefer)?, key(Action::Same)?);
        Some(format!(" · {prefer}: {} over {} · {same}: about the same", letter(compare.focus), letter(rival)))
    });
    let from = match compare.switch {
        SwitchTo::Position => "",
        SwitchTo::Evidence => " · columns begin at the evidence",
    };
    let parts = [whose, pair.as_deref().unwrap_or_default(), from];
    let fits = |parts: &[&str]| parts.iter().map(|part| part.chars().count()).sum::<usize>() <= usize::from(width);
    match fits(&parts) {
        true => parts.concat(),
        // The way back matters more than the keys that the foot names too.
        false => [parts[0], parts[2]].concat(),
    }
}

/// How wide the columns of the criteria are.
struct Columns {
    name: u16,
    value: u16,
}

impl Columns {
    /// With room for so many columns of comparisons, and at least for one's own.
    fn of(width: u16, desk: &Desk, compare: &Compare, pairs: u16) -> Self {
        const NAME: u16 = 12;
        let count = shown(compare, width + 4).len() as u16;
        let pairs = pairs.max(PAIR * count.saturating_sub(1));
        let roomy = (width.saturating_sub(pairs + 2 * NAME) / count.max(1)).clamp(VALUE.0, VALUE.1);
        let value = match desk.sight.others() {
            Others::Hidden if width < ROOMY_VALUES => NARROW_VALUE,
            Others::Hidden => VALUE.0,
            _ => roomy,
        };
        Columns { name: width.saturating_sub(value * count + pairs + 2).clamp(NAME, 60), value }
    }
}

/// One criterion: its name and weight, each candidate's value, and how the focused candidate compares with the others.
fn criterion(
    canvas: &mut Canvas<'_>,
    area: Rect,
    app: &App,
    desk: &Desk,
    compare: &Compare,
    (index, said, columns): (usize, &String, &Columns),
) {
    let Some(criterion) = desk.criteria_of(&compare.question).get(index) else { return };
    let (y, focused) = (area.y, index == compare.cursor.criterion);
    let Columns { name, value } = *columns;
    let role = if focused { Role::Accent } else { Role::Text };
    let sign = match app.evidence_elsewhere() {
        _ if focused => (canvas.glyphs().pick("▶ ", "> "), role),
        Some(other) if other == index => ("e ", Role::Key),
        _ => ("  ", role),
    };
    let weight = format!(" x{}", criterion.weight);
    let named = name.saturating_sub(weight.len() as u16);
    let used = canvas.line(area.x, y, named, [(sign.0.into(), sign.1), ((&criterion.name).into(), role)]);
    canvas.text(area.x + used, y, name - used, weight, Role::Muted);
    let mut x = area.x + name + 1;
    let shown = shown(compare, area.width + 4);
    for (nth, column) in compare.columns.iter().enumerate().take(shown.end).skip(shown.start) {
        let own = column.answer.and_then(|answer| desk.my_rating(answer, &criterion.id));
        let words = format!("{} {}", Slot(nth as u8).letter(), values(canvas, desk, column.answer, &criterion.id));
        let role = match (own, nth == compare.focus && focused) {
            (_, true) => Role::Selected,
            (Some(_), false) => Role::Rated,
            (None, false) => Role::Unrated,
        };
        canvas.text(x, y, value.min(area.right().saturating_sub(x)), words, role);
        x += value;
    }
    canvas.text(x + 1, y, area.right().saturating_sub(x + 1), said.clone(), Role::Rated);
}

/// What a candidate was given: one's own value, in brackets others' where they show, with the sign of a machine what a second reader
/// proposed, and how much evidence there is.
fn values(canvas: &Canvas<'_>, desk: &Desk, answer: Option<AnswerId>, criterion: &CriterionId) -> String {
    let Some(answer) = answer else { return value_in_words(None) };
    let others: Vec<String> = desk.others_ratings(answer, criterion).into_iter().map(|one| value_in_words(Some(one))).collect();
    if desk.sight.only_decides() && !others.is_empty() {
        return others.join(" ");
    }
    let others = if others.is_empty() { String::new() } else { format!(" ({})", others.join(" ")) };
    let quoted = match desk.my_evidence(answer, criterion).len() {
        0 => String::new(),
        n => format!(" {}{n}", canvas.glyphs().pick("❝", "\"")),
    };
    let machine = desk.proposed(answer, criterion);
    let machine = machine.map_or_else(String::new, |one| format!(" {}{}", canvas.glyphs().pick("⚙", "m"), one.value));
    format!("{}{others}{machine}{quoted}", value_in_words(desk.my_rating(answer, criterion)))
}

/// How the focused candidate compares with the others: `A>B A=C`; in brackets what others said of it and the one heard before.
fn comparisons(desk: &Desk, compare: &Compare, criterion: &CriterionId) -> String {
    let answer = |nth: usize| compare.columns.get(nth).and_then(|column| column.answer);
    let signs = |other: usize, of: &dyn Fn(AnswerId, AnswerId) -> Vec<Outcome>| -> Vec<String> {
        let columns = [compare.focus.min(other), compare.focus.max(other)];
        let Some((a, b)) = answer(columns[0]).zip(answer(columns[1])) else { return Vec::new() };
        of(a, b).into_iter().map(|outcome| outcome_in_signs(outcome, columns)).collect()
    };
    let others = (0..compare.columns.len()).filter(|nth| *nth != compare.focus);
    let mut said: Vec<String> =
        others.flat_map(|nth| signs(nth, &|a, b| desk.compared(criterion, a, b).into_iter().collect())).collect();
    let theirs = compare.rival().map(|rival| signs(rival, &|a, b| desk.others_compared(criterion, a, b))).unwrap_or_default();
    if !theirs.is_empty() {
        said.push(format!("({})", theirs.join(" ")));
    }
    said.join(" ")
}

/// What each point of the focused criterion means, and which one the focused column has.
fn meanings(targets: &mut Targets, canvas: &mut Canvas<'_>, inside: Rect, desk: &Desk, compare: &Compare, used: u16) {
    let (Some(rubric), Some(criterion)) = (&desk.rubric, desk.criteria_of(&compare.question).get(compare.cursor.criterion)) else {
        return;
    };
    let given = compare.focused_answer().and_then(|answer| desk.my_rating(answer, &criterion.id));
    let room = inside.height.saturating_sub(used);
    let mut anchors = scoring::anchors(rubric, criterion, given);
    if room < anchors.len() as u16 {
        anchors.pop();
    }
    scoring::leave_out_zero(&mut anchors, inside.width, room);
    scoring::share_rows(&mut anchors, inside.width, room);
    let mut y = inside.y + used;
    for anchor in &anchors {
        if y >= inside.bottom() {
            break;
        }
        let rows = anchor.draw(canvas, Rect { y, height: inside.bottom() - y, ..inside });
        scoring::can_be_given(targets, Rect { y, height: rows, ..inside }, compare.cursor.criterion, anchor);
        y += rows;
    }
}

fn value_in_words(value: Option<Observed>) -> String {
    match value {
        None => ".".to_owned(),
        Some(Observed::Point(point)) => point.to_string(),
        Some(Observed::NotObserved) => "NO".to_owned(),
        Some(Observed::TechnicalFault) => "TF".to_owned(),
    }
}
