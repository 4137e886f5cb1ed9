//! Text that tries to break out of its place, wherever a person can put some, on every screen.

use std::sync::Arc;

use earmark::app::{Event, Here, Screen};
use earmark::interview::{AnswerState, Kind};
use earmark::text::SafeText;
use earmark::tui::Glyphs;

use crate::station::{Shelf, Station, batch, paper};

fn hostile() -> Vec<String> {
    vec![
        "\x1b[31mred\x1b]0;title\x07\x1b]52;c;aGk=\x07\x1b[2J".to_owned(),
        "\x1bP\x1b\\ \x1b_x\x1b^y\x1bXz \u{9b}6n \x1bc".to_owned(),
        "\u{202e}desrever\u{202c} \u{2066}isolated \u{200b}\u{200d}\u{feff}nothing".to_owned(),
        format!("e{}", "\u{301}".repeat(2_000)),
        "❤\u{fe0f} 👩\u{200d}💻 👍🏽 🏴\u{e0067}\u{e0062} 陳怡君 ｶﾞ آرمان".to_owned(),
        "a\tb\r\nc\u{0}d\u{2028}e\u{85}f".to_owned(),
        "│─┼ ▌ ● saved ▣".to_owned(),
        "x".repeat(3_000),
        "陳".repeat(900),
        String::new(),
    ]
}

/// A batch in which everything that came from outside says `raw`.
fn shelf_of(raw: &str) -> Shelf {
    let mut shelf = Shelf::new();
    shelf.batch.title = SafeText::name(raw);
    for question in &mut shelf.batch.interview.questions {
        question.prompt = SafeText::block(raw);
    }
    for submission in &mut shelf.batch.submissions {
        submission.candidate.name = Some(SafeText::name(raw));
    }
    let faulty = &mut shelf.batch.submissions[4].answers[1];
    faulty.state = AnswerState::Faulty { reason: SafeText::line(raw) };
    let written = &mut shelf.batch.submissions[0].answers[2];
    (written.kind, written.media, written.text) = (Kind::Text, None, Some(SafeText::block(raw)));
    if let Some(rubric) = &mut shelf.rubric {
        rubric.title = SafeText::line(raw);
        for criterion in rubric.questions.iter_mut().flat_map(|question| &mut question.criteria) {
            criterion.name = SafeText::line(raw);
            criterion.anchors.values_mut().for_each(|anchor| *anchor = SafeText::block(raw));
        }
    }
    let said = Arc::new(batch::spoken(&format!("so {raw} it was. {raw}")));
    let peaks: Arc<[u8]> = vec![90; 2_000].into();
    for answer in shelf.batch.submissions.iter().flat_map(|submission| &submission.answers) {
        shelf.said.insert(answer.id, Here { transcript: Some(said.clone()), peaks: peaks.clone(), ..Here::default() });
    }
    shelf
}

/// Looks at a screen narrow, usual and wide, in both sets of signs; [`Station::buffer`] checks that it is whole.
fn look(station: &mut Station) {
    for (glyphs, width, height) in [(Glyphs::Unicode, 60, 15), (Glyphs::Ascii, 81, 24), (Glyphs::Unicode, 133, 37)] {
        station.look = paper::look("dark", glyphs);
        station.buffer(width, height);
    }
}

#[test]
fn hostile_text_keeps_its_place_on_every_screen() {
    for raw in hostile() {
        let mut shelf = shelf_of(&raw);
        shelf.colleague("Ivo", 4);
        let mut station = Station::of("Mara", shelf, |_| {});
        for keys in ["", "enter", "I", "enter", "r", "esc", "X", "esc", "S", "esc", "o", "enter", "3 e", "m"] {
            station.waits(3_000).press(keys);
            look(&mut station);
        }
        station.happens(Event::Text(earmark::app::TextInput::Changed(raw.clone())));
        station.happens(Event::Rested).happens(Event::Text(earmark::app::TextInput::Done(format!("n {raw}"))));
        for keys in ["tab", "tab", "p esc", "M", "esc", "O", "esc", "v", "e", "b", "j", ">", ">", "o"] {
            station.waits(3_000).press(keys);
            look(&mut station);
        }
        station.rates_everything(3).seals_everything().press("P");
        assert!(matches!(station.app.screen(), Screen::Panel(_)));
        look(&mut station);
        for text in [&raw, "plain"] {
            station.happens(Event::Failed { what: SafeText::line(text), why: SafeText::line(&raw) });
            look(&mut station);
        }
    }
}

#[test]
fn what_was_hidden_in_a_name_or_a_word_is_marked_where_it_is_read() {
    let mut shelf = shelf_of("Ma\u{200b}ria \u{202e}esrever\u{202c}");
    let said = Arc::new(batch::spoken("the wi\u{200b}re broke"));
    shelf.said.values_mut().for_each(|here| here.transcript = Some(said.clone()));
    for (glyphs, mark) in [(Glyphs::Unicode, "␦"), (Glyphs::Ascii, "?")] {
        let mut station = Station::of("Mara", shelf.clone(), |_| {});
        station.look = paper::look("dark", glyphs);
        let marked = |shot: &str, words: &str| assert!(shot.contains(&format!("{words}{mark}")), "{words}: {shot}");
        marked(&station.screen(120, 40), "Maria esrever");
        station.press("enter o enter");
        let shot = station.screen(120, 40);
        marked(&shot, "the wire");
        marked(&shot, "Maria esrever");
    }
    let mut station = Station::of("Mara", shelf_of("plain"), |_| {});
    station.press("enter o enter");
    assert!(!station.screen(120, 40).contains('␦'));
}

#[test]
fn a_hostile_draft_is_clean_when_it_comes_back() {
    for raw in hostile() {
        let mut station = Station::reviewing();
        station.press("m");
        station.happens(Event::Text(earmark::app::TextInput::Changed(format!("n {raw}")))).happens(Event::Rested);
        let mut again = station.again();
        again.press("enter o m");
        look(&mut again);
    }
}

#[test]
fn a_window_that_is_too_small_says_so_and_draws_nothing_else() {
    let mut station = Station::reviewing();
    for (width, height) in [(39, 24), (80, 11), (20, 5)] {
        let screen = station.screen(width, height);
        assert!(screen.starts_with("This window is too"), "{screen}");
        assert!(!screen.contains("lamp"));
    }
    for (width, height) in [(1, 1), (0, 0), (3, 1)] {
        station.buffer(width, height);
    }
    assert!(station.app.deck.playing, "what plays goes on");
    assert!(station.screen(60, 15).contains("Rubric"));
}
