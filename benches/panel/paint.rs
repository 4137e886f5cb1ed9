//! How long the Panel screen takes until it is first painted: 1,000 candidates, 3 reviewers, 5 questions, all sealed.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use earmark::app::action::Action;
use earmark::app::{App, Chosen, Contents, Effect, Event, Me, Screen, Start};
use earmark::interview::*;
use earmark::journal::{self, Act, Header, SCHEMA, Scope};
use earmark::rubric::{Observed, Point, Rubric, shipped_as};
use earmark::tui::keymap::Keymap;
use earmark::tui::{Canvas, Glyphs, Look, Theme, View};
use jiff::{SignedDuration, Timestamp};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::Chance;

const CANDIDATES: usize = 1000;

pub(crate) fn run() {
    let contents = contents();
    let start = Start {
        me: Me { id: ReviewerId::derive(&["ann"]), label: "Ann".into() },
        read_only: false,
        batch: None,
        chosen: Chosen { speed: 100, wpm: None, paced: false, skip_silence: false },
        autoplay: false,
        export_folder: "/".to_owned(),
        exchange_folder: String::new(),
        sources: Vec::new(),
        tour: false,
        minutes: None,
        seed: [7; 32],
    };
    let now = Timestamp::now();
    let mut app = App::new(start, now);
    app.update(Event::Opened(Box::new(contents)), now);
    let mut view = View::new(Keymap::new());
    let look = Look { theme: Theme::shipped("dark").expect("it is shipped"), glyphs: Glyphs::Unicode };
    let mut paint = |app: &App| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 120, 40));
        view.draw(&mut Canvas::new(&mut buffer, &look), app);
        std::hint::black_box(buffer);
    };
    let mut best = f64::INFINITY;
    let mut asked = None;
    for _ in 0..5 {
        app.update(Event::Do(Action::ToBatch), now);
        let since = Instant::now();
        let effects = app.update(Event::Do(Action::ToPanel), now);
        assert!(matches!(app.screen(), Screen::Panel(_)), "the ranking is open");
        paint(&app);
        best = best.min(since.elapsed().as_secs_f64() * 1e3);
        asked = effects
            .into_iter()
            .find_map(|effect| if let Effect::Measure { asked, from } = effect { Some((asked, from)) } else { None });
    }
    println!("\nthe Panel screen: {CANDIDATES} candidates, 3 reviewers, 5 questions");
    println!("{:<44}{best:>9.2} ms  (50 asked)", "from the key to the first paint");
    let (asked, from) = asked.expect("further figures are asked for");
    let since = Instant::now();
    let measures = Box::new(from.measures());
    println!("{:<44}{:>9.2} ms  (beside the screen)", "all further figures", since.elapsed().as_secs_f64() * 1e3);
    let since = Instant::now();
    app.update(Event::Measured { asked, measures }, now);
    paint(&app);
    println!("{:<44}{:>9.2} ms", "painted with them", since.elapsed().as_secs_f64() * 1e3);
}

/// Everyone rated everything, and sealed it.
fn contents() -> Contents {
    let text = shipped_as("general-behavioural").expect("it is shipped").text;
    let mut rubric = Rubric::read("rubric", text).expect("it is right").rubric;
    rubric.questions.iter_mut().for_each(|question| question.criteria.truncate(1));
    let batch = batch(&rubric);
    let mut chance = Chance::new(5);
    let mut entries = Vec::new();
    let mut act = |who: &str, act: Act| {
        let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(entries.len() as i64);
        entries.push(event(&batch, who, entries.len() as u64, at, act));
    };
    act("ann", Act::Attached { rubric_hash: rubric.scoring_hash(), text_hash: rubric.text_hash(), map: Vec::new() });
    for submission in &batch.submissions {
        let level = 3.0 + chance.normal();
        for (nth, who) in ["ann", "bob", "cy"].iter().enumerate() {
            for (answer, question) in submission.answers.iter().zip(&rubric.questions) {
                let point = (level + 0.3 * nth as f64 + 0.8 * chance.normal()).round().clamp(1.0, 5.0);
                let observed = Observed::Point(Point::from_value(point).expect("a point"));
                let criterion = question.criteria[0].id.clone();
                act(who, Act::Rated { answer: answer.id, revision: answer.revision, criterion, observed, reason: None });
            }
        }
    }
    for who in ["ann", "bob", "cy"] {
        for question in &batch.interview.questions {
            act(
                who,
                Act::Sealed {
                    scope: Scope::Question(question.id.clone()),
                    unheard: Vec::new(),
                    knows: BTreeSet::new(),
                    locks: None,
                },
            );
        }
    }
    Contents { batch, entries, rubric: Some(rubric), outlines: BTreeMap::new(), people: Vec::new() }
}

fn event(batch: &Batch, who: &str, nth: u64, at: Timestamp, act: Act) -> journal::Event {
    let author = ReviewerId::derive(&[who]);
    let header = Header {
        schema: SCHEMA,
        id: EventId(uuid::Uuid::from_u128(u128::from(nth) + 1)),
        author,
        writer: WriterId(author.0),
        seq: nth + 1,
        prev: Digest::default(),
        base: None,
        at,
        after: None,
        batch: Some(batch.id),
        subject: None,
        kind: act.to_parts().0,
    };
    journal::Event { header, act }
}

fn batch(rubric: &Rubric) -> Batch {
    let question = |of: &earmark::rubric::Question| Question {
        id: of.id.clone(),
        prompt: of.prompt.clone(),
        category: None,
        think_seconds: None,
        answer_seconds: of.answer_seconds,
        retakes: None,
    };
    let submission = |nth: usize| {
        let name = format!("c{nth:04}");
        let answer = |of: &earmark::rubric::Question| Answer {
            id: AnswerId::derive(&[&name, of.id.as_str()]),
            question: of.id.clone(),
            kind: Kind::Audio,
            state: AnswerState::Ready,
            revision: Some(Revision::of(&Digest::of(name.as_bytes()))),
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
        let (id, source_id) = (CandidateId::derive(&[&name]), name.as_str().into());
        Submission {
            id: SubmissionId::derive(&[&name]),
            candidate: Candidate { id, source_id, name: None, email: None, phone: None },
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
            answers: rubric.questions.iter().map(answer).collect(),
        }
    };
    let questions = rubric.questions.iter().map(question).collect();
    Batch {
        id: BatchId::derive(&["bench"]),
        source: "folder".into(),
        source_id: "bench".into(),
        title: "A thousand".into(),
        requisition: None,
        interview: Interview { questions, deadline: None, language: None },
        submissions: (0..CANDIDATES).map(submission).collect(),
        region: None,
        retain_until: None,
        register: Default::default(),
    }
}
