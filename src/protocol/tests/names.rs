//! Pseudonyms and names.

use std::collections::HashSet;

use crate::journal::{Act, Subject};
use crate::protocol::*;
use crate::scorecard::sample::{Sample, reviewer, slug};

#[test]
fn pseudonyms_are_two_words_unique_and_the_same_everywhere() {
    let sample = Sample::new(500, 2);
    let names = Pseudonyms::of(&sample.batch, false);
    let all: HashSet<String> = (1..=500).map(|c| names.get(sample.submission(c), None).expect("named").to_string()).collect();
    assert_eq!(all.len(), 500);
    assert!(all.iter().all(|name| name.split(' ').count() == 2));
    assert_eq!(names, Pseudonyms::of(&sample.batch, false));
}

#[test]
fn who_arrives_late_changes_nobodys_name() {
    let (few, more) = (Sample::new(1500, 1), Sample::new(2000, 1));
    let (before, after) = (Pseudonyms::of(&few.batch, false), Pseudonyms::of(&more.batch, false));
    for c in 1..=1500 {
        assert_eq!(before.get(few.submission(c), None), after.get(few.submission(c), None));
    }
}

#[test]
fn pseudonyms_change_from_question_to_question_when_policy_says_so() {
    let sample = Sample::new(2, 2);
    let names = Pseudonyms::of(&sample.batch, true);
    let of = |question: &str| names.get(sample.submission(1), Some(&slug(question))).cloned();
    assert_ne!(of("q1"), of("q2"));
    let stable = Pseudonyms::of(&sample.batch, false);
    assert_eq!(stable.get(sample.submission(1), Some(&slug("q1"))), stable.get(sample.submission(1), None));
}

#[test]
fn the_word_lists_are_long_enough_sorted_and_without_doubles() {
    for (words, least) in [(&words::FIRST[..], 128), (&words::SECOND[..], 128)] {
        assert!(words.len() >= least);
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]), "sorted, so that a double shows");
        assert!(words.iter().all(|word| word.chars().all(|c| c.is_ascii_alphabetic())));
    }
}

#[test]
fn a_name_shows_only_to_who_revealed_it_or_where_names_are_open() {
    let mut sample = Sample::new(2, 1);
    let (one, two) = (sample.submission(1), sample.submission(2));
    sample.act("ann", Act::Revealed { what: Subject::Name(one), reason: Some("pronouns".into()) });
    let record = sample.record();
    let names = Names::of(&sample.batch, &sample.rules(), &record.works[&reviewer("ann")]);
    assert_eq!(names.show(one, None), Shown::Name("Zora Quill".into()));
    assert!(names.show(two, None).is_hidden());
    assert!(Names::of(&sample.batch, &sample.rules(), &Default::default()).is_hidden(one));
    sample.rubric.protocol.hide_names = false;
    assert!(!Names::of(&sample.batch, &sample.rules(), &Default::default()).is_hidden(two));
}
