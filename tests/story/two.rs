//! More than one program on a library.

use super::*;

#[test]
fn a_second_terminal_says_so_and_only_reads() {
    let home = Home::with_demo();
    let mut first = open_demo(&home, "clock:20");
    let mut second = open_demo(&home, "clock:20");
    assert!(second.screen().title().contains("only reading"), "{}", second.screen());
    second.press("v m");
    second.wait_for("Another earmark is open on this library: this one only reads.");
    first.press("v");
    leave_rubric(&mut first);
    rate_first(&mut first, "3", |screen| given(screen, 'A').as_deref() == Some("3") && is_saved(screen));

    // When the first has left, the next to come writes.
    for terminal in [&mut second, &mut first] {
        terminal.press("Q");
        assert_eq!(terminal.wait_for_end(), 0);
    }
    let third = open_demo(&home, "clock:20");
    assert!(!third.screen().title().contains("only reading"), "{}", third.screen());
}

#[test]
fn a_command_beside_an_open_screen_writes_and_the_screen_shows_it_at_once() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:20");
    // The second one, which only reads, sees it too.
    let mut reader = open_demo(&home, "clock:20");
    reader.press("v");
    leave_rubric(&mut reader);
    terminal.press("v");
    let screen = leave_rubric(&mut terminal);
    assert_eq!(given(&screen, 'A').as_deref(), Some("."), "{screen}");
    let candidate = screen.row_with(" A ").and_then(|row| row.split(" A ").nth(1).map(two_words)).expect("column A has a title");
    home.run(&["--library", library(&home).as_str(), "rate", TITLE, &candidate, "1", "fault-finding", "4"]);
    // No key is pressed.
    terminal.wait_until("the command's rating", |screen| is_saved(screen) && given(screen, 'A').as_deref() == Some("4"));
    reader.wait_until("the command's rating", |screen| given(screen, 'A').as_deref() == Some("4"));
    terminal.press("b");
    rate_first(&mut terminal, "3", |screen| given(screen, 'B').as_deref() == Some("3"));
    terminal.wait_until("both, saved", |screen| is_saved(screen) && given(screen, 'A').as_deref() == Some("4"));
}

#[test]
fn a_rubric_that_a_command_attaches_is_on_the_open_screen_at_once() {
    let home = Home::new();
    write_letters(home.path());
    home.run(&["identity", "--label", "Mara", "--pseudonym", "R7"]);
    let list = home.sit_down(&["review"], "clock:20", WINDOW);
    list.wait_for("There is no batch here yet");
    home.run(&["import", "letters"]);
    // The list, too, has what came in elsewhere.
    list.wait_for("Letters of two");
    let terminal = home.sit_down(&["review", "Letters of two"], "clock:20", WINDOW);
    terminal.wait_for("No rubric is attached to this batch yet");
    home.run(&["rubric", "attach", "Letters of two", "support-engineer", "--yes"]);
    terminal.wait_for("Support engineer is attached.");
}

/// A batch of two written answers to the first question of a shipped rubric, with nothing to decode.
pub(super) fn write_letters(folder: &std::path::Path) {
    let bundle = folder.join("letters");
    std::fs::create_dir_all(&bundle).expect("a folder can be made");
    let letter = |who: &str| {
        let answer = r#"{ "question": "fault-finding", "kind": "text", "text": "I looked at the lamp first, then at the wire." }"#;
        format!(r#"{{ "candidate": {{ "id": "{who}", "name": "{who}" }}, "status": "completed", "answers": [{answer}] }}"#)
    };
    let rubric = earmark::rubric::shipped_as("support-engineer").expect("it is shipped");
    let rubric = earmark::rubric::Rubric::read("shipped", rubric.text).expect("it can be read").rubric;
    let prompt = serde_json::to_string(rubric.questions[0].prompt.raw()).expect("a text");
    let question = format!(r#"{{ "id": "{}", "prompt": {prompt} }}"#, rubric.questions[0].id);
    let (letters, id) = ([letter("Anders"), letter("Beate")].join(", "), &rubric.questions[0].id);
    let document = format!(
        r#"{{ "format": 1, "source": "test", "id": "letters", "title": "Letters of two",
              "interview": {{ "questions": [{question}] }}, "submissions": [{}] }}"#,
        letters.replace("fault-finding", id.as_str())
    );
    std::fs::write(bundle.join("batch.json"), document).expect("a file can be written");
}

const TITLE: &str = "Support engineer, November 2026";

fn library(home: &Home) -> String {
    home.demo().to_str().expect("a path in UTF-8").to_owned()
}

fn two_words(text: &str) -> String {
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}
