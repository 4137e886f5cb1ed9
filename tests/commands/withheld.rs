//! What somebody else did with a hand-off, and what names somebody: neither gets into the next one, and what stays behind is said.

use std::fs;

use serde_json::Value;

use super::handing::{Shared, carried, manager, opens_names, take};
use super::{attached, rate, rate_all, sealed};
use crate::home::{Home, Ran};

/// Hands these over under a passphrase to somebody new, who takes them in.
fn third(from: &Home, candidates: &str) -> (Value, Home) {
    fs::write(from.path().join("secret"), "four words are enough\n").expect("a file can be written");
    let made = ["handoff", "small batch", "--candidates", candidates, "--passphrase-file", "secret", "--out", "third.earmark"];
    let made = from.run(&[&made[..], &["--replace", "--json"]].concat()).json(0);
    let pia = Home::new();
    pia.run(&["identity", "--label", "Pia", "--json"]).json(0);
    ["third.earmark", "secret"].iter().for_each(|file| {
        fs::copy(from.path().join(file), pia.path().join(file)).expect("it was made");
    });
    pia.run(&["import", "third.earmark", "--passphrase-file", "secret", "--json"]).json(0);
    (made, pia)
}

/// Sends back what was done there, and takes it in here.
fn replied(from: &Home, to: &Home) -> Ran {
    from.run(&["handoff", "small batch", "--reply", "--out", "y.earmark", "--replace", "--json"]).json(0);
    fs::copy(from.path().join("y.earmark"), to.path().join("y.earmark")).expect("it was made");
    to.run(&["import", "y.earmark"])
}

fn beside(home: &Home) -> Vec<Value> {
    let all = home.run(&["compare", "small batch", "--all", "--json"]).json(0);
    all["candidates"].as_array().expect("a list").iter().map(|one| one["candidate"].clone()).collect()
}

#[test]
fn what_one_receiver_takes_off_the_shortlist_is_on_the_next_ones() {
    let mara = sealed();
    let noor = manager(&mara);
    mara.run(&["shortlist", "small batch", "c-1", "c-2", "c-3", "--json"]).json(0);
    mara.run(&["tag", "small batch", "c-1", "strong", "--json"]).json(0);
    carried(&mara, &noor, &["--candidates", "c-3"]);
    take(&noor, &mara).json(0);
    assert_eq!(beside(&noor).len(), 3);
    noor.run(&["shortlist", "small batch", "c-2", "--remove", "--json"]).json(0);
    noor.run(&["tag", "small batch", "c-1", "strong", "--remove", "--json"]).json(0);
    assert_eq!(beside(&noor).len(), 2);
    // That somebody is not shown is said where the others are.
    for command in [&["compare", "small batch", "--all"][..], &["shortlist", "small batch"]] {
        let told = noor.run(command).out;
        assert!(told.contains("1 more was handed to you; you took them off your shortlist"), "{command:?}: {told}");
    }
    assert_eq!(replied(&noor, &mara).code, Some(0));
    let (_, pia) = third(&mara, "c-1,c-2,c-3");
    assert_eq!(beside(&pia).len(), 3, "whoever is in the file is on the list");
    let told = pia.run(&["compare", "small batch", "--all"]).out;
    assert!(!told.contains("more was handed"), "{told}");
    let done = pia.run(&["audit", "show", "small batch"]).out;
    assert!(!done.contains("taken off the shortlist") && !done.contains("took off the tag"), "{done}");
    let status = pia.run(&["status", "small batch", "--sort", "name", "--json"]).json(0).to_string();
    assert!(status.contains("strong"), "{status}");
}

/// Of each candidate: what the long table says of whether the name was hidden.
fn hidden(home: &Home) -> Vec<(String, String)> {
    let table = home.run(&["export", "small batch", "--shape", "long", "--rows", "sealed", "--json"]).json(0);
    let row = |row: &Value| {
        let text = |column: &str| row[column].as_str().map_or_else(|| row[column].to_string(), str::to_owned);
        (text("candidate"), text("names_hidden"))
    };
    let mut all: Vec<_> = table["rows"].as_array().expect("rows").iter().map(row).collect();
    all.dedup();
    all
}

#[test]
fn whether_a_name_was_hidden_is_as_it_was_when_the_rating_was_given() {
    let mara = attached();
    mara.run(&["reveal", "small batch", "c-2", "--reason", "understand", "--json"]).json(0);
    rate_all(&mara);
    mara.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let before = hidden(&mara);
    let of = |all: &[(String, String)], id: &str| {
        all.iter().filter(|(one, _)| one == id).map(|(_, hidden)| hidden.clone()).collect::<Vec<_>>()
    };
    assert_eq!((of(&before, "c-1").len(), of(&before, "c-2").len()), (1, 1), "{before:?}");
    assert_ne!(of(&before, "c-1"), of(&before, "c-2"), "one was known, one was not: {before:?}");
    let report = |home: &Home| {
        home.run(&["report", "small batch", "--out", "r.html", "--excerpts", "none", "--replace", "--json"]).json(0);
        fs::read_to_string(home.path().join("r.html")).expect("written")
    };
    let said = |page: &str| {
        let tables = page.split("<th scope=\"col\">Name hidden</th>").skip(1);
        tables.map(|rest| rest.split("</table>").next().unwrap_or_default().contains("<td>yes</td>")).collect::<Vec<_>>()
    };
    let told = said(&report(&mara));
    assert!(told.contains(&true) && told.contains(&false), "{told:?}");
    // Days after the seal people are invited, and then everybody's name shows.
    mara.run(&["reveal", "small batch", "c-1", "--reason", "arrange", "--json"]).json(0);
    mara.run(&["subject", "export", "c-1", "--out", "c1.zip", "--json"]).json(0);
    assert_eq!(hidden(&mara), before);
    assert_eq!(said(&report(&mara)), told);
    let noor = manager(&mara);
    carried(&mara, &noor, &["--candidates", "c-3"]);
    take(&noor, &mara).json(0);
    assert_eq!(hidden(&noor), before, "who is told of it is told the same");
    let open = ["protocol", "small batch", "--set", "hide_names=false", "--reason", "they come tomorrow", "--json"];
    mara.run(&open).json(0);
    assert_eq!(hidden(&mara), before, "nor does a rule of today say how it was");
}

const LEFT_OUT: &str = "[reason left out: it names someone]";

/// Everything that a receiver can read of it.
fn all_of(home: &Home) -> String {
    let mut all = String::new();
    for anonymous in [&[][..], &["--anonymous"]] {
        let args = ["report", "small batch", "--out", "r.html", "--excerpts", "none", "--replace", "--json"];
        home.run(&[&args[..], anonymous].concat()).json(0);
        all += &fs::read_to_string(home.path().join("r.html")).expect("written");
    }
    for command in [
        &["compare", "small batch", "--all", "--json"][..],
        &["reconcile", "small batch", "--json"],
        &["brief", "small batch", "c-2"],
        &["export", "small batch"],
        &["export", "small batch", "--shape", "long", "--rows", "sealed"],
        &["audit", "show", "small batch"],
        &["status", "small batch", "--sort", "name", "--json"],
    ] {
        all += &home.run(command).out;
    }
    all
}

#[test]
fn a_reason_that_names_somebody_goes_without_its_words_and_what_it_is_of_goes() {
    let mara = sealed();
    mara.run(&["reopen", "small batch", "--all", "--reason", "once more", "--json"]).json(0);
    let changed = ["rate", "small batch", "c-2", "1", "diagnosis", "3", "--reason", "compared with Cosima Testperson", "--json"];
    mara.run(&changed).json(0);
    mara.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    mara.run(&["decide", "small batch", "c-2", "decline", "--reason", "Testperson, A. was better", "--json"]).json(0);
    let noor = manager(&mara);
    let made = carried(&mara, &noor, &[]);
    assert_eq!((&made["left_out"]["reasons"], &made["left_out"]["naming"]), (&2.into(), &0.into()), "{made}");
    take(&noor, &mara).json(0);
    let all = all_of(&noor);
    assert!(!["Amalie", "Cosima", "Testperson"].iter().any(|name| all.contains(name)), "{all}");
    assert!(all.contains(LEFT_OUT), "{all}");
    // What was given and decided is there.
    let status = noor.run(&["status", "small batch", "--json"]).json(0);
    assert_eq!(status["handed"]["decided"], 1, "{status}");
    let table = noor.run(&["export", "small batch", "--shape", "long", "--rows", "sealed", "--json"]).json(0);
    let row =
        table["rows"].as_array().expect("rows").iter().find(|row| row["candidate"] == "c-2" && row["criterion"] == "diagnosis");
    let row = row.expect("it went along");
    assert_eq!((row["value"].as_f64(), row["comment"].as_str()), (Some(3.0), Some(LEFT_OUT)), "{row}");
    // The same file again changes nothing; with open names the words come.
    let before = noor.run(&["compare", "small batch", "--all"]).out;
    take(&noor, &mara).json(0);
    assert_eq!(noor.run(&["compare", "small batch", "--all"]).out, before);
    assert_eq!(noor.run(&["audit", "verify"]).code, Some(0));
    opens_names(&mara);
    carried(&mara, &noor, &["--names", "open"]);
    take(&noor, &mara).json(0);
    let all = all_of(&noor);
    assert!(all.contains("compared with Cosima") && !all.contains(LEFT_OUT), "{all}");
}

#[test]
fn the_name_of_who_was_erased_goes_out_in_no_reason_whether_names_are_open_or_hidden() {
    let mara = sealed();
    mara.run(&["reopen", "small batch", "--all", "--reason", "once more", "--json"]).json(0);
    mara.run(&["rate", "small batch", "c-2", "1", "diagnosis", "3", "--reason", "like Amalie's", "--json"]).json(0);
    mara.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    mara.run(&["decide", "small batch", "c-2", "hold", "--reason", "wait", "--json"]).json(0);
    mara.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    // Of whom nobody knows anything any more, nobody says that an answer is missing.
    let figures = mara.run(&["analytics", "small batch", "--json"]).json(0)["figures"].clone();
    let of = |part: &str, measure: &str| {
        let mut all = figures.as_array().expect("figures").iter();
        let found = all.find(|one| one["part"] == part && one["measure"] == measure).unwrap_or_else(|| panic!("{measure}"));
        (found["value"].as_f64(), found["n"].as_u64())
    };
    assert_eq!((of("questions", "answered").0, of("funnel", "decided")), (Some(1.0), (Some(1.0), Some(2))), "{figures}");
    for open in [false, true] {
        if open {
            opens_names(&mara);
        }
        let (made, pia) = third(&mara, "c-2");
        assert_eq!((&made["names"], &made["left_out"]["reasons"]), (&open.into(), &1.into()), "{made}");
        let all = all_of(&pia);
        assert!(!all.contains("Amalie") && all.contains(LEFT_OUT), "{all}");
    }
}

#[test]
fn what_comes_back_from_somebody_who_has_not_heard_of_an_erasure_is_named_and_covered_by_the_next_reply() {
    let mara = sealed();
    let noor = manager(&mara);
    opens_names(&mara);
    carried(&mara, &noor, &["--names", "open"]);
    take(&noor, &mara).json(0);
    mara.run(&["subject", "erase", "c-1", "--yes", "--json"]).json(0);
    noor.run(&["comment", "small batch", "c-2", "Amalie Testperson was late", "--json"]).json(0);
    let taken = replied(&noor, &mara);
    for words in ["Noor had not heard yet that ", "was erased here: 1 text came back", "the next reply covers the name"] {
        assert!(taken.out.contains(words), "{words}: {taken:#?}");
    }
    let made = ["handoff", "small batch", "--candidates", "c-2", "--to", "noor.toml", "--out", "z.earmark", "--json"];
    mara.run(&made).json(0);
    fs::copy(mara.path().join("z.earmark"), noor.path().join("z.earmark")).expect("it was made");
    noor.run(&["import", "z.earmark", "--json"]).json(0);
    let taken = replied(&noor, &mara);
    assert!(!taken.out.contains("had not heard"), "{taken:#?}");
    let all = all_of(&mara);
    assert!(!all.contains("Amalie") && all.contains("[name] was late"), "{all}");
    let (_, pia) = third(&mara, "c-2");
    assert!(!all_of(&pia).contains("Amalie"));
}

#[test]
fn what_a_copied_library_moved_to_another_stream_comes_back_by_file_and_by_exchange() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let shared = Shared::by(&mara, &noor);
    let exchange = |home: &Home| shared.exchange(home, &[]);
    let copy = Home::new();
    let copied = std::process::Command::new("cp").arg("-a").arg(noor.path().join(".")).arg(copy.path()).status();
    assert!(copied.is_ok_and(|status| status.success()));
    noor.run(&["decide", "small batch", "c-1", "hold", "--reason", "wait", "--json"]).json(0);
    assert_eq!(replied(&noor, &mara).code, Some(0));
    copy.run(&["comment", "small batch", "c-2", "from the other desk", "--json"]).json(0);
    // By file alone nobody can tell which of the two is right.
    let refused = replied(&copy, &mara);
    assert!(refused.code == Some(1) && refused.err.contains("once `earmark exchange` has run in both"), "{refused:#?}");
    exchange(&copy);
    let parted = exchange(&noor);
    assert!(format!("{}{}", parted.out, parted.err).contains("moved to a stream of its own"), "{parted:#?}");
    noor.run(&["decide", "small batch", "c-2", "advance", "--because", "strongest", "--json"]).json(0);
    let taken = replied(&noor, &mara);
    assert_eq!(taken.code, Some(0), "{taken:#?}");
    exchange(&noor);
    exchange(&mara);
    let last = exchange(&mara);
    assert_eq!(last.code, Some(0), "{last:#?}");
    let status = mara.run(&["status", "small batch", "--sort", "name", "--json"]).json(0).to_string();
    assert!(status.contains("hold") && status.contains("advance"), "{status}");
    let done = mara.run(&["audit", "show", "small batch"]).out;
    assert_eq!(done.matches("from the other desk").count(), 1, "{done}");
    assert_eq!(done.matches("decided: hold").count(), 1, "{done}");
    assert_eq!(mara.run(&["audit", "verify"]).code, Some(0));
    assert_eq!(rate(&mara, "c-1", "1", "diagnosis", "2").code, Some(1), "what is sealed is sealed");
}
