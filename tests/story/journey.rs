//! The whole of a review, from the first start to the table.

use std::path::Path;

use super::*;

/// Hears the answer on screen, which plays, from its start at this speed; sees the lit word move and the moment advance.
fn hear_at(terminal: &mut Terminal, key: &str, speed: &str) {
    terminal.press(key);
    terminal.press("B");
    terminal.wait_until(&format!("the start at {speed}"), |screen| {
        moment(screen) == Some(0) && screen.title().contains(&format!(" {speed} ")) && screen.title().contains('▶')
    });
    let first = terminal.wait_until("a spoken word", |screen| screen.spoken().is_some());
    let (word, at) = (first.spoken(), moment(&first));
    terminal.wait_until("the lit word moves", |screen| screen.spoken().is_some() && screen.spoken() != word);
    terminal.wait_until("the moment advances", |screen| moment(screen) > at);
}

/// Rates the answer on screen, one point a criterion.
fn rate(terminal: &mut Terminal, points: &[(&str, &str)]) {
    let given = |screen: &Screen, nth: usize| saved_rating(screen, points[nth].0).as_deref() == Some(points[nth].1);
    rate_first(terminal, points[0].1, |screen| given(screen, 0));
    for (nth, point) in points.iter().enumerate().skip(1) {
        terminal.press(point.1);
        terminal.wait_until("the next rating, saved", |screen| given(screen, nth));
    }
}

const FIRST: [&str; 3] = ["Narrowing down the cause", "News to the customer", "Keeping the fault"];

/// Rates every answer of the columns on screen, from this question to the last, each candidate a little differently.
fn rate_columns(terminal: &mut Terminal, columns: usize, from: usize) {
    for question in from..=4 {
        terminal.wait_until("the question", |screen| screen.rows()[1].trim_start().starts_with(&format!("{question}.")));
        for (nth, column) in ["a", "b", "c", "d"].iter().take(columns).enumerate() {
            let point = (2 + (nth + question) % 3).to_string();
            terminal.press(column);
            let letter = column.to_uppercase().chars().next().expect("a letter");
            let nothing = |screen: &Screen| screen.foot().contains("gave no answer");
            let screen =
                terminal.wait_until("the column", |screen| nothing(screen) || screen.row_with(&format!("┏━ {letter} ")).is_some());
            if nothing(&screen) {
                continue;
            }
            // Up to the first criterion.
            terminal.press("k k");
            rate_first(terminal, &point, |screen| rated(screen, letter).as_ref() == Some(&point));
            // A digit for each of the others; there are at most two.
            terminal.press(&format!("{point} {point}"));
        }
        terminal.press(">");
    }
    terminal.wait_until("all of it saved", is_saved);
}

/// What Compare says was given in a column for the first of the criteria.
fn rated(screen: &Screen, column: char) -> Option<String> {
    let rows = screen.rows();
    let head = rows.iter().position(|row| row.contains("Your ratings"))?;
    given_in(&rows[head + 1], column)
}

/// Selects rows of the grid that lie one below the other, from the top.
fn select(terminal: &mut Terminal, rows: std::ops::Range<usize>) {
    terminal.press("< left left left");
    (0..rows.start).for_each(|_| terminal.press("j"));
    rows.for_each(|_| terminal.press("space j"));
    terminal.press("< left left left");
}

fn to_grid(terminal: &mut Terminal) -> Screen {
    terminal.press("g");
    terminal.wait_until("the grid", is_grid)
}

#[test]
fn the_whole_of_a_review_works_through_the_keyboard_alone() {
    let home = Home::with_demo();
    let mut terminal = open_demo(&home, "clock:5");
    reads_the_rubric(&mut terminal);
    let first = reviews_two_answers(&mut terminal);
    compares_and_rates_the_rest(&mut terminal);
    seals_everything(&mut terminal);
    sees_the_ranking(&mut terminal);
    let table = home.path().join("comparison of all.csv");
    exports(&mut terminal, &table);
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0, "{}", terminal.screen());
    assert!(terminal.screen().is_given_back() && terminal.is_cooked());
    check_table(&table);
    comes_back(&home, &first);
}

fn reads_the_rubric(terminal: &mut Terminal) {
    let grid = terminal.screen();
    assert_eq!(grid.rows().iter().filter(|row| row.contains("0/3")).count(), 7, "seven candidates to review\n{grid}");
    assert_eq!(grid.rows().iter().filter(|row| row.contains("expired")).count(), 1, "and one who did not finish\n{grid}");
    assert!(grid.shows("others' scores: hidden until all of yours is sealed"), "{grid}");
    terminal.press("r");
    terminal.wait_for("Makes at least one comparison");
    terminal.press("enter");
    terminal.wait_until("the grid", |screen| !screen.shows("goes on") && is_saved(screen));
}

/// Returns what the first candidate is called.
fn reviews_two_answers(terminal: &mut Terminal) -> String {
    let screen = open_answer(terminal);
    let first = screen.title().split(" · ").nth(1).expect("a pseudonym").to_owned();
    hear_at(terminal, "backspace", "1.0x");
    hear_at(terminal, "{", "1.5x");
    hear_at(terminal, "}", "2.0x");
    terminal.press("e");
    terminal.wait_for("Evidence for Narrowing down the cause");
    rate(terminal, &[(FIRST[0], "5"), (FIRST[1], "4"), (FIRST[2], "3")]);
    terminal.press("m");
    terminal.wait_for("Note at");
    terminal.type_text("asks who else it hit");
    terminal.wait_for("asks who else it hit");
    terminal.press("enter");
    terminal.wait_until("the note, saved", |screen| screen.shows("✎ asks who else it hit") && is_saved(screen));

    terminal.press("n");
    terminal.wait_until("the next candidate", |screen| is_review(screen) && !screen.title().contains(&first));
    let next = ready(terminal);
    assert!(next.title().contains("question 1/4"), "the same question: {next}");
    assert!(next.title().contains("2.0x"), "the speed stays: {next}");
    rate(terminal, &[(FIRST[0], "3"), (FIRST[1], "3"), (FIRST[2], "2")]);
    to_grid(terminal);
    first
}

fn compares_and_rates_the_rest(terminal: &mut Terminal) {
    // Those two have their ratings of the first question; who is in the last row did not hand in.
    for (rows, from) in [(2..4, 1), (4..7, 1), (0..2, 2)] {
        select(terminal, rows.clone());
        terminal.press("v");
        terminal.wait_until("side by side", |screen| is_on(screen, "Compare") && screen.shows("┌─ B "));
        (1..from).for_each(|_| terminal.press(">"));
        rate_columns(terminal, rows.len(), from);
        to_grid(terminal);
        select(terminal, rows);
    }
    terminal.wait_until("everything rated", |screen| screen.shows("28 of 28 rated, 0 sealed") && is_saved(screen));
}

fn seals_everything(terminal: &mut Terminal) {
    terminal.press("< left left left");
    for (question, sealed) in [(1, 7), (2, 14), (3, 21), (4, 28)] {
        terminal.press("S");
        terminal.wait_for(&format!("Seal your ratings of question {question}, all candidates?"));
        terminal.wait_for("Seal all the same");
        terminal.press("down enter");
        terminal.wait_until("sealed and saved", |screen| screen.shows(&format!(" {sealed} sealed")) && is_saved(screen));
        terminal.press("right");
    }
    terminal.wait_for("others' scores: shown");
    terminal.wait_for("What comes next");
    terminal.press("esc");
    terminal.wait_until("the grid again", |screen| !screen.shows("What comes next"));
}

fn sees_the_ranking(terminal: &mut Terminal) {
    terminal.press("P");
    let panel = terminal.wait_for("from sealed scorecards of 3 reviewers");
    for colleague in ["Rowan", "Imke"] {
        assert!(panel.shows(colleague), "others' scores are revealed\n{panel}");
    }
    let ranks: Vec<String> = panel.rows().iter().filter(|row| row.ends_with("ranked")).cloned().collect();
    assert!(ranks.len() >= 6, "most are ranked\n{panel}");
}

fn exports(terminal: &mut Terminal, table: &Path) {
    terminal.press("X");
    terminal.wait_for("Write the comparative CSV to");
    terminal.press("ctrl-u");
    terminal.type_text(&table.display().to_string());
    terminal.press("enter");
    terminal.wait_until("the export told", |screen| screen.foot().contains("rows to"));
}

fn check_table(path: &Path) {
    let text = std::fs::read_to_string(path).expect("the table was written");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap_or_else(|| panic!("{name} in {header:?}"));
    for name in
        ["candidate", "application_id", "rubric_id", "total", "rank", "status", "q1-outage.fault-finding.mean", "heard_share"]
    {
        column(name);
    }
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row as long as the header")).collect();
    let mut candidates: Vec<&str> = rows.iter().map(|row| &row[column("candidate")]).collect();
    candidates.dedup();
    assert_eq!(candidates, ["c-001", "c-002", "c-003", "c-004", "c-005", "c-006", "c-008"], "all but the expired one\n{text}");
    let applications: Vec<&str> = rows.iter().filter(|row| &row[0] == "c-001").map(|row| &row[column("application_id")]).collect();
    assert_eq!(applications, ["0007731"], "an id is text and keeps its zeros\n{text}");
    assert_eq!(rows.iter().filter(|row| &row[0] == "c-002").count(), 2, "a row for each application\n{text}");
    for row in &rows {
        let total: f64 = row[column("total")].parse().unwrap_or_else(|_| panic!("a total in {row:?}"));
        assert!((0.0..=100.0).contains(&total), "{row:?}");
        assert_eq!(&row[column("reviewers_counted")], "3", "{row:?}");
    }
    let found = rows.iter().filter(|row| &row[column("rank")] == "1").count();
    assert!(found >= 1, "someone is first\n{text}");
}

fn comes_back(home: &Home, first: &str) {
    let mut terminal = open_demo(home, "clock:5");
    let grid = terminal.wait_for("28 of 28 rated, 28 sealed");
    assert!(grid.shows("others' scores: shown"), "{grid}");
    let row = grid.rows().iter().position(|row| row.contains(first)).expect("the first candidate");
    let top = grid.rows().iter().position(|row| row.contains("Question 1")).expect("the head of the grid");
    terminal.press("< left left left");
    (top + 1..row).for_each(|_| terminal.press("j"));
    let review = open_answer(&mut terminal);
    assert!(review.title().contains(first) && review.title().contains("sealed"), "{review}");
    assert_eq!(FIRST.map(|name| saved_rating(&review, name)), ["5", "4", "3"].map(|point| Some(point.to_owned())), "{review}");
    assert!(review.shows("asks who else it hit"), "{review}");
    assert!(review.row_with("Narrowing down").is_some_and(|row| row.contains("❝1")), "{review}");
    terminal.press("Q");
    assert_eq!(terminal.wait_for_end(), 0);
}
