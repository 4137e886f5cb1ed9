//! Nights that nobody watches: one row keeps no other back, and whoever is told is told of this night, however it ended.

use std::process::Stdio;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::delivering::decide;
use super::profiles::delivered_home;
use super::requests::{Ashby, Mood, VARIABLES, ashby, own_profile, row};
use crate::home::{Home, Ran};

fn args<'a>(to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", to, "--status-file", "status.json", "--json"];
    [&args[..], more].concat()
}

fn night(home: &Home, to: &str) -> Ran {
    home.run_with(&VARIABLES, &args(to, &[]))
}

fn status(home: &Home) -> Value {
    serde_json::from_slice(&std::fs::read(home.path().join("status.json")).expect("told")).expect("JSON")
}

#[test]
fn a_row_that_is_refused_every_night_keeps_no_other_back_and_says_why() {
    for (mood, why) in [(Mood::Refuses, "field_locked"), (Mood::Login, "page for people")] {
        let (home, server, state) = ashby();
        state.lock().expect("no panic").moods.insert("0012".into(), mood);
        for decision in ["advance", "hold", "decline"] {
            decide(&home, "c-2", decision, "14");
            let report = night(&home, &server.address).json(4);
            assert_eq!(row(&report, "14", "fields")["outcome"], "delivered", "{report:#}");
            assert_eq!(state.lock().expect("no panic").fields["14"]["f-decision"], decision);
            let status = status(&home);
            let open = status["open"].as_array().expect("rows").iter().find(|row| row["object"] == "0012").expect("it is named");
            assert!(open["reason"].as_str().is_some_and(|reason| reason.contains(why)), "{status:#}");
            assert_eq!((&status["exit"], &status["why"]), (&json!(4), &json!([])), "{status:#}");
        }
        let tried = |got: &&Got| got.path == "/customField.setValues" && got.json()["objectId"] == "0012";
        assert_eq!(server.got().iter().filter(tried).count(), 3, "once a night");
        let ledger = home.run(&["deliver", "status", "small batch", "--json"]).json(4);
        let entry = ledger[0]["entries"].as_array().expect("entries").iter().find(|entry| entry["state"] == "failed").expect("one");
        assert!(entry["why"].as_str().is_some_and(|reason| reason.contains(why)), "{ledger:#}");
        assert!(home.run(&["deliver", "status", "small batch"]).out.contains(why));
        state.lock().expect("no panic").moods.clear();
        assert_eq!(row(&night(&home, &server.address).json(4), "0012", "fields")["outcome"], "delivered");
        let ledger = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
        assert!(ledger[0]["entries"].as_array().expect("entries").iter().all(|entry| entry["why"].is_null()), "{ledger:#}");
    }
}

#[test]
fn rows_that_were_let_pass_and_refused_are_no_new_change() {
    for (mood, outcome) in [(Mood::Refuses, "failed"), (Mood::Nothing, "unknown")] {
        let (home, server, state) = ashby();
        let all = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
        all.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
        night(&home, &server.address).json(4);
        state.lock().expect("no panic").moods.extend(["13", "0012"].map(|id| (id.to_owned(), mood)));
        all.iter().for_each(|(candidate, id)| decide(&home, candidate, "hold", id));
        assert_eq!(night(&home, &server.address).code, Some(1), "three of three would change");
        let passed = home.run_with(&VARIABLES, &args(&server.address, &["--max-change", "100"])).json(4);
        assert_eq!(row(&passed, "13", "fields")["outcome"], outcome, "{passed:#}");
        decide(&home, "c-2", "decline", "14");
        let report = night(&home, &server.address).json(4);
        assert_eq!(row(&report, "14", "fields")["outcome"], "delivered", "{report:#}");
    }
}

#[test]
fn a_host_that_asks_for_patience_after_it_took_something_is_not_away() {
    let state: Arc<Mutex<Ashby>> = Arc::default();
    let mut writes = 0;
    let server = Ats::start(move |got| {
        writes += usize::from(got.path == "/customField.setValues");
        match writes > 1 && got.path == "/customField.setValues" {
            true => Reply::Plain(429, "retry-after: 300\r\n".into(), String::new()),
            false => state.lock().expect("no panic").serve(got),
        }
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    let report = night(&home, &server.address).json(4);
    assert!(report["sum"]["delivered"].as_u64().is_some_and(|count| count > 0), "{report:#}");
    assert!(report["open"].to_string().contains("for 300 s"), "{report:#}");
}

#[test]
fn a_row_that_waits_for_a_person_keeps_no_other_back() {
    let (home, server, state) = ashby();
    state.lock().expect("no panic").moods.insert("0012".into(), Mood::Forgets);
    for decision in ["advance", "hold"] {
        decide(&home, "c-2", decision, "14");
        let report = night(&home, &server.address).json(4);
        assert_eq!(row(&report, "0012", "feedback")["outcome"], "unknown", "{report:#}");
        assert_eq!(row(&report, "14", "feedback")["outcome"], "delivered", "{report:#}");
    }
    let ledger = home.run(&["deliver", "status", "small batch", "--json"]).json(4);
    assert!(ledger.to_string().contains("it says that it took it"), "{ledger:#}");
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", &server.address];
    assert!(home.run_with(&VARIABLES, &args).err.contains("c-1 0012 feedback: it may be there already"));
}

#[test]
fn a_night_in_which_nothing_could_be_done_does_not_leave_the_green_of_yesterday() {
    let (home, server, _state) = ashby();
    night(&home, &server.address).json(4);
    // Nobody listens there any more.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port");
    let away = night(&home, &format!("http://{gone}"));
    assert_eq!(away.code, Some(75), "{away:#?}");
    let told = status(&home);
    assert!(told["exit"] == 75 && told["why"].to_string().contains("Could not"), "{told:#}");
    let without = home.run_with(&VARIABLES[1..], &args(&server.address, &[]));
    assert_eq!((without.code, &status(&home)["exit"]), (Some(3), &json!(3)), "{without:#?}");
    std::fs::write(home.path().join("own.toml"), "schema = 1\n").expect("written");
    assert_eq!((night(&home, &server.address).code, &status(&home)["exit"]), (Some(2), &json!(2)));
}

#[cfg(unix)]
#[test]
fn a_night_that_is_asked_to_end_says_so() {
    for signal in ["TERM", "INT", "HUP"] {
        let (told, looks) = channel();
        let (hold, held) = channel::<()>();
        let (told, held) = (Mutex::new(told), Mutex::new(held));
        let server = Ats::start(move |_| {
            let _ = told.lock().expect("no panic").send(());
            let _ = held.lock().expect("no panic").recv();
            Reply::Nothing
        });
        let home = delivered_home();
        own_profile(&home, "ashby");
        let mut command = home.command(&args(&server.address, &[]));
        let mut child = command.envs(VARIABLES).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        looks.recv().expect("it looks");
        let sent = std::process::Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.expect("kill is there").success());
        assert_eq!(child.wait().expect("it ends").code(), Some(130), "{signal}");
        let told = status(&home);
        assert!(told["exit"] == 130 && told["why"].to_string().contains("interrupted"), "{told:#}");
        drop(hold);
    }
}

#[test]
fn two_nights_that_begin_at_the_same_minute_take_turns() {
    let (state, first): (Arc<Mutex<Ashby>>, Arc<Mutex<bool>>) = (Arc::default(), Arc::new(Mutex::new(true)));
    let (told, looks) = channel();
    let (hold, held) = channel::<()>();
    let server = Ats::start(move |got| {
        if std::mem::take(&mut *first.lock().expect("no panic")) {
            let _ = told.send(());
            let _ = held.recv();
        }
        state.lock().expect("no panic").serve(got)
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    let spawn = |args: &[&str]| {
        let mut command = home.command(args);
        command.envs(VARIABLES).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts")
    };
    let mut one = spawn(&args(&server.address, &[]));
    looks.recv().expect("it looks");
    let other = ["deliver", "nightly", "small batch", "--profile", "generic-csv", "--to", "drop"];
    let refused = home.run(&[&other[..], &["--wait", "0"]].concat());
    assert!(refused.code == Some(75) && refused.err.contains("another earmark"), "{refused:#?}");
    let mut two = spawn(&other);
    hold.send(()).expect("it waits");
    assert_eq!((one.wait().expect("it ends").code(), two.wait().expect("it ends").code()), (Some(4), Some(4)));
}

#[test]
fn one_row_of_which_the_ats_never_says_anything_does_not_make_it_one_that_is_away() {
    let state: Arc<Mutex<Ashby>> = Arc::default();
    let of_server = Arc::clone(&state);
    let server = Ats::start(move |got| match got.path == "/application.info" && got.json()["applicationId"] == "0012" {
        true => Reply::Plain(500, String::new(), String::new()),
        false => of_server.lock().expect("no panic").serve(got),
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    for good in ["delivered", "unchanged"] {
        let report = night(&home, &server.address).json(4);
        assert_eq!((&report["sum"][good], &row(&report, "0012", "fields")["outcome"]), (&json!(5), &json!("failed")), "{report:#}");
    }
}

/// Gives the profile its patience with lists that lag.
fn patient(home: &Home) {
    let path = home.path().join("own.toml");
    let text = std::fs::read_to_string(&path).expect("there").replace("again_after = \"0s\"\n", "");
    std::fs::write(path, text).expect("written");
}

#[test]
fn what_was_cut_off_is_not_sent_again_before_a_list_that_lags_may_show_it() {
    let (home, server, state) = ashby();
    patient(&home);
    // It takes the feedback, the line breaks, and its list does not show it so far.
    state.lock().expect("no panic").moods.insert("13".into(), Mood::Breaks);
    let sent = || {
        let is_it = |got: &&Got| got.path == "/applicationFeedback.submit" && got.json()["applicationId"] == "13";
        server.got().iter().filter(is_it).count()
    };
    night(&home, &server.address).json(4);
    state.lock().expect("no panic").moods.clear();
    let so_far = sent();
    for _ in 0..3 {
        let report = night(&home, &server.address).json(4);
        let waits = row(&report, "13", "feedback");
        assert!(waits["outcome"] == "unknown" && waits["reason"].as_str().is_some_and(|why| why.contains("not listed so far")));
    }
    assert_eq!(sent(), so_far, "it is looked for, and not sent");
    let retry = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &server.address, "--json"];
    // Whoever has looked knows better.
    let again = home.run_with(&VARIABLES, &[&retry[..], &["--again-row", "13/feedback"]].concat()).json(0);
    assert_eq!((&again["sum"]["delivered"], sent()), (&json!(1), so_far + 1), "{again:#}");
}

#[test]
fn two_entries_under_one_reference_are_named_until_one_is_taken_away() {
    let (home, server, state) = ashby();
    night(&home, &server.address).json(4);
    let double = state.lock().expect("no panic").feedback.iter().find(|one| one["applicationId"] == "13").cloned();
    state.lock().expect("no panic").feedback.extend(double);
    for more in [&[][..], &["--overwrite-moved"], &[]] {
        let report = home.run_with(&VARIABLES, &args(&server.address, more)).json(4);
        let doubled = row(&report, "13", "feedback");
        assert!(doubled["outcome"] == "moved" && doubled["reason"].to_string().contains("2 entries of it"), "{report:#}");
        assert!(status(&home)["open"].to_string().contains("2 entries of it"));
        assert_eq!(state.lock().expect("no panic").feedback.len(), 4, "nothing was sent");
    }
    state.lock().expect("no panic").feedback.pop();
    assert_eq!(night(&home, &server.address).json(4)["sum"]["unchanged"], 6);
}
