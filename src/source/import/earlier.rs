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

/// Gives an answer that is faulty now what was taken of it earlier, and says so in its problems.
pub(super) fn keep_answer(taken: &mut Taken, here: Option<&Batch>) {
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
    let old = here.and_then(|batch| batch.submission(of)).map(|submission| submission.documents.as_slice()).unwrap_or_default();
    let Some(media) = &mut document.media else { return };
    let mut old = old.iter().filter_map(|old| old.media.as_ref());
    if let Some(old) = old.find(|old| old.locator.raw() == media.locator.raw() && old.digest.is_some()) {
        (media.digest, media.bytes) = (old.digest, old.bytes);
        add(problem, "document");
    }
}

/// Says that what was taken earlier is kept.
pub(super) fn add(problem: &mut Problem, kind: &str) {
    problem.reason = SafeText::line(&format!("{}; the {kind} that was taken earlier is kept", problem.reason.raw()));
}
