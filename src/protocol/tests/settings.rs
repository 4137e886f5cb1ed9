//! Rules that a batch overrides.

use serde_json::json;

use crate::protocol::*;
use crate::rubric::{Order, Seal, SpeedRule};
use crate::scorecard::sample::Sample;

#[test]
fn settings_come_back_as_they_were_written() {
    let sample = Sample::new(1, 1);
    let mut rules = sample.rules();
    rules.protocol.order = Order::CandidateFirst;
    rules.protocol.playback.speed = SpeedRule::Fixed(1.5);
    rules.protocol.heard_min = 0.75;
    rules.protocol.calibration = None;
    rules.protocol.absent_author_days = Some(14);
    rules.protocol.handoff_names_open = true;
    rules.protocol.change_reason_always = true;
    rules.protocol.failed_second_reader_off = false;
    rules.policy.min_reviewers = 3;
    let (read, unfit) = from_settings(&sample.rules(), &settings(&rules));
    assert_eq!((read, unfit), (rules, Vec::new()));
}

#[test]
fn a_setting_that_cannot_be_read_is_named_and_the_rubrics_holds() {
    let sample = Sample::new(1, 1);
    let (rules, unfit) = from_settings(&sample.rules(), &json!({ "heard_min": 7, "moon": "full", "seal": "submission" }));
    assert_eq!(rules.protocol.heard_min, 0.9);
    assert_eq!(rules.protocol.seal, Seal::Submission);
    let names: Vec<&str> = unfit.iter().map(|unfit| unfit.setting.as_str()).collect();
    assert_eq!(names, ["heard_min", "moon"]);
}

#[test]
fn keys_of_settings_are_in_alphabetical_order_so_that_their_hash_is_one() {
    let written = settings(&Sample::new(1, 1).rules());
    let keys: Vec<&String> = written.as_object().expect("an object").keys().collect();
    assert!(keys.is_sorted());
}
