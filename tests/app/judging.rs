//! Ratings, evidence, notes, undo: what a key does to the journal and to the screen.

use earmark::app::{Event, Screen};
use earmark::interview::Moment;
use earmark::journal::Act;
use earmark::rubric::{Observed, Point};

use crate::station::{Shelf, Station, Writing};

/// The row of a criterion in the rubric pane.
fn row(station: &mut Station, name: &str) -> String {
    let screen = station.screen(80, 24);
    let found = screen.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no row for {name}:\n{screen}"));
    found.trim_end_matches(['┃', '│', ' ']).to_owned()
}

fn rated(station: &Station) -> Vec<(String, Observed)> {
    let of = |act: &&Act| match act {
        Act::Rated { criterion, observed, .. } => Some((criterion.to_string(), *observed)),
        _ => None,
    };
    station.acts().iter().filter_map(of).collect()
}

fn point(value: i16) -> Observed {
    Observed::Point(Point::whole(value))
}

#[test]
fn a_digit_rates_the_focused_criterion_and_is_pending_until_it_is_saved() {
    let mut station = Station::reviewing();
    station.writing = Writing::OnDemand;
    station.press("4");
    assert_eq!(rated(&station), [("calm".to_owned(), point(4))]);
    assert!(row(&mut station, "Stays calm").ends_with("4 ◌"));
    assert!(station.screen(80, 24).lines().next().unwrap_or_default().ends_with("◌ saving"));
    station.saves();
    assert!(row(&mut station, "Stays calm").ends_with("4 ●"));
    assert!(station.screen(80, 24).lines().next().unwrap_or_default().ends_with("● saved"));
}

#[test]
fn one_digit_after_the_other_rates_one_criterion_after_the_other() {
    let mut station = Station::reviewing();
    station.press("4 2 k k 5");
    let given: Vec<_> = rated(&station).into_iter().collect();
    assert_eq!(given, [("calm".into(), point(4)), ("method".into(), point(2)), ("calm".into(), point(5))]);
    assert_eq!(station.desk().rated(station.answer()), (2, 3));
}

#[test]
fn digits_are_not_taken_in_the_first_two_seconds_of_an_answer() {
    let mut station = Station::reviewing();
    station.press("n").waits(1_999).press("4");
    assert_eq!(rated(&station), []);
    assert!(station.says().contains("has just begun"), "{}", station.says());
    station.waits(1).press("4");
    assert_eq!(rated(&station).len(), 1);
}

#[test]
fn zero_is_not_observed_and_f_is_a_fault_of_the_recording() {
    let mut station = Station::reviewing();
    station.press("0 F");
    let given: Vec<_> = rated(&station).into_iter().map(|(_, observed)| observed).collect();
    assert_eq!(given, [Observed::NotObserved, Observed::TechnicalFault]);
    assert!(row(&mut station, "Stays calm").ends_with("n/o ●"));
    assert!(row(&mut station, "Finds the cause").ends_with("fault ●"));
}

#[test]
fn a_point_off_the_scale_is_refused_and_nothing_is_written() {
    let mut station = Station::reviewing();
    station.press("6 9");
    assert_eq!(rated(&station), []);
    assert_eq!(station.says(), "9 is not on the scale of 1 to 5.");
}

#[test]
fn half_a_point_belongs_to_the_rating_just_given_and_not_above_the_scale() {
    let mut station = Station::reviewing();
    station.press("3 +");
    assert_eq!(rated(&station).last(), Some(&("calm".into(), Observed::Point(Point::halves(7)))));
    assert!(row(&mut station, "Stays calm").ends_with("3.5 ●"));
    station.press("4");
    assert_eq!(rated(&station).last(), Some(&("method".into(), point(4))), "the next digit rates the second criterion");
    station.press("k");
    let before = station.acts().len();
    station.press("5 +");
    assert_eq!(station.acts().len(), before + 1, "the five alone: {:?}", station.acts().last());
}

#[test]
fn a_rating_that_could_not_be_written_disappears_and_the_screen_says_so() {
    let mut station = Station::reviewing();
    station.writing = Writing::OnDemand;
    station.press("4").loses("the disk is full");
    assert!(row(&mut station, "Stays calm").ends_with('·'));
    assert!(station.screen(80, 24).ends_with("✗ Not saved: the disk is full"));
    assert!(!station.desk().has_pending());
    assert_eq!(station.desk().rated(station.answer()), (0, 3));
}

#[test]
fn x_takes_a_rating_back() {
    let mut station = Station::reviewing();
    station.press("4 k x");
    assert_eq!(station.kinds(), ["acknowledged", "rated", "cleared"]);
    assert!(row(&mut station, "Stays calm").ends_with('·'));
    station.press("x");
    assert_eq!(station.says(), "There is no rating to take back.");
}

#[test]
fn evidence_is_the_last_spoken_sentence_with_its_quote_for_the_focused_criterion() {
    let mut station = Station::reviewing();
    // The first sentence ends before four seconds; the second is well begun at six.
    station.hears(6).press("j e");
    let Some(Act::Evidenced { criteria, span, quote, .. }) = station.acts().last().copied() else { panic!("no evidence") };
    assert_eq!(criteria, &["method".parse().expect("a slug")]);
    assert_eq!(quote.as_str(), "I lit the spare by hand before anything else.");
    assert!(span.start > Moment(3_000) && span.end < Moment(8_000), "{span:?}");
    assert_eq!(station.says(), "Evidence for Finds the cause: “I lit the spare by hand before anything else.”");
    assert!(row(&mut station, "Finds the cause").contains("❝1"));
}

#[test]
fn evidence_is_heard_alone_and_stops_at_its_end() {
    let mut station = Station::reviewing();
    station.hears(6).press("e").hears(8).press("E");
    let marked = station.desk().my_evidence(station.answer(), &"calm".parse().expect("a slug"))[0].span;
    assert_eq!(station.app.deck.at(station.app.deck.active), marked.start);
    station.hears(5);
    assert!(!station.app.deck.playing);
    assert_eq!(station.says(), "");
}

#[test]
fn a_note_keeps_its_moment_and_playing_waits() {
    let mut station = Station::reviewing();
    station.hears(6).press("m");
    assert!(!station.app.deck.playing);
    station.type_text("Asks for light first?").press("enter");
    let Some(Act::Noted { at, text, .. }) = station.acts().last().copied() else { panic!("no note") };
    assert_eq!((*at, text.as_str()), (Some(Moment(6_000)), "Asks for light first?"));
    assert!(station.press("tab tab").screen(80, 24).contains("0:06 ✎ Asks for light first?"));
}

#[test]
fn a_crash_leaves_the_draft_in_the_field_and_finishing_or_leaving_forgets_it() {
    let mut station = Station::reviewing();
    station.press("m").type_text("half a thou");
    station.happens(Event::Rested).happens(Event::Rested);
    assert_eq!(station.kinds(), ["acknowledged", "drafted"], "a rest without a change writes nothing");

    let mut again = station.again();
    again.press("enter o m");
    assert!(again.screen(80, 24).contains("half a thou"));
    again.type_text("ght").press("enter");
    assert_eq!(again.kinds(), ["noted"]);
    let mut third = again.again();
    third.press("enter o m");
    assert!(!third.screen(80, 24).contains("half a thou"));

    let mut left = station.again();
    left.press("enter o m esc m");
    assert!(!left.screen(80, 24).contains("half a thou"), "what was left is gone");
}

#[test]
fn what_was_typed_and_drafted_in_this_field_goes_when_it_is_left() {
    let mut station = Station::reviewing();
    station.press("m").type_text("no");
    station.happens(Event::Rested).press("esc m");
    assert!(!station.screen(80, 24).contains("> no"));
    assert!(station.desk().mine().drafts.values().all(|text| text.is_empty()), "{:?}", station.desk().mine().drafts);
}

#[test]
fn undo_takes_back_the_last_judging_act_and_redo_brings_it_back() {
    let mut station = Station::reviewing();
    station.press("4 2").hears(3).press("u");
    assert_eq!(station.desk().rated(station.answer()), (1, 3), "what was heard is not undone");
    assert_eq!(station.says(), "Undone: a rating. Ctrl-R brings it back.");
    station.press("u");
    assert_eq!(station.desk().rated(station.answer()), (0, 3));
    station.press("u");
    assert_eq!(station.says(), "There is nothing to undo that is not sealed.");
    station.press("ctrl-r ctrl-r");
    assert_eq!(station.desk().rated(station.answer()), (2, 3));
    station.press("ctrl-r");
    assert_eq!(station.says(), "There is nothing to bring back.");
}

#[test]
fn undo_brings_back_the_value_before() {
    let mut station = Station::reviewing();
    station.press("4 k 2 u");
    assert!(row(&mut station, "Stays calm").ends_with("4 ●"));
}

#[test]
fn undo_and_redo_work_across_a_restart() {
    let mut station = Station::reviewing();
    station.press("4 2 u");
    let answer = station.answer();
    let mut again = station.again();
    again.press("enter ctrl-r");
    assert_eq!(again.desk().rated(answer), (2, 3));
    again.press("u u");
    assert_eq!(again.desk().rated(answer), (0, 3));
}

#[test]
fn after_a_new_rating_nothing_is_brought_back() {
    let mut station = Station::reviewing();
    station.press("4 u 3 ctrl-r");
    assert_eq!(station.says(), "There is nothing to bring back.");
    assert!(row(&mut station, "Stays calm").ends_with("3 ●"));
}

#[test]
fn without_a_rubric_an_answer_is_heard_and_not_rated() {
    let mut station = Station::of("Mara", Shelf::without_rubric(), |_| {});
    station.press("enter o").waits(3_000).hears(5).press("4 e m S F 0");
    assert_eq!(station.kinds(), [""; 0]);
    assert!(station.says().contains("No rubric is attached"), "{}", station.says());
    assert!(station.screen(80, 24).contains("No rubric is attached: this batch"));
    assert!(matches!(station.app.screen(), Screen::Review(_)));
}

#[test]
fn a_recommendation_and_must_haves_are_about_the_candidate() {
    let mut station = Station::reviewing();
    station.press("O j j j enter M enter");
    assert_eq!(station.kinds(), ["acknowledged", "recommended", "must_have"]);
    let drafts: Vec<_> = station.shelf.events.iter().filter(|event| event.header.author == station.app.me.id).collect();
    let of_person = |kind: &str| drafts.iter().find(|event| event.header.kind == kind).and_then(|event| event.header.subject);
    assert!(of_person("recommended").is_some() && of_person("must_have").is_some(), "kept under the candidate's key");
}

#[test]
fn a_changed_rating_asks_why_where_the_protocol_does_and_keeps_the_reason() {
    let mut shelf = Shelf::new();
    if let Some(rubric) = &mut shelf.rubric {
        rubric.protocol.change_reason_always = true;
    }
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).press("4 k 4");
    assert!(station.app.overlays.is_empty(), "a first value and the same one need no reason");
    station.press("k 2 esc");
    assert!(!rated(&station).contains(&("calm".into(), point(2))), "leaving changes nothing");
    station.press("2").type_text("I misheard the hour").press("enter");
    let Some(Act::Rated { criterion, observed, reason, .. }) = station.acts().last().copied() else { panic!("nothing") };
    assert_eq!((criterion.as_str(), *observed), ("calm", point(2)));
    assert_eq!(reason.as_ref().map(|reason| reason.as_str()), Some("I misheard the hour"));
}
