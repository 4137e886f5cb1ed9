//! Deciding and tagging from the grid.

use earmark::app::Event;
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
    assert!(station.screen(80, 24).contains("Esc keeps a draft"), "{}", station.screen(80, 24));
    station.type_text("Orders").press("esc D enter");
    assert!(station.screen(80, 24).contains("Orders"), "and it does: {}", station.screen(80, 24));
    station.press("ctrl-u enter");
    assert_eq!(decisions(&station), [], "not without a reason");
    station.press("D enter").type_text("Orders the work under pressure").press("enter");
    assert_eq!(decisions(&station), [(Decision::Advance, "Orders the work under pressure".to_owned(), None)]);
    let screen = station.screen(80, 24);
    assert!(screen.contains("advance: Orders the work under pressure"), "{screen}");
    station.press("D");
    assert!(station.screen(80, 24).contains("Decided so far: advance"), "{}", station.screen(80, 24));
    station.press("end enter").type_text("Withdrawn by the team").press("enter");
    assert_eq!(decisions(&station).last().map(|(decision, ..)| *decision), Some(Decision::Decline));
}

#[test]
fn before_everyone_was_heard_a_decision_names_who_was_not_and_takes_a_reason_of_its_own() {
    let mut station = Station::at_batch();
    station.press("D");
    let screen = station.screen(80, 24);
    assert!(screen.contains("Not everyone was heard yet") && screen.contains("0 of 1 review sealed"), "{screen}");
    station.press("enter").type_text("Known to us").press("enter");
    assert_eq!(decisions(&station), []);
    assert!(station.screen(80, 24).contains("Why decide before everyone was heard?"), "{}", station.screen(80, 24));
    station.press("enter");
    assert_eq!(decisions(&station), [], "an empty reason decides nothing");
    station.press("D enter").type_text("Known to us").press("enter").type_text("An offer elsewhere runs out").press("enter");
    let expected = (Decision::Advance, "Known to us".to_owned(), Some("An offer elsewhere runs out".to_owned()));
    assert_eq!(decisions(&station), [expected]);
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
