//! The demo's two other reviewers, and their sealed scorecards.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use crate::interview::{
    Answer, Batch, CandidateId, CriterionId, Digest, EventId, Moment, QuestionId, ReviewerId, Span, Submission, WriterId,
};
use crate::journal::{Act, Draft, Recommendation, Scope};
use crate::library::{Library, LibraryError};
use crate::rubric::{Observed, Point};
use crate::source::PREPARED;
use crate::text::SafeText;

const PANEL: &str = include_str!("../../demo/panel.json");

/// One colleague, as `src/demo/panel.json` tells.
#[derive(Deserialize)]
pub(super) struct Colleague {
    reviewer: Named,
    ratings: Vec<Rated>,
    evidence: Vec<Evidenced>,
    notes: Vec<Noted>,
    recommendations: Vec<Recommended>,
}

#[derive(Deserialize)]
struct Named {
    label: SafeText,
}

/// An answer, by the source's id of its candidate.
#[derive(Deserialize)]
struct Of {
    candidate: String,
    question: QuestionId,
}

#[derive(Deserialize)]
struct Rated {
    #[serde(flatten)]
    of: Of,
    criterion: CriterionId,
    value: Value,
    at: Timestamp,
}

/// A point, or `NO`.
#[derive(Deserialize)]
#[serde(untagged)]
enum Value {
    Point(Point),
    Code(String),
}

#[derive(Deserialize)]
struct Evidenced {
    #[serde(flatten)]
    of: Of,
    criteria: Vec<CriterionId>,
    start_ms: u32,
    end_ms: u32,
    quote: String,
}

#[derive(Deserialize)]
struct Noted {
    #[serde(flatten)]
    of: Of,
    at_ms: Option<u32>,
    text: String,
}

#[derive(Deserialize)]
struct Recommended {
    candidate: String,
    recommendation: Recommendation,
}

/// The colleagues, in the file's order.
pub(super) fn all() -> Vec<Colleague> {
    serde_json::from_str(PANEL).expect("the demo's own file is right: a test reads it")
}

/// Writes their scorecards; what is written already is not written again.
pub(super) async fn write(library: &Library, batch: &Batch) -> Result<(), LibraryError> {
    for one in all() {
        let lengths = lengths(library, batch).await?;
        let acts = one.acts(batch, &lengths);
        // Where the clock is behind the demo's dates, they lie in the past all the same.
        let last = acts.last().map_or(Timestamp::UNIX_EPOCH, |(at, ..)| *at);
        let late = last.duration_since(Timestamp::now() - SignedDuration::from_hours(1)).max(SignedDuration::ZERO);
        let draft = |(nth, (at, subject, act)): (usize, (Timestamp, Option<CandidateId>, Act))| {
            let draft = Draft { id: one.event(nth, at), batch: Some(batch.id), subject, base: None, act };
            (at.saturating_sub(late).unwrap_or(at), draft)
        };
        let drafts = acts.into_iter().enumerate().map(draft).collect();
        library.append_as(one.id(), one.writer(), drafts).await?;
    }
    Ok(())
}

type Acts = Vec<(Timestamp, Option<CandidateId>, Act)>;
type Lengths = BTreeMap<crate::interview::AnswerId, u32>;

/// How long each recording is, in milliseconds.
async fn lengths(library: &Library, batch: &Batch) -> Result<Lengths, LibraryError> {
    let mut lengths = Lengths::new();
    for submission in &batch.submissions {
        for answer in &submission.answers {
            let Some(digest) = answer.media.as_ref().and_then(|media| media.digest) else { continue };
            let stored = library.prepared(submission.candidate.id, digest, PREPARED).await?;
            lengths.extend(stored.and_then(|bytes| crate::source::prepared(&bytes)).map(|known| (answer.id, known.length_ms)));
        }
    }
    Ok(lengths)
}

impl Colleague {
    pub(super) fn id(&self) -> ReviewerId {
        ReviewerId::derive(&["earmark demo", self.reviewer.label.raw()])
    }

    pub(super) fn label(&self) -> SafeText {
        self.reviewer.label.clone()
    }

    fn writer(&self) -> WriterId {
        WriterId::derive(&["earmark demo", self.reviewer.label.raw()])
    }

    /// The id of the `nth` act, the same whenever the demo is made.
    fn event(&self, nth: usize, at: Timestamp) -> EventId {
        let Digest(hash) = Digest::of_all(&[b"earmark demo", self.reviewer.label.raw().as_bytes(), &nth.to_be_bytes()]);
        let mut random = [0; 10];
        random.copy_from_slice(&hash[..10]);
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        EventId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// All acts in the order of their times: heard, rated, with evidence and notes, question after question sealed.
    fn acts(&self, batch: &Batch, lengths: &Lengths) -> Acts {
        let find = |of: &Of| of.find(batch);
        let mut acts = Acts::new();
        let mut done: BTreeMap<(&str, &QuestionId), Timestamp> = BTreeMap::new();
        for rated in &self.ratings {
            let Some((submission, answer)) = find(&rated.of) else { continue };
            let subject = Some(submission.candidate.id);
            let first = done.insert((&rated.of.candidate, &rated.of.question), rated.at).is_none();
            acts.extend(first.then(|| (rated.at, subject, heard(answer, lengths))));
            acts.push((rated.at, subject, rated.act(answer)));
        }
        let when = |of: &Of| done.get(&(of.candidate.as_str(), &of.question)).copied();
        for evidence in &self.evidence {
            let found = find(&evidence.of).zip(when(&evidence.of));
            acts.extend(found.map(|((submission, answer), at)| (at, Some(submission.candidate.id), evidence.act(answer))));
        }
        for note in &self.notes {
            let found = find(&note.of).zip(when(&note.of));
            acts.extend(found.map(|((submission, answer), at)| (at, Some(submission.candidate.id), note.act(answer))));
        }
        acts.extend(self.recommended(batch));
        acts.extend(self.sealed(batch));
        acts.sort_by_key(|(at, ..)| *at);
        acts
    }

    fn recommended(&self, batch: &Batch) -> Acts {
        let Some(at) = self.ratings.iter().map(|rated| rated.at).max() else { return Acts::new() };
        let given = self.recommendations.iter().filter_map(|given| {
            let submission = submission(batch, &given.candidate)?;
            let act = Act::Recommended { submission: submission.id, recommendation: given.recommendation };
            Some((at, Some(submission.candidate.id), act))
        });
        given.collect()
    }

    fn sealed(&self, batch: &Batch) -> Acts {
        let questions = batch.interview.questions.iter().filter_map(|question| {
            let of = self.ratings.iter().filter(|rated| rated.of.question == question.id);
            let at = of.map(|rated| rated.at).max()?;
            let act = Act::Sealed {
                scope: Scope::Question(question.id.clone()),
                unheard: Vec::new(),
                knows: BTreeSet::new(),
                locks: None,
            };
            Some((at + SignedDuration::from_secs(1), None, act))
        });
        questions.collect()
    }
}

impl Of {
    fn find<'b>(&self, batch: &'b Batch) -> Option<(&'b Submission, &'b Answer)> {
        let submission = submission(batch, &self.candidate)?;
        Some((submission, submission.answer_to(&self.question)?))
    }
}

fn submission<'b>(batch: &'b Batch, candidate: &str) -> Option<&'b Submission> {
    batch.submissions.iter().find(|submission| submission.candidate.source_id.raw() == candidate)
}

fn heard(answer: &Answer, lengths: &Lengths) -> Act {
    let whole = lengths.get(&answer.id).map(|&length| Span { start: Moment::START, end: Moment(length) });
    Act::Heard { answer: answer.id, revision: answer.revision, spans: whole.into_iter().collect(), speed: 150 }
}

impl Rated {
    fn act(&self, answer: &Answer) -> Act {
        let observed = match &self.value {
            Value::Point(point) => Observed::Point(*point),
            Value::Code(code) => {
                debug_assert_eq!(code, "NO", "the demo knows no other code");
                Observed::NotObserved
            }
        };
        let (revision, criterion) = (answer.revision, self.criterion.clone());
        Act::Rated { answer: answer.id, revision, criterion, observed, reason: None }
    }
}

impl Evidenced {
    fn act(&self, answer: &Answer) -> Act {
        let span = Span { start: Moment(self.start_ms), end: Moment(self.end_ms) };
        let (criteria, quote) = (self.criteria.clone(), SafeText::block(&self.quote));
        Act::Evidenced { answer: answer.id, revision: answer.revision, criteria, span, quote }
    }
}

impl Noted {
    fn act(&self, answer: &Answer) -> Act {
        Act::Noted { answer: answer.id, at: self.at_ms.map(Moment), text: SafeText::block(&self.text), replaces: None }
    }
}
