//! Uploads and what lies beside them: nothing counts by its status alone, and what was answered waits for a person and not for patience.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::ats::{Ats, Reply};
use super::delivering::{decide, with_drop};
use crate::home::{Home, Ran};

/// What a server makes of an upload: what it keeps of it, if anything, and what it answers.
type Takes = fn(&str, &[u8]) -> (Option<Vec<u8>>, Reply);

/// A server that shows what it keeps.
struct Server {
    ats: Ats,
    kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    takes: Arc<Mutex<Takes>>,
    /// Not so after an upload that was answered with 202.
    shows: Arc<AtomicBool>,
}

fn empty(status: u16) -> Reply {
    Reply::Plain(status, String::new(), String::new())
}

fn whole(_: &str, bytes: &[u8]) -> (Option<Vec<u8>>, Reply) {
    (Some(bytes.to_vec()), empty(201))
}

impl Server {
    fn start(takes: Takes) -> Self {
        let kept: Arc<Mutex<BTreeMap<String, Vec<u8>>>> = Arc::default();
        let takes = Arc::new(Mutex::new(takes));
        let (of_server, taking) = (Arc::clone(&kept), Arc::clone(&takes));
        let shown = Arc::new(AtomicBool::new(true));
        let shows = Arc::clone(&shown);
        let ats = Ats::start(move |got| {
            let mut kept = of_server.lock().expect("no panic");
            if got.verb == "PUT" {
                let (bytes, answer) = (taking.lock().expect("no panic"))(&got.path, &got.body);
                kept.extend(bytes.map(|bytes| (got.path.clone(), bytes)));
                shows.store(!matches!(answer, Reply::Plain(202, ..)), Ordering::Relaxed);
                return answer;
            }
            match kept.get(&got.path) {
                _ if !shows.load(Ordering::Relaxed) => empty(503),
                Some(bytes) => Reply::Plain(200, String::new(), String::from_utf8_lossy(bytes).into_owned()),
                None => empty(404),
            }
        });
        Server { ats, kept, takes, shows: shown }
    }

    fn takes_now(&self, takes: Takes) {
        *self.takes.lock().expect("no panic") = takes;
    }

    fn puts(&self, end: &str) -> usize {
        self.ats.got().iter().filter(|got| got.verb == "PUT" && got.path.ends_with(end)).count()
    }

    fn run(&self, home: &Home, command: &str, more: &[&str]) -> Ran {
        let to = format!("{}/in/sheet.csv", self.ats.address);
        let args = ["deliver", command, "small batch", "--profile", "own.toml", "--to", &to, "--json"];
        home.run(&[&args[..], more].concat())
    }
}

/// The shipped spreadsheet, with more in its `[deliver]`, and little patience.
fn home(deliver: &str) -> Home {
    let home = with_drop();
    let text = home.run(&["profile", "show", "spreadsheet"]).out;
    let text = if text.contains("[deliver]") { text } else { format!("{text}\n[deliver]\n") };
    let text = text.replace("[deliver]\n", &format!("[deliver]\n{deliver}"));
    let patience = "\n[retry]\nattempts = 2\nbase = \"10ms\"\ncap = \"20ms\"\n";
    std::fs::write(home.path().join("own.toml"), format!("{text}{patience}")).expect("written");
    home
}

#[test]
fn what_lies_beside_an_upload_counts_where_it_lies_there_whole_and_the_marker_comes_after_it() {
    let forgotten: Takes = |path, bytes| match path.ends_with(".manifest.json") {
        true => (None, empty(200)),
        false => whole(path, bytes),
    };
    let halved: Takes = |path, bytes| match path.ends_with(".manifest.json") {
        true => (Some(bytes[..bytes.len() / 2].to_vec()), empty(201)),
        false => whole(path, bytes),
    };
    let undigested: Takes = |path, bytes| match path.ends_with(".sha256") {
        true => (None, empty(201)),
        false => whole(path, bytes),
    };
    for (takes, lacks) in
        [(forgotten, "sheet.csv.manifest.json"), (halved, "sheet.csv.manifest.json"), (undigested, "sheet.csv.sha256")]
    {
        let home = home("done_marker = \"{filename}.done\"\n");
        let server = Server::start(takes);
        for delivered in [4, 0] {
            let report = server.run(&home, "nightly", &[]).json(4);
            assert_eq!(
                (&report["sum"]["delivered"], &report["lacking"][0]["lacks"]),
                (&json!(delivered), &json!(lacks)),
                "{report:#}"
            );
            assert_eq!(server.puts(".done"), 0, "nothing vouches for what is not there");
        }
        let status = home.run(&["deliver", "status", "small batch", "--json"]).json(4);
        assert_eq!(status[0]["lacking"], 1, "{status:#}");
        server.takes_now(whole);
        let report = server.run(&home, "nightly", &[]).json(0);
        assert_eq!(report["lacking"], json!([]), "{report:#}");
        assert_eq!((server.puts(".done"), server.puts(".csv")), (1, 1));
        let kept = server.kept.lock().expect("no panic");
        let manifest = kept.get("/in/sheet.csv.manifest.json").expect("it is there");
        assert!(serde_json::from_slice::<Value>(manifest).is_ok() && kept.contains_key("/in/sheet.csv.sha256"));
    }
}

#[test]
fn an_upload_that_replaces_nothing_or_half_failed_and_a_server_that_answers_is_not_away() {
    let stays: Takes = |path, bytes| if path.ends_with(".csv") { (None, empty(201)) } else { whole(path, bytes) };
    let halved: Takes = |path, bytes| match path.ends_with(".csv") {
        true => (Some(bytes[..bytes.len() / 2].to_vec()), empty(201)),
        false => whole(path, bytes),
    };
    for takes in [stays, halved] {
        let home = home("");
        let server = Server::start(whole);
        decide(&home, "c-2", "advance", "14");
        server.run(&home, "nightly", &[]).json(0);
        decide(&home, "c-2", "hold", "14");
        server.takes_now(takes);
        let report = server.run(&home, "nightly", &[]).json(4);
        assert_eq!((&report["sum"]["failed"], &report["sum"]["unknown"]), (&json!(4), &json!(0)), "{report:#}");
        server.takes_now(whole);
        assert_eq!(server.run(&home, "nightly", &[]).json(0)["sum"]["delivered"], 4);
    }
}

#[test]
fn an_upload_that_was_answered_and_does_not_lie_there_waits_for_a_person() {
    let home = home("");
    let server = Server::start(|path, bytes| if path.ends_with(".csv") { (None, empty(201)) } else { whole(path, bytes) });
    for _ in 0..2 {
        let report = server.run(&home, "nightly", &[]).json(4);
        assert_eq!(report["sum"]["unknown"], 4, "{report:#}");
        let open = report["open"].to_string();
        assert!(open.contains("does not lie there") || open.contains("is not seen there"), "{report:#}");
        assert_eq!(server.puts(".csv"), 1, "it may have been taken away at once");
    }
    server.takes_now(whole);
    assert_eq!(server.run(&home, "retry", &["--again"]).json(0)["sum"]["delivered"], 4);
    assert_eq!(server.puts(".csv"), 2);
}

#[test]
fn where_an_upload_is_asked_for_patience_its_rows_stay_planned() {
    for end in [".csv", ".sha256"] {
        let home = home("");
        let busy: Takes = match end {
            ".csv" => |path, bytes| match path.ends_with(".csv") {
                true => (None, Reply::Plain(429, "retry-after: 3600\r\n".into(), String::new())),
                false => whole(path, bytes),
            },
            _ => |_, _| (None, Reply::Plain(429, "retry-after: 3600\r\n".into(), String::new())),
        };
        let server = Server::start(busy);
        let report = server.run(&home, "nightly", &[]).json(75);
        assert_eq!((&report["sum"]["failed"], &report["sum"]["unknown"]), (&json!(4), &json!(0)), "{report:#}");
        assert!(report["rows"].as_array().expect("rows").iter().all(|row| row["state"] == "planned"), "{end}: {report:#}");
    }
}

#[test]
fn an_upload_that_was_answered_while_nobody_could_look_failed_where_the_file_before_it_lies_there_still() {
    let home = home("");
    let server = Server::start(whole);
    decide(&home, "c-2", "advance", "14");
    server.run(&home, "nightly", &[]).json(0);
    decide(&home, "c-2", "hold", "14");
    server.takes_now(|path, bytes| if path.ends_with(".csv") { (None, empty(202)) } else { whole(path, bytes) });
    assert_eq!(server.run(&home, "nightly", &[]).json(4)["sum"]["unknown"], 4);
    server.shows.store(true, Ordering::Relaxed);
    server.takes_now(whole);
    assert_eq!(server.run(&home, "nightly", &[]).json(0)["sum"]["delivered"], 4);
}

#[test]
fn the_manifest_of_the_file_before_is_none_of_the_file_that_lies_there_now() {
    for is_changed in [false, true] {
        let home = home("");
        let server = Server::start(whole);
        decide(&home, "c-2", "advance", "14");
        server.run(&home, "nightly", &[]).json(0);
        decide(&home, "c-2", "hold", "14");
        server.takes_now(|path, bytes| if path.ends_with(".sha256") { (None, empty(201)) } else { whole(path, bytes) });
        let report = server.run(&home, "nightly", &["--metrics", "m.prom"]).json(4);
        assert_eq!(report["lacking"][0]["lacks"], "sheet.csv.sha256", "{report:#}");
        let metrics = std::fs::read_to_string(home.path().join("m.prom")).expect("written");
        let is_told = |line: &str| line.starts_with("earmark_delivery_lacking_files{") && line.ends_with(" 1");
        assert!(metrics.lines().any(is_told), "{metrics}");
        assert_eq!(home.run(&["deliver", "status", "small batch", "--json"]).json(4)[0]["lacking"], 1);
        server.takes_now(whole);
        if is_changed {
            decide(&home, "c-2", "decline", "14");
        }
        server.run(&home, "nightly", &[]).json(0);
        let kept = server.kept.lock().expect("no panic");
        let manifest: Value = serde_json::from_slice(&kept["/in/sheet.csv.manifest.json"]).expect("JSON");
        let line = String::from_utf8_lossy(&kept["/in/sheet.csv.sha256"]).into_owned();
        assert!(line.starts_with(manifest["sha256"].as_str().expect("a digest")), "{line}: {manifest:#}");
        let status = home.run(&["deliver", "status", "small batch", "--json"]).json(0);
        assert_eq!(status[0]["lacking"], 0, "of a name the last file counts: {status:#}");
    }
}

#[test]
fn a_digest_that_went_before_a_file_that_is_refused_is_again_that_of_the_file_that_lies_there() {
    for deliver in ["", "done_marker = \"{filename}.done\"\n"] {
        let home = home(deliver);
        let server = Server::start(whole);
        decide(&home, "c-2", "advance", "14");
        server.run(&home, "nightly", &[]).json(0);
        let before = server.kept.lock().expect("no panic").clone();
        decide(&home, "c-2", "hold", "14");
        server.takes_now(|path, bytes| if path.ends_with(".csv") { (None, empty(409)) } else { whole(path, bytes) });
        let report = server.run(&home, "nightly", &[]).json(4);
        assert_eq!((&report["sum"]["failed"], &report["lacking"]), (&json!(4), &json!([])), "{report:#}");
        assert_eq!(*server.kept.lock().expect("no panic"), before, "{deliver}");
    }
}

#[test]
fn a_table_that_was_let_pass_and_refused_is_no_new_change_where_one_row_of_it_changes_again() {
    let home = home("");
    let server = Server::start(whole);
    let all = [("c-1", "13"), ("c-1", "0012"), ("c-2", "14")];
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "advance", id));
    server.run(&home, "nightly", &[]).json(0);
    all.iter().for_each(|(candidate, id)| decide(&home, candidate, "hold", id));
    server.takes_now(|path, bytes| if path.ends_with(".csv") { (None, empty(409)) } else { whole(path, bytes) });
    server.run(&home, "nightly", &[]).json(1);
    assert_eq!(server.run(&home, "nightly", &["--max-change", "100"]).json(4)["sum"]["failed"], 4);
    decide(&home, "c-2", "decline", "14");
    server.takes_now(whole);
    assert_eq!(server.run(&home, "nightly", &[]).json(0)["sum"]["delivered"], 4);
}
