//! Scales that one digit does not name: what is typed there is what is rated, on the screen and line by line.

use earmark::app::Overlay;
use earmark::rubric::{Observed, Point};

use super::judging::{point, rated, row};
use super::linear::Talk;
use crate::station::{Shelf, Station, batch};

/// A shelf whose rubric has the points from `min` to `max`.
fn scaled(min: i16, max: i16) -> Shelf {
    let toml = batch::RUBRIC.replace("min = 1\nmax = 5\n", &format!("min = {min}\nmax = {max}\n"));
    let toml: String = toml.lines().filter(|line| !line.starts_with("labels")).map(|line| format!("{line}\n")).collect();
    let mut shelf = Shelf::without_rubric();
    shelf.attach(batch::rubric(&toml), Vec::new());
    shelf
}

fn reviewing(min: i16, max: i16) -> Station {
    let mut station = Station::of("Mara", scaled(min, max), |_| {});
    station.press("enter o enter").waits(3_000);
    station
}

fn given(station: &Station) -> Vec<Observed> {
    rated(station).into_iter().map(|(_, observed)| observed).collect()
}

fn half(value: f64) -> Observed {
    Observed::Point(Point::from_value(value).expect("a point"))
}

#[test]
fn a_digit_of_a_scale_above_nine_begins_a_value_and_enter_gives_it() {
    let mut station = reviewing(1, 10);
    station.press("1 0");
    assert_eq!(given(&station), [], "nothing is rated before Enter");
    station.press("enter 9 . 5 enter 7 enter");
    assert_eq!(given(&station), [point(10), half(9.5), point(7)]);
    station.press("k k 0");
    assert_eq!(given(&station).last(), Some(&Observed::NotObserved), "0 alone is not observed: no point begins with it");
    station.press("j # n o enter");
    assert_eq!(given(&station).last(), Some(&Observed::NotObserved));
    assert!(row(&mut station, "Finds the cause").contains("n/o"));
}

#[test]
fn a_value_beside_the_scale_is_asked_for_once_more() {
    let mut station = reviewing(1, 10);
    station.press("1 1 enter");
    assert_eq!(station.says(), "11 is not on the scale of 1 to 10.");
    station.press("backspace 0 enter");
    assert_eq!(given(&station), [point(10)]);
}

#[test]
fn a_value_begun_too_early_or_behind_the_last_rating_is_not_taken() {
    let mut station = reviewing(1, 10);
    station.press("3 enter 3 enter 3 enter 1");
    assert!(station.says().starts_with("Not taken:") && station.app.overlays.is_empty(), "{}", station.says());
    assert_eq!(given(&station), [point(3), point(3), point(3)]);
    station.press("n 1");
    assert!(station.says().contains("has just begun") && station.app.overlays.is_empty(), "{}", station.says());
}

#[test]
fn zero_is_the_point_of_that_name_where_the_scale_has_one_and_the_screen_shows_another_key_for_not_observed() {
    let mut station = reviewing(0, 5);
    let screen = station.screen(120, 40);
    assert_eq!(screen.matches(" _ Not observed").count(), 1, "{screen}");
    assert_eq!(screen.matches("0 Not observed").count(), 0, "{screen}");
    station.press("0 _ 4");
    assert_eq!(given(&station), [point(0), Observed::NotObserved, point(4)]);
    assert!(!station.app.overlays.iter().any(|over| matches!(over, Overlay::Field(_))), "a digit is a point here");
}

#[test]
fn line_by_line_a_number_is_the_value_of_that_name() {
    let mut station = Station::of("Mara", scaled(1, 10), |_| {});
    station.press("enter");
    let mut talk = Talk::begin(station);
    talk.types("review");
    talk.types("");
    talk.station.waits(3_000);
    talk.types("10");
    assert_eq!(given(&talk.station), [point(10)], "two digits are one value");
    let told = talk.types("rate 2 9.5");
    assert!(told.iter().any(|line| line.ends_with(": 9.5.")), "{told:?}");
    talk.types("rate 3 0");
    assert_eq!(given(&talk.station), [point(10), half(9.5), Observed::NotObserved]);
    assert!(talk.types("rate 1 11").contains(&"11 is not on the scale of 1 to 10.".to_owned()));
}

#[test]
fn line_by_line_zero_is_what_it_is_on_the_screen() {
    let mut station = Station::of("Mara", scaled(0, 5), |_| {});
    station.press("enter");
    let mut talk = Talk::begin(station);
    talk.types("review");
    talk.types("");
    talk.types("rate 1 0");
    talk.types("rate 2 no");
    assert_eq!(given(&talk.station), [point(0), Observed::NotObserved]);
    let anchors = talk.types("anchors 1");
    assert_eq!(anchors.iter().filter(|line| line.starts_with("0")).count(), 1, "{anchors:?}");
    assert_eq!(anchors.last().map(String::as_str), Some("no: not observed"));
}
