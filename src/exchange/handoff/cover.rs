//! Takes out of what goes along what names a candidate, where names are to stay hidden.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::interview::{Batch, Candidate, CandidateId, EventId, Submission};
use crate::journal::{Act, Event};
use crate::library::TranscriptFile;
use crate::protocol::{Names, Particulars, Rules, What, give_aways, redact};
use crate::text::SafeText;

/// A batch as it goes along: never with addresses and telephone numbers, and without names where they are hidden.
pub(super) fn batch(batch: &Batch, rules: &Rules, names: bool) -> Batch {
    let pseudonyms = Names::hidden(batch, rules);
    let mut going = batch.clone();
    for submission in &mut going.submissions {
        let particulars = Particulars::of(&submission.candidate);
        (submission.candidate.email, submission.candidate.phone) = (None, None);
        if !names {
            let called = pseudonyms.show(submission.id, None).text().clone();
            hide(submission, &particulars, &called);
        }
    }
    going
}

fn hide(submission: &mut Submission, particulars: &Particulars, called: &SafeText) {
    let redacted = |text: &SafeText| SafeText::block(&redact(text.raw(), particulars));
    let candidate = &mut submission.candidate;
    let source_id = candidate.source_id.clone();
    let gives_away = redact(source_id.raw(), particulars) != source_id.raw();
    *candidate = Candidate { name: None, source_id: if gives_away { called.clone() } else { source_id }, ..candidate.clone() };
    submission.documents.clear();
    submission.accommodations.clear();
    for answer in &mut submission.answers {
        answer.text = answer.text.as_ref().map(redacted);
        answer.asked = answer.asked.as_ref().map(redacted);
        answer.transcript = answer.transcript.as_ref().map(|name| SafeText::line(&plain_name(name.raw())));
        if let Some(media) = &mut answer.media {
            media.locator = SafeText::line(&plain_name(media.locator.raw()));
        }
    }
}

/// A transcript as it goes along. What is spoken stays as it was spoken.
pub(super) fn transcript(file: TranscriptFile, candidate: &Candidate, names: bool) -> TranscriptFile {
    if names {
        return file;
    }
    let text = String::from_utf8_lossy(&file.bytes);
    // What looks like a telephone number may be a time here: where it is shown, those are taken out again.
    let places = give_aways(&text, &Particulars::of(candidate)).into_iter().filter(|place| place.what != What::Phone);
    let (mut covered, mut at) = (String::with_capacity(text.len()), 0);
    for place in places {
        covered.push_str(&text[at..place.range.start]);
        covered.push_str(place.what.word());
        at = place.range.end;
    }
    covered.push_str(&text[at..]);
    TranscriptFile { name: plain_name(&file.name), bytes: covered.into_bytes().into() }
}

/// What was written about candidates whose names are hidden and names them.
#[derive(Default)]
pub(super) struct Naming {
    /// What can stay here, such as notes.
    pub(super) stays: HashSet<EventId>,
    /// Evidence that stays here with its quote.
    pub(super) quotes: HashSet<EventId>,
    /// How much goes along all the same, because judgements rest on it.
    pub(super) goes: u32,
}

/// Finds what names a candidate. Events travel as their authors wrote them: no word in one can be covered.
pub(super) fn naming(batch: &Batch, events: &[Event], chosen: &HashSet<EventId>) -> Naming {
    let known: HashMap<CandidateId, Particulars> =
        batch.submissions.iter().map(|one| (one.candidate.id, Particulars::of(&one.candidate))).collect();
    // One candidate's name in what was written about another gives away as much.
    let everyone = Particulars::names_of(batch.submissions.iter().map(|one| &one.candidate), []);
    let mut naming = Naming::default();
    for event in events.iter().filter(|event| chosen.contains(&event.id())) {
        let Some(particulars) = event.header.subject.and_then(|subject| known.get(&subject)) else { continue };
        let body = event.act.to_parts().1;
        if !names_in(&body, particulars) && !names_in(&body, &everyone) {
            continue;
        }
        match event.act {
            Act::Noted { .. } | Act::Probed { .. } | Act::Commented { .. } | Act::Tagged { .. } | Act::Decided { .. } => {
                naming.stays.insert(event.id());
            }
            Act::Evidenced { .. } => {
                naming.quotes.insert(event.id());
            }
            _ => naming.goes += 1,
        }
    }
    naming
}

/// Fields whose words are the rubric's or the program's, and nobody's name.
const LISTED: [&str; 6] = ["decision", "because", "criterion", "criteria", "question", "act"];

/// Whether any text in it names the person.
fn names_in(body: &Value, particulars: &Particulars) -> bool {
    match body {
        // What looks like a telephone number may be an id here.
        Value::String(text) => give_aways(text, particulars).iter().any(|place| place.what != What::Phone),
        Value::Array(all) => all.iter().any(|one| names_in(one, particulars)),
        Value::Object(all) => all.iter().any(|(key, one)| !LISTED.contains(&key.as_str()) && names_in(one, particulars)),
        _ => false,
    }
}

/// A file's name that says only what kind of file it is.
fn plain_name(name: &str) -> String {
    match name.rsplit_once('.') {
        Some((_, ending)) if ending.len() <= 8 && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            format!("file.{ending}")
        }
        _ => "file".to_owned(),
    }
}
