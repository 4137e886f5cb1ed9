//! What was delivered and vanishes: here, because it is ready no more; or there, because an ATS lost it. Nothing is cleared by itself,
//! an answer that says nothing is no empty record, and all of it is named.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::delivering::{decide, with_drop};
use super::profiles::delivered_home;
use super::requests::{Ashby, VARIABLES, apply, ashby, own_profile, plan, row};
use crate::home::{Home, Ran};

/// What is answered in the place of an application, by its id.
type Says = fn(&str) -> Option<Value>;

/// An Ashby that tells of applications in its own way.
fn telling() -> (Home, Ats, Arc<Mutex<Ashby>>, Arc<Mutex<Says>>) {
    let (state, says): (Arc<Mutex<Ashby>>, _) = (Arc::default(), Arc::new(Mutex::new((|_| None) as Says)));
    let (of_server, told) = (Arc::clone(&state), Arc::clone(&says));
    let server = Ats::start(move |got: &Got| {
        let id = got.json()["applicationId"].as_str().unwrap_or_default().to_owned();
        match (told.lock().expect("no panic"))(&id).filter(|_| got.path == "/application.info") {
            Some(answer) => Reply::Json(200, answer),
            None => of_server.lock().expect("no panic").serve(got),
        }
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    (home, server, state, says)
}

#[test]
fn an_answer_without_the_record_that_was_asked_for_fails_its_row_and_nothing_is_written_over() {
    let strange: [Says; 5] = [
        |_| Some(json!({ "success": true })),
        |_| Some(json!([])),
        |_| Some(json!({ "success": true, "results": null })),
        |_| Some(json!({ "success": true, "results": { "id": "another", "customFields": [] } })),
        |id| Some(json!({ "results": { "id": id, "customFields": [] } })),
    ];
    let (home, server, state, says) = telling();
    plan(&home, &server.address, &VARIABLES).json(4);
    assert_eq!(apply(&home, &VARIABLES).json(4)["sum"]["delivered"], 6);
    state.lock().expect("no panic").fields.get_mut("13").expect("it is there").insert("f-score".into(), json!(7));
    for strange in strange {
        *says.lock().expect("no panic") = strange;
        let planned = plan(&home, &server.address, &VARIABLES).json(4);
        let reason = row(&planned, "13", "fields")["reason"].as_str().unwrap_or_default().to_owned();
        assert!(reason.contains("was not read"), "{planned:#}");
        let report = apply(&home, &VARIABLES).json(4);
        assert_eq!(row(&report, "13", "fields")["outcome"], "failed", "{report:#}");
        assert_eq!(state.lock().expect("no panic").fields["13"]["f-score"], 7, "what a person wrote stands");
    }
    *says.lock().expect("no panic") = |_| None;
    assert_eq!(row(&plan(&home, &server.address, &VARIABLES).json(4), "13", "fields")["values"]["score"]["old"], 7);
}

#[test]
fn an_ats_that_lost_what_was_delivered_is_named_row_by_row_and_braked() {
    let (home, server, state) = ashby();
    plan(&home, &server.address, &VARIABLES).json(4);
    apply(&home, &VARIABLES).json(4);
    {
        let mut state = state.lock().expect("no panic");
        state.fields.clear();
        state.feedback.clear();
    }
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", &server.address, "--out", "plan.json"];
    let planned = home.run_with(&VARIABLES, &args);
    assert_eq!(planned.err.matches("is not there any more").count(), 6, "{planned:#?}");
    let braked = home.run_with(&VARIABLES, &["deliver", "apply", "plan.json"]);
    assert!(braked.code == Some(1) && braked.err.contains("(3 of 3, 3 not there any more)"), "{braked:#?}");
    assert!(state.lock().expect("no panic").feedback.is_empty());
    assert_eq!(apply(&home, &VARIABLES).json(4)["sum"]["delivered"], 6, "whoever has looked lets it pass");
    assert_eq!(plan(&home, &server.address, &VARIABLES).json(4)["counts"]["unchanged"], 6);
}

/// The spreadsheet of whoever is advanced, into the folder.
fn sheet(home: &Home, more: &[&str]) -> Ran {
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop", "--out", "plan.json"];
    home.run(&[&args[..], more].concat())
}

fn rows_of(home: &Home) -> usize {
    let mut files = std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten();
    let path = files.find(|file| file.path().extension().is_some_and(|ending| ending == "csv")).expect("a table").path();
    csv::Reader::from_path(path).expect("it opens").records().count()
}

#[test]
fn a_table_is_not_written_over_by_a_shorter_one_unless_somebody_says_so() {
    let home = with_drop();
    let shipped = home.run(&["profile", "show", "spreadsheet"]).out;
    let own = shipped.replace("[\"ready\"]", "[\"ready\", \"advanced\"]");
    assert_ne!(own, shipped);
    std::fs::write(home.path().join("own.toml"), own).expect("written");
    let applications = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
    applications.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
    assert_eq!(sheet(&home, &[]).code, Some(0));
    home.run(&["deliver", "apply", "plan.json", "--json"]).json(0);
    assert_eq!(rows_of(&home), 3);
    applications[..2].iter().for_each(|(candidate, id)| decide(&home, candidate, "decline", id));
    let planned = sheet(&home, &["--json"]).json(4);
    assert_eq!(planned["withdrawn"].as_array().map(Vec::len), Some(2), "{planned}");
    let braked = home.run(&["deliver", "apply", "plan.json"]);
    assert!(braked.code == Some(1) && braked.err.contains("2 that would vanish from there"), "{braked:#?}");
    let night = home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop"]);
    assert!(night.code == Some(1) && night.err.matches("would be written without it").count() == 2, "{night:#?}");
    assert_eq!(rows_of(&home), 3);
    home.run(&["deliver", "apply", "plan.json", "--max-change", "100", "--json"]).json(0);
    assert_eq!(rows_of(&home), 1);
    assert_eq!(sheet(&home, &["--json"]).json(0)["withdrawn"], json!([]), "what somebody let go is not told again");
    decide(&home, "c-2", "decline", "14");
    assert_eq!(sheet(&home, &[]).code, Some(5), "none of what was delivered is there any more");
    home.run(&["deliver", "apply", "plan.json", "--max-change", "100", "--json"]).json(5);
    assert_eq!(rows_of(&home), 1, "an empty table clears nothing");
}

#[test]
fn what_was_delivered_and_is_not_ready_any_more_is_counted_and_named_everywhere() {
    let home = with_drop();
    let args = ["--profile", "generic-csv", "--to", "drop"];
    let night = |more: &[&str]| home.run(&[&["deliver", "nightly", "small batch"], &args[..], more].concat());
    assert_eq!(night(&["--json"]).json(4)["sum"]["delivered"], 3);
    home.run(&["reopen", "small batch", "--all", "--reason", "a slip", "--json"]).json(0);
    let planned = home.run(&[&["deliver", "plan", "small batch", "--json"], &args[..]].concat()).json(5);
    assert_eq!(planned["withdrawn"].as_array().map(Vec::len), Some(3), "{planned}");
    let told = night(&["--status-file", "status.json", "--metrics", "m.prom"]);
    assert!(told.code == Some(5) && told.err.matches("is no row any more").count() == 3, "{told:#?}");
    let status: Value = serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON");
    assert_eq!((status["withdrawn"].as_array().map(Vec::len), &status["exit"]), (Some(3), &json!(5)), "{status}");
    assert!(status["not_ready"].as_array().expect("names").contains(&json!("c-1")), "{status}");
    let metrics = std::fs::read_to_string(home.path().join("m.prom")).expect("told");
    assert!(metrics.lines().any(|line| line.starts_with("earmark_delivery_withdrawn_rows{") && line.ends_with(" 3")), "{metrics}");
    let status = home.run(&["deliver", "status", "small batch"]);
    assert!(status.err.contains("3 of what was delivered") && status.err.contains("not ready"), "{status:#?}");
}

fn erase(home: &Home, candidate: &str) {
    home.run(&["subject", "erase", candidate, "--reason", "asked for it", "--yes", "--json"]).json(0);
}

#[test]
fn what_lies_in_an_ats_of_somebody_who_was_erased_is_named_until_somebody_has_removed_it() {
    let (home, server, _state) = ashby();
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &server.address];
    home.run_with(&VARIABLES, &args);
    erase(&home, "c-2");
    let planned = plan(&home, &server.address, &VARIABLES).json(4);
    let withdrawn = planned["withdrawn"].as_array().expect("rows");
    assert!(withdrawn.len() == 2 && withdrawn.iter().all(|one| one["erased"]["delivered_at"].is_string()), "{planned:#}");
    assert!(
        !planned["withdrawn"].to_string().contains("c-2") && !planned["withdrawn"].to_string().contains("\"14\""),
        "{planned:#}"
    );
    let night = home.run_with(&VARIABLES, &args);
    assert!(
        night.code == Some(4) && night.err.matches("A person who was erased since: 1 entry by the push").count() == 2,
        "{night:#?}"
    );
    let status = home.run(&["deliver", "status", "small batch"]);
    assert!(
        status.err.contains("2 rows may have arrived of people who were erased") && !status.err.contains("not ready"),
        "{status:#?}"
    );
    assert_eq!(home.run(&["deliver", "status", "small batch", "--json"]).json(0)[0]["erased"], 2);
    let removed = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--removed", "--json"];
    home.run_with(&VARIABLES, &removed).json(0);
    assert_eq!(plan(&home, &server.address, &VARIABLES).json(4)["withdrawn"], json!([]));
    assert_eq!(home.run(&["deliver", "status", "small batch", "--json"]).json(0)[0]["erased"], 0);
}

#[test]
fn rows_of_people_who_were_erased_vanish_from_a_table_past_the_brake_alone() {
    let home = with_drop();
    let shipped = home.run(&["profile", "show", "spreadsheet"]).out;
    std::fs::write(home.path().join("own.toml"), shipped).expect("written");
    let night =
        |more: &[&str]| home.run(&[&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop"], more].concat());
    night(&["--json"]).json(0);
    erase(&home, "c-1");
    let planned = sheet(&home, &["--json"]).json(4);
    let withdrawn = planned["withdrawn"].as_array().expect("rows");
    let is_named =
        |one: &Value| one["erased"]["file"].as_str().is_some_and(|file| file.ends_with(".csv")) && one["candidate"] == "";
    assert!(withdrawn.len() == 2 && withdrawn.iter().all(is_named), "{planned:#}");
    let said: Vec<&str> = planned["rows"].as_array().expect("rows").iter().filter_map(|row| row["reason"].as_str()).collect();
    assert!(said.iter().all(|why| why.contains("2 in it no more")), "{planned:#}");
    let braked = night(&["--max-change", "0"]);
    assert!(braked.code == Some(1) && braked.err.contains(" of 4, 2 that would vanish from there"), "{braked:#?}");
    assert!(braked.err.contains("A person who was erased since: 1 row of the file"), "{braked:#?}");
    assert_eq!(rows_of(&home), 4);
    assert_eq!(night(&["--max-change", "100", "--json"]).json(0)["withdrawn"], json!([]));
    assert_eq!(rows_of(&home), 2);
    assert_eq!(sheet(&home, &["--json"]).json(0)["withdrawn"], json!([]));
}
