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

    let me = home.run(&["--demo", "identity", "--json"]).json(0);
    assert_eq!(me["label"], "Demo reviewer", "{me}");
    assert_eq!(home.run(&["--demo", "identity", "--label", "Mara"]).code, Some(2), "the demo's reviewer stays who it is");
    let key = home.run(&["--demo", "doctor", "--json"]).out;
    assert!(!key.contains("config/earmark/library.key"), "the demo has a key of its own: {key}");

    // Who has begun to review sees no more of the colleagues here than anywhere.
    let read = home.run(&["--demo", "rubric", "show", "--batch", "Support engineer, November 2026", "--acknowledge"]);
    assert_eq!(read.code, Some(0), "{read:#?}");
    let begun = home.run(&["demo", "--out", "out"]);
    assert!(begun.out.contains("as you see it"), "{begun:#?}");
    let csv = std::fs::read_to_string(home.path().join("out/comparison.csv")).expect("written");
    assert_eq!(csv.lines().count(), 1, "{csv}");

    let anew = home.run(&["demo", "--reset", "--out", "out"]);
    assert_eq!(anew.code, Some(0), "nobody has it on a screen: {anew:#?}");
    let csv = std::fs::read_to_string(home.path().join("out/comparison.csv")).expect("written");
    assert_eq!(csv.lines().count(), 9, "as if nothing had been begun: {csv}");

    // Who began the demo does not silently become someone else.
    let reviewer = home.path().join(".config/earmark/demo/identity.toml");
    std::fs::rename(&reviewer, reviewer.with_extension("away")).expect("it lies there");
    let batch = "Support engineer, November 2026";
    let commands: [&[&str]; 4] = [
        &["--demo", "tag", batch, "s-01", "call"],
        &["--demo", "status", batch],
        &["--demo", "identity"],
        &["demo", "--out", "out"],
    ];
    for args in commands {
        for own in [false, true] {
            if own {
                home.run(&["identity", "--label", "Mara"]);
            }
            // The user's identity is another person's.
            let shown_as_another = own && args == ["--demo", "identity"];
            let gone = home.run(args);
            if !shown_as_another {
                assert!(gone.code == Some(3) && gone.err.contains("someone has worked in the demo"), "{args:?} {gone:#?}");
            }
            assert!(!reviewer.exists(), "{args:?}");
            let _ = std::fs::remove_file(home.identity());
        }
    }
    std::fs::rename(reviewer.with_extension("away"), &reviewer).expect("it goes back");

    // A new key would open nothing, and would stand in the way of the right one.
    let key = home.path().join(".config/earmark/demo/library.key");
    std::fs::rename(&key, key.with_extension("away")).expect("it lies there");
    let gone = home.run(&["demo"]);
    assert!(gone.code == Some(3) && gone.err.contains("demo's key is not in"), "{gone:#?}");
    assert!(!key.exists());
}
