//! The mouse: what lies on the screen is what a click there means.

use std::sync::Arc;

use earmark::app::{Effect, Event, Screen, Slot};
use earmark::interview::Moment;
use earmark::journal::Act;
use earmark::rubric::{Observed, Point};
use earmark::text::SafeText;
use earmark::transcript::{Cue, Transcript};
use earmark::tui::MouseDid::{Double, Drag, Press, Release, WheelDown, WheelUp};

use ratatui::buffer::CellWidth;

use crate::station::{Shelf, Station, batch};

const SIZE: (u16, u16) = (120, 40);

/// Where the `nth` place with this text lies.
fn place(station: &mut Station, text: &str, nth: usize) -> (u16, u16) {
    let screen = station.screen(SIZE.0, SIZE.1);
    let rows = screen.lines().enumerate();
    let mut all =
        rows.flat_map(|(y, row)| row.match_indices(text).map(move |(at, _)| (row[..at].chars().count() as u16, y as u16)));
    all.nth(nth).unwrap_or_else(|| panic!("{text} is not there:\n{screen}"))
}

fn click(station: &mut Station, text: &str) {
    let (x, y) = place(station, text, 0);
    station.mouse(Press, x, y).mouse(Release, x, y);
}

/// A click on a text that stands behind another, in the first row of those that are meant.
fn click_at(station: &mut Station, behind: &str, text: &str, row: impl Fn(u16) -> bool) {
    let screen = station.screen(SIZE.0, SIZE.1);
    let found = screen.lines().enumerate().filter(|(y, _)| row(*y as u16)).find_map(|(y, line)| {
        let at = line.find(&format!("{behind}{text}"))? + behind.len();
        Some((line[..at].chars().count() as u16, y as u16))
    });
    let (x, y) = found.unwrap_or_else(|| panic!("{text} is not there:\n{screen}"));
    station.mouse(Press, x, y).mouse(Release, x, y);
}

#[test]
fn a_click_on_a_word_seeks_to_it_and_a_drag_over_words_is_evidence_for_the_criterion_in_focus() {
    let mut station = Station::reviewing();
    click(&mut station, "valve");
    // The 22nd word: one begins each 0.4 s from the first second on.
    let said = station.desk().here(station.answer()).and_then(|here| here.transcript.clone()).expect("there is a transcript");
    let valve = said.words.iter().position(|word| word.text.as_str() == "valve").expect("it is said");
    assert_eq!(station.app.deck.at(Slot(0)), said.words[valve].span.start);
    station.press("j");
    let (from, to) = (place(&mut station, "valve", 0), place(&mut station, "stopped.", 0));
    station.mouse(Press, from.0, from.1).mouse(Drag, from.0 + 3, from.1).mouse(Drag, to.0 + 1, to.1);
    assert!(station.acts().iter().all(|act| !matches!(act, Act::Evidenced { .. })), "not before the button is let go");
    station.mouse(Release, to.0 + 1, to.1);
    let marked = station.acts().into_iter().find_map(|act| match act {
        Act::Evidenced { criteria, quote, span, .. } => Some((criteria[0].to_string(), quote.to_string(), *span)),
        _ => None,
    });
    let (criterion, quote, span) = marked.expect("evidence is marked");
    assert_eq!((criterion.as_str(), quote.as_str()), ("method", "valve was cold, so the oil had stopped."));
    assert_eq!(span.start, said.words[valve].span.start);
    assert!(station.says().starts_with("Evidence for Finds the cause: “valve was"), "{}", station.says());
}

#[test]
fn who_clicked_on_a_word_means_this_answer_also_in_its_first_moments() {
    let mut station = Station::reviewing();
    station.press("n").waits(100);
    click(&mut station, "4 Puts the light first and gives");
    assert!(station.says().contains("has just begun"), "the point lay where the last answer's lay: {}", station.says());
    click(&mut station, "valve");
    click(&mut station, "4 Puts the light first and gives");
    let rated = |act: &&Act| matches!(act, Act::Rated { observed, .. } if *observed == Observed::Point(Point::whole(4)));
    assert!(station.acts().iter().any(rated), "{}", station.says());
}

#[test]
fn words_that_are_drawn_over_are_lit_while_the_button_is_down() {
    let mut station = Station::reviewing();
    let (from, to) = (place(&mut station, "valve", 0), place(&mut station, "cold,", 0));
    let style = |station: &mut Station| station.buffer(SIZE.0, SIZE.1)[(from.0, from.1)].style();
    let before = style(&mut station);
    station.mouse(Press, from.0, from.1).mouse(Drag, to.0, to.1);
    assert_ne!(style(&mut station), before);
    station.mouse(Release, to.0, to.1).press("u");
    assert_eq!(style(&mut station), before);
}

#[test]
fn a_click_on_a_point_rates_and_on_a_criterion_goes_there() {
    let mut station = Station::reviewing();
    click(&mut station, "4 Puts the light first and gives");
    let rated = |station: &Station| -> Vec<(String, Observed)> {
        let of = |act: &&Act| match act {
            Act::Rated { criterion, observed, .. } => Some((criterion.to_string(), *observed)),
            _ => None,
        };
        station.acts().iter().filter_map(of).collect()
    };
    let four = Observed::Point(Point::whole(4));
    assert_eq!(rated(&station), [("calm".to_owned(), four)]);
    click(&mut station, "Leaves a record for the next");
    station.press("2");
    click(&mut station, "Stays calm and orders");
    click(&mut station, "5 Weighs the light");
    let record = ("record".to_owned(), Observed::Point(Point::whole(2)));
    assert_eq!(rated(&station)[1..], [record, ("calm".to_owned(), Observed::Point(Point::whole(5)))], "who clicks means it");
}

#[test]
fn a_click_in_the_first_two_seconds_of_an_answer_is_not_taken_like_a_digit() {
    let mut station = Station::at_batch();
    station.press("o enter");
    click(&mut station, "4 Puts the light first and gives");
    assert!(station.says().starts_with("4 was not taken"), "{}", station.says());
}

#[test]
fn a_click_in_the_waveform_seeks_and_the_footers_words_are_keys() {
    let mut station = Station::reviewing();
    let rows: Vec<String> = station.screen(SIZE.0, SIZE.1).lines().map(str::to_owned).collect();
    let y = rows.iter().position(|row| row.contains('▇')).expect("a waveform") as u16;
    station.mouse(Press, 1 + (SIZE.0 - 2) / 2, y);
    assert_eq!(station.app.deck.at(Slot(0)), Moment(10_000));
    click_at(&mut station, "", "note", |y| y + 1 == SIZE.1);
    assert!(station.screen(SIZE.0, SIZE.1).contains("Esc keeps a draft"));
}

#[test]
fn a_cell_is_selected_by_a_click_and_opened_by_a_second_and_a_head_moves_to_its_column() {
    let mut station = Station::at_batch();
    let (x, y) = place(&mut station, "Question 2", 0);
    station.mouse(Press, x, y + 2);
    let grid = |station: &Station| match station.app.screen() {
        Screen::Batch(grid) => (grid.row, grid.column),
        other => panic!("in {}", other.place().name()),
    };
    assert_eq!(grid(&station), (1, 1));
    click(&mut station, "Question 3");
    assert_eq!(grid(&station), (1, 2));
    station.mouse(Press, x, y + 2).mouse(Release, x, y + 2).mouse(Double, x, y + 2).mouse(Release, x, y + 2);
    assert!(matches!(station.app.screen(), Screen::Review(_)), "{}", station.screen(80, 24));
}

#[test]
fn in_compare_a_head_is_the_column_that_is_heard_and_the_wheel_scrolls_what_is_under_it() {
    let mut station = Station::reviewing();
    station.press("v").waits(3_000);
    let head = place(&mut station, " B ", 0);
    station.mouse(Press, head.0, head.1);
    assert_eq!(station.app.deck.active, Slot(1));
    let focus = |station: &Station| match station.app.screen() {
        Screen::Compare(compare) => (compare.columns[0].scroll, compare.columns[1].scroll, compare.follow),
        other => panic!("in {}", other.place().name()),
    };
    // Five lines of words in a window that holds three of them.
    station.buffer(60, 20);
    let (_, y) = (0, 5);
    station.mouse(WheelDown, 2, y);
    station.buffer(60, 20);
    let (left, right, follows) = focus(&station);
    assert!(left > 0 && right == 0 && !follows, "{left} {right}");
    for _ in 0..20 {
        station.mouse(WheelDown, 2, y);
        station.buffer(60, 20);
    }
    let end = focus(&station).0;
    station.mouse(WheelUp, 2, y);
    station.buffer(60, 20);
    assert!(focus(&station).0 < end, "it does not scroll beyond its end");
}

#[test]
fn the_notes_and_the_rubric_do_not_scroll_beyond_their_end_either() {
    let mut station = Station::reviewing();
    for note in ["one", "two", "three"] {
        station.press("m").type_text(note).press("enter");
    }
    station.press("tab tab");
    for _ in 0..9 {
        station.press("pgdn");
        station.buffer(80, 24);
    }
    assert!(station.screen(80, 24).contains("one") && station.screen(80, 24).contains("three"), "all fit: nothing scrolls");
    station.press("r pgdn pgdn pgdn pgdn pgdn");
    let end = station.screen(80, 24);
    station.press("up");
    assert_ne!(station.screen(80, 24), end, "one step back is one line back");
}

#[test]
fn choices_and_colours_are_taken_by_the_mouse_and_colours_are_seen_before() {
    let mut station = Station::reviewing();
    station.press("ctrl-k");
    let shown = |station: &Station| station.look.theme.name().to_string();
    station.press("j");
    assert_eq!(shown(&station), "high-contrast");
    click_at(&mut station, "┃   ", "light ", |_| true);
    assert_eq!(shown(&station), "light");
    station.press("esc");
    assert_eq!(shown(&station), "dark", "who leaves keeps what there was");
    station.press("ctrl-k");
    let (x, y) = place(&mut station, "mono ", 0);
    station.mouse(Press, x, y).mouse(Double, x, y);
    assert_eq!((shown(&station).as_str(), station.app.overlays.len()), ("mono", 0));
    assert!(station.says().contains("theme = \"mono\""), "{}", station.says());
    station.press("O");
    click(&mut station, "Strong yes");
    assert_eq!(station.kinds().last().map(String::as_str), Some("recommended"));
}

#[test]
fn what_lies_under_a_list_is_not_pointed_at() {
    let mut station = Station::reviewing();
    let (x, y) = place(&mut station, "4 Puts the light first and gives", 0);
    let before = station.asked.len();
    station.press("m");
    station.buffer(SIZE.0, SIZE.1);
    station.mouse(Press, x, y).mouse(Release, x, y);
    assert!(station.asked[before..].iter().all(|effect| !matches!(effect, Effect::Append(_))));
}

#[test]
fn the_ranking_and_the_batches_are_selected_by_a_click() {
    let mut shelf = Shelf::new();
    shelf.colleague("Ivo", 4);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(3).seals_everything().press("P");
    let (x, y) = place(&mut station, "Rank", 0);
    station.mouse(Press, x, y + 2);
    assert!(matches!(station.app.screen(), Screen::Panel(panel) if panel.selected == 1));
    station.press("g esc");
    let (x, y) = place(&mut station, "Keepers of", 0);
    station.mouse(Press, x, y).mouse(Double, x, y);
    assert!(matches!(station.app.screen(), Screen::Batch(_)));
}

/// Two people in a conversation of many scripts; every third word is one that the engine was not sure of.
fn many_scripts() -> Transcript {
    let words = "The lamp 灯台守 は שלום עולם مرحبا بالعالم went e\u{301}te\u{301} dark 👩‍🚀 naïve Straße \u{202e}evil\u{202c} \u{1b}[2J 陳怡君 okay";
    let mut said = batch::spoken(words);
    let half = said.words.len() / 2;
    let whole = said.cues[0].span;
    let cue = |name: &str| Cue { span: whole, speaker: Some(SafeText::name(name)) };
    said.cues = vec![cue("Ann \u{202e}"), cue("ベルタ")];
    for (nth, word) in said.words.iter_mut().enumerate() {
        word.cue = usize::from(nth >= half);
        word.confidence = Some(if nth % 3 == 0 { 0.2 } else { 0.9 });
    }
    said
}

#[test]
fn words_of_any_script_are_drawn_in_their_columns_and_found_where_they_stand() {
    let mut station = Station::reviewing();
    let answer = station.answer();
    let said = many_scripts();
    let mut here = station.desk().here(answer).cloned().expect("it is here");
    here.transcript = Some(Arc::new(said.clone()));
    station.happens(Event::Here { answer, here });
    for (width, height) in [(40, 16), (61, 20), (80, 24), (120, 40)] {
        station.press("tab");
        let buffer = station.buffer(width, height);
        let area = buffer.area;
        let reads = |x: u16, y: u16, text: &str| {
            let mut shown = String::new();
            let mut at = x;
            while shown.len() < text.len() && at < area.right() {
                let symbol = buffer[(at, y)].symbol();
                shown.push_str(symbol);
                at += symbol.cell_width().max(1);
            }
            shown == text
        };
        let shown = station.screen(width, height);
        let pane = shown.lines().position(|row| row.contains("Transcript")).expect("its pane") as u16;
        let mut found = 0;
        for (nth, word) in said.words.iter().enumerate().filter(|(_, word)| word.text.as_str().chars().count() > 2) {
            let places = (pane..area.bottom()).flat_map(|y| (area.left()..area.right()).map(move |x| (x, y)));
            let Some((x, y)) = places.into_iter().find(|(x, y)| reads(*x, *y, word.text.as_str())) else { continue };
            found += 1;
            let unsure = x > 0 && buffer[(x - 1, y)].symbol() == "~";
            assert_eq!(unsure, nth % 3 == 0, "{width}: word {nth} is marked where the engine was not sure, and only there");
            station.mouse(Press, x, y).mouse(Release, x, y);
            assert_eq!(station.app.deck.at(Slot(0)), word.span.start, "{width}: word {nth}");
        }
        assert!(found >= 9, "{width}: {found}");
        let screen = station.screen(width, height);
        assert!(screen.contains("lamp 灯台守~は") && screen.contains("ベルタ:"), "{screen}");
        station.press("backtab");
    }
}
