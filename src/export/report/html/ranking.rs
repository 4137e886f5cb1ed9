//! The ranking with how sure it is, where the cut lies, and whether reviewers agree.

use super::build::{Html, head, wide};
use super::charts::{Bar, bar};
use super::person::decided;
use crate::export::report::value::{Person, Report};
use crate::panel::words::{groups, no_range, rank_against_band, tie_at, total};
use crate::panel::{RankRange, Ranked, Side, Statistic, Status};
use crate::text::SafeText;

/// The ranking.
pub(super) fn ranking(html: &mut Html, report: &Report) {
    html.within("section", &[("aria-labelledby", "ranking")], |html| {
        html.element("h2", &[("id", "ranking")], "Ranking");
        if report.panel.ranking.is_empty() {
            html.element("p", &[], "There is no sealed scorecard to rank yet.");
        } else {
            groups(&report.panel, |source| report.called(source)).iter().for_each(|line| html.element("p", &[], line));
            wide(html, "The ranking", |html| table(html, report));
            legend(html, report);
        }
        report.cut.iter().for_each(|line| html.element("p", &[], line));
        against(html, report);
        for (why, who) in &report.not_ranked {
            not_ranked(html, why.as_str(), who);
        }
        decided_apart(html, report);
    });
}

/// What was decided on those who are not in the ranking.
fn decided_apart(html: &mut Html, report: &Report) {
    if report.decided_apart.is_empty() {
        return;
    }
    html.element("p", &[("class", "note")], "Decided, and not ranked:");
    html.within("ul", &[], |html| {
        for (called, row) in report.decided_apart.iter().flat_map(|(called, rows)| rows.iter().map(move |row| (called, row))) {
            html.within("li", &[], |html| {
                html.outside(called);
                html.text(": ");
                decided(html, report, row);
            });
        }
    });
}

/// Who is not in the ranking, and why; many of them are folded away behind their number.
fn not_ranked(html: &mut Html, why: &str, who: &[SafeText]) {
    const MOST: usize = 20;
    let names = |html: &mut Html| {
        for (nth, name) in who.iter().enumerate() {
            html.text(if nth == 0 { "" } else { ", " });
            html.outside(name);
        }
    };
    if who.len() > MOST {
        return html.within("details", &[], |html| {
            html.element("summary", &[], format_args!("Not ranked: {} candidates, because {why}", who.len()));
            html.within("p", &[], names);
        });
    }
    html.within("p", &[], |html| {
        html.text("Not ranked: ");
        names(html);
        html.text(format_args!(", because {why}."));
    });
}

/// What was decided against the ranking, each with how.
fn against(html: &mut Html, report: &Report) {
    let all: Vec<(&Person, &String)> = report.people.iter().filter_map(|one| Some((one, one.against.as_ref()?))).collect();
    if all.is_empty() {
        return;
    }
    let cut = match report.places {
        Some(places) => format!("the first {places}, who can be met"),
        None => "as many as were advanced".to_owned(),
    };
    html.element(
        "p",
        &[("class", "note")],
        format_args!("Decided against the ranking, which nobody has to follow (the cut is {cut}):"),
    );
    html.within("ul", &[], |html| {
        for (person, how) in all {
            html.within("li", &[], |html| {
                html.outside(&person.called);
                html.text(": ");
                html.outside(how);
                html.text(".");
            });
        }
    });
}

fn table(html: &mut Html, report: &Report) {
    head(
        html,
        &["Candidate", "Rank", "May be", "Band", "Total, 0 to 100", "Total with its interval", "Seen", "Reviewers", "Decision"],
    );
    let digits = report.panel.digits().max(1);
    html.within("tbody", &[], |html| {
        for (nth, ranked) in report.panel.ranking.iter().enumerate() {
            if report.places.is_some_and(|places| nth == places && nth > 0) {
                html.within("tr", &[("class", "cut")], |html| {
                    let ranges = report.panel.ranking.iter().any(|one| standing(one).ends().is_some());
                    let ranges = if ranges { " Whose range crosses this line cannot be told apart from it." } else { "" };
                    let tie =
                        tie_at(&report.panel, nth).map_or_else(String::new, |(rank, _)| format!(" It goes through rank {rank}."));
                    let words = format!("Up to here: the first {nth}.{tie}{ranges}");
                    html.within("td", &[("colspan", "9")], |html| html.element("span", &[("class", "stay")], words));
                });
            }
            row(html, report, ranked, digits);
        }
    });
}

fn row(html: &mut Html, report: &Report, ranked: &Ranked, digits: usize) {
    let person = report.people.iter().position(|person| person.source == ranked.candidate);
    let figure = &[("class", "figure")][..];
    html.within("tr", &[], |html| {
        html.within("th", &[("scope", "row")], |html| match person {
            Some(nth) => {
                html.within("a", &[("href", &format!("#p{}", nth + 1))], |html| html.outside(&report.people[nth].called));
            }
            None => html.outside(report.called(&ranked.candidate)),
        });
        html.element("td", figure, ranked.place().map_or_else(|| "–".to_owned(), |(_, rank)| rank.to_string()));
        html.element("td", figure, may_be(ranked, report.places));
        html.element("td", figure, ranked.band.as_deref().unwrap_or_default());
        html.element("td", figure, total(&ranked.total, digits));
        html.within("td", &[], |html| interval(html, ranked));
        html.element("td", figure, format_args!("{:.0}% {}", ranked.coverage * 100.0, status(ranked)));
        html.element("td", figure, ranked.reviewers.len());
        html.element("td", &[], person.map(|nth| decision(&report.people[nth])).unwrap_or_default());
    });
}

/// The range of ranks, and on which side of the cut it lies.
fn may_be(ranked: &Ranked, places: Option<usize>) -> String {
    let range = standing(ranked);
    let Some((low, high)) = range.ends() else { return String::new() };
    let rough = if matches!(range, RankRange::Known { rough: true, .. }) { "~" } else { "" };
    let side = places.and_then(|places| range.to_the_line(places)).map_or("", |side| match side {
        Side::Within => ", within",
        Side::Open => ", open",
        Side::Below => ", below",
    });
    format!("{low}–{high}{rough}{side}")
}

/// The range that stands beside a rank: among all, or in the group.
pub(super) fn standing(ranked: &Ranked) -> &RankRange {
    ranked.in_group.as_ref().map_or(&ranked.range, |of| &of.range)
}

/// The total as a bar.
pub(super) fn interval(html: &mut Html, ranked: &Ranked) {
    let Statistic::Known(known) = &ranked.total else { return };
    let interval = known.low.zip(known.high);
    let between = interval.map_or_else(String::new, |(low, high)| format!(", between {low:.0} and {high:.0}"));
    let words = format!("Total {:.1} of 100{between}", known.value);
    bar(html, &Bar { ends: (0.0, 100.0), value: known.value, interval, beside: None, words: &words });
}

pub(super) fn status(ranked: &Ranked) -> String {
    match (ranked.status, ranked.place()) {
        (Status::Apart, Some((group, _))) => format!("group {group}"),
        (Status::Apart, None) => "in no group".to_owned(),
        (Status::Ranked, _) => String::new(),
        (Status::Provisional, _) => "provisional".to_owned(),
        (Status::Blocked, _) => "blocked".to_owned(),
        (Status::None, _) => "no ratings".to_owned(),
    }
}

fn decision(person: &Person) -> String {
    let words: Vec<&str> = person.decisions.iter().map(|row| row.decision).collect();
    format!("{}{}", words.join(", "), if person.against.is_some() { " (against the ranking)" } else { "" })
}

fn legend(html: &mut Html, report: &Report) {
    let any = |is: fn(&Ranked) -> bool| report.panel.ranking.iter().any(is);
    if any(|one| standing(one).ends().is_some()) {
        let rough = any(|one| matches!(standing(one), RankRange::Known { rough: true, .. }));
        let rough = if rough { " ~ is rough: fewer than five reviewers." } else { "" };
        let words = "May be, and ±: where rank and total may truly be, nine in ten. Who has the same band cannot be told apart.";
        html.element("p", &[("class", "soft")], format_args!("{words}{rough}"));
    }
    rank_against_band(&report.panel, |source| report.called(source)).iter().for_each(|line| html.element("p", &[], line));
    no_range(&report.panel).iter().for_each(|line| html.element("p", &[("class", "note")], line));
    if !report.panel.same_order_with_equal_weights {
        html.element("p", &[], "With equal weights the order would be another one.");
    }
}

/// Whether reviewers agree.
pub(super) fn agreement(html: &mut Html, report: &Report) {
    html.within("section", &[("aria-labelledby", "agreement")], |html| {
        html.element("h2", &[("id", "agreement")], "How far reviewers agree");
        if report.panel.ranking.is_empty() {
            html.element("p", &[], "There is nothing yet to agree on.");
            return;
        }
        report.agreement.iter().for_each(|line| html.element("p", &[], line));
    });
}
