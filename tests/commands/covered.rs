//! While names are hidden, what was written about one candidate names no other: in no table, on no page, in nothing that is delivered,
//! and nowhere at whom an earlier hand-off had told the names.

use std::fs;

use super::handing::{carried, manager, opens_names, take};
use super::profiles::delivered_home_unsealed;
use super::{attached, bundle, rate_all};
use crate::home::Home;

/// What may be read of a batch in words, each with the command that prints or writes it.
fn read(home: &Home) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for args in [
        &["export", "small batch"][..],
        &["export", "small batch", "--shape", "long", "--rows", "sealed"],
        &["export", "small batch", "--profile", "generic-csv"],
        &["export", "small batch", "--table", "evidence"],
        &["compare", "small batch", "--all"],
        &["compare", "small batch", "--all", "--json"],
        &["compare", "small batch", "--json"],
        &["brief", "small batch", "c-1"],
        &["comment", "small batch", "c-1"],
        &["status", "small batch", "--sort", "name", "--json"],
        &["audit", "show", "small batch"],
        &["reconcile", "small batch", "--json"],
    ] {
        let ran = home.run(args);
        // Who has no application is in nothing that is delivered.
        assert!(matches!(ran.code, Some(0 | 4 | 5)), "{ran:#?}");
        all.push((args.join(" "), ran.out));
    }
    for more in [&[][..], &["--anonymous"]] {
        let args = ["report", "small batch", "--out", "r.html", "--excerpts", "none", "--replace", "--json"];
        let made = home.run(&[&args[..], more].concat());
        assert!(matches!(made.code, Some(0 | 4)), "{made:#?}");
        all.push((format!("report {more:?}"), fs::read_to_string(home.path().join("r.html")).expect("written")));
    }
    all
}

/// Writes of the first what names the second, where all of it is still open.
fn names_the_second(home: &Home) {
    home.run(&["note", "small batch", "c-1", "1", "OPAL more patient than Bertrand Testperson", "--json"]).json(0);
    home.run(&["probe", "small batch", "c-1", "1", "JADE ask what Bertrand was asked", "--json"]).json(0);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    home.run(&["comment", "small batch", "c-1", "ONYX like Bertrand", "--json"]).json(0);
}

#[test]
fn a_text_about_one_candidate_names_no_other_wherever_it_is_read() {
    let home = delivered_home_unsealed();
    rate_all(&home);
    names_the_second(&home);
    let reason = ["--reason", "RUBY before Bertrand", "--application", "13", "--override", "start-date", "--json"];
    home.run(&[&["decide", "small batch", "c-1", "hold"], &reason[..]].concat()).json(0);
    let all = read(&home);
    for (command, text) in &all {
        assert!(!text.contains("Bertrand") && !text.contains("Testperson"), "{command}: {text}");
    }
    // It is the name that is missing, and nothing else.
    for (command, words) in [
        ("export small batch --shape long --rows sealed", "OPAL more patient than [name] [name]"),
        ("export small batch --profile generic-csv", "JADE ask what [name] was asked"),
        ("export small batch", "JADE ask what [name] was asked"),
        ("compare small batch --all", "OPAL more patient than [name] [name]"),
        ("compare small batch --all --json", "ONYX like [name]"),
        ("comment small batch c-1", "ONYX like [name]"),
        ("audit show small batch", "noted: OPAL more patient than [name] [name]"),
        ("report []", "JADE ask what [name] was asked"),
    ] {
        let (_, text) = all.iter().find(|(of, _)| of == command).expect("it was run");
        let words = [words.to_owned(), words.replace("[name] [name]", "[name]")];
        assert!(words.iter().any(|words| text.contains(words)), "{command}: {words:?} in {text}");
    }
    fs::create_dir(home.path().join("drop")).expect("a folder");
    let plan = ["deliver", "plan", "small batch", "--profile", "generic-csv", "--to", "drop", "--out", "plan.json", "--json"];
    home.run(&plan);
    home.run(&["deliver", "apply", "plan.json", "--json"]).json(4);
    let rows = super::delivering::dropped(&home.path().join("drop"));
    let delivered = rows.values().flatten().cloned().collect::<String>();
    assert!(delivered.contains("JADE ask what [name] was asked") && !delivered.contains("Bertrand"), "{delivered}");
}

#[test]
fn a_hand_off_that_hides_names_covers_what_an_earlier_one_had_told() {
    let mara = attached();
    rate_all(&mara);
    names_the_second(&mara);
    let noor = manager(&mara);
    opens_names(&mara);
    carried(&mara, &noor, &["--names", "open"]);
    take(&noor, &mara).json(0);
    noor.run(&["comment", "small batch", "c-1", "ZINC Amalie was calm", "--json"]).json(0);
    let told = |home: &Home| read(home).into_iter().map(|(command, text)| format!("{command}: {text}\n")).collect::<String>();
    let open = told(&noor);
    assert!(
        open.contains("OPAL more patient than Bertrand Testperson") && open.contains("ZINC Amalie was calm"),
        "names came: {open}"
    );
    carried(&mara, &noor, &["--names", "hidden"]);
    take(&noor, &mara).json(0);
    for (command, text) in read(&noor) {
        for part in bundle::NAMES[..2].iter().flat_map(|name| name.split(' ')) {
            assert!(!text.contains(part), "{part} in {command}: {text}");
        }
    }
    assert!(told(&noor).contains("ZINC [name] was calm"), "one's own words stay, without the name");
    // What goes back is what was written: whoever handed it over knows the names.
    noor.run(&["handoff", "small batch", "--reply", "--out", "y.earmark", "--json"]).json(0);
    fs::copy(noor.path().join("y.earmark"), mara.path().join("y.earmark")).expect("it was made");
    mara.run(&["import", "y.earmark", "--json"]).json(0);
    assert_eq!(mara.run(&["audit", "verify", "--json"]).code, Some(0));
    // With names it is as it was.
    carried(&mara, &noor, &["--names", "open"]);
    take(&noor, &mara).json(0);
    let again = told(&noor);
    assert!(again.contains("OPAL more patient than Bertrand Testperson") && again.contains("ZINC Amalie was calm"), "{again}");
}
