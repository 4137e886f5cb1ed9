//! The protocol that was followed, how numbers were made, and what a machine contributed.

use super::build::{Html, head, wide};
use crate::export::report::value::Report;

/// What machines contributed.
pub(super) fn machine(html: &mut Html, report: &Report) {
    html.within("section", &[("aria-labelledby", "machine")], |html| {
        html.element("h2", &[("id", "machine")], "What a machine contributed");
        if report.machine.is_empty() {
            html.element("p", &[], "Nothing: no machine's view of an answer is part of this report or of any figure in it.");
        }
        html.within("dl", &[], |html| {
            for one in &report.machine {
                html.element("dt", &[("class", "machine")], &one.what);
                html.element("dd", &[], &one.did);
            }
        });
    });
}

/// The rules.
pub(super) fn protocol(html: &mut Html, report: &Report) {
    html.within("section", &[("aria-labelledby", "protocol")], |html| {
        html.element("h2", &[("id", "protocol")], "The protocol that was followed");
        if let Some(reason) = &report.protocol_reason {
            html.within("p", &[], |html| {
                html.text("The batch has rules of its own: ");
                html.outside(reason);
            });
        }
        wide(html, "How people reviewed", |html| {
            html.element("caption", &[], "How people reviewed");
            head(html, &["Rule", "Is", "Means"]);
            html.within("tbody", &[], |html| {
                for rule in &report.protocol {
                    html.within("tr", &[], |html| {
                        html.element("th", &[("scope", "row")], rule.name);
                        let own = rule.in_rubric.as_ref().map_or_else(String::new, |other| format!(" (in the rubric {other})"));
                        html.element("td", &[], format_args!("{}{own}", rule.value));
                        html.element("td", &[], rule.means);
                    });
                }
            });
        });
        html.element("h3", &[], "How numbers were made");
        html.within("dl", &[], |html| {
            for (name, value) in &report.policy {
                html.element("dt", &[], name);
                html.element("dd", &[], value);
            }
            html.element("dt", &[], "scoring hash");
            html.element("dd", &[], format_args!("sha256:{}", report.rubric.scoring_hash));
            html.element("dt", &[], "text hash");
            html.element("dd", &[], format_args!("sha256:{}", report.rubric.text_hash));
        });
    });
}
