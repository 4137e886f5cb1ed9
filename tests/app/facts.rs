//! What is known of an answer: facts about the recording and literal hits at any time, what a machine tells of it after the reveal alone.

use std::sync::Arc;

use earmark::app::Here;
use earmark::sound::{Downmix, Prepared, Quality, prepare, speech};
use earmark::tui::keymap::Keymap;
use earmark::tui::plain::{Did, Plain};

use super::finding::looking_rubric;
use crate::station::{Shelf, Station, batch};

/// All recordings are measured: 20 s, a pause of a second and a quarter, recorded too loud.
fn measured() -> Shelf {
    let mut shelf = looking_rubric(true);
    let outline = batch::outline();
    let prepared = Arc::new(Prepared {
        step: prepare::STEP,
        samples: u64::from(outline.length.0) * 48,
        length_ms: outline.length.0,
        gain_db: 0.0,
        downmix: Downmix::even(1),
        silences: speech::silences(&outline.speech, u64::from(outline.length.0) * 48),
        speech: outline.speech,
        peaks: vec![40; 2_000],
        truncated: None,
        quality: Quality { clipped_ms: 900, speech_db: Some(-21.0), noise_db: Some(-60.0), ..Quality::default() },
    });
    let answers: Vec<_> =
        shelf.batch.submissions.iter().flat_map(|submission| &submission.answers).map(|answer| answer.id).collect();
    shelf.said = answers.into_iter().map(|id| (id, Here { measured: Some(prepared.clone()), ..shelf.here(id) })).collect();
    shelf
}

#[test]
fn before_the_reveal_a_key_shows_the_recording_and_literal_hits_and_nothing_that_judges() {
    let mut station = Station::of("Mara", measured(), |_| {});
    station.press("enter o enter i");
    let screen = station.screen(120, 40);
    for fact in [
        "One pause, of 1.2 s.",
        "words a minute of speech",
        "Speech at -21 dB of full scale, 39 dB louder",
        "0.9 s recorded too loud",
        "To know before judging:",
        "Words that the rubric looks for:",
    ] {
        assert!(screen.contains(fact), "{fact}: {screen}");
    }
    assert!(!screen.contains("taken up") && !screen.contains("machine"), "{screen}");
    assert!(!station.kinds().iter().any(|kind| kind == "shown"));
}

#[test]
fn after_the_reveal_what_its_words_tell_is_there_too_and_that_it_was_seen_is_written_down() {
    let mut station = Station::of("Mara", measured(), |_| {});
    station.press("enter o enter").waits(3_000).rates_everything(4).seals_everything().press("g enter i");
    let screen = station.screen(120, 50);
    assert!(screen.contains("Told by a machine from words alone:") && screen.contains("What the candidate did:"), "{screen}");
    assert_eq!(station.kinds().iter().filter(|kind| *kind == "shown").count(), 1, "{:?}", station.kinds());
    station.press("esc i");
    assert_eq!(station.kinds().iter().filter(|kind| *kind == "shown").count(), 1, "once");
}

#[test]
fn line_by_line_a_bad_recording_is_told_of_when_it_opens_and_the_facts_on_request() {
    let mut station = Station::of("Mara", measured(), |_| {});
    station.press("enter");
    let mut plain = Plain::new(Keymap::new());
    plain.news(&station.app);
    let mut types = |line: &str| {
        let mut told: Vec<String> = Vec::new();
        plain.line(&station.app, line);
        while let Some(did) = plain.next(&station.app) {
            match did {
                Did::Event(event) => drop(station.happens(event)),
                Did::Say(lines) => told.extend(lines.into_iter().map(|line| line.text.to_string())),
                Did::Unknown(line) => told.push(line.text.to_string()),
                Did::Wait(_) => {}
            }
            told.extend(plain.news(&station.app).into_iter().map(|line| line.text.to_string()));
        }
        told.join("\n")
    };
    let opened = types("review") + &types("");
    assert!(opened.contains("To know before judging: recorded too loud: 0.9 s are cut off."), "{opened}");
    let facts = types("facts");
    assert!(facts.contains("One pause, of 1.2 s.") && facts.contains("words a minute"), "{facts}");
}

#[test]
fn a_written_answers_hits_have_the_number_of_their_word_and_it_is_read_not_skimmed() {
    let mut shelf = Shelf::without_rubric();
    let words = "id = \"plain\"\n  look_for = [{ text = \"a picture\", words = [\"windows\"] }]";
    shelf.attach(batch::rubric(&batch::RUBRIC.replacen("id = \"plain\"", words, 1)), Vec::new());
    let written = shelf.answer(3, 3);
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter");
    while station.answer() != written {
        station.press("n");
    }
    station.press(";");
    assert_eq!(station.says(), "A written answer is read, not skimmed.");
    station.press("i");
    let screen = station.screen(120, 40);
    assert!(screen.contains("word 6 “windows.”") && !screen.contains("no transcript"), "{screen}");
}
