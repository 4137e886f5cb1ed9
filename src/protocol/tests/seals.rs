//! What a seal locks, and what is missing before it.

use crate::interview::{Moment, Span};
use crate::journal::{Act, Scope};
use crate::protocol::*;
use crate::rubric::{EvidenceRule, Observed, Order, Seal};
use crate::scorecard::sample::{Sample, point, reviewer, slug};

#[test]
fn what_a_seal_locks_follows_the_order() {
    let sample = Sample::new(1, 1);
    let mut protocol = sample.rubric.protocol.clone();
    let submission = sample.submission(1);
    assert_eq!(scope_of(&protocol, &slug("q1"), submission), Scope::Question(slug("q1")));
    protocol.seal = Seal::Submission;
    assert_eq!(scope_of(&protocol, &slug("q1"), submission), Scope::Submission(submission));
    protocol.seal = Seal::Question;
    protocol.order = Order::CandidateFirst;
    assert_eq!(scope_of(&protocol, &slug("q1"), submission), Scope::Submission(submission));
}

fn gaps(sample: &Sample, who: &str) -> Vec<Gap> {
    let record = sample.record();
    let rules = effective(&sample.rubric, &record);
    let work = record.work(reviewer(who)).cloned().unwrap_or_default();
    let scope = Scope::Question(slug("q1"));
    gaps_before_seal(&scope, reviewer(who), &work, &record, &sample.rubric, &rules.protocol, &sample.materials())
}

#[test]
fn before_a_seal_what_is_missing_is_said() {
    let mut sample = Sample::new(2, 1);
    let (one, two) = (sample.answer(1, 1), sample.answer(2, 1));
    sample.review("ann", 1, 1, 5, 3);
    sample.hear("ann", 2, 1, 0, 4000);
    sample.rate("ann", 2, 1, "depth", point(3));
    let expected = [
        Gap::NoEvidence { answer: one, criterion: slug("depth") },
        Gap::Unheard { answer: two, share: Some(0.4), asked: 0.9 },
        Gap::Unrated { answer: two, criterion: slug("clarity") },
    ];
    assert_eq!(gaps(&sample, "ann"), expected);
}

#[test]
fn evidence_is_asked_as_the_rule_says() {
    let mut sample = Sample::new(1, 1);
    sample.hear("ann", 1, 1, 0, 10_000);
    sample.rate("ann", 1, 1, "depth", point(3));
    sample.rate("ann", 1, 1, "clarity", Observed::NotObserved);
    let asked = |sample: &Sample| gaps(sample, "ann").len();
    assert_eq!(asked(&sample), 0);
    sample.rubric.protocol.evidence = EvidenceRule::EveryRatingAtSeal;
    assert_eq!(asked(&sample), 1, "what was not observed has no moment");
    let (answer, span) = (sample.answer(1, 1), Span { start: Moment(0), end: Moment(1000) });
    sample.act("ann", Act::Evidenced { answer, revision: None, criteria: vec![slug("depth")], span, quote: "so".into() });
    assert_eq!(asked(&sample), 0);
}

#[test]
fn an_unplayable_answer_need_not_be_heard_and_a_recused_one_not_rated() {
    let mut sample = Sample::new(2, 1);
    sample.rate("ann", 1, 1, "depth", Observed::TechnicalFault);
    sample.rate("ann", 1, 1, "clarity", Observed::TechnicalFault);
    let submission = sample.submission(2);
    sample.act("ann", Act::Recused { submission, reason: None });
    assert_eq!(gaps(&sample, "ann"), []);
}

#[test]
fn what_others_have_to_review_is_not_asked_at_ones_own_seal_and_not_sealed_by_it() {
    let mut sample = Sample::new(2, 1);
    let (one, two) = (sample.submission(1), sample.submission(2));
    sample.act("chief", Act::Assigned { submission: Some(one), reviewer: reviewer("ann") });
    sample.review("ann", 1, 1, 3, 3);
    assert_eq!(gaps(&sample, "ann"), []);
    sample.seal_all("ann");
    let record = sample.record();
    assert!(record.scorecard_is_sealed(reviewer("ann"), one));
    assert!(!record.scorecard_is_sealed(reviewer("ann"), two), "the seal of a question says nothing of whom one never had");
    assert!(!gate(&sample.seen_by("ann"), &sample.rules(), &sample.materials()).open);
}

#[test]
fn what_is_missing_is_asked_of_what_came_in_since_the_seal_alone() {
    let mut sample = Sample::new(1, 1);
    sample.rate("ann", 1, 1, "depth", point(3));
    sample.rate("ann", 1, 1, "clarity", point(3));
    sample.seal_all("ann");
    let late = sample.comes_in();
    sample.hear("ann", late, 1, 0, 10_000);
    sample.rate("ann", late, 1, "depth", point(3));
    assert_eq!(gaps(&sample, "ann"), [Gap::Unrated { answer: sample.answer(late, 1), criterion: slug("clarity") }]);
}

#[test]
fn who_is_assigned_after_the_seal_is_outside_of_it() {
    let mut sample = Sample::new(2, 1);
    let (one, two) = (sample.submission(1), sample.submission(2));
    sample.act("chief", Act::Assigned { submission: Some(one), reviewer: reviewer("ann") });
    sample.review("ann", 1, 1, 3, 3);
    sample.seal_all("ann");
    sample.act("chief", Act::Assigned { submission: Some(two), reviewer: reviewer("ann") });
    let record = sample.record();
    assert!(record.scorecard_is_sealed(reviewer("ann"), one) && !record.scorecard_is_sealed(reviewer("ann"), two));
}
