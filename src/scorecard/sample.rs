//! A small batch with its rubric, and people who act on it one second after the other; for tests alone.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::Record;
use super::heard::{Material, Materials};
use crate::interview::{Question, *};
use crate::journal::{Act, Event, Header, SCHEMA, Scope};
use crate::rubric::{self, *};
use crate::text::SafeText;

/// Events on a batch of candidates `c1`, `c2` … who answered questions `q1`, `q2` … with criteria `depth` (weight 3) and
/// `clarity` (weight 1), on a scale from 1 to 5. Every answer is ten seconds of speech.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) batch: Batch,
    pub(crate) rubric: Rubric,
    pub(crate) events: Vec<Event>,
    pub(crate) now: Timestamp,
}

pub(crate) fn slug(text: &str) -> Slug {
    text.parse().expect("a test's slug")
}

pub(crate) fn reviewer(name: &str) -> ReviewerId {
    ReviewerId::derive(&[name])
}

pub(crate) fn point(value: i16) -> Observed {
    Observed::Point(Point::whole(value))
}

impl Sample {
    pub(crate) fn new(candidates: usize, questions: usize) -> Self {
        let ids: Vec<Slug> = (1..=questions).map(|n| slug(&format!("q{n}"))).collect();
        let submissions = (1..=candidates).map(|n| submission(&format!("c{n}"), &ids)).collect();
        let batch = Batch {
            id: BatchId::derive(&["sample"]),
            source: "folder".into(),
            source_id: "sample".into(),
            title: "Sample".into(),
            requisition: None,
            interview: Interview { questions: ids.iter().map(question).collect(), deadline: None, language: None },
            submissions,
            region: None,
            retain_until: None,
            register: Default::default(),
        };
        let mut sample = Sample { batch, rubric: sample_rubric(&ids), events: Vec::new(), now: Timestamp::UNIX_EPOCH };
        let (rubric_hash, text_hash) = (sample.rubric.scoring_hash(), sample.rubric.text_hash());
        sample.act("chief", Act::Attached { rubric_hash, text_hash, map: Vec::new() });
        sample
    }

    /// Someone acts, one second after the last act.
    pub(crate) fn act(&mut self, who: &str, act: Act) -> EventId {
        self.now += SignedDuration::from_secs(1);
        self.act_in(who, who, act)
    }

    /// The same in another of the reviewer's libraries, which has a stream of its own.
    pub(crate) fn act_in(&mut self, stream: &str, who: &str, act: Act) -> EventId {
        let writer = WriterId::derive(&[stream]);
        let seq = self.events.iter().filter(|event| event.header.writer == writer).count() as u64 + 1;
        let id = EventId(Uuid::from_u128(self.events.len() as u128 + 1));
        let (kind, _) = act.to_parts();
        let header = Header {
            schema: SCHEMA,
            id,
            author: reviewer(who),
            writer,
            seq,
            prev: Digest::default(),
            base: None,
            at: self.now,
            after: None,
            batch: Some(self.batch.id),
            subject: None,
            kind,
        };
        self.events.push(Event { header, act });
        id
    }

    pub(crate) fn submission(&self, candidate: usize) -> SubmissionId {
        self.batch.submissions[candidate - 1].id
    }

    /// The answer of candidate `c` to question `q`, both counted from 1.
    pub(crate) fn answer(&self, c: usize, q: usize) -> AnswerId {
        self.batch.submissions[c - 1].answers[q - 1].id
    }

    pub(crate) fn rate(&mut self, who: &str, c: usize, q: usize, criterion: &str, observed: Observed) -> EventId {
        let (answer, revision) = (self.answer(c, q), self.batch.submissions[c - 1].answers[q - 1].revision);
        self.act(who, Act::Rated { answer, revision, criterion: slug(criterion), observed, reason: None })
    }

    /// Rates both criteria of an answer, and hears all of it.
    pub(crate) fn review(&mut self, who: &str, c: usize, q: usize, depth: i16, clarity: i16) {
        self.hear(who, c, q, 0, 10_000);
        self.rate(who, c, q, "depth", point(depth));
        self.rate(who, c, q, "clarity", point(clarity));
    }

    pub(crate) fn hear(&mut self, who: &str, c: usize, q: usize, from: u32, to: u32) {
        let (answer, revision) = (self.answer(c, q), self.batch.submissions[c - 1].answers[q - 1].revision);
        let spans = [Span { start: Moment(from), end: Moment(to) }].into_iter().collect();
        self.act(who, Act::Heard { answer, revision, spans, speed: 150 });
    }

    pub(crate) fn note(&mut self, who: &str, c: usize, q: usize, text: &str) -> EventId {
        let answer = self.answer(c, q);
        self.act(who, Act::Noted { answer, at: None, text: SafeText::block(text), replaces: None })
    }

    pub(crate) fn seal(&mut self, who: &str, q: usize) -> EventId {
        let scope = Scope::Question(slug(&format!("q{q}")));
        let locks = Some(self.record().to_lock(reviewer(who), &scope));
        self.act(who, Act::Sealed { scope, unheard: Vec::new(), knows: BTreeSet::new(), locks })
    }

    pub(crate) fn seal_all(&mut self, who: &str) {
        (1..=self.batch.interview.questions.len()).for_each(|q| {
            self.seal(who, q);
        });
    }

    /// One more candidate comes in, who answered all questions; the number to call them by.
    pub(crate) fn comes_in(&mut self) -> usize {
        let ids: Vec<Slug> = self.batch.interview.questions.iter().map(|question| question.id.clone()).collect();
        let number = self.batch.submissions.len() + 1;
        self.batch.submissions.push(submission(&format!("c{number}"), &ids));
        number
    }

    /// The source has another recording of an answer now.
    pub(crate) fn records_anew(&mut self, c: usize, q: usize) {
        let answer = &mut self.batch.submissions[c - 1].answers[q - 1];
        let before = answer.revision.map(String::from).unwrap_or_default();
        answer.revision = Some(Revision::of(&Digest::of(before.as_bytes())));
    }

    pub(crate) fn reopen(&mut self, who: &str, q: usize) {
        self.act(who, Act::Reopened { scope: Scope::Question(slug(&format!("q{q}"))), reason: "misheard".into() });
    }

    pub(crate) fn record(&self) -> Record {
        Record::fold(&self.batch, &self.events)
    }

    /// Ten seconds of speech in every answer that was given.
    pub(crate) fn materials(&self) -> Materials {
        let speech = [Span { start: Moment(0), end: Moment(10_000) }].into_iter().collect();
        let all = self.batch.submissions.iter().flat_map(|submission| &submission.answers);
        all.map(|answer| (answer.id, Material::Sound { length: 12_000, speech: Some(Spans::clone(&speech)) })).collect()
    }
}

fn question(id: &Slug) -> Question {
    let prompt = SafeText::line(&format!("Tell us about {id}"));
    Question { id: id.clone(), prompt, category: None, think_seconds: None, answer_seconds: None, retakes: None }
}

fn submission(candidate: &str, questions: &[Slug]) -> Submission {
    let id = SubmissionId::derive(&["sample", candidate]);
    let answer = |question: &Slug| Answer {
        id: AnswerId::derive(&[candidate, question.as_str()]),
        question: question.clone(),
        kind: Kind::Audio,
        state: AnswerState::Ready,
        revision: Some(Revision::of(&Digest::of(candidate.as_bytes()))),
        media: None,
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
        id,
        candidate: Candidate {
            id: CandidateId::derive(&[candidate]),
            source_id: candidate.into(),
            name: Some(SafeText::name("Zora Quill")),
            email: Some("zora.quill@post.example".into()),
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
        answers: questions.iter().map(answer).collect(),
    }
}

fn sample_rubric(questions: &[Slug]) -> Rubric {
    let criterion = |id: &str, weight: f64| Criterion {
        id: slug(id),
        name: id.into(),
        weight,
        competency: None,
        knockout: None,
        look_for: Vec::new(),
        ignore: Vec::new(),
        anchors: [(1, "Nothing".into()), (3, "Some".into()), (5, "All".into())].into(),
    };
    let question = |id: &Slug| rubric::Question {
        id: id.clone(),
        prompt: "Tell us".into(),
        category: None,
        think_seconds: None,
        answer_seconds: None,
        retakes: None,
        probe_hint: None,
        criteria: vec![criterion("depth", 3.0), criterion("clarity", 1.0)],
    };
    Rubric {
        id: slug("sample"),
        version: "1.0.0".into(),
        title: "Sample".into(),
        language: None,
        job_analysis: None,
        deadline_hours: None,
        scale: Scale { min: 1, max: 5, labels: Vec::new(), allow_half: false, require_anchors: vec![1, 3, 5] },
        policy: Policy::default(),
        protocol: Protocol::default(),
        questions: questions.iter().map(question).collect(),
        must_haves: Vec::new(),
        anchor_clips: Vec::new(),
        freeze: None,
    }
}
