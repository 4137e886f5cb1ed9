//! Ids as types, derived so that two people who import the same batch have the same batch.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::text::SafeText;

macro_rules! uuid_id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Derives the id from its parts; the same parts give the same id everywhere.
            pub fn derive(parts: &[&str]) -> Self {
                Self(derive(stringify!($name), parts))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )*};
}

uuid_id! {
    /// A batch: derived from the bundle's source and its id, else from its content.
    BatchId;
    /// A person, within a source.
    CandidateId;
    /// A person's entry to an interview.
    SubmissionId;
    /// The place of an answer: one question of one submission. A new recording is a new [`super::Revision`] of it.
    AnswerId;
    /// Who judges: the public identity of a reviewer.
    ReviewerId;
    /// One author on one device: the owner of a stream of events.
    WriterId;
    /// One event: a UUIDv7, identity and never order.
    EventId;
}

impl ReviewerId {
    /// What a reviewer is called outside the house who has chosen no pseudonym.
    pub fn usual_pseudonym(self) -> SafeText {
        SafeText::line(&format!("reviewer-{}", &self.0.simple().to_string()[..8]))
    }
}

/// A UUIDv8 from the first 16 bytes of SHA-256 over the kind and the length-prefixed parts.
fn derive(kind: &str, parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in std::iter::once(&kind).chain(parts) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// A SHA-256, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of several pieces, one after the other.
    pub fn of_all(pieces: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        pieces.iter().for_each(|piece| hash.update(piece));
        Digest(hash.finalize().into())
    }

    /// The first eight hexadecimal digits, for people.
    pub fn short(&self) -> String {
        self.to_string()[..8].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({}…)", self.short())
    }
}

/// Text that should have been 64 hexadecimal digits.
#[derive(Debug, thiserror::Error)]
#[error("a digest is 64 hexadecimal digits")]
pub struct DigestError;

impl FromStr for Digest {
    type Err = DigestError;
    fn from_str(text: &str) -> Result<Self, DigestError> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| DigestError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| DigestError)?;
        }
        Ok(Digest(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An id that people write: of a question, a criterion, a rubric.
///
/// 1 to 128 characters without control, format or white-space characters, so that it can be drawn, typed and put into a path.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Slug(std::sync::Arc<str>);

/// Why a text is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Nothing there.
    #[error("an id cannot be empty")]
    Empty,
    /// Over 128 characters.
    #[error("an id has at most 128 characters, this one has {0}")]
    Long(usize),
    /// A character that cannot be typed or drawn.
    #[error("an id cannot contain {0:?}; use letters, digits, '-', '_' and '.'")]
    Character(char),
}

impl Slug {
    /// The id as text; safe to draw.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = SlugError;
    fn from_str(text: &str) -> Result<Self, SlugError> {
        let length = text.chars().count();
        let odd = |c: &char| !(c.is_alphanumeric() || "-_.:+@#".contains(*c));
        match text.chars().find(odd) {
            Some(c) => Err(SlugError::Character(c)),
            None if length == 0 => Err(SlugError::Empty),
            None if length > 128 => Err(SlugError::Long(length)),
            None => Ok(Slug(text.into())),
        }
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A question's id, as the interview writes it.
pub type QuestionId = Slug;
/// A criterion's id, as the rubric writes it.
pub type CriterionId = Slug;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_parts_give_the_same_id_and_parts_cannot_run_together() {
        assert_eq!(BatchId::derive(&["hireflix", "42"]), BatchId::derive(&["hireflix", "42"]));
        assert_ne!(BatchId::derive(&["a", "bc"]), BatchId::derive(&["ab", "c"]));
        assert_ne!(BatchId::derive(&["a"]).0, SubmissionId::derive(&["a"]).0);
    }

    #[test]
    fn an_id_cannot_carry_escapes_or_spaces() {
        assert!("q-01".parse::<Slug>().is_ok());
        assert_eq!("q\x1b[2J".parse::<Slug>(), Err(SlugError::Character('\x1b')));
        assert_eq!("".parse::<Slug>(), Err(SlugError::Empty));
        assert!("../etc".parse::<Slug>().is_err());
    }

    #[test]
    fn a_digest_reads_what_it_writes() {
        let digest = Digest::of(b"earmark");
        assert_eq!(digest.to_string().parse::<Digest>().ok(), Some(digest));
        assert!("xyz".parse::<Digest>().is_err());
    }
}
