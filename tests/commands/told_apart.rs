//! What a run says of its rows, each for what it is: how much changes, what is new, what was kept back, who is to do something.

use serde_json::{Value, json};

use super::ats::Ats;
use super::delivering::decide;
use super::profiles::{delivered_home, delivered_home_with};
use super::requests::{Ashby, Mood, VARIABLES, ashby, own_profile, plan, row};
use crate::home::{Home, Ran};

fn deliver(home: &Home, act: &str, to: &str, more: &[&str]) -> Ran {
    let args = ["deliver", act, "small batch", "--profile", "own.toml", "--to", to];
    home.run_with(&VARIABLES, &[&args[..], more].concat())
}

/// Changes the profile's file.
fn edit(home: &Home, change: impl FnOnce(String) -> String) {
    let path = home.path().join("own.toml");
    let text = std::fs::read_to_string(&path).expect("written");
    std::fs::write(path, change(text)).expect("written");
}

/// Takes the profile's push of feedback away.
fn fields_alone(home: &Home) {
    edit(home, |text| {
        let (head, tail) = text.split_once("[[push]]\nname = \"feedback\"").expect("two pushes");
        format!("{head}[[pull]]{}", tail.split_once("[[pull]]").expect("a listing").1)
    });
}

fn in_moods(state: &std::sync::Mutex<Ashby>, moods: &[(&str, Mood)]) {
    state.lock().expect("no panic").moods = moods.iter().map(|(id, mood)| ((*id).to_owned(), *mood)).collect();
}

#[test]
fn a_row_counts_once_for_the_brake_and_a_new_entry_says_what_makes_it_new() {
    let (home, server, _state) = ashby();
    edit(&home, |text| {
        let whole = "{ path = \"{value.notes_path}\", value = { type = \"PlainText\", value = \"@scorecard\" } }, ";
        assert!(text.contains(whole), "{text}");
        text.replace(whole, "")
    });
    let all = [("c-1", "0012"), ("c-1", "13"), ("c-2", "14")];
    all.iter().for_each(|(candidate, application)| decide(&home, candidate, "advance", application));
    deliver(&home, "nightly", &server.address, &["--json"]).json(4);
    all.iter().for_each(|(candidate, application)| decide(&home, candidate, "hold", application));
    let planned = plan(&home, &server.address, &VARIABLES).json(4);
    assert_eq!(planned["counts"]["update"], 6, "{planned:#}");
    let feedback = row(&planned, "13", "feedback");
    assert!(feedback["values"].is_null(), "{feedback:#}");
    let why = feedback["reason"].as_str().expect("a reason");
    assert!(why.contains("its digest covers the whole row") && why.ends_with(": decision"), "{why}");
    let braked = deliver(&home, "nightly", &server.address, &["--max-change", "0"]);
    assert!(braked.code == Some(1), "{braked:#?}");
    assert!(braked.err.contains("100% of the rows that were there before would change (3 of 3)"), "{braked:#?}");
}

#[test]
fn a_cell_that_keeps_its_row_back_is_listed_wherever_guarded_cells_are() {
    let home = delivered_home_with(|document| document["submissions"][1]["applications"] = json!([{ "id": "=cmd|' /C calc'!A0" }]));
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    let args = ["deliver", "nightly", "small batch", "--profile", "generic-csv", "--to", "drop", "--status-file", "status.json"];
    let report = home.run(&[&args[..], &["--json"]].concat()).json(4);
    let is_it = |cells: &Value| {
        let [cell] = cells.as_array().expect("cells").as_slice() else { panic!("one cell: {cells}") };
        assert_eq!(
            (&cell["column"], &cell["candidate"], &cell["kept_back"]),
            (&json!("application_id"), &json!("c-2"), &json!(true))
        );
    };
    is_it(&report["guarded"]);
    let status = std::fs::read(home.path().join("status.json")).expect("told");
    is_it(&serde_json::from_slice::<Value>(&status).expect("JSON")["guarded"]);
    let name = format!("drop/{}.manifest.json", report["files"][0].as_str().expect("a file"));
    let manifest: Value = serde_json::from_slice(&std::fs::read(home.path().join(name)).expect("there")).expect("JSON");
    is_it(&manifest["guarded"]);
    assert_eq!(manifest["guarded"][0]["row"], manifest["quarantined"][0]["row"], "both count from 1");
    let said = home.run(&args);
    assert!(said.err.contains("1 cell could be taken for a formula and kept its row out"), "{said:#?}");
    let exported = home.run(&["export", "small batch", "--profile", "generic-csv", "--json"]).json(4);
    is_it(&exported["guarded"]);
}

#[test]
fn who_must_sign_in_is_asked_only_where_nothing_else_failed() {
    let (home, server, state) = ashby();
    fields_alone(&home);
    in_moods(&state, &[("0012", Mood::Login), ("13", Mood::Refuses), ("14", Mood::Login)]);
    deliver(&home, "nightly", &server.address, &["--json"]).json(4);
    let mixed = deliver(&home, "retry", &server.address, &["--json"]).json(4);
    assert_eq!((&mixed["sum"]["selected"], &mixed["sum"]["failed"]), (&json!(3), &json!(3)), "{mixed:#}");
    in_moods(&state, &[("0012", Mood::Login), ("13", Mood::Login), ("14", Mood::Login)]);
    assert_eq!(deliver(&home, "retry", &server.address, &["--json"]).json(3)["sum"]["failed"], 3);
}

#[test]
fn an_ats_that_answers_with_nothing_is_not_away() {
    let (home, server, state) = ashby();
    fields_alone(&home);
    in_moods(&state, &[("0012", Mood::Nothing), ("13", Mood::Nothing), ("14", Mood::Nothing)]);
    for act in ["nightly", "retry"] {
        let report = deliver(&home, act, &server.address, &["--json"]).json(4);
        assert_eq!((&report["sum"]["unknown"], &report["sum"]["delivered"]), (&json!(3), &json!(0)), "{report:#}");
    }
}

#[test]
fn while_another_earmark_delivers_rows_wait_and_none_has_failed() {
    let (told, looks) = std::sync::mpsc::channel();
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let mut state = Ashby::default();
    let mut first = true;
    let server = Ats::start(move |got| {
        if std::mem::take(&mut first) {
            let _ = told.send(());
            let _ = held.recv();
        }
        state.serve(got)
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    let mut one = home
        .command(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &server.address])
        .envs(VARIABLES)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("it starts");
    looks.recv().expect("it looks");
    let waits = deliver(&home, "retry", &server.address, &["--json"]).json(75);
    assert_eq!((&waits["sum"]["failed"], &waits["sum"]["held"]), (&json!(0), &json!(6)), "{waits:#}");
    let said = deliver(&home, "retry", &server.address, &["--status-file", "status.json"]);
    assert!(said.out.contains("6 rows wait: nothing was sent"), "{said:#?}");
    hold.send(()).expect("it waits");
    assert_eq!(one.wait().expect("it ends").code(), Some(4));
}

#[test]
fn a_night_names_the_row_that_is_kept_back_and_what_to_do_about_it() {
    let home = delivered_home();
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    let said = home.run(&["deliver", "nightly", "small batch", "--profile", "generic-csv", "--to", "drop"]);
    let line = said.err.lines().find(|line| line.contains("quarantined")).unwrap_or_default();
    assert!(line.contains("c-3, row 4: quarantined: ") && line.contains("; `earmark match` ties"), "{said:#?}");
}

#[test]
fn who_has_no_sealed_scorecard_is_named() {
    let home = super::attached();
    super::rate_all(&home);
    home.run(&["seal", "small batch", "c-1", "--acknowledge-unheard", "--json"]);
    let said = home.run(&["export", "small batch", "--rows", "sealed"]);
    let line = said.err.lines().find(|line| line.contains("no sealed scorecard")).unwrap_or_default();
    assert!(line.contains("may see: ") && line.contains("c-3"), "{said:#?}");
}

#[test]
fn a_profile_that_is_tried_shows_lines_as_lines_and_references_as_they_are_written() {
    let home = delivered_home();
    let shown = home.run(&["profile", "test", "generic-csv", "small batch"]);
    let (_, table) = shown.out.split_once("application_id").expect("a table");
    assert!(shown.code == Some(4) && !table.trim_end().contains("\n\n"), "{shown:#?}");
    own_profile(&home, "workday");
    let shown = home.run(&["profile", "test", "own.toml", "small batch"]);
    assert!(shown.out.contains("env:WORKDAY_TENANT") && !shown.out.contains("%3A"), "{shown:#?}");
    let none = delivered_home_with(|document| {
        document["submissions"].as_array_mut().expect("a list").iter_mut().for_each(|one| one["applications"] = json!([]));
    });
    assert_eq!(none.run(&["profile", "test", "generic-csv", "small batch"]).code, Some(5));
}

#[test]
fn an_application_without_an_id_is_none_wherever_it_is_counted() {
    let home = delivered_home_with(|document| document["submissions"][2]["applications"] = json!([{ "id": "" }]));
    let without = |args: &[&str]| -> Value {
        let ran = home.run(&[&["match", "small batch", "--json"], args].concat());
        serde_json::from_str::<Value>(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"))["without"].clone()
    };
    assert_eq!(without(&[]), json!(["c-3"]));
    std::fs::write(home.path().join("own.csv"), "candidate,application,confirm\nc-1,15,yes\n").expect("written");
    assert_eq!(without(&["--confirm", "own.csv"]), json!(["c-3"]));
    assert_eq!(without(&[]), json!(["c-3"]));
}
