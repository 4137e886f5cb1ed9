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
fn a_command_beside_an_open_screen_writes_and_the_screen_shows_it_after_its_next_act() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:20");
    terminal.press("v");
    let screen = leave_rubric(&mut terminal);
    assert_eq!(given(&screen, 'A').as_deref(), Some("."), "{screen}");
    let candidate = screen.row_with(" A ").and_then(|row| row.split(" A ").nth(1).map(two_words)).expect("column A has a title");
    let library = home.demo();
    let library = library.to_str().expect("a path in UTF-8");
    let title = "Support engineer, November 2026";
    home.run(&["--library", library, "rate", title, &candidate, "1", "fault-finding", "4"]);
    terminal.press("b");
    rate_first(&mut terminal, "3", |screen| given(screen, 'B').as_deref() == Some("3"));
    terminal.wait_until("both, saved", |screen| is_saved(screen) && given(screen, 'A').as_deref() == Some("4"));
}

fn two_words(text: &str) -> String {
    text.split_whitespace().take(2).collect::<Vec<_>>().join(" ")
}
