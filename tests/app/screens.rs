//! Whole screens as pictures. `INSTA_UPDATE=always cargo nextest run screens` takes them anew; look at each before it is kept.

use earmark::app::Event;
use earmark::interview::Moment;
use earmark::text::SafeText;
use earmark::tui::Glyphs;
use ratatui::style::Modifier;

use crate::station::{Shelf, Station, batch, paper};

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

#[test]
fn at_80_columns_and_24_rows_the_transcript_has_five_lines_above_the_rubric() {
    let mut station = Station::reviewing();
    for criterion in
        station.shelf.rubric.iter_mut().flat_map(|rubric| &mut rubric.questions).flat_map(|question| &mut question.criteria)
    {
        criterion.anchors.values_mut().for_each(|anchor| *anchor = SafeText::line(&"what a person says and does ".repeat(5)));
    }
    let mut long = Station::of("Mara", station.shelf.clone(), |_| {});
    long.press("enter o enter").waits(3_000);
    let shot = long.screen(80, 24);
    let lines: Vec<&str> = shot.lines().collect();
    let rubric = lines.iter().position(|line| line.contains("Rubric · criterion 1 of ")).unwrap_or_else(|| panic!("{shot}"));
    let wave = lines.iter().rposition(|line| line.contains('┈')).expect("what was heard lies under the waveform");
    assert!(rubric - wave > 5, "{shot}");
    // All of its points are read, or where the rest is.
    assert!(shot.contains(" 5 ") || shot.contains("PgDn: "), "{shot}");
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
    station.press("v").waits(3_000).press("b").waits(2_000).press("3 a");
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
fn a_note_is_seen_whole_while_it_is_written_as_far_as_half_the_screen_holds_it() {
    let mut station = working();
    let lines = |upto: usize| (1..=upto).map(|nth| format!("line {nth} of it")).collect::<Vec<_>>();
    station.press("m");
    for (nth, line) in lines(30).iter().enumerate() {
        station.type_text(line);
        if nth == 7 {
            let shot = station.screen(80, 24);
            assert!(lines(8).iter().all(|line| shot.contains(line.as_str())), "{shot}");
        }
        station.press("ctrl-j");
    }
    let shot = station.screen(80, 24);
    assert!(shot.contains("line 30 of it") && !shot.contains("line 15 of it"), "{shot}");
    assert!(shot.contains("Enter saves it"), "{shot}");
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
    for theme in earmark::tui::Theme::shipped_names() {
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

/// The words of a screen, without frames and line breaks.
fn words(screen: &str) -> String {
    let frames = ['│', '┃', '─', '━', '┌', '┐', '└', '┘', '┏', '┓', '┗', '┛', '●'];
    screen.replace(frames, " ").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What the points of the first criterion mean, in more words than half of a small screen holds.
const WORDY: [&str; 5] = [
    "Names no check of their own: passes the case on at once, or repeats general steps such as restarting until it works.",
    "Tries several things one after the other; what was learned from one does not decide the next, or the cause turns up by chance.",
    "Makes at least one comparison or check that cuts down where the fault can be, and gets from there to the cause.",
    "States a suspicion and a check that could have refuted it, and drops or keeps the suspicion by the result.",
    "Weighs two or more explanations against each other, tells which observation decided between them, and verifies the cause.",
];

/// Mara at the first answer, under a rubric in whole sentences.
fn wordy() -> Station {
    let short: toml::Table = batch::RUBRIC.parse().expect("it is TOML");
    let anchors = short["question"][0]["criterion"][0]["anchors"].as_table().expect("it has anchors");
    let text = anchors.iter().fold(batch::RUBRIC.to_owned(), |text, (point, anchor)| {
        let wordy = WORDY[point.parse::<usize>().expect("a point") - 1];
        text.replace(anchor.as_str().expect("a text"), wordy)
    });
    let mut shelf = Shelf::without_rubric();
    shelf.attach(batch::rubric(&text), Vec::new());
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000);
    station
}

#[test]
fn every_point_of_the_focused_criterion_is_read_whole_in_a_small_window() {
    let mut station = wordy();
    for (name, keys) in [("review-wordy", ""), ("compare-wordy", "v")] {
        station.press(keys);
        for size in [(80, 24), (100, 24)] {
            let screen = station.screen(size.0, size.1);
            for anchor in WORDY {
                assert!(words(&screen).contains(anchor), "{name} {size:?}: {anchor}\n{screen}");
            }
            assert!(screen.contains("The lamp went dark"), "what is said is on screen too: {screen}");
        }
        check(name, &mut station, (80, 24));
    }
}

#[test]
fn finding_in_an_answer() {
    let mut station = Station::reviewing();
    station.press("/").type_text("the");
    check("find", &mut station, (80, 24));
}

#[test]
fn what_does_not_fit_the_smallest_window_is_a_page_further() {
    let mut station = wordy();
    let first = station.screen(60, 15);
    assert!(first.contains("PgDn: "), "{first}");
    let mut read = words(&first);
    for _ in 0..6 {
        station.press("pgdn");
        read.push_str(&words(&station.screen(60, 15)));
    }
    for anchor in WORDY {
        assert!(read.contains(anchor), "{anchor}\n{read}");
    }
    assert!(station.screen(60, 15).contains("PgUp: "));
}

#[test]
fn in_a_small_window_the_newest_note_is_in_the_title_and_the_name_keeps_its_place() {
    let mut station = working();
    assert!(station.screen(80, 24).contains("❝1 ✎1 Lit the spare"), "{}", station.screen(80, 24));
    let mut reading = Station::of("Mara", Shelf::new(), |start| start.read_only = true);
    reading.sound = false;
    reading.press("enter o").waits(3_000);
    let name = reading.desk().called(reading.desk().batch.answer(reading.answer()).expect("it is there").0.id);
    for width in [80, 72] {
        let screen = reading.screen(width, 24);
        let title = screen.lines().next().expect("a title");
        assert!(title.contains(name.as_str()) && title.contains("only reading") && title.contains("no sound"), "{width}: {title}");
    }
}

#[test]
fn what_was_written_last_is_in_view_and_how_much_more_there_is_is_said() {
    let mut station = Station::reviewing();
    let long =
        "She says what she would do first, what she would look at next, and why the one comes before the other in such a night. ";
    for nth in ["first", "second", "third"] {
        station.hears(2).press("m").type_text(&format!("{nth}: {long}{long}")).press("enter");
        let screen = station.screen(120, 40);
        assert!(screen.contains(&format!("{nth}: She says")), "{screen}");
    }
    assert!(station.screen(120, 40).contains("more above"), "{}", station.screen(120, 40));
    station.press("tab tab up up up");
    let screen = station.screen(120, 40);
    assert!(screen.contains("first: She says") && screen.contains("more below"), "{screen}");
}
