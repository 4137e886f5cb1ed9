//! The original of a video answer: shown where the batch's rules let it be seen, and written down.

use earmark::app::{Effect, Start};
use earmark::interview::Kind;
use earmark::journal::{Act, Subject, Through};
use earmark::protocol;
use serde_json::json;

use crate::station::{Shelf, Station, batch, reviewer};

/// Everyone recorded a video; the batch says when it may be seen.
fn station(rule: &str, change: impl FnOnce(&mut Start)) -> Station {
    let mut shelf = Shelf::new();
    for answer in shelf.batch.submissions.iter_mut().flat_map(|submission| &mut submission.answers) {
        if answer.kind == Kind::Audio {
            answer.kind = Kind::Video;
        }
    }
    let rules = json!({ "video": rule });
    shelf.act(reviewer("chief"), Act::Protocol { hash: protocol::hash(&rules), settings: rules, reason: None });
    let mut station = Station::of("Mara", shelf, change);
    station.press("enter o enter").waits(3_000);
    station
}

fn asked(station: &Station) -> Option<&Effect> {
    station.asked.iter().rfind(|effect| matches!(effect, Effect::ShowOriginal { .. }))
}

#[test]
fn o_shows_the_original_where_the_ear_is_and_writes_that_down() {
    let mut station = station("allowed", |_| {});
    assert!(station.screen(80, 24).contains("o picture"), "{}", station.screen(80, 24));
    station.hears(4).press("o");
    let answer = station.answer();
    let Some(Effect::ShowOriginal { answer: of, title, at, speed }) = asked(&station) else { panic!("not asked") };
    assert_eq!((*of, at.0, *speed), (answer, 4_000, 150));
    assert!(!batch::NAMES.iter().any(|name| title.as_str().contains(name)) && title.as_str().ends_with(", question 1"), "{title}");
    assert!(!station.app.deck.playing, "two sounds at once are none");
    let shown = Act::Shown { what: Subject::Answer(answer), through: Some(Through::Memory), statement: None };
    assert_eq!(station.acts().last(), Some(&&shown));
    assert!(station.says().starts_with("mpv shows the original."), "{}", station.says());
}

#[test]
fn a_revealed_name_is_not_put_over_the_picture() {
    let mut station = station("allowed", |_| {});
    station.press("I enter").press("V");
    let Some(Effect::ShowOriginal { title, .. }) = asked(&station) else { panic!("not asked") };
    assert!(!batch::NAMES.iter().any(|name| title.as_str().contains(name)), "{title}");
}

#[test]
fn what_the_rules_do_not_let_be_seen_is_not_shown() {
    let mut never = station("never", |_| {});
    never.press("o");
    assert_eq!(never.says(), "Pictures are not seen in this batch: its protocol says so.");
    let mut later = station("after-seal", |_| {});
    later.press("o");
    assert_eq!(later.says(), "The picture is seen once your ratings of it are sealed: the batch's protocol says so.");
    assert!(asked(&never).is_none() && asked(&later).is_none());
    later.rates_everything(3).seals_everything();
    later.press("o").press("o");
    assert!(asked(&later).is_some(), "{}", later.says());
}

#[test]
fn a_window_that_cannot_write_it_down_shows_nothing() {
    let mut station = station("allowed", |start| start.read_only = true);
    station.press("o");
    assert!(asked(&station).is_none() && station.says().contains("only reads"), "{}", station.says());
}

#[test]
fn an_answer_without_a_picture_says_so() {
    let mut station = Station::reviewing();
    station.press("o");
    assert_eq!((asked(&station), station.says()), (None, "This answer has no picture."));
}
