//! A program that is killed at any moment: what the screen had called saved is there afterwards.

use rustix::process::Signal;

use super::*;

/// Numbers without a pattern, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// What the screen called saved, and what may have been saved since.
#[derive(Default, Debug)]
struct Promised {
    /// The rating of column A, and the digits pressed after it.
    rating: Option<String>,
    since: Vec<String>,
    /// Notes that the last run wrote, on the answer in this row and column.
    notes: Vec<String>,
    written_on: (u64, u64),
}

impl Promised {
    /// Takes in a screen that shows ratings.
    fn sees(&mut self, screen: &Screen) {
        let shown = given(screen, 'A').filter(|value| value != "." && is_saved(screen));
        if let Some(value) = shown {
            // The same digit may have been typed again since: only the first of them is known to be meant.
            let kept = self.since.iter().position(|digit| *digit == value).map_or(0, |at| at + 1);
            self.since.drain(..kept);
            self.rating = Some(value);
        }
    }

    fn check_rating(&mut self, terminal: &mut Terminal) {
        go_to(terminal, (0, 0));
        terminal.press("v");
        let screen = leave_rubric(terminal);
        let found = given(&screen, 'A').filter(|value| value != ".");
        let may = found.as_ref().is_some_and(|found| self.since.contains(found));
        assert!(found == self.rating || may, "found {found:?}, promised {self:?}\n{screen}");
        self.rating = found;
        self.since.clear();
        terminal.press("g");
        terminal.wait_until("the grid", is_grid);
    }

    fn check_notes(&mut self, terminal: &mut Terminal) {
        if self.notes.is_empty() {
            return;
        }
        go_to(terminal, self.written_on);
        let screen = open_answer(terminal);
        let lost: Vec<&String> = self.notes.iter().filter(|note| !screen.shows(note)).collect();
        assert!(lost.is_empty(), "{lost:?} lost\n{screen}");
        terminal.press("g");
        terminal.wait_until("the grid", is_grid);
    }
}

/// High enough for all the notes that are written on one answer.
const TALL: (u16, u16) = (120, 60);

fn start(home: &Home) -> Terminal {
    let terminal = home.sit_down(&["demo"], "clock:20", TALL);
    terminal.wait_until("the grid, with everything saved", |screen| is_grid(screen) && is_saved(screen));
    terminal
}

/// Puts the cursor on an answer of the grid.
fn go_to(terminal: &mut Terminal, (row, column): (u64, u64)) {
    terminal.press("< left left left");
    (0..row).for_each(|_| terminal.press("j"));
    (0..column).for_each(|_| terminal.press("right"));
}

/// Digits, one after the other, until the program is killed in the middle of them.
fn rates(mut terminal: Terminal, promised: &mut Promised, chance: &mut Chance) {
    go_to(&mut terminal, (0, 0));
    terminal.press("v");
    leave_rubric(&mut terminal);
    promised.since.push("4".to_owned());
    promised.sees(&rate_first(&mut terminal, "4", |screen| given(screen, 'A').as_deref() == Some("4")));
    for nth in 0..chance.below(12) {
        let digit = (nth % 3 + 1).to_string();
        terminal.press("k");
        terminal.press(&digit);
        promised.since.push(digit.clone());
        if chance.below(3) > 0 {
            let seen = terminal.wait_until("the digit", |screen| given(screen, 'A').as_ref() == Some(&digit));
            promised.sees(&seen);
        }
    }
    a_moment(chance);
    let last = terminal.kill();
    promised.sees(&last);
}

/// Notes, one after the other, until the program is killed in the middle of one.
fn writes(mut terminal: Terminal, round: u64, promised: &mut Promised, chance: &mut Chance) {
    // Two questions that all eight candidates answered, so that no answer gets more notes than can be seen.
    promised.written_on = (round / 2 % 8, round / 16 % 2);
    promised.notes.clear();
    go_to(&mut terminal, promised.written_on);
    open_answer(&mut terminal);
    let mut open = Vec::new();
    for nth in 0..chance.below(2) + 1 {
        let note = format!("note {round}.{nth}.");
        terminal.press("m");
        terminal.wait_for("Note at");
        terminal.type_text(&note);
        terminal.press("enter");
        open.push(note.clone());
        if chance.below(2) > 0 {
            terminal.wait_until("the note, saved", |screen| screen.shows(&format!("✎ {note}")) && is_saved(screen));
            promised.notes.append(&mut open);
        } else {
            terminal.wait_until("the note", |screen| screen.shows(&format!("✎ {note}")));
        }
    }
    a_moment(chance);
    let last = terminal.kill();
    if is_saved(&last) {
        promised.notes.extend(open.into_iter().filter(|note| last.shows(&format!("✎ {note}"))));
    }
}

/// Not a wait for anything: the kill comes in the middle of something, each time of something else.
fn a_moment(chance: &mut Chance) {
    std::thread::sleep(std::time::Duration::from_micros(chance.below(15_000)));
}

fn survives(kills: u64) {
    let home = Home::with_demo();
    let mut chance = Chance(kills);
    let mut promised = Promised::default();
    let mut notes = 0;
    for round in 0..kills {
        let mut terminal = start(&home);
        promised.check_rating(&mut terminal);
        promised.check_notes(&mut terminal);
        notes += promised.notes.len();
        if round % 2 == 0 {
            rates(terminal, &mut promised, &mut chance);
        } else {
            writes(terminal, round, &mut promised, &mut chance);
        }
    }
    let mut terminal = start(&home);
    promised.check_rating(&mut terminal);
    promised.check_notes(&mut terminal);
    assert!(promised.rating.is_some() && notes > 0, "something was promised: {promised:?}");
    terminal.signal(Signal::TERM);
    terminal.wait_for_end();
}

#[test]
fn what_was_called_saved_survives_twelve_kills() {
    survives(12);
}

#[test]
#[ignore = "takes many minutes: `make proof` runs it"]
fn what_was_called_saved_survives_two_hundred_kills() {
    survives(200);
}
