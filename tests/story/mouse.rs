//! The mouse, as a terminal tells of it; and what a terminal tells of itself.

use super::*;

#[test]
fn a_reviewer_with_a_mouse_opens_an_answer_seeks_marks_evidence_rates_and_scrolls() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:5");
    let grid = terminal.screen();
    let (x, _) = grid.place_of("Question 1").expect("its head");
    let (_, y) = grid.place_of("▶").expect("the cursor's row");
    terminal.click((x + 2, y));
    terminal.click((x + 2, y));
    terminal.wait_for("Enter turns the page");
    terminal.reads_to_the_end();
    let screen = ready(&terminal);
    terminal.press("space");
    terminal.wait_until("a pause", |screen| !plays(screen));
    let line = last_line_of_words(&screen);
    terminal.click((6, line));
    let at = terminal.wait_until("another moment", |screen| moment(screen).is_some_and(|at| at > 3));
    terminal.mouse(0, (4, line), true);
    terminal.mouse(32, (10, line), true);
    terminal.mouse(32, (24, line), true);
    terminal.mouse(0, (24, line), false);
    terminal.wait_until("evidence", |screen| screen.foot().contains("Evidence for") || screen.shows("for Narrowing"));
    let anchor = at.place_of("  4 ").expect("the fourth point");
    terminal.click((anchor.0 + 5, anchor.1));
    terminal.wait_until("a rating", |screen| saved_rating(screen, "Narrowing down the cause").as_deref() == Some("4"));
    // The wheel turns the pane under the pointer, wherever the keys are.
    terminal.mouse(64, (10, line), true);
    terminal.press("g");
    terminal.wait_until("the grid", is_grid);
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}

/// The row of the last line of words in the transcript's pane that goes on under the mouse's way: how many lines there are
/// differs by who is heard first.
fn last_line_of_words(screen: &Screen) -> u16 {
    let (_, head) = screen.place_of("┌─ Transcript").expect("the pane");
    let (_, below) = screen.place_of("┌─ Evidence and notes").expect("the pane below");
    let rows = screen.rows();
    let goes_on = |row: &u16| rows[usize::from(*row)].chars().skip(24).take(40).any(char::is_alphabetic);
    (head + 1..below - 1).rev().find(goes_on).expect("words")
}

#[test]
fn a_light_terminal_gets_the_light_colours_and_its_answer_is_no_key() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:5");
    assert!(terminal.bytes().contains("\x1b]11;?"), "it is asked");
    let dark = terminal.screen().ground(0, 5);
    terminal.type_text("\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\");
    let light = terminal.wait_until("other colours", |screen| screen.ground(0, 5) != dark);
    assert!(is_grid(&light) && is_saved(&light), "{light}");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}

#[test]
fn who_chose_colours_is_not_overruled_and_without_colour_nothing_is_asked() {
    let home = Home::with_demo();
    std::fs::write(home.path().join("own.toml"), "theme = \"high-contrast\"\nmouse = \"off\"\n").expect("written");
    let settings = home.path().join("own.toml").display().to_string();
    let mut terminal = home.sit_down(&["--config", &settings, "demo"], "clock:5", WINDOW);
    terminal.wait_until("the grid", is_grid);
    let bytes = terminal.bytes();
    assert!(!bytes.contains("\x1b]11;?") && !bytes.contains("\x1b[?1000h"), "neither asked nor listened to the mouse");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}
