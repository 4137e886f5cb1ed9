//! What a profile says of listings: how they go on after their first page, and which applications they hold.

use super::pointer::Pointer;
use super::push::Call;

/// How a listing goes on after its first page. The address in a `Link` header (RFC 8288) is followed in any case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Next {
    /// The next page's address stands in the answer.
    Address(Pointer),
    /// A word of the answer goes into the body of the next question.
    Cursor {
        /// The body's key.
        key: String,
        /// Where the word stands.
        from: Pointer,
    },
}

/// A listing of what the ATS holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Pull {
    /// What it is called in messages.
    pub name: String,
    /// The request; `{requisition}` and `{value.…}` are all that it may name.
    pub call: Call,
    /// Where the entries are; the answer itself where there is none.
    pub list: Option<Pointer>,
    /// How it goes on.
    pub next: Option<Next>,
    /// What stands where in an entry.
    pub into: Vec<(Known, Pointer)>,
}

/// What an entry may tell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Known {
    /// The application's id; without it an entry only tells of a candidate.
    Application,
    /// The candidate's id.
    Candidate,
    /// The candidate's address.
    Email,
    /// The job opening's id.
    Requisition,
}

impl Known {
    /// All, by their names in profiles.
    pub const ALL: [(&'static str, Known); 4] = [
        ("application_id", Known::Application),
        ("candidate_id", Known::Candidate),
        ("email", Known::Email),
        ("requisition", Known::Requisition),
    ];
}
