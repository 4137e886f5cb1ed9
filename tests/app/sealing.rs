//! Sealing, reopening, and the ranking.

use std::collections::BTreeSet;

use earmark::app::{Event, Screen};
use earmark::interview::{AnswerId, Moment, Span};
use earmark::journal::{Act, Scope};
use earmark::protocol::Others;

use crate::station::{Station, batch};

fn seals(station: &Station) -> usize {
    station.acts().iter().filter(|act| matches!(act, Act::Sealed { .. })).count()
}

#[test]
fn a_seal_says_what_is_missing_answer_by_answer_and_writes_nothing() {
    let mut station = Station::reviewing();
    let order: Vec<_> = station.desk().plan.steps.iter().take(5).map(|step| station.desk().called(step.submission)).collect();
    station.hears(20).press("3 5 S");
    let screen = station.screen(80, 24);
    assert!(screen.contains("Not yet. What is missing:"), "{screen}");
    let lines: Vec<&str> = screen.lines().filter(|line| line.contains(", question 1: ") && !line.contains("heard")).collect();
    let named: Vec<bool> = lines.iter().zip(&order).map(|(line, name)| line.contains(name.as_str())).collect();
    assert_eq!(named, [true; 5], "in the order of hearing, one line an answer: {lines:#?}\n{order:?}");
    assert!(lines[0].contains("not rated: Leaves a record for the next"), "{screen}");
    assert!(screen.contains("needs evidence: Finds the cause"), "{screen}");
    assert!(lines[1].contains("nothing is rated"), "{screen}");
    station.press("esc");
    assert_eq!(seals(&station), 0);
    assert!(station.app.overlays.is_empty());
}

/// Where the next digit goes, and evidence.
fn focused(station: &Station) -> String {
    let Screen::Review(review) = station.app.screen() else { panic!("not at an answer") };
    station.desk().criteria(review.answer)[review.cursor.criterion].name.to_string()
}

/// The first question's answers in Mara's order: rated without evidence, rated half-heard, not rated, finished, finished.
fn with_gaps() -> (Station, Vec<AnswerId>) {
    let mut station = Station::reviewing();
    let steps: Vec<_> = station.desk().plan.steps.iter().take(5).map(|step| step.answer).collect();
    for (seconds, digits) in [(20, "3 5 3 n"), (9, "3 3 3 n"), (20, "3 3 n"), (20, "3 3 3 n"), (20, "3 3 3 g")] {
        station.hears(seconds).waits(3_000).press(digits);
    }
    (station, steps)
}

#[test]
fn u_leads_to_every_kind_of_gap_in_order_and_says_what_it_is() {
    let (mut station, steps) = with_gaps();
    station.press("home").waits(3_000).press("enter").waits(3_000);
    while station.answer() != steps[4] {
        station.press("n");
    }
    // Behind the last one come the answers to the next question; those are gaps too.
    for _ in 0..8 {
        station.press("U");
    }
    station.press("U");
    assert_eq!((station.answer(), focused(&station).as_str()), (steps[0], "Finds the cause"));
    assert!(station.says().contains("needs evidence: Finds the cause"), "{}", station.says());
    station.press("U");
    assert_eq!(station.answer(), steps[1]);
    assert!(station.says().contains("of the speech heard, 90% asked"), "{}", station.says());
    assert_eq!(station.app.deck.at(station.app.deck.active), Moment(10_000), "where speech was not heard yet");
    station.press("U");
    assert_eq!((station.answer(), focused(&station).as_str()), (steps[2], "Leaves a record for the next watch"));
    assert!(station.says().contains("not rated: Leaves a record"), "{}", station.says());
}

#[test]
fn a_line_of_the_seal_dialog_leads_to_what_it_names() {
    for (keys, nth, says) in [("", 0, "needs evidence"), ("j", 2, "not rated"), ("j j", 1, "of the speech heard")] {
        let (mut station, steps) = with_gaps();
        station.press("S").press(keys).press("enter");
        assert_eq!(station.answer(), steps[nth], "{keys}");
        assert!(station.says().contains(says), "{keys}: {}", station.says());
        assert_eq!(seals(&station), 0);
    }
    let mut station = Station::reviewing();
    for _ in 0..5 {
        station.hears(10).waits(3_000).press("3 3 3 n");
    }
    let first = station.desk().plan.steps[0].answer;
    station.press("N S enter");
    assert_eq!((station.answer(), seals(&station)), (first, 0), "to go back and hear it is to be led there");
}

#[test]
fn when_nothing_is_missing_u_says_so() {
    let mut station = Station::reviewing();
    station.rates_everything(3).seals_everything().press("home enter U");
    assert!(station.says().starts_with("Nothing is missing"), "{}", station.says());
}

#[test]
fn the_ends_of_the_scale_ask_for_evidence_before_the_seal() {
    let mut station = Station::reviewing();
    station.rates_everything(3).waits(3_000).press("k 5 S");
    let screen = station.screen(80, 24);
    assert!(screen.contains("needs evidence: Stays calm and orders the"), "{screen}");
    station.press("enter");
    assert_eq!(seals(&station), 0);
    station.hears(6).press("e S j enter");
    assert_eq!(seals(&station), 1);
}

#[test]
fn what_was_not_heard_is_named_and_acknowledged_with_the_seal() {
    let mut station = Station::reviewing();
    let steps: Vec<_> = station.desk().plan.steps.iter().take(5).map(|step| step.answer).collect();
    for _ in &steps {
        station.hears(10).waits(3_000).press("3 3 3 n");
    }
    station.press("N S");
    let screen = station.screen(80, 24);
    assert!(screen.contains("47% of the speech heard, 90% asked"), "{screen}");
    assert!(screen.contains("Seal all the same"), "{screen}");
    station.press("j enter");
    let Some(Act::Sealed { scope, unheard, .. }) = station.acts().last().copied() else { panic!("not sealed") };
    assert_eq!(scope, &Scope::Question(batch::slug("q1")));
    assert_eq!(unheard, &steps, "in the order of hearing");
}

#[test]
fn the_seal_dialog_begins_on_the_choice_that_locks_nothing() {
    for (seconds, digits) in [(20, "3 3 3 n"), (10, "3 3 3 n")] {
        let mut station = Station::reviewing();
        for _ in 0..5 {
            station.hears(seconds).waits(3_000).press(digits);
        }
        station.press("N S enter");
        assert_eq!(seals(&station), 0, "{seconds} s heard");
        assert!(station.app.overlays.is_empty());
        station.press("S j enter");
        assert_eq!(seals(&station), 1, "{seconds} s heard");
    }
}

#[test]
fn what_goes_missing_while_the_seal_is_asked_is_said_instead_of_sealed() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S");
    let (answer, me) = (station.answer(), station.app.me.id);
    let criterion = station.desk().criteria(answer)[0].id.clone();
    // The same person's command, in another window.
    let elsewhere = station.shelf.act(me, Act::Cleared { answer, criterion, reason: None });
    station.happens(Event::Others(vec![elsewhere])).press("j enter");
    assert_eq!(seals(&station), 0);
    let screen = station.screen(80, 24);
    assert!(screen.contains("Not yet. What is missing:") && screen.contains("not rated: "), "{screen}");
    assert!(station.says().contains("Nothing was sealed"), "{}", station.says());
}

#[test]
fn a_seal_names_as_unheard_what_is_so_now_and_was_on_screen() {
    let mut station = Station::reviewing();
    for _ in 0..5 {
        station.hears(10).waits(3_000).press("3 3 3 n");
    }
    station.press("N S");
    let (answer, me) = (station.answer(), station.app.me.id);
    let (revision, spans) =
        (station.desk().revision(answer), [Span { start: Moment(0), end: Moment(20_000) }].into_iter().collect());
    let elsewhere = station.shelf.act(me, Act::Heard { answer, revision, spans, speed: 100 });
    station.happens(Event::Others(vec![elsewhere])).press("j enter");
    assert_eq!(seals(&station), 0, "it is asked anew");
    station.press("j enter");
    let Some(Act::Sealed { unheard, .. }) = station.acts().last().copied() else { panic!("not sealed") };
    assert_eq!((unheard.len(), unheard.contains(&answer)), (4, false));
}

#[test]
fn a_seal_made_elsewhere_meanwhile_is_not_made_again() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S");
    let scope = Scope::Question(batch::slug("q1"));
    let elsewhere =
        station.shelf.act(station.app.me.id, Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    station.happens(Event::Others(vec![elsewhere])).press("j enter");
    assert_eq!(seals(&station), 0);
    assert_eq!(station.says(), "This was sealed meanwhile.");
}

#[test]
fn the_seal_dialog_is_read_whole_in_the_smallest_window() {
    let mut station = Station::reviewing();
    let steps: Vec<_> = station.desk().plan.steps.iter().take(5).map(|step| step.submission).collect();
    for _ in &steps {
        station.hears(10).waits(3_000).press("3 3 3 n");
    }
    station.press("N S");
    let mut read = station.screen(60, 15);
    assert!(read.contains("Seal all the same") && read.contains("the seal names what I did not hear"), "{read}");
    assert!(read.contains("more lines: PgDn"), "{read}");
    for _ in 0..4 {
        station.press("pgdn");
        read.push_str(&station.screen(60, 15));
    }
    for submission in steps {
        let name = station.desk().called(submission);
        assert!(read.contains(&format!("{name}, question 1: 47% of the speech")), "{name}: {read}");
    }
    assert!(read.contains("that is all"), "{read}");
    station.press("enter");
    assert_eq!(seals(&station), 0, "turning the pages left the cursor where it was");
}

#[test]
fn a_sealed_answer_cannot_be_rated_until_it_is_opened_again_with_a_reason() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S j enter");
    let before = station.acts().len();
    station.press("4 0 F x e + m p");
    assert_eq!(station.acts().len(), before, "{:?}", station.acts().last());
    assert_eq!(station.says(), "This is sealed; R opens it again, with a reason.");
    assert!(station.screen(120, 40).contains(" sealed "));

    station.press("R enter");
    assert_eq!(station.acts().len(), before, "not without a reason");
    station.press("R").type_text("Misheard the last part").waits(3_000).press("enter k k k 4");
    assert_eq!(station.kinds()[station.kinds().len() - 2..], ["reopened", "rated"]);
    assert_eq!(station.desk().rated(station.answer()), (3, 3));
}

#[test]
fn the_criterion_in_focus_may_be_changed_as_soon_as_it_was_opened_again() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S j enter k k k R").type_text("Misheard the first part").waits(3_000).press("enter 4");
    assert_eq!(station.kinds()[station.kinds().len() - 2..], ["reopened", "rated"], "{}", station.says());
}

#[test]
fn undo_leaves_what_is_sealed_and_takes_what_is_not() {
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S j enter u");
    assert!(station.says().starts_with("What was done last is elsewhere: a rating"), "{}", station.says());
    let before = station.acts().len();
    station.press("k u");
    assert_eq!(station.acts().len(), before, "another key between, and it is asked again: {}", station.says());
    station.press("u");
    let undone = station.says().to_owned();
    assert!(undone.starts_with("Undone: a rating"), "{undone}");
    let q1 = station.desk().plan.steps.iter().filter(|step| step.question == batch::slug("q1"));
    assert!(q1.clone().all(|step| station.desk().rated(step.answer) == (3, 3)));
}

#[test]
fn sealing_the_whole_batch_shows_others_scores_and_writes_that_it_did() {
    let mut station = Station::at_batch();
    station.shelf.colleague("Ivo", 4);
    let mut station = station.again();
    station.press("enter o enter").waits(3_000).rates_everything(3).press("g");
    assert_eq!(station.desk().sight.others(), Others::Hidden);
    station.press("home S j enter right S j enter");
    assert_eq!(station.desk().sight.others(), Others::Hidden);
    assert!(!station.screen(120, 40).contains("shown"));
    station.press("right S j enter");
    assert_eq!(station.desk().sight.others(), Others::Shown);
    assert_eq!(station.kinds().last().map(String::as_str), Some("revealed"));
    assert!(station.says().contains("All of your batch is sealed"), "{}", station.says());
    station.press("esc P");
    let screen = station.screen(120, 40);
    assert!(screen.contains("2 reviewers"), "{screen}");
}

#[test]
fn after_the_last_seal_it_is_said_what_comes_next_and_one_key_goes_there() {
    let mut station = Station::at_batch();
    station.shelf.colleague("Ivo", 1);
    let mut station = station.again();
    station.press("enter o enter").waits(3_000).rates_everything(3).press("g");
    station.press("home S j enter right S j enter");
    assert!(!station.screen(80, 24).contains("What comes next"), "one question is open still");
    station.press("right S j enter");
    let differ = station.desk().comes_next().differ;
    assert!(differ > 1);
    let screen = station.screen(80, 24);
    for line in
        ["All of your batch is sealed. Others' scorecards show now.", "Compare all", "Panel: the ranking", "Decide, in the grid"]
    {
        assert!(screen.contains(line), "{line}: {screen}");
    }
    assert!(screen.contains(&format!("{differ} values")), "{screen}");
    station.press("enter");
    assert!(station.screen(120, 40).contains(&format!("{differ} to talk about")), "{}", station.screen(120, 40));
    station.press("esc g R").type_text("once more").press("enter S j enter j enter");
    let screen = station.screen(120, 40);
    assert!(screen.contains("All questions"), "{screen}");
}

#[test]
fn a_colleague_who_seals_meanwhile_is_seen_on_the_open_panel() {
    let mut station = Station::reviewing();
    station.rates_everything(3).seals_everything().press("P");
    assert!(station.screen(120, 40).contains("1 reviewer"));
    let news = station.shelf.colleague("Ivo", 5);
    station.happens(Event::Others(news));
    let screen = station.screen(120, 40);
    assert!(screen.contains("2 reviewers"), "{screen}");
}

#[test]
fn the_order_of_two_reviewers_differs_and_is_the_same_after_a_restart() {
    let order = |station: &Station| station.desk().plan.steps.iter().map(|step| step.answer).collect::<Vec<_>>();
    let mara = Station::reviewing();
    let mut others = ["Ivo", "Tilda", "Bo"].map(|name| {
        let mut other = Station::of(name, mara.shelf.clone(), |_| {});
        other.press("enter");
        order(&other)
    });
    others.sort();
    assert!(others.iter().any(|other| *other != order(&mara)));
    let mut again = mara.again();
    again.press("enter");
    assert_eq!(order(&again), order(&mara));
    let source: Vec<_> = mara.shelf.batch.submissions.iter().map(|submission| submission.answers[0].id).collect();
    assert_ne!(order(&mara)[..5], source[..], "not the source's order");
}

#[test]
fn a_written_answer_that_was_on_screen_counts_as_read() {
    let mut station = Station::reviewing();
    let written = station.shelf.answer(3, 3);
    while station.answer() != written {
        station.press("n");
    }
    station.screen(80, 24);
    station.waits(30_000).press("3");
    assert_eq!(station.desk().heard_share(written).fraction(), Some(1.0));
    let read = station.acts().into_iter().rev().find_map(|act| match act {
        Act::Read { answer, spans, .. } => Some((*answer, spans.iter().copied().collect::<Vec<Span>>())),
        _ => None,
    });
    assert_eq!(read.map(|(answer, spans)| (answer, spans.len())), Some((written, 1)));
}

#[test]
fn a_written_answer_that_was_passed_by_does_not_count_as_read() {
    let mut station = Station::reviewing();
    let written = station.shelf.answer(3, 3);
    while station.answer() != written {
        station.press("n");
    }
    station.screen(80, 24);
    station.waits(200).press("N");
    assert_eq!(station.desk().heard_share(written).fraction(), Some(0.0));
}
