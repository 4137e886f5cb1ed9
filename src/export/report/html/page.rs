//! The page as a whole: what stands where, and the policy under which a browser shows it.

use crate::text::many;
use base64::Engine as _;

use super::build::Html;
use super::{figures, person, ranking, rules};
use crate::export::report::naming::Naming;
use crate::export::report::value::{Report, Sound};
use crate::interview::Digest;

/// The page's one style.
const STYLE: &str = include_str!("style.css");
/// The page's one script: how fast excerpts play, and that one plays at a time.
const SCRIPT: &str = include_str!("script.js");

/// The report as a page. The same report gives the same bytes.
pub fn page(report: &Report) -> String {
    let mut html = Html::new();
    html.open("html", &[("lang", "en")]);
    html.within("head", &[], |html| head(html, report));
    html.within("body", &[], |html| body(html, report));
    html.close();
    html.finish()
}

fn head(html: &mut Html, report: &Report) {
    html.void("meta", &[("charset", "utf-8")]);
    html.void("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy(has_sounds(report)))]);
    html.void("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    html.void("meta", &[("name", "color-scheme"), ("content", "light dark")]);
    html.void("meta", &[("name", "referrer"), ("content", "no-referrer")]);
    html.element("title", &[], format_args!("{}: shortlist report", report.title));
    html.constant("style", STYLE);
}

/// Nothing is fetched and nothing runs but the page's own style and script, known by their digests.
fn policy(sounds: bool) -> String {
    let digest = |code: &str| base64::engine::general_purpose::STANDARD.encode(Digest::of(code.as_bytes()).0);
    let (style, script) = (digest(STYLE), digest(SCRIPT));
    let media = if sounds { " media-src data:;" } else { "" };
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}';{media} base-uri 'none'; form-action 'none'"
    )
}

fn has_sounds(report: &Report) -> bool {
    report.people.iter().flat_map(|person| person.quotes()).any(|quote| matches!(quote.sound, Sound::Clip(_)))
}

fn body(html: &mut Html, report: &Report) {
    html.element("a", &[("class", "skip"), ("href", "#main")], "To the report");
    html.within("header", &[], |html| top(html, report));
    html.within("nav", &[("id", "contents"), ("aria-label", "Parts of this report")], |html| parts(html, report));
    html.within("main", &[("id", "main")], |html| {
        if has_sounds(report) {
            speeds(html);
        }
        ranking::ranking(html, report);
        ranking::agreement(html, report);
        html.within("section", &[("aria-labelledby", "people")], |html| {
            html.element("h2", &[("id", "people")], "Candidates");
            if report.people.is_empty() {
                html.element("p", &[], "There is no candidate with a sealed scorecard that may be seen.");
            }
            report.people.iter().enumerate().for_each(|(nth, one)| person::person(html, report, nth, one));
        });
        figures::questions(html, report);
        figures::analytics(html, report);
        rules::machine(html, report);
        rules::protocol(html, report);
    });
    html.within("footer", &[], |html| {
        html.element("p", &[], format_args!("Made by earmark {}. This page fetches nothing and sends nothing.", report.version));
    });
    html.constant("script", SCRIPT);
}

fn top(html: &mut Html, report: &Report) {
    html.within("h1", &[], |html| html.outside(&report.title));
    html.within("p", &[("class", "soft")], |html| {
        if let Some(job) = &report.requisition {
            html.text("For ");
            html.outside(job);
            html.text(". ");
        }
        html.text("Judged by the rubric ");
        html.outside(&report.rubric.title);
        html.text(" (");
        html.outside(&report.rubric.id);
        html.text(").");
        if let Some(at) = report.as_of {
            html.text(format_args!(" As of {} UTC.", at.strftime("%Y-%m-%d %H:%M")));
        }
    });
    let names = match report.naming {
        Naming::Names => "Candidates are called by their names, as the batch's rule handoff_names, which is open, allows.",
        Naming::Pseudonyms => "Candidates are called by pseudonyms, as the batch's rules ask.",
        Naming::Numbers => "Candidates and reviewers are numbers.",
    };
    html.element("p", &[("class", "soft")], names);
    report.left_out.iter().for_each(|line| html.element("p", &[("class", "note")], line));
}

fn parts(html: &mut Html, report: &Report) {
    let all = [
        ("#ranking", "Ranking"),
        ("#agreement", "Agreement"),
        ("#people", "Candidates"),
        ("#questions", "Questions"),
        ("#analytics", "Analytics"),
        ("#machine", "Machine"),
        ("#protocol", "Protocol"),
    ];
    html.within("ul", &[], |html| {
        for (place, name) in all {
            html.within("li", &[], |html| html.element("a", &[("href", place)], name));
        }
    });
    let many = match report.people.len() {
        0 => return,
        n => many(n, "candidate"),
    };
    html.within("details", &[], |html| {
        html.element("summary", &[], many);
        html.within("ol", &[], |html| {
            for (nth, one) in report.people.iter().enumerate() {
                html.within("li", &[], |html| {
                    html.within("a", &[("href", &format!("#p{}", nth + 1))], |html| html.outside(&one.called));
                });
            }
        });
    });
}

/// Buttons for how fast excerpts play; shown by the script, because without it they would do nothing.
fn speeds(html: &mut Html) {
    let group = [("class", "speeds"), ("role", "group"), ("aria-label", "How fast excerpts play"), ("hidden", "")];
    html.within("div", &group, |html| {
        html.element("span", &[], "Excerpts play at ");
        for (speed, name) in [("1", "1×"), ("1.25", "1.25×"), ("1.5", "1.5×"), ("1.75", "1.75×"), ("2", "2×")] {
            let pressed = if speed == "1" { "true" } else { "false" };
            html.element("button", &[("type", "button"), ("data-speed", speed), ("aria-pressed", pressed)], name);
        }
    });
}
