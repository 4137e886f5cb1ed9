//! What is lost or written over only when someone said so.

use super::{attached, rate_all, sealed};

#[test]
fn a_lost_identity_does_not_silently_become_another_person() {
    let home = attached();
    let before = home.run(&["identity", "--json"]).json(0);
    let kept = std::fs::read(home.identity()).expect("it was made");
    std::fs::remove_file(home.identity()).expect("it was there");
    let label = [("EARMARK_REVIEWER_LABEL", "Mara")];
    let commands: [&[&str]; 4] = [
        &["rate", "small batch", "c-1", "1", "diagnosis", "3"],
        &["status", "small batch"],
        &["identity"],
        &["identity", "--label", "Mara"],
    ];
    for args in commands {
        let refused = home.run_with(&label, args);
        assert_eq!(refused.code, Some(3), "{refused:#?}");
        assert!(refused.err.contains("identity --new") && refused.err.contains("another person"), "{refused:#?}");
        assert!(!home.identity().exists(), "{args:?}");
    }
    let new = home.run(&["identity", "--new", "--label", "Mara", "--json"]).json(0);
    assert_ne!(new["reviewer"], before["reviewer"]);
    assert_eq!(home.run(&["identity", "--new"]).code, Some(2), "one is there");

    std::fs::write(home.identity(), kept).expect("written");
    assert_eq!(home.run(&["identity", "--json"]).json(0), before);
    rate_all(&home);
}

#[test]
fn who_only_looks_needs_no_identity_and_none_is_made() {
    let home = attached();
    // A library of someone else's acts alone: as after an exchange, or a restored backup on a manager's machine.
    let fresh = crate::home::Home::new();
    super::bundle::write(fresh.path());
    fresh.run(&["import", "bundle", "--json"]).json(0);
    let made = fresh.identity().exists();
    assert!(!made, "an import needs nobody");
    let commands: [&[&str]; 5] = [
        &["status", "small batch"],
        &["status", "small batch", "--json"],
        &["compare", "small batch"],
        &["panel", "small batch"],
        &["batches"],
    ];
    for args in commands {
        let ran = fresh.run_with(&[("EARMARK_REVIEWER_LABEL", "Mara")], args);
        assert!(ran.code == Some(0) || ran.err.contains("no rubric is attached"), "{args:?} {ran:#?}");
        assert!(!fresh.identity().exists(), "{args:?}");
    }
    let rating = fresh.run(&["rate", "small batch", "c-1", "1", "diagnosis", "3"]);
    assert!(rating.code == Some(2) && rating.err.contains("no identity yet"), "{rating:#?}");
    // Whoever has worked does not look past their own seal by losing who they are.
    std::fs::remove_file(home.identity()).expect("it was there");
    assert_eq!(home.run(&["panel", "small batch"]).code, Some(3));
}

#[test]
fn render_writes_over_another_file_only_when_that_is_asked_for() {
    let home = attached();
    let render =
        |more: &[&str]| home.run(&[&["render", "bundle/voice.wav", "--out", "out.wav", "--map", "map.csv"], more].concat());
    assert_eq!(render(&[]).code, Some(0));
    assert_eq!(render(&[]).code, Some(0), "the same lies there");
    let before = std::fs::read(home.path().join("out.wav")).expect("written");
    let refused = render(&["--speed", "2"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("--replace"), "{refused:#?}");
    assert_eq!(std::fs::read(home.path().join("out.wav")).expect("there"), before);
    assert_eq!(render(&["--speed", "2", "--replace"]).code, Some(0));
    assert_ne!(std::fs::read(home.path().join("out.wav")).expect("there"), before);
}

#[test]
fn a_ratings_table_is_weighted_by_its_own_column_and_says_so() {
    let home = sealed();
    let batch = home.run(&["panel", "small batch", "--json"]).json(0);
    home.run(&["export", "small batch", "--shape", "long", "--out", "long.csv", "--json"]).json(0);
    let own = home.run(&["panel", "--ratings", "long.csv", "--json"]).json(0);
    let rubric = home.run(&["panel", "--ratings", "long.csv", "--rubric", "small.toml", "--json"]).json(0);
    assert_eq!((&own["weights"], &rubric["weights"], &batch["weights"]), (&"file".into(), &"rubric".into(), &"rubric".into()));
    for at in 0..3 {
        assert_eq!(own["ranking"][at]["total"]["value"], batch["ranking"][at]["total"]["value"]);
    }
    let said = home.run(&["panel", "--ratings", "long.csv"]);
    assert!(said.out.contains("Weights are those of the column weight."), "{}", said.out);
    home.run(&["export", "small batch", "--table", "ratings", "--out", "bare.csv", "--json"]).json(0);
    assert_eq!(home.run(&["panel", "--ratings", "bare.csv", "--json"]).json(0)["weights"], "equal");

    let table = std::fs::read_to_string(home.path().join("long.csv")).expect("written");
    let mut lines: Vec<String> = table.lines().map(str::to_owned).collect();
    for (line, weight) in [(1, "7"), (4, "0")] {
        let mut cells: Vec<&str> = lines[line].split(',').collect();
        cells[5] = weight;
        lines[line] = cells.join(",");
    }
    std::fs::write(home.path().join("torn.csv"), lines.join("\n")).expect("written");
    let torn = home.run(&["panel", "--ratings", "torn.csv"]);
    assert_eq!(torn.code, Some(1), "{torn:#?}");
    assert!(torn.err.contains("on line 2") && torn.err.contains("line 5: weight \"0\""), "{torn:#?}");
}
