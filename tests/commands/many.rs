//! One command on many candidates: whom it concerns, whom it leaves out, and one undo for all of it; and who reviews whom.

use serde_json::{Value, json};

use super::{attached, rate_all, sealed};
use crate::home::Home;

fn run(home: &Home, args: &[&str], code: i32) -> Value {
    home.run(&[args, &["--json"]].concat()).json(code)
}

fn candidates(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|one| one["candidate"].as_str().expect("an id")).collect()
}

/// The small batch, of whose three candidates the third never sent anything.
fn with_a_no_show() -> Home {
    let home = attached();
    let file = home.path().join("bundle/batch.json");
    let mut document: Value = serde_json::from_str(&std::fs::read_to_string(&file).expect("it is there")).expect("JSON");
    let third = &mut document["submissions"][2];
    third["status"] = json!("invited");
    third["answers"] = json!([{ "question": "q-01", "state": "not_given" }, { "question": "q-02", "state": "not_given" }]);
    std::fs::write(&file, document.to_string()).expect("it is written");
    run(&home, &["import", "bundle"], 0);
    home
}

#[test]
fn no_shows_are_declined_by_one_command_that_can_be_tried_first_and_undone_whole() {
    let home = with_a_no_show();
    let decline = ["decide", "small batch", "--filter", "no-show", "--decline", "--reason", "Sent nothing"];
    let tried = run(&home, &[&decline[..], &["--dry-run"]].concat(), 0);
    assert_eq!((candidates(&tried["done"]), &tried["events"]), (vec!["c-3"], &json!([])), "{tried}");
    let undecided = run(&home, &["status", "small batch", "--filter", "undecided"], 0);
    assert_eq!(undecided["candidates"].as_array().map(Vec::len), Some(3), "a trial writes nothing: {undecided}");
    let done = run(&home, &decline, 0);
    assert_eq!((candidates(&done["done"]), done["events"].as_array().map(Vec::len)), (vec!["c-3"], Some(1)), "{done}");
    let again = run(&home, &decline, 0);
    assert_eq!(again["left_out"][0]["why"], "decided already: decline", "{again}");
    let decided = run(&home, &["status", "small batch", "--filter", "decided"], 0);
    assert_eq!(decided["candidates"][0]["decision"], "decline", "{decided}");
    let filtered = home.run(&["status", "small batch", "--filter", "no-show,decided"]);
    assert!(filtered.out.contains("the candidate has not begun") && filtered.out.lines().count() == 2, "{filtered:#?}");
}

#[test]
fn who_waits_for_others_to_be_heard_is_left_out_and_the_command_ends_with_4() {
    let home = with_a_no_show();
    let all = ["decide", "small batch", "c-1", "c-3", "hold", "--reason", "Later"];
    let done = run(&home, &all, 4);
    assert_eq!((candidates(&done["done"]), &done["left_out"][0]["waits"]), (vec!["c-3"], &json!(true)), "{done}");
    let refused = home.run(&["decide", "small batch", "c-1", "c-2", "hold", "--reason", "Later"]);
    assert!(refused.code == Some(1) && refused.err.contains("not everyone was heard yet"), "{refused:#?}");
    let early = run(&home, &[&all[..], &["--override", "An offer runs out"]].concat(), 0);
    assert_eq!((candidates(&early["done"]), candidates(&early["left_out"][0]["candidates"])), (vec!["c-1"], vec!["c-3"]));
    let wrong = home.run(&["decide", "small batch", "c-1", "--reason", "Later"]);
    assert!(wrong.code == Some(2) && wrong.err.contains("end with advance, hold or decline"), "{wrong:#?}");
    let unknown = home.run(&["decide", "small batch", "--filter", "hired", "--hold", "--reason", "Later"]);
    assert!(unknown.code == Some(2) && unknown.err.contains("no-show"), "{unknown:#?}");
}

#[test]
fn many_are_tagged_and_shortlisted_and_one_undo_takes_it_all_back() {
    let home = attached();
    let tagged = run(&home, &["tag", "small batch", "c-1", "c-2", "night shift"], 0);
    assert_eq!(tagged["done"].as_array().map(Vec::len), Some(2), "{tagged}");
    let listed = run(&home, &["shortlist", "small batch", "--filter", "tag:night shift"], 0);
    assert_eq!(listed["events"].as_array().map(Vec::len), Some(2), "{listed}");
    let shown = run(&home, &["shortlist", "small batch"], 0);
    let mut both = candidates(&shown["shortlist"]);
    both.sort_unstable();
    assert_eq!(both, ["c-1", "c-2"]);
    let undone = run(&home, &["undo", "small batch"], 0);
    assert_eq!(undone["events"].as_array().map(Vec::len), Some(2), "{undone}");
    assert_eq!(run(&home, &["shortlist", "small batch"], 0)["shortlist"], json!([]));
    let said = home.run(&["undo", "small batch"]);
    assert!(said.out.contains("Undone: a tag (2 candidates)"), "{said:#?}");
    run(&home, &["redo", "small batch"], 0);
    let kept = run(&home, &["status", "small batch", "--filter", "tag:night shift", "--sort", "name"], 0);
    assert_eq!(kept["candidates"].as_array().map(Vec::len), Some(2), "{kept}");
}

#[test]
fn what_others_scored_orders_nothing_before_ones_own_is_sealed() {
    let home = attached();
    for args in [["--sort", "panel"], ["--sort", "spread"], ["--filter", "disagreement"]] {
        let refused = home.run(&[&["status", "small batch"][..], &args].concat());
        assert!(refused.code == Some(1) && refused.err.contains("hidden until all of yours is sealed"), "{refused:#?}");
    }
    let sorted = run(&sealed(), &["status", "small batch", "--sort", "panel"], 0);
    let totals: Vec<Option<f64>> =
        sorted["candidates"].as_array().expect("a list").iter().map(|one| one["total"].as_f64()).collect();
    assert!(totals.len() == 3 && totals.windows(2).all(|pair| pair[0] >= pair[1] || pair[1].is_none()), "{totals:?}");
}

#[test]
fn reviewers_are_assigned_handed_over_released_and_step_aside() {
    let home = attached();
    let ivo = "0190b6a0-0000-7000-8000-000000000001";
    run(&home, &["assign", "small batch", "c-1", "--to", "me"], 0);
    let mine = run(&home, &["status", "small batch", "--filter", "mine"], 0);
    assert_eq!(candidates(&mine["candidates"]), ["c-1"], "{mine}");
    run(&home, &["assign", "small batch", "--to", ivo, "--from", "Mara", "--reason", "On leave"], 0);
    assert_eq!(run(&home, &["status", "small batch", "--filter", "mine"], 0)["candidates"], json!([]));
    let shown = run(&home, &["assign", "small batch"], 0);
    let of = |id: &str| shown["reviewers"].as_array().expect("a list").iter().find(|one| one["id"] == id || one["reviewer"] == id);
    assert_eq!(of(ivo).map(|one| &one["to_review"]), Some(&json!(3)), "{shown}");
    assert_eq!(of("you").map(|one| (&one["to_review"], &one["released"])), Some((&json!(0), &json!("On leave"))), "{shown}");
    run(&home, &["release", "small batch", "--from", &ivo[..8], "--reason", "Left the company"], 0);
    run(&home, &["assign", "small batch", "--to", "R7"], 0);
    assert_eq!(run(&home, &["status", "small batch", "--filter", "mine"], 0)["candidates"].as_array().map(Vec::len), Some(3));
    run(&home, &["recuse", "small batch", "c-2", "--reason", "I know this person"], 0);
    let mine = run(&home, &["status", "small batch", "--filter", "mine"], 0);
    assert!(!candidates(&mine["candidates"]).contains(&"c-2"), "{mine}");
    let nobody = home.run(&["assign", "small batch", "--to", "Nobody"]);
    assert!(nobody.code == Some(5) && nobody.err.contains("earmark identity"), "{nobody:#?}");
}

#[test]
fn an_empty_library_says_what_to_do_also_into_a_pipe() {
    let home = Home::new();
    let ran = home.run(&["batches"]);
    assert!(ran.code == Some(0) && ran.out.contains("earmark import PATH") && ran.out.contains("earmark demo"), "{ran:#?}");
    assert_eq!(home.run(&["batches", "--json"]).json(0), json!([]));
}

#[test]
fn half_a_point_is_rounded_the_same_wherever_a_total_is_read() {
    let home = attached();
    rate_all(&home);
    run(&home, &["rate", "small batch", "c-1", "2", "plain-words", "3"], 0);
    run(&home, &["seal", "small batch", "--all", "--acknowledge-unheard"], 0);
    let total = run(&home, &["status", "small batch", "--sort", "name"], 0)["candidates"].clone();
    let total =
        total.as_array().expect("a list").iter().find(|one| one["candidate"] == "c-1").expect("it is there")["total"].clone();
    assert_eq!(total, 62.5);
    let grid = home.run(&["status", "small batch", "--sort", "total"]).out;
    assert!(grid.contains(" 63\n") && !grid.contains(" 62"), "as the ranking rounds it: {grid}");
    assert_eq!(earmark::panel::words::rounded(62.5, 0), "63");
}
