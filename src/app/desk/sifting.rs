//! Which candidates the grid shows, and in what order; only what may be seen is looked at, so that no order tells what is sealed.

use std::cmp::Ordering;
use std::collections::HashMap;

use jiff::Timestamp;

use super::Desk;
use crate::app::sieve::{Keep, Sieve, SortBy};
use crate::interview::{AnswerState, Status, Submission, SubmissionId};
use crate::journal::Decision;
use crate::protocol::{self, Others};
use crate::rubric::Observed;
use crate::scorecard::{HeardShare, Place};

/// By what a row is sorted: lower comes first.
#[derive(PartialEq, PartialOrd)]
enum Figure {
    Number(f64),
    At(Timestamp),
    Name(String),
}

impl Desk {
    /// The rows that a sieve lets through, in its order.
    pub fn sift(&self, sieve: &Sieve) -> Vec<SubmissionId> {
        if sieve.is_plain() {
            return self.rows.clone();
        }
        let by_id: HashMap<SubmissionId, &Submission> = self.batch.submissions.iter().map(|one| (one.id, one)).collect();
        let all = self.rows.iter().filter_map(|id| by_id.get(id).copied());
        let kept = all.filter(|submission| sieve.keeps.iter().all(|keep| self.keeps(submission, keep)));
        let mut kept: Vec<(Option<Figure>, SubmissionId)> = kept.map(|one| (self.figure(one, sieve.by), one.id)).collect();
        kept.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(b).unwrap_or(Ordering::Equal);
                if sieve.reversed { order.reverse() } else { order }
            }
            // Who has no figure comes last, whichever way round.
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        kept.into_iter().map(|(_, id)| id).collect()
    }

    /// Why a filter says nothing now, and would give away what is sealed if it did; none where it may be used.
    pub fn refuses_filter(&self, keep: &Keep) -> Option<&'static str> {
        (*keep == Keep::Disagreement).then(|| self.refuses_others()).flatten()
    }

    /// Why rows cannot be sorted so now; none where they can.
    pub fn refuses_order(&self, by: SortBy) -> Option<&'static str> {
        matches!(by, SortBy::Panel | SortBy::Spread).then(|| self.refuses_others()).flatten()
    }

    fn refuses_others(&self) -> Option<&'static str> {
        (self.sight.others() == Others::Hidden).then_some("others' ratings are hidden until all of yours is sealed")
    }

    /// What of a submission is mine to review.
    fn my_places(&self, submission: SubmissionId) -> impl Iterator<Item = &Place> {
        let mine = self.sight.has_to_review(self.me, submission);
        self.sight.places.of_submission(submission).filter(move |place| mine && self.sight.is_due(place))
    }

    fn keeps(&self, submission: &Submission, keep: &Keep) -> bool {
        let id = submission.id;
        let any = |is: &dyn Fn(&Place) -> bool| self.my_places(id).any(is);
        match keep {
            Keep::Unheard => {
                any(&|place| !self.is_faulty_to_me(place) && !self.heard_of(place).reaches(self.rules.protocol.heard_min))
            }
            Keep::Unrated => any(&|place| self.lacks_ratings(place)),
            Keep::Unsealed => any(&|place| !self.mine().is_sealed(place)),
            Keep::Disagreement => self.disagreement(id).is_some_and(|points| points >= self.rules.policy.disagreement_gap - 1e-9),
            Keep::Fault => {
                let unusable = submission.answers.iter().any(|answer| matches!(answer.state, AnswerState::Faulty { .. }));
                unusable || self.sight.places.of_submission(id).any(|place| self.is_faulty_to_me(place))
            }
            Keep::Late => self.is_late(submission).is_some(),
            Keep::Stale => self.sight.places.of_submission(id).any(|place| self.mine().stale(place).next().is_some()),
            Keep::Mine => any(&|_| true),
            Keep::NoShow => is_no_show(submission),
            Keep::Expired => submission.status == Status::Expired,
            Keep::Withdrawn => submission.status == Status::Withdrawn,
            Keep::Shortlist => self.sight.shortlist.contains_key(&id),
            Keep::Undecided => !self.is_decided(id),
            Keep::Decided => self.is_decided(id),
            Keep::Tag(tag) => self.sight.tags.contains_key(&(id, tag.clone())),
        }
    }

    fn figure(&self, submission: &Submission, by: SortBy) -> Option<Figure> {
        let id = submission.id;
        let number = |value: Option<f64>| value.map(Figure::Number);
        match by {
            SortBy::Order => None,
            SortBy::Name => Some(Figure::Name(self.shown_name(id, None).text().raw().to_lowercase())),
            SortBy::Heard => number(self.heard_of_all(id).fraction()),
            SortBy::Rated => {
                let (rated, of) = self.rated_of_all(id);
                number((of > 0).then(|| rated as f64 / of as f64))
            }
            SortBy::Total => number(self.totals(id).0.map(|total| -total)),
            SortBy::Panel => {
                let (own, panel) = self.totals(id);
                number(panel.or(own).map(|total| -total))
            }
            SortBy::Spread => number(self.disagreement(id).map(|points| -points)),
            SortBy::Arrival => submission.completed_at.or(submission.started_at).map(Figure::At),
            SortBy::Deadline => self.deadline_of(submission).map(Figure::At),
            SortBy::Decision => {
                number(self.batch.submission(id).and_then(|one| self.sight.outcome(one)).map(|decision| match decision {
                    Decision::Advance => 0.0,
                    Decision::Hold => 1.0,
                    Decision::Decline => 2.0,
                }))
            }
        }
    }

    /// Until when a candidate could answer.
    pub fn deadline_of(&self, submission: &Submission) -> Option<Timestamp> {
        submission.deadline.or(self.batch.interview.deadline)
    }

    /// How much of what is mine to review of a submission I heard.
    pub fn heard_of_all(&self, submission: SubmissionId) -> HeardShare {
        self.my_places(submission).map(|place| self.heard_of(place)).fold(HeardShare::NothingToHear, HeardShare::and)
    }

    /// How many values I gave for what is mine to review of a submission, of how many.
    pub fn rated_of_all(&self, submission: SubmissionId) -> (usize, usize) {
        let of = |place: &Place| {
            let criteria = self.criteria_of(&place.question);
            (criteria.len() - self.mine().missing(criteria, place).len(), criteria.len())
        };
        self.my_places(submission).map(of).fold((0, 0), |(a, b), (c, d)| (a + c, b + d))
    }

    /// How many answers of a submission are mine to review, and of those how many I sealed.
    pub fn sealed_of_all(&self, submission: SubmissionId) -> (usize, usize) {
        let sealed = self.my_places(submission).map(|place| usize::from(self.mine().is_sealed(place)));
        sealed.fold((0, 0), |(sealed, of), one| (sealed + one, of + 1))
    }

    /// Why a submission counts as late, as the end of a sentence; none where it is not.
    pub fn is_late(&self, submission: &Submission) -> Option<&'static str> {
        let decided_first = *self.decided_first.get_or_init(|| protocol::first_decision(&self.sight));
        let past = submission.completed_at.zip(self.deadline_of(submission)).is_some_and(|(came, until)| came > until);
        match () {
            () if protocol::is_late(&self.sight, submission.id, decided_first) => {
                Some("came in after the first decision, so of the late wave")
            }
            () if self.my_places(submission.id).any(|place| self.mine().came_after_seal(place)) => {
                Some("came in after your seal: rate it, and seal again")
            }
            () if past => Some("came in after the deadline"),
            () => None,
        }
    }

    /// Whether anything was decided on a submission, also on one of its applications alone.
    pub fn is_decided(&self, submission: SubmissionId) -> bool {
        self.sight.decisions.range((submission, None)..).next().is_some_and(|((of, _), _)| *of == submission)
    }

    fn heard_of(&self, place: &Place) -> HeardShare {
        let material = self.materials.get(&place.answer).unwrap_or(&crate::scorecard::Material::Unknown);
        self.mine().heard_share(place.answer, place.revision, material)
    }

    fn lacks_ratings(&self, place: &Place) -> bool {
        let criteria = self.criteria_of(&place.question);
        criteria.is_empty() || !self.mine().missing(criteria, place).is_empty()
    }

    fn is_faulty_to_me(&self, place: &Place) -> bool {
        self.mine().ratings_of(place.answer).any(|(_, rating)| rating.observed == Observed::TechnicalFault)
    }
}

impl Desk {
    /// Whether none of these sent anything, or all stepped back.
    pub(in crate::app) fn sent_nothing(&self, submissions: &[SubmissionId]) -> bool {
        let of = |id: &SubmissionId| self.batch.submission(*id);
        submissions.iter().filter_map(of).all(|one| is_no_show(one) || one.status == Status::Withdrawn)
    }
}

/// Invited, and nothing came in that could be reviewed or asked for again.
fn is_no_show(submission: &Submission) -> bool {
    let asked = matches!(submission.status, Status::Invited | Status::Started | Status::Expired);
    asked && submission.answers.iter().all(|answer| answer.state == AnswerState::NotGiven)
}
