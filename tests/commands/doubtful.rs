//! Answers that say nothing, or no: what is called delivered stands there, and what is cut off early is brought to its end.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};

use super::ats::{Ats, Got, Reply};
use super::contracts::{Complaints, home_with, strict};
use super::delivering::with_drop;
use super::profiles::delivered_home;
use super::requests::{Ashby, VARIABLES, apply, own_profile, plan, row};
use crate::home::{Home, Ran};

/// How a server answers while it is in a mood.
type Mood = fn() -> Reply;

fn empty(status: u16) -> Reply {
    Reply::Plain(status, String::new(), String::new())
}

fn retry(home: &Home, to: &str, variables: &[(&str, &str)]) -> Ran {
    home.run_with(variables, &["deliver", "retry", "small batch", "--profile", "own.toml", "--to", to, "--json"])
}

/// The outcomes of the rows that could be sent.
fn outcomes(report: &Value) -> Vec<&str> {
    let rows = report["rows"].as_array().expect("rows").iter().filter(|row| row["outcome"] != "quarantined");
    rows.filter_map(|row| row["outcome"].as_str()).collect()
}

/// A place for uploads that answers a PUT by a mood, and keeps nothing while it has one.
struct Inbox {
    mood: Option<Mood>,
    /// Whether it shows what lies there.
    shows: bool,
    files: BTreeMap<String, Vec<u8>>,
}

impl Inbox {
    fn serve(&mut self, got: &Got) -> Option<Reply> {
        match (got.verb.as_str(), self.mood) {
            ("PUT", Some(mood)) => Some(mood()),
            ("PUT", None) => {
                self.files.insert(got.path.clone(), got.body.clone());
                Some(empty(201))
            }
            ("HEAD" | "GET", _) if !self.shows => Some(empty(405)),
            ("HEAD" | "GET", _) => Some(match self.files.get(&got.path) {
                Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
                None => empty(404),
            }),
            _ => None,
        }
    }
}

fn inbox(shows: bool) -> (Home, Ats, Complaints, Arc<Mutex<Inbox>>) {
    let inbox = Arc::new(Mutex::new(Inbox { mood: None, shows, files: BTreeMap::new() }));
    let of_server = Arc::clone(&inbox);
    let (server, complaints) = strict(move |got| of_server.lock().expect("no panic").serve(got));
    let home = delivered_home();
    let text = home.run(&["profile", "show", "generic-csv"]).out;
    std::fs::write(home.path().join("own.toml"), text).expect("written");
    (home, server, complaints, inbox)
}

#[test]
fn an_upload_counts_where_it_lies_there_or_was_acknowledged_and_not_by_a_status() {
    let moods: [(Mood, bool, &str); 4] = [
        (|| Reply::Json(200, json!({ "success": false, "errors": ["full"] })), true, "failed"),
        (|| empty(200), true, "unknown"),
        (|| empty(201), true, "unknown"),
        (|| empty(200), false, "unknown"),
    ];
    for (mood, shows, expected) in moods {
        let (home, server, complaints, inbox) = inbox(shows);
        let to = format!("{}/in/", server.address);
        assert_eq!(plan(&home, &to, &[]).json(4)["counts"]["create"], 3);
        inbox.lock().expect("no panic").mood = Some(mood);
        let report = apply(&home, &[]);
        assert!(report.code != Some(0), "{report:#?}");
        let report: Value = serde_json::from_str(&report.out).expect("JSON");
        assert_eq!(outcomes(&report), [expected; 3], "shows {shows}: {report:#}");
        assert!(retry(&home, &to, &[]).code != Some(0), "nothing has changed there");
        inbox.lock().expect("no panic").mood = None;
        // What may have been taken waits for whoever looks.
        let again = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &to, "--again", "--json"];
        let again = if expected == "unknown" { home.run(&again) } else { retry(&home, &to, &[]) };
        assert_eq!(again.json(0)["sum"]["delivered"], 3);
        assert!(complaints.lock().expect("no panic").is_empty(), "{complaints:#?}");
        let inbox = inbox.lock().expect("no panic");
        assert_eq!(inbox.files.keys().filter(|name| name.ends_with(".csv")).count(), 1, "{:?}", inbox.files.keys());
    }
}

/// A Greenhouse that answers writes by a mood, and keeps nothing while it has one.
#[derive(Default)]
struct Greenhouse {
    mood: Option<Mood>,
    fields: BTreeMap<String, Map<String, Value>>,
    attachments: Vec<Value>,
}

impl Greenhouse {
    fn serve(&mut self, got: &Got) -> Option<Reply> {
        if got.path == "/token" {
            return Some(Reply::Json(200, json!({ "access_token": "gh", "expires_in": 3600 })));
        }
        let body = got.json();
        match (got.verb.as_str(), got.path.split('?').next()?) {
            ("PATCH" | "POST", _) if self.mood.is_some() => self.mood.map(|mood| mood()),
            ("PATCH", path) => {
                let id = path.strip_prefix("/v3/applications/")?.to_owned();
                let fields = self.fields.entry(id.clone()).or_default();
                for one in body["custom_fields"].as_array()? {
                    fields.insert(one["name_key"].as_str()?.to_owned(), one["value"].clone());
                }
                Some(Reply::Json(200, json!({ "id": id })))
            }
            ("GET", "/v3/applications") => {
                let id = got.path.strip_prefix("/v3/applications?ids=")?;
                Some(Reply::Json(200, json!([{ "id": id, "custom_fields": self.fields.get(id) }])))
            }
            ("POST", "/v3/attachments") => {
                self.attachments.push(body);
                Some(Reply::Json(201, json!({ "id": 1 })))
            }
            ("GET", "/v3/attachments") => {
                let id = got.path.strip_prefix("/v3/attachments?application_ids=")?.strip_suffix("&per_page=500")?;
                Some(Reply::Json(200, self.attachments.iter().filter(|one| one["application_id"] == id).cloned().collect()))
            }
            _ => None,
        }
    }
}

const GREENHOUSE: [(&str, &str); 3] =
    [("GREENHOUSE_CLIENT_ID", "gh-id"), ("GREENHOUSE_CLIENT_SECRET", "gh-secret"), ("GREENHOUSE_USER_ID", "7")];

fn greenhouse() -> (Home, Ats, Arc<Mutex<Greenhouse>>) {
    let state: Arc<Mutex<Greenhouse>> = Arc::default();
    let of_server = Arc::clone(&state);
    let (server, _) = strict(move |got| of_server.lock().expect("no panic").serve(got));
    let home = home_with("greenhouse-v3");
    let path = home.path().join("own.toml");
    let text = std::fs::read_to_string(&path).expect("there").replace("https://auth.greenhouse.io", &server.address);
    std::fs::write(&path, text).expect("written");
    (home, server, state)
}

#[test]
fn greenhouse_has_taken_what_stands_there_and_what_it_only_seemed_to_take_is_sent_again_where_that_does_no_harm() {
    let moods: [(Mood, &str); 3] = [
        (|| Reply::Json(200, json!({ "success": false, "errors": ["locked"] })), "failed"),
        (|| empty(200), "unknown"),
        (|| Reply::Json(200, json!({ "id": 1 })), "unknown"),
    ];
    for (mood, expected) in moods {
        let (home, server, state) = greenhouse();
        plan(&home, &server.address, &GREENHOUSE).json(4);
        state.lock().expect("no panic").mood = Some(mood);
        let report = apply(&home, &GREENHOUSE);
        let report: Value = serde_json::from_str(&report.out).expect("JSON");
        assert_eq!(outcomes(&report), [expected; 6], "{report:#}");
        state.lock().expect("no panic").mood = None;
        let mut delivered = retry(&home, &server.address, &GREENHOUSE);
        if delivered.code != Some(0) {
            // Fields are set again; a page that was acknowledged would be there twice.
            assert!(delivered.out.contains("look for it there") && state.lock().expect("no panic").attachments.is_empty());
            let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--again", "--json"];
            delivered = home.run_with(&GREENHOUSE, &args);
            assert_eq!(delivered.json(0)["sum"]["delivered"], 3);
        } else {
            assert_eq!(delivered.json(0)["sum"]["delivered"], 6);
        }
        let state = state.lock().expect("no panic");
        assert_eq!((state.fields.len(), state.attachments.len()), (3, 3));
    }
}

#[test]
fn what_was_delivered_and_is_gone_is_no_longer_called_unchanged() {
    let (home, server, state) = greenhouse();
    plan(&home, &server.address, &GREENHOUSE).json(4);
    assert_eq!(apply(&home, &GREENHOUSE).json(4)["sum"]["delivered"], 6);
    state.lock().expect("no panic").attachments.clear();
    let planned = plan(&home, &server.address, &GREENHOUSE).json(4);
    assert_eq!((&planned["counts"]["create"], &planned["counts"]["unchanged"]), (&3.into(), &3.into()), "{planned:#}");
    assert!(row(&planned, "13", "scorecard")["reason"].as_str().is_some_and(|why| why.contains("not there any more")));
    assert_eq!(apply(&home, &GREENHOUSE).json(4)["sum"]["delivered"], 3);
    assert_eq!(state.lock().expect("no panic").attachments.len(), 3);
    assert_eq!(plan(&home, &server.address, &GREENHOUSE).json(4)["counts"]["unchanged"], 6);
}

/// An Ashby whose looks fail while they are to.
fn blind_ashby(path: &'static str, answer: Mood) -> (Home, Ats, Arc<Mutex<bool>>) {
    let (state, is_blind): (Arc<Mutex<Ashby>>, Arc<Mutex<bool>>) = (Arc::default(), Arc::default());
    let of_server = Arc::clone(&is_blind);
    let server = Ats::start(move |got| match got.path == path && *of_server.lock().expect("no panic") {
        true => answer(),
        false => state.lock().expect("no panic").serve(got),
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    (home, server, is_blind)
}

#[test]
fn rows_that_could_not_be_looked_at_stay_open_until_retry_has_sent_them() {
    let (home, server, is_blind) = blind_ashby("/application.info", || empty(503));
    plan(&home, &server.address, &VARIABLES).json(4);
    *is_blind.lock().expect("no panic") = true;
    let report = apply(&home, &VARIABLES).json(4);
    assert_eq!((&report["sum"]["delivered"], &report["sum"]["failed"]), (&3.into(), &3.into()), "{report:#}");
    assert_eq!(row(&report, "13", "fields")["state"], "planned", "{report:#}");
    assert_eq!(retry(&home, &server.address, &VARIABLES).code, Some(75));
    let status = home.run(&["deliver", "status", "small batch", "--profile", "own.toml", "--json"]).json(4);
    assert_eq!(status[0]["open"], 3, "{status:#}");
    home.run(&["deliver", "status", "small batch", "--profile", "generic-csv", "--json"]).json(0);
    *is_blind.lock().expect("no panic") = false;
    assert_eq!(retry(&home, &server.address, &VARIABLES).json(0)["sum"]["delivered"], 3);
    assert_eq!(retry(&home, &server.address, &VARIABLES).json(0)["sum"]["selected"], 0);
}

#[test]
fn what_is_killed_while_it_reads_is_finished_by_retry() {
    let (state, is_mute): (Arc<Mutex<Ashby>>, Arc<Mutex<bool>>) = (Arc::default(), Arc::default());
    let (told, looks) = channel();
    let (hold, held) = channel::<()>();
    let (of_server, mute) = (Arc::clone(&state), Arc::clone(&is_mute));
    let server = Ats::start(move |got| {
        if *mute.lock().expect("no panic") {
            // The look is told to us, and is not answered while we hold it.
            let _ = told.send(());
            let _ = held.recv();
            return Reply::Nothing;
        }
        of_server.lock().expect("no panic").serve(got)
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    plan(&home, &server.address, &VARIABLES).json(4);
    *is_mute.lock().expect("no panic") = true;
    let mut command = home.command(&["deliver", "apply", "plan.json"]);
    let mut child = command.envs(VARIABLES).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    looks.recv().expect("it looks");
    child.kill().expect("it is ours to kill");
    child.wait().expect("it ends");
    *is_mute.lock().expect("no panic") = false;
    drop(hold);
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(4);
    assert_eq!(status[0]["open"], 6, "{status:#}");
    assert_eq!(retry(&home, &server.address, &VARIABLES).json(0)["sum"]["delivered"], 6);
    assert_eq!(state.lock().expect("no panic").feedback.len(), 3);
}

#[test]
fn a_plan_that_could_not_read_what_is_there_says_so_and_a_folder_that_is_missing_is_refused() {
    let (home, server, is_blind) = blind_ashby("/application.info", || Reply::Json(200, json!({ "success": false })));
    *is_blind.lock().expect("no panic") = true;
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", &server.address, "--out", "plan.json"];
    let planned = home.run_with(&VARIABLES, &args);
    assert_eq!(planned.code, Some(4), "{planned:#?}");
    assert_eq!(planned.err.matches("what is there was not read").count(), 3, "{planned:#?}");
    assert!(planned.out.contains("feedback") && planned.out.contains("fields"), "each by its push: {planned:#?}");
    for to in ["/nowhere/at/all/", "ftp://drop.example/in/", "http://ann:kanarie@127.0.0.1:1/in/"] {
        let ran = home.run(&["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", to, "--out", "other.json"]);
        assert!(ran.code == Some(2) && !ran.err.contains("kanarie"), "{to}: {ran:#?}");
        assert!(!home.path().join("other.json").exists(), "{to}");
    }
}

#[test]
fn a_host_that_asks_for_more_patience_than_there_is_is_left_alone_by_the_next_run_too() {
    let state: Arc<Mutex<Ashby>> = Arc::default();
    let server = Ats::start(move |got| match got.path.as_str() {
        "/customField.setValues" => Reply::Plain(429, "retry-after: 300\r\n".into(), String::new()),
        _ => state.lock().expect("no panic").serve(got),
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    let text = std::fs::read_to_string(home.path().join("own.toml")).expect("there");
    let slow =
        text.lines().map(|line| if line.starts_with("at_once") { "at_once = 1" } else { line }).collect::<Vec<_>>().join("\n");
    std::fs::write(home.path().join("own.toml"), slow).expect("written");
    plan(&home, &server.address, &VARIABLES).json(4);
    let report = apply(&home, &VARIABLES).json(75);
    let writes = || {
        server
            .got()
            .iter()
            .filter(|got| ["/customField.setValues", "/applicationFeedback.submit"].contains(&got.path.as_str()))
            .count()
    };
    assert_eq!(writes(), 1, "nothing went out after the first 429");
    let planned = report["rows"].as_array().expect("rows").iter().filter(|row| row["state"] == "planned").count();
    assert_eq!(planned, 5, "{report:#}");
    let reasons: Vec<&str> = report["rows"].as_array().expect("rows").iter().filter_map(|row| row["reason"].as_str()).collect();
    assert!(reasons.iter().any(|why| why.contains("for 300 s")) && reasons.iter().any(|why| why.contains("left alone until")));
    let before = server.got().len();
    let again = retry(&home, &server.address, &VARIABLES);
    assert!(again.code == Some(75) && again.out.contains("left alone until"), "{again:#?}");
    let planned = plan(&home, &server.address, &VARIABLES);
    assert!(planned.code == Some(75) && planned.err.contains("left alone until"), "{planned:#?}");
    assert_eq!(server.got().len(), before, "the next run asks for nothing");
}

#[test]
fn a_place_for_uploads_that_asks_for_patience_is_left_alone_too() {
    let (home, server, _, inbox) = inbox(true);
    let to = format!("{}/in/", server.address);
    plan(&home, &to, &[]).json(4);
    inbox.lock().expect("no panic").mood = Some(|| Reply::Plain(429, "retry-after: 4000\r\n".into(), String::new()));
    apply(&home, &[]).json(75);
    let before = server.got().len();
    let again = retry(&home, &to, &[]);
    assert!(again.code == Some(75) && again.out.contains("left alone until"), "{again:#?}");
    assert_eq!(server.got().len(), before, "the next run asks for nothing");
}

#[test]
fn who_could_not_be_told_of_a_run_makes_it_good_in_part_alone() {
    let home = with_drop();
    let args = ["deliver", "plan", "small batch", "--profile", "spreadsheet", "--to", "drop", "--out", "plan.json"];
    assert_eq!(home.run(&args).code, Some(0));
    let deaf = Ats::start(|_| Reply::Plain(404, String::new(), String::new()));
    let webhook = format!("{}/hook", deaf.address);
    for (telling, named) in [
        (["--status-file", "nowhere/status.json"], "status.json"),
        (["--notify", "exit 7"], "--notify"),
        (["--webhook", &webhook], "--webhook"),
    ] {
        let args = [&["deliver", "apply", "plan.json", "--metrics", "m.prom"], &telling[..]].concat();
        let ran = home.run(&args);
        assert!(ran.code == Some(4) && ran.err.contains(named), "{ran:#?}");
        let told = [&args[..], &["--notify", "cat > told.json"], &["--json"]].concat();
        if named == "status.json" {
            let printed = home.run(&told).json(4);
            let told: Value = serde_json::from_slice(&std::fs::read(home.path().join("told.json")).expect("told")).expect("JSON");
            assert!(told["exit"] == 4 && told["why"].to_string().contains("status.json"), "{told:#}");
            assert_eq!(printed["why"], told["why"]);
        } else {
            let printed = home.run(&[&args[..], &["--status-file", "status.json", "--json"]].concat()).json(4);
            let told: Value = serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON");
            assert!(told["exit"] == 4 && told["why"].to_string().contains(named) && told["why"] == printed["why"], "{told:#}");
        }
        let metrics = std::fs::read_to_string(home.path().join("m.prom")).expect("written");
        assert!(metrics.lines().any(|line| line.starts_with("earmark_delivery_exit_code{") && line.ends_with(" 4")), "{metrics}");
    }
    assert_eq!(home.run(&["deliver", "apply", "plan.json", "--metrics", "m.prom"]).code, Some(0));
}

#[test]
fn an_export_in_which_nobody_is_ready_is_no_success() {
    let home = super::attached();
    let ran = home.run(&["export", "small batch", "--out", "table.csv"]);
    assert_eq!(ran.code, Some(5), "{ran:#?}");
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    assert_eq!(home.run(&["export", "small batch", "--profile", "generic-csv", "--out", "drop"]).code, Some(5));
}

/// What a place for uploads keeps of a table.
type Keeps = fn(&[u8]) -> Vec<u8>;

#[test]
fn an_upload_that_was_cut_off_is_finished_by_the_next_night_and_another_file_only_where_somebody_says_so() {
    for is_cut_off in [true, false] {
        let files: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
        let keeps: Arc<Mutex<Keeps>> = Arc::new(Mutex::new(|_| b"somebody else's".to_vec()));
        let (of_server, kept) = (Arc::clone(&files), Arc::clone(&keeps));
        let server = Ats::start(move |got| {
            let mut files = of_server.lock().expect("no panic");
            if got.verb == "PUT" {
                let keeps = *kept.lock().expect("no panic");
                let bytes = if got.path.ends_with(".csv") { keeps(&got.body) } else { got.body.clone() };
                files.insert(got.path.clone(), bytes);
                return empty(200);
            }
            match files.get(&got.path) {
                Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
                None => empty(404),
            }
        });
        let home = delivered_home();
        let text = home.run(&["profile", "show", "generic-csv"]).out;
        std::fs::write(home.path().join("own.toml"), text).expect("written");
        let to = format!("{}/in/", server.address);
        let deliver = |command: &str, more: &[&str]| {
            let args = ["deliver", command, "small batch", "--profile", "own.toml", "--to", &to, "--json"];
            home.run(&[&args[..], more].concat())
        };
        // Told by the night that sent it, and by the next one, which sends nothing over it.
        for _ in 0..2 {
            let told = deliver("nightly", &[]).json(4);
            let why = told["open"].to_string();
            let named = ["--replace", "--arrived", "perhaps an upload that was cut off"];
            assert!(told["sum"]["unknown"] == 3 && named.iter().all(|word| why.contains(word)), "{told:#}");
        }
        let puts: Vec<Got> = server.got().into_iter().filter(|got| got.verb == "PUT" && got.path.ends_with(".csv")).collect();
        let [sent] = puts.as_slice() else { panic!("{puts:?}") };
        *keeps.lock().expect("no panic") = |bytes| bytes.to_vec();
        let report = if is_cut_off {
            files.lock().expect("no panic").insert(sent.path.clone(), sent.body[..10].to_vec());
            deliver("nightly", &[]).json(4)
        } else {
            deliver("retry", &["--replace"]).json(0)
        };
        assert_eq!((&report["sum"]["delivered"], &report["sum"]["unknown"]), (&3.into(), &0.into()), "{report:#}");
        assert_eq!(files.lock().expect("no panic")[&sent.path], sent.body);
    }
}

#[test]
fn what_says_that_all_of_a_file_is_there_is_put_beside_it_once_it_was_seen_there() {
    for (keeps, outcome) in [(10, "failed"), (usize::MAX, "delivered")] {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let server = Ats::start(move |got| match got.verb.as_str() {
            "PUT" => {
                files.insert(got.path.clone(), got.body.iter().take(keeps).copied().collect());
                empty(200)
            }
            _ => match files.get(&got.path) {
                Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
                None => empty(404),
            },
        });
        let home = delivered_home();
        let text = home.run(&["profile", "show", "generic-csv"]).out;
        let text = text.replace("[deliver]\n", "[deliver]\ndone_marker = \"{filename}.done\"\n");
        std::fs::write(home.path().join("own.toml"), text).expect("written");
        plan(&home, &format!("{}/in/", server.address), &[]).json(4);
        let report: Value = serde_json::from_str(&apply(&home, &[]).out).expect("JSON");
        assert_eq!(outcomes(&report), [outcome; 3], "{report:#}");
        let put = |end: &str| server.got().iter().any(|got| got.verb == "PUT" && got.path.ends_with(end));
        let is_there = outcome == "delivered";
        assert_eq!((put(".manifest.json"), put(".done")), (is_there, is_there), "{report:#}");
    }
}
