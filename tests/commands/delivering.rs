//! Deliveries into a folder, through the program.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::profiles::delivered_home;
use crate::home::{Home, Ran};

fn plan(home: &Home) -> Value {
    let ran =
        home.run(&["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json", "--json"]);
    assert!(matches!(ran.code, Some(0 | 4)), "{ran:#?}");
    serde_json::from_str(&ran.out).expect("JSON")
}

/// Decides on one application, past the gate.
pub(super) fn decide(home: &Home, candidate: &str, decision: &str, application: &str) {
    let what = [candidate, decision, "--application", application];
    let why = ["--reason", "so", "--override", "test", "--json"];
    home.run(&[&["decide", "small batch"], &what[..], &why].concat()).json(0);
}

fn apply(home: &Home, more: &[&str]) -> Ran {
    home.run(&[&["deliver", "apply", "plan.json", "--json"], more].concat())
}

fn sum(report: &Value) -> BTreeMap<String, u64> {
    let fields = report["sum"].as_object().expect("a sum").iter();
    fields.filter_map(|(name, count)| Some((name.clone(), count.as_u64().filter(|count| *count > 0)?))).collect()
}

fn sums(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// Every row in the drop's files by application, in the order of the files' making; a file that is not whole is a fault.
pub(super) fn dropped(folder: &Path) -> BTreeMap<String, Vec<String>> {
    let mut files: Vec<_> = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()).collect();
    files.sort_by_key(|path| std::fs::metadata(path).and_then(|meta| meta.modified()).expect("a time"));
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "csv")) {
        let text = std::fs::read_to_string(path).expect("UTF-8");
        assert!(text.ends_with("\r\n"), "{text}");
        for line in text.lines().skip(1) {
            let id = line.split(',').next().expect("an id").to_owned();
            rows.entry(id).or_default().push(line.to_owned());
        }
    }
    rows
}

pub(super) fn with_drop() -> Home {
    let home = delivered_home();
    std::fs::create_dir(home.path().join("drop")).expect("a folder");
    home
}

#[test]
fn every_row_is_delivered_once_and_the_second_night_has_nothing_new() {
    let home = with_drop();
    let planned = plan(&home);
    assert_eq!((&planned["counts"]["create"], &planned["counts"]["quarantined"]), (&3.into(), &1.into()), "{planned}");
    let first = apply(&home, &["--status-file", "status.json", "--metrics", "earmark.prom", "--notify", "cat > told.json"]).json(4);
    assert_eq!(sum(&first), sums(&[("selected", 4), ("delivered", 3), ("quarantined", 1)]));
    assert_eq!(first["balances"], true);
    let rows = dropped(&home.path().join("drop"));
    assert_eq!(rows.keys().collect::<Vec<_>>(), ["0012", "13", "14"]);
    let digest = std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten();
    assert!(digest.into_iter().any(|file| file.path().extension().is_some_and(|ending| ending == "sha256")));
    for file in ["status.json", "told.json"] {
        let told: Value = serde_json::from_slice(&std::fs::read(home.path().join(file)).expect(file)).expect("JSON");
        assert_eq!((&told["sum"]["delivered"], &told["exit"]), (&3.into(), &4.into()), "{file}");
    }
    let metrics = std::fs::read_to_string(home.path().join("earmark.prom")).expect("written");
    assert!(metrics.contains("outcome=\"delivered\"} 3"), "{metrics}");

    assert_eq!(plan(&home)["counts"]["unchanged"], 3);
    let second = apply(&home, &[]).json(4);
    assert_eq!(sum(&second), sums(&[("selected", 4), ("unchanged", 3), ("quarantined", 1)]));
    assert_eq!(dropped(&home.path().join("drop")), rows, "nothing was written");
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    let entries = status[0]["entries"].as_array().expect("entries");
    assert!(entries.len() == 3 && entries.iter().all(|entry| entry["state"] == "verified"), "{status}");
}

#[test]
fn a_decision_that_changes_after_the_delivery_makes_a_correction_of_that_row_alone() {
    let home = with_drop();
    plan(&home);
    apply(&home, &[]);
    for (decision, previous) in [("advance", Value::Null), ("hold", "advance".into()), ("advance", "hold".into())] {
        decide(&home, "c-1", decision, "13");
        let planned = plan(&home);
        assert_eq!(planned["counts"]["update"], 1, "{planned}");
        let changed = planned["rows"].as_array().expect("rows").iter().find(|row| row["change"] == "update").expect("one");
        assert_eq!((&changed["object"], &changed["values"]["decision"]["old"]), (&"13".into(), &previous), "{changed}");
        assert_eq!(changed["values"]["decision"]["new"], decision);
        assert_eq!(sum(&apply(&home, &[]).json(4))["delivered"], 1);
    }
    let rows = dropped(&home.path().join("drop"));
    assert_eq!((rows["13"].len(), rows["0012"].len(), rows["14"].len()), (4, 1, 1), "{rows:#?}");
}

#[test]
fn a_row_that_moved_since_the_plan_stays_behind_and_is_named() {
    let home = with_drop();
    plan(&home);
    home.run(&["decide", "small batch", "c-2", "decline", "--reason", "so", "--override", "test", "--json"]).json(0);
    let report = apply(&home, &[]).json(4);
    assert_eq!(sum(&report), sums(&[("selected", 4), ("delivered", 2), ("moved", 1), ("quarantined", 1)]));
    let moved = report["rows"].as_array().expect("rows").iter().find(|row| row["outcome"] == "moved").expect("one");
    assert_eq!((&moved["object"], &moved["candidate"]), (&"14".into(), &"c-2".into()));
    assert!(moved["reason"].as_str().is_some_and(|why| why.contains("plan again")), "{moved}");
    let again = apply(&home, &[]).json(4);
    assert_eq!(
        sum(&again),
        sums(&[("selected", 4), ("unchanged", 2), ("moved", 1), ("quarantined", 1)]),
        "a plan applied twice sends nothing twice"
    );
}

#[test]
fn a_plan_that_was_edited_is_refused_and_so_is_one_whose_profile_has_changed() {
    let home = with_drop();
    std::fs::write(home.path().join("own.toml"), home.run(&["profile", "show", "generic-csv"]).out).expect("written");
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop", "--out", "plan.json"];
    assert_eq!(home.run(&args).code, Some(4));
    let path = home.path().join("plan.json");
    let made = std::fs::read_to_string(&path).expect("written");
    let place = home.path().join("drop").display().to_string();
    for (from, to) in [("68.75", "99.99"), ("\"create\"", "\"unchanged\""), (place.as_str(), "/elsewhere")] {
        let edited = made.replace(from, to);
        assert_ne!(edited, made, "{from}");
        std::fs::write(&path, edited).expect("written");
        let refused = apply(&home, &["--status-file", "status.json"]);
        assert!(refused.code == Some(2) && refused.err.contains("it was changed since it was made"), "{from}: {refused:#?}");
        assert!(refused.err.contains("plan again"), "{refused:#?}");
        assert_eq!(std::fs::read_dir(home.path().join("drop")).expect("a folder").count(), 0);
    }
    let mut fewer: Value = serde_json::from_str(&made).expect("JSON");
    let rows = fewer["rows"].as_array_mut().expect("rows");
    let twice = rows[0].clone();
    rows.push(twice);
    std::fs::write(&path, fewer.to_string()).expect("written");
    assert_eq!(apply(&home, &[]).code, Some(2), "nor is a row there twice");
    let rows = fewer["rows"].as_array_mut().expect("rows");
    rows.pop();
    rows.retain(|row| row["object"] != "13");
    std::fs::write(&path, fewer.to_string()).expect("written");
    assert_eq!(
        sum(&apply(&home, &[]).json(4)),
        sums(&[("selected", 3), ("delivered", 2), ("quarantined", 1)]),
        "a row may be taken out"
    );
    let own = std::fs::read_to_string(home.path().join("own.toml")).expect("written");
    std::fs::write(home.path().join("own.toml"), own.replace("round = 2", "round = 3")).expect("written");
    let refused = apply(&home, &[]);
    assert!(refused.code == Some(2) && refused.err.contains("has changed"), "{refused:#?}");
}

#[test]
fn a_folder_that_is_gone_fails_every_row_and_retry_brings_it_to_its_end() {
    let home = with_drop();
    plan(&home);
    let drop = home.path().join("drop");
    std::fs::rename(&drop, home.path().join("away")).expect("moved");
    let gone = apply(&home, &[]);
    assert!(gone.code == Some(2) && gone.err.contains("not mounted"), "{gone:#?}");
    std::fs::rename(home.path().join("away"), &drop).expect("moved");
    std::fs::create_dir(drop.join("in-the-way")).expect("a folder");
    let retry = home.run(&["deliver", "retry", "small batch", "--profile", "generic-csv", "--to", "drop", "--json"]).json(0);
    assert_eq!(sum(&retry), sums(&[("selected", 3), ("delivered", 3)]), "what was begun is finished");
    assert_eq!(sum(&apply(&home, &[]).json(4))["unchanged"], 3);
}

#[test]
fn another_file_of_that_name_is_not_written_over_unless_asked_to() {
    let home = with_drop();
    let sheet = home.path().join("sheet.csv");
    std::fs::write(&sheet, "someone's own").expect("written");
    let args = ["deliver", "plan", "small batch", "--profile", "spreadsheet", "--to", "sheet.csv", "--out", "plan.json"];
    assert_eq!(home.run(&args).code, Some(0));
    let refused = apply(&home, &[]);
    assert_eq!(sum(&refused.json(4))["failed"], 4);
    assert!(refused.out.contains("--replace"), "{refused:#?}");
    assert_eq!(std::fs::read(&sheet).expect("there"), b"someone's own");
    let replaced = apply(&home, &["--replace"]).json(0);
    assert_eq!(sum(&replaced)["delivered"], 4, "{replaced}");
    home.run(&["decide", "small batch", "c-2", "decline", "--reason", "so", "--override", "test", "--json"]).json(0);
    assert_eq!(home.run(&args).code, Some(0));
    assert_eq!(sum(&apply(&home, &["--max-change", "100"]).json(0))["delivered"], 4, "what earmark put there it may replace");
}

#[test]
fn beside_a_file_lie_its_manifest_and_then_what_says_that_it_is_whole() {
    let home = with_drop();
    let text = home.run(&["profile", "show", "generic-csv"]).out;
    let text = text.replace("[deliver]\n", "[deliver]\ndone_marker = \"{filename}.done\"\n");
    std::fs::write(home.path().join("own.toml"), text).expect("written");
    let args = ["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop", "--out", "plan.json"];
    assert_eq!(home.run(&args).code, Some(4));
    let report = apply(&home, &[]).json(4);
    let name = report["files"][0].as_str().expect("a file");
    let beside = |end: &str| home.path().join("drop").join(format!("{name}{end}"));
    let manifest: Value = serde_json::from_slice(&std::fs::read(beside(".manifest.json")).expect("it is there")).expect("JSON");
    assert_eq!((&manifest["file"], &manifest["rows"]), (&name.into(), &3.into()), "{manifest}");
    assert_eq!(manifest["bytes"], std::fs::metadata(beside("")).expect("there").len(), "{manifest}");
    assert_eq!(manifest["columns"][0]["name"], "application_id", "{manifest}");
    assert!(manifest["by"].as_str().is_some_and(|by| by == "R7"), "a pseudonym, and no id: {manifest}");
    assert_eq!((&manifest["filters"][0], &manifest["formula_guard"]), (&"ready".into(), &"quarantine".into()), "{manifest}");
    assert_eq!(
        (&manifest["quarantined"][0]["candidate"], &manifest["guarded"]),
        (&"c-3".into(), &serde_json::json!([])),
        "{manifest}"
    );
    assert!(manifest["policy"]["scoring_hash"].is_string() && manifest["at"].is_string(), "{manifest}");
    let at = |end: &str| std::fs::metadata(beside(end)).and_then(|meta| meta.modified()).expect("a time");
    assert!(at("") <= at(".manifest.json") && at(".manifest.json") <= at(".done"), "the file, its manifest, then the word");
}

/// The units of the page, for a home folder.
fn units(home: &Path) -> [(&'static str, String); 2] {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/delivering.md")).expect("it is there");
    let unit = |name: &'static str| {
        let (_, rest) = page.split_once(&format!("    # ~/.config/systemd/user/{name}\n")).expect("the unit");
        let lines = rest.lines().take_while(|line| !line.starts_with("    # ~/") && !line.starts_with('#'));
        let text: Vec<&str> = lines.map(str::trim_start).collect();
        (name, text.join("\n").replace("%h", &home.display().to_string()))
    };
    [unit("earmark.service"), unit("earmark.timer")]
}

#[cfg(unix)]
#[test]
fn systemd_takes_the_units_of_the_documentation() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new();
    for folder in ["bin", ".secrets"] {
        std::fs::create_dir(home.path().join(folder)).expect("made");
    }
    let program = home.path().join("bin/earmark");
    std::fs::write(&program, "#!/bin/sh\n").expect("written");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("changed");
    let units = units(home.path());
    for (name, text) in &units {
        std::fs::write(home.path().join(name), text).expect("written");
    }
    let ran = std::process::Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(units.iter().map(|(name, _)| home.path().join(name)))
        .output();
    let Ok(ran) = ran else {
        eprintln!("skipped: systemd-analyze is not installed");
        return;
    };
    assert!(ran.status.success() && ran.stderr.is_empty(), "{ran:#?}");
    assert!(units[0].1.contains("SuccessExitStatus=4") && units[1].1.contains("OnCalendar=*-*-* 02:15"), "{units:?}");
}

#[cfg(unix)]
#[test]
fn the_line_for_cron_of_the_documentation_delivers_once_and_finds_nothing_new_the_next_night() {
    let home = with_drop();
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/delivering.md")).expect("it is there");
    let line = page.lines().find_map(|line| line.strip_prefix("    15 2 * * *  ")).expect("the line");
    for folder in ["bin", ".secrets"] {
        std::fs::create_dir(home.path().join(folder)).expect("made");
    }
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_earmark"), home.path().join("bin/earmark")).expect("linked");
    std::fs::write(home.path().join(".secrets/ashby"), "key").expect("written");
    let drop = format!("[deliver]\nto = \"{}\"\n", home.path().join("drop").display());
    let profile = home.run(&["profile", "show", "generic-csv"]).out.replace("[deliver]\n", &drop);
    std::fs::write(home.path().join("ats.toml"), profile).expect("written");
    for delivered in [3, 0] {
        let mut command = std::process::Command::new("sh");
        // What cron gives: a home, a short PATH, no terminal.
        command.args(["-c", &line.replace("Support engineer", "small batch")]).env_clear();
        command.env("HOME", home.path()).env("PATH", "/usr/bin:/bin").current_dir(home.path());
        let output = command.stdin(std::process::Stdio::null()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(4), "{output:?}");
        let status: Value =
            serde_json::from_slice(&std::fs::read(home.path().join("earmark-ats.json")).expect("told")).expect("JSON");
        assert_eq!((&status["sum"]["selected"], &status["sum"]["delivered"]), (&4.into(), &delivered.into()), "{status}");
        assert_eq!(status["open"][0]["outcome"], "quarantined", "{status}");
    }
    assert!(dropped(&home.path().join("drop")).values().all(|rows| rows.len() == 1));
}

#[test]
fn the_brake_holds_where_much_would_change() {
    let home = with_drop();
    let args = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json"];
    assert_eq!(home.run(&args).code, Some(4));
    apply(&home, &[]).json(4);
    decide(&home, "c-1", "advance", "13");
    assert_eq!(home.run(&args).code, Some(4));
    assert_eq!(
        sum(&apply(&home, &["--max-change", "0"]).json(4))["delivered"],
        1,
        "what was empty there is filled, and not changed"
    );
    decide(&home, "c-1", "hold", "13");
    assert_eq!(home.run(&args).code, Some(4));
    let braked = apply(&home, &["--max-change", "0"]);
    assert!(braked.code == Some(1) && braked.err.contains("would change (1 of "), "nothing may change: {braked:#?}");
    let told: Value = serde_json::from_str(&braked.out).expect("JSON");
    let held = sums(&[("selected", 4), ("unchanged", 2), ("quarantined", 1), ("held", 1)]);
    assert_eq!(sum(&told), held, "nothing was sent, and nothing failed: {told}");
    decide(&home, "c-1", "hold", "0012");
    assert_eq!(home.run(&args).code, Some(4));
    assert_eq!(sum(&apply(&home, &[]).json(4))["delivered"], 2, "few rows pass");
}
