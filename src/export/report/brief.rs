//! The brief for the live interview: what to ask, from follow-ups, gaps in the evidence and disagreements.

use std::fmt::Write as _;

use serde::Serialize;

use super::value::{CriterionRow, Judged, MustHaveRow, Person, Quote, Report};
use crate::interview::{Moment, QuestionId};
use crate::panel::Value;
use crate::text::SafeText;

/// By so many points reviewers differ before the difference is worth a question, whatever the rubric asks to reconcile.
const APART: f64 = 2.0;

/// Why something is to be asked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A reviewer marked it.
    FollowUp,
    /// A must-have is unclear, or reviewers contradict each other on it.
    MustHave,
    /// Reviewers differ by two points or more.
    Disagreement,
    /// Nobody observed it.
    NotObserved,
    /// It was rated, and no moment is marked that shows it.
    NoEvidence,
}

impl Why {
    /// As a heading.
    pub fn words(self) -> &'static str {
        match self {
            Why::FollowUp => "Follow-ups that reviewers marked",
            Why::MustHave => "Must-haves that are open",
            Why::Disagreement => "Where reviewers differ",
            Why::NotObserved => "What the answers did not show",
            Why::NoEvidence => "Rated without a marked moment",
        }
    }
}

/// A moment of an answer and what was said there.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Heard {
    /// What was said; empty where nothing says it.
    pub quote: String,
    /// Where it begins, in seconds; in characters of a written answer.
    pub at: Option<f64>,
    /// The same for people: `1:05`, or empty.
    pub moment: String,
    /// Whether the answer is written.
    pub written: bool,
    /// Who marked it.
    pub by: SafeText,
}

/// One thing to ask.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Ask {
    /// Why.
    pub why: Why,
    /// What it is about, as a sentence.
    pub what: String,
    /// In which question it came up, from 1.
    pub number: Option<usize>,
    /// The question's id.
    pub question: Option<QuestionId>,
    /// The criterion.
    pub criterion: Option<SafeText>,
    /// What the rubric suggests to ask.
    pub hint: Option<SafeText>,
    /// The moments that it rests on.
    pub heard: Vec<Heard>,
}

impl Ask {
    /// What is told of its moments where there is little room: the first; of a disagreement the first of each who marked one. All of them
    /// stand under their question.
    pub fn sides(&self) -> Vec<(&Heard, String)> {
        let said = self.heard.iter().filter(|heard| !heard.quote.is_empty() || !heard.moment.is_empty());
        let mut first: Vec<&Heard> = Vec::new();
        for heard in said {
            let is_new = first.iter().all(|known| known.by != heard.by);
            if first.is_empty() || self.why == Why::Disagreement && is_new {
                first.push(heard);
            }
        }
        once(first.into_iter())
    }
}

/// What to ask a candidate, by reason; within one in the order of asking, disagreements by how far.
pub fn brief(person: &Person, hint: impl Fn(&QuestionId) -> Option<SafeText>) -> Vec<Ask> {
    let mut asks: Vec<Ask> = person.questions.iter().flat_map(follow_ups).collect();
    asks.extend(person.must_haves.iter().filter_map(must_have));
    let criteria = || person.questions.iter().flat_map(|judged| judged.criteria.iter().map(move |row| (judged, row)));
    let mut apart: Vec<_> = criteria().filter(|(_, row)| row.gap() >= APART - 1e-9).collect();
    apart.sort_by(|(_, a), (_, b)| b.gap().total_cmp(&a.gap()));
    asks.extend(apart.into_iter().map(|(judged, row)| disagreement(judged, row)));
    let rated = |row: &CriterionRow| row.values.iter().any(|(_, value, _)| !matches!(value, Value::NotYet | Value::Recused));
    let unseen = criteria().filter(|(_, row)| row.spread.is_none() && rated(row));
    asks.extend(unseen.map(|(judged, row)| not_observed(judged, row)));
    let bare = criteria().filter(|(judged, row)| row.spread.is_some() && of(judged, row).next().is_none());
    asks.extend(bare.map(|(judged, row)| no_evidence(judged, row)));
    for ask in &mut asks {
        ask.hint = ask.question.as_ref().filter(|_| ask.why != Why::FollowUp).and_then(&hint);
    }
    asks
}

fn follow_ups(judged: &Judged) -> Vec<Ask> {
    let ask = |probe: &super::value::Remark| {
        let heard = probe.at.map(|at| Heard {
            quote: probe.said.clone().unwrap_or_default(),
            at: Some(at.seconds()),
            moment: at.to_string(),
            written: false,
            by: probe.by.clone(),
        });
        Ask { heard: heard.into_iter().collect(), ..about(judged, None, Why::FollowUp, format!("{} ({})", probe.text, probe.by)) }
    };
    judged.probes.iter().map(ask).collect()
}

fn must_have(row: &MustHaveRow) -> Option<Ask> {
    let says = |word: &str| row.answers.iter().any(|(_, said, _)| *said == word);
    let why = match () {
        () if says("yes") && says("no") => {
            let all: Vec<String> = row.answers.iter().map(|(by, said, _)| format!("{by} {said}")).collect();
            format!("contradicted ({})", all.join(", "))
        }
        () if says("unclear") => "could not be told".to_owned(),
        () if row.answers.is_empty() => "nobody said whether it is met".to_owned(),
        () => return None,
    };
    let spans = row.answers.iter().filter_map(|(by, _, span)| Some((by, (*span)?)));
    let heard = spans.map(|(by, span)| moment(String::new(), span.start, false, by.clone())).collect();
    let what = format!("{}: {why}", row.text.as_str().trim_end_matches('.'));
    Some(Ask { why: Why::MustHave, what, number: None, question: None, criterion: None, hint: None, heard })
}

fn disagreement(judged: &Judged, row: &CriterionRow) -> Ask {
    let points = |(by, value, _): &(SafeText, Value, Option<String>)| match value {
        Value::Point(point) => Some(format!("{by} gave {}", point.value())),
        _ => None,
    };
    let given: Vec<String> = row.values.iter().filter_map(points).collect();
    let agreed = row.reconciled.iter().map(|agreed| format!("; {}", agreed.words())).collect::<String>();
    let what = format!("{}: {} points apart ({}){agreed}", row.name, row.gap(), given.join(", "));
    Ask { heard: of(judged, row).map(heard).collect(), ..about(judged, Some(row), Why::Disagreement, what) }
}

fn not_observed(judged: &Judged, row: &CriterionRow) -> Ask {
    let why = judged.state.unwrap_or("the answer gave no chance to see it");
    about(judged, Some(row), Why::NotObserved, format!("{}: {why}", row.name))
}

fn no_evidence(judged: &Judged, row: &CriterionRow) -> Ask {
    let mean = row.spread.map_or(0.0, |spread| spread.mean);
    about(judged, Some(row), Why::NoEvidence, format!("{}: rated {mean:.1}, and no moment is marked", row.name))
}

fn about(judged: &Judged, row: Option<&CriterionRow>, why: Why, what: String) -> Ask {
    let (number, question) = (Some(judged.number), Some(judged.question.clone()));
    Ask { why, what, number, question, criterion: row.map(|row| row.name.clone()), hint: None, heard: Vec::new() }
}

/// What was marked for a criterion.
fn of<'a>(judged: &'a Judged, row: &'a CriterionRow) -> impl Iterator<Item = &'a Quote> {
    judged.quotes.iter().filter(|quote| quote.for_what.iter().any(|(name, _)| *name == row.name))
}

fn heard(quote: &Quote) -> Heard {
    moment(quote.words.clone(), quote.span.start, quote.written, quote.by.clone())
}

fn moment(quote: String, at: Moment, written: bool, by: SafeText) -> Heard {
    let (place, shown) = if written { (f64::from(at.0), String::new()) } else { (at.seconds(), at.to_string()) };
    Heard { quote, at: Some(place), moment: shown, written, by }
}

/// The brief as Markdown. Nothing from outside can become a heading, a link or a list of its own.
pub fn brief_text(report: &Report, person: &Person) -> String {
    let mut text = format!("# What to ask {}\n\n", plain(person.called.as_str()));
    let _ = writeln!(text, "{}, rubric {}\n", plain(report.title.as_str()), plain(report.rubric.id.as_str()));
    if person.asks.is_empty() {
        text.push_str("Nothing is open: no follow-up, no gap in the evidence, no disagreement of two points.\n");
    }
    let mut last = None;
    for ask in &person.asks {
        if last != Some(ask.why) {
            let _ = writeln!(text, "{}## {}\n", if last.is_some() { "\n" } else { "" }, ask.why.words());
            last = Some(ask.why);
        }
        let question = ask.number.map_or_else(String::new, |number| format!("Question {number}: "));
        let _ = writeln!(text, "- {question}{}", plain(&ask.what));
        for (heard, by) in once(ask.heard.iter()) {
            let at = if heard.moment.is_empty() { String::new() } else { format!(" at {}", heard.moment) };
            let quote =
                if heard.quote.is_empty() { "(no transcript)".to_owned() } else { format!("“{}”", plain(&heard.quote)) };
            let _ = writeln!(text, "  - {quote}{at}, marked by {}", plain(&by));
        }
        if let Some(hint) = &ask.hint {
            let _ = writeln!(text, "  - The rubric suggests: {}", plain(hint.as_str()));
        }
    }
    text
}

/// Each moment once, with everyone who marked it.
fn once<'a>(all: impl Iterator<Item = &'a Heard>) -> Vec<(&'a Heard, String)> {
    let mut once: Vec<(&Heard, String)> = Vec::new();
    for heard in all {
        match once.iter_mut().find(|(known, _)| (&known.quote, &known.moment, known.at) == (&heard.quote, &heard.moment, heard.at))
        {
            Some((_, by)) => *by = format!("{by}, {}", heard.by),
            None => once.push((heard, heard.by.to_string())),
        }
    }
    once
}

/// One line in which no sign means anything to Markdown.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\n' | '\r' | '\t' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '&' => out.extend(['\\', sign]),
            sign => out.push(sign),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_must_have_that_reviewers_contradict_each_other_on_is_said_so_also_where_one_of_them_could_not_tell() {
        let row = |said: &[(&str, &'static str)]| MustHaveRow {
            text: "Can work nights.".into(),
            answers: said.iter().map(|(by, word)| (SafeText::line(by), *word, None)).collect(),
        };
        let what = |said: &[(&str, &'static str)]| must_have(&row(said)).map(|ask| ask.what);
        let all = what(&[("R1", "yes"), ("R2", "no"), ("R3", "unclear")]);
        assert_eq!(all.as_deref(), Some("Can work nights: contradicted (R1 yes, R2 no, R3 unclear)"));
        assert_eq!(what(&[("R1", "yes"), ("R2", "unclear")]).as_deref(), Some("Can work nights: could not be told"));
        assert_eq!(what(&[("R1", "no")]), None);
    }

    #[test]
    fn where_reviewers_differ_each_sides_moment_is_told_and_of_anything_else_the_first() {
        let heard = |by: &str, at: u32| moment(format!("said at {at}"), Moment(at), false, SafeText::line(by));
        let all = vec![heard("R1", 1000), heard("R1", 2000), heard("R2", 3000)];
        let ask =
            |why| Ask { why, what: String::new(), number: None, question: None, criterion: None, hint: None, heard: all.clone() };
        let told = |why| ask(why).sides().into_iter().map(|(heard, by)| (heard.quote.clone(), by)).collect::<Vec<_>>();
        let pair = |quote: &str, by: &str| (quote.to_owned(), by.to_owned());
        assert_eq!(told(Why::Disagreement), [pair("said at 1000", "R1"), pair("said at 3000", "R2")]);
        assert_eq!(told(Why::FollowUp), [pair("said at 1000", "R1")]);
    }
}
