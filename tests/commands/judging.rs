//! Whatever a key of the screen writes, a command writes too.

use earmark::app::action::Action;
use serde_json::{Value, json};

use super::{attached, bundle, imported, rate, rate_all, sealed};
use crate::home::Home;

/// What the keys do that write nothing: moving about, hearing, reading.
const SILENT: &str = "up down left right page-up page-down first last open next-pane previous-pane to-batch to-review to-compare \
    to-panel back close quit help palette redraw suspend next-theme choose-theme output-device play-pause back-5s forward-5s \
    back-1s forward-1s back-15s forward-15s previous-sentence next-sentence from-start slower faster slower-fine faster-fine \
    to-deliver choose-profile next-list previous-list speed-1.0 speed-1.5 speed-2.0 words-per-minute skip-silence follow next-answer \
    previous-answer next-missing next-question previous-question column-a column-b column-c column-d next-column previous-column \
    switch-to-evidence next-criterion previous-criterion play-evidence select select-shown invert-selection clear-selection filter \
    sort clear-filter about-figure find next-hit previous-hit concordance look-for copy \
    loop next-evidence previous-evidence next-candidate previous-candidate go-on";

/// The command that writes what an action writes.
fn command_of(action: &str) -> Option<&'static [&'static str]> {
    Some(match action {
        "rubric" => &["rubric", "show"],
        "attach-rubric" => &["rubric", "attach"],
        "half-up" | "technical-fault" | "clear-rating" | "not-observed" => &["rate"],
        rate if rate.starts_with("rate-") => &["rate"],
        "evidence" | "evidence-start-earlier" | "evidence-start-later" => &["evidence"],
        "evidence-end-earlier" | "evidence-end-later" => &["evidence"],
        "original" => &["original"],
        "documents" => &["document"],
        "platform-statements" => &["statements"],
        "note" => &["note"],
        "prefer" | "about-the-same" | "clear-comparison" => &["compare"],
        "probe" => &["probe"],
        "recommend" => &["recommend"],
        "must-haves" => &["must-have"],
        "reveal-name" => &["reveal"],
        "protocol" => &["protocol"],
        "calibrate" => &["calibrate"],
        "analytics" => &["analytics"],
        "skim" | "skim-back" => &["skim"],
        "facts" => &["score"],
        "over-all-questions" | "turn-order" => &["compare"],
        "cut-line" | "next-figures" | "previous-figures" | "my-habits" => &["panel"],
        "sitting" => &["review"],
        "open-demo" | "end-tour" => &["demo"],
        "decide" => &["decide"],
        "comment" => &["comment"],
        "tag" => &["tag"],
        "shortlist" => &["shortlist"],
        "assign" => &["assign"],
        "recuse" => &["recuse"],
        "seal" => &["seal"],
        "reopen" => &["reopen"],
        "reconcile" => &["reconcile"],
        "undo" => &["undo"],
        "redo" => &["redo"],
        "export" => &["export"],
        "fetch" | "pause-fetch" => &["fetch"],
        "exchange" => &["exchange"],
        "plan-delivery" => &["deliver", "plan"],
        "apply-delivery" => &["deliver", "apply"],
        "retry-delivery" => &["deliver", "retry"],
        "match-applications" => &["match"],
        _ => return None,
    })
}

#[test]
fn whatever_a_key_writes_a_command_writes_too() {
    let home = Home::new();
    for action in Action::ALL.iter().map(|action| action.name()) {
        match command_of(action) {
            Some(command) => {
                let page = home.run(&[&["man"], command].concat());
                assert_eq!(page.code, Some(0), "{action} has no command {command:?}");
            }
            None => {
                assert!(SILENT.split_whitespace().any(|name| name == action), "{action} writes, and no command is named for it")
            }
        }
    }
}

/// Runs a command on the small batch, with its result.
fn said(home: &Home, command: &str, args: &[&str]) -> Value {
    home.run(&[&[command, "small batch"], args, &["--json"]].concat()).json(0)
}

fn refused(home: &Home, command: &str, args: &[&str], code: i32, says: &str) {
    let ran = home.run(&[&[command, "small batch"], args].concat());
    assert_eq!(ran.code, Some(code), "{ran:#?}");
    assert!(ran.err.contains(says), "{says}: {ran:#?}");
}

#[test]
fn notes_probes_and_evidence_stand_in_the_long_and_the_wide_table() {
    let home = attached();
    rate_all(&home);
    let note = said(&home, "note", &["c-1", "1", "checked the logs first", "--at", "0.5"]);
    assert_eq!((&note["at"], &note["text"]), (&json!(0.5), &json!("checked the logs first")));
    let probe = said(&home, "probe", &["c-1", "2", "which disk?"]);
    assert_eq!((&probe["at"], &probe["question"]), (&Value::Null, &json!("q-02")));
    let evidence = said(&home, "evidence", &["c-1", "1", "diagnosis", "0:00-0:01"]);
    assert_eq!(evidence["evidence"]["end"], 1.0, "{evidence}");

    refused(&home, "note", &["c-1", "1", " "], 2, "it is empty");
    refused(&home, "note", &["c-1", "1", "late", "--at", "99:00"], 2, "after the answer's end");
    refused(&home, "evidence", &["c-1", "1", "diagnosis", "1-0"], 2, "ends before it begins");
    refused(&home, "probe", &["c-3", "2", "why?"], 1, "no answer was given");

    said(&home, "seal", &["--all", "--acknowledge-unheard"]);
    refused(&home, "note", &["c-1", "1", "too late"], 1, "it is sealed");
    let long = home.run(&["export", "small batch", "--shape", "long"]).out;
    assert!(long.contains("checked the logs first"), "{long}");
    let wide = home.run(&["export", "small batch"]).out;
    assert!(wide.contains("which disk?"), "{wide}");
}

#[test]
fn evidence_is_moved_by_the_word_and_is_not_doubled_by_that() {
    let home = Home::new();
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let folder = bundle::write(home.path());
    let said = "WEBVTT\n\n00:00.000 --> 00:01.000\nFirst I looked around.\n\n00:01.000 --> 00:02.000\nThen I called them.\n";
    std::fs::write(folder.join("said.vtt"), said).expect("a file can be written");
    let text = std::fs::read_to_string(folder.join("batch.json")).expect("it was written");
    let text = text.replacen("\"file\":\"voice.webm\"", "\"file\":\"voice.webm\",\"transcript\":\"said.vtt\"", 1);
    std::fs::write(folder.join("batch.json"), text).expect("a file can be written");
    home.run(&["import", "bundle", "--json"]).json(0);
    home.run(&["rubric", "attach", "small batch", "small.toml", "--yes", "--json"]).json(0);

    let mark = |more: &[&str]| self::said(&home, "evidence", &[&["c-1", "1", "diagnosis", "0-1"], more].concat());
    let first = mark(&[]);
    assert_eq!(first["evidence"]["quote"], "First I looked around.", "{first}");
    let later = mark(&["--start-by", "2"]);
    assert_eq!(later["evidence"]["quote"], "looked around.", "{later}");
    assert_eq!(later["events"].as_array().map(Vec::len), Some(2), "the old one is taken back: {later}");
    let both = mark(&["--start-by", "-1", "--end-by", "1"]);
    assert_eq!(both["evidence"]["quote"], "I looked around. Then", "{both}");
    refused(&home, "evidence", &["c-1", "1", "diagnosis", "0-1", "--start-by", "9999"], 2, "no such word");
    // What stands in the journal in the end is the last of them alone.
    self::said(&home, "undo", &[]);
    let again = mark(&["--end-by", "-1"]);
    assert_eq!(again["evidence"]["quote"], "looked", "an undo brings back the one before: {again}");
}

#[test]
fn recommendations_and_must_haves_are_given_and_exported() {
    let home = attached();
    rate_all(&home);
    assert_eq!(said(&home, "recommend", &["c-1", "strong-yes"])["recommendation"], "strong_yes");
    let must = said(&home, "must-have", &["c-1", "rota", "no", "--evidence", "0-1"]);
    assert_eq!((&must["met"], &must["evidence"]["start"]), (&json!("no"), &json!(0.0)), "{must}");
    assert!(said(&home, "must-have", &["c-2", "rota", "unclear"])["evidence"].is_null());
    refused(&home, "must-have", &["c-1", "car", "yes"], 5, "there are: rota");
    assert_eq!(home.run(&["recommend", "small batch", "c-1", "maybe"]).code, Some(2));

    said(&home, "seal", &["--all", "--acknowledge-unheard"]);
    refused(&home, "recommend", &["c-1", "no"], 1, "it is sealed");
    refused(&home, "must-have", &["c-1", "rota", "yes"], 1, "it is sealed");
    let rows = home.run(&["export", "small batch", "--json"]).json(0)["rows"].clone();
    assert_eq!((&rows[0]["recommendation"], &rows[0]["must_have.rota"]), (&json!("strong_yes 1"), &json!("no")), "{rows}");
}

#[test]
fn without_a_rubric_notes_are_written_and_nothing_is_judged() {
    let home = imported();
    assert_eq!(said(&home, "note", &["c-1", "1", "a note"])["text"], "a note");
    assert_eq!(said(&home, "probe", &["c-1", "1", "which disk?"])["text"], "which disk?");
    refused(&home, "probe", &["c-3", "2", "why?"], 1, "no answer was given");
    for (command, args) in [
        ("evidence", &["c-1", "1", "diagnosis", "0:00-0:01"][..]),
        ("recommend", &["c-1", "yes"]),
        ("must-have", &["c-1", "rota", "yes"]),
    ] {
        refused(&home, command, args, 1, "no rubric is attached");
    }
}

#[test]
fn a_name_is_revealed_with_a_reason_of_the_list_and_once() {
    let home = attached();
    assert_eq!(home.run(&["reveal", "small batch", "c-1"]).code, Some(2), "a reason is asked");
    assert_eq!(home.run(&["reveal", "small batch", "c-1", "--reason", "curious"]).code, Some(2));
    let shown = said(&home, "reveal", &["c-1", "--reason", "known"]);
    assert_eq!((&shown["shown"], &shown["revealed"]), (&json!(bundle::NAMES[0]), &json!(true)));
    assert_eq!(shown["reason"], "I think I know this person");
    let again = said(&home, "reveal", &["c-1", "--reason", "finished"]);
    assert_eq!((&again["revealed"], &again["events"]), (&json!(false), &json!([])));
    let other = home.run(&["status", "small batch"]).out + &home.run(&["compare", "small batch"]).out;
    assert!(!other.contains(bundle::NAMES[1]), "{other}");
    rate(&home, bundle::NAMES[0], "1", "diagnosis", "4");
}

#[test]
fn the_last_act_or_a_named_one_is_undone_and_brought_back() {
    let home = attached();
    let value = || {
        let table = home.run(&["compare", "small batch", "--question", "1", "--json"]).out;
        [table.contains("\"NO\""), table.contains("\"plain note\"")]
    };
    refused(&home, "undo", &[], 5, "anything to undo");
    refused(&home, "redo", &[], 5, "nothing was undone");
    let rated = said(&home, "rate", &["c-1", "1", "diagnosis", "NO"]);
    let note = said(&home, "note", &["c-1", "1", "plain note"]);
    assert!(value()[0], "{:?}", value());
    let undone = said(&home, "undo", &["--event", rated["events"][0].as_str().expect("an id")]);
    assert_eq!((&undone["undone"], &undone["kind"]), (&rated["events"][0], &json!("rated")));
    assert!(!value()[0]);
    assert_eq!(said(&home, "redo", &[])["redone"], rated["events"][0]);
    assert!(value()[0]);
    assert_eq!(said(&home, "undo", &[])["undone"], note["events"][0], "the last one that stands");
    refused(&home, "undo", &["--event", note["events"][0].as_str().expect("an id")], 5, "still stand");

    let sealed = sealed();
    refused(&sealed, "undo", &[], 5, "not sealed");
}

#[test]
fn what_one_command_wrote_is_one_step_of_undo_and_names_whose_it_was() {
    let home = attached();
    rate(&home, "c-2", "1", "diagnosis", "2");
    let rated = said(&home, "rate", &["c-1", "1", "diagnosis", "4", "--evidence", "0.2-1", "--note", "plain note"]);
    let all = rated["events"].as_array().expect("a list");
    assert_eq!(all.len(), 3);
    let undone = home.run(&["undo", "small batch"]);
    let called = rated["shown"].as_str().expect("text");
    let words = format!("Undone: a rating with evidence and a note ({called}, question 1). `earmark redo` brings it back.\n");
    assert_eq!((undone.code, undone.out.as_str()), (Some(0), words.as_str()));
    let redone = said(&home, "redo", &[]);
    assert_eq!((&redone["events"], &redone["redone"], &redone["kind"]), (&rated["events"], &all[0], &json!("rated")));
    assert_eq!((&redone["candidate"], &redone["shown"], &redone["question"]), (&json!("c-1"), &json!(called), &json!("q-01")));
    assert_eq!(said(&home, "undo", &[])["events"], rated["events"]);
    let before = said(&home, "undo", &[]);
    assert_eq!(
        (&before["candidate"], before["events"].as_array().map(Vec::len)),
        (&json!("c-2"), Some(1)),
        "the command before it"
    );
    refused(&home, "undo", &[], 5, "anything to undo");
}

#[test]
fn undo_asks_for_the_reason_that_a_changed_rating_needs_as_the_screen_does() {
    let home = sealed();
    said(&home, "reopen", &["--question", "1", "--reason", "a slip"]);
    refused(&home, "rate", &["c-1", "1", "diagnosis", "3"], 2, "asks why it is changed");
    let changed = said(&home, "rate", &["c-1", "1", "diagnosis", "3", "--reason", "misread"]);
    refused(&home, "undo", &[], 2, "asks why a rating is changed");
    refused(&home, "undo", &["--event", changed["events"][0].as_str().expect("an id")], 2, "--reason");
    said(&home, "rate", &["c-1", "1", "diagnosis", "clear", "--reason", "misread again"]);
}

#[test]
fn what_was_undone_before_a_seal_is_not_brought_back_into_it() {
    let home = attached();
    rate_all(&home);
    said(&home, "note", &["c-1", "1", "plain note"]);
    said(&home, "undo", &[]);
    said(&home, "seal", &["--all", "--acknowledge-unheard"]);
    refused(&home, "redo", &[], 5, "anything to bring back");
}

#[test]
fn two_candidates_are_compared_on_a_criterion_and_it_is_taken_back() {
    let home = attached();
    let say = |prefer: &str| {
        let about = ["--question", "1", "--candidates", "c-1,c-2", "--criterion", "diagnosis", "--prefer", prefer];
        home.run(&[&["compare", "small batch"], &about[..], &["--json"]].concat())
    };
    let first = say("b").json(0);
    assert_eq!((&first["prefer"], &first["a"]["candidate"], &first["question"]), (&json!("b"), &json!("c-1"), &json!("q-01")));
    assert_eq!(first["events"].as_array().map(Vec::len), Some(1));
    assert_eq!(say("b").json(0)["events"], json!([]), "the same again says nothing new");
    say("same").json(0);
    let compared = |home: &Home| home.run(&["compare", "small batch", "--json"]).json(0)["comparisons"].clone();
    let expected =
        json!([{ "question": "q-01", "criterion": "diagnosis", "reviewer": null, "a": "c-1", "b": "c-2", "outcome": "tie" }]);
    assert_eq!(compared(&home), expected);
    let undone = said(&home, "undo", &[]);
    assert_eq!(undone["kind"], "compared", "{undone}");
    assert_eq!(compared(&home)[0]["outcome"], "b", "what was said before stands again");
    assert_eq!(say("clear").json(0)["prefer"], Value::Null);
    assert_eq!(compared(&home), json!([]));
    assert_eq!(say("clear").code, Some(5));
    let one = home.run(&["compare", "small batch", "--question", "1", "--candidates", "c-1", "--criterion", "1", "--prefer", "a"]);
    assert_eq!(one.code, Some(2), "{one:#?}");
}

#[test]
fn what_is_sealed_is_not_compared_any_more() {
    let home = attached();
    rate_all(&home);
    let about = ["--question", "1", "--candidates", "c-1,c-2", "--criterion", "1", "--prefer", "a"];
    home.run(&[&["compare", "small batch"], &about[..]].concat());
    home.run(&["seal", "small batch", "--all", "--acknowledge-unheard", "--json"]).json(0);
    let text = home.run(&["compare", "small batch", "--question", "1"]);
    assert!(text.out.contains("diagnosis: ") && text.out.contains(" over "), "{text:#?}");
    let refused = home.run(&[&["compare", "small batch"], &about[..7], &["b"]].concat());
    assert!(refused.code == Some(1) && refused.err.contains("it is sealed"), "{refused:#?}");
}

#[test]
fn who_came_too_late_is_not_rated_and_the_reason_and_the_remedy_are_told() {
    let home = attached();
    super::change(&home, |batch| batch["submissions"][2]["status"] = json!("expired"));
    let ran = rate(&home, "c-3", "1", "diagnosis", "3");
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(ran.err.contains("the deadline passed before the interview was finished"), "{ran:#?}");
    assert!(ran.err.contains("Hint: nobody waits for a score of it"), "{ran:#?}");
    super::change(&home, |batch| batch["submissions"][2]["status"] = json!("completed"));
    assert_eq!(rate(&home, "c-3", "1", "diagnosis", "3").code, Some(0), "its source has said otherwise");
}
