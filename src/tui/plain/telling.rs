//! Telling where one is and what there is, on request: each thing a line.

use super::reading::{self, at_hand};
use super::{Kind, Line, asking, delivering, words};
use crate::app::action::Action;
use crate::app::{
    App, BatchRow, Calibrate, Desk, Loaded, MachinePoint, OverallCell, Row, Screen, Side, Slot, Stands, value_in_words,
};
use crate::interview::{AnswerId, ReviewerId, SubmissionId};
use crate::library::last_day;
use crate::rubric::Observed;
use crate::scorecard::Note;
use crate::text::{SafeText, many};
use crate::tui::keymap::Keymap;

/// Where one is.
pub(super) fn place(app: &App) -> Vec<Line> {
    match app.screen() {
        Screen::Batches => batches(app),
        Screen::Batch(_) => batch(app),
        Screen::Compare(compare) if let Some(side) = &compare.overall => overall(app, side),
        Screen::Review(_) | Screen::Compare(_) => answer(app),
        Screen::Panel(_) => asking::ranking(app),
        Screen::Deliver(open) => delivering::sheet(app, open),
        Screen::Calibrate(open) => clip(app, open),
    }
}

/// All questions side by side: a line a row, with what each candidate was given.
fn overall(app: &App, side: &Side) -> Vec<Line> {
    let Some(desk) = &app.desk else { return Vec::new() };
    let values = |cell: &OverallCell| {
        let given: Vec<&str> = cell.given.iter().map(|(_, value)| value.as_str()).collect();
        let agreed =
            cell.agreed.as_ref().map_or_else(String::new, |agreed| format!(", agreed {}", value_in_words(agreed.observed)));
        // What a machine proposed stands behind, never among people's.
        let machine =
            cell.machine.as_ref().map_or_else(String::new, |one| format!(", the second reader (a machine) {}", one.value));
        if given.is_empty() { format!("nothing{machine}") } else { format!("{}{agreed}{machine}", given.join(" and ")) }
    };
    let line = |row: &Row| {
        let cells = side.laid.columns.iter().zip(&row.cells);
        let cells: Vec<String> = cells.map(|(id, cell)| format!("{}: {}", desk.called(*id), values(cell))).collect();
        let apart = if row.spread > 0.0 { format!(" ({} apart)", row.spread) } else { String::new() };
        Line::told(format!("{}{apart}. {}.", row.line.in_words(), cells.join("; ")))
    };
    let rows = side.laid.rows.iter().map(line);
    let stand = |(id, stands): (&SubmissionId, &Option<Stands>)| {
        let stands = stands.as_ref()?;
        Some(Line::told(format!("{}: total {}, rank {}.", desk.called(*id), stands.total, stands.rank_in_words())))
    };
    let alone = desk.sight.only_decides() && side.stands.iter().any(Option::is_some);
    let alone = alone.then(|| Line::told("Totals, ± and ranks are reckoned of those alone who were handed to you."));
    let stands = alone.into_iter().chain(side.laid.columns.iter().zip(&side.stands).filter_map(stand));
    let decided = side.laid.columns.iter().flat_map(|id| became(desk, *id));
    let here = side.laid.rows.get(side.row).and_then(|row| row.cells.get(side.column)?.machine.as_ref());
    let here = here.map(|one| Line::told(machine_line(one)));
    let cell = app.cell_in_words().map(|words| Line::told(format!("Here: {words}.")));
    stands.chain(decided).chain(rows).chain(cell).chain(here).collect()
}

/// What was decided on somebody and why, what of that goes against the ranking, and who decided differently.
fn became(desk: &Desk, id: SubmissionId) -> Vec<Line> {
    let called = desk.called(id);
    let decided = desk.decided_in_words(id).map(|words| format!("{called}: decided: {words}"));
    let against = desk.against_in_words(id).map(|words| format!("{called}: against the ranking: {words}"));
    let differing = desk.differing_in_words(id).map(|words| format!("decided differently: {words}"));
    [decided, against, differing].into_iter().flatten().map(|line| Line::told(format!("{}.", line.trim_end_matches('.')))).collect()
}

/// The document that is read beside the table: what it is, and its lines.
pub(super) fn paper(app: &App) -> Option<Vec<SafeText>> {
    let (Screen::Compare(compare), Some(desk)) = (app.screen(), &app.desk) else { return None };
    let paper = compare.overall.as_ref()?.paper.as_ref()?;
    let lines = desk.paper_lines(paper.submission, &paper.text).into_iter().filter(|line| !line.as_str().trim().is_empty());
    Some([desk.paper_title(paper.submission, &paper.kind)].into_iter().chain(lines).collect())
}

/// What a machine proposed, a line for each row that has something of it; where all questions are side by side alone.
pub(super) fn machines(app: &App) -> Vec<Line> {
    let (Some(desk), Screen::Compare(compare)) = (&app.desk, app.screen()) else { return Vec::new() };
    let Some(side) = &compare.overall else { return Vec::new() };
    let line = |row: &Row| {
        let cells = side.laid.columns.iter().zip(&row.cells);
        let proposed: Vec<String> =
            cells.filter_map(|(id, cell)| Some(format!("{}: {}", desk.called(*id), cell.machine.as_ref()?.value))).collect();
        (!proposed.is_empty()).then(|| {
            let words = format!("Second reader (a machine), {}: {}.", row.line.in_words(), proposed.join("; "));
            Line::told(words)
        })
    };
    side.laid.rows.iter().filter_map(line).collect()
}

/// What a machine proposed, by which, and on what it rests.
fn machine_line(one: &MachinePoint) -> String {
    let at = one.span.map_or_else(String::new, |span| format!("at {} ", span.start));
    format!("Second reader (machine, {}): {}, {at}“{}”, because {}.", one.by, one.value, one.quote, one.why)
}

/// A clip that experts have rated: its criteria with what was given, and what they gave once it is handed in.
fn clip(app: &App, open: &Calibrate) -> Vec<Line> {
    let Some((desk, clip)) = app.desk.as_ref().and_then(|desk| Some((desk, desk.clip(&open.clip)?))) else { return Vec::new() };
    let question = desk.rubric.as_ref().and_then(|rubric| rubric.question(&clip.question));
    let mut lines = vec![Line::told("A clip that experts have rated. Nothing of it enters a score or a ranking.")];
    lines.extend(question.map(|question| Line::told(question.prompt.to_string())));
    for (nth, criterion) in desk.clip_criteria(clip).into_iter().enumerate() {
        let own = match open.given.get(&criterion.id) {
            Some(Observed::Point(point)) => point.to_string(),
            Some(_) => "not observed".to_owned(),
            None => "not rated yet".to_owned(),
        };
        let theirs = clip.key.get(&criterion.id).filter(|_| open.shown).map(|point| format!("; the experts gave {point}"));
        let next = if nth == open.criterion && !open.shown { ", the next digit rates it" } else { "" };
        lines.push(Line::told(format!("{}: {own}{}{next}.", criterion.name, theirs.unwrap_or_default())));
    }
    lines.push(match open.shown {
        true => Line::told(format!("The experts say why: {}", clip.rationale)),
        false => Line::new(Kind::Asked, "Digits rate, seal hands it in, back leaves it."),
    });
    lines
}

fn batches(app: &App) -> Vec<Line> {
    match &app.shelf.rows {
        None => vec![Line::told("The batches are being listed.")],
        Some(rows) if rows.is_empty() => {
            let lines = [
                "There is no batch here yet.",
                "In the shell: earmark import FOLDER takes in a folder with batch.json or batch.csv.",
                "open-demo opens the demo: eight made-up candidates, in a library of its own.",
                "quit leaves.",
            ];
            lines.map(Line::told).into()
        }
        Some(_) => {
            let shown = app.shelf.shown(app.now());
            let lines =
                shown.into_iter().enumerate().map(|(nth, row)| Line::told(format!("{}. {}", nth + 1, in_short(row, app.now()))));
            lines.chain([Line::new(Kind::Asked, "A number opens a batch.")]).collect()
        }
    }
}

fn in_short(row: &BatchRow, now: jiff::Timestamp) -> String {
    let counted = |count: Option<usize>| count.map_or_else(|| "not counted yet".to_owned(), |count| count.to_string());
    // What is not counted yet is not known to be missing.
    let rubric = if row.has_rubric || row.of.is_none() { "" } else { "; no rubric yet" };
    let faulty = if row.faulty > 0 { format!("; {} faulty", row.faulty) } else { String::new() };
    if let Some(handed) = row.handed {
        let until = handed.until.map_or_else(String::new, |until| format!(" until {}", last_day(until)));
        let over = if handed.is_over(now) { ", and that is over" } else { "" };
        let lapsed = handed.lapsed_in_words();
        return format!(
            "{}: handed to you to decide on{until}{over}, {} of {} decided{lapsed}",
            row.title, handed.decided, handed.of
        );
    }
    format!(
        "{}: {}, rated {}, sealed {}{faulty}{rubric}",
        row.title,
        many(row.answers, "answer"),
        counted(row.rated),
        counted(row.sealed)
    )
}

fn batch(app: &App) -> Vec<Line> {
    let Some(desk) = &app.desk else { return Vec::new() };
    let progress = desk.progress();
    let (people, asked) = (desk.batch.submissions.len(), desk.batch.interview.questions.len());
    let handed = desk.handed().map(|handed| {
        let until = handed.until.map_or_else(String::new, |until| format!(" until {}", last_day(until)));
        Line::told(format!(
            "It was handed to you to decide on{until}: {} of {} decided{}. compare, decide and comment are yours; nothing is scored.",
            handed.decided,
            handed.of,
            handed.lapsed_in_words()
        ))
    });
    let mut lines = vec![
        Line::told(format!("{}: {}, {}.", desk.title(), many(people, "candidate"), many(asked, "question"))),
        handed.unwrap_or_else(|| {
            Line::told(format!(
                "Your order has {}: {} rated, {} sealed.",
                many(progress.of, "answer"),
                progress.rated,
                progress.sealed
            ))
        }),
    ];
    lines.push(match &desk.rubric {
        Some(rubric) => Line::told(format!("Scored with {} {}.", rubric.title, rubric.version)),
        None => Line::new(Kind::Hint, "No rubric is attached; attach-rubric chooses one."),
    });
    lines.extend(match desk.guest_in_words() {
        Some(words) => Some(Line::told(format!("{words}."))),
        None => app.time_left().map(|left| Line::told(format!("{left} at {}.", reading::tempo(app)))),
    });
    lines.push(Line::told(
        "review hears the next answer, list tells the candidates, go 3 2 goes to the third candidate's question 2.",
    ));
    lines
}

/// Whose answer it is, to what, and where in the order.
pub(super) fn whose(app: &App, desk: &Desk, answer: AnswerId) -> String {
    let nth =
        desk.plan.position(answer).map_or_else(String::new, |nth| format!(", answer {} of {}", nth + 1, desk.plan.steps.len()));
    let column = match app.screen() {
        Screen::Compare(compare) => format!("{}: ", Slot(compare.focus as u8).letter()),
        _ => String::new(),
    };
    let sealed = if desk.is_sealed(answer) { ", sealed" } else { "" };
    format!("{column}{}{nth}{sealed}.", desk.whose(answer))
}

fn answer(app: &App) -> Vec<Line> {
    let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else {
        return vec![Line::told("This candidate gave no answer here.")];
    };
    let (rated, of) = desk.rated(answer);
    let written = reading::written(app).is_some();
    let heard = match desk.heard_share(answer).percent() {
        Some(percent) if written => format!("{percent}% read. "),
        Some(percent) => format!("{percent}% of the speech heard. "),
        None => String::new(),
    };
    let saved = if desk.has_pending() { " Not all is saved yet." } else { "" };
    let mut lines = vec![Line::told(whose(app, desk, answer))];
    lines.extend((!written).then(|| Line::told(moment(app))));
    if app.only_decides() {
        lines.extend((!heard.is_empty()).then(|| Line::told(heard.trim())));
        lines.extend(to_know(desk, answer));
        return lines;
    }
    lines.push(Line::told(format!("{heard}Rated {rated} of {of}.{saved}")));
    lines.extend(app.time_left_here().map(|left| Line::told(format!("{left}."))));
    lines.extend(to_know(desk, answer));
    lines
}

/// What to know of a recording before judging; nothing where there is nothing, or it is not here yet.
pub(super) fn to_know(desk: &Desk, answer: AnswerId) -> Option<Line> {
    desk.recorded(answer).and_then(|recorded| recorded.before_judging()).map(Line::told)
}

/// Where the ear is, and how it plays.
pub(super) fn moment(app: &App) -> String {
    let deck = &app.deck;
    let (slot, tempo) = (deck.active, reading::tempo(app));
    match deck.loaded(slot) {
        Loaded::Nothing => "There is nothing to hear here.".to_owned(),
        Loaded::Coming(_) => "The recording is being loaded.".to_owned(),
        Loaded::Unplayable { reason, .. } => format!("This recording cannot be played: {reason}"),
        Loaded::Ready { length, .. } => {
            let of = length.map_or_else(String::new, |length| format!(" of {length}"));
            format!("At {}{of}, {}, {tempo}.", deck.at(slot), if deck.playing { "playing" } else { "paused" })
        }
    }
}

/// What works here: own words first, then the actions with their keys; or about one word.
pub(super) fn help(app: &App, keymap: &Keymap, about: &str) -> Vec<Line> {
    let place = app.screen().place();
    let own =
        words::WORDS.iter().map(|word| (word.name, format!("{} {}: {}", word.name, word.takes, word.help).replace(" :", ":")));
    let last = app.last_digit().unwrap_or(9);
    let here = Action::ALL.iter().filter(|action| action.works_in(place) && !words::DRAWN.contains(action));
    let here = here.filter(|action| action.digit().is_none_or(|digit| digit <= last)).map(|action| {
        let short = words::SHORT.iter().find(|(_, known)| known == action).map(|(name, _)| *name);
        let names = [Some(action.name()), short]
            .into_iter()
            .flatten()
            .map(str::to_owned)
            .chain(keymap.keys(place, *action).into_iter().take(1));
        (action.name(), format!("{}: {}", names.collect::<Vec<_>>().join(" or "), action.help()))
    });
    let all: Vec<(&str, String)> = own.chain(here).collect();
    let wanted = about.trim().to_lowercase();
    let meant: &str = words::short(&wanted).map_or(&wanted, |action| action.name());
    let lines: Vec<Line> = all
        .iter()
        .filter(|(name, line)| wanted.is_empty() || *name == meant || line.to_lowercase().contains(&wanted))
        .map(|(_, line)| Line::told(line))
        .collect();
    if lines.is_empty() { vec![Line::new(Kind::Hint, format!("Nothing that works here is called “{about}”."))] } else { lines }
}

/// What was asked and under which conditions.
pub(super) fn question(app: &App) -> Vec<Line> {
    let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return vec![Line::told("No answer is open.")] };
    let Some((_, given)) = desk.batch.answer(answer) else { return Vec::new() };
    let Some((index, asked)) = desk.batch.question(&given.question) else { return Vec::new() };
    let of = desk.batch.interview.questions.len();
    let prompt = desk.asked(answer).unwrap_or_else(|| asked.prompt.clone());
    let conditions = Some(desk.conditions(answer)).filter(|conditions| !conditions.is_empty());
    let conditions = conditions.map(|conditions| Line::told(format!("Conditions: {conditions}.")));
    [Line::told(format!("Question {} of {of}: {prompt}", index + 1))].into_iter().chain(conditions).collect()
}

/// A value as it is told.
pub(super) fn value(observed: Option<Observed>) -> String {
    match observed {
        None => "not rated".to_owned(),
        Some(Observed::Point(point)) => point.to_string(),
        Some(Observed::NotObserved) => "not observed".to_owned(),
        Some(Observed::TechnicalFault) => "a technical fault".to_owned(),
    }
}

/// The criteria with one's own ratings.
pub(super) fn criteria(app: &App) -> Vec<Line> {
    let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else { return vec![Line::told("No answer is open.")] };
    let at = cursor(app);
    let line = |(nth, criterion): (usize, &crate::rubric::Criterion)| {
        let evidence = match desk.my_evidence(answer, &criterion.id).len() {
            0 => String::new(),
            n => format!(", {n} evidence"),
        };
        if app.only_decides() {
            return vec![given(desk, answer, criterion, nth, at == Some(nth))];
        }
        let next = if at == Some(nth) { ". The next digit rates this" } else { "" };
        let rated = value(desk.my_rating(answer, &criterion.id));
        let own = Line::told(format!("{}. {}, weight {}: {rated}{evidence}{next}.", nth + 1, criterion.name, criterion.weight));
        // It shows where others' values do.
        let beside = Some(()).filter(|()| matches!(app.screen(), Screen::Compare(_)));
        let machine = beside.and_then(|()| desk.proposed(answer, &criterion.id));
        [Some(own), machine.map(|one| Line::told(machine_line(&one)))].into_iter().flatten().collect()
    };
    let lines: Vec<Line> = desk.criteria(answer).iter().enumerate().flat_map(line).collect();
    if lines.is_empty() { vec![Line::told("There is nothing to rate here.")] } else { lines }
}

/// For who only decides: a criterion with what reviewers gave, and how many moments that rests on.
fn given(desk: &Desk, answer: AnswerId, criterion: &crate::rubric::Criterion, nth: usize, is_here: bool) -> Line {
    let cell = desk.given(answer, &criterion.id);
    let values: Vec<String> = cell.given.iter().map(|(who, value)| format!("{} {value}", desk.person(*who))).collect();
    let values = if values.is_empty() { "nothing came with it".to_owned() } else { values.join(", ") };
    let evidence = match desk.evidence_seen(answer, &criterion.id).len() {
        0 => String::new(),
        n => format!(", {n} evidence"),
    };
    let here = if is_here { ". play-evidence hears this one's" } else { "" };
    Line::told(format!("{}. {}, weight {}: {values}{evidence}{here}.", nth + 1, criterion.name, criterion.weight))
}

/// The criterion that the next digit rates.
pub(super) fn cursor(app: &App) -> Option<usize> {
    match app.screen() {
        Screen::Review(review) => Some(review.cursor.criterion),
        Screen::Compare(compare) => match &compare.overall {
            Some(side) => row_criterion(app, side),
            None => Some(compare.cursor.criterion),
        },
        _ => None,
    }
}

/// The place among its question's criteria of the row that is selected over all questions.
fn row_criterion(app: &App, side: &Side) -> Option<usize> {
    let (desk, answer) = (app.desk.as_ref()?, at_hand(app)?);
    let crate::app::Line::Criterion { criterion, .. } = &side.laid.rows.get(side.row)?.line else { return None };
    desk.criteria(answer).iter().position(|known| known.id == *criterion)
}

/// What each point of a criterion means.
pub(super) fn anchors(app: &App, named: &str) -> Vec<Line> {
    let nth = match named {
        "" => cursor(app).ok_or_else(|| "No answer is open.".to_owned()),
        named => reading::criterion(app, named),
    };
    let nth = match nth {
        Ok(nth) => nth,
        Err(why) => return vec![Line::new(Kind::Hint, why)],
    };
    let found = app
        .desk
        .as_ref()
        .zip(at_hand(app))
        .and_then(|(desk, answer)| Some((desk.rubric.as_ref()?, desk.criteria(answer).get(nth)?)));
    let Some((rubric, criterion)) = found else { return vec![Line::told("There is nothing to rate here.")] };
    let point = |point: i16| {
        let text = criterion.anchors.get(&point).or_else(|| rubric.scale.label(point));
        Line::told(format!("{point}: {}", text.map_or("", |text| text.as_str())))
    };
    let points = (rubric.scale.min..=rubric.scale.max).map(point);
    let is_zero = rubric.scale.of_digit(0) == Some(Observed::NotObserved);
    let not_observed = if is_zero { "0 or no: not observed" } else { "no: not observed" };
    [Line::told(criterion.name.as_str())].into_iter().chain(points).chain([Line::told(not_observed)]).collect()
}

/// Evidence, notes and follow-ups on an answer, in its time order: one's own, and others' with who where they may be seen.
pub(super) fn notes(app: &App) -> Vec<Line> {
    let (Some(desk), Some(answer)) = (&app.desk, at_hand(app)) else {
        let over_all = matches!(app.screen(), Screen::Compare(compare) if compare.overall.is_some());
        return vec![Line::told(if over_all { "No answer belongs to this row." } else { "No answer is open." })];
    };
    let by = |who: ReviewerId| if who == desk.me() { String::new() } else { format!(" ({})", desk.person(who)) };
    let at = |at: Option<crate::interview::Moment>| at.map_or_else(String::new, |at| format!("{at} "));
    let is_recording = desk.batch.answer(answer).is_some_and(|(_, given)| given.kind.is_recording());
    let evidence = desk.moments(answer).into_iter().map(|(who, evidence)| {
        let names = desk.criteria(answer).iter().filter(|known| evidence.criteria.contains(&known.id));
        let names: Vec<&str> = names.map(|criterion| criterion.name.as_str()).collect();
        let quote = desk.quoted(answer, &evidence.quote);
        // Of a written answer it counts characters: there is no moment.
        let begins = Some(evidence.span.start).filter(|_| is_recording);
        (begins, format!("{}Evidence for {}: “{quote}”{}", at(begins), names.join(", "), by(who)))
    });
    let written = |(who, kind, note): (ReviewerId, &str, &Note)| {
        (note.at, format!("{}{kind}: {}{}", at(note.at), desk.quoted(answer, &note.text), by(who)))
    };
    let notes = desk.works_seen().flat_map(|(who, work)| work.notes_on(answer).map(move |note| (who, "Note", note))).map(written);
    let probes = desk.works_seen().flat_map(|(who, work)| work.probes_on(answer).map(move |note| (who, "To ask", note)));
    let probes = probes.map(written);
    let mut all: Vec<_> = evidence.chain(notes).chain(probes).collect();
    all.sort_by_key(|(at, _)| *at);
    let lines: Vec<Line> = all.into_iter().map(|(_, line)| Line::told(line)).collect();
    if lines.is_empty() { vec![Line::told("Nothing is marked here yet.")] } else { lines }
}

/// What is missing before the seal of what one is at.
pub(super) fn missing(app: &App) -> Vec<Line> {
    let Some(desk) = &app.desk else { return vec![Line::told("No batch is open.")] };
    let answer = match app.screen() {
        Screen::Batch(grid) => grid.cell(desk).map(|cell| cell.answer),
        _ => at_hand(app),
    };
    let Some(scope) = answer.and_then(|answer| desk.scope_of(answer)) else { return vec![Line::told("No answer is open.")] };
    let what = desk.scope_in_words(&scope);
    if answer.is_some_and(|answer| desk.is_sealed(answer)) {
        return vec![Line::told(format!("Sealed already: {what}."))];
    }
    let check = desk.seal_check(&scope);
    let lines: Vec<Line> = check.missing().map(|(_, line)| Line::told(line.as_str())).collect();
    match lines.len() {
        0 => vec![Line::told(format!("Nothing is missing: seal locks {what}."))],
        n => [Line::told(format!("Before {what} can be sealed, {n} missing:"))].into_iter().chain(lines).collect(),
    }
}

/// The batches, or the candidates with how far each is.
pub(super) fn list(app: &App) -> Vec<Line> {
    match &app.desk {
        Some(desk) => desk.shown.iter().enumerate().map(|(nth, row)| Line::told(candidate(desk, nth, *row))).collect(),
        None => batches(app),
    }
}

fn candidate(desk: &Desk, nth: usize, row: SubmissionId) -> String {
    let answers = desk.batch.submission(row).map_or(&[][..], |submission| &submission.answers);
    let one = |answer: &crate::interview::Answer| {
        let number = desk.batch.question(&answer.question).map_or(0, |(index, _)| index + 1);
        let (rated, of) = desk.rated(answer.id);
        let how = match () {
            () if !answer.state.is_reviewable() => "nothing to hear".to_owned(),
            () if desk.sight.only_decides() => {
                let heard = desk.heard_share(answer.id).percent();
                heard.map_or_else(|| "to hear".to_owned(), |heard| format!("{heard}% heard"))
            }
            () if desk.is_sealed(answer.id) => "sealed".to_owned(),
            () => {
                let heard = desk.heard_share(answer.id).percent().map_or_else(String::new, |heard| format!("{heard}% heard, "));
                format!("{heard}rated {rated} of {of}")
            }
        };
        format!("question {number} {how}")
    };
    let answers: Vec<String> = answers.iter().map(one).collect();
    let against = desk.against_in_words(row).map_or_else(String::new, |against| format!(", against the ranking: {against}"));
    let decided = desk.decided_in_a_word(row).map_or_else(String::new, |word| format!("; decided: {word}{against}"));
    let differing = desk.differing_in_words(row).map_or_else(String::new, |words| format!("; decided differently: {words}"));
    format!("{}. {}: {}{decided}{differing}", nth + 1, desk.called(row), answers.join("; "))
}
