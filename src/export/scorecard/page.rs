//! What stands on a scorecard: who, how sure, the profile, conclusions, what to ask, evidence; what does not fit is counted.

use std::num::NonZeroU16;

use krilla::tagging::{Node, TableHeaderScope, Tag, TagGroup};

use super::letters::Weight;
use super::lines::lines;
use super::sheet::{About, Look, MARGIN, NotMade, PAPER, Sheet, WIDTH, height, write};
use crate::export::report::{CriterionRow, Judged, Person, Quote, Report};
use crate::panel::words::{placed, total};
use crate::panel::{Ranked, Value};

const TITLE: Look = Look { weight: Weight::Bold, size: 17.0, grey: 0 };
const HEADING: Look = Look { weight: Weight::Bold, size: 10.5, grey: 0 };
const TEXT: Look = Look { weight: Weight::Regular, size: 8.5, grey: 0 };
const SOFT: Look = Look { weight: Weight::Regular, size: 8.0, grey: 90 };
/// What is kept free for the foot.
const FOOT: f32 = 34.0;

/// A candidate's scorecard as PDF. The same values give the same bytes.
///
/// # Errors
/// When the page breaks a rule of PDF/UA-1, which is a fault of this program.
pub fn scorecard(report: &Report, person: &Person) -> Result<Vec<u8>, NotMade> {
    let name = Some(person.called.as_str()).filter(|name| !name.trim().is_empty()).unwrap_or("a candidate");
    let title = format!("Scorecard: {name}");
    write(&About { title: &title, at: report.as_of }, |sheet| lay(sheet, report, person, name))
}

/// Lays the whole page.
fn lay(sheet: &mut Sheet, report: &Report, person: &Person, name: &str) -> Vec<TagGroup> {
    let mut groups = Vec::new();
    heading(sheet, 1, name, TITLE, &mut groups);
    top(sheet, report, person, &mut groups);
    profile(sheet, report, person, &mut groups);
    let parts = [
        ("Conclusions", conclusions(person), usize::MAX),
        ("What to ask live", asks(person), ASKS),
        ("Evidence", evidence(person), usize::MAX),
        ("Who heard how much", hearing(person), usize::MAX),
    ];
    let parts: Vec<_> = parts.iter().filter(|(_, all, _)| !all.is_empty()).collect();
    for (nth, (title, all, most)) in parts.iter().enumerate() {
        list(sheet, (title, all, *most), parts.len() - nth - 1, &mut groups);
    }
    foot(sheet, report, &mut groups);
    groups
}

/// The lines of the page, in the order in which they are read.
#[cfg(test)]
pub(in crate::export) fn read(report: &Report, person: &Person) -> String {
    let mut said = String::new();
    let made = write(&About { title: "a page", at: None }, |sheet| {
        let groups = lay(sheet, report, person, person.called.as_str());
        said = sheet.said.join("\n");
        groups
    });
    made.expect("it keeps the rules of PDF/UA-1");
    said
}

fn paragraph(nodes: Vec<Node>) -> TagGroup {
    TagGroup::with_children(Tag::P, nodes)
}

fn heading(sheet: &mut Sheet, level: u16, text: &str, look: Look, groups: &mut Vec<TagGroup>) {
    let nodes = sheet.text(text, look, 3);
    let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
    groups.push(TagGroup::with_children(Tag::Hn(level, Some(text.to_owned())), nodes));
    sheet.down += 2.0;
}

fn top(sheet: &mut Sheet, report: &Report, person: &Person, groups: &mut Vec<TagGroup>) {
    let job = report.requisition.as_ref().map_or_else(String::new, |job| format!(" for {job}"));
    let id = person.shown_id.as_ref().map_or_else(String::new, |id| format!(" Id: {id}."));
    let lead = format!("{}{job}. Rubric {}.{id}", report.title, report.rubric.id);
    groups.push(paragraph(sheet.text(&lead, SOFT, 2)));
    if let Some(ranked) = &person.place {
        sheet.down += 4.0;
        groups.push(paragraph(sheet.text(&place(report, ranked), TEXT, 2)));
    }
    sheet.down += 6.0;
}

fn place(report: &Report, ranked: &Ranked) -> String {
    let range = ranked.in_group.as_ref().map_or(&ranked.range, |of| &of.range);
    let rank = ranked.place().map_or_else(|| "Not ranked.".to_owned(), |(_, rank)| placed(rank, range));
    let band = ranked.band.as_ref().map_or_else(String::new, |band| format!(" Band {band}."));
    let among = if report.among_handed { " Rank, range and ± are of those handed over alone." } else { "" };
    let total = total(&ranked.total, report.panel.digits().max(1));
    format!("{rank}{among}{band} Total {total} of 100; {:.0}% of the weight was observed.", ranked.coverage * 100.0)
}

/// Where the columns of the profile begin.
const COLUMNS: [f32; 4] = [0.0, 26.0, 200.0, 330.0];

fn profile(sheet: &mut Sheet, report: &Report, person: &Person, groups: &mut Vec<TagGroup>) {
    heading(sheet, 2, "Rubric profile", HEADING, groups);
    let rows: Vec<(&Judged, &CriterionRow)> =
        person.questions.iter().flat_map(|judged| judged.criteria.iter().map(move |row| (judged, row))).collect();
    let (low, high) = report.rubric.scale;
    let mut table = TagGroup::new(Tag::Table);
    let names = ["Q", "Criterion", &format!("Mean, {low} to {high}"), "Reviewers"];
    table.push(TagGroup::with_children(Tag::THead, vec![head(sheet, names).into()]));
    let mut body = TagGroup::new(Tag::TBody);
    let mut left = rows.len();
    for (judged, row) in rows {
        // Half of the page at the most: what was said must have room too.
        if sheet.room(FOOT) < PAPER.1 * 0.42 {
            break;
        }
        left -= 1;
        body.push(criterion(sheet, report, judged, row));
    }
    table.push(body);
    groups.push(table);
    if left > 0 {
        groups.push(paragraph(sheet.text(&format!("{left} more criteria are in the report."), SOFT, 1)));
    }
    sheet.down += 6.0;
}

fn head(sheet: &mut Sheet, names: [&str; 4]) -> TagGroup {
    let mut row = TagGroup::new(Tag::TR);
    for (name, left) in names.iter().zip(COLUMNS) {
        let nodes = sheet.put(&lines(name, Weight::Regular, SOFT.size, 140.0, 1), SOFT, MARGIN + left, sheet.down);
        row.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Column), nodes));
    }
    sheet.down += SOFT.size * 1.4;
    row
}

fn criterion(sheet: &mut Sheet, report: &Report, judged: &Judged, row: &CriterionRow) -> TagGroup {
    let mean = row.spread.map_or_else(|| "–".to_owned(), |spread| format!("{:.1}", spread.mean));
    let values: Vec<String> = row.values.iter().filter_map(|(who, value, _)| Some(format!("{who} {}", said(*value)?))).collect();
    let room = |nth: usize| COLUMNS.get(nth + 1).map_or(WIDTH, |next| *next - 6.0) - COLUMNS[nth];
    let cells = [judged.number.to_string(), row.name.to_string(), mean, values.join(", ")];
    let cells: Vec<_> = cells
        .iter()
        .enumerate()
        .map(|(nth, text)| lines(text, TEXT.weight, TEXT.size, room(nth), if nth == 3 { 3 } else { 2 }))
        .collect();
    let top = sheet.down;
    let mut tags = TagGroup::new(Tag::TR);
    for (nth, cell) in cells.iter().enumerate() {
        let nodes = sheet.put(cell, TEXT, MARGIN + COLUMNS[nth], top);
        match nth {
            1 => tags.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Row), nodes)),
            _ => tags.push(TagGroup::with_children(Tag::TD, nodes)),
        }
    }
    bar(sheet, report, row, top);
    sheet.down += cells.iter().map(|cell| height(cell, TEXT)).fold(0.0, f32::max) + 2.0;
    tags
}

/// The mean as a bar beside its number, and the mean of all candidates as a stroke.
fn bar(sheet: &mut Sheet, report: &Report, row: &CriterionRow, top: f32) {
    const LONG: f32 = 88.0;
    let (low, high) = report.rubric.scale;
    let at = |value: f64| LONG * ((value - low) / (high - low)).clamp(0.0, 1.0) as f32;
    let left = MARGIN + COLUMNS[2] + 26.0;
    sheet.rect((left, top + 3.0), (LONG, 6.0), 225);
    if let Some(spread) = row.spread {
        sheet.rect((left, top + 3.0), (at(spread.mean), 6.0), 120);
    }
    if let Some(mean) = row.batch_mean {
        sheet.rect((left + at(mean), top + 1.5), (1.0, 9.0), 0);
    }
}

fn said(value: Value) -> Option<String> {
    Some(match value {
        Value::Point(point) => point.value().to_string(),
        Value::NotObserved => "not observed".to_owned(),
        Value::NotAnswered => "no answer".to_owned(),
        Value::TechnicalFault => "technical fault".to_owned(),
        Value::Recused => "stepped aside".to_owned(),
        Value::NotYet => return None,
    })
}

fn conclusions(person: &Person) -> Vec<String> {
    let must = person.must_haves.iter().filter(|row| !row.answers.is_empty()).map(|row| {
        let said: Vec<String> = row.answers.iter().map(|(who, word, _)| format!("{who} {word}")).collect();
        format!("Must have: {} ({})", row.text, said.join(", "))
    });
    let recommended = person.recommendations.iter().map(|(who, word, _)| format!("{who} recommends: {word}"));
    let decided = person.decisions.iter().map(|row| {
        let of = row.application.as_ref().map_or_else(String::new, |id| format!(" for {id}"));
        let why = |reason: &str| if reason.is_empty() { String::new() } else { format!(" ({})", reason.trim_end_matches('.')) };
        let each = row.otherwise.iter().map(|(who, decision, reason)| format!("{who} {decision}{}", why(reason)));
        let each: Vec<String> = each.collect();
        let otherwise = match each.is_empty() {
            true => String::new(),
            false => format!(" Decided differently: {}; the last stands.", each.join(", ")),
        };
        format!("Decided{of}: {}, by {}.{otherwise} {}", row.decision, row.by, row.reason)
    });
    let against = person.against.iter().map(|how| format!("Against the ranking: {how}"));
    decided.chain(against).chain(agreed(person)).chain(recommended).chain(must).collect()
}

/// What reviewers agreed on after the reveal, beside what each of them gave.
fn agreed(person: &Person) -> impl Iterator<Item = String> + '_ {
    let rows = person.questions.iter().flat_map(|judged| judged.criteria.iter().map(move |row| (judged, row)));
    rows.flat_map(|(judged, row)| {
        row.reconciled.iter().map(|agreed| format!("Question {}, {}: {}", judged.number, row.name, agreed.words()))
    })
}

fn asks(person: &Person) -> Vec<String> {
    let ask = |ask: &crate::export::report::Ask| {
        let question = ask.number.map_or_else(String::new, |number| format!("Question {number}: "));
        let said = ask.sides().into_iter().filter(|(heard, _)| !heard.quote.is_empty());
        let quotes: String = said.map(|(heard, _)| format!(" “{}” {}", heard.quote, heard.moment)).collect();
        format!("{question}{}{quotes}", ask.what)
    };
    person.asks.iter().map(ask).collect()
}

/// Each quote once, with every criterion that it is for and what everyone who marked it gave.
fn evidence(person: &Person) -> Vec<String> {
    person.questions.iter().flat_map(|judged| quotes(judged).into_iter().map(|same| quoted(judged, &same))).collect()
}

/// The quotes of an answer, those that are alike together.
fn quotes(judged: &Judged) -> Vec<Vec<&Quote>> {
    let mut all: Vec<Vec<&Quote>> = Vec::new();
    for quote in &judged.quotes {
        let is_same = |known: &&mut Vec<&Quote>| known[0].words == quote.words && known[0].span.start == quote.span.start;
        match all.iter_mut().find(is_same) {
            Some(same) => same.push(quote),
            None => all.push(vec![quote]),
        }
    }
    all
}

fn quoted(judged: &Judged, same: &[&Quote]) -> String {
    let mut what: Vec<(&str, Vec<String>)> = Vec::new();
    for quote in same {
        for (name, value) in quote.for_what.iter().filter_map(|(name, value)| Some((name.as_str(), said(*value)?))) {
            let given = format!("{value} by {}", quote.by);
            match what.iter_mut().find(|(known, _)| *known == name) {
                Some((_, all)) if !all.contains(&given) => all.push(given),
                Some(_) => {}
                None => what.push((name, vec![given])),
            }
        }
    }
    let what: Vec<String> = what.into_iter().map(|(name, given)| format!("{name} {}", given.join(", "))).collect();
    let first = same[0];
    let at = if first.written { String::new() } else { format!(" at {}", first.span.start) };
    let words = if first.words.is_empty() { "(no transcript)".to_owned() } else { format!("“{}”", first.words) };
    format!("Question {}{at}: {words} ({})", judged.number, what.join("; "))
}

fn hearing(person: &Person) -> Vec<String> {
    let one = |one: &crate::export::report::Hearing| {
        let heard = one
            .heard
            .percent()
            .map_or_else(|| "nothing to hear, or not measured".to_owned(), |share| format!("{share}% of the speech"));
        format!("{}: {heard}", one.reviewer)
    };
    person.hearing.iter().map(one).collect()
}

/// How many questions to ask live stand on the page: what was said must have room too.
const ASKS: usize = 8;
/// What is kept free for each part that follows: at the least the line that counts it.
const COUNTED: f32 = SOFT.size * 1.32 + 5.0;

/// A heading and a list, as far as there is room and no more than `most`; what has none is counted. `follow` is how many parts come after it.
fn list(sheet: &mut Sheet, (title, all, most): (&str, &[String], usize), follow: usize, groups: &mut Vec<TagGroup>) {
    const EACH: usize = 3;
    let (step, foot) = (TEXT.size * 1.32, FOOT + follow as f32 * COUNTED);
    if sheet.room(foot) < step * (EACH as f32 + 3.0) + COUNTED {
        let words = format!("{title}: {} in the report.", all.len());
        groups.push(paragraph(sheet.text(&words, SOFT, 1)));
        sheet.down += 5.0;
        return;
    }
    heading(sheet, 2, title, HEADING, groups);
    let mut items = TagGroup::new(Tag::L(krilla::tagging::ListNumbering::None));
    let mut left = all.len();
    for text in all.iter().take(most) {
        if sheet.room(foot) < step * EACH as f32 + COUNTED {
            break;
        }
        left -= 1;
        let nodes = sheet.text(text, TEXT, EACH);
        sheet.down += 1.5;
        items.push(TagGroup::with_children(Tag::LI, vec![TagGroup::with_children(Tag::LBody, nodes).into()]));
    }
    groups.push(items);
    if left > 0 {
        groups.push(paragraph(sheet.text(&format!("{left} more are in the report."), SOFT, 1)));
    }
    sheet.down += 5.0;
}

fn foot(sheet: &mut Sheet, report: &Report, groups: &mut Vec<TagGroup>) {
    if sheet.boxes {
        sheet.down = PAPER.1 - MARGIN - 33.0;
        let words = "A grey box is a sign that this page's letters lack: its code point stands in it, and it is copied and read aloud as it is.";
        groups.push(paragraph(sheet.text(words, SOFT, 1)));
    }
    sheet.down = PAPER.1 - MARGIN - 22.0;
    let at = report.as_of.map_or_else(String::new, |at| format!(", as of {} UTC", at.strftime("%Y-%m-%d %H:%M")));
    let made = format!(
        "Of sealed scorecards alone{at}. Made by earmark {}. Scoring hash sha256:{}.",
        report.version, report.rubric.scoring_hash
    );
    groups.push(paragraph(sheet.text(&made, SOFT, 2)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::report::tests::report;
    use crate::export::tests::reviewed;

    #[test]
    fn a_quote_that_several_marked_stands_once_with_all_whom_it_is_for_and_a_decision_has_its_author() {
        let made = report(&reviewed(), "ann", false);
        let mut person = made.people[0].clone();
        let quote = person.quotes().find(|quote| !quote.words.is_empty()).expect("there is one").clone();
        let (name, value) = quote.for_what[0].clone();
        let by = |who: &str, criterion: &str| {
            let mut quote = quote.clone();
            (quote.by, quote.for_what) = (who.into(), vec![(criterion.into(), value)]);
            quote
        };
        person.questions.truncate(1);
        person.questions[0].quotes = vec![by("R1", name.as_str()), by("R2", name.as_str()), by("R2", "Calm")];
        let all = evidence(&person);
        let given = said(value).expect("a value");
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all[0].ends_with(&format!("({name} {given} by R1, {given} by R2; Calm {given} by R2)")), "{all:?}");
    }

    #[test]
    fn what_has_no_room_is_counted_part_by_part_and_nothing_is_left_out_in_silence() {
        let made = report(&reviewed(), "ann", false);
        let mut person = made.people[0].clone();
        let mut ask = person.asks.first().expect("something is open").clone();
        ask.what = "a question that takes more than one line, ".repeat(8);
        person.asks = vec![ask; 50];
        let quote = person.quotes().next().expect("there is one").clone();
        let mut bare = quote.clone();
        bare.words.clear();
        person.questions[0].quotes =
            std::iter::once(bare).chain((0..50).map(|nth| Quote { words: format!("words {nth}"), ..quote.clone() })).collect();
        let heard = person.hearing[0].clone();
        person.hearing = vec![heard; 40];
        let page = read(&made, &person);
        assert!(page.contains("42 more are in the report."), "of 50 questions 8 stand there: {page}");
        for part in ["What to ask live", "Evidence", "Who heard how much"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(page.contains("(no transcript)"), "a moment without words is one: {page}");
        let counted = page.lines().filter(|line| line.ends_with(" in the report.")).count();
        assert_eq!(counted, 3, "{page}");
    }
}
