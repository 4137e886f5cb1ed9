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
