//! Addresses that are asked for one by one: each just before its file comes, so that files come while others are asked for.

use serde_json::{Value, json};

use super::host::{Fault, Host};
use super::telling::{begun, next};
use super::{DESCRIPTION, done, fetch, home_of_platform, lines, wav};
use crate::home::Home;

const FILES: usize = 16;

/// A platform that is asked for the address of each recording, five times a second.
fn platform(decide: impl FnMut(&str, usize) -> Fault + Send + 'static) -> (Home, Host) {
    let person = |nth: usize| {
        let answer = json!({"question": "q-01", "file": nth.to_string(), "mime": "audio/wav"});
        json!({"id": format!("p{nth}"), "answers": [answer]})
    };
    let people: Vec<Value> = (0..FILES).map(person).collect();
    let exported = json!({"batch": {"id": "b", "job": "Many", "questions": [{"id": "q-01", "text": "So?"}]}, "candidates": people});
    let links = (0..FILES).map(|nth| (format!("/link/{nth}"), json!({"url": format!("/m/{nth}.wav")}).to_string().into_bytes()));
    let files = (0..FILES).map(|nth| (format!("/m/{nth}.wav"), wav(nth as u32, 10_000)));
    let all = links.chain(files).chain([("/export.json".to_owned(), exported.to_string().into_bytes())]);
    let host = Host::start(all.collect::<Vec<_>>(), decide);
    let home = home_of_platform(&host.address);
    let settings = std::fs::read_to_string(home.path().join(".config/earmark/settings.toml")).expect("it is there");
    home.settings(&format!("{settings}at_once = 1\n"));
    let asks = DESCRIPTION.replace("per_second = 100", "per_second = 5");
    let asks = format!("{asks}\n[media]\nrequest = \"/link/{{file}}\"\naddress = \"/url\"\n");
    std::fs::write(home.path().join(".config/earmark/platform.toml"), asks).expect("written");
    (home, host)
}

fn links(host: &Host) -> usize {
    host.asked().iter().filter(|asked| asked.path.starts_with("/link/")).count()
}

#[test]
fn recordings_come_while_the_addresses_of_others_are_asked_for_and_a_kill_loses_only_what_was_under_way() {
    let (home, host) = platform(|_, _| Fault::None);
    let (mut child, mut told) = begun(&home, &[]);
    next(&mut told, "an arrival", |line| line["event"] == "arrived");
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    let asked = host.asked();
    let first = asked.iter().position(|asked| asked.path.starts_with("/m/")).expect("a recording was asked for");
    let before = asked[..first].iter().filter(|asked| asked.path.starts_with("/link/")).count();
    assert!(before < FILES / 2 && links(&host) < FILES, "{before} addresses were asked for before the first recording: {asked:?}");
    let end = done(&fetch(&home, &[]), 0);
    let files = end["files"].as_u64().expect("a number");
    assert!(files < FILES as u64 && end["arrived"] == files, "it goes on: {end}");
    assert!(links(&host) <= FILES + 8, "nothing that had come is asked for again: {}", links(&host));
}

#[test]
fn an_address_that_is_not_there_costs_its_own_recording_alone_and_one_that_has_run_out_is_asked_for_alone() {
    let (home, host) = platform(|path, nth| match (path, nth) {
        ("/link/3", _) => Fault::Status(404, ""),
        ("/m/5.wav", 0) => Fault::Status(403, ""),
        _ => Fault::None,
    });
    let ran = fetch(&home, &[]);
    let end = done(&ran, 4);
    assert_eq!((&end["arrived"], &end["missing"]), (&json!(FILES - 1), &json!(1)), "{ran:#?}");
    let failed: Vec<Value> = lines(&ran).into_iter().filter(|line| line["event"] == "failed").collect();
    assert!(failed.len() == 1 && failed[0]["place"] == "candidate p3, question q-01", "{failed:?}");
    assert_eq!(links(&host), FILES + 1);
    assert_eq!(host.asked().iter().filter(|asked| asked.path == "/export.json").count(), 1, "what it said is known still");
}
