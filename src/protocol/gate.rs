//! When decisions open: every submission of the wave is reviewed by enough reviewers.

use std::collections::BTreeSet;

use super::seal::heard;
use super::settings::Rules;
use super::sight::Visible;
use crate::interview::{ReviewerId, SubmissionId};
use crate::rubric::{DecisionGate, Observed};
use crate::scorecard::{Materials, Place, Record};

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
}

/// Whether decisions on a batch are open. Before one's own batch is sealed, others' reviews do not count here either.
pub fn gate(visible: &Visible, rules: &Rules, materials: &Materials) -> Gate {
    let mut gate = Gate { on: rules.protocol.decision_gate == DecisionGate::WaveReviewed, ..Gate::default() };
    let need = rules.policy.min_reviewers.max(1) as usize;
    for submission in submissions(visible) {
        let any = |is: &dyn Fn(&Place) -> bool| visible.places.of_submission(submission).any(is);
        let to_review = any(&|place| visible.is_due(place));
        let all_faulty = !to_review && any(&|place| place.faulty);
        if !(to_review || all_faulty) || everyone_left(visible, submission) {
            gate.left_out += 1;
            continue;
        }
        gate.of += 1;
        if all_faulty {
            gate.waiting.push(Waiting { submission, why: Why::Faulty });
            continue;
        }
        match lacks(visible, submission, need, rules, materials) {
            None => gate.reviewed += 1,
            Some(why) => gate.waiting.push(Waiting { submission, why }),
        }
    }
    gate.open = !gate.on || gate.waiting.is_empty();
    gate
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
