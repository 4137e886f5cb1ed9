//! The commands that work on a library, through the real program: the whole story without a screen.
#![allow(clippy::print_stderr)] // a test that is skipped says so

mod accountable;
mod accounted;
mod asked;
mod ats;
mod beside;
mod blind;
mod browsing;
pub(crate) mod bundle;
mod calibrating;
mod clocks;
mod contracts;
mod corrections;
mod covered;
mod deciding;
mod delivering;
mod delivery_kills;
mod demo;
mod differing;
mod documents;
mod doubtful;
mod duplicates;
mod engine;
mod exchanging;
mod fairly;
mod given;
mod handing;
mod judging;
mod keeping;
mod keyring;
mod ledger;
mod linear;
mod lying;
mod many;
mod matching;
mod moved;
mod naming;
mod nights;
mod original;
mod prism;
mod profiles;
mod pulling;
mod pulling_each;
mod reading;
mod reconciling;
mod reporting;
mod requests;
mod returning;
mod rubrics;
mod safety;
mod scoring;
mod searching;
mod sftp;
mod shortlisted;
mod sshd;
mod stating;
mod tables;
mod taking;
mod terms;
mod told;
mod told_apart;
mod transcribing;
mod travelling;
mod uploading;
mod vanishing;
mod watching;
pub(crate) mod wires;
mod withheld;

use serde_json::Value;

use crate::home::{Home, Ran};

/// A home in which someone is known and the small batch is imported.
fn imported() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    bundle::write(home.path());
    let report = home.run(&["import", "bundle", "--json"]).json(0);
    assert_eq!((&report["candidates"], &report["answers"]), (&3.into(), &5.into()), "{report}");
    home
}

/// The same with the rubric attached.
fn attached() -> Home {
    let home = imported();
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    home
}

fn rate(home: &Home, candidate: &str, question: &str, criterion: &str, value: &str) -> Ran {
    home.run(&["rate", "small batch", candidate, question, criterion, value])
}

/// All five answers rated within the scale's ends, so that no evidence is asked.
fn rate_all(home: &Home) {
    rate_all_of(home, "small batch");
}

/// The same of another batch.
fn rate_all_of(home: &Home, batch: &str) {
    for (candidate, question, criterion, value) in [
        ("c-1", "1", "diagnosis", "4"),
        ("c-1", "q-01", "News to the customer", "3"),
        ("c-1", "q-02", "plain-words", "4"),
        ("c-2", "outage", "diagnosis", "2"),
        ("c-2", "1", "2", "NO"),
        ("c-2", "2", "plain-words", "3"),
        ("c-3", "1", "diagnosis", "3"),
        ("c-3", "1", "news", "2"),
    ] {
        let ran = home.run(&["rate", batch, candidate, question, criterion, value]);
        assert_eq!(ran.code, Some(0), "{ran:#?}");
    }
}

/// The program at another time; none where that cannot be played here.
fn faked(at: &str, home: &Home, args: &[&str]) -> Option<Ran> {
    let program = ["/usr/bin/faketime"].into_iter().find(|path| std::path::Path::new(path).exists());
    let Some(program) = program else {
        crate::parts::absent("there is no faketime");
        return None;
    };
    let ran = std::process::Command::new(program)
        .args(["-f", &format!("@{at} 12:00:00"), env!("CARGO_BIN_EXE_earmark")])
        .args(args)
        .env_clear()
        .env("HOME", home.path())
        .current_dir(home.path())
        .output()
        .expect("it starts");
    Some(Ran {
        code: ran.status.code(),
        out: String::from_utf8_lossy(&ran.stdout).into_owned(),
        err: String::from_utf8_lossy(&ran.stderr).into_owned(),
    })
}

/// Imports the small batch again, changed.
fn change(home: &Home, change: impl FnOnce(&mut Value)) {
    let file = home.path().join("bundle/batch.json");
    let mut batch: Value = serde_json::from_slice(&std::fs::read(&file).expect("it is there")).expect("JSON");
    change(&mut batch);
    std::fs::write(&file, batch.to_string()).expect("it can be written");
    let again = home.run(&["import", "bundle", "--json"]);
    assert!(matches!(again.code, Some(0 | 4)), "{again:#?}");
}

/// Everything that was done in the only batch of a home's library: kinds and bodies, as the journal has them.
fn events(home: &Home) -> Vec<(String, Value)> {
    use earmark::config::key::KeyRing;
    use earmark::library::{Access, Library, system_clock};
    let key = KeyRing::from_environment(&home.path().join(".config/earmark"))
        .key(&mut |_| unreachable!("it is not locked"))
        .expect("its key");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let folder = home.path().join(".local/share/earmark/library");
        let library = Library::open(&folder, key, Access::ReadOnly, system_clock()).await.expect("it opens");
        let batch = library.titles().await.expect("they are listed")[0].id;
        let events = library.events(batch).await.expect("they are read");
        library.close().await;
        events.into_iter().map(|event| event.act.to_parts()).collect()
    })
}

fn sealed() -> Home {
    let home = attached();
    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home
}

#[test]
fn a_batch_is_imported_once_and_again_says_nothing_new() {
    let home = imported();
    let unnamed = home.run(&["status", " "]);
    assert_eq!(unnamed.code, Some(2), "an empty name means no batch, not any: {}", unnamed.err);
    let again = home.run(&["import", "bundle"]);
    assert_eq!(again.code, Some(0), "{again:#?}");
    assert!(again.out.contains("nothing new"), "{again:#?}");
    assert!(again.out.contains("incomplete: candidate c-3"), "{again:#?}");
    let rows = home.run(&["batches", "--json"]).json(0);
    assert_eq!(rows.as_array().map(Vec::len), Some(1), "{rows}");
    assert_eq!(rows[0]["has_rubric"], false);
}

#[test]
fn behind_an_import_no_log_is_left_that_every_later_start_would_read() {
    let home = imported();
    let library = home.path().join(".local/share/earmark/library");
    assert!(library.join("library.db").is_file());
    assert!(!library.join("library.db-wal").exists());
}

#[test]
fn an_import_says_what_is_wrong_and_takes_the_rest() {
    let home = Home::new();
    let bundle = bundle::write(home.path());
    std::fs::remove_file(bundle.join("voice.ogg")).expect("it was there");
    let report = home.run(&["import", "bundle", "--json"]).json(4);
    assert_eq!(report["answers"], 4, "{report}");
    for field in ["file", "place", "reason", "remedy"] {
        assert!(report["problems"][0][field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {report}");
    }
    assert_eq!(report["problems"][0]["file"], "voice.ogg");

    let nothing = home.run(&["import", "nowhere", "--json"]).json(1);
    assert!(nothing["batch"].is_null(), "{nothing}");
    let both = home.run(&["import", "nowhere", "bundle", "--json"]).json(4);
    assert_eq!(both.as_array().map(Vec::len), Some(2), "{both}");
}

#[test]
fn the_corpus_is_imported_with_its_faults_named() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/batch");
    if !corpus.exists() {
        eprintln!("skipped: {} is not there", corpus.display());
        return;
    }
    let home = Home::new();
    let ran = home.run(&["import", &corpus.to_string_lossy()]);
    assert_eq!(ran.code, Some(4), "{ran:#?}");
    assert!(ran.out.contains("incomplete: candidate a06"), "{ran:#?}");
    assert!(ran.err.contains("a08/q3.webm"), "{ran:#?}");
}

#[test]
fn a_rubric_is_never_attached_by_a_silent_guess() {
    let home = imported();
    let refused = home.run(&["rubric", "attach", "small batch", "small.toml"]);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    assert!(refused.err.contains("q-01=outage, q-02=explain"), "the proposal is shown: {refused:#?}");

    let args = ["rubric", "attach", "small batch", "small.toml", "--map", "q-01=outage", "--map", "q-02=explain", "--json"];
    assert_eq!(home.run(&args).json(0)["attached"], true);
    assert_eq!(home.run(&args).json(0)["attached"], false, "twice is once");
}

#[test]
fn a_person_confirms_the_order_of_asking_at_the_terminal() {
    let home = imported();
    let (screen, code) = home.run_at_terminal("y\n", &["rubric", "attach", "small batch", "small.toml"]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("q-02=explain"), "{screen}");
}

#[test]
fn a_rubric_that_scores_otherwise_is_refused_where_there_are_scores() {
    let home = attached();
    rate(&home, "c-1", "1", "diagnosis", "4");
    let other = bundle::RUBRIC.replace("weight = 2", "weight = 3");
    std::fs::write(home.path().join("other.toml"), other).expect("a file can be written");
    let refused = home.run(&["rubric", "attach", "small batch", "other.toml", "--yes"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert_eq!(refused.err.matches("sha256:").count(), 2, "both hashes are named: {refused:#?}");

    let reworded = bundle::RUBRIC.replace("A small rubric", "A small rubric, reworded");
    std::fs::write(home.path().join("reworded.toml"), reworded).expect("a file can be written");
    let warned = home.run(&["rubric", "attach", "small batch", "reworded.toml", "--yes"]);
    assert_eq!(warned.code, Some(0), "{warned:#?}");
    assert!(warned.err.contains("wording"), "{warned:#?}");
}

#[test]
fn every_mistake_of_a_rubric_is_told_with_its_line() {
    let home = Home::new();
    bundle::write(home.path());
    let wrong = bundle::RUBRIC.replace("weight = 2", "weight = -2").replace("max = 5", "max = 1");
    std::fs::write(home.path().join("wrong.toml"), wrong).expect("a file can be written");
    let checked = home.run(&["rubric", "check", "small.toml", "wrong.toml", "--json"]).json(1);
    assert_eq!((&checked[0]["ok"], &checked[1]["ok"]), (&true.into(), &false.into()));
    let problems = checked[1]["problems"].as_array().expect("problems");
    assert!(problems.len() >= 2 && problems.iter().all(|p| p["place"].as_str().is_some_and(|at| at.contains("line"))), "{checked}");
}

#[test]
fn a_rating_is_checked_before_it_is_saved() {
    let home = attached();
    for (candidate, question, criterion, value, code, says) in [
        ("c-1", "1", "diagnosis", "6", 2, "not on the scale"),
        ("c-1", "1", "diagnosis", "3.5", 2, "not on the scale"),
        ("c-1", "1", "diagnosis", "good", 2, "point"),
        ("c-1", "1", "charm", "3", 5, "there are: diagnosis, news"),
        ("c-1", "3", "diagnosis", "3", 5, "there are: 1 q-01, 2 q-02"),
        ("Nobody", "1", "diagnosis", "3", 5, "there are: "),
        ("c-3", "2", "plain-words", "3", 1, "no answer was given"),
    ] {
        let ran = rate(&home, candidate, question, criterion, value);
        assert_eq!(ran.code, Some(code), "{ran:#?}");
        assert!(ran.err.contains(says), "{says}: {ran:#?}");
    }
    let wrong = home.run(&["rate", "small batch", "c-1", "1", "diagnosis", "5", "--evidence", "0-9999"]);
    assert_eq!(wrong.code, Some(2), "{wrong:#?}");
    let none = home.run(&["rate", "no such batch", "c-1", "1", "diagnosis", "5"]);
    assert_eq!(none.code, Some(5), "{none:#?}");
    assert!(none.err.contains("there are: Small batch"), "{none:#?}");
}

#[test]
fn a_candidate_is_called_by_the_pseudonym_and_never_by_the_hidden_name() {
    let home = attached();
    let compared = home.run(&["compare", "small batch", "--json"]).json(0);
    let shown = compared["candidates"][0]["shown"].as_str().expect("a name").to_owned();
    let ran = rate(&home, &shown.to_uppercase().replace(' ', "-"), "1", "diagnosis", "3");
    assert_eq!(ran.code, Some(0), "{ran:#?}");
    let by_name = rate(&home, bundle::NAMES[0], "1", "diagnosis", "3");
    assert_eq!(by_name.code, Some(5), "a hidden name finds nobody: {by_name:#?}");
}

#[test]
fn a_seal_names_what_is_missing_and_locks_what_is_whole() {
    let home = attached();
    let refused = home.run(&["seal", "small batch", "--all", "--json"]);
    let report: Value = serde_json::from_str(&refused.out).expect("JSON");
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert_eq!(report["missing"].as_array().map(Vec::len), Some(5), "{report}");
    assert_eq!(report["unheard"].as_array().map(Vec::len), Some(5), "{report}");

    rate_all(&home);
    let unheard = home.run(&["seal", "small batch", "--question", "1"]);
    assert_eq!(unheard.code, Some(1), "{unheard:#?}");
    assert!(unheard.err.contains("--acknowledge-unheard"), "{unheard:#?}");
    let wrong = home.run(&["seal", "small batch", "--candidate", "c-1"]);
    assert_eq!(wrong.code, Some(2), "this batch is sealed by question: {wrong:#?}");

    let sealed = home.run(&["seal", "small batch", "--question", "1", "--acknowledge-unheard", "--json"]).json(0);
    assert_eq!((&sealed["sealed"][0]["question"], &sealed["others_show"]), (&"q-01".into(), &false.into()));
    let locked = rate(&home, "c-1", "1", "diagnosis", "5");
    assert_eq!(locked.code, Some(1), "{locked:#?}");
    assert!(locked.err.contains("sealed"), "{locked:#?}");

    let opened = home.run(&["reopen", "small batch", "--question", "1", "--reason", "a slip", "--json"]).json(0);
    assert_eq!(opened["reopened"][0]["question"], "q-01");
    assert_eq!(rate(&home, "c-1", "1", "diagnosis", "4").code, Some(0));
}

#[test]
fn an_end_of_the_scale_asks_for_evidence_at_the_seal() {
    let home = attached();
    rate_all(&home);
    rate(&home, "c-1", "1", "diagnosis", "5");
    let refused = home.run(&["seal", "small batch", "--question", "1", "--acknowledge-unheard"]);
    assert!(refused.err.contains("needs evidence: Systematic diagnosis"), "{refused:#?}");
    let rated = home.run(&["rate", "small batch", "c-1", "1", "diagnosis", "5", "--evidence", "0:00-0:01", "--json"]).json(0);
    assert_eq!(rated["evidence"]["end"], 1.0, "{rated}");
    home.run(&["seal", "small batch", "--question", "1", "--acknowledge-unheard", "--json"]).json(0);
}

#[test]
fn the_exported_long_table_gives_the_same_totals_when_it_is_read_back() {
    let home = sealed();
    let panel = home.run(&["panel", "small batch", "--json"]).json(0);
    let below = &panel["not_ranked"][0];
    assert_eq!((&below["candidates"][0]["candidate"], panel["not_ranked"].as_array().map(Vec::len)), (&"c-2".into(), Some(1)));
    assert!(below["why"].as_str().is_some_and(|why| why.contains("75% of the weight")), "{panel}");
    assert_eq!(panel["ranking"].as_array().map(Vec::len), Some(3), "{panel}");

    let exported = home.run(&["export", "small batch", "--shape", "long", "--out", "long.csv", "--json"]).json(0);
    assert_eq!(exported["rows"], 9, "{exported}");
    let read = home.run(&["panel", "--ratings", "long.csv", "--rubric", "small.toml", "--json"]).json(0);
    let totals = |panel: &Value| {
        let all = panel["ranking"].as_array().cloned().unwrap_or_default();
        all.iter().map(|r| (r["candidate"].clone(), r["total"]["value"].clone(), r["rank"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(totals(&panel), totals(&read));

    let piped = home.run(&["export", "small batch", "--table", "ratings"]);
    assert!(piped.out.starts_with("candidate,question,criterion,reviewer,value\r\n"), "{piped:#?}");
    for table in [&piped.out, &std::fs::read_to_string(home.path().join("long.csv")).expect("written")] {
        assert!(bundle::NAMES.iter().all(|name| !table.contains(name)), "{table}");
    }
}

#[test]
fn an_export_never_takes_what_is_not_sealed_and_does_not_write_over_another_file() {
    let home = attached();
    rate_all(&home);
    let unsealed = home.run(&["export", "small batch", "--out", "wide.csv"]);
    assert_eq!(unsealed.code, Some(5), "rows were selected and none is ready: {unsealed:#?}");
    assert!(unsealed.err.contains("3 scorecards that are begun and not sealed are left out"), "{unsealed:#?}");
    assert_eq!(std::fs::read_to_string(home.path().join("wide.csv")).expect("written").lines().count(), 1);

    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let refused = home.run(&["export", "small batch", "--out", "wide.csv"]);
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    home.run(&["export", "small batch", "--out", "wide.csv", "--replace", "--json"]).json(0);
    assert_eq!(std::fs::read_to_string(home.path().join("wide.csv")).expect("written").lines().count(), 4);
}

#[test]
fn an_export_whose_receipt_cannot_be_kept_says_that_the_file_is_written() {
    let home = sealed();
    let path = home.path().join(".local/share/earmark/library/library.db");
    let refuse = "create trigger refuse before insert on event begin select raise(abort, 'nothing more'); end";
    tokio::runtime::Runtime::new().expect("a runtime").block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut db = sqlx::ConnectOptions::connect(&options).await.expect("it opens");
        sqlx::raw_sql(refuse).execute(&mut db).await.expect("it runs");
    });
    let ran = home.run(&["export", "small batch", "--out", "wide.csv"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("Could not keep the receipt; the CSV is written to wide.csv"), "{ran:#?}");
    assert!(home.path().join("wide.csv").exists());
}

#[test]
fn a_decision_waits_for_everyone_or_says_why_not() {
    let home = attached();
    let early = home.run(&["decide", "small batch", "c-1", "advance", "--reason", "clear answers"]);
    assert_eq!(early.code, Some(1), "{early:#?}");
    assert!(early.err.contains("0 of 1 review sealed") && early.err.contains("--override"), "{early:#?}");
    let over = ["decide", "small batch", "c-1", "hold", "--reason", "clear", "--override", "leaves tomorrow", "--json"];
    assert_eq!(home.run(&over).json(0)["overridden"], true);

    rate_all(&home);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let open = home.run(&["decide", "small batch", "c-1", "advance", "--reason", "clear answers", "--json"]).json(0);
    assert_eq!((&open["decision"], &open["overridden"]), (&"advance".into(), &false.into()));
    let tagged = home.run(&["tag", "small batch", "c-1", "call back", "--json"]).json(0);
    assert_eq!(tagged["tags"], serde_json::json!(["call back"]));
}

#[test]
fn what_was_backed_up_and_restored_says_the_same() {
    let home = sealed();
    let before = home.run(&["status", "small batch", "--json"]).json(0);
    home.run(&["backup", "copy.earmark", "--json"]).json(0);
    assert_eq!(home.run(&["backup", "copy.earmark"]).code, Some(1), "a backup is not written over");
    home.run(&["restore", "copy.earmark", "--into", "restored", "--json"]).json(0);
    let after = home.run(&["status", "small batch", "--library", "restored", "--json"]).json(0);
    assert_eq!(before, after);
}

#[test]
fn a_lost_key_is_put_back_from_the_recovery_key_and_never_made_anew() {
    let home = sealed();
    let text = home.run(&["key", "--recovery", "--json"]).json(0);
    let file = home.path().join(".config/earmark/library.key");
    std::fs::remove_file(&file).expect("it was there");
    let lost = home.run(&["status", "small batch"]);
    assert_eq!(lost.code, Some(3), "{lost:#?}");
    assert!(lost.err.contains("earmark key --restore") && !file.exists(), "{lost:#?}");

    let typed = home.path().join("recovery.txt");
    std::fs::write(&typed, text["recovery"].as_str().expect("a text").to_lowercase()).expect("written");
    let mut restore = home.command(&["key", "--restore", "--json"]);
    let output = restore.stdin(std::fs::File::open(&typed).expect("there")).output().expect("it starts");
    assert!(output.status.success(), "{output:?}");
    home.run(&["status", "small batch", "--json"]).json(0);
}

#[test]
fn a_library_of_a_newer_version_is_refused_and_not_touched() {
    let home = sealed();
    let path = home.path().join(".local/share/earmark/library/library.db");
    let mut bytes = std::fs::read(&path).expect("there");
    // The user version of a SQLite file: <https://sqlite.org/fileformat.html>, section 1.3.
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&path, &bytes).expect("written");
    for args in [&["status", "small batch"][..], &["import", "bundle"], &["seal", "small batch", "--all"], &["batches"]] {
        let refused = home.run(args);
        assert_eq!(refused.code, Some(1), "{refused:#?}");
        assert!(refused.err.contains("newer earmark"), "{refused:#?}");
    }
    assert!(std::fs::read(&path).expect("there") == bytes, "it was touched");
}

#[test]
fn commands_about_a_batch_without_a_library_say_how_to_get_one_and_make_none() {
    let home = Home::new();
    let none = home.run(&["status", "anything"]);
    assert_eq!(none.code, Some(5), "{none:#?}");
    assert!(none.err.contains("earmark import"), "{none:#?}");
    assert_eq!(home.run(&["batches", "--json"]).json(0), serde_json::json!([]));
    assert!(!home.path().join(".local/share/earmark").exists());
    assert!(!home.path().join(".config/earmark/library.key").exists());
}
