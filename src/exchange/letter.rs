//! Letters: what opens pieces of streams, from one device to one person, encrypted to that person's key and signed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::folder::Found;
use super::people::People;
use super::report::{Trouble, TroubleKind};
use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::identity::letter::SIGNATURE;
use crate::interview::{BatchId, CandidateId, Digest, ReviewerId, SubmissionId, WriterId};
use crate::journal::{Locks, Scope};

const FORMAT: u16 = 1;
const KIND: &str = "earmark/letter/1";
/// The first line; the number after it says how many bytes follow, so that half a letter is known as such.
const LINE: &str = "earmark letter ";

/// What stands on a letter in clear.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Address {
    pub(super) format: u16,
    pub(super) from: WriterId,
    pub(super) author: ReviewerId,
    pub(super) to: ReviewerId,
    /// One higher with each letter of a device.
    pub(super) number: u64,
    pub(super) at: Timestamp,
}

/// What is in it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(super) struct Content {
    /// Keys of pieces that the reader may see.
    pub(super) pieces: Vec<PieceKey>,
    /// Keys under which the author wrote about candidates.
    pub(super) candidates: Vec<CandidateKey>,
    /// What the reader, who created the batch and does not review in it, may hand on when the author stays away.
    #[serde(default)]
    pub(super) kept: Vec<Kept>,
    /// Rubrics of the batches that both have to do with, as TOML.
    pub(super) rubrics: Vec<String>,
    /// Candidates of these batches who were erased at the author's.
    pub(super) erased: Vec<CandidateId>,
    /// What the author has sealed.
    pub(super) claims: Vec<Claim>,
}

/// Opens one piece.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PieceKey {
    pub(super) writer: WriterId,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) key: Secret,
}

/// Opens what was written about one candidate.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct CandidateKey {
    pub(super) candidate: CandidateId,
    pub(super) key: Secret,
}

/// Keys of one batch that wait.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) batch: BatchId,
    pub(super) pieces: Vec<PieceKey>,
    pub(super) candidates: Vec<CandidateKey>,
}

/// What the author has sealed in a batch; and where the streams stand in which that is written, so that it cannot change any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Claim {
    pub(super) batch: BatchId,
    pub(super) sealed: Vec<Scope>,
    /// The answers that these lock, each with the recording that there was: what came in since is not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) locks: Option<Locks>,
    pub(super) recused: Vec<SubmissionId>,
    pub(super) ends: Vec<(WriterId, u64, Digest)>,
}

/// 32 bytes in hexadecimal, wiped when dropped.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub(super) struct Secret(String);

impl Secret {
    pub(super) fn of(bytes: &[u8; 32]) -> Self {
        Secret(Digest(*bytes).to_string())
    }

    pub(super) fn bytes(&self) -> Option<Zeroizing<[u8; 32]>> {
        self.0.parse().ok().map(|Digest(bytes)| Zeroizing::new(bytes))
    }
}

/// A letter, opened by whom it is for.
pub(super) struct Letter {
    pub(super) file: String,
    pub(super) address: Address,
    pub(super) content: Content,
}

/// The letter's bytes; none where the reader's public key is no key.
pub(super) fn write(address: &Address, content: &Content, me: &Identity, to: &PublicIdentity) -> Option<Vec<u8>> {
    let plain = Zeroizing::new(serde_json::to_vec(content).expect("a letter has only string keys"));
    let address = serde_json::to_vec(address).expect("an address has only string keys");
    let signed = [&address[..], b"\n", &to.seal(&plain)?].concat();
    let line = format!("{LINE}{}\n", SIGNATURE + signed.len());
    Some([line.as_bytes(), &me.sign(KIND, &signed), &signed].concat())
}

/// The address of a new letter.
pub(super) fn address(from: WriterId, author: ReviewerId, to: ReviewerId, number: u64, at: Timestamp) -> Address {
    Address { format: FORMAT, from, author, to, number, at }
}

/// Reads the letters that are for this person and from someone who was found right; the others are passed over.
pub(super) fn read(
    found: &[Found],
    me: &Identity,
    people: &People,
    half: &mut Vec<String>,
    troubles: &mut Vec<Trouble>,
) -> Vec<Letter> {
    let mut letters: Vec<Letter> = Vec::new();
    for file in found {
        if matches!(body(&file.bytes), Ok(None)) {
            half.push(file.name.clone());
            continue;
        }
        match open(file, me, people) {
            Ok(Some(letter)) => letters.push(letter),
            Ok(None) => {}
            Err(trouble) => troubles.push(*trouble),
        }
    }
    letters
}

fn open(file: &Found, me: &Identity, people: &People) -> Result<Option<Letter>, Box<Trouble>> {
    let Some((signature, signed)) = body(&file.bytes).map_err(|_| changed(file))? else { return Ok(None) };
    let end = signed.iter().position(|byte| *byte == b'\n').ok_or_else(|| changed(file))?;
    let value: serde_json::Value = serde_json::from_slice(&signed[..end]).map_err(|_| changed(file))?;
    if let Some(format) = value["format"].as_u64().filter(|format| *format > u64::from(FORMAT)) {
        return Err(Box::new(Trouble::newer(&file.name, format)));
    }
    let address: Address = serde_json::from_value(value).map_err(|_| changed(file))?;
    let from = people.trusted(address.author);
    let Some(from) = from.filter(|_| address.to == me.reviewer()) else { return Ok(None) };
    let of = |trouble: Trouble| Box::new(trouble.by(from.label.clone(), address.from, 0));
    if !from.has_signed(KIND, signed, signature) {
        return Err(of(changed(file)));
    }
    let content = me.open(&signed[end + 1..]).and_then(|plain| serde_json::from_slice(&plain).ok());
    let content = content.ok_or_else(|| of(changed(file)))?;
    Ok(Some(Letter { file: file.name.clone(), address, content }))
}

/// What is no letter.
struct NoLetter;

/// A signature, and what was signed.
type Signed<'b> = (&'b [u8], &'b [u8]);

/// The signature, and what was signed; none while the rest of it has not come.
fn body(bytes: &[u8]) -> Result<Option<Signed<'_>>, NoLetter> {
    let Some(end) = bytes.iter().take(64).position(|byte| *byte == b'\n') else {
        return if bytes.len() < 64 { Ok(None) } else { Err(NoLetter) };
    };
    let line = std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.strip_prefix(LINE));
    let length: usize = line.and_then(|length| length.parse().ok()).ok_or(NoLetter)?;
    match bytes[end + 1..].get(..length) {
        None => Ok(None),
        Some(whole) => whole.split_at_checked(SIGNATURE).map(Some).ok_or(NoLetter),
    }
}

fn changed(file: &Found) -> Trouble {
    let remedy =
        "its author runs `earmark exchange` again, which writes it anew; if it comes back, ask who else writes to the folder";
    Trouble::of_file(TroubleKind::Tampered, &file.name, "it is not the letter that its author signed", remedy)
}
