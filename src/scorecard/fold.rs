//! Events become a record, one after the other.
//!
//! Nothing here trusts that a program checked first: what would change something sealed is refused and counted.

mod handing;
mod machines;
mod moments;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apart::in_order;
use super::batch_wide::*;
use super::marks::*;
use super::places::{Place, Places};
use super::record::Record;
use super::undo::refused_undos;
use super::work::{Work, field};
use crate::interview::{AnswerId, Batch, EventId, QuestionId, ReviewerId, SubmissionId};
use crate::journal::{self, Act, Event, Locks, Scope, Subject, Tagging};
use crate::text::SafeText;

/// What a rating's act is called where its content is closed.
const RATED: &str = "rated";

impl Record {
    /// What these events add up to, whatever order they come in and however often.
    pub fn fold(batch: &Batch, events: &[Event]) -> Record {
        let unworded = journal::unworded(events);
        let with_unworded: Vec<Event>;
        let events = match unworded.is_empty() {
            true => events,
            // What has come whole comes first, and counts.
            false => {
                with_unworded = [events, &unworded].concat();
                &with_unworded
            }
        };
        let ordered = journal::ordered(events);
        let places = Arc::new(Places::of(batch));
        let mut record = Record::default();
        ordered.iter().for_each(|event| record.note_place(event));
        let (ordered, apart) = in_order(&places, ordered);
        record.apart = apart;
        let refused = refused_undos(&places, &ordered);
        let counted = ordered.iter().copied().filter(|event| !refused.contains(&event.id()));
        let standing: BTreeSet<EventId> = journal::standing(counted).into_iter().map(Event::id).collect();
        record.places = places;
        for event in ordered {
            if refused.contains(&event.id()) {
                record.refuse(event, None);
            } else if standing.contains(&event.id()) {
                record.take(event);
            }
        }
        record
    }

    /// Takes in one more event. False when the record must be folded anew: an undo, an event that belongs before others, the first of
    /// its author's second library.
    #[must_use]
    pub fn apply(&mut self, event: &Event) -> bool {
        let header = &event.header;
        let latest = self.last.values().max();
        let own = self.last.get(&header.writer);
        // A clock that was set back does not put a writer's act before its earlier ones.
        let at = own.map_or(header.stands(), |own| own.0.max(header.stands()));
        let key = (at, header.writer, header.seq, header.id);
        // Which of two seals was seen first changes what came after either.
        let settles_before = matches!(event.act, Act::Undone { .. } | Act::Witnessed { .. } | Act::Unworded { .. });
        if latest.is_some_and(|latest| key <= *latest) || settles_before {
            return false;
        }
        let mut others = self.authors.iter().filter(|(writer, author)| **author == header.author && **writer != header.writer);
        let has_several = others.next().is_some();
        if has_several && (own.is_none() || matches!(event.act, Act::Sealed { .. })) {
            return false;
        }
        self.last.insert(header.writer, key);
        self.authors.insert(header.writer, header.author);
        self.take(event);
        true
    }

    fn note_place(&mut self, event: &Event) {
        let header = &event.header;
        let at = self.last.get(&header.writer).map_or(header.stands(), |own| own.0.max(header.stands()));
        self.last.insert(header.writer, (at, header.writer, header.seq, header.id));
        self.authors.insert(header.writer, header.author);
    }

    /// The place of what comes next among decisions, hand-offs and what was agreed: the last stands, and times do not tell.
    fn next(&mut self) -> u64 {
        self.taken_so_far += 1;
        self.taken_so_far
    }

    fn work_of(&mut self, event: &Event) -> &mut Work {
        self.works.entry(event.header.author).or_default()
    }

    fn refuse(&mut self, event: &Event, answer: Option<AnswerId>) {
        let apart = self.apart.late.contains(&event.id());
        let refused = Refused { event: event.id(), kind: event.header.kind.clone(), answer, at: event.header.at, apart };
        self.work_of(event).refused.push(refused);
    }

    /// Marks the rating that stands where another library of its author sealed another value, neither knowing of the other.
    fn mark_apart(&mut self, refused: &Event) {
        let Act::Rated { answer, criterion, observed, .. } = &refused.act else { return };
        let author = refused.header.author;
        let Some(place) = self.places.get(*answer) else { return };
        let scopes = [Scope::Question(place.question.clone()), Scope::Submission(place.submission)];
        if scopes.into_iter().any(|scope| self.apart.twice.contains(&(author, scope)))
            && let Some(rating) = self.work_of(refused).ratings.get_mut(&(*answer, criterion.clone()))
            && rating.observed != *observed
        {
            rating.after = Some(After::Apart);
        }
    }

    /// Whether the author's ratings of an answer are locked now.
    pub(super) fn is_locked(&self, author: ReviewerId, answer: AnswerId) -> bool {
        let place = self.places.get(answer);
        place.is_some_and(|place| self.work(author).is_some_and(|work| work.is_sealed(place)))
    }

    /// Whether a seal locks what the act is about: the answer as it is now, or the recording that the act means.
    pub(super) fn locks(&self, event: &Event, answer: AnswerId) -> bool {
        let author = event.header.author;
        let (Some(work), Some(place)) = (self.work(author), self.places.get(answer)) else { return false };
        let of = match &event.act {
            Act::Rated { revision, .. } | Act::Evidenced { revision, .. } => Some(*revision),
            Act::Cleared { criterion, .. } => work.rating(answer, criterion).map(|rating| rating.revision),
            _ => None,
        };
        work.is_sealed(place) || of.is_some_and(|revision| work.has_locked(place, revision))
    }

    /// What an act on an answer comes after.
    fn after(&self, author: ReviewerId, answer: AnswerId) -> Option<After> {
        let (work, place) = (self.work(author)?, self.places.get(answer)?);
        let question = Scope::Question(place.question.clone());
        let sealed = work.once_sealed.contains(&question) || work.once_sealed.contains(&Scope::Submission(place.submission));
        let after_seal = sealed.then_some(After::Seal);
        after_seal.max(self.after_reveal(work, place.submission, Some((answer, &place.question))))
    }

    /// What an act on a whole submission comes after.
    fn after_submission(&self, author: ReviewerId, submission: SubmissionId) -> Option<After> {
        let work = self.work(author)?;
        let after_seal = work.once_sealed.contains(&Scope::Submission(submission)).then_some(After::Seal);
        after_seal.max(self.after_reveal(work, submission, None))
    }

    fn after_reveal(&self, work: &Work, submission: SubmissionId, answer: Option<(AnswerId, &QuestionId)>) -> Option<After> {
        let shown = work.revealed.iter().any(|revealing| match &revealing.what {
            Subject::Submission(id) => *id == submission,
            Subject::Answer(id) => answer.is_some_and(|(answer, _)| answer == *id),
            Subject::Question(id) => answer.is_some_and(|(_, question)| question == id),
            Subject::Batch(_) => true,
            Subject::Name(_) | Subject::Candidate(_) | Subject::Document(..) => false,
        });
        if shown { Some(After::Reveal) } else { work.batch_sealed.is_some().then_some(After::OwnBatch) }
    }

    /// Whether the name of whoever gave an answer was shown to a reviewer.
    fn knows_name(&self, reviewer: ReviewerId, answer: AnswerId) -> bool {
        let of = self.work(reviewer).zip(self.places.get(answer));
        of.is_some_and(|(work, place)| work.knows_name(place.submission))
    }

    /// Whether the batch's own rules hide names; none where it has none.
    fn hides_names(&self) -> Option<bool> {
        self.protocol.as_ref()?.settings.get("hide_names")?.as_bool()
    }

    fn take(&mut self, event: &Event) {
        use Act::*;
        match &event.act {
            Heard { .. } | Read { .. } => self.take_hearing(event),
            Rated { answer, .. } | Cleared { answer, .. } | Evidenced { answer, .. } => {
                if self.locks(event, *answer) {
                    self.refuse(event, Some(*answer));
                    self.mark_apart(event);
                } else {
                    self.take_scoring(event);
                }
            }
            Noted { .. } | Probed { .. } => self.take_writing(event),
            MustHave { .. } | Recommended { .. } | Compared { .. } | Recused { .. } | Reconciled { .. } => self.take_verdict(event),
            Sealed { .. } | Reopened { .. } => self.take_seal(event),
            Acknowledged { .. } | Revealed { .. } | Shuffled { .. } | Calibrated { .. } | Drafted { .. } => self.take_own(event),
            Protocol { .. } | Attached { .. } | Panel { .. } | Assigned { .. } | Released { .. } => self.take_setting(event),
            Shortlisted { .. } | Tagged { .. } | Decided { .. } | Commented { .. } => self.take_deciding(event),
            Matched { .. } | Held { .. } | Lifted { .. } | Exported { .. } | Erased { .. } | Removed { .. } => {
                self.take_keeping(event)
            }
            HandedOff { .. } | Received { .. } => self.take_handing(event),
            Unquoted { .. } => self.take_unquoted(event),
            // Those were put where they stand before anything was taken.
            Unworded { .. } => {}
            Giving { .. } | Assisted { .. } | Shown { .. } => self.take_machines(event),
            Witnessed { reviewer, scopes, .. } => {
                self.witnessed.entry(*reviewer).or_default().extend(scopes.iter().cloned());
            }
            // Whose keys were handed on is for the audit alone; undoing is settled before.
            HandedOver { .. } | Undone { .. } => {}
            Unknown { kind, body: None } if kind == RATED => {
                self.closed.extend(event.header.subject.map(|subject| (event.header.author, subject)));
            }
            Unknown { .. } => {}
        }
    }

    fn take_hearing(&mut self, event: &Event) {
        let work = self.work_of(event);
        match &event.act {
            Act::Heard { answer, revision, spans, .. } => work.heard.entry(*answer).or_default().add(*revision, spans),
            Act::Read { answer, revision, spans } => work.read.entry(*answer).or_default().add(*revision, spans),
            _ => {}
        }
    }

    fn take_scoring(&mut self, event: &Event) {
        let (at, stands, id) = (event.header.at, event.header.stands(), event.id());
        match &event.act {
            Act::Rated { answer, revision, criterion, observed, reason } => {
                let after = self.after(event.header.author, *answer);
                let (observed, revision, reason) = (*observed, *revision, reason.clone());
                let (named, hid_names) = (self.knows_name(event.header.author, *answer), self.hides_names());
                let (revised_from, earlier) = (None, Vec::new());
                let rating =
                    Rating { observed, at, stands, event: id, revision, reason, revised_from, after, earlier, named, hid_names };
                self.work_of(event).rate((*answer, criterion.clone()), rating);
            }
            Act::Cleared { answer, criterion, .. } => self.work_of(event).clear((*answer, criterion.clone())),
            Act::Evidenced { answer, revision, criteria, span, quote } => {
                let (criteria, quote) = (criteria.clone(), quote.clone());
                let evidence = Evidence { event: id, answer: *answer, revision: *revision, criteria, span: *span, quote, at };
                self.work_of(event).evidence.push(evidence);
            }
            _ => {}
        }
    }

    fn take_writing(&mut self, event: &Event) {
        let (author, written) = (event.header.author, event.header.at);
        let note = |answer, at, text: &SafeText, after| Note {
            event: event.id(),
            answer,
            at,
            text: text.clone(),
            written,
            after,
            earlier: Vec::new(),
        };
        match &event.act {
            Act::Noted { answer, at, text, replaces } => {
                let after = self.after(author, *answer);
                let locked = self.is_locked(author, *answer);
                let work = self.work_of(event);
                // New notes may follow a seal, marked so; what was sealed does not change.
                if locked && replaces.is_some_and(|old| work.notes.iter().any(|note| note.event == old && note.after.is_none())) {
                    return self.refuse(event, Some(*answer));
                }
                work.write(note(*answer, *at, text, after), *replaces);
                work.drafts.remove(&field::note(*answer));
            }
            Act::Probed { answer, at, text } => {
                let after = self.after(author, *answer);
                let work = self.work_of(event);
                work.probes.push(note(*answer, *at, text, after));
                work.drafts.remove(&field::probe(*answer));
            }
            _ => {}
        }
    }

    fn take_verdict(&mut self, event: &Event) {
        let (author, at, id) = (event.header.author, event.header.at, event.id());
        match &event.act {
            Act::MustHave { submission, id: slug, met, span } => {
                if self.submission_is_locked(author, *submission) {
                    return self.refuse(event, None);
                }
                let after = self.after_submission(author, *submission);
                let mark = MustHaveMark { met: *met, span: *span, at, event: id, after };
                self.work_of(event).must_haves.insert((*submission, slug.clone()), mark);
            }
            Act::Recommended { submission, recommendation } => {
                if self.submission_is_locked(author, *submission) {
                    return self.refuse(event, None);
                }
                let after = self.after_submission(author, *submission);
                let recommended = Recommended { recommendation: *recommendation, at, event: id, after };
                self.work_of(event).recommendations.insert(*submission, recommended);
            }
            Act::Compared { question, criterion, a, b, outcome } => {
                // It says something of both: where either is sealed, nothing is said any more.
                if let Some(locked) = [*a, *b].into_iter().find(|answer| self.is_locked(author, *answer)) {
                    return self.refuse(event, Some(locked));
                }
                let (question, criterion) = (question.clone(), criterion.clone());
                self.work_of(event).compare(Comparison { question, criterion, a: *a, b: *b, outcome: *outcome, at, event: id });
            }
            Act::Recused { submission, reason } => {
                self.work_of(event).recused.insert(*submission, Recusal { at, reason: reason.clone() });
            }
            Act::Reconciled { answer, criterion, observed, with, reason } => {
                let (nth, with, reason) = (self.next(), with.clone(), reason.clone());
                let third = Reconciliation { observed: *observed, with, reason, at, nth };
                self.work_of(event).reconciled.insert((*answer, criterion.clone()), third);
            }
            _ => {}
        }
    }

    fn submission_is_locked(&self, author: ReviewerId, submission: SubmissionId) -> bool {
        let Some(work) = self.work(author) else { return false };
        // What came in since may change the verdict.
        let came_later = || self.places.of_submission(submission).any(|place| self.is_due(place) && !work.is_sealed(place));
        let sealed = work.sealed.contains_key(&Scope::Submission(submission)) && !came_later();
        sealed || self.scorecard_is_sealed(author, submission)
    }

    /// What a seal locks that does not say so: everything of its scope, with the recording that was rated.
    fn all_of(&self, author: ReviewerId, scope: &Scope) -> Locks {
        let work = self.work(author);
        let rated = |place: &Place| work?.ratings_of(place.answer).next()?.1.revision;
        let within = self.places.iter().filter(|place| place.is_in(scope));
        within.map(|place| (place.answer, rated(place).or(place.revision))).collect()
    }

    fn take_seal(&mut self, event: &Event) {
        let (author, at, id) = (event.header.author, event.header.at, event.id());
        match &event.act {
            Act::Sealed { scope, unheard, locks, .. } => {
                let of_scope = |place: &AnswerId| self.places.get(*place).is_none_or(|place| place.is_in(scope));
                let mut said = locks.clone().unwrap_or_else(|| self.all_of(author, scope));
                said.retain(|answer, _| of_scope(answer));
                let work = self.work_of(event);
                work.seal(scope.clone(), SealMark { at, event: id, unheard: unheard.clone(), locks: said });
                if work.batch_sealed.is_none() && self.own_scopes_are_sealed(author) {
                    self.work_of(event).batch_sealed = Some(at);
                }
            }
            Act::Reopened { scope, reason } => {
                let work = self.work_of(event);
                if let Some(seals) = work.sealed.remove(scope) {
                    let (scope, reason) = (scope.clone(), reason.clone());
                    work.reopened.push(Reopening { scope, at, event: id, reason, sealed_at: seals.first.at });
                }
            }
            _ => {}
        }
    }

    fn take_own(&mut self, event: &Event) {
        let (at, stands) = (event.header.at, event.header.stands());
        let work = self.work_of(event);
        match &event.act {
            Act::Acknowledged { rubric_hash } => work.acknowledged = Some(*rubric_hash),
            Act::Revealed { what, reason } => work.revealed.push(Revealing { what: what.clone(), at, reason: reason.clone() }),
            Act::Shuffled { seed, algorithm } => work.seed = Some((*seed, *algorithm)),
            Act::Calibrated { clip, ratings } => {
                work.calibrations.push(Calibrated { clip: clip.clone(), ratings: ratings.clone(), at, stands });
            }
            Act::Drafted { field, text, .. } if text.is_empty() => {
                work.drafts.remove(field);
            }
            Act::Drafted { field, text, at } => {
                work.drafts.insert(field.clone(), (text.clone(), *at));
            }
            _ => {}
        }
    }

    fn take_setting(&mut self, event: &Event) {
        let (by, at) = (event.header.author, event.header.at);
        match &event.act {
            Act::Protocol { hash, settings, reason } => {
                self.protocol = Some(Override { hash: *hash, settings: settings.clone(), reason: reason.clone(), at, by });
            }
            Act::Attached { rubric_hash, text_hash, map } => {
                self.attachment = Some(Attachment { rubric_hash: *rubric_hash, text_hash: *text_hash, map: map.clone(), at, by });
            }
            Act::Panel { reviewers } => {
                let listed: Vec<Panelist> = reviewers.iter().filter_map(Panelist::read).collect();
                listed.iter().for_each(|who| self.name(who));
                self.panel = Some(listed);
            }
            Act::Assigned { submission, reviewer } => {
                let assignment = Assignment { submission: *submission, reviewer: *reviewer, at, by, released: None };
                if submission.is_none() {
                    // Who gets the whole batch gets what they were released from before, too.
                    self.assignments.retain(|(who, of), earlier| who != reviewer || of.is_none() || earlier.released.is_none());
                }
                self.assignments.insert((*reviewer, *submission), assignment);
            }
            Act::Released { submission, reviewer, reason } => {
                let release = Release { at, by, reason: reason.clone() };
                // It may be one submission of a batch that was assigned as a whole.
                let new = Assignment { submission: *submission, reviewer: *reviewer, at, by, released: None };
                self.assignments.entry((*reviewer, *submission)).or_insert(new).released = Some(release);
            }
            _ => {}
        }
    }

    fn take_deciding(&mut self, event: &Event) {
        let (by, at, id) = (event.header.author, event.header.at, event.id());
        // To whom a shortlist was handed keeps one of their own: no reply changes the sender's.
        let aside = self.is_guest(by);
        match &event.act {
            Act::Shortlisted { submission, on } if aside => {
                let mark = on.then_some(Marked { by, at });
                self.asides.entry(by).or_default().shortlist.insert(*submission, mark);
            }
            Act::Tagged { submission, tag, act: Tagging::Removed }
                if aside && self.tags.get(&(*submission, tag.clone())).is_none_or(|mark| mark.by != by) =>
            {
                self.asides.entry(by).or_default().untagged.insert((*submission, tag.clone()));
            }
            Act::Shortlisted { submission, on: true } => {
                self.shortlist.insert(*submission, Marked { by, at });
            }
            Act::Shortlisted { submission, on: false } => {
                self.shortlist.remove(submission);
            }
            Act::Tagged { submission, tag, act: Tagging::Added } => {
                let key = (*submission, tag.clone());
                if let Some(own) = self.asides.get_mut(&by) {
                    own.untagged.remove(&key);
                }
                // What is there already stays whose it is.
                match aside {
                    true => _ = self.tags.entry(key).or_insert(Marked { by, at }),
                    false => _ = self.tags.insert(key, Marked { by, at }),
                }
            }
            Act::Tagged { submission, tag, act: Tagging::Removed } => {
                self.tags.remove(&(*submission, tag.clone()));
            }
            Act::Decided { submission, application, decision, because, reason, overrides } => {
                let (because, reason, overrides) = (because.clone(), reason.clone(), overrides.clone());
                let nth = self.next();
                let decided = Decided { decision: *decision, because, reason, overrides, at, by, event: id, nth };
                self.decisions.entry((*submission, application.clone())).or_default().push(decided);
                self.work_of(event).drafts.remove(&field::decision(*submission));
            }
            Act::Commented { submission, text } => {
                self.comments.push(Commented { submission: *submission, text: text.clone(), by, at, event: id });
                self.work_of(event).drafts.remove(&field::comment(*submission));
            }
            _ => {}
        }
    }

    fn take_keeping(&mut self, event: &Event) {
        let (by, at) = (event.header.author, event.header.at);
        match &event.act {
            Act::Matched { submission, application, requisition } => {
                let links = self.matched.entry(*submission).or_default();
                links.retain(|link| link.application != *application);
                links.push(Link { application: application.clone(), requisition: requisition.clone(), by, at });
            }
            Act::Held { subject, reason, until } => {
                self.holds.push(Hold { subject: subject.clone(), reason: reason.clone(), until: *until, by, at });
            }
            Act::Lifted { subject, .. } => self.holds.retain(|hold| hold.subject != *subject),
            Act::Exported { receipt } => {
                let (receipt, header) = (receipt.clone(), &event.header);
                self.exports.push(Export { receipt, by, at, order: header.order(), subject: header.subject });
            }
            Act::Erased { subject, tombstone } => {
                let aside = self.is_guest(by);
                let erased = if aside { &mut self.asides.entry(by).or_default().erased } else { &mut self.erased };
                // Who follows somebody else's erasure says only what was to be covered.
                erased.entry(*subject).or_insert_with(|| Erasure { tombstone: tombstone.clone(), by, at });
            }
            Act::Removed { subject, receipt } => {
                self.removed.insert(*subject, Erasure { tombstone: receipt.clone(), by, at });
            }
            _ => {}
        }
    }
}
