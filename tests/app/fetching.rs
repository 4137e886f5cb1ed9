//! Fetching from the batches, and how far it is.

use earmark::app::{Effect, Event};
use earmark::interview::UnderWay;
use earmark::text::SafeText;

use crate::station::Station;

fn asked_of(station: &Station) -> Vec<Option<&str>> {
    let fetches = station.asked.iter().filter_map(|effect| if let Effect::FetchNew(source) = effect { Some(source) } else { None });
    fetches.map(|source| source.as_ref().map(SafeText::as_str)).collect()
}

#[test]
fn what_is_new_is_fetched_from_the_only_source_and_asked_where_there_are_several() {
    let mut station = Station::demo();
    station.press("R");
    assert!(station.says().contains("[source.NAME]") && asked_of(&station).is_empty(), "{}", station.says());
    station.app.sources = vec!["ats".into()];
    station.press("R");
    assert_eq!(asked_of(&station), [Some("ats")]);
    station.app.sources = vec!["ats".into(), "hub".into()];
    station.press("R down down enter R enter");
    assert_eq!(asked_of(&station), [Some("ats"), Some("hub"), None]);
    station.happens(Event::Fetched { told: "ats: 3 answers arrived".into(), whole: true });
    assert_eq!(station.says(), "ats: 3 answers arrived");
    assert!(matches!(station.asked.last(), Some(Effect::ListBatches)), "what came is listed");
}

#[test]
fn how_far_a_fetch_is_stands_below_the_batches_and_a_second_one_is_not_begun() {
    let mut station = Station::demo();
    station.app.sources = vec!["ats".into()];
    let state =
        UnderWay { source: "ats".into(), files: 400, arrived: 12, bytes: 812_000_000, came: 34_000_000, ..UnderWay::default() };
    station.happens(Event::UnderWay(Some(Box::new(state))));
    assert!(station.screen(80, 24).contains("Fetching from ats: 12 of 400 files, 34 of 812 MB"), "{}", station.screen(80, 24));
    station.press("R");
    assert!(station.says().starts_with("A fetch is under way.") && asked_of(&station).is_empty(), "{}", station.says());
    station.happens(Event::UnderWay(None)).press("down");
    assert!(!station.screen(80, 24).contains("Fetching"), "{}", station.screen(80, 24));
}
