//! Deliveries that are killed: no row is lost, none is there twice, and the ledger says what is true.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::delivering::{decide, dropped, with_drop};
use crate::home::Home;

/// A new random number each time, from a seed that is printed.
struct Dice(u64);

impl Dice {
    fn up_to(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most.max(1)
    }
}

/// The profile `generic-csv` with one row a file, so that there is more between which a kill can fall.
fn profile(home: &Home) {
    let text = home.run(&["profile", "show", "generic-csv"]).out;
    let text =
        text.replace("id     = \"generic-csv\"", "id     = \"one-by-one\"").replace("max_rows      = 2000 ", "max_rows      = 1 ");
    // What else the place needs, where it needs anything.
    let more = std::fs::read_to_string(home.path().join("deliver.toml")).unwrap_or_default();
    let text = text.replace("sha256   = true", &format!("sha256 = true\ndone_marker = \"{{filename}}.done\"\n{more}"));
    std::fs::write(home.path().join("own.toml"), text).expect("written");
}

fn decide_all(home: &Home, round: usize) {
    let word = ["advance", "hold", "decline"][round % 3];
    for (candidate, application) in [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")] {
        decide(home, candidate, word, application);
    }
}

/// Runs the program and kills it after a while; says how long it ran, where it came to its end.
fn killed_after(home: &Home, args: &[&str], after: Duration) -> Option<Duration> {
    let begun = Instant::now();
    let mut child = home.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    while begun.elapsed() < after {
        if child.try_wait().expect("it can be asked").is_some() {
            return Some(begun.elapsed());
        }
        std::thread::yield_now();
    }
    child.kill().expect("it is ours to kill");
    child.wait().expect("it ends");
    None
}

/// What lies in the drop is taken away, as an importer does with what is whole.
fn import(drop: &Path, imported: &Path) {
    for entry in std::fs::read_dir(drop).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".csv") {
            std::fs::rename(entry.path(), imported.join(name)).expect("taken");
        }
    }
}

/// Into the home's folder `drop`, which the program knows as `to`.
pub(super) fn campaign(home: &Home, to: &str, kills: usize) {
    profile(home);
    let (drop, imported) = (home.path().join("drop"), home.path().join("imported"));
    std::fs::create_dir(&imported).expect("a folder");
    let seed = u64::from(std::process::id()) << 20 | 1;
    let (mut dice, mut cut_off, mut round) = (Dice(seed), 0, 0);
    let mut longest = Duration::from_millis(400);
    let to = ["--profile", "own.toml", "--to", to];
    while cut_off < kills {
        assert!(round < kills * 20, "{cut_off} of {round} runs were cut off (seed {seed})");
        decide_all(home, round);
        let planned = home.run(&[&["deliver", "plan", "small batch", "--out", "plan.json", "--json"], &to[..]].concat());
        assert_eq!(planned.code, Some(4), "{planned:#?}");
        let wait = |dice: &mut Dice, longest: Duration| Duration::from_micros(dice.up_to(longest.as_micros() as u64));
        match killed_after(home, &["deliver", "apply", "plan.json", "--max-change", "100"], wait(&mut dice, longest)) {
            Some(whole) => longest = whole.max(Duration::from_millis(100)),
            None => cut_off += 1,
        }
        if round % 2 == 1 {
            import(&drop, &imported);
        }
        // The resuming is killed too, sometimes.
        let retry = [&["deliver", "retry", "small batch", "--json"], &to[..]].concat();
        if dice.up_to(3) == 0 && killed_after(home, &retry, wait(&mut dice, longest)).is_none() {
            cut_off += 1;
        }
        let report = home.run(&retry).json(0);
        assert_eq!(report["balances"], true, "{report} (seed {seed})");
        round += 1;
        check(home, &drop, &imported, seed);
    }
    // What was killed before it was entered is sent by the next plan.
    home.run(&[&["deliver", "plan", "small batch", "--out", "plan.json", "--json"], &to[..]].concat());
    let last = home.run(&["deliver", "apply", "plan.json", "--max-change", "100", "--json"]).json(4);
    assert_eq!(last["sum"]["delivered"].as_u64().unwrap_or(9) + last["sum"]["unchanged"].as_u64().unwrap_or(9), 3, "{last}");
    check(home, &drop, &imported, seed);
}

/// Each entry of the ledger that arrived is one row in one file, and there is no row that is not in the ledger.
fn check(home: &Home, drop: &Path, imported: &Path, seed: u64) {
    let status: Value = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
    let mut arrived: BTreeMap<String, usize> = BTreeMap::new();
    for entry in status[0]["entries"].as_array().into_iter().flatten() {
        assert!(entry["state"] == "verified" || entry["state"] == "accepted", "{entry} (seed {seed})");
        *arrived.entry(entry["object"].as_str().expect("an id").to_owned()).or_default() += 1;
    }
    let mut there: BTreeMap<String, usize> = BTreeMap::new();
    for folder in [drop, imported] {
        for (id, rows) in dropped(folder) {
            *there.entry(id).or_default() += rows.len();
        }
    }
    assert_eq!(there, arrived, "rows in files, and entries of the ledger (seed {seed})");
}

#[test]
fn a_delivery_that_is_killed_loses_no_row_and_doubles_none() {
    campaign(&with_drop(), "drop", 6);
}

/// The same 200 times.
#[test]
#[ignore = "takes some ten minutes"]
fn two_hundred_kills_of_a_delivery_lose_no_row_and_double_none() {
    campaign(&with_drop(), "drop", 200);
}
