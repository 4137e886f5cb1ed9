//! A batch of the library as the document `batch.json`, with locators in the place of paths.

use crate::interview::bundle::{
    AnswerDocument, CandidateDocument, DeletedDocument, Document, DocumentEntry, FORMAT, GivenState, InterviewDocument,
    QuestionDocument, SubmissionDocument, UNNAMED_SOURCE,
};
use crate::interview::{Answer, AnswerState, Batch, BatchId, Candidate, CandidateId, Digest, Submission, SubmissionId};
use crate::library::Library;
use crate::text::SafeText;

use super::ticket::Handed;

/// The document; names, addresses and documents of people only where `names` says so.
pub(super) async fn document(library: &Library, batch: &Batch, names: bool) -> crate::library::Result<Document> {
    let source = has_source(batch).then(|| batch.source.clone());
    let named = source.as_ref().map_or(UNNAMED_SOURCE, SafeText::raw);
    let has_own_id = batch.id == BatchId::derive(&[named, batch.source_id.raw()]);
    let erased = library.erased().await?;
    let (mut submissions, mut deleted) = (Vec::with_capacity(batch.submissions.len()), Vec::new());
    for submission in &batch.submissions {
        let candidate = submission.candidate.id;
        if erased.contains(&candidate) {
            deleted.push(DeletedDocument { id: None, candidate_id: Some(candidate) });
        } else if !submission.candidate.source_id.is_empty() {
            submissions.push(one(library, submission, names).await?);
        }
    }
    let questions = batch.interview.questions.iter().map(|question| QuestionDocument {
        id: question.id.clone(),
        prompt: question.prompt.clone(),
        category: question.category.clone(),
        think_seconds: question.think_seconds,
        answer_seconds: question.answer_seconds,
        retakes: question.retakes,
    });
    Ok(Document {
        schema: None,
        format: FORMAT,
        source,
        id: has_own_id.then(|| batch.source_id.clone()),
        batch_id: (!has_own_id).then_some(batch.id),
        title: Some(batch.title.clone()),
        requisition: batch.requisition.clone(),
        region: batch.region.clone(),
        retain_until: batch.retain_until,
        interview: InterviewDocument {
            language: batch.interview.language.clone(),
            deadline: batch.interview.deadline,
            questions: questions.collect(),
        },
        submissions,
        deleted,
    })
}

/// Whether the source's ids of people hold in all of its batches; else they hold in this one alone.
fn has_source(batch: &Batch) -> bool {
    let people = batch.submissions.iter().map(|submission| &submission.candidate);
    let mut people = people.filter(|candidate| !candidate.source_id.is_empty());
    people.next().is_some_and(|candidate| candidate.id == CandidateId::derive(&[batch.source.raw(), candidate.source_id.raw()]))
}

async fn one(library: &Library, submission: &Submission, names: bool) -> crate::library::Result<SubmissionDocument> {
    let mut answers = Vec::with_capacity(submission.answers.len());
    for answer in &submission.answers {
        if answer.state != AnswerState::NotGiven {
            answers.push(given(library, answer, names).await?);
        }
    }
    let documents = submission.documents.iter().enumerate().filter(|_| names).map(|(index, document)| {
        let digest = document.media.as_ref().and_then(|media| media.digest);
        DocumentEntry {
            kind: document.kind.clone(),
            name: Some(document.name.clone()),
            file: digest.map(|digest| document_file(submission.id, index, digest, document.name.raw())),
            sha256: digest,
        }
    });
    Ok(SubmissionDocument {
        candidate: candidate(&submission.candidate, names),
        status: Some(submission.status),
        invited_at: submission.invited_at,
        started_at: submission.started_at,
        completed_at: submission.completed_at,
        deadline: submission.deadline,
        language: submission.language.clone(),
        region: submission.region.clone(),
        retain_until: submission.retain_until,
        consent: submission.consent.clone(),
        accommodations: submission.accommodations.clone(),
        documents: documents.collect(),
        // By its application a person is found in the ATS.
        applications: if names { submission.applications.clone() } else { Vec::new() },
        // A reviewer's token must not show before the reveal what the reviewer's workstation hides.
        statements: if names { submission.statements.clone() } else { Vec::new() },
        answers,
    })
}

fn candidate(candidate: &Candidate, names: bool) -> CandidateDocument {
    let told = |text: &Option<SafeText>| text.clone().filter(|_| names);
    CandidateDocument {
        id: candidate.source_id.clone(),
        name: told(&candidate.name),
        email: told(&candidate.email),
        phone: told(&candidate.phone),
    }
}

async fn given(library: &Library, answer: &Answer, names: bool) -> crate::library::Result<AnswerDocument> {
    let digest = answer.media.as_ref().and_then(|media| media.digest).filter(|_| answer.state.is_reviewable());
    let transcript = match answer.transcript {
        Some(_) => library.transcript(answer.id).await?,
        None => None,
    };
    // What is not here either is named all the same: it may come.
    let file = answer.media.as_ref().map(|media| match digest {
        Some(_) => answer_file(answer, media.locator.raw()),
        None => SafeText::line(&format!("answers/{}.missing", answer.id)),
    });
    let absent = match answer.state {
        AnswerState::NotHandedOut => GivenState::NotHandedOut,
        _ => GivenState::NotGiven,
    };
    let state = (file.is_none() && answer.text.is_none()).then_some(absent);
    Ok(AnswerDocument {
        question: answer.question.clone(),
        kind: Some(answer.kind),
        state,
        file,
        mime: answer.media.as_ref().and_then(|media| media.mime.clone()),
        duration_ms: answer.media.as_ref().and_then(|media| media.declared_ms),
        bytes: answer.media.as_ref().and_then(|media| media.bytes),
        sha256: digest,
        transcript: transcript.map(|file| transcript_file(answer, &file)),
        text: answer.text.clone(),
        recorded_at: answer.recorded_at,
        retakes_used: answer.retakes_used,
        think_used_ms: answer.think_used_ms,
        asked: answer.asked.clone(),
        answer_seconds: answer.answer_seconds,
        statements: if names { answer.statements.clone() } else { Vec::new() },
    })
}

fn answer_file(answer: &Answer, locator: &str) -> SafeText {
    SafeText::line(&format!("answers/{}{}", answer.id, ending(locator)))
}

fn transcript_file(answer: &Answer, file: &crate::library::TranscriptFile) -> SafeText {
    SafeText::line(&format!("transcripts/{}-{}{}", answer.id, Digest::of(&file.bytes).short(), ending(&file.name)))
}

fn document_file(submission: SubmissionId, index: usize, digest: Digest, name: &str) -> SafeText {
    SafeText::line(&format!("documents/{submission}/{index}-{}{}", digest.short(), ending(name)))
}

/// The ending of a file's name, with its dot, where it is one.
fn ending(name: &str) -> String {
    let end = name.rsplit_once('.').map(|(_, end)| end).filter(|end| (1..=5).contains(&end.len()));
    let end = end.filter(|end| end.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    end.map(|end| format!(".{}", end.to_lowercase())).unwrap_or_default()
}

/// What a file that the document names is; none where there is no such file, or it is not for this token.
pub(super) fn handed(batch: &Batch, file: &str, names: bool) -> Option<Handed> {
    let (folder, rest) = file.split_once('/')?;
    // An id is 36 letters long.
    let id = rest.get(..36)?;
    match folder {
        "answers" => {
            let (submission, answer) = batch.answer(id.parse().ok()?)?;
            let media = answer.media.as_ref().filter(|_| answer.state.is_reviewable())?;
            Some(Handed::recording(submission.candidate.id, media.digest?))
        }
        "transcripts" => batch.answer(id.parse().ok()?).map(|(_, answer)| Handed::Transcript(answer.id)),
        "documents" if names => {
            let submission = batch.submission(id.parse().ok()?)?;
            let index: usize = rest.get(37..)?.split('-').next()?.parse().ok()?;
            let digest = submission.documents.get(index)?.media.as_ref()?.digest?;
            Some(Handed::document(submission.candidate.id, digest))
        }
        _ => None,
    }
}
