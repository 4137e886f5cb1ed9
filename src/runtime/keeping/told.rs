//! Everything about one person as JSON: what the person handed in, and what was said of it as far as it is revealed.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::counted::{EngineTold, Receiver};
use super::person::{Entry, Person};
use crate::interview::{Answer, AnswerId, PlatformStatement, ReviewerId};
use crate::journal::{Recommendation, Statement, Subject};
use crate::library::Packed;
use crate::scorecard::{Note, Work};
use crate::scorer::reader::Proposal;

/// The format of `person.json`.
pub(super) const FORMAT: u16 = 1;

/// The files of the parcel: the recording, earlier recordings and transcript of each answer, and documents by their places.
#[derive(Default)]
pub(super) struct Files {
    pub(super) recordings: HashMap<AnswerId, Packed>,
    pub(super) earlier: HashMap<AnswerId, Vec<Packed>>,
    pub(super) transcripts: HashMap<AnswerId, Packed>,
    pub(super) documents: HashMap<usize, Packed>,
    /// What second readers proposed, as far as it is revealed; none where nothing is kept of it, or it may not be shown.
    pub(super) machine_read: Vec<Value>,
    /// The same as the journal has it.
    pub(super) statements: Vec<(Subject, Statement)>,
    /// Why something is not in the parcel.
    pub(super) absent: Vec<String>,
}

/// The whole document.
pub(super) fn told(
    person: &Person,
    files: &[Files],
    (receivers, engines): (&[Receiver], &[EngineTold]),
    made_at: jiff::Timestamp,
) -> Value {
    let entries: Vec<Value> = person.entries.iter().zip(files).map(|(entry, files)| entry_told(entry, files)).collect();
    let first = person.entries.first().map(|entry| &entry.of().candidate);
    json!({
        "format": FORMAT,
        "made_at": made_at,
        "person": {
            "id": person.candidate,
            "source_id": first.map(|one| one.source_id.raw()),
            "name": first.and_then(|one| one.name.as_ref()).map(|text| text.raw()),
            "email": first.and_then(|one| one.email.as_ref()).map(|text| text.raw()),
            "phone": first.and_then(|one| one.phone.as_ref()).map(|text| text.raw()),
        },
        "submissions": entries,
        "sent_to": receivers,
        "engines": engines,
    })
}

fn entry_told(entry: &Entry, files: &Files) -> Value {
    let (batch, submission) = (&entry.desk.batch, entry.of());
    let documents: Vec<Value> = submission
        .documents
        .iter()
        .enumerate()
        .map(|(nth, document)| json!({ "kind": document.kind.raw(), "name": document.name.raw(), "file": files.documents.get(&nth) }))
        .collect();
    let answers: Vec<Value> = submission.answers.iter().map(|answer| answer_told(entry, answer, files)).collect();
    let (reviews, unsealed) = reviews(entry);
    json!({
        "batch": {
            "id": batch.id, "title": batch.title.raw(), "source": batch.source.raw(), "source_id": batch.source_id.raw(),
            "requisition": batch.requisition, "region": batch.region,
        },
        "id": submission.id,
        "status": submission.status,
        "invited_at": submission.invited_at, "started_at": submission.started_at, "completed_at": submission.completed_at,
        "deadline": submission.deadline, "language": submission.language,
        "consent": submission.consent, "accommodations": submission.accommodations, "applications": submission.applications,
        "retain_until": submission.retain_until, "region": submission.region,
        "documents": documents,
        "platform_says": stated(entry, &submission.statements),
        "answers": answers,
        "machine_read": files.machine_read,
        "machine_said": seen(entry),
        "reviews": reviews,
        "own_reviews_not_sealed": unsealed,
        "decisions": decisions(entry),
        "tags": entry.desk.sight.tags_of(submission.id).map(|tag| tag.raw()).collect::<Vec<_>>(),
        "shortlisted": entry.desk.sight.shortlist.contains_key(&submission.id),
        "remarks": remarks(entry),
        "not_in_this_parcel": files.absent,
    })
}

fn answer_told(entry: &Entry, answer: &Answer, files: &Files) -> Value {
    let question = entry.desk.batch.question(&answer.question).map(|(_, question)| question.prompt.raw());
    json!({
        "question": answer.question,
        "asked": answer.asked.as_ref().map(|text| text.raw()).or(question),
        "kind": answer.kind,
        "state": answer.state,
        "recorded_at": answer.recorded_at,
        "retakes_used": answer.retakes_used,
        "think_used_ms": answer.think_used_ms,
        "text": answer.text.as_ref().map(|text| text.raw()),
        "recording": files.recordings.get(&answer.id),
        "earlier_recordings": files.earlier.get(&answer.id),
        "transcript": files.transcripts.get(&answer.id),
        "platform_says": stated(entry, &answer.statements),
    })
}

/// What the platform says by itself, word for word; nothing while whoever hands it over may not see it.
fn stated<'s>(entry: &Entry, said: &'s [PlatformStatement]) -> &'s [PlatformStatement] {
    if entry.desk.platform_says(entry.submission).is_ok() { said } else { &[] }
}

/// What reviewers said, sealed and revealed; and whether the one who hands it over has something that is not sealed yet.
fn reviews(entry: &Entry) -> (Vec<Value>, bool) {
    let (sight, submission) = (&entry.desk.sight, entry.of());
    let names = sight.pseudonyms();
    let (mut told, mut unsealed) = (Vec::new(), false);
    for (&reviewer, work) in &sight.works {
        let Some(review) = review(entry, work) else { continue };
        // Of others only what is sealed can be seen at all; of one's own only what is sealed counts as said.
        if reviewer == sight.viewer() && !sight.scorecard_is_sealed(reviewer, submission.id) {
            unsealed = true;
            continue;
        }
        let name = names.get(&reviewer).cloned().unwrap_or_else(|| pseudonym(entry, reviewer));
        told.push(json!({ "reviewer": name.raw(), "said": review }));
    }
    (told, unsealed)
}

fn pseudonym(entry: &Entry, reviewer: ReviewerId) -> crate::text::SafeText {
    entry.desk.sight.pseudonym(reviewer)
}

/// One reviewer's work on this submission; none where there is none.
fn review(entry: &Entry, work: &Work) -> Option<Value> {
    let submission = entry.of();
    let of = |answer: AnswerId| submission.answers.iter().find(|one| one.id == answer).map(|one| one.question.clone());
    let ratings = work.ratings.iter().filter_map(|((answer, criterion), rating)| {
        let question = of(*answer)?;
        Some(json!({ "question": question, "criterion": criterion, "value": rating.observed, "at": rating.at, "reason": rating.reason }))
    });
    let evidence = work.evidence.iter().filter_map(|one| {
        let question = of(one.answer)?;
        Some(json!({
            "question": question, "criteria": one.criteria, "start": one.span.start.seconds(), "end": one.span.end.seconds(),
            "quote": one.quote.raw(),
        }))
    });
    let note = |note: &Note| {
        let question = of(note.answer)?;
        Some(
            json!({ "question": question, "at": note.at.map(|at| at.seconds()), "text": note.text.raw(), "written": note.written }),
        )
    };
    let must_haves = work.must_haves.iter().filter(|((id, _), _)| *id == submission.id);
    let must_haves: Vec<Value> =
        must_haves.map(|((_, slug), mark)| json!({ "id": slug, "met": mark.met, "at": mark.at })).collect();
    let recommendation: Option<Recommendation> = work.recommendations.get(&submission.id).map(|one| one.recommendation);
    let (ratings, evidence): (Vec<Value>, Vec<Value>) = (ratings.collect(), evidence.collect());
    let (notes, to_ask): (Vec<Value>, Vec<Value>) =
        (work.notes.iter().filter_map(note).collect(), work.probes.iter().filter_map(note).collect());
    let is_empty = ratings.is_empty() && evidence.is_empty() && notes.is_empty() && to_ask.is_empty();
    (!is_empty || !must_haves.is_empty() || recommendation.is_some()).then(|| {
        json!({
            "ratings": ratings, "evidence": evidence, "notes": notes, "to_ask_live": to_ask, "must_haves": must_haves,
            "recommendation": recommendation,
        })
    })
}

fn decisions(entry: &Entry) -> Vec<Value> {
    let submission = entry.submission;
    let all = entry.desk.sight.decisions.iter().filter(|((of, _), _)| *of == submission);
    all.flat_map(|((_, application), decided)| {
        decided.iter().map(move |one| {
            json!({
                "application": application.as_ref().map(|id| id.raw()), "decision": one.decision, "reason": one.reason.raw(),
                "override": one.overrides.as_ref().map(|text| text.raw()), "at": one.at,
            })
        })
    })
    .collect()
}

fn remarks(entry: &Entry) -> Vec<Value> {
    let all = entry.desk.sight.comments.iter().filter(|one| one.submission == entry.submission);
    all.map(|one| json!({ "text": one.text.raw(), "at": one.at })).collect()
}

/// What machines said of the person that reviewers saw, as far as it is revealed: likeness too, which is named and not what it is like.
fn seen(entry: &Entry) -> Vec<Value> {
    let (sight, submission) = (&entry.desk.sight, entry.of());
    let names = sight.pseudonyms();
    let question = |what: &Subject| match what {
        Subject::Answer(id) => submission.answers.iter().find(|one| one.id == *id).map(|one| Some(&one.question)),
        Subject::Submission(id) => (*id == submission.id).then_some(None),
        _ => None,
    };
    let mut all = Vec::new();
    for (&reviewer, work) in &sight.works {
        let name = names.get(&reviewer).cloned().unwrap_or_else(|| pseudonym(entry, reviewer));
        all.extend(work.machines_seen().filter_map(|(what, seen)| {
            let (question, said) = (question(what)?, &seen.statement);
            Some(json!({
                "question": question, "by": said.by, "version": said.version, "digest": said.digest, "seen_by": name.raw(), "at": seen.at,
            }))
        }));
    }
    all
}

/// What a second reader proposed for one answer.
pub(super) fn proposed(answer: &Answer, said: &Proposal) -> Value {
    let points = said
        .ratings
        .iter()
        .map(|one| json!({ "criterion": one.criterion, "point": one.point, "quote": one.quote.raw(), "why": one.why.raw() }));
    json!({
        "question": answer.question, "engine": said.engine.model, "version": said.engine.version, "read": said.read,
        "points": points.collect::<Vec<Value>>(),
    })
}
