//! Skimming: facts in time before the reveal, passages that matter after it; what is skipped over is not heard.

use std::ops::Range;

use earmark::interview::Moment;
use earmark::journal::Act;

use super::finding::looking_rubric;
use crate::station::Station;

fn at(station: &Station) -> Moment {
    station.app.deck.at(station.app.deck.active)
}

#[test]
fn before_the_reveal_a_key_walks_through_sentences_and_hits_in_the_order_of_time() {
    let mut station = Station::of("Mara", looking_rubric(true), |_| {});
    station.press("enter o enter");
    let word = |nth: u32| Moment(1_000 + 400 * nth);
    for (place, nth, what) in [
        (0, 1, "a sentence begins"),
        (6, 2, "a sentence begins"),
        (15, 3, "a sentence begins"),
        (17, 4, "the rubric's words for Finds the cause"),
        (21, 5, "a sentence begins"),
        (22, 6, "the rubric's words for Finds the cause"),
        // Another form of a word that the rubric looks for.
        (29, 7, "the rubric's words for Finds the cause"),
        (30, 8, "a sentence begins"),
    ] {
        station.press(";");
        assert!(station.says().starts_with(&format!("{nth} of 8 · {what}")), "{}", station.says());
        assert_eq!(at(&station), word(place));
    }
    station.press(";");
    assert_eq!((station.says(), at(&station)), ("That was the last place to skim to.", word(30)));
    station.press("' ' '");
    assert_eq!(at(&station), word(21));
    // The words of the place are lit, and nothing says that a machine chose anything.
    assert_eq!(station.app.lit(station.answer()), vec![Range { start: 21, end: 30 }]);
    assert!(!station.kinds().iter().any(|kind| kind == "shown"));
}

#[test]
fn where_the_protocol_lights_no_words_only_sentences_are_walked_through() {
    let mut station = Station::of("Mara", looking_rubric(false), |_| {});
    station.press("enter o enter ;");
    assert!(station.says().starts_with("1 of 5 · a sentence begins"), "{}", station.says());
}

#[test]
fn what_is_skimmed_over_is_not_heard() {
    let mut station = Station::of("Mara", looking_rubric(true), |_| {});
    station.press("enter o enter").hears(2);
    let before = station.desk().mine().heard.clone();
    station.press("; ; ; ; ; ;");
    assert_eq!(station.desk().mine().heard, before);
}

#[test]
fn after_the_reveal_the_key_leads_to_what_matters_for_the_criterion_and_the_journal_says_so_once() {
    let mut station = Station::of("Mara", looking_rubric(true), |_| {});
    station.press("enter o enter").rates_everything(3).seals_everything();
    station.press("left left left home enter j ;");
    assert!(
        station.says().starts_with("1 of 2 · a machine's choice for Finds the cause: 1 thing to look for"),
        "{}",
        station.says()
    );
    let shown =
        |station: &Station| station.acts().iter().filter(|act| matches!(act, Act::Shown { statement: Some(_), .. })).count();
    assert_eq!(shown(&station), 1);
    station.press(";");
    assert!(station.says().starts_with("2 of 2"), "{}", station.says());
    station.press(";");
    assert_eq!(station.says(), "That was the last place to skim to.");
    assert_eq!(shown(&station), 1, "the same words are not seen for the first time again");
    station.press("k ;");
    assert_eq!(station.says(), "No passage speaks of this criterion in the rubric's words.");
}
