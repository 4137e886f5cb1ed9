//! Decisions and tags: whether decisions are open, and what a person writes; the screen's key and the command write the same.

use std::collections::HashMap;

use super::Desk;
use crate::interview::{CandidateId, SubmissionId};
use crate::journal::{Act, Decision, Tagging};
use crate::protocol::{self, Gate, Waiting, Why};
use crate::text::SafeText;

impl Desk {
    /// Whether decisions are open, and what they wait for, in the order in which the reviewer sees the candidates.
    pub fn gate(&self) -> Gate {
        let mut gate = protocol::gate(&self.sight, &self.rules, &self.materials);
        let place: HashMap<SubmissionId, usize> = self.rows.iter().enumerate().map(|(at, row)| (*row, at)).collect();
        let in_order = |gate: &mut Gate| gate.waiting.sort_by_key(|waiting| place.get(&waiting.submission).copied());
        in_order(&mut gate);
        gate.late.iter_mut().for_each(|late| in_order(late));
        gate
    }

    /// Whether a submission can be decided on without a reason for not waiting.
    pub fn may_decide(&self, submission: SubmissionId) -> bool {
        self.gate().is_open_for(&self.sight, submission)
    }

    /// What a decision waits for, in words.
    pub fn waiting_in_words(&self, waiting: &Waiting) -> String {
        let name = self.called(waiting.submission);
        match &waiting.why {
            Why::Reviews { have, need: 1 } => format!("{name}: {have} of 1 review sealed"),
            Why::Reviews { have, need } => format!("{name}: {have} of {need} reviews sealed"),
            Why::Unheard { .. } => format!("{name}: sealed, but heard too little"),
            Why::Faulty => format!("{name}: answered, but no recording can be used; ask for them again"),
        }
    }

    /// The act that decides on a submission, with the candidate under whose key it is stored. Where its gate is open there is
    /// nothing to override, and `overrides` is left out.
    pub fn decide_act(
        &self,
        submission: SubmissionId,
        application: Option<SafeText>,
        decision: Decision,
        reason: SafeText,
        overrides: Option<SafeText>,
    ) -> (Option<CandidateId>, Act) {
        let overrides = overrides.filter(|_| !self.may_decide(submission));
        (self.candidate_of(submission), Act::Decided { submission, application, decision, reason, overrides })
    }

    /// The act that puts a tag on or takes it off, with the candidate under whose key it is stored; none where it is so already.
    pub fn tag_act(&self, submission: SubmissionId, tag: &SafeText, on: bool) -> Option<(Option<CandidateId>, Act)> {
        let is_on = self.sight.tags_of(submission).any(|known| known == tag);
        let act = if on { Tagging::Added } else { Tagging::Removed };
        (is_on != on).then(|| (self.candidate_of(submission), Act::Tagged { submission, tag: tag.clone(), act }))
    }
}
