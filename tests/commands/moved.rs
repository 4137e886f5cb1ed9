//! What somebody changes in the ATS after it was delivered: it is named every night and left, until somebody says otherwise; what
//! earmark left there itself, and another spelling of it, is no such change.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::delivering::decide;
use super::profiles::delivered_home;
use super::requests::{Ashby, Mood, VARIABLES, ashby, own_profile, plan, row};
use crate::home::{Home, Ran};

fn night(home: &Home, to: &str, more: &[&str]) -> Ran {
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", to, "--status-file", "status.json", "--json"];
    home.run_with(&VARIABLES, &[&args[..], more].concat())
}

fn apply(home: &Home, more: &[&str]) -> Value {
    home.run_with(&VARIABLES, &[&["deliver", "apply", "plan.json", "--max-change", "100", "--json"], more].concat()).json(4)
}

/// What stands in a field of an application.
fn field(state: &Mutex<Ashby>, id: &str, field: &str) -> Value {
    state.lock().expect("no panic").fields[id][field].clone()
}

fn writes(state: &Mutex<Ashby>, id: &str, field: &str, value: Value) {
    state.lock().expect("no panic").fields.entry(id.into()).or_default().insert(field.into(), value);
}

fn reason(row: &Value) -> &str {
    row["reason"].as_str().unwrap_or_default()
}

/// A night after which 13 stands there as `advance`.
fn advanced() -> (Home, Ats, Arc<Mutex<Ashby>>) {
    let (home, server, state) = ashby();
    decide(&home, "c-1", "advance", "13");
    night(&home, &server.address, &[]).json(4);
    assert_eq!(field(&state, "13", "f-decision"), "advance");
    (home, server, state)
}

#[test]
fn what_somebody_changed_in_the_ats_is_named_every_night_and_left_until_somebody_says_otherwise() {
    for (changed, value, told) in [
        ("f-decision", json!("HUMAN EDIT"), "decision is \"HUMAN EDIT\" there, and \"advance\" here"),
        ("f-score", json!(99.0), "score is 99.0 there"),
        ("f-decision", Value::Null, "decision is nothing there, and \"advance\" here"),
    ] {
        let (home, server, state) = advanced();
        writes(&state, "13", changed, value.clone());
        let before = home.run(&["deliver", "status", "small batch", "--all", "--json"]).json(0);
        for _ in 0..2 {
            let report = night(&home, &server.address, &[]).json(4);
            let moved = row(&report, "13", "fields");
            assert!(moved["outcome"] == "moved" && reason(moved).contains(told), "{report:#}");
            assert!(reason(moved).contains("--overwrite-moved"), "{report:#}");
            assert_eq!((&report["sum"]["moved"], &report["sum"]["unchanged"], &report["lost"]), (&json!(1), &json!(5), &json!(0)));
            let status: Value =
                serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON");
            assert!(status["open"].to_string().contains("somebody changed it there") && status["exit"] == 4, "{status:#}");
            assert_eq!(field(&state, "13", changed), value, "it was not written over");
        }
        assert_eq!(home.run(&["deliver", "status", "small batch", "--all", "--json"]).json(0), before);
        let said =
            home.run_with(&VARIABLES, &["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &server.address]);
        assert!(said.code == Some(4) && said.err.contains(told), "{said:#?}");
        // A change here does not go over it either, and a plan that is applied says the same.
        decide(&home, "c-1", "hold", "13");
        let planned = plan(&home, &server.address, &VARIABLES).json(4);
        let moved = row(&planned, "13", "fields");
        assert_eq!((&moved["change"], &planned["counts"]["moved"]), (&json!("moved"), &json!(1)), "{planned:#}");
        assert_eq!(moved["values"]["decision"]["new"], "hold", "{planned:#}");
        assert_eq!(row(&apply(&home, &[]), "13", "fields")["outcome"], "moved");
        assert_eq!(field(&state, "13", changed), value);
        if changed == "f-score" {
            assert_eq!(row(&apply(&home, &["--overwrite-moved"]), "13", "fields")["outcome"], "delivered");
        } else {
            let report = night(&home, &server.address, &["--overwrite-moved"]).json(4);
            assert_eq!(row(&report, "13", "fields")["outcome"], "delivered", "{report:#}");
        }
        assert_eq!(field(&state, "13", "f-decision"), "hold");
        assert_eq!(night(&home, &server.address, &[]).json(4)["sum"]["unchanged"], 6);
    }
}

#[test]
fn a_correction_that_was_refused_does_not_go_over_what_somebody_wrote_meanwhile() {
    let (home, server, state) = advanced();
    state.lock().expect("no panic").moods.insert("13".into(), Mood::Refuses);
    decide(&home, "c-1", "hold", "13");
    assert_eq!(row(&night(&home, &server.address, &[]).json(4), "13", "fields")["outcome"], "failed");
    state.lock().expect("no panic").moods.clear();
    writes(&state, "13", "f-decision", json!("rejected by phone"));
    for _ in 0..2 {
        let report = night(&home, &server.address, &[]).json(4);
        assert!(reason(row(&report, "13", "fields")).contains("rejected by phone"), "{report:#}");
        assert_eq!(field(&state, "13", "f-decision"), "rejected by phone");
    }
}

#[test]
fn what_earmark_left_there_itself_is_corrected_also_where_half_of_it_was_taken() {
    let (home, server, state) = advanced();
    for decision in ["hold", "advance"] {
        decide(&home, "c-1", decision, "13");
        assert_eq!(row(&night(&home, &server.address, &[]).json(4), "13", "fields")["outcome"], "delivered");
        assert_eq!(field(&state, "13", "f-decision"), decision);
    }
    // It says that it refuses, and takes half of it all the same.
    state.lock().expect("no panic").moods.insert("13".into(), Mood::Refuses);
    decide(&home, "c-1", "decline", "13");
    assert_eq!(row(&night(&home, &server.address, &[]).json(4), "13", "fields")["outcome"], "failed");
    writes(&state, "13", "f-decision", json!("decline"));
    state.lock().expect("no panic").moods.clear();
    decide(&home, "c-1", "hold", "13");
    let report = night(&home, &server.address, &[]).json(4);
    assert_eq!(row(&report, "13", "fields")["outcome"], "delivered", "{report:#}");
    assert_eq!(field(&state, "13", "f-decision"), "hold");
}

#[test]
fn an_ats_that_keeps_another_form_of_a_value_is_never_told_as_somebodys_change() {
    let state: Arc<Mutex<Ashby>> = Arc::default();
    let of_server = Arc::clone(&state);
    // It cuts what is longer than five letters, and answers numbers as texts.
    let server = Ats::start(move |got: &Got| match (got.path.as_str(), of_server.lock().expect("no panic").serve(got)) {
        ("/application.info", Reply::Json(200, mut answer)) => {
            for one in answer["results"]["customFields"].as_array_mut().into_iter().flatten() {
                one["value"] = match &one["value"] {
                    Value::String(text) => json!(text.chars().take(5).collect::<String>()),
                    other => json!(other.to_string()),
                };
            }
            Reply::Json(200, answer)
        }
        (_, other) => other,
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    for (decision, outcome) in [("hold", "delivered"), ("advance", "unknown"), ("decline", "unknown"), ("hold", "delivered")] {
        decide(&home, "c-1", decision, "13");
        for _ in 0..2 {
            let report = night(&home, &server.address, &[]).json(4);
            assert_eq!(report["sum"]["moved"], 0, "{decision}: {report:#}");
            let found = row(&report, "13", "fields")["outcome"].as_str().unwrap_or_default().to_owned();
            assert!(found == outcome || (outcome == "delivered" && found == "unchanged"), "{decision}: {report:#}");
        }
    }
}
