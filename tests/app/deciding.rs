//! Deciding and tagging from the grid.

use earmark::app::Event;
use earmark::interview::Application;
use earmark::journal::{Act, Decision, Tagging};
use earmark::text::SafeText;

use crate::station::{Shelf, Station, batch, reviewer};

/// Mara in the grid when all that has to be heard is sealed, and the gate is open.
fn open() -> Station {
    let mut station = Station::reviewing();
    station.rates_everything(3).seals_everything().press("home");
    assert!(station.desk().gate().open, "{:?}", station.desk().gate());
    station
}

fn decisions(station: &Station) -> Vec<(Decision, String, Option<String>)> {
    let decided = |act: &&Act| match act {
        Act::Decided { decision, reason, overrides, .. } => {
            Some((*decision, reason.to_string(), overrides.as_ref().map(ToString::to_string)))
        }
        _ => None,
    };
    station.acts().iter().filter_map(decided).collect()
}

#[test]
fn a_decision_takes_a_reason_and_shows_in_the_grid() {
    let mut station = open();
    station.press("D");
    assert!(station.screen(80, 24).contains("What becomes of"), "{}", station.screen(80, 24));
    station.press("enter");
    assert!(station.screen(80, 24).contains("Among the strongest on the criteria"), "{}", station.screen(80, 24));
    station.press("end enter");
    assert!(station.screen(80, 24).contains("Esc keeps a draft"), "{}", station.screen(80, 24));
    station.type_text("Orders").press("esc D enter end enter");
    assert!(station.screen(80, 24).contains("Orders"), "and it does: {}", station.screen(80, 24));
    station.press("ctrl-u enter");
    assert_eq!(decisions(&station), [], "not without a reason");
    station.press("D enter end enter").type_text("Orders the work under pressure").press("enter");
    assert_eq!(decisions(&station), [(Decision::Advance, "Orders the work under pressure".to_owned(), None)]);
    let screen = station.screen(80, 24);
    assert!(screen.contains("advance: Orders the work under pressure"), "{screen}");
    station.press("D");
    assert!(station.screen(80, 24).contains("Decided so far: advance"), "{}", station.screen(80, 24));
    station.press("end enter end enter").type_text("Withdrawn by the team").press("enter");
    assert_eq!(decisions(&station).last().map(|(decision, ..)| *decision), Some(Decision::Decline));
}

#[test]
fn a_decision_that_came_after_a_delivery_is_undone_where_a_clock_was_ahead_of_that_delivery() {
    for is_after in [true, false] {
        let mut shelf = Shelf::new();
        let ids: Vec<String> = shelf.batch.submissions.iter().map(|one| one.candidate.id.to_string()).collect();
        let receipt = serde_json::json!({ "delivery": "d-1", "candidates": ids });
        // It stands behind what came from a machine that is ten days ahead.
        let late = jiff::SignedDuration::from_hours(240);
        let who = if is_after { "Mara" } else { "Ivo" };
        shelf.act(reviewer(who), Act::Exported { receipt });
        let delivered = &mut shelf.events.last_mut().expect("it was written").header;
        delivered.after = Some(delivered.at + late);
        let mut station = Station::of("Mara", shelf, |_| {});
        station.press("enter o enter").waits(3_000).rates_everything(3).seals_everything().press("home");
        station.press("D enter end enter").type_text("Orders the work").press("enter");
        assert_eq!(decisions(&station).len(), 1);
        station.press("u");
        let undone = station.acts().iter().any(|act| matches!(act, Act::Undone { .. }));
        assert_eq!(undone, is_after, "{}", station.says());
        assert!(is_after || station.says().contains("delivered"), "what left is not undone: {}", station.says());
    }
}

#[test]
fn before_everyone_was_heard_a_decision_names_who_was_not_and_takes_a_reason_of_its_own() {
    let mut station = Station::at_batch();
    station.press("D");
    let screen = station.screen(80, 24);
    assert!(screen.contains("Not everyone was heard yet") && screen.contains("0 of 1 review sealed"), "{screen}");
    station.press("enter end enter").type_text("Known to us").press("enter");
    assert_eq!(decisions(&station), []);
    assert!(station.screen(80, 24).contains("Why decide before everyone was heard?"), "{}", station.screen(80, 24));
    station.press("end enter").type_text(" ").press("enter");
    assert_eq!(decisions(&station), [], "an empty reason decides nothing");
    station.press("D enter end enter").type_text("Known to us").press("enter enter");
    assert_eq!((decisions(&station), station.says()), (vec![], "Nothing was decided."), "Enter alone waits");
    station.press("D enter end enter").type_text("Known to us").press("enter down enter");
    let expected = (Decision::Advance, "Known to us".to_owned(), Some("An offer elsewhere runs out".to_owned()));
    assert_eq!(decisions(&station), [expected]);
}

#[test]
fn a_reason_of_the_short_list_takes_a_note_or_none_and_is_kept_by_its_word() {
    let mut station = open();
    station.press("D enter enter");
    assert!(station.screen(80, 24).contains("Among the strongest on the criteria. A note to it?"), "{}", station.screen(80, 24));
    station.press("enter");
    let of = |station: &Station| {
        let decided = |act: &&Act| match act {
            Act::Decided { because, reason, .. } => Some((because.as_ref().map(ToString::to_string), reason.to_string())),
            _ => None,
        };
        station.acts().iter().filter_map(decided).collect::<Vec<_>>()
    };
    let strongest = Some("strongest".to_owned());
    assert_eq!(of(&station), [(strongest.clone(), "Among the strongest on the criteria".to_owned())]);
    station.press("D enter enter").type_text("by far").press("enter");
    assert_eq!(of(&station)[1], (strongest, "Among the strongest on the criteria: by far".to_owned()));
}

/// Mara with all sealed, where the candidate under the cursor belongs to two applications.
fn with_two_applications() -> Station {
    let mut shelf = Shelf::new();
    let application = |id: &str| Application {
        system: Some("ats".into()),
        id: id.into(),
        requisition: Some(SafeText::line(&format!("R-{id}"))),
        ids: Default::default(),
    };
    for submission in &mut shelf.batch.submissions {
        submission.applications = vec![application("41"), application("42")];
    }
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3).seals_everything().press("home");
    station
}

#[test]
fn who_belongs_to_two_applications_is_decided_on_for_one_or_for_both() {
    let mut station = with_two_applications();
    station.press("D");
    let screen = station.screen(80, 24);
    assert!(
        screen.contains("Decide on which application") && screen.contains("All 2 applications") && screen.contains("R-42"),
        "{screen}"
    );
    station.press("down down enter");
    assert!(station.screen(80, 24).contains(", application 42?"), "{}", station.screen(80, 24));
    station.press("end enter enter enter");
    let applications = |station: &Station| -> Vec<Option<String>> {
        let of = |act: &&Act| {
            if let Act::Decided { application, .. } = act { Some(application.as_ref().map(ToString::to_string)) } else { None }
        };
        station.acts().iter().filter_map(of).collect()
    };
    assert_eq!(applications(&station), [Some("42".to_owned())]);
    let screen = station.screen(120, 40);
    assert!(screen.contains("per appl.") && screen.contains("42 decline: Below the bar"), "{screen}");
    station.press("D");
    assert!(station.screen(80, 24).contains("R-42 · decided: decline"), "{}", station.screen(80, 24));
    station.press("enter").waits(1_000).press("enter enter enter");
    assert_eq!(applications(&station)[1], None, "all of them");
    let screen = station.screen(120, 40);
    assert!(!screen.contains("per appl.") && screen.contains("advance"), "the later one stands for both: {screen}");
}

#[test]
fn what_is_decided_against_the_ranking_is_marked_and_said_and_not_forbidden() {
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(4).seals_everything();
    assert!(!station.screen(120, 40).contains("against the ranking"));
    let ranked = station.desk().analysis().expect("a rubric").0.ranking;
    let by_source = |source: &SafeText| {
        let found = station.desk().batch.submissions.iter().find(|one| one.candidate.source_id == *source);
        found.expect("of the batch").id
    };
    let order: Vec<_> = ranked.iter().filter(|one| one.rank.is_some()).map(|one| by_source(&one.candidate)).collect();
    let (best, last) = (order[0], order[order.len() - 1]);
    assert_ne!(ranked[0].rank, ranked[order.len() - 1].rank, "{ranked:?}");
    for (who, keys) in [(best, "D end enter enter enter"), (last, "D enter enter enter")] {
        let row = station.desk().shown.iter().position(|id| *id == who).expect("in the grid");
        station.press("home");
        (0..row).for_each(|_| _ = station.press("down"));
        if who == last {
            // Where the decision is made it is said before it is made.
            station.press("D");
            let asked = station.screen(120, 40);
            assert!(asked.contains("To advance goes against the ranking: advanced, although"), "{asked}");
            station.press("esc");
        }
        station.press(keys);
    }
    assert!(station.says().contains("Against the ranking, which is kept in sight: advanced, although"), "{}", station.says());
    let screen = station.screen(120, 40);
    assert!(screen.contains("advance !") && screen.contains("against the ranking: advanced, although"), "{screen}");
    station.press("D");
    let asked = station.screen(120, 40);
    assert!(asked.contains("Against the ranking: advanced, although"), "{asked}");
    station.press("esc a M");
    let screen = station.screen(120, 40);
    assert!(screen.contains("Decided") && screen.contains("advance !"), "{screen}");
    // They stand by rank, and behind them is one who has none.
    (0..order.len() - 1).for_each(|_| _ = station.press("tab"));
    let screen = station.screen(120, 40);
    assert!(screen.contains("against the ranking: advanced, although"), "{screen}");
}

#[test]
fn a_tag_is_put_on_shown_and_taken_off() {
    let tagged = |station: &Station| {
        let tagged = |act: &&Act| if let Act::Tagged { tag, act, .. } = act { Some((tag.to_string(), *act)) } else { None };
        station.acts().iter().filter_map(tagged).collect::<Vec<_>>()
    };
    let mut station = Station::at_batch();
    station.press("t").type_text("night shift").press("enter");
    assert_eq!(tagged(&station), [("night shift".to_owned(), Tagging::Added)]);
    assert!(station.screen(80, 24).contains("tags: night shift"), "{}", station.screen(80, 24));
    station.press("down t");
    assert!(station.screen(80, 24).contains("puts it on"), "a tag of the batch is offered: {}", station.screen(80, 24));
    station.press("enter up t enter");
    let expected = [Tagging::Added, Tagging::Added, Tagging::Removed].map(|act| ("night shift".to_owned(), act));
    assert_eq!(tagged(&station), expected);
    station.press("t end enter").type_text("remote").press("enter");
    assert!(station.screen(80, 24).contains("tags: remote"));
}

#[test]
fn a_hidden_name_in_a_tag_is_covered_in_the_foot_in_what_is_offered_and_among_the_filters() {
    let mut shelf = Shelf::new();
    let (submission, tag) = (shelf.submission(2), SafeText::line("fav-Quillfeather"));
    shelf.act(reviewer("Mara"), Act::Tagged { submission, tag, act: Tagging::Added });
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter");
    let row = station.desk().rows.iter().position(|row| *row == submission).expect("a row");
    (0..row).for_each(|_| _ = station.press("down"));
    for keys in ["", "t", "esc f"] {
        let screen = station.press(keys).screen(120, 40);
        assert!(screen.contains("fav-[name]") && !screen.contains("Quillfeather"), "{keys}: {screen}");
    }
}

#[test]
fn a_tag_that_comes_while_the_list_is_open_leaves_the_chosen_one_chosen() {
    let mut station = Station::at_batch();
    station.press("t").type_text("night shift").press("enter t");
    let (submission, tag) = (station.shelf.submission(1), SafeText::line("early riser"));
    let others = station.shelf.act(reviewer("Ivo"), Act::Tagged { submission, tag, act: Tagging::Added });
    station.happens(Event::Others(vec![others])).press("enter");
    let Some(Act::Tagged { tag, act, .. }) = station.acts().last().copied() else { panic!("nothing was tagged") };
    assert_eq!((tag.as_str(), *act), ("night shift", Tagging::Removed));
}

#[test]
fn a_must_have_is_answered_as_asked_though_the_rubric_changed_meanwhile() {
    let other = format!("{}\n[[must_have]]\nid = \"boat\"\ntext = \"Can row.\"\n", batch::RUBRIC.replace("night-work", "tides"));
    for (changed, expected) in
        [(other.as_str(), None), (&batch::RUBRIC.replace("Can work at night.", "Works at night."), Some("night-work"))]
    {
        let mut station = Station::reviewing();
        station.press("M");
        assert!(station.screen(80, 24).contains("Can work at night."), "{}", station.screen(80, 24));
        let rubric = Box::new(batch::rubric(changed));
        station.happens(Event::RubricIs { batch: station.shelf.batch.id, rubric }).press("enter");
        let answered =
            station.acts().into_iter().find_map(|act| if let Act::MustHave { id, .. } = act { Some(id.as_str()) } else { None });
        assert_eq!(answered, expected);
        assert_eq!(station.says().contains("changed meanwhile"), expected.is_none(), "{}", station.says());
    }
}

#[test]
fn a_window_that_only_reads_decides_and_tags_nothing() {
    let mut station = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    station.press("enter D");
    assert!(station.app.overlays.is_empty() && station.says().contains("only reads"), "{}", station.says());
    station.press("t");
    assert!(station.app.overlays.is_empty() && station.says().contains("only reads"), "{}", station.says());
}
