//! What candidates and reviewers are called in what is handed on: by the rule of the batch, or by numbers alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::interview::{Batch, ReviewerId, Submission, SubmissionId};
use crate::protocol::{Names, Particulars, Pseudonyms, Rules, Visible};
use crate::text::SafeText;

/// How candidates are called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Naming {
    /// By their names: the batch's rule `handoff_names` is open, and whoever hands on may know them.
    Names,
    /// By two-word pseudonyms.
    Pseudonyms,
    /// By numbers, reviewers too: for training.
    Numbers,
}

/// What everyone is called.
#[derive(Clone, Debug)]
pub struct Called {
    /// How.
    pub naming: Naming,
    /// Who is not called by name.
    hidden: BTreeSet<SubmissionId>,
    candidates: BTreeMap<SubmissionId, SafeText>,
    reviewers: BTreeMap<ReviewerId, SafeText>,
}

impl Called {
    /// As the rules allow; `order` is in which order numbers are given to candidates.
    pub fn of(batch: &Batch, rules: &Rules, visible: &Visible, anonymous: bool, order: &[SubmissionId]) -> Self {
        let names = Names::handed_on(batch, rules, visible);
        let any_name = batch.submissions.iter().any(|one| !names.is_hidden(one.id));
        let naming = match (anonymous, any_name) {
            (true, _) => Naming::Numbers,
            (_, true) => Naming::Names,
            _ => Naming::Pseudonyms,
        };
        let number = |what: &str, nth: usize| SafeText::line(&format!("{what} {}", nth + 1));
        let candidates = match anonymous {
            true => order.iter().enumerate().map(|(nth, id)| (*id, number("Candidate", nth))).collect(),
            false => batch.submissions.iter().map(|one| (one.id, names.show(one.id, None).text().clone())).collect(),
        };
        // In the order of their pseudonyms, which everyone has alike.
        let mut reviewers: Vec<(ReviewerId, SafeText)> = visible.pseudonyms().into_iter().collect();
        reviewers.sort_by(|a, b| a.1.cmp(&b.1));
        let named =
            |(nth, (id, name)): (usize, (ReviewerId, SafeText))| (id, if anonymous { number("Reviewer", nth) } else { name });
        let mut reviewers: BTreeMap<ReviewerId, SafeText> = reviewers.into_iter().enumerate().map(named).collect();
        // Who was handed the shortlist decides and scores nothing.
        let decided = |guest: &&ReviewerId| visible.decisions.values().flatten().any(|one| one.by == **guest);
        let remarked = |guest: &&ReviewerId| visible.comments.iter().any(|one| one.by == **guest);
        // Numbered are those who stand in it.
        let (stand, others): (Vec<&ReviewerId>, Vec<&ReviewerId>) =
            visible.guests.keys().partition(|guest| decided(guest) || remarked(guest));
        for (nth, guest) in stand.into_iter().chain(others).enumerate() {
            let name = if anonymous { number("Hiring manager", nth) } else { visible.pseudonym(*guest) };
            reviewers.entry(*guest).or_insert(name);
        }
        let hidden = batch.submissions.iter().map(|one| one.id).filter(|id| names.is_hidden(*id)).collect();
        Called { naming, hidden, candidates, reviewers }
    }

    /// Whose names are covered in free text: of every candidate who is not called by name, and of the reviewers where they are
    /// numbers, by every name that they ever had.
    pub(super) fn hides(&self, batch: &Batch, visible: &Visible, reviewers: impl Iterator<Item = ReviewerId>) -> Particulars {
        let is_named = |one: &&Submission| self.naming == Naming::Names && !self.hidden.contains(&one.id);
        let candidates = batch.submissions.iter().filter(|one| !is_named(one)).map(|one| &one.candidate);
        let labels: Vec<SafeText> = match self.naming {
            // Also what they are called outside the house, and who only decided or remarked.
            Naming::Numbers => {
                let all: BTreeSet<ReviewerId> = reviewers.chain(visible.guests.keys().copied()).collect();
                // Colleagues who write about a candidate have only the pseudonym to write.
                let pseudonyms = Pseudonyms::of(batch, false);
                let candidates = batch.submissions.iter().filter_map(|one| pseudonyms.get(one.id, None).cloned());
                let named = all.into_iter().flat_map(|id| [visible.label(id), visible.pseudonym(id)]).chain(candidates);
                named.chain(visible.labels.values().flatten().cloned()).collect()
            }
            Naming::Names | Naming::Pseudonyms => Vec::new(),
        };
        Particulars::names_of(candidates, &labels)
    }

    /// A candidate.
    pub fn candidate(&self, id: SubmissionId) -> SafeText {
        self.candidates.get(&id).cloned().unwrap_or_else(|| "a candidate".into())
    }

    /// A reviewer.
    pub fn reviewer(&self, id: ReviewerId) -> SafeText {
        self.reviewers.get(&id).cloned().unwrap_or_else(|| "a reviewer".into())
    }
}
