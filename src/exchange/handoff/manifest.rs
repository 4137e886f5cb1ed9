//! What a hand-off says that it holds.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::letter::CandidateKey;
use super::super::piece::{decode, encode};
use crate::config::identity::PublicIdentity;
use crate::interview::{AnswerId, Batch, BatchId, CandidateId, Digest, EventId, ReviewerId, SubmissionId, WriterId};
use crate::journal::{Link, Run, Unquoted, Unworded};
use crate::text::SafeText;

/// The version that this program writes.
pub(super) const FORMAT: u16 = 1;
/// What the sender's signature is on.
pub(super) const SIGNED: &str = "earmark/handoff/1";

/// Which way it goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Way {
    /// A shortlist to someone who decides on it.
    There,
    /// What that person did.
    Back,
}

/// What is in a hand-off.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u16,
    pub(super) way: Way,
    /// The event that handed it over; of a reply, the one that it answers.
    pub(super) handoff: EventId,
    pub(super) from: PublicIdentity,
    /// For whom; none where a passphrase opens it.
    pub(super) to: Option<ReviewerId>,
    pub(super) at: Timestamp,
    pub(super) until: Option<Timestamp>,
    /// Whether names came along.
    pub(super) names: bool,
    pub(super) batch_id: BatchId,
    pub(super) title: SafeText,
    /// The batch with the submissions that go; none in a reply.
    pub(super) batch: Option<Batch>,
    /// As TOML.
    pub(super) rubrics: Vec<String>,
    pub(super) keys: Vec<CandidateKey>,
    pub(super) runs: Vec<Packed>,
    /// What follows the manifest, in this order.
    pub(super) files: Vec<Piece>,
    pub(super) scorecards: u32,
    /// Evidence whose quote stays.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) moments: Vec<Unquoted>,
    /// What was given or decided, whose words stay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) unworded: Vec<Unworded>,
    #[serde(default)]
    pub(super) left_out: LeftOut,
    /// There: who was in an earlier one for the same person, and was erased since. Back: whom the receiver erased there.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub(super) erased: BTreeSet<CandidateId>,
}

/// What stayed.
#[derive(Clone, PartialEq, Eq, Default, Debug, Serialize, Deserialize)]
pub struct LeftOut {
    /// Scorecards of submissions that go which are begun and not sealed, as far as the sender may know.
    pub unsealed: u32,
    /// Scorecards of submissions that go which are due and of which there is nothing yet, as far as the sender may know.
    #[serde(default)]
    pub not_begun: u32,
    /// Submissions that go without any scorecard, because not enough reviewers have sealed one.
    pub without: Vec<SubmissionId>,
    /// Candidates who were asked for and whose data was erased.
    pub erased: u32,
    /// Recordings, transcripts and documents that are named and not here.
    pub not_here: u32,
    /// Recordings, transcripts and documents that are here and damaged.
    #[serde(default)]
    pub damaged: u32,
    /// Each of those that are not here or damaged.
    #[serde(default)]
    pub absent: Vec<Absent>,
    /// Documents that the batch's protocol, or hidden names, keep back.
    pub documents: u32,
    /// Notes, remarks and tags in which a hidden name, or that of somebody who was erased, stands.
    #[serde(default)]
    pub naming: u32,
    /// Quotes in which one stands; the moments that they are from go along.
    #[serde(default)]
    pub quotes: u32,
    /// Reasons of ratings and decisions in which one stands; what was given and decided goes along without them.
    #[serde(default)]
    pub reasons: u32,
}

/// A file that did not go along.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Absent {
    /// Whose.
    pub submission: SubmissionId,
    /// To which question, counted from 1; none for a document.
    pub question: Option<u32>,
    /// What it is: `recording`, `transcript`, `document`.
    pub what: SafeText,
    /// Whether it is there and damaged.
    pub damaged: bool,
}

/// All small files behind it together are no longer: they are held until everything is taken.
pub(super) const MOST_TOGETHER: u64 = 512 << 20;

/// Leaves out as many of those that are made anew there as would be too much together.
pub(super) fn not_too_much(files: &mut Vec<Piece>) {
    let mut together: u64 = files.iter().filter(|piece| !piece.what.is_large()).map(|piece| piece.bytes).sum();
    while together > MOST_TOGETHER
        && let Some(last) = files.iter().rposition(|piece| matches!(piece.what, What::Playable(_)))
    {
        together -= files.remove(last).bytes;
    }
}

/// A file behind the manifest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Piece {
    pub(super) candidate: CandidateId,
    pub(super) what: What,
    pub(super) digest: Digest,
    pub(super) bytes: u64,
}

/// What a file is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum What {
    Recording,
    Document,
    /// An answer's transcript, and its file's name.
    Transcript(AnswerId, String),
    /// What measuring found out about the recording with this digest.
    Measured(Digest),
    /// What is played in place of the recording with this digest.
    Playable(Digest),
}

impl What {
    /// Whether it goes into the vault, and is never held as a whole.
    pub(super) fn is_large(&self) -> bool {
        matches!(self, What::Recording | What::Document)
    }
}

/// A piece of a stream, its events as they are stored.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Packed {
    author: ReviewerId,
    writer: WriterId,
    first: u64,
    last: u64,
    prev: Digest,
    hash: Digest,
    /// In base64.
    links: String,
}

impl Packed {
    pub(super) fn of(run: &Run) -> Self {
        use base64::Engine as _;
        Packed {
            author: run.author,
            writer: run.writer,
            first: run.first,
            last: run.last(),
            prev: run.prev,
            hash: run.last_hash(),
            links: base64::engine::general_purpose::STANDARD.encode(&*encode(&run.links)),
        }
    }

    /// The piece; none where it does not hold together.
    pub(super) fn open(&self, batch: BatchId) -> Option<Run> {
        use base64::Engine as _;
        let plain = base64::engine::general_purpose::STANDARD.decode(&self.links).ok()?;
        let head = super::super::piece::Head {
            format: super::super::piece::FORMAT,
            writer: self.writer,
            author: self.author,
            first: self.first,
            last: self.last,
            prev: self.prev,
            hash: self.hash,
            batch,
            at: Timestamp::UNIX_EPOCH,
        };
        let run = decode(&head, &plain)?;
        let events = run.verify().ok()?;
        let whole = events.len() == run.links.len() && run.links.iter().all(|link| matches!(link, Link::Event(_)));
        let fits = events.iter().all(|(header, _)| header.batch == Some(batch) && header.schema <= crate::journal::SCHEMA);
        (whole && fits).then_some(run)
    }
}
