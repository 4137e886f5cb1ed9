//! A clock that is ahead and one that is behind: whether something was delivered, and the times that are shown, exported and reckoned
//! with once it is right again.

use std::fs;

use serde_json::Value;

use super::delivering::{decide, dropped, with_drop};
use super::differing::{REPLIES, day, takes_reply};
use super::handing::{carried, manager, take};
use super::{attached, faked};
use crate::home::{Home, Ran};

const PLAN: [&str; 10] =
    ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json", "--json"];
const APPLY: [&str; 4] = ["deliver", "apply", "plan.json", "--json"];
const HOLDS: [&str; 10] =
    ["decide", "small batch", "c-1", "hold", "--application", "13", "--reason", "so", "--override", "start-date"];

fn delivers(home: &Home) {
    let planned = home.run(&PLAN);
    assert!(matches!(planned.code, Some(0 | 4)), "{planned:#?}");
    home.run(&APPLY).json(4);
}

fn undoes(home: &Home) -> Ran {
    home.run(&["undo", "small batch", "--json"])
}

#[test]
fn after_a_reply_from_a_clock_that_is_ahead_what_was_not_delivered_is_undone_and_what_was_is_not() {
    let mara = with_drop();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let advances = ["decide", "small batch", "c-2", "advance", "--reason", "the best", "--json"];
    let Some(advanced) = faked(&day(5), &noor, &advances) else { return };
    assert_eq!(advanced.code, Some(0), "{advanced:#?}");
    noor.run(&REPLIES);
    assert!(matches!(takes_reply(&mara, &noor).code, Some(0 | 4)), "it comes back");
    delivers(&mara);
    decide(&mara, "c-1", "hold", "13");
    assert_eq!(undoes(&mara).json(0)["kind"], "decided", "this one is here alone");
    decide(&mara, "c-1", "advance", "13");
    delivers(&mara);
    let refused = mara.run(&["undo", "small batch"]);
    assert!(refused.code == Some(1) && refused.err.contains("was delivered at"), "{refused:#?}");
    assert!(!refused.err.contains(&day(5)), "it says when that was by the clock: {refused:#?}");
}

#[test]
fn with_a_clock_that_is_behind_what_was_not_delivered_is_undone_and_what_was_is_not() {
    let mara = with_drop();
    delivers(&mara);
    let Some(held) = faked(&day(-5), &mara, &HOLDS) else { return };
    assert_eq!(held.code, Some(0), "{held:#?}");
    let undone = faked(&day(-5), &mara, &["undo", "small batch", "--json"]).expect("it can be played");
    assert_eq!(undone.code, Some(0), "the delivery was before it: {undone:#?}");
    decide(&mara, "c-1", "hold", "13");
    for args in [&PLAN[..], &APPLY] {
        let ran = faked(&day(-5), &mara, args).expect("it can be played");
        assert!(matches!(ran.code, Some(0 | 4)), "{ran:#?}");
    }
    let refused = mara.run(&["undo", "small batch"]);
    assert!(refused.code == Some(1) && refused.err.contains("was delivered at"), "it left after it: {refused:#?}");
}

/// The day on which each application was decided, as a table or what was delivered says it.
fn decided_at(table: &str, id: &str) -> Vec<(String, String)> {
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let heads = rows.headers().expect("a head").clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap_or_else(|| panic!("{name}: {heads:?}"));
    let (of, when) = (at(id), at("decided_at"));
    let rows = rows.records().map(|row| row.expect("a row")).map(|row| (row[of].to_owned(), row[when].chars().take(10).collect()));
    rows.filter(|(_, when): &(String, String)| !when.is_empty()).collect()
}

#[test]
fn once_a_clock_is_right_again_all_that_is_done_has_the_right_time_wherever_it_is_told() {
    for wrong in [26, -26] {
        let mara = with_drop();
        let mut earlier = HOLDS;
        (earlier[2], earlier[5]) = ("c-2", "14");
        let Some(decided) = faked(&day(wrong), &mara, &earlier) else { return };
        assert_eq!(decided.code, Some(0), "{decided:#?}");
        decide(&mara, "c-1", "hold", "13");
        mara.run(&["comment", "small batch", "c-1", "ask about the rota", "--json"]).json(0);
        delivers(&mara);
        let expected = [("13", day(0)), ("14", day(wrong))].map(|(of, when)| (of.to_owned(), when));
        let table = mara.run(&["export", "small batch"]).out;
        assert_eq!(decided_at(&table, "application_id"), expected, "{table}");
        let rows = dropped(&mara.path().join("drop"));
        let row = |id: &str| rows[id].join("\n");
        assert!(row("13").contains(&day(0)) && !row("13").contains(&day(wrong)) && row("14").contains(&day(wrong)), "{rows:?}");
        let shown = mara.run(&["audit", "show", "small batch", "--json"]).out;
        assert_eq!(shown.matches(&day(wrong)).count(), 1, "{wrong}: the one act of then: {shown}");
        let last = mara.run(&["audit", "show", "small batch"]).out;
        assert_eq!(last.matches(&day(wrong)).count(), 1, "{last}");
        assert_eq!(mara.run(&["audit", "verify", "--json"]).code, Some(0), "the chain holds");
        for args in [["report", "small batch", "--out", "r.html"], ["report", "small batch", "--out", "t.html"]] {
            let made = mara.run(&[&args[..], &["--excerpts", "none", "--json"]].concat());
            assert!(matches!(made.code, Some(0 | 4)), "{made:#?}");
            let page = fs::read_to_string(mara.path().join(args[3])).expect("it was made");
            assert!(page.contains(&format!("As of {}", day(0))), "{wrong}");
        }
        let made = mara.run(&["scorecard", "small batch", "--all", "--out", "cards", "--json"]).json(0);
        for card in made["scorecards"].as_array().expect("a list").iter().filter(|card| card["candidate"] == "c-1") {
            let file = mara.path().join(card["path"].as_str().expect("a path"));
            let Some(text) = super::reporting::by("pdftotext", &[], &file) else { continue };
            assert!(text.contains(&day(0)) && !text.contains(&day(wrong)), "{text}");
        }
    }
}

#[test]
fn what_took_less_than_no_time_by_clocks_that_differ_is_not_reckoned_with() {
    let home = attached();
    for (candidate, question, criterion) in [
        ("c-1", "1", "diagnosis"),
        ("c-1", "1", "news"),
        ("c-1", "2", "plain-words"),
        ("c-2", "1", "diagnosis"),
        ("c-2", "1", "news"),
        ("c-2", "2", "plain-words"),
        ("c-3", "1", "diagnosis"),
        ("c-3", "1", "news"),
    ] {
        let Some(rated) = faked(&day(26), &home, &["rate", "small batch", candidate, question, criterion, "3"]) else { return };
        assert_eq!(rated.code, Some(0), "{rated:#?}");
    }
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let told = home.run(&["analytics", "small batch", "--json"]).json(0);
    assert!(told.to_string().contains("\"reviewing_median\""), "{told}");
    assert_eq!(hours(&told), Vec::<f64>::new(), "nobody knows how long it took: {told}");
}

/// Every figure in hours, wherever it stands.
fn hours(told: &Value) -> Vec<f64> {
    match told {
        Value::Array(all) => all.iter().flat_map(hours).collect(),
        Value::Object(of) if of.get("unit").is_some_and(|unit| unit == "hours") => of["value"].as_f64().into_iter().collect(),
        Value::Object(of) => of.values().flat_map(hours).collect(),
        _ => Vec::new(),
    }
}
