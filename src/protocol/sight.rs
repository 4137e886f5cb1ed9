//! Who may see what of others' work.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;

use super::settings::Rules;
use crate::interview::{AnswerId, Batch, QuestionId, ReviewerId, SubmissionId};
use crate::journal::{Act, Event, Scope, Subject};
use crate::rubric::Reveal;
use crate::scorecard::{Marked, Place, Record, Seals, Work};

/// A part of others' work.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Part {
    /// What concerns one answer.
    Answer(AnswerId),
    /// What concerns a whole submission: recommendation, must-haves, decisions.
    Submission(SubmissionId),
    /// All of the batch: counts, progress, exports.
    Batch,
}

/// Whether `viewer` may see a part of the work of `whose`. One's own is always seen.
pub fn may_see(record: &Record, rules: &Rules, viewer: ReviewerId, whose: ReviewerId, part: Part) -> bool {
    viewer == whose || Sight::of(record, rules, viewer).sees(whose, part)
}

/// Whether `viewer` may see what others decided, tagged or remarked on a submission.
pub fn may_see_deciding(record: &Record, rules: &Rules, viewer: ReviewerId, submission: SubmissionId) -> bool {
    Sight::of(record, rules, viewer).sees_deciding(submission)
}

/// Whether someone sits on the panel: listed, assigned, or having judged. While there is no list, everyone does who has
/// not taken in a shortlist that was handed over.
pub fn is_on_panel(record: &Record, viewer: ReviewerId) -> bool {
    record.is_on_panel(viewer)
}

/// Whether a submission is ready for those who are not on the panel: sealed by enough reviewers, and by everyone assigned.
pub fn is_ready(record: &Record, rules: &Rules, submission: SubmissionId) -> bool {
    let sealed: BTreeSet<ReviewerId> = record.sealed_by(submission).collect();
    sealed.len() >= rules.policy.min_reviewers.max(1) as usize && record.assigned_to(submission).is_subset(&sealed)
}

/// What one viewer may see, worked out once.
pub(super) struct Sight<'a> {
    record: &'a Record,
    on_panel: bool,
    /// Submissions whose others' scorecards show, where sealed.
    submissions: BTreeSet<SubmissionId>,
    /// Questions whose others' ratings show, where sealed; none: the submissions say all.
    questions: Option<BTreeSet<QuestionId>>,
    /// The viewer's own answers that came in after the seal of their scope: others' ratings of these wait for a seal of their own.
    late: BTreeSet<AnswerId>,
    whole: bool,
}

impl<'a> Sight<'a> {
    pub(super) fn of(record: &'a Record, rules: &Rules, viewer: ReviewerId) -> Self {
        let on_panel = is_on_panel(record, viewer);
        let all: BTreeSet<SubmissionId> = record.places.iter().map(|place| place.submission).collect();
        let ready = || all.iter().copied().filter(|&id| is_ready(record, rules, id)).collect::<BTreeSet<_>>();
        let own: Vec<&Place> = record.own(viewer).collect();
        if !on_panel || own.is_empty() {
            // Who has nothing to review cannot be swayed by others, and waits for them like everyone outside.
            return Sight { record, on_panel, submissions: ready(), questions: None, late: BTreeSet::new(), whole: !on_panel };
        }
        let empty = Work::default();
        let work = record.work(viewer).unwrap_or(&empty);
        let whole = own.iter().all(|place| work.is_sealed(place));
        if whole {
            return Sight { record, on_panel, submissions: all, questions: None, late: BTreeSet::new(), whole };
        }
        let late: BTreeSet<AnswerId> = own.iter().filter(|place| work.came_after_seal(place)).map(|place| place.answer).collect();
        let open = || own.iter().filter(|place| !work.is_sealed(place));
        let (submissions, questions) = match rules.protocol.reveal {
            // What showed goes on to show when somebody comes in later.
            Reveal::OwnBatchSealed if record.own_scopes_are_sealed(viewer) => {
                let unsealed: BTreeSet<SubmissionId> = open().map(|place| place.submission).collect();
                (all.difference(&unsealed).copied().collect(), None)
            }
            Reveal::OwnBatchSealed => (BTreeSet::new(), None),
            Reveal::Submission => {
                let mine: BTreeSet<SubmissionId> = own.iter().map(|place| place.submission).collect();
                let unsealed: BTreeSet<SubmissionId> = open().map(|place| place.submission).collect();
                // What the viewer need not review waits until it is ready, as for everyone outside.
                let is_open = |id: &SubmissionId| match mine.contains(id) {
                    true => !unsealed.contains(id),
                    false => is_ready(record, rules, *id),
                };
                (all.into_iter().filter(is_open).collect(), None)
            }
            Reveal::Question => {
                let unsealed: BTreeSet<&QuestionId> =
                    open().filter(|place| !work.scope_is_sealed(place)).map(|place| &place.question).collect();
                let sealed = own.iter().map(|place| &place.question).filter(|id| !unsealed.contains(id));
                (BTreeSet::new(), Some(sealed.cloned().collect()))
            }
        };
        Sight { record, on_panel, submissions, questions, late, whole }
    }

    /// Whether the viewer is far enough to see others' ratings of an answer, where they are sealed.
    fn is_open(&self, place: &Place) -> bool {
        let by_question = self.questions.as_ref().is_some_and(|questions| questions.contains(&place.question));
        (by_question || self.submissions.contains(&place.submission)) && !self.late.contains(&place.answer)
    }

    fn is_open_whole(&self, submission: SubmissionId) -> bool {
        let mut due = self.record.places.of_submission(submission).filter(|place| self.record.is_due(place)).peekable();
        self.submissions.contains(&submission) || (due.peek().is_some() && due.all(|place| self.is_open(place)))
    }

    fn sees_answer(&self, work: &Work, answer: AnswerId) -> bool {
        self.record.places.get(answer).is_some_and(|place| work.is_sealed(place) && self.is_open(place))
    }

    pub(super) fn sees(&self, whose: ReviewerId, part: Part) -> bool {
        let Some(work) = self.record.work(whose) else { return false };
        match part {
            Part::Answer(answer) if self.on_panel => self.sees_answer(work, answer),
            // From outside, a scorecard is seen as a whole or not at all.
            Part::Answer(answer) => {
                let place = self.record.places.get(answer);
                place.is_some_and(|place| self.sees(whose, Part::Submission(place.submission)) && work.is_sealed(place))
            }
            Part::Submission(id) => self.record.scorecard_is_sealed(whose, id) && self.is_open_whole(id),
            Part::Batch => self.whole,
        }
    }

    /// Whether the viewer may see what others decided, tagged or remarked on a submission.
    pub(super) fn sees_deciding(&self, submission: SubmissionId) -> bool {
        !self.on_panel || self.is_open_whole(submission)
    }
}

/// How much of others' work a viewer sees.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Others {
    /// Nothing: one's own is not sealed yet.
    Hidden,
    /// Some of it.
    Partly,
    /// All that is sealed.
    Shown,
}

/// What one viewer may see of a record: all of one's own work, and of others' what is sealed and revealed.
///
/// It reads like a [`Record`] from which the rest is gone, so that counts and presence are gone with it.
#[derive(Clone, PartialEq, Debug)]
pub struct Visible {
    record: Record,
    viewer: ReviewerId,
    on_panel: bool,
    others: Others,
    unsealed: BTreeMap<ReviewerId, usize>,
    not_begun: BTreeMap<ReviewerId, Due>,
}

impl Visible {
    /// Without those on the shortlist who were erased: nothing of them can be shown or decided.
    pub fn without_erased(mut self, batch: &Batch) -> Self {
        let record = &mut self.record;
        let is_erased =
            |id: SubmissionId| batch.submission(id).is_some_and(|submission| record.erased.contains_key(&submission.candidate.id));
        record.shortlist.retain(|id, _| !is_erased(*id));
        self
    }
}

/// Scorecards that somebody is to give.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Due {
    /// Those without a rating, and not sealed, as far as is known here.
    pub not_begun: usize,
    /// Those of which nothing is known here: their ratings cannot be opened, or did not come with what was handed over.
    pub not_known: usize,
    /// All of them.
    pub of: usize,
}

impl Due {
    /// Whether something is still to come, or not known.
    fn is_open(&self) -> bool {
        self.not_begun + self.not_known > 0
    }
}

impl Deref for Visible {
    type Target = Record;
    fn deref(&self) -> &Record {
        &self.record
    }
}

impl Visible {
    /// Who looks.
    pub fn viewer(&self) -> ReviewerId {
        self.viewer
    }

    /// The same with reviewers called as colleagues know them, for what may leave so.
    pub fn with_labels(mut self) -> Self {
        self.record.call_by_label();
        self
    }

    /// The viewer's own work.
    pub fn mine(&self) -> &Work {
        self.record.works.get(&self.viewer).expect("the viewer's work is put in when there is none")
    }

    /// Others' work, as far as it may be seen.
    pub fn theirs(&self) -> impl Iterator<Item = (ReviewerId, &Work)> {
        self.record.works.iter().filter(|(id, _)| **id != self.viewer).map(|(id, work)| (*id, work))
    }

    /// How much of others' work is seen.
    pub fn others(&self) -> Others {
        self.others
    }

    /// Whether the viewer sits on the panel.
    pub fn is_on_panel(&self) -> bool {
        self.on_panel
    }

    /// Whether the viewer took in what was handed over, to decide on it: that person judges nothing, else others' scorecards would
    /// wait for a seal that nobody waits for.
    pub fn only_decides(&self) -> bool {
        !self.on_panel && self.record.guests.get(&self.viewer).is_some_and(|guest| guest.received)
    }

    /// Begun scorecards that are not sealed, by reviewer: one's own, and others' once all is shown.
    pub fn unsealed(&self) -> &BTreeMap<ReviewerId, usize> {
        &self.unsealed
    }

    /// Scorecards that are due and not begun, or of which nothing is known here, by reviewer: of everyone who is listed, assigned or has judged, once all is shown; else
    /// one's own.
    pub fn not_begun(&self) -> &BTreeMap<ReviewerId, Due> {
        &self.not_begun
    }

    /// Takes in the viewer's own next event. False when [`visible`] must be asked anew: what can be seen may have changed.
    #[must_use]
    pub fn keep_up(&mut self, event: &Event) -> bool {
        let own = event.header.author == self.viewer && self.on_panel;
        let had_judged = self.mine().has_judged();
        if !own || changes_sight(&event.act) || !self.record.apply(event) {
            return false;
        }
        let rated = matches!(event.act, Act::Rated { .. } | Act::Cleared { .. });
        if rated || self.mine().has_judged() != had_judged {
            let begun = begun_unsealed(&self.record, self.viewer);
            self.unsealed.insert(self.viewer, begun);
            self.unsealed.retain(|_, count| *count > 0);
            self.not_begun.remove(&self.viewer);
            self.not_begun.extend(due(&self.record, self.viewer).filter(|(_, due)| due.is_open()));
        }
        true
    }
}

/// Acts after which others' work may show, or hide.
fn changes_sight(act: &Act) -> bool {
    use Act::*;
    let settings = matches!(
        act,
        HandedOff { .. }
            | Received { .. }
            | Unquoted { .. }
            | Unworded { .. }
            | Witnessed { .. }
            | Assigned { .. }
            | Released { .. }
            | Panel { .. }
            | Protocol { .. }
            | Attached { .. }
    );
    settings || matches!(act, Sealed { .. } | Reopened { .. } | Recused { .. } | Undone { .. })
}

/// What `viewer` may see of a record.
pub fn visible(record: &Record, rules: &Rules, viewer: ReviewerId) -> Visible {
    let sight = Sight::of(record, rules, viewer);
    let mut works = BTreeMap::new();
    for (&whose, work) in &record.works {
        let seen = if whose == viewer { Some(work.clone()) } else { seen_of(&sight, whose, work) };
        works.extend(seen.map(|work| (whose, work)));
    }
    works.entry(viewer).or_default();
    let others = match (sight.whole, works.len()) {
        (true, _) => Others::Shown,
        (false, 1) => Others::Hidden,
        (false, _) => Others::Partly,
    };
    let counted = |whose: &&ReviewerId| **whose == viewer || sight.whole;
    let unsealed = record.works.keys().filter(counted).map(|&whose| (whose, begun_unsealed(record, whose)));
    let unsealed = unsealed.filter(|(_, count)| *count > 0).collect();
    let on_panel = sight.on_panel;
    // To whom a shortlist was handed, others' work came only as far as it was revealed.
    let was_handed = !on_panel && record.guests.get(&viewer).is_some_and(|guest| guest.received);
    let as_known = |(whose, due): (ReviewerId, Due)| match was_handed && whose != viewer {
        true => (whose, Due { not_begun: 0, not_known: due.not_begun + due.not_known, ..due }),
        false => (whose, due),
    };
    let not_begun = expected(record).into_iter().filter(|whose| counted(&whose)).filter_map(|whose| due(record, whose));
    let not_begun = not_begun.map(as_known).filter(|(_, due)| due.is_open()).collect();
    Visible { record: batch_wide(&sight, viewer, works), viewer, on_panel, others, unsealed, not_begun }
}

/// Submissions that a reviewer has rated something of, and not sealed.
fn begun_unsealed(record: &Record, reviewer: ReviewerId) -> usize {
    let Some(work) = record.work(reviewer) else { return 0 };
    let rated = work.ratings.keys().filter_map(|(answer, _)| record.places.get(*answer)).map(|place| place.submission);
    rated.collect::<BTreeSet<_>>().into_iter().filter(|&id| !record.scorecard_is_sealed(reviewer, id)).count()
}

/// Everyone whose scorecards are waited for: listed, assigned, or having judged.
fn expected(record: &Record) -> BTreeSet<ReviewerId> {
    let listed = record.panel.iter().flatten().map(|panelist| panelist.id);
    let assigned = record.assignments.values().filter(|one| one.released.is_none()).map(|one| one.reviewer);
    let judged = record.works.iter().filter(|(_, work)| work.has_judged()).map(|(id, _)| *id);
    listed.chain(assigned).chain(judged).collect()
}

/// What a reviewer is to give; none for somebody of whom nothing is waited for.
fn due(record: &Record, reviewer: ReviewerId) -> Option<(ReviewerId, Due)> {
    let submissions: BTreeSet<SubmissionId> = record.own(reviewer).map(|place| place.submission).collect();
    let rated = |id: &SubmissionId| {
        let work = record.work(reviewer);
        work.is_some_and(|work| record.places.of_submission(*id).any(|place| work.ratings_of(place.answer).next().is_some()))
    };
    let seen = record.witnessed.get(&reviewer);
    let sealed = |scope: Scope| seen.is_some_and(|seen| seen.contains(&scope));
    let closed = |id: &SubmissionId| {
        let mut places = record.places.of_submission(*id).peekable();
        let cannot_be_opened = places.peek().is_some_and(|place| record.closed.contains(&(reviewer, place.candidate)));
        let mut due = places.filter(|place| record.is_due(place)).peekable();
        let is_sealed = due.peek().is_some() && due.all(|place| sealed(Scope::Question(place.question.clone())));
        cannot_be_opened || is_sealed || sealed(Scope::Submission(*id))
    };
    let missing = submissions.iter().filter(|id| !rated(id) && !record.scorecard_is_sealed(reviewer, **id));
    let (not_known, not_begun): (Vec<&SubmissionId>, Vec<&SubmissionId>) = missing.partition(|id| closed(id));
    let due = Due { not_begun: not_begun.len(), not_known: not_known.len(), of: submissions.len() };
    expected(record).contains(&reviewer).then_some((reviewer, due))
}

/// Another's work without what may not be seen; none when nothing is left, so that not even presence shows.
fn seen_of(sight: &Sight, whose: ReviewerId, work: &Work) -> Option<Work> {
    let whole: BTreeMap<SubmissionId, bool> = sight
        .record
        .places
        .iter()
        .map(|place| place.submission)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .map(|id| (id, sight.sees(whose, Part::Submission(id))))
        .collect();
    let submission = |id: &SubmissionId| whole.get(id).copied().unwrap_or(false);
    let answer = |id: &AnswerId| match sight.record.places.get(*id) {
        Some(place) if !sight.on_panel => work.is_sealed(place) && submission(&place.submission),
        Some(place) => work.is_sealed(place) && sight.is_open(place),
        None => false,
    };
    // Of a seal as much shows as of what it locks.
    let seals = |(scope, seals): (&Scope, &Seals)| {
        let mut marks = seals.iter().filter_map(|mark| mark.only(answer));
        Some((scope.clone(), Seals { first: marks.next()?, later: marks.collect() }))
    };
    let scope = |scope: &Scope| {
        let mut due =
            sight.record.places.iter().filter(|place| place.is_in(scope) && sight.record.is_due(place)).collect::<Vec<_>>();
        due.retain(|place| !work.recused.contains_key(&place.submission));
        !due.is_empty() && due.iter().all(|place| answer(&place.answer))
    };
    let about = |what: &Subject| match what {
        Subject::Answer(id) => answer(id),
        Subject::Submission(id) => submission(id),
        _ => false,
    };
    // A struct literal, so that whoever adds a field has to decide who may see it.
    let seen = Work {
        ratings: work.ratings.iter().filter(|((id, _), _)| answer(id)).map(clone).collect(),
        cleared: work.cleared.iter().filter(|((id, _), _)| answer(id)).map(clone).collect(),
        evidence: work.evidence.iter().filter(|evidence| answer(&evidence.answer)).cloned().collect(),
        notes: work.notes.iter().filter(|note| answer(&note.answer)).cloned().collect(),
        probes: work.probes.iter().filter(|probe| answer(&probe.answer)).cloned().collect(),
        must_haves: work.must_haves.iter().filter(|((id, _), _)| submission(id)).map(clone).collect(),
        recommendations: work.recommendations.iter().filter(|(id, _)| submission(id)).map(clone).collect(),
        comparisons: work.comparisons.iter().filter(|c| answer(&c.a) && answer(&c.b)).cloned().collect(),
        heard: work.heard.iter().filter(|(id, _)| answer(id)).map(clone).collect(),
        read: work.read.iter().filter(|(id, _)| answer(id)).map(clone).collect(),
        sealed: work.sealed.iter().filter_map(seals).collect(),
        reopened: work.reopened.iter().filter(|reopening| scope(&reopening.scope)).cloned().collect(),
        acknowledged: None,
        drafts: BTreeMap::new(),
        recused: work.recused.iter().filter(|(id, _)| sight.is_open_whole(**id)).map(clone).collect(),
        revealed: Vec::new(),
        shown: work.shown.iter().filter(|(what, _)| about(what)).map(clone).collect(),
        seed: None,
        reconciled: work.reconciled.iter().filter(|((id, _), _)| answer(id)).map(clone).collect(),
        calibrations: Vec::new(),
        refused: Vec::new(),
        batch_sealed: None,
        once_sealed: BTreeSet::new(),
    };
    (seen != Work::default()).then_some(seen)
}

fn clone<K: Clone, V: Clone>((key, value): (&K, &V)) -> (K, V) {
    (key.clone(), value.clone())
}

/// The record around these works, without what others decided, tagged or remarked on what may not be seen yet.
fn batch_wide(sight: &Sight, viewer: ReviewerId, works: BTreeMap<ReviewerId, Work>) -> Record {
    let record = sight.record;
    let may = |by: ReviewerId, id: SubmissionId| by == viewer || sight.sees_deciding(id);
    let mut decisions = record.decisions.clone();
    decisions.iter_mut().for_each(|((id, _), all)| all.retain(|decided| may(decided.by, *id)));
    decisions.retain(|_, all| !all.is_empty());
    let mut tags: BTreeMap<_, _> = record.tags.iter().filter(|((id, _), mark)| may(mark.by, *id)).map(clone).collect();
    let mut shortlist: BTreeMap<_, _> = record.shortlist.iter().filter(|(id, mark)| may(mark.by, **id)).map(clone).collect();
    let own = record.asides.get(&viewer);
    for of in record.handed_to(viewer) {
        // Whoever is in what was handed over is on the receiver's list, whatever others did with theirs.
        shortlist.extend(of.submissions.iter().map(|id| (*id, Marked { by: of.by, at: of.at })));
    }
    for (id, mark) in own.iter().flat_map(|own| &own.shortlist) {
        shortlist.remove(id);
        shortlist.extend(mark.clone().map(|mark| (*id, mark)));
    }
    tags.retain(|key, _| !own.is_some_and(|own| own.untagged.contains(key)));
    Record {
        works,
        decisions,
        tags,
        shortlist,
        known: record.known.clone(),
        labels: record.labels.clone(),
        handings: record.handings.clone(),
        taken: record.taken.clone(),
        asides: own.map(|own| (viewer, own.clone())).into_iter().collect(),
        comments: record.comments.iter().filter(|comment| may(comment.by, comment.submission)).cloned().collect(),
        exports: record.exports.iter().filter(|export| export.by == viewer || sight.whole).cloned().collect(),
        attachment: record.attachment.clone(),
        protocol: record.protocol.clone(),
        panel: record.panel.clone(),
        guests: record.guests.clone(),
        assignments: record.assignments.clone(),
        matched: record.matched.clone(),
        holds: record.holds.clone(),
        witnessed: record.witnessed.clone(),
        closed: record.closed.iter().filter(|(who, _)| *who == viewer || sight.whole).copied().collect(),
        erased: own.into_iter().flat_map(|own| &own.erased).chain(&record.erased).map(clone).collect(),
        automatic: record.automatic.clone(),
        removed: record.removed.clone(),
        places: record.places.clone(),
        last: record.last.clone(),
        authors: record.authors.clone(),
        apart: record.apart.clone(),
        taken_so_far: record.taken_so_far,
    }
}
