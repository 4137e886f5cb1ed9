//! What one reviewer has done on a batch.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::heard::{Heard, HeardShare, Material};
use super::marks::*;
use super::places::Place;
use crate::interview::{AnswerId, CriterionId, Digest, EventId, Moment, Revision, Slug, SubmissionId};
use crate::journal::{Scope, Subject};
use crate::rubric::Criterion;
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
    pub sealed: BTreeMap<Scope, Seals>,
    /// What was opened again, and why.
    pub reopened: Vec<Reopening>,
    /// The rubric that was read last.
    pub acknowledged: Option<Digest>,
    /// What stands in open text fields, by [`field`], and the moment of the answer that it is about.
    pub drafts: BTreeMap<SafeText, (SafeText, Option<Moment>)>,
    /// Submissions that the reviewer stepped aside from.
    pub recused: BTreeMap<SubmissionId, Recusal>,
    /// What was shown that had been hidden: names, others' scores.
    pub revealed: Vec<Revealing>,
    /// What a machine said that was seen, by what it is about; each statement once, in order.
    pub shown: BTreeMap<Subject, Vec<MachineSeen>>,
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
    /// Every statement of a machine that was seen, with what it is about.
    pub fn machines_seen(&self) -> impl Iterator<Item = (&Subject, &MachineSeen)> {
        self.shown.iter().flat_map(|(what, all)| all.iter().map(move |seen| (what, seen)))
    }

    /// The value given for a criterion of an answer.
    pub fn rating(&self, answer: AnswerId, criterion: &CriterionId) -> Option<&Rating> {
        self.ratings.get(&(answer, criterion.clone()))
    }

    /// The criteria still without a rating of the recording that there is, in the rubric's order.
    pub fn missing<'r>(&self, criteria: &'r [Criterion], place: &Place) -> Vec<&'r Criterion> {
        let is_rated = |id| self.rating(place.answer, id).is_some_and(|rating| !rating.is_stale(place.revision));
        criteria.iter().filter(|criterion| !is_rated(&criterion.id)).collect()
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

    /// How two answers compare on a criterion, whichever was called A when it was said.
    pub fn comparison(&self, criterion: &CriterionId, a: AnswerId, b: AnswerId) -> Option<&Comparison> {
        self.comparisons.iter().find(|c| c.criterion == *criterion && [(a, b), (b, a)].contains(&(c.a, c.b)))
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
        if self.sealed.is_empty() {
            return None;
        }
        self.seals_over(place).find_map(|seals| seals.of(place))
    }

    /// The seals whose scope an answer is in, also where it came in later.
    fn seals_over(&self, place: &Place) -> impl Iterator<Item = &Seals> {
        let scopes = [Scope::Question(place.question.clone()), Scope::Submission(place.submission)];
        scopes.into_iter().filter_map(|scope| self.sealed.get(&scope))
    }

    /// Whether the scope of an answer is sealed, also where the answer came in later.
    pub fn scope_is_sealed(&self, place: &Place) -> bool {
        !self.sealed.is_empty() && self.seals_over(place).next().is_some()
    }

    /// Whether an answer, or its recording, came in after its scope was sealed: it is outside of that seal.
    pub fn came_after_seal(&self, place: &Place) -> bool {
        self.scope_is_sealed(place) && !self.is_sealed(place)
    }

    /// Whether the ratings of this recording of an answer were locked, whatever recording there is now.
    pub(super) fn has_locked(&self, place: &Place, revision: Option<Revision>) -> bool {
        !self.sealed.is_empty() && self.seals_over(place).any(|seals| seals.locked(place.answer, revision))
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
    use super::{AnswerId, CriterionId, SafeText, Scope, SubmissionId};

    /// A note being written on an answer.
    pub fn note(answer: AnswerId) -> SafeText {
        SafeText::line(&format!("note {answer}"))
    }

    /// A question to ask live, being written on an answer.
    pub fn probe(answer: AnswerId) -> SafeText {
        SafeText::line(&format!("probe {answer}"))
    }

    /// Why a rating is changed, being written.
    pub fn change(answer: AnswerId, criterion: &CriterionId) -> SafeText {
        SafeText::line(&format!("change {answer} {criterion}"))
    }

    /// Why something is opened again, being written.
    pub fn reopening(scope: &Scope) -> SafeText {
        SafeText::line(&match scope {
            Scope::Question(question) => format!("reopen question {question}"),
            Scope::Submission(submission) => format!("reopen submission {submission}"),
        })
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

/// How the fold changes it.
impl Work {
    pub(super) fn rate(&mut self, key: (AnswerId, CriterionId), mut rating: Rating) {
        let mut earlier = self.cleared.remove(&key).unwrap_or_default();
        if let Some(mut old) = self.ratings.remove(&key) {
            earlier = std::mem::take(&mut old.earlier);
            earlier.push(old.into_earlier());
        }
        rating.revised_from = earlier.last().map(|earlier| earlier.observed).filter(|observed| *observed != rating.observed);
        rating.earlier = earlier;
        self.ratings.insert(key, rating);
    }

    pub(super) fn clear(&mut self, key: (AnswerId, CriterionId)) {
        if let Some(mut old) = self.ratings.remove(&key) {
            let mut earlier = std::mem::take(&mut old.earlier);
            earlier.push(old.into_earlier());
            self.cleared.insert(key, earlier);
        }
    }

    pub(super) fn seal(&mut self, scope: Scope, mark: SealMark) {
        self.once_sealed.insert(scope.clone());
        match self.sealed.entry(scope) {
            Entry::Vacant(none) => _ = none.insert(Seals { first: mark, later: Vec::new() }),
            Entry::Occupied(mut there) => there.get_mut().add(mark),
        }
    }

    /// A note with nothing in it takes the one that it replaces away.
    pub(super) fn write(&mut self, mut note: Note, replaces: Option<EventId>) {
        let place = replaces.and_then(|old| self.notes.iter().position(|note| note.event == old));
        match place {
            Some(place) if note.text.is_empty() => {
                self.notes.remove(place);
            }
            Some(place) => {
                let old = &mut self.notes[place];
                note.earlier = std::mem::take(&mut old.earlier);
                note.earlier.push((old.written, old.text.clone()));
                *old = note;
            }
            None if note.text.is_empty() => {}
            None => self.notes.push(note),
        }
    }

    /// Comparing the same two again replaces the first outcome, whichever was called A.
    pub(super) fn compare(&mut self, new: Comparison) {
        let pair = |c: &Comparison| (c.a.min(c.b), c.a.max(c.b));
        self.comparisons.retain(|old| old.criterion != new.criterion || pair(old) != pair(&new));
        self.comparisons.push(new);
    }
}
