//! Evidence: what is quoted, for which criterion, and how its ends are moved.

use earmark::app::Screen;
use earmark::interview::Moment;
use earmark::journal::Act;

use super::judging::row;
use crate::station::Station;

#[test]
fn evidence_is_the_last_spoken_sentence_with_its_quote_for_the_focused_criterion() {
    let mut station = Station::reviewing();
    // The first sentence ends before four seconds; the second is well begun at six.
    station.hears(6).press("j e");
    let Some(Act::Evidenced { criteria, span, quote, .. }) = station.acts().last().copied() else { panic!("no evidence") };
    assert_eq!(criteria, &["method".parse().expect("a slug")]);
    assert_eq!(quote.as_str(), "I lit the spare by hand before anything else.");
    assert!(span.start > Moment(3_000) && span.end < Moment(8_000), "{span:?}");
    assert_eq!(station.says(), "Evidence for Finds the cause: “I lit the spare by hand before anything else.”");
    assert!(row(&mut station, "Finds the cause").contains("❝1"));
}

#[test]
fn evidence_right_after_a_digit_is_for_that_rating_and_the_screen_shows_where_it_would_go() {
    let mut station = Station::reviewing();
    station.hears(6).press("4");
    assert!(row(&mut station, "Stays calm").contains(" x2 e 4"), "{}", row(&mut station, "Stays calm"));
    station.press("e");
    let of = |station: &Station| match station.acts().last().copied() {
        Some(Act::Evidenced { criteria, .. }) => criteria[0].to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&station), "calm");
    station.press("e");
    assert_eq!(station.says(), "This is evidence for Stays calm and orders the work already; u takes it back.");
    station.hears(10).press("e");
    assert_eq!(of(&station), "method", "said after the rating, it is for what is rated next");
    station.press("2 j e");
    assert_eq!(of(&station), "record", "the cursor was moved by hand");
}

#[test]
fn evidence_of_nothing_is_refused_with_a_reason() {
    let mut station = Station::reviewing();
    let before = station.kinds();
    station.press("e");
    assert_eq!(station.says(), "Nothing was heard yet: e marks the sentence spoken last; ( and ) go to one.");
    station.stands_at(Moment(200)).press("e");
    assert_eq!(station.says(), "Nothing was said before this moment.");
    let written = station.shelf.answer(3, 3);
    while station.answer() != written {
        station.press("n");
    }
    station.press("e");
    assert_eq!(station.says(), "A written answer has no moment: / finds words in it, and e then marks their sentence.");
    assert_eq!(station.kinds(), before);
}

#[test]
fn a_written_answer_is_opened_without_a_word_about_sound() {
    let mut station = Station::reviewing();
    let written = station.shelf.answer(3, 3);
    while station.answer() != written {
        station.press("n");
    }
    assert!(!station.says().contains("nothing to hear"), "{}", station.says());
    assert!(!station.app.deck.playing);
    station.press("space");
    assert_eq!(station.says(), "There is nothing to hear here.", "who asks is told");
}

#[test]
fn the_evidence_pane_quotes_whole_and_names_the_criterion() {
    let mut station = Station::reviewing();
    station.hears(6).press("j e");
    for (width, height) in [(80, 24), (120, 40), (200, 50), (300, 50)] {
        if width == 80 {
            station.press("tab tab");
        }
        let notes = pane(&mut station, "Evidence and notes", (width, height));
        let quote = "“I lit the spare by hand before anything else.” for Finds the cause";
        assert!(notes.contains(quote), "{width}: {notes}");
    }
    let very_wide = pane(&mut station, "Evidence and notes", (200, 50));
    assert!(very_wide.contains("“I lit the spare by hand before"), "{very_wide}");
}

/// What stands in a pane, its rows put together.
fn pane(station: &mut Station, head: &str, (width, height): (u16, u16)) -> String {
    let screen = station.screen(width, height);
    let rows: Vec<Vec<char>> = screen.lines().map(|row| row.chars().collect()).collect();
    let top = screen.lines().position(|row| row.contains(head)).unwrap_or_else(|| panic!("{head} is not there:\n{screen}"));
    let line: String = rows[top].iter().collect();
    let before = line[..line.find(head).expect("it was found")].chars().count();
    let is_corner = |c: &char| "┌┏┐┓".contains(*c);
    let left = rows[top][..before].iter().rposition(is_corner).expect("a pane has corners") + 1;
    let right = before + rows[top][before..].iter().position(is_corner).expect("a pane has corners");
    let inside = rows[top + 1..].iter().take_while(|row| row.get(left - 1).is_some_and(|c| "│┃".contains(*c)));
    let lines: Vec<String> = inside.map(|row| row[left..right].iter().collect::<String>().trim().to_owned()).collect();
    lines.join(" ").trim().to_owned()
}

/// The words that evidence for the criterion in focus quotes.
fn quotes(station: &Station) -> Vec<String> {
    station.desk().mine().evidence_of(station.answer()).map(|evidence| evidence.quote.to_string()).collect()
}

#[test]
fn before_it_is_marked_evidence_is_moved_by_the_word_at_both_ends() {
    let mut station = Station::reviewing();
    station.hears(6).press("space ctrl-s ctrl-s");
    assert_eq!(station.says(), "“the spare by hand before anything else.” · e marks it");
    assert_eq!(quotes(&station), [""; 0], "nothing is marked yet");
    station.press("ctrl-d");
    assert_eq!(station.says(), "“the spare by hand before anything” · e marks it");
    station.press("ctrl-g ctrl-g ctrl-a");
    assert_eq!(station.says(), "“lit the spare by hand before anything else. Then” · e marks it");
    station.press("esc");
    assert_eq!(station.says(), "Nothing was marked.");
    station.press("ctrl-s e");
    assert_eq!(quotes(&station), ["lit the spare by hand before anything else."]);
    assert!(matches!(station.app.screen(), Screen::Review(_)), "esc only let go");
}

#[test]
fn marked_evidence_is_moved_by_the_word_and_one_undo_takes_back_one_step() {
    let mut station = Station::reviewing();
    station.hears(6).press("space e");
    assert_eq!(quotes(&station), ["I lit the spare by hand before anything else."]);
    station.press("ctrl-s");
    assert_eq!(quotes(&station), ["lit the spare by hand before anything else."], "moved, not doubled");
    assert!(station.says().ends_with(": “lit the spare … anything else.”"), "{}", station.says());
    station.press("ctrl-d ctrl-d");
    assert_eq!(quotes(&station), ["lit the spare by hand before"]);
    station.press("u u");
    assert_eq!(quotes(&station), ["lit the spare by hand before anything else."]);
    station.press("ctrl-r");
    assert_eq!(quotes(&station), ["lit the spare by hand before anything"]);
    let again = station.again().press("enter o").desk().mine().evidence_of(station.answer()).count();
    assert_eq!(again, 1, "it is so after a restart");
    station.press("u u u");
    assert_eq!(quotes(&station), [""; 0], "the first step was the mark itself");
}

#[test]
fn the_ends_of_evidence_stay_in_the_answer_and_never_pass_each_other() {
    let mut station = Station::reviewing();
    station.hears(6).press("space e");
    for _ in 0..20 {
        station.press("ctrl-s");
    }
    assert_eq!((quotes(&station), station.says()), (vec!["else.".to_owned()], "A word is the least."));
    for _ in 0..40 {
        station.press("ctrl-a");
    }
    assert!(quotes(&station)[0].starts_with("The lamp went dark"), "{:?}", quotes(&station));
    assert_eq!(station.says(), "There is nothing beyond.");
    let mut sealed = Station::reviewing();
    sealed.rates_everything(3).seals_everything().press("o ctrl-a");
    assert!(sealed.says().contains("sealed"), "{}", sealed.says());
}

#[test]
fn of_a_written_answer_the_sentence_that_was_looked_for_is_moved_by_the_word() {
    let mut station = Station::reviewing();
    let written = station.shelf.answer(3, 3);
    while station.answer() != written {
        station.press("n");
    }
    station.press("/").type_text("small").press("enter ctrl-s ctrl-s");
    assert_eq!(station.says(), "“is many small windows.” · e marks it");
    station.press("e");
    let Some(Act::Evidenced { quote, span, .. }) = station.acts().last().copied() else { panic!("no evidence") };
    assert_eq!((quote.as_str(), span.start, span.end), ("is many small windows.", Moment(7), Moment(29)));
}

#[test]
fn evidence_is_heard_alone_and_stops_at_its_end() {
    let mut station = Station::reviewing();
    station.hears(6).press("e").hears(8).press("E");
    let marked = station.desk().my_evidence(station.answer(), &"calm".parse().expect("a slug"))[0].span;
    assert_eq!(station.app.deck.at(station.app.deck.active), marked.start);
    station.hears(5);
    assert!(!station.app.deck.playing);
    assert_eq!(station.says(), "");
}
