//! Ratings, notes, undo: what a key does to the journal and to the screen.

use std::collections::BTreeSet;

use earmark::app::{Effect, Event, Overlay, Screen};
use earmark::interview::{Moment, Status};
use earmark::journal::{Act, Scope};
use earmark::rubric::{Observed, Point};
use earmark::text::SafeText;

use crate::station::{Shelf, Station, Writing, batch};

/// The row of a criterion in the rubric pane.
pub(super) fn row(station: &mut Station, name: &str) -> String {
    let screen = station.screen(80, 24);
    let found = screen.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no row for {name}:\n{screen}"));
    found.trim_end_matches(['┃', '│', ' ']).to_owned()
}

pub(super) fn rated(station: &Station) -> Vec<(String, Observed)> {
    let of = |act: &&Act| match act {
        Act::Rated { criterion, observed, .. } => Some((criterion.to_string(), *observed)),
        _ => None,
    };
    station.acts().iter().filter_map(of).collect()
}

pub(super) fn point(value: i16) -> Observed {
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
    station.waits(1_000).press("4");
    assert_eq!(rated(&station).len(), 1);
    station.press("n").waits(100).press("4").waits(1_000).press("4");
    assert_eq!(rated(&station).len(), 2, "a second after it was said, it is meant");
}

#[test]
fn a_run_of_digits_typed_for_the_answer_before_is_dropped_whole_and_said() {
    let mut station = Station::reviewing();
    station.press("n").waits(1_800).press("4").waits(400).press("2").waits(400).press("5");
    assert_eq!(rated(&station), [], "no digit of the run goes to the first criterion");
    assert!(station.screen(80, 24).ends_with("✗ 5 was not taken: this answer has just begun. Wait two seconds."));
    station.press("j 5 4");
    let given = [("method".into(), point(5)), ("record".into(), point(4))];
    assert_eq!(rated(&station), given, "who moves the cursor means this answer");
    station.press("n k 2 3");
    assert_eq!(rated(&station).len(), 4, "also in its first moments");
}

#[test]
fn in_an_answers_first_moments_what_is_refused_anyway_is_refused_for_its_own_reason() {
    let mut station = Station::reviewing();
    station.press("n 9");
    assert_eq!(station.says(), "9 is not on the scale of 1 to 5.");
    station.waits(3_000).press("3 3 3 3 3 3 N n 4");
    assert!(station.says().contains("is rated 3"), "{}", station.says());
    station.press("N").rates_everything(3).press("S j enter n N 4");
    assert_eq!(station.says(), "This is sealed; R opens it again, with a reason.");
}

#[test]
fn a_digit_behind_the_last_criterion_changes_nothing_and_says_so() {
    let mut station = Station::reviewing();
    station.press("4 3 2");
    assert!(station.says().starts_with("All is rated here."), "{}", station.says());
    station.press("5");
    assert_eq!(rated(&station).len(), 3);
    assert!(station.says().starts_with("Not taken: Leaves a record"), "{}", station.says());
    station.press("k j 5");
    assert_eq!(rated(&station).last(), Some(&("record".into(), point(5))), "chosen by hand, it is changed");
}

#[test]
fn the_cursor_begins_and_goes_on_where_a_rating_is_missing() {
    let mut station = Station::reviewing();
    station.press("j 2 k k 4");
    assert_eq!(station.press("5").says(), "All is rated here. Leaves a record for the nex… needs evidence: j or k to it, then e.");
    let given = [("method".into(), point(2)), ("calm".into(), point(4)), ("record".into(), point(5))];
    assert_eq!(rated(&station), given, "the one between was rated already");
    station.press("n").waits(3_000).press("3 n N").waits(3_000).press("1");
    assert_eq!(rated(&station).last(), Some(&("method".into(), point(1))), "the first one not rated");
}

#[test]
fn what_was_skipped_is_named_behind_the_last_criterion() {
    let mut station = Station::reviewing();
    station.press("j 2 2");
    assert_eq!(station.says(), "Still to rate: Stays calm and orders the work.");
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
fn what_cannot_be_written_for_now_stays_on_screen_when_the_batch_is_left_and_opened_again() {
    let mut station = Station::reviewing();
    station.writing = Writing::OnDemand;
    station.press("4").happens(Event::HeldUp { why: SafeText::line("the disk is full") });
    let answer = station.answer();
    station.press("q q");
    assert!(matches!(station.app.screen(), Screen::Batches));
    assert!(
        station.screen(80, 24).lines().next().is_some_and(|title| title.ends_with("✗ not saved")),
        "also where no batch is open"
    );
    station.press("enter");
    assert_eq!(station.desk().rated(answer).0, 1, "what waits is laid on the desk again");
    assert!(station.screen(80, 24).lines().next().is_some_and(|title| title.contains("✗ not saved")));
    station.saves();
    assert_eq!(station.desk().rated(answer).0, 1);
    assert_eq!(station.says(), "Everything is saved again.");
    assert!(station.screen(80, 24).lines().next().is_some_and(|title| title.contains("● saved")));
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
    let Some(Overlay::Field(field)) = third.app.overlays.last() else { panic!("no field") };
    assert_eq!(field.initial, "");

    let mut left = station.again();
    left.press("enter o m esc m");
    assert!(left.screen(80, 24).contains("half a thou"), "to leave loses nothing");
    left.press("ctrl-u enter");
    assert!(left.desk().mine().drafts.is_empty(), "what is emptied is gone");
}

#[test]
fn nothing_typed_is_lost_by_esc_or_ctrl_c() {
    for (key, leaves) in [("m", "esc"), ("m", "ctrl-c"), ("p", "esc"), ("p", "ctrl-c")] {
        let mut station = Station::reviewing();
        station.press(key);
        assert!(station.screen(80, 24).contains("Esc keeps a draft"), "the title says so");
        station.type_text("seen").press(leaves);
        assert_eq!(station.kinds(), ["acknowledged", "drafted"], "{key} {leaves}");
        assert_eq!(station.asked.contains(&Effect::Quit), leaves == "ctrl-c");
        let mut again = station.again();
        again.press("enter o").press(key);
        assert!(again.screen(80, 24).contains("seen"), "{key} {leaves}");
    }
}

#[test]
fn a_reason_that_was_begun_is_there_again() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S j enter R").type_text("Misheard").press("esc");
    assert!(station.says().contains("kept as a draft"), "{}", station.says());
    station.press("R").type_text(" it").press("enter");
    let Some(Act::Drafted { text, .. }) = station.acts().last().copied() else { panic!("the draft is not taken away") };
    assert!(text.is_empty());
    let reason = station.acts().into_iter().rev().find_map(|act| match act {
        Act::Reopened { reason, .. } => Some(reason.as_str().to_owned()),
        _ => None,
    });
    assert_eq!(reason.as_deref(), Some("Misheard it"));
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
fn what_was_undone_before_a_seal_is_not_brought_back_into_it() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("m").type_text("plain words").press("enter u");
    assert!(station.says().starts_with("Undone: a note"), "{}", station.says());
    station.press("S j enter");
    assert_eq!(station.kinds().last().map(String::as_str), Some("sealed"));
    station.press("ctrl-r");
    assert_eq!(station.says(), "There is nothing to bring back.");
    assert_eq!(station.kinds().last().map(String::as_str), Some("sealed"));
}

#[test]
fn what_was_judged_since_ends_the_bringing_back_also_when_it_is_sealed_meanwhile() {
    let mut station = Station::reviewing();
    let (first, last) = (station.answer(), station.shelf.answer(2, 3));
    station.rates_everything(3);
    while station.answer() != last {
        station.press("n");
    }
    station.press("m").type_text("to be taken back").press("enter u");
    while station.answer() != first {
        station.press("N");
    }
    station.press("m").type_text("a later one").press("enter S j enter ctrl-r");
    assert_eq!(station.says(), "There is nothing to bring back.");
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
    station.press("enter");
    assert!(station.press("x").screen(80, 24).lines().last().unwrap_or_default().starts_with("A attach a rubric"));
    station.press("o").waits(3_000).hears(5);
    for key in ["4", "e", "S", "F", "0", "+", "x", "O"] {
        station.press(key);
        assert!(
            station.says().contains("o rubric is attached") && station.says().contains("A attaches"),
            "{key}: {}",
            station.says()
        );
    }
    assert_eq!(station.kinds(), [""; 0]);
    let screen = station.press("f").press("f space space tab").screen(80, 24);
    assert!(screen.contains("No rubric is attached: A attaches"), "{screen}");
    assert!(screen.ends_with("? keys") && screen.contains("A attach a rubric"), "{screen}");
    assert!(matches!(station.app.screen(), Screen::Review(_)));
    assert!(station.press("A").screen(80, 24).contains("Which rubric scores this batch?"));
}

#[test]
fn notes_need_no_rubric() {
    let mut station = Station::of("Mara", Shelf::without_rubric(), |_| {});
    station.press("enter o").waits(3_000).hears(5).press("m").type_text("Calm").press("enter p").type_text("How?").press("enter");
    assert_eq!(station.kinds(), ["noted", "probed"]);
    let mut again = station.again();
    let screen = again.press("enter o").screen(120, 40);
    assert!(screen.contains("Calm") && screen.contains("How?"), "{screen}");
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
    let before = station.acts().len();
    station.press("u");
    assert!(station.says().contains("x takes it back, with the reason"), "{}", station.says());
    station.press("k x enter");
    assert_eq!(station.acts().len(), before, "taking it back is a change too");
    station.press("x").type_text("Wrong answer").press("enter");
    let Some(Act::Cleared { criterion, reason, .. }) = station.acts().last().copied() else { panic!("not taken back") };
    assert_eq!((criterion.as_str(), reason.as_ref().map(|reason| reason.as_str())), ("calm", Some("Wrong answer")));
}

#[test]
fn behind_the_last_rating_it_is_said_what_needs_evidence() {
    let mut station = Station::reviewing();
    station.hears(20).press("3 5 3");
    assert_eq!(station.says(), "All is rated here. Finds the cause needs evidence: j or k to it, then e.");
    station.press("k e");
    assert!(station.says().starts_with("Evidence for Finds the cause"), "{}", station.says());
    let mut two = Station::reviewing();
    two.hears(20).press("1 5 3");
    assert_eq!(two.says(), "All is rated here. 2 ratings need evidence (e): Stays calm and orders the w…, Finds the cause.");
}

#[test]
fn a_recommendation_chosen_after_a_seal_made_elsewhere_is_not_written() {
    for keys in ["O", "M"] {
        let mut station = Station::reviewing();
        station.rates_everything(3).press(keys);
        assert!(!station.app.overlays.is_empty(), "{keys}");
        let before = station.acts().len();
        for question in ["q1", "q2", "q3"] {
            let scope = Scope::Question(batch::slug(question));
            let elsewhere = station
                .shelf
                .act(station.app.me.id, Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
            station.happens(Event::Others(vec![elsewhere]));
        }
        station.press("enter");
        assert_eq!(station.acts().len(), before, "{keys}: {:?}", station.acts().last());
        assert!(station.says().contains("This scorecard is sealed"), "{}", station.says());
    }
}

#[test]
fn a_note_finished_after_a_seal_made_elsewhere_stays_a_draft() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("m").type_text("Lit the spare");
    let scope = Scope::Question(batch::slug("q1"));
    let elsewhere =
        station.shelf.act(station.app.me.id, Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    station.happens(Event::Others(vec![elsewhere])).press("enter");
    assert_eq!(station.kinds().last().map(String::as_str), Some("drafted"));
    assert!(station.says().contains("sealed"), "{}", station.says());
}

#[test]
fn who_withdrew_or_came_too_late_is_said_and_heard_and_not_rated() {
    for (status, says) in [(Status::Withdrawn, "the candidate withdrew"), (Status::Expired, "the deadline passed")] {
        let mut shelf = Shelf::new();
        shelf.batch.submissions.iter_mut().for_each(|submission| submission.status = status);
        let mut station = Station::of("Mara", shelf, |_| {});
        station.press("enter enter");
        assert!(station.says().contains(says), "{}", station.says());
        station.press("enter").waits(3_000).press("3");
        assert!(station.screen(80, 24).contains(if status == Status::Expired { " expired " } else { " withdrawn " }));
        assert!(!station.kinds().contains(&"rated".to_owned()), "nobody waits for it: {:?}", station.kinds());
        assert!(station.says().starts_with("Nobody waits for a score of this: "), "{}", station.says());
    }
}

#[test]
fn who_leaves_while_something_cannot_be_saved_is_asked_and_stays_until_it_is() {
    let quits = |station: &Station| station.asked.iter().filter(|effect| matches!(effect, Effect::Quit)).count();
    let mut station = Station::reviewing();
    station.writing = Writing::OnDemand;
    station.press("4").happens(Event::HeldUp { why: SafeText::line("the disk is full") });
    let screen = station.press("Q").screen(120, 40);
    assert!(screen.contains("Not on disk: 1 rating") && screen.contains("the disk is full"), "{screen}");
    assert_eq!(quits(&station), 0);
    station.press("Q enter");
    assert_eq!((quits(&station), station.app.overlays.len()), (0, 0), "the first line stays");
    station.press("Q").saves();
    assert!(station.app.overlays.is_empty(), "all is there: nothing is left to ask");
    station.press("4").happens(Event::HeldUp { why: SafeText::line("the disk is full") });
    station.press("Q down enter");
    assert_eq!(quits(&station), 1);
    station.press("Q").happens(Event::MustLeave);
    assert_eq!(quits(&station), 2, "where the terminal is gone, nobody is asked");
}

#[test]
fn what_was_begun_at_a_moment_stays_at_it_until_it_is_written() {
    for (key, title) in [("m", "Note at 0:05"), ("p", "What to ask live")] {
        let mut station = Station::reviewing();
        station.hears(5).press(key).type_text("half").press("esc").saves();
        let mut again = station.again();
        again.press("enter o").waits(3_000);
        again.hears(1).press(key);
        assert!(again.screen(80, 24).contains(title), "{}", again.screen(80, 24));
        again.press("enter");
        let about = again.acts().into_iter().find_map(|act| match act {
            Act::Noted { at, .. } | Act::Probed { at, .. } => *at,
            _ => None,
        });
        assert_eq!(about, Some(Moment(5_000)), "{key}");
        again.press(key);
        assert!(again.app.desk.as_ref().is_some_and(|desk| desk.mine().drafts.is_empty()), "the next one is about its own moment");
    }
}
