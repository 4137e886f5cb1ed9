//! Sittings: how long the rest takes, where one stops, and how one finds back; and going on from answer to answer.

use earmark::app::action::{Action, Place};
use earmark::app::{Command, Effect, Overlay, Purpose, Screen, Slot};
use earmark::interview::Moment;
use earmark::journal::{Act, Recommendation};
use earmark::tui::keymap::Keymap;

use crate::station::{Shelf, Station, batch};

fn at(station: &Station) -> Moment {
    station.app.deck.at(Slot(0))
}

/// Rates all criteria of the answer on screen.
fn rate(station: &mut Station, digit: &str) {
    for _ in 0..station.desk().criteria(station.answer()).len() {
        station.press(digit);
    }
}

#[test]
fn the_time_left_falls_with_what_was_heard_and_with_speed() {
    let mut station = Station::reviewing();
    let before = station.desk().rest(false);
    assert!(before.answers > 0 && before.recorded_ms > 0);
    assert_eq!(station.app.real_ms(before), before.recorded_ms * 100 / 150 + before.read_ms);
    assert!(station.app.time_left().is_some_and(|left| left.ends_with(" left")));
    station.hears(20);
    let after = station.desk().rest(false);
    assert_eq!((after.answers, before.recorded_ms - after.recorded_ms), (before.answers - 1, u64::from(batch::LENGTH)));
    assert!(station.screen(120, 40).lines().next().is_some_and(|title| title.contains(" left")), "{}", station.screen(120, 40));
}

#[test]
fn what_is_left_after_hearing_some_is_what_a_fresh_start_counts() {
    let mut station = Station::reviewing();
    let before = [false, true].map(|skips| station.desk().rest(skips));
    station.hears(3).press("n").hears(20).saves();
    let mut again = station.again();
    again.press("enter");
    for (skips, before) in [false, true].into_iter().zip(before) {
        assert_eq!(station.desk().rests(skips), again.desk().rests(skips), "skips: {skips}");
        assert!(station.desk().rest(skips).recorded_ms < before.recorded_ms, "skips: {skips}");
    }
}

#[test]
fn the_minutes_that_one_has_are_planned_to_the_end_of_a_question_and_that_is_said_when_it_is_reached() {
    let mut station = Station::reviewing();
    station.press("b").type_text("2").press("enter");
    assert!(station.says().contains("to the end of question 2"), "{}", station.says());
    let planned = station.app.sitting().expect("a plan").answers.clone();
    let of_third = station.desk().plan.steps.iter().filter(|step| step.question == batch::slug("q3")).count();
    assert_eq!(planned.len(), station.desk().plan.steps.len() - of_third, "two whole rounds fit");
    for (nth, answer) in planned.iter().enumerate() {
        if !station.app.overlays.is_empty() {
            // What one recommends is asked where a candidate gave no more answers.
            station.press("esc");
        }
        assert_eq!(station.answer(), *answer);
        station.press("space");
        if !station.app.deck.playing {
            station.press("space");
        }
        station.waits(3_000);
        rate(&mut station, "3");
        assert!(station.app.sitting().is_some(), "not before all was heard");
        station.hears(20);
        assert_eq!(station.app.sitting().is_none(), nth + 1 == planned.len(), "answer {nth}");
        if nth + 1 < planned.len() && station.answer() == *answer {
            station.press("n");
        }
    }
    assert!(
        station.says().contains("Your sitting is done") || station.asked.iter().any(|effect| matches!(effect, Effect::Append(_)))
    );
}

#[test]
fn minutes_in_which_no_round_fits_end_with_an_answer() {
    let mut station = Station::reviewing();
    station.app.deck.chosen.speed = 50;
    station.press("b").type_text("1").press("enter");
    assert!(station.says().contains("within the round"), "{}", station.says());
    station.press("b").type_text("soon").press("enter");
    assert_eq!(station.says(), "That is no number of minutes: 1 to 1440.");
}

#[test]
fn the_next_start_goes_on_two_seconds_before_the_last_word() {
    let mut station = Station::reviewing();
    let answer = station.answer();
    station.hears(9).press("q q");
    let mut again = station.again();
    again.press("enter o").waits(100);
    assert_eq!((again.answer(), at(&again)), (answer, Moment(7_000)));
    assert_eq!(again.says(), "On from 0:07, where you were.");
    let loads = again.asked.iter().any(|effect| matches!(effect, Effect::Player(Command::Load { at: Moment(7_000), .. })));
    assert!(loads, "the player begins there too");
}

#[test]
fn after_a_pause_of_more_than_a_few_seconds_it_plays_on_from_two_seconds_before() {
    let mut station = Station::reviewing();
    station.hears(9).press("space").waits(3_000).press("space");
    assert_eq!(at(&station), Moment(9_000), "a short pause");
    station.press("space").waits(5_000).press("space");
    assert_eq!(at(&station), Moment(7_000));
    station.press("space").waits(5_000).press("l space");
    assert_eq!(at(&station), Moment(12_000), "who has gone elsewhere meant that place");
}

#[test]
fn a_stretch_is_heard_again_and_again_until_the_key_ends_it() {
    let mut station = Station::reviewing();
    station.hears(4).press("\\").hears(3).press("\\");
    assert_eq!((at(&station), station.app.deck.playing), (Moment(4_000), true));
    for _ in 0..3 {
        station.hears(3);
        assert_eq!((at(&station), station.app.deck.playing), (Moment(4_000), true), "round it goes");
    }
    station.press("\\").hears(5);
    assert_eq!(at(&station), Moment(9_000));
    station.press("\\ n").waits(100);
    assert!(station.app.deck.repeat.span().is_none(), "it ends with the answer");
}

#[test]
fn one_goes_from_evidence_to_evidence() {
    let mut station = Station::reviewing();
    station.hears(6).press("e").hears(8).press("e");
    let starts: Vec<Moment> = station.desk().mine().evidence_of(station.answer()).map(|evidence| evidence.span.start).collect();
    assert_eq!(starts.len(), 2, "{starts:?}");
    station.press("space home").press("space").press("z");
    assert_eq!(at(&station), starts[0]);
    assert!(station.says().starts_with("Evidence for "), "{}", station.says());
    station.press("z");
    assert_eq!(at(&station), starts[1]);
    station.press("z");
    assert_eq!(station.says(), "There is no more evidence that way.");
    station.press("Z");
    assert_eq!(at(&station), starts[0]);
}

#[test]
fn candidates_are_gone_through_within_one_question() {
    let mut station = Station::reviewing();
    let steps = station.desk().plan.steps.clone();
    let of: Vec<_> = steps.iter().filter(|step| step.question == steps[0].question).map(|step| step.answer).collect();
    for answer in &of {
        assert_eq!(station.answer(), *answer);
        station.press("c");
    }
    assert_eq!(station.says(), "This is the last candidate who answered this question.");
    station.press("C");
    assert_eq!(station.answer(), of[of.len() - 2]);
}

#[test]
fn a_rated_answer_that_ends_goes_on_by_itself_and_enter_goes_on_before() {
    let mut station = Station::reviewing();
    let first = station.answer();
    station.press("enter");
    assert!(station.says().starts_with("Still to rate: Stays calm"), "{}", station.says());
    rate(&mut station, "3");
    station.hears(20);
    assert_ne!(station.answer(), first, "it goes on");
    assert!(station.app.deck.playing);
    let second = station.answer();
    station.waits(3_000);
    rate(&mut station, "3");
    station.press("enter");
    assert_ne!(station.answer(), second);
    // Who does not want that switches playing by itself off.
    let mut station = Station::of("Mara", Shelf::new(), |start| start.autoplay = false);
    station.press("enter o enter").waits(3_000).press("space");
    let first = station.answer();
    rate(&mut station, "3");
    station.hears(20);
    assert_eq!(station.answer(), first);
}

#[test]
fn after_the_last_of_a_candidates_questions_a_recommendation_is_asked_once() {
    let mut station = Station::reviewing();
    let steps = station.desk().plan.steps.clone();
    let last_of_first = steps.iter().rposition(|step| step.submission == steps[0].submission).expect("it is there");
    for step in &steps[..=last_of_first] {
        assert_eq!(station.answer(), step.answer);
        station.waits(3_000);
        rate(&mut station, "3");
        station.press("n");
        if matches!(station.app.overlays.last(), Some(Overlay::Picker(p)) if matches!(p.purpose, Purpose::RecommendBefore { .. })) {
            station.press("j j j j enter");
        }
    }
    let recommended: Vec<_> = station.desk().mine().recommendations.keys().copied().collect();
    assert!(recommended.contains(&steps[0].submission), "{recommended:?}");
    assert!(station.acts().iter().any(|act| matches!(act, Act::Recommended { recommendation: Recommendation::Yes, .. })));
    assert!(station.app.overlays.is_empty() && matches!(station.app.screen(), Screen::Review(_)), "it has gone on");
    station.press("N n");
    assert!(station.app.overlays.is_empty(), "nobody is asked twice");
}

#[test]
fn a_must_have_keeps_the_moment_at_which_it_was_said() {
    let rubric = format!("{}\n[[must_have]]\nid = \"nights\"\ntext = \"Can stand night watches.\"\n", batch::RUBRIC);
    let mut shelf = Shelf::new();
    shelf.attach(batch::rubric(&rubric), Vec::new());
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).hears(8).press("M enter");
    let span = station.acts().into_iter().find_map(|act| match act {
        Act::MustHave { span, .. } => Some(*span),
        _ => None,
    });
    assert!(matches!(span, Some(Some(span)) if span.end <= Moment(8_500) && span.length() > 0), "{span:?}");
}

#[test]
fn the_tour_has_three_steps_takes_no_key_and_ends_for_good() {
    let mut station = Station::of("Mara", Shelf::new(), |start| start.tour = true);
    station.press("enter");
    let foot = station.screen(80, 24).lines().last().map(str::to_owned).unwrap_or_default();
    assert!(foot.contains("Tour 1/3") && foot.ends_with("ctrl-t ends it"), "{foot}");
    station.press("o enter").waits(3_000);
    assert!(station.screen(80, 24).contains("Tour 2/3"));
    station.press("4");
    assert!(!station.desk().mine().ratings.is_empty(), "every key does what it does");
    assert!(station.screen(80, 24).contains("Tour 3/3"));
    station.press("ctrl-t");
    assert!(station.asked.contains(&Effect::EndTour));
    station.press("g");
    assert!(!station.screen(80, 24).contains("Tour "));
}

#[test]
fn an_empty_library_offers_the_demo() {
    let mut station = Station::demo();
    station.happens(earmark::app::Event::Shelf(Vec::new()));
    assert!(station.screen(80, 24).contains("Press d to try everything in the demo"));
    station.press("d");
    assert!(station.asked.contains(&Effect::OpenDemo));
}

/// What the reviewer can do while hearing: all of it is a named action with a key, so that a foot pedal can be given it.
#[test]
fn the_whole_transport_is_actions_with_keys() {
    let wanted = [
        "play-pause back-1s back-5s back-15s forward-1s forward-5s forward-15s from-start",
        "previous-sentence next-sentence previous-evidence next-evidence",
        "previous-question next-question next-candidate previous-candidate next-answer previous-answer next-missing go-on",
        "slower faster slower-fine faster-fine speed-1.0 speed-1.5 speed-2.0 words-per-minute skip-silence loop",
        "evidence play-evidence note probe must-haves recommend seal reopen undo redo copy find sitting original",
    ];
    let keymap = Keymap::new();
    for name in wanted.iter().flat_map(|names| names.split_whitespace()) {
        let action: Action = name.parse().unwrap_or_else(|_| panic!("{name} is no action"));
        assert!(action.works_in(Place::Review), "{name} works in Review");
        assert!(keymap.key(Place::Review, action).is_some(), "{name} has a key");
        let pedal = format!("[review]\n\"f13\" = \"{name}\"\n");
        let (own, problems) = Keymap::with_user("pedal.toml", &pedal);
        assert!(problems.is_empty() && own.keys(Place::Review, action).contains(&"f13".to_owned()), "{name}: {problems:?}");
    }
}

#[test]
fn after_a_restart_work_goes_on_at_the_first_answer_that_waits_not_where_one_looked_last() {
    let mut station = Station::reviewing();
    let first = station.answer();
    station.press("n n n n").hears(3);
    let last = station.answer();
    station.press("esc o");
    assert_eq!(station.answer(), last, "on from here, as long as the batch is open");
    station.saves();
    let mut again = station.again();
    again.press("enter o");
    assert_eq!(again.answer(), first);
    let said =
        format!("This is the first that waits. You were at {} last: Enter in the grid goes there.", again.desk().whose(last));
    assert_eq!(again.says(), said);
    let mut planned = station.again();
    planned.press("enter b").type_text("60").press("enter");
    assert_eq!(planned.app.sitting().expect("a plan").answers[0], first);
    planned.press("o n n b").type_text("60").press("enter");
    assert!(planned.says().ends_with("2 answers before this stay behind."), "{}", planned.says());
}
