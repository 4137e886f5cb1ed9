//! The ledger of deliveries and the place, where they say different things: a kill, a second batch, a wait, an erasure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Reply};
use super::delivering::{decide, dropped, with_drop};
use crate::home::{Home, Ran};

fn night(home: &Home, batch: &str, profile: &str, to: &str) -> Ran {
    home.run(&["deliver", "nightly", batch, "--profile", profile, "--to", to, "--json"])
}

fn retry(home: &Home, more: &[&str]) -> Ran {
    let args = ["deliver", "retry", "small batch", "--profile", "generic-csv", "--to", "drop", "--json"];
    home.run(&[&args[..], more].concat())
}

fn library(home: &Home) -> PathBuf {
    fn find(folder: &Path) -> Option<PathBuf> {
        let entries = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path());
        let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
        let here = files.iter().any(|path| path.ends_with("library.db"));
        if here { Some(folder.to_owned()) } else { folders.iter().find_map(|folder| find(folder)) }
    }
    find(home.path()).expect("a library")
}

/// What a killed run, or time, has left in the ledger.
fn ledger_says(home: &Home, sql: &'static str) {
    let path = library(home).join("library.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut db = sqlx::ConnectOptions::connect(&options).await.expect("it opens");
        sqlx::raw_sql(sql).execute(&mut db).await.expect("it runs");
    });
}

/// The files of the drop, by their names.
fn files(home: &Home) -> BTreeMap<String, PathBuf> {
    let entries = std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten();
    entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path())).collect()
}

#[test]
fn a_second_batch_about_the_same_applications_has_a_ledger_of_its_own() {
    let home = with_drop();
    assert_eq!(night(&home, "small batch", "generic-csv", "drop").json(4)["sum"]["delivered"], 3);
    // Another round of interviews with the same people, who did as well.
    let path = home.path().join("bundle/batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("there")).expect("JSON");
    (document["id"], document["title"]) = (json!("other"), json!("Other round"));
    std::fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "other round", "small.toml", "--yes", "--json"]).json(0);
    super::rate_all_of(&home, "other round");
    home.run(&["seal", "other round", "--all", "--acknowledge-unheard", "--json"]).json(0);
    for (outcome, files_there) in [("delivered", 2), ("unchanged", 2), ("unchanged", 2)] {
        let report = night(&home, "other round", "generic-csv", "drop").json(4);
        assert_eq!(report["sum"][outcome], 3, "{report:#}");
        assert_eq!(files(&home).keys().filter(|name| name.ends_with(".csv")).count(), files_there);
    }
    for batch in ["small batch", "other round"] {
        let status = home.run(&["deliver", "status", batch, "--json"]).json(0);
        let entries = status[0]["entries"].as_array().expect("entries");
        assert!(entries.len() == 3 && entries.iter().all(|entry| entry["state"] == "verified"), "{status:#}");
    }
}

#[test]
fn an_upload_that_failed_is_not_there_because_the_old_file_is_as_long() {
    let kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
    let is_full: Arc<Mutex<bool>> = Arc::default();
    let (of_server, full) = (Arc::clone(&kept), Arc::clone(&is_full));
    let server = Ats::start(move |got| {
        let mut kept = of_server.lock().expect("no panic");
        match (got.verb.as_str(), kept.get(&got.path)) {
            ("PUT", _) if *full.lock().expect("no panic") => Reply::Plain(500, String::new(), String::new()),
            ("PUT", _) => {
                kept.insert(got.path.clone(), got.body.clone());
                Reply::Plain(201, String::new(), String::new())
            }
            (_, Some(bytes)) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
            _ => Reply::Plain(404, String::new(), String::new()),
        }
    });
    let home = with_drop();
    let text = home.run(&["profile", "show", "spreadsheet"]).out;
    // Two columns whose values are as long before and after; the times of decisions are not.
    let (head, rest) = text.split_once("[[column]]").expect("columns");
    let (_, tail) = rest.split_once("[deliver]").expect("where to");
    let column = |name: &str| format!("[[column]]\nname = \"{name}\"\nfrom = \"{name}\"\n");
    let text = format!("{head}{}{}[deliver]{tail}", column("candidate"), column("decision"));
    let patience = "\n[retry]\nattempts = 2\nbase = \"10ms\"\ncap = \"20ms\"\n";
    std::fs::write(home.path().join("own.toml"), format!("{text}{patience}")).expect("written");
    let to = format!("{}/in/sheet.csv", server.address);
    decide(&home, "c-2", "advance", "14");
    night(&home, "small batch", "own.toml", &to).json(0);
    let before = kept.lock().expect("no panic").clone();
    decide(&home, "c-2", "decline", "14");
    *is_full.lock().expect("no panic") = true;
    let puts = || server.got().iter().filter(|got| got.verb == "PUT").count();
    let so_far = puts();
    let again = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &to, "--json"];
    let report = night(&home, "small batch", "own.toml", &to).json(75);
    assert_eq!((&report["sum"]["delivered"], &report["sum"]["failed"]), (&json!(0), &json!(4)), "{report:#}");
    assert_eq!(puts(), so_far + 2, "as often as the profile says");
    let report = home.run(&again).json(75);
    assert_eq!((&report["sum"]["delivered"], &report["sum"]["failed"]), (&json!(0), &json!(4)), "{report:#}");
    // The same after a kill, when nobody knows how the upload ended.
    ledger_says(&home, "update delivery set state = 'sent' where state = 'failed'");
    assert_eq!(home.run(&again).json(75)["sum"]["delivered"], 0);
    assert_eq!(*kept.lock().expect("no panic"), before);
    *is_full.lock().expect("no panic") = false;
    assert_eq!(home.run(&again).json(0)["sum"]["delivered"], 4);
    let after = kept.lock().expect("no panic");
    let [old, new] = [&before, &*after].map(|files| files.get("/in/sheet.csv").expect("the table"));
    assert!(old != new && old.len() == new.len(), "other bytes of the same length: {} and {}", old.len(), new.len());
}

#[test]
fn a_folder_in_which_nothing_of_ours_lies_says_nothing_of_what_was_taken() {
    let home = with_drop();
    night(&home, "small batch", "generic-csv", "drop").json(4);
    ledger_says(&home, "update delivery set state = 'sent'");
    // An importer takes the table, and leaves what lies beside it.
    let table = files(&home).into_iter().find(|(name, _)| name.ends_with(".csv")).expect("it lies there").1;
    std::fs::remove_file(table).expect("taken");
    assert_eq!(retry(&home, &[]).json(0)["sum"]["delivered"], 3);
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert!(status[0]["entries"].as_array().expect("entries").iter().all(|entry| entry["state"] == "accepted"), "{status:#}");
    // The share is away, and its empty mount point is there.
    ledger_says(&home, "update delivery set state = 'sent'");
    files(&home).values().for_each(|path| std::fs::remove_file(path).expect("it was there"));
    for _ in 0..2 {
        let report = retry(&home, &[]).json(4);
        assert_eq!(report["sum"]["unknown"], 3, "{report:#}");
        let why = report["rows"][0]["reason"].as_str().expect("a reason");
        assert!(why.contains("not mounted") && why.contains("--arrived"), "{why}");
    }
    assert_eq!(retry(&home, &["--again"]).json(0)["sum"]["delivered"], 3);
    assert_eq!(dropped(&home.path().join("drop")).len(), 3);
}

#[cfg(unix)]
#[test]
fn one_file_is_one_place_however_it_is_named_and_whether_it_is_there_or_not() {
    let home = with_drop();
    std::os::unix::fs::symlink(home.path().join("drop"), home.path().join("link")).expect("laid");
    for (to, outcome) in
        [("link/sheet.csv", "delivered"), ("./drop/../drop/sheet.csv", "unchanged"), ("link/sheet.csv", "unchanged")]
    {
        let report = night(&home, "small batch", "spreadsheet", to).json(0);
        assert_eq!(report["sum"][outcome], 4, "{to}: {report:#}");
    }
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert_eq!(status.as_array().map(Vec::len), Some(1), "{status:#}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_night_that_waited_sends_what_is_true_when_its_turn_comes() {
    use std::os::unix::fs::OpenOptionsExt as _;
    let home = with_drop();
    decide(&home, "c-2", "advance", "14");
    // In the lock's place lies a pipe: it tells when the night has asked for its turn.
    let lock = library(&home).join("deliver.lock");
    let _ = std::fs::remove_file(&lock);
    assert!(std::process::Command::new("mkfifo").arg(&lock).status().expect("mkfifo is there").success());
    let mode = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).expect("a flag");
    let held = std::fs::OpenOptions::new().read(true).custom_flags(mode).open(&lock).expect("it opens");
    held.lock().expect("nobody else has it");
    let mut command = home.command(&["deliver", "nightly", "small batch", "--profile", "generic-csv", "--to", "drop", "--json"]);
    let child = command.stdout(std::process::Stdio::piped()).spawn().expect("it starts");
    let mut asked = [rustix::event::PollFd::new(&held, rustix::event::PollFlags::IN)];
    assert_eq!(rustix::event::poll(&mut asked, None), Ok(1), "it asked, and let go");
    decide(&home, "c-2", "decline", "14");
    // The pipe stays open to be read, or the night would wait for that.
    held.unlock().expect("it was held");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stdout));
    let rows = dropped(&home.path().join("drop"));
    assert!(rows["14"].len() == 1 && rows["14"][0].contains(",decline,"), "{rows:#?}");
}

#[test]
fn what_was_begun_and_is_not_sent_leaves_no_person_behind() {
    let home = with_drop();
    night(&home, "small batch", "generic-csv", "drop").json(4);
    // A run was killed before the file had its name, and then somebody decided otherwise.
    ledger_says(&home, "update delivery set state = 'failed'");
    let table = files(&home).into_iter().find(|(name, _)| name.ends_with(".csv")).expect("it lies there").1;
    let part = table.with_extension("csv.part");
    std::fs::rename(&table, &part).expect("moved");
    decide(&home, "c-2", "decline", "14");
    night(&home, "small batch", "generic-csv", "drop").json(4);
    assert!(!part.exists(), "{:?}", files(&home));
    assert_eq!(dropped(&home.path().join("drop")).len(), 3);
}

#[test]
fn an_erased_person_leaves_no_row_open_for_ever_and_what_may_lie_there_is_named() {
    let home = with_drop();
    night(&home, "small batch", "generic-csv", "drop").json(4);
    // The first has two rows, the second one.
    ledger_says(&home, "update delivery set state = 'failed'");
    ledger_says(
        &home,
        "update delivery set state = 'unknown' where candidate in (select candidate from delivery group by candidate having count(*) = 1)",
    );
    assert_eq!(home.run(&["deliver", "status", "small batch", "--json"]).json(4)[0]["open"], 3);
    for candidate in ["c-1", "c-2"] {
        home.run(&["subject", "erase", candidate, "--reason", "asked for it", "--yes", "--json"]).json(0);
    }
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert_eq!((&status[0]["open"], &status[0]["erased"]), (&json!(0), &json!(1)), "{status:#}");
    let told = home.run(&["deliver", "status", "small batch"]);
    assert!(told.code == Some(0) && (told.out + &told.err).contains("1 row may have arrived of people who were erased"));
    assert_eq!(retry(&home, &[]).json(0)["sum"]["selected"], 0);
}

#[test]
fn a_candidate_who_is_blocked_by_a_fault_is_named_in_the_column_that_says_why_there_is_no_score() {
    let home = super::attached();
    let path = home.path().join("bundle/batch.json");
    let mut document: Value = serde_json::from_slice(&std::fs::read(&path).expect("there")).expect("JSON");
    document["submissions"][0]["applications"] = json!([{ "id": "0012" }]);
    std::fs::write(&path, document.to_string()).expect("written");
    home.run(&["import", "bundle", "--json"]).json(0);
    super::rate_all(&home);
    for (question, criterion) in [("1", "diagnosis"), ("1", "news"), ("2", "plain-words")] {
        let ran = super::rate(&home, "c-1", question, criterion, "TF");
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let planned = home.run(&["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", ".", "--json"]).json(4);
    let row = planned["rows"].as_array().expect("rows").iter().find(|row| row["object"] == "0012").expect("it is a row");
    assert_eq!((&row["values"]["status"]["new"], &row["values"]["score"]), (&json!("blocked"), &Value::Null), "{row:#}");
}
