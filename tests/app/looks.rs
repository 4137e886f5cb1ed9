//! Every screen as it looks, in several sizes and two themes: its text, and which cells have which style.
//! `INSTA_UPDATE=always cargo nextest run looks` takes the pictures anew; look at what changed before it is kept.

use std::fmt::Write as _;

use earmark::app::{Event, Report, Slot};
use earmark::interview::Moment;
use earmark::tui::Glyphs;
use ratatui::buffer::Buffer;
use ratatui::style::Style;

use crate::station::{Shelf, Station, paper};

/// Small, usual, large, very wide.
const SIZES: [(u16, u16); 4] = [(40, 12), (80, 24), (120, 40), (220, 50)];

/// Colours, and none.
const THEMES: [&str; 2] = ["dark", "mono"];

/// Mara half-way: one answer rated with evidence and a note, the next one playing.
fn working() -> Station {
    let mut station = Station::reviewing();
    station.hears(4).press("4 k").hears(2).press("e j 2 3 k k");
    station.press("m").type_text("Lit the spare before looking for the cause").press("enter");
    station.stands_at(Moment(6_300));
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

/// A screen with keys pressed on it.
fn after(mut station: Station, keys: &str) -> Station {
    station.press(keys);
    station
}

fn typed(mut station: Station, keys: &str, text: &str) -> Station {
    station.press(keys).type_text(text);
    station
}

/// What a picture is called, and the way there.
type Shot = (&'static str, fn() -> Station);

/// Every screen, and everything that lies over one.
const SCREENS: [Shot; 45] = [
    ("batches", Station::demo),
    ("batch", || after(working(), "n g")),
    ("batch-revealed", revealed),
    ("review", working),
    ("review-notes", || after(working(), "tab tab")),
    ("compare", || {
        let mut station = after(working(), "v");
        station.waits(3_000).press("b").waits(2_000).press("3 i j t a");
        station.app.notice = None;
        station
    }),
    ("compare-four", || {
        let mut station = after(Station::at_batch(), "x j x j x j x home v enter");
        station.waits(3_000).press("b").waits(2_000).press("3 i d t");
        station
    }),
    ("panel", || after(revealed(), "P")),
    ("deliver", super::delivering::open),
    ("deliver-plan", || after(super::delivering::planned(), "j")),
    ("deliver-apply", || after(super::delivering::planned(), "a")),
    ("deliver-profile", || after(super::delivering::open(), "c")),
    ("deliver-outcome", super::delivering::applied),
    ("deliver-under-way", super::delivering::under_way),
    ("deliver-doubt", || after(super::delivering::in_doubt(), "enter")),
    ("deliver-match", super::delivering::listed),
    ("rubric", || after(Station::at_batch(), "o")),
    ("seal", || after(working(), "S")),
    ("palette", || typed(working(), ":", "rate")),
    ("help", || after(working(), "?")),
    ("concordance", || after(typed(Station::at_batch(), "/", "the lamp"), "down")),
    ("find", || typed(Station::reviewing(), "/", "the")),
    ("note", || typed(working(), "m", "Says what was seen")),
    ("recommend", || after(working(), "O")),
    ("reveal-name", || after(working(), "I")),
    ("attach-rubric", || after(working(), "A")),
    ("colours", || after(working(), "ctrl-k")),
    ("empty", || {
        let mut station = Station::demo();
        station.happens(Event::Shelf(Vec::new()));
        station
    }),
    ("filter", || after(working(), "n g f")),
    ("many", || after(typed(after(Station::at_batch(), "a D end enter end enter"), "", "No show"), "enter")),
    ("adjusting", || after(working(), "space j ctrl-s ctrl-g")),
    ("written", || {
        let mut station = working();
        let written = station.shelf.answer(3, 3);
        while station.answer() != written {
            station.press("n");
        }
        station.press("/").type_text("light").press("enter");
        station
    }),
    ("unplayable", || {
        let mut station = Station::reviewing();
        let report = Report::Unplayable { slot: Slot(0), answer: station.answer(), reason: "no sound in it".into() };
        station.happens(Event::Player(report));
        station
    }),
    ("documents", || after(super::documents::station(None), "d")),
    ("protocol", || after(working(), "Y")),
    ("calibrate", || after(super::calibrating::standard(), "3 4")),
    ("calibrate-experts", || after(super::calibrating::standard(), "3 4 3 S")),
    ("tour", || after(Station::of("Mara", Shelf::new(), |start| start.tour = true), "enter")),
    ("batches-filter", || after(Station::demo(), "f home enter esc")),
    ("panel-pairs", || after(revealed(), "P tab")),
    ("panel-agreement", || after(revealed(), "P tab tab")),
    ("panel-reviewers", || after(revealed(), "P tab tab tab")),
    ("panel-criteria", || after(revealed(), "P tab tab tab tab")),
    ("no-transcript", || {
        let mut station = Station::of("Mara", Shelf::without_transcripts(), |_| {});
        station.press("enter o enter").waits(3_000);
        station
    }),
    ("technical-fault", || after(working(), "F")),
];

#[test]
fn every_screen_in_every_size_and_two_themes() {
    for (name, make) in SCREENS {
        let mut station = make();
        for (width, height) in SIZES {
            station.look = paper::look(THEMES[0], Glyphs::Unicode);
            let mut shot = station.screen(width, height);
            for theme in THEMES {
                station.look = paper::look(theme, Glyphs::Unicode);
                let buffer = station.buffer(width, height);
                write!(shot, "\n\n{theme}\n{}", styles(&buffer)).expect("a string takes it");
            }
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path("../snapshots/looks");
            settings.set_prepend_module_to_snapshot(false);
            settings.bind(|| insta::assert_snapshot!(format!("{name}-{width}x{height}"), shot));
        }
    }
}

/// The styles of a frame: each with a letter, then for each row from which column on which one holds. The first cell's
/// is the ground, and is left out.
fn styles(buffer: &Buffer) -> String {
    let area = buffer.area;
    let mut known: Vec<Style> = vec![Style::default()];
    let mut rows = Vec::new();
    for y in area.top()..area.bottom() {
        let mut runs = String::new();
        let mut before = usize::MAX;
        for x in area.left()..area.right() {
            let style = buffer[(x, y)].style();
            let at = known.iter().position(|one| *one == style).unwrap_or_else(|| {
                known.push(style);
                known.len() - 1
            });
            if at != before {
                write!(runs, " {x}{}", letter(at)).expect("a string takes it");
            }
            before = at;
        }
        rows.push(format!("{y}:{runs}"));
    }
    let look = |(at, style): (usize, &Style)| {
        let colour = |colour: Option<ratatui::style::Color>| colour.map_or_else(|| "-".to_owned(), |colour| colour.to_string());
        format!("{} {} on {} {:?}", letter(at), colour(style.fg), colour(style.bg), style.add_modifier)
    };
    let legend: Vec<String> = known.iter().enumerate().skip(1).map(look).collect();
    format!("{}\n{}", legend.join("\n"), rows.join("\n"))
}

fn letter(at: usize) -> char {
    char::from(b"0abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[at.min(52)])
}

/// The screens that are looked at all day, on a light ground.
const BY_DAY: [&str; 8] = ["batches", "batch", "review", "compare", "panel", "palette", "rubric", "concordance"];

#[test]
fn the_main_screens_on_a_light_ground() {
    for (name, make) in SCREENS.iter().filter(|(name, _)| BY_DAY.contains(name)) {
        let mut station = make();
        station.look = paper::look("light", Glyphs::Unicode);
        for (width, height) in [(80, 24), (120, 40)] {
            let shot = format!("{}\n\nlight\n{}", station.screen(width, height), styles(&station.buffer(width, height)));
            let mut settings = insta::Settings::clone_current();
            settings.set_snapshot_path("../snapshots/looks");
            settings.set_prepend_module_to_snapshot(false);
            settings.bind(|| insta::assert_snapshot!(format!("{name}-light-{width}x{height}"), shot));
        }
    }
}

#[test]
fn below_the_least_size_one_line_says_so_and_what_plays_goes_on() {
    let mut station = working();
    for size in [(39, 12), (40, 11), (10, 3), (1, 1)] {
        let screen = station.screen(size.0, size.1);
        assert!(screen.is_empty() || !screen.contains("Rubric"), "{size:?}: {screen}");
    }
    assert!(station.screen(39, 12).contains("too small"));
}

#[test]
fn what_cannot_be_seen_cannot_be_rated_written_or_sent_and_works_again_once_there_is_a_screen() {
    let mut station = Station::reviewing();
    station.screen(20, 5);
    let count = station.acts().len();
    station.press("5 5 5 e u x n enter S enter").type_text("munseen");
    assert_eq!((station.acts().len(), station.app.overlays.len()), (count, 0));
    station.press("space");
    assert!(!station.app.deck.playing, "what plays can be stopped");
    station.screen(80, 24);
    station.press("5");
    assert_eq!(station.acts().len(), count + 1);
}
