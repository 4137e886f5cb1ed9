//! When decisions open: every submission of the wave is reviewed by enough reviewers.
//!
//! Who came in after the first decision is of the late wave, which has a gate of its own. A decision on somebody who gave
//! nothing to review begins no wave, and waits for none.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::seal::heard;
use super::settings::Rules;
use super::sight::Visible;
use crate::interview::{ReviewerId, SubmissionId};
use crate::rubric::{DecisionGate, Observed};
use crate::scorecard::{Decided, Materials, Place, Record};

/// Whether decisions are open, and what they wait for, as far as the viewer may know.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Gate {
    /// Whether decisions are open.
    pub open: bool,
    /// Whether the protocol has a gate at all.
    pub on: bool,
    /// What is waited for, in the source's order.
    pub waiting: Vec<Waiting>,
    /// Submissions of the wave that are reviewed by enough.
    pub reviewed: usize,
    /// Submissions of the wave.
    pub of: usize,
    /// Submissions that nobody has to review: withdrawn, expired, never answered, everyone recused.
    pub left_out: usize,
    /// When the first decision was made, as far as the viewer may know: who came in later is of the late wave.
    pub decided_first: Option<Timestamp>,
    /// The gate of the late wave; none while nobody came in late.
    pub late: Option<Box<Gate>>,
}

impl Gate {
    /// Whether a submission can be decided on without a reason for not waiting: the gate of its wave is open, or there is
    /// nothing in it that anybody could review.
    pub fn is_open_for(&self, record: &Record, submission: SubmissionId) -> bool {
        match (&self.late, is_late(record, submission, self.decided_first)) {
            _ if !is_waited_for(record, submission) => true,
            (Some(late), true) => late.open,
            _ => self.open,
        }
    }

    /// What the gates that are closed wait for, the first wave's before the late one's.
    pub fn all_waiting(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter().chain(self.late.iter().flat_map(|late| &late.waiting))
    }
}

/// A submission that decisions wait for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waiting {
    /// Which.
    pub submission: SubmissionId,
    /// For what.
    pub why: Why,
}

/// What a submission lacks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// Reviews: so many there, so many needed.
    Reviews {
        /// Reviewed by.
        have: usize,
        /// Needed.
        need: usize,
    },
    /// Sealed by enough, but too little heard, and not acknowledged.
    Unheard {
        /// Whose hearing falls short.
        reviewers: Vec<ReviewerId>,
    },
    /// The person answered, and not one of the recordings can be used: ask for them again, or decide with a reason.
    Faulty,
    /// The person handed in, and the source hands out none of it: attach the recordings, or decide with a reason.
    NotHandedOut,
}

/// Whether decisions on a batch are open. Before one's own batch is sealed, others' reviews do not count here either.
pub fn gate(visible: &Visible, rules: &Rules, materials: &Materials) -> Gate {
    let on = rules.protocol.decision_gate == DecisionGate::WaveReviewed;
    let decided_first = first_decision(visible);
    let (mut first, mut late) = (Gate { on, decided_first, ..Gate::default() }, Gate { on, decided_first, ..Gate::default() });
    let need = rules.policy.min_reviewers.max(1) as usize;
    for submission in submissions(visible) {
        if !is_waited_for(visible, submission) {
            first.left_out += 1;
            continue;
        }
        let gate = if is_late(visible, submission, decided_first) { &mut late } else { &mut first };
        gate.of += 1;
        let all_faulty = !visible.places.of_submission(submission).any(|place| visible.is_due(place));
        if all_faulty {
            let withheld = visible.places.of_submission(submission).any(|place| place.withheld);
            let why = if withheld { Why::NotHandedOut } else { Why::Faulty };
            gate.waiting.push(Waiting { submission, why });
            continue;
        }
        match lacks(visible, submission, need, rules, materials) {
            None => gate.reviewed += 1,
            Some(why) => gate.waiting.push(Waiting { submission, why }),
        }
    }
    (first.open, late.open) = (!on || first.waiting.is_empty(), !on || late.waiting.is_empty());
    first.late = (late.of > 0).then(|| Box::new(late));
    first
}

/// When the first decision on somebody was made who had anything to review; none where none stands.
pub fn first_decision(record: &Record) -> Option<Timestamp> {
    let counts = |submission: &SubmissionId| is_waited_for(record, *submission);
    let of = |((submission, _), all): (&(SubmissionId, _), &Vec<Decided>)| {
        all.iter().map(|decided| decided.at).min().filter(|_| counts(submission))
    };
    record.decisions.iter().filter_map(of).min()
}

/// Whether a submission came in after the first decision. Where the source does not say when it came in, it is of the first
/// wave, which then waits for it.
pub fn is_late(record: &Record, submission: SubmissionId, decided_first: Option<Timestamp>) -> bool {
    let Some(decided) = decided_first else { return false };
    record.places.of_submission(submission).find_map(|place| place.arrived).is_some_and(|arrived| arrived > decided)
}

/// Whether there is something in a submission that somebody has to review, or would have if it could be played.
fn is_waited_for(record: &Record, submission: SubmissionId) -> bool {
    let any = |is: &dyn Fn(&Place) -> bool| record.places.of_submission(submission).any(is);
    (any(&|place| record.is_due(place)) || any(&|place| place.faulty)) && !everyone_left(record, submission)
}

fn lacks(record: &Record, submission: SubmissionId, need: usize, rules: &Rules, materials: &Materials) -> Option<Why> {
    let sealed: Vec<ReviewerId> = record.sealed_by(submission).collect();
    let (reviewed, short): (Vec<_>, Vec<_>) =
        sealed.iter().partition(|&&reviewer| is_reviewed(record, reviewer, submission, rules, materials));
    match () {
        () if reviewed.len() >= need => None,
        () if sealed.len() >= need => Some(Why::Unheard { reviewers: short }),
        () => Some(Why::Reviews { have: reviewed.len(), need }),
    }
}

/// Whether a reviewer has reviewed a submission: sealed, and enough of each answer heard or the shortfall acknowledged.
pub fn is_reviewed(record: &Record, reviewer: ReviewerId, submission: SubmissionId, rules: &Rules, materials: &Materials) -> bool {
    let Some(work) = record.work(reviewer) else { return false };
    let enough = |place: &Place| {
        let acknowledged = work.seal_of(place).is_some_and(|seal| seal.unheard.contains(&place.answer));
        let faulty = || work.ratings_of(place.answer).any(|(_, rating)| rating.observed == Observed::TechnicalFault);
        acknowledged || faulty() || heard(place, work, materials).reaches(rules.protocol.heard_min)
    };
    record.scorecard_is_sealed(reviewer, submission)
        && record.places.of_submission(submission).filter(|place| record.is_due(place)).all(enough)
}

/// Whether there are reviewers, and all of them stepped aside from a submission.
fn everyone_left(record: &Record, submission: SubmissionId) -> bool {
    let listed = record.panel.iter().flatten().map(|panelist| panelist.id);
    let everyone: BTreeSet<ReviewerId> = record.works.keys().copied().chain(listed).collect();
    let recused = |id: &ReviewerId| record.work(*id).is_some_and(|work| work.recused.contains_key(&submission));
    !everyone.is_empty() && everyone.iter().all(recused)
}

/// In the source's order; also those whose answers are not due.
fn submissions(record: &Record) -> Vec<SubmissionId> {
    let mut seen = BTreeSet::new();
    record.places.iter().map(|place| place.submission).filter(|id| seen.insert(*id)).collect()
}
