//! One candidate: rubric profile, quotes with their sound, must-haves, what to ask live, who heard how much.

use base64::Engine as _;

use super::build::{Html, head, wide};
use super::charts::{Bar, bar};
use super::ranking::{interval, standing, status};
use crate::export::report::brief::Ask;
use crate::export::report::naming::Naming;
use crate::export::report::value::{CriterionRow, DecisionRow, Hearing, Judged, Person, Quote, Remark, Report, Sound};
use crate::panel::Value;
use crate::panel::words::{placed, total};
use crate::rubric::Observed;
use crate::scorecard::HeardShare;
use crate::text::SafeText;

/// The candidate's part of the page.
pub(super) fn person(html: &mut Html, report: &Report, nth: usize, person: &Person) {
    let id = format!("p{}", nth + 1);
    html.within("section", &[("class", "card"), ("aria-labelledby", &id)], |html| {
        html.within("h3", &[("id", &id)], |html| html.outside(&person.called));
        place(html, report, person);
        html.element("h4", &[], "Rubric profile");
        wide(html, &format!("Rubric profile, candidate {}", nth + 1), |html| profile(html, report, person));
        conclusions(html, report, person);
        asks(html, person);
        for judged in person.questions.iter().filter(|judged| has_words(judged)) {
            evidence(html, report, nth, judged);
        }
        hearing(html, nth, person);
        html.within("p", &[("class", "back")], |html| html.element("a", &[("href", "#contents")], "Back to the contents"));
    });
}

fn place(html: &mut Html, report: &Report, person: &Person) {
    if let Some(id) = &person.shown_id {
        html.within("p", &[("class", "soft")], |html| {
            html.text("Id: ");
            html.outside(id);
        });
    }
    let Some(ranked) = &person.place else { return };
    let rank = match ranked.place() {
        Some((_, rank)) => placed(rank, standing(ranked)),
        None => format!("Not ranked: {}.", status(ranked)),
    };
    let band = ranked.band.as_ref().map_or_else(String::new, |band| format!(" Band {band}."));
    let seen = format!(" {:.0}% of the weight was observed.", ranked.coverage * 100.0);
    html.element("p", &[], format_args!("{rank}{band} Total {}.{seen}", total(&ranked.total, report.panel.digits().max(1))));
    interval(html, ranked);
}

fn profile(html: &mut Html, report: &Report, person: &Person) {
    let (low, high) = report.rubric.scale;
    html.element("caption", &[], format_args!("From {low} to {high}. The stroke across a bar is the mean of all candidates."));
    let reviewers = with_columns(person);
    html.within("thead", &[], |html| {
        html.within("tr", &[], |html| {
            ["Question and criterion", "Mean", "Profile"].iter().for_each(|name| html.element("th", &[("scope", "col")], name));
            match &reviewers {
                Some(reviewers) => {
                    for who in reviewers {
                        html.within("th", &[("scope", "col")], |html| html.outside(who));
                    }
                }
                None => html.element("th", &[("scope", "col")], "Reviewers"),
            }
        });
    });
    html.within("tbody", &[], |html| {
        for judged in &person.questions {
            judged.criteria.iter().for_each(|row| criterion(html, report, judged, row, reviewers.as_deref()));
        }
    });
}

/// The reviewers, each with a column of values; none where they are too many to stand side by side.
fn with_columns(person: &Person) -> Option<Vec<&SafeText>> {
    const SIDE_BY_SIDE: usize = 5;
    let mut all: Vec<&SafeText> = Vec::new();
    for (who, value, _) in person.questions.iter().flat_map(|judged| &judged.criteria).flat_map(|row| &row.values) {
        if *value != Value::NotYet && !all.contains(&who) {
            all.push(who);
        }
    }
    (all.len() <= SIDE_BY_SIDE).then_some(all)
}

fn criterion(html: &mut Html, report: &Report, judged: &Judged, row: &CriterionRow, reviewers: Option<&[&SafeText]>) {
    html.within("tr", &[], |html| {
        html.within("th", &[("scope", "row")], |html| {
            html.text(format_args!("{} ", judged.number));
            html.outside(&row.name);
        });
        html.element("td", &[], row.spread.map_or_else(|| "–".to_owned(), |spread| format!("{:.1}", spread.mean)));
        html.within("td", &[], |html| match row.spread {
            Some(spread) => {
                let ends = (spread.n > 1 && spread.max > spread.min).then_some((spread.min, spread.max));
                let between = ends.map_or_else(String::new, |(min, max)| format!(", from {min} to {max}"));
                let all = row.batch_mean.map_or_else(String::new, |mean| format!("; all candidates {mean:.1}"));
                let words = format!("Mean {:.1}{between}{all}", spread.mean);
                let ends =
                    Bar { ends: report.rubric.scale, value: spread.mean, interval: ends, beside: row.batch_mean, words: &words };
                bar(html, &ends);
                agreed(html, row);
            }
            None => {
                html.text(judged.state.unwrap_or("not observed"));
                agreed(html, row);
            }
        });
        let given = || row.values.iter().filter(|(_, value, _)| *value != Value::NotYet);
        match reviewers {
            Some(reviewers) => {
                for who in reviewers {
                    let of = given().find(|(by, ..)| by == *who);
                    html.within("td", &[], |html| of.into_iter().for_each(|(_, value, reason)| one(html, *value, reason.as_ref())));
                }
            }
            None => html.within("td", &[], |html| {
                for (nth, (who, value, reason)) in given().enumerate() {
                    html.text(if nth == 0 { "" } else { "; " });
                    html.outside(who);
                    html.text(" ");
                    one(html, *value, reason.as_ref());
                }
            }),
        }
    });
}

/// What a reviewer gave, with the reason that stands beside it.
fn one(html: &mut Html, value: Value, reason: Option<&String>) {
    html.text(said(value));
    if let Some(reason) = reason {
        html.text(" (");
        html.outside(reason);
        html.text(")");
    }
}

/// What was agreed after the reveal, beside what was given.
fn agreed(html: &mut Html, row: &CriterionRow) {
    for agreed in &row.reconciled {
        let value = match agreed.value {
            Observed::Point(point) => point.value().to_string(),
            Observed::NotObserved => "not observed".to_owned(),
            Observed::TechnicalFault => "technical fault".to_owned(),
        };
        let who: Vec<&str> = agreed.who.iter().map(|who| who.as_str()).collect();
        html.within("div", &[], |html| {
            html.text(format_args!("Agreed afterwards: {value}{}, written down by ", agreed.standing()));
            html.outside(agreed_by(&who));
            html.text(": ");
            html.outside(&agreed.reason);
        });
    }
}

/// Who wrote it down, and whose values it is about.
fn agreed_by(who: &[&str]) -> String {
    match who {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [one, others @ ..] => format!("{one} (the others who rated it: {})", others.join(", ")),
    }
}

/// A value in words.
fn said(value: Value) -> String {
    match value {
        Value::Point(point) => point.value().to_string(),
        Value::NotObserved => "not observed".to_owned(),
        Value::NotAnswered => "no answer".to_owned(),
        Value::TechnicalFault => "technical fault".to_owned(),
        Value::Recused => "stepped aside".to_owned(),
        Value::NotYet => String::new(),
    }
}

fn conclusions(html: &mut Html, report: &Report, person: &Person) {
    let has_must = person.must_haves.iter().any(|row| !row.answers.is_empty());
    if !has_must && person.recommendations.is_empty() && person.decisions.is_empty() && person.comments.is_empty() {
        return;
    }
    html.element("h4", &[], "Conclusions");
    html.within("ul", &[], |html| {
        for row in person.must_haves.iter().filter(|row| !row.answers.is_empty()) {
            html.within("li", &[], |html| {
                html.text("Must have: ");
                html.outside(&row.text);
                for (who, word, span) in &row.answers {
                    let at = span.map_or_else(String::new, |span| format!(" at {}", span.start));
                    html.text("; ");
                    html.outside(who);
                    html.text(format_args!(" {word}{at}"));
                }
            });
        }
        for (who, word, after) in &person.recommendations {
            html.within("li", &[], |html| {
                html.text("Recommendation of ");
                html.outside(who);
                html.text(format_args!(": {word}{}", if *after { ", after others' were seen" } else { "" }));
            });
        }
        for row in &person.decisions {
            html.within("li", &[], |html| decided(html, report, row));
        }
        if let Some(against) = &person.against {
            html.within("li", &[("class", "note")], |html| {
                html.text("Against the ranking: ");
                html.outside(against);
                html.text(".");
            });
        }
        for (who, text) in &person.comments {
            html.within("li", &[], |html| {
                html.text("Remark of ");
                html.outside(who);
                html.text(": ");
                html.outside(text);
            });
        }
    });
}

/// One decision: when, by whom, what and why.
pub(super) fn decided(html: &mut Html, report: &Report, row: &DecisionRow) {
    html.text(format_args!("Decided on {} by ", row.at.strftime("%Y-%m-%d")));
    html.outside(&row.by);
    if let Some(application) = row.application.as_ref().filter(|_| report.naming != Naming::Numbers) {
        html.text(", application ");
        html.outside(application);
    }
    html.text(format_args!(": {}. ", row.decision));
    html.outside(&row.reason);
    let mut before = &row.reason;
    if let Some(fast) = &row.fast {
        html.text(if ends_sentence(before) { " " } else { ". " });
        html.text("Did not wait for the gate: ");
        html.outside(fast);
        before = fast;
    }
    for (who, decision, reason) in &row.otherwise {
        html.text(if ends_sentence(before) { " " } else { ". " });
        html.text("Decided differently before, by ");
        html.outside(who);
        html.text(format_args!(": {decision}. "));
        html.outside(reason);
        before = reason;
    }
}

/// Whether what somebody wrote needs no full stop before the next sentence.
fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end();
    text.is_empty() || text.ends_with(['.', '!', '?', '…', '。'])
}

fn asks(html: &mut Html, person: &Person) {
    html.element("h4", &[], "What to ask live");
    if person.asks.is_empty() {
        html.element("p", &[], "Nothing is open: no follow-up, no gap in the evidence, no disagreement of two points.");
    }
    for group in person.asks.chunk_by(|a, b| a.why == b.why) {
        html.element("h5", &[], group[0].why.words());
        html.within("ul", &[], |html| group.iter().for_each(|one| ask(html, one)));
    }
}

fn ask(html: &mut Html, ask: &Ask) {
    html.within("li", &[], |html| {
        html.text(ask.number.map_or_else(String::new, |number| format!("Question {number}: ")));
        html.outside(&ask.what);
        for (heard, by) in ask.sides() {
            html.within("div", &[("class", "soft")], |html| {
                html.text(&heard.moment);
                if !heard.quote.is_empty() {
                    html.text(if heard.moment.is_empty() { "" } else { " " });
                    html.outside(format_args!("“{}”", heard.quote));
                }
                html.text(", marked by ");
                html.outside(&by);
            });
        }
        if let Some(hint) = &ask.hint {
            html.within("div", &[("class", "soft")], |html| {
                html.text("The rubric suggests: ");
                html.outside(hint);
            });
        }
    });
}

fn has_words(judged: &Judged) -> bool {
    !judged.quotes.is_empty() || !judged.notes.is_empty()
}

fn evidence(html: &mut Html, report: &Report, nth: usize, judged: &Judged) {
    html.within("h4", &[], |html| {
        html.text(format_args!("Question {}: ", judged.number));
        html.outside(&judged.prompt);
    });
    let language = report.language.as_ref().map(|tag| tag.as_str()).filter(|tag| is_tag(tag));
    for alike in by_moment(&judged.quotes) {
        let quote = alike[0];
        html.within("blockquote", &[], |html| {
            let words = if quote.words.is_empty() { "(no transcript)" } else { quote.words.as_str() };
            match language.filter(|_| !quote.words.is_empty()) {
                Some(language) => html.element("p", &[("dir", "auto"), ("lang", language)], words),
                None => html.element("p", &[("dir", "auto")], words),
            }
            html.within("p", &[], |html| beneath(html, &alike));
            let heard = alike.iter().find(|quote| matches!(quote.sound, Sound::Clip(_))).unwrap_or(&quote);
            sound(html, nth, judged.number, heard);
        });
    }
    if !judged.notes.is_empty() {
        html.within("ul", &[], |html| judged.notes.iter().for_each(|note| remark(html, note)));
    }
}

fn remark(html: &mut Html, note: &Remark) {
    html.within("li", &[], |html| {
        html.text("Note of ");
        html.outside(&note.by);
        html.text(note.at.map_or_else(|| ": ".to_owned(), |at| format!(" at {at}: ")));
        html.outside(&note.text);
    });
}

/// The same stretch that several marked, or one for several criteria, is shown and heard once.
fn by_moment(quotes: &[Quote]) -> Vec<Vec<&Quote>> {
    let is_same = |a: &Quote, b: &Quote| (a.span, a.stale, a.written) == (b.span, b.stale, b.written) && a.words == b.words;
    let mut moments: Vec<Vec<&Quote>> = Vec::new();
    for quote in quotes {
        match moments.iter_mut().find(|alike| is_same(alike[0], quote)) {
            Some(alike) => alike.push(quote),
            None => moments.push(vec![quote]),
        }
    }
    moments
}

/// Where it was said, who marked it, and for what.
fn beneath(html: &mut Html, alike: &[&Quote]) {
    let first = alike[0];
    if !first.written {
        html.text(format_args!("{}–{}, ", first.span.start, first.span.end));
    }
    html.text("marked by ");
    for (nth, quote) in alike.iter().enumerate() {
        html.text(if nth == 0 { "" } else { "; by " });
        html.outside(&quote.by);
        for (nth, (name, value)) in quote.for_what.iter().enumerate() {
            html.text(if nth == 0 { " for " } else { ", " });
            html.outside(name);
            html.text(format_args!(" ({})", said(*value)));
        }
    }
    html.text(if first.stale { ". It is of an older recording." } else { "" });
}

fn sound(html: &mut Html, nth: usize, number: usize, quote: &Quote) {
    match &quote.sound {
        Sound::None => {}
        Sound::Above => html.element("p", &[("class", "soft")], "Its sound is above, at the same moment."),
        Sound::Missing(why) => html.element("p", &[("class", "soft")], format_args!("Its sound is not here: {why}.")),
        Sound::Clip(clip) => {
            let seconds = f64::from(clip.length_ms) / 1000.0;
            let cut = if clip.whole { "" } else { ", its beginning" };
            let label = format!(
                "Excerpt of {seconds:.1} seconds{cut}: candidate {}, question {number}, from {}",
                nth + 1,
                quote.span.start
            );
            let source = format!("data:audio/ogg;base64,{}", base64::engine::general_purpose::STANDARD.encode(&clip.bytes));
            html.within("audio", &[("controls", ""), ("preload", "none"), ("aria-label", &label), ("src", &source)], |_| {});
            // A player shows no length before it plays, and to load all of them only for that would take long.
            let first = if clip.whole { "" } else { "The first " };
            html.element("p", &[("class", "soft")], format_args!("{first}{seconds:.0} seconds."));
            if !clip.level {
                html.element("p", &[("class", "soft")], "Not as loud as the others: it is too faint or too short for that.");
            }
        }
    }
}

fn hearing(html: &mut Html, nth: usize, person: &Person) {
    html.element("h4", &[], "Who heard how much");
    if person.hearing.is_empty() {
        html.element("p", &[], "Nobody has sealed a scorecard.");
        return;
    }
    wide(html, &format!("Who heard how much of candidate {}", nth + 1), |html| {
        head(html, &["Reviewer", "Heard", "Read", "Name hidden", "Sealed"]);
        html.within("tbody", &[], |html| person.hearing.iter().for_each(|one| heard(html, one)));
    });
}

fn heard(html: &mut Html, one: &Hearing) {
    html.within("tr", &[], |html| {
        html.within("th", &[("scope", "row")], |html| html.outside(&one.reviewer));
        let short = if one.acknowledged > 0 {
            format!(" (too little of {} answers, acknowledged)", one.acknowledged)
        } else {
            String::new()
        };
        html.element("td", &[], format_args!("{}{short}", share(one.heard)));
        html.element("td", &[], share(one.read));
        html.element("td", &[], name_hidden(one.name_hidden));
        html.element("td", &[], one.sealed_at.map_or_else(String::new, |at| at.strftime("%Y-%m-%d").to_string()));
    });
}

/// Whether the name was hidden while these ratings were given: so many, of how many.
fn name_hidden((hidden, of): (usize, usize)) -> String {
    match hidden {
        _ if of == 0 => String::new(),
        0 => "no".to_owned(),
        all if all == of => "yes".to_owned(),
        some => format!("for {some} of {of} ratings"),
    }
}

fn share(share: HeardShare) -> String {
    match (share, share.percent()) {
        (_, Some(percent)) => format!("{percent}%"),
        (HeardShare::NothingToHear, _) => "nothing to hear".to_owned(),
        _ => "not measured".to_owned(),
    }
}

/// Whether a text can be a language tag.
fn is_tag(tag: &str) -> bool {
    !tag.is_empty() && tag.len() <= 35 && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
