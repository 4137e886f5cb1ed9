//! Deliveries as requests, to a strict local server in the place of the ATS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::delivering::decide;
use super::profiles::delivered_home;
use crate::home::{Home, Ran};

/// The secret that must stand nowhere.
const CANARY: &str = "kanarie-4f1d";
/// Its `Authorization`, with an empty password.
pub(super) const BASIC: &str = "Basic a2FuYXJpZS00ZjFkOg==";

pub(super) const VARIABLES: [(&str, &str); 5] = [
    ("ASHBY_API_KEY", CANARY),
    ("ASHBY_SCORE_FIELD", "f-score"),
    ("ASHBY_DECISION_FIELD", "f-decision"),
    ("ASHBY_FEEDBACK_FORM", "form-1"),
    ("ASHBY_FEEDBACK_USER", "user-1"),
];

/// What an Ashby keeps.
#[derive(Default)]
pub(super) struct Ashby {
    pub(super) fields: BTreeMap<String, BTreeMap<String, Value>>,
    pub(super) feedback: Vec<Value>,
    /// What is wrong with what came.
    pub(super) complaints: Vec<String>,
    /// How many entries a page of feedback has; 0 for all of them.
    pub(super) page: usize,
    /// How it answers when an application's fields are set, instead of as it should.
    pub(super) moods: BTreeMap<String, Mood>,
    /// After how many lists of feedback it shows no more of them.
    pub(super) blind_after: Option<usize>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Mood {
    Refuses,
    Login,
    Half,
    Nothing,
    /// It takes it and breaks off.
    TakesAndBreaks,
    /// It takes fields; feedback it says to take, and forgets.
    Forgets,
    /// It takes fields; before it takes feedback the line breaks.
    Breaks,
    Echo,
    Busy,
}

impl Ashby {
    pub(super) fn serve(&mut self, got: &Got) -> Reply {
        let body = got.json();
        let mut wrong = |what: &str| self.complaints.push(format!("{} {}: {what}: {body}", got.verb, got.path));
        if got.verb != "POST" || got.header("authorization") != BASIC || got.header("content-type") != "application/json" {
            wrong("not how Ashby is asked");
        }
        let id = body["applicationId"].as_str().or(body["objectId"].as_str()).unwrap_or_default().to_owned();
        match got.path.as_str() {
            "/customField.setValues" => {
                if body["objectType"] != "Application"
                    || !body["values"]
                        .as_array()
                        .is_some_and(|all| all.iter().all(|one| one["fieldId"].is_string() && !one["fieldValue"].is_null()))
                {
                    wrong("not how fields are set");
                }
                let keep = |state: &mut Self| {
                    for one in body["values"].as_array().into_iter().flatten() {
                        state
                            .fields
                            .entry(id.clone())
                            .or_default()
                            .insert(one["fieldId"].as_str().unwrap_or_default().into(), one["fieldValue"].clone());
                    }
                };
                match self.moods.get(&id).copied() {
                    Some(Mood::Refuses) => return Reply::Json(200, json!({ "success": false, "errors": ["field_locked"] })),
                    Some(Mood::Login) => {
                        return Reply::Plain(
                            200,
                            "content-type: text/html\r\n".into(),
                            "<!DOCTYPE html><form>Sign in</form>".into(),
                        );
                    }
                    Some(Mood::Half) => return Reply::Half("{\"success\":".into()),
                    Some(Mood::Nothing) => return Reply::Plain(200, String::new(), String::new()),
                    Some(Mood::Echo) => return Reply::Json(400, json!({ "message": format!("bad key {CANARY} in {BASIC}") })),
                    Some(Mood::Busy) => {
                        self.moods.remove(&id);
                        return Reply::Plain(429, "retry-after: 0\r\n".into(), String::new());
                    }
                    Some(Mood::TakesAndBreaks | Mood::Forgets | Mood::Breaks) | None => keep(self),
                }
                Reply::Json(200, json!({ "success": true, "results": [] }))
            }
            "/application.info" => {
                let fields =
                    self.fields.get(&id).into_iter().flatten().map(|(id, value)| json!({ "id": id, "title": "x", "value": value }));
                Reply::Json(200, json!({ "success": true, "results": { "id": id, "customFields": fields.collect::<Vec<_>>() } }))
            }
            "/applicationFeedback.submit" => {
                let fields = body["feedbackForm"]["fieldSubmissions"].as_array().cloned().unwrap_or_default();
                let score =
                    fields.iter().find(|one| one["path"] == "overall_recommendation").map(|one| one["value"]["score"].clone());
                if body["formDefinitionId"] != "form-1"
                    || !score.is_some_and(|score| score.as_u64().is_some_and(|score| (1..=4).contains(&score)))
                {
                    wrong("not how feedback is given");
                }
                let values: serde_json::Map<String, Value> =
                    fields.iter().map(|one| (one["path"].as_str().unwrap_or_default().to_owned(), one["value"].clone())).collect();
                if !matches!(self.moods.get(&id), Some(Mood::Forgets | Mood::Breaks)) {
                    self.feedback.push(json!({ "applicationId": id, "submittedValues": values }));
                }
                match self.moods.get(&id) {
                    Some(Mood::Breaks) => Reply::Nothing,
                    Some(Mood::TakesAndBreaks) => Reply::Nothing,
                    _ => Reply::Json(200, json!({ "success": true, "results": {} })),
                }
            }
            "/applicationFeedback.list" => {
                match &mut self.blind_after {
                    Some(0) => return Reply::Json(200, json!({ "success": false })),
                    Some(left) => *left -= 1,
                    None => {}
                }
                let mine: Vec<&Value> = self.feedback.iter().filter(|one| one["applicationId"] == id.as_str()).collect();
                let from = body["cursor"].as_str().map_or(0, |cursor| cursor.parse::<usize>().expect("a cursor that was given"));
                let size = if self.page == 0 { mine.len() } else { self.page };
                let more = from + size < mine.len();
                let shown: Vec<_> = mine.into_iter().skip(from).take(size).collect();
                let mut answer = json!({ "success": true, "results": shown, "moreDataAvailable": more });
                if more {
                    answer["nextCursor"] = json!((from + size).to_string());
                }
                Reply::Json(200, answer)
            }
            _ => {
                wrong("no such path");
                Reply::Json(404, json!({}))
            }
        }
    }
}

pub(super) fn ashby() -> (Home, Ats, Arc<Mutex<Ashby>>) {
    let home = delivered_home();
    own_profile(&home, "ashby");
    let state: Arc<Mutex<Ashby>> = Arc::default();
    let of_server = Arc::clone(&state);
    let server = Ats::start(move |got| of_server.lock().expect("no panic").serve(got));
    (home, server, state)
}

/// A shipped profile for the small batch's ids, and without the patience of a night.
pub(super) fn own_profile(home: &Home, shipped: &str) {
    let text = home.run(&["profile", "show", shipped]).out;
    let text = ["uuid", "digits"].iter().fold(text, |text, form| text.replace(&format!("= \"{form}\""), "= \"text\""));
    let text = text.split("[retry]").next().unwrap_or_default().to_owned();
    let hasty = format!(
        "{}\n[retry]\nattempts = 2\nbase = \"1ms\"\ncap = \"1s\"\nagain_after = \"0s\"\n",
        text.replace("per_second = ", "per_second = 50")
    );
    std::fs::write(home.path().join("own.toml"), hasty).expect("written");
}

pub(super) fn plan(home: &Home, to: &str, variables: &[(&str, &str)]) -> Ran {
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", to, "--out", "plan.json", "--json"];
    home.run_with(variables, &args)
}

pub(super) fn apply(home: &Home, variables: &[(&str, &str)]) -> Ran {
    home.run_with(variables, &["deliver", "apply", "plan.json", "--max-change", "100", "--json"])
}

pub(super) fn row<'r>(report: &'r Value, object: &str, push: &str) -> &'r Value {
    let rows = report["rows"].as_array().expect("rows").iter();
    rows.clone().find(|row| row["object"] == object && row["push"] == push).unwrap_or_else(|| panic!("{object} {push}: {report}"))
}

#[test]
fn what_is_sent_is_read_back_and_the_second_night_has_nothing_new() {
    let (home, server, state) = ashby();
    let planned = plan(&home, &server.address, &VARIABLES).json(4);
    assert_eq!((&planned["counts"]["create"], &planned["counts"]["quarantined"]), (&6.into(), &1.into()), "{planned}");
    let first = apply(&home, &VARIABLES).json(4);
    assert_eq!((&first["sum"]["delivered"], &first["balances"]), (&6.into(), &true.into()), "{first}");
    assert!(
        first["rows"].as_array().expect("rows").iter().filter(|row| row["push"] != "").all(|row| row["state"] == "verified"),
        "{first}"
    );
    let again = plan(&home, &server.address, &VARIABLES).json(4);
    assert_eq!(again["counts"]["unchanged"], 6, "{again}");
    assert_eq!(apply(&home, &VARIABLES).json(4)["sum"]["unchanged"], 6);
    let state = state.lock().expect("no panic");
    assert_eq!((state.feedback.len(), state.fields.len()), (3, 3));
    assert!(state.complaints.is_empty(), "{:#?}", state.complaints);
}

#[test]
fn a_plan_shows_what_stands_there_and_what_moves_after_it_stays_behind() {
    let (home, server, state) = ashby();
    for id in ["13", "14"] {
        state.lock().expect("no panic").fields.insert(id.into(), [("f-score".to_owned(), json!(11))].into());
    }
    let planned = plan(&home, &server.address, &VARIABLES).json(4);
    let update = row(&planned, "13", "fields");
    assert_eq!((&update["change"], &update["values"]["score"]["old"]), (&"update".into(), &11.into()), "{planned}");
    state.lock().expect("no panic").fields.insert("13".into(), [("f-score".to_owned(), json!(12))].into());
    let report = apply(&home, &VARIABLES).json(4);
    let moved = row(&report, "13", "fields");
    assert!(moved["outcome"] == "moved" && moved["reason"].as_str().is_some_and(|why| why.contains("plan again")), "{report}");
    assert_eq!(row(&report, "14", "fields")["outcome"], "delivered");
    assert_eq!(state.lock().expect("no panic").fields["13"]["f-score"], 12, "what moved was not written over");
}

#[test]
fn a_decision_that_changes_after_the_delivery_is_corrected_there() {
    let (home, server, state) = ashby();
    plan(&home, &server.address, &VARIABLES);
    apply(&home, &VARIABLES);
    for decision in ["advance", "hold", "advance"] {
        decide(&home, "c-1", decision, "13");
        let planned = plan(&home, &server.address, &VARIABLES).json(4);
        assert_eq!(
            planned["counts"]["update"].as_u64().unwrap_or(0) + planned["counts"]["create"].as_u64().unwrap_or(0),
            2,
            "{planned}"
        );
        apply(&home, &VARIABLES).json(4);
        assert_eq!(state.lock().expect("no panic").fields["13"]["f-decision"], decision);
    }
}

#[test]
fn the_brake_holds_where_much_would_change_there() {
    let (home, server, state) = ashby();
    plan(&home, &server.address, &VARIABLES);
    apply(&home, &VARIABLES).json(4);
    let all = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
    plan(&home, &server.address, &VARIABLES).json(4);
    let filled = home.run_with(&VARIABLES, &["deliver", "apply", "plan.json", "--json"]).json(4);
    assert_eq!(filled["sum"]["delivered"], 6, "what was empty there is filled, which the brake lets pass: {filled}");
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "hold", id));
    plan(&home, &server.address, &VARIABLES).json(4);
    let braked = home.run_with(&VARIABLES, &["deliver", "apply", "plan.json"]);
    assert!(
        braked.code == Some(1) && braked.err.contains("100% of the rows") && braked.err.contains("--max-change"),
        "{braked:#?}"
    );
    assert_eq!(state.lock().expect("no panic").fields["13"]["f-decision"], "advance");
}

#[test]
fn strange_answers_keep_their_row_back_and_the_rest_arrives() {
    let (home, server, state) = ashby();
    plan(&home, &server.address, &VARIABLES);
    for (code, moods, expected) in [
        (
            4,
            [("0012", Mood::Refuses), ("13", Mood::Login)],
            [("0012", "failed", "field_locked"), ("13", "failed", "page for people")],
        ),
        (4, [("0012", Mood::Half), ("13", Mood::Nothing)], [("0012", "unknown", "broke off"), ("13", "unknown", "nothing more")]),
    ] {
        state.lock().expect("no panic").moods = moods.into_iter().map(|(id, mood)| (id.to_owned(), mood)).collect();
        let report = apply(&home, &VARIABLES).json(code);
        for (id, outcome, why) in expected {
            let row = row(&report, id, "fields");
            assert!(row["outcome"] == outcome && row["reason"].as_str().is_some_and(|reason| reason.contains(why)), "{id}: {row}");
        }
        assert!(matches!(row(&report, "14", "fields")["outcome"].as_str(), Some("delivered" | "unchanged")), "{report}");
        assert_eq!(report["balances"], true, "{report}");
    }
    state.lock().expect("no panic").moods.clear();
    let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--json"];
    let retry = home.run_with(&VARIABLES, &args).json(0);
    assert_eq!(retry["sum"]["delivered"], 2, "{retry}");
    assert_eq!(state.lock().expect("no panic").feedback.len(), 3, "feedback was given once");
}

#[test]
fn what_was_taken_before_the_line_broke_is_found_and_not_sent_again() {
    let (home, server, state) = ashby();
    plan(&home, &server.address, &VARIABLES);
    state.lock().expect("no panic").moods.insert("13".into(), Mood::TakesAndBreaks);
    let report = apply(&home, &VARIABLES).json(4);
    assert_eq!(row(&report, "13", "feedback")["state"], "verified", "{report}");
    assert_eq!(state.lock().expect("no panic").feedback.len(), 3);
}

#[test]
fn a_server_that_asks_for_patience_gets_it() {
    let (home, server, state) = ashby();
    plan(&home, &server.address, &VARIABLES);
    state.lock().expect("no panic").moods.insert("13".into(), Mood::Busy);
    assert_eq!(apply(&home, &VARIABLES).json(4)["sum"]["delivered"], 6);
}

#[test]
fn a_key_follows_no_redirect_to_another_place() {
    let elsewhere = Ats::start(|_| Reply::Json(200, json!({ "success": true })));
    let to = elsewhere.address.clone();
    let server = Ats::start(move |_| Reply::Plain(307, format!("location: {to}/steal\r\n"), String::new()));
    let home = delivered_home();
    own_profile(&home, "ashby");
    let planned = plan(&home, &server.address, &VARIABLES);
    assert!(planned.code == Some(2) && planned.err.contains("another place"), "{planned:#?}");
    assert!(!server.got().is_empty() && elsewhere.got().is_empty(), "{:?}", elsewhere.got());
}

#[test]
fn a_secret_stands_in_no_message_file_or_receipt_even_where_the_server_repeats_it() {
    let (home, server, state) = ashby();
    let mut said = vec![plan(&home, &server.address, &VARIABLES)];
    state.lock().expect("no panic").moods.insert("13".into(), Mood::Echo);
    said.push(
        home.run_with(
            &VARIABLES,
            &["deliver", "apply", "plan.json", "--status-file", "status.json", "--metrics", "m.prom", "--json"],
        ),
    );
    assert!(said[1].out.contains("<secret>"), "{said:#?}");
    let more: [&[&str]; 3] = [&["deliver", "status", "small batch", "--json"], &["audit", "show", "--json"], &["batches"]];
    said.extend(more.map(|args| home.run_with(&[("EARMARK_LOG_LEVEL", "trace")], args)));
    let tells = |text: &str| text.contains(CANARY) || text.contains(&BASIC[6..20]);
    assert!(said.iter().all(|ran| !tells(&ran.out) && !tells(&ran.err)), "{said:#?}");
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()), "{}", path.display());
            }
        }
    }
    let without = plan(&home, &server.address, &VARIABLES[1..]);
    assert!(without.code == Some(3) && without.err.contains("ASHBY_API_KEY is not set"), "{without:#?}");
}

#[test]
fn an_address_is_told_of_the_outcome() {
    let (home, server, _state) = ashby();
    plan(&home, &server.address, &VARIABLES);
    let hook = Ats::start(|_| Reply::Json(200, json!({})));
    let address = format!("{}/hook/kanarie", hook.address);
    let args = ["deliver", "apply", "plan.json", "--webhook", "env:HOOK", "--json"];
    home.run_with(&[&VARIABLES[..], &[("HOOK", &address)]].concat(), &args).json(4);
    let got = hook.got();
    assert_eq!((got.len(), got[0].path.as_str(), &got[0].json()["sum"]["delivered"]), (1, "/hook/kanarie", &json!(6)), "{got:?}");
    let away = home.run_with(&[&VARIABLES[..], &[("HOOK", "http://hooks.example/kanarie")]].concat(), &args);
    assert!(away.code == Some(4) && away.err.contains("--webhook") && !away.err.contains("kanarie"), "{away:#?}");
}

/// Kills at random moments, each time brought to its end: Ashby has each row's fields as they are now, and each feedback once.
fn campaign(kills: usize) {
    use std::process::Stdio;
    use std::time::{Duration, Instant};
    let (home, server, state) = ashby();
    let (mut seed, mut cut_off, mut round, mut longest) =
        (u64::from(std::process::id()) << 20 | 1, 0, 0, Duration::from_millis(300));
    let first = seed;
    // How many feedbacks of the one who is decided about are there.
    let mut given = 0;
    let mut dice = |most: u128| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        u128::from(seed) % most.max(1)
    };
    while cut_off < kills {
        assert!(round < kills * 20, "{cut_off} of {round} runs were cut off (seed {first})");
        let word = ["advance", "hold", "decline"][round % 3];
        home.run(&["decide", "small batch", "c-2", word, "--reason", "so", "--override", "test", "--json"]).json(0);
        assert_eq!(plan(&home, &server.address, &VARIABLES).code, Some(4));
        let mut command = home.command(&["deliver", "apply", "plan.json", "--max-change", "100"]);
        let begun = Instant::now();
        let mut child = command.envs(VARIABLES).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let after = Duration::from_micros(dice(longest.as_micros()) as u64);
        let whole = loop {
            if child.try_wait().expect("it can be asked").is_some() {
                break Some(begun.elapsed());
            }
            if begun.elapsed() >= after {
                child.kill().expect("it is ours to kill");
                child.wait().expect("it ends");
                break None;
            }
            std::thread::yield_now();
        };
        match whole {
            Some(whole) => longest = whole.max(Duration::from_millis(100)),
            None => cut_off += 1,
        }
        let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--json"];
        let mut retry = home.run_with(&VARIABLES, &args);
        if retry.code == Some(4) {
            // The decision went back to what it was, and the feedback of then hides whether the one of now is there: somebody looks.
            let told = retry.json(4);
            let unknown = || told["rows"].as_array().into_iter().flatten().filter(|row| row["outcome"] == "unknown");
            assert!(round >= 3 && unknown().all(|row| row["push"] == "feedback" && row["object"] == "14"), "{told} (seed {first})");
            let there = state.lock().expect("no panic").feedback.iter().filter(|one| one["applicationId"] == "14").count();
            let says: &[&str] = if there > given { &["--arrived", "c-2"] } else { &["--again"] };
            retry = home.run_with(&VARIABLES, &[&args[..], says].concat());
        }
        let retry = retry.json(0);
        assert_eq!(retry["balances"], true, "{retry} (seed {first})");
        // What was killed before it was entered is sent by the next plan.
        plan(&home, &server.address, &VARIABLES);
        apply(&home, &VARIABLES).json(4);
        let state = state.lock().expect("no panic");
        assert_eq!(state.fields["14"]["f-decision"], word, "(seed {first})");
        let mut references: Vec<String> = state
            .feedback
            .iter()
            .map(|one| format!("{} {}", one["applicationId"], one["submittedValues"]["earmark_reference"]))
            .collect();
        let all = references.len();
        given = state.feedback.iter().filter(|one| one["applicationId"] == "14").count();
        assert_eq!(given, round + 1, "each decision once (seed {first})");
        references.sort_unstable();
        references.dedup();
        // Three decisions go round: the same content comes again, and is given again each time.
        assert!(all == given + 2 && references.len() <= 5, "{references:?} (seed {first})");
        assert!(state.complaints.is_empty(), "{:#?}", state.complaints);
        drop(state);
        round += 1;
    }
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert_eq!(status[0]["open"], 0, "{status}");
}

#[test]
fn a_delivery_of_requests_that_is_killed_loses_no_row_and_doubles_none() {
    campaign(5);
}

#[test]
#[ignore = "takes some ten minutes"]
fn two_hundred_kills_of_a_delivery_of_requests_lose_no_row_and_double_none() {
    campaign(200);
}
