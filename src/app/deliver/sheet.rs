//! What a list of the Deliver screen holds: rows with where they stand, what changes, and why something did not arrive.

use crate::app::Desk;
use crate::text::SafeText;

/// A list of rows, and its sum.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sheet {
    /// The sum, in a line.
    pub sum: SafeText,
    /// The rows.
    pub rows: Vec<SheetRow>,
    /// What else is to be known: who is left out.
    pub notes: Vec<SafeText>,
}

/// A row: one thing about one record at the other side.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SheetRow {
    /// The record's id at the other side.
    pub object: SafeText,
    /// The source's id of the candidate.
    pub candidate: SafeText,
    /// `file`, or the push of the profile.
    pub push: SafeText,
    /// By which profile and to where it went, in a list of several places.
    pub place: SafeText,
    /// Where it stands.
    pub stand: Stand,
    /// What changes: column, before, after.
    pub values: Vec<(SafeText, SafeText, SafeText)>,
    /// Why it is so, where there is something to say.
    pub why: Option<SafeText>,
    /// What to do about it.
    pub remedy: Option<SafeText>,
    /// Whether a file lies in its way that earmark did not put there.
    pub is_in_the_way: bool,
}

/// Where a row stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(missing_docs, reason = "the words are those of plan, outcome and ledger")]
pub enum Stand {
    Create,
    Update,
    #[default]
    Unchanged,
    Quarantined,
    Delivered,
    Moved,
    Failed,
    Unknown,
    Planned,
    Sent,
    Accepted,
    Verified,
    Superseded,
    Proposed,
    Tied,
    Unclear,
}

impl Stand {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Stand::Create => "create",
            Stand::Update => "update",
            Stand::Unchanged => "unchanged",
            Stand::Quarantined => "quarantined",
            Stand::Delivered => "delivered",
            Stand::Moved => "moved",
            Stand::Failed => "failed",
            Stand::Unknown => "unknown",
            Stand::Planned => "planned",
            Stand::Sent => "sent",
            Stand::Accepted => "accepted",
            Stand::Verified => "verified",
            Stand::Superseded => "superseded",
            Stand::Proposed => "proposed",
            Stand::Tied => "tied",
            Stand::Unclear => "unclear",
        }
    }

    /// Whether all is well with it.
    pub fn is_well(self) -> bool {
        matches!(self, Stand::Delivered | Stand::Accepted | Stand::Verified | Stand::Tied)
    }

    /// Whether it was sent, and nobody knows whether it arrived.
    pub fn may_have_arrived(self) -> bool {
        matches!(self, Stand::Unknown | Stand::Sent)
    }

    /// Whether someone should look at it.
    pub fn is_trouble(self) -> bool {
        matches!(
            self,
            Stand::Quarantined | Stand::Moved | Stand::Failed | Stand::Unknown | Stand::Planned | Stand::Sent | Stand::Unclear
        )
    }
}

impl SheetRow {
    /// What the candidate is called here, as far as the name may be seen.
    pub fn called(&self, desk: &Desk) -> SafeText {
        let of = desk.batch.submissions.iter().find(|submission| submission.candidate.source_id == self.candidate);
        of.map_or_else(|| self.candidate.clone(), |submission| desk.called(submission.id))
    }

    /// What changes, or why it does not, in a line.
    pub fn in_short(&self) -> SafeText {
        if let Some(why) = &self.why {
            return why.clone();
        }
        let pair = |(column, old, new): &(SafeText, SafeText, SafeText)| match old.is_empty() {
            true => format!("{column} {new}"),
            false => format!("{column} {old} to {new}"),
        };
        SafeText::line(&self.values.iter().map(pair).collect::<Vec<_>>().join(", "))
    }

    /// All that there is to say of it.
    pub fn lines(&self, desk: &Desk) -> Vec<SafeText> {
        let line = |text: String| SafeText::line(&text);
        let mut lines = vec![line(format!("Application {} of {}", self.object, self.called(desk)))];
        if !self.push.is_empty() {
            lines.push(line(format!("Sent as: {}", self.push)));
        }
        if !self.place.is_empty() {
            lines.push(line(format!("Where to: {}", self.place)));
        }
        lines.extend(self.why.iter().map(|why| line(format!("Why: {why}"))));
        lines.extend(self.remedy.iter().map(|remedy| line(format!("What to do: {remedy}"))));
        let nothing = |text: &SafeText| if text.is_empty() { "nothing".to_owned() } else { text.to_string() };
        for (column, old, new) in &self.values {
            // A scorecard has lines of its own.
            if new.as_str().contains('\n') {
                lines.push(line(format!("{column}: {} becomes", nothing(old))));
                lines.push(new.clone());
            } else if old.is_empty() {
                lines.push(line(format!("{column}: {}", nothing(new))));
            } else {
                lines.push(line(format!("{column}: {old} becomes {}", nothing(new))));
            }
        }
        lines
    }
}
