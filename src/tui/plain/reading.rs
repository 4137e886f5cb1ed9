//! Reading an answer in lines, and the way to one: what was said, what is written, which keys lead where.

use super::{Line, Plain, Step};
use crate::app::action::Action;
use crate::app::{App, Desk, Event, Screen, shown_speed};
use crate::interview::{AnswerId, Moment, Span, SubmissionId};
use crate::protocol::Covered;
use crate::transcript::{Sentences, Timing, Transcript};

/// The answer that has the keys.
pub(super) fn at_hand(app: &App) -> Option<AnswerId> {
    match app.screen() {
        Screen::Review(review) => Some(review.answer),
        // Over all questions it is the selected cell's, as `where` says; what concludes a scorecard has none.
        Screen::Compare(compare) => match &compare.overall {
            Some(side) => side.laid.rows.get(side.row)?.cells.get(side.column)?.answer,
            None => compare.focused_answer(),
        },
        _ => None,
    }
}

/// The written answer that has the keys, as it may be shown.
pub(super) fn written(app: &App) -> Option<(AnswerId, Covered)> {
    let (desk, answer) = (app.desk.as_ref()?, at_hand(app)?);
    let (_, given) = desk.batch.answer(answer)?;
    Some((answer, desk.written(given).filter(|_| !given.kind.is_recording())?))
}

/// The paragraphs of a written answer, a line each; of a file what it is called.
pub(super) fn paragraphs(app: &App) -> Vec<Line> {
    if let Some(file) = at_hand(app).and_then(|answer| app.desk.as_ref()?.file_in_words(answer)) {
        return vec![Line::told(format!("A file: {file}. original opens it in your own program; that is in the journal."))];
    }
    let Some((_, text)) = written(app) else { return Vec::new() };
    text.text.shown().lines().filter(|line| !line.trim().is_empty()).map(Line::told).collect()
}

fn transcript_of(app: &App) -> Option<&Transcript> {
    app.desk.as_ref()?.here(at_hand(app)?)?.transcript.as_deref()
}

/// One sentence: its moment, who speaks where that is known, and the words.
fn sentence(said: &Transcript, words: &std::ops::Range<usize>) -> Line {
    let first = &said.words[words.start];
    let speaker = said.cues.get(first.cue).and_then(|cue| cue.speaker.as_ref());
    let speaker = speaker.map_or_else(String::new, |speaker| format!("{speaker}: "));
    let at = if said.timing == Timing::None { String::new() } else { format!("{} ", first.span.start) };
    let shown: Vec<_> = said.words[words.clone()].iter().map(|word| word.text.shown()).collect();
    Line::told(format!("{at}{speaker}{}", shown.join(" ")))
}

const NO_ANSWER: &str = "No answer is open: go opens one, as in go 2 1.";
const NO_TRANSCRIPT: &str = "There is no transcript for this answer. It can be heard and rated all the same.";

fn no_transcript(app: &App) -> Line {
    Line::told(if at_hand(app).is_some() { NO_TRANSCRIPT } else { NO_ANSWER })
}

/// The last sentences that were said, the newest last.
pub(super) fn said(app: &App, count: usize) -> Vec<Line> {
    let paragraphs = paragraphs(app);
    if !paragraphs.is_empty() {
        return paragraphs;
    }
    let (Some(said), at) = (transcript_of(app), app.deck.at(app.deck.active)) else { return vec![no_transcript(app)] };
    let sentences = Sentences::of(said);
    let Some(last) = sentences.last_spoken(at) else { return vec![Line::told("Nothing was said before this moment.")] };
    let until: Vec<_> = sentences.iter().take_while(|words| words.start <= last.start).collect();
    let from = until.len().saturating_sub(count.max(1));
    until[from..].iter().map(|words| sentence(said, words)).collect()
}

/// The sentence that begins at or goes on over a moment; for captions.
pub(super) fn sentence_at(app: &App, at: Moment) -> Option<(usize, Line)> {
    let said = transcript_of(app)?;
    let word = said.word_at(at)?;
    let words = Sentences::of(said).iter().find(|words| words.contains(&word))?.clone();
    Some((words.start, sentence(said, &words)))
}

/// The sentences between two moments; all of them where there are no times.
pub(super) fn transcript(app: &App, (from, to): (Moment, Moment)) -> Vec<Line> {
    let paragraphs = paragraphs(app);
    if !paragraphs.is_empty() {
        return paragraphs;
    }
    let Some(said) = transcript_of(app) else { return vec![no_transcript(app)] };
    let within = |words: &&std::ops::Range<usize>| {
        let span = said.span_of(words).unwrap_or(Span { start: from, end: to });
        said.timing == Timing::None || (span.end > from && span.start <= to)
    };
    let lines: Vec<Line> = Sentences::of(said).iter().filter(within).map(|words| sentence(said, words)).collect();
    let made_by = said.automatic.as_ref().map(|by| Line::told(format!("The transcript is automatic, by {by}: it has mistakes.")));
    match lines.is_empty() {
        true => vec![Line::told("Nothing was said there.")],
        false => made_by.into_iter().chain(lines).collect(),
    }
}

/// The keys that open the batch with this number.
pub(super) fn to_batch(app: &App, nth: usize) -> Vec<Step> {
    let count = app.shelf.shown(app.now()).len();
    let down = std::iter::repeat_n(Action::Down, nth.clamp(1, count.max(1)) - 1);
    Plain::do_all([Action::First].into_iter().chain(down).chain([Action::Open]))
}

/// The keys that go to an answer, named by the candidate's number or pseudonym and the question's number.
///
/// # Errors
/// Why there is none, in words.
pub(super) fn to_answer(app: &App, named: &str) -> Result<Vec<Step>, String> {
    let Some(desk) = &app.desk else { return Err("Open a batch first: list tells which there are.".to_owned()) };
    let (candidate, question) = match named.rsplit_once(char::is_whitespace) {
        Some((candidate, number)) if number.parse::<usize>().is_ok() => (candidate.trim(), number.parse::<usize>().ok()),
        _ => (named.trim(), None),
    };
    let row = row_of(desk, candidate).ok_or_else(|| format!("There is no candidate “{candidate}”: list tells who there is."))?;
    let of = desk.batch.interview.questions.len();
    if let Some(asked) = question.filter(|asked| !(1..=of).contains(asked)) {
        return Err(format!("There is no question {asked}: there are {of}."));
    }
    let column = question.map_or_else(|| column_at_hand(app, desk), |number| number - 1);
    let (down, left, right) =
        (std::iter::repeat_n(Action::Down, row), std::iter::repeat_n(Action::Left, of), std::iter::repeat_n(Action::Right, column));
    let there = [Action::ToBatch, Action::First].into_iter().chain(down).chain(left).chain(right).chain([Action::Open]);
    Ok(Plain::do_all(there))
}

fn row_of(desk: &Desk, named: &str) -> Option<usize> {
    if let Ok(number) = named.parse::<usize>() {
        return number.checked_sub(1).filter(|row| *row < desk.shown.len());
    }
    let wanted = named.to_lowercase();
    let called = |row: &SubmissionId| [desk.called(*row), desk.shown_name(*row, None).text().clone()];
    let found = |is_it: &dyn Fn(&str) -> bool| {
        desk.shown.iter().position(|row| called(row).iter().any(|name| is_it(&name.as_str().to_lowercase())))
    };
    found(&|name| name == wanted).or_else(|| found(&|name| !wanted.is_empty() && name.starts_with(&wanted)))
}

/// The question that one is at.
fn column_at_hand(app: &App, desk: &Desk) -> usize {
    let question = match app.screen() {
        Screen::Batch(grid) => return grid.column,
        _ => at_hand(app).and_then(|answer| Some(desk.batch.answer(answer)?.1.question.clone())),
    };
    question.and_then(|question| desk.batch.question(&question)).map_or(0, |(index, _)| index)
}

/// A speed as it is typed, in hundredths: `1.7`, `1.7x`.
pub(super) fn to_speed(factor: &str) -> Option<Vec<Step>> {
    let wanted: f64 = factor.trim_end_matches('x').parse().ok().filter(|factor: &f64| factor.is_finite() && *factor >= 0.0)?;
    Some(vec![Step::Event(Event::Speed((wanted.min(100.0) * 100.0).round() as u16))])
}

/// The keys that go to a criterion as a person does who chooses it.
///
/// # Errors
/// Why there is none, in words.
pub(super) fn to_criterion(app: &App, named: &str) -> Result<Vec<Step>, String> {
    let wanted = criterion(app, named)?;
    let now = match app.screen() {
        Screen::Review(review) => review.cursor.criterion,
        Screen::Compare(compare) => compare.cursor.criterion,
        _ => 0,
    };
    let (next, previous) = (Action::NextCriterion, Action::PreviousCriterion);
    let steps = match wanted.cmp(&now) {
        std::cmp::Ordering::Greater => vec![next; wanted - now],
        std::cmp::Ordering::Less => vec![previous; now - wanted],
        // There and back: what is rated there may be changed then.
        std::cmp::Ordering::Equal if now == 0 => vec![previous],
        std::cmp::Ordering::Equal => vec![previous, next],
    };
    Ok(Plain::do_all(steps))
}

/// Which criterion is meant: by its number, id, or how its name begins.
pub(super) fn criterion(app: &App, named: &str) -> Result<usize, String> {
    let criteria = at_hand(app).zip(app.desk.as_ref()).map_or(&[][..], |(answer, desk)| desk.criteria(answer));
    if criteria.is_empty() {
        return Err("There is nothing to rate here.".to_owned());
    }
    let wanted = named.to_lowercase();
    let number = named.parse::<usize>().ok().and_then(|nth| nth.checked_sub(1)).filter(|nth| *nth < criteria.len());
    let id = || criteria.iter().position(|criterion| criterion.id.as_str() == wanted);
    let name = || criteria.iter().position(|criterion| criterion.name.as_str().to_lowercase().starts_with(&wanted));
    number.or_else(id).or_else(name).ok_or_else(|| format!("There is no criterion “{named}”: criteria tells which there are."))
}

/// How fast it plays and what of silences, in words.
pub(super) fn tempo(app: &App) -> String {
    let lead = app.shown_lead();
    let speed = if lead.is_empty() { shown_speed(app.deck.speed) } else { lead };
    format!("{speed}, silences {}", if app.deck.skip_silence { "skipped" } else { "heard" })
}
