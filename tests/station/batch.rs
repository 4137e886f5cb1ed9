//! An invented batch: five people, three questions, and everything that can be wrong with an answer.

use std::sync::Arc;

use earmark::app::{Here, Outline};
use earmark::interview::{
    Answer, AnswerId, AnswerState, Batch, BatchId, Candidate, CandidateId, Digest, Interview, Kind, Media, Moment, Question,
    Revision, Slug, Span, Status, Submission, SubmissionId,
};
use earmark::rubric::Rubric;
use earmark::text::SafeText;
use earmark::transcript::{Cue, Timing, Transcript, Word};

pub(crate) const RUBRIC: &str = include_str!("rubric.toml");
/// The same rubric, whose questions have other ids than the batch's.
pub(crate) const OTHER_IDS: &str = include_str!("other-ids.toml");

/// Names that must not be seen before they are revealed.
pub(crate) const NAMES: [&str; 5] = ["Ottoline Farrow", "Bram Quillfeather", "Sunniva Dale", "Casimir Thornley", "Yusra Penhallow"];

/// Every recording lasts so long.
pub(crate) const LENGTH: u32 = 20_000;

/// A word lasts so long, and is followed by so little.
const WORD: (u32, u32) = (320, 80);

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().expect("a test's slug")
}

pub(crate) fn rubric(toml: &str) -> Rubric {
    Rubric::read("keepers.toml", toml).unwrap_or_else(|wrong| panic!("{wrong:#?}")).rubric
}

/// Ottoline answers everything; Bram's last answer ends early; Sunniva wrote her last one; Casimir did not finish; Yusra's
/// second recording is broken.
pub(crate) fn batch() -> Batch {
    let questions = [
        ("q1", "Tell us about a night on which the lamp failed: what you did, in order, and how it ended.", 30),
        ("q2", "A ship does not answer your signal. What do you do first, and why?", 10),
        ("q3", "Explain to a new colleague how a lens gathers light.", 10),
    ];
    let questions = questions.map(|(id, prompt, think)| Question {
        id: slug(id),
        prompt: SafeText::block(prompt),
        category: None,
        think_seconds: Some(think),
        answer_seconds: Some(90),
        retakes: Some(1),
    });
    let mut submissions: Vec<Submission> = NAMES.iter().map(|name| submission(name)).collect();
    submissions[1].answers[2].state = AnswerState::Truncated;
    let written = &mut submissions[2].answers[2];
    (written.kind, written.media) = (Kind::Text, None);
    written.text =
        Some(SafeText::block("A lens is many small windows.\n\nEach one turns the light a little, until all of it goes one way."));
    submissions[3].status = Status::Started;
    let missing = &mut submissions[3].answers[2];
    (missing.state, missing.media, missing.revision) = (AnswerState::NotGiven, None, None);
    submissions[4].answers[1].state = AnswerState::Faulty { reason: "the file is empty".into() };
    Batch {
        id: BatchId::derive(&["keepers"]),
        source: "folder".into(),
        source_id: "keepers".into(),
        title: SafeText::name("Keepers of the north light"),
        requisition: None,
        interview: Interview { questions: questions.into(), deadline: None, language: None },
        submissions,
        region: None,
        retain_until: None,
        register: Default::default(),
    }
}

fn submission(name: &str) -> Submission {
    let answer = |question: &str| Answer {
        id: AnswerId::derive(&[name, question]),
        question: slug(question),
        kind: Kind::Audio,
        state: AnswerState::Ready,
        revision: Some(Revision::of(&Digest::of(name.as_bytes()))),
        media: Some(Media {
            locator: SafeText::line("answers/one.webm"),
            digest: Some(Digest::of(name.as_bytes())),
            bytes: None,
            mime: None,
            declared_ms: None,
        }),
        text: None,
        transcript: None,
        recorded_at: None,
        retakes_used: None,
        think_used_ms: None,
        asked: None,
        answer_seconds: None,
        statements: Vec::new(),
    };
    Submission {
        id: SubmissionId::derive(&[name]),
        candidate: Candidate {
            id: CandidateId::derive(&[name]),
            source_id: SafeText::line(&format!("k-{name:.3}")),
            name: Some(SafeText::name(name)),
            email: Some("keeper@post.example".into()),
            phone: Some("+44 20 7946 0958".into()),
        },
        status: Status::Completed,
        invited_at: None,
        started_at: None,
        completed_at: None,
        deadline: None,
        language: None,
        consent: None,
        accommodations: Vec::new(),
        documents: Vec::new(),
        applications: Vec::new(),
        statements: Vec::new(),
        retain_until: None,
        region: None,
        answers: ["q1", "q2", "q3"].map(answer).into(),
    }
}

/// What preparing found out: speech from 1 s to 9 s and from 10 s to 19 s.
pub(crate) fn outline() -> Outline {
    let span = |start, end| Span { start: Moment(start), end: Moment(end) };
    Outline { length: Moment(LENGTH), speech: [span(1_000, 9_000), span(10_000, 19_000)].into_iter().collect() }
}

/// What was said, and how loud it was.
pub(crate) fn here(batch: &Batch, id: AnswerId) -> Here {
    let Some((submission, answer)) = batch.answer(id) else { return Here::default() };
    let nth = batch.submissions.iter().position(|other| other.id == submission.id).unwrap_or(0);
    if !answer.kind.is_recording() {
        return Here::default();
    }
    let hour = ["one", "two", "three", "four", "five"][nth % 5];
    let transcript = match (answer.question.as_str(), &answer.state) {
        (_, AnswerState::Truncated) => None,
        ("q1", _) => Some(spoken(&format!(
            "The lamp went dark at {hour}. I lit the spare by hand before anything else. Then I looked for the cause. \
             The valve was cold, so the oil had stopped. I wrote that down for the next watch."
        ))),
        _ => Some(spoken(&format!("I would repeat the signal {hour} times. Meanwhile I would call the harbour."))),
    };
    let speech = outline().speech;
    let loud = |ten: u32| speech.iter().any(|span| span.contains(Moment(ten * 10)));
    let peaks: Vec<u8> = (0..LENGTH / 10).map(|ten| if loud(ten) { 40 + (ten % 160) as u8 } else { 2 }).collect();
    Here { transcript: transcript.map(Arc::new), peaks: peaks.into(), ..Here::default() }
}

/// A transcript in which every word has its time, from the first second on.
pub(crate) fn spoken(text: &str) -> Transcript {
    let mut at = 1_000;
    let words = text.split_whitespace().map(|word| {
        let span = Span { start: Moment(at), end: Moment(at + WORD.0) };
        at += WORD.0 + WORD.1;
        Word { span, text: SafeText::line(word), confidence: None, cue: 0 }
    });
    let words: Vec<Word> = words.collect();
    let whole = Span { start: Moment(1_000), end: Moment(at) };
    Transcript { words, cues: vec![Cue { span: whole, speaker: None }], timing: Timing::Words, language: None, automatic: None }
}
