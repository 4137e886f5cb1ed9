//! What came beside the answers: listed, and opened in the desktop's own program once the protocol lets it be seen.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::bundle;
use crate::home::{Home, Ran};

const RESUME: &[u8] = b"%PDF-1.4 the work of Amalie Testperson";

/// The small batch, in which the first candidate handed in a resume and named a letter that did not come.
fn home() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    fs::write(folder.join("Amalie Testperson.pdf"), RESUME).expect("a file can be written");
    let path = folder.join("batch.json");
    let text = fs::read_to_string(&path).expect("it was written");
    let mut document: Value = serde_json::from_str(&text).expect("it is JSON");
    document["submissions"][0]["documents"] =
        json!([{ "kind": "resume", "file": "Amalie Testperson.pdf" }, { "kind": "letter", "name": "letter.txt" }]);
    fs::write(&path, document.to_string()).expect("a file can be written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home
}

/// Puts an opener of files into the home: it writes down what it is given.
fn opener(home: &Home) {
    let (folder, to) = (home.path().join("bin"), home.path().display().to_string());
    fs::create_dir_all(&folder).expect("a folder can be made");
    let script = format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {to}/told\nfor last; do :; done\ncat \"$last\" > {to}/seen\n");
    fs::write(folder.join("xdg-open"), script).expect("a file can be written");
    fs::set_permissions(folder.join("xdg-open"), fs::Permissions::from_mode(0o700)).expect("it can be run");
}

fn document(home: &Home, more: &[&str]) -> Ran {
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    home.run_with(&[("PATH", path.as_str())], &[&["document", "small batch", "c-1"], more].concat())
}

#[test]
fn documents_are_listed_without_the_hidden_name_and_with_what_did_not_come() {
    let home = home();
    let listed = document(&home, &["--json"]).json(0);
    assert_eq!(listed["documents"].as_array().map(Vec::len), Some(2), "{listed}");
    assert_eq!(listed["documents"][0]["kind"], "resume", "{listed}");
    let details = [0, 1].map(|nth| listed["documents"][nth]["detail"].as_str().unwrap_or_default().to_owned());
    assert!(details[0].contains("[name].pdf") && details[1].contains("not here"), "{details:?}");
    let plain = document(&home, &[]);
    assert!(plain.out.contains("once your scorecard is sealed"), "{plain:#?}");
    assert!(!plain.out.contains("Amalie") && !listed.to_string().contains("Amalie"), "{plain:#?}");
    let none = home.run(&["document", "small batch", "c-2"]);
    assert!(none.out.contains("handed in no documents"), "{none:#?}");
}

#[test]
fn a_document_is_refused_before_the_seal_and_where_there_is_none() {
    let home = home();
    opener(&home);
    let early = document(&home, &["1"]);
    assert_eq!(early.code, Some(1), "{early:#?}");
    assert!(early.err.contains("once your scorecard is sealed"), "{early:#?}");
    assert!(!home.path().join("told").exists(), "nothing was opened");
    home.run(&["protocol", "small batch", "--set", "documents=always", "--json"]).json(0);
    for number in ["0", "3"] {
        let none = document(&home, &[number]);
        assert_eq!(none.code, Some(5), "{none:#?}");
    }
    let missing = document(&home, &["2"]);
    assert!(missing.code == Some(1) && missing.err.contains("did not come with the batch"), "{missing:#?}");
    // Nobody is there to say that it was seen: no file is left for nobody.
    let alone = document(&home, &["1"]);
    assert!(alone.code == Some(1) && alone.err.contains("takes only files"), "{alone:#?}");
}

#[test]
fn a_text_is_told_without_the_hidden_name_and_that_is_in_the_journal() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    fs::write(folder.join("letter.txt"), b"I am Amalie Testperson.\r\n\x1b[2JAsk me.").expect("a file can be written");
    let path = folder.join("batch.json");
    let mut whole: Value = serde_json::from_str(&fs::read_to_string(&path).expect("it was written")).expect("it is JSON");
    whole["submissions"][0]["documents"] = json!([{ "kind": "letter", "file": "letter.txt" }]);
    fs::write(&path, whole.to_string()).expect("a file can be written");
    home.run(&["import", "bundle", "--json"]).json(0);
    let early = document(&home, &["1"]);
    assert!(early.code == Some(1) && early.err.contains("once your scorecard is sealed"), "{early:#?}");
    home.run(&["protocol", "small batch", "--set", "documents=always", "--json"]).json(0);
    let told = document(&home, &["1"]);
    assert!(told.code == Some(0) && told.out.contains("I am [name] [name].\n"), "{told:#?}");
    assert!(!told.out.contains('\u{1b}') && told.out.contains("Ask me."), "{told:#?}");
    let json = document(&home, &["1", "--json"]).json(0);
    assert!(json["text"].as_str().is_some_and(|text| text.starts_with("I am [name] [name].\n")), "{json}");
    let journal = home.run(&["audit", "show", "small batch", "--json"]);
    assert!(journal.out.contains("document 1 was opened or read"), "{journal:#?}");
    assert_eq!(journal.out.matches("\"kind\": \"shown\"").count(), 2, "{journal:#?}");
}

#[test]
fn a_document_that_may_be_seen_is_opened_from_a_file_that_goes_and_that_is_in_the_journal() {
    let home = home();
    opener(&home);
    home.settings("player_files = true\n");
    home.run(&["protocol", "small batch", "--set", "documents=always", "--json"]).json(0);
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let variables = [("PATH", path.as_str())];
    let (screen, code) = home.run_at_terminal_with(&variables, "\n", &["document", "small batch", "c-1", "1"]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("that is in the journal"), "{screen}");
    assert_eq!(fs::read(home.path().join("seen")).ok().as_deref(), Some(RESUME), "every byte of it");
    let told = fs::read_to_string(home.path().join("told")).expect("it was told");
    assert!(told.trim_end().ends_with(".pdf") && !told.contains("Amalie"), "{told}");
    assert!(!fs::exists(told.trim_end()).unwrap_or(true), "the file is gone: {told}");
}
