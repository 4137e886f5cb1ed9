//! What comes back from someone who decides, and erasures on both ways: nothing of the sender's changes without a word.

use std::fs;
use std::path::Path;

use super::bundle;
use super::delivering::with_drop;
use super::handing::{Shared, carried, fingerprint, manager, opens_names, take};
use super::{rate_all, sealed};
use crate::home::{Home, Ran};

/// Sends back what was done there, and takes it in here.
fn replied(from: &Home, to: &Home) -> (Ran, Ran) {
    let sent = from.run(&["handoff", "small batch", "--reply", "--out", "y.earmark", "--replace"]);
    assert_eq!(sent.code, Some(0), "{sent:#?}");
    fs::copy(from.path().join("y.earmark"), to.path().join("y.earmark")).expect("it was made");
    let taken = to.run(&["import", "y.earmark"]);
    assert_eq!(taken.code, Some(0), "{taken:#?}");
    (sent, taken)
}

/// What a candidate is called in the small batch.
fn called(home: &Home, id: &str) -> String {
    let rows = home.run(&["compare", "small batch", "--json"]).json(0);
    let row = rows["candidates"].as_array().expect("a list").iter().find(|one| one["candidate"] == id).expect("there");
    row["shown"].as_str().expect("a name").to_owned()
}

fn exchange(homes: &[&Home], folder: &Path, trust: &[String]) -> Vec<Ran> {
    let mut all = vec!["exchange", folder.to_str().expect("a path")];
    trust.iter().for_each(|one| all.extend(["--trust", one]));
    homes.iter().map(|home| home.run(&all)).collect()
}

#[test]
fn a_reply_says_what_came_back_and_leaves_the_senders_shortlist_and_tags_as_they_are() {
    let mara = sealed();
    let noor = manager(&mara);
    mara.run(&["shortlist", "small batch", "c-1", "c-2", "--json"]).json(0);
    mara.run(&["tag", "small batch", "c-1", "strong", "--json"]).json(0);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let (one, two) = (called(&mara, "c-1"), called(&mara, "c-2"));
    noor.run(&["shortlist", "small batch", "c-1", "c-2", "--remove", "--json"]).json(0);
    noor.run(&["tag", "small batch", "c-1", "strong", "--remove", "--json"]).json(0);
    noor.run(&["tag", "small batch", "c-2", "calm", "--json"]).json(0);
    let there = noor.run(&["shortlist", "small batch"]).out;
    assert!(there.contains("Nobody is on the shortlist"), "at hers it is as she left it: {there}");
    let (sent, taken) = replied(&noor, &mara);
    for out in [&sent.out, &taken.out] {
        assert!(out.contains(" shortlist is without ") && out.contains(&one) && out.contains(&two), "{out}");
        assert!(out.contains("1 tag put on: calm") && out.contains(&format!("strong ({one})")), "{out}");
    }
    let status = mara.run(&["status", "small batch", "--sort", "name", "--json"]).json(0).to_string();
    let list = mara.run(&["shortlist", "small batch"]).out;
    assert!(list.contains(&one) && list.contains(&two), "{list}");
    assert!(status.contains("strong") && status.contains("calm"), "{status}");
    // The same through a shared folder.
    let folder = tempfile::tempdir().expect("a folder");
    let trust = [format!("Mara={}", fingerprint(&mara)), format!("Noor={}", fingerprint(&noor))];
    exchange(&[&mara], folder.path(), &[]);
    exchange(&[&noor], folder.path(), &trust[..1]);
    exchange(&[&mara], folder.path(), &trust[1..]);
    exchange(&[&noor, &mara, &noor, &mara], folder.path(), &[]);
    assert_eq!(mara.run(&["shortlist", "small batch"]).out, list);

    noor.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    noor.run(&["comment", "small batch", "c-2", "ask about the rota", "--json"]).json(0);
    let (_, taken) = replied(&noor, &mara);
    for words in [format!("1 decision: {one}: hold"), format!("1 remark on {two}")] {
        assert!(taken.out.contains(&words), "{words}: {taken:#?}");
    }
    assert!(!taken.out.contains("shortlist"), "what was told is not told again: {taken:#?}");
}

#[test]
fn who_only_decides_erases_at_home_and_the_sender_is_asked() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let one = called(&mara, "c-1");
    let erased = noor.run(&["subject", "erase", "c-1", "--yes"]);
    assert!(erased.out.contains("only here: Mara, who handed this person to you, keeps the original"), "{erased:#?}");
    assert!(!erased.out.contains("to tell: Noor"), "she knows: {erased:#?}");
    let (_, taken) = replied(&noor, &mara);
    assert!(taken.out.contains(&format!("Erased at Noor's, and kept here: {one}.")), "{taken:#?}");
    let folder = tempfile::tempdir().expect("a folder");
    let trust = [format!("Mara={}", fingerprint(&mara)), format!("Noor={}", fingerprint(&noor))];
    exchange(&[&mara], folder.path(), &[]);
    exchange(&[&noor], folder.path(), &trust[..1]);
    exchange(&[&mara], folder.path(), &trust[1..]);
    let told = exchange(&[&noor, &mara], folder.path(), &[]);
    let said = format!("{}{}", told[1].out, told[1].err);
    assert!(said.contains("was erased by somebody to whom you handed it"), "{told:#?}");
    assert_eq!(told[1].code, Some(0), "it is no fault: {told:#?}");
    assert!(!told[0].out.contains("has not reached"), "what goes at hers goes at hers alone: {told:#?}");
    let dry = noor.run(&["subject", "erase", "c-2", "--dry-run"]);
    assert!(!dry.out.contains("reached by the next exchange: Mara"), "{dry:#?}");
    // Everything of hers is there.
    let row = mara.run(&["compare", "small batch", "--json"]).json(0);
    let kept = row["candidates"].as_array().expect("a list").iter().find(|one| one["candidate"] == "c-1").expect("there").clone();
    assert_eq!(kept["answers"][0]["ratings"][0]["mine"], 4, "{kept}");
    assert_eq!(mara.run(&["vault", "verify"]).code, Some(0));
    mara.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    let (_, again) = replied(&noor, &mara);
    assert!(!again.out.contains("kept here"), "it is done: {again:#?}");
}

#[test]
fn an_erasure_goes_along_with_the_next_hand_off_and_names_to_whom_the_person_was_handed() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let one = called(&mara, "c-1");
    let erased = mara.run(&["subject", "erase", "c-1", "--yes"]);
    assert!(erased.out.contains("to tell: Noor, to whom this person was handed on 20"), "{erased:#?}");
    // What she did on that person before cannot be read any more, and that is said.
    noor.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    let (_, taken) = replied(&noor, &mara);
    assert!(taken.out.contains("1 act on people who were erased here"), "{taken:#?}");
    let made = mara.run(&["handoff", "small batch", "--candidates", "c-2", "--to", "noor.toml", "--out", "x.earmark", "--replace"]);
    assert_eq!(made.code, Some(0), "{made:#?}");
    fs::copy(mara.path().join("x.earmark"), noor.path().join("x.earmark")).expect("it was made");
    let taken = noor.run(&["import", "x.earmark"]);
    assert!(taken.out.contains(&format!("Erased at Mara's since, and now here too: {one}.")), "{taken:#?}");
    let gone = noor.run(&["decide", "small batch", "c-1", "advance", "--because", "strongest"]);
    assert_ne!(gone.code, Some(0), "{gone:#?}");
    assert_eq!(noor.run(&["vault", "verify"]).code, Some(0));
    assert!(!noor.run(&["import", "x.earmark"]).out.contains("now here too"), "twice is once");
}

#[test]
fn an_erased_persons_name_stays_covered_in_what_was_written_about_others() {
    let mara = sealed();
    let noor = manager(&mara);
    opens_names(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let reason = "Amalie explained it better, ask Amalie's customer";
    noor.run(&["decide", "small batch", "c-2", "hold", "--reason", reason, "--json"]).json(0);
    replied(&noor, &mara);
    mara.run(&["comment", "small batch", "c-2", "less calm than amalie", "--json"]).json(0);
    let tables = |home: &Home| {
        let scorecard = home.run(&["scorecard", "small batch", "c-2", "--out", "cards", "--replace", "--json"]);
        let report = home.run(&["report", "small batch", "--out", "r.html", "--excerpts", "none", "--anonymous", "--replace"]);
        assert_eq!((scorecard.code, report.code), (Some(0), Some(0)), "{scorecard:#?} {report:#?}");
        let text = fs::read_to_string(home.path().join("r.html")).expect("it was made");
        [text, home.run(&["export", "small batch"]).out, home.run(&["compare", "small batch", "--all"]).out]
    };
    let before = tables(&mara);
    assert!(before[1].contains("[name] explained it better, ask [name]'s customer"), "the table names nobody: {}", before[1]);
    mara.run(&["reveal", "small batch", "c-1", "--reason", "understand", "--json"]).json(0);
    assert!(tables(&mara)[2].contains("less calm than amalie"), "whom the name was revealed to reads it as it was written");
    let dry = mara.run(&["subject", "erase", "c-1", "--dry-run"]);
    assert!(
        dry.out.contains("would be covered in 2 texts on others") && dry.out.contains("the reason of a decision on"),
        "{dry:#?}"
    );
    let receipt = mara.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    assert_eq!(receipt["named_in"].as_array().map(Vec::len), Some(2), "{receipt}");
    for text in tables(&mara) {
        assert!(!text.to_lowercase().contains("amalie"), "{text}");
    }
    assert!(tables(&mara)[1].contains("[name] explained it better, ask [name]'s customer"), "the rest stays");
    assert_eq!(mara.run(&["audit", "verify"]).code, Some(0), "and the chain is whole");
    // Nor does it go along: what is covered here would be in clear in the file.
    let made = carried_on(&mara, &noor);
    assert!(
        made.contains("Left out because a hidden name is in it: 1 text (") && made.contains("the words of 1 reason;"),
        "{made}"
    );
    // At hers the erasure covers what she wrote herself.
    assert!(!tables(&noor).concat().to_lowercase().contains("amalie"));
    assert!(noor.run(&["export", "small batch"]).out.contains("[name] explained it better"));
    assert!(bundle::NAMES[0].starts_with("Amalie"));
}

#[test]
fn a_name_in_a_tag_that_came_back_stays_covered_wherever_tags_are_told() {
    let mara = sealed();
    let noor = manager(&mara);
    opens_names(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let hers = noor.run(&["tag", "small batch", "c-1", "fav-Amalie"]);
    assert!(hers.out.contains("fav-Amalie"), "she knows the name: {hers:#?}");
    noor.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    let (sent, taken) = replied(&noor, &mara);
    assert!(sent.out.contains("fav-Amalie"), "{sent:#?}");
    let again = mara.run(&["tag", "small batch", "c-1", "calm"]);
    let told = [&["status", "small batch", "--filter", "decided"][..], &["status", "small batch", "--filter", "decided", "--json"]];
    let told: Vec<String> = told.iter().map(|args| mara.run(args).out).chain([taken.out, again.out]).collect();
    for text in &told {
        assert!(text.contains("fav-[name]") && !text.contains("Amalie"), "{text}");
    }
    let json = mara.run(&["import", "y.earmark", "--json"]).json(0).to_string();
    assert!(!json.contains("Amalie"), "{json}");
    mara.run(&["reveal", "small batch", "c-1", "--reason", "understand", "--json"]).json(0);
    let open = mara.run(&["status", "small batch", "--filter", "decided"]);
    assert!(open.out.contains("fav-Amalie"), "whom the name was revealed to reads it: {open:#?}");
}

#[test]
fn a_decision_that_was_taken_back_is_named_on_both_sides_and_whether_it_had_been_delivered() {
    let mara = with_drop();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let (one, two) = (called(&mara, "c-1"), called(&mara, "c-2"));
    for what in [&["c-2", "decline"][..], &["c-1", "advance", "--application", "13"]] {
        let ran = noor.run(&[&["decide", "small batch"], what, &["--reason", "seen", "--json"]].concat());
        assert_eq!(ran.code, Some(0), "{ran:#?}");
        replied(&noor, &mara);
    }
    noor.run(&["undo", "small batch", "--json"]).json(0);
    let (sent, taken) = replied(&noor, &mara);
    assert!(sent.out.contains(&format!("1 decision taken back: {one} for 13: advance")), "{sent:#?}");
    assert!(taken.out.contains(&format!("1 decision that had come before taken back: {one} for 13: advance")), "{taken:#?}");
    assert!(!taken.out.contains("delivered"), "{taken:#?}");
    let plan = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json", "--json"];
    mara.run(&plan);
    mara.run(&["deliver", "apply", "plan.json", "--json"]).json(4);
    noor.run(&["undo", "small batch", "--json"]).json(0);
    let (sent, taken) = replied(&noor, &mara);
    assert!(sent.out.contains(&format!("{two}: decline")) && sent.out.contains("2 decisions taken back"), "{sent:#?}");
    let words = format!("1 decision that had come before taken back: {two}: decline (delivered on 20");
    assert!(taken.out.contains(&words) && taken.out.contains("`earmark deliver plan`"), "{taken:#?}");
    assert!(!taken.out.contains(&one), "what was told is not told again: {taken:#?}");
}

#[test]
fn whoever_was_handed_a_person_is_told_by_who_handed_it_and_by_nobody_else() {
    let mara = sealed();
    let (zed, noor) = (Home::new(), manager(&mara));
    zed.run(&["identity", "--label", "Zed", "--json"]).json(0);
    fs::write(mara.path().join("zed.toml"), zed.run(&["identity", "--export"]).out).expect("a file can be written");
    let first = ["handoff", "small batch", "--candidates", "c-1", "--to", "zed.toml", "--out", "w.earmark"];
    assert_eq!(mara.run(&first).code, Some(0));
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    // Through a shared folder she has Mara's own acts, to whom else it was handed among them.
    let shared = Shared::by(&mara, &noor);
    [&mara, &noor].iter().for_each(|home| drop(shared.exchange(home, &[])));
    let hers = noor.run(&["subject", "erase", "c-1", "--dry-run"]);
    assert!(!hers.out.contains("your next hand-off"), "she never handed anything on: {hers:#?}");
    assert!(!hers.out.contains("to tell: Zed") || hers.out.contains("to whom R7 handed this person"), "{hers:#?}");
    let own = mara.run(&["subject", "erase", "c-1", "--dry-run"]);
    assert!(
        own.out.contains("to tell: Zed, to whom this person was handed on 20") && own.out.contains("your next hand-off to Zed"),
        "{own:#?}"
    );
}

#[test]
fn where_two_handed_the_same_batch_over_a_reply_goes_to_who_is_named_and_says_who_else_there_is() {
    let mara = sealed();
    let ivo = Home::new();
    ivo.run(&["identity", "--label", "Ivo", "--json"]).json(0);
    bundle::write(ivo.path());
    ivo.run(&["import", "bundle", "--json"]).json(0);
    ivo.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);
    rate_all(&ivo);
    ivo.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let noor = manager(&mara);
    fs::copy(mara.path().join("noor.toml"), ivo.path().join("noor.toml")).expect("it is there");
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    carried(&ivo, &noor, &[]);
    noor.run(&["import", "x.earmark", "--trust", &format!("Ivo={}", fingerprint(&ivo)), "--json"]).json(0);
    noor.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    let reply =
        |more: &[&str]| noor.run(&[&["handoff", "small batch", "--reply", "--out", "y.earmark", "--replace"], more].concat());
    let last = reply(&[]);
    assert!(last.out.contains("1 decision for Ivo,") && last.out.contains("Mara handed this to you too: "), "{last:#?}");
    let (named, print) = (reply(&["--to", "mara", "--json"]).json(0), fingerprint(&ivo));
    assert_eq!((&named["to"], &named["also_handed_by"]), (&"Mara".into(), &serde_json::json!(["Ivo"])), "{named}");
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    assert!(mara.run(&["import", "y.earmark"]).out.contains("1 decision: "), "it opens at hers");
    assert_eq!(reply(&["--to", &print, "--json"]).json(0)["to"], "Ivo");
    let nobody = reply(&["--to", "Zed"]);
    assert!(nobody.code == Some(5) && nobody.err.contains("Mara (") && nobody.err.contains("Ivo ("), "{nobody:#?}");
}

/// Hands the second over once more, and takes it in there.
fn carried_on(from: &Home, to: &Home) -> String {
    let made = from.run(&["handoff", "small batch", "--candidates", "c-2", "--to", "noor.toml", "--out", "z.earmark", "--replace"]);
    assert_eq!(made.code, Some(0), "{made:#?}");
    fs::copy(from.path().join("z.earmark"), to.path().join("z.earmark")).expect("it was made");
    let taken = to.run(&["import", "z.earmark"]);
    assert_eq!(taken.code, Some(0), "{taken:#?}");
    made.out
}
