//! One act on many submissions: who it is done to, who is left out and why, and what is written; the screen and the commands
//! preview and write the same.

use super::Desk;
use super::deciding::Verdict;
use crate::interview::{CandidateId, ReviewerId, SubmissionId};
use crate::journal::{Act, Decision};
use crate::protocol::Gate;
use crate::text::SafeText;

/// What is done to each of them.
#[derive(Clone, PartialEq, Debug)]
pub enum Deed {
    /// Advance, hold or decline, for one reason; without a reason for not waiting it leaves out who waits.
    Decide(Verdict),
    /// Put a tag on, or take it off.
    Tag {
        /// Which.
        tag: SafeText,
        /// Whether it is put on.
        on: bool,
    },
    /// Put on the shortlist, or take off it.
    Shortlist {
        /// Whether it is put on.
        on: bool,
    },
    /// Have a reviewer review them.
    Assign {
        /// Who reviews.
        to: ReviewerId,
    },
    /// A reviewer need not review them any more.
    Release {
        /// Who did.
        from: ReviewerId,
        /// Why not any more.
        reason: SafeText,
    },
    /// One reviewer takes another's place.
    HandOver {
        /// Who reviewed.
        from: ReviewerId,
        /// Who reviews.
        to: ReviewerId,
        /// Why.
        reason: SafeText,
    },
    /// Step aside oneself.
    Recuse {
        /// Why.
        reason: Option<SafeText>,
    },
}

/// What an act on many comes to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Undertaking {
    /// Whom it concerns, in the order given.
    pub who: Vec<SubmissionId>,
    /// What is written, each with the candidate under whose key it is stored; in one step, which one undo takes back.
    pub acts: Vec<(Option<CandidateId>, Act)>,
    /// Whom it leaves out.
    pub left_out: Vec<LeftOut>,
}

/// Submissions that an act leaves out.
#[derive(Clone, PartialEq, Debug)]
pub struct LeftOut {
    /// Why, in a few words.
    pub why: SafeText,
    /// Whether a reason for not waiting would bring them in.
    pub waits: bool,
    /// Whom.
    pub who: Vec<SubmissionId>,
}

/// Why one is left out.
struct Not(SafeText, bool);

fn not(why: impl AsRef<str>) -> Not {
    Not(SafeText::line(why.as_ref()), false)
}

impl Undertaking {
    /// How many are left out.
    pub fn missing(&self) -> usize {
        self.left_out.iter().map(|out| out.who.len()).sum()
    }

    fn leave_out(&mut self, submission: SubmissionId, Not(why, waits): Not) {
        match self.left_out.iter_mut().find(|out| out.why == why) {
            Some(out) => out.who.push(submission),
            None => self.left_out.push(LeftOut { why, waits, who: vec![submission] }),
        }
    }
}

impl Desk {
    /// What doing this to these submissions comes to. Nothing is done yet.
    pub fn undertake(&self, deed: &Deed, to: &[SubmissionId]) -> Undertaking {
        let mut whole = Undertaking::default();
        // Asked once: each submission is measured by the same gate.
        let gate = matches!(deed, Deed::Decide(_)).then(|| self.gate()).unwrap_or_default();
        for &submission in to {
            match self.acts_of(deed, submission, &gate) {
                Ok(acts) => {
                    let subject = self.candidate_of(submission);
                    whole.who.push(submission);
                    whole.acts.extend(acts.into_iter().map(|act| (subject, act)));
                }
                Err(not) => whole.leave_out(submission, not),
            }
        }
        whole
    }

    fn acts_of(&self, deed: &Deed, submission: SubmissionId, gate: &Gate) -> Result<Vec<Act>, Not> {
        match deed {
            Deed::Decide(verdict) => {
                if let Some(word) = self.decided_in_a_word(submission) {
                    return Err(not(format!("decided already: {word}")));
                }
                let open = gate.is_open_for(&self.sight, submission);
                if !open && verdict.overrides.is_none() {
                    return Err(Not("not everyone was heard yet".into(), true));
                }
                let Verdict { decision, because, reason, overrides } = verdict.clone();
                let overrides = overrides.filter(|_| !open);
                Ok(vec![Act::Decided { submission, application: None, decision, because, reason, overrides }])
            }
            Deed::Tag { tag, on } => {
                let act = self.tag_act(submission, tag, *on).map(|(_, act)| vec![act]);
                act.ok_or_else(|| not(if *on { "has this tag already" } else { "does not have this tag" }))
            }
            Deed::Shortlist { on } => match self.sight.shortlist.contains_key(&submission) == *on {
                true => Err(not(if *on { "on the shortlist already" } else { "not on the shortlist" })),
                false => Ok(vec![Act::Shortlisted { submission, on: *on }]),
            },
            Deed::Assign { to } => self.assign_act(submission, *to).map(|act| vec![act]),
            Deed::Release { from, reason } => self.release_act(submission, *from, reason).map(|act| vec![act]),
            Deed::HandOver { from, to, reason } => {
                let release = self.release_act(submission, *from, reason)?;
                Ok(std::iter::once(release).chain(self.assign_act(submission, *to).ok()).collect())
            }
            Deed::Recuse { reason } => match self.mine().recused.contains_key(&submission) {
                true => Err(not("you stepped aside already")),
                false => Ok(vec![Act::Recused { submission, reason: reason.clone() }]),
            },
        }
    }

    fn assign_act(&self, submission: SubmissionId, reviewer: ReviewerId) -> Result<Act, Not> {
        match self.sight.assignments.get(&(reviewer, Some(submission))) {
            Some(assignment) if assignment.released.is_none() => Err(not(format!("{} has it already", self.who_is(reviewer)))),
            _ => Ok(Act::Assigned { submission: Some(submission), reviewer }),
        }
    }

    fn release_act(&self, submission: SubmissionId, reviewer: ReviewerId, reason: &SafeText) -> Result<Act, Not> {
        match self.is_to_review(reviewer, submission) {
            true => Ok(Act::Released { submission: Some(submission), reviewer, reason: reason.clone() }),
            false => Err(not(format!("not {}'s to review", self.who_is(reviewer)))),
        }
    }

    /// Whether somebody is to review a submission, as everybody may know: who stepped aside is told by the decisions' gate
    /// alone, to others than the reviewer.
    pub fn is_to_review(&self, reviewer: ReviewerId, submission: SubmissionId) -> bool {
        self.sight.has_to_review(reviewer, submission)
    }

    /// The acts by which a reviewer leaves the batch: released from all of it, and from each submission that was assigned alone.
    pub fn leaving_acts(&self, reviewer: ReviewerId, reason: &SafeText) -> Vec<(Option<CandidateId>, Act)> {
        let alone = self.sight.assignments_of(reviewer).filter(|assignment| assignment.released.is_none());
        let alone = alone.filter_map(|assignment| assignment.submission);
        let released = |submission| Act::Released { submission, reviewer, reason: reason.clone() };
        let alone = alone.map(|submission| (self.candidate_of(submission), released(Some(submission))));
        std::iter::once((None, released(None))).chain(alone).collect()
    }

    /// The reviewers of this batch, as far as they may be known: me first, then those listed, assigned, or seen at work.
    pub fn reviewers(&self) -> Vec<ReviewerId> {
        let listed = self.sight.panel.iter().flatten().map(|panelist| panelist.id);
        let assigned = self.sight.assignments.keys().map(|(reviewer, _)| *reviewer);
        let working = self.sight.theirs().map(|(reviewer, _)| reviewer);
        let mut all = vec![self.me];
        for reviewer in listed.chain(assigned).chain(working) {
            if !all.contains(&reviewer) {
                all.push(reviewer);
            }
        }
        all
    }

    /// Who this desk is laid out for.
    pub fn me(&self) -> ReviewerId {
        self.me
    }

    /// What a reviewer is called among colleagues.
    pub fn who_is(&self, reviewer: ReviewerId) -> SafeText {
        if reviewer == self.me { "you".into() } else { self.sight.label(reviewer) }
    }

    /// Who was assigned a submission by itself or with the whole batch, and is to review it, in words; none where nobody
    /// narrowed it down.
    pub fn assigned_in_words(&self, submission: SubmissionId) -> Option<String> {
        let all: Vec<String> = self.sight.assigned_to(submission).into_iter().map(|id| self.who_is(id).to_string()).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }
}

impl Deed {
    /// What it does to so many, as a question's beginning: `Decline 57 candidates`.
    pub fn in_words(&self, desk: &Desk, count: usize) -> String {
        let many = crate::text::many(count, "candidate");
        match self {
            Deed::Decide(Verdict { decision: Decision::Advance, .. }) => format!("Advance {many}"),
            Deed::Decide(Verdict { decision: Decision::Hold, .. }) => format!("Hold {many}"),
            Deed::Decide(Verdict { decision: Decision::Decline, .. }) => format!("Decline {many}"),
            Deed::Tag { tag, on: true } => format!("Put the tag {} on {many}", desk.without_names(tag)),
            Deed::Tag { tag, on: false } => format!("Take the tag {} off {many}", desk.without_names(tag)),
            Deed::Shortlist { on: true } => format!("Put {many} on the shortlist"),
            Deed::Shortlist { on: false } => format!("Take {many} off the shortlist"),
            Deed::Assign { to } => format!("Assign {many} to {}", desk.who_is(*to)),
            Deed::Release { from, .. } => format!("Release {} from {many}", desk.who_is(*from)),
            Deed::HandOver { from, to, .. } => {
                format!("Hand {many} over from {} to {}", desk.who_is(*from), desk.who_is(*to))
            }
            Deed::Recuse { .. } => format!("Step aside from {many}"),
        }
    }

    /// Why it is done, where it says so.
    pub fn reason(&self) -> Option<&SafeText> {
        match self {
            Deed::Decide(Verdict { reason, .. }) | Deed::Release { reason, .. } | Deed::HandOver { reason, .. } => Some(reason),
            Deed::Recuse { reason } => reason.as_ref(),
            Deed::Tag { .. } | Deed::Shortlist { .. } | Deed::Assign { .. } => None,
        }
    }
}
