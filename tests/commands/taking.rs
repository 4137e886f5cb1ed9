//! Folders that say nothing of themselves, and recordings for answers that have none.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::bundle;
use crate::home::Home;

fn put(home: &Home, file: &str, from: &str) {
    let path = home.path().join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::copy(bundle::media(from), path).expect("a file that the repository holds");
}

fn write(home: &Home, file: &str, text: &str) {
    let path = home.path().join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    fs::write(path, text).expect("written");
}

/// A tree as people keep it: two candidates by name, one by id, and things that do not belong.
fn tree() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara"]);
    put(&home, "answers/Amalie Testperson/Q1.webm", "voice.webm");
    write(&home, "answers/Amalie Testperson/q1.vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhello there\n");
    put(&home, "answers/Amalie Testperson/Q2.mp3", "voice.mp3");
    write(&home, "answers/Amalie Testperson/CV Amalie.pdf", "%PDF-1.4");
    put(&home, "answers/Bertrand_Testperson/q1.ogg", "voice.ogg");
    write(&home, "answers/Bertrand_Testperson/q2.txt", "I would look at the log first.");
    write(&home, "answers/Bertrand_Testperson/notes.xyz", "?");
    put(&home, "answers/c-17/q10.wav", "voice.wav");
    put(&home, "answers/c-17/q1.m4a", "voice.m4a");
    write(&home, "answers/readme.md", "downloaded in May");
    write(&home, "answers/.DS_Store", "x");
    std::os::unix::fs::symlink("/etc/passwd", home.path().join("answers/c-17/q2.webm")).expect("a link");
    home
}

#[test]
fn a_folder_is_guessed_shown_and_taken_only_once_somebody_says_yes() {
    let home = tree();
    let asked = home.run(&["import", "--guess", "answers"]);
    assert_eq!(asked.code, Some(2), "{asked:#?}");
    for says in
        ["3 candidates, 3 questions", "c-17", "the name is hidden", "left out: readme.md", "notes.xyz", "links are not followed"]
    {
        assert!(asked.out.contains(says), "{says}: {asked:#?}");
    }
    assert!(asked.err.contains("--yes"), "{asked:#?}");
    assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]), "nothing was imported, no library was made");
    let guess = home.run(&["import", "--guess", "answers", "--json"]).json(2);
    let questions = guess["guess"][0]["questions"].as_array().expect("questions").iter();
    let questions: Vec<(&Value, &Value)> = questions.map(|one| (&one["id"], &one["answers"])).collect();
    assert_eq!(questions, [(&json!("q1"), &json!(3)), (&json!("q2"), &json!(2)), (&json!("q10"), &json!(1))], "as people count");

    let (screen, code) = home.run_at_terminal("n\n", &["import", "--guess", "answers"]);
    assert_eq!(code, 130, "{screen}");
    let taken = home.run(&["import", "--guess", "answers", "--yes", "--title", "Spring", "--id", "spring", "--json"]).json(0);
    assert_eq!((&taken["candidates"], &taken["answers"]), (&3.into(), &6.into()), "{taken}");
    let found = home.run(&["search", "Spring", "hello there", "--json"]);
    assert!(found.code == Some(0) && found.out.contains("q1"), "the transcript came along: {found:#?}");
    let rows = home.run(&["export", "Spring", "--shape", "long"]);
    let all = format!("{rows:?}{:?}", home.run(&["compare", "Spring", "--json"]));
    assert!(bundle::NAMES.iter().all(|name| !all.contains(name)) && !all.contains("Amalie"), "{all}");
    assert!(home.run(&["document", "Spring", "p-", "--json"]).code == Some(5));

    // With an id of one's own, who is added later joins the batch.
    put(&home, "answers/d-18/q1.webm", "voice.webm");
    let more = home.run(&["import", "--guess", "answers", "--yes", "--title", "Spring", "--id", "spring", "--json"]).json(0);
    assert_eq!((&more["batch"], &more["submissions"]["new"]), (&taken["batch"], &1.into()), "{more}");
}

#[test]
fn who_is_added_later_joins_the_batch_with_its_questions_answers_and_title() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara"]);
    put(&home, "ga/ann/q1.wav", "voice.wav");
    put(&home, "ga/ann/q2.wav", "voice.webm");
    put(&home, "gb/dora/q1.wav", "voice.ogg");
    put(&home, "gb/dora/q0.wav", "voice.mp3");
    put(&home, "gc/ann/q0.wav", "voice.m4a");
    let guess = |folder: &str, more: &[&str]| {
        home.run(&[&["import", "--guess", folder, "--yes", "--id", "tt", "--json"], more].concat()).json(0)
    };
    let first = guess("ga", &["--title", "First"]);
    let second = guess("gb", &[]);
    assert_eq!((&second["batch"], &second["title"], &second["submissions"]["new"]), (&first["batch"], &json!("First"), &json!(1)));
    let questions = || -> Vec<Value> {
        let status = home.run(&["status", "First", "--json"]).json(0);
        status["questions"].as_array().into_iter().flatten().map(|one| one["question"].clone()).collect()
    };
    assert_eq!(questions(), [json!("q1"), json!("q2"), json!("q0")], "what was asked before stays where it was");
    assert_eq!(answers(&home), 4, "nothing dropped out");
    let third = guess("gc", &[]);
    assert_eq!((answers(&home), &third["submissions"]["new"]), (5, &json!(0)), "one more of somebody who is here: {third}");
    home.run(&["subject", "erase", "dora", "--yes", "--json"]).json(0);
    let renamed = guess("ga", &["--title", "Second"]);
    assert_eq!((&renamed["title"], &renamed["problems"], answers(&home)), (&json!("Second"), &json!([]), 3), "{renamed}");
}

#[test]
fn a_folder_that_says_what_it_means_or_means_nothing_is_refused() {
    let home = Home::new();
    bundle::write(home.path());
    let says = home.run(&["import", "--guess", "bundle", "--yes"]);
    assert!(says.code == Some(1) && says.err.contains("import it without --guess"), "{says:#?}");
    write(&home, "empty/readme.txt", "x");
    let nothing = home.run(&["import", "--guess", "empty", "--yes"]);
    assert!(nothing.code == Some(1) && nothing.err.contains("looks like an answer"), "{nothing:#?}");
    assert_eq!(home.run(&["import", "bundle", "--yes"]).code, Some(2), "--yes is for what was guessed");
}

/// The small batch as a platform gives it that hands out no recordings.
fn without_recordings() -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara"]);
    let path = bundle::write(home.path()).join("batch.json");
    let mut document: Value = serde_json::from_str(&fs::read_to_string(&path).expect("written")).expect("JSON");
    for submission in document["submissions"].as_array_mut().expect("a list") {
        submission["answers"] = json!([{ "question": "q-01", "state": "not_given" }, { "question": "q-02", "state": "not_given" }]);
    }
    fs::create_dir(home.path().join("platform")).expect("a folder");
    fs::write(home.path().join("platform/batch.json"), document.to_string()).expect("written");
    home.run(&["import", "platform", "--json"]).json(0);
    home
}

fn answers(home: &Home) -> u64 {
    home.run(&["batches", "--json"]).json(0)[0]["answers"].as_u64().expect("a number")
}

#[test]
fn recordings_are_attached_by_the_names_of_candidate_and_question_or_by_a_table() {
    let home = without_recordings();
    assert_eq!(answers(&home), 0);
    put(&home, "down/c-1/q-01.webm", "voice.webm");
    write(&home, "down/c-1/q-01.srt", "1\n00:00:00,000 --> 00:00:01,000\nattached words\n");
    put(&home, "down/Bertrand Testperson/2.ogg", "voice.ogg");
    put(&home, "down/nobody/q-01.mp3", "voice.mp3");
    put(&home, "down/c-2/q-77.mp3", "voice.mp3");
    let dry = home.run(&["attach", "small batch", "down", "--dry-run", "--json"]).json(4);
    assert_eq!((&dry["would_attach"], dry["left_out"].as_array().map(Vec::len)), (&2.into(), Some(2)), "{dry}");
    assert_eq!(answers(&home), 0);
    let ran = home.run(&["attach", "small batch", "down", "--json"]).json(4);
    assert_eq!((&ran["attached"], answers(&home)), (&2.into(), 2), "{ran}");
    assert!(home.run(&["search", "small batch", "attached words"]).code == Some(0));
    let again = home.run(&["attach", "small batch", "down"]);
    assert!(again.code == Some(5) && again.out.contains("has an answer already"), "{again:#?}");

    write(&home, "files/list.csv", "candidate_id,question_id,file\nc-3,1,a.m4a\nc-3,q-99,a.m4a\n");
    put(&home, "files/a.m4a", "voice.m4a");
    let ran = home.run(&["attach", "small batch", "files/list.csv", "--json"]).json(4);
    assert_eq!((&ran["attached"], answers(&home)), (&1.into(), 3), "{ran}");
    // What climbs out of the folder or is not there is no recording that was attached.
    write(&home, "files/bad.csv", "candidate_id,question_id,file\nc-1,2,../small.toml\nc-2,1,gone.m4a\nc-3,2,b.m4a\n");
    put(&home, "files/b.m4a", "voice.m4a");
    let dry = home.run(&["attach", "small batch", "files/bad.csv", "--dry-run", "--json"]).json(4);
    assert_eq!((&dry["would_attach"], dry["left_out"].as_array().map(Vec::len)), (&1.into(), Some(2)), "{dry}");
    let bad = home.run(&["attach", "small batch", "files/bad.csv", "--json"]).json(4);
    assert_eq!((&bad["attached"], answers(&home)), (&1.into(), 4), "{bad}");
    let why = bad["left_out"].to_string();
    assert!(
        why.contains("../small.toml: the path leaves the folder of the table; put the file into the folder of the table"),
        "{why}"
    );
    assert!(why.contains("gone.m4a: the file is not there") && !why.contains("may read"), "{why}");
    // What is there and does not play was not attached either.
    write(&home, "files/noise.csv", "candidate_id,question_id,file\nc-2,1,noise.wav\n");
    write(&home, "files/noise.wav", "no sound at all");
    let noise = home.run(&["attach", "small batch", "files/noise.csv", "--json"]).json(4);
    assert_eq!((&noise["attached"], answers(&home)), (&0.into(), 4), "{noise}");
    write(&home, "files/wrong.csv", "who,what\nc-3,1\n");
    assert_eq!(home.run(&["attach", "small batch", "files/wrong.csv"]).code, Some(1));
    // The platform still knows of no recording: what was attached stays.
    let platform = home.run(&["import", "platform", "--json"]).json(0);
    assert_eq!(answers(&home), 4, "{platform}");
}

#[test]
fn of_who_was_erased_nothing_is_told_where_something_is_attached() {
    let home = without_recordings();
    home.run(&["subject", "erase", "c-2", "--yes", "--json"]).json(0);
    put(&home, "down/c-1/q-01.webm", "voice.webm");
    let ran = home.run(&["attach", "small batch", "down", "--json"]).json(0);
    assert_eq!((&ran["attached"], &ran["problems"], answers(&home)), (&json!(1), &json!([]), 1), "{ran}");
    assert!(ran["incomplete"].as_array().is_some_and(|all| all.iter().all(|one| one["candidate"] != "")), "{ran}");
}

#[test]
fn one_long_recording_is_cut_into_answers_at_the_given_times() {
    let home = without_recordings();
    let long = bundle::media("voice.wav");
    let cut = |times: &str, more: &[&str]| {
        let long = long.to_string_lossy().into_owned();
        home.run(&[&["attach", "small batch", &long, "--candidate", "c-1", "--split", times, "--json"], more].concat())
    };
    let beyond = cut("0:00,9:00", &[]);
    assert!(beyond.code == Some(1) && beyond.err.contains("does not lie in it"), "{beyond:#?}");
    assert_eq!(cut("0:01,0:00", &[]).code, Some(2), "in order");
    assert_eq!(cut("0:00,0:01,0:02", &[]).code, Some(2), "more pieces than questions");
    assert_eq!(answers(&home), 0);
    let ran = cut("0:00-0:00.5,0:00.7", &[]).json(0);
    assert_eq!((&ran["attached"], answers(&home)), (&2.into(), 2), "{ran}");
    let out = home.run(&["subject", "export", "c-1", "--out", "pieces.zip", "--json"]).json(0);
    assert_eq!(out["recordings"], 2);
    let mut zip = zip::ZipArchive::new(fs::File::open(home.path().join("pieces.zip")).expect("there")).expect("a .zip");
    let first = zip.by_name("1/answers/q-01.wav").expect("a piece").size();
    assert_eq!(first, 44 + 2 * 48_000 / 2, "half a second at 48 kHz");
    let other = home.run(&[
        "attach",
        "small batch",
        &long.to_string_lossy(),
        "--candidate",
        "c-2",
        "--split",
        "0:00",
        "--questions",
        "2",
        "--json",
    ]);
    assert_eq!(other.json(0)["attached"], 1);
    assert!(Path::new(&long).exists());
}

/// The small batch, changed.
fn changed(home: &Home, change: impl Fn(&mut Value)) {
    let path = bundle::write(home.path()).join("batch.json");
    let mut document: Value = serde_json::from_slice(&fs::read(&path).expect("written")).expect("JSON");
    change(&mut document);
    fs::write(path, document.to_string()).expect("written");
}

#[test]
fn what_may_not_be_held_is_not_imported_either_and_what_says_no_region_is_named() {
    let home = Home::new();
    home.settings("regions = \"eu, uk\"\n");
    changed(&home, |batch| batch["region"] = json!("us"));
    let refused = home.run(&["import", "bundle", "--json"]).json(1);
    assert_eq!(refused["problems"][0]["code"], "region", "{refused}");
    assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]));
    changed(&home, |batch| (batch["region"], batch["submissions"][1]["region"]) = (json!("EU"), json!("us")));
    let partly = home.run(&["import", "bundle", "--json"]).json(4);
    assert_eq!((&partly["candidates"], &partly["problems"][0]["code"]), (&json!(2), &json!("region")), "{partly}");
    let other = Home::new();
    other.settings("regions = \"eu, uk\"\n[source.drop]\nkind = \"folder\"\npath = \"~/bundle\"\n");
    changed(&other, |batch| batch["submissions"][1]["region"] = json!("us"));
    let ran = other.run(&["fetch", "drop", "--json"]);
    assert!(ran.code == Some(4) && ran.out.contains("\"code\":\"region\""), "a person left out is told by the exit code: {ran:#?}");
    assert!(ran.out.contains("\"code\":\"region-unknown\""), "{ran:#?}");
}

#[test]
fn a_file_of_another_length_than_the_batch_says_is_not_taken() {
    let home = Home::new();
    changed(&home, |batch| batch["submissions"][0]["answers"][0]["bytes"] = json!(99));
    let ran = home.run(&["import", "bundle", "--json"]).json(4);
    assert!(ran["problems"].to_string().contains("bytes, and the batch says 99"), "{ran}");
}

#[test]
fn a_folder_source_says_what_would_come_and_what_changed() {
    let home = Home::new();
    home.settings("[source.drop]\nkind = \"folder\"\npath = \"~/bundle\"\n");
    bundle::write(home.path());
    let dry = home.run(&["fetch", "drop", "--dry-run"]);
    assert!(dry.out.contains("3 new") && dry.out.contains("would come: 3 new submissions, 5 files, "), "{dry:#?}");
    let first = home.run(&["fetch", "drop"]);
    assert!(first.out.contains("drop: 3 new submissions, 5 answers arrived"), "{first:#?}");
    changed(&home, |batch| {
        batch["submissions"][1]["answers"][0]["file"] = json!("voice.m4a");
        batch["submissions"][2]["status"] = json!("withdrawn");
    });
    let dry = home.run(&["fetch", "drop", "--dry-run", "--json"]);
    let last: Value = serde_json::from_str(dry.out.lines().last().expect("a line")).expect("JSON");
    assert_eq!((&last["new"], &last["withdrawn"]), (&json!(0), &json!(1)), "{dry:#?}");
    let second = home.run(&["fetch", "drop"]);
    assert!(second.out.contains("drop: 1 new recording, 1 withdrawn, 1 answer arrived"), "{second:#?}");
    assert!(home.run(&["fetch", "drop"]).out.contains("drop: nothing new"));
}
