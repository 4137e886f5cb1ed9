//! Answers side by side: columns under one transport.

use earmark::app::{Command, Effect, Overlay, Screen, Slot};
use earmark::interview::{AnswerId, Moment};
use earmark::journal::{Act, Outcome};

use crate::station::{Shelf, Station};

fn comparing() -> Station {
    let mut station = Station::reviewing();
    station.press("v").waits(3_000);
    station
}

fn focus(station: &Station) -> (usize, Slot) {
    match station.app.screen() {
        Screen::Compare(compare) => (compare.focus, station.app.deck.active),
        other => panic!("in {}", other.place().name()),
    }
}

#[test]
fn the_answer_at_hand_and_the_next_in_order_are_loaded_into_two_columns() {
    let mut station = Station::reviewing();
    let expected: Vec<_> = station.desk().plan.steps.iter().take(2).map(|step| step.answer).collect();
    station.press("v");
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    assert_eq!(compare.columns.iter().filter_map(|column| column.answer).collect::<Vec<_>>(), expected);
    for (slot, answer) in expected.iter().enumerate() {
        assert_eq!(station.app.deck.loaded(Slot(slot as u8)).answer(), Some(*answer));
        assert!(station.desk().here(*answer).is_some(), "its transcript is there");
    }
    let screen = station.screen(80, 24);
    assert!(screen.lines().next().unwrap_or_default().contains("question 1/3"), "{screen}");
}

#[test]
fn switching_the_column_plays_the_other_at_once_and_each_keeps_its_position() {
    let mut station = comparing();
    station.press("space").hears(5).press("b").hears(3);
    assert_eq!(focus(&station), (1, Slot(1)));
    station.press("a");
    assert_eq!(focus(&station), (0, Slot(0)));
    assert_eq!([0, 1].map(|slot| station.app.deck.at(Slot(slot))), [Moment(5_000), Moment(3_000)]);
    let last = station.asked.iter().rev().find_map(|effect| match effect {
        Effect::Player(command) => Some(command),
        _ => None,
    });
    assert_eq!(last, Some(&Command::Switch(Slot(0))), "no pause, no new start");
    assert!(station.app.deck.playing);
    station.press("c d");
    assert_eq!(focus(&station), (0, Slot(0)), "there is no third column");
}

#[test]
fn digits_rate_the_focused_column_and_evidence_is_taken_from_it() {
    let mut station = comparing();
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    let answers: Vec<_> = compare.columns.iter().filter_map(|column| column.answer).collect();
    station.press("b").hears(3).press("4 e a").waits(2_000).press("2");
    let about: Vec<_> = station
        .acts()
        .iter()
        .filter_map(|act| match act {
            Act::Rated { answer, .. } | Act::Evidenced { answer, .. } => Some(*answer),
            _ => None,
        })
        .collect();
    assert_eq!(about, [answers[1], answers[1], answers[0]]);
    let screen = station.screen(80, 24);
    assert!(screen.contains("A .") && screen.contains("B 4"), "{screen}");
}

fn ratings(station: &Station) -> Vec<(AnswerId, String)> {
    let of = |act: &&Act| match act {
        Act::Rated { answer, criterion, .. } => Some((*answer, criterion.to_string())),
        _ => None,
    };
    station.acts().iter().filter_map(of).collect()
}

#[test]
fn a_column_begins_at_its_own_first_criterion_without_a_rating() {
    for key in ["b", "n", "tab", "N"] {
        let mut station = comparing();
        let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
        let [a, b] = [0, 1].map(|column: usize| compare.columns[column].answer.expect("an answer"));
        station.press("3 3").press(key).waits(2_000).press("4 a").waits(2_000).press("5").press(key).waits(2_000).press("2");
        let expected = [(a, "calm"), (a, "method"), (b, "calm"), (a, "record"), (b, "method")];
        assert_eq!(ratings(&station), expected.map(|(answer, criterion)| (answer, criterion.to_owned())), "{key}");
    }
}

#[test]
fn behind_a_columns_last_criterion_a_digit_changes_nothing() {
    let mut station = comparing();
    station.press("3 3 3");
    assert!(station.says().starts_with("All of A is rated."), "{}", station.says());
    station.press("4 4");
    assert!(station.says().starts_with("Not taken: "), "{}", station.says());
    assert_eq!(ratings(&station).len(), 3);
    station.press("b a 5");
    assert!(station.says().starts_with("Not taken: Stays calm"), "{}", station.says());
    station.press("k 5");
    assert_eq!(ratings(&station).len(), 4);
}

#[test]
fn a_key_that_works_on_another_screen_says_where_and_one_that_works_nowhere_is_quiet() {
    let mut station = comparing();
    station.press("S");
    assert_eq!(station.says(), "S works in Batch, Review: Seal: lock these ratings…");
    assert_eq!(station.press("c").says(), "There is no column C: x in the grid selects up to four candidates.");
    station.press("a Y");
    assert_eq!(station.says(), "");
    let mut reviewing = Station::reviewing();
    assert_eq!(reviewing.press("X").says(), "X works in Batch, Panel: Write the comparative CSV…");
}

#[test]
fn a_digit_behind_the_letter_of_a_column_that_is_not_there_rates_nobody() {
    let mut station = comparing();
    station.press("c 5");
    assert!(ratings(&station).is_empty() && station.says().contains("5 was not taken"), "{}", station.says());
    station.waits(2_000).press("5");
    assert_eq!(ratings(&station).len(), 1);
}

#[test]
fn a_digit_right_after_comparing_began_is_not_taken() {
    let mut station = Station::reviewing();
    station.press("v 4");
    assert_eq!(station.kinds(), ["acknowledged"]);
    station.waits(2_000).press("4");
    assert_eq!(station.kinds(), ["acknowledged", "rated"]);
}

#[test]
fn a_digit_right_after_a_switch_to_an_answer_that_nobody_heard_is_not_taken() {
    let mut station = comparing();
    station.press("b").waits(300).press("5");
    assert!(station.says().contains("5 was not taken") && ratings(&station).is_empty(), "{}", station.says());
    station.waits(2_000).press("5 a").waits(300).press("4");
    assert_eq!(ratings(&station).len(), 1, "nor behind the way back");
    let mut heard = comparing();
    heard.press("b").hears(3).press("a b 5");
    assert_eq!(ratings(&heard).len(), 1, "an answer that was heard is meant at once");
}

#[test]
fn of_those_selected_the_first_four_stand_side_by_side() {
    let mut station = Station::at_batch();
    station.press("x j x j x j x j x");
    assert!(station.says().contains("side by side stand the first four"), "{}", station.says());
    station.press("home v enter");
    let Screen::Compare(compare) = station.app.screen() else { panic!("not comparing") };
    assert_eq!(compare.columns.len(), 4);
    assert!(station.screen(80, 24).contains("D "));
}

#[test]
fn the_next_question_keeps_the_candidates_and_an_answer_not_given_is_said() {
    let mut station = Station::at_batch();
    let missing = station.shelf.submission(4);
    let row = station.desk().rows.iter().position(|row| *row == missing).expect("in the grid");
    let other = (0..5).find(|other| *other != row).expect("another");
    for row in [row, other] {
        station.press("home");
        (0..row).for_each(|_| _ = station.press("j"));
        station.press("x");
    }
    station.press("v enter > >");
    assert!(station.screen(80, 24).contains("No answer to this question."));
    assert_eq!(focus(&station).0, 1);
    station.press("a");
    assert_eq!(station.says(), "This candidate gave no answer to this question.");
    station.press(">");
    assert_eq!(station.says(), "This is the last question.");
}

#[test]
fn when_every_column_is_rated_the_next_question_is_named_and_no_finished_column() {
    let mut station = comparing();
    station.press("3 3 3");
    assert_eq!(station.says(), "All of A is rated. B is not yet: tab hears the next column.");
    station.press("b").waits(2_000).press("3 3 3");
    assert_eq!(station.says(), "All columns are rated. > compares the next question, g shows the grid.");
}

/// What was said of the two columns, by letters.
fn compared(station: &Station) -> Vec<(String, Outcome)> {
    let of = |act: &&Act| match act {
        Act::Compared { criterion, outcome, .. } => Some((criterion.to_string(), *outcome)),
        _ => None,
    };
    station.acts().iter().filter_map(of).collect()
}

#[test]
fn which_of_two_is_better_is_kept_for_the_criterion_in_focus_and_undone_by_one_key() {
    let mut station = comparing();
    station.press("i");
    assert_eq!(station.says(), "Stays calm and orders the work: A over B.");
    station.press("i");
    assert!(station.says().ends_with("said already; u takes it back."), "{}", station.says());
    station.press("b i j t");
    let [calm, method] = ["calm", "method"].map(str::to_owned);
    assert_eq!(compared(&station), [(calm.clone(), Outcome::A), (calm, Outcome::B), (method, Outcome::Tie)]);
    let screen = station.screen(80, 24);
    assert!(screen.contains("B>A") && screen.contains("A=B") && !screen.contains("A>B"), "{screen}");
    station.press("u u");
    let screen = station.screen(80, 24);
    assert!(screen.contains("A>B") && !screen.contains("A=B"), "what was said before stands again: {screen}");
    station.press("k i b i ctrl-x");
    assert!(station.says().contains("no longer compared"), "{}", station.says());
    assert!(!station.screen(80, 24).contains("A>B"));
}

#[test]
fn among_four_the_column_heard_before_is_the_other_one() {
    let mut station = Station::at_batch();
    station.press("x j x j x j x home v enter").waits(3_000).press("c d i");
    assert!(station.says().ends_with(": D over C."), "{}", station.says());
    station.press("a t");
    assert!(station.says().ends_with(": A and D about the same."), "{}", station.says());
    let screen = station.screen(80, 24);
    assert!(screen.contains("A=D") && !screen.contains("D>C"), "what concerns the focused one: {screen}");
}

#[test]
fn what_is_sealed_is_not_compared_and_others_comparisons_show_after_the_reveal() {
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3);
    let two = |station: &mut Station| {
        station.press("g home x j x");
        let at = |c| station.shelf.submission(c);
        let selected = vec![at(1), at(2)];
        station.app.desk.as_mut().expect("a batch is open").selected = selected;
        station.press("home left left left v").waits(3_000);
    };
    two(&mut station);
    let screen = station.screen(80, 24);
    assert!(!screen.contains("(B>A)") && !screen.contains("3 (4)"), "{screen}");
    station.seals_everything();
    two(&mut station);
    let screen = station.screen(80, 24);
    assert!(screen.contains("(B>A)") && screen.contains("3 (4)"), "{screen}");
    station.press("i");
    assert_eq!(station.says(), "A is sealed: R in the grid opens it again, with a reason.");
}

#[test]
fn columns_switch_to_the_evidence_for_the_criterion_or_to_where_they_were_left() {
    let mut station = comparing();
    station.press("space").hears(5).press("e").hears(3).press("v b");
    assert_eq!(station.says(), "B has no evidence for Stays calm and orders the work yet: heard from where it was.");
    station.press("a");
    let evidence = station.desk().mine().evidence[0].span;
    assert_eq!((station.app.deck.at(Slot(0)), station.app.deck.until), (evidence.start, Some(evidence.end)));
    assert!(station.app.deck.playing && station.screen(80, 24).contains("begin at the evidence"));
    station.press("v b").hears(4).press("a b");
    assert_eq!((station.app.deck.at(Slot(1)), station.app.deck.until), (Moment(4_000), None));
}

#[test]
fn where_reviewers_differ_both_sides_are_heard_and_what_they_agreed_on_stands_beside_both() {
    let mut station = comparing();
    station.press("!");
    assert!(station.says().contains("Others' values show when all of your own are sealed"), "{}", station.says());
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 5);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3).seals_everything();
    let all = station.desk().disagreements();
    assert!(!all.is_empty());
    station.press("!");
    let screen = station.screen(80, 24);
    assert!(screen.contains(&format!("Where reviewers differ: {} to talk about, 0 agreed on", all.len())), "{screen}");
    assert!(screen.contains("you 3, ") && screen.contains(" 5"), "{screen}");
    station.press("enter");
    let screen = station.screen(80, 24);
    assert!(screen.contains("Hear ") && screen.contains("Agree on 4"), "{screen}");
    station.press("enter");
    let Screen::Review(review) = station.app.screen() else { panic!("not at the answer") };
    assert_eq!(review.answer, all[0].answer);
    assert!(station.app.deck.playing, "{}", station.says());
    // The key that led here opens the same one again.
    station.press("!");
    let nth = |station: &Station, words: &str| {
        let Some(Overlay::Picker(picker)) = station.app.overlays.last() else { panic!("no list") };
        picker.items.iter().position(|item| item.label.as_str() == words).expect("in the list")
    };
    let four = nth(&station, "Agree on 4");
    station.press("home");
    (0..four).for_each(|_| _ = station.press("down"));
    station.press("enter").type_text("The second example counts").press("enter");
    assert!(station.says().contains("Agreed on 4; both values stay"), "{}", station.says());
    let agreed = station.acts().into_iter().filter(|act| matches!(act, Act::Reconciled { .. })).count();
    assert_eq!(agreed, 1);
    let again = station.desk().disagreements();
    assert_eq!(again.len(), all.len(), "both values stay");
    let last = again.last().expect("some");
    assert!(
        last.cell.agreed.as_ref().is_some_and(|agreed| agreed.reason.as_str() == "The second example counts"),
        "agreed ones stand last"
    );
    station.press("g P !");
    assert!(station.screen(120, 40).contains("1 agreed on"), "{}", station.screen(120, 40));
}
