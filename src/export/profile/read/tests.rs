//! Every mistake, each with its line and remedy, and all at once.

use super::*;
use crate::export::profile::shipped_profiles;

const RIGHT: &str = r#"schema = 1
id = "ours"
title = "Our ATS"
kind = "http"
[http]
base = "https://ats.example"
auth = { method = "basic", user = "env:KEY" }
[http.values]
field = "cf-1"
[[column]]
name = "score"
from = "total"
type = "decimal"
range = [0, 100]
[[push]]
name = "score"
path = "/x/{application_id}"
body = { field = "{value.field}", value = "@score|round:1" }
safe = "idempotent"
"#;

/// What is said of the right profile with one thing replaced: place, reason, remedy.
fn said(from: &str, to: &str) -> Vec<(String, String, String)> {
    assert!(RIGHT.contains(from), "{from}");
    said_of(&RIGHT.replacen(from, to, 1))
}

fn said_of(text: &str) -> Vec<(String, String, String)> {
    let problems = Profile::check("p.toml", text).problems;
    problems.into_iter().map(|p| (p.place.to_string(), p.reason.to_string(), p.remedy.to_string())).collect()
}

/// One replacement in the right profile gives one mistake, at a line, with a remedy.
fn check(from: &str, to: &str, place: &str, reason: &str, remedy: &str) {
    let said = said(from, to);
    let fits = |(at, why, mend): &(String, String, String)| at.starts_with(place) && why.contains(reason) && mend.contains(remedy);
    assert!(said.iter().any(fits), "{to}: {said:#?}");
}

#[test]
fn every_shipped_profile_is_right() {
    for shipped in shipped_profiles() {
        let profile =
            Profile::read(shipped.name, shipped.text).unwrap_or_else(|problems| panic!("{}: {problems:#?}", shipped.name));
        assert_eq!(profile.id.as_str(), shipped.name);
        assert!(!profile.limits.is_empty() && !profile.sources.is_empty(), "{}: limits and sources are said", shipped.name);
    }
}

#[test]
fn a_right_profile_has_nothing_to_be_said_of() {
    assert_eq!(said_of(RIGHT), []);
}

#[test]
fn each_mistake_is_told_with_its_place_and_a_remedy() {
    check("schema = 1", "schema = 2", "line 1, column 10", "schema 2", "update earmark");
    check("kind = \"http\"", "kind = \"htpp\"", "line 4", "cannot be \"htpp\"", "did you mean \"http\"?");
    check("base =", "bsae =", "line 6, column 1", "unknown key `bsae`", "did you mean `base`?");
    check("https://ats", "http://ats", "line 6", "`base`", "https://");
    check("env:KEY", "k3y", "line 7", "is the secret itself", "env:NAME");
    check("from = \"total\"", "from = \"totl\"", "line 12, column 8", "which is no field", "did you mean \"total\"?");
    check("from = \"total\"", "from = \"evidence_quote\"", "line 12", "which is no field", "shape = \"long\"");
    check("from = \"total\"", "from = \"email\"", "line 10", "tells who the candidate is", "names = true");
    check("range = [0, 100]\n", "", "line 10", "what scale the target has", "scale = { from");
    check("range = [0, 100]", "range = [100, 0]", "line 14", "goes from 100 to 0", "lowest first");
    check("@score|round:1", "@scoer", "line 15", "\"scoer\", which nothing gives", "did you mean \"score\"?");
    check("@score|round:1", "@score|rund:1", "line 18", "no filter", "did you mean round?");
    check("{value.field}", "{value.feild}", "line 15", "\"value.feild\"", "did you mean \"value.field\"?");
    check("{application_id}", "{email}", "line 15", "\"email\", which nothing gives", "");
    check("safe = \"idempotent\"", "", "line 15", "has no `safe`", "idempotent");
    check("safe = \"idempotent\"", "safe = \"readback\"", "line 15", "does not say how", "[push.look]");
    check("/x/", "x/", "line 15", "does not begin with one /", "/v1/");
    check("type = \"decimal\"", "type = \"text\"", "line 10", "goes as a text", "decimal");
    check("[http]\n", "[privacy]\ndeny = [\"total\"]\n[http]\n", "line 12", "denies \"total\"", "remove");
}

#[test]
fn all_mistakes_are_told_at_once_and_a_broken_line_hides_no_other() {
    let broken =
        RIGHT.replace("title = \"Our ATS\"", "title = Our ATS").replace("\"total\"", "\"totl\"").replace("safe =", "sfae =");
    let said = said_of(&broken);
    for reason in ["not valid TOML", "no field", "unknown key `sfae`"] {
        assert!(said.iter().any(|(_, why, _)| why.contains(reason)), "{reason}: {said:#?}");
    }
}

#[test]
fn settings_that_exclude_each_other_are_named() {
    let file = "schema = 1\nid = \"f\"\ntitle = \"F\"\nkind = \"file\"\n[format]\n";
    for (settings, reason) in [
        ("decimal = \",\"\n", "parted by a comma"),
        ("delimiter = \"ab\"\n", "cannot be \"ab\""),
        ("filename = \"a/b.csv\"\n", "names a folder"),
        ("filename = \"{candidate}.csv\"\n", "cannot hold {candidate}"),
        ("filename = \"x.csv\"\nsplit = \"rows\"\n", "several files would have one name"),
        ("date = \"%Q\"\n", "cannot be written"),
        ("[[column]]\nname = \"a\"\nfrom = \"decision\"\ntype = \"enum\"\n", "an enum without a map"),
        ("[[column]]\nname = \"a\"\nfrom = \"rank\"\nvalue = \"1\"\n", "both `from` and `value`"),
        ("[[column]]\nname = \"{criterion}\"\nfrom = \"rank\"\n", "cannot hold {criterion}"),
        (
            "[[column]]\nname = \"a\"\nfrom = \"{question}.{criterion}.mean\"\nexpand = \"criteria\"\n",
            "several times with one name",
        ),
        (
            "[[column]]\nname = \"a\"\nfrom = \"candidate\"\ntype = \"id\"\nmax_len = 9\non_overflow = \"cut\"\n",
            "`on_overflow` has no place",
        ),
        ("[[push]]\nname = \"x\"\n", "a profile of files has no `push`"),
    ] {
        let said = said_of(&format!("{file}{settings}"));
        assert!(said.iter().any(|(_, why, _)| why.contains(reason)), "{settings}: {said:#?}");
    }
}

#[test]
fn a_scale_that_loses_steps_is_worth_a_second_look() {
    let said = said("range = [0, 100]", "scale = { from = [0, 100], to = [1, 4], round = 0 }");
    assert!(said.iter().any(|(_, why, _)| why == "several scores of 0 to 100 become one of 1 to 4"), "{said:#?}");
    assert_eq!(said.len(), 1);
}
