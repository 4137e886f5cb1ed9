//! The demo where there is no terminal.

use crate::home::Home;

#[test]
fn the_demo_does_its_whole_job_without_a_terminal_and_keeps_the_blind() {
    let home = Home::new();
    let made = home.run(&["demo", "--out", "out"]);
    assert_eq!(made.code, Some(0), "{made:#?}");
    assert!(made.out.contains("fault-finding") && made.out.contains("comparison.csv"), "{made:#?}");
    let wav = std::fs::metadata(home.path().join("out/answer-at-2x.wav")).expect("rendered").len();
    assert!(wav > 1_000_000, "half a minute at 48 kHz: {wav}");
    let csv = std::fs::read_to_string(home.path().join("out/comparison.csv")).expect("written");
    // Two applications of one candidate have a row each; one candidate answered too little to be in the running.
    assert_eq!(csv.lines().count(), 9, "{csv}");
    assert!(!home.path().join(".config/earmark/identity.toml").exists(), "nothing is asked and nobody is made up");

    let again = home.run(&["demo", "--out", "out", "--json"]).json(0);
    assert_eq!(again["csv"], "out/comparison.csv");
    let compared = home.run(&["--demo", "compare", "Support engineer, November 2026", "--json"]).json(0);
    assert_eq!(compared["others"], "hidden", "the reviewer of the demo seals first");
    let panel = home.run(&["--demo", "panel", "Support engineer, November 2026", "--json"]).json(0);
    assert_eq!(panel["ranking"], serde_json::json!([]));
    let status = home.run(&["--demo", "status", "Support engineer, November 2026", "--json"]).json(0);
    assert_eq!(status["questions"][0]["answers"], 7);
    assert_eq!(home.run(&["batches", "--json"]).json(0), serde_json::json!([]), "the real library knows nothing of it");
}
