//! What the platform says by itself: hidden on the screen too before the reveal, and marked as the platform's after it.

use earmark::interview::PlatformStatement;
use earmark::journal::Act;

use crate::station::{Shelf, Station};

/// Of everyone the platform says something.
fn station() -> Station {
    let mut shelf = Shelf::new();
    for submission in &mut shelf.batch.submissions {
        let says = Some("a calm person, canary".into());
        let one = PlatformStatement { kind: "summary".into(), says, from_ms: None, to_ms: None, at: None, by: None };
        submission.statements = vec![one.clone()];
        submission.answers.iter_mut().for_each(|answer| answer.statements = vec![one.clone()]);
    }
    Station::of("Mara", shelf, |_| {})
}

fn asked(station: &mut Station) -> String {
    station.press(":").type_text("platform says").press("enter");
    station.screen(120, 40)
}

#[test]
fn a_platforms_words_are_on_no_screen_before_the_seal_and_are_marked_after_it() {
    let mut station = station();
    for keys in ["enter", "o enter"] {
        station.press(keys);
        assert!(!station.screen(200, 50).contains("canary"));
        let before = asked(&mut station);
        assert!(!before.contains("canary"), "{before}");
        assert!(station.says().contains("once your own ratings of this batch are sealed"), "{}", station.says());
    }
    station.rates_everything(3).seals_everything();
    let after = asked(&mut station);
    assert!(after.contains("not by a reviewer") && after.contains("summary: a calm person, canary"), "{after}");
    let is_seen =
        |act: &&Act| matches!(act, Act::Shown { statement: Some(seen), .. } if seen.by.as_str().starts_with("platform: "));
    assert_eq!(station.acts().into_iter().filter(is_seen).count(), 1, "that it was seen is written down");
}
