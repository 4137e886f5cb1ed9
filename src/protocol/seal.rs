//! What a seal locks, and what is missing before it is set.

use crate::interview::{AnswerId, CriterionId, QuestionId, ReviewerId, SubmissionId};
use crate::journal::Scope;
use crate::rubric::{Criterion, EvidenceRule, Observed, Order, Point, Protocol, Rubric, Scale, Seal};
use crate::scorecard::{HeardShare, Material, Materials, Place, Record, Work};

/// What the seal key would lock for an answer: a question across the batch in question-first order, else a submission.
pub fn scope_of(protocol: &Protocol, question: &QuestionId, submission: SubmissionId) -> Scope {
    match (protocol.order, protocol.seal) {
        (Order::QuestionFirst, Seal::Question) => Scope::Question(question.clone()),
        _ => Scope::Submission(submission),
    }
}

/// Something that is missing before a scope is sealed.
#[derive(Clone, PartialEq, Debug)]
#[expect(missing_docs, reason = "the fields say which answer and which criterion; a share is from 0 to 1")]
pub enum Gap {
    /// A criterion without a value.
    Unrated { answer: AnswerId, criterion: CriterionId },
    /// A value that was given for an older recording.
    Stale { answer: AnswerId, criterion: CriterionId },
    /// Less of the speech was heard than the policy asks; none where nobody has measured the answer.
    Unheard { answer: AnswerId, share: Option<f64>, asked: f64 },
    /// A value that must point at a moment, and does not.
    NoEvidence { answer: AnswerId, criterion: CriterionId },
}

impl Gap {
    /// The answer that it is about.
    pub fn answer(&self) -> AnswerId {
        match self {
            Gap::Unrated { answer, .. }
            | Gap::Stale { answer, .. }
            | Gap::Unheard { answer, .. }
            | Gap::NoEvidence { answer, .. } => *answer,
        }
    }
}

/// What is missing in a reviewer's own work before a scope is sealed, answer by answer in the source's order.
///
/// `heard` gaps among them go into the seal's `unheard`, when the reviewer acknowledges them.
pub fn gaps_before_seal(
    scope: &Scope,
    reviewer: ReviewerId,
    work: &Work,
    record: &Record,
    rubric: &Rubric,
    protocol: &Protocol,
    materials: &Materials,
) -> Vec<Gap> {
    let due = |place: &&Place| record.is_due(place) && record.has_to_review(reviewer, place.submission);
    let mut gaps = Vec::new();
    // What an earlier seal locks is not asked again when something came in since.
    let open = record.places.iter().filter(|place| place.is_in(scope) && !work.is_sealed(place));
    for place in open.filter(due) {
        let criteria = record.criteria(rubric, &place.question);
        gaps.extend(gaps_of(place, work, criteria, &rubric.scale, protocol, materials));
    }
    gaps
}

/// What is missing at one answer before it is sealed; nothing where the reviewer need not review it.
pub fn gaps_at(
    answer: AnswerId,
    reviewer: ReviewerId,
    work: &Work,
    record: &Record,
    rubric: &Rubric,
    protocol: &Protocol,
    materials: &Materials,
) -> Vec<Gap> {
    let due = |place: &&Place| record.is_due(place) && record.has_to_review(reviewer, place.submission);
    let place = record.places.get(answer).filter(due);
    let criteria = |place: &Place| record.criteria(rubric, &place.question);
    place.map(|place| gaps_of(place, work, criteria(place), &rubric.scale, protocol, materials)).unwrap_or_default()
}

fn gaps_of(
    place: &Place,
    work: &Work,
    criteria: &[Criterion],
    scale: &Scale,
    protocol: &Protocol,
    materials: &Materials,
) -> Vec<Gap> {
    let answer = place.answer;
    let mut gaps = Vec::new();
    let share = heard(place, work, materials);
    // Who says that the recording cannot be judged need not hear all of it.
    let faulty = work.ratings_of(answer).any(|(_, rating)| rating.observed == Observed::TechnicalFault);
    if !faulty && !share.reaches(protocol.heard_min) {
        gaps.push(Gap::Unheard { answer, share: share.fraction(), asked: protocol.heard_min });
    }
    for criterion in criteria {
        let id = || criterion.id.clone();
        let Some(rating) = work.rating(answer, &criterion.id) else {
            gaps.push(Gap::Unrated { answer, criterion: id() });
            continue;
        };
        if rating.is_stale(place.revision) {
            gaps.push(Gap::Stale { answer, criterion: id() });
        }
        if lacks_evidence(work, answer, &criterion.id, protocol, scale) {
            gaps.push(Gap::NoEvidence { answer, criterion: id() });
        }
    }
    gaps
}

/// How much of an answer was heard; of a written one, read.
pub(super) fn heard(place: &Place, work: &Work, materials: &Materials) -> HeardShare {
    let material = materials.get(&place.answer).unwrap_or(&Material::Unknown);
    work.heard_share(place.answer, place.revision, material)
}

/// Whether a value must point at a moment before it is sealed, and does not: so that it can be marked as soon as it is given.
pub fn lacks_evidence(work: &Work, answer: AnswerId, criterion: &CriterionId, protocol: &Protocol, scale: &Scale) -> bool {
    let asked = work.rating(answer, criterion).is_some_and(|rating| asks_for_evidence(protocol.evidence, rating.observed, scale));
    asked && work.evidence_for(answer, criterion).next().is_none()
}

/// Only points can point at a moment: what was not observed has none.
fn asks_for_evidence(rule: EvidenceRule, observed: Observed, scale: &Scale) -> bool {
    let Observed::Point(point) = observed else { return false };
    match rule {
        EvidenceRule::None => false,
        EvidenceRule::EveryRatingAtSeal => true,
        EvidenceRule::ExtremesAtSeal => point <= Point::whole(scale.min) || point >= Point::whole(scale.max),
    }
}
