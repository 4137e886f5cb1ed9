//! A library in a temporary folder, and a small batch whose every personal text is a canary.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use earmark::config::key::LibraryKey;
use earmark::interview::*;
use earmark::journal::{Act, Draft};
use earmark::library::{Access, Clock, Content, Library, TranscriptFile};
use earmark::text::SafeText;
use jiff::Timestamp;
use tempfile::TempDir;

/// The library's key in every test.
pub(crate) fn key() -> LibraryKey {
    LibraryKey::from_bytes([7; 32])
}

/// Who reviews in every test.
pub(crate) fn reviewer() -> ReviewerId {
    ReviewerId::derive(&["reviewer"])
}

/// A clock that is a second later each time it is read.
pub(crate) fn clock() -> Clock {
    let seconds = AtomicI64::new(1_800_000_000);
    Arc::new(move || Timestamp::from_second(seconds.fetch_add(1, Ordering::Relaxed)).expect("a time of our century"))
}

/// A folder for one library, and the open library.
pub(crate) async fn fresh() -> (TempDir, Library) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let library = open(&folder.path().join("library")).await;
    (folder, library)
}

/// Opens, or makes, the library in `folder` to write.
pub(crate) async fn open(folder: &Path) -> Library {
    let library = Library::open(folder, key(), Access::ReadWrite, clock()).await;
    library.expect("the library opens").acting_as(reviewer())
}

/// An id for a new event.
pub(crate) fn new_id() -> EventId {
    EventId(uuid::Uuid::now_v7())
}

/// A draft of `act` about a candidate of [`batch`].
pub(crate) fn draft(candidate: Option<CandidateId>, act: Act) -> Draft {
    Draft { id: new_id(), batch: Some(batch().id), subject: candidate, base: None, act }
}

/// A note on an answer, with this text.
pub(crate) fn note(text: &str) -> Draft {
    let submission = batch().submissions[0].clone();
    let act = Act::Noted { answer: submission.answers[0].id, at: None, text: SafeText::block(text), replaces: None };
    draft(Some(submission.candidate.id), act)
}

/// Everything personal in [`batch`] contains this.
pub(crate) const CANARY: &str = "kanarie";

/// Two candidates and two questions; the second candidate's second answer was not given.
pub(crate) fn batch() -> Batch {
    let id = BatchId::derive(&["folder", "spring"]);
    let questions = ["q-01", "q-02"].map(|question| Question {
        id: question.parse().expect("a slug"),
        prompt: SafeText::line("Tell us about an outage."),
        category: None,
        think_seconds: Some(30),
        answer_seconds: Some(120),
        retakes: None,
    });
    Batch {
        id,
        source: SafeText::line("folder"),
        source_id: SafeText::line("spring"),
        title: SafeText::line("Backend, spring"),
        requisition: Some(Requisition { id: SafeText::line("R-17"), title: None }),
        interview: Interview { questions: questions.to_vec(), deadline: None, language: Some("en".into()) },
        submissions: vec![submission(id, "one", AnswerState::Ready), submission(id, "two", AnswerState::NotGiven)],
        region: Some("eu".into()),
        retain_until: None,
        register: Default::default(),
    }
}

fn said() -> Vec<PlatformStatement> {
    let says = Some(SafeText::block(CANARY));
    vec![PlatformStatement { kind: CANARY.into(), says, from_ms: None, to_ms: None, at: None, by: Some(CANARY.into()) }]
}

fn submission(batch: BatchId, who: &str, second: AnswerState) -> Submission {
    let id = SubmissionId::derive(&[&batch.to_string(), who]);
    let given = second == AnswerState::Ready;
    Submission {
        id,
        candidate: Candidate {
            id: CandidateId::derive(&["folder", who]),
            source_id: SafeText::line(&format!("{CANARY}-source-{who}")),
            name: Some(SafeText::name(&format!("│ {CANARY} {who} \u{202e}"))),
            email: Some(SafeText::line(&format!("{CANARY}@example.org"))),
            phone: Some(SafeText::line(&format!("+49 {CANARY}"))),
        },
        status: if given { Status::Completed } else { Status::Started },
        invited_at: None,
        started_at: None,
        completed_at: None,
        deadline: None,
        language: None,
        consent: None,
        accommodations: vec![Accommodation { what: SafeText::line(&format!("{CANARY} time")), extra_time_percent: Some(25) }],
        documents: Vec::new(),
        applications: vec![Application {
            system: None,
            id: format!("{CANARY}-app").as_str().into(),
            requisition: None,
            ids: Default::default(),
        }],
        retain_until: None,
        region: None,
        statements: said(),
        answers: vec![answer(id, who, "q-01", AnswerState::Ready), answer(id, who, "q-02", second)],
    }
}

fn answer(submission: SubmissionId, who: &str, question: &str, state: AnswerState) -> Answer {
    let digest = Digest::of(&recording(who, question));
    let given = state.is_reviewable();
    Answer {
        id: AnswerId::derive(&[&submission.to_string(), question]),
        question: question.parse().expect("a slug"),
        kind: Kind::Audio,
        state,
        revision: given.then(|| Revision::of(&digest)),
        media: given.then(|| Media {
            locator: SafeText::line(&format!("{CANARY}-{who}-{question}.webm")),
            digest: Some(digest),
            bytes: None,
            mime: None,
            declared_ms: None,
        }),
        text: Some(SafeText::block(&format!("{CANARY}\nin two lines"))),
        transcript: None,
        recorded_at: None,
        retakes_used: None,
        think_used_ms: None,
        asked: None,
        answer_seconds: None,
        statements: said(),
    }
}

/// What a candidate "said" in answer to a question.
pub(crate) fn recording(who: &str, question: &str) -> Vec<u8> {
    format!("{CANARY} {who} {question} ").repeat(9_000).into_bytes()
}

/// Keeps [`batch`] with its recordings, transcripts and what was prepared of them.
pub(crate) async fn fill(library: &Library) {
    let batch = batch();
    library.keep_batch(&batch).await.expect("it is kept");
    for (submission, who) in batch.submissions.iter().zip(["one", "two"]) {
        let candidate = submission.candidate.id;
        for answer in submission.answers.iter().filter(|answer| answer.state.is_reviewable()) {
            let content = recording(who, answer.question.as_str());
            let digest = library.put(candidate, Content::Recording, content).await.expect("it is put");
            let words = TranscriptFile { name: format!("{CANARY}.vtt"), bytes: zeroize::Zeroizing::new(CANARY.into()) };
            library.keep_transcript(answer.id, words).await.expect("it is kept");
            library.keep_prepared(candidate, digest, "prepare/1", CANARY.as_bytes()).await.expect("it is kept");
        }
    }
}
