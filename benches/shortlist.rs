//! What a hiring manager waits for: the report of 50 candidates and 5 questions without sound, and Compare over all questions as it
//! opens. `cargo bench --bench shortlist`. Processor time of this thread.
#![allow(clippy::print_stdout)] // printing is what it is for

use std::collections::{BTreeMap, BTreeSet};

use earmark::app::{Contents, Desk, OrderOf};
use earmark::export::report::{Given, Report, page};
use earmark::export::{Choice, Sources};
use earmark::interview::{
    Answer, AnswerId, AnswerState, Batch, BatchId, Candidate, CandidateId, Digest, EventId, Interview, Kind, Moment, Question,
    ReviewerId, Slug, Span, Status, Submission, SubmissionId, WriterId,
};
use earmark::journal::{Act, Event, Header, SCHEMA, Scope};
use earmark::panel::Panel;
use earmark::rubric::{Observed, Point, Rubric};
use jiff::Timestamp;

const CANDIDATES: usize = 50;
const QUESTIONS: usize = 5;
const CRITERIA: usize = 3;
const REVIEWERS: usize = 3;
/// Each is done so often; the least counts.
const ROUNDS: usize = 5;
/// Milliseconds and bytes at the most.
const MOST: [(&str, f64); 4] = [
    ("report, ms", 1_000.0),
    ("report, bytes", 1_000_000.0),
    ("compare over all questions opens, ms", 50.0),
    ("disagreements, ms", 50.0),
];

fn main() {
    let rubric = Rubric::read("bench.toml", &rubric()).unwrap_or_else(|problems| panic!("{problems:?}")).rubric;
    let batch = batch();
    let entries = events(&batch, &rubric);
    let contents = Contents { batch, entries, rubric: Some(rubric), outlines: BTreeMap::new(), people: Vec::new() };
    let desk = Desk::new(reviewer(0), contents);
    let everyone = desk.rows.clone();
    let mut bytes = 0;
    let report = least(|| bytes = report(&desk).len());
    let opens = least(|| {
        assert_eq!(desk.overall(&everyone, OrderOf::Disagreement).columns.len(), CANDIDATES);
        assert_eq!(desk.stands(&everyone).len(), CANDIDATES);
    });
    let differ = least(|| assert!(!desk.disagreements().is_empty()));
    println!(
        "{CANDIDATES} candidates, {QUESTIONS} questions, {CRITERIA} criteria each, {REVIEWERS} reviewers; the least of {ROUNDS}"
    );
    let mut all_well = true;
    for ((what, most), found) in MOST.into_iter().zip([report, bytes as f64, opens, differ]) {
        let is_well = found <= most;
        println!("{} {what}: {found:.1}, at most {most:.0}", if is_well { "ok  " } else { "MISS" });
        all_well &= is_well;
    }
    if !all_well {
        std::process::exit(1);
    }
}

/// As the command makes it, with all figures of the panel.
fn report(desk: &Desk) -> String {
    let rubric = desk.rubric.as_ref().expect("it is attached");
    let sources = Sources {
        visible: &desk.sight,
        batch: &desk.batch,
        rubric,
        rules: &desk.rules,
        materials: desk.materials(),
        choice: Choice::Ready,
        now: None,
    };
    let from = desk.to_measure(Some(6)).expect("a rubric is attached");
    let panel = Panel::analyse(&from.sealed.ratings, &from.sealed.scheme);
    let measures = from.measures();
    let given = Given {
        panel: &panel,
        measures: &measures,
        places: Some(6),
        anonymous: false,
        not_ranked: &[],
        said: &|_, _| None,
        machine: Vec::new(),
    };
    let made = Report::collect(&sources, given);
    assert_eq!(made.people.len(), CANDIDATES);
    page(&made)
}

fn least(mut work: impl FnMut()) -> f64 {
    (0..ROUNDS).map(|_| cpu(&mut work)).fold(f64::MAX, f64::min)
}

/// Milliseconds of processor time of this thread, as the scheduler counts it: in ticks of some milliseconds.
fn cpu(work: &mut impl FnMut()) -> f64 {
    let used = || {
        let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
        text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
    };
    let before = used();
    work();
    used() - before
}

fn slug(text: &str) -> Slug {
    text.parse().expect("it is a slug")
}

fn reviewer(nth: usize) -> ReviewerId {
    ReviewerId::derive(&[&format!("reviewer {nth}")])
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
    let question = |n: usize| Question {
        id: slug(&format!("q{n}")),
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
        interview: Interview { questions: (0..QUESTIONS).map(question).collect(), deadline: None, language: None },
        submissions: (0..CANDIDATES).map(|n| submission(&format!("cand-{n:03}"))).collect(),
        region: None,
        retain_until: None,
        register: Default::default(),
    }
}

fn submission(candidate: &str) -> Submission {
    let answer = |n: usize| Answer {
        id: AnswerId::derive(&[candidate, &n.to_string()]),
        question: slug(&format!("q{n}")),
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
        answers: (0..QUESTIONS).map(answer).collect(),
    }
}

/// Everyone rates everything with a quote for each rating, and seals.
fn events(batch: &Batch, rubric: &Rubric) -> Vec<Event> {
    let map = (0..QUESTIONS).map(|n| (slug(&format!("q{n}")), slug(&format!("q{n}")))).collect();
    let attached = Act::Attached { rubric_hash: rubric.scoring_hash(), text_hash: rubric.text_hash(), map };
    let mut acts = vec![(reviewer(0), attached)];
    for who in 0..REVIEWERS {
        for (n, answer) in batch.submissions.iter().flat_map(|one| &one.answers).enumerate() {
            for c in 0..CRITERIA {
                let observed = Observed::Point(Point::whole(((n * 7 + c * 3 + who * 2) % 5) as i16 + 1));
                let criterion = slug(&format!("c{c}"));
                let criteria = vec![criterion.clone()];
                acts.push((reviewer(who), Act::Rated { answer: answer.id, revision: None, criterion, observed, reason: None }));
                // Nobody marks the same stretch as anybody else: nothing is said once for several.
                let start = Moment(1_000 * (1 + c as u32 * 7 + who as u32 * 3));
                let span = Span { start, end: Moment(start.0 + 8_000) };
                let quote = "we looked at what had changed since the last time that it worked, and took one thing back".into();
                acts.push((reviewer(who), Act::Evidenced { answer: answer.id, revision: None, criteria, span, quote }));
            }
        }
        let seal = |n| Act::Sealed {
            scope: Scope::Question(slug(&format!("q{n}"))),
            unheard: Vec::new(),
            knows: BTreeSet::new(),
            locks: None,
        };
        acts.extend((0..QUESTIONS).map(|n| (reviewer(who), seal(n))));
    }
    let event = |(nth, (author, act)): (usize, (ReviewerId, Act))| {
        let header = Header {
            schema: SCHEMA,
            id: EventId(uuid::Uuid::from_u128(nth as u128 + 1)),
            author,
            writer: WriterId(author.0),
            seq: nth as u64 + 1,
            prev: Digest::default(),
            base: None,
            at: Timestamp::from_second(1_700_000_000 + nth as i64).expect("a time"),
            after: None,
            batch: Some(batch.id),
            subject: None,
            kind: act.to_parts().0,
        };
        Event { header, act }
    };
    acts.into_iter().enumerate().map(event).collect()
}
