//! Checking, comparing and freezing rubrics, through the real program.

use crate::home::Home;

const MINIMAL: &str = include_str!("../fixtures/rubrics/minimal.toml");

fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    for (name, text) in files {
        std::fs::write(home.path().join(name), text).expect("a file can be written");
    }
    home
}

fn read(home: &Home, name: &str) -> String {
    std::fs::read_to_string(home.path().join(name)).expect("a file can be read")
}

#[test]
fn mistakes_and_weaknesses_are_told_at_once_with_line_column_and_code() {
    let text = MINIMAL.replacen("weight = 2", "wieght = 2", 1).replacen("retakes = 1", "retakes = 0", 1);
    let home = home(&[("r.toml", &text)]);
    let checked = home.run(&["rubric", "check", "r.toml", "--json"]).json(1);
    let told: Vec<_> = checked[0]["problems"].as_array().expect("problems").iter().collect();
    assert_eq!((&told[0]["code"], &told[0]["line"], &told[0]["column"]), (&"unknown-key".into(), &27.into(), &3.into()));
    assert_eq!((&told[1]["code"], &told[1]["line"], &told[1]["column"]), (&"no-retake".into(), &22.into(), &11.into()));
    assert_eq!((&told[0]["severity"], &told[1]["severity"]), (&"fatal".into(), &"warning".into()));
    let said = home.run(&["rubric", "check", "r.toml"]);
    assert!(said.out.contains("1 mistake\n") && said.out.contains("1 worth a second look"), "{said:#?}");
    assert!(said.err.contains("line 22, column 11") && said.err.contains("Hint: "), "{said:#?}");
}

#[test]
fn a_weakness_alone_fails_only_where_that_is_asked_for() {
    let home = home(&[("weak.toml", &MINIMAL.replacen("retakes = 1", "retakes = 0", 1)), ("good.toml", MINIMAL)]);
    assert_eq!(home.run(&["rubric", "check", "weak.toml"]).code, Some(0));
    assert_eq!(home.run(&["rubric", "check", "--strict", "weak.toml"]).code, Some(1));
    assert_eq!(home.run(&["rubric", "check", "--strict", "good.toml"]).code, Some(0));
}

#[test]
fn a_frozen_rubric_keeps_what_stood_in_it_and_an_edit_is_named_with_both_hashes() {
    let home = home(&[("r.toml", MINIMAL)]);
    let frozen = home.run(&["rubric", "freeze", "r.toml", "--by", "panel lead", "--json"]).json(0);
    assert_eq!((&frozen["frozen"], &frozen["by"]), (&true.into(), &"panel lead".into()));
    let text = read(&home, "r.toml");
    assert!(text.starts_with(MINIMAL), "{text}");
    let again = home.run(&["rubric", "freeze", "r.toml", "--json"]).json(0);
    assert_eq!((&again["frozen"], &again["scoring_hash"]), (&false.into(), &frozen["scoring_hash"]));
    assert_eq!(read(&home, "r.toml"), text);

    // The frozen file is read-only; what reads it, and what compares it, still does.
    assert_eq!(home.run(&["rubric", "check", "--strict", "r.toml"]).code, Some(0));
    assert_eq!(home.run(&["rubric", "show", "r.toml"]).code, Some(0));
    std::fs::write(home.path().join("edited.toml"), text.replacen("weight = 2", "weight = 3", 1)).expect("a file can be written");
    let compared = home.run(&["rubric", "diff", "r.toml", "r.toml", "--json"]).json(0);
    assert_eq!(compared["level"], "none");
    let checked = home.run(&["rubric", "check", "edited.toml", "--json"]).json(1);
    let problem = &checked[0]["problems"][0];
    let short = |hash: &serde_json::Value| hash.as_str().expect("a hash")[..15].to_owned();
    let reason = problem["reason"].as_str().expect("a reason");
    assert_eq!(problem["code"], "frozen");
    assert!(reason.contains(&short(&frozen["scoring_hash"])) && reason.contains(&short(&checked[0]["scoring_hash"])), "{reason}");
    let refused = home.run(&["rubric", "freeze", "edited.toml"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert!(refused.err.contains("changed after the freeze") && refused.err.contains("remove [freeze]"), "{refused:#?}");
}

#[test]
fn freezing_takes_the_identity_and_lets_those_who_may_read_the_file_read_it_behind_a_link() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let home = home(&[("real.toml", MINIMAL)]);
    let person = home.run(&["identity", "--label", "Mara", "--export"]).out;
    std::fs::set_permissions(home.path().join("real.toml"), std::fs::Permissions::from_mode(0o640)).expect("permissions");
    symlink("real.toml", home.path().join("r.toml")).expect("a link can be made");
    let frozen = home.run(&["rubric", "freeze", "r.toml", "--json"]).json(0);
    let by = frozen["by"].as_str().expect("an id");
    assert!(person.contains(&format!("reviewer = \"{by}\"")), "{by}: {person}");
    assert!(std::fs::symlink_metadata(home.path().join("r.toml")).expect("it is there").is_symlink());
    let mode = std::fs::metadata(home.path().join("real.toml")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o440, "nobody writes it any more");
    assert!(read(&home, "real.toml").contains("\n[freeze]\n"));
}

#[test]
fn what_is_wrong_or_part_of_the_program_is_not_frozen() {
    let wrong = MINIMAL.replacen("weight = 2", "weight = -2", 1);
    let home = home(&[("wrong.toml", &wrong)]);
    assert_eq!(home.run(&["rubric", "freeze", "wrong.toml"]).code, Some(1));
    assert_eq!(read(&home, "wrong.toml"), wrong);
    let shipped = home.run(&["rubric", "freeze", "nursing"]);
    assert_eq!(shipped.code, Some(2), "{shipped:#?}");
    assert!(shipped.err.contains("--source"), "{shipped:#?}");
}

#[test]
fn a_shipped_rubric_can_be_taken_as_the_start_of_ones_own() {
    let home = Home::new();
    let printed = home.run(&["rubric", "show", "teaching", "--source"]);
    std::fs::write(home.path().join("own.toml"), &printed.out).expect("a file can be written");
    let compared = home.run(&["rubric", "diff", "teaching", "own.toml", "--json"]).json(0);
    assert_eq!((&compared["level"], compared["changes"].as_array().map(Vec::len)), (&"none".into(), Some(0)));
}

#[test]
fn a_major_change_under_a_minor_number_is_said_so() {
    let later = MINIMAL.replacen("\"1.0.0\"", "\"1.1.0\"", 1).replacen("weight = 2", "weight = 3", 1);
    let home = home(&[("a.toml", MINIMAL), ("b.toml", &later)]);
    let said = home.run(&["rubric", "diff", "a.toml", "b.toml"]);
    assert_eq!(said.code, Some(0), "{said:#?}");
    for part in [
        "minimal 1.0.0 → 1.1.0",
        "q1 / diagnosis / weight\n    - 2\n    + 3",
        "never enter the same table",
        "call it 2.0.0, not 1.1.0",
    ] {
        assert!(said.out.contains(part), "{part}: {said:#?}");
    }
    assert_eq!(home.run(&["rubric", "diff", "a.toml", "b.toml", "--strict"]).code, Some(1));
    let value = home.run(&["rubric", "diff", "a.toml", "b.toml", "--json"]).json(0);
    assert_eq!((&value["comparable"], &value["version"]["suggested"]), (&false.into(), &"2.0.0".into()));
    assert_eq!(home.run(&["rubric", "diff", "a.toml", "a.toml", "--strict"]).code, Some(0));
}

#[test]
fn the_seed_of_ones_order_is_in_the_journal_once_the_rubric_was_read() {
    let home = super::attached();
    for _ in 0..2 {
        assert_eq!(home.run(&["rubric", "show", "--batch", "small batch", "--acknowledge"]).code, Some(0));
    }
    let acts = home.run(&["audit", "show", "small batch", "--kind", "shuffled", "--json"]).json(0)["acts"].clone();
    let order = home.run(&["protocol", "small batch", "--json"]).json(0)["order"].clone();
    let seed = order["seed"].as_str().expect("a seed");
    let told: Vec<&str> = acts.as_array().expect("a list").iter().filter_map(|act| act["what"].as_str()).collect();
    assert_eq!(told, [format!("own order of hearing drawn from the seed {seed}, algorithm {}", order["algorithm"])]);
}
