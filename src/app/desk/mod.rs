//! The desk: the batch that is open, and what this reviewer has done on it.

mod acts;
mod alike;
mod asking;
mod auditing;
mod calling;
mod covering;
mod deciding;
mod facts;
mod finding;
pub(super) mod machines;
mod many;
pub(super) mod overall;
mod renewing;
mod ruling;
mod sealing;
mod second;
mod seen;
mod sifting;
mod skimming;
mod standing;
pub(super) mod stating;
mod stretches;
mod totals;
mod undoing;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::OnceLock;

use super::overlay::Purpose;
use super::sieve::Sieve;
use super::{Contents, Here, Outline};
use crate::interview::{
    AnswerId, AnswerState, Batch, CandidateId, CriterionId, EventId, Moment, QuestionId, ReviewerId, Revision, Span, SubmissionId,
};
use crate::journal::{Act, Event};
use crate::protocol::{self, Names, Particulars, Plan, Progress, Rules, Visible};
use crate::rubric::{Criterion, Observed, Rubric};
use crate::scorecard::{Evidence, HeardShare, Material, Materials, Panelist, Place, Rating, Record, Work, field};
use crate::sound::Prepared;
use crate::text::SafeText;
use crate::transcript::Sentences;

use ruling::rules_of;

pub use auditing::ActTold;
pub use covering::cover_said;
pub use deciding::Verdict;
pub use finding::Indexing;
pub use many::{Deed, LeftOut, Undertaking};
pub use sealing::{ComesNext, SealCheck};
pub use second::MachinePoint;
pub use skimming::Skim;
pub use standing::NotRanked;
pub use totals::{Sealed, Stands, ToMeasure};
pub use undoing::{kind_in_words, since_in_words};

/// The batch that is open.
pub struct Desk {
    /// The batch.
    pub batch: Batch,
    /// The rubric that is attached.
    pub rubric: Option<Rubric>,
    /// The rules that hold.
    pub rules: Rules,
    /// What of everyone's work this reviewer may see.
    pub sight: Visible,
    /// Everything that was done, also what may not be seen: for the rules alone, never for a screen.
    pub(super) record: Record,
    /// All acts in order, also pending ones.
    pub(super) entries: Vec<Event>,
    /// Acts that are shown and not yet on disk.
    pub(super) pending: BTreeSet<EventId>,
    /// The order of hearing.
    pub plan: Plan,
    /// The submissions in the order of the grid's rows.
    pub rows: Vec<SubmissionId>,
    /// What of the rows the grid shows, and in what order.
    pub sieve: Sieve,
    /// The rows that the sieve lets through, in its order: those of the grid.
    pub shown: Vec<SubmissionId>,
    /// Whether something happened since that may let others through.
    pub(super) sift_again: bool,
    /// Submissions selected for comparing and for acting on together, in the order of selecting.
    pub selected: Vec<SubmissionId>,
    /// The answer that was last on the Review screen.
    pub reviewing: Option<AnswerId>,
    /// The question on the screen that is in front, whose pseudonyms are shown; none where candidates stand over all questions.
    pub(super) in_front: Option<QuestionId>,
    /// Whether that was since the batch was opened: until then work goes on at the first answer of the order that waits.
    pub(super) has_begun: bool,
    /// What preparing found out about each recording.
    pub outlines: BTreeMap<AnswerId, Outline>,
    /// Whether a calibration clip that was due was left for later.
    pub calibration_put_off: bool,
    me: ReviewerId,
    /// Who is known beside the batch's own list of reviewers.
    people: Vec<Panelist>,
    materials: Materials,
    names: Names,
    others: OnceLock<Particulars>,
    title: OnceLock<SafeText>,
    here: BTreeMap<AnswerId, covering::Fetched>,
    finding: finding::Finding,
    totals: OnceLock<BTreeMap<SubmissionId, totals::Figures>>,
    decided_first: OnceLock<Option<jiff::Timestamp>>,
    against: OnceLock<BTreeMap<SubmissionId, crate::panel::Against>>,
    progress: OnceLock<Progress>,
    second: second::Second,
    likenesses: alike::Likenesses,
    pub(super) rests: super::sitting::Rests,
}

/// Whether what a key did is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    /// On its way.
    Pending,
    /// On disk.
    Saved,
}

impl Desk {
    /// Lays out a batch for a reviewer.
    pub fn new(me: ReviewerId, contents: Contents) -> Self {
        let Contents { batch, entries, rubric, outlines, people } = contents;
        let mut record = Record::fold(&batch, &entries);
        record.know(&people);
        let materials = materials(&batch, &outlines);
        let rules = rules_of(rubric.as_ref(), &record);
        let sight = protocol::visible(&record, &rules, me).without_erased(&batch);
        let names = covering::names_of(&batch, &rules, &sight);
        let mut desk = Desk {
            plan: Plan::default(),
            rows: Vec::new(),
            sieve: Sieve::default(),
            shown: Vec::new(),
            sift_again: true,
            selected: Vec::new(),
            reviewing: None,
            in_front: None,
            has_begun: false,
            calibration_put_off: false,
            pending: BTreeSet::new(),
            here: BTreeMap::new(),
            others: OnceLock::new(),
            title: OnceLock::new(),
            finding: finding::Finding::default(),
            totals: OnceLock::new(),
            decided_first: OnceLock::new(),
            against: OnceLock::new(),
            progress: OnceLock::new(),
            second: second::Second::default(),
            likenesses: alike::Likenesses::default(),
            rests: super::sitting::Rests::default(),
            me,
            batch,
            rubric,
            record,
            entries,
            outlines,
            people,
            materials,
            rules,
            sight,
            names,
        };
        desk.lay_out();
        desk.shown.clone_from(&desk.rows);
        desk.reviewing = desk.last_touched();
        desk
    }

    /// Takes the rules that hold, draws the order and sorts the rows.
    pub(super) fn lay_out(&mut self) {
        self.rules = rules_of(self.rubric.as_ref(), &self.record);
        self.look_again();
        let seed = protocol::seed(self.batch.id, self.me);
        self.plan = Plan::of(&self.batch, &self.record, &self.rules.protocol, &seed, self.me);
        // The grid shows people in the order of the first question, then those who have nothing to hear.
        let in_plan = self.plan.steps.iter().map(|step| step.submission);
        let mut seen = HashSet::new();
        let all = in_plan.chain(self.batch.submissions.iter().map(|submission| submission.id));
        self.rows = all.filter(|submission| seen.insert(*submission)).collect();
        self.sift_again = true;
    }

    /// This reviewer's own work.
    pub fn mine(&self) -> &Work {
        self.sight.mine()
    }

    /// The transcript and peaks of an answer, once fetched; while the name is hidden, without what names the candidate.
    pub fn here(&self, answer: AnswerId) -> Option<&Here> {
        self.here.get(&answer).map(|fetched| &fetched.shown)
    }

    /// Takes in an answer's transcript and peaks.
    pub fn put_here(&mut self, answer: AnswerId, here: Here) {
        // Transcripts of a few dozen answers are enough to go back and forth; the rest is fetched again.
        const KEPT: usize = 64;
        if self.here.len() >= KEPT
            && let Some(other) = self.here.keys().find(|other| **other != answer).copied()
        {
            self.here.remove(&other);
        }
        let fetched = self.cover_here(answer, here);
        self.here.insert(answer, fetched);
    }

    /// What is known of a recording that is measured now.
    pub(super) fn is_measured(&mut self, answer: AnswerId, prepared: &Arc<Prepared>) {
        self.outlines.insert(answer, Outline::from(&**prepared));
        self.materials = materials(&self.batch, &self.outlines);
        self.rests.forget();
        if let Some(fetched) = self.here.get_mut(&answer) {
            fetched.see(prepared);
        }
    }

    /// Whether a recording plays with a provisional loudness, because nobody has measured it yet.
    pub fn is_provisional(&self, answer: AnswerId) -> bool {
        let found = self.batch.answer(answer).filter(|(_, found)| found.kind.is_recording() && found.state.is_reviewable());
        found.is_some() && !self.outlines.contains_key(&answer)
    }

    /// The criteria that a question's answers are rated by; none while no rubric is attached.
    pub fn criteria_of(&self, question: &QuestionId) -> &[Criterion] {
        self.rubric.as_ref().map_or(&[], |rubric| self.record.criteria(rubric, question))
    }

    /// The criteria that an answer is rated by.
    pub fn criteria(&self, answer: AnswerId) -> &[Criterion] {
        self.place(answer).map_or(&[], |place| self.criteria_of(&place.question))
    }

    fn place(&self, answer: AnswerId) -> Option<&Place> {
        self.record.places.get(answer)
    }

    /// Which recording of an answer is reviewed.
    pub fn revision(&self, answer: AnswerId) -> Option<Revision> {
        self.place(answer)?.revision
    }

    /// My rating, with how it came about.
    pub fn my_mark(&self, answer: AnswerId, criterion: &CriterionId) -> Option<&Rating> {
        self.mine().rating(answer, criterion)
    }

    /// The value that I gave.
    pub fn my_rating(&self, answer: AnswerId, criterion: &CriterionId) -> Option<Observed> {
        self.my_mark(answer, criterion).map(|rating| rating.observed)
    }

    /// The values that others gave, as far as they may be seen.
    pub fn others_ratings(&self, answer: AnswerId, criterion: &CriterionId) -> Vec<Observed> {
        self.sight.theirs().filter_map(|(_, work)| Some(work.rating(answer, criterion)?.observed)).collect()
    }

    /// The evidence that I marked for a criterion.
    pub fn my_evidence(&self, answer: AnswerId, criterion: &CriterionId) -> Vec<&Evidence> {
        self.mine().evidence_of(answer).filter(|evidence| evidence.criteria.contains(criterion)).collect()
    }

    /// Whether an act is on disk.
    pub fn saving(&self, event: EventId) -> Saving {
        if self.pending.contains(&event) { Saving::Pending } else { Saving::Saved }
    }

    /// Whether anything is not on disk yet.
    pub fn has_pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether anything of that is what a person gave, not only what was heard or read.
    pub fn has_unsaved_judgements(&self) -> bool {
        let gives = |act: &Act| !matches!(act, Act::Heard { .. } | Act::Read { .. } | Act::Drafted { .. });
        self.has_pending() && self.entries.iter().rev().any(|event| self.pending.contains(&event.id()) && gives(&event.act))
    }

    /// Whether my ratings of an answer are locked.
    pub fn is_sealed(&self, answer: AnswerId) -> bool {
        self.place(answer).is_some_and(|place| self.mine().is_sealed(place))
    }

    /// How many criteria of an answer I have rated, of how many.
    pub fn rated(&self, answer: AnswerId) -> (usize, usize) {
        let criteria = self.criteria(answer);
        let missing = self.place(answer).map_or(criteria.len(), |place| self.mine().missing(criteria, place).len());
        (criteria.len() - missing, criteria.len())
    }

    /// What there is to hear in each answer.
    pub fn materials(&self) -> &Materials {
        &self.materials
    }

    /// How much of an answer's speech I heard.
    pub fn heard_share(&self, answer: AnswerId) -> HeardShare {
        let material = self.materials.get(&answer).unwrap_or(&Material::Unknown);
        self.mine().heard_share(answer, self.revision(answer), material)
    }

    /// The first question, as the batch names it.
    pub(super) fn first_question(&self) -> Option<QuestionId> {
        self.batch.interview.questions.first().map(|question| question.id.clone())
    }

    /// The next answer of the order that is not fully rated, from the one after `answer` on.
    pub fn waiting_after(&self, answer: Option<AnswerId>) -> Option<AnswerId> {
        let open = |step: &protocol::Step| {
            let (rated, of) = self.rated(step.answer);
            rated < of && !self.is_sealed(step.answer)
        };
        self.plan.next_open(answer, open).map(|step| step.answer)
    }

    /// Whether it is a recording that is there to be heard.
    pub(super) fn is_playable(&self, answer: AnswerId) -> bool {
        self.batch.answer(answer).is_some_and(|(_, answer)| answer.kind.is_recording() && answer.state.is_reviewable())
    }

    /// The same candidate's answer to a later or an earlier question, as far as there is one to hear.
    pub(super) fn same_candidate(&self, answer: AnswerId, by: isize) -> Option<AnswerId> {
        let (submission, _) = self.batch.answer(answer)?;
        let mut at = submission.answers.iter().position(|a| a.id == answer)?;
        loop {
            at = at.checked_add_signed(by)?;
            let other = submission.answers.get(at)?;
            if other.state.is_reviewable() {
                return Some(other.id);
            }
        }
    }

    /// Who answered a question, in the order of hearing.
    pub(super) fn answerers(&self, question: &QuestionId) -> Vec<SubmissionId> {
        self.plan.steps.iter().filter(|step| step.question == *question).map(|step| step.submission).collect()
    }

    /// How far my own order of hearing is done.
    pub fn progress(&self) -> Progress {
        // Counted once until something is done: a grid of ten thousand answers says it at every key.
        *self.progress.get_or_init(|| match &self.rubric {
            Some(rubric) => self.plan.progress(&self.sight, rubric, self.mine()),
            None => Progress { of: self.plan.steps.len(), ..Progress::default() },
        })
    }

    /// Where an answer stands in the grid: row and column.
    pub(super) fn place_of(&self, answer: AnswerId) -> Option<(usize, usize)> {
        let (submission, found) = self.batch.answer(answer)?;
        let row = self.shown.iter().position(|row| *row == submission.id)?;
        let column = submission.answers.iter().position(|a| a.id == found.id)?;
        Some((row, column))
    }

    fn last_touched(&self) -> Option<AnswerId> {
        self.entries.iter().rev().filter(|event| event.header.author == self.me).find_map(|event| match event.act {
            Act::Rated { answer, .. } | Act::Heard { answer, .. } | Act::Evidenced { answer, .. } | Act::Noted { answer, .. } => {
                Some(answer)
            }
            _ => None,
        })
    }

    /// Where I was when an answer was last heard.
    pub(super) fn last_heard(&self, answer: AnswerId) -> Option<Moment> {
        let revision = self.revision(answer);
        self.entries.iter().rev().filter(|event| event.header.author == self.me).find_map(|event| match &event.act {
            Act::Heard { answer: of, revision: what, spans, .. } if *of == answer && *what == revision => {
                spans.iter().last().map(|span| span.end)
            }
            _ => None,
        })
    }

    /// The last spoken sentence before a moment, and its words; without a transcript the ten seconds before.
    pub(super) fn last_said(&self, answer: AnswerId, at: Moment) -> (Span, SafeText) {
        let transcript = self.here(answer).and_then(|here| here.transcript.clone());
        let said = transcript.as_ref().and_then(|transcript| {
            let words = Sentences::of(transcript).last_spoken(at)?;
            Some((transcript.span_of(&words)?, words))
        });
        match (transcript, said) {
            (Some(transcript), Some((span, words))) => (span, SafeText::block(&transcript.text(words))),
            _ => (Span::between(at.shifted(-10_000), at), SafeText::default()),
        }
    }

    /// What a crash left in a text field.
    pub(super) fn draft(&self, purpose: &Purpose) -> Option<String> {
        let name = draft_name(purpose)?;
        self.mine().drafts.get(&name).map(|(text, _)| text.raw().to_owned())
    }

    /// The submission's candidate, under whose key an act about it is stored.
    pub fn candidate_of(&self, submission: SubmissionId) -> Option<CandidateId> {
        self.batch.submission(submission).map(|submission| submission.candidate.id)
    }

    /// Takes in an act at once, before it is on disk.
    pub fn take(&mut self, event: Event) {
        self.take_all(vec![event]);
    }

    /// Takes in acts that were written together.
    pub fn take_all(&mut self, events: Vec<Event>) {
        let (mut known, mut seen, mut names, mut order) = (true, true, false, false);
        for event in events {
            // Once it must be folded anew, that takes in the rest as well.
            known = known && self.record.apply(&event);
            seen = known && seen && self.sight.keep_up(&event);
            names |= matches!(event.act, Act::Revealed { .. } | Act::Undone { .. });
            order |= self.changes_order(&event.act);
            self.count_rest_after(&event.act);
            self.entries.push(event);
        }
        self.forget_figures();
        if !known {
            self.refold();
        } else if !seen || names {
            self.look_again();
        }
        if order {
            self.lay_out();
        }
    }

    /// Whether after an act other answers are mine to review.
    fn changes_order(&self, act: &Act) -> bool {
        let target = match act {
            Act::Undone { event } => self.entries.iter().rev().find(|other| other.id() == *event).map(|other| &other.act),
            act => Some(act),
        };
        // An undo of an undo is looked at no further: to lay out once too often harms nobody.
        matches!(target, Some(Act::Assigned { .. } | Act::Released { .. } | Act::Recused { .. } | Act::Undone { .. }))
    }

    pub(super) fn refold(&mut self) {
        self.record = Record::fold(&self.batch, &self.entries);
        self.record.know(&self.people);
        self.look_again();
    }

    /// Something happened: what was worked out before is asked anew.
    fn forget_figures(&mut self) {
        (self.totals, self.decided_first, self.progress) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        self.against = OnceLock::new();
        self.sift_again = true;
    }

    /// What may be seen may have changed.
    fn look_again(&mut self) {
        self.forget_figures();
        self.rests.count_again();
        self.sight = protocol::visible(&self.record, &self.rules, self.me).without_erased(&self.batch);
        let names = covering::names_of(&self.batch, &self.rules, &self.sight);
        if names != self.names {
            self.names = names;
            self.cover_again();
        }
    }
}

/// The name under which the draft of a text field is kept.
pub(super) fn draft_name(purpose: &Purpose) -> Option<SafeText> {
    match purpose {
        Purpose::Note { answer, .. } => Some(field::note(*answer)),
        Purpose::Probe { answer, .. } => Some(field::probe(*answer)),
        Purpose::DecideReason { whom, .. } => whom.one().map(field::decision),
        Purpose::ChangeReason { answer, criterion, .. } => Some(field::change(*answer, criterion)),
        Purpose::Reopen(scope) => Some(field::reopening(scope)),
        Purpose::Comment(submission) => Some(field::comment(*submission)),
        _ => None,
    }
}

fn materials(batch: &Batch, outlines: &BTreeMap<AnswerId, Outline>) -> Materials {
    let answers = batch.submissions.iter().flat_map(|submission| &submission.answers);
    let material = |answer: &crate::interview::Answer| match (&answer.state, &answer.text, outlines.get(&answer.id)) {
        (AnswerState::Ready | AnswerState::Truncated, Some(text), _) if !answer.kind.is_recording() => {
            Material::Text { characters: text.as_str().chars().count() as u32 }
        }
        (AnswerState::Ready | AnswerState::Truncated, _, Some(outline)) => {
            Material::Sound { length: outline.length.0, speech: Some(outline.speech.clone()) }
        }
        (AnswerState::Ready | AnswerState::Truncated, ..) => Material::Unknown,
        _ => Material::Nothing,
    };
    answers.map(|answer| (answer.id, material(answer))).collect()
}
