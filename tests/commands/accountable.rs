//! The second reader is held to account: one that fails is switched off for the batch, drift is told, and exports say what was seen.

use serde_json::{Value, json};

use super::engine::{Asked, Engine, completion};
use super::reading::settings;
use super::scoring::{seal, speaking};
use crate::home::Home;

pub(super) const RUBRIC: &str = r#"
format = 1
id = "held"
version = "1.0.0"
title = "Held to account"
language = "en"
[scale]
min = 1
max = 5
[protocol]
preset = "light"
[[question]]
id = "q-01"
prompt = "Tell us about a fault whose cause nobody knew."
  [[question.criterion]]
  id = "diagnosis"
  name = "Systematic diagnosis"
  look_for = [{ text = "a guess", words = ["guess"] }, { text = "a test", words = ["rule out"] }]
    [question.criterion.anchors]
    1 = "Tries fixes at random."
    3 = "Checks one idea after the other."
    5 = "Tests rival ideas and says what would have refuted each."
"#;

/// Thirty-two written answers; people and the embedded reader see them the same way, or the other way round.
pub(super) fn judged(people_agree: bool) -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let submission = |nth: usize| {
        let text = match nth % 2 {
            0 => format!("I had a guess about pump {nth}, and a test on 3 machines could rule out the rest."),
            _ => format!("There was somebody who had a guess about number {}.", nth * 7),
        };
        json!({ "candidate": { "id": format!("c-{nth:02}"), "name": format!("Testperson {nth}") }, "status": "completed",
            "answers": [{ "question": "q-01", "kind": "text", "text": text }] })
    };
    let document = json!({ "format": 1, "source": "test", "id": "held", "title": "Held batch",
        "interview": { "language": "en", "questions": [{ "id": "q-01", "prompt": "Tell us about a fault whose cause nobody knew." }] },
        "submissions": (0..32).map(submission).collect::<Vec<_>>() });
    let folder = home.path().join("bundle");
    std::fs::create_dir_all(&folder).expect("a folder can be made");
    std::fs::write(folder.join("batch.json"), document.to_string()).expect("written");
    std::fs::write(home.path().join("held.toml"), RUBRIC).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "Held batch", "held.toml", "--yes", "--json"]).json(0);
    for nth in 0..32 {
        let value = if (nth % 2 == 0) == people_agree { "5" } else { "3" };
        let rated = home.run(&["rate", "Held batch", &format!("c-{nth:02}"), "q-01", "diagnosis", value]);
        assert_eq!(rated.code, Some(0), "{rated:#?}");
    }
    home.run(&["seal", "Held batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home
}

#[test]
fn a_second_reader_that_fails_is_switched_off_for_the_batch_and_says_why() {
    let home = judged(false);
    let report = home.run(&["score", "Held batch", "--evaluate", "--json"]).json(0);
    assert_eq!(report["evaluations"][0]["verdict"]["verdict"], "fails", "{report}");
    // While it is off its points show nowhere: not in the list of where it differs either.
    assert_eq!(report["disagreements"], json!([]), "{report}");
    assert!(report["second_reader_off"].as_str().is_some_and(|why| why.contains("kappa")), "{report}");
    let told = home.run(&["score", "Held batch", "--evaluate"]);
    assert!(told.out.contains("no list of where it differs") && !told.out.contains("its quote"), "{told:#?}");
    assert!(super::events(&home).iter().all(|(kind, body)| kind != "shown" || body["statement"].is_null()), "nothing was seen");
    let scored = home.run(&["score", "Held batch", "--json"]).json(0);
    assert!(scored["second_reader_off"].as_str().is_some_and(|why| why.contains("kappa")), "{scored}");
    assert!(scored["answers"].as_array().expect("answers").iter().all(|one| one.get("second_reader").is_none()));
    let told = home.run(&["score", "Held batch"]);
    assert!(told.out.contains("It is switched off for this batch, because it fails"), "{told:#?}");
    assert!(!told.out.contains("its quote"), "{told:#?}");
}

#[test]
fn a_written_answer_is_read_and_not_skimmed() {
    let skim = judged(true).run(&["skim", "Held batch", "c-00", "q-01"]);
    assert!(skim.code == Some(5) && skim.err.contains("it is read, not skimmed"), "{skim:#?}");
    assert!(!skim.err.contains("transcribe"), "{skim:#?}");
}

#[test]
fn one_that_agrees_with_people_stays_on() {
    let scored = judged(true).run(&["score", "Held batch", "--json"]).json(0);
    assert_eq!(scored["second_reader_off"], Value::Null, "{scored}");
    assert!(scored["answers"].as_array().expect("answers").iter().all(|one| one["second_reader"]["outcome"] == "read"));
}

#[test]
fn what_another_version_said_before_is_told_beside_it() {
    let version = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(1));
    let now = version.clone();
    let engine = Engine::start(move |asked: &Asked, _| {
        let criterion = asked.told()["criteria"][0]["id"].clone();
        let is_first = asked.told()["transcript"].as_str().is_some_and(|said| said.contains("disk"));
        let said = if is_first { "my guess was the disk" } else { "nobody had a guess" };
        let version = now.load(std::sync::atomic::Ordering::SeqCst);
        let point = 1 + version;
        let text = json!({ "ratings": [{ "criterion": criterion, "point": point, "quote": said, "why": "" }] }).to_string();
        let super::engine::Reply::Text(status, more, body) = completion(&text) else { unreachable!("it is a text") };
        super::engine::Reply::Text(status, more, body.replace("reader-7b-0613", &format!("reader-7b-{version}")))
    });
    let home = speaking();
    settings(&home, &engine.address, "");
    seal(&home);
    home.run(&["score", "small batch", "--reader", "model", "--json"]).json(0);
    version.store(2, std::sync::atomic::Ordering::SeqCst);
    home.run(&["score", "small batch", "--reader", "model", "--again", "--json"]).json(0);
    let report = home.run(&["score", "small batch", "--reader", "model", "--evaluate", "--json"]).json(0);
    let drift = report["drift"].as_array().expect("drift");
    assert_eq!(
        (drift.len(), &drift[0]["version"], &drift[0]["same"]["value"]),
        (1, &json!("reader-7b-1 fp_44"), &json!(0.0)),
        "{report}"
    );
    let told = home.run(&["score", "small batch", "--reader", "model", "--evaluate"]);
    assert!(told.out.contains("Beside reader-7b, version reader-7b-1 fp_44"), "{told:#?}");
    // In points also where nothing varies, and with a verdict in words.
    assert_eq!(drift[0]["points"]["value"], json!(1.0), "{report}");
    assert!(told.out.contains("mean difference 1.00 points"), "{told:#?}");
    assert!(told.out.contains("Whether it drifted cannot be told: 2 points were given by both, 30 are needed"), "{told:#?}");
}

#[test]
fn an_export_says_what_reviewers_saw_of_machines_with_version_and_digest() {
    let home = speaking();
    seal(&home);
    let cell = |home: &Home| {
        let exported = home.run(&["export", "small batch", "--shape", "wide"]);
        assert_eq!(exported.code, Some(0), "{exported:#?}");
        let mut reader = csv::Reader::from_reader(exported.out.trim_start_matches('\u{feff}').as_bytes());
        let at = reader.headers().expect("a header").iter().position(|name| name == "machine_assistance").expect("the column");
        reader.records().map(|row| row.expect("a row")[at].to_owned()).collect::<Vec<_>>()
    };
    let before = cell(&home);
    assert!(before.iter().all(|one| !one.contains("second reader")), "{before:?}");
    home.run(&["score", "small batch", "--json"]).json(0);
    let after = cell(&home);
    let marked = after
        .iter()
        .filter(|one| one.contains("transcript; second reader embedded 6 (") || one.contains("second reader embedded 6 ("));
    assert_eq!(marked.count(), 2, "{after:?}");
    // Who sees nothing new adds nothing.
    home.run(&["score", "small batch"]);
    assert_eq!(cell(&home), after);
}
