//! Every key on every screen: it does something or says why not; and no walk of keys, however odd, breaks what always holds.

use std::collections::BTreeMap;

use earmark::app::action::{Action, Place};
use earmark::app::{Command, Desk, Effect, Event, Report, Screen};
use earmark::journal::Act;
use earmark::tui::keymap::{DEFAULTS, Key, Keymap};
use proptest::prelude::*;

use crate::station::{Shelf, Station, Writing, paper};

/// The keys of each place, as `keys.toml` names them.
fn keys() -> BTreeMap<String, Vec<String>> {
    let table: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(DEFAULTS).expect("the defaults are TOML");
    table.into_iter().map(|(place, keys)| (place, keys.into_keys().collect())).collect()
}

/// Mara in the middle of her work, and after these keys.
fn amid(keys: &str) -> Station {
    let mut station = Station::reviewing();
    station.hears(7).press("4 e k 3 2 u k").waits(3_000).press(keys).waits(3_000);
    station
}

/// Mara when all is sealed, and after these keys.
fn done(keys: &str) -> Station {
    let mut station = Station::reviewing();
    station.rates_everything(3).seals_everything().press(keys).waits(3_000);
    station
}

/// Mara before three batches.
fn choosing(keys: &str) -> Station {
    let mut station = Station::demo();
    let row = station.shelf.row(station.app.me.id);
    station.happens(Event::Shelf(vec![row; 3])).press(keys);
    station
}

/// Mara after a plan was applied, with some left to do.
fn delivering(keys: &str) -> Station {
    let mut station = super::delivering::applied();
    station.press(keys).waits(3_000);
    station
}

/// A way into a state, and the keys that lead there.
type State = (fn(&str) -> Station, &'static str);

/// States of a place in which its keys may differ.
fn states(place: Place) -> Vec<State> {
    match place {
        Place::Batches => vec![(choosing, ""), (choosing, "j")],
        Place::Batch => vec![(amid, "g"), (amid, "g j j l"), (done, "g home")],
        Place::Review => vec![(amid, ""), (amid, "j"), (amid, "n n >"), (amid, "tab pgdn pgdn"), (done, "o")],
        Place::Compare => vec![(amid, "v"), (amid, "v b j"), (amid, "v pgdn"), (amid, "g x j x j x j x v space")],
        Place::Panel => vec![(done, "P"), (done, "P j j")],
        Place::Deliver => vec![(delivering, ""), (delivering, "j j")],
        Place::Overlay => vec![(amid, "g r"), (amid, "r j j"), (amid, "O"), (amid, "O j j")],
        Place::Anywhere => vec![(amid, "")],
    }
}

/// Whether a key shows anything: another frame, a message, or something asked of an edge.
fn answers(station: &mut Station, key: &str) -> bool {
    station.app.notice = None;
    let (before, asked) = (station.buffer(120, 40), station.asked.len());
    let speed = station.app.deck.speed;
    station.press(key);
    station.asked.len() > asked || station.buffer(120, 40) != before || station.app.deck.speed != speed
}

#[test]
fn every_key_does_something_or_says_why_not() {
    let mut silent = Vec::new();
    for (name, keys) in keys() {
        let place = Place::ALL.into_iter().find(|place| place.name() == name).expect("a place");
        for key in keys {
            let does = |(state, led): &State| {
                let mut station = state(led);
                let at = station.app.place();
                assert!(at == place || place == Place::Anywhere, "{led:?} leads to {}, not to {name}", at.name());
                answers(&mut station, &key)
            };
            if !states(place).iter().any(does) {
                silent.push(format!("{name}: {key}"));
            }
        }
    }
    assert_eq!(silent, [""; 0]);
}

#[test]
fn every_action_of_the_table_has_a_key_where_it_works_or_is_in_the_palette() {
    let keymap = Keymap::new();
    for action in Action::ALL {
        for place in action.places().iter().filter(|place| **place != Place::Anywhere) {
            assert!(!keymap.keys(*place, *action).is_empty(), "{action} has no key in {}", place.name());
        }
    }
}

/// What holds after every key.
fn check(station: &mut Station) {
    station.buffer(80, 24);
    assert!(!station.app.screens.is_empty());
    let Some(desk) = &station.app.desk else {
        assert!(matches!(station.app.screen(), Screen::Batches));
        return;
    };
    let progress = desk.progress();
    assert!(progress.rated <= progress.of && progress.sealed <= progress.of);
    assert!(desk.mine().refused.is_empty(), "an act was asked for that the rules refuse");
    if station.app.read_only {
        assert_eq!(station.acts(), [] as [&Act; 0]);
    }
    if station.writing == Writing::AtOnce {
        let anew = Desk::new(station.app.me.id, station.shelf.contents());
        assert_eq!(anew.sight, desk.sight, "what is on screen is what the journal says");
        assert_eq!(anew.plan, desk.plan);
        assert!(!desk.has_pending());
    }
}

#[derive(Clone, Debug)]
enum Step {
    Press(String),
    Type(String),
    Wait(i64),
    Hear(u32),
    Rest,
    LoseDevice,
    Colleague,
}

fn step() -> impl Strategy<Value = Step> {
    let keys: Vec<String> =
        keys().into_values().flatten().filter(|key| !matches!(key.as_str(), "Q" | "ctrl-q" | "ctrl-c")).collect();
    prop_oneof![
        20 => proptest::sample::select(keys).prop_map(Step::Press),
        4 => proptest::sample::select(vec!["enter", "enter", "o", "1", "3", "3", "5", "S", "e"]).prop_map(|key| Step::Press(key.to_owned())),
        1 => "[a-z \\PC]{0,6}".prop_map(Step::Type),
        3 => (0..5_000i64).prop_map(Step::Wait),
        3 => (1..25u32).prop_map(Step::Hear),
        1 => Just(Step::Rest),
        1 => Just(Step::LoseDevice),
        1 => Just(Step::Colleague),
    ]
}

fn take(station: &mut Station, step: &Step) {
    match step {
        Step::Press(key) => _ = station.press(key),
        Step::Type(text) => _ = station.type_text(text),
        Step::Wait(ms) => _ = station.waits(*ms),
        Step::Hear(seconds) => _ = station.hears(*seconds),
        Step::Rest => _ = station.happens(Event::Rested),
        Step::LoseDevice => _ = station.happens(Event::Player(Report::NoDevice { reason: "unplugged".into() })),
        Step::Colleague => {
            if station.app.desk.is_some() && station.shelf.rubric.is_some() {
                let news = station.shelf.colleague("Ivo", 4);
                station.happens(Event::Others(news));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_walk_of_keys_breaks_what_always_holds(
        steps in proptest::collection::vec(step(), 1..90),
        read_only in proptest::bool::weighted(0.2),
        rubric in proptest::bool::weighted(0.9),
    ) {
        let shelf = if rubric { Shelf::new() } else { Shelf::without_rubric() };
        let mut station = Station::of("Mara", shelf, |start| start.read_only = read_only);
        station.look = paper::look("mono", earmark::tui::Glyphs::Unicode);
        station.press("enter");
        for step in &steps {
            take(&mut station, step);
            check(&mut station);
        }
        if !read_only {
            let (shelf, me) = (station.again().shelf, station.app.me.id);
            prop_assert_eq!(shelf.row(me), station.shelf.row(me));
        }
    }
}

#[test]
fn every_key_name_of_the_defaults_is_a_key() {
    for key in keys().into_values().flatten() {
        for one in key.split(' ') {
            assert!(one.parse::<Key>().is_ok(), "{one}");
        }
    }
}

#[test]
fn esc_on_the_first_screen_says_how_to_leave_and_q_leaves() {
    let mut station = Station::demo();
    station.press("esc");
    assert_eq!(station.says(), "This is the first screen: q leaves earmark.");
    assert!(!station.asked.contains(&Effect::Quit));
    station.press("enter q");
    assert!(!station.asked.contains(&Effect::Quit), "from a batch q goes back");
    station.press("q");
    assert!(station.asked.contains(&Effect::Quit));
}

#[test]
fn leaving_pauses_what_plays_and_keeps_what_is_typed() {
    let mut station = Station::reviewing();
    assert!(station.app.deck.playing);
    station.press("Q");
    let end: Vec<&Effect> = station.asked.iter().rev().take(2).collect();
    assert_eq!(end, [&Effect::Quit, &Effect::Player(Command::Pause)]);
    let mut typing = Station::reviewing();
    typing.press("m").type_text("Lit the spare").press("ctrl-c");
    assert_eq!(typing.kinds().last().map(String::as_str), Some("drafted"));
    assert_eq!(typing.asked.last(), Some(&Effect::Quit));
}
