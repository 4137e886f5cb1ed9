//! What a person says of what may have arrived and earmark cannot look for.

use crate::interview::CandidateId;
use crate::library::Delivered;

/// What a person says of what may have arrived and earmark cannot look for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Looked<'a> {
    /// Of these rows the person knows; the first that is about a row counts.
    pub said: &'a [Said],
    /// Whether all others are not there, and are sent again.
    pub again: bool,
}

/// What a person says of rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// Of which.
    pub of: Whose,
    /// Whether they are there: the person has seen them; else they are sent again.
    pub is_there: bool,
}

/// Which rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Whose {
    /// All of a candidate.
    Candidate(CandidateId),
    /// One.
    Row {
        /// The record's id at the other side.
        object: String,
        /// `file`, or the push.
        push: String,
    },
}

impl Looked<'_> {
    /// Whether the person says that an entry's row is there; none where nothing is said of it.
    pub(super) fn is_there(&self, entry: &Delivered) -> Option<bool> {
        let said = self.said.iter().find(|said| said.of.is(entry)).map(|said| said.is_there);
        said.or(self.again.then_some(false))
    }
}

impl Whose {
    fn is(&self, entry: &Delivered) -> bool {
        match self {
            Whose::Candidate(candidate) => entry.candidate == *candidate,
            Whose::Row { object, push } => entry.push == *push && entry.is_about(object),
        }
    }
}
