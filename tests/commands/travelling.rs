//! Hand-offs under hard conditions: many people, erased ones, hidden names, a kill, a folder in place of a reply.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::handing::{Shared, carried, fingerprint, manager, opens_names, take};
use super::reporting::{HARD, by, with_hard_names};
use super::{attached, bundle, change, faked, rate_all, sealed};
use crate::home::Home;

fn compared(home: &Home) -> Value {
    home.run(&["compare", "small batch", "--json"]).json(0)
}

fn shown(home: &Home) -> String {
    let asks: [&[&str]; 6] = [
        &["compare", "small batch", "--all"],
        &["status", "small batch", "--json"],
        &["export", "small batch", "--shape", "long", "--rows", "sealed"],
        &["document", "small batch", "c-1", "--json"],
        &["comment", "small batch", "c-1"],
        &["audit", "show", "small batch", "--json"],
    ];
    asks.iter().map(|args| home.run(args)).map(|ran| ran.out + &ran.err).collect()
}

#[test]
fn two_hundred_people_travel_and_are_there_at_once() {
    let mara = Home::new();
    mara.run(&["identity", "--label", "Mara", "--json"]).json(0);
    let folder = bundle::write(mara.path());
    let path = folder.join("batch.json");
    let mut document: Value = serde_json::from_slice(&fs::read(&path).expect("written")).expect("JSON");
    let one = |nth: usize| {
        json!({ "candidate": { "id": format!("c-{nth}"), "name": format!("Person Number{nth} Testperson") }, "status": "completed",
            "answers": [{ "question": "q-01", "kind": "text", "text": format!("I looked at log {nth} first.") }] })
    };
    document["submissions"] = (1..=200).map(one).collect();
    fs::write(&path, document.to_string()).expect("written");
    mara.run(&["import", "bundle", "--json"]).json(0);
    mara.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    let noor = manager(&mara);
    let everyone: Vec<String> = (1..=200).map(|nth| format!("c-{nth}")).collect();
    let args = ["handoff", "small batch", "--to", "noor.toml", "--out", "x.earmark", "--json", "--candidates", &everyone.join(",")];
    let made = mara.run(&args).json(0);
    assert_eq!((&made["candidates"], made["left_out"]["without"].as_array().map(Vec::len)), (&200.into(), Some(200)), "{made}");
    fs::copy(mara.path().join("x.earmark"), noor.path().join("x.earmark")).expect("it was made");
    assert_eq!(take(&noor, &mara).json(0)["candidates"], 200);
    let rows = compared(&noor);
    assert_eq!(rows["candidates"].as_array().map(Vec::len), Some(200));
    assert!(!rows.to_string().contains("Number17"), "names are hidden");
    let report = ["report", "small batch", "--out", "r.html", "--excerpts", "none", "--json"];
    noor.run(&report).json(0);
}

#[test]
fn who_was_erased_does_not_travel_and_stays_erased_on_both_sides() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    // Erased at the receiver's: the same file brings nothing back.
    noor.run(&["subject", "erase", "c-2", "--yes", "--json"]).json(0);
    let again = noor.run(&["import", "x.earmark", "--json"]).json(4);
    assert_eq!(again["erased"].as_array().map(Vec::len), Some(1), "{again}");
    let gone = noor.run(&["decide", "small batch", "c-2", "hold", "--reason", "x"]);
    assert_ne!(gone.code, Some(0), "{gone:#?}");
    // Erased at the sender's: the next file is without, and without anyone there is none.
    mara.run(&["shortlist", "small batch", "c-1", "c-2", "--json"]).json(0);
    mara.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    let again = |out: &str| mara.run(&["handoff", "small batch", "--to", "noor.toml", "--shortlist", "--out", out, "--json"]);
    assert_eq!(again("y.earmark").json(0)["candidates"], 1);
    mara.run(&["subject", "erase", "c-2", "--yes", "--json"]).json(0);
    let nobody = again("z.earmark");
    assert!(nobody.code == Some(5) && !mara.path().join("z.earmark").exists(), "{nobody:#?}");
    let unknown = mara.run(&["handoff", "small batch", "--to", "noor.toml", "--candidates", "c-1", "--out", "z.earmark"]);
    assert_eq!(unknown.code, Some(5), "{unknown:#?}");
}

#[test]
fn a_hidden_name_is_nowhere_at_the_receivers_also_where_someone_wrote_it() {
    let mara = attached();
    rate_all(&mara);
    let whole = format!("{} knows her tools", bundle::NAMES[0]);
    mara.run(&["note", "small batch", "c-1", "1", &whole, "--json"]).json(0);
    mara.run(&["note", "small batch", "c-1", "1", "a calm answer", "--json"]).json(0);
    mara.run(&["probe", "small batch", "c-1", "1", "Ask Amalie about the rota", "--json"]).json(0);
    mara.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    mara.run(&["comment", "small batch", "c-1", "Testperson was recommended", "--json"]).json(0);
    let noor = manager(&mara);
    let made = carried(&mara, &noor, &["--names", "hidden"]);
    assert_eq!((&made["left_out"]["naming"], &made["left_out"]["reasons"]), (&3.into(), &0.into()), "{made}");
    take(&noor, &mara).json(0);
    let all = shown(&noor);
    assert!(!all.contains("Amalie") && !all.contains("Testperson"), "{all}");
    let table = noor.run(&["export", "small batch", "--shape", "long", "--rows", "sealed"]).out;
    assert!(table.contains("a calm answer"), "the others went along: {table}");
    // With open names all of it goes.
    opens_names(&mara);
    let made = carried(&mara, &noor, &["--names", "open"]);
    assert_eq!(made["left_out"]["naming"], 0, "{made}");
}

#[test]
fn a_quote_with_a_hidden_name_loses_its_words_and_keeps_its_moment() {
    let mara = attached();
    let words = "WEBVTT\n\n00:01.000 --> 00:03.000\nI am Amalie and I fixed it\n";
    fs::write(mara.path().join("bundle/a.vtt"), words).expect("a file can be written");
    change(&mara, |batch| batch["submissions"][0]["answers"][0]["transcript"] = "a.vtt".into());
    // Who knows the name quotes it as it was said.
    mara.run(&["reveal", "small batch", "c-1", "--reason", "understand", "--json"]).json(0);
    rate_all(&mara);
    mara.run(&["evidence", "small batch", "c-1", "1", "1", "1-3", "--json"]).json(0);
    mara.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let noor = manager(&mara);
    let made = carried(&mara, &noor, &["--names", "hidden"]);
    assert_eq!((&made["left_out"]["quotes"], &made["left_out"]["naming"]), (&1.into(), &0.into()), "{made}");
    take(&noor, &mara).json(0);
    let evidence = |home: &Home| -> Vec<Value> {
        let rows = home.run(&["compare", "small batch", "--all", "--json"]).json(0)["rows"].clone();
        let cells = rows.as_array().expect("rows").iter().flat_map(|row| row["cells"].as_array().cloned().unwrap_or_default());
        cells.flat_map(|cell| cell["evidence"].as_array().cloned().unwrap_or_default()).collect()
    };
    let mark = "[quote left out: it names someone]";
    let there = evidence(&noor);
    assert_eq!(there.len(), 1, "{there:?}");
    assert_eq!((&there[0]["start_ms"], &there[0]["end_ms"]), (&1000.into(), &3000.into()), "{there:?}");
    assert_eq!(there[0]["quote"], mark, "{there:?}");
    noor.run(&["report", "small batch", "--out", "r.html", "--excerpts", "none", "--json"]).json(0);
    let page = fs::read_to_string(noor.path().join("r.html")).expect("written");
    assert!(page.contains(mark) && !page.contains("Amalie"), "the report says it as well");
    // The same file again adds nothing; with open names the words come, and stand there once.
    take(&noor, &mara).json(0);
    assert_eq!(evidence(&noor), there);
    opens_names(&mara);
    carried(&mara, &noor, &["--names", "open"]);
    take(&noor, &mara).json(0);
    let there = evidence(&noor);
    assert_eq!(there.len(), 1, "{there:?}");
    assert_eq!(there[0]["quote"], "I am Amalie and I fixed it", "{there:?}");
}

#[test]
fn names_and_notes_of_any_script_travel_whole() {
    let mara = with_hard_names();
    let noor = manager(&mara);
    opens_names(&mara);
    let made = carried(&mara, &noor, &["--names", "open"]);
    assert_eq!(made["candidates"], 2, "{made}");
    take(&noor, &mara).json(0);
    let rows = compared(&noor).to_string();
    assert!(rows.contains(HARD[1]) && rows.contains("alert(1)"), "{rows}");
    let printed = noor.run(&["compare", "small batch"]).out;
    assert!(!printed.contains('\u{202e}'), "what turns text round is not printed: {printed}");
    let report = ["report", "small batch", "--out", "r.html", "--excerpts", "none", "--json"];
    noor.run(&report).json(0);
    let page = fs::read_to_string(noor.path().join("r.html")).expect("written");
    assert_eq!(page.matches("<script>").count(), 1, "the page's own");
}

#[test]
fn an_import_that_is_killed_leaves_nothing_half_and_the_next_one_takes_all() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    let trust = format!("Mara={}", fingerprint(&mara));
    let args = ["import", "x.earmark", "--trust", &trust, "--json"];
    let (mut cut_off, mut after) = (0, Duration::from_millis(1));
    while cut_off < 12 {
        let begun = Instant::now();
        let mut child = noor.command(&args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let whole = loop {
            if child.try_wait().expect("it can be asked").is_some() {
                break true;
            }
            if begun.elapsed() >= after {
                child.kill().expect("it is ours to kill");
                child.wait().expect("it ends");
                break false;
            }
            std::thread::yield_now();
        };
        if whole {
            break;
        }
        cut_off += 1;
        after += after / 2 + Duration::from_millis(3);
        let ran = noor.run(&["batches", "--json"]);
        if ran.code != Some(0) {
            continue; // No library was made yet.
        }
        let rows: Value = serde_json::from_str(&ran.out).expect("JSON");
        let count = rows.as_array().map_or(0, Vec::len);
        assert!(count <= 1, "{rows}");
        if count == 1 {
            assert_eq!(compared(&noor)["candidates"].as_array().map(Vec::len), Some(2), "whole where it is there at all");
        }
    }
    assert!(cut_off > 0, "one was cut off at least");
    assert_eq!(noor.run(&args).json(0)["candidates"], 2);
    let rows = compared(&noor);
    assert_eq!(rows["candidates"].as_array().map(Vec::len), Some(2), "{rows}");
    let checked = noor.run(&["audit", "verify", "--json"]);
    assert_eq!(checked.code, Some(0), "{checked:#?}");
}

#[test]
fn what_the_receiver_does_comes_back_through_a_shared_folder_too() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    noor.run(&["decide", "small batch", "c-1", "advance", "--because", "strongest", "--json"]).json(0);
    let shared = Shared::by(&mara, &noor);
    (0..2).for_each(|_| [&noor, &mara].iter().for_each(|home| drop(shared.exchange(home, &[]))));
    let table = mara.run(&["export", "small batch", "--format", "jsonl"]).out;
    assert!(table.contains("\"decision\":\"advance\"") && table.contains("\"decision_because\":\"strongest\""), "{table}");
}

#[test]
fn who_was_handed_a_shortlist_judges_nothing_and_is_not_locked_out_by_a_slip() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let before = compared(&noor);
    assert_eq!(before["others"], "shown", "{before}");
    let judging: [&[&str]; 11] = [
        &["rate", "small batch", "c-1", "1", "diagnosis", "3"],
        &["rate", "small batch", "c-1", "1", "diagnosis", "clear"],
        &["evidence", "small batch", "c-1", "1", "1", "0-1"],
        &["note", "small batch", "c-1", "1", "a note"],
        &["probe", "small batch", "c-1", "1", "a question"],
        &["must-have", "small batch", "c-1", "rota", "yes"],
        &["recommend", "small batch", "c-1", "yes"],
        &["compare", "small batch", "--question", "1", "--criterion", "1", "--candidates", "c-1,c-2", "--prefer", "a"],
        &["recuse", "small batch", "c-1", "--reason", "I know this person"],
        &["seal", "small batch", "--all"],
        &["reopen", "small batch", "--all", "--reason", "x"],
    ];
    for args in judging {
        let ran = noor.run(args);
        assert_eq!(ran.code, Some(2), "{args:?}: {ran:#?}");
        assert!(ran.err.contains("to decide on, not to score") && ran.err.contains("earmark comment"), "{args:?}: {ran:#?}");
    }
    assert_eq!(compared(&noor), before, "nothing was written");
    for (home, handed) in [(&mara, false), (&noor, true)] {
        let told = home.run(&["scorecard", "small batch", "c-1", "--out", "cards", "--json"]).json(0);
        let card = told["scorecards"][0]["path"].as_str().expect("a path");
        let Some(text) = by("pdftotext", &[], &home.path().join(card)) else { continue };
        assert_eq!(text.contains("Rank, range and ± are of those handed over alone."), handed, "{told} {text}");
    }
    noor.run(&["decide", "small batch", "c-1", "advance", "--because", "strongest", "--json"]).json(0);
    noor.run(&["comment", "small batch", "c-1", "ask about the rota", "--json"]).json(0);
}

#[test]
fn what_was_decided_on_the_last_day_goes_back_after_it() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &["--expires", "2030-06-01"]);
    take(&noor, &mara).json(0);
    noor.run(&["decide", "small batch", "c-1", "advance", "--because", "strongest", "--json"]).json(0);
    let Some(over) = faked("2030-06-03", &noor, &["compare", "small batch"]) else { return };
    assert!(over.err.contains("until 2030-06-01, and that is over") && over.err.contains("--reply"), "{over:#?}");
    let listed = faked("2030-06-03", &noor, &["batches"]).expect("it ran before");
    assert!(listed.out.contains("until 2030-06-01, and that is over; 1 of 2 decided"), "{listed:#?}");
    let listed = faked("2030-06-03", &noor, &["batches", "--json"]).expect("it ran before").json(0);
    assert_eq!((&listed[0]["handed"]["over"], &listed[0]["handed"]["decided"]), (&true.into(), &1.into()), "{listed}");
    let reply = ["handoff", "small batch", "--reply", "--out", "y.earmark", "--json"];
    let replied = faked("2030-06-03", &noor, &reply).expect("it ran before").json(0);
    assert_eq!(replied["decisions"], 1, "{replied}");
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    let back = faked("2030-06-04", &mara, &["import", "y.earmark", "--json"]).expect("it ran before");
    assert_eq!(back.code, Some(0), "{back:#?}");
    assert!(mara.run(&["export", "small batch"]).out.contains("advance"));
}
