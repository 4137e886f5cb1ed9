//! The shortlist as it is decided on: printed commands, days, counts, and what is said where the decision is made.

use std::fs;

use serde_json::{Value, json};

use super::handing::{carried, fingerprint, manager, opens_names, take};
use super::reporting::reviewed;
use super::{attached, bundle, change, rate_all, sealed};
use crate::home::Home;
use crate::pty;

fn ranked(home: &Home) -> Vec<String> {
    let ranking = home.run(&["panel", "small batch", "--json"]).json(0)["ranking"].clone();
    let ranked = ranking.as_array().expect("a list").iter().filter(|one| one["rank"].is_u64());
    ranked.filter_map(|one| one["candidate"].as_str().map(str::to_owned)).collect()
}

fn report(home: &Home, more: &[&str]) -> String {
    let all = ["report", "small batch", "--out", "r.html", "--replace", "--excerpts", "none", "--json"];
    home.run(&[&all[..], more].concat()).json(0);
    fs::read_to_string(home.path().join("r.html")).expect("written")
}

#[test]
fn a_command_that_is_printed_for_copying_has_no_word_of_a_title_in_it() {
    let home = attached();
    change(&home, |document| document["title"] = "Small batch $(touch here) `x` \"y\"".into());
    rate_all(&home);
    let said = home.run(&["seal", "small batch", "--all", "--acknowledge-unheard"]).out;
    let commands: Vec<&str> = said.lines().filter_map(|line| line.split_once(": earmark ")).map(|(_, command)| command).collect();
    assert!(commands.len() >= 3, "{said}");
    for command in commands {
        assert!(!command.contains(['$', '`', '"']), "{command}");
        let named = command.split(' ').nth(1).expect("a batch");
        home.run(&["status", named, "--json"]).json(0);
    }
}

#[test]
fn who_was_erased_is_on_nobodys_shortlist_any_more() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    noor.run(&["subject", "erase", "c-2", "--yes", "--json"]).json(0);
    let listed = noor.run(&["shortlist", "small batch", "--json"]).json(0);
    assert_eq!(listed["shortlist"].as_array().map(Vec::len), Some(1), "{listed}");
    let compared = noor.run(&["compare", "small batch", "--all", "--json"]).json(0);
    assert_eq!((compared["candidates"].as_array().map(Vec::len), &compared["taken_off"]), (Some(1), &0.into()), "{compared}");
}

#[test]
fn an_older_file_says_the_day_that_counts_and_not_its_own() {
    let mara = sealed();
    let noor = manager(&mara);
    let trust = format!("Mara={}", fingerprint(&mara));
    carried(&mara, &noor, &["--expires", "2030-12-22"]);
    fs::rename(noor.path().join("x.earmark"), noor.path().join("old.earmark")).expect("it is there");
    carried(&mara, &noor, &["--expires", "2030-06-01"]);
    let newer = noor.run(&["import", "x.earmark", "--trust", &trust]);
    assert!(newer.out.contains("It may be used until 2030-06-01."), "{newer:#?}");
    let older = noor.run(&["import", "old.earmark"]);
    assert!(older.out.contains("It may be used until 2030-06-01.") && !older.out.contains("2030-12-22"), "{older:#?}");
    let told = noor.run(&["import", "old.earmark", "--json"]).json(0);
    let days = told["may_be_used"].as_array().expect("a list");
    assert!(days.len() == 2 && days.iter().all(|one| one["until"] == days[0]["until"] && one["until"] != told["until"]), "{told}");
}

#[test]
fn a_decision_that_makes_an_earlier_one_go_against_the_ranking_says_so_and_compare_shows_it() {
    let home = sealed();
    let ranked = ranked(&home);
    let (first, last) = (ranked[0].as_str(), ranked[ranked.len() - 1].as_str());
    home.run(&["decide", "small batch", last, "advance", "--because", "one-strength", "--json"]).json(0);
    let told = home.run(&["decide", "small batch", first, "decline", "--because", "below-bar", "--json"]).json(0);
    assert_eq!(told["others_against"][0]["candidate"], *last, "{told}");
    home.run(&["undo", "small batch", "--json"]).json(0);
    let said = home.run(&["decide", "small batch", first, "decline", "--because", "below-bar"]).out;
    assert!(said.contains("Against the ranking, which is kept in sight: ") && said.contains("was advanced, although"), "{said}");
    let compared = home.run(&["compare", "small batch", "--all"]).out;
    assert!(compared.contains("advance !") && compared.contains("! against the ranking: advanced, although"), "{compared}");
    let compared = home.run(&["compare", "small batch", "--all", "--json"]).json(0);
    let of = |id: &str| compared["candidates"].as_array().expect("a list").iter().find(|one| one["candidate"] == id).cloned();
    assert!(of(last).expect("there")["against_ranking"].is_string(), "{compared}");
}

/// How many the analytics of a page count, and how many its ranking lists.
fn counts(page: &str) -> (usize, usize) {
    let listed =
        page.split_once("which nobody has to follow").map_or("", |(_, rest)| rest.split("</ul>").next().unwrap_or_default());
    let counted = page.split_once("decided against the ranking</th><td class=\"figure\">").expect("a row").1;
    (counted.split('<').next().and_then(|n| n.trim().parse().ok()).expect("a count"), listed.matches("<li>").count())
}

#[test]
fn one_page_counts_what_went_against_the_ranking_once_also_with_a_cut_of_ones_own() {
    let home = sealed();
    let ranked = ranked(&home);
    home.run(&["decide", "small batch", &ranked[0], "decline", "--because", "below-bar", "--json"]).json(0);
    home.run(&["decide", "small batch", &ranked[1], "advance", "--because", "strongest", "--json"]).json(0);
    for more in [&[][..], &["--meet", "1"], &["--meet", "2"], &["--meet", "3"]] {
        let (counted, listed) = counts(&report(&home, more));
        assert!(counted == listed && counted > 0, "{more:?}: {counted} and {listed}");
    }
}

#[test]
fn a_page_for_training_has_no_pseudonym_that_somebody_wrote() {
    let home = attached();
    rate_all(&home);
    let rows = home.run(&["compare", "small batch", "--json"]).json(0)["candidates"].clone();
    let called = rows[1]["shown"].as_str().expect("a pseudonym").to_owned();
    home.run(&["note", "small batch", "c-1", "1", &format!("Much like {called} here"), "--json"]).json(0);
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    assert!(report(&home, &[]).contains(&format!("Much like {called} here")), "colleagues know it so");
    let page = report(&home, &["--anonymous"]);
    assert!(page.contains("Much like ") && !page.contains(&called), "{called}");
}

#[test]
fn names_that_nobody_revealed_here_are_counted_where_they_are_handed_on() {
    let home = sealed();
    let args = |out: &'static str| ["report", "small batch", "--out", out, "--excerpts", "none"];
    let hidden = home.run(&args("a.html"));
    assert!(hidden.code == Some(0) && !hidden.err.contains("handoff_names"), "{hidden:#?}");
    opens_names(&home);
    let cards = home.run(&["scorecard", "small batch", "c-1", "--out", "cards", "--json"]).json(0);
    let told = home.run(&[&args("b.html")[..], &["--json"]].concat()).json(0);
    // One's own batch is sealed: by the rules of this rubric that alone reveals no name.
    let hidden: usize = home.run(&["compare", "small batch", "--json"]).json(0)["candidates"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| !bundle::NAMES.iter().any(|name| one["shown"] == *name))
        .count();
    assert_eq!(told["names_not_revealed"], hidden, "{told}");
    assert_eq!(cards["names_not_revealed"], usize::from(hidden > 0), "{cards}");
    let said = home.run(&args("c.html"));
    assert_eq!(said.err.contains("not revealed to you here: the batch's rule handoff_names is open."), hidden > 0, "{said:#?}");
}

#[test]
fn the_total_has_its_interval_and_what_is_reckoned_of_a_few_is_said_to_be_so() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    let compared = noor.run(&["compare", "small batch", "--all", "--json"]).json(0);
    let one: &Value = &compared["candidates"][0];
    assert!(one.get("total_low").is_some() && one.get("total_high").is_some(), "{one}");
    let said = noor.run(&["compare", "small batch", "--all"]).out;
    assert!(said.contains("Total, ± of these") && said.contains("reckoned of those alone who were handed to you"), "{said}");
    let panel = noor.run(&["panel", "small batch"]).out;
    assert!(panel.contains("ranges and ±\nwider") || panel.contains("ranges and ± wider"), "{panel}");
}

#[test]
fn columns_stand_by_rank_the_same_at_the_senders_and_at_the_receivers() {
    let mara = sealed();
    let noor = manager(&mara);
    carried(&mara, &noor, &[]);
    take(&noor, &mara).json(0);
    mara.run(&["shortlist", "small batch", "c-2", "c-1", "--json"]).json(0);
    let columns = |home: &Home| -> Vec<Value> {
        let all = home.run(&["compare", "small batch", "--all", "--json"]).json(0)["candidates"].clone();
        all.as_array().expect("a list").iter().map(|one| json!([one["candidate"], one["rank"]])).collect()
    };
    let (here, there) = (columns(&mara), columns(&noor));
    // Who is not ranked comes last.
    let rank = |one: &Value| one[1].as_u64().unwrap_or(u64::MAX);
    assert!(rank(&here[0]) < rank(&here[1]), "{here:?}");
    assert_eq!(here.iter().map(|one| &one[0]).collect::<Vec<_>>(), there.iter().map(|one| &one[0]).collect::<Vec<_>>());
}

#[test]
fn a_line_through_a_tie_is_said_to_be_one() {
    let home = reviewed();
    let page = report(&home, &["--meet", "1"]);
    let ranks: Vec<u64> = home.run(&["panel", "small batch", "--json"]).json(0)["ranking"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["rank"].as_u64())
        .collect();
    assert_eq!(page.contains("goes through those who share rank 1"), ranks.iter().filter(|rank| **rank == 1).count() > 1);
    // One reviewer alone gives no ranges: of none the line says anything.
    assert!(page.contains("Up to here: the first 1.") && !page.contains("Whose range crosses this line"), "no range is there");
    let tied = attached();
    for (candidate, question, criterion) in [
        ("c-1", "1", "diagnosis"),
        ("c-1", "1", "news"),
        ("c-1", "2", "plain-words"),
        ("c-2", "1", "diagnosis"),
        ("c-2", "1", "news"),
        ("c-2", "2", "plain-words"),
        ("c-3", "1", "diagnosis"),
        ("c-3", "1", "news"),
    ] {
        assert_eq!(super::rate(&tied, candidate, question, criterion, "3").code, Some(0));
    }
    tied.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let said = tied.run(&["panel", "small batch", "--meet", "1"]).out;
    assert!(said.contains("The line after 1 goes through those who share rank 1: "), "{said}");
}

#[test]
fn a_hand_off_that_is_taken_in_at_a_terminal_opens_side_by_side_unless_it_is_not_to() {
    let mara = sealed();
    let noor = pty::Home::new();
    noor.run(&["identity", "--label", "Noor", "--json"]);
    fs::write(mara.path().join("noor.toml"), noor.run(&["identity", "--export"])).expect("written");
    let out = noor.path().join("x.earmark").display().to_string();
    mara.run(&["handoff", "small batch", "--candidates", "c-1,c-2", "--to", "noor.toml", "--out", &out, "--json"]).json(0);
    let trust = format!("Mara={}", fingerprint(&mara));
    let mut terminal = noor.sit_down(&["import", "x.earmark", "--trust", &trust], "null", (120, 40));
    terminal.wait_until("all questions side by side", |screen| screen.shows("Rank, of these") || screen.shows("Recommend"));
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0, "{}", terminal.screen());
    for more in [&["--no-open"][..], &["--quiet"]] {
        let mut terminal = noor.sit_down(&[&["import", "x.earmark"], more].concat(), "null", (120, 40));
        assert_eq!(terminal.wait_for_end(), 0, "{}", terminal.screen());
        assert!(!terminal.bytes().contains("\u{1b}[?1049h"), "no screen was opened: {more:?}");
    }
}
