//! How questions did, the funnel, times and load: the figures of the analytics table, drawn.

use super::build::{Html, head, wide};
use super::charts::{Bar, bar, columns};
use crate::export::analytics::Figure;
use crate::export::analytics::series::{daily, in_words, of_part, shown};
use crate::export::report::value::Report;

/// How the questions were answered, and how each criterion did.
pub(super) fn questions(html: &mut Html, report: &Report) {
    html.within("section", &[("aria-labelledby", "questions")], |html| {
        html.element("h2", &[("id", "questions")], "How the questions did");
        html.within("ol", &[], |html| {
            for (_, _, prompt) in &report.questions {
                html.within("li", &[], |html| html.outside(prompt));
            }
        });
        by_subject(html, report, "questions", "Question", "How the questions were answered", |subject| {
            let place = report.questions.iter().find(|(_, id, _)| id.as_str() == subject);
            place.map_or_else(|| subject.to_owned(), |(number, ..)| number.to_string())
        });
        by_subject(html, report, "criteria", "Criterion", "How the criteria did", str::to_owned);
    });
}

/// Funnel, times, load.
pub(super) fn analytics(html: &mut Html, report: &Report) {
    html.within("section", &[("aria-labelledby", "analytics")], |html| {
        html.element("h2", &[("id", "analytics")], "Analytics");
        html.element("h3", &[], "Funnel");
        wide(html, "Funnel", |html| funnel(html, &report.figures));
        html.element("h3", &[], "Times");
        wide(html, "Times", |html| list(html, of_part(&report.figures, "times")));
        html.element("h3", &[], "Review");
        wide(html, "Review of the batch", |html| {
            list(html, of_part(&report.figures, "review").filter(|figure| figure.subject.is_empty()));
        });
        by_subject(html, report, "review", "Reviewer", "Progress and load of reviewers", str::to_owned);
        let days = daily(&report.figures);
        if !days.is_empty() {
            html.element("h3", &[], "Day by day");
        }
        for series in days {
            html.element("p", &[], &series.words);
            columns(html, &series.counts, &series.words);
        }
    });
}

fn funnel(html: &mut Html, figures: &[Figure]) {
    head(html, &["Stage", "Candidates", "Of those invited"]);
    html.within("tbody", &[], |html| {
        for figure in of_part(figures, "funnel").filter(|figure| figure.unit == "candidates") {
            let (value, most) = (figure.value.unwrap_or_default(), (figure.n.max(1)) as f64);
            html.within("tr", &[], |html| {
                html.element("th", &[("scope", "row")], in_words(figure.measure));
                html.element("td", &[("class", "figure")], value);
                html.within("td", &[], |html| {
                    let words = format!("{value} of {} invited", figure.n);
                    bar(html, &Bar { ends: (0.0, most), value, interval: None, beside: None, words: &words });
                });
            });
        }
    });
}

fn list<'a>(html: &mut Html, figures: impl Iterator<Item = &'a Figure>) {
    head(html, &["Measure", "Is", "Of"]);
    html.within("tbody", &[], |html| {
        for figure in figures {
            html.within("tr", &[], |html| {
                html.element("th", &[("scope", "row")], in_words(figure.measure));
                html.element("td", &[("class", "figure")], shown(figure));
                html.element("td", &[("class", "figure")], figure.n);
            });
        }
    });
}

/// A table with a row for each subject and a column for each measure.
fn by_subject(html: &mut Html, report: &Report, part: &str, what: &str, label: &str, name: impl Fn(&str) -> String) {
    let all: Vec<&Figure> = of_part(&report.figures, part).filter(|figure| !figure.subject.is_empty()).collect();
    let (mut measures, mut subjects): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for figure in &all {
        if !measures.contains(&figure.measure) {
            measures.push(figure.measure);
        }
        if !subjects.contains(&figure.subject.as_str()) {
            subjects.push(&figure.subject);
        }
    }
    if subjects.is_empty() {
        return;
    }
    wide(html, label, |html| {
        html.element("caption", &[], label);
        let names: Vec<String> = measures.iter().map(|measure| in_words(measure)).collect();
        head(html, &std::iter::once(what).chain(names.iter().map(String::as_str)).collect::<Vec<_>>());
        html.within("tbody", &[], |html| {
            for subject in &subjects {
                html.within("tr", &[], |html| {
                    html.within("th", &[("scope", "row")], |html| html.outside(name(subject)));
                    for measure in &measures {
                        let found = all.iter().find(|figure| figure.subject == *subject && figure.measure == *measure);
                        html.element("td", &[("class", "figure")], found.map_or_else(String::new, |figure| shown(figure)));
                    }
                });
            }
        });
    });
}
