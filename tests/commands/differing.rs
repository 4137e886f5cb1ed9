//! Which of several decisions stands when clocks differ, what is said where people decided differently, and what people are called.

use std::fs;

use jiff::{SignedDuration, Timestamp};

use super::handing::{carried, fingerprint, manager, opens_names, take};
use super::{faked, sealed};
use crate::home::{Home, Ran};

/// So many days from today.
pub(super) fn day(from_now: i64) -> String {
    (Timestamp::now() + SignedDuration::from_hours(24 * from_now)).strftime("%Y-%m-%d").to_string()
}

const ADVANCES: [&str; 7] = ["decide", "small batch", "c-1", "advance", "--reason", "the best", "--json"];
const DECLINES: [&str; 7] = ["decide", "small batch", "c-1", "decline", "--reason", "too slow", "--json"];

/// What the table of decisions says of a candidate.
fn decided(home: &Home, candidate: &str) -> String {
    let table = home.run(&["export", "small batch"]).out;
    let mut rows = csv::Reader::from_reader(table.as_bytes());
    let at = |heads: &csv::StringRecord, name: &str| heads.iter().position(|head| head == name).expect("a column");
    let heads = rows.headers().expect("a head").clone();
    let (whose, what) = (at(&heads, "candidate"), at(&heads, "decision"));
    let row = rows.records().map(|row| row.expect("a row")).find(|row| &row[whose] == candidate);
    row.expect("a row of that candidate")[what].to_owned()
}

/// Takes the reply in, and says what the command said for people.
pub(super) fn takes_reply(mara: &Home, noor: &Home) -> Ran {
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    mara.run(&["import", "y.earmark"])
}

pub(super) const REPLIES: [&str; 6] = ["handoff", "small batch", "--reply", "--out", "y.earmark", "--replace"];

#[test]
fn what_is_decided_after_a_decision_from_a_clock_that_is_ahead_stands_at_once() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let Some(advanced) = faked(&day(3), &noor, &ADVANCES) else { return };
    assert_eq!(advanced.code, Some(0), "{advanced:#?}");
    assert_eq!(faked(&day(3), &noor, &REPLIES).map(|ran| ran.code), Some(Some(0)));
    let back = takes_reply(&mara, &noor);
    assert!(back.out.contains("The clock of Noor's machine is ") && back.out.contains(" days ahead of this one"), "{back:#?}");
    assert_eq!(decided(&mara, "c-1"), "advance");
    let told = mara.run(&DECLINES).json(0);
    assert!(
        told["differing"].as_str().is_some_and(|words| words.ends_with("advance (the best), you decline; the last stands")),
        "{told}"
    );
    assert_eq!(decided(&mara, "c-1"), "decline", "the last decision stands, whatever the clocks say");
    let shown = mara.run(&["audit", "show", "small batch", "--json"]).out;
    assert!(shown.contains(&day(3)) && shown.contains(&day(0)), "what is shown is what each clock said: {shown}");
}

#[test]
fn a_clock_that_is_behind_decides_after_what_it_was_handed() {
    let mara = sealed();
    let noor = manager(&mara);
    mara.run(&ADVANCES).json(0);
    carried(&mara, &noor, &[]);
    let trust = format!("Mara={}", fingerprint(&mara));
    let Some(taken) = faked(&day(-3), &noor, &["import", "x.earmark", "--trust", &trust]) else { return };
    assert!(taken.code == Some(0) && taken.out.contains("The clock of Mara's machine is "), "{taken:#?}");
    let declined = faked(&day(-3), &noor, &DECLINES).expect("it can be played");
    assert_eq!(declined.code, Some(0), "{declined:#?}");
    assert_eq!(decided(&noor, "c-1"), "decline");
    assert_eq!(faked(&day(-3), &noor, &REPLIES).map(|ran| ran.code), Some(Some(0)));
    let back = takes_reply(&mara, &noor);
    assert!(back.out.contains("Decided differently: ") && back.out.contains("you advance ("), "{back:#?}");
    assert_eq!(decided(&mara, "c-1"), "decline");
}

#[test]
fn a_reply_that_turns_ones_own_decision_round_says_so_and_so_does_the_plan_of_a_delivery() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    mara.run(&DECLINES).json(0);
    noor.run(&ADVANCES).json(0);
    noor.run(&REPLIES);
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    let back = mara.run(&["import", "y.earmark", "--json"]).json(0);
    let decisions = &back["differing"][0]["decisions"];
    assert_eq!((&decisions[0]["you"], &decisions[0]["decision"]), (&true.into(), &"decline".into()), "{back}");
    assert_eq!((&decisions[1]["by"], &decisions[1]["decision"]), (&"Noor".into(), &"advance".into()), "{back}");
    fs::create_dir(mara.path().join("drop")).expect("a folder can be made");
    let plan = mara.run(&["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop"]);
    let said = format!("{}{}", plan.out, plan.err);
    assert!(said.contains("Decided differently: ") && said.contains("you decline ("), "{plan:#?}");
}

#[test]
fn a_reply_calls_people_as_the_screens_of_its_author_do() {
    let mara = sealed();
    let noor = manager(&mara);
    opens_names(&mara);
    carried(&mara, &noor, &["--names", "open"]);
    take(&noor, &mara).json(0);
    noor.run(&ADVANCES).json(0);
    let shown = noor.run(&["compare", "small batch", "--json"]).json(0);
    let row = shown["candidates"].as_array().expect("a list").iter().find(|one| one["candidate"] == "c-1").expect("there").clone();
    let sent = noor.run(&REPLIES);
    assert!(sent.out.contains(&format!("{}: advance", row["shown"].as_str().expect("a name"))), "{row} {sent:#?}");
}

#[test]
fn a_reply_says_only_of_others_tags_that_they_stay() {
    let mara = sealed();
    let noor = manager(&mara);
    mara.run(&["tag", "small batch", "c-1", "able-tag", "--json"]).json(0);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    noor.run(&["tag", "small batch", "c-2", "mellow-tag", "--json"]).json(0);
    noor.run(&REPLIES);
    takes_reply(&mara, &noor);
    noor.run(&["tag", "small batch", "c-2", "mellow-tag", "--remove", "--json"]).json(0);
    noor.run(&["tag", "small batch", "c-2", "short-tag", "--json"]).json(0);
    noor.run(&["tag", "small batch", "c-2", "short-tag", "--remove", "--json"]).json(0);
    noor.run(&["tag", "small batch", "c-1", "able-tag", "--remove", "--json"]).json(0);
    let sent = noor.run(&REPLIES);
    let back = takes_reply(&mara, &noor);
    let stays = |out: &str| out.lines().find(|line| line.contains(" stay on ")).expect("a line").to_owned();
    for line in [stays(&sent.out), stays(&back.out)] {
        assert!(line.contains("able-tag") && !line.contains("mellow-tag") && !line.contains("short-tag"), "{line}");
    }
    assert!(back.out.contains("1 tag taken off again: mellow-tag"), "{back:#?}");
    for (tag, is_there) in [("able-tag", true), ("mellow-tag", false), ("short-tag", false)] {
        let found = mara.run(&["status", "small batch", "--filter", &format!("tag:{tag}")]);
        assert_eq!(!found.out.contains("Nobody."), is_there, "{tag}: {found:#?}");
    }
}

#[test]
fn ones_own_pseudonym_is_in_every_export_and_at_who_is_handed_a_shortlist() {
    let mara = sealed();
    let noor = manager(&mara);
    mara.run(&["identity", "--pseudonym", "falcon", "--json"]).json(0);
    noor.run(&["identity", "--pseudonym", "heron", "--json"]).json(0);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    noor.run(&ADVANCES).json(0);
    noor.run(&["comment", "small batch", "c-1", "ask about the rota", "--json"]).json(0);
    let compared = noor.run(&["compare", "small batch", "--all"]);
    assert!(compared.out.contains(" remark: ask about the rota (you)"), "{compared:#?}");
    let compared = noor.run(&["compare", "small batch", "--all", "--json"]).json(0);
    let remarks: Vec<_> = compared["candidates"].as_array().into_iter().flatten().map(|one| one["remarks"].clone()).collect();
    assert!(remarks.iter().any(|one| one[0]["text"] == "ask about the rota" && one[0]["by"].is_null()), "{compared}");
    for home in [&mara, &noor] {
        let table = home.run(&["export", "small batch", "--shape", "long"]).out;
        assert!(table.contains("falcon") && !table.contains("reviewer-"), "{table}");
    }
    noor.run(&REPLIES);
    takes_reply(&mara, &noor);
    for home in [&mara, &noor] {
        let report = home.run(&["report", "small batch", "--out", "report.html", "--replace"]);
        assert_eq!(report.code, Some(0), "{report:#?}");
        let page = fs::read_to_string(home.path().join("report.html")).expect("it was written");
        assert!(page.contains("falcon") && page.contains("heron") && !page.contains("<bdi>reviewer-"), "{page}");
    }
}

#[test]
fn a_decision_after_a_delivery_is_undone_also_where_a_clock_was_ahead_and_what_left_is_not() {
    let home = super::delivering::with_drop();
    let holds = ["decide", "small batch", "c-1", "hold", "--reason", "the rota", "--application", "13", "--override", "start-date"];
    let Some(ahead) = faked(&day(26), &home, &holds) else { return };
    assert_eq!(ahead.code, Some(0), "{ahead:#?}");
    let plan = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json", "--json"];
    home.run(&plan);
    home.run(&["deliver", "apply", "plan.json", "--json"]).json(4);
    let refused = home.run(&["undo", "small batch"]);
    assert!(refused.code == Some(1) && refused.err.contains("was delivered at"), "it left: {refused:#?}");
    let mut declines = holds;
    declines[3] = "decline";
    home.run(&[&declines[..], &["--json"]].concat()).json(0);
    let shown = home.run(&["audit", "show", "small batch", "--json"]).out;
    assert_eq!(shown.matches(&day(26)).count(), 1, "only what was done while the clock was ahead says so: {shown}");
    assert_eq!(home.run(&["undo", "small batch", "--json"]).json(0)["kind"], "decided", "this one is here alone");
}

#[test]
fn once_a_clock_is_right_again_nobody_is_told_that_it_is_ahead() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let Some(advanced) = faked(&day(26), &noor, &ADVANCES) else { return };
    assert_eq!(advanced.code, Some(0), "{advanced:#?}");
    noor.run(&REPLIES);
    let first = takes_reply(&mara, &noor);
    assert!(first.out.contains("The clock of Noor's machine is "), "that decision is new: {first:#?}");
    noor.run(&["comment", "small batch", "c-1", "ask about the rota", "--json"]).json(0);
    noor.run(&REPLIES);
    let second = takes_reply(&mara, &noor);
    assert!(second.code == Some(0) && !second.out.contains("The clock of "), "{second:#?}");
    let page = mara.run(&["report", "small batch", "--out", "r.html", "--excerpts", "none", "--json"]);
    assert_eq!(page.code, Some(0), "{page:#?}");
    let page = fs::read_to_string(mara.path().join("r.html")).expect("it was made");
    assert!(!page.contains(&format!("As of {}", day(26))), "a day that has not come is none to report of");
}

#[test]
fn everyone_is_covered_by_every_name_they_had_where_nobody_is_named() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    noor.run(&["identity", "--label", "Harold Quist", "--json"]).json(0);
    noor.run(&["comment", "small batch", "c-1", "Harold Quist was Noor before", "--json"]).json(0);
    noor.run(&REPLIES);
    takes_reply(&mara, &noor);
    for home in [&mara, &noor] {
        let made = home.run(&["report", "small batch", "--out", "t.html", "--excerpts", "none", "--anonymous", "--json"]);
        assert!(matches!(made.code, Some(0 | 4)), "{made:#?}");
        let page = fs::read_to_string(home.path().join("t.html")).expect("it was made");
        assert!(page.contains(" was [name] before"), "the remark is in it: {page}");
        for part in ["Harold", "Quist", "Noor"] {
            assert!(!page.contains(part), "{part}: {page}");
        }
    }
}

#[test]
fn who_was_handed_something_is_known_by_name_the_next_time() {
    let mara = sealed();
    let noor = manager(&mara);
    let first = carried(&mara, &noor, &[]);
    let again = ["handoff", "small batch", "--out", "again.earmark", "--candidates", "c-1", "--to", "noor", "--json"];
    let again = mara.run(&again).json(0);
    assert_eq!(again["fingerprint"], first["fingerprint"], "with the key that was used");
    let nobody = ["handoff", "small batch", "--out", "other.earmark", "--candidates", "c-1", "--to", "Pia"];
    let nobody = mara.run(&nobody);
    assert!(nobody.code == Some(5) && nobody.err.contains("known are: Noor"), "{nobody:#?}");
}
