//! Takes out of what goes along what names a candidate, where names are to stay hidden.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use crate::interview::{Batch, Candidate, CandidateId, EventId, Submission};
use crate::journal::{self, Act, Covering, Event};
use crate::library::TranscriptFile;
use crate::protocol::{Covered, Hides, Names, Particulars, Rules, What, give_aways, redact};
use crate::text::SafeText;

/// A batch as it goes along: never with addresses and telephone numbers, and without names where they are hidden.
pub(super) fn batch(batch: &Batch, rules: &Rules, everyone: &Particulars, names: bool) -> Batch {
    let pseudonyms = Names::hidden(batch, rules);
    let mut going = batch.clone();
    if !names {
        going.title = Covered::title(&batch.title, batch.submissions.iter().map(|one| &one.candidate));
    }
    for submission in &mut going.submissions {
        let particulars = Particulars::of(&submission.candidate);
        (submission.candidate.email, submission.candidate.phone) = (None, None);
        if !names {
            let called = pseudonyms.show(submission.id, None).text().clone();
            hide(submission, &particulars, everyone, &called);
        }
    }
    going
}

fn hide(submission: &mut Submission, particulars: &Particulars, everyone: &Particulars, called: &SafeText) {
    let hides = Hides::of(&submission.candidate, everyone);
    let redacted = |text: &SafeText| SafeText::block(&hides.cover(text.raw()));
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

/// A transcript as it goes along: without the candidate's names, and without those of the others in the batch. What is spoken stays
/// as it was spoken.
pub(super) fn transcript(file: TranscriptFile, candidate: &Candidate, everyone: &Particulars, names: bool) -> TranscriptFile {
    if names {
        return file;
    }
    let text = covered(&String::from_utf8_lossy(&file.bytes), &Particulars::of(candidate), everyone);
    TranscriptFile { name: plain_name(&file.name), bytes: text.into_bytes().into() }
}

/// The names of everyone in a batch.
pub(super) fn everyone(batch: &Batch) -> Particulars {
    Particulars::names_of(batch.submissions.iter().map(|one| &one.candidate), [])
}

/// A transcript's text without these names. What looks like a telephone number may be a time here: where it is shown, those are taken
/// out again.
fn covered(text: &str, own: &Particulars, everyone: &Particulars) -> String {
    let mut places = give_aways(text, own);
    places.extend(give_aways(text, everyone));
    places.retain(|place| place.what != What::Phone);
    places.sort_by_key(|place| (place.range.start, Reverse(place.range.end)));
    let (mut covered, mut at) = (String::with_capacity(text.len()), 0);
    for place in places.into_iter().filter(|place| !place.range.is_empty()) {
        if place.range.start >= at {
            covered.push_str(&text[at..place.range.start]);
            covered.push_str(place.what.word());
        }
        at = at.max(place.range.end);
    }
    covered.push_str(&text[at..]);
    covered
}

/// What was written about candidates whose names are hidden and names them.
#[derive(Default)]
pub(super) struct Naming {
    /// What can stay here, such as notes.
    pub(super) stays: HashSet<EventId>,
    /// Evidence that stays here with its quote.
    pub(super) quotes: HashSet<EventId>,
    /// What goes along without these of its words, because judgements rest on it.
    pub(super) words: HashMap<EventId, BTreeSet<&'static str>>,
}

/// Finds what names a candidate. Events travel as their authors wrote them: no word in one can be covered.
/// What names somebody who was erased (`named`) stays also where names are open.
pub(super) fn naming(batch: &Batch, events: &[Event], chosen: &HashSet<EventId>, named: &[Covering], names: bool) -> Naming {
    let known: HashMap<CandidateId, Particulars> =
        batch.submissions.iter().map(|one| (one.candidate.id, Particulars::of(&one.candidate))).collect();
    let named: HashSet<(EventId, &str)> = named.iter().map(|one| (one.event, one.field.as_str())).collect();
    // One candidate's name in what was written about another gives away as much.
    let everyone = everyone(batch);
    let mut naming = Naming::default();
    for event in events.iter().filter(|event| chosen.contains(&event.id())) {
        let own = event.header.subject.and_then(|subject| known.get(&subject));
        let gives_away = |text: &str| !names && (own.is_some_and(|own| names_in(text, own)) || names_in(text, &everyone));
        let texts = journal::texts(&event.act).into_iter();
        let found: BTreeSet<&str> = texts
            .filter(|(field, text)| named.contains(&(event.id(), *field)) || gives_away(text))
            .map(|(field, _)| field)
            .collect();
        if found.is_empty() {
            continue;
        }
        match event.act {
            Act::Noted { .. } | Act::Probed { .. } | Act::Commented { .. } | Act::Tagged { .. } => {
                naming.stays.insert(event.id());
            }
            Act::Evidenced { .. } => {
                naming.quotes.insert(event.id());
            }
            _ => {
                naming.words.insert(event.id(), found);
            }
        }
    }
    naming
}

/// Whether a text names the person. What looks like a telephone number may be an id.
fn names_in(text: &str, particulars: &Particulars) -> bool {
    give_aways(text, particulars).iter().any(|place| place.what != What::Phone)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcript_goes_without_the_names_of_everyone_in_the_batch_and_keeps_its_times() {
        let [own, other] = ["Quentin Quillfeather", "Emeka Okafor"].map(SafeText::name);
        let text = "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\nQuentin here, Emeka Okafor was my boss\n";
        let of = |name: &SafeText| Particulars::names_of([], [name]);
        let left = covered(text, &of(&own), &Particulars::names_of([], [&own, &other]));
        assert_eq!(left, "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n[name] here, [name] [name] was my boss\n");
    }
}
