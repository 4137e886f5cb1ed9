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
    /// The id of a page's last entry goes into the next question as `{last}`, in the first it is 0; an empty page is the end. Only
    /// a listing in the order of its ids is read.
    Last(Pointer),
    /// `{page}` counts from 1 to the number that stands there in the answer; `{began}` is when the first was asked for.
    Pages(Pointer),
}

impl Next {
    /// The fields with which a question names the page that it asks for; none where another way leads on.
    pub fn fields(&self) -> &'static [&'static str] {
        match self {
            Next::Address(_) | Next::Cursor { .. } => &[],
            Next::Last(_) => &["last"],
            Next::Pages(_) => &["page", "began"],
        }
    }
}

/// A listing of what the ATS holds.
#[derive(Clone, PartialEq, Debug)]
pub struct Pull {
    /// What it is called in messages.
    pub name: String,
    /// The request; `{requisition}`, `{value.…}` and the fields of `next` are all that it may name.
    pub call: Call,
    /// Where the entries are; the answer itself where there is none.
    pub list: Option<Pointer>,
    /// Where in an entry there are several applications, step by step; what one does not tell, the entry around it does.
    pub within: Vec<Pointer>,
    /// How it goes on.
    pub next: Option<Next>,
    /// What stands where in an entry; of several places of one thing, the first that tells counts.
    pub into: Vec<(Known, Pointer)>,
    /// What is asked about each entry then, one after the other; what is not there any more then is left out.
    pub each: Vec<Each>,
}

/// What is asked about one entry of a listing that does not tell enough.
#[derive(Clone, PartialEq, Debug)]
pub struct Each {
    /// The request; it may name what is known of the entry by then.
    pub call: Call,
    /// What stands where in the answer.
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

impl Pull {
    /// All that is told of an entry, by the listing or by what is asked then.
    pub fn tells(&self) -> impl Iterator<Item = Known> {
        self.into.iter().chain(self.each.iter().flat_map(|each| &each.into)).map(|(known, _)| *known)
    }
}

impl Known {
    /// All, by their names in profiles.
    pub const ALL: [(&'static str, Known); 4] = [
        ("application_id", Known::Application),
        ("candidate_id", Known::Candidate),
        ("email", Known::Email),
        ("requisition", Known::Requisition),
    ];

    /// What a field's name means; none where it means nothing that is pulled.
    pub fn named(name: &str) -> Option<Known> {
        Known::ALL.iter().find(|(known, _)| *known == name).map(|(_, known)| *known)
    }
}
