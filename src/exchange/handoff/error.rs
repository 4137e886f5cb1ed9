//! Why a hand-off is not made, or not taken in.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::library::{LibraryError, last_day};
use crate::text::SafeText;

/// Why nothing was written, or nothing taken.
#[derive(Debug, thiserror::Error)]
pub enum HandoffError {
    /// The library said so.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// A file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unread {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("{path} cannot be written: {source}")]
    Unwritten {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is there already.
    #[error("{path} is there already and is not replaced")]
    Exists {
        /// Which.
        path: PathBuf,
    },
    /// It is something else.
    #[error("it does not begin as a hand-off does: it is something else, or was damaged on its way")]
    NotOne,
    /// A later version wrote it.
    #[error("a newer earmark wrote it (format {format}; this one knows up to {known})")]
    Newer {
        /// Its format.
        format: u64,
        /// The one that this program writes.
        known: u16,
    },
    /// Its end is missing.
    #[error("it is not whole: {missing} of {whole} bytes are missing at its end")]
    Truncated {
        /// How many bytes did not come.
        missing: u64,
        /// How many there should be.
        whole: u64,
    },
    /// What would be held at once is more than any sender writes.
    #[error("its transcripts and measurements are longer than {most} MB together")]
    TooMuch {
        /// The most, in MB.
        most: u64,
    },
    /// It is not what was written.
    #[error("it was changed or damaged on its way: {0}")]
    Changed(&'static str),
    /// It is for someone else, or the passphrase is another.
    #[error("{}", match .passphrase { true => "the passphrase does not open it", false => "it was not made for you: your key does not open it" })]
    WrongKey {
        /// Whether a passphrase was tried.
        passphrase: bool,
    },
    /// The time is over.
    #[error("it could be used until {day}, and that is over", day = last_day(*until))]
    Expired {
        /// Until when.
        until: Timestamp,
    },
    /// Nobody has compared the sender's keys.
    #[error("it is signed by {name}, whose fingerprint you have not compared: {fingerprint}")]
    Stranger {
        /// What the sender says that the name is.
        name: SafeText,
        /// The sender's.
        fingerprint: String,
        /// Whether someone with this identity is known, with other keys.
        changed: bool,
    },
    /// The fingerprint that was typed is not the sender's.
    #[error("the fingerprint of {name}, who signed it, is another one: {fingerprint}")]
    OtherFingerprint {
        /// What the sender says that the name is.
        name: SafeText,
        /// The sender's.
        fingerprint: String,
    },
    /// The fingerprint that was typed is the sender's, under another name.
    #[error("the fingerprint that you compared as {named}'s is that of {name}, who signed it")]
    OtherName {
        /// What the sender says that the name is.
        name: SafeText,
        /// What was typed.
        named: SafeText,
        /// The sender's.
        fingerprint: String,
    },
    /// A public key that is no key.
    #[error("the public key of {name} is no key")]
    NoKey {
        /// Whose.
        name: SafeText,
    },
    /// Who reviews gets what may be seen by exchange.
    #[error("{name} reviews in this batch")]
    OnPanel {
        /// Who.
        name: SafeText,
    },
    /// Nobody is left to hand over.
    #[error("nobody is left to hand over{}", if *.erased == 0 { String::new() } else { format!(": {} erased since", .erased) })]
    Nobody {
        /// How many were left out because they were erased.
        erased: usize,
    },
    /// The batch is here in its own right.
    #[error("{title} is in this library in its own right")]
    OwnBatch {
        /// Its title.
        title: SafeText,
    },
    /// Nothing was handed over in this batch to the one who would reply.
    #[error("{title} was not handed to you")]
    NotReceived {
        /// The batch's title.
        title: SafeText,
    },
    /// Who is to get a reply is not one of those who handed the batch over, or shares a name with another of them.
    #[error("{named} is not one person who handed it to you")]
    NotSender {
        /// Who was named.
        named: SafeText,
        /// Who did hand it over, with their fingerprints.
        known: SafeText,
    },
    /// The batch that a reply speaks of is not here.
    #[error("it is about {title}, which is not in this library")]
    NoBatch {
        /// Its title.
        title: SafeText,
    },
}

impl HandoffError {
    pub(super) fn unread(path: &std::path::Path, source: io::Error) -> Self {
        HandoffError::Unread { path: path.to_owned(), source }
    }

    pub(super) fn unwritten(path: &std::path::Path, source: io::Error) -> Self {
        HandoffError::Unwritten { path: path.to_owned(), source }
    }
}
