//! What is told of a run however it ends: what the library knows of every row, and never 0 for what nobody looked at.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Reply};
use super::delivering::{decide, with_drop};
use super::profiles::delivered_home;
use super::requests::{VARIABLES, ashby, own_profile};
use crate::home::{Home, Ran};

const TELLING: [&str; 5] = ["--status-file", "status.json", "--metrics", "m.prom", "--json"];

fn night(home: &Home, to: &str, variables: &[(&str, &str)]) -> Ran {
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", to];
    home.run_with(variables, &[&args[..], &TELLING].concat())
}

fn status(home: &Home) -> Value {
    serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON")
}

/// The metrics by their names, of `rows` by their outcome; each must be of this batch and profile.
fn metrics(home: &Home) -> BTreeMap<String, f64> {
    let text = std::fs::read_to_string(home.path().join("m.prom")).expect("told");
    let sample = |line: &str| {
        let (name, rest) = line.strip_prefix("earmark_delivery_")?.split_once('{')?;
        let (labels, value) = rest.rsplit_once("} ")?;
        let outcome =
            labels.split_once("outcome=\"").map_or(String::new(), |(_, outcome)| outcome.trim_end_matches('"').to_owned());
        Some((format!("{name}{outcome}"), value.parse().ok()?))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect()
}

/// Who is open, and why, as application and push.
fn open(status: &Value) -> BTreeMap<String, String> {
    let of = |row: &Value| {
        let word = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        (format!("{}/{}", word("object"), word("push")), word("reason"))
    };
    status["open"].as_array().expect("rows").iter().map(of).collect()
}

fn away() -> String {
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    format!("http://{gone}")
}

/// The status file, the metrics and what is printed say the same.
fn agree(home: &Home, ran: &Ran) -> Value {
    let (status, printed) = (status(home), serde_json::from_str::<Value>(&ran.out).expect("it is printed"));
    for (name, value) in status.as_object().expect("fields") {
        assert_eq!(&printed[name], value, "{name}");
    }
    assert!(status["exit"] == json!(ran.code), "{status:#}");
    let metrics = metrics(home);
    let counted = |name: &str| status[name].as_array().map(|all| all.len() as f64);
    assert_eq!(metrics.get("open_rows").copied(), counted("open"), "{metrics:?}");
    assert_eq!(metrics.get("withdrawn_rows").copied(), counted("withdrawn"), "{metrics:?}");
    assert_eq!(metrics.get("lost_rows").copied(), status["lost"].as_f64(), "{metrics:?}");
    assert_eq!(metrics.get("selected_rows").copied(), status["sum"]["selected"].as_f64(), "{metrics:?}");
    assert_eq!(metrics["balanced"], f64::from(u8::from(status["balances"] == true)), "{metrics:?}");
    status
}

#[test]
fn what_is_not_there_any_more_is_told_where_the_brake_holds() {
    let (home, server, state) = ashby();
    night(&home, &server.address, &VARIABLES).json(4);
    assert_eq!(agree(&home, &night(&home, &server.address, &VARIABLES))["balances"], true);
    {
        let mut state = state.lock().expect("no panic");
        state.fields.clear();
        state.feedback.clear();
    }
    let braked = night(&home, &server.address, &VARIABLES);
    assert_eq!(braked.code, Some(1), "{braked:#?}");
    let told = agree(&home, &braked);
    assert_eq!((&told["lost"], &told["balances"], &told["sum"]["selected"]), (&json!(6), &json!(false), &json!(7)), "{told:#}");
    let open = open(&told);
    assert_eq!(open.values().filter(|why| why.contains("is not there any more")).count(), 6, "{told:#}");
    assert_eq!(open.len(), 7, "also who is kept back: {told:#}");
    assert!(told["why"].to_string().contains("would change"), "{told:#}");
}

#[test]
fn whoever_would_vanish_from_a_table_is_told_where_the_brake_holds() {
    let home = with_drop();
    let shipped = home.run(&["profile", "show", "spreadsheet"]).out;
    std::fs::write(home.path().join("own.toml"), shipped.replace("[\"ready\"]", "[\"ready\", \"advanced\"]")).expect("written");
    let applications = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
    applications.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
    night(&home, "drop", &[]).json(0);
    applications[..2].iter().for_each(|(candidate, id)| decide(&home, candidate, "decline", id));
    let braked = night(&home, "drop", &[]);
    assert_eq!(braked.code, Some(1), "{braked:#?}");
    let told = agree(&home, &braked);
    assert_eq!((told["withdrawn"].as_array().map(Vec::len), &told["balances"]), (Some(2), &json!(false)), "{told:#}");
    assert!(told["not_ready"].as_array().is_some_and(|all| all.contains(&json!("c-1"))), "{told:#}");
    assert_eq!(told["withdrawn"][0]["would_be_cleared"], true, "nothing of it is yet: {told:#}");
}

#[test]
fn where_the_ats_is_away_every_row_is_open_and_nobody_says_that_none_is_lost() {
    let (home, server, _state) = ashby();
    let to = away();
    let first = night(&home, &to, &VARIABLES);
    assert_eq!(first.code, Some(75), "{first:#?}");
    let told = agree(&home, &first);
    assert_eq!((&told["sum"]["selected"], &told["sum"]["failed"], &told["lost"]), (&json!(7), &json!(6), &Value::Null), "{told:#}");
    let open = open(&told);
    assert!(open["0012/fields"].contains("it was not sent: Could not deliver to"), "{told:#}");
    // What the ledger says to have arrived is told as that, and the run as one that has not looked.
    night(&home, &server.address, &VARIABLES).json(4);
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &server.address];
    let without = home.run_with(&VARIABLES[1..], &[&args[..], &TELLING].concat());
    assert_eq!(without.code, Some(3), "{without:#?}");
    let told = agree(&home, &without);
    assert_eq!((&told["sum"]["unchanged"], &told["lost"], &told["balances"]), (&json!(6), &Value::Null, &json!(false)), "{told:#}");
}

#[test]
fn a_secret_that_is_missing_changes_no_label() {
    let (home, server, _state) = ashby();
    night(&home, &server.address, &VARIABLES).json(4);
    let labels = |home: &Home| {
        let text = std::fs::read_to_string(home.path().join("m.prom")).expect("told");
        let line = text.lines().find(|line| line.starts_with("earmark_delivery_exit_code")).expect("it is there").to_owned();
        line.rsplit_once(' ').expect("a value").0.to_owned()
    };
    let (before, known) = (labels(&home), status(&home));
    assert_eq!(night(&home, &server.address, &VARIABLES[1..]).code, Some(3));
    assert_eq!(labels(&home), before);
    let told = status(&home);
    for name in ["batch", "profile", "profile_hash", "to", "not_ready"] {
        assert_eq!(told[name], known[name], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_is_asked_to_end_tells_of_every_row() {
    let (told, looks) = std::sync::mpsc::channel();
    let (hold, held) = std::sync::mpsc::channel::<()>();
    let (told, held) = (Mutex::new(told), Mutex::new(held));
    let server = Ats::start(move |_| {
        let _ = told.lock().expect("no panic").send(());
        let _ = held.lock().expect("no panic").recv();
        Reply::Nothing
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &server.address];
    let mut command = home.command(&[&args[..], &TELLING].concat());
    let child = command.envs(VARIABLES).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn();
    let child = child.expect("it starts");
    looks.recv().expect("it looks");
    let sent = std::process::Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(sent.expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    let ran = Ran { code: output.status.code(), out: String::from_utf8_lossy(&output.stdout).into_owned(), err: String::new() };
    drop(hold);
    let told = agree(&home, &ran);
    assert_eq!((&told["exit"], &told["sum"]["selected"], &told["lost"]), (&json!(130), &json!(7), &Value::Null), "{told:#}");
    assert!(open(&told)["14/feedback"].contains("it was interrupted"), "{told:#}");
}

#[test]
fn what_went_through_before_a_run_was_cut_off_is_told_as_delivered() {
    let (home, server, state) = ashby();
    let all = Arc::clone(&state);
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", &server.address, "--out", "plan.json", "--json"];
    home.run_with(&VARIABLES, &args).json(4);
    home.run_with(&VARIABLES, &["deliver", "apply", "plan.json", "--json"]).json(4);
    all.lock().expect("no panic").fields.clear();
    home.run_with(&VARIABLES, &args).json(4);
    // A plan that is held by the brake is told as a night is.
    let braked = home.run_with(&VARIABLES, &[&["deliver", "apply", "plan.json", "--max-change", "0"], &TELLING[..]].concat());
    assert_eq!(braked.code, Some(1), "{braked:#?}");
    let told = agree(&home, &braked);
    assert_eq!((&told["lost"], &told["sum"]["unchanged"], &told["sum"]["held"]), (&json!(3), &json!(3), &json!(3)), "{told:#}");
    home.run_with(&VARIABLES, &["deliver", "apply", "plan.json", "--max-change", "100", "--json"]).json(4);
    let retry = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address];
    let told = home.run_with(&VARIABLES, &[&retry[..], &TELLING].concat());
    assert_eq!((told.code, &agree(&home, &told)["lost"]), (Some(0), &Value::Null), "a retry looks at what is open alone");
}

#[test]
fn a_mistake_in_the_settings_does_not_leave_the_green_of_yesterday() {
    let home = with_drop();
    let shipped = home.run(&["profile", "show", "generic-csv"]).out;
    std::fs::write(home.path().join("own.toml"), shipped).expect("written");
    home.run(&["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop", "--out", "plan.json"]);
    night(&home, "drop", &[]).json(4);
    home.settings("[network]\ntimeout = \"3s\"\n");
    let commands: [&[&str]; 3] = [
        &["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop", "--notify", "cat > told.json"],
        &["deliver", "apply", "plan.json"],
        &["deliver", "retry", "small batch", "--profile", "own.toml", "--to", "drop"],
    ];
    for command in commands {
        ["status.json", "m.prom"].iter().for_each(|file| std::fs::remove_file(home.path().join(file)).expect("it was there"));
        let ran = home.run(&[command, &TELLING].concat());
        assert_eq!(ran.code, Some(2), "{ran:#?}");
        let told = agree(&home, &ran);
        assert!(told["why"].to_string().contains("timeout") && told["profile"] == "generic-csv", "{told:#}");
        assert_eq!((&told["sum"], &told["open"], &told["withdrawn"]), (&Value::Null, &Value::Null, &Value::Null), "{told:#}");
        assert_eq!(metrics(&home)["exit_code"], 2.0);
    }
    let notified = std::fs::read_to_string(home.path().join("told.json")).expect("told");
    assert!(notified.contains("\"exit\": 2"), "{notified}");
    let looked = home.run(&["deliver", "status", "small batch"]);
    assert_eq!(looked.code, Some(2), "{looked:#?}");
}
