//! How batches and submissions are stored: what is in clear, and what under whose key.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::seal::{About, Key};
use super::{LibraryError, Result};
use crate::interview::{
    Answer, AnswerId, AnswerState, Batch, BatchId, Candidate, PlatformStatement, Status, Submission, SubmissionId,
};
use crate::text::SafeText;

const BATCH: &str = "earmark/batch/1";
const SUBMISSION: &str = "earmark/submission/1";
const ANSWER: &str = "earmark/earlier-answer/1";

/// A batch without its submissions, under the library's key.
pub(super) fn seal_batch(key: &Key, batch: &Batch) -> Result<Vec<u8>> {
    key.seal(About(BATCH, &[batch.id.0.as_bytes()]), &batch_json(batch))
}

/// The batch without its submissions, as it is compared and stored.
pub(super) fn batch_json(batch: &Batch) -> Zeroizing<Vec<u8>> {
    json(&Batch { submissions: Vec::new(), ..batch.clone() })
}

pub(super) fn open_batch(key: &Key, id: BatchId, sealed: &[u8]) -> Option<Batch> {
    read(key.open(About(BATCH, &[id.0.as_bytes()]), sealed))
}

pub(super) fn seal_submission(key: &Key, submission: &Submission) -> Result<Vec<u8>> {
    key.seal(About(SUBMISSION, &[submission.id.0.as_bytes()]), &json(submission))
}

pub(super) fn open_submission(key: &Key, id: SubmissionId, sealed: &[u8]) -> Option<Submission> {
    read(key.open(About(SUBMISSION, &[id.0.as_bytes()]), sealed))
}

pub(super) fn seal_answer(key: &Key, answer: &Answer) -> Result<Vec<u8>> {
    key.seal(About(ANSWER, &[answer.id.0.as_bytes()]), &json(answer))
}

pub(super) fn open_answer(key: &Key, id: AnswerId, sealed: &[u8]) -> Option<Answer> {
    read(key.open(About(ANSWER, &[id.0.as_bytes()]), sealed))
}

/// What of a submission is stored in clear, and stays when the person is erased: ids, states and times.
pub(super) fn in_clear(submission: &Submission) -> Submission {
    Submission {
        candidate: Candidate { id: submission.candidate.id, source_id: SafeText::default(), name: None, email: None, phone: None },
        consent: None,
        accommodations: Vec::new(),
        documents: Vec::new(),
        applications: Vec::new(),
        statements: Vec::new(),
        answers: submission.answers.iter().map(answer_in_clear).collect(),
        ..submission.clone()
    }
}

fn answer_in_clear(answer: &Answer) -> Answer {
    let state = match &answer.state {
        AnswerState::Faulty { .. } => AnswerState::Faulty { reason: SafeText::default() },
        state => state.clone(),
    };
    Answer {
        state,
        revision: None,
        media: None,
        text: None,
        transcript: None,
        asked: None,
        statements: Vec::new(),
        ..answer.clone()
    }
}

/// The JSON of what [`in_clear`] leaves.
pub(super) fn clear_json(submission: &Submission) -> String {
    serde_json::to_string(&in_clear(submission)).expect("a submission has only string keys")
}

pub(super) fn state_name(state: &AnswerState) -> &'static str {
    match state {
        AnswerState::Ready => "ready",
        AnswerState::Truncated => "truncated",
        AnswerState::NotGiven => "not_given",
        AnswerState::NotHandedOut => "not_handed_out",
        AnswerState::Faulty { .. } => "faulty",
        AnswerState::NotHere => "not_here",
    }
}

pub(super) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Invited => "invited",
        Status::Started => "started",
        Status::Completed => "completed",
        Status::Expired => "expired",
        Status::Withdrawn => "withdrawn",
    }
}

/// Whether two are stored alike; how their text was made safe to draw does not matter.
pub(super) fn same(a: &impl Serialize, b: &impl Serialize) -> bool {
    json(a) == json(b)
}

/// What comes in, where what is here already is given up neither for a mere mention of it nor for a faulty file.
pub(super) fn keeping_what_is_here(incoming: &Submission, here: &Submission) -> Submission {
    let kept = |answer: &Answer, old: &Answer| match old {
        old if is_mention(&answer.state) && old.state.is_reviewable() => old.clone(),
        // A platform that hands out no recordings says of every answer that there is none.
        old if answer.state.is_absent() && was_attached(old) => old.clone(),
        _ => answer.clone(),
    };
    let answers = incoming.answers.iter().map(|answer| match here.answers.iter().find(|old| old.id == answer.id) {
        Some(old) => Answer { statements: said(&answer.statements, &old.statements), ..kept(answer, old) },
        None => answer.clone(),
    });
    let statements = said(&incoming.statements, &here.statements);
    Submission { answers: answers.collect(), statements, ..incoming.clone() }
}

/// What a platform says now; where it says nothing, what it said before: something missing is not taken back.
fn said(now: &[PlatformStatement], before: &[PlatformStatement]) -> Vec<PlatformStatement> {
    if now.is_empty() { before.to_vec() } else { now.to_vec() }
}

/// Where recordings that somebody attached by hand say that they come from.
pub const ATTACHED: &str = "attached/";

fn was_attached(old: &Answer) -> bool {
    old.state.is_reviewable() && old.media.as_ref().is_some_and(|media| media.locator.raw().starts_with(ATTACHED))
}

fn is_mention(state: &AnswerState) -> bool {
    matches!(state, AnswerState::NotHere | AnswerState::Faulty { .. })
}

pub(super) fn unreadable(what: String, path: std::path::PathBuf) -> LibraryError {
    LibraryError::Damaged { what, path }
}

fn json(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(serde_json::to_vec(value).expect("the nouns have only string keys"))
}

fn read<T: DeserializeOwned>(plain: Option<Zeroizing<Vec<u8>>>) -> Option<T> {
    serde_json::from_slice(&plain?).ok()
}
