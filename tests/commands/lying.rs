//! Tables that were delivered whole and do not lie there any more as they were: each night looks, tells, and writes them again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Reply};
use super::delivering::{decide, with_drop};
use crate::home::{Home, Ran};

fn night(home: &Home, to: &str) -> Ran {
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", to, "--metrics", "m.prom", "--json"];
    home.run(&args)
}

/// A shipped profile, with more in its `[deliver]`.
fn profile(home: &Home, shipped: &str, deliver: &str) {
    let text = home.run(&["profile", "show", shipped]).out;
    let text = if text.contains("[deliver]") { text } else { format!("{text}\n[deliver]\n") };
    std::fs::write(home.path().join("own.toml"), text.replace("[deliver]\n", &format!("[deliver]\n{deliver}"))).expect("written");
}

fn table(home: &Home) -> Option<PathBuf> {
    let files = std::fs::read_dir(home.path().join("drop")).expect("a folder").flatten().map(|file| file.path());
    files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "csv"))
}

/// How many rows the metrics say to be lost.
fn lost_rows(home: &Home) -> Option<String> {
    let text = std::fs::read_to_string(home.path().join("m.prom")).expect("told");
    let line = text.lines().find(|line| line.starts_with("earmark_delivery_lost_rows{"))?;
    Some(line.rsplit_once(' ').expect("a value").1.to_owned())
}

#[test]
fn a_table_that_is_gone_or_cut_is_told_and_written_again() {
    let home = with_drop();
    profile(&home, "spreadsheet", "");
    let first = night(&home, "drop").json(0);
    assert_eq!((&first["sum"]["delivered"], &first["lost"]), (&json!(4), &json!(0)), "{first:#}");
    let path = table(&home).expect("it lies there");
    let whole = std::fs::read(&path).expect("there");
    for left in [None, Some(100)] {
        match left {
            Some(bytes) => std::fs::write(&path, &whole[..bytes]).expect("cut"),
            None => std::fs::remove_file(&path).expect("it was there"),
        }
        let planned = home.run(&["deliver", "plan", "small batch", "--profile", "own.toml", "--to", "drop"]);
        assert!(
            planned.code == Some(4) && planned.err.contains(" was delivered") && planned.err.contains("(4 rows)"),
            "{planned:#?}"
        );
        let report = night(&home, "drop").json(0);
        assert_eq!((&report["sum"]["delivered"], &report["lost"]), (&json!(4), &json!(4)), "{report:#}");
        assert_eq!(lost_rows(&home).as_deref(), Some("4"));
        assert_eq!(std::fs::read(&path).expect("written again"), whole);
        let after = night(&home, "drop").json(0);
        assert_eq!((&after["sum"]["unchanged"], &after["lost"]), (&json!(4), &json!(0)), "{after:#}");
        assert_eq!(lost_rows(&home).as_deref(), Some("0"));
    }
}

#[test]
fn the_beginning_of_a_table_is_written_over_also_where_a_row_is_another_since() {
    let home = with_drop();
    profile(&home, "spreadsheet", "");
    decide(&home, "c-2", "advance", "14");
    night(&home, "drop").json(0);
    let path = table(&home).expect("it lies there");
    let whole = || std::fs::read(&path).expect("there");
    // Half of it, and all but its end: from before what is another now to behind that.
    for (share, decision) in [(2, "hold"), (1, "decline")] {
        let bytes = whole();
        std::fs::write(&path, &bytes[..bytes.len() / share - 3]).expect("cut");
        decide(&home, "c-2", decision, "14");
        let report = night(&home, "drop").json(0);
        assert_eq!((&report["sum"]["delivered"], &report["lost"]), (&json!(4), &json!(4)), "{report:#}");
        assert!(String::from_utf8_lossy(&whole()).contains(decision), "it is written again");
    }
    std::fs::write(&path, [&whole()[..whole().len() / 2], b"junk"].concat()).expect("somebody's");
    decide(&home, "c-2", "hold", "14");
    assert_eq!(night(&home, "drop").json(4)["sum"]["failed"], 4, "that is no beginning of it");
}

#[test]
fn a_table_that_somebody_changed_is_told_and_left_until_somebody_says_otherwise() {
    let home = with_drop();
    profile(&home, "spreadsheet", "");
    night(&home, "drop").json(0);
    let path = table(&home).expect("it lies there");
    let whole = std::fs::read(&path).expect("there");
    std::fs::write(&path, [&whole[..], b"junk"].concat()).expect("written");
    for _ in 0..2 {
        let report = night(&home, "drop").json(4);
        assert_eq!(report["sum"]["failed"], 4, "{report:#}");
        assert!(report["open"].to_string().contains("--replace"), "{report:#}");
        assert!(std::fs::read(&path).expect("there").ends_with(b"junk"));
    }
    let args = ["deliver", "retry", "small batch", "--profile", "own.toml", "--to", "drop", "--replace", "--json"];
    assert_eq!(home.run(&args).json(0)["sum"]["delivered"], 4);
    assert_eq!(std::fs::read(&path).expect("there"), whole);
    assert_eq!(night(&home, "drop").json(0)["sum"]["unchanged"], 4);
}

#[test]
fn where_files_are_taken_away_nobody_looks_and_nobody_says_that_none_is_lost() {
    for (shipped, deliver, code) in [
        ("spreadsheet", "done_marker = \"{filename}.done\"\n", 0),
        ("spreadsheet", "taken_away = true\n", 0),
        ("generic-csv", "", 4),
    ] {
        let home = with_drop();
        profile(&home, shipped, deliver);
        night(&home, "drop").json(code);
        std::fs::remove_file(table(&home).expect("it lies there")).expect("taken");
        let report = night(&home, "drop").json(code);
        assert_eq!((&report["sum"]["delivered"], &report["lost"]), (&json!(0), &Value::Null), "{shipped} {deliver}: {report:#}");
        assert_eq!((lost_rows(&home), table(&home)), (None, None), "{shipped} {deliver}");
    }
}

#[test]
fn an_upload_that_is_gone_is_told_and_sent_again_and_a_server_that_is_away_is_no_green_night() {
    let files: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
    let is_away: Arc<Mutex<bool>> = Arc::default();
    let (of_server, away) = (Arc::clone(&files), Arc::clone(&is_away));
    let server = Ats::start(move |got| {
        let mut files = of_server.lock().expect("no panic");
        if *away.lock().expect("no panic") {
            return Reply::Plain(503, "retry-after: 4000\r\n".into(), String::new());
        }
        if got.verb == "PUT" {
            files.insert(got.path.clone(), got.body.clone());
            return Reply::Plain(201, String::new(), String::new());
        }
        match files.get(&got.path) {
            Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
            None => Reply::Plain(404, String::new(), String::new()),
        }
    });
    let home = with_drop();
    profile(&home, "spreadsheet", "");
    let to = format!("{}/in/", server.address);
    night(&home, &to).json(0);
    assert_eq!(night(&home, &to).json(0)["lost"], 0);
    files.lock().expect("no panic").clear();
    let report = night(&home, &to).json(0);
    assert_eq!((&report["sum"]["delivered"], &report["lost"]), (&json!(4), &json!(4)), "{report:#}");
    *is_away.lock().expect("no panic") = true;
    let report = night(&home, &to).json(75);
    assert_eq!((&report["sum"]["unchanged"], &report["lost"], &report["balances"]), (&json!(4), &Value::Null, &json!(false)));
}

#[test]
fn a_table_that_is_gone_opens_no_way_past_the_brake() {
    let home = with_drop();
    profile(&home, "spreadsheet", "");
    let all = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
    night(&home, "drop").json(0);
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "decline", id));
    for is_gone in [false, true] {
        if is_gone {
            std::fs::remove_file(table(&home).expect("it lies there")).expect("removed");
        }
        let braked = night(&home, "drop").json(1);
        assert_eq!((&braked["sum"]["held"], &braked["sum"]["failed"]), (&json!(4), &json!(0)), "{braked:#}");
        assert_eq!(braked["lost"], if is_gone { 4 } else { 0 }, "{braked:#}");
        assert!(braked["why"].to_string().contains("75% of the rows"), "{braked:#}");
        assert_eq!(braked["lacking"], Value::Null, "nobody has looked beside it");
    }
    assert_eq!(table(&home), None, "nothing was written");
    let args = ["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", "drop", "--max-change", "100", "--json"];
    assert_eq!(home.run(&args).json(0)["sum"]["delivered"], 4);
}

#[test]
fn rows_that_would_not_be_written_again_are_braked_and_do_not_vanish_from_a_table_that_is_gone() {
    let home = with_drop();
    let shipped = home.run(&["profile", "show", "spreadsheet"]).out;
    std::fs::write(home.path().join("own.toml"), shipped.replace("[\"ready\"]", "[\"ready\", \"advanced\"]")).expect("written");
    let all = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
    night(&home, "drop").json(0);
    all[..2].iter().for_each(|(candidate, id)| decide(&home, candidate, "decline", id));
    std::fs::remove_file(table(&home).expect("it lies there")).expect("removed");
    let braked = night(&home, "drop").json(1);
    assert!(braked["why"].to_string().contains("2 that would not be written again"), "{braked:#}");
    let withdrawn = braked["withdrawn"].as_array().expect("rows");
    assert!(withdrawn.len() == 2 && withdrawn.iter().all(|one| one["would_be_cleared"] == false && one["is_gone"] == true));
}
