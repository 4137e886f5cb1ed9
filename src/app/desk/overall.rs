//! Several candidates over all questions: what everyone gave, where reviewers differ, what it rests on, and what was agreed.

use std::cmp::Reverse;

use super::{Desk, MachinePoint};
use crate::interview::{AnswerId, CandidateId, CriterionId, QuestionId, ReviewerId, Slug, Span, SubmissionId};
use crate::journal::Act;
use crate::rubric::{Observed, Point};
use crate::scorecard::{Commented, Evidence, Note, Work};
use crate::text::SafeText;

/// From so many points on, two reviewers' values of one answer are a disagreement to talk about.
pub const DISAGREEMENT: f64 = 2.0;

/// Candidates as columns; questions, criteria and what concludes a scorecard as rows.
#[derive(Clone, PartialEq, Debug)]
pub struct Overall {
    /// Who stands side by side.
    pub columns: Vec<SubmissionId>,
    /// What is laid side by side.
    pub rows: Vec<Row>,
}

/// One row.
#[derive(Clone, PartialEq, Debug)]
pub struct Row {
    /// What it is about.
    pub line: Line,
    /// A cell for each column.
    pub cells: Vec<Cell>,
    /// The most that two reviewers are apart about one of these candidates, in points.
    pub spread: f64,
}

/// What a row is about.
#[derive(Clone, PartialEq, Debug)]
pub enum Line {
    /// A criterion of a question; the question's number from 1.
    Criterion {
        /// Which place the question has.
        number: usize,
        /// As the batch names it.
        question: QuestionId,
        /// As the rubric names it.
        criterion: CriterionId,
        /// What people call it.
        name: SafeText,
    },
    /// The overall recommendation.
    Recommendation,
    /// A must-have of the rubric.
    MustHave {
        /// As the rubric names it.
        id: Slug,
        /// What must be so.
        text: SafeText,
    },
}

/// What was given to one candidate.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Cell {
    /// The answer that was rated; none for what concludes a scorecard, or where none was given.
    pub answer: Option<AnswerId>,
    /// Who gave what, one's own first; the value as people read it.
    pub given: Vec<(ReviewerId, SafeText)>,
    /// How far two of them are apart, in points.
    pub spread: f64,
    /// What reviewers agreed on afterwards, beside what they gave.
    pub agreed: Option<Agreed>,
    /// What a second reader proposed: a machine's, and in no spread.
    pub machine: Option<MachinePoint>,
}

/// A third value, beside those that were given.
#[derive(Clone, PartialEq, Debug)]
pub struct Agreed {
    /// The value.
    pub observed: Observed,
    /// Why.
    pub reason: SafeText,
    /// Who wrote it down.
    pub by: ReviewerId,
    /// With whom it was agreed.
    pub with: Vec<ReviewerId>,
    /// When.
    pub at: jiff::Timestamp,
    /// Who wrote down something else before, and what.
    pub otherwise: Vec<(ReviewerId, Observed)>,
}

/// Two or more values of one criterion that are far apart.
#[derive(Clone, PartialEq, Debug)]
pub struct Disagreement {
    /// Whose answer.
    pub submission: SubmissionId,
    /// Which answer.
    pub answer: AnswerId,
    /// Which row of the rubric.
    pub line: Line,
    /// The values and what was agreed.
    pub cell: Cell,
}

/// In which order rows stand.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum OrderOf {
    /// The largest disagreements first.
    #[default]
    Disagreement,
    /// As the rubric has them.
    Rubric,
}

impl Desk {
    /// Lays candidates side by side over all questions, as far as it may be seen.
    pub fn overall(&self, columns: &[SubmissionId], order: OrderOf) -> Overall {
        let mut rows = Vec::new();
        for (nth, question) in self.batch.interview.questions.iter().enumerate() {
            for criterion in self.criteria_of(&question.id) {
                let cells = columns.iter().map(|id| self.cell_of(*id, &question.id, &criterion.id)).collect();
                let (id, name) = (criterion.id.clone(), criterion.name.clone());
                rows.push(row(Line::Criterion { number: nth + 1, question: question.id.clone(), criterion: id, name }, cells));
            }
        }
        if order == OrderOf::Disagreement {
            // Rows that are alike stay as the rubric has them.
            rows.sort_by_key(|row| Reverse((row.spread * 2.0) as i64));
        }
        let recommended = columns.iter().map(|id| {
            self.concluded(|work| {
                let recommended = work.recommendations.get(id)?;
                Some(super::super::recommendation_in_words(recommended.recommendation).into())
            })
        });
        rows.push(row(Line::Recommendation, recommended.collect()));
        for must_have in self.rubric.iter().flat_map(|rubric| &rubric.must_haves) {
            let cells = columns.iter().map(|id| {
                self.concluded(|work| {
                    let mark = work.must_haves.get(&(*id, must_have.id.clone()))?;
                    Some(match mark.met {
                        crate::journal::MustHaveAnswer::Yes => "yes".into(),
                        crate::journal::MustHaveAnswer::No => "no".into(),
                        crate::journal::MustHaveAnswer::Unclear => "unclear".into(),
                    })
                })
            });
            rows.push(row(Line::MustHave { id: must_have.id.clone(), text: must_have.text.clone() }, cells.collect()));
        }
        Overall { columns: columns.to_vec(), rows }
    }

    /// Everyone's work that may be seen, one's own first.
    pub fn works_seen(&self) -> impl Iterator<Item = (ReviewerId, &Work)> {
        std::iter::once((self.me, self.mine())).chain(self.sight.theirs())
    }

    fn cell_of(&self, submission: SubmissionId, question: &QuestionId, criterion: &CriterionId) -> Cell {
        let answer = self.batch.submission(submission).and_then(|one| one.answer_to(question)).map(|answer| answer.id);
        answer.map_or_else(Cell::default, |answer| self.given(answer, criterion))
    }

    /// What was given for a criterion of an answer, as far as it may be seen.
    pub fn given(&self, answer: AnswerId, criterion: &CriterionId) -> Cell {
        let observed = |(who, work): (ReviewerId, &Work)| Some((who, work.rating(answer, criterion)?.observed));
        let given: Vec<(ReviewerId, Observed)> = self.works_seen().filter_map(observed).collect();
        let points = || given.iter().filter_map(|(_, observed)| point(*observed));
        let apart = points().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| (low.min(point), high.max(point)));
        let spread = if apart.1 > apart.0 { apart.1 - apart.0 } else { 0.0 };
        let given = given.into_iter().map(|(who, observed)| (who, value_in_words(observed))).collect();
        let machine = self.proposed(answer, criterion);
        Cell { answer: Some(answer), given, spread, agreed: self.agreed(answer, criterion), machine }
    }

    fn concluded(&self, of: impl Fn(&Work) -> Option<SafeText>) -> Cell {
        let given = self.works_seen().filter_map(|(who, work)| Some((who, of(work)?))).collect();
        Cell { given, ..Cell::default() }
    }

    /// What was agreed last on one value.
    pub fn agreed(&self, answer: AnswerId, criterion: &CriterionId) -> Option<Agreed> {
        self.sight.agreed(answer, criterion).map(|(by, agreed)| Agreed {
            observed: agreed.observed,
            reason: agreed.reason.clone(),
            by,
            with: agreed.with.clone(),
            at: agreed.at,
            otherwise: self.sight.agreed_otherwise(answer, criterion).into_iter().map(|(who, one)| (who, one.observed)).collect(),
        })
    }

    /// Where two wrote down different values as agreed: who which, and that the latest stands; none where nobody did.
    pub fn agreed_differently(&self, agreed: &Agreed) -> Option<SafeText> {
        let all = agreed.otherwise.iter().copied().chain([(agreed.by, agreed.observed)]);
        let each: Vec<String> = all.map(|(who, observed)| format!("{} {}", self.person(who), value_in_words(observed))).collect();
        let words = format!("agreed differently: {}; the last stands", each.join(", "));
        (!agreed.otherwise.is_empty()).then(|| SafeText::line(&words))
    }

    /// Values that are two points and more apart, the farthest first; those that were agreed on last.
    pub fn disagreements(&self) -> Vec<Disagreement> {
        let whole = self.overall(&self.rows, OrderOf::Rubric);
        let mut found = Vec::new();
        for row in whole.rows {
            for (submission, cell) in whole.columns.iter().zip(row.cells) {
                if let Some(answer) = cell.answer.filter(|_| cell.spread >= DISAGREEMENT) {
                    found.push(Disagreement { submission: *submission, answer, line: row.line.clone(), cell });
                }
            }
        }
        found.sort_by_key(|one| (one.cell.agreed.is_some(), Reverse((one.cell.spread * 2.0) as i64)));
        found
    }

    /// Writes down what reviewers agreed on: both values stay as they were given.
    ///
    /// # Errors
    /// Why it cannot be, in words.
    pub fn reconcile_act(
        &self,
        answer: AnswerId,
        criterion: &CriterionId,
        observed: Observed,
        reason: SafeText,
    ) -> Result<(Option<CandidateId>, Act), String> {
        let own = self.my_rating(answer, criterion).is_some() && self.is_sealed(answer);
        if !own {
            return Err("Who agrees is one of those who rated it and have sealed that.".to_owned());
        }
        let with: Vec<ReviewerId> =
            self.sight.theirs().filter(|(_, work)| work.rating(answer, criterion).is_some()).map(|(who, _)| who).collect();
        if with.is_empty() {
            return Err("Nobody else's value of it may be seen, so there is nothing to agree on.".to_owned());
        }
        if let (Observed::Point(point), Some(rubric)) = (observed, &self.rubric)
            && !rubric.scale.allows(point)
        {
            return Err(format!("The scale has no {point}."));
        }
        let candidate = self.batch.answer(answer).map(|(submission, _)| submission.candidate.id);
        Ok((candidate, Act::Reconciled { answer, criterion: criterion.clone(), observed, with, reason }))
    }

    /// Evidence that anyone marked for a criterion of an answer, as far as it may be seen, as it lies in time; of the same stretch one's
    /// own first.
    pub fn evidence_seen<'d>(&'d self, answer: AnswerId, criterion: &'d CriterionId) -> Vec<(ReviewerId, &'d Evidence)> {
        let of =
            self.works_seen().flat_map(|(who, work)| work.evidence_for(answer, criterion).map(move |evidence| (who, evidence)));
        let mut all: Vec<_> = of.collect();
        all.sort_by_key(|(_, evidence)| (evidence.span.start, evidence.span.end));
        all
    }

    /// The stretches of these, each once.
    pub fn spans_seen(&self, answer: AnswerId, criterion: &CriterionId) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for (_, evidence) in self.evidence_seen(answer, criterion) {
            if !spans.contains(&evidence.span) {
                spans.push(evidence.span);
            }
        }
        spans
    }

    /// The evidence with what several marked alike once: the first of it, and who all marked it.
    pub fn evidence_once<'d>(&'d self, answer: AnswerId, criterion: &'d CriterionId) -> Vec<(Vec<ReviewerId>, &'d Evidence)> {
        let mut once: Vec<(Vec<ReviewerId>, &Evidence)> = Vec::new();
        for (who, evidence) in self.evidence_seen(answer, criterion) {
            let is_same = |known: &&mut (Vec<ReviewerId>, &Evidence)| {
                known.1.quote == evidence.quote && known.1.span.start == evidence.span.start
            };
            match once.iter_mut().find(is_same) {
                Some((all, _)) if all.contains(&who) => {}
                Some((all, _)) => all.push(who),
                None => once.push((vec![who], evidence)),
            }
        }
        once
    }

    /// Evidence that anyone marked on an answer, as far as it may be seen, as it lies in time.
    pub fn moments(&self, answer: AnswerId) -> Vec<(ReviewerId, &Evidence)> {
        let of = self.works_seen().flat_map(|(who, work)| work.evidence_of(answer).map(move |evidence| (who, evidence)));
        let mut all: Vec<_> = of.collect();
        all.sort_by_key(|(_, evidence)| (evidence.span.start, evidence.span.end));
        all
    }

    /// How a reviewer is called on screen.
    pub fn person(&self, who: ReviewerId) -> SafeText {
        match who == self.me {
            true => "you".into(),
            // Who only decided, elsewhere, has no scorecard here.
            false => self.sight.pseudonyms().remove(&who).unwrap_or_else(|| self.sight.pseudonym(who)),
        }
    }

    /// Where a cell's evidence is heard: the first that is listed; without any, what a second reader quotes; none without that.
    pub fn evidence_span(&self, answer: AnswerId, criterion: &CriterionId) -> Option<Span> {
        let marked = self.evidence_seen(answer, criterion).first().map(|(_, evidence)| evidence.span);
        marked.or_else(|| self.proposed(answer, criterion)?.span)
    }

    /// Notes on a candidate's answers, and what to ask live, as far as they may be seen; the question's number from 1 with each.
    pub fn remarks(&self, submission: SubmissionId) -> (Vec<Remark<'_>>, Vec<Remark<'_>>) {
        let answers: Vec<(usize, AnswerId)> = self.batch.submission(submission).map_or_else(Vec::new, |one| {
            let numbered = self.batch.interview.questions.iter().enumerate();
            numbered.filter_map(|(nth, question)| Some((nth + 1, one.answer_to(&question.id)?.id))).collect()
        });
        let (mut notes, mut probes) = (Vec::new(), Vec::new());
        for (who, work) in self.works_seen() {
            for (number, answer) in &answers {
                notes.extend(work.notes_on(*answer).map(|note| (*number, who, note)));
                probes.extend(work.probes_on(*answer).map(|note| (*number, who, note)));
            }
        }
        (notes, probes)
    }

    /// Remarks on a candidate outside scorecards, as far as they may be seen, the earliest first.
    pub fn comments_on(&self, submission: SubmissionId) -> impl Iterator<Item = &Commented> {
        self.sight.comments.iter().filter(move |comment| comment.submission == submission)
    }
}

/// A note: the question's number, who wrote it, and what.
pub type Remark<'d> = (usize, ReviewerId, &'d Note);

fn row(line: Line, cells: Vec<Cell>) -> Row {
    let spread = cells.iter().map(|cell| cell.spread).fold(0.0, f64::max);
    Row { line, cells, spread }
}

fn point(observed: Observed) -> Option<f64> {
    match observed {
        Observed::Point(point) => Some(Point::value(point)),
        Observed::NotObserved | Observed::TechnicalFault => None,
    }
}

/// A value as it stands in a cell.
pub fn value_in_words(observed: Observed) -> SafeText {
    match observed {
        Observed::Point(point) => SafeText::line(&point.to_string()),
        Observed::NotObserved => "NO".into(),
        Observed::TechnicalFault => "TF".into(),
    }
}

/// A recommendation, or what was said of a must-have, as a sign for where words do not fit; anything else as it is.
pub fn as_sign(words: &str) -> &str {
    match words {
        "Strong no" => "--",
        "No" | "no" => "-",
        "Undecided" | "unclear" => "?",
        "Yes" | "yes" => "+",
        "Strong yes" => "++",
        other => other,
    }
}

impl Line {
    /// What it is called, with the question's number before it.
    pub fn in_words(&self) -> SafeText {
        match self {
            Line::Criterion { number, name, .. } => SafeText::line(&format!("{number} {name}")),
            Line::Recommendation => "Recommendation".into(),
            Line::MustHave { text, .. } => SafeText::line(&format!("Must have: {text}")),
        }
    }
}
