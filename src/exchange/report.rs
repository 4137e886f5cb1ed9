//! What an exchange did, and what it could not do.

use jiff::Timestamp;
use serde::Serialize;

use crate::interview::{CandidateId, ReviewerId, WriterId};
use crate::text::SafeText;

/// All of it; `dry_run` says what would have happened instead.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether nothing was written.
    pub dry_run: bool,
    /// Everyone in the folder.
    pub people: Vec<Person>,
    /// What came, and what waits, writer by writer.
    pub came: Vec<Came>,
    /// How many of one's own events went into the folder.
    pub sent: usize,
    /// How many letters were written.
    pub letters: usize,
    /// Rubrics that came with them.
    pub rubrics: usize,
    /// Candidates who were erased here because someone else had erased them.
    pub erased: Vec<CandidateId>,
    /// How far each erasure has come.
    pub erasures: Vec<ErasureReceipt>,
    /// Files that are not there whole yet: the folder is still being synchronised, or who wrote them was interrupted.
    pub half: Vec<String>,
    /// What lies in the place of a file and is none: a link, a folder, a pipe. It was passed over.
    pub no_files: Vec<String>,
    /// What was refused or passed over; the rest was taken.
    pub troubles: Vec<Trouble>,
}

impl Report {
    /// Whether all that was there was taken, and everyone in the folder is known.
    pub fn is_whole(&self) -> bool {
        let known = |person: &Person| matches!(person.standing, Standing::Me | Standing::Trusted);
        let waits = |trouble: &Trouble| matches!(trouble.kind, TroubleKind::Early | TroubleKind::Asked);
        self.troubles.iter().all(waits) && self.people.iter().all(known) && self.no_files.is_empty()
    }

    /// What came and went, for a line of a screen; what was refused is told whole by the command.
    pub fn in_a_line(&self) -> String {
        let mut told = match (self.new_events(), self.sent, self.erased.len()) {
            (0, 0, 0) => "Nothing new".to_owned(),
            (came, sent, 0) => format!("{came} events came, {sent} went"),
            (came, sent, erased) => format!("{came} events came, {sent} went, {erased} candidates are erased as others had"),
        };
        if self.waiting() > 0 {
            told.push_str(&format!("; {} wait for their author's key", self.waiting()));
        }
        if self.people.len() == 1 {
            told.push_str("; you are alone in the folder so far");
        }
        if !self.is_whole() {
            told.push_str("; not everything could be taken: `earmark exchange` says what, and what to do");
        }
        told
    }

    /// Events that are new here.
    pub fn new_events(&self) -> usize {
        self.came.iter().map(|came| came.new).sum()
    }

    /// Events that are here and wait for their author's key.
    pub fn waiting(&self) -> u64 {
        self.came.iter().map(|came| came.waiting).sum()
    }
}

/// Someone in the folder.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Person {
    /// Derived from the signing key.
    pub reviewer: ReviewerId,
    /// The name that this person gives.
    pub label: SafeText,
    /// Of both keys; to be compared by another way than the folder.
    pub fingerprint: String,
    /// Whether it was.
    pub standing: Standing,
}

/// How one stands to someone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Oneself.
    Me,
    /// The fingerprint was compared.
    Trusted,
    /// It was not.
    Unknown,
    /// It was, and now the card has another key.
    Changed,
}

/// What came from one writer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Came {
    /// The stream.
    pub writer: WriterId,
    /// Whose.
    pub author: ReviewerId,
    /// The author's name.
    pub label: SafeText,
    /// Events that are new here.
    pub new: usize,
    /// Events that wait for a key.
    pub waiting: u64,
    /// Whether the file ends within a piece; the rest may come yet.
    pub half: bool,
    /// How many seconds the newest of it is dated after this machine's time, where that is more than clocks differ by.
    pub clock_ahead_s: Option<i64>,
}

/// How far an erasure has come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ErasureReceipt {
    /// Who was erased.
    pub candidate: CandidateId,
    /// People on whose devices it is done.
    pub reached: Vec<SafeText>,
    /// Devices from which nobody has said so.
    pub not_reached: Vec<Unreached>,
}

/// A device that an erasure has not reached, as far as is known.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Unreached {
    /// Whose.
    pub label: SafeText,
    /// Which; none where this person has never exchanged.
    pub writer: Option<WriterId>,
    /// When something last came from it, by this machine's clock.
    pub last_seen: Option<Timestamp>,
    /// Whether this person was forgotten since, and is not told.
    pub forgotten: bool,
}

/// Something that was refused or passed over.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Trouble {
    /// What kind.
    pub kind: TroubleKind,
    /// The file, from the folder on.
    pub file: String,
    /// Whose file it is, where that is known.
    pub author: Option<SafeText>,
    /// The stream, where it is one.
    pub writer: Option<WriterId>,
    /// The number of the event with which it begins.
    pub number: Option<u64>,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub remedy: String,
}

/// Kinds of trouble.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// Not what its author signed, or not what fits there.
    Tampered,
    /// Written by a later version.
    Newer,
    /// Two libraries wrote to one stream.
    Forked,
    /// An erasure that a hold forbids here.
    Held,
    /// An erasure by somebody to whom the person was handed: it holds there, and is for whoever handed it over to decide here.
    Asked,
    /// A seal that cannot be believed yet, because the stream that it speaks of is not there whole.
    Early,
    /// What one person did in a library that did not know of a seal in another; it does not count.
    Late,
    /// Somebody stands before the creator of a batch by now, by a clock.
    Creator,
}

impl Trouble {
    pub(super) fn of_file(kind: TroubleKind, file: &str, reason: &str, remedy: &str) -> Self {
        let (reason, remedy) = (reason.to_owned(), remedy.to_owned());
        Trouble { kind, file: file.to_owned(), author: None, writer: None, number: None, reason, remedy }
    }

    pub(super) fn newer(file: &str, format: u64) -> Self {
        let reason = format!("it is of version {format}, which this earmark does not know; it was passed over");
        Trouble::of_file(TroubleKind::Newer, file, &reason, "use the newer earmark here as well")
    }

    pub(super) fn by(self, author: SafeText, writer: WriterId, number: u64) -> Self {
        // A letter has no place in a stream.
        Trouble { author: Some(author), writer: Some(writer), number: (number > 0).then_some(number), ..self }
    }
}
