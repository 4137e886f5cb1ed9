//! Every row and every cell of a delivery accounted for: markers, manifests, guarded cells, ids, bounds, who is left out.

use serde_json::{Value, json};

use super::delivering::{decide, with_drop};
use super::profiles::delivered_home_with;
use super::requests::{Mood, VARIABLES, ashby, plan, row};
use crate::home::{Home, Ran};

/// The shipped profile with changes in its text.
fn own(home: &Home, shipped: &str, changes: &[(&str, &str)]) {
    let text = home.run(&["profile", "show", shipped]).out;
    let changed = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} in {text}");
        text.replace(from, to)
    });
    std::fs::write(home.path().join("own.toml"), changed).expect("written");
}

fn night(home: &Home, more: &[&str]) -> Ran {
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop", "--max-change", "100"];
    home.run(&[&args[..], more].concat())
}

fn drop_of(home: &Home) -> std::path::PathBuf {
    home.path().join("drop")
}

fn manifest(home: &Home, file: &str) -> Value {
    let path = drop_of(home).join(format!("{file}.manifest.json"));
    serde_json::from_slice(&std::fs::read(path).expect("it lies beside the file")).expect("JSON")
}

#[test]
fn no_marker_stands_for_a_drop_of_which_half_is_replaced_and_retry_writes_the_other_half_alone() {
    let home = with_drop();
    let parts = [
        ("max_rows      = 1048575", "split = \"rows\"\nmax_rows = 2"),
        ("earmark-{batch}-{table}.csv", "t-{part}.csv"),
        ("[deliver]\n", "[deliver]\ndone_marker = \"READY\"\n"),
    ];
    own(&home, "spreadsheet", &parts);
    assert_eq!(night(&home, &["--json"]).json(0)["sum"]["delivered"], 4);
    let (drop, marker) = (drop_of(&home), drop_of(&home).join("READY"));
    assert!(marker.exists(), "both files lie there");
    decide(&home, "c-1", "advance", "13");
    // Nothing can be written under this name.
    std::fs::create_dir(drop.join("t-2.csv.part")).expect("made");
    let half = night(&home, &["--json"]).json(4);
    assert_eq!((&half["sum"]["delivered"], &half["sum"]["failed"]), (&json!(2), &json!(2)), "{half:#}");
    assert!(!marker.exists(), "last night's marker stands for nothing any more");
    let first = std::fs::read(drop.join("t-1.csv")).expect("there");
    std::fs::remove_dir(drop.join("t-2.csv.part")).expect("removed");
    assert_eq!(night(&home, &["--json"]).json(0)["sum"]["delivered"], 2);
    assert_eq!(std::fs::read(drop.join("t-1.csv")).expect("there"), first, "the first half is not written over by the second");
    assert!(marker.exists() && manifest(&home, "t-2.csv")["rows"] == 2);
}

#[test]
fn guarded_cells_are_listed_wherever_a_delivery_is_told_of() {
    let home = with_drop();
    own(&home, "spreadsheet", &[("earmark-{batch}-{table}.csv", "sheet.csv")]);
    let why = ["--reason", "=1+1", "--override", "test", "--json"];
    home.run(&[&["decide", "small batch", "c-2", "hold", "--application", "14"], &why[..]].concat()).json(0);
    let told = night(&home, &["--json", "--status-file", "status.json"]).json(0);
    let status: Value = serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON");
    let manifest = manifest(&home, "sheet.csv");
    for (of, cell) in
        [("--json", &told["guarded"]), ("the status file", &status["guarded"]), ("the manifest", &manifest["guarded"])]
    {
        assert_eq!(
            (&cell[0]["column"], &cell[0]["candidate"], &cell[1]),
            (&json!("decision_reason"), &json!("c-2"), &Value::Null),
            "{of}"
        );
    }
    assert_eq!((&told["guarded"][0]["file"], &told["formula_guard"]), (&json!("sheet.csv"), &json!("apostrophe")), "{told:#}");
    assert_eq!(manifest["formula_guard"], "apostrophe", "{manifest:#}");
    assert!(drop_of(&home).join("sheet.csv.sha256").exists());

    decide(&home, "c-1", "advance", "13");
    let said = night(&home, &[]);
    assert!(said.err.contains("1 cell could be taken for a formula and got an apostrophe: c-2"), "{said:#?}");
    let shown = home.run(&["export", "small batch", "--profile", "own.toml", "--out", "out.csv"]);
    assert!(shown.err.contains("1 cell could be taken for a formula and got an apostrophe: c-2"), "{shown:#?}");
    let off = home.run(&["export", "small batch", "--formula-guard", "off", "--out", "off.csv"]);
    assert!(off.err.contains("1 cell could be taken for a formula and stayed as it is: "), "{off:#?}");
}

#[test]
fn who_is_in_no_row_is_counted_and_named_everywhere() {
    let home = delivered_home_with(|document| {
        let absent = |id: &str, status: &str| json!({ "candidate": { "id": id }, "status": status, "answers": [] });
        let all = document["submissions"].as_array_mut().expect("a list");
        all.extend([absent("c-8", "invited"), absent("c-9", "expired")]);
    });
    std::fs::create_dir(drop_of(&home)).expect("a folder");
    own(&home, "spreadsheet", &[("[\"ready\"]", "[\"ready\", \"decided\"]"), ("earmark-{batch}-{table}.csv", "sheet.csv")]);
    decide(&home, "c-1", "advance", "13");
    let nobody = json!([{ "candidate": "c-8", "status": "invited" }, { "candidate": "c-9", "status": "expired" }]);
    let shown = home.run(&["export", "small batch", "--out", "t.csv", "--json"]).json(0);
    assert_eq!(shown["not_come"], nobody, "{shown:#}");
    let planned = home.run(&["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop", "--json"]).json(0);
    assert_eq!((&planned["not_come"], &planned["filtered_of"]), (&nobody, &json!(["c-1", "c-2", "c-3"])), "{planned:#}");
    let said = home.run(&["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop"]);
    assert!(said.err.contains("left out by the profile's filter: c-1, c-2, c-3"), "{said:#?}");
    let said = night(&home, &["--status-file", "status.json"]);
    assert!(
        said.err.contains("Of 2 candidates nothing came in, so that there is no row: c-8 (invited), c-9 (expired)."),
        "{said:#?}"
    );
    let status: Value = serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON");
    assert_eq!((&status["not_come"], &status["not_ready"]), (&nobody, &json!(["c-1", "c-2", "c-3"])), "{status:#}");
    let manifest = manifest(&home, "sheet.csv");
    assert_eq!((&manifest["left_out"]["not_come"], &manifest["rows"]), (&nobody, &json!(1)), "{manifest:#}");
}

#[test]
fn an_invitation_whose_deadline_has_passed_is_made_again() {
    let home = delivered_home_with(|document| {
        let invited =
            |id: &str, until: &str| json!({ "candidate": { "id": id }, "status": "invited", "deadline": until, "answers": [] });
        let all = document["submissions"].as_array_mut().expect("a list");
        all.extend([invited("c-8", "2020-01-01T00:00:00Z"), invited("c-9", "2999-01-01T00:00:00Z")]);
    });
    let again = home.run(&["export", "small batch", "--table", "reinvite", "--json"]).json(0);
    let rows: Vec<_> =
        again["rows"].as_array().expect("rows").iter().map(|row| (row["candidate"].clone(), row["why"].clone())).collect();
    assert_eq!(rows, [(json!("c-8"), json!("expired"))], "{again:#}");
}

#[test]
fn ids_beside_the_key_must_be_numbers_too_where_the_ats_has_numbers() {
    for (field, column) in [("candidate", "candidateId"), ("requisition", "jobReqId")] {
        let home = delivered_home_with(|document| {
            document["requisition"]["id"] = json!("17");
            document["submissions"][0]["applications"] = json!([{ "id": "12", "ids": { "candidate_id": "77" } }]);
            match field {
                "candidate" => document["submissions"][1]["applications"][0]["ids"]["candidate_id"] = json!("K-78"),
                _ => document["submissions"][1]["applications"][0]["requisition"] = json!("R-17"),
            }
        });
        let tried = home.run(&["profile", "test", "successfactors", "small batch", "--json"]).json(4);
        let kept =
            tried["quarantined"].as_array().expect("rows").iter().find(|one| one["candidate"] == "c-2").expect("it is named");
        assert_eq!(kept["column"], column, "{tried:#}");
        assert!(kept["reason"].as_str().is_some_and(|why| why.contains("is not digits alone")), "{tried:#}");
        assert!(tried["files"][0]["begins"].as_str().is_some_and(|text| text.contains("\n12,77,17,")), "the rest goes: {tried:#}");
    }
}

#[test]
fn a_value_beyond_the_targets_bounds_keeps_its_own_row_back() {
    let home = with_drop();
    let bounds = (
        "name  = \"score\"\nfrom  = \"total\"\ntype  = \"decimal\"\nrange = [0, 100]",
        "name  = \"score\"\nfrom  = \"total\"\ntype  = \"decimal\"\nrange = [0, 50]",
    );
    own(&home, "generic-csv", &[bounds]);
    let report = night(&home, &["--json"]).json(4);
    let kept: Vec<&Value> = report["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["reason"].to_string().contains("outside the target's 0 to 50"))
        .collect();
    assert!(
        !kept.is_empty() && kept.iter().all(|row| row["outcome"] == "quarantined" && row["reason"].to_string().contains("score")),
        "{report:#}"
    );
    assert!(report["sum"]["delivered"].as_u64().is_some_and(|delivered| delivered > 0), "the rest is delivered: {report:#}");
}

#[test]
fn a_value_that_is_not_here_leaves_alone_what_stands_there() {
    let (home, server, state) = ashby();
    state.lock().expect("no panic").fields.insert("13".into(), [("f-decision".to_owned(), json!("their own"))].into());
    let planned = plan(&home, &server.address, &VARIABLES).json(4);
    assert!(row(&planned, "13", "fields")["values"].get("decision").is_none(), "{planned:#}");
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &server.address, "--json"];
    let first = home.run_with(&VARIABLES, &args).json(4);
    assert_eq!((&row(&first, "13", "fields")["state"], &first["sum"]["unknown"]), (&json!("verified"), &json!(0)), "{first:#}");
    assert_eq!(home.run_with(&VARIABLES, &args).json(4)["sum"]["unchanged"], 6);
    assert_eq!(state.lock().expect("no panic").fields["13"]["f-decision"], "their own");
}

#[test]
fn reviewers_are_named_where_a_profile_asks_for_their_names() {
    let home = with_drop();
    let shared = home.path().join("shared");
    std::fs::create_dir(&shared).expect("a folder");
    let listed = home.run(&["exchange", &shared.display().to_string(), "--panel", "small batch=me"]);
    assert_eq!(listed.code, Some(0), "{listed:#?}");
    decide(&home, "c-1", "advance", "13");
    for (privacy, name) in [("", "R7"), ("[privacy]\nreviewer_names = \"full\"\n", "Mara")] {
        let column = format!("[[column]]\nname = \"by\"\nfrom = \"decided_by\"\n\n{privacy}[deliver]\n");
        own(&home, "generic-csv", &[("[deliver]\n", &column)]);
        let tried = home.run(&["profile", "test", "own.toml", "small batch", "--json"]).json(4);
        let begins = tried["files"][0]["begins"].as_str().expect("a file");
        assert!(begins.lines().any(|line| line.starts_with("13,") && line.ends_with(&format!(",{name}"))), "{begins}");
    }
    let fields = home.run(&["profile", "fields", "--long"]);
    assert!(fields.err.contains("reviewer_names = \"full\""), "{fields:#?}");
}

#[test]
fn a_column_that_no_request_holds_is_told() {
    let home = Home::new();
    own(&home, "icims", &[("assessmentnotes = \"@decision|omit\"", "assessmentnotes = \"x\"")]);
    let checked = home.run(&["profile", "check", "own.toml", "icims", "--json"]).json(0);
    assert!(
        checked[0]["problems"][0]["reason"].as_str().is_some_and(|why| why.contains("\"decision\": it goes nowhere")),
        "{checked:#}"
    );
    assert_eq!(checked[1]["problems"], json!([]), "{checked:#}");
}

#[test]
fn a_plan_shows_a_time_as_the_file_has_it_and_a_score_that_is_missing_says_why() {
    let home = with_drop();
    decide(&home, "c-1", "advance", "13");
    let planned = home.run(&["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--json"]).json(4);
    let values = &row(&planned, "13", "file")["values"];
    assert!(values["decided_at"]["new"].as_str().is_some_and(|at| at.len() == 20 && at.ends_with('Z')), "{values:#}");
    assert_eq!(values["status"]["new"], "ranked", "{values:#}");
}

#[test]
fn what_fails_all_at_once_is_told_once() {
    let home = with_drop();
    own(&home, "spreadsheet", &[("earmark-{batch}-{table}.csv", "sheet.csv")]);
    std::fs::write(drop_of(&home).join("sheet.csv"), "somebody's").expect("written");
    let said = night(&home, &[]);
    assert!(said.err.contains("4 rows: failed: ") && said.err.matches("--replace").count() == 1, "{said:#?}");
}

#[test]
fn what_goes_there_and_back_again_and_loses_its_answer_is_told_by_how_often_it_stands_there() {
    for mood in [Mood::TakesAndBreaks, Mood::Breaks] {
        let (home, server, state) = ashby();
        let args = [
            "deliver",
            "nightly",
            "small batch",
            "--profile",
            "own.toml",
            "--to",
            &server.address,
            "--max-change",
            "100",
            "--json",
        ];
        let night = || home.run_with(&VARIABLES, &args).json(4);
        for decision in ["advance", "decline"] {
            decide(&home, "c-1", decision, "13");
            night();
        }
        decide(&home, "c-1", "advance", "13");
        state.lock().expect("no panic").moods.insert("13".into(), mood);
        let lost = night();
        assert_eq!(row(&lost, "13", "feedback")["outcome"], "unknown", "{lost:#}");
        state.lock().expect("no panic").moods.clear();
        let found = night();
        assert_eq!(row(&found, "13", "feedback")["outcome"], "delivered", "{found:#}");
        assert_eq!(night()["sum"]["unchanged"], 6);
        let state = state.lock().expect("no panic");
        assert_eq!(state.feedback.iter().filter(|one| one["applicationId"] == "13").count(), 3, "once for each decision");
    }
}

#[test]
fn a_listed_cell_is_named_by_the_record_that_the_file_has() {
    let home = with_drop();
    for (candidate, application, reason) in [("c-1", "0012", "=1+1"), ("c-2", "14", "bell \u{7}")] {
        let why = ["--application", application, "--reason", reason, "--override", "test", "--json"];
        home.run(&[&["decide", "small batch", candidate, "hold"], &why[..]].concat()).json(0);
    }
    let ran = home.run(&["export", "small batch", "--formula-guard", "quarantine", "--out", "t.csv"]);
    let text = std::fs::read_to_string(home.path().join("t.csv")).expect("written");
    let record = text.lines().position(|line| line.contains('\u{7}')).expect("it is in the file as it came") + 1;
    assert!(ran.err.contains(&format!("decision_reason of record {record}.")), "{record}: {ran:#?}");
}
