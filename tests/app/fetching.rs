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
    station.press("p");
    assert!(station.says().contains("begun elsewhere") && !pauses(&station), "{}", station.says());
    station.happens(Event::UnderWay(None)).press("down");
    assert!(!station.screen(80, 24).contains("Fetching"), "{}", station.screen(80, 24));
}

fn pauses(station: &Station) -> bool {
    station.asked.iter().any(|effect| matches!(effect, Effect::PauseFetch))
}

#[test]
fn a_key_pauses_what_is_fetched_here_and_the_line_says_so_and_which_key_goes_on() {
    let mut station = Station::demo();
    station.press("p");
    assert!(station.says().contains("Nothing is being fetched") && !pauses(&station), "{}", station.says());
    station.app.sources = vec!["ats".into()];
    station.press("R");
    let state = UnderWay { source: "ats".into(), files: 400, arrived: 12, rate: 5_000_000, ..UnderWay::default() };
    station.happens(Event::UnderWay(Some(Box::new(state.clone()))));
    assert!(station.screen(100, 24).contains("5.0 MB/s · p pauses"), "{}", station.screen(100, 24));
    station.press("p");
    assert!(pauses(&station));
    station.happens(Event::UnderWay(Some(Box::new(UnderWay { rests: true, ..state }))));
    assert!(station.screen(100, 24).contains("12 of 400 files, paused · p goes on"), "{}", station.screen(100, 24));
}
