//! What an ATS acknowledged and does not show is never given twice by itself, whatever its lists look like.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Got, Reply};
use super::profiles::delivered_home;
use super::requests::{Ashby, Mood, VARIABLES, apply, own_profile, plan};
use crate::home::{Home, Ran};

/// What a list of feedback is turned into before it is shown.
type Shows = fn(Value) -> Value;

/// An Ashby that shows its lists of feedback in some way of its own.
fn showing(shows: Shows) -> (Home, Ats, Arc<Mutex<Ashby>>, Arc<Mutex<Shows>>) {
    let (state, way): (Arc<Mutex<Ashby>>, _) = (Arc::default(), Arc::new(Mutex::new(shows)));
    let (of_server, shown) = (Arc::clone(&state), Arc::clone(&way));
    let server = Ats::start(move |got: &Got| match of_server.lock().expect("no panic").serve(got) {
        Reply::Json(200, answer) if got.path == "/applicationFeedback.list" => {
            Reply::Json(200, (shown.lock().expect("no panic"))(answer))
        }
        reply => reply,
    });
    let home = delivered_home();
    own_profile(&home, "ashby");
    (home, server, state, way)
}

fn retry(home: &Home, to: &str, more: &[&str]) -> Ran {
    let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", to, "--json"];
    home.run_with(&VARIABLES, &[&args[..], more].concat())
}

fn without_reference(mut answer: Value) -> Value {
    for one in answer["results"].as_array_mut().into_iter().flatten() {
        one["submittedValues"].as_object_mut().expect("values").remove("earmark_reference");
    }
    answer
}

fn nothing(answer: Value) -> Value {
    let mut answer = answer;
    answer["results"] = json!([]);
    answer
}

fn unreadable(answer: Value) -> Value {
    let mut answer = answer;
    let count = answer["results"].as_array().map_or(0, Vec::len);
    answer["results"] = json!(vec![json!("x"); count]);
    answer
}

fn valueless(mut answer: Value) -> Value {
    for one in answer["results"].as_array_mut().into_iter().flatten() {
        one["submittedValues"] = Value::Null;
    }
    answer
}

#[test]
fn what_was_acknowledged_and_is_not_shown_stays_unknown_until_somebody_has_looked() {
    for shows in [without_reference as Shows, nothing, unreadable, valueless] {
        let (home, server, state, _) = showing(shows);
        plan(&home, &server.address, &VARIABLES).json(4);
        apply(&home, &VARIABLES);
        for _night in 0..2 {
            let told = retry(&home, &server.address, &[]);
            assert!(told.out.contains("--arrived CANDIDATE"), "{told:#?}");
            plan(&home, &server.address, &VARIABLES);
            apply(&home, &VARIABLES);
        }
        assert_eq!(state.lock().expect("no panic").feedback.len(), 3, "each was given once");
        let told = retry(&home, &server.address, &["--arrived", "c-1", "--arrived", "c-2"]).json(0);
        assert_eq!(told["sum"]["delivered"], 3, "{told}");
        // What a person has seen is not asked about again, and is not given again.
        assert_eq!(retry(&home, &server.address, &[]).json(0)["sum"]["selected"], 0);
        assert_eq!(plan(&home, &server.address, &VARIABLES).json(4)["counts"]["unchanged"], 6);
        assert_eq!(apply(&home, &VARIABLES).json(4)["sum"]["unchanged"], 6);
        assert_eq!(state.lock().expect("no panic").feedback.len(), 3);
    }
}

#[test]
fn a_list_that_lags_behind_is_looked_at_again_the_next_night() {
    let (home, server, state, way) = showing(nothing);
    plan(&home, &server.address, &VARIABLES).json(4);
    apply(&home, &VARIABLES);
    *way.lock().expect("no panic") = |answer| answer;
    assert_eq!(retry(&home, &server.address, &[]).json(0)["sum"]["delivered"], 3);
    assert_eq!(state.lock().expect("no panic").feedback.len(), 3);
}

#[test]
fn what_could_not_be_looked_for_when_it_was_taken_and_is_not_shown_later_is_not_given_again() {
    let (home, server, state, way) = showing(|_| json!({ "success": false }));
    *way.lock().expect("no panic") = |answer| answer;
    plan(&home, &server.address, &VARIABLES).json(4);
    // The first looks are those before anything is sent.
    state.lock().expect("no panic").blind_after = Some(3);
    let report = apply(&home, &VARIABLES).json(4);
    assert!(report["rows"].as_array().expect("rows").iter().any(|row| row["state"] == "accepted"), "{report:#}");
    state.lock().expect("no panic").blind_after = None;
    *way.lock().expect("no panic") = nothing;
    for _night in 0..2 {
        assert!(retry(&home, &server.address, &[]).out.contains("--arrived CANDIDATE"));
    }
    assert_eq!(state.lock().expect("no panic").feedback.len(), 3);
    *way.lock().expect("no panic") = |answer| answer;
    assert_eq!(retry(&home, &server.address, &[]).json(0)["sum"]["delivered"], 3);
}

#[test]
fn what_broke_off_is_not_sent_again_where_nobody_can_tell_whose_the_entries_are() {
    for (shows, is_sent_again) in [(without_reference as Shows, false), (valueless, false), (of_another_form, true)] {
        let (home, server, state, _) = showing(shows);
        plan(&home, &server.address, &VARIABLES).json(4);
        state.lock().expect("no panic").moods.insert("13".into(), Mood::TakesAndBreaks);
        apply(&home, &VARIABLES);
        state.lock().expect("no panic").moods.clear();
        retry(&home, &server.address, &[]);
        let of_13 = state.lock().expect("no panic").feedback.iter().filter(|one| one["applicationId"] == "13").count();
        assert_eq!(of_13, if is_sent_again { 2 } else { 1 });
    }
}

/// Everything that is there was given by another form than ours.
fn of_another_form(answer: Value) -> Value {
    let mut answer = without_reference(answer);
    for one in answer["results"].as_array_mut().into_iter().flatten() {
        one["feedbackFormDefinitionId"] = json!("form-2");
    }
    answer
}
