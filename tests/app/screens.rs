//! Whole screens as pictures. `INSTA_UPDATE=always cargo nextest run screens` takes them anew; look at each before it is kept.

use earmark::app::{Event, Report};
use earmark::interview::Moment;
use earmark::tui::Glyphs;
use ratatui::style::Modifier;

use crate::station::{Shelf, Station, paper};

/// Compares a screen with the picture that is kept under its name.
fn check(name: &str, station: &mut Station, (width, height): (u16, u16)) {
    let screen = station.screen(width, height);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(format!("{name}-{width}x{height}"), screen));
}

/// Mara half-way: one answer rated with evidence and a note, the next one playing.
fn working() -> Station {
    let mut station = Station::reviewing();
    station.hears(4).press("4 k").hears(2).press("e j 2 3 k k");
    station.press("m").type_text("Lit the spare before looking for the cause").press("enter space");
    let (slot, at) = (station.app.deck.active, Moment(6_300));
    station.happens(Event::Player(Report::At { slot, at }));
    station.app.notice = None;
    station
}

/// Mara and a colleague are done.
fn revealed() -> Station {
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3).seals_everything();
    station
}

#[test]
fn batches() {
    check("batches", &mut Station::demo(), (80, 24));
    let mut empty = Station::demo();
    empty.happens(Event::Shelf(Vec::new()));
    check("batches-empty", &mut empty, (80, 24));
}

#[test]
fn batch() {
    let mut station = working();
    station.press("n g");
    check("batch", &mut station, (80, 24));
    check("batch", &mut station, (120, 40));
    check("batch-revealed", &mut revealed(), (80, 24));
}

#[test]
fn rubric() {
    let mut station = Station::at_batch();
    station.press("o");
    check("rubric", &mut station, (80, 24));
}

#[test]
fn review() {
    let mut station = working();
    for size in [(80, 24), (120, 40), (200, 50)] {
        check("review", &mut station, size);
    }
    station.press("tab tab");
    check("review-notes", &mut station, (80, 24));
    station.press("tab");
    station.look = paper::look("dark", Glyphs::Ascii);
    check("review-ascii", &mut station, (80, 24));
}

#[test]
fn review_at_everyones_pace_without_silences() {
    let mut station = working();
    station.press("w s j");
    for size in [(80, 24), (120, 40), (200, 50)] {
        check("review-paced", &mut station, size);
    }
    station.look = paper::look("dark", Glyphs::Ascii);
    check("review-paced-ascii", &mut station, (80, 24));
}

#[test]
fn compare() {
    let mut station = working();
    station.press("v").waits(3_000).press("b 3 a");
    for size in [(80, 24), (120, 40)] {
        check("compare", &mut station, size);
    }
}

#[test]
fn panel() {
    let mut station = revealed();
    station.press("P");
    for size in [(80, 24), (120, 40)] {
        check("panel", &mut station, size);
    }
    let mut early = working();
    early.press("P");
    check("panel-before", &mut early, (80, 24));
}

#[test]
fn overlays() {
    for (name, keys) in [("seal-missing", "S"), ("help", "?"), ("recommend", "O"), ("reveal-name", "I")] {
        let mut station = working();
        station.press(keys);
        check(name, &mut station, (80, 24));
    }
    let mut station = Station::reviewing();
    station.rates_everything(3).press("S");
    check("seal", &mut station, (80, 24));
}

#[test]
fn palette() {
    let mut station = working();
    station.press(":").type_text("norm");
    check("palette", &mut station, (80, 24));
}

#[test]
fn note_field() {
    let mut station = working();
    station.press("m").type_text("Says what was seen, ").press("ctrl-j").type_text("not what was guessed");
    check("note", &mut station, (80, 24));
}

/// The styles of the word that is heard now and of the word before it, in a theme.
fn styles(theme: &str) -> [ratatui::style::Style; 2] {
    let mut station = working();
    station.look = paper::look(theme, Glyphs::Unicode);
    let buffer = station.buffer(80, 24);
    // At 6.3 s it is "anything" that sounds.
    let said = "before anything";
    let rows = paper::rows(&buffer);
    let (y, row) = rows.iter().enumerate().find(|(_, row)| row.contains(said)).expect("it is on screen");
    let x = row[..row.find(said).expect("found above")].chars().count() as u16;
    [x + 7, x].map(|x| buffer[(x, y as u16)].style())
}

#[test]
fn the_word_in_the_ear_is_lit_and_without_colour_too() {
    for theme in ["dark", "light", "mono"] {
        let [spoken, before] = styles(theme);
        assert_ne!(spoken, before, "{theme}");
    }
    let [spoken, before] = styles("mono");
    let signs = |style: ratatui::style::Style| style.add_modifier & (Modifier::REVERSED | Modifier::UNDERLINED);
    assert!(!signs(spoken).is_empty() && signs(spoken) != signs(before), "{spoken:?}");
}

#[test]
fn the_concordance() {
    for (width, height) in [(80, 24), (120, 40)] {
        let mut station = Station::at_batch();
        station.press("/").type_text("the lamp").press("down");
        check("concordance", &mut station, (width, height));
    }
}

#[test]
fn finding_in_an_answer() {
    let mut station = Station::reviewing();
    station.press("/").type_text("the");
    check("find", &mut station, (80, 24));
}
