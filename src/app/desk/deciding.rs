//! Decisions and tags: whether decisions are open, and what a person writes; the screen's key and the command write the same.

use super::Desk;
use crate::interview::{CandidateId, SubmissionId};
use crate::journal::{Act, Decision, Tagging};
use crate::protocol::{self, Gate, Waiting, Why};
use crate::text::SafeText;

impl Desk {
    /// Whether decisions are open, and what they wait for, in the order in which the reviewer sees the candidates.
    pub fn gate(&self) -> Gate {
        let mut gate = protocol::gate(&self.sight, &self.rules, &self.materials);
        gate.waiting.sort_by_key(|waiting| self.rows.iter().position(|row| *row == waiting.submission));
        gate
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

    /// The act that decides on a submission, with the candidate under whose key it is stored. Where the gate is open there is
    /// nothing to override, and `overrides` is left out.
    pub fn decide_act(
        &self,
        submission: SubmissionId,
        application: Option<SafeText>,
        decision: Decision,
        reason: SafeText,
        overrides: Option<SafeText>,
    ) -> (Option<CandidateId>, Act) {
        let overrides = overrides.filter(|_| !self.gate().open);
        (self.candidate_of(submission), Act::Decided { submission, application, decision, reason, overrides })
    }

    /// The act that puts a tag on or takes it off, with the candidate under whose key it is stored; none where it is so already.
    pub fn tag_act(&self, submission: SubmissionId, tag: &SafeText, on: bool) -> Option<(Option<CandidateId>, Act)> {
        let is_on = self.sight.tags_of(submission).any(|known| known == tag);
        let act = if on { Tagging::Added } else { Tagging::Removed };
        (is_on != on).then(|| (self.candidate_of(submission), Act::Tagged { submission, tag: tag.clone(), act }))
    }
}
