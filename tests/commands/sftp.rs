//! Deliveries by SFTP to OpenSSH's own server.

use serde_json::Value;

use super::delivering::{decide, dropped, with_drop};
use super::delivery_kills;
use super::sshd::Sshd;
use crate::home::{Home, Ran};

/// A home with a drop, a server, and the profile `own.toml` that knows its keys; the drop's address.
fn connected() -> Option<(Home, Sshd, String)> {
    let home = with_drop();
    let server = Sshd::start(&home.path().join("sshd"))?;
    profile(&home, "generic-csv", &server.deliver());
    let address = server.address(&home.path().join("drop"));
    Some((home, server, address))
}

fn profile(home: &Home, shipped: &str, deliver: &str) {
    let text = home.run(&["profile", "show", shipped]).out;
    let text = if text.contains("[deliver]") { text } else { format!("{text}\n[deliver]\n") };
    std::fs::write(home.path().join("own.toml"), text.replace("[deliver]\n", &format!("[deliver]\n{deliver}"))).expect("written");
}

fn plan(home: &Home, to: &str) -> Ran {
    home.run(&["deliver", "plan", "small batch", "--profile", "own.toml", "--to", to, "--out", "plan.json", "--json"])
}

fn apply(home: &Home) -> Ran {
    home.run(&["deliver", "apply", "plan.json", "--json"])
}

fn reason(ran: &Ran) -> String {
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:#?}"));
    report["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .find_map(|row| row["reason"].as_str().filter(|why| why.contains("127.0.0.1")))
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn every_row_arrives_over_sftp_and_is_read_back() {
    let Some((home, _server, to)) = connected() else { return };
    assert_eq!(plan(&home, &to).json(4)["counts"]["create"], 3);
    let first = apply(&home).json(4);
    assert_eq!((&first["sum"]["delivered"], &first["balances"]), (&3.into(), &true.into()), "{first}");
    let drop = home.path().join("drop");
    assert_eq!(dropped(&drop).keys().collect::<Vec<_>>(), ["0012", "13", "14"]);
    let names: Vec<String> =
        std::fs::read_dir(&drop).expect("a folder").flatten().map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    let ends = |end: &str| names.iter().any(|name| name.ends_with(end));
    assert!(names.len() == 3 && ends(".csv.sha256") && ends(".csv.manifest.json"), "{names:?}");
    assert_eq!(apply(&home).json(4)["sum"]["unchanged"], 3);
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert!(status[0]["entries"].as_array().expect("entries").iter().all(|entry| entry["state"] == "verified"), "{status}");
    assert_eq!(status[0]["to"], to);
}

#[test]
fn a_host_that_is_not_known_or_has_another_key_gets_nothing() {
    let Some((home, server, to)) = connected() else { return };
    plan(&home, &to);
    std::fs::write(server.folder.join("known"), "").expect("written");
    let unknown = apply(&home);
    assert!(unknown.code == Some(3) && reason(&unknown).contains("host key is known"), "{unknown:#?}");
    server.make_known("stranger");
    let changed = apply(&home);
    assert!(changed.code == Some(3) && reason(&changed).contains("somebody may stand in between"), "{changed:#?}");
    assert!(!changed.out.contains("ssh-key"), "a warning, and no recipe: {changed:#?}");
    assert_eq!(std::fs::read_dir(home.path().join("drop")).expect("a folder").count(), 0);
    server.make_known("host");
    let now = home.run(&["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &to, "--json"]).json(0);
    assert_eq!(now["sum"]["delivered"], 3, "{now}");
}

#[test]
fn a_key_that_is_not_let_in_is_told_as_that() {
    let Some((home, server, to)) = connected() else { return };
    profile(&home, "generic-csv", &server.deliver().replace("/client", "/stranger"));
    plan(&home, &to);
    let refused = apply(&home);
    assert!(refused.code == Some(3) && reason(&refused).contains("Permission denied (publickey"), "{refused:#?}");
}

#[test]
fn a_server_that_is_away_is_tried_again_later() {
    let Some((home, server, to)) = connected() else { return };
    plan(&home, &to);
    let stopped = server.stop();
    let refused = apply(&home);
    assert!(refused.code == Some(75) && reason(&refused).contains("Connection refused"), "{refused:#?}");
    let _server = stopped.start();
    let retry = home.run(&["deliver", "retry", "small batch", "--profile", "own.toml", "--to", &to, "--json"]).json(0);
    assert_eq!(retry["sum"]["delivered"], 3, "{retry}");
}

#[test]
fn one_file_is_replaced_where_earmark_put_it_and_nowhere_else() {
    let Some((home, server, to)) = connected() else { return };
    profile(&home, "spreadsheet", &server.deliver());
    let sheet = home.path().join("drop/sheet.csv");
    let to = format!("{to}sheet.csv");
    std::fs::write(&sheet, "someone's own").expect("written");
    assert_eq!(plan(&home, &to).code, Some(0));
    let refused = apply(&home);
    assert!(refused.code == Some(4) && refused.out.contains("--replace"), "{refused:#?}");
    assert_eq!(std::fs::read(&sheet).expect("there"), b"someone's own");
    std::fs::remove_file(&sheet).expect("removed");
    assert_eq!(apply(&home).json(0)["sum"]["delivered"], 4);
    home.run(&["decide", "small batch", "c-2", "decline", "--reason", "so", "--override", "test", "--json"]).json(0);
    assert_eq!(plan(&home, &to).code, Some(0));
    let report = home.run(&["deliver", "apply", "plan.json", "--max-change", "100", "--json"]).json(0);
    assert_eq!(report["sum"]["delivered"], 4, "{report}");
}

#[test]
fn a_table_that_does_not_lie_there_any_more_is_written_again() {
    let Some((home, server, to)) = connected() else { return };
    profile(&home, "spreadsheet", &server.deliver());
    let to = format!("{to}sheet.csv");
    let sheet = home.path().join("drop/sheet.csv");
    let night = || home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &to, "--json"]);
    for lost in [0, 4] {
        let report = night().json(0);
        assert_eq!((&report["sum"]["delivered"], &report["lost"]), (&4.into(), &lost.into()), "{report}");
        std::fs::remove_file(&sheet).expect("it was there");
    }
    night().json(0);
    let after = night().json(0);
    assert_eq!((&after["sum"]["unchanged"], &after["lost"]), (&4.into(), &0.into()), "{after}");
}

#[test]
fn what_says_that_all_is_there_stays_until_the_next_table_can_be_put_and_comes_after_it() {
    let Some((home, server, to)) = connected() else { return };
    profile(&home, "spreadsheet", &format!("{}done_marker = \"{{filename}}.done\"\n", server.deliver()));
    let to = format!("{to}sheet.csv");
    let beside = |end: &str| home.path().join(format!("drop/sheet.csv{end}"));
    let night = || home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &to, "--json"]);
    night().json(0);
    assert!(beside(".done").exists());
    let table = || std::fs::read(beside("")).expect("it is there");
    let last_nights = table();
    // The next table cannot be begun: what somebody put there is in its way.
    std::fs::create_dir(beside(".part")).expect("made");
    decide(&home, "c-2", "decline", "14");
    let failed = night().json(4);
    assert!(failed["sum"]["failed"] == 4 && failed["open"].to_string().contains("no ordinary file"), "{failed}");
    assert!(beside(".done").exists() && table() == last_nights, "last night's table is whole, and is vouched for");
    std::fs::remove_dir(beside(".part")).expect("taken away");
    assert_eq!(night().json(0)["sum"]["delivered"], 4);
    let at = |end: &str| std::fs::metadata(beside(end)).and_then(|meta| meta.modified()).expect("a time");
    assert!(at("") <= at(".done"), "the table, then the word");
}

#[test]
fn a_folder_that_is_not_there_is_not_made() {
    let Some((home, server, _)) = connected() else { return };
    let nowhere = home.path().join("nowhere");
    let to = server.address(&nowhere);
    let is_refused = |ran: Ran| assert!(ran.code == Some(2) && ran.err.contains("not there"), "{ran:#?}");
    is_refused(plan(&home, &to));
    is_refused(home.run(&["deliver", "nightly", "small batch", "--profile", "own.toml", "--to", &to, "--json"]));
    let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    assert_eq!(status, serde_json::json!([]), "nothing was planned");
    std::fs::create_dir(&nowhere).expect("made");
    plan(&home, &to).json(4);
    std::fs::remove_dir(&nowhere).expect("taken away");
    is_refused(apply(&home));
    assert!(!nowhere.exists());
}

#[test]
fn a_delivery_over_sftp_that_is_killed_loses_no_row_and_doubles_none() {
    let Some((home, server, to)) = connected() else { return };
    std::fs::write(home.path().join("deliver.toml"), server.deliver()).expect("written");
    delivery_kills::campaign(&home, &to, 6);
}

#[test]
#[ignore = "long: `make proof` runs it"]
fn a_delivery_over_sftp_that_is_killed_two_hundred_times_loses_no_row_and_doubles_none() {
    let Some((home, server, to)) = connected() else { return };
    std::fs::write(home.path().join("deliver.toml"), server.deliver()).expect("written");
    delivery_kills::campaign(&home, &to, 200);
}
