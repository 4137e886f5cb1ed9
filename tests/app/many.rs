//! Filters, sorting, and one act on many candidates at once.

use earmark::app::sieve::Keep;
use earmark::app::{Effect, Event, Screen};
use earmark::interview::{AnswerId, AnswerState, CandidateId, Digest, Revision, Status, Submission, SubmissionId};
use earmark::journal::{Act, Decision};
use earmark::text::SafeText;

use crate::station::{Shelf, Station, batch, reviewer};

/// The invented batch, and so many more who were invited and sent nothing.
fn with_no_shows(count: usize) -> Shelf {
    let mut shelf = Shelf::new();
    let pattern = shelf.batch.submissions[0].clone();
    let no_show = |nth: usize| {
        let name = format!("No Show {nth}");
        let mut new = Submission { id: SubmissionId::derive(&[&name]), status: Status::Invited, ..pattern.clone() };
        new.candidate.id = CandidateId::derive(&[&name]);
        new.candidate.source_id = SafeText::line(&format!("n-{nth}"));
        new.candidate.name = Some(SafeText::name(&name));
        for answer in &mut new.answers {
            answer.id = AnswerId::derive(&[&name, answer.question.as_str()]);
            (answer.state, answer.media, answer.revision) = (AnswerState::NotGiven, None, None);
        }
        new
    };
    shelf.batch.submissions.extend((0..count).map(no_show));
    shelf
}

fn at(shelf: Shelf) -> Station {
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter");
    station
}

/// Puts a filter on, or takes it off.
fn filter(station: &mut Station, keep: &Keep) {
    let nth = Keep::all().position(|known| known == *keep).expect("a filter of the list");
    station.press("f home");
    (0..nth).for_each(|_| _ = station.press("down"));
    station.press("enter esc");
}

fn sort(station: &mut Station, by: &str) {
    let nth = earmark::app::sieve::SortBy::all().position(|known| known.to_string() == by).expect("an order of the list");
    station.press("s home");
    (0..nth).for_each(|_| _ = station.press("down"));
    station.press("enter");
}

/// The acts of each writing that was asked for: what is written together stands together.
fn steps(station: &Station) -> Vec<Vec<Act>> {
    let of = |effect: &Effect| match effect {
        Effect::Append(drafts) => Some(drafts.iter().map(|draft| draft.act.clone()).collect()),
        _ => None,
    };
    station.asked.iter().filter_map(of).collect()
}

fn decided(station: &Station) -> usize {
    station.desk().rows.iter().filter(|id| station.desk().is_decided(**id)).count()
}

#[test]
fn sixty_no_shows_are_one_action_with_a_preview_and_one_undo() {
    let mut station = at(with_no_shows(60));
    filter(&mut station, &Keep::NoShow);
    assert_eq!(station.desk().shown.len(), 60);
    let screen = station.screen(80, 24);
    assert!(screen.contains("only no-show: 60 of 65 · F shows all"), "{screen}");
    station.press("a");
    assert_eq!(station.says(), "60 candidates are selected.");
    station.press("D end enter end enter").type_text("Sent nothing by the deadline").press("enter");
    let screen = station.screen(120, 40);
    assert!(screen.contains("Decline 60 candidates?") && screen.contains("Reason: Sent nothing by the deadline"), "{screen}");
    assert!(!screen.contains("Left out"), "who sent nothing waits for nobody: {screen}");
    assert_eq!(decided(&station), 0, "a preview does nothing");
    station.press("enter");
    assert_eq!((decided(&station), station.kinds().len()), (60, 60));
    assert_eq!(steps(&station).last().map(Vec::len), Some(60), "they are written in one step");
    assert!(station.says().contains("Done: decline 60 candidates"), "{}", station.says());
    station.press("u");
    assert_eq!((decided(&station), steps(&station).last().map(Vec::len)), (0, Some(60)), "{}", station.says());
    assert!(station.says().contains("a decision (60 candidates)"), "{}", station.says());
    station.press("ctrl-r");
    assert_eq!(decided(&station), 60, "{}", station.says());
    let mut again = station.again();
    again.press("enter u");
    assert_eq!(decided(&again), 0, "also after a restart");
}

#[test]
fn the_preview_names_who_is_left_out_and_why_and_takes_those_in_who_wait_for_a_reason_of_its_own() {
    let mut station = at(with_no_shows(3));
    // One of them is decided on by itself before.
    filter(&mut station, &Keep::NoShow);
    station.press("home D enter end enter").type_text("Called in person").press("enter");
    assert_eq!(decided(&station), 1, "who gave nothing to hear is decided on without waiting: {}", station.says());
    station.press("F a D end enter end enter").type_text("The post is filled").press("enter");
    let screen = station.screen(120, 40);
    let text = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("Decline 2 candidates?"), "{screen}");
    assert!(text.contains("Left out, 1, decided already: advance"), "{screen}");
    assert!(text.contains("Left out, 5, not everyone was heard yet"), "{screen}");
    station.press("down enter end enter").type_text("The opening is closed").press("enter");
    assert!(station.screen(120, 40).contains("Decline 7 candidates?"), "{}", station.screen(120, 40));
    station.press("enter");
    assert_eq!(decided(&station), 8);
    let early = |act: &Act| matches!(act, Act::Decided { overrides: Some(_), .. });
    let last = steps(&station).pop().expect("they were written");
    assert_eq!(last.iter().filter(|act| early(act)).count(), 5, "only those who were to be waited for");
    assert!(last.iter().all(|act| matches!(act, Act::Decided { decision: Decision::Decline, .. })));
}

#[test]
fn where_everyone_waits_the_preview_says_that_none_of_them_is_decided_on_yet() {
    let mut station = Station::at_batch();
    station.press("a D end enter end enter").type_text("The post is filled").press("enter");
    let screen = station.screen(120, 40);
    assert!(!screen.contains("Decline 0"), "nothing is done to nobody: {screen}");
    assert!(screen.contains("Decline 5 candidates: none of them yet"), "{screen}");
    assert!(screen.contains("All 5 all the same, for a reason of its own…"), "{screen}");
    station.press("enter");
    assert_eq!(decided(&station), 0, "Enter alone goes past nobody");
    station.press("D end enter end enter").type_text("The post is filled").press("enter");
    station.press("down enter end enter").type_text("The opening is closed").press("enter enter");
    assert_eq!(decided(&station), 5, "{}", station.says());
}

#[test]
fn many_are_tagged_and_shortlisted_together_and_a_slip_is_taken_back_whole() {
    let mut station = Station::at_batch();
    station.press("x j x j x t").type_text("night shift").press("enter");
    assert!(station.screen(80, 24).contains("Put the tag night shift on 3 candidates?"), "{}", station.screen(80, 24));
    station.press("enter t");
    assert!(station.screen(80, 24).contains("is on all of them: takes it off"), "{}", station.screen(80, 24));
    station.press("esc c home *");
    assert!(station.screen(80, 24).contains("★ "), "one alone is put on at once: {}", station.screen(80, 24));
    station.press("a * enter");
    assert_eq!(station.desk().sight.shortlist.len(), 5);
    station.press("u");
    assert_eq!(station.desk().sight.shortlist.len(), 1, "{}", station.says());
    station.press("u u");
    assert!(station.desk().sight.shortlist.is_empty() && station.desk().known_tags().is_empty());
}

#[test]
fn selecting_all_inverting_and_clearing_go_by_what_is_shown() {
    let mut station = at(with_no_shows(4));
    station.press("x");
    filter(&mut station, &Keep::NoShow);
    station.press("a");
    assert_eq!(station.desk().selected.len(), 5);
    assert!(station.screen(80, 24).contains("5 selected, 1 of them not shown · c clears"), "{}", station.screen(80, 24));
    station.press("i");
    assert_eq!(station.desk().selected.len(), 0, "all that were shown were selected");
    station.press("x i");
    assert_eq!(station.desk().selected.len(), 3);
    station.press("c");
    assert_eq!(station.says(), "Nobody is selected.");
    station.press("a a");
    assert!(station.desk().selected.is_empty(), "pressed twice, nobody");
}

#[test]
fn filters_combine_follow_what_is_done_and_are_cleared_with_one_key() {
    let mut station = Station::reviewing();
    station.hears(20).press("3 3 3");
    let rated = station.answer();
    station.press("g");
    for keep in [Keep::Unrated, Keep::Fault] {
        filter(&mut station, &keep);
    }
    let faulty = station.shelf.submission(5);
    assert_eq!(station.desk().shown, [faulty]);
    assert!(station.screen(80, 24).contains("only unrated + fault: 1 of 5"), "{}", station.screen(80, 24));
    filter(&mut station, &Keep::Fault);
    filter(&mut station, &Keep::Decided);
    assert!(station.screen(80, 24).contains("This filter keeps nobody."), "{}", station.screen(80, 24));
    station.press("j enter D t x *");
    assert!(station.app.overlays.is_empty(), "there is nobody to act on");
    station.press("F");
    assert_eq!(station.desk().shown, station.desk().rows);
    let unheard = |station: &mut Station| {
        filter(station, &Keep::Unheard);
        let shown = station.desk().shown.len();
        station.press("F");
        shown
    };
    assert_eq!(unheard(&mut station), 5, "others' answers to other questions are not heard yet");
    assert!(station.desk().heard_share(rated).reaches(0.9));
}

#[test]
fn the_row_under_the_cursor_stays_under_it_when_rows_are_sorted_out() {
    let mut station = Station::at_batch();
    station.press("j j j");
    let under = |station: &Station| match station.app.screen() {
        Screen::Batch(grid) => station.desk().shown[grid.row],
        other => panic!("in {}", other.place().name()),
    };
    let before = under(&station);
    station.press("t").type_text("kept").press("enter f end enter esc");
    assert_eq!((under(&station), station.desk().shown.len()), (before, 1));
    station.press("F");
    assert_eq!(under(&station), before);
    station.press("enter enter").waits(3_000).press("g");
    assert_eq!(under(&station), before, "and one comes back to it from an answer");
}

#[test]
fn no_filter_and_no_order_tells_what_is_sealed() {
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 5);
    let mut station = at(shelf.clone());
    filter(&mut station, &Keep::Disagreement);
    assert!(station.desk().sieve.keeps.is_empty());
    let before = station.desk().shown.clone();
    for by in ["panel", "spread"] {
        sort(&mut station, by);
        assert!(station.says().contains("hidden until all of yours is sealed"), "{}", station.says());
        assert_eq!(station.desk().shown, before);
    }
    let mut alone = at(Shelf::new());
    alone.press("f");
    station.press("f");
    assert_eq!(alone.screen(120, 40), station.screen(120, 40), "nor do the counts in the list");
    station.press("esc o enter").waits(3_000).rates_everything(2).seals_everything();
    filter(&mut station, &Keep::Disagreement);
    assert_eq!(station.desk().shown.len(), 5, "three points apart: {}", station.says());
    sort(&mut station, "spread");
    assert_eq!(station.desk().sieve.to_string(), "disagreement, by spread", "{}", station.says());
}

#[test]
fn rows_are_sorted_by_what_people_did_and_who_has_no_figure_comes_last() {
    let mut station = Station::reviewing();
    station.hears(20).press("3 3 3");
    let heard = station.shelf.batch.answer(station.answer()).expect("in the batch").0.id;
    station.press("g");
    sort(&mut station, "heard");
    assert_eq!(station.desk().shown.last(), Some(&heard), "the least heard first");
    sort(&mut station, "heard");
    assert_eq!(station.desk().shown.first(), Some(&heard), "chosen again, the other way round");
    sort(&mut station, "deadline");
    assert_eq!(station.desk().shown, station.desk().rows, "nobody has one");
}

#[test]
fn who_is_assigned_some_has_only_those_to_review_and_a_slip_is_undone() {
    let mut station = Station::at_batch();
    let steps_before = station.desk().plan.steps.len();
    station.press("x j x w enter");
    assert!(station.screen(80, 24).contains("Assign 2 candidates to you?"), "{}", station.screen(80, 24));
    station.press("enter");
    assert!(station.desk().plan.steps.len() < steps_before, "the others are nobody's to press upon");
    station.press("c");
    assert!(station.screen(80, 24).contains("not yours"), "{}", station.screen(80, 24));
    filter(&mut station, &Keep::Mine);
    assert_eq!(station.desk().shown.len(), 2);
    assert!(station.screen(80, 24).contains("assigned to you"), "{}", station.screen(80, 24));
    station.press("F u");
    assert_eq!(station.desk().plan.steps.len(), steps_before);
}

#[test]
fn a_question_is_sealed_across_ones_own_batch_alone() {
    let mut shelf = Shelf::new();
    let (mine, others) = (shelf.submission(1), shelf.submission(2));
    shelf.act(reviewer("chief"), Act::Assigned { submission: Some(mine), reviewer: reviewer("Mara") });
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000);
    assert_eq!(station.desk().plan.steps.len(), 3);
    station.rates_everything(3).seals_everything();
    assert!(station.desk().sight.scorecard_is_sealed(reviewer("Mara"), mine));
    assert!(!station.desk().sight.scorecard_is_sealed(reviewer("Mara"), others), "nobody's scorecard is sealed by another's");
}

#[test]
fn stepping_aside_asks_why_takes_the_answers_out_of_the_order_and_can_be_taken_back() {
    let mut station = Station::reviewing();
    let (answer, before) = (station.answer(), station.desk().plan.steps.len());
    let submission = station.shelf.batch.answer(answer).expect("in the batch").0.id;
    station.press("ctrl-w");
    assert!(station.screen(80, 24).contains("Step aside from"), "{}", station.screen(80, 24));
    station.press("enter");
    assert!(station.desk().mine().recused.contains_key(&submission), "{}", station.says());
    assert!(station.desk().plan.steps.len() < before && station.desk().plan.position(answer).is_none());
    station.press("g u");
    assert_eq!(station.desk().plan.steps.len(), before, "{}", station.says());
    // Who knows the person is offered to step aside.
    station.press("I j enter");
    assert!(station.screen(80, 24).contains("Step aside from"), "{}", station.screen(80, 24));
    station.press("end enter");
    assert!(station.desk().mine().recused.is_empty());
}

#[test]
fn who_came_in_after_the_first_decision_is_of_the_late_wave_and_says_so() {
    let mut shelf = Shelf::new();
    for submission in &mut shelf.batch.submissions {
        submission.completed_at = Some("2026-05-01T08:00:00Z".parse().expect("a time"));
    }
    shelf.batch.submissions[4].completed_at = Some("2026-05-09T08:00:00Z".parse().expect("a time"));
    let late = shelf.submission(5);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3).seals_everything().press("home");
    let first = station.desk().rows.iter().position(|id| *id != late).expect("somebody else");
    (0..first).for_each(|_| _ = station.press("j"));
    station.press("D enter end enter").type_text("Calm and clear").press("enter");
    filter(&mut station, &Keep::Late);
    assert_eq!(station.desk().shown, [late]);
    let screen = station.screen(120, 40);
    assert!(screen.contains("of the late wave") && screen.contains(" late "), "{screen}");
    let gate = station.desk().gate();
    assert_eq!((gate.of, gate.late.as_ref().map(|late| (late.of, late.open))), (4, Some((1, true))));
}

#[test]
fn a_new_recording_marks_the_ratings_of_the_old_one_in_the_grid() {
    let mut station = Station::reviewing();
    station.hears(20).press("3 3 3");
    let answer = station.answer();
    let place =
        station.shelf.batch.submissions.iter().position(|s| s.answers.iter().any(|a| a.id == answer)).expect("in the batch");
    let found = station.shelf.batch.submissions[place].answers.iter_mut().find(|a| a.id == answer).expect("there");
    found.revision = Some(Revision::of(&Digest::of(b"another recording")));
    let submission = station.shelf.batch.submissions[place].id;
    station.press("g");
    let contents = Box::new(station.shelf.contents());
    station.happens(Event::Renewed(contents));
    filter(&mut station, &Keep::Stale);
    assert_eq!(station.desk().shown, [submission]);
    let screen = station.screen(120, 40);
    assert!(screen.contains("3 ratings are of an older recording") && screen.contains("↺"), "{screen}");
}

#[test]
fn nobody_scores_before_the_time_that_the_rubric_was_frozen_with() {
    let mut shelf = Shelf::without_rubric();
    let mut rubric = batch::rubric(batch::RUBRIC);
    let at = "2026-05-04T08:00:00Z".parse().expect("a time");
    rubric.freeze = Some(earmark::rubric::Freeze {
        at,
        by: "Mara".into(),
        scoring_hash: rubric.scoring_hash(),
        text_hash: rubric.text_hash(),
        first_score_allowed_after: Some("2026-05-04T08:01:00Z".parse().expect("a time")),
    });
    shelf.attach(rubric, Vec::new());
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).press("3");
    assert!(station.says().contains("nobody score before 2026-05-04 08:01 UTC"), "{}", station.says());
    station.press("m").type_text("Calm").press("enter g O");
    assert!(station.app.overlays.is_empty() && station.says().contains("08:01"), "{}", station.says());
    assert!(!station.kinds().contains(&"rated".to_owned()) && station.kinds().contains(&"noted".to_owned()));
    station.press("o").waits(60_000).press("3");
    assert!(station.kinds().contains(&"rated".to_owned()), "{}", station.says());
}

#[test]
fn a_window_that_only_reads_filters_and_sorts_and_changes_nobody() {
    let mut station = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    station.press("enter");
    filter(&mut station, &Keep::Fault);
    assert_eq!(station.desk().shown.len(), 1);
    station.press("F a");
    for keys in ["*", "w", "ctrl-w", "t", "D"] {
        station.press(keys);
        assert!(station.says().contains("only reads") || station.app.overlays.is_empty(), "{keys}");
        station.press("esc enter");
    }
    assert_eq!(station.kinds(), [""; 0]);
}

#[test]
fn once_the_other_window_has_ended_this_one_writes_and_says_so() {
    let mut station = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    station.press("enter");
    assert!(station.screen(80, 24).contains("only reading"), "{}", station.screen(80, 24));
    station.happens(Event::MayWrite);
    let screen = station.screen(80, 24);
    assert!(!screen.contains("only reading") && station.says().contains("this one writes from now on"), "{screen}");
    station.press("*");
    assert_eq!(station.kinds(), ["shortlisted"]);
    let mut nowhere = Station::demo();
    nowhere.app.cannot_write();
    nowhere.happens(Event::MayWrite);
    assert!(nowhere.app.read_only, "where nothing can be written nobody may");
}

#[test]
fn batches_are_one_queue_that_is_filtered_and_sorted() {
    let mut station = Station::demo();
    let row = station.app.shelf.rows.clone().expect("they are listed").remove(0);
    let batch = |name: &str| earmark::interview::BatchId::derive(&[name]);
    let mut rows = vec![row.clone(), row.clone(), row];
    let left = |recorded_ms| {
        let rest = earmark::app::Rest { recorded_ms, ..earmark::app::Rest::default() };
        Some(earmark::app::LeftToHear { since: None, whole: rest, skipping: rest })
    };
    rows[1].id = batch("second");
    rows[1].title = SafeText::name("A short one");
    rows[1].left = left(90_000);
    rows[0].left = left(6 * 3_600_000);
    rows[2].id = batch("third");
    rows[2].title = SafeText::name("One that is done");
    (rows[2].sealed, rows[2].has_rubric) = (rows[2].of, false);
    rows[2].left = Some(earmark::app::LeftToHear::default());
    station.happens(Event::Shelf(rows));
    let screen = station.screen(120, 40);
    assert!(screen.contains("4h 00m") && screen.contains("1 min") && screen.contains("done"), "at 1.5x: {screen}");
    station.press("f enter esc");
    let screen = station.screen(80, 24);
    assert!(screen.contains("only open: 2 of 3 (F)") && !screen.contains("One that is done"), "{screen}");
    station.press("s down down down enter");
    let selected = station.app.shelf.row(station.now).map(|row| row.id);
    assert_eq!(selected, Some(station.shelf.batch.id), "the batch under the cursor stays under it");
    let titles: Vec<&str> = station.app.shelf.shown(station.now).iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["A short one", "Keepers of the north light"], "the least left to hear first");
    station.press("F");
    assert_eq!(station.app.shelf.shown(station.now).len(), 3);
}
