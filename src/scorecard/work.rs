//! What one reviewer has done on a batch.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::heard::{Heard, HeardShare, Material};
use super::places::Place;
use crate::interview::{
    AnswerId, CriterionId, Digest, EventId, Moment, QuestionId, ReviewerId, Revision, Slug, Span, SubmissionId,
};
use crate::journal::{MustHaveAnswer, Outcome, Recommendation, Scope, Subject};
use crate::rubric::{Criterion, Observed, Reveal};
use crate::text::SafeText;

/// One reviewer's work on a batch: the ratings, evidence and notes of all their scorecards, and what they heard.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Work {
    /// The values that stand.
    pub ratings: BTreeMap<(AnswerId, CriterionId), Rating>,
    /// Values that were taken back and not given anew, the earliest first.
    pub cleared: BTreeMap<(AnswerId, CriterionId), Vec<Earlier>>,
    /// In the order they were marked.
    pub evidence: Vec<Evidence>,
    /// In the order they were written.
    pub notes: Vec<Note>,
    /// What to ask live, in the order it was written.
    pub probes: Vec<Note>,
    /// Facts ascertained.
    pub must_haves: BTreeMap<(SubmissionId, Slug), MustHaveMark>,
    /// Overall recommendations.
    pub recommendations: BTreeMap<SubmissionId, Recommended>,
    /// Pairwise comparisons, in the order they were made.
    pub comparisons: Vec<Comparison>,
    /// What was heard.
    pub heard: BTreeMap<AnswerId, Heard>,
    /// What was read instead.
    pub read: BTreeMap<AnswerId, Heard>,
    /// What is locked now.
    pub sealed: BTreeMap<Scope, SealMark>,
    /// What was opened again, and why.
    pub reopened: Vec<Reopening>,
    /// The rubric that was read last.
    pub acknowledged: Option<Digest>,
    /// What stands in open text fields, by [`field`].
    pub drafts: BTreeMap<SafeText, SafeText>,
    /// Submissions that the reviewer stepped aside from.
    pub recused: BTreeMap<SubmissionId, Recusal>,
    /// What was shown that had been hidden: names, others' scores.
    pub revealed: Vec<Revealing>,
    /// The seed of the order of hearing, and the version of the algorithm.
    pub seed: Option<(Digest, u16)>,
    /// Third values that reviewers agreed on; the first ones stay.
    pub reconciled: BTreeMap<(AnswerId, CriterionId), Reconciliation>,
    /// Anchor clips rated, in order.
    pub calibrations: Vec<Calibrated>,
    /// Acts that came when their scope was already sealed, and do not count.
    pub refused: Vec<Refused>,
    /// When all of one's own batch was sealed for the first time.
    pub batch_sealed: Option<Timestamp>,
    pub(crate) once_sealed: BTreeSet<Scope>,
}

impl Work {
    /// The value given for a criterion of an answer.
    pub fn rating(&self, answer: AnswerId, criterion: &CriterionId) -> Option<&Rating> {
        self.ratings.get(&(answer, criterion.clone()))
    }

    /// The criteria still without a rating, in the rubric's order.
    pub fn missing<'r>(&self, criteria: &'r [Criterion], answer: AnswerId) -> Vec<&'r Criterion> {
        criteria.iter().filter(|criterion| self.rating(answer, &criterion.id).is_none()).collect()
    }

    /// The ratings that were given for an older recording than the one there is now.
    pub fn stale<'a>(&'a self, place: &'a Place) -> impl Iterator<Item = (&'a CriterionId, &'a Rating)> {
        self.ratings_of(place.answer).filter(|(_, rating)| rating.is_stale(place.revision))
    }

    /// All values given for an answer.
    pub fn ratings_of(&self, answer: AnswerId) -> impl Iterator<Item = (&CriterionId, &Rating)> {
        // Slugs are not empty, and '#' sorts first among what they may hold: all criteria lie behind this key.
        let first = (answer, "#".parse::<Slug>().expect("'#' is a slug"));
        self.ratings
            .range(first..)
            .take_while(move |((of, _), _)| *of == answer)
            .map(|((_, criterion), rating)| (criterion, rating))
    }

    /// The evidence marked in an answer.
    pub fn evidence_of(&self, answer: AnswerId) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(move |evidence| evidence.answer == answer)
    }

    /// The evidence that a rating rests on.
    pub fn evidence_for<'a>(&'a self, answer: AnswerId, criterion: &'a CriterionId) -> impl Iterator<Item = &'a Evidence> {
        self.evidence_of(answer).filter(move |evidence| evidence.criteria.contains(criterion))
    }

    /// The notes on an answer.
    pub fn notes_on(&self, answer: AnswerId) -> impl Iterator<Item = &Note> {
        self.notes.iter().filter(move |note| note.answer == answer)
    }

    /// What to ask live about an answer.
    pub fn probes_on(&self, answer: AnswerId) -> impl Iterator<Item = &Note> {
        self.probes.iter().filter(move |probe| probe.answer == answer)
    }

    /// How much of an answer's speech was heard; of a written answer, how much was read.
    pub fn heard_share(&self, answer: AnswerId, revision: Option<Revision>, material: &Material) -> HeardShare {
        let ledger = if matches!(material, Material::Text { .. }) { &self.read } else { &self.heard };
        HeardShare::between(ledger.get(&answer).and_then(|heard| heard.of(revision)), material)
    }

    /// How much of an answer's speech was read in the transcript; never counted as heard.
    pub fn read_share(&self, answer: AnswerId, revision: Option<Revision>, material: &Material) -> HeardShare {
        HeardShare::between(self.read.get(&answer).and_then(|read| read.of(revision)), material)
    }

    /// Whether this reviewer's ratings of an answer are locked, and by which seal.
    pub fn seal_of(&self, place: &Place) -> Option<&SealMark> {
        let question = self.sealed.get(&Scope::Question(place.question.clone()));
        question.or_else(|| self.sealed.get(&Scope::Submission(place.submission)))
    }

    /// Whether this reviewer's ratings of an answer are locked.
    pub fn is_sealed(&self, place: &Place) -> bool {
        self.seal_of(place).is_some()
    }

    /// Whether anything was judged, as opposed to heard.
    pub fn has_judged(&self) -> bool {
        !(self.ratings.is_empty()
            && self.cleared.is_empty()
            && self.evidence.is_empty()
            && self.notes.is_empty()
            && self.probes.is_empty()
            && self.must_haves.is_empty()
            && self.recommendations.is_empty()
            && self.comparisons.is_empty()
            && self.sealed.is_empty()
            && self.reopened.is_empty()
            && self.refused.is_empty())
    }

    /// Whether the person's name was shown to this reviewer.
    pub fn knows_name(&self, submission: SubmissionId) -> bool {
        self.revealed.iter().any(|revealing| revealing.what == Subject::Name(submission))
    }
}

/// The names of text fields whose drafts are kept.
pub mod field {
    use super::{AnswerId, SafeText, SubmissionId};

    /// A note being written on an answer.
    pub fn note(answer: AnswerId) -> SafeText {
        SafeText::line(&format!("note {answer}"))
    }

    /// A question to ask live, being written on an answer.
    pub fn probe(answer: AnswerId) -> SafeText {
        SafeText::line(&format!("probe {answer}"))
    }

    /// A comment being written on a submission.
    pub fn comment(submission: SubmissionId) -> SafeText {
        SafeText::line(&format!("comment {submission}"))
    }

    /// The reason for a decision being written.
    pub fn decision(submission: SubmissionId) -> SafeText {
        SafeText::line(&format!("decision {submission}"))
    }
}

/// What an act came after, where that matters for how freely it was made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum After {
    /// Its own scope had been sealed before, and was opened again.
    Seal,
    /// All of one's own batch had been sealed before.
    OwnBatch,
    /// Others' scorecards of it had been shown.
    Reveal,
}

/// One value, and how it came about.
#[derive(Clone, PartialEq, Debug)]
pub struct Rating {
    /// The value.
    pub observed: Observed,
    /// When it was given.
    pub at: Timestamp,
    /// The event that gave it.
    pub event: EventId,
    /// The recording that it was given for.
    pub revision: Option<Revision>,
    /// Why it was changed, where the protocol asks.
    pub reason: Option<SafeText>,
    /// The different value that stood before.
    pub revised_from: Option<Observed>,
    /// Whether it was given after a seal or a reveal.
    pub after: Option<After>,
    /// All that stood before, the earliest first.
    pub earlier: Vec<Earlier>,
}

impl Rating {
    /// Whether it was given for another recording than this one.
    pub fn is_stale(&self, current: Option<Revision>) -> bool {
        self.revision != current
    }

    /// Whether it was given after others' scores could be seen.
    pub fn is_after_reveal(&self, reveal: Reveal) -> bool {
        match self.after {
            None => false,
            Some(After::Seal) => reveal != Reveal::OwnBatchSealed,
            Some(After::OwnBatch | After::Reveal) => true,
        }
    }
}

/// A value that stood before.
#[derive(Clone, PartialEq, Debug)]
pub struct Earlier {
    /// The value.
    pub observed: Observed,
    /// When it was given.
    pub at: Timestamp,
    /// The event that gave it.
    pub event: EventId,
    /// The recording that it was given for.
    pub revision: Option<Revision>,
}

/// A stretch that ratings rest on.
#[derive(Clone, PartialEq, Debug)]
pub struct Evidence {
    /// The event that marked it; undoing that event takes it away.
    pub event: EventId,
    /// In which answer.
    pub answer: AnswerId,
    /// Of which recording.
    pub revision: Option<Revision>,
    /// For which criteria.
    pub criteria: Vec<CriterionId>,
    /// Where; characters in a written answer.
    pub span: Span,
    /// What was said there.
    pub quote: SafeText,
    /// When it was marked.
    pub at: Timestamp,
}

/// A note on an answer, or a question to ask live.
#[derive(Clone, PartialEq, Debug)]
pub struct Note {
    /// The event that wrote it, or edited it last.
    pub event: EventId,
    /// On which answer.
    pub answer: AnswerId,
    /// At which moment of it.
    pub at: Option<Moment>,
    /// What it says.
    pub text: SafeText,
    /// When it was written or edited last.
    pub written: Timestamp,
    /// Whether it was written after a seal or a reveal.
    pub after: Option<After>,
    /// What it said before, the earliest first.
    pub earlier: Vec<(Timestamp, SafeText)>,
}

/// A fact ascertained.
#[derive(Clone, PartialEq, Debug)]
pub struct MustHaveMark {
    /// Whether it is so.
    pub met: MustHaveAnswer,
    /// Where it was said.
    pub span: Option<Span>,
    /// When it was marked.
    pub at: Timestamp,
    /// The event that marked it.
    pub event: EventId,
    /// Whether it was marked after a seal or a reveal.
    pub after: Option<After>,
}

/// An overall recommendation.
#[derive(Clone, PartialEq, Debug)]
pub struct Recommended {
    /// Which.
    pub recommendation: Recommendation,
    /// When.
    pub at: Timestamp,
    /// The event that made it.
    pub event: EventId,
    /// Whether it was made after a seal or a reveal.
    pub after: Option<After>,
}

/// Two answers compared.
#[derive(Clone, PartialEq, Debug)]
pub struct Comparison {
    /// To which question.
    pub question: QuestionId,
    /// On which criterion.
    pub criterion: CriterionId,
    /// The answer called A.
    pub a: AnswerId,
    /// The answer called B.
    pub b: AnswerId,
    /// Which is better.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// The event that made it.
    pub event: EventId,
}

/// A seal that holds.
#[derive(Clone, PartialEq, Debug)]
pub struct SealMark {
    /// Since when.
    pub at: Timestamp,
    /// The event that set it.
    pub event: EventId,
    /// The answers that were heard less than the policy asks, and acknowledged.
    pub unheard: Vec<AnswerId>,
}

/// A seal that was opened again.
#[derive(Clone, PartialEq, Debug)]
pub struct Reopening {
    /// What was opened.
    pub scope: Scope,
    /// When.
    pub at: Timestamp,
    /// The event that opened it.
    pub event: EventId,
    /// Why.
    pub reason: SafeText,
    /// When it had been sealed.
    pub sealed_at: Timestamp,
}

/// Stepping aside.
#[derive(Clone, PartialEq, Debug)]
pub struct Recusal {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<SafeText>,
}

/// Something hidden that was shown.
#[derive(Clone, PartialEq, Debug)]
pub struct Revealing {
    /// What.
    pub what: Subject,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<SafeText>,
}

/// A third value that reviewers agreed on.
#[derive(Clone, PartialEq, Debug)]
pub struct Reconciliation {
    /// The value.
    pub observed: Observed,
    /// Who agreed.
    pub with: Vec<ReviewerId>,
    /// Why.
    pub reason: SafeText,
    /// When.
    pub at: Timestamp,
}

/// An anchor clip that was rated.
#[derive(Clone, PartialEq, Debug)]
pub struct Calibrated {
    /// Which clip.
    pub clip: Slug,
    /// The values given.
    pub ratings: Vec<(CriterionId, Observed)>,
    /// When.
    pub at: Timestamp,
}

/// An act that does not count, because what it would change is sealed.
#[derive(Clone, PartialEq, Debug)]
pub struct Refused {
    /// The event.
    pub event: EventId,
    /// The kind of act.
    pub kind: String,
    /// The answer it would have changed, where it names one.
    pub answer: Option<AnswerId>,
    /// When.
    pub at: Timestamp,
}
