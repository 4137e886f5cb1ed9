//! Deciding through the program: short lists of reasons, applications, waves, what goes against the ranking, and what left.

use serde_json::{Value, json};

use super::delivering::with_drop;
use super::{attached, bundle, change, rate, rate_all, sealed};
use crate::home::{Home, Ran};

fn decide(home: &Home, what: &[&str]) -> Ran {
    home.run(&[&["decide", "small batch"], what, &["--json"]].concat())
}

fn plan(home: &Home) -> Value {
    let args = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json", "--json"];
    let ran = home.run(&args);
    assert!(matches!(ran.code, Some(0 | 4)), "{ran:#?}");
    serde_json::from_str(&ran.out).expect("JSON")
}

#[test]
fn a_decision_is_undone_until_it_was_delivered_and_then_corrected_by_another() {
    let home = with_drop();
    decide(&home, &["c-1", "advance", "--because", "strongest", "--application", "13", "--override", "start-date"]).json(0);
    assert_eq!(home.run(&["undo", "small batch", "--json"]).json(0)["kind"], "decided", "nothing left yet");
    decide(&home, &["c-1", "advance", "--because", "strongest", "--application", "13", "--override", "start-date"]).json(0);
    assert_eq!(plan(&home)["counts"]["create"], 3);
    home.run(&["deliver", "apply", "plan.json", "--json"]).json(4);
    assert_eq!(plan(&home)["counts"]["unchanged"], 3);

    let refused = home.run(&["undo", "small batch"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("was delivered at") && refused.err.contains("earmark decide"), "{refused:#?}");
    // Who was not in the delivery is undone as before.
    decide(&home, &["c-3", "hold", "--because", "others-first"]).json(0);
    assert_eq!(home.run(&["undo", "small batch", "--json"]).json(0)["kind"], "decided");

    decide(&home, &["c-1", "hold", "--because", "no-place-yet", "--reason", "until May", "--application", "13"]).json(0);
    let planned = plan(&home);
    assert_eq!((&planned["counts"]["update"], &planned["counts"]["unchanged"]), (&1.into(), &2.into()), "{planned}");
    let rows = planned["rows"].as_array().expect("rows");
    let changed = rows.iter().find(|row| row["change"] == "update").expect("one");
    assert!(changed.to_string().contains("hold") && changed["object"] == "13", "{changed}");
    home.run(&["deliver", "apply", "plan.json", "--json"]).json(4);
    assert_eq!(plan(&home)["counts"]["unchanged"], 3, "and it arrived");
}

#[test]
fn reasons_are_of_a_short_list_with_a_note_or_in_ones_own_words() {
    let home = sealed();
    let wrong = decide(&home, &["c-1", "decline", "--because", "strongest"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("below-bar") && !wrong.err.contains("meets-bar"), "{wrong:#?}");
    let none = home.run(&["decide", "small batch", "c-1", "decline"]);
    assert_eq!(none.code, Some(2), "{none:#?}");
    let done = decide(&home, &["c-1", "advance", "--because", "open-question", "--reason", "the rota"]).json(0);
    assert_eq!(done["reason"], "A question is open that only a live talk answers: the rota", "{done}");
    let table = home.run(&["export", "small batch", "--format", "jsonl"]).out;
    assert!(table.contains("\"decision_because\":\"open-question\""), "{table}");
    decide(&home, &["c-2", "c-3", "decline", "--because", "others-stronger"]).json(0);
    let rows = home.run(&["status", "small batch", "--filter", "decided", "--json"]).json(0);
    assert!(rows.to_string().contains("others-stronger"), "{rows}");
}

#[test]
fn before_everyone_of_the_wave_was_heard_a_decision_is_refused_with_the_remedy_and_a_fast_track_is_counted() {
    let home = attached();
    let refused = home.run(&["decide", "small batch", "c-1", "advance", "--because", "strongest"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("not everyone was heard") && refused.err.contains("--override"), "{refused:#?}");
    let done = decide(&home, &["c-1", "advance", "--because", "strongest", "--override", "offer-elsewhere: Friday noon"]).json(0);
    assert_eq!(done["overridden"], true, "{done}");
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let table = home.run(&["export", "small batch", "--format", "jsonl"]).out;
    assert!(table.contains("\"decision_override\":\"An offer elsewhere runs out: Friday noon\""), "{table}");
    let figures = home.run(&["analytics", "small batch", "--json"]).json(0)["figures"].to_string();
    assert!(figures.contains("decided_before_everyone_was_heard"), "{figures}");
    let report = ["report", "small batch", "--out", "report.html", "--excerpts", "none", "--json"];
    home.run(&report).json(0);
    let page = std::fs::read_to_string(home.path().join("report.html")).expect("written");
    assert!(page.contains("Did not wait for the gate: <bdi>An offer elsewhere runs out: Friday noon"), "{page}");
}

#[test]
fn who_comes_in_after_the_first_decision_is_a_wave_with_its_own_gate() {
    let home = sealed();
    decide(&home, &["c-1", "advance", "--because", "strongest"]).json(0);
    change(&home, |document| {
        let mut late = document["submissions"][1].clone();
        (late["id"], late["candidate"]["id"]) = (json!("s-9"), json!("c-9"));
        late["candidate"]["name"] = json!("Dorian Testperson");
        late["completed_at"] = json!("2099-01-01T00:00:00Z");
        document["submissions"].as_array_mut().expect("a list").push(late);
    });
    home.run(&["import", "bundle", "--json"]).json(0);
    let refused = home.run(&["decide", "small batch", "c-9", "advance", "--because", "strongest"]);
    assert!(refused.code == Some(1) && refused.err.contains("not everyone was heard"), "{refused:#?}");
    decide(&home, &["c-2", "decline", "--because", "others-stronger"]).json(0);
    let both = decide(&home, &["c-3", "c-9", "decline", "--because", "others-stronger"]).json(4);
    assert_eq!((both["done"].as_array().map(Vec::len), &both["left_out"][0]["waits"]), (Some(1), &true.into()), "{both}");
    let done = home.run(&["seal", "small batch", "--all", "--acknowledge-unheard"]);
    assert!(done.code == Some(1) && done.err.contains("nothing is rated"), "the late one is outside of the seal: {done:#?}");
    for (question, criterion) in [("1", "diagnosis"), ("1", "news"), ("2", "plain-words")] {
        assert_eq!(rate(&home, "c-9", question, criterion, "3").code, Some(0));
    }
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    decide(&home, &["c-9", "advance", "--because", "strongest"]).json(0);
}

#[test]
fn a_new_recording_is_not_sealed_nor_ranked_nor_decided_on_until_it_is_rated_and_sealed() {
    let home = sealed();
    change(&home, |document| document["submissions"][0]["answers"][1]["file"] = json!("voice.m4a"));
    home.run(&["import", "bundle", "--json"]).json(0);
    let ranked = || home.run(&["export", "small batch", "--format", "jsonl"]).out.contains("\"c-1\"");
    assert!(!ranked(), "its scorecard is not sealed");
    let status = home.run(&["status", "small batch", "--json"]).json(0);
    let of = |key: &str| status["questions"].as_array().expect("questions").iter().map(|one| one[key].as_u64()).collect::<Vec<_>>();
    assert_eq!((of("rated"), of("sealed")), (vec![Some(3), Some(1)], vec![Some(3), Some(1)]), "{status}");
    let refused = home.run(&["decide", "small batch", "c-1", "advance", "--because", "strongest"]);
    assert!(refused.code == Some(1) && refused.err.contains("not everyone was heard"), "{refused:#?}");
    let unrated = home.run(&["seal", "small batch", "--all", "--acknowledge-unheard"]);
    assert!(unrated.err.contains("rated on an older recording"), "{unrated:#?}");
    assert_eq!(rate(&home, "c-1", "1", "diagnosis", "5").code, Some(1), "the other question stays locked");
    assert_eq!(rate(&home, "c-1", "2", "plain-words", "4").code, Some(0), "the same value again confirms it");
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    assert!(ranked());
    decide(&home, &["c-1", "advance", "--because", "strongest"]).json(0);
}

#[test]
fn what_goes_against_the_ranking_is_told_wherever_the_decision_is() {
    let home = sealed();
    let ranking = home.run(&["panel", "small batch", "--json"]).json(0)["ranking"].clone();
    let ranked = ranking.as_array().expect("a list").iter().filter(|one| one["rank"].is_u64());
    let ranked: Vec<&str> = ranked.filter_map(|one| one["candidate"].as_str()).collect();
    let (first, last) = (ranked[0], ranked[ranked.len() - 1]);
    let quiet = decide(&home, &[first, "decline", "--because", "below-bar"]).json(0);
    assert_eq!(quiet["against_ranking"], Value::Null, "nobody is advanced yet: {quiet}");
    let told = decide(&home, &[last, "advance", "--because", "one-strength"]).json(0);
    assert_eq!(
        (&told["against_ranking"]["how"], &told["against_ranking"]["declined"]),
        (&"advanced_below".into(), &json!([first])),
        "{told}"
    );
    let table = home.run(&["export", "small batch", "--format", "jsonl"]).out;
    assert!(table.contains("\"against_ranking\":\"advanced_below_declined"), "{table}");
    let rows = home.run(&["status", "small batch", "--filter", "decided"]).out;
    assert!(rows.contains("against the ranking: advanced, although"), "{rows}");
    home.run(&["report", "small batch", "--out", "report.html", "--excerpts", "none", "--json"]).json(0);
    let page = std::fs::read_to_string(home.path().join("report.html")).expect("written");
    assert!(
        page.contains("Decided against the ranking, which nobody has to follow (the cut is as many as were advanced):"),
        "{page}"
    );
    assert!(bundle::NAMES.iter().all(|name| !page.contains(name)));
}

#[test]
fn undo_takes_back_a_remark_or_what_was_agreed_on_before_the_decision_that_came_first() {
    let home = sealed();
    let undo = || home.run(&["undo", "small batch", "--json"]).json(0);
    let remarks = || home.run(&["comment", "small batch", "c-1", "--json"]).json(0)["comments"].as_array().map(Vec::len);
    home.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    home.run(&["comment", "small batch", "c-1", "ask about the rota", "--json"]).json(0);
    assert_eq!((undo()["kind"].as_str(), remarks()), (Some("commented"), Some(0)));
    home.run(&["redo", "small batch", "--json"]).json(0);
    assert_eq!(remarks(), Some(1));
    home.run(&["undo", "small batch", "--json"]).json(0);
    // What is not taken back by it is named.
    home.run(&["protocol", "small batch", "--set", "documents=always", "--json"]).json(0);
    let undone = home.run(&["undo", "small batch"]);
    assert!(undone.out.contains("Undone: a decision"), "{undone:#?}");
    assert!(undone.out.contains("What you did after it stays: rules of the batch."), "{undone:#?}");
}
