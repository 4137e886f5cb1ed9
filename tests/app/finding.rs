//! Finding: in the answer on screen, in the whole batch, the rubric's own words; and the snippet for a chat.

use std::sync::Arc;

use earmark::app::{Effect, Event, Here, Overlay, Screen};
use earmark::interview::Moment;
use earmark::journal::{Act, Subject};
use ratatui::style::Style;

use crate::station::{Shelf, Station, batch, paper};

/// Mara at the first answer, with a phrase looked for in it.
fn looking_for(phrase: &str) -> Station {
    let mut station = Station::reviewing();
    station.press("/").type_text(phrase).press("enter");
    station
}

fn at(station: &Station) -> Moment {
    station.app.deck.at(station.app.deck.active)
}

/// How the first letter of some words looks on a wide screen.
fn style(station: &mut Station, said: &str) -> Style {
    let buffer = station.buffer(200, 50);
    let rows = paper::rows(&buffer);
    let (y, row) = rows.iter().enumerate().find(|(_, row)| row.contains(said)).expect("it is on screen");
    let x = row[..row.find(said).expect("found above")].chars().count() as u16;
    buffer[(x, y as u16)].style()
}

#[test]
fn a_slash_lights_what_is_typed_and_enter_goes_to_it_and_plays_on() {
    let mut station = Station::reviewing();
    let plain = style(&mut station, "spare by");
    assert!(station.app.deck.playing);
    station.press("/").type_text("spa");
    assert!(!station.app.deck.playing, "playing waits while one types");
    assert!(station.screen(80, 24).contains("1 place · Enter goes there"), "{}", station.screen(80, 24));
    assert_ne!(style(&mut station, "spare by"), plain, "the beginning of a word is lit");
    station.type_text("res").press("enter");
    assert!(station.app.deck.playing);
    assert_eq!(at(&station), Moment(1_000 + 400 * 9), "the ear is at the ninth word, whose other form was typed");
    assert_eq!(station.says(), "1 of 1: “spares” · n next · N previous · Esc ends");
}

#[test]
fn n_and_capital_n_go_from_place_to_place_until_esc_and_then_from_answer_to_answer_again() {
    let mut station = looking_for("the");
    let answer = station.answer();
    let (first, count) = (at(&station), station.app.lit(answer).len());
    assert!(count > 3);
    station.press("n");
    assert!(at(&station) > first && station.says().starts_with("2 of"), "{}", station.says());
    station.press("N N");
    assert!(station.says().starts_with(&format!("{count} of {count}")), "{}", station.says());
    station.press("esc");
    assert!(station.app.lit(answer).is_empty());
    assert_eq!(station.answer(), answer, "Esc ends the search and leaves nothing else");
    station.press("n");
    assert_ne!(station.answer(), answer);
}

#[test]
fn what_is_not_said_here_is_told_and_leaves_nothing_lit() {
    let mut station = looking_for("zeppelin");
    assert_eq!(station.says(), "“zeppelin” is not said in this answer. W looks in all answers.");
    let answer = station.answer();
    station.press("n");
    assert_ne!(station.answer(), answer, "n means the next answer");
}

#[test]
fn a_written_answer_is_searched_too() {
    let shelf = Shelf::new();
    let written = shelf.answer(3, 3);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter W").type_text("windows").press("enter").press("enter");
    assert_eq!(station.answer(), written);
    assert_eq!(station.app.lit(written).len(), 1);
    let (lit, plain) = (style(&mut station, "windows."), style(&mut station, "Each one turns"));
    assert_ne!(lit, plain);
}

/// What the concordance has found.
fn found(station: &Station) -> usize {
    match station.app.overlays.last() {
        Some(Overlay::Concordance(open)) => open.found.hits.len(),
        other => panic!("the concordance is not open: {other:?}"),
    }
}

#[test]
fn the_concordance_answers_while_typing_and_enter_plays_from_the_moment() {
    let mut station = Station::at_batch();
    station.press("/").type_text("spare");
    assert_eq!(found(&station), 5, "each candidate lit the spare");
    let screen = station.screen(80, 24);
    assert!(screen.contains("5 places in 5 answers") && screen.contains("1. Tell us about a night"), "{screen}");
    station.type_text("s");
    assert_eq!(found(&station), 5, "other forms of the word are found");
    station.press("down").press("enter");
    // The rubric is read before the first answer plays.
    station.press("enter");
    let second = station.desk().plan.steps[1].answer;
    assert_eq!(station.answer(), second, "hits stand in the reviewer's own order");
    assert_eq!(at(&station), Moment(1_000 + 400 * 8 + 400));
    assert!(station.app.deck.playing);
    assert_eq!(station.app.lit_at(second), Some(9..10));
    station.press("esc W");
    assert_eq!(found(&station), 5, "it opens as it was left");
    station.press("enter");
    assert_eq!(station.answer(), second, "at the same hit");
}

#[test]
fn what_is_found_is_the_same_words_as_lists_take_and_esc_leaves_it() {
    let mut station = Station::at_batch();
    station.press("W").type_text("harbour").press("pgdn pgup down up");
    assert!(found(&station) > 5);
    station.press("esc");
    assert!(station.app.overlays.is_empty());
    assert!(matches!(station.app.screen(), Screen::Batch(_)));
    station.press("W ctrl-u").type_text("zeppelin").press("enter");
    assert_eq!(station.says(), "There is nothing to open: nobody said that.");
}

/// Ottoline says her name, and Mara's colleagues hear it.
fn naming() -> Shelf {
    let mut shelf = Shelf::new();
    let said = batch::spoken("I am Ottoline and I trim the lamp. Call +44 20 7946 0958 now.");
    shelf
        .said
        .insert(shelf.answer(1, 1), Here { transcript: Some(Arc::new(said)), peaks: Arc::from([9; 2_000]), ..Here::default() });
    shelf
}

#[test]
fn a_hidden_name_finds_nothing_until_it_is_revealed_and_nothing_again_after_that_is_undone() {
    let mut station = Station::of("Mara", naming(), |_| {});
    let count = |station: &mut Station, phrase: &str| {
        station.press("W ctrl-u").type_text(phrase);
        let count = found(station);
        station.press("esc");
        count
    };
    station.press("enter");
    for probe in ["Ottoline", "ottol", "am and", "7946", "Call now", "[name]", "name"] {
        assert_eq!(count(&mut station, probe), 0, "{probe}");
    }
    assert_eq!(count(&mut station, "I trim"), 1);
    let submission = station.shelf.submission(1);
    while station.desk().rows[row(&station)] != submission {
        station.press("j");
    }
    station.press("I j enter esc");
    assert!(matches!(station.acts().last(), Some(Act::Revealed { what: Subject::Name(_), .. })));
    assert_eq!(count(&mut station, "Ottoline"), 1);
    station.press("u");
    assert_eq!(count(&mut station, "Ottoline"), 1, "who has seen a name has seen it");
}

fn row(station: &Station) -> usize {
    match station.app.screen() {
        Screen::Batch(grid) => grid.row,
        other => panic!("in {}", other.place().name()),
    }
}

/// A rubric that looks for words, and may or may not light them.
pub(super) fn looking_rubric(allowed: bool) -> Shelf {
    let mut shelf = Shelf::without_rubric();
    let words = "id = \"method\"\n  look_for = [{ text = \"a cause\", words = [\"looked for\", \"VALVE\", \"stops\"] }]";
    let policy = format!("preset = \"standard\"\nliteral_hits = {allowed}");
    let toml = batch::RUBRIC.replacen("id = \"method\"", words, 1).replacen("preset = \"standard\"", &policy, 1);
    shelf.attach(batch::rubric(&toml), Vec::new());
    shelf
}

#[test]
fn the_rubrics_words_are_lit_by_a_key_in_any_of_their_forms_as_they_are_counted() {
    let mut station = Station::of("Mara", looking_rubric(true), |_| {});
    station.press("enter o enter");
    let plain = style(&mut station, "valve was");
    station.press("K");
    assert_eq!(station.says(), "The rubric's words are lit, in any of their forms: 3 places in this answer.");
    let lit = style(&mut station, "valve was");
    assert_ne!(lit, plain);
    assert_ne!(lit.add_modifier, plain.add_modifier, "also without colour");
    assert_eq!(style(&mut station, "stopped."), lit, "another form is a hit, as in the facts and in skimming");
    station.press("K");
    assert_eq!(style(&mut station, "valve was"), plain);
    assert_eq!(style(&mut station, "stopped."), plain);
}

#[test]
fn where_the_protocol_forbids_it_no_word_of_the_rubric_is_lit_before_the_reveal() {
    let mut station = Station::of("Mara", looking_rubric(false), |_| {});
    station.press("enter o enter");
    let plain = style(&mut station, "valve was");
    station.press("K");
    assert!(station.says().starts_with("The protocol of this batch lights no words"), "{}", station.says());
    assert_eq!(style(&mut station, "valve was"), plain);
}

/// What was put on the clipboard last.
fn copied(station: &Station) -> String {
    let copied = station.asked.iter().rev().find_map(|effect| match effect {
        Effect::Copy(text) => Some(text.as_str().to_owned()),
        _ => None,
    });
    copied.expect("something was copied")
}

#[test]
fn y_copies_pseudonym_score_quote_and_moment_and_says_so() {
    let mut station = Station::reviewing();
    let name = station.desk().called(station.desk().rows[0]);
    station.hears(9).press("4 e k y");
    let snippet = copied(&station);
    assert!(snippet.starts_with(&format!("{name} · question 1 · Stays calm and orders the work 4 of 5 · “")), "{snippet}");
    assert!(snippet.contains("” · at 0:0"), "{snippet}");
    assert!(!snippet.contains("rank"), "no rank before the reveal: {snippet}");
    assert_eq!(station.says(), format!("Given to the terminal's clipboard: {snippet}"));
}

#[test]
fn a_snippet_names_nobody_even_who_knows_the_name_and_has_the_rank_once_all_is_shown() {
    let mut shelf = naming();
    shelf.colleague("Ivo", 3);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000);
    station.rates_everything(4).seals_everything().press("o").waits(3_000);
    let answer = station.shelf.answer(1, 1);
    while station.answer() != answer {
        station.press("n").waits(3_000);
    }
    station.press("I j enter esc").hears(3).press("y");
    let snippet = copied(&station);
    assert!(snippet.contains("rank ") && snippet.contains(" of "), "{snippet}");
    let range = snippet.split("rank ").nth(1).and_then(|rest| rest.split_once('(')).map(|(_, rest)| rest);
    assert!(
        range.is_some_and(|range| range.contains(" to ") || range.starts_with("no range: ")),
        "no rank without how sure it is: {snippet}"
    );
    assert!(snippet.contains("“I am [name] and I trim the lamp.”"), "{snippet}");
    assert!(!snippet.contains("Ottoline") && !snippet.contains("Farrow"), "{snippet}");
}

#[test]
fn what_another_batch_had_read_is_not_taken_in() {
    let mut station = Station::at_batch();
    let other = earmark::interview::BatchId::derive(&["another"]);
    let Event::Indexed(part) = station.shelf.index(other, station.desk().to_index()) else { panic!("it is read") };
    let before = station.desk().indexing();
    station.happens(Event::Indexed(part));
    assert_eq!(station.desk().indexing(), before);
}
