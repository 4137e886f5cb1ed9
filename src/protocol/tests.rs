//! Order, names, seals, sight and the gate.

use std::collections::HashSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::interview::{AnswerState, BatchId, Candidate, CandidateId, Moment, Span, Status};
use crate::journal::{Act, Decision, Outcome, Recommendation, Scope, Subject};
use crate::rubric::{self, EvidenceRule, Observed, Order, Reveal, Seal, Shuffle};
use crate::scorecard::sample::{Sample, point, reviewer, slug};
use crate::scorecard::{Panelist, Record};

fn plan(sample: &Sample, who: &str) -> Plan {
    let record = sample.record();
    let rules = effective(&sample.rubric, &record);
    Plan::of(&sample.batch, &record, &rules.protocol, &seed(sample.batch.id, reviewer(who)), reviewer(who))
}

fn panel(sample: &mut Sample, of: &[&str]) {
    let reviewers = of.iter().map(|who| Panelist::write(reviewer(who), &(*who).into(), &(*who).into())).collect();
    sample.act("chief", Act::Panel { reviewers });
}

// Order.

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
    assert_eq!(plan.previous_open(last.answer, open), Some(&plan.steps[1]));
    assert_eq!(plan.progress(&record, &sample.rubric, work), Progress { rated: 1, sealed: 0, of: 3 });
}

// Names.

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

// Redaction.

fn zora() -> Particulars {
    Particulars::of(&Candidate {
        id: CandidateId::derive(&["z"]),
        source_id: "z".into(),
        name: Some("Zora van der Quill-May".into()),
        email: Some("zora.q@post.example".into()),
        phone: Some("+44 20 7946 0958".into()),
    })
}

#[test]
fn what_names_the_speaker_is_taken_out_and_the_rest_stays() {
    let check = |text: &str, redacted: &str| assert_eq!(redact(text, &zora()), redacted, "of {text:?}");
    check("Hi, I'm Zora Quill.", "Hi, I'm [name] [name].");
    check("ZORA's idea, quill's too", "[name]'s idea, [name]'s too");
    check("Quillon and Dezora drove the van", "Quillon and Dezora drove the van");
    check("We may see. May Quill", "We may see. [name] [name]");
    check("write to zora.q@post.example, or a.b+c@x.co.uk.", "write to [e-mail], or [e-mail].");
    check("Zora.Q@Post.Example", "[e-mail]");
    check("me @ home, 5@6", "me @ home, 5@6");
    check("call 020 7946 0958 or (555) 123-4567", "call [phone] or [phone]");
    check("on 2023-05-14 and 14.05.2023", "on 2023-05-14 and 14.05.2023");
    check("in 2019-2023 we grew 120% to 1,500,000 users on 24/7", "in 2019-2023 we grew 120% to 1,500,000 users on 24/7");
    check("ext 0958 stays, 60958 too", "ext 0958 stays, [phone] too");
    check("", "");
}

#[test]
fn names_in_scripts_without_spaces_are_found_inside_a_sentence() {
    let particulars = Particulars::of(&Candidate {
        id: CandidateId::derive(&["w"]),
        source_id: "w".into(),
        name: Some("王小明".into()),
        email: None,
        phone: None,
    });
    assert_eq!(redact("我叫王小明，你好", &particulars), "我叫[name]，你好");
}

#[test]
fn words_of_a_transcript_stay_one_for_one() {
    let words = ["My", "number", "is", "+44", "20", "7946", "0958,", "Zora's", "mail", "zora.q@post.example"];
    let redacted = redact_words(&words, &zora());
    assert_eq!(redacted.len(), words.len());
    assert_eq!(redacted[..3], ["My", "number", "is"]);
    assert_eq!(redacted[3..], ["[phone]", "[phone]", "[phone]", "[phone],", "[name]'s", "mail", "[e-mail]"]);
}

proptest! {
    #[test]
    fn redaction_never_panics_and_words_never_move(words in prop::collection::vec("[^ ]{0,12}", 0..12)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        prop_assert_eq!(redact_words(&words, &zora()).len(), words.len());
        let text = words.join(" ");
        let once = redact(&text, &zora()).into_owned();
        prop_assert!(!once.contains("zora.q@post.example"));
    }

    #[test]
    fn the_own_number_is_found_however_it_is_spaced(spaces in prop::collection::vec(prop::sample::select(vec!["", " ", "-", ". "]), 11)) {
        let digits = "02079460958";
        let text: String = digits.chars().zip(&spaces).map(|(digit, space)| format!("{digit}{space}")).collect();
        let said = format!("on {text} please");
        let has_digits = redact(&said, &zora()).contains('9');
        prop_assert!(!has_digits);
    }
}

// Seals.

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
    gaps_before_seal(&scope, &work, &record, &sample.rubric, &rules.protocol, &sample.materials())
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

// Sight.

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
        sample.act("bob", Act::Tagged { submission, tag: "strong".into(), act: crate::journal::Tagging::Added });
        let decision = Decision::Advance;
        sample.act("bob", Act::Decided { submission, application: None, decision, reason: "r".into(), overrides: None });
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
    sample.act("ann", Act::Sealed { scope: Scope::Submission(submission), unheard: Vec::new() });
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
    let mut sample = Sample::new(2, 1);
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
    sample.act("bob", Act::Drafted { field: "f".into(), text: "t".into() });
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

// The gate.

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
    sample.act("ann", Act::Sealed { scope: Scope::Question(slug("q1")), unheard });
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
fn a_submission_from_which_everyone_stepped_aside_is_left_out() {
    let mut sample = Sample::new(1, 1);
    panel(&mut sample, &["ann"]);
    let submission = sample.submission(1);
    for who in ["ann", "chief"] {
        sample.act(who, Act::Recused { submission, reason: None });
    }
    assert_eq!(gate_of(&sample, "ann").left_out, 1);
}

#[test]
fn without_a_gate_decisions_are_open() {
    let mut sample = Sample::new(1, 1);
    let mut light = sample.rules();
    light.protocol.decision_gate = rubric::DecisionGate::Off;
    let settings = settings(&light);
    sample.act("chief", Act::Protocol { hash: hash(&settings), settings });
    let open = gate_of(&sample, "ann");
    assert!(open.open && !open.on);
    assert_eq!(open.waiting.len(), 1, "what is not reviewed is still said");
}

// Settings.

#[test]
fn settings_come_back_as_they_were_written() {
    let sample = Sample::new(1, 1);
    let mut rules = sample.rules();
    rules.protocol.order = Order::CandidateFirst;
    rules.protocol.playback.speed = rubric::SpeedRule::Fixed(1.5);
    rules.protocol.heard_min = 0.75;
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

#[test]
fn an_empty_record_shows_an_empty_work_of_ones_own() {
    let sample = Sample::new(1, 1);
    let visible = visible(&Record::fold(&sample.batch, &[]), &sample.rules(), reviewer("new"));
    assert_eq!(visible.mine(), &Default::default());
}
