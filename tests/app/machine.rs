//! The second reader beside people's values: after the reveal alone, marked as a machine, written down when it is first seen.

use earmark::app::Effect;
use earmark::interview::{Digest, Moment, Span};
use earmark::journal::Statement;
use earmark::rubric::Point;
use earmark::scorer::alike::{Alike, Likeness};
use earmark::scorer::reader::{Engine, Proposal, Proposed};

use crate::station::Station;

/// A colleague who gave 1 everywhere, and a machine that proposes 4 for the first criterion of every answer.
fn station() -> Station {
    let mut station = Station::at_batch();
    station.shelf.colleague("Ivo", 1);
    let rubric = station.shelf.rubric.clone().expect("it is attached");
    for submission in station.shelf.batch.submissions.clone() {
        for answer in submission.answers {
            let Some(criterion) = rubric.question(&answer.question).and_then(|question| question.criteria.first()) else {
                continue;
            };
            let engine = Engine { model: "embedded".into(), version: "3".into(), prompt: None };
            let one = Proposed {
                criterion: criterion.id.clone(),
                point: Point::whole(4),
                quote: "MACHINE-QUOTE was said".into(),
                words: 0..3,
                span: Some(Span { start: Moment(2_000), end: Moment(4_000) }),
                why: "a word of the rubric".into(),
            };
            let read = Digest::of(b"what was said");
            let proposal = Proposal { engine, read, ratings: vec![one], dropped: Vec::new(), spoken_to: Vec::new() };
            station.shelf.proposed.insert(answer.id, vec![proposal]);
        }
    }
    station.again()
}

fn shown(station: &Station) -> usize {
    station.kinds().iter().filter(|kind| *kind == "shown").count()
}

fn asked(station: &Station) -> usize {
    station.asked.iter().filter(|effect| matches!(effect, Effect::ReadSecond(_))).count()
}

#[test]
fn a_second_readers_points_stand_beside_peoples_after_the_reveal_alone() {
    let mut station = station();
    station.press("enter o enter").waits(3_000).rates_everything(4).press("g M");
    let before = station.screen(120, 40);
    assert!(before.contains("4") && !before.contains('⚙') && !before.contains("MACHINE-QUOTE"), "{before}");
    assert_eq!((asked(&station), shown(&station)), (0, 0), "nothing of it is even read");
    station.press("g").seals_everything().press("M");
    let after = station.screen(120, 40);
    assert!(after.contains("4 1 ≠ ⚙4"), "{after}");
    assert!(after.contains("second reader (machine, embedded, version 3): 4") && after.contains("MACHINE-QUOTE"), "{after}");
    let seen = shown(&station);
    assert!(seen > 0 && asked(&station) == 1, "{seen} were written down as seen");
    station.press("j k M");
    let one = station.screen(120, 40);
    assert!(one.contains("4 (1) ⚙4"), "{one}");
    assert_eq!(shown(&station), seen, "each once");
}

#[test]
fn what_a_second_reader_quotes_is_heard_from_the_list_of_differences() {
    let mut station = station();
    station.press("enter o enter").waits(3_000).rates_everything(4).seals_everything().press("! enter");
    let asked = station.screen(120, 40);
    assert!(asked.contains("Hear what the second reader (machine, embedded, version 3) rests 4 on"), "{asked}");
    assert!(shown(&station) > 0, "it was seen in the list");
    station.press("j enter");
    assert_eq!(station.app.deck.at(station.app.deck.active), Moment(2_000), "{}", station.screen(120, 40));
}

#[test]
fn that_an_answer_is_like_anothers_is_told_after_the_reveal_alone_and_written_down() {
    let mut station = Station::at_batch();
    let answers: Vec<_> = station.shelf.batch.submissions.iter().filter_map(|one| Some(one.answers.first()?.id)).collect();
    for (nth, answer) in answers.iter().enumerate() {
        let with = answers[(nth + 1) % answers.len()];
        let at = Some((Moment(12_000), Moment(8_000)));
        let with = vec![Likeness { with, share: 0.62, words: 41, at }];
        let statement = Statement { by: "likeness".into(), version: "1".into(), digest: Digest::of(b"alike") };
        station.shelf.alike.insert(*answer, Alike { with, statement });
    }
    let mut station = station.again();
    let looked_for = |station: &Station| station.asked.iter().filter(|effect| matches!(effect, Effect::FindAlike(_))).count();
    station.press("enter o enter").waits(3_000).rates_everything(4).press("i");
    let before = station.screen(160, 60);
    assert!(before.contains("What is known of") && !before.contains("Alike to"), "{before}");
    assert_eq!((looked_for(&station), shown(&station)), (0, 0), "nothing is even compared");
    station.press("esc").seals_everything().press("g enter i");
    let after = station.screen(160, 60);
    assert!(after.contains("Alike to") && after.contains("62% of all passages, see 41 words"), "{after}");
    assert_eq!(looked_for(&station), 1);
    let seen = shown(&station);
    assert!(seen > 0, "{seen} were written down as seen");
    station.press("esc i");
    assert!(station.screen(160, 60).contains("Alike to"));
    assert_eq!((looked_for(&station), shown(&station)), (1, seen), "each once");
}
