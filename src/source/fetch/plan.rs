//! What of a batch's document is to come, and in which order: what the reviewer hears first comes first.

use std::collections::HashMap;

use crate::interview::bundle::{NamedFile, Purpose};
use crate::interview::{Answer, AnswerId, AnswerState, Batch, Digest, QuestionId, ReviewerId, Status, Submission, SubmissionId};
use crate::library::{Awaited, AwaitedFor};
use crate::protocol::{seed, shuffled};

/// What is here already of a batch's people stays, where the document only does not mention it: something missing from one
/// listing is not a deletion.
pub(super) fn carry_over(incoming: &mut Batch, here: Option<&Batch>) {
    for submission in &mut incoming.submissions {
        let Some(old) = here.and_then(|here| here.submission(submission.id)) else { continue };
        for answer in &mut submission.answers {
            let before = old.answers.iter().find(|before| before.id == answer.id);
            if let Some(before) = before.filter(|before| answer.state.is_absent() && !before.state.is_absent()) {
                *answer = before.clone();
            }
        }
        for document in &mut submission.documents {
            let Some(media) = &mut document.media else { continue };
            let mut known = old.documents.iter().filter_map(|document| document.media.as_ref());
            if let Some(known) = known.find(|known| known.locator.raw() == media.locator.raw()) {
                (media.digest, media.bytes) = (known.digest, known.bytes);
            }
        }
        if submission.documents.is_empty() {
            submission.documents.clone_from(&old.documents);
        }
    }
}

/// What is to come of a batch, in order. `at` is the source's own id of it.
pub(super) fn awaited(
    incoming: &Batch,
    files: &[NamedFile],
    here: Option<&Batch>,
    at: &str,
    who: Option<ReviewerId>,
) -> Vec<Awaited> {
    let files: HashMap<Purpose, &NamedFile> = files.iter().map(|file| (file.of, file)).collect();
    let mut awaited = Vec::new();
    let wanted = |submission: &&Submission| submission.status != Status::Withdrawn;
    for (submission, answer) in in_order(incoming, who) {
        let old = here.and_then(|here| here.answer(answer.id)).map(|(_, old)| old);
        let of = |of: AwaitedFor, file: &NamedFile| row(incoming, submission, at, of, file);
        if let Some(file) = files.get(&Purpose::Recording(answer.id)).filter(|file| is_news(answer, old, file.sha256)) {
            awaited.push(Awaited { answer: Some(answer.clone()), ..of(AwaitedFor::Recording(answer.id), file) });
        }
        if let Some(file) = files.get(&Purpose::Transcript(answer.id)).filter(|_| is_other_transcript(answer, old)) {
            awaited.push(of(AwaitedFor::Transcript(answer.id), file));
        }
    }
    for submission in incoming.submissions.iter().filter(wanted) {
        for (index, document) in submission.documents.iter().enumerate() {
            let is_here = document.media.as_ref().is_some_and(|media| media.digest.is_some());
            if let Some(file) = files.get(&Purpose::Document(submission.id, index)).filter(|_| !is_here) {
                awaited.push(row(incoming, submission, at, AwaitedFor::Document(submission.id, index), file));
            }
        }
    }
    awaited
}

/// The answers question by question, each question's in the order in which the reviewer hears them.
fn in_order(batch: &Batch, who: Option<ReviewerId>) -> Vec<(&Submission, &Answer)> {
    let wanted: Vec<&Submission> = batch.submissions.iter().filter(|submission| submission.status != Status::Withdrawn).collect();
    let ids: Vec<SubmissionId> = wanted.iter().map(|submission| submission.id).collect();
    let places: HashMap<SubmissionId, usize> = ids.iter().enumerate().map(|(at, id)| (*id, at)).collect();
    let order = |question: &QuestionId| match who {
        Some(reviewer) => shuffled(&seed(batch.id, reviewer), Some(question), &ids),
        None => ids.clone(),
    };
    let questions = batch.interview.questions.iter();
    let all = questions.flat_map(|question| order(&question.id).into_iter().map(move |id| (id, &question.id)));
    all.filter_map(|(id, question)| {
        let submission = wanted[places[&id]];
        Some((submission, submission.answer_to(question)?))
    })
    .collect()
}

/// Whether the recording that a document names is another than the one that is here.
fn is_news(answer: &Answer, old: Option<&Answer>, sha256: Option<Digest>) -> bool {
    let Some(old) = old.filter(|old| old.state.is_reviewable()) else { return answer.state == AnswerState::NotHere };
    let media = |answer: &Answer| answer.media.as_ref().map(|media| media.locator.raw().to_owned());
    match (sha256, old.media.as_ref().and_then(|media| media.digest)) {
        (Some(said), Some(here)) => said != here,
        _ => media(answer) != media(old),
    }
}

fn is_other_transcript(answer: &Answer, old: Option<&Answer>) -> bool {
    // A recording that is not here brings its transcript along; what is here has the transcript that was kept with it.
    old.is_none_or(|old| {
        !old.state.is_reviewable() || old.transcript.as_ref().map(|t| t.raw()) != answer.transcript.as_ref().map(|t| t.raw())
    })
}

fn row(batch: &Batch, submission: &Submission, at: &str, of: AwaitedFor, file: &NamedFile) -> Awaited {
    let what = |answer: AnswerId| submission.answers.iter().find(|one| one.id == answer).map(|one| one.question.to_string());
    let candidate = submission.candidate.source_id.as_str();
    let place = match of {
        AwaitedFor::Recording(answer) | AwaitedFor::Transcript(answer) => {
            format!("candidate {candidate}, question {}", what(answer).unwrap_or_default())
        }
        AwaitedFor::Document(_, index) => format!("candidate {candidate}, document {}", index + 1),
    };
    Awaited {
        of,
        batch: batch.id,
        candidate: submission.candidate.id,
        at: at.to_owned(),
        file: file.path.clone(),
        version: file.path.clone(),
        sha256: file.sha256,
        place,
        bytes: file.bytes,
        answer: None,
    }
}

/// An answer has the transcript that is here: one that is to come is not its own before it has come.
pub(super) fn without_transcripts_to_come(incoming: &mut Batch, files: &mut [Awaited], here: Option<&Batch>) {
    let coming: std::collections::HashSet<AnswerId> = files
        .iter()
        .filter_map(|file| match file.of {
            AwaitedFor::Transcript(answer) => Some(answer),
            _ => None,
        })
        .collect();
    let own = |answer: &mut Answer| {
        if coming.contains(&answer.id) {
            answer.transcript = here.and_then(|here| here.answer(answer.id)).and_then(|(_, old)| old.transcript.clone());
        }
    };
    incoming.submissions.iter_mut().flat_map(|submission| &mut submission.answers).for_each(own);
    files.iter_mut().filter_map(|file| file.answer.as_mut()).for_each(own);
}
