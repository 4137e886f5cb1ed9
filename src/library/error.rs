//! What can go wrong in the library, said so that a person can act on it.

use std::path::PathBuf;

use super::put_away::WhyAway;
use crate::interview::{BatchId, CandidateId, EventId, ReviewerId, WriterId};
use crate::journal::ChainError;

/// The last day before a moment at which something ends, by this machine's calendar.
pub fn last_day(until: jiff::Timestamp) -> jiff::civil::Date {
    (until - jiff::SignedDuration::from_millis(1)).to_zoned(jiff::tz::TimeZone::system()).date()
}

/// Why the library did not do something. Nothing is half done.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// It is not there, and it was opened only to look.
    #[error("there is no library in {folder}")]
    NotThere {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// Something else lies there.
    #[error("{path} is not an earmark library")]
    NotALibrary {
        /// The file.
        path: PathBuf,
    },
    /// Recordings without the database that tells whose they are.
    #[error(
        "recordings are here, but the database {path} is gone; nothing was written. Restore a backup into another folder, or move this one away to begin anew"
    )]
    Gone {
        /// The file that is missing or empty.
        path: PathBuf,
    },
    /// A later earmark wrote it.
    #[error(
        "{path} was written by a newer earmark (version {found}; this one knows up to {known}); it was not touched. Use the newer earmark"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The latest version that this program knows.
        known: u32,
    },
    /// It was made by an older earmark and opened only to look.
    #[error("{path} is of an older version ({found}; this earmark has {known}); open it once to write, which brings it up to date")]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version that this program writes.
        known: u32,
    },
    /// It is locked with another key.
    #[error(
        "{path} is locked with another key (this one is {fingerprint}); name the right one with EARMARK_KEY_FILE, or restore it from the recovery key: earmark key --restore"
    )]
    WrongKey {
        /// What could not be opened.
        path: PathBuf,
        /// Tells which key was tried.
        fingerprint: String,
    },
    /// An act that writes, in a library that was opened to look.
    #[error("the library in {folder} was opened only to look")]
    ReadOnly {
        /// Where it lies.
        folder: PathBuf,
    },
    /// The system lets nothing be written where it lies.
    #[error("{path}: it cannot be written to: {source}")]
    Unwritable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// An act without a person.
    #[error("no one acts: make an identity first with: earmark identity")]
    NoAuthor,
    /// No room.
    #[error(
        "{path}: the disk is full; {bytes} bytes could not be written, and nothing of them was. Free some space and do it again"
    )]
    Full {
        /// What was to be written.
        path: PathBuf,
        /// How many bytes were to be written.
        bytes: u64,
    },
    /// Another process held it too long.
    #[error("{path}: another process has been writing for too long; nothing was written. Try again")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// A write failed in a way that leaves open what reached the disk.
    #[error(
        "{path}: a write to the disk failed, and nothing more is written until the library is opened again. What was called saved before is saved"
    )]
    Stopped {
        /// The file.
        path: PathBuf,
    },
    /// Something stored is not what was stored.
    #[error("{what} is damaged in {path}; restore it from a backup, or import it again")]
    Damaged {
        /// What it is, in words.
        what: String,
        /// Where it lies.
        path: PathBuf,
    },
    /// Something is not in the vault.
    #[error("{what} is not here; import it again")]
    NotKept {
        /// What it is, in words.
        what: String,
    },
    /// Something was taken out of the vault on purpose.
    #[error("{what} {}", .why.in_words())]
    Away {
        /// What it is, in words.
        what: String,
        /// Why.
        why: WhyAway,
    },
    /// A rubric that was attached by another version of this program, which this one cannot read.
    #[error("the rubric {rubric}, which is attached, cannot be read by this earmark: {reason}; use the earmark that attached it")]
    UnreadRubric {
        /// Its id and version.
        rubric: String,
        /// The first problem in it.
        reason: String,
    },
    /// What was handed over may not be used any more.
    #[error(
        "{title} was handed to you until {day}, and that is over; ask {from} for a new file. What you decided goes back with `earmark handoff BATCH --reply`",
        day = last_day(*until)
    )]
    Lapsed {
        /// The batch's title.
        title: crate::text::SafeText,
        /// Until when it could be used.
        until: jiff::Timestamp,
        /// Who handed it over.
        from: crate::text::SafeText,
    },
    /// The person's key was erased.
    #[error("the data of candidate {0} was erased; nothing can be kept under that person any more")]
    Erased(CandidateId),
    /// No such batch.
    #[error("no batch {0} is in the library")]
    UnknownBatch(BatchId),
    /// A stream that does not hold together.
    #[error("the journal's chain is broken: {0}")]
    Chain(#[from] ChainError),
    /// Two different events at one place of a stream: a copied library, or a forgery.
    #[error("writer {writer} has two different events with number {seq}; one of the two libraries is a copy")]
    Forked {
        /// Whose stream.
        writer: WriterId,
        /// At which number.
        seq: u64,
    },
    /// An event whose id another one has already.
    #[error("event {id} of writer {writer} has the id of another event")]
    Doubled {
        /// Whose stream.
        writer: WriterId,
        /// The id.
        id: EventId,
    },
    /// A stream that belongs to this very library.
    #[error("writer {writer} of {author} belongs to someone else")]
    ForeignWriter {
        /// The stream.
        writer: WriterId,
        /// Who wanted to write to it.
        author: ReviewerId,
    },
    /// Something is there already and is not written over.
    #[error("{path} is there already and is not replaced")]
    Exists {
        /// The file or folder.
        path: PathBuf,
    },
    /// A backup that is not whole.
    #[error("{path} is not a whole backup: {reason}")]
    BadBackup {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A file operation failed.
    #[error("could not {act} {path}: {source}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// SQLite reported something else.
    #[error("{path}: {source}")]
    Database {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: sqlx::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gave no random bytes")]
    NoRandomness,
}

impl LibraryError {
    pub(super) fn io(act: &'static str, path: &std::path::Path, source: std::io::Error) -> Self {
        LibraryError::Io { act, path: path.to_owned(), source }
    }

    /// The same for a write of `bytes`, which may have found no room.
    pub(super) fn write(path: &std::path::Path, bytes: u64, source: std::io::Error) -> Self {
        use std::io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        match source.kind() {
            StorageFull | QuotaExceeded | FileTooLarge => LibraryError::Full { path: path.to_owned(), bytes },
            _ => LibraryError::io("write", path, source),
        }
    }
}
