//! Deciding and tagging from the grid.

use earmark::journal::{Act, Decision, Tagging};

use crate::station::{Shelf, Station};

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
fn a_window_that_only_reads_decides_and_tags_nothing() {
    let mut station = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    station.press("enter D");
    assert!(station.app.overlays.is_empty() && station.says().contains("only reads"), "{}", station.says());
    station.press("t");
    assert!(station.app.overlays.is_empty() && station.says().contains("only reads"), "{}", station.says());
}
