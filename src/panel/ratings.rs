//! The ratings table: one value for each candidate, question, criterion and reviewer.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::OrderOfRating;
use crate::interview::{AnswerState, Batch, CriterionId, QuestionId, ReviewerId, Status, Submission};
use crate::protocol::Visible;
use crate::rubric::{Observed, Point, PointError, Rubric};
use crate::scorecard::Work;
use crate::text::SafeText;

/// Which cell of the table.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// The source's id of the candidate; never a name or a pseudonym.
    pub candidate: SafeText,
    /// The rubric's question.
    pub question: QuestionId,
    /// The criterion.
    pub criterion: CriterionId,
    /// Who rated.
    pub reviewer: SafeText,
}

/// What stands in a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// A point on the scale.
    Point(Point),
    /// `NO`: the answer gave no chance to see it.
    NotObserved,
    /// `NA`: the candidate gave no answer.
    NotAnswered,
    /// `TF`: the recording cannot be judged.
    TechnicalFault,
    /// `RC`: the reviewer stepped aside.
    Recused,
    /// Empty: not rated yet.
    NotYet,
}

impl From<Observed> for Value {
    fn from(observed: Observed) -> Self {
        match observed {
            Observed::Point(point) => Value::Point(point),
            Observed::NotObserved => Value::NotObserved,
            Observed::TechnicalFault => Value::TechnicalFault,
        }
    }
}

/// As the table writes it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Point(point) => point.fmt(f),
            Value::NotObserved => f.pad("NO"),
            Value::NotAnswered => f.pad("NA"),
            Value::TechnicalFault => f.pad("TF"),
            Value::Recused => f.pad("RC"),
            Value::NotYet => f.pad(""),
        }
    }
}

impl FromStr for Value {
    type Err = PointError;
    fn from_str(text: &str) -> Result<Self, PointError> {
        Ok(match text.trim() {
            "NO" => Value::NotObserved,
            "NA" => Value::NotAnswered,
            "TF" => Value::TechnicalFault,
            "RC" => Value::Recused,
            "" => Value::NotYet,
            number => Value::Point(number.parse()?),
        })
    }
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Point(point) => point.serialize(to),
            Value::NotYet => to.serialize_none(),
            code => to.collect_str(code),
        }
    }
}

/// The ratings table. It holds each cell at most once.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ratings {
    cells: BTreeMap<Key, Value>,
}

impl Ratings {
    /// Puts a value into a cell; returns what stood there.
    pub fn insert(&mut self, key: Key, value: Value) -> Option<Value> {
        self.cells.insert(key, value)
    }

    /// All cells, ordered by candidate, question, criterion, reviewer.
    pub fn iter(&self) -> impl Iterator<Item = (&Key, Value)> {
        self.cells.iter().map(|(key, value)| (key, *value))
    }

    /// The value of a cell.
    pub fn get(&self, key: &Key) -> Option<Value> {
        self.cells.get(key).copied()
    }

    /// How many cells there are.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }
}

impl Extend<(Key, Value)> for Ratings {
    fn extend<I: IntoIterator<Item = (Key, Value)>>(&mut self, cells: I) {
        self.cells.extend(cells);
    }
}

impl FromIterator<(Key, Value)> for Ratings {
    fn from_iter<I: IntoIterator<Item = (Key, Value)>>(cells: I) -> Self {
        Ratings { cells: cells.into_iter().collect() }
    }
}

/// Ratings that count, and what does not.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Taken {
    /// From sealed scorecards alone.
    pub ratings: Ratings,
    /// What was left out.
    pub left_out: LeftOut,
}

/// What is not in a table or an analysis.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct LeftOut {
    /// Scorecards that were begun and are not sealed, as far as the viewer may know of them.
    pub unsealed: usize,
    /// Who has yet to begin scorecards that are due, or of whom they are not known here, as far as the viewer may know of them, by pseudonym.
    pub not_begun: Vec<NotBegun>,
    /// Candidates in the running of whom no scorecard counts, by the source's id.
    pub candidates: Vec<SafeText>,
    /// Whether others' scorecards are hidden until one's own are sealed.
    pub others_hidden: bool,
}

/// A reviewer's scorecards that are due and not begun, or not known here.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NotBegun {
    /// Whose.
    pub reviewer: SafeText,
    /// How many.
    pub scorecards: usize,
    /// How many more of which nothing is known here: their ratings cannot be opened, or did not come.
    pub not_known: usize,
    /// Of how many that are due.
    pub of: usize,
}

impl LeftOut {
    /// How many scorecards are due and not begun.
    pub fn scorecards_not_begun(&self) -> usize {
        self.not_begun.iter().map(|one| one.scorecards).sum()
    }

    /// Of how many scorecards that are due nothing is known here.
    pub fn scorecards_not_known(&self) -> usize {
        self.not_begun.iter().map(|one| one.not_known).sum()
    }
}

/// The ratings of the sealed scorecards that the viewer may see.
pub fn sealed_ratings(visible: &Visible, batch: &Batch, rubric: &Rubric) -> Taken {
    let mut taken = Taken { ratings: Ratings::default(), left_out: left_out(visible, batch) };
    let names = visible.pseudonyms();
    for submission in in_the_running(visible, batch) {
        add_sealed(&mut taken.ratings, visible, rubric, submission, &names);
    }
    taken
}

/// What is in no table of the sealed scorecards that the viewer may see.
pub fn left_out(visible: &Visible, batch: &Batch) -> LeftOut {
    let without = in_the_running(visible, batch).filter(|submission| visible.sealed_by(submission.id).next().is_none());
    let names = visible.pseudonyms();
    let not_begun = |(id, due): (&ReviewerId, &crate::protocol::Due)| NotBegun {
        reviewer: names.get(id).cloned().unwrap_or_else(|| visible.pseudonym(*id)),
        scorecards: due.not_begun,
        not_known: due.not_known,
        of: due.of,
    };
    LeftOut {
        unsealed: visible.unsealed().values().sum(),
        not_begun: visible.not_begun().iter().map(not_begun).collect(),
        candidates: without.map(|submission| submission.candidate.source_id.clone()).collect(),
        others_hidden: visible.others() == crate::protocol::Others::Hidden,
    }
}

/// Adds the ratings of one submission's sealed scorecards, and those of whoever stepped aside; none where nobody sealed it.
pub(crate) fn add_sealed(
    ratings: &mut Ratings,
    visible: &Visible,
    rubric: &Rubric,
    submission: &Submission,
    names: &BTreeMap<ReviewerId, SafeText>,
) {
    let sealed: BTreeSet<ReviewerId> = visible.sealed_by(submission.id).collect();
    if sealed.is_empty() {
        return;
    }
    for (reviewer, work) in &visible.works {
        let recused = work.recused.contains_key(&submission.id);
        if recused || sealed.contains(reviewer) {
            add(ratings, visible, rubric, submission, work, &names[reviewer], recused);
        }
    }
}

/// In which order each reviewer first rated the answers that the viewer may see; clips of a calibration are no answers.
pub fn order_of_rating(visible: &Visible, batch: &Batch) -> OrderOfRating {
    let names = visible.pseudonyms();
    let of = |(reviewer, work): (&ReviewerId, &Work)| {
        let mut first = BTreeMap::new();
        for ((answer, _), rating) in &work.ratings {
            let at = rating.earlier.first().map_or(rating.stands, |earlier| earlier.stands);
            first.entry(*answer).and_modify(|known| *known = at.min(*known)).or_insert(at);
        }
        let mut order: Vec<_> = first.into_iter().map(|(answer, at)| (at, answer)).collect();
        order.sort_unstable();
        let named = |(_, answer)| {
            let (submission, found) = batch.answer(answer)?;
            Some((submission.candidate.source_id.clone(), visible.rubric_question(&found.question)?.clone()))
        };
        Some((names.get(reviewer)?.clone(), order.into_iter().filter_map(named).collect()))
    };
    visible.works.iter().filter_map(of).collect()
}

/// The submissions that are compared: something came in, nobody stepped back, and the person was not erased.
pub(crate) fn in_the_running<'a>(visible: &Visible, batch: &'a Batch) -> impl Iterator<Item = &'a Submission> {
    let running = |s: &&Submission| matches!(s.status, Status::Started | Status::Completed);
    let erased: BTreeSet<_> = visible.erased.keys().copied().collect();
    batch.submissions.iter().filter(running).filter(move |s| !erased.contains(&s.candidate.id))
}

fn add(
    ratings: &mut Ratings,
    visible: &Visible,
    rubric: &Rubric,
    submission: &Submission,
    work: &Work,
    reviewer: &SafeText,
    recused: bool,
) {
    for answer in &submission.answers {
        let Some(question) = visible.rubric_question(&answer.question) else { continue };
        for criterion in visible.criteria(rubric, &answer.question) {
            let value = match (&answer.state, work.rating(answer.id, &criterion.id)) {
                _ if recused => Value::Recused,
                (AnswerState::NotGiven, _) => Value::NotAnswered,
                (_, Some(rating)) => rating.observed.into(),
                (AnswerState::Faulty { .. }, None) => Value::TechnicalFault,
                (_, None) => Value::NotYet,
            };
            let key = Key {
                candidate: submission.candidate.source_id.clone(),
                question: question.clone(),
                criterion: criterion.id.clone(),
                reviewer: reviewer.clone(),
            };
            ratings.insert(key, value);
        }
    }
}
