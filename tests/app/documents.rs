//! What came beside the answers: named, and opened where the batch's rules let it be.

use earmark::app::Effect;
use earmark::interview::{Digest, Document, Media};
use earmark::journal::{Act, Subject, Through};
use earmark::protocol;
use earmark::text::SafeText;
use serde_json::json;

use crate::station::{Shelf, Station, batch, reviewer};

/// Everyone handed in a résumé that is named after them; `rule` says when it may be opened.
pub(super) fn station(rule: Option<&str>) -> Station {
    let mut shelf = Shelf::new();
    for submission in &mut shelf.batch.submissions {
        let name = submission.candidate.name.clone().unwrap_or_default();
        let file = SafeText::line(&format!("{name} resume.pdf"));
        let media = Media {
            locator: file.clone(),
            digest: Some(Digest::of(b"pdf")),
            bytes: Some(81_200),
            mime: Some("application/pdf".into()),
            declared_ms: None,
        };
        submission.documents = vec![Document { kind: "resume".into(), name: file, media: Some(media) }];
    }
    if let Some(rule) = rule {
        let rules = json!({ "documents": rule });
        shelf.act(reviewer("chief"), Act::Protocol { hash: protocol::hash(&rules), settings: rules, reason: None });
    }
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter").waits(3_000);
    station
}

/// The same, but what each handed in is a text that names its writer.
fn texts(rule: &str) -> Station {
    let mut shelf = Shelf::new();
    for submission in &mut shelf.batch.submissions {
        let media = Media {
            locator: "letters/1.md".into(),
            digest: Some(Digest::of(b"text")),
            bytes: Some(40),
            mime: None,
            declared_ms: None,
        };
        submission.documents = vec![Document { kind: "letter".into(), name: "letter.md".into(), media: Some(media) }];
    }
    let rules = json!({ "documents": rule });
    shelf.act(reviewer("chief"), Act::Protocol { hash: protocol::hash(&rules), settings: rules, reason: None });
    let mut station = Station::of("Mara", shelf, |_| {});
    station.press("enter o enter esc");
    station
}

/// What the edge answers to the last document that was asked for.
fn reads(station: &mut Station) {
    let Some(Effect::ReadDocument { submission, nth }) = station.asked.last().cloned() else {
        panic!("{:?}", station.asked.last())
    };
    let name = station.desk().batch.submission(submission).and_then(|found| found.candidate.name.clone()).unwrap_or_default();
    let lines: String = (1..=90).map(|nth| format!("\nline {nth} of it")).collect();
    let text = SafeText::block(&format!("# Letter\nMy name is {name}.{lines}"));
    station.happens(earmark::app::Event::DocumentRead { submission, nth, text });
}

#[test]
fn a_text_is_read_beside_the_table_of_all_questions_without_the_hidden_name_and_goes_again() {
    let mut station = texts("always");
    station.press("M");
    let table = station.screen(120, 40);
    station.press("d enter");
    reads(&mut station);
    for (width, height) in [(80, 24), (120, 40), (200, 50)] {
        let screen = station.screen(width, height);
        assert!(screen.contains("# Letter") && screen.contains("My name is [name] [name]"), "{screen}");
        assert!(screen.contains("more lines below") && screen.contains("1 Stays calm"), "{screen}");
    }
    let read = |act: &Act| matches!(act, Act::Shown { what: Subject::Document(_, 0), through: None, .. });
    assert_eq!(station.acts().into_iter().filter(|act| read(act)).count(), 1, "{:?}", station.kinds());
    for _ in 0..20 {
        station.press("pgdn");
    }
    assert!(station.screen(120, 40).contains("line 90 of it"), "{}", station.screen(120, 40));
    station.press("pgup");
    assert!(!station.screen(120, 40).contains("line 90 of it"), "it turns back from its end at once");
    station.press("esc");
    assert_eq!(rows_of(&station.screen(120, 40)), rows_of(&table), "the table stands as before");
    // @ is the same, also with one question.
    station.press("@ enter");
    reads(&mut station);
    assert!(station.screen(120, 40).contains("My name is [name] [name]"));
    station.press("esc M @ enter");
    reads(&mut station);
    assert!(!station.app.overlays.is_empty() && station.screen(120, 40).contains("My name is [name] [name]"));
}

/// The screen but the last two rows, where it says what was done last.
fn rows_of(screen: &str) -> Vec<String> {
    let rows: Vec<String> = screen.lines().map(str::to_owned).collect();
    rows[..rows.len().saturating_sub(2)].to_vec()
}

#[test]
fn a_text_is_not_read_before_the_seal_and_never_where_the_batch_says_so() {
    for (rule, why) in [("after-seal", "once your scorecard is sealed"), ("never", "its protocol says so")] {
        let mut station = texts(rule);
        station.press("M d enter");
        assert!(station.says().contains(why), "{}", station.says());
        assert!(!station.asked.iter().any(|effect| matches!(effect, Effect::ReadDocument { .. })));
    }
}

fn opened(station: &Station) -> usize {
    station.asked.iter().filter(|effect| matches!(effect, Effect::ShowDocument { .. })).count()
}

#[test]
fn name_size_and_type_are_told_beside_the_answer_and_not_whose_it_is() {
    let mut station = station(None);
    for (width, height) in [(120, 40), (200, 50)] {
        let screen = station.screen(width, height);
        assert!(screen.contains("d resume (once it may be opened): "), "{screen}");
        assert!(batch::NAMES.iter().all(|name| !screen.contains(name)), "{screen}");
    }
    station.press("d");
    let screen = station.screen(80, 24);
    assert!(screen.contains("[name] resume.pdf, 81.2 kB, application/pdf"), "{screen}");
}

#[test]
fn before_the_seal_no_document_is_opened_and_afterwards_it_is_and_that_is_written_down() {
    let mut station = station(None);
    station.press("d enter");
    assert!(station.says().contains("once your scorecard is sealed"), "{}", station.says());
    assert_eq!(opened(&station), 0);
    station.rates_everything(3).seals_everything().press("home d enter");
    let Some(Act::Shown { what: Subject::Document(of, 0), through: Some(Through::File), .. }) = station.acts().last().copied()
    else {
        panic!("{:?}", station.acts().last())
    };
    assert_eq!((*of, opened(&station)), (station.desk().shown[0], 1));
    let title = station.asked.iter().find_map(|effect| match effect {
        Effect::ShowDocument { title, .. } => Some(title.to_string()),
        _ => None,
    });
    assert!(title.is_some_and(|title| batch::NAMES.iter().all(|name| !title.contains(name))), "windows are seen by others");
}

#[test]
fn the_batch_says_when_documents_may_be_opened() {
    let mut always = station(Some("always"));
    always.press("d enter");
    assert_eq!(opened(&always), 1, "{}", always.says());
    let mut never = station(Some("never"));
    never.rates_everything(3).seals_everything().press("d enter");
    assert!(never.says().contains("its protocol says so"), "{}", never.says());
    assert_eq!(opened(&never), 0);
    let mut none = Station::reviewing();
    assert!(none.press("d").says().contains("no documents"), "{}", none.says());
}
