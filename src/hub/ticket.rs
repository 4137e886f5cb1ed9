//! Addresses of files that hold for a while: what they allow stands in them, signed with a key that only this process has.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::interview::{AnswerId, CandidateId, Digest};

/// What a ticket allows.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(super) struct Ticket {
    /// The name of the token that it was given to: it ends with it.
    pub(super) token: String,
    /// What is handed out.
    pub(super) of: Handed,
    /// Until when, in seconds since 1970.
    pub(super) until: i64,
}

/// What is handed out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Handed {
    /// A recording or a file that an answer is.
    Recording(CandidateId, String),
    /// A résumé and the like.
    Document(CandidateId, String),
    /// A transcript.
    Transcript(AnswerId),
}

impl Handed {
    pub(super) fn recording(candidate: CandidateId, digest: Digest) -> Self {
        Handed::Recording(candidate, digest.to_string())
    }

    pub(super) fn document(candidate: CandidateId, digest: Digest) -> Self {
        Handed::Document(candidate, digest.to_string())
    }
}

/// Makes and reads tickets. Those of an earlier process are void: whoever has one asks again.
pub(super) struct Tickets {
    key: Zeroizing<[u8; 32]>,
    last: Duration,
}

impl Tickets {
    pub(super) fn new(last: Duration) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).expect("the library was opened, which takes randomness too");
        Tickets { key, last }
    }

    /// A ticket as it stands in an address, and until when it holds.
    pub(super) fn give(&self, token: &str, of: Handed, now: Timestamp) -> (String, Timestamp) {
        let last = SignedDuration::try_from(self.last).unwrap_or(SignedDuration::from_mins(15));
        let until = now.saturating_add(last).unwrap_or(now);
        let ticket = Ticket { token: token.to_owned(), of, until: until.as_second() };
        let body = serde_json::to_vec(&ticket).expect("a ticket has string keys");
        let seal = hmac(&self.key[..], &body);
        (format!("{}.{}", URL_SAFE_NO_PAD.encode(&body), URL_SAFE_NO_PAD.encode(seal)), until)
    }

    /// What a ticket allows; none where it was not given by this process, or holds no longer.
    pub(super) fn read(&self, text: &str, now: Timestamp) -> Option<Ticket> {
        let (body, seal) = text.split_once('.')?;
        let (body, seal) = (URL_SAFE_NO_PAD.decode(body).ok()?, URL_SAFE_NO_PAD.decode(seal).ok()?);
        let right = hmac(&self.key[..], &body);
        // Every byte is looked at, so that time tells nothing.
        let differs = right.iter().zip(&seal).fold(u8::from(seal.len() != right.len()), |differs, (a, b)| differs | (a ^ b));
        let ticket: Ticket = serde_json::from_slice(&body).ok().filter(|_| differs == 0)?;
        (now.as_second() < ticket.until).then_some(ticket)
    }
}

/// HMAC-SHA-256 (RFC 2104) with a key of at most 64 bytes.
fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let pad = |byte: u8| {
        let mut block = Zeroizing::new([byte; 64]);
        block.iter_mut().zip(key).for_each(|(block, key)| *block ^= key);
        block
    };
    let inner = Sha256::new_with_prefix(&pad(0x36)[..]).chain_update(message).finalize();
    Sha256::new_with_prefix(&pad(0x5c)[..]).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seal_is_that_of_rfc_4231() {
        let cases: [(&[u8], &[u8], &str); 2] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        ];
        for (key, message, seal) in cases {
            assert_eq!(Digest(hmac(key, message)).to_string(), seal);
        }
    }

    #[test]
    fn a_ticket_opens_what_it_was_given_for_until_it_runs_out_and_no_bit_can_change() {
        let tickets = Tickets::new(Duration::from_secs(60));
        let now: Timestamp = "2026-11-02T10:00:00Z".parse().expect("a time");
        let of = Handed::recording(CandidateId::derive(&["a"]), Digest::of(b"b"));
        let (text, until) = tickets.give("berlin", of.clone(), now);
        assert_eq!(tickets.read(&text, now).map(|ticket| (ticket.of, ticket.token)), Some((of, "berlin".to_owned())));
        assert_eq!(tickets.read(&text, until), None);
        assert_eq!(Tickets::new(Duration::from_secs(60)).read(&text, now), None, "another process");
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            // The last letter of base64 has bits that mean nothing.
            let read = tickets.read(&String::from_utf8(changed).expect("letters"), now);
            assert!(read.is_none() || at + 1 == text.len(), "letter {at}");
        }
    }
}
