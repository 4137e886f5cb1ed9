//! What people name on the command line: batches, rubrics, libraries.

use super::{attached, bundle, imported};

#[test]
fn a_batch_is_named_by_enough_of_its_title_or_id() {
    let home = imported();
    let other = std::fs::read_to_string(home.path().join("bundle/batch.json")).expect("written");
    let other = other.replace("Small batch", "Small firms").replace("\"id\":\"small\"", "\"id\":\"firms\"");
    std::fs::write(home.path().join("bundle/batch.json"), other).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    let all = home.run(&["batches", "--json"]).json(0);
    assert_eq!(all.as_array().map(Vec::len), Some(2), "{all}");
    for (named, title) in
        [("SMALL B", "Small batch"), ("firms", "Small firms"), ("atch", "Small batch"), ("small firms", "Small firms")]
    {
        assert_eq!(home.run(&["status", named, "--json"]).json(0)["title"], title, "{named}");
    }
    let id = all[0]["id"].as_str().expect("an id");
    assert_eq!(home.run(&["status", &id[..9], "--json"]).json(0)["batch"], id);
    let either = home.run(&["status", "small"]);
    assert_eq!(either.code, Some(5), "{either:#?}");
    assert!(either.err.contains("Small batch (") && either.err.contains("Small firms ("), "{either:#?}");
}

#[test]
fn a_mistyped_library_is_told_and_never_made() {
    let home = attached();
    let reading: [&[&str]; 6] = [
        &["batches"],
        &["batches", "--json"],
        &["status", "x"],
        &["export", "x"],
        &["note", "x", "c", "1", "t"],
        &["backup", "b.zip"],
    ];
    for args in reading {
        let ran = home.run(&[args, &["--library", "typo"]].concat());
        assert_eq!(ran.code, Some(5), "{ran:#?}");
        assert!(ran.err.contains("Could not find a library in") && ran.err.contains("typo"), "{ran:#?}");
    }
    let (screen, code) = home.run_at_terminal("", &["review", "--library", "typo"]);
    assert_eq!(code, 5, "{screen}");
    assert!(!home.path().join("typo").exists());
    home.run(&["import", "bundle", "--library", "typo", "--json"]).json(0);
    assert_eq!(home.run(&["batches", "--library", "typo", "--json"]).json(0).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_rubric_is_shown_by_file_by_its_shipped_name_or_by_the_batch_that_has_it() {
    let home = attached();
    for named in ["small.toml", "small batch", "SMALL"] {
        assert_eq!(home.run(&["rubric", "show", named, "--json"]).json(0)["id"], "small", "{named}");
    }
    let shipped = home.run(&["rubric", "show", "--json"]).json(0);
    let name = shipped[0].as_str().expect("a name");
    home.run(&["rubric", "show", name, "--json"]).json(0);
    let none = home.run(&["rubric", "show", "no such thing"]);
    assert_eq!(none.code, Some(5), "{none:#?}");
    assert!(none.err.contains("no file and no shipped rubric is called so"), "{none:#?}");
    home.run(&["rubric", "show", "--batch", "small", "--acknowledge", "--json"]).json(0);

    let bare = imported();
    let unattached = bare.run(&["rubric", "show", "small batch"]);
    assert_eq!(unattached.code, Some(5), "{unattached:#?}");
    assert!(unattached.err.contains("none is attached to Small batch"), "{unattached:#?}");
}

#[test]
fn a_rubric_that_does_not_fit_gives_one_suggestion_for_each_question() {
    let home = imported();
    let third = bundle::RUBRIC.replace("[[must_have]]", "[[question]]\nid = \"third\"\nprompt = \"And what did you learn from it, and whom did you tell?\"\nthink_seconds = 45\nanswer_seconds = 120\nretakes = 1\n\n  [[question.criterion]]\n  id = \"lesson\"\n  name = \"Lesson\"\n    [question.criterion.anchors]\n    1 = \"Names no lesson at all from it.\"\n    3 = \"Names a lesson that fits the fault.\"\n    5 = \"Names a lesson and what changed by it.\"\n\n[[must_have]]");
    std::fs::write(home.path().join("three.toml"), third).expect("written");
    let ran = home.run(&["rubric", "attach", "small batch", "three.toml", "--yes"]);
    assert_eq!(ran.code, Some(2), "{ran:#?}");
    for line in [
        "q-01: no question of the rubric scores it; --map q-01=outage",
        "q-02: no question of the rubric scores it; --map q-02=explain",
    ] {
        assert!(ran.err.contains(line), "{line}: {}", ran.err);
    }
    assert_eq!(ran.err.matches("Caused by").count(), 1, "{}", ran.err);
}
