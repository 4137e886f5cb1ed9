//! What a platform says by itself: kept, and told to nobody before the reveal.

use serde_json::{Value, json};

use super::{bundle, rate_all};
use crate::home::Home;

/// Stands in every statement.
const CANARY: &str = "canary-5c1e";

/// The small batch, whose platform says something of the first candidate and of the first answer.
fn stated() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let file = bundle::write(home.path()).join("batch.json");
    let mut batch: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    batch["submissions"][0]["statements"] =
        json!([{ "kind": "summary", "says": format!("{CANARY} Amalie Testperson was calm."), "by": "model 2" }]);
    batch["submissions"][0]["answers"][0]["statements"] = json!([
        { "kind": "score", "says": format!("4.50 {CANARY}") },
        { "kind": "left-page", "from_ms": 1_000, "to_ms": 3_000, "by": CANARY },
    ]);
    std::fs::write(&file, batch.to_string()).expect("written");
    let told = home.run(&["import", "bundle", "--json"]).json(0);
    assert_eq!(told["problems"], json!([]));
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    home
}

const QUESTIONS: [&[&str]; 13] = [
    &["batches", "--json"],
    &["status", "small batch", "--json"],
    &["compare", "small batch", "--json"],
    &["compare", "small batch", "--all", "--json"],
    &["search", "small batch", "canary-5c1e", "--json"],
    &["panel", "small batch", "--json"],
    &["score", "small batch", "--json"],
    &["export", "small batch", "--json"],
    &["export", "small batch", "--shape", "long"],
    &["analytics", "small batch", "--json"],
    &["document", "small batch", "c-1", "--json"],
    &["audit", "show", "small batch", "--json"],
    &["report", "small batch", "--out", "report.html"],
];

fn told_anywhere(home: &Home) -> Vec<String> {
    let mut told = Vec::new();
    for question in QUESTIONS {
        let ran = home.run(question);
        told.extend([ran.out, ran.err]);
    }
    told.push(std::fs::read_to_string(home.path().join("report.html")).unwrap_or_default());
    told
}

#[test]
fn before_the_reveal_no_word_of_a_platform_is_told_and_after_it_as_the_platforms() {
    let home = stated();
    rate_all(&home);
    for args in [&["statements", "small batch"][..], &["statements", "small batch", "c-1", "--json"]] {
        let ran = home.run(args);
        assert_eq!(ran.code, Some(1), "{ran:#?}");
        assert!(!ran.out.contains(CANARY) && !ran.err.contains(CANARY), "{ran:#?}");
        assert!(ran.err.contains("once your own ratings of this batch are sealed") || ran.out.contains("sealed"), "{ran:#?}");
    }
    // Of whom the platform says nothing, the same is told: not even that is known before.
    assert_eq!(home.run(&["statements", "small batch", "c-2"]).err, home.run(&["statements", "small batch", "c-1"]).err);
    for told in told_anywhere(&home) {
        // A phrase that was asked for is repeated; nothing is found by it.
        let told = told.replace(&format!("\"phrase\":\"{CANARY}\""), "");
        assert!(!told.contains(&format!("4.50 {CANARY}")) && !told.contains(&format!("{CANARY} ")), "{told}");
    }
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let ran = home.run(&["statements", "small batch"]);
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    assert!(ran.out.contains("Said by test, not by a reviewer."), "{}", ran.out);
    assert!(ran.out.contains(&format!("q-01, score: 4.50 {CANARY}")), "{}", ran.out);
    assert!(ran.out.contains(&format!("q-01, left-page at 0:01 to 0:03 ({CANARY})")), "{}", ran.out);
    assert!(!ran.out.contains("Amalie"), "the name is hidden: {}", ran.out);
    let told = home.run(&["statements", "small batch", "c-1", "--json"]).json(0);
    assert_eq!((&told["platform"], told["candidates"][0]["statements"].as_array().map(Vec::len)), (&json!("test"), Some(3)));
    let acts = home.run(&["audit", "show", "small batch", "--json"]);
    assert!(acts.out.contains("platform: test"), "that they were seen is written down: {}", acts.out);
}

#[test]
fn what_a_platform_said_is_not_taken_back_by_its_silence() {
    let home = stated();
    let file = home.path().join("bundle/batch.json");
    let mut batch: Value = serde_json::from_slice(&std::fs::read(&file).expect("written")).expect("JSON");
    batch["submissions"][0].as_object_mut().expect("a record").remove("statements");
    batch["submissions"][0]["answers"][0]["statements"] = json!([{ "kind": "score", "says": "5" }]);
    std::fs::write(&file, batch.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let told = home.run(&["statements", "small batch", "c-1", "--json"]).json(0);
    let statements = told["candidates"][0]["statements"].as_array().expect("a list");
    let kinds: Vec<&Value> = statements.iter().map(|one| &one["kind"]).collect();
    assert_eq!((kinds, &statements[1]["says"]), (vec![&json!("summary"), &json!("score")], &json!("5")), "{told}");
}

#[test]
fn who_asks_for_everything_gets_what_the_platform_said_or_is_told_that_it_is_not_in_it_yet() {
    let home = stated();
    let export = |name: &str| home.run(&["subject", "export", "c-1", "--out", name, "--json"]);
    let before = export("before.zip").json(4);
    assert!(before["absent"].to_string().contains("what the platform says by itself"), "{before}");
    let parcel = |name: &str| super::keeping::unzipped(&home.path().join(name));
    assert!(!parcel("before.zip").values().any(|bytes| String::from_utf8_lossy(bytes).contains(CANARY)));
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    assert_eq!(export("after.zip").json(0)["absent"], json!([]));
    for (name, times) in [("person.json", 3), ("index.html", 3)] {
        let text = String::from_utf8_lossy(&parcel("after.zip")[name]).into_owned();
        assert_eq!(text.matches(CANARY).count(), times, "{name}: {text}");
    }
}
