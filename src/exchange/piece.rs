//! A stream's file: a first line, then pieces, each with its length and its author's signature. Half a piece is no piece.

use std::ops::Range;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::config::Identity;
use crate::config::identity::PublicIdentity;
use crate::config::identity::letter::SIGNATURE;
use crate::interview::{BatchId, Digest, ReviewerId, WriterId};
use crate::journal::{Link, Run, Stored};

/// The version of the file that this program writes.
pub(super) const FORMAT: u16 = 1;
const KIND: &str = "earmark/exchange-piece/1";
const LINE: &str = "earmark stream";
const MARK: &[u8; 4] = b"\x1eEMR";
/// What is in a piece is filled up to a multiple of this, so that its length says little.
const PADDING: usize = 1024;

/// What stands before a piece in clear: which numbers it has, and what the chain needs where it cannot be opened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Head {
    pub(super) format: u16,
    pub(super) writer: WriterId,
    pub(super) author: ReviewerId,
    pub(super) first: u64,
    pub(super) last: u64,
    pub(super) prev: Digest,
    pub(super) hash: Digest,
    pub(super) batch: BatchId,
    pub(super) at: Timestamp,
}

/// A piece whose signature is right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Piece {
    pub(super) head: Head,
    /// The head's bytes, to which the cipher is bound.
    pub(super) clear: Vec<u8>,
    /// The events, under the piece's key.
    pub(super) sealed: Vec<u8>,
}

/// What lies in a stream's file, one after the other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Part {
    Piece(Piece),
    /// Not what its author signed; the number that it says it begins with, or that should come.
    Changed {
        number: u64,
    },
    /// Of a later version.
    Newer {
        format: u16,
        number: u64,
    },
    /// The rest is not there yet.
    Half,
}

/// What a stream's file begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Opening {
    /// Whose it is, and where the pieces begin.
    Stream {
        writer: WriterId,
        author: ReviewerId,
        at: usize,
    },
    Newer(u16),
    /// Not even the first line is whole.
    Half,
    Unknown,
}

pub(super) fn first_line(writer: WriterId, author: ReviewerId) -> Vec<u8> {
    format!("{LINE} {FORMAT} {writer} {author}\n").into_bytes()
}

pub(super) fn opening(bytes: &[u8]) -> Opening {
    let Some(end) = bytes.iter().take(256).position(|byte| *byte == b'\n') else {
        let is_begun = bytes.len() < 256 && (LINE.as_bytes().starts_with(bytes) || bytes.starts_with(LINE.as_bytes()));
        return if is_begun { Opening::Half } else { Opening::Unknown };
    };
    let line = std::str::from_utf8(&bytes[..end]).ok().and_then(|line| line.strip_prefix(LINE));
    let words: Vec<&str> = line.unwrap_or_default().split_whitespace().collect();
    match (words.first().and_then(|format| format.parse::<u16>().ok()), words.as_slice()) {
        (Some(format), _) if format > FORMAT => Opening::Newer(format),
        (Some(_), [_, writer, author]) => match (writer.parse(), author.parse()) {
            (Ok(writer), Ok(author)) => Opening::Stream { writer: WriterId(writer), author: ReviewerId(author), at: end + 1 },
            _ => Opening::Unknown,
        },
        _ => Opening::Unknown,
    }
}

/// The pieces from `at` on. What is not right is passed over, up to the next piece that is.
pub(super) fn parts(bytes: &[u8], at: usize, writer: WriterId, author: &PublicIdentity) -> Vec<Part> {
    let (mut parts, mut at, mut number) = (Vec::new(), at, 1);
    while at < bytes.len() {
        let (part, next) = match part(&bytes[at..], number, writer, author) {
            // Where the length itself was changed, the next piece may lie within what it claims.
            Some((part @ Part::Changed { .. }, length)) => {
                let within = next_right(bytes, at + 1..at + length, writer, author);
                (part, within.unwrap_or(at + length))
            }
            Some((part, length)) => (part, at + length),
            None => match next_right(bytes, at + 1..bytes.len(), writer, author) {
                Some(next) => (Part::Changed { number }, next),
                None => (Part::Half, bytes.len()),
            },
        };
        if let Part::Piece(piece) = &part {
            number = piece.head.last + 1;
        }
        parts.push(part);
        at = next;
    }
    parts
}

/// The part that begins here, and its length; none where none that is whole does.
fn part(bytes: &[u8], number: u64, writer: WriterId, author: &PublicIdentity) -> Option<(Part, usize)> {
    let rest = bytes.strip_prefix(MARK)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_be_bytes(*length) as usize;
    let (payload, rest) = rest.split_at_checked(length)?;
    let signature = rest.get(..SIGNATURE)?;
    let whole = MARK.len() + 4 + length + SIGNATURE;
    let said = said(payload);
    let number = said.as_ref().map_or(number, |said| said.first.max(number));
    if let Some(Said { format, .. }) = said.filter(|said| said.format > FORMAT) {
        return Some((Part::Newer { format, number }, whole));
    }
    let piece = piece(payload).filter(|piece| {
        let head = &piece.head;
        let is_theirs = head.writer == writer && head.author == author.reviewer && head.first > 0 && head.first <= head.last;
        is_theirs && author.has_signed(KIND, payload, signature)
    });
    Some((piece.map_or(Part::Changed { number }, Part::Piece), whole))
}

/// The first of these places at which a piece begins whose signature is right.
fn next_right(bytes: &[u8], among: Range<usize>, writer: WriterId, author: &PublicIdentity) -> Option<usize> {
    let places = among.filter(|at| bytes[*at..].starts_with(MARK));
    let mut right = places.filter(|at| matches!(part(&bytes[*at..], 1, writer, author), Some((Part::Piece(_), _))));
    right.next()
}

/// What is read of a head of any version.
#[derive(Deserialize)]
struct Said {
    format: u16,
    #[serde(default)]
    first: u64,
}

fn said(payload: &[u8]) -> Option<Said> {
    serde_json::from_slice(clear_of(payload)?).ok()
}

fn clear_of(payload: &[u8]) -> Option<&[u8]> {
    let (length, rest) = payload.split_first_chunk::<4>()?;
    rest.get(..u32::from_be_bytes(*length) as usize)
}

fn piece(payload: &[u8]) -> Option<Piece> {
    let clear = clear_of(payload)?;
    let head = serde_json::from_slice(clear).ok()?;
    Some(Piece { head, clear: clear.to_vec(), sealed: payload[4 + clear.len()..].to_vec() })
}

/// A head's bytes.
pub(super) fn clear(head: &Head) -> Vec<u8> {
    serde_json::to_vec(head).expect("a head has only string keys")
}

/// A piece's bytes, signed.
pub(super) fn written(clear: &[u8], sealed: &[u8], me: &Identity) -> Vec<u8> {
    let payload = [&(clear.len() as u32).to_be_bytes(), clear, sealed].concat();
    let signature = me.sign(KIND, &payload);
    [&MARK[..], &(payload.len() as u32).to_be_bytes(), &payload, &signature].concat()
}

/// The events of a piece as bytes, filled up.
pub(super) fn encode(links: &[Link]) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::new());
    for link in links {
        match link {
            Link::Hash(hash) => {
                bytes.push(0);
                bytes.extend_from_slice(&hash.0);
            }
            Link::Event(stored) => {
                bytes.push(1);
                bytes.extend_from_slice(&stored.hash.0);
                for field in [&stored.header, &stored.body] {
                    bytes.extend_from_slice(&(field.len() as u32).to_be_bytes());
                    bytes.extend_from_slice(field);
                }
            }
        }
    }
    let length = bytes.len().next_multiple_of(PADDING);
    bytes.resize(length, 0);
    bytes
}

/// The piece of the stream that was encoded; none where the bytes are not the ones that the head promises.
pub(super) fn decode(head: &Head, plain: &[u8]) -> Option<Run> {
    let mut rest = plain;
    let mut take = |length: usize| {
        let (taken, left) = rest.split_at_checked(length)?;
        rest = left;
        Some(taken)
    };
    let mut links = Vec::new();
    for _ in head.first..=head.last {
        let kind = take(1)?[0];
        let hash = Digest(take(32)?.try_into().ok()?);
        let mut field = || {
            let length = u32::from_be_bytes(take(4)?.try_into().ok()?);
            take(length as usize).map(<[u8]>::to_vec)
        };
        links.push(match kind {
            0 => Link::Hash(hash),
            1 => Link::Event(Stored { header: field()?, body: field()?, hash }),
            _ => return None,
        });
    }
    let run = Run { author: head.author, writer: head.writer, first: head.first, prev: head.prev, links };
    (run.last_hash() == head.hash).then_some(run)
}
