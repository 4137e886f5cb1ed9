//! What is kept of each time that an engine was asked, and who is told of it.

use serde_json::{Value, json};

use super::accountable::judged;
use super::engine::{Engine, Reply, completion};
use super::keeping::unzipped;
use super::reading::{is_first, rates, settings, with};
use super::scoring::{seal, speaking};
use crate::home::Home;

fn acts(home: &Home, kind: &str) -> Value {
    home.run(&["audit", "show", "small batch", "--kind", kind, "--json"]).json(0)["acts"].clone()
}

#[test]
fn the_audit_says_who_was_asked_about_what_and_what_came_of_it_with_every_digest() {
    let (_, engine, home) = with(|asked, _| rates(asked, json!(2), "nobody had a guess"), "", 0);
    let asked = acts(&home, "assisted");
    let first = &asked[0];
    assert_eq!((&first["question"], &first["machine"]["by"]), (&json!("q-01"), &json!("reader-7b")), "{first}");
    assert_eq!(first["machine"]["version"], "reader-7b-0613 fp_44");
    assert_eq!(first["machine"]["outcome"], "read");
    let place = first["machine"]["place"].as_str().expect("a place");
    assert!(engine.address.starts_with(place), "{place}");
    for digest in ["prompt", "read", "reply"] {
        assert_eq!(first["machine"][digest].as_str().map(str::len), Some(64), "{digest}: {first}");
    }
    let told = home.run(&["audit", "show", "small batch", "--kind", "assisted"]);
    assert!(told.out.contains("gave the text to reader-7b, version reader-7b-0613 fp_44, at http://127.0.0.1"), "{told:#?}");
    let seen = acts(&home, "shown");
    let of_it = seen.as_array().expect("acts").iter().find(|act| act["machine"]["by"] == "second reader reader-7b").expect("seen");
    assert_eq!((&of_it["question"], of_it["machine"]["statement"].as_str().map(str::len)), (&json!("q-01"), Some(64)), "{of_it}");
}

#[test]
fn what_was_sent_and_what_came_back_is_read_after_the_reveal_alone() {
    let engine = Engine::start(|asked, _| match is_first(asked) {
        true => rates(asked, json!(4), "my guess was the disk"),
        false => completion("I would rate this answer highly."),
    });
    let home = speaking();
    settings(&home, &engine.address, "");
    home.run(&["score", "small batch", "--reader", "model", "--json"]).json(4);
    let exchange = |candidate: &str| home.run(&["audit", "exchange", "small batch", candidate, "q-01", "--json"]);
    let before = exchange("c-1");
    assert!(before.code == Some(1) && before.err.contains("not sealed") && !before.err.contains("guess"), "{before:#?}");
    seal(&home);
    let after = exchange("c-1").json(0);
    let one = &after["exchanges"][0];
    assert!(one["asked"]["messages"][1]["content"].as_str().is_some_and(|asked| asked.contains("disk")), "{after}");
    assert!(one["said"].as_str().is_some_and(|said| said.contains("my guess was the disk")), "{after}");
    assert!(!after.to_string().contains("Amalie"), "the name was never sent");
    let seen = |home: &Home| acts(home, "shown").to_string().matches("word by word").count();
    let count = seen(&home);
    assert!(count >= 1, "that it was seen is written down");
    exchange("c-1").json(0);
    assert_eq!(seen(&home), count, "once");
    // Of a reply that could not be read too.
    assert_eq!(exchange("c-2").json(0)["exchanges"][0]["said"], "I would rate this answer highly.");
    let text = home.run(&["audit", "exchange", "small batch", "c-2", "q-01"]);
    assert!(text.out.contains("Said:\nI would rate this answer highly."), "{text:#?}");
    assert_eq!(exchange("c-3").code, Some(1), "who wants no machine's help is read by none");
}

#[test]
fn who_erases_a_person_is_told_which_engine_got_the_voice_or_the_text_and_the_person_what_it_said() {
    let (_, engine, home) = with(|asked, _| rates(asked, json!(2), "nobody had a guess"), "", 0);
    home.run(&["subject", "export", "c-1", "--out", "all.zip", "--json"]);
    let files = unzipped(&home.path().join("all.zip"));
    let told: Value = serde_json::from_slice(&files["person.json"]).expect("JSON");
    let given = &told["engines"][0];
    assert_eq!((&given["engine"], &given["what"], &given["times"]), (&json!("reader-7b"), &json!("text"), &json!(1)), "{told}");
    assert!(given["place"].as_str().is_some_and(|place| engine.address.starts_with(place)), "{given}");
    let read = &told["submissions"][0]["machine_read"][0];
    assert_eq!((&read["engine"], &read["points"][0]["point"]), (&json!("reader-7b"), &json!(4)), "{told}");
    let said = told["submissions"][0]["machine_said"].to_string();
    assert!(said.contains("second reader reader-7b") && said.contains("coverage"), "{said}");
    let page = String::from_utf8_lossy(&files["index.html"]).into_owned();
    assert!(page.contains("Given to engines") && page.contains("What a machine proposed"), "{page}");
    let dry = home.run(&["subject", "erase", "c-1", "--dry-run"]);
    assert!(dry.out.contains("whoever runs reader-7b, version reader-7b-0613 fp_44, at http://127.0.0.1"), "{dry:#?}");
    let receipt = home.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    assert_eq!(
        (&receipt["engines"][0]["engine"], &receipt["engines"][0]["what"]),
        (&json!("reader-7b"), &json!("text")),
        "{receipt}"
    );
}

#[test]
fn who_wants_no_machines_help_any_more_still_gets_what_a_machine_proposed() {
    let (_, _, home) = with(|asked, _| rates(asked, json!(2), "nobody had a guess"), "", 0);
    super::change(&home, |batch| {
        batch["submissions"][0]["consent"] = json!({ "given": true, "machine_assistance": false });
    });
    assert_eq!(home.run(&["score", "small batch", "--json"]).json(0)["outcomes"]["not allowed"], 1, "it is read no more");
    home.run(&["subject", "export", "c-1", "--out", "all.zip", "--json"]);
    let told: Value = serde_json::from_slice(&unzipped(&home.path().join("all.zip"))["person.json"]).expect("JSON");
    let read = &told["submissions"][0]["machine_read"][0];
    assert_eq!((&read["engine"], &read["points"][0]["point"]), (&json!("reader-7b"), &json!(4)), "{told}");
}

#[test]
fn before_the_reveal_the_person_is_told_who_read_and_not_what_it_said() {
    let engine = Engine::start(|asked, _| rates(asked, json!(4), "my guess was the disk"));
    let home = speaking();
    settings(&home, &engine.address, "");
    home.run(&["score", "small batch", "--reader", "model", "--json"]).json(0);
    home.run(&["subject", "export", "c-1", "--out", "all.zip", "--json"]);
    let told: Value = serde_json::from_slice(&unzipped(&home.path().join("all.zip"))["person.json"]).expect("JSON");
    assert_eq!(
        (&told["engines"][0]["engine"], &told["submissions"][0]["machine_read"]),
        (&json!("reader-7b"), &json!([])),
        "{told}"
    );
}

#[test]
fn an_endpoint_that_sends_on_elsewhere_is_given_up_like_one_that_fails() {
    let engine = Engine::start(|_, _| Reply::Text(302, "location: http://127.0.0.2:9/v1/chat/completions\r\n", String::new()));
    let home = judged(true);
    settings(&home, &engine.address, "at_once = 1");
    let report = home.run(&["score", "Held batch", "--reader", "model", "--json"]).json(4);
    assert_eq!(engine.asked().len(), 6, "{report}");
    assert_eq!(report["outcomes"], json!({ "not taken": 6, "not asked any more": 26 }), "{report}");
}
