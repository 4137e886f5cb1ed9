//! What a batch's events add up to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::apart::{self, Apart};
use super::batch_wide::{
    Aside, Assignment, Attachment, Commented, Decided, Erasure, Export, Guest, Handing, Hold, Link, Marked, ONCE, Override,
    Panelist,
};
use super::marks::Reconciliation;
use super::places::{Place, Places};
use super::work::Work;
use crate::interview::{
    AnswerId, Batch, CandidateId, CriterionId, EventId, QuestionId, ReviewerId, Submission, SubmissionId, WriterId,
};
use crate::journal::{Decision, Event, Locks, OrderKey, Scope, Statement, Subject};
use crate::rubric::{Criterion, Rubric};
use crate::text::SafeText;

/// All that was done on one batch, by everyone. `protocol::visible` says what of it may be seen.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Record {
    /// Each reviewer's work.
    pub works: BTreeMap<ReviewerId, Work>,
    /// The rubric that was attached last.
    pub attachment: Option<Attachment>,
    /// The protocol that holds in place of the rubric's.
    pub protocol: Option<Override>,
    /// The batch's list of reviewers; none until someone has made it.
    pub panel: Option<Vec<Panelist>>,
    /// Who is to review what, also those released; without a submission, the whole batch.
    pub assignments: BTreeMap<(ReviewerId, Option<SubmissionId>), Assignment>,
    /// People to whom a shortlist was handed, by the latest that was.
    pub guests: BTreeMap<ReviewerId, Guest>,
    /// People as they are known beside the panel's list: on this machine, or by what was handed over.
    pub known: BTreeMap<ReviewerId, Panelist>,
    /// Every name by which somebody was ever known.
    pub labels: BTreeMap<ReviewerId, BTreeSet<SafeText>>,
    /// What was handed over, by the act that did.
    pub handings: BTreeMap<EventId, Handing>,
    /// Which of that each guest took in.
    pub taken: BTreeMap<ReviewerId, BTreeSet<EventId>>,
    /// What each guest put on or took off: it is that person's own.
    pub asides: BTreeMap<ReviewerId, Aside>,
    /// Decisions by submission and application, the latest last.
    pub decisions: BTreeMap<(SubmissionId, Option<SafeText>), Vec<Decided>>,
    /// Tags that are on.
    pub tags: BTreeMap<(SubmissionId, SafeText), Marked>,
    /// The shortlist.
    pub shortlist: BTreeMap<SubmissionId, Marked>,
    /// Remarks, in order.
    pub comments: Vec<Commented>,
    /// Exports, in order.
    pub exports: Vec<Export>,
    /// Applications that people confirmed.
    pub matched: BTreeMap<SubmissionId, Vec<Link>>,
    /// Removals forbidden, in order.
    pub holds: Vec<Hold>,
    /// People whose data was removed.
    pub erased: BTreeMap<CandidateId, Erasure>,
    /// Answers that an engine wrote down, and which engine did it last.
    pub automatic: BTreeMap<AnswerId, Statement>,
    /// Whose ratings of whom are here and cannot be opened: the key has not come yet.
    pub closed: BTreeSet<(ReviewerId, CandidateId)>,
    /// What of each reviewer's somebody saw sealed, though it may not be open here.
    pub witnessed: BTreeMap<ReviewerId, BTreeSet<Scope>>,
    /// People whose recordings were removed because their date had passed.
    pub removed: BTreeMap<CandidateId, Erasure>,
    /// Where each answer stands.
    pub places: Arc<Places>,
    pub(crate) last: BTreeMap<WriterId, OrderKey>,
    pub(crate) authors: BTreeMap<WriterId, ReviewerId>,
    pub(crate) apart: Apart,
    pub(crate) taken_so_far: u64,
}

impl Record {
    /// A reviewer's work; none when nothing was done.
    pub fn work(&self, reviewer: ReviewerId) -> Option<&Work> {
        self.works.get(&reviewer)
    }

    /// What a reviewer did in a scope, as far as these events of the batch tell: what a seal of it knows.
    pub fn had(&self, events: &[Event], reviewer: ReviewerId, scope: &Scope) -> BTreeSet<EventId> {
        apart::had(&self.places, events, reviewer, scope)
    }

    /// The rubric's question for a question of the batch; none when it is not scored or no rubric is attached.
    pub fn rubric_question<'a>(&'a self, question: &'a QuestionId) -> Option<&'a QuestionId> {
        self.attachment.as_ref()?.rubric_question(question)
    }

    /// The criteria by which answers to a question of the batch are rated; none when it is not scored.
    pub fn criteria<'r>(&self, rubric: &'r Rubric, question: &QuestionId) -> &'r [Criterion] {
        let of_rubric = self.rubric_question(question).and_then(|id| rubric.question(id));
        of_rubric.map_or(&[], |question| question.criteria.as_slice())
    }

    /// Whether answers to a question of the batch are rated. Before a rubric is attached every question counts.
    pub fn is_scored(&self, question: &QuestionId) -> bool {
        self.attachment.as_ref().is_none_or(|attachment| attachment.rubric_question(question).is_some())
    }

    /// Whether an answer has to be reviewed before a scorecard is whole.
    pub fn is_due(&self, place: &Place) -> bool {
        place.due && self.is_scored(&place.question)
    }

    /// Whether a reviewer is to review a submission: by assignment, or because nobody narrowed it down; and not recused.
    pub fn has_to_review(&self, reviewer: ReviewerId, submission: SubmissionId) -> bool {
        let recused = self.work(reviewer).is_some_and(|work| work.recused.contains_key(&submission));
        if recused {
            return false;
        }
        let this = self.assignments.get(&(reviewer, Some(submission)));
        let whole = self.assignments.get(&(reviewer, None));
        match (this, whole) {
            (Some(this), _) => this.released.is_none(),
            (None, Some(whole)) => whole.released.is_none(),
            // Someone who has other submissions only has those.
            (None, None) => self.assignments_of(reviewer).all(|assignment| assignment.released.is_some()),
        }
    }

    /// What one reviewer was assigned, also what is released; the whole batch first.
    pub fn assignments_of(&self, reviewer: ReviewerId) -> impl Iterator<Item = &Assignment> {
        let from = self.assignments.range((reviewer, None)..);
        from.take_while(move |((of, _), _)| *of == reviewer).map(|(_, assignment)| assignment)
    }

    /// The answers that make up a reviewer's own batch.
    pub fn own(&self, reviewer: ReviewerId) -> impl Iterator<Item = &Place> {
        // Places come submission by submission: one look at the assignments does for all answers of one.
        let mut looked_up: Option<(SubmissionId, bool)> = None;
        self.places.iter().filter(move |place| {
            let mine = match looked_up {
                Some((submission, mine)) if submission == place.submission => mine,
                _ => self.has_to_review(reviewer, place.submission),
            };
            looked_up = Some((place.submission, mine));
            mine && self.is_due(place)
        })
    }

    /// Whether all of a reviewer's own batch is sealed; not when there is nothing in it.
    pub fn own_batch_is_sealed(&self, reviewer: ReviewerId) -> bool {
        let Some(work) = self.work(reviewer) else { return false };
        let mut own = self.own(reviewer).peekable();
        own.peek().is_some() && own.all(|place| work.is_sealed(place))
    }

    /// Whether everything of a reviewer's own batch lies in a sealed scope; what came in since is outside of those seals.
    pub fn own_scopes_are_sealed(&self, reviewer: ReviewerId) -> bool {
        let Some(work) = self.work(reviewer) else { return false };
        let mut own = self.own(reviewer).peekable();
        own.peek().is_some() && own.all(|place| work.scope_is_sealed(place))
    }

    /// What a seal of a scope would lock now: what the reviewer is to review or has rated, as far as no seal locks it already.
    pub fn to_lock(&self, reviewer: ReviewerId, scope: &Scope) -> Locks {
        let none = Work::default();
        let work = self.work(reviewer).unwrap_or(&none);
        let is_rated = |place: &Place| work.ratings_of(place.answer).next().is_some();
        let is_own = |place: &Place| {
            place.due
                && (self.has_to_review(reviewer, place.submission) || self.places.of_submission(place.submission).any(is_rated))
        };
        let open = self.places.iter().filter(|place| place.is_in(scope) && !work.is_sealed(place));
        open.filter(|place| is_own(place) || is_rated(place)).map(|place| (place.answer, place.revision)).collect()
    }

    /// Whether a reviewer's scorecard of a submission is sealed: every answer that is due; not when none is, nor when
    /// the reviewer stepped aside. The seal of a question says nothing of those whom the reviewer had neither to review nor rated.
    pub fn scorecard_is_sealed(&self, reviewer: ReviewerId, submission: SubmissionId) -> bool {
        let Some(work) = self.work(reviewer) else { return false };
        if work.recused.contains_key(&submission) {
            return false;
        }
        let mut due = self.places.of_submission(submission).filter(|place| self.is_due(place)).peekable();
        due.peek().is_some() && due.all(|place| work.is_sealed(place)) && self.has_a_scorecard(reviewer, work, submission)
    }

    fn has_a_scorecard(&self, reviewer: ReviewerId, work: &Work, submission: SubmissionId) -> bool {
        let is_rated = |place: &Place| work.ratings_of(place.answer).next().is_some();
        self.has_to_review(reviewer, submission) || self.places.of_submission(submission).any(is_rated)
    }

    /// The reviewers whose scorecards of a submission are sealed, in the order of their ids.
    pub fn sealed_by(&self, submission: SubmissionId) -> impl Iterator<Item = ReviewerId> {
        self.works.keys().copied().filter(move |&reviewer| self.scorecard_is_sealed(reviewer, submission))
    }

    /// Whether someone sits on the panel: listed, assigned, or having judged. While there is no list, everyone does who has
    /// not taken in a shortlist that was handed over.
    pub fn is_on_panel(&self, who: ReviewerId) -> bool {
        let listed = match &self.panel {
            Some(panel) => panel.iter().any(|panelist| panelist.id == who),
            None => !self.guests.get(&who).is_some_and(|guest| guest.received),
        };
        let assigned = || self.assignments_of(who).any(|assignment| assignment.released.is_none());
        listed || assigned() || self.work(who).is_some_and(Work::has_judged)
    }

    /// Whether someone has to do with it only because it was handed over.
    pub fn is_guest(&self, who: ReviewerId) -> bool {
        self.guests.get(&who).is_some_and(|guest| guest.received) && !self.is_on_panel(who)
    }

    /// What was handed to somebody who has to do with the batch only because of that, and was taken in.
    pub fn handed_to(&self, guest: ReviewerId) -> impl Iterator<Item = &Handing> {
        let taken = self.taken.get(&guest).filter(|_| self.is_guest(guest));
        taken.into_iter().flatten().filter_map(|id| self.handings.get(id))
    }

    /// Until when a guest may use a submission, by the sender's newest statement on it; none: without an end.
    pub fn until_of(&self, guest: ReviewerId, submission: SubmissionId) -> Option<Timestamp> {
        let taken = self.taken.get(&guest).into_iter().flatten();
        let on_it = taken.filter_map(|id| self.handings.get(id));
        let newest = on_it.filter(|of| of.submissions.contains(&submission)).max_by_key(|of| of.nth);
        newest.map_or_else(|| self.guests.get(&guest)?.until, |of| of.until)
    }

    /// Everyone who was assigned a submission, or the whole batch, and was not released.
    pub fn assigned_to(&self, submission: SubmissionId) -> BTreeSet<ReviewerId> {
        let standing = self.assignments.values().filter(|assignment| assignment.submission.is_none_or(|id| id == submission));
        standing.map(|assignment| assignment.reviewer).filter(|&reviewer| self.has_to_review(reviewer, submission)).collect()
    }

    /// The decision that stands for an application; one on the whole submission stands for all its applications.
    pub fn decision(&self, submission: SubmissionId, application: Option<&SafeText>) -> Option<&Decided> {
        let of = |application: Option<SafeText>| self.decisions.get(&(submission, application)).and_then(|all| all.last());
        let own = application.and_then(|id| of(Some(id.clone())));
        match (own, of(None)) {
            (Some(own), Some(whole)) => Some(if whole.nth > own.nth { whole } else { own }),
            (own, whole) => own.or(whole),
        }
    }

    /// Where two people decided differently on one application, or on the whole submission: each one's last, the earliest first.
    pub fn differing(&self, submission: SubmissionId) -> Vec<(Option<SafeText>, Vec<&Decided>)> {
        let of = self.decisions.range((submission, None)..).take_while(|((of, _), _)| *of == submission);
        let last_of_each = of.map(|((_, application), all)| {
            let last: BTreeMap<ReviewerId, &Decided> = all.iter().map(|decided| (decided.by, decided)).collect();
            let mut last: Vec<&Decided> = last.into_values().collect();
            last.sort_by_key(|decided| decided.nth);
            (application.clone(), last)
        });
        last_of_each.filter(|(_, last)| last.windows(2).any(|two| two[0].decision != two[1].decision)).collect()
    }

    /// The ATS's records that a submission belongs to: those that came with it, and those that a person tied to it.
    pub fn applications(&self, submission: &Submission) -> Vec<SafeText> {
        let mut all: Vec<SafeText> = submission.applications.iter().map(|application| application.id.clone()).collect();
        for link in self.matched.get(&submission.id).into_iter().flatten() {
            if !all.contains(&link.application) {
                all.push(link.application.clone());
            }
        }
        all
    }

    /// The decisions that stand, each with its application; without one where the same stands for all of them.
    pub fn standing(&self, submission: &Submission) -> Vec<(Option<SafeText>, &Decided)> {
        let mut all = self.applications(submission);
        let decided = self.decisions.range((submission.id, None)..).take_while(|((of, _), _)| *of == submission.id);
        for application in decided.filter_map(|((_, application), all)| application.clone().filter(|_| !all.is_empty())) {
            // It may have been tied to another candidate since.
            if !all.contains(&application) {
                all.push(application);
            }
        }
        let whole = self.decision(submission.id, None);
        let of = |application: &SafeText| Some((Some(application.clone()), self.decision(submission.id, Some(application))?));
        let each: Vec<(Option<SafeText>, &Decided)> = all.iter().filter_map(of).collect();
        match whole {
            Some(whole) if each.iter().all(|(_, decided)| decided.event == whole.event) => vec![(None, whole)],
            _ => each,
        }
    }

    /// What reviewers agreed on last about one value, and who wrote it down.
    pub fn agreed(&self, answer: AnswerId, criterion: &CriterionId) -> Option<(ReviewerId, &Reconciliation)> {
        let key = (answer, criterion.clone());
        let all = self.works.iter().filter_map(|(by, work)| Some((*by, work.reconciled.get(&key)?)));
        all.max_by_key(|(_, agreed)| agreed.nth)
    }

    /// Who wrote down last that something else was agreed on one value than what stands, and what: each one's last.
    pub fn agreed_otherwise(&self, answer: AnswerId, criterion: &CriterionId) -> Vec<(ReviewerId, &Reconciliation)> {
        let Some((by, stands)) = self.agreed(answer, criterion) else { return Vec::new() };
        let key = (answer, criterion.clone());
        let all = self.works.iter().filter_map(|(who, work)| Some((*who, work.reconciled.get(&key)?)));
        all.filter(|(who, one)| *who != by && one.observed != stands.observed).collect()
    }

    /// What became of a submission over all its applications: advance where one is, decline where each of them is; none while one
    /// of them is not decided on, and no other is advanced.
    pub fn outcome(&self, submission: &Submission) -> Option<Decision> {
        let all = self.standing(submission);
        let any = |wanted: Decision| all.iter().any(|(_, decided)| decided.decision == wanted);
        let whole = all.iter().any(|(application, _)| application.is_none());
        match () {
            () if any(Decision::Advance) => Some(Decision::Advance),
            () if all.is_empty() || !whole && all.len() < self.applications(submission).len() => None,
            () if any(Decision::Hold) => Some(Decision::Hold),
            () => Some(Decision::Decline),
        }
    }

    /// What forbids the removal of a candidate's data at that time: holds on the person, on what is the person's, and on the whole.
    pub fn holds_on<'a>(&'a self, batch: &'a Batch, candidate: CandidateId, now: Timestamp) -> impl Iterator<Item = &'a Hold> {
        let is = move |submission: Option<&Submission>| submission.is_some_and(|one| one.candidate.id == candidate);
        let of = move |subject: &Subject| match subject {
            Subject::Candidate(id) => *id == candidate,
            Subject::Submission(id) | Subject::Name(id) | Subject::Document(id, _) => is(batch.submission(*id)),
            Subject::Answer(id) => is(batch.answer(*id).map(|(submission, _)| submission)),
            Subject::Batch(_) | Subject::Question(_) => batch.submissions.iter().any(|one| one.candidate.id == candidate),
        };
        self.holds.iter().filter(move |hold| hold.until.is_none_or(|until| until > now) && of(&hold.subject))
    }

    /// The tags of a submission, in alphabetical order.
    pub fn tags_of(&self, submission: SubmissionId) -> impl Iterator<Item = &SafeText> {
        self.tags.keys().filter(move |(of, _)| *of == submission).map(|(_, tag)| tag)
    }

    /// What colleagues call a reviewer.
    pub fn label(&self, reviewer: ReviewerId) -> SafeText {
        self.panelist(reviewer).map_or_else(|| reviewer.usual_pseudonym(), |panelist| panelist.label.clone())
    }

    /// The member of the panel with this id, or the person to whom a shortlist was handed.
    pub fn panelist(&self, reviewer: ReviewerId) -> Option<&Panelist> {
        let listed = self.panel.iter().flatten().find(|panelist| panelist.id == reviewer);
        listed.or_else(|| self.known.get(&reviewer)).or_else(|| self.guests.get(&reviewer)?.who.as_ref())
    }

    /// Calls people as they are known on this machine, where the panel's list does not say: oneself, and whose keys were compared.
    pub fn know(&mut self, people: &[Panelist]) {
        for who in people {
            self.name(who);
            self.known.insert(who.id, who.clone());
        }
    }

    /// Notes a name by which somebody is known, beside those of before.
    pub(super) fn name(&mut self, who: &Panelist) {
        let before = who.identity.get(ONCE).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let names = before.map(SafeText::name).chain([who.label.clone(), who.pseudonym.clone()]);
        let usual = who.id.usual_pseudonym();
        self.labels.entry(who.id).or_default().extend(names.filter(|name| *name != usual));
    }

    /// What a reviewer is called outside the house.
    pub fn pseudonym(&self, reviewer: ReviewerId) -> SafeText {
        self.panelist(reviewer).map_or_else(|| reviewer.usual_pseudonym(), |panelist| panelist.pseudonym.clone())
    }

    /// Calls everyone by the name that colleagues know, where a pseudonym would stand.
    pub fn call_by_label(&mut self) {
        let guests = self.guests.values_mut().filter_map(|guest| guest.who.as_mut());
        for panelist in self.panel.iter_mut().flatten().chain(self.known.values_mut()).chain(guests) {
            panelist.pseudonym = panelist.label.clone();
        }
    }

    /// What each reviewer is called in exports: the pseudonym, made unique, also without regard to case.
    pub fn pseudonyms(&self) -> BTreeMap<ReviewerId, SafeText> {
        let everyone: BTreeSet<ReviewerId> =
            self.works.keys().copied().chain(self.panel.iter().flatten().map(|panelist| panelist.id)).collect();
        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        let mut named = BTreeMap::new();
        for &id in &everyone {
            let wanted = self.pseudonym(id);
            *taken.entry(wanted.raw().to_lowercase()).or_default() += 1;
            named.insert(id, wanted);
        }
        for (id, name) in &mut named {
            if taken[&name.raw().to_lowercase()] > 1 {
                *name = SafeText::line(&format!("{} {}", name.raw(), &id.to_string()[..8]));
            }
        }
        named
    }
}
