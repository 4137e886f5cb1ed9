//! Where a submission stands: why it is not reviewed, why it is not ranked, and what ratings still lack before the seal.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::Desk;
use crate::interview::{AnswerId, CriterionId, Status, Submission, SubmissionId};
use crate::panel::{self, Ranked};
use crate::protocol;
use crate::text::SafeText;

/// Why candidates are not in the ranking.
#[derive(Clone, PartialEq, Debug)]
pub struct NotRanked {
    /// The reason, as the end of a sentence that begins with "because".
    pub why: SafeText,
    /// Whom it is true of, in the order of the grid.
    pub who: Vec<SubmissionId>,
}

impl Desk {
    /// Why an answer that is there is not reviewed, in a word or two; none where it is.
    pub fn left_out(&self, answer: AnswerId) -> Option<&'static str> {
        let (submission, _) = self.batch.answer(answer)?;
        let place = self.place(answer)?;
        match () {
            () if self.mine().recused.contains_key(&submission.id) => Some("recused"),
            () if self.record.is_due(place) => self.is_not_mine(submission.id).then_some("not yours"),
            () if !self.record.is_scored(&place.question) => Some("not scored"),
            () => stepped_back(submission).map(|(word, _)| word),
        }
    }

    /// Why an answer that can be heard is nobody's to review, or not mine, as a sentence; none where it is.
    pub fn why_left_out(&self, answer: AnswerId) -> Option<&'static str> {
        let (submission, _) = self.batch.answer(answer)?;
        match self.mine().recused.contains_key(&submission.id) {
            true => Some("you stepped aside from this candidate"),
            false => stepped_back(submission)
                .map(|(_, why)| why)
                .or_else(|| self.is_not_mine(submission.id).then_some("this candidate is assigned to others")),
        }
    }

    /// Whether others are to review a submission, and I have rated nothing of it.
    pub fn is_not_mine(&self, submission: SubmissionId) -> bool {
        let mut places = self.record.places.of_submission(submission);
        !self.record.has_to_review(self.me, submission) && places.all(|place| self.mine().ratings_of(place.answer).next().is_none())
    }

    /// How many values of mine for a submission were given for an older recording than the one there is now.
    pub fn stale(&self, submission: SubmissionId) -> usize {
        self.record.places.of_submission(submission).map(|place| self.mine().stale(place).count()).sum()
    }

    /// Whether I rated an older recording of an answer than the one there is now.
    pub fn is_stale(&self, answer: AnswerId) -> bool {
        self.place(answer).is_some_and(|place| self.mine().stale(place).next().is_some())
    }

    /// Why nobody scores yet at `now`, as a sentence: the rubric was frozen with a time before which nobody does. None once it has come.
    pub fn opens_later(&self, now: Timestamp) -> Option<String> {
        let frozen = self.rubric.as_ref()?.freeze.as_ref()?;
        let opens = frozen.first_score_allowed_after.filter(|opens| now < *opens)?;
        Some(format!(
            "The rubric lets nobody score before {} UTC; until then answers are heard and noted.",
            opens.strftime("%Y-%m-%d %H:%M")
        ))
    }

    /// Whether a value of mine must point at a moment before it can be sealed, and does not.
    pub fn lacks_evidence(&self, answer: AnswerId, criterion: &CriterionId) -> bool {
        let Some(rubric) = &self.rubric else { return false };
        !self.is_sealed(answer) && protocol::lacks_evidence(self.mine(), answer, criterion, &self.rules.protocol, &rubric.scale)
    }

    /// How many values of mine for an answer lack evidence.
    pub fn without_evidence(&self, answer: AnswerId) -> usize {
        self.criteria(answer).iter().filter(|criterion| self.lacks_evidence(answer, &criterion.id)).count()
    }

    /// Why a submission cannot be ranked whatever reviewers say, as the end of a sentence; none where it can.
    pub fn out_of_the_running(&self, submission: &Submission) -> Option<&'static str> {
        if self.sight.erased.contains_key(&submission.candidate.id) {
            return Some("the candidate's data was removed");
        }
        stepped_back(submission).map(|(_, why)| why)
    }

    /// Who is not ranked in `analysis`, and why, the reasons in the order of the grid.
    pub fn not_ranked(&self, analysis: &panel::Panel) -> Vec<NotRanked> {
        let mut all: Vec<NotRanked> = Vec::new();
        let in_it: BTreeMap<&SafeText, &Ranked> = analysis.ranking.iter().map(|ranked| (&ranked.candidate, ranked)).collect();
        for submission in self.rows.iter().filter_map(|id| self.batch.submission(*id)) {
            let Some(why) = self.why_not_ranked(submission, &in_it) else { continue };
            match all.iter_mut().find(|known| known.why == why) {
                Some(known) => known.who.push(submission.id),
                None => all.push(NotRanked { why, who: vec![submission.id] }),
            }
        }
        all
    }

    fn why_not_ranked(&self, submission: &Submission, in_it: &BTreeMap<&SafeText, &Ranked>) -> Option<SafeText> {
        if let Some(why) = self.out_of_the_running(submission) {
            return Some(why.into());
        }
        if let Some(ranked) = in_it.get(&submission.candidate.source_id) {
            return self.why_below(ranked).map(|why| SafeText::line(&why));
        }
        let due: BTreeSet<AnswerId> =
            self.sight.places.of_submission(submission.id).filter(|place| self.sight.is_due(place)).map(|p| p.answer).collect();
        let faulty = self.sight.places.of_submission(submission.id).any(|place| place.faulty);
        let mine = self.sight.is_on_panel() && !self.mine().recused.contains_key(&submission.id);
        Some(match () {
            () if due.is_empty() && faulty => "no recording of the candidate can be used".into(),
            () if due.is_empty() => "there is no answer to review".into(),
            () if mine => "your scorecard is not sealed".into(),
            () => "no sealed scorecard can be seen yet".into(),
        })
    }

    /// Why a total stands below the line; none where it is ranked.
    fn why_below(&self, ranked: &Ranked) -> Option<String> {
        let policy = &self.rules.policy;
        let percent = |share: f64| format!("{:.0}%", share * 100.0);
        match ranked.status {
            // They are ranked within their group, and the lead says why there is no common ranking.
            panel::Status::Ranked | panel::Status::Apart => None,
            panel::Status::Provisional if ranked.coverage < policy.min_coverage - 1e-12 => {
                let (seen, asked) = (percent(ranked.coverage), percent(policy.min_coverage));
                Some(format!("only {seen} of the weight was observed and the rubric asks for {asked}"))
            }
            panel::Status::Provisional => {
                let (have, need) = (ranked.fewest_reviewers, policy.min_reviewers);
                Some(format!("{have} of the {need} reviewers that the rubric asks for rated every criterion"))
            }
            panel::Status::Blocked => Some("an answer could not be judged, and the rubric then gives no total".to_owned()),
            panel::Status::None => Some("nothing was observed".to_owned()),
        }
    }
}

/// Whose interview is not in the running: a word for it, and the reason.
fn stepped_back(submission: &Submission) -> Option<(&'static str, &'static str)> {
    match submission.status {
        Status::Invited => Some(("invited", "the candidate has not begun")),
        Status::Expired => Some(("expired", "the deadline passed before the interview was finished")),
        Status::Withdrawn => Some(("withdrawn", "the candidate withdrew")),
        Status::Started | Status::Completed => None,
    }
}
