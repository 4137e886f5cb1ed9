//! The order of hearing.

use crate::interview::{AnswerState, BatchId, Status};
use crate::journal::Act;
use crate::protocol::*;
use crate::rubric::{Order, Shuffle};
use crate::scorecard::sample::{Sample, reviewer, slug};

fn plan(sample: &Sample, who: &str) -> Plan {
    let record = sample.record();
    let rules = effective(&sample.rubric, &record);
    Plan::of(&sample.batch, &record, &rules.protocol, &seed(sample.batch.id, reviewer(who)), reviewer(who))
}

#[test]
fn the_order_is_the_same_on_every_machine_and_for_ever() {
    let ids: Vec<_> = Sample::new(4, 1).batch.submissions.iter().map(|submission| submission.id).collect();
    let seed = seed(BatchId::derive(&["sample"]), reviewer("ann"));
    let at = |id| ids.iter().position(|other| *other == id).expect("one of them") + 1;
    let order = |question: Option<&str>| -> Vec<usize> {
        let drawn = shuffled(&seed, question.map(slug).as_ref(), &ids);
        drawn.into_iter().map(at).collect()
    };
    // These numbers are journaled by their seed: if they change, `ALGORITHM` must.
    assert_eq!(order(Some("q1")), [2, 3, 4, 1]);
    assert_eq!(order(Some("q2")), [3, 4, 2, 1]);
    assert_eq!(order(None), [1, 4, 2, 3]);
}

#[test]
fn each_reviewer_and_each_question_has_its_own_order() {
    let sample = Sample::new(30, 3);
    let order = |who: &str, chapter: usize| -> Vec<_> {
        plan(&sample, who).steps[chapter * 30..][..30].iter().map(|step| step.submission).collect()
    };
    assert_ne!(order("ann", 0), order("ann", 1));
    assert_ne!(order("ann", 0), order("bob", 0));
    assert_eq!(order("ann", 0), order("ann", 0));
}

#[test]
fn a_late_arrival_finds_its_place_without_moving_the_others() {
    let few = Sample::new(20, 1);
    let more = Sample::new(21, 1);
    let late = more.submission(21);
    let before: Vec<_> = plan(&few, "ann").steps;
    let after: Vec<_> = plan(&more, "ann").steps.into_iter().filter(|step| step.submission != late).collect();
    assert_eq!(before, after);
}

#[test]
fn question_first_hears_everyone_on_one_question_and_candidate_first_one_person_throughout() {
    let mut sample = Sample::new(3, 2);
    let first = plan(&sample, "ann");
    assert!(first.steps[..3].iter().all(|step| step.question == slug("q1")));
    assert_eq!(first.chapters, [0, 3]);
    sample.rubric.protocol.order = Order::CandidateFirst;
    let second = plan(&sample, "ann");
    assert_eq!(second.steps[0].submission, second.steps[1].submission);
    assert_eq!(second.chapters, [0, 2, 4]);
    sample.rubric.protocol.shuffle = Shuffle::None;
    let third: Vec<_> = plan(&sample, "ann").steps.iter().map(|step| step.answer).collect();
    assert_eq!(third[..2], [sample.answer(1, 1), sample.answer(1, 2)]);
}

#[test]
fn what_cannot_be_heard_is_not_in_the_queue() {
    let mut sample = Sample::new(6, 1);
    sample.batch.submissions[0].answers[0].state = AnswerState::NotGiven;
    sample.batch.submissions[1].answers[0].state = AnswerState::Faulty { reason: "no sound".into() };
    sample.batch.submissions[2].status = Status::Withdrawn;
    sample.batch.submissions[3].status = Status::Expired;
    let submission = sample.submission(5);
    sample.act("ann", Act::Recused { submission, reason: Some("I know this person".into()) });
    let queue: Vec<_> = plan(&sample, "ann").steps.iter().map(|step| step.submission).collect();
    assert_eq!(queue, [sample.submission(6)]);
    assert_eq!(plan(&sample, "bob").steps.len(), 2);
}

#[test]
fn the_next_unscored_answer_comes_round_from_the_start() {
    let mut sample = Sample::new(3, 1);
    let plan = plan(&sample, "ann");
    let of = |answer| sample.batch.answer(answer).map(|(submission, _)| submission.id);
    let last = &plan.steps[2];
    let c = (1..=3).find(|&c| Some(sample.submission(c)) == of(last.answer)).expect("one of three");
    assert_eq!(plan.after(plan.steps[0].answer), Some(&plan.steps[1]));
    assert_eq!(plan.after(last.answer), None);
    assert_eq!(plan.before(plan.steps[0].answer), None);
    sample.review("ann", c, 1, 3, 3);
    let record = sample.record();
    let work = &record.works[&reviewer("ann")];
    let open = |step: &Step| !is_scored(&record, &sample.rubric, work, step);
    assert_eq!(plan.next_open(Some(plan.steps[1].answer), open), Some(&plan.steps[0]));
    assert_eq!(plan.progress(&record, &sample.rubric, work), Progress { rated: 1, sealed: 0, of: 3 });
}
