//! When decisions open.

use std::collections::BTreeSet;

use super::panel;
use crate::interview::{AnswerState, Status};
use crate::journal::{Act, Scope};
use crate::protocol::*;
use crate::rubric::DecisionGate;
use crate::scorecard::sample::{Sample, reviewer, slug};
use crate::text::SafeText;

fn gate_of(sample: &Sample, who: &str) -> Gate {
    let rules = effective(&sample.rubric, &sample.record());
    gate(&sample.seen_by(who), &rules, &sample.materials())
}

#[test]
fn decisions_open_when_every_submission_is_reviewed_by_enough() {
    let mut sample = Sample::new(2, 1);
    sample.batch.submissions[1].status = Status::Withdrawn;
    let submission = sample.submission(1);
    let closed = gate_of(&sample, "ann");
    assert!(!closed.open);
    assert_eq!(closed.waiting, [Waiting { submission, why: Why::Reviews { have: 0, need: 1 } }]);
    assert_eq!((closed.reviewed, closed.of, closed.left_out), (0, 1, 1));
    sample.review("ann", 1, 1, 3, 3);
    assert!(!gate_of(&sample, "ann").open);
    sample.seal_all("ann");
    assert!(gate_of(&sample, "ann").open);
}

#[test]
fn too_little_heard_keeps_the_gate_shut_unless_it_was_acknowledged() {
    let mut sample = Sample::new(1, 1);
    sample.hear("ann", 1, 1, 0, 5000);
    sample.seal("ann", 1);
    let waiting = gate_of(&sample, "ann").waiting;
    assert_eq!(waiting[0].why, Why::Unheard { reviewers: vec![reviewer("ann")] });
    sample.reopen("ann", 1);
    let unheard = vec![sample.answer(1, 1)];
    sample.act("ann", Act::Sealed { scope: Scope::Question(slug("q1")), unheard, knows: BTreeSet::new(), locks: None });
    assert!(gate_of(&sample, "ann").open);
}

#[test]
fn who_sits_on_the_panel_seals_before_others_reviews_open_the_gate() {
    let mut sample = Sample::new(1, 1);
    panel(&mut sample, &["ann", "bob"]);
    sample.review("bob", 1, 1, 3, 3);
    sample.seal_all("bob");
    assert!(gate_of(&sample, "hal").open, "off the panel");
    assert!(!gate_of(&sample, "ann").open);
    sample.review("ann", 1, 1, 3, 3);
    sample.seal_all("ann");
    assert!(gate_of(&sample, "ann").open);
}

#[test]
fn who_answered_and_cannot_be_heard_is_waited_for() {
    let mut sample = Sample::new(2, 1);
    let fault = AnswerState::Faulty { reason: SafeText::line("not a recording") };
    sample.batch.submissions[1].answers[0].state = fault;
    sample.review("ann", 1, 1, 3, 3);
    sample.seal_all("ann");
    let submission = sample.submission(2);
    assert_eq!(gate_of(&sample, "ann").waiting, [Waiting { submission, why: Why::Faulty }]);
    sample.batch.submissions[1].status = Status::Withdrawn;
    assert!(gate_of(&sample, "ann").open, "who stepped back is not waited for");
}

#[test]
fn who_handed_in_what_the_source_does_not_hand_out_is_waited_for_until_it_is_attached_and_heard() {
    let mut sample = Sample::new(1, 2);
    sample.batch.submissions[0].answers.iter_mut().for_each(|answer| answer.state = AnswerState::NotHandedOut);
    let submission = sample.submission(1);
    let gate = gate_of(&sample, "ann");
    assert_eq!(gate.waiting, [Waiting { submission, why: Why::NotHandedOut }]);
    assert!(!gate.is_open_for(&sample.record(), submission));
    sample.batch.submissions[0].answers[0].state = AnswerState::Ready;
    assert_eq!(gate_of(&sample, "ann").waiting, [Waiting { submission, why: Why::Reviews { have: 0, need: 1 } }]);
    sample.review("ann", 1, 1, 3, 3);
    sample.seal_all("ann");
    assert!(gate_of(&sample, "ann").open);
}

#[test]
fn a_submission_from_which_everyone_stepped_aside_is_left_out() {
    let mut sample = Sample::new(1, 1);
    panel(&mut sample, &["ann"]);
    let submission = sample.submission(1);
    for who in ["ann", "chief"] {
        sample.act(who, Act::Recused { submission, reason: None });
    }
    assert_eq!(gate_of(&sample, "ann").left_out, 1);
}

fn decide(sample: &mut Sample, who: &str, candidate: usize) {
    let submission = sample.submission(candidate);
    let (decision, reason) = (crate::journal::Decision::Advance, SafeText::line("calm"));
    sample.act(who, Act::Decided { submission, application: None, decision, because: None, reason, overrides: None });
}

#[test]
fn who_comes_in_after_the_first_decision_has_a_gate_of_their_own() {
    let mut sample = Sample::new(3, 1);
    sample.batch.submissions[2].status = Status::Invited;
    (1..=2).for_each(|c| sample.review("ann", c, 1, 3, 3));
    sample.seal_all("ann");
    decide(&mut sample, "ann", 3);
    sample.now += jiff::SignedDuration::from_hours(1);
    sample.batch.submissions[1].completed_at = Some(sample.now);
    assert!(gate_of(&sample, "ann").late.is_none(), "a decision on who gave nothing begins no wave");
    decide(&mut sample, "ann", 1);
    sample.now += jiff::SignedDuration::from_hours(1);
    sample.batch.submissions[1].completed_at = Some(sample.now);
    sample.reopen("ann", 1);
    sample.act("ann", Act::Cleared { answer: sample.answer(2, 1), criterion: slug("depth"), reason: None });
    let gate = gate_of(&sample, "ann");
    let (one, two, three) = (sample.submission(1), sample.submission(2), sample.submission(3));
    assert_eq!(gate.late.as_ref().map(|late| (late.open, late.of)), Some((false, 1)), "{gate:?}");
    assert_eq!(gate.of, 1, "the first wave is without the late");
    let record = sample.record();
    assert_eq!(
        [one, two, three].map(|id| gate.is_open_for(&record, id)),
        [false, false, true],
        "nothing of the third is waited for"
    );
}

#[test]
fn the_gate_waits_for_what_came_in_after_a_seal_and_for_a_new_recording() {
    let mut sample = Sample::new(2, 1);
    (1..=2).for_each(|c| sample.review("ann", c, 1, 3, 3));
    sample.seal_all("ann");
    let opens_again = |sample: &mut Sample, c: usize| {
        let waiting = Waiting { submission: sample.submission(c), why: Why::Reviews { have: 0, need: 1 } };
        assert_eq!(gate_of(sample, "ann").waiting, [waiting]);
        sample.review("ann", c, 1, 3, 3);
        assert!(!gate_of(sample, "ann").open, "rated is not sealed");
        sample.seal_all("ann");
        assert!(gate_of(sample, "ann").open);
    };
    sample.records_anew(1, 1);
    opens_again(&mut sample, 1);
    let late = sample.comes_in();
    opens_again(&mut sample, late);
}

#[test]
fn the_first_waves_gate_stays_open_for_a_panel_when_somebody_comes_in_late() {
    let mut sample = Sample::new(1, 1);
    panel(&mut sample, &["ann", "bob"]);
    sample.rubric.policy.min_reviewers = 2;
    for who in ["ann", "bob"] {
        sample.review(who, 1, 1, 3, 3);
        sample.seal_all(who);
    }
    decide(&mut sample, "ann", 1);
    sample.now += jiff::SignedDuration::from_hours(1);
    let late = sample.comes_in();
    sample.batch.submissions[late - 1].completed_at = Some(sample.now);
    sample.review("bob", late, 1, 5, 5);
    sample.seal_all("bob");
    let gate = gate_of(&sample, "ann");
    assert!(gate.open && gate.late.is_some_and(|late| !late.open), "others' reviews of the first wave go on to count");
    let bob = |sample: &Sample, c| {
        let seen = sample.seen_by("ann");
        seen.work(reviewer("bob")).map(|work| work.ratings_of(sample.answer(c, 1)).count())
    };
    assert_eq!((bob(&sample, 1), bob(&sample, late)), (Some(2), Some(0)), "those of the late one wait for one's own seal");
    sample.review("ann", late, 1, 4, 4);
    sample.seal_all("ann");
    assert_eq!(bob(&sample, late), Some(2));
    assert!(gate_of(&sample, "ann").late.is_some_and(|late| late.open));
}

#[test]
fn without_a_gate_decisions_are_open() {
    let mut sample = Sample::new(1, 1);
    let mut light = sample.rules();
    light.protocol.decision_gate = DecisionGate::Off;
    let settings = settings(&light);
    sample.act("chief", Act::Protocol { hash: hash(&settings), settings, reason: None });
    let open = gate_of(&sample, "ann");
    assert!(open.open && !open.on);
    assert_eq!(open.waiting.len(), 1, "what is not reviewed is still said");
}
