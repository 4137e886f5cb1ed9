//! A shortlist that travels: made, taken in by someone who decides, and what that person did on its way back.

use std::fs;

use serde_json::Value;

use super::{attached, bundle, rate, sealed};
use crate::home::{Home, Ran};

/// Someone who decides, in a home of her own, and the file with her public identity.
pub(super) fn manager(sender: &Home) -> Home {
    let home = Home::new();
    home.run(&["identity", "--label", "Noor", "--json"]).json(0);
    let public = home.run(&["identity", "--export"]);
    assert_eq!(public.code, Some(0), "{public:#?}");
    fs::write(sender.path().join("noor.toml"), public.out).expect("a file can be written");
    home
}

pub(super) fn fingerprint(home: &Home) -> String {
    home.run(&["identity", "--json"]).json(0)["fingerprint"].as_str().expect("a fingerprint").to_owned()
}

fn hand_off(home: &Home, more: &[&str]) -> Ran {
    let all = ["handoff", "small batch", "--out", "x.earmark", "--to", "noor.toml"];
    home.run(&[&all[..], more].concat())
}

/// Hands over and carries the file to the receiver.
pub(super) fn carried(from: &Home, to: &Home, more: &[&str]) -> Value {
    let made = hand_off(from, &[&["--candidates", "c-1,c-2", "--json", "--replace"], more].concat()).json(0);
    fs::copy(from.path().join("x.earmark"), to.path().join("x.earmark")).expect("it was made");
    made
}

pub(super) fn take(home: &Home, from: &Home) -> Ran {
    let trust = format!("Mara={}", fingerprint(from));
    home.run(&["import", "x.earmark", "--trust", &trust, "--json"])
}

/// A folder by which two exchange, each of whom trusts the other's fingerprint.
pub(super) struct Shared(tempfile::TempDir);

impl Shared {
    pub(super) fn by(mara: &Home, noor: &Home) -> Shared {
        let shared = Shared(tempfile::tempdir().expect("a folder"));
        shared.exchange(mara, &[]);
        shared.exchange(noor, &["--trust", &format!("Mara={}", fingerprint(mara))]);
        shared.exchange(mara, &["--trust", &format!("Noor={}", fingerprint(noor))]);
        shared
    }

    pub(super) fn exchange(&self, home: &Home, more: &[&str]) -> Ran {
        let path = self.0.path().to_string_lossy();
        home.run(&[&["exchange", &*path], more].concat())
    }
}

/// The batch's rule lets names go along.
pub(super) fn opens_names(home: &Home) {
    let open = ["protocol", "small batch", "--set", "handoff_names=open", "--reason", "they know each other", "--json"];
    home.run(&open).json(0);
}

fn has_nothing(home: &Home) -> bool {
    let rows = home.run(&["batches", "--json"]).json(0);
    rows.as_array().is_none_or(Vec::is_empty)
}

#[test]
fn a_shortlist_travels_to_someone_who_decides_without_scoring_and_comes_back() {
    let mara = sealed();
    let noor = manager(&mara);
    let made = carried(&mara, &noor, &[]);
    assert_eq!((&made["candidates"], &made["scorecards"], &made["names"]), (&2.into(), &2.into(), &false.into()), "{made}");
    // Who has not compared the sender's fingerprint is told what to compare, and has nothing.
    let stranger = noor.run(&["import", "x.earmark"]);
    assert_eq!(stranger.code, Some(3), "{stranger:#?}");
    assert!(stranger.err.contains(&fingerprint(&mara)) && has_nothing(&noor), "{stranger:#?}");
    let misnamed = noor.run(&["import", "x.earmark", "--trust", &format!("Marla={}", fingerprint(&mara))]);
    assert!(misnamed.code == Some(3) && misnamed.err.contains("compared as Marla's is that of Mara"), "{misnamed:#?}");
    let taken = take(&noor, &mara).json(0);
    assert_eq!((&taken["from"], &taken["candidates"], &taken["known"]), (&"Mara".into(), &2.into(), &true.into()), "{taken}");

    let compared = noor.run(&["compare", "small batch", "--json"]).json(0);
    assert_eq!(compared["others"], "shown", "{compared}");
    let candidates = compared["candidates"].as_array().expect("a list");
    assert_eq!(candidates.len(), 2, "{compared}");
    let first = candidates.iter().find(|one| one["candidate"] == "c-1").expect("she went along");
    assert_eq!(first["answers"][0]["ratings"][0]["others"][0]["value"], 4, "{compared}");
    let all = noor.run(&["compare", "small batch"]).out + &noor.run(&["status", "small batch", "--json"]).out;
    assert!(bundle::NAMES.iter().all(|name| !all.contains(name)), "names are hidden: {all}");
    // The recording came too.
    let rendered = noor.run(&["export", "small batch", "--shape", "long"]);
    assert_eq!(rendered.code, Some(0), "{rendered:#?}");

    noor.run(&["decide", "small batch", "c-1", "advance", "--reason", "the best diagnosis", "--json"]).json(0);
    noor.run(&["comment", "small batch", "c-2", "ask about the rota", "--json"]).json(0);
    let replied = noor.run(&["handoff", "small batch", "--reply", "--out", "y.earmark", "--json"]).json(0);
    assert_eq!((&replied["to"], &replied["decisions"]), (&"Mara".into(), &1.into()), "{replied}");
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    // She was the one to whom it was handed: her reply needs no further comparing.
    let back = mara.run(&["import", "y.earmark", "--json"]).json(0);
    assert_eq!((&back["reply"], &back["from"]), (&true.into(), &"Noor".into()), "{back}");
    let table = mara.run(&["export", "small batch"]).out;
    assert!(table.contains("advance"), "{table}");
    assert_eq!(mara.run(&["import", "y.earmark", "--json"]).json(0)["events"], 0, "twice is once");
    let again = noor.run(&["import", "x.earmark", "--json"]).json(0);
    assert_eq!(again["candidates"], 2, "the same file again is taken again: {again}");
}

#[test]
fn a_damaged_recording_a_missing_one_and_someone_erased_since_are_each_named_and_the_rest_travels() {
    let mara = sealed();
    let noor = manager(&mara);
    mara.run(&["shortlist", "small batch", "c-1", "c-2", "c-3", "--json"]).json(0);
    mara.run(&["subject", "erase", "c-3", "--reason", "asked for it", "--yes", "--json"]).json(0);
    let files = super::keeping::files_under(&super::keeping::library_of(&mara).join("vault"));
    let mut bytes = fs::read(&files[0]).expect("it is read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 16;
    fs::write(&files[0], bytes).expect("it is written");
    fs::remove_file(&files[1]).expect("it was there");
    let plain = hand_off(&mara, &["--shortlist"]);
    assert_eq!(plain.code, Some(4), "what failed is named: {plain:#?}");
    let told = |words: &str| assert!(plain.out.contains(words), "{words}: {plain:#?}");
    told("1 of 3 was erased since, and left out: ");
    told("damaged in its sender's library: 1 file: ");
    told("not in its sender's library any more: 1 file: ");
    told(", question ");
    let made = hand_off(&mara, &["--shortlist", "--replace", "--json"]).json(4);
    let left = &made["left_out"];
    assert_eq!((&left["erased"], &left["damaged"], &left["not_here"]), (&1.into(), &1.into(), &1.into()), "{made}");
    assert_eq!((made["erased"].as_array().map(Vec::len), &made["candidates"]), (Some(1), &2.into()), "{made}");
    fs::copy(mara.path().join("x.earmark"), noor.path().join("x.earmark")).expect("it was made");
    let taken = take(&noor, &mara).json(0);
    assert_eq!((&taken["candidates"], &taken["left_out"]["damaged"]), (&2.into(), &1.into()), "{taken}");
}

#[test]
fn a_flipped_byte_half_a_file_another_key_and_a_past_day_are_each_named_and_nothing_is_taken() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    let path = noor.path().join("x.earmark");
    let whole = fs::read(&path).expect("it is there");
    let told = |bytes: &[u8], code: i32, words: &str| {
        fs::write(&path, bytes).expect("it is written");
        let ran = noor.run(&["import", "x.earmark", "--trust", &format!("Mara={}", fingerprint(&mara))]);
        assert_eq!(ran.code, Some(code), "{words}: {ran:#?}");
        assert!(ran.err.contains(words) && has_nothing(&noor), "{words}: {ran:#?}");
    };
    // Also in the length that the first line says, a larger one and a smaller one.
    for at in [30, 40, 60, 200, whole.len() / 2, whole.len() - 1] {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        told(&flipped, 1, "changed or damaged");
    }
    for length in [10, 90, whole.len() / 2, whole.len() - 1] {
        told(&whole[..length], 1, if length == 10 { "" } else { "not whole" });
    }
    let ivo = Home::new();
    ivo.run(&["identity", "--label", "Ivo", "--json"]).json(0);
    fs::write(ivo.path().join("x.earmark"), &whole).expect("it is written");
    let wrong = ivo.run(&["import", "x.earmark"]);
    assert_eq!((wrong.code, wrong.err.contains("not made for you")), (Some(3), true), "{wrong:#?}");
    // Nothing of it lies in the vault either.
    let vault = noor.path().join(".local/share/earmark/library/vault");
    let left = fs::read_dir(&vault).map(|all| all.flatten().filter(|one| one.path().is_dir()).count()).unwrap_or_default();
    assert_eq!(left, 0, "the vault is empty");

    fs::write(&path, &whole).expect("it is written");
    let late = crate::commands::faked("2031-01-01", &noor, &["import", "x.earmark"]);
    if let Some(late) = late {
        assert_eq!((late.code, late.err.contains("could be used until")), (Some(1), true), "{late:#?}");
        assert!(has_nothing(&noor));
        take(&noor, &mara).json(0);
        let lapsed = crate::commands::faked("2031-01-01", &noor, &["compare", "small batch"]).expect("it ran before");
        assert!(lapsed.code == Some(1) && lapsed.err.contains("that is over"), "{lapsed:#?}");
    }
}

#[test]
fn what_is_not_sealed_stays_and_is_counted() {
    let mara = attached();
    let noor = manager(&mara);
    rate(&mara, "c-1", "1", "diagnosis", "4");
    let made = carried(&mara, &noor, &[]);
    assert_eq!((&made["scorecards"], &made["left_out"]["unsealed"]), (&0.into(), &1.into()), "{made}");
    assert_eq!(made["left_out"]["without"].as_array().map(Vec::len), Some(2), "{made}");
    let said = hand_off(&mara, &["--candidates", "c-1,c-2", "--replace"]);
    assert!(said.out.contains("not sealed: 1 scorecard") && said.out.contains("cannot enforce"), "{said:#?}");
    take(&noor, &mara).json(0);
    let compared = noor.run(&["compare", "small batch", "--json"]).json(0).to_string();
    assert!(!compared.contains("\"value\":4"), "{compared}");
}

#[test]
fn names_go_along_only_where_the_batchs_rule_says_so_and_then_they_show_at_once() {
    let mara = sealed();
    let noor = manager(&mara);
    let refused = hand_off(&mara, &["--candidates", "c-1", "--names", "open"]);
    assert_eq!(refused.code, Some(2), "{refused:#?}");
    assert!(refused.err.contains("handoff_names is hidden") && refused.err.contains("earmark protocol"), "{refused:#?}");
    assert!(!mara.path().join("x.earmark").exists(), "and nothing was made");
    opens_names(&mara);
    assert_eq!(carried(&mara, &noor, &["--names", "hidden"])["names"], false);
    assert_eq!(carried(&mara, &noor, &[])["names"], true, "what the rule says holds without a word");
    take(&noor, &mara).json(0);
    let shown = noor.run(&["compare", "small batch"]).out;
    assert!(shown.contains(bundle::NAMES[0]) && !shown.contains(bundle::NAMES[2]), "{shown}");
}

#[test]
fn a_passphrase_opens_it_from_a_file_or_a_terminal_and_another_does_not() {
    let mara = sealed();
    let noor = manager(&mara);
    fs::write(mara.path().join("secret"), "four words are enough\n").expect("a file can be written");
    let all = ["handoff", "small batch", "--candidates", "c-1", "--passphrase-file", "secret", "--out", "x.earmark", "--json"];
    fs::write(mara.path().join("short"), "x\n").expect("a file can be written");
    let short = mara.run(&all.map(|word| if word == "secret" { "short" } else { word }));
    assert!(short.code == Some(2) && short.err.contains("too short"), "{short:#?}");
    mara.run(&all).json(0);
    for file in ["x.earmark", "secret"] {
        fs::copy(mara.path().join(file), noor.path().join(file)).expect("it was made");
    }
    fs::write(noor.path().join("wrong"), "something else\n").expect("a file can be written");
    let wrong = noor.run(&["import", "x.earmark", "--passphrase-file", "wrong"]);
    assert_eq!((wrong.code, wrong.err.contains("passphrase does not open")), (Some(3), true), "{wrong:#?}");
    assert!(has_nothing(&noor));
    let (screen, code) = noor.run_at_terminal("four words are enough\n", &["import", "x.earmark", "--no-open"]);
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Mara") && screen.contains("not compared"), "{screen}");
    // What she does comes back to whoever has compared her fingerprint.
    noor.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    noor.run(&["handoff", "small batch", "--reply", "--out", "y.earmark", "--json"]).json(0);
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    assert_eq!(mara.run(&["import", "y.earmark"]).code, Some(3));
    let trust = format!("Noor={}", fingerprint(&noor));
    mara.run(&["import", "y.earmark", "--trust", &trust, "--json"]).json(0);
}

#[test]
fn who_reviews_and_who_has_the_batch_anyway_is_told_why_not() {
    let mara = sealed();
    manager(&mara);
    let nobody = hand_off(&mara, &["--shortlist"]);
    assert_eq!(nobody.code, Some(5), "{nobody:#?}");
    assert_eq!(hand_off(&mara, &[]).code, Some(2), "whom is not guessed");
    assert_eq!(hand_off(&mara, &["--candidates", "c-1", "--expires", "2020-01-01"]).code, Some(2));
    mara.run(&["shortlist", "small batch", "c-1", "--json"]).json(0);
    assert_eq!(hand_off(&mara, &["--shortlist", "--json"]).json(0)["candidates"], 1);
    assert_eq!(hand_off(&mara, &["--shortlist"]).code, Some(2), "a file that is there is not written over");
    let me = mara.run(&["identity", "--export"]).out;
    fs::write(mara.path().join("me.toml"), me).expect("a file can be written");
    let own = mara.run(&["handoff", "small batch", "--shortlist", "--to", "me.toml", "--out", "z.earmark"]);
    assert_eq!(own.code, Some(2), "{own:#?}");
    let not_handed = mara.run(&["handoff", "small batch", "--reply", "--out", "z.earmark"]);
    assert_eq!(not_handed.code, Some(5), "{not_handed:#?}");
}

#[test]
fn who_decides_is_told_what_is_theirs_and_two_who_decided_differently_are_both_told() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let status = noor.run(&["status", "small batch"]);
    for words in ["Handed to you to decide on until 20", "0 of 2 candidates decided", "compare ", "decide ", "comment ", "--reply"]
    {
        assert!(status.out.contains(words), "{words}: {status:#?}");
    }
    assert!(!status.out.contains("seal ") && !status.out.contains("heard enough"), "{status:#?}");
    let row = noor.run(&["batches", "--json"]).json(0)[0].clone();
    assert_eq!((&row["handed"]["decided"], &row["handed"]["of"]), (&0.into(), &2.into()), "{row}");
    assert!(noor.run(&["batches"]).out.contains("handed to you to decide on until 20"));

    mara.run(&["decide", "small batch", "c-1", "decline", "--reason", "no rota", "--json"]).json(0);
    noor.run(&["decide", "small batch", "c-1", "advance", "--reason", "the best diagnosis", "--json"]).json(0);
    noor.run(&["handoff", "small batch", "--reply", "--out", "y.earmark", "--json"]).json(0);
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    mara.run(&["import", "y.earmark", "--json"]).json(0);
    let both = |told: &str| told.contains("you decline (no rota), ") && told.contains(" advance; the last stands");
    for command in
        [&["status", "small batch"][..], &["compare", "small batch", "--all"], &["status", "small batch", "--sort", "name"]]
    {
        let told = mara.run(command);
        assert!(both(&told.out) && !told.out.contains(",  advance"), "{command:?}: {told:#?}");
    }
    let differing = mara.run(&["status", "small batch", "--json"]).json(0)["differing"].clone();
    assert!(differing[0].as_str().is_some_and(both), "{differing}");
    let table = mara.run(&["export", "small batch"]).out;
    assert!(table.contains(",advance,") && table.contains(" decline (no rota),"), "{table}");
    mara.run(&["report", "small batch", "--out", "r.html", "--excerpts", "none", "--json"]);
    let page = fs::read_to_string(mara.path().join("r.html")).expect("it was made");
    assert!(page.contains(". Decided differently before, by ") && page.contains("no rota"), "{page}");
}
