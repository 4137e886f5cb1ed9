//! What lies beside a file that was delivered: what cannot be put there is a fault of its own, and what is gone is put there again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Reply};
use super::delivering::{decide, with_drop};
use super::sshd::Sshd;
use crate::home::{Home, Ran};

fn night(home: &Home, to: &str) -> Ran {
    home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", to, "--json"])
}

fn retry(home: &Home, to: &str) -> Ran {
    home.run(&["deliver", "retry", "small batch", "--profile", "own.toml", "--to", to, "--json"])
}

/// A shipped profile, with more in its `[deliver]`.
fn profile(home: &Home, shipped: &str, deliver: &str) {
    let text = home.run(&["profile", "show", shipped]).out;
    let text = if text.contains("[deliver]") { text } else { format!("{text}\n[deliver]\n") };
    let text = text.replace("[deliver]\n", &format!("[deliver]\n{deliver}"));
    let patience = "\n[retry]\nattempts = 2\nbase = \"10ms\"\ncap = \"20ms\"\n";
    std::fs::write(home.path().join("own.toml"), format!("{text}{patience}")).expect("written");
}

/// Places of files: a folder, and the same by SFTP where that can be played here.
fn places(home: &Home) -> Vec<(String, String, Option<Sshd>)> {
    let mut all = vec![("drop".to_owned(), String::new(), None)];
    if let Some(server) = Sshd::start(&home.path().join("sshd")) {
        all.push((server.address(&home.path().join("drop")), server.deliver(), Some(server)));
    }
    all
}

/// What was uploaded, by its path.
type Kept = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A server that keeps what is uploaded, but for names that end so.
fn uploads(kept: &Kept, refused: &Arc<Mutex<Option<(&'static str, u16)>>>) -> Ats {
    let (kept, refused) = (Arc::clone(kept), Arc::clone(refused));
    Ats::start(move |got| {
        let mut kept = kept.lock().expect("no panic");
        match (got.verb.as_str(), *refused.lock().expect("no panic")) {
            ("PUT", Some((end, status))) if got.path.ends_with(end) => Reply::Plain(status, String::new(), String::new()),
            ("PUT", _) => {
                kept.insert(got.path.clone(), got.body.clone());
                Reply::Plain(201, String::new(), String::new())
            }
            _ => match kept.get(&got.path) {
                Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
                None => Reply::Plain(404, String::new(), String::new()),
            },
        }
    })
}

fn states(home: &Home) -> Vec<Value> {
    let status = home.run(&["deliver", "status", "small batch", "--json"]);
    let status: Value = serde_json::from_str(&status.out).expect("JSON");
    let entries = status.as_array().into_iter().flatten().flat_map(|place| place["entries"].as_array().expect("entries"));
    entries.map(|entry| entry["state"].clone()).collect()
}

#[test]
fn an_upload_whose_marker_is_refused_leaves_its_rows_verified_and_the_next_run_puts_the_marker_alone() {
    for status in [403, 503] {
        let home = with_drop();
        profile(&home, "spreadsheet", "done_marker = \"{filename}.done\"\n");
        let (kept, refused) = (Arc::default(), Arc::new(Mutex::new(Some((".done", status)))));
        let server = uploads(&kept, &refused);
        let to = format!("{}/in/sheet.csv", server.address);
        let puts = |end: &str| server.got().iter().filter(|got| got.verb == "PUT" && got.path.ends_with(end)).count();
        let first = night(&home, &to).json(4);
        assert_eq!((&first["sum"]["delivered"], &first["sum"]["unknown"]), (&json!(4), &json!(0)), "{first:#}");
        assert_eq!(first["lacking"][0]["lacks"], "sheet.csv.done", "{first:#}");
        assert!(first["lacking"][0]["reason"].as_str().is_some_and(|why| why.contains(&status.to_string())), "{first:#}");
        assert!(states(&home).iter().all(|state| *state == "verified"), "{:?}", states(&home));
        let again = retry(&home, &to).json(if status == 503 { 75 } else { 3 });
        assert_eq!((&again["sum"]["selected"], &again["lacking"][0]["lacks"]), (&json!(0), &json!("sheet.csv.done")), "{again:#}");
        assert_eq!((puts(".csv"), puts(".manifest.json")), (1, 1), "what is there is not put again");
        *refused.lock().expect("no panic") = None;
        let last = night(&home, &to).json(0);
        assert_eq!((&last["sum"]["unchanged"], &last["lacking"]), (&json!(4), &json!([])), "{last:#}");
        assert_eq!((puts(".csv"), puts(".manifest.json")), (1, 1));
        assert!(kept.lock().expect("no panic").contains_key("/in/sheet.csv.done"));
        let so_far = puts(".done");
        night(&home, &to).json(0);
        assert_eq!(puts(".done"), so_far, "once it is there, nobody puts it again: whoever takes it may have");
    }
}

#[test]
fn a_marker_that_cannot_be_put_into_a_folder_is_named_and_put_by_the_next_run() {
    let home = with_drop();
    for (to, deliver, _server) in places(&home) {
        profile(&home, "spreadsheet", &format!("{deliver}done_marker = \"{{filename}}.done\"\n"));
        let file = |name: &str| home.path().join("drop").join(name);
        // What somebody put there is in the marker's way.
        let name = format!("{}sheet.csv", if to == "drop" { "drop/" } else { &to });
        let way = file("sheet.csv.done.part");
        std::fs::create_dir(&way).expect("made");
        let first = night(&home, &name).json(4);
        assert_eq!((&first["sum"]["delivered"], &first["lacking"][0]["lacks"]), (&json!(4), &json!("sheet.csv.done")), "{first:#}");
        let said = home.run(&["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &name]);
        assert!(said.code == Some(4) && said.err.contains("sheet.csv.done could not be put beside it"), "{said:#?}");
        std::fs::remove_dir(&way).expect("taken away");
        let last = retry(&home, &name).json(0);
        assert_eq!((&last["sum"]["selected"], &last["lacking"]), (&json!(0), &json!([])), "{last:#}");
        assert!(file("sheet.csv.done").exists() && file("sheet.csv.manifest.json").exists());
        for left in std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten() {
            std::fs::remove_file(left.path()).expect("taken");
        }
    }
}

#[test]
fn a_marker_is_not_put_beside_nothing_until_somebody_has_looked() {
    let home = with_drop();
    profile(&home, "spreadsheet", "done_marker = \"{filename}.done\"\n");
    let way = home.path().join("drop/sheet.csv.done.part");
    std::fs::create_dir(&way).expect("made");
    night(&home, "drop/sheet.csv").json(4);
    // The share is away, and its mount point is empty.
    std::fs::remove_dir_all(home.path().join("drop")).expect("away");
    std::fs::create_dir(home.path().join("drop")).expect("a mount point");
    let report = retry(&home, "drop/sheet.csv").json(4);
    assert!(report["lacking"][0]["reason"].as_str().is_some_and(|why| why.contains("--arrived")), "{report:#}");
    assert_eq!(std::fs::read_dir(home.path().join("drop")).expect("a folder").count(), 0);
    let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", "drop/sheet.csv", "--arrived", "c-1", "--json"];
    home.run(&args).json(0);
    night(&home, "drop/sheet.csv").json(0);
}

#[test]
fn what_is_gone_from_beside_a_table_that_stays_is_put_there_again() {
    let home = with_drop();
    let beside = || -> Vec<PathBuf> {
        let files = std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten().map(|file| file.path());
        files.filter(|path| ["json", "sha256"].iter().any(|end| path.extension().is_some_and(|found| found == *end))).collect()
    };
    for (to, deliver, _server) in places(&home) {
        profile(&home, "spreadsheet", &deliver);
        night(&home, &to).json(0);
        assert_eq!(beside().len(), 2);
        beside().iter().for_each(|path| std::fs::remove_file(path).expect("there"));
        let report = night(&home, &to).json(0);
        assert_eq!(report["sum"]["unchanged"], 4, "{report:#}");
        assert_eq!(beside().len(), 2);
        let manifest = beside().into_iter().find(|path| path.extension().is_some_and(|end| end == "json")).expect("there");
        let manifest: Value = serde_json::from_slice(&std::fs::read(manifest).expect("there")).expect("JSON");
        assert_eq!(manifest["rows"], 4, "{manifest:#}");
        // Where the table itself is another since, what lies beside it is of that one.
        decide(&home, "c-2", if deliver.is_empty() { "decline" } else { "hold" }, "14");
        night(&home, &to).json(0);
        assert_eq!(night(&home, &to).json(0)["sum"]["unchanged"], 4);
    }
}

#[test]
fn what_is_gone_from_beside_an_upload_is_put_there_again() {
    let home = with_drop();
    profile(&home, "spreadsheet", "");
    let (kept, refused): (Kept, _) = (Arc::default(), Arc::default());
    let server = uploads(&kept, &refused);
    let to = format!("{}/in/sheet.csv", server.address);
    night(&home, &to).json(0);
    kept.lock().expect("no panic").retain(|path, _| path.ends_with(".csv"));
    assert_eq!(night(&home, &to).json(0)["sum"]["unchanged"], 4);
    let there: Vec<String> = kept.lock().expect("no panic").keys().cloned().collect();
    assert_eq!(there, ["/in/sheet.csv", "/in/sheet.csv.manifest.json", "/in/sheet.csv.sha256"]);
    let puts = || server.got().iter().filter(|got| got.verb == "PUT").count();
    let so_far = puts();
    night(&home, &to).json(0);
    assert_eq!(puts(), so_far, "what lies there is left alone");
}

#[test]
fn manifest_and_digest_are_put_again_where_what_says_that_all_is_there_lies_there_still() {
    let home = with_drop();
    for (to, deliver, _server) in places(&home) {
        profile(&home, "spreadsheet", &format!("{deliver}done_marker = \"{{filename}}.done\"\n"));
        let name = format!("{}sheet.csv", if to == "drop" { "drop/" } else { &to });
        let file = |name: &str| home.path().join("drop").join(name);
        let there = |names: [&str; 4]| names.map(|name| file(name).exists());
        let names = ["sheet.csv", "sheet.csv.sha256", "sheet.csv.manifest.json", "sheet.csv.done"];
        night(&home, &name).json(0);
        names[1..3].iter().for_each(|name| std::fs::remove_file(file(name)).expect("there"));
        assert_eq!(night(&home, &name).json(0)["sum"]["unchanged"], 4);
        assert_eq!(there(names), [true; 4]);
        // Whoever has begun to take it away is left alone.
        names[1..].iter().for_each(|name| std::fs::remove_file(file(name)).expect("there"));
        night(&home, &name).json(0);
        assert_eq!(there(names), [true, false, false, false]);
        std::fs::remove_file(file("sheet.csv")).expect("there");
    }
}

#[test]
fn a_table_that_is_gone_before_anything_said_that_it_was_whole_was_not_taken() {
    let home = with_drop();
    profile(&home, "spreadsheet", "done_marker = \"{filename}.done\"\n");
    let file = |name: &str| home.path().join("drop").join(name);
    std::fs::create_dir(file("sheet.csv.done.part")).expect("made");
    night(&home, "drop/sheet.csv").json(4);
    let status = home.run(&["deliver", "status", "small batch"]);
    assert!(status.code == Some(4) && status.err.contains("sheet.csv.done could not be put beside it"), "{status:#?}");
    std::fs::remove_dir(file("sheet.csv.done.part")).expect("there");
    std::fs::remove_file(file("sheet.csv")).expect("there");
    for _ in 0..2 {
        let told = home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop/sheet.csv"]);
        assert!(told.code == Some(4) && told.err.contains("sheet.csv is not there any more"), "{told:#?}");
        assert!(!told.err.contains("sheet.csv is there") && !told.err.contains("puts it there"), "{told:#?}");
        assert!(!file("sheet.csv.done").exists());
    }
    std::fs::write(file("sheet.csv"), "somebody's").expect("written");
    let told = home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop/sheet.csv"]);
    assert!(told.code == Some(4) && told.err.contains("another file lies there as sheet.csv"), "{told:#?}");
    assert!(!told.err.contains("sheet.csv is there") && !told.err.contains("puts it there"), "{told:#?}");
    std::fs::remove_file(file("sheet.csv")).expect("there");
    let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", "drop/sheet.csv", "--arrived", "c-1", "--json"];
    home.run(&args).json(0);
    assert_eq!(night(&home, "drop/sheet.csv").json(0)["lacking"], json!([]));
    home.run(&["deliver", "status", "small batch", "--json"]).json(0);
}

#[test]
fn nothing_of_the_last_night_is_taken_away_before_the_new_file_can_be_put() {
    let home = with_drop();
    let everything = || -> BTreeMap<String, Vec<u8>> {
        let files = std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten().filter(|file| file.path().is_file());
        let named = files.map(|file| (file.file_name().into_string().expect("a name"), file.path()));
        named.filter(|(name, _)| !name.ends_with(".part")).map(|(name, path)| (name, std::fs::read(path).expect("there"))).collect()
    };
    profile(&home, "spreadsheet", "done_marker = \"{filename}.done\"\n");
    decide(&home, "c-2", "advance", "14");
    night(&home, "drop/sheet.csv").json(0);
    for (in_the_way, decision) in [("sheet.csv.sha256.part", "hold"), ("sheet.csv.done", "decline")] {
        let way = home.path().join("drop").join(in_the_way);
        let _ = std::fs::remove_file(&way);
        std::fs::create_dir(&way).expect("made");
        let before = everything();
        decide(&home, "c-2", decision, "14");
        let report = night(&home, "drop/sheet.csv").json(4);
        assert_eq!(report["sum"]["failed"], 4, "{report:#}");
        assert!(report["open"].to_string().contains(in_the_way), "{report:#}");
        assert_eq!(report["lacking"], json!([]), "what lies there lacks nothing");
        assert_eq!(everything(), before, "what was delivered stands as it was");
        std::fs::remove_dir(&way).expect("taken away");
        assert_eq!(night(&home, "drop/sheet.csv").json(0)["sum"]["delivered"], 4);
        assert_eq!(everything().len(), 4);
    }
    let status = home.run(&["deliver", "status", "small batch"]);
    assert!(status.out.contains(": 4 verified"), "what was delivered before in another content counts no more: {status:#?}");
}
