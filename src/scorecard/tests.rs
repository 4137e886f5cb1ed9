//! What events add up to.

use std::collections::BTreeSet;

use super::sample::{Sample, point, reviewer, slug};
use super::*;
use crate::interview::{Digest, EventId, Moment, Revision, Span, Spans};
use crate::journal::{Act, Event, Outcome, Recommendation, Scope, Subject};
use crate::rubric::{Observed, Reveal};
use crate::text::SafeText;
use proptest::prelude::*;

fn spans(of: &[(u32, u32)]) -> Spans {
    of.iter().map(|&(a, b)| Span { start: Moment(a), end: Moment(b) }).collect()
}

fn depth(sample: &Sample, who: &str) -> Option<Observed> {
    sample.record().work(reviewer(who))?.rating(sample.answer(1, 1), &slug("depth")).map(|rating| rating.observed)
}

#[test]
fn a_share_is_shown_as_reached_only_when_it_is() {
    let share = |heard, present| HeardShare::Of { heard, present };
    for (heard, present, shown) in
        [(0, 7, 0), (899, 1000, 89), (8996, 10_000, 89), (9, 10, 90), (29, 100, 29), (2, 3, 66), (7, 7, 100)]
    {
        let share = share(heard, present);
        assert_eq!(share.percent(), Some(shown), "{heard} of {present}");
        assert_eq!(share.reaches(0.9), shown >= 90, "{heard} of {present}");
    }
    assert_eq!(HeardShare::NothingToHear.percent(), None);
}

#[test]
fn a_rating_keeps_the_value_it_replaced() {
    let mut sample = Sample::new(1, 1);
    sample.rate("ann", 1, 1, "depth", point(2));
    sample.rate("ann", 1, 1, "depth", point(4));
    let record = sample.record();
    let rating = record.works[&reviewer("ann")].rating(sample.answer(1, 1), &slug("depth")).cloned().expect("rated");
    assert_eq!(rating.observed, point(4));
    assert_eq!(rating.revised_from, Some(point(2)));
    assert_eq!(rating.earlier.len(), 1);
    assert_eq!(rating.after, None);
}

#[test]
fn a_value_taken_back_is_missing_again_and_remembered() {
    let mut sample = Sample::new(1, 1);
    sample.rate("ann", 1, 1, "depth", point(2));
    let answer = sample.answer(1, 1);
    sample.act("ann", Act::Cleared { answer, criterion: slug("depth"), reason: None });
    let record = sample.record();
    let work = &record.works[&reviewer("ann")];
    let criteria = record.criteria(&sample.rubric, &slug("q1"));
    let missing: Vec<_> = work
        .missing(criteria, record.places.get(answer).expect("a place"))
        .into_iter()
        .map(|criterion| criterion.id.as_str())
        .collect();
    assert_eq!(missing, ["depth", "clarity"]);
    assert_eq!(work.cleared[&(answer, slug("depth"))][0].observed, point(2));
}

#[test]
fn undo_brings_back_the_value_before_and_redo_the_value_after() {
    let mut sample = Sample::new(1, 1);
    sample.rate("ann", 1, 1, "depth", point(2));
    let second = sample.rate("ann", 1, 1, "depth", point(4));
    let undo = sample.act("ann", Act::Undone { event: second });
    assert_eq!(depth(&sample, "ann"), Some(point(2)));
    sample.act("ann", Act::Undone { event: undo });
    assert_eq!(depth(&sample, "ann"), Some(point(4)));
}

#[test]
fn nobody_undoes_what_another_did() {
    let mut sample = Sample::new(1, 1);
    let rated = sample.rate("ann", 1, 1, "depth", point(2));
    sample.act("bob", Act::Undone { event: rated });
    assert_eq!(depth(&sample, "ann"), Some(point(2)));
}

#[test]
fn a_rating_that_comes_after_its_seal_does_not_count_and_is_shown_as_refused() {
    let mut sample = Sample::new(1, 1);
    sample.rate("ann", 1, 1, "depth", point(2));
    sample.seal("ann", 1);
    let late = sample.rate("ann", 1, 1, "depth", point(5));
    assert_eq!(depth(&sample, "ann"), Some(point(2)));
    let record = sample.record();
    let refused: Vec<EventId> = record.works[&reviewer("ann")].refused.iter().map(|refused| refused.event).collect();
    assert_eq!(refused, [late]);
}

#[test]
fn a_seal_on_a_submission_locks_clearing_and_evidence_too() {
    let mut sample = Sample::new(1, 2);
    sample.rate("ann", 1, 1, "depth", point(2));
    let (answer, submission) = (sample.answer(1, 1), sample.submission(1));
    sample
        .act("ann", Act::Sealed { scope: Scope::Submission(submission), unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    sample.act("ann", Act::Cleared { answer, criterion: slug("depth"), reason: None });
    let span = Span { start: Moment(0), end: Moment(900) };
    sample.act("ann", Act::Evidenced { answer, revision: None, criteria: vec![slug("depth")], span, quote: "so".into() });
    sample.act("ann", Act::Recommended { submission, recommendation: Recommendation::Yes });
    let record = sample.record();
    let work = &record.works[&reviewer("ann")];
    assert_eq!(depth(&sample, "ann"), Some(point(2)));
    assert!(work.evidence.is_empty() && work.recommendations.is_empty());
    assert_eq!(work.refused.len(), 3);
}

#[test]
fn undo_does_not_reach_behind_a_seal() {
    let mut sample = Sample::new(1, 1);
    let rated = sample.rate("ann", 1, 1, "depth", point(2));
    let seal = sample.seal("ann", 1);
    sample.act("ann", Act::Undone { event: rated });
    sample.act("ann", Act::Undone { event: seal });
    sample.rate("ann", 1, 1, "depth", point(5));
    assert_eq!(depth(&sample, "ann"), Some(point(2)));
    assert!(sample.record().works[&reviewer("ann")].is_sealed(sample.record().places.get(sample.answer(1, 1)).expect("a place")));
}

#[test]
fn redo_does_not_reach_behind_a_seal_either() {
    let mut sample = Sample::new(1, 1);
    sample.rate("ann", 1, 1, "depth", point(2));
    let second = sample.rate("ann", 1, 1, "depth", point(5));
    let undo = sample.act("ann", Act::Undone { event: second });
    sample.seal("ann", 1);
    sample.act("ann", Act::Undone { event: undo });
    assert_eq!(depth(&sample, "ann"), Some(point(2)));
}

#[test]
fn what_is_changed_after_reopening_is_marked_with_what_it_came_after() {
    let mut sample = Sample::new(1, 2);
    let mark = |sample: &Sample| {
        let record = sample.record();
        record.works[&reviewer("ann")].rating(sample.answer(1, 1), &slug("depth")).expect("rated").clone()
    };
    sample.rate("ann", 1, 1, "depth", point(2));
    sample.seal("ann", 1);
    sample.reopen("ann", 1);
    sample.rate("ann", 1, 1, "depth", point(3));
    assert_eq!(mark(&sample).after, Some(After::Seal));
    assert!(!mark(&sample).is_after_reveal(Reveal::OwnBatchSealed));
    assert!(mark(&sample).is_after_reveal(Reveal::Question));
    sample.seal_all("ann");
    sample.reopen("ann", 1);
    sample.rate("ann", 1, 1, "depth", point(4));
    assert_eq!(mark(&sample).after, Some(After::OwnBatch));
    assert!(mark(&sample).is_after_reveal(Reveal::OwnBatchSealed));
    let reopened: Vec<String> = sample.record().works[&reviewer("ann")].reopened.iter().map(|r| r.reason.to_string()).collect();
    assert_eq!(reopened, ["misheard", "misheard"]);
}

#[test]
fn a_shown_scorecard_marks_what_follows() {
    let mut sample = Sample::new(2, 1);
    let submission = sample.submission(1);
    sample.act("ann", Act::Revealed { what: Subject::Submission(submission), reason: None });
    sample.rate("ann", 1, 1, "depth", point(3));
    sample.rate("ann", 2, 1, "depth", point(3));
    let record = sample.record();
    let after = |c| record.works[&reviewer("ann")].rating(sample.answer(c, 1), &slug("depth")).expect("rated").after;
    assert_eq!((after(1), after(2)), (Some(After::Reveal), None));
}

#[test]
fn a_new_recording_makes_ratings_stale_and_hearing_start_anew() {
    let mut sample = Sample::new(1, 1);
    sample.review("ann", 1, 1, 3, 3);
    sample.batch.submissions[0].answers[0].revision = Some(Revision::of(&Digest::of(b"second take")));
    let record = sample.record();
    let (work, place) = (&record.works[&reviewer("ann")], record.places.get(sample.answer(1, 1)).expect("a place"));
    assert_eq!(work.stale(place).count(), 2);
    let share = work.heard_share(place.answer, place.revision, &sample.materials()[&place.answer]);
    assert_eq!(share, HeardShare::Of { heard: 0, present: 10_000 });
}

/// Whether Ann's answers to the first question are sealed, candidate by candidate.
fn are_sealed(sample: &Sample) -> Vec<bool> {
    let record = sample.record();
    let work = &record.works[&reviewer("ann")];
    record.places.iter().map(|place| work.is_sealed(place)).collect()
}

#[test]
fn what_comes_in_after_a_seal_is_outside_of_it_until_it_is_rated_and_sealed() {
    let mut sample = Sample::new(1, 1);
    sample.review("ann", 1, 1, 3, 3);
    let first = sample.seal("ann", 1);
    let late = sample.comes_in();
    assert_eq!(are_sealed(&sample), [true, false]);
    assert!(!sample.record().own_batch_is_sealed(reviewer("ann")));
    sample.rate("ann", 1, 1, "depth", point(5));
    sample.review("ann", late, 1, 4, 4);
    let rated = sample.rate("ann", late, 1, "depth", point(2));
    assert_eq!(depth(&sample, "ann"), Some(point(3)), "what was sealed stays locked");
    assert_eq!(are_sealed(&sample), [true, false], "a rating is no seal");
    let second = sample.seal("ann", 1);
    sample.rate("ann", late, 1, "depth", point(5));
    sample.act("ann", Act::Undone { event: rated });
    let record = sample.record();
    let work = &record.works[&reviewer("ann")];
    assert_eq!(work.rating(sample.answer(late, 1), &slug("depth")).expect("rated").observed, point(2));
    assert_eq!(work.refused.len(), 3, "one rating of each when it was sealed, and the undo");
    let by = |c| work.seal_of(record.places.get(sample.answer(c, 1)).expect("a place")).expect("sealed").event;
    assert_eq!((by(1), by(late)), (first, second));
    sample.reopen("ann", 1);
    assert_eq!(are_sealed(&sample), [false, false]);
}

#[test]
fn a_new_recording_is_outside_of_the_seal_of_the_old_one_and_unlocks_nothing_of_it() {
    let mut sample = Sample::new(2, 1);
    (1..=2).for_each(|c| sample.review("ann", c, 1, 3, 3));
    sample.seal("ann", 1);
    let refused = sample.rate("ann", 1, 1, "depth", point(5));
    let of_the_old = sample.batch.submissions[0].answers[0].revision;
    sample.records_anew(1, 1);
    assert_eq!(are_sealed(&sample), [false, true]);
    assert_eq!(depth(&sample, "ann"), Some(point(3)), "what was refused does not count afterwards");
    let (answer, criterion) = (sample.answer(1, 1), slug("depth"));
    sample.act("ann", Act::Rated { answer, revision: of_the_old, criterion: criterion.clone(), observed: point(1), reason: None });
    sample.act("ann", Act::Cleared { answer, criterion, reason: None });
    assert_eq!(depth(&sample, "ann"), Some(point(3)), "the old recording stays locked");
    assert_eq!(sample.record().works[&reviewer("ann")].refused.first().map(|one| one.event), Some(refused));
    sample.review("ann", 1, 1, 4, 4);
    sample.seal("ann", 1);
    let record = sample.record();
    let rating = record.works[&reviewer("ann")].rating(answer, &slug("depth")).expect("rated");
    assert_eq!((rating.observed, rating.earlier.len()), (point(4), 1), "the old value is kept");
    assert_eq!(are_sealed(&sample), [true, true]);
    sample.batch.submissions[0].answers[0].revision = None;
    assert_eq!(are_sealed(&sample), [true, true], "a recording that is gone is no new one");
    sample.batch.submissions[0].answers[0].revision = of_the_old;
    assert_eq!(are_sealed(&sample), [false, true], "the first recording again is not what was rated last");
    sample.rate("ann", 1, 1, "depth", point(3));
    sample.seal("ann", 1);
    assert_eq!(are_sealed(&sample), [true, true]);
}

#[test]
fn a_seal_of_an_earlier_release_locks_all_of_its_scope() {
    let mut sample = Sample::new(1, 1);
    sample.review("ann", 1, 1, 3, 3);
    let scope = Scope::Question(slug("q1"));
    sample.act("ann", Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    sample.comes_in();
    assert_eq!(are_sealed(&sample), [true, true]);
    sample.records_anew(1, 1);
    assert_eq!(are_sealed(&sample), [false, true], "what it locked is the recording that was rated");
}

#[test]
fn a_note_keeps_what_it_said_and_clears_its_draft() {
    let mut sample = Sample::new(1, 1);
    let answer = sample.answer(1, 1);
    sample.act("ann", Act::Drafted { field: field::note(answer), text: "checks the l".into(), at: None });
    let first = sample.note("ann", 1, 1, "checks the log");
    assert!(sample.record().works[&reviewer("ann")].drafts.is_empty());
    sample.act("ann", Act::Noted { answer, at: None, text: "checks the logs first".into(), replaces: Some(first) });
    let record = sample.record();
    let note = &record.works[&reviewer("ann")].notes[0];
    assert_eq!(note.text.as_str(), "checks the logs first");
    assert_eq!(note.earlier[0].1.as_str(), "checks the log");
    sample.act("ann", Act::Noted { answer, at: None, text: SafeText::default(), replaces: Some(note.event) });
    assert!(sample.record().works[&reviewer("ann")].notes.is_empty());
}

#[test]
fn a_note_may_follow_a_seal_but_a_sealed_one_does_not_change() {
    let mut sample = Sample::new(1, 1);
    let answer = sample.answer(1, 1);
    let sealed = sample.note("ann", 1, 1, "before");
    sample.seal("ann", 1);
    sample.act("ann", Act::Noted { answer, at: None, text: "changed".into(), replaces: Some(sealed) });
    let later = sample.note("ann", 1, 1, "after");
    let record = sample.record();
    let notes: Vec<(&str, Option<After>)> =
        record.works[&reviewer("ann")].notes.iter().map(|note| (note.text.as_str(), note.after)).collect();
    assert_eq!(notes, [("before", None), ("after", Some(After::OwnBatch))]);
    sample.act("ann", Act::Undone { event: later });
    assert_eq!(sample.record().works[&reviewer("ann")].notes.len(), 1);
}

#[test]
fn comparing_the_same_two_again_replaces_the_outcome() {
    let mut sample = Sample::new(2, 1);
    let (a, b) = (sample.answer(1, 1), sample.answer(2, 1));
    let compared = |a, b, outcome| Act::Compared { question: slug("q1"), criterion: slug("depth"), a, b, outcome };
    sample.act("ann", compared(a, b, Outcome::A));
    sample.act("ann", compared(b, a, Outcome::Tie));
    let record = sample.record();
    let outcomes: Vec<Outcome> = record.works[&reviewer("ann")].comparisons.iter().map(|c| c.outcome).collect();
    assert_eq!(outcomes, [Outcome::Tie]);
}

#[test]
fn what_is_sealed_is_not_compared_any_more_nor_is_a_comparison_taken_back() {
    let mut sample = Sample::new(3, 1);
    let [one, two, three] = [1, 2, 3].map(|c| sample.answer(c, 1));
    let compared = |a, b| Act::Compared { question: slug("q1"), criterion: slug("depth"), a, b, outcome: Outcome::A };
    let first = sample.act("ann", compared(one, two));
    // Only the second one's scorecard is sealed: that is one side of both comparisons.
    let scope = Scope::Submission(sample.submission(2));
    sample.act("ann", Act::Sealed { scope: scope.clone(), unheard: Vec::new(), knows: BTreeSet::new(), locks: None });
    sample.act("ann", compared(two, three));
    sample.act("ann", Act::Undone { event: first });
    let work = sample.record().works[&reviewer("ann")].clone();
    assert_eq!(work.comparisons.iter().map(|c| (c.a, c.b)).collect::<Vec<_>>(), [(one, two)]);
    assert_eq!(work.refused.iter().map(|refused| refused.kind.as_str()).collect::<Vec<_>>(), ["compared", "undone"]);
    sample.act("ann", Act::Reopened { scope, reason: "heard it again".into() });
    sample.act("ann", Act::Undone { event: first });
    sample.act("ann", compared(three, two));
    let work = sample.record().works[&reviewer("ann")].clone();
    assert_eq!(work.comparisons.iter().map(|c| (c.a, c.b)).collect::<Vec<_>>(), [(three, two)]);
}

#[test]
fn speech_heard_is_divided_by_speech_present() {
    let sound = |speech: Option<&[(u32, u32)]>| Material::Sound { length: 10_000, speech: speech.map(spans) };
    let check = |heard: &[(u32, u32)], material: Material, share: Option<f64>| {
        assert_eq!(HeardShare::between(Some(&spans(heard)), &material).fraction(), share, "{heard:?} of {material:?}");
    };
    // Silence between 2 s and 8 s was skipped.
    check(&[(0, 2000), (8000, 10_000)], sound(Some(&[(0, 2000), (8000, 10_000)])), Some(1.0));
    // Hearing silence adds nothing, hearing twice counts once.
    check(&[(0, 5000), (0, 3000)], sound(Some(&[(0, 2000), (8000, 10_000)])), Some(0.5));
    check(&[(0, 5000)], sound(None), Some(0.5));
    check(&[(0, 5000)], sound(Some(&[])), None);
    check(&[(0, 50)], Material::Text { characters: 200 }, Some(0.25));
    check(&[], Material::Nothing, None);
    check(&[(0, 50)], Material::Unknown, None);
}

#[test]
fn an_answer_nobody_measured_is_not_heard_and_one_without_speech_is() {
    assert!(!HeardShare::between(None, &Material::Unknown).reaches(0.9));
    assert!(HeardShare::between(None, &Material::Nothing).reaches(0.9));
    let both = HeardShare::Of { heard: 5, present: 10 }.and(HeardShare::NothingToHear);
    assert_eq!(both, HeardShare::Of { heard: 5, present: 10 });
}

#[test]
fn a_written_answer_counts_by_what_was_read() {
    let mut sample = Sample::new(1, 1);
    let answer = sample.answer(1, 1);
    sample.act("ann", Act::Read { answer, revision: None, spans: spans(&[(0, 100)]) });
    let record = sample.record();
    let work = &record.works[&reviewer("ann")];
    assert_eq!(work.heard_share(answer, None, &Material::Text { characters: 400 }).fraction(), Some(0.25));
    let sound = Material::Sound { length: 400, speech: None };
    assert_eq!(work.heard_share(answer, None, &sound).fraction(), Some(0.0), "what was read of a recording was not heard");
    assert_eq!(work.read_share(answer, None, &sound).fraction(), Some(0.25));
}

#[test]
fn who_is_assigned_some_has_only_those_and_who_is_released_has_them_no_more() {
    let mut sample = Sample::new(3, 1);
    let ids: Vec<_> = (1..=3).map(|c| sample.submission(c)).collect();
    let has = |sample: &Sample| {
        let record = sample.record();
        ids.iter().map(|&id| record.has_to_review(reviewer("ann"), id)).collect::<Vec<_>>()
    };
    let ann = reviewer("ann");
    assert_eq!(has(&sample), [true, true, true]);
    sample.act("chief", Act::Assigned { submission: Some(ids[0]), reviewer: ann });
    assert_eq!(has(&sample), [true, false, false]);
    sample.act("chief", Act::Assigned { submission: None, reviewer: ann });
    sample.act("chief", Act::Released { submission: Some(ids[2]), reviewer: ann, reason: "knows c3".into() });
    assert_eq!(has(&sample), [true, true, false]);
    sample.act("ann", Act::Recused { submission: ids[1], reason: None });
    assert_eq!(has(&sample), [true, false, false]);
}

#[test]
fn only_questions_of_the_map_are_scored() {
    let mut sample = Sample::new(1, 2);
    let map = vec![(slug("q1"), slug("q2"))];
    sample.act("chief", Act::Attached { rubric_hash: Digest::of(b"2"), text_hash: Digest::of(b"2"), map });
    let record = sample.record();
    assert_eq!(record.rubric_question(&slug("q1")), Some(&slug("q2")));
    assert!(record.criteria(&sample.rubric, &slug("q2")).is_empty());
    assert_eq!(record.own(reviewer("ann")).count(), 1);
}

#[test]
fn the_later_decision_stands_and_one_on_the_whole_counts_for_every_application() {
    use crate::journal::Decision::*;
    let mut sample = Sample::new(1, 1);
    let submission = sample.submission(1);
    let decide = |sample: &mut Sample, application: Option<&str>, decision| {
        let application = application.map(SafeText::from);
        sample.act("chief", Act::Decided { submission, application, decision, because: None, reason: "r".into(), overrides: None });
    };
    let stands = |sample: &Sample, application: &str| {
        sample.record().decision(submission, Some(&application.into())).map(|decided| decided.decision)
    };
    decide(&mut sample, None, Hold);
    decide(&mut sample, Some("app-1"), Advance);
    assert_eq!((stands(&sample, "app-1"), stands(&sample, "app-2")), (Some(Advance), Some(Hold)));
    decide(&mut sample, None, Decline);
    assert_eq!(stands(&sample, "app-1"), Some(Decline));
}

#[test]
fn pseudonyms_of_reviewers_are_unique_without_regard_to_case() {
    let mut sample = Sample::new(1, 1);
    let entry = |who: &str, name: &str| Panelist::write(reviewer(who), &who.into(), &name.into());
    sample.act("chief", Act::Panel { reviewers: vec![entry("ann", "R1"), entry("bob", "r1"), entry("eve", "R2")] });
    let record = sample.record();
    let names: BTreeSet<String> = record.pseudonyms().values().map(|n| n.raw().to_lowercase()).collect();
    assert_eq!(names.len(), record.pseudonyms().len());
    assert_eq!(record.pseudonyms()[&reviewer("eve")].as_str(), "R2");
    assert_eq!(record.label(reviewer("ann")).as_str(), "ann");
}

/// Acts of three people, as numbers that a property test can draw.
fn story(acts: &[(u8, u8, u8)]) -> Sample {
    let mut sample = Sample::new(2, 2);
    for &(who, what, with) in acts {
        let who = ["ann", "bob", "eve"][usize::from(who % 3)];
        let (c, q) = (usize::from(with & 1) + 1, usize::from(with >> 1 & 1) + 1);
        match what % 8 {
            0..=2 => {
                sample.rate(who, c, q, "depth", point(i16::from(with % 5) + 1));
            }
            3 => sample.hear(who, c, q, u32::from(with) * 10, u32::from(with) * 20),
            4 => {
                sample.note(who, c, q, "note");
            }
            5 => {
                sample.seal(who, q);
            }
            6 => sample.reopen(who, q),
            _ => {
                let own: Vec<EventId> = sample.events.iter().filter(|e| e.header.author == reviewer(who)).map(Event::id).collect();
                if let Some(&event) = own.get(usize::from(with) % own.len().max(1)) {
                    sample.act(who, Act::Undone { event });
                }
            }
        }
    }
    sample
}

proptest! {
    #[test]
    fn one_event_after_the_other_gives_what_all_at_once_give(acts in prop::collection::vec(any::<(u8, u8, u8)>(), 0..40)) {
        let sample = story(&acts);
        let mut record = Record::fold(&sample.batch, &[]);
        for upto in 1..=sample.events.len() {
            if !record.apply(&sample.events[upto - 1]) {
                record = Record::fold(&sample.batch, &sample.events[..upto]);
            }
        }
        prop_assert_eq!(record, sample.record());
    }

    #[test]
    fn the_order_in_which_events_arrive_and_how_often_changes_nothing(
        acts in prop::collection::vec(any::<(u8, u8, u8)>(), 0..40), turn in any::<usize>()
    ) {
        let sample = story(&acts);
        let mut arrived = sample.events.clone();
        let length = arrived.len();
        arrived.rotate_left(turn % length);
        arrived.reverse();
        arrived.extend(sample.events.iter().take(7).cloned());
        prop_assert_eq!(Record::fold(&sample.batch, &arrived), sample.record());
    }

    #[test]
    fn what_is_sealed_stays_as_it_is_whatever_comes(
        before in prop::collection::vec(any::<(u8, u8, u8)>(), 0..20), after in prop::collection::vec((0u8..1, any::<u8>(), any::<u8>()), 0..20)
    ) {
        let mut sample = story(&before);
        sample.seal_all("ann");
        let ratings = |sample: &Sample| sample.record().works[&reviewer("ann")].ratings.clone();
        let sealed = ratings(&sample);
        let offset = sample.events.len();
        for &(_, what, with) in &after {
            let (c, q) = (usize::from(with & 1) + 1, usize::from(with >> 1 & 1) + 1);
            match what % 3 {
                0 => { sample.rate("ann", c, q, "depth", point(i16::from(with % 5) + 1)); }
                1 => { let answer = sample.answer(c, q); sample.act("ann", Act::Cleared { answer, criterion: slug("depth"), reason: None }); }
                _ => { let event = sample.events[usize::from(with) % offset].id(); sample.act("ann", Act::Undone { event }); }
            }
        }
        prop_assert_eq!(ratings(&sample), sealed);
    }
}
