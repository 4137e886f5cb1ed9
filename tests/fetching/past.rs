//! What is past its date, or was erased: it does not come again, and that is counted and said, once for each change.

use std::path::Path;

use serde_json::{Value, json};

use super::host::{Fault, Host};
use super::platform::export;
use super::{DESCRIPTION, done, fetch, home_of_platform, lines, wav};
use crate::commands::bundle;
use crate::home::{Home, Ran};

/// A home with somebody in it, whose source `drop` is the folder of a small batch.
fn home() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    bundle::write(home.path());
    home.settings(&format!("[source.drop]\nkind = \"folder\"\npath = \"{}\"\n", home.path().join("bundle").display()));
    home
}

fn drop_says(home: &Home, with: impl FnOnce(&mut Value)) {
    let path = home.path().join("bundle/batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("it is there")).expect("JSON");
    with(&mut document);
    std::fs::write(&path, document.to_string()).expect("written");
}

fn from_drop(home: &Home) -> Ran {
    home.run(&["fetch", "drop", "--json"])
}

/// The reasons of problems of this code.
fn told(lines: &[Value], code: &str) -> Vec<String> {
    let problems = lines.iter().filter_map(|line| line.get("problem")).filter(|problem| problem["code"] == code);
    problems.map(|problem| problem["reason"].as_str().unwrap_or_default().to_owned()).collect()
}

fn in_vault(home: &Home) -> usize {
    fn count(folder: &Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.map(|path| if path.is_dir() { count(&path) } else { 1 }).sum()
    }
    count(&home.path().join(".local/share/earmark/library/vault"))
}

#[test]
fn what_retention_removed_from_a_folder_does_not_come_back_and_is_counted() {
    let home = home();
    done(&from_drop(&home), 0);
    assert_eq!(in_vault(&home), 5);
    drop_says(&home, |document| {
        document["retain_until"] = json!("2020-01-31");
        document["submissions"][1]["retain_until"] = json!("2020-06-30");
    });
    let dated = lines(&from_drop(&home));
    assert_eq!(told(&dated, "past").len(), 2, "{dated:#?}");
    home.run(&["retention", "run", "--json"]).json(0);
    assert_eq!(in_vault(&home), 0);
    let after = lines(&from_drop(&home));
    let says = told(&after, "past").join("\n");
    assert!(says.contains("3 recordings were not taken: the batch's were to be kept until 2020-01-31"), "{after:#?}");
    assert_eq!(in_vault(&home), 0, "nothing came back");
    assert!(told(&lines(&from_drop(&home)), "past").is_empty(), "it is said once");
    let by_hand = home.run(&["import", "bundle", "--json"]).json(0);
    assert!(by_hand["problems"].to_string().contains("3 recordings were not taken"), "{by_hand}");
    assert_eq!(in_vault(&home), 0);
    // What was removed does not come back either where the source says no date any more.
    drop_says(&home, |document| drop(document.as_object_mut().expect("a record").remove("retain_until")));
    let undated = lines(&from_drop(&home));
    assert!(
        told(&undated, "past").join("\n").contains("3 recordings were not taken: retention has removed them here"),
        "{undated:#?}"
    );
    assert_eq!(in_vault(&home), 0);
    assert_eq!(home.run(&["vault", "verify", "--json"]).json(0)["put_away"], 3);
}

#[test]
fn who_is_past_the_date_when_a_batch_comes_is_not_taken_and_is_counted() {
    let home = home();
    drop_says(&home, |document| document["submissions"][1]["retain_until"] = json!("2020-06-30"));
    let would = lines(&home.run(&["fetch", "drop", "--dry-run", "--json"]));
    assert_eq!((would.last().map(|end| &end["files"]), told(&would, "past").len()), (Some(&json!(3)), 1), "{would:#?}");
    let first = lines(&from_drop(&home));
    assert!(told(&first, "past")[0].contains("1 person is past the date of being kept (c-2): nothing"), "{first:#?}");
    assert_eq!(home.run(&["batches", "--json"]).json(0)[0]["answers"], 3);
    assert_eq!(in_vault(&home), 3);
}

#[test]
fn who_was_erased_is_told_once_as_left_out_and_not_every_night() {
    let home = home();
    done(&from_drop(&home), 0);
    for person in ["c-1", "c-3"] {
        home.run(&["subject", "erase", person, "--yes", "--json"]).json(0);
        let first = home.run(&["fetch", "drop"]);
        assert!(first.code == Some(0) && first.out.contains("erased here before and left out"), "{first:#?}");
        assert!(first.err.contains("this person's data was erased here"), "{first:#?}");
        let again = home.run(&["fetch", "drop"]);
        assert!(again.code == Some(0) && again.out.contains("nothing new") && again.err.is_empty(), "{again:#?}");
    }
}

#[test]
fn a_platforms_people_and_recordings_that_are_past_their_dates_are_not_asked_for_and_are_counted() {
    let mut exported = export(["/m/1.wav", "/m/2.wav", "/m/3.wav"], None);
    exported["candidates"][1]["until"] = json!("2020-06-30");
    let serve = |exported: &Value| {
        let files = (1..=3).map(|nth| (format!("/m/{nth}.wav"), wav(nth, 20_000)));
        Host::start(files.chain([("/export.json".to_owned(), exported.to_string().into_bytes())]), |_, _| Fault::None)
    };
    let described = |home: &Home| {
        let dated = DESCRIPTION.replace("completed_at =", "retain_until = \"/until\", completed_at =");
        let dated = dated.replace("region = \"/batch/region\"", "retain_until = \"/batch/until\"");
        std::fs::write(home.path().join(".config/earmark/platform.toml"), dated).expect("written");
    };
    let host = serve(&exported);
    let home = home_of_platform(&host.address);
    described(&home);
    let ran = fetch(&home, &[]);
    assert_eq!(done(&ran, 0)["arrived"], json!(2), "{ran:#?}");
    assert!(told(&lines(&ran), "past")[0].contains("1 person is past"), "{ran:#?}");
    exported["batch"]["until"] = json!("2020-01-31");
    let host = serve(&exported);
    let home = home_of_platform(&host.address);
    described(&home);
    let ran = fetch(&home, &[]);
    assert_eq!(done(&ran, 0)["files"], json!(0), "{ran:#?}");
    assert!(told(&lines(&ran), "past").join("\n").contains("2 recordings were not taken"), "{ran:#?}");
    assert!(host.asked().iter().all(|asked| asked.path == "/export.json"));
}
