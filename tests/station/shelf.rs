//! What the station keeps in place of a library: a batch, a journal, rubrics; and colleagues who write into it.

use std::collections::{BTreeMap, BTreeSet};

use earmark::app::{BatchRow, Contents, Desk, Event as StationEvent, Here, Indexed, LeftToHear, Offer, ToIndex, cover_said};
use earmark::interview::{AnswerId, Batch, BatchId, Digest, EventId, Moment, ReviewerId, Span, SubmissionId, WriterId};
use earmark::journal::{Act, Draft, Event, Header, Outcome, Recommendation, SCHEMA, Scope};
use earmark::protocol::{Covered, Particulars};
use earmark::rubric::{self, Observed, Point, Rubric};
use earmark::scorer::alike::Alike;
use earmark::scorer::reader::Proposal;
use earmark::text::SafeText;
use earmark::transcript::{Binder, Language};
use jiff::Timestamp;

use super::batch;

/// A library in memory.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub(crate) batch: Batch,
    pub(crate) events: Vec<Event>,
    pub(crate) rubric: Option<Rubric>,
    /// Transcripts in place of the usual ones.
    pub(crate) said: BTreeMap<AnswerId, Here>,
    /// What second readers proposed.
    pub(crate) proposed: BTreeMap<AnswerId, Vec<Proposal>>,
    /// Answers that are like others'.
    pub(crate) alike: BTreeMap<AnswerId, Alike>,
    made: u128,
}

impl Shelf {
    /// The invented batch with its rubric attached.
    pub(crate) fn new() -> Self {
        let mut shelf = Shelf::without_rubric();
        shelf.attach(batch::rubric(batch::RUBRIC), Vec::new());
        shelf
    }

    pub(crate) fn without_rubric() -> Self {
        let (said, proposed, alike) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Shelf { batch: batch::batch(), events: Vec::new(), rubric: None, said, proposed, alike, made: 0 }
    }

    /// The same, in which no answer has a transcript.
    pub(crate) fn without_transcripts() -> Self {
        let mut shelf = Shelf::new();
        let answers = shelf.batch.submissions.iter().flat_map(|submission| &submission.answers);
        let silent = answers.map(|answer| (answer.id, Here { transcript: None, ..shelf.here(answer.id) }));
        shelf.said = silent.collect();
        shelf
    }

    pub(crate) fn attach(&mut self, rubric: Rubric, map: rubric::QuestionMap) {
        let act = Act::Attached { rubric_hash: rubric.scoring_hash(), text_hash: rubric.text_hash(), map };
        self.rubric = Some(rubric);
        self.act(reviewer("chief"), act);
    }

    pub(crate) fn contents(&self) -> Contents {
        let answers = self.batch.submissions.iter().flat_map(|submission| &submission.answers);
        let recorded = answers.filter(|answer| answer.kind.is_recording() && answer.state.is_reviewable());
        Contents {
            batch: self.batch.clone(),
            entries: self.events.clone(),
            rubric: self.rubric.clone(),
            outlines: recorded.map(|answer| (answer.id, batch::outline())).collect(),
            people: Vec::new(),
        }
    }

    fn left(&self, me: ReviewerId) -> LeftToHear {
        let desk = Desk::new(me, self.contents());
        LeftToHear { since: None, whole: desk.rest(false), skipping: desk.rest(true) }
    }

    pub(crate) fn row(&self, me: ReviewerId) -> BatchRow {
        let progress = Desk::new(me, self.contents()).progress();
        BatchRow {
            id: self.batch.id,
            title: self.batch.title.clone(),
            requisition: None,
            imported_at: super::morning(),
            deadline: None,
            submissions: self.batch.submissions.len(),
            answers: 13,
            faulty: 1,
            rated: Some(progress.rated),
            sealed: Some(progress.sealed),
            of: Some(progress.of),
            left: Some(self.left(me)),
            has_rubric: self.rubric.is_some(),
            handed: Desk::new(me, self.contents()).handed(),
        }
    }

    pub(crate) fn here(&self, answer: AnswerId) -> Here {
        self.said.get(&answer).cloned().unwrap_or_else(|| batch::here(&self.batch, answer))
    }

    /// Reads answers for the index, as the library's edge does.
    pub(crate) fn index(&self, batch: BatchId, answers: Vec<ToIndex>) -> StationEvent {
        let mut binder = Binder::new(Language::of(Some("en")));
        for one in &answers {
            let Some((submission, answer)) = self.batch.answer(one.entry.answer) else { continue };
            let particulars = one.entry.covered.then(|| Particulars::of(&submission.candidate));
            if let Some(text) = answer.text.as_ref().filter(|_| !answer.kind.is_recording()) {
                binder.add_written(one.entry, Covered::of(text, particulars.as_ref()).text.as_str());
            } else if let Some(said) = &self.here(answer.id).transcript {
                let said = particulars.map_or_else(|| (**said).clone(), |particulars| cover_said(said, &particulars));
                binder.add_said(one.entry, &said);
            }
        }
        StationEvent::Indexed(Box::new(Indexed { batch, volumes: vec![binder.bind()], done: answers.len(), left_out: 0 }))
    }

    pub(crate) fn offer(&self, toml: &str) -> Box<Offer> {
        let (rubric, questions) = (batch::rubric(toml), self.batch.interview.questions.clone());
        let mapping = rubric::map(&questions, &rubric, &[]).ok();
        Box::new(Offer { batch: self.batch.id, questions, rubric, source: toml.into(), mapping })
    }

    /// Gives a draft its place in its author's stream.
    pub(crate) fn write(&mut self, author: ReviewerId, draft: Draft, at: Timestamp) -> Event {
        let seq = self.events.iter().filter(|event| event.header.author == author).count() as u64 + 1;
        let header = Header {
            schema: SCHEMA,
            id: draft.id,
            author,
            writer: WriterId(author.0),
            seq,
            prev: Digest::default(),
            base: draft.base,
            at,
            after: None,
            batch: draft.batch,
            subject: draft.subject,
            kind: draft.act.to_parts().0,
        };
        let event = Event { header, act: draft.act };
        self.events.push(event.clone());
        event
    }

    /// Someone acts elsewhere, before the station's morning.
    pub(crate) fn act(&mut self, who: ReviewerId, act: Act) -> Event {
        self.made += 1;
        let id = EventId(uuid::Uuid::from_u128(self.made));
        let draft = Draft { id, batch: Some(self.batch.id), subject: None, base: None, act };
        let at = super::morning() - jiff::SignedDuration::from_hours(24) + jiff::SignedDuration::from_secs(self.made as i64);
        self.write(who, draft, at)
    }

    /// A colleague heard, rated, noted and sealed everything; returns what was written.
    pub(crate) fn colleague(&mut self, name: &str, point: i16) -> Vec<Event> {
        let (who, from) = (reviewer(name), self.events.len());
        for submission in self.batch.submissions.clone() {
            for answer in submission.answers.iter().filter(|answer| answer.state.is_reviewable()) {
                let (id, revision) = (answer.id, answer.revision);
                let span = Span { start: Moment(1_000), end: Moment(19_000) };
                self.act(who, Act::Heard { answer: id, revision, spans: [span].into_iter().collect(), speed: 100 });
                let criteria: Vec<_> = self
                    .rubric
                    .iter()
                    .flat_map(|rubric| rubric.question(&answer.question))
                    .flat_map(|q| q.criteria.clone())
                    .collect();
                for criterion in criteria {
                    let (criterion, observed) = (criterion.id, Observed::Point(Point::whole(point)));
                    let (criteria, quote) = (vec![criterion.clone()], SafeText::block("ZEPHYR-QUOTE"));
                    self.act(who, Act::Rated { answer: id, revision, criterion, observed, reason: None });
                    self.act(who, Act::Evidenced { answer: id, revision, criteria, span, quote });
                }
                self.act(who, Act::Noted { answer: id, at: None, text: SafeText::block("ZEPHYR-NOTE"), replaces: None });
            }
            self.act(who, Act::Recommended { submission: submission.id, recommendation: Recommendation::StrongYes });
        }
        let (question, criterion) = (batch::slug("q1"), batch::slug("calm"));
        let (a, b) = (self.answer(1, 1), self.answer(2, 1));
        self.act(who, Act::Compared { question, criterion, a, b, outcome: Outcome::B });
        for question in ["q1", "q2", "q3"] {
            self.act(
                who,
                Act::Sealed {
                    scope: Scope::Question(batch::slug(question)),
                    unheard: Vec::new(),
                    knows: BTreeSet::new(),
                    locks: None,
                },
            );
        }
        self.events[from..].to_vec()
    }

    /// The answer of candidate `c` to question `q`, both counted from 1, in the source's order.
    pub(crate) fn answer(&self, c: usize, q: usize) -> AnswerId {
        self.batch.submissions[c - 1].answers[q - 1].id
    }

    pub(crate) fn submission(&self, c: usize) -> SubmissionId {
        self.batch.submissions[c - 1].id
    }
}

pub(crate) fn reviewer(name: &str) -> ReviewerId {
    ReviewerId::derive(&[name])
}
