//! Who sees what.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;
use serde_json::json;

use super::panel;
use crate::interview::EventId;
use crate::journal::{Act, Decision, Outcome, Recommendation, Scope, Subject, Tagging};
use crate::protocol::*;
use crate::rubric::Reveal;
use crate::scorecard::Record;
use crate::scorecard::sample::{Sample, point, reviewer, slug};

/// Whether anything shows that Bob was there.
fn sees_bob(sample: &Sample, who: &str) -> bool {
    let (visible, bob) = (sample.seen_by(who), reviewer("bob"));
    visible.works.contains_key(&bob)
        || visible.unsealed().contains_key(&bob)
        || visible.decisions.values().flatten().any(|decided| decided.by == bob)
        || visible.tags.values().chain(visible.shortlist.values()).any(|mark| mark.by == bob)
        || visible.comments.iter().any(|comment| comment.by == bob)
        || visible.exports.iter().any(|export| export.by == bob)
}

/// Bob does one of everything on both candidates.
fn bob_works(sample: &mut Sample) {
    for c in 1..=2 {
        for q in 1..=2 {
            sample.review("bob", c, q, 4, 2);
            sample.note("bob", c, q, "good");
        }
        let submission = sample.submission(c);
        sample.act("bob", Act::Recommended { submission, recommendation: Recommendation::Yes });
        sample.act("bob", Act::Commented { submission, text: "hire".into() });
        sample.act("bob", Act::Shortlisted { submission, on: true });
        sample.act("bob", Act::Tagged { submission, tag: "strong".into(), act: Tagging::Added });
        let decision = Decision::Advance;
        sample.act(
            "bob",
            Act::Decided { submission, application: None, decision, because: None, reason: "r".into(), overrides: None },
        );
    }
    let (a, b) = (sample.answer(1, 1), sample.answer(2, 1));
    let (question, criterion) = (slug("q1"), slug("depth"));
    sample.act("bob", Act::Compared { question, criterion, a, b, outcome: Outcome::A });
    sample.act("bob", Act::Exported { receipt: json!({ "rows": 2 }) });
}

#[test]
fn before_ones_own_batch_is_sealed_nothing_of_others_is_there_not_even_that_they_are() {
    let mut sample = Sample::new(2, 2);
    panel(&mut sample, &["ann", "bob"]);
    bob_works(&mut sample);
    sample.seal_all("bob");
    assert!(!sees_bob(&sample, "ann"));
    assert_eq!(sample.seen_by("ann").others(), Others::Hidden);
    sample.seal("ann", 1);
    assert!(!sees_bob(&sample, "ann"));
    sample.seal("ann", 2);
    assert_eq!(sample.seen_by("ann").others(), Others::Shown);
    let visible = sample.seen_by("ann");
    let (_, work) = visible.theirs().next().expect("Bob is there");
    assert_eq!(work.ratings.len(), 8);
    assert_eq!((work.recommendations.len(), work.comparisons.len(), work.notes.len()), (2, 1, 4));
    assert_eq!(visible.decisions.len(), 2);
    sample.reopen("ann", 1);
    assert!(!sees_bob(&sample, "ann"), "who opens again does not look meanwhile");
}

#[test]
fn what_others_have_not_sealed_is_not_there_either() {
    let mut sample = Sample::new(2, 2);
    panel(&mut sample, &["ann", "bob"]);
    bob_works(&mut sample);
    sample.seal("bob", 1);
    sample.seal_all("ann");
    let visible = sample.seen_by("ann");
    let (_, work) = visible.theirs().next().expect("Bob is there");
    let answers: HashSet<_> = work.ratings.keys().map(|(answer, _)| *answer).collect();
    assert_eq!(answers, HashSet::from([sample.answer(1, 1), sample.answer(2, 1)]));
    assert!(work.recommendations.is_empty(), "a submission is shown when all of it is sealed");
    assert_eq!(visible.unsealed().get(&reviewer("bob")), Some(&2));
}

#[test]
fn reveal_by_question_shows_the_question_that_both_have_sealed() {
    let mut sample = Sample::new(2, 2);
    sample.rubric.protocol.reveal = Reveal::Question;
    panel(&mut sample, &["ann", "bob"]);
    bob_works(&mut sample);
    sample.seal_all("bob");
    sample.seal("ann", 2);
    let visible = sample.seen_by("ann");
    let (_, work) = visible.theirs().next().expect("Bob is there");
    let answers: HashSet<_> = work.ratings.keys().map(|(answer, _)| *answer).collect();
    assert_eq!(answers, HashSet::from([sample.answer(1, 2), sample.answer(2, 2)]));
    assert!(work.comparisons.is_empty() && work.recommendations.is_empty() && visible.comments.is_empty());
    assert_eq!(visible.others(), Others::Partly);
}

#[test]
fn reveal_by_submission_shows_the_submission_that_both_have_sealed() {
    let mut sample = Sample::new(2, 2);
    sample.rubric.protocol.reveal = Reveal::Submission;
    panel(&mut sample, &["ann", "bob"]);
    bob_works(&mut sample);
    sample.seal_all("bob");
    let submission = sample.submission(2);
    sample
        .act("ann", Act::Sealed { scope: Scope::Submission(submission), unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    let visible = sample.seen_by("ann");
    let (_, work) = visible.theirs().next().expect("Bob is there");
    assert_eq!(work.ratings.len(), 4);
    assert!(work.recommendations.contains_key(&submission));
    assert_eq!(visible.comments.len(), 1);
    let record = sample.record();
    let sees = |c| may_see(&record, &sample.rules(), reviewer("ann"), reviewer("bob"), Part::Answer(sample.answer(c, 1)));
    assert_eq!((sees(1), sees(2)), (false, true));
}

#[test]
fn who_is_not_on_the_panel_sees_a_submission_once_it_is_ready() {
    let mut sample = Sample::new(1, 1);
    panel(&mut sample, &["bob", "eve"]);
    sample.rubric.policy.min_reviewers = 2;
    let submission = sample.submission(1);
    sample.review("bob", 1, 1, 4, 4);
    sample.seal_all("bob");
    let seen = |sample: &Sample| sample.seen_by("hal").theirs().count();
    assert_eq!(seen(&sample), 0, "one of two");
    sample.review("eve", 1, 1, 4, 4);
    sample.seal_all("eve");
    assert_eq!(seen(&sample), 2);
    sample.act("chief", Act::Assigned { submission: Some(submission), reviewer: reviewer("ann") });
    assert!(!sees_bob(&sample, "hal"), "Ann has not sealed it");
    sample.act("chief", Act::Released { submission: Some(submission), reviewer: reviewer("ann"), reason: "ill".into() });
    assert_eq!(sample.seen_by("hal").works[&reviewer("bob")].ratings.len(), 2);
}

#[test]
fn who_judges_sits_on_the_panel_whatever_the_list_says() {
    let mut sample = Sample::new(1, 1);
    panel(&mut sample, &["bob"]);
    sample.review("bob", 1, 1, 4, 4);
    sample.seal_all("bob");
    assert_eq!(sample.seen_by("hal").theirs().count(), 1);
    sample.rate("hal", 1, 1, "depth", point(2));
    assert_eq!(sample.seen_by("hal").theirs().count(), 0);
}

#[test]
fn without_a_list_everyone_sits_on_the_panel_and_waits() {
    let mut sample = Sample::new(1, 1);
    sample.review("bob", 1, 1, 4, 4);
    sample.seal_all("bob");
    assert_eq!(sample.seen_by("hal").others(), Others::Hidden);
}

#[test]
fn stepping_aside_from_everyone_does_not_open_what_is_not_ready() {
    let mut sample = Sample::new(1, 1);
    sample.rubric.policy.min_reviewers = 2;
    panel(&mut sample, &["ann", "bob"]);
    sample.review("bob", 1, 1, 4, 4);
    sample.seal_all("bob");
    let submission = sample.submission(1);
    sample.act("ann", Act::Recused { submission, reason: None });
    assert!(!sees_bob(&sample, "ann"));
}

#[test]
fn drafts_reveals_and_refusals_are_nobody_elses() {
    let mut sample = Sample::new(1, 1);
    sample.review("bob", 1, 1, 4, 4);
    sample.act("bob", Act::Drafted { field: "f".into(), text: "t".into(), at: None });
    let what = Subject::Name(sample.submission(1));
    sample.act("bob", Act::Revealed { what, reason: None });
    sample.seal_all("bob");
    sample.rate("bob", 1, 1, "depth", point(1));
    sample.seal_all("ann");
    let visible = sample.seen_by("ann");
    let (_, bob) = visible.theirs().next().expect("Bob is there");
    assert!(bob.drafts.is_empty() && bob.revealed.is_empty() && bob.refused.is_empty());
}

#[test]
fn keeping_up_with_ones_own_acts_gives_what_asking_anew_gives() {
    let mut sample = Sample::new(2, 1);
    panel(&mut sample, &["ann", "bob"]);
    bob_partly(&mut sample);
    let mut visible = sample.seen_by("ann");
    sample.rate("ann", 1, 1, "depth", point(3));
    assert!(visible.keep_up(sample.events.last().expect("just acted")));
    assert_eq!(visible, sample.seen_by("ann"));
    sample.seal("ann", 1);
    assert!(!visible.keep_up(sample.events.last().expect("just acted")), "a seal may reveal");
}

fn bob_partly(sample: &mut Sample) {
    sample.review("bob", 1, 1, 4, 4);
    sample.seal("bob", 1);
}

proptest! {
    /// Whatever Bob does, Ann, who has not sealed, sees the very same.
    #[test]
    fn nothing_that_others_do_changes_what_an_unsealed_reviewer_sees(acts in prop::collection::vec(any::<(u8, u8)>(), 0..25)) {
        let mut sample = Sample::new(2, 2);
        panel(&mut sample, &["ann", "bob"]);
        sample.review("ann", 1, 1, 3, 3);
        let before = sample.seen_by("ann");
        for (what, with) in acts {
            let (c, q) = (usize::from(with & 1) + 1, usize::from(with >> 1 & 1) + 1);
            match what % 5 {
                0 => sample.review("bob", c, q, 4, 2),
                1 => { sample.seal("bob", q); }
                2 => sample.reopen("bob", q),
                3 => { sample.note("bob", c, q, "x"); }
                _ => { let submission = sample.submission(c); sample.act("bob", Act::Commented { submission, text: "x".into() }); }
            }
        }
        let after = sample.seen_by("ann");
        prop_assert_eq!(format!("{:?}", after.works), format!("{:?}", before.works));
        prop_assert_eq!(&after.comments, &before.comments);
        prop_assert_eq!(after.unsealed(), before.unsealed());
        prop_assert_eq!(after.others(), before.others());
        prop_assert_eq!(gate(&after, &sample.rules(), &sample.materials()), gate(&before, &sample.rules(), &sample.materials()));
    }
}

proptest! {
    /// Eve is assigned and has not sealed: from outside there is nothing to see of Bob's ratings, whatever he does.
    #[test]
    fn from_outside_no_rating_shows_before_its_submission_is_ready(acts in prop::collection::vec(any::<(u8, u8)>(), 0..25)) {
        let mut sample = Sample::new(2, 2);
        panel(&mut sample, &["bob", "eve"]);
        sample.act("chief", Act::Assigned { submission: None, reviewer: reviewer("eve") });
        for (what, with) in acts {
            let (c, q) = (usize::from(with & 1) + 1, usize::from(with >> 1 & 1) + 1);
            match what % 4 {
                0 => sample.review("bob", c, q, 4, 2),
                1 => { sample.seal("bob", q); }
                2 => sample.reopen("bob", q),
                _ => { let submission = sample.submission(c); sample.act("bob", Act::Recused { submission, reason: None }); }
            }
        }
        let seen: Vec<_> = sample.seen_by("hal").works.keys().copied().collect();
        prop_assert_eq!(seen, [reviewer("hal")]);
    }
}

#[test]
fn an_empty_record_shows_an_empty_work_of_ones_own() {
    let sample = Sample::new(1, 1);
    let visible = visible(&Record::fold(&sample.batch, &[]), &sample.rules(), reviewer("new"));
    assert_eq!(visible.mine(), &Default::default());
}

#[test]
fn who_is_listed_and_has_begun_nothing_is_counted_once_all_is_shown() {
    let mut sample = Sample::new(2, 1);
    panel(&mut sample, &["ann", "bob", "cleo"]);
    sample.review("ann", 1, 1, 3, 3);
    let waited = |sample: &Sample, who: &str| -> Vec<(&str, usize, usize)> {
        let visible = sample.seen_by(who);
        let due = |name: &'static str| visible.not_begun().get(&reviewer(name)).map(|due| (name, due.not_begun, due.of));
        ["ann", "bob", "cleo"].into_iter().filter_map(due).collect()
    };
    assert_eq!(waited(&sample, "ann"), [("ann", 1, 2)], "nothing of others before the reveal");
    sample.review("ann", 2, 1, 3, 3);
    sample.review("bob", 1, 1, 2, 2);
    sample.seal_all("ann");
    assert_eq!(waited(&sample, "ann"), [("bob", 1, 2), ("cleo", 2, 2)]);
    sample.act("ann", Act::Released { submission: None, reviewer: reviewer("cleo"), reason: "away".into() });
    assert_eq!(waited(&sample, "ann"), [("bob", 1, 2)]);
}

#[test]
fn ones_own_first_judgement_of_any_kind_makes_the_rest_due() {
    let mut sample = Sample::new(2, 1);
    let mut seen = sample.seen_by("ann");
    assert_eq!(seen.not_begun().get(&reviewer("ann")), None);
    let act = Act::Recommended { submission: sample.submission(1), recommendation: Recommendation::StrongNo };
    sample.act("ann", act);
    assert!(seen.keep_up(sample.events.last().expect("just acted")));
    assert_eq!(seen.not_begun()[&reviewer("ann")], Due { not_begun: 2, not_known: 0, of: 2 });
    assert_eq!(seen, sample.seen_by("ann"));
}

#[test]
fn what_cannot_be_opened_is_not_known_and_not_called_not_begun() {
    let mut sample = Sample::new(2, 1);
    panel(&mut sample, &["ann", "bob"]);
    for candidate in [1, 2] {
        sample.review("ann", candidate, 1, 3, 3);
    }
    sample.seal_all("ann");
    // Bob's rating of the first came without the key that opens it.
    sample.review("bob", 1, 1, 2, 2);
    let candidate = sample.batch.submissions[0].candidate.id;
    for event in sample.events.iter_mut().filter(|event| event.header.author == reviewer("bob")) {
        event.header.subject = Some(candidate);
        event.act = Act::Unknown { kind: event.header.kind.clone(), body: None };
    }
    let seen = sample.seen_by("ann");
    assert_eq!(seen.not_begun()[&reviewer("bob")], Due { not_begun: 1, not_known: 1, of: 2 });
    // Of the second it is known that he sealed it, and no more.
    let question = slug("q1");
    let act = Act::Witnessed { reviewer: reviewer("bob"), scopes: [Scope::Question(question)].into(), ends: Default::default() };
    sample.act("ann", act);
    assert_eq!(sample.seen_by("ann").not_begun()[&reviewer("bob")], Due { not_begun: 0, not_known: 2, of: 2 });
    // To whom the shortlist was handed, of others only what was revealed came.
    let (handoff, by) = (EventId(uuid::Uuid::from_u128(7)), serde_json::Value::Null);
    sample.act("noor", Act::Received { handoff, from: by.clone(), by, until: None, names: false, covers: Vec::new() });
    let seen = sample.seen_by("noor");
    assert_eq!(seen.not_begun()[&reviewer("bob")], Due { not_begun: 0, not_known: 2, of: 2 });
}
