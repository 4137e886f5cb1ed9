//! The exported tables as other programs read them: Python's csv, pandas, openpyxl and LibreOffice, cell by cell.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{attached, bundle, rate, rate_all};
use crate::home::Home;

const READER: &str = include_str!("tables.py");

/// A sealed batch with texts that are hard on readers.
fn sealed_with_hard_texts() -> Home {
    let home = attached();
    rate_all(&home);
    for (candidate, text) in
        [("c-1", "=HYPERLINK(\"http://evil\")"), ("c-2", "two\nlines, \"quoted\"; and 007"), ("c-3", "-1 Ünïcode 王 \u{1f642}")]
    {
        home.run(&["note", "small batch", candidate, "1", text, "--json"]).json(0);
    }
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home
}

/// Runs the reader with a part of Python's; says so where the part is absent. The system's own Python is asked too, because that is
/// what `scripts/setup.sh --tests` gives the parts to.
fn read_back(home: &Home, part: &str, file: &str, rows: &Value) {
    let rows_file = home.path().join("rows.json");
    std::fs::write(&rows_file, rows.to_string()).expect("written");
    let named = std::env::var("PYTHON").ok();
    for python in named.as_deref().into_iter().chain(["python3", "/usr/bin/python3"]) {
        let ran = Command::new(python).args(["-c", READER, part]).arg(home.path().join(file)).arg(&rows_file).output();
        match ran {
            Ok(ran) if ran.status.code() == Some(77) => {}
            Ok(ran) => {
                assert!(ran.status.success(), "{part} {file}: {}", String::from_utf8_lossy(&ran.stderr));
                return;
            }
            Err(_) => {}
        }
    }
    // A whole office is more than a test may ask of a machine.
    match part {
        "libreoffice" => eprintln!("skipped: there is no LibreOffice"),
        part => crate::parts::absent(&format!("no Python has {part}")),
    }
}

#[test]
fn every_format_is_read_back_cell_by_cell_by_other_programs() {
    let home = sealed_with_hard_texts();
    for (shape, name) in [("wide", "wide"), ("long", "long")] {
        let rows = home.run(&["export", "small batch", "--shape", shape, "--json"]).json(0)["rows"].clone();
        assert!(rows.as_array().is_some_and(|rows| rows.len() >= 3), "{rows}");
        for (end, parts) in [("csv", &["csv", "pandas"][..]), ("jsonl", &["jsonl"]), ("xlsx", &["openpyxl", "libreoffice"])] {
            let file = format!("{name}.{end}");
            let report = home.run(&["export", "small batch", "--shape", shape, "--out", &file, "--json"]).json(0);
            assert_eq!(report["format"], end, "{report}");
            for part in parts {
                read_back(&home, part, &file, &rows);
            }
        }
    }
    let guarded = home.run(&["export", "small batch", "--shape", "long", "--formula-guard", "quarantine", "--json"]).json(4);
    let told = &guarded["quarantined"][0];
    assert!(told["column"] == "comment" && told["reason"] == "a spreadsheet could take it for a formula", "{guarded}");
    let off = home.run(&["export", "small batch", "--shape", "long", "--formula-guard", "off"]);
    assert!(off.out.contains(",\"=HYPERLINK(\"\"http://evil\"\")\",") && off.err.contains("stayed as they are"), "{off:#?}");
    assert_eq!(home.run(&["export", "small batch", "--format", "xlsx"]).code, Some(2));
}

#[test]
fn the_wide_table_can_be_computed_from_the_long_one_with_pandas() {
    let home = sealed_with_hard_texts();
    home.run(&["export", "small batch", "--shape", "long", "--out", "long.csv", "--json"]).json(0);
    let rows = home.run(&["export", "small batch", "--json"]).json(0)["rows"].clone();
    read_back(&home, "wide-from-long", "long.csv", &rows);
}

#[test]
fn a_manifest_and_a_digest_lie_beside_each_file_and_stay_when_nothing_changed() {
    let home = sealed_with_hard_texts();
    let args = ["export", "small batch", "--shape", "long", "--out", "long.csv", "--json"];
    let report = home.run(&args).json(0);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).expect("it is there");
    assert_eq!(read("long.csv.sha256"), format!("{}  long.csv\n", report["sha256"].as_str().expect("a digest")));
    let first = read("long.csv.manifest.json");
    let manifest: Value = serde_json::from_str(&first).expect("JSON");
    assert_eq!((&manifest["rows"], &manifest["sha256"]), (&report["rows"], &report["sha256"]));
    let rows = home.run(&["export", "small batch", "--shape", "long", "--json"]).json(0)["rows"].clone();
    assert_eq!(manifest["by"], rows[0]["reviewer"], "whoever exports is called as in the table");
    assert_eq!(manifest["columns"].as_array().map(Vec::len), report["columns"].as_array().map(Vec::len));
    assert!(manifest["columns"][4]["kind"] == "value" && manifest["columns"][4]["unit"] == "points", "{manifest}");
    assert!(manifest["guarded"].as_array().is_some_and(|all| all.len() == 4 && all[0]["column"] == "comment"), "{manifest}");
    let whose = (&manifest["guarded"][0]["candidate"], manifest["guarded"][0]["row"].as_u64());
    assert_eq!(whose.0, &rows[whose.1.expect("a row") as usize - 1]["candidate"], "counted from 1: {manifest}");
    assert!(manifest["policy"]["settings"].is_object() && manifest["policy"]["preset"] == "standard", "{manifest}");
    assert!(manifest["filters"][0].as_str().is_some_and(|filter| filter.starts_with("ready")), "{manifest}");
    assert_eq!(home.run(&args).json(0)["sha256"], report["sha256"], "the same library gives the same bytes");
    assert_eq!(read("long.csv.manifest.json"), first, "the same is not said again");
    assert!(bundle::NAMES.iter().all(|name| !first.contains(name)), "{first}");

    let twice = ["one.xlsx", "two.xlsx"].map(|file| {
        home.run(&["export", "small batch", "--out", file, "--json"]).json(0);
        std::fs::read(home.path().join(file)).expect("written")
    });
    assert!(twice[0] == twice[1], "a workbook says nothing of the time");
}

#[test]
fn an_id_that_lost_a_character_keeps_its_row_out_by_row_and_column_and_the_rest_is_written() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    let path = folder.join("batch.json");
    let text = std::fs::read_to_string(&path).expect("written");
    assert!(text.contains("\"c-2\""), "{text}");
    std::fs::write(&path, text.replace("\"c-2\"", "\"c-\\ud8002\"")).expect("written");
    let imported = home.run(&["import", "bundle", "--json"]);
    assert!(imported.out.contains("half a character") || imported.err.contains("half a character"), "{imported:#?}");
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    let odd = "c-\u{fffd}2";
    for (candidate, question, criterion, value) in [
        ("c-1", "1", "diagnosis", "4"),
        ("c-1", "1", "news", "3"),
        ("c-1", "2", "plain-words", "4"),
        (odd, "1", "diagnosis", "2"),
        (odd, "1", "news", "3"),
        (odd, "2", "plain-words", "3"),
        ("c-3", "1", "diagnosis", "3"),
        ("c-3", "1", "news", "2"),
    ] {
        let ran = rate(&home, candidate, question, criterion, value);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let ran = home.run(&["export", "small batch", "--out", "wide.csv"]);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.err.contains("row 3, candidate") || ran.err.contains("row 2, candidate"), "{ran:#?}");
    assert!(ran.err.contains("U+FFFD"), "{ran:#?}");
    let text = std::fs::read_to_string(home.path().join("wide.csv")).expect("written");
    assert!(text.lines().count() == 3 && !text.contains('\u{fffd}'), "{text}");
    let long = home.run(&["export", "small batch", "--shape", "long", "--json"]).json(4);
    assert_eq!(long["quarantined"].as_array().map(Vec::len), Some(3), "{long}");
    assert_eq!(long["quarantined"][0]["column"], "candidate", "{long}");
}

/// A folder in which nothing but what was asked for is left.
#[test]
fn nothing_half_written_stays_behind() {
    let home = sealed_with_hard_texts();
    std::fs::create_dir(home.path().join("out")).expect("a folder");
    for file in ["out/w.csv", "out/w.jsonl", "out/w.xlsx"] {
        home.run(&["export", "small batch", "--out", file, "--json"]).json(0);
        assert_eq!(home.run(&["export", "small batch", "--rows", "sealed", "--shape", "long", "--out", file]).code, Some(1));
    }
    let mut names: Vec<String> = std::fs::read_dir(Path::new(&home.path().join("out")))
        .expect("it is read")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    let of = |file: &str| [file.to_owned(), format!("{file}.manifest.json"), format!("{file}.sha256")];
    assert_eq!(names, ["w.csv", "w.jsonl", "w.xlsx"].map(of).concat());
}

#[test]
fn csv_is_written_as_its_reader_needs_it_and_doubtful_ids_are_told() {
    let home = super::profiles::delivered_home_with(|document| {
        document["submissions"][1]["applications"] = serde_json::json!([{ "id": "12" }]);
    });
    let args =
        ["export", "small batch", "--bom", "--delimiter", "semicolon", "--line-end", "lf", "--decimal-comma", "--out", "own.csv"];
    let ran = home.run(&args);
    assert!(ran.code == Some(0) && ran.err.contains("\"0012\" and \"12\" differ by leading zeros alone"), "{ran:#?}");
    let text = String::from_utf8(std::fs::read(home.path().join("own.csv")).expect("written")).expect("UTF-8");
    assert!(text.starts_with("\u{feff}candidate;application_system;application_id;") && !text.contains('\r'), "{text}");
    assert!(text.contains(";68,75"), "{text}");
    let manifest = std::fs::read_to_string(home.path().join("own.csv.manifest.json")).expect("written");
    assert!(manifest.contains("differ by leading zeros alone"), "{manifest}");
    let both = home.run(&["export", "small batch", "--decimal-comma"]);
    assert!(both.code == Some(2) && both.err.contains("--delimiter semicolon"), "{both:#?}");
    let report = home.run(&["export", "small batch", "--out", "plain.csv", "--json"]).json(0);
    assert_eq!(report["doubtful"].as_array().map(Vec::len), Some(1), "{report}");
}
