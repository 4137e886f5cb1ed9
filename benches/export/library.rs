//! A batch of which a million ratings are sealed, as the library gives it.

use std::collections::BTreeMap;
use std::sync::Arc;

use earmark::interview::{
    Answer, AnswerId, AnswerState, Batch, BatchId, Candidate, CandidateId, Digest, EventId, Interview, Kind, Question, ReviewerId,
    Slug, Status, Submission, SubmissionId,
};
use earmark::journal::Scope;
use earmark::protocol::{Rules, Visible, visible};
use earmark::rubric::{Observed, Point, Rubric};
use earmark::scorecard::{Attachment, Materials, Panelist, Places, Rating, Record, SealMark, Seals};
use jiff::Timestamp;

const CANDIDATES: usize = 3125;
const QUESTIONS: usize = 8;
const CRITERIA: usize = 4;
const REVIEWERS: usize = 10;
/// Rows of its long table.
pub(crate) const RATINGS: usize = CANDIDATES * QUESTIONS * CRITERIA * REVIEWERS;

/// What tables are made from.
pub(crate) struct Library {
    pub(crate) batch: Batch,
    pub(crate) rubric: Rubric,
    pub(crate) rules: Rules,
    pub(crate) visible: Visible,
    pub(crate) materials: Materials,
}

impl Library {
    pub(crate) fn new() -> Self {
        let rubric = Rubric::read("bench.toml", &rubric()).unwrap_or_else(|problems| panic!("{problems:?}")).rubric;
        let rules = Rules::of(&rubric);
        let batch = batch();
        let visible = visible(&record(&batch), &rules, ReviewerId::derive(&["onlooker"]));
        Library { batch, rubric, rules, visible, materials: Materials::new() }
    }
}

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn rubric() -> String {
    let mut text = "format = 1\nid = \"bench\"\nversion = \"1.0.0\"\ntitle = \"Bench\"\nlanguage = \"en\"\n\
                    [scale]\nmin = 1\nmax = 5\nallow_half = false\n"
        .to_owned();
    for question in 0..QUESTIONS {
        text += &format!("[[question]]\nid = \"q{question}\"\nprompt = \"What did you do {question}?\"\n");
        for criterion in 0..CRITERIA {
            text += &format!(
                "[[question.criterion]]\nid = \"c{criterion}\"\nname = \"Criterion {criterion}\"\n[question.criterion.anchors]\n"
            );
            text += "1 = \"Says nothing of it.\"\n3 = \"Names one way.\"\n5 = \"Names two ways and why one is better.\"\n";
        }
    }
    text
}

fn batch() -> Batch {
    let questions: Vec<Slug> = (0..QUESTIONS).map(|n| slug(&format!("q{n}"))).collect();
    let question = |id: &Slug| Question {
        id: id.clone(),
        prompt: "What did you do?".into(),
        category: None,
        think_seconds: None,
        answer_seconds: None,
        retakes: None,
    };
    Batch {
        id: BatchId::derive(&["bench"]),
        source: "folder".into(),
        source_id: "bench".into(),
        title: "Bench".into(),
        requisition: None,
        interview: Interview { questions: questions.iter().map(question).collect(), deadline: None, language: None },
        submissions: (0..CANDIDATES).map(|n| submission(&format!("cand-{n:06}"), &questions)).collect(),
        region: None,
        retain_until: None,
        register: Default::default(),
    }
}

fn submission(candidate: &str, questions: &[Slug]) -> Submission {
    let answer = |question: &Slug| Answer {
        id: AnswerId::derive(&[candidate, question.as_str()]),
        question: question.clone(),
        kind: Kind::Audio,
        state: AnswerState::Ready,
        revision: None,
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
    let id = CandidateId::derive(&[candidate]);
    Submission {
        id: SubmissionId::derive(&[candidate]),
        candidate: Candidate { id, source_id: candidate.into(), name: None, email: None, phone: None },
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

#[allow(clippy::field_reassign_with_default)] // a field of it is the library's own
fn record(batch: &Batch) -> Record {
    let people: Vec<ReviewerId> = (0..REVIEWERS).map(|n| ReviewerId::derive(&[&format!("reviewer {n}")])).collect();
    let at = Timestamp::UNIX_EPOCH;
    let digest = Digest::of(b"bench");
    let panel = people.iter().enumerate().map(|(n, id)| {
        let name = format!("R{n}").as_str().into();
        Panelist::read(&Panelist::write(*id, &name, &name)).expect("it was just written")
    });
    let mut record = Record::default();
    record.attachment = Some(Attachment { rubric_hash: digest, text_hash: digest, map: Vec::new(), at, by: people[0] });
    record.panel = Some(panel.collect());
    record.places = Arc::new(Places::of(batch));
    for (n, reviewer) in people.into_iter().enumerate() {
        let work = record.works.entry(reviewer).or_default();
        work.ratings = ratings(batch, n, at);
        let seal = |n| {
            let question = slug(&format!("q{n}"));
            let locks = record.places.of_question(&question).map(|place| (place.answer, place.revision)).collect();
            let first = SealMark { at, event: EventId::derive(&["seal"]), unheard: Vec::new(), locks };
            (Scope::Question(question), Seals { first, later: Vec::new() })
        };
        work.sealed = (0..QUESTIONS).map(seal).collect();
    }
    record
}

fn ratings(batch: &Batch, reviewer: usize, at: Timestamp) -> BTreeMap<(AnswerId, Slug), Rating> {
    let (event, criteria) = (EventId::derive(&["rating"]), (0..CRITERIA).map(|n| slug(&format!("c{n}"))).collect::<Vec<_>>());
    let answers = batch.submissions.iter().flat_map(|submission| &submission.answers).enumerate();
    let all =
        answers.flat_map(|(at_answer, answer)| criteria.iter().enumerate().map(move |(n, id)| (at_answer * 7 + n, answer, id)));
    all.map(|(seed, answer, criterion)| {
        let observed = Observed::Point(Point::whole(((seed + reviewer * 3) % 5) as i16 + 1));
        let rating = Rating {
            observed,
            at,
            stands: at,
            event,
            revision: None,
            reason: None,
            revised_from: None,
            after: None,
            earlier: Vec::new(),
            named: false,
            hid_names: None,
        };
        ((answer.id, criterion.clone()), rating)
    })
    .collect()
}
