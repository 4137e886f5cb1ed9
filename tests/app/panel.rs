//! The Panel screen: the ranking at once, further figures as they come, a line at those who can be met.

use earmark::app::{Effect, Event, Overlay, Page, Screen};
use earmark::panel::Statistic;

use crate::station::{Shelf, Station};

/// Mara has sealed everything, and so has a colleague; figures come when the test says so.
fn sealed() -> Station {
    let mut shelf = Shelf::new();
    shelf.colleague("Ines", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000);
    station.rates_everything(3).seals_everything();
    station.quick = false;
    station
}

/// The last asking for figures.
fn asking(station: &Station) -> Effect {
    let measure = |effect: &&Effect| matches!(effect, Effect::Measure { .. });
    station.asked.iter().rev().find(measure).expect("figures are asked for").clone()
}

fn answer(station: &mut Station, to: Effect) {
    let Effect::Measure { asked, from } = to else { panic!("an asking for figures") };
    station.happens(Event::Measured { asked, measures: Box::new(from.measures()) });
}

fn read(station: &Station) -> String {
    match station.app.overlays.last() {
        Some(Overlay::Reader(reader)) => match &reader.page {
            Page::Text(lines) => lines.iter().map(|line| line.as_str()).collect::<Vec<_>>().join("\n"),
            Page::Rubric => panic!("the rubric"),
        },
        other => panic!("nothing to read: {other:?}"),
    }
}

#[test]
fn the_ranking_is_there_before_the_figures_and_they_fill_in() {
    let mut station = sealed();
    station.press("P");
    let before = station.screen(80, 24);
    assert!(before.contains("ranked") && before.contains("being computed"), "{before}");
    let asking = asking(&station);
    answer(&mut station, asking);
    let after = station.screen(80, 24);
    assert!(after.contains("within one point"), "{after}");
    assert!(!after.contains("being computed"), "{after}");
}

#[test]
fn figures_of_an_earlier_asking_are_let_go() {
    let mut station = sealed();
    station.press("P");
    let first = asking(&station);
    station.press("c").type_text("2").press("enter");
    answer(&mut station, first);
    let Screen::Panel(panel) = station.app.screen() else { panic!("not in the panel") };
    assert!(panel.measures.is_none(), "they know nothing of the line");
    let second = asking(&station);
    answer(&mut station, second);
    let screen = station.screen(80, 24);
    assert!(screen.contains("You can meet 2:"), "{screen}");
}

#[test]
fn a_key_turns_to_further_figures_and_another_shows_what_they_rest_on() {
    let mut station = sealed();
    station.quick = true;
    station.press("P");
    for wanted in ["beside the others", "Whether reviewers agree", "Who is severe or lenient", "How each criterion works"] {
        station.press("tab");
        let screen = station.screen(80, 24);
        assert!(screen.contains(wanted), "{wanted}: {screen}");
    }
    station.press("backtab backtab i");
    let figures = read(&station);
    assert!(figures.contains("alpha, ordinal") && figures.contains("n = "), "{figures}");
}

#[test]
fn how_one_used_the_scale_shows_after_the_seal_and_to_nobody_else() {
    let mut station = sealed();
    station.quick = true;
    station.press("P y");
    let told = read(&station);
    assert!(told.contains("For you alone"), "{told}");
    assert!(!told.contains("Ines"), "{told}");

    let mut early = Station::reviewing();
    early.press("g P y");
    assert!(early.says().contains("once all of your batch is sealed"), "{}", early.says());
}

#[test]
fn what_is_no_number_draws_no_line_and_none_takes_it_away() {
    let mut station = sealed();
    station.quick = true;
    station.press("P c").type_text("six").press("enter");
    assert!(station.says().contains("no number"), "{}", station.says());
    station.press("c").type_text("2").press("enter");
    assert!(station.screen(80, 24).contains("You can meet 2:"));
    station.press("c backspace").type_text("0").press("enter");
    let screen = station.screen(80, 24);
    assert!(!screen.contains("You can meet"), "{screen}");
}

#[test]
fn a_line_of_which_nothing_can_be_said_says_that_and_why() {
    let mut station = Station::reviewing();
    station.rates_everything(3).seals_everything().press("P c").type_text("2").press("enter");
    let why = "How sure these ranks are cannot be said: one reviewer alone rated.";
    let says = station.says().to_owned();
    assert!(says.starts_with("Who is within the first 2 cannot be said. ") && says.ends_with(why), "{says}");
    let shown: String = station.screen(80, 24).lines().map(|row| format!("{} ", row.trim())).collect();
    assert!(shown.contains(&says), "{says}\n{shown}");
    station.press("c backspace").type_text("0").press("enter");
    assert_eq!(station.says(), "There is no cut line now.");
}

#[test]
fn the_total_is_read_beside_its_bar_in_every_width() {
    let mut station = sealed();
    station.press("P");
    let Screen::Panel(panel) = station.app.screen() else { panic!("not in the panel") };
    let Statistic::Known(total) = &panel.analysis.ranking[0].total else { panic!("no total") };
    let total = earmark::panel::words::rounded(total.value, panel.analysis.digits());
    for width in [60, 80, 99, 100, 120, 200] {
        let screen = station.screen(width, 40);
        let head = screen.lines().position(|row| row.contains("Rank") && row.contains("Total")).expect("the ranking has a head");
        let first = screen.lines().nth(head + 1).unwrap_or_default();
        assert!(first.contains(&total), "{width}: {total}\n{screen}");
    }
}

#[test]
fn who_is_above_the_line_is_said_at_once_by_the_ranges_that_stand_there() {
    let mut station = sealed();
    station.press("P c").type_text("2").press("enter");
    let at_once = station.screen(120, 40);
    assert!(at_once.contains("You can meet 2: 0 surely among them, 3 cannot be told apart"), "{at_once}");
    assert!(at_once.lines().any(|row| row.contains("1 to 3") && row.contains("may be")), "{at_once}");
    assert!(at_once.lines().any(|row| row.contains("4") && row.contains("below")), "{at_once}");
    let asking = asking(&station);
    answer(&mut station, asking);
    let then = station.screen(120, 40);
    let rows = |screen: &str, word: &str| screen.lines().filter(|row| row.contains(word)).count();
    assert_eq!(rows(&at_once, "may be"), rows(&then, "may be"), "what is computed later moves nobody: {then}");
}
