//! Batches that are refused, or cannot be had: each fetch names them until they come, and the others come meanwhile.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::host::{Fault, Host};
use super::hub::{Served, fetch as fetch_team, home_of_hub, token};
use super::{done, fetch, home_of_platform, lines, wav};
use crate::commands::bundle;
use crate::home::{Home, Ran};

/// A platform that lists its batches with the time of their last change.
const LISTED: &str = r#"
source = "tests-platform"
per_second = 100

[list]
request = "/batches"
items = "/results"
id = "/key"
title = "/title"
changed = "/updated_at"

[batch]
request = "/batches/{batch}"
fields = { id = "/key", title = "/title", region = "/region" }

[questions]
items = "/questions"
fields = { id = "/id", prompt = "/text" }

[submissions]
items = "/people"
fields = { "candidate.id" = "/id", region = "/region" }

[answers]
items = "/answers"
fields = { question = "/question", file = "/file", mime = "/mime" }
"#;

fn batch(nth: usize, region: Value) -> Value {
    let answer = json!({"question": "q-01", "file": format!("/m/{nth}.wav"), "mime": "audio/wav"});
    json!({
        "key": format!("L{nth}"), "title": format!("List {nth}"), "region": region, "questions": [{"id": "q-01", "text": "So?"}],
        "people": [{"id": format!("p-{nth}"), "answers": [answer]}],
    })
}

/// A platform of so many batches, of which each is changed as `with` says.
fn platform(
    number: usize,
    mut with: impl FnMut(usize, &mut Value),
    decide: impl FnMut(&str, usize) -> Fault + Send + 'static,
) -> (Home, Host) {
    let listed = (1..=number).map(|nth| json!({"key": format!("L{nth}"), "title": format!("List {nth}"), "updated_at": "1"}));
    let mut files = vec![("/batches".to_owned(), json!({"results": listed.collect::<Vec<_>>()}).to_string().into_bytes())];
    for nth in 1..=number {
        let mut one = batch(nth, Value::Null);
        with(nth, &mut one);
        files.push((format!("/batches/L{nth}"), one.to_string().into_bytes()));
        files.push((format!("/m/{nth}.wav"), wav(nth as u32, 20_000)));
    }
    let host = Host::start(files, decide);
    let home = home_of_platform(&host.address);
    std::fs::write(home.path().join(".config/earmark/platform.toml"), LISTED).expect("written");
    (home, host)
}

fn settings(home: &Home) -> String {
    std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there")
}

/// The problems of a fetch that ended so: their codes and places.
fn named(ran: &Ran, code: i32) -> Vec<(String, String)> {
    assert_eq!(ran.code, Some(code), "{ran:#?}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let problems = lines(ran).into_iter().filter(|line| line["event"] == "problem").map(|line| line["problem"].clone());
    problems.map(|problem| (text(&problem["code"]), text(&problem["place"]))).collect()
}

fn pair(code: &str, place: &str) -> (String, String) {
    (code.to_owned(), place.to_owned())
}

#[test]
fn a_batch_that_was_refused_for_its_region_is_named_each_time_and_comes_once_the_region_is_allowed() {
    let region = |nth, one: &mut Value| match nth {
        1 => one["region"] = json!("us"),
        2 => one["people"][0]["region"] = json!("us"),
        _ => {}
    };
    let (home, host) = platform(3, region, |_, _| Fault::None);
    let all = settings(&home);
    home.settings(&format!("regions = \"eu\"\n{all}"));
    let refused = [pair("region", "batch List 1"), pair("region", "candidate p-2")];
    for time in 0..3 {
        let told = named(&fetch(&home, &[]), 4);
        assert!(refused.iter().all(|one| told.contains(one)), "fetch {time}: {told:?}");
    }
    let asked = |path: &str| host.asked().iter().filter(|asked| asked.path == path).count();
    assert_eq!(
        (asked("/batches/L3"), asked("/m/1.wav")),
        (1, 0),
        "what was taken is not read again, what is refused is not fetched"
    );
    home.settings(&format!("regions = \"eu,us\"\n{all}"));
    let would = done(&fetch(&home, &["--dry-run"]), 0);
    assert_eq!(would["files"], json!(2), "{would}");
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], json!(2));
    assert_eq!(done(&fetch(&home, &[]), 0)["summary"], json!("nothing new"));
    assert_eq!((asked("/batches/L1"), asked("/batches/L2"), asked("/batches/L3")), (5, 5, 1));
}

#[test]
fn a_batch_of_a_hub_that_was_refused_for_its_region_comes_once_the_region_is_allowed() {
    let team = Home::new();
    bundle::write(team.path());
    let path = team.path().join("bundle/batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("it is there")).expect("JSON");
    document["region"] = json!("us");
    std::fs::write(&path, document.to_string()).expect("written");
    team.run(&["import", "bundle", "--json"]).json(0);
    let (served, token) = (Served::of(&team, &[]), token(&team, "berlin", &[]));
    let mine = home_of_hub(&served.address);
    let all = settings(&mine);
    mine.settings(&format!("regions = \"eu\"\n{all}"));
    for time in 0..3 {
        let told = named(&fetch_team(&mine, &token), 4);
        assert!(told.iter().any(|(code, _)| code == "region"), "fetch {time}: {told:?}");
    }
    mine.settings(&format!("regions = \"eu, us\"\n{all}"));
    assert_eq!(done(&fetch_team(&mine, &token), 0)["answers"], json!(5));
    assert_eq!(done(&fetch_team(&mine, &token), 0)["summary"], json!("nothing new"));
}

#[test]
fn a_batch_that_is_another_sources_is_named_each_time() {
    let (home, _host) = platform(1, |_, _| {}, |_, _| Fault::None);
    let all = settings(&home);
    home.settings(&format!("{all}{}", all.replace("source.platform", "source.second")));
    done(&fetch(&home, &[]), 0);
    for time in 0..2 {
        let second = home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &["fetch", "second", "--json"]);
        assert_eq!(named(&second, 4), [pair("foreign", "batch List 1")], "fetch {time}");
    }
    let adopted = home.run_with(&[("PLATFORM_TOKEN", "kanarie")], &["fetch", "second", "--adopt", "List 1", "--json"]);
    assert_eq!(adopted.code, Some(0), "{adopted:#?}");
}

#[test]
fn one_bad_batch_is_named_and_asked_for_again_and_all_others_come() {
    let mended = Arc::new(AtomicBool::new(false));
    let is_mended = mended.clone();
    let decide = move |path: &str, _: usize| match path == "/batches/L4" && !is_mended.load(Ordering::Relaxed) {
        true => Fault::Status(403, ""),
        false => Fault::None,
    };
    let bad = |nth, one: &mut Value| {
        if nth == 2 {
            *one = json!({"batch": {}});
        }
    };
    let (home, host) = platform(5, bad, decide);
    let first = fetch(&home, &[]);
    assert_eq!(done(&first, 4)["arrived"], json!(3), "the others come: {first:#?}");
    assert_eq!(named(&first, 4), [pair("unread", "batch List 2"), pair("unread", "batch List 4")]);
    assert!(
        first.out.contains("has no list where the description looks for it") && first.out.contains("does not allow"),
        "{first:#?}"
    );
    mended.store(true, Ordering::Relaxed);
    let second = fetch(&home, &[]);
    assert_eq!((named(&second, 4), &done(&second, 4)["arrived"]), (vec![pair("unread", "batch List 2")], &json!(1)));
    let asked = |path: &str| host.asked().iter().filter(|asked| asked.path == path).count();
    assert_eq!((1..=5).map(|nth| asked(&format!("/batches/L{nth}"))).collect::<Vec<_>>(), [1, 2, 1, 2, 1]);
}

#[test]
fn a_source_that_wants_to_be_left_alone_is_left_alone_says_until_when_and_what_came_is_kept() {
    let busy = Arc::new(AtomicUsize::new(0));
    let is_busy = busy.clone();
    let decide = move |path: &str, _: usize| match path == "/batches/L2" && is_busy.fetch_add(1, Ordering::Relaxed) == 0 {
        true => Fault::Status(429, "retry-after: 100000\r\n"),
        false => Fault::None,
    };
    let (home, _host) = platform(6, |_, _| {}, decide);
    let first = fetch(&home, &[]);
    assert_eq!(done(&first, 75)["arrived"], json!(1), "{first:#?}");
    let places = ["batch List 2", "batch List 3", "batch List 4", "list"].map(|place| pair("later", place));
    assert_eq!(named(&first, 75), places, "nobody is asked again and again");
    assert!(first.out.contains("answered 429 and asks to be left alone until 2"), "{first:#?}");
    assert!(first.out.contains("2 more were not asked for"), "{first:#?}");
    assert_eq!(done(&fetch(&home, &[]), 0)["arrived"], json!(5));
}

#[test]
fn a_listing_that_lets_in_and_batches_that_do_not_is_a_source_that_does_not() {
    let denied = |path: &str, _: usize| if path.starts_with("/batches/") { Fault::Status(401, "") } else { Fault::None };
    let (home, host) = platform(9, |_, _| {}, denied);
    let ran = fetch(&home, &[]);
    assert!(ran.code == Some(3) && ran.err.contains("does not know the token"), "{ran:#?}");
    assert_eq!(host.asked().len(), 4, "three are enough: {:?}", host.asked());
}

#[test]
fn an_answer_that_is_too_long_is_read_once_and_told() {
    let (home, nothing) = platform(0, |_, _| {}, |_, _| Fault::None);
    let listed = json!({"results": [{"key": "L1", "title": "List 1", "updated_at": "1"}]}).to_string().into_bytes();
    let files = [("/batches".to_owned(), listed), ("/batches/L1".to_owned(), vec![b' '; (32 << 20) + 1])];
    let host = Host::start(files, |_, _| Fault::None);
    home.settings(&settings(&home).replace(&nothing.address, &host.address));
    let ran = fetch(&home, &[]);
    assert_eq!(named(&ran, 4), [pair("unread", "batch List 1")]);
    assert!(ran.out.contains("answers with more than 33554432 bytes"), "{ran:#?}");
    assert_eq!(host.asked().iter().filter(|asked| asked.path == "/batches/L1").count(), 1);
}
