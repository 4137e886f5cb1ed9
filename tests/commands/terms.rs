//! What a hand-off says of each person: until when, by which name, among whom the ranks are, and who is still waited for.

use std::fs;

use super::handing::{carried, fingerprint, manager, opens_names, take};
use super::{faked, sealed};
use crate::home::{Home, Ran};

/// Hands these over in a file of this name, and carries it there.
fn made(from: &Home, to: &Home, file: &str, candidates: &str, more: &[&str]) -> Ran {
    let all = ["handoff", "small batch", "--candidates", candidates, "--to", "noor.toml", "--out", file];
    let made = from.run(&[&all[..], more].concat());
    assert_eq!(made.code, Some(0), "{made:#?}");
    fs::copy(from.path().join(file), to.path().join(file)).expect("it was made");
    made
}

fn shown(compared: &Ran) -> Vec<String> {
    let all = compared.json(0);
    all["candidates"].as_array().expect("a list").iter().map(|one| one["candidate"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn each_may_be_used_until_the_day_that_the_sender_said_last_and_a_change_is_said() {
    let mara = sealed();
    let noor = manager(&mara);
    made(&mara, &noor, "h1.earmark", "c-1,c-2", &["--expires", "2030-12-22"]);
    let trust = format!("Mara={}", fingerprint(&mara));
    noor.run(&["import", "h1.earmark", "--trust", &trust, "--json"]).json(0);
    made(&mara, &noor, "hone.earmark", "c-1", &["--expires", "2030-06-01"]);
    let shortened = noor.run(&["import", "hone.earmark"]);
    assert!(shortened.out.contains("may be used until 2030-06-01 now, and not until 2030-12-22."), "{shortened:#?}");
    // An older file does not bring the old day back.
    let older = noor.run(&["import", "h1.earmark"]);
    assert!(older.out.contains("Left as a newer file of Mara's has it, which you took in before: "), "{older:#?}");
    assert!(!older.out.contains("and not until"), "{older:#?}");
    let compare = ["compare", "small batch", "--json"];
    assert_eq!(shown(&noor.run(&compare)).len(), 2);
    let Some(later) = faked("2030-06-03", &noor, &compare) else { return };
    assert_eq!(shown(&later), ["c-2"], "the other one is over");
    let batches = faked("2030-06-03", &noor, &["batches"]).expect("it ran before");
    assert!(batches.out.contains("until 2030-12-22") && !batches.out.contains("that is over"), "{batches:#?}");
    assert!(batches.out.contains("0 of 1 decided; 1 candidate's day is over."), "{batches:#?}");
    let beside = faked("2030-06-03", &noor, &["compare", "small batch", "--all"]).expect("it ran before");
    assert!(beside.out.contains("One more was handed to you, and that candidate's day is over."), "{beside:#?}");
    faked("2030-06-03", &noor, &["decide", "small batch", "c-2", "hold", "--reason", "wait", "--json"]).expect("ran").json(0);
    let checked = faked("2030-06-03", &noor, &["vault", "verify"]).expect("it ran before");
    assert_eq!(checked.code, Some(0), "what is over is not missing: {checked:#?}");
    let over = faked("2030-12-24", &noor, &compare).expect("it ran before");
    assert!(over.code == Some(1) && over.err.contains("until 2030-12-22, and that is over"), "{over:#?}");
}

#[test]
fn who_came_without_a_name_keeps_the_pseudonym_whatever_the_rule_says_since() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let called = |home: &Home| home.run(&["compare", "small batch", "--all"]).out;
    let before = called(&noor);
    opens_names(&mara);
    made(&mara, &noor, "open.earmark", "c-1", &[]);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    let trust = [format!("Mara={}", fingerprint(&mara)), format!("Noor={}", fingerprint(&noor))];
    mara.run(&["exchange", &path]);
    noor.run(&["exchange", &path, "--trust", &trust[0]]);
    mara.run(&["exchange", &path, "--trust", &trust[1]]);
    (0..2).for_each(|_| [&noor, &mara].iter().for_each(|home| drop(home.run(&["exchange", &path]))));
    assert_eq!(called(&noor), before, "that names are open there brings none here");
    let revealed = noor.run(&["reveal", "small batch", "c-1", "--reason", "arrange"]);
    assert!(revealed.code == Some(2) && revealed.err.contains("did not come with what was handed to you"), "{revealed:#?}");
    noor.run(&["import", "open.earmark", "--json"]).json(0);
    assert!(called(&noor).contains("Amalie Testperson"));
    noor.run(&["import", "x.earmark", "--json"]).json(0);
    assert!(called(&noor).contains("Amalie Testperson"), "nor does an older file take it away");
    let assigned = noor.run(&["assign", "small batch"]);
    assert!(!assigned.out.contains("you"), "who decides is on no panel: {assigned:#?}");
}

#[test]
fn ranks_among_those_who_were_handed_over_are_marked_or_left_out_and_nothing_is_delivered() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    for (home, handed) in [(&mara, false), (&noor, true)] {
        for command in [&["panel", "small batch", "--json"][..], &["compare", "small batch", "--all", "--json"]] {
            assert_eq!(home.run(command).json(0)["among_handed"], handed, "{command:?}");
        }
        let table = home.run(&["export", "small batch", "--json"]).json(0);
        let row = table["rows"].as_array().expect("rows").iter().find(|row| row["candidate"] == "c-1").expect("there").clone();
        assert_eq!((row["rank"].is_null(), &table["among_handed"]), (handed, &handed.into()), "{table}");
    }
    let told = noor.run(&["export", "small batch"]);
    assert!(told.err.contains("Ranks are left out"), "{told:#?}");
    let plan = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "out.csv"];
    let nightly = ["deliver", "nightly", "small batch", "--profile", "generic-csv", "--to", "out.csv"];
    for args in [plan, nightly] {
        let refused = noor.run(&args);
        assert_eq!(refused.code, Some(2), "{refused:#?}");
        assert!(refused.err.contains("not the whole batch") && refused.err.contains("--reply"), "{refused:#?}");
    }
}

#[test]
fn who_has_not_begun_is_counted_on_both_sides() {
    let mara = sealed();
    let noor = manager(&mara);
    let rowan = Home::new();
    rowan.run(&["identity", "--label", "Rowan", "--json"]).json(0);
    super::bundle::write(rowan.path());
    rowan.run(&["import", "bundle", "--json"]).json(0);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().to_string_lossy().into_owned();
    rowan.run(&["exchange", &path]);
    let trust = format!("Rowan={}", fingerprint(&rowan));
    let listed = mara.run(&["exchange", &path, "--trust", &trust, "--panel", "small batch=me,Rowan"]);
    assert_eq!(listed.code, Some(0), "{listed:#?}");
    let made = made(&mara, &noor, "x.earmark", "c-1,c-2", &[]);
    let words = "Still to be given, and not begun: 2 scorecards.";
    assert!(made.out.contains("2 revealed scorecards") && made.out.contains(words), "{made:#?}");
    let trust = format!("Mara={}", fingerprint(&mara));
    let taken = noor.run(&["import", "x.earmark", "--trust", &trust]);
    assert!(taken.out.contains(words), "{taken:#?}");
}
