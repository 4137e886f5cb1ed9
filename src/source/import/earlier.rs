//! What an earlier import took stays where this one finds a fault in its place.

use crate::interview::{Answer, AnswerState, Batch, BatchId, Document, Problem, SubmissionId};
use crate::library::{Library, LibraryError};
use crate::source::take::Taken;
use crate::text::SafeText;

/// The batch as the library has it, where it has it.
pub(super) async fn batch(library: &Library, id: BatchId) -> Result<Option<Batch>, LibraryError> {
    match library.batch(id).await {
        Ok(batch) => Ok(Some(batch)),
        Err(LibraryError::UnknownBatch(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// An answer whose file is not taken now is the one that is here, where there is one.
pub(super) fn keep_mentioned(answer: &mut Answer, here: Option<&Batch>) {
    let old = here.and_then(|batch| batch.answer(answer.id)).map(|(_, old)| old);
    if let Some(old) = old.filter(|old| answer.state == AnswerState::NotHere && is_there(old)) {
        *answer = old.clone();
    }
}

/// Gives an answer that is faulty now what was taken of it earlier, and says so in its problems; likewise one whose recording was
/// removed here because its date had passed.
pub(super) fn keep_answer(taken: &mut Taken, here: Option<&Batch>) {
    if taken.was_removed {
        (taken.answer.state, taken.answer.revision) = (AnswerState::NotHere, None);
        return keep_mentioned(&mut taken.answer, here);
    }
    let AnswerState::Faulty { reason } = &taken.answer.state else { return };
    let Some((_, old)) = here.and_then(|batch| batch.answer(taken.answer.id)) else { return };
    if !is_there(old) {
        return;
    }
    if taken.problems.is_empty() {
        // The reader of the batch named it, and did not know what is here.
        let place = format!("question {}", old.question);
        let remedy = "name the file as it lies in the batch, and import again";
        taken.problems.push(Problem::damage("the batch", &place, reason.raw(), remedy));
    }
    taken.problems.iter_mut().for_each(|problem| add(problem, "recording"));
    taken.answer = old.clone();
    taken.measured = None;
}

/// A person whose data was erased has states without anything behind them.
fn is_there(old: &Answer) -> bool {
    old.state.is_reviewable() && (old.revision.is_some() || old.text.is_some())
}

/// Gives a document whose file cannot be read now what was taken of it earlier, and says so in its problem.
pub(super) fn keep_document(document: &mut Document, of: SubmissionId, problem: &mut Problem, here: Option<&Batch>) {
    if keep_known(document, of, here) {
        add(problem, "document");
    }
}

/// Gives a document whose file is not taken now what was taken of it earlier; whether there was something.
pub(super) fn keep_known(document: &mut Document, of: SubmissionId, here: Option<&Batch>) -> bool {
    let old = here.and_then(|batch| batch.submission(of)).map(|submission| submission.documents.as_slice()).unwrap_or_default();
    let Some(media) = document.media.as_mut().filter(|media| media.digest.is_none()) else { return false };
    let mut old = old.iter().filter_map(|old| old.media.as_ref());
    let old = old.find(|old| old.locator.raw() == media.locator.raw() && old.digest.is_some());
    old.inspect(|old| (media.digest, media.bytes) = (old.digest, old.bytes)).is_some()
}

/// Says that what was taken earlier is kept.
pub(super) fn add(problem: &mut Problem, kind: &str) {
    problem.reason = SafeText::line(&format!("{}; the {kind} that was taken earlier is kept", problem.reason.raw()));
}
