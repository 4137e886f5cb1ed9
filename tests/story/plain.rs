//! The review line by line: at a terminal that only prints lines, and from a pipe.

use super::*;

/// What `earmark status` says of one's own first question.
fn rated(home: &Home) -> (u64, u64) {
    let batches: serde_json::Value = serde_json::from_str(&home.run(&["--demo", "batches", "--json"])).expect("JSON");
    let title = batches[0]["title"].as_str().expect("a title").to_owned();
    let status: serde_json::Value = serde_json::from_str(&home.run(&["--demo", "status", &title, "--json"])).expect("JSON");
    (status["questions"][0]["rated"].as_u64().expect("a number"), status["left_seconds"].as_u64().expect("a number"))
}

#[test]
fn a_script_reviews_through_a_pipe_and_what_it_did_is_kept() {
    let home = Home::with_demo();
    let script =
        "review\n\nwait 2.5\n4 4\nrate 3 3\nevidence 1\nnote written by a script\nwhere\nsaid\nnotes\nmissing\ncopy\nsael\n";
    let (code, out, err) = home.pipe(&["demo", "--plain"], &[("EARMARK_AUDIO", "clock:5")], script);
    assert_eq!(code, Some(4), "one word was not understood\n{out}\n{err}");
    for told in [
        "Type a word or a key",
        "An empty line says that you have read it",
        "Playing from 0:00",
        "Narrowing down the cause: 4.",
        "Evidence for Narrowing down the cause",
        "It is written down.",
        "Saved.",
        "Note: written by a script",
        "To copy: ",
        "Did you mean seal?",
    ] {
        assert!(out.contains(told), "{told:?} in\n{out}\n{err}");
    }
    assert!(!out.contains('\x1b'), "{out}");
    assert_eq!(rated(&home).0, 1, "{out}");
}

#[test]
fn a_number_that_is_piped_in_at_once_waits_for_the_list_it_is_of() {
    let home = Home::with_demo();
    for _ in 0..4 {
        let (code, out, err) = home.pipe(&["--demo", "review", "--plain"], &[("EARMARK_AUDIO", "null")], "1\nwhere\nquit\n");
        assert_eq!(code, Some(0), "{out}\n{err}");
        assert!(!out.contains("Open a batch first"), "{out}");
    }
}

#[test]
fn each_line_is_an_object_where_json_is_wanted() {
    let home = Home::with_demo();
    let (code, out, err) = home.pipe(&["--demo", "review", "--json"], &[("EARMARK_AUDIO", "null")], "1\nwhere\nquit\n");
    assert_eq!(code, Some(0), "{out}\n{err}");
    let lines: Vec<serde_json::Value> = out.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert!(lines.iter().all(|line| line["kind"].is_string() && line["text"].is_string()), "{out}");
}

#[test]
fn a_terminal_that_only_prints_lines_gets_the_review_in_lines_and_ctrl_c_loses_nothing() {
    let home = Home::with_demo();
    let variables = [("TERM", "dumb"), ("EARMARK_AUDIO", "clock:5")];
    let mut terminal = home.sit_down_with(&["demo"], &variables, WINDOW);
    terminal.wait_for("review hears the next answer");
    let (_, before) = (0, terminal.bytes().len());
    terminal.type_text("review\r");
    terminal.wait_for("An empty line says that you have read it");
    terminal.type_text("\r");
    terminal.wait_for("Playing from 0:00");
    terminal.type_text("rate 1 4\r");
    terminal.wait_for("Narrowing down the cause: 4.");
    terminal.wait_for("Saved.");
    terminal.type_text("where\r");
    terminal.wait_for("Rated 1 of 3.");
    terminal.press("ctrl-c");
    assert_eq!(terminal.wait_for_end(), 130, "{}", terminal.screen());
    let bytes = terminal.bytes();
    assert!(bytes.len() > before && !bytes.contains('\x1b'), "{bytes:?}");
    // What was rated and heard is there when the next one begins, at the word.
    let mut again = home.sit_down_with(&["demo"], &variables, WINDOW);
    again.wait_for("review hears the next answer");
    again.type_text("review\r");
    again.wait_until("on from where one was", |screen| screen.shows("On from 0:") || screen.shows("Playing from 0:"));
    again.type_text("criteria\r");
    again.wait_for("1. Narrowing down the cause");
    assert!(again.bytes().contains("Narrowing down the cause, weight"), "{}", again.screen());
    again.type_text("quit\r");
    assert_eq!(again.wait_for_end(), 0, "{}", again.screen());
}

#[test]
fn a_snippet_goes_to_the_clipboard_of_the_terminal() {
    use base64::Engine as _;
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:5");
    open_answer(&mut terminal);
    terminal.press("y");
    let screen = terminal.wait_for("terminal's clipboard");
    let bytes = terminal.bytes();
    let (_, rest) = bytes.split_once("\x1b]52;c;").expect("OSC 52");
    let (encoded, _) = rest.split_once('\x07').expect("its end");
    let decoded = base64::engine::general_purpose::STANDARD.decode(encoded).expect("base64");
    let snippet = String::from_utf8(decoded).expect("text");
    let name = screen.title().split(" · ").nth(1).expect("a pseudonym").trim().to_owned();
    assert!(snippet.starts_with(&name) && snippet.contains("question 1"), "{snippet}");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}
