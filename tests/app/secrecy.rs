//! What must not be seen: others' work before the reveal, and candidates' names.

use earmark::app::Start;
use earmark::journal::{Act, Subject};
use ratatui::buffer::Buffer;

use crate::station::{Shelf, Station, batch};

/// A walk over every screen; a frame after each step.
const WALK: [&str; 16] = ["", "enter", "j l", "P", "g", "o", "enter", "tab", "tab", "v", "b", "2", "g", "P", "i", "esc"];

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

fn frames(station: &mut Station, walk: &[&str]) -> Vec<(String, Buffer)> {
    let mut frames = Vec::new();
    for keys in walk {
        station.waits(3_000).press(keys);
        for (width, height) in SIZES {
            frames.push((format!("after {keys:?} at {width}x{height}"), station.buffer(width, height)));
        }
    }
    frames
}

#[test]
fn before_the_reveal_no_screen_shows_one_byte_of_others_work() {
    let mut alone = Station::of("Mara", Shelf::new(), |_| {});
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 5);
    shelf.colleague("Tilda", 1);
    let mut among = Station::of("Mara", shelf, |_| {});
    for ((what, alone), (_, among)) in frames(&mut alone, &WALK).into_iter().zip(frames(&mut among, &WALK)) {
        assert_eq!(alone, among, "{what}");
    }
}

#[test]
fn while_one_question_is_open_others_stay_hidden_and_compare_never_shows_them() {
    let mut shelf = Shelf::new();
    let mut alone = Station::of("Mara", shelf.clone(), |_| {});
    shelf.colleague("Ivo", 5);
    let mut among = Station::of("Mara", shelf, |_| {});
    for station in [&mut alone, &mut among] {
        station.press("enter o enter").waits(3_000).rates_everything(3).press("g home S enter right S enter");
    }
    for ((what, alone), (_, among)) in
        frames(&mut alone, &["P", "g", "o", "v"]).into_iter().zip(frames(&mut among, &["P", "g", "o", "v"]))
    {
        assert_eq!(alone, among, "{what}");
    }
    // After the last seal the panel differs, and compare still shows one's own values alone.
    for station in [&mut alone, &mut among] {
        station.press("g home right right S enter");
    }
    let last = |station: &mut Station, keys: &str| frames(station, &[keys]).pop().expect("a frame").1;
    assert_ne!(last(&mut alone, "P"), last(&mut among, "P"));
    assert_eq!(last(&mut alone, "v"), last(&mut among, "v"));
}

#[test]
fn no_candidates_name_is_on_any_screen_before_it_is_revealed() {
    let mut station = Station::demo();
    let mut walk = WALK.to_vec();
    walk.extend(["g", "I", "esc", "O", "esc", "S", "esc", "o", "m", "esc", "M", "esc", "?", "esc", ":", "esc"]);
    for keys in walk {
        station.waits(3_000).press(keys);
        for (width, height) in SIZES {
            let screen = station.screen(width, height);
            for part in batch::NAMES.iter().flat_map(|name| name.split(' ')).chain(["keeper@", "7946"]) {
                assert!(!screen.contains(part), "{part} after {keys:?}:\n{screen}");
            }
        }
    }
}

#[test]
fn revealing_a_name_asks_why_writes_it_and_shows_that_one_alone() {
    let mut station = Station::at_batch();
    station.press("I esc");
    assert_eq!(station.kinds(), [""; 0], "leaving reveals nothing");
    station.press("I j enter");
    let Some(Act::Revealed { what: Subject::Name(submission), reason }) = station.acts().last().copied() else { panic!("nothing") };
    assert_eq!(reason.as_ref().map(|reason| reason.as_str()), Some("I think I know this person"));
    let name = station.shelf.batch.submission(*submission).and_then(|s| s.candidate.name.clone()).expect("a name");
    let screen = station.screen(80, 24);
    let seen: Vec<&str> = batch::NAMES.into_iter().filter(|other| screen.contains(other)).collect();
    assert_eq!(seen, [name.as_str()]);
    let mut again = station.again();
    assert!(again.press("enter").screen(80, 24).contains(name.as_str()), "it stays shown");
}

#[test]
fn a_window_that_only_reads_says_so_and_writes_nothing() {
    let mut shelf = Shelf::new();
    shelf.colleague("Mara", 3);
    shelf.colleague("Ivo", 3);
    for shelf in [Shelf::new(), Shelf::without_rubric(), shelf] {
        let mut station = Station::of("Mara", shelf, |start: &mut Start| start.read_only = true);
        assert!(station.screen(80, 24).contains("only reads"));
        station.press("enter");
        assert!(station.screen(80, 24).contains("only reading"));
        for keys in ["o", "enter", "4 e 0 F x +", "O enter", "M enter", "I enter", "S enter", "R", "m", "p"] {
            station.waits(3_000).press(keys);
            if !station.app.overlays.is_empty() {
                station.type_text("text").happens(earmark::app::Event::Rested).press("enter");
            }
        }
        station.press("space").hears(9).press("u ctrl-r g A S enter R");
        assert_eq!(station.acts(), [] as [&Act; 0]);
        assert_eq!(station.says(), "Another earmark is open on this library: this one only reads.");
    }
}
