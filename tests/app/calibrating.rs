//! A clip that experts have rated comes before the first score, and their reasons after it.

use earmark::app::{Command, Effect, Screen};
use earmark::journal::Act;
use earmark::tui::MouseDid::{Press, Release};

use crate::station::{Shelf, Station, batch};

pub(super) const CLIP: &str = r#"
[[anchor_clip]]
id = "failed-lamp"
question = "q1"
media = "failed-lamp.ogg"
key = { calm = 2, method = 4 }
rationale = "Names the check that found the broken wick, and no reason for the order."
"#;

/// Mara at the first answer of a batch whose rubric has a clip, three seconds in.
fn reviewing(preset: &str) -> Station {
    let rubric = batch::RUBRIC.replacen("preset = \"standard\"", preset, 1) + CLIP;
    let mut shelf = Shelf::without_rubric();
    shelf.attach(batch::rubric(&rubric), Vec::new());
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000);
    station
}

pub(super) fn standard() -> Station {
    reviewing("preset = \"standard\"")
}

fn at_clip(station: &Station) -> bool {
    matches!(station.app.screen(), Screen::Calibrate(_))
}

#[test]
fn the_first_digit_opens_the_clip_and_rates_nothing() {
    let mut station = standard();
    let answer = station.answer();
    station.press("3");
    assert!(at_clip(&station));
    assert_eq!(station.desk().rated(answer).0, 0);
    let loaded = station.asked.iter().rev().find_map(|effect| match effect {
        Effect::Player(Command::Load { answer, .. }) => Some(*answer),
        _ => None,
    });
    assert_ne!(loaded, Some(answer), "the clip is loaded");
    assert!(station.app.deck.playing);
    let screen = station.screen(80, 24);
    assert!(screen.contains("Calibrate") && screen.contains("Finds the cause"), "{screen}");
    assert!(!screen.contains("Leaves a record"), "experts did not rate that: {screen}");
    assert!(!screen.contains("broken wick"), "the reasons come afterwards: {screen}");
}

#[test]
fn the_experts_points_and_reasons_show_once_ones_own_are_handed_in_and_the_answer_comes_back() {
    let mut station = standard();
    let answer = station.answer();
    station.press("3 S");
    assert!(station.says().contains("Still to rate"), "{}", station.says());
    station.press("3 4");
    assert!(station.kinds().iter().all(|kind| kind != "calibrated"), "nothing is written before it is handed in");
    station.press("S");
    let act = station.acts().into_iter().rev().find(|act| matches!(act, Act::Calibrated { .. })).cloned();
    let Some(Act::Calibrated { clip, ratings }) = act else { panic!("it is written") };
    assert_eq!((clip.as_str(), ratings.len()), ("failed-lamp", 2));
    assert!(station.says().contains("0.50 points"), "{}", station.says());
    let screen = station.screen(80, 24);
    assert!(screen.contains("broken wick") && screen.contains("Experts"), "{screen}");
    station.press("n");
    assert_eq!(station.answer(), answer);
    assert_eq!(station.app.deck.answer(), Some(answer), "the answer plays again");
    station.waits(3_000).press("3");
    assert_eq!(station.desk().rated(answer).0, 1);
}

#[test]
fn a_clip_that_is_put_off_is_not_asked_for_again_unless_the_protocol_requires_it() {
    let mut station = standard();
    let answer = station.answer();
    station.press("3 esc");
    assert!(station.says().contains("Put off"), "{}", station.says());
    station.waits(3_000).press("3");
    assert_eq!(station.desk().rated(answer).0, 1);
    station.press("ctrl-e");
    assert!(at_clip(&station), "it is rated when one wants");

    let mut audit = reviewing("preset = \"audit\"");
    audit.press("3 esc");
    assert!(audit.says().contains("before any rating"), "{}", audit.says());
    audit.waits(3_000).press("3");
    assert!(at_clip(&audit));
}

#[test]
fn a_clip_that_comes_due_with_an_answer_s_first_rating_waits_until_the_next_answer() {
    let each = "preset = \"audit\"\ncalibration = { clips = 1, max_mean_abs_error = 0.75, repeat_every = 1 }";
    let mut station = reviewing(each);
    let answer = station.answer();
    station.press("3 3 4 S n").waits(3_000).press("3");
    assert!(!station.desk().calibration().expect("there is a clip").due.is_empty(), "it is due again");
    station.press("4");
    assert_eq!((at_clip(&station), station.desk().rated(answer).0), (false, 2), "what was begun is finished");
    station.press("n").waits(3_000).press("3");
    assert!(at_clip(&station));
}

#[test]
fn keys_of_other_work_do_nothing_at_a_clip() {
    let mut station = standard();
    station.press("3");
    let before = station.kinds();
    for key in ["e", "m", "F", "I", "u", "R", "X", "g", "v", "tab", "O"] {
        station.press(key);
        assert!(at_clip(&station), "{key}");
    }
    assert_eq!(station.kinds(), before);
    station.press("9");
    assert!(station.says().contains("not on the scale"), "{}", station.says());
}

#[test]
fn side_by_side_the_clip_comes_first_as_well() {
    let mut station = standard();
    station.press("v").waits(3_000).press("3");
    assert!(at_clip(&station));
    station.press("2 4 S n");
    assert!(matches!(station.app.screen(), Screen::Compare(_)));
}

#[test]
fn a_clip_takes_the_mouse_like_an_answer() {
    let mut station = standard();
    station.press("3");
    assert!(at_clip(&station));
    let mut click = |text: &str| {
        let screen = station.screen(120, 40);
        let found = screen.lines().enumerate().find_map(|(y, row)| Some((row[..row.find(text)?].chars().count(), y)));
        let (x, y) = found.unwrap_or_else(|| panic!("{text} is not there:\n{screen}"));
        station.mouse(Press, x as u16, y as u16).mouse(Release, x as u16, y as u16);
        let Screen::Calibrate(open) = station.app.screen() else { panic!("not at a clip") };
        (open.criterion, open.given.len())
    };
    assert_eq!(click("Finds the cause"), (1, 0), "a criterion is gone to");
    assert_eq!(click("Stays calm"), (0, 0));
    assert_eq!(click(" 4 "), (1, 1), "a point is given, and the next criterion has the focus");
}
